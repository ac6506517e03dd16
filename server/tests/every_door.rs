//! Every server function and every REST route, called by whom it is not for: a stranger gets 401, a
//! role too low 403, another workspace's ids 404. A new endpoint without a case here fails.
#![allow(clippy::unwrap_used)]

use model::{
    connection::{Colour, Limits, Target},
    error::ProblemCode,
    history::HistoryKind,
    id::{ConversationId, PolicyId, RunId},
    policy::{ChangeKind, PolicyDraft, Subjects},
    role::Role,
    run::RunStatus,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::{
    connections::ConnectionValues,
    policies::Edit,
    runs::{NewRun, RunEnd},
};
use testkit::{
    app::{On, Somebody, TestApp},
    client::{Answer, Client},
};

#[macro_use]
mod both;

both! {
    strangers_are_asked_to_sign_in,
    lower_roles_are_refused,
    other_workspaces_ids_are_not_found,
    one_time_passwords_open_nothing,
}

/// Who may call it at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// Anyone, signed in or not: what signing in needs.
    Everyone,
    /// Anyone who is signed in, even with a one-time password.
    SignedIn,
    From(Role),
}

/// One endpoint with a body that would be fine.
struct Case {
    method: &'static str,
    path: String,
    open: Open,
    body: Value,
    /// Does the request carry ids that must be of the caller's workspace?
    has_ids: bool,
}

/// Things of one workspace.
struct Things {
    connection: model::id::ConnectionId,
    conversation: ConversationId,
    run: RunId,
    user: model::id::UserId,
    policy: PolicyId,
}

fn cases(of: &Things) -> Vec<Case> {
    let Things { connection, conversation, run, user, policy } = of;
    let mask = json!(PolicyDraft {
        name: "Another".into(),
        connection: Some(*connection),
        applies_to: Subjects { everyone: true, ..Subjects::default() },
        enabled: true,
        ..PolicyDraft::default()
    });
    let preview = json!({
        "connection": connection, "policy": policy, "draft": mask,
        "view_as": { "role": "analyst" }, "schema": "main", "table": "t",
    });
    let draft = json!({
        "name": "New", "target": { "kind": "file", "path": "none.db" }, "colour": "grey",
        "limits": Limits::default(), "schemas": [],
    });
    let settings = json!(model::llm::ModelSettings::default());
    let filter =
        json!({ "search": "", "connection": null, "kind": null, "status": null, "before": null });
    let asked = json!({
        "connection": connection, "conversation": null, "question": "how many?", "replaces": null,
    });
    let spec = json!({ "kind": "bar", "x": 0, "y": [0] });
    let column = json!({ "name": "n", "type_name": "integer", "kind": "integer" });
    let (viewer, analyst, admin) =
        (Open::From(Role::Viewer), Open::From(Role::Analyst), Open::From(Role::Admin));
    let function = |path: &str, open, body, has_ids| Case {
        method: "POST",
        path: format!("/api/{path}"),
        open,
        body,
        has_ids,
    };
    let rest =
        |method, path: String, body| Case { method, path, open: analyst, body, has_ids: true };
    vec![
        function("account/current", Open::Everyone, json!({}), false),
        function("account/needs_set_up", Open::Everyone, json!({}), false),
        function(
            "account/set_up",
            Open::Everyone,
            json!({ "token": "x", "workspace": "W",
            "name": "N", "email": "e@example.com", "password": "plum otter lantern" }),
            false,
        ),
        function(
            "account/log_in",
            Open::Everyone,
            json!({ "email": "e@x", "password": "p" }),
            false,
        ),
        function("account/log_out", Open::Everyone, json!({}), false),
        function("account/link_purpose", Open::Everyone, json!({ "token": "x" }), false),
        function(
            "account/accept_link",
            Open::Everyone,
            json!({ "token": "x", "name": "N", "password": "plum otter lantern" }),
            false,
        ),
        function("account/log_out_everywhere", Open::SignedIn, json!({}), false),
        function(
            "account/change_password",
            Open::SignedIn,
            json!({ "current": "wrong", "new": "plum otter lanterns" }),
            false,
        ),
        function("users/list", admin, json!({}), false),
        function(
            "users/invite",
            admin,
            json!({ "email": "new@example.com", "name": "New", "role": "viewer" }),
            false,
        ),
        function("users/set_role", admin, json!({ "user": user, "role": "viewer" }), true),
        function("users/set_enabled", admin, json!({ "user": user, "enabled": false }), true),
        function("users/reset_link", admin, json!({ "user": user }), true),
        function("connections/list", viewer, json!({}), false),
        function("connections/add", admin, json!({ "draft": draft }), false),
        function("connections/edit", admin, json!({ "id": connection, "draft": draft }), true),
        function("connections/delete", admin, json!({ "id": connection }), true),
        function("connections/test", admin, json!({ "draft": draft, "stored": connection }), true),
        function("connections/files", admin, json!({}), false),
        function("schema/overview", viewer, json!({ "connection": connection }), true),
        function(
            "schema/table",
            viewer,
            json!({ "connection": connection, "schema": "main", "table": "t" }),
            true,
        ),
        function("schema/columns", viewer, json!({ "connection": connection }), true),
        function("schema/progress", viewer, json!({ "connection": connection }), true),
        function("schema/refresh", analyst, json!({ "connection": connection }), true),
        function(
            "results/chart_option",
            viewer,
            json!({ "columns": [column], "spec": spec }),
            false,
        ),
        function("history/page", viewer, json!({ "filter": filter }), false),
        function("policies/list", admin, json!({}), false),
        function("policies/get", admin, json!({ "id": policy }), true),
        function(
            "policies/save",
            admin,
            json!({ "id": policy, "draft": mask, "version": 1 }),
            true,
        ),
        function("policies/delete", admin, json!({ "id": policy }), true),
        function("policies/changes", admin, json!({ "limit": 10 }), false),
        function("policies/preview", admin, json!({ "request": preview }), true),
        function(
            "policies/check_rows",
            admin,
            json!({ "connection": connection, "schema": "main", "table": "t", "condition": "1 = 1" }),
            true,
        ),
        function("policies/sensitive", admin, json!({ "connection": connection }), true),
        function(
            "policies/effective",
            admin,
            json!({ "connection": connection, "view_as": { "role": "analyst" } }),
            true,
        ),
        function("models/settings", admin, json!({}), false),
        function("models/save", admin, json!({ "settings": settings }), false),
        function("models/test", admin, json!({ "settings": settings }), false),
        function("ask/start", analyst, json!({ "request": asked }), true),
        function("ask/cancel", analyst, json!({ "run": run }), true),
        function("ask/choose", analyst, json!({ "request": { "run": run, "choice": 0 } }), true),
        function("ask/conversations", analyst, json!({ "connection": connection }), true),
        function("ask/conversation", analyst, json!({ "id": conversation }), true),
        function("ask/delete_conversation", analyst, json!({ "id": conversation }), true),
        function(
            "ask/complete",
            analyst,
            json!({ "connection": connection, "prefix": "how" }),
            true,
        ),
        function("ask/suggestions", analyst, json!({ "connection": connection }), true),
        rest(
            "POST",
            "/api/guard".to_owned(),
            json!({ "connection": connection, "sql": "SELECT 1" }),
        ),
        rest("POST", format!("/api/connections/{connection}/query"), json!({ "sql": "SELECT 1" })),
        rest("POST", format!("/api/connections/{connection}/export"), json!({ "sql": "SELECT 1" })),
        rest("GET", format!("/api/runs/{run}/events"), Value::Null),
        rest("GET", format!("/api/runs/{run}/result"), Value::Null),
        rest("POST", format!("/api/runs/{run}/cancel"), json!({})),
    ]
}

async fn call(client: &Client, case: &Case) -> Answer {
    let body =
        if case.body.is_null() { Vec::new() } else { serde_json::to_vec(&case.body).unwrap() };
    client.send(case.method, &case.path, &[("content-type", "application/json")], body).await
}

/// A workspace with one of everything, and an admin.
async fn workspace(app: &TestApp, name: &str) -> (Somebody, Things) {
    let admin = app.somebody(name, &format!("Admin-{name}"), Role::Admin).await;
    let values = ConnectionValues {
        name: "Shop".into(),
        target: Target::File { path: "none.db".into() },
        secrets: None,
        colour: Colour::Grey,
        limits: Limits::default(),
        schemas: Vec::new(),
        sample: false,
    };
    let (workspace, user) = (admin.workspace, admin.user);
    let connection = app.connection(workspace, values).await;
    let conversation = ConversationId::generate();
    let run = NewRun {
        id: RunId::generate(),
        workspace,
        user,
        connection,
        conversation: Some(conversation),
        starts_conversation: true,
        kind: HistoryKind::Question,
        question: "how many?".into(),
        sql: None,
        started_at_ms: 1,
        end: Some(RunEnd {
            status: RunStatus::Failed,
            problem: None,
            rows: None,
            elapsed_us: None,
            sql: None,
            result: None,
            finished_at_ms: 2,
        }),
    };
    let id = run.id;
    app.state.journal.record_durable(run).await.unwrap();
    let member = app.somebody(name, &format!("Member-{name}"), Role::Viewer).await.user;
    let draft = PolicyDraft {
        name: "Policy".into(),
        applies_to: Subjects { roles: vec![Role::Approver], ..Subjects::default() },
        ..PolicyDraft::default()
    };
    let edit = Edit { by: user, what: ChangeKind::Created, lines: Vec::new() };
    let policy = store::policies::insert(app.store(), workspace, &draft, &edit).await.unwrap();
    (admin, Things { connection, conversation, run: id, user: member, policy })
}

async fn strangers_are_asked_to_sign_in(on: On) {
    let app = TestApp::start(on).await;
    let (_, things) = workspace(&app, "one").await;
    for case in cases(&things) {
        let answer = call(&app.stranger(), &case).await;
        match case.open {
            Open::Everyone => assert!(
                answer.status != 401 || case.path.ends_with("log_in"),
                "{} is public: {}",
                case.path,
                answer.text()
            ),
            _ => drop(answer.expect_problem(ProblemCode::Unauthenticated)),
        }
        // A made-up session is a stranger's, too.
        let forged = app.stranger();
        forged.set_cookie("querent_session", "AAAAAAAAAAAAAAAAAAAAAA");
        if case.open != Open::Everyone {
            call(&forged, &case).await.expect_problem(ProblemCode::Unauthenticated);
        }
    }
}

async fn lower_roles_are_refused(on: On) {
    let app = TestApp::start(on).await;
    let (_, things) = workspace(&app, "one").await;
    for role in [Role::Viewer, Role::Analyst, Role::Approver] {
        let member = app.somebody("one", role.name(), role).await;
        for case in cases(&things) {
            if let Open::From(least) = case.open {
                if role < least {
                    call(&member.client, &case).await.expect_problem(ProblemCode::Forbidden);
                } else if !case.has_ids {
                    let answer = call(&member.client, &case).await;
                    assert!(answer.status != 403 && answer.status != 401, "{role} {}", case.path);
                }
            }
        }
    }
}

async fn other_workspaces_ids_are_not_found(on: On) {
    let app = TestApp::start(on).await;
    let (_, things) = workspace(&app, "one").await;
    let (mallory, _) = workspace(&app, "two").await;
    for case in cases(&things).iter().filter(|case| case.has_ids) {
        // Lists of something that is not there are empty, which says as little.
        let answer = call(&mallory.client, case).await;
        if case.path == "/api/ask/conversations" && answer.status == 200 {
            assert_eq!(answer.json::<Vec<Value>>(), Vec::<Value>::new());
            continue;
        }
        answer.expect_problem(ProblemCode::NotFound);
    }
    // Nothing of it has had an effect.
    let kept = store::users::get(app.store(), mallory.workspace, mallory.user).await.unwrap();
    assert_eq!(kept.person.role, Role::Admin);
    let theirs = store::connections::list(app.store(), mallory.workspace).await.unwrap();
    assert_eq!(theirs.len(), 1);
    let ids = ["not-an-id", "00000000-0000-0000-0000-000000000000", "%00", "..%2f.."];
    for id in ids {
        let path = format!("/api/runs/{id}/events");
        mallory.client.get(&path).await.expect_problem(ProblemCode::NotFound);
    }
}

async fn one_time_passwords_open_nothing(on: On) {
    let app = TestApp::start(on).await;
    let (admin, things) = workspace(&app, "one").await;
    let hash = app.state.accounts.passwords.hash("plum otter lantern".into()).await.unwrap();
    store::users::reset_password(app.store(), admin.user, &hash, true).await.unwrap();
    admin.client.log_in(&admin.email, "plum otter lantern").await.expect_status(200);
    for case in cases(&things).iter().filter(|case| matches!(case.open, Open::From(_))) {
        call(&admin.client, case).await.expect_problem(ProblemCode::Forbidden);
    }
}

/// The list itself: a new endpoint appears here, and must get a case above.
#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_has_a_case() {
    let app = TestApp::start(On::Sqlite).await;
    let (_, things) = workspace(&app, "one").await;
    let Things { connection, run, .. } = &things;
    let known: BTreeSet<String> =
        cases(&things).iter().map(|case| format!("{} {}", case.method, case.path)).collect();
    let functions: BTreeSet<String> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| format!("{method} {path}"))
        .collect();
    let routes: BTreeSet<String> = server::http::REST
        .iter()
        .map(|(method, path)| {
            let id = if path.starts_with("/api/runs/") {
                run.to_string()
            } else {
                connection.to_string()
            };
            format!("{method} {}", path.replace("{id}", &id))
        })
        .collect();
    let all: BTreeSet<String> = functions.union(&routes).cloned().collect();
    let without: Vec<_> = all.difference(&known).collect();
    let gone: Vec<_> = known.difference(&all).collect();
    assert!(without.is_empty(), "endpoints without a case: {without:?}");
    assert!(gone.is_empty(), "cases without an endpoint: {gone:?}");

    let mut list: Vec<String> = functions.into_iter().collect();
    list.extend(server::http::REST.iter().map(|(method, path)| format!("{method} {path}")));
    insta::assert_snapshot!("endpoints", list.join("\n"));
    // Public is what is named so, no more.
    let public: Vec<String> = cases(&things)
        .into_iter()
        .filter(|case| case.open == Open::Everyone)
        .map(|case| case.path)
        .collect();
    insta::assert_snapshot!("public_endpoints", public.join("\n"));
}
