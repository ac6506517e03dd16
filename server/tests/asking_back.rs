//! A run that waits for a choice, through the doors: it goes on once, for its owner, and after a restart.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, reason = "every test crate uses its own part")]
mod zoo;

use model::{
    error::ProblemCode,
    history::HistoryKind,
    id::{ConversationId, RunId},
    role::Role,
    run::{Choice, Clarification, Happening, RunEvent, RunStatus},
};
use serde_json::json;
use store::runs::{self, NewRun, RunEnd};
use testkit::{app::On, client::Client};
use zoo::{Zoo, replay};

/// A run of the analyst that asked back, as a server before a restart left it.
async fn waiting(zoo: &Zoo) -> RunId {
    let run = NewRun {
        id: RunId::generate(),
        workspace: zoo.analyst.workspace,
        user: zoo.analyst.user,
        connection: zoo.connection,
        conversation: Some(ConversationId::generate()),
        starts_conversation: true,
        kind: HistoryKind::Question,
        question: "how many?".into(),
        sql: None,
        started_at_ms: 1,
        end: None,
    };
    let choice = |sql: &str| Choice {
        paraphrase: format!("Running {sql}"),
        sql: sql.into(),
        ..Choice::default()
    };
    let asked = Clarification {
        question: "Which do you mean?".into(),
        choices: vec![
            choice("SELECT count(*) AS counted FROM orders"),
            choice("SELECT employee FROM salaries"),
        ],
    };
    let event = RunEvent { seq: 1, at_ms: 1, what: Happening::Clarifying(asked) };
    let rest = RunEnd {
        status: RunStatus::Waiting,
        problem: None,
        rows: None,
        elapsed_us: None,
        sql: None,
        result: None,
        finished_at_ms: 1,
    };
    let id = run.id;
    let journal = &zoo.app.state.journal;
    journal.record_durable(run).await.unwrap();
    journal.append_durable(id, vec![event], Some(rest)).await.unwrap();
    id
}

async fn choose(client: &Client, run: RunId, choice: u32) -> testkit::client::Answer {
    let request = json!({ "request": { "run": run, "choice": choice } });
    client.post("/api/ask/choose", &request).await
}

async fn status(zoo: &Zoo, run: RunId) -> RunStatus {
    runs::get(zoo.app.store(), zoo.analyst.workspace, run).await.unwrap().status
}

async fn story(on: On) {
    let zoo = Zoo::over(on).await;
    let ann = &zoo.analyst.client;
    let run = waiting(&zoo).await;

    // Its reader is not kept waiting: the body ends with the question.
    let seen = ann.get(&format!("/api/runs/{run}/events")).await.text();
    assert!(seen.contains("clarifying") && seen.contains("Which do you mean?"), "{seen}");

    // Nobody else chooses, not even an administrator; what does not exist is not chosen.
    choose(&zoo.admin.client, run, 0).await.expect_problem(ProblemCode::NotFound);
    let stranger = zoo.app.somebody("elsewhere", "Mallory", Role::Admin).await;
    choose(&stranger.client, run, 0).await.expect_problem(ProblemCode::NotFound);
    choose(ann, run, 2).await.expect_problem(ProblemCode::Invalid);
    assert_eq!(status(&zoo, run).await, RunStatus::Waiting);

    // Of two at once one counts, and the run goes on to its answer.
    let (one, two) = tokio::join!(choose(ann, run, 0), choose(ann, run, 0));
    let mut codes = [one.status.as_u16(), two.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [200, 409]);
    let seen = replay(ann, run).await;
    for expected in ["\"chosen\"", "\"answered\"", "counted", "[[\"2\"]]"] {
        assert!(seen.contains(expected), "{expected}: {seen}");
    }
    assert_eq!(status(&zoo, run).await, RunStatus::Done);
    choose(ann, run, 1).await.expect_problem(ProblemCode::Conflict);

    // Given up, it ends; a choice comes too late.
    let run = waiting(&zoo).await;
    ann.post("/api/ask/cancel", &json!({ "run": run })).await.expect_status(200);
    assert_eq!(status(&zoo, run).await, RunStatus::Cancelled);
    choose(ann, run, 0).await.expect_problem(ProblemCode::Conflict);
    assert!(replay(ann, run).await.contains("cancelled"));

    // A choice passes the gate as it is today: what has become secret since is not read.
    let run = waiting(&zoo).await;
    let deny =
        model::policy::TableRule { access: model::policy::Access::Deny, ..zoo.rule("salaries") };
    zoo.save(&zoo.draft("No salaries", vec![deny])).await;
    choose(ann, run, 1).await.expect_status(200);
    let seen = replay(ann, run).await;
    assert!(!seen.contains("okapi"), "{seen}");
    assert_eq!(status(&zoo, run).await, RunStatus::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_goes_on_once_over_sqlite() {
    story(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_goes_on_once_over_postgres() {
    story(On::Postgres).await;
}
