//! What is old is removed, and every place where it was says so.
#![allow(clippy::unwrap_used)]

#[macro_use]
mod both;
#[allow(dead_code, reason = "every test crate uses its own part")]
mod zoo;

use model::{
    error::ProblemCode,
    history::{HistoryFilter, HistoryKind},
    id::{ConversationId, RunId},
    run::{Happening, RunEvent, RunStatus},
};
use serde_json::{Value, json};
use server::jobs::retention;
use std::{
    fs,
    time::{Duration, SystemTime},
};
use store::runs::{NewRun, RunEnd};
use testkit::app::On;
use zoo::Zoo;

/// A question of long ago that ended, in a conversation of its own.
async fn long_ago(zoo: &Zoo) -> (RunId, ConversationId) {
    let conversation = ConversationId::generate();
    let run = NewRun {
        id: RunId::generate(),
        workspace: zoo.analyst.workspace,
        user: zoo.analyst.user,
        connection: zoo.connection,
        conversation: Some(conversation),
        starts_conversation: true,
        kind: HistoryKind::Question,
        question: "how many giraffes?".into(),
        sql: None,
        started_at_ms: 1,
        end: None,
    };
    let id = run.id;
    let end = RunEnd {
        status: RunStatus::Cancelled,
        problem: None,
        rows: None,
        elapsed_us: None,
        sql: Some("SELECT 1".into()),
        result: None,
        finished_at_ms: 2,
    };
    let event = RunEvent { seq: 1, at_ms: 1, what: Happening::Cancelled };
    let journal = &zoo.app.state.journal;
    journal.record_durable(run).await.unwrap();
    journal.append_durable(id, vec![event], Some(end)).await.unwrap();
    (id, conversation)
}

/// The line of a run in the history of the analyst.
async fn line(zoo: &Zoo, run: RunId) -> Value {
    let page = zoo.text("history/page", &json!({ "filter": HistoryFilter::default() })).await;
    let page: Value = serde_json::from_str(&page).unwrap();
    let entries = page["entries"].as_array().unwrap();
    entries.iter().find(|entry| entry["id"] == json!(run)).unwrap().clone()
}

async fn rows_go_before_their_answer(on: On) {
    let zoo = Zoo::over(on).await;
    let ann = &zoo.analyst.client;
    let (run, seen) = zoo.ask("how many orders are there?").await;
    assert!(seen.contains("answered") && seen.contains("footer"), "{seen}");
    let result = format!("/api/runs/{run}/result");

    // 1. What is young stays.
    retention::sweep(&zoo.app.state).await.unwrap();
    ann.get(&result).await.expect_status(200);
    assert_eq!(line(&zoo, run).await["pruned_at"], Value::Null);

    // 2. Rows of a hundred days ago go, and where they were it says so; the answer is still told.
    let file = zoo.app.state.config.data.dir.join(format!("results/{run}.ndjson"));
    let hundred_days = Duration::from_secs(100 * 86_400);
    let open = fs::File::options().append(true).open(&file).unwrap();
    open.set_modified(SystemTime::now() - hundred_days).unwrap();
    retention::sweep(&zoo.app.state).await.unwrap();
    assert!(!file.exists());
    let gone = ann.get(&result).await.expect_problem(ProblemCode::NotFound);
    assert!(gone.message.contains("removed"), "{gone:?}");
    assert!(gone.hint.unwrap().contains("again"));
    assert!(line(&zoo, run).await["pruned_at"].is_string());
    assert!(ann.get(&format!("/api/runs/{run}/events")).await.text().contains("answered"));
}

async fn old_answers_leave_their_line(on: On) {
    let zoo = Zoo::over(on).await;
    let (old, conversation) = long_ago(&zoo).await;
    let (young, _) = zoo.ask("how many orders are there?").await;
    retention::sweep(&zoo.app.state).await.unwrap();

    assert!(line(&zoo, old).await["pruned_at"].is_string());
    assert_eq!(line(&zoo, old).await["sql"], "SELECT 1");
    assert_eq!(line(&zoo, young).await["pruned_at"], Value::Null);
    let told = zoo.text("ask/conversation", &json!({ "id": conversation })).await;
    assert!(told.contains("how many giraffes?") && told.contains("pruned_at"), "{told}");
    // Its reader is told at once that there is nothing.
    let events = zoo.analyst.client.get(&format!("/api/runs/{old}/events")).await;
    assert_eq!(events.expect_status(200).text(), "");
}

both!(rows_go_before_their_answer, old_answers_leave_their_line);
