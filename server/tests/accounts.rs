//! Accounts, as people live them: set-up, login, links, roles, the end of sessions.
#![allow(clippy::unwrap_used)]

use model::{
    account::{AccountLink, LinkPurpose, Member, MemberState, Person},
    error::ProblemCode,
    role::Role,
};
use serde_json::json;
use testkit::{
    app::{On, PASSWORD, TestApp},
    client::Client,
};

#[macro_use]
mod both;

both! {
    set_up_happens_once_and_only_with_the_link,
    logins_are_uniform_and_rotate_the_session,
    a_one_time_password_must_be_changed_first,
    invitations_work_once,
    resets_end_old_sessions,
    roles_and_disabling_act_at_once,
    the_last_admin_stays,
    logging_out_everywhere_ends_every_session,
    changing_the_password_ends_the_other_sessions,
    guessing_is_throttled,
    sessions_expire,
}

const NEW: &str = "quiet harbour seven";

async fn set_up_happens_once_and_only_with_the_link(on: On) {
    let app = TestApp::start(on).await;
    let browser = app.stranger();
    let needs: bool = browser.post("/api/account/needs_set_up", &json!({})).await.json();
    assert!(needs);
    let old = app.set_up_token().await;
    let token = app.set_up_token().await;
    let with = |token: &str, password: &str| {
        json!({ "token": token, "workspace": " Acme ", "name": "Ann", "email": "Ann@Example.com",
                "password": password })
    };
    let path = "/api/account/set_up";
    browser.post(path, &with("made.up.token", NEW)).await.expect_problem(ProblemCode::NotFound);
    browser.post(path, &with(&old, NEW)).await.expect_problem(ProblemCode::NotFound);
    browser.post(path, &with(&token, "short")).await.expect_problem(ProblemCode::Invalid);
    browser.post(path, &with(&token, "ann@example.com")).await.expect_problem(ProblemCode::Invalid);
    let ann: Person = browser.post(path, &with(&token, NEW)).await.expect_status(200).json();
    assert_eq!((ann.workspace_name.as_str(), ann.role), ("Acme", Role::Admin));
    assert_eq!(browser.whoami().await, Some(ann));

    app.stranger().post(path, &with(&token, NEW)).await.expect_problem(ProblemCode::Conflict);
    let needs: bool = browser.post("/api/account/needs_set_up", &json!({})).await.json();
    assert!(!needs);
}

async fn logins_are_uniform_and_rotate_the_session(on: On) {
    let app = TestApp::start(on).await;
    let ann = app.somebody("Acme", "Ann", Role::Analyst).await;
    let first = ann.client.cookie("querent_session").unwrap();
    ann.client.log_in("  ANN@example.com", PASSWORD).await.expect_status(200);
    let second = ann.client.cookie("querent_session").unwrap();
    assert_ne!(first, second);
    let planted = app.stranger();
    planted.set_cookie("querent_session", &first);
    assert!(planted.whoami().await.is_none(), "the id from before the login is worth nothing");

    let disabled = app.somebody("Acme", "Dan", Role::Analyst).await;
    let admin = app.somebody("Acme", "Eve", Role::Admin).await;
    let off = json!({ "user": disabled.user, "enabled": false });
    admin.client.post("/api/users/set_enabled", &off).await.expect_status(200);
    let browser = app.stranger();
    let mut answers = Vec::new();
    for (email, password) in [
        ("ann@example.com", "wrong password"),
        ("nobody@example.com", PASSWORD),
        ("dan@example.com", PASSWORD),
        ("", ""),
        ("ann@example.com\0", PASSWORD),
    ] {
        let answer = browser.log_in(email, password).await;
        answer.expect_problem(ProblemCode::Unauthenticated);
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "what a login answers says whether there is an account");
    assert!(browser.cookie("querent_session").is_none());
}

async fn a_one_time_password_must_be_changed_first(on: On) {
    let mut app = TestApp::start(on).await;
    let application = &app.state;
    let password = server::accounts::passwords::one_time();
    let password = secrecy::ExposeSecret::expose_secret(&password).to_owned();
    let hash = application.accounts.passwords.hash(password.clone().into()).await.unwrap();
    let admin = store::users::NewUser {
        email: "admin@localhost",
        name: "Admin",
        role: Role::Admin,
        password_hash: Some(hash),
        must_change_password: true,
    };
    store::users::set_up(app.store(), "Querent", &admin).await.unwrap();

    let browser = app.stranger();
    let person: Person =
        browser.log_in("admin@localhost", &password).await.expect_status(200).json();
    assert!(person.must_change_password);
    browser.post("/api/users/list", &json!({})).await.expect_problem(ProblemCode::Forbidden);
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let path = "/api/account/change_password";
    browser.post(path, &change("wrong", NEW)).await.expect_problem(ProblemCode::Invalid);
    browser.post(path, &change(&password, "short")).await.expect_problem(ProblemCode::Invalid);
    browser.post(path, &change(&password, &password)).await.expect_problem(ProblemCode::Invalid);
    browser.post(path, &change(&password, NEW)).await.expect_status(200);
    browser.post("/api/users/list", &json!({})).await.expect_status(200);
    app.stranger().log_in("admin@localhost", &password).await.expect_status(401);
    app.end().await;
}

async fn invited(app: &TestApp, admin: &Client, email: &str, role: Role) -> String {
    let invite = json!({ "email": email, "name": "New Person", "role": role });
    let link: AccountLink =
        admin.post("/api/users/invite", &invite).await.expect_status(200).json();
    assert!(app.url.starts_with("http://"));
    link.path.strip_prefix("/join?token=").unwrap().to_owned()
}

async fn members(admin: &Client) -> Vec<Member> {
    admin.post("/api/users/list", &json!({})).await.expect_status(200).json()
}

async fn invitations_work_once(on: On) {
    let app = TestApp::start(on).await;
    let admin = app.somebody("Acme", "Eve", Role::Admin).await;
    let token = invited(&app, &admin.client, "New@example.com", Role::Viewer).await;
    let new = |list: Vec<Member>| list.into_iter().find(|m| m.email == "new@example.com").unwrap();
    assert_eq!(new(members(&admin.client).await).state, MemberState::Invited);
    app.stranger().log_in("new@example.com", "").await.expect_status(401);

    let browser = app.stranger();
    let purpose: LinkPurpose = browser
        .post("/api/account/link_purpose", &json!({ "token": token }))
        .await
        .expect_status(200)
        .json();
    assert_eq!(
        (purpose.email.as_str(), purpose.workspace_name.as_str()),
        ("new@example.com", "Acme")
    );
    let accept = json!({ "token": token, "name": "Newt", "password": NEW });
    let path = "/api/account/accept_link";
    let weak = json!({ "token": token, "name": "Newt", "password": "password123" });
    browser.post(path, &weak).await.expect_problem(ProblemCode::Invalid);
    let person: Person = browser.post(path, &accept).await.expect_status(200).json();
    assert_eq!((person.name.as_str(), person.role), ("Newt", Role::Viewer));
    assert_eq!(browser.whoami().await, Some(person));
    app.stranger().post(path, &accept).await.expect_problem(ProblemCode::NotFound);
    app.stranger().log_in("new@example.com", NEW).await.expect_status(200);
    assert_eq!(new(members(&admin.client).await).state, MemberState::Active);

    // A second invitation of the same address, nonsense, and one that was taken back.
    let again = json!({ "email": "NEW@example.com", "name": "X", "role": "viewer" });
    admin.client.post("/api/users/invite", &again).await.expect_problem(ProblemCode::Conflict);
    for bad in ["", "no address", "a@", "@b", "a b@c", "a@b@c"] {
        let bad = json!({ "email": bad, "name": "X", "role": "viewer" });
        admin.client.post("/api/users/invite", &bad).await.expect_problem(ProblemCode::Invalid);
    }
    let first = invited(&app, &admin.client, "late@example.com", Role::Viewer).await;
    let late = members(&admin.client).await;
    let late = late.iter().find(|m| m.email == "late@example.com").unwrap();
    let link: AccountLink = admin
        .client
        .post("/api/users/reset_link", &json!({ "user": late.user }))
        .await
        .expect_status(200)
        .json();
    assert!(link.path.starts_with("/join?token="), "still an invitation");
    let accept = json!({ "token": first, "name": "Late", "password": NEW });
    app.stranger().post(path, &accept).await.expect_problem(ProblemCode::NotFound);
}

async fn resets_end_old_sessions(on: On) {
    let app = TestApp::start(on).await;
    let admin = app.somebody("Acme", "Eve", Role::Admin).await;
    let ann = app.somebody("Acme", "Ann", Role::Analyst).await;
    let link: AccountLink = admin
        .client
        .post("/api/users/reset_link", &json!({ "user": ann.user }))
        .await
        .expect_status(200)
        .json();
    let token = link.path.strip_prefix("/reset?token=").unwrap();
    assert!(ann.client.whoami().await.is_some(), "nothing has happened yet");
    let accept = json!({ "token": token, "name": "", "password": NEW });
    let browser = app.stranger();
    browser.post("/api/account/accept_link", &accept).await.expect_status(200);
    assert_eq!(browser.whoami().await.unwrap().name, "Ann");
    assert!(ann.client.whoami().await.is_none());
    app.stranger().log_in("ann@example.com", PASSWORD).await.expect_status(401);
    app.stranger().log_in("ann@example.com", NEW).await.expect_status(200);
}

async fn roles_and_disabling_act_at_once(on: On) {
    let app = TestApp::start(on).await;
    let admin = app.somebody("Acme", "Eve", Role::Admin).await;
    let ann = app.somebody("Acme", "Ann", Role::Admin).await;
    members(&ann.client).await;
    let role = json!({ "user": ann.user, "role": "viewer" });
    admin.client.post("/api/users/set_role", &role).await.expect_status(200);
    ann.client.post("/api/users/list", &json!({})).await.expect_problem(ProblemCode::Forbidden);
    assert_eq!(ann.client.whoami().await.unwrap().role, Role::Viewer);

    let enabled = |enabled: bool| json!({ "user": ann.user, "enabled": enabled });
    admin.client.post("/api/users/set_enabled", &enabled(false)).await.expect_status(200);
    assert!(ann.client.whoami().await.is_none());
    app.stranger().log_in("ann@example.com", PASSWORD).await.expect_status(401);
    let reset = json!({ "user": ann.user });
    admin.client.post("/api/users/reset_link", &reset).await.expect_problem(ProblemCode::Conflict);
    admin.client.post("/api/users/set_enabled", &enabled(true)).await.expect_status(200);
    assert!(ann.client.whoami().await.is_none(), "the old session stays ended");
    ann.client.log_in("ann@example.com", PASSWORD).await.expect_status(200);
}

async fn the_last_admin_stays(on: On) {
    let app = TestApp::start(on).await;
    let eve = app.somebody("Acme", "Eve", Role::Admin).await;
    app.somebody("Other", "Oskar", Role::Admin).await;
    invited(&app, &eve.client, "second@example.com", Role::Admin).await;
    let role = json!({ "user": eve.user, "role": "analyst" });
    eve.client.post("/api/users/set_role", &role).await.expect_problem(ProblemCode::Conflict);
    let off = json!({ "user": eve.user, "enabled": false });
    eve.client.post("/api/users/set_enabled", &off).await.expect_problem(ProblemCode::Conflict);
    let ann = app.somebody("Acme", "Ann", Role::Admin).await;
    ann.client.post("/api/users/set_role", &role).await.expect_status(200);
    assert_eq!(eve.client.whoami().await.unwrap().role, Role::Analyst);
}

async fn logging_out_everywhere_ends_every_session(on: On) {
    let app = TestApp::start(on).await;
    let ann = app.somebody("Acme", "Ann", Role::Viewer).await;
    let phone = app.stranger();
    phone.log_in("ann@example.com", PASSWORD).await.expect_status(200);
    let copy = phone.copy();
    phone.post("/api/account/log_out", &json!({})).await.expect_status(200);
    assert!(phone.cookie("querent_session").is_none());
    assert!(copy.whoami().await.is_none(), "a kept cookie is worth nothing");
    assert!(ann.client.whoami().await.is_some(), "the other session goes on");

    phone.log_in("ann@example.com", PASSWORD).await.expect_status(200);
    ann.client.post("/api/account/log_out_everywhere", &json!({})).await.expect_status(200);
    assert!(ann.client.whoami().await.is_none());
    assert!(phone.whoami().await.is_none());
    // A stranger may log out, too.
    app.stranger().post("/api/account/log_out", &json!({})).await.expect_status(200);
}

async fn changing_the_password_ends_the_other_sessions(on: On) {
    let app = TestApp::start(on).await;
    let ann = app.somebody("Acme", "Ann", Role::Viewer).await;
    let phone = ann.client.copy();
    let change = json!({ "current": PASSWORD, "new": NEW });
    ann.client.post("/api/account/change_password", &change).await.expect_status(200);
    assert!(ann.client.whoami().await.is_some());
    assert!(phone.whoami().await.is_none());
    // Someone with a stolen session cannot try passwords for long.
    for _ in 0..5 {
        ann.client
            .post("/api/account/change_password", &change)
            .await
            .expect_problem(ProblemCode::Invalid);
    }
    ann.client
        .post("/api/account/change_password", &change)
        .await
        .expect_problem(ProblemCode::Throttled);
}

async fn guessing_is_throttled(on: On) {
    let app = TestApp::with(on, &[("QUERENT_TRUSTED_PROXY", "127.0.0.1")]).await;
    app.somebody("Acme", "Ann", Role::Viewer).await;
    let guess = async |email: &str, from: &str| {
        let body = serde_json::to_vec(&json!({ "email": email, "password": "guess" })).unwrap();
        let headers = [("content-type", "application/json"), ("x-forwarded-for", from)];
        let browser = app.stranger();
        browser.send("POST", "/api/account/log_in", &headers, body).await
    };
    // One account, from anywhere.
    for n in 0..5 {
        guess("ann@example.com", &format!("9.9.9.{n}")).await.expect_status(401);
    }
    let answer = guess("Ann@example.com", "8.8.8.8").await;
    let problem = answer.expect_problem(ProblemCode::Throttled);
    assert!(problem.hint.unwrap().starts_with("Try again in "));
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
    app.stranger().log_in("ann@example.com", PASSWORD).await.expect_status(429);
    // Many accounts, from one address.
    for n in 0..20 {
        guess(&format!("nobody{n}@example.com"), "7.7.7.7").await.expect_status(401);
    }
    guess("nobody@example.com", "7.7.7.7").await.expect_status(429);
    guess("nobody@example.com", "6.6.6.6").await.expect_status(401);
    // Waiting helps.
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
    app.stranger().log_in("ann@example.com", PASSWORD).await.expect_status(200);
}

async fn sessions_expire(on: On) {
    let idle = [("QUERENT_SESSION_IDLE", "1s")];
    let app = TestApp::with(on, &idle).await;
    let ann = app.somebody("Acme", "Ann", Role::Viewer).await;
    assert!(ann.client.whoami().await.is_some());
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    assert!(ann.client.whoami().await.is_none());
    ann.client
        .post(
            "/api/history/page",
            &json!({ "filter": {
        "search": "", "connection": null, "kind": null, "status": null, "before": null } }),
        )
        .await
        .expect_problem(ProblemCode::Unauthenticated);

    let app = TestApp::with(on, &[("QUERENT_SESSION_ABSOLUTE", "2s")]).await;
    let ann = app.somebody("Acme", "Ann", Role::Viewer).await;
    let start = std::time::Instant::now();
    while start.elapsed().as_millis() < 1_500 {
        assert!(ann.client.whoami().await.is_some());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(ann.client.whoami().await.is_none(), "whatever is done in it, it ends");
}
