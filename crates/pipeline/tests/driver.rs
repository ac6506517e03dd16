//! The driver with a scripted drafter and a scripted database; the guard is the real one.

#![allow(clippy::unwrap_used)]

mod support;

use model::{
    error::{Problem, ProblemCode},
    run::{Choice, Clarification, Decline, Happening, RunStatus},
};
use pipeline::{Waiting, drafter::Drafted};
use std::{sync::Mutex, time::Duration};
use support::{Mood, Scripted, Stage};

const COUNT: &str = "SELECT count(*) AS count FROM orders";

#[tokio::test]
async fn a_question_is_answered() {
    let stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Fine);
    let ended = stage.perform("how many orders?").await;
    assert_eq!(
        stage.sink.story(),
        "started +classify -classify +retrieve -retrieve +draft -draft drafted +validate -validate \
         second_reading +clear -clear cleared +execute -execute executed +present -present answered"
    );
    assert_eq!((ended.status, ended.rows), (RunStatus::Done, Some(1)));
    assert!(!ended.sql.unwrap().contains("LIMIT"), "people see what was asked");
    let ran = stage.database.read.lock().unwrap().clone();
    assert!(ran[0].contains("LIMIT 10001"), "the cap is in the text that runs");
    let Happening::Answered(answer) = stage.sink.last() else { panic!() };
    assert_eq!(answer.text, "The count is 42.");
    assert_eq!(answer.preview.rows, [[Some("42".to_owned())]]);
    let lines = stage.sink.result_lines();
    assert!(lines[0].starts_with("{\"header\":"), "{lines:?}");
    assert_eq!(lines[1], "[[\"42\"]]");
    assert!(lines[2].starts_with("{\"footer\":"));
    assert!(*stage.sink.finished.lock().unwrap());
}

#[tokio::test]
async fn the_database_gets_one_repair() {
    let stage =
        Stage::new(Scripted::sql(&["SELECT max(id) FROM orders", COUNT]), Mood::FirstIsWrong);
    assert_eq!(stage.perform("how many orders?").await.status, RunStatus::Done);
    assert!(stage.sink.story().contains("-validate repairing +draft -draft drafted +validate"));
    let briefs = stage.drafter.briefs.lock().unwrap();
    let mend = briefs[1].1.as_ref().unwrap();
    assert_eq!(mend.sql, "SELECT max(id) FROM orders");
    assert_eq!(mend.problem.message, "No such function: foo.");
}

#[tokio::test]
async fn a_refusal_gets_one_repair_and_then_the_run_fails() {
    let stage = Stage::new(Scripted::sql(&["SELECT nope FROM orders", COUNT]), Mood::Fine);
    assert_eq!(stage.perform("how many orders?").await.status, RunStatus::Done);

    let stage = Stage::new(Scripted::sql(&["SELECT nope FROM orders", "SELEC 1"]), Mood::Fine);
    let ended = stage.perform("how many orders?").await;
    assert_eq!(ended.problem.unwrap().code, ProblemCode::Refused);
    assert!(
        stage.database.read.lock().unwrap().is_empty()
            && stage.database.described.lock().unwrap().is_empty()
    );

    let stage = Stage::new(Scripted::sql(&[COUNT, COUNT]), Mood::AlwaysWrong);
    assert_eq!(
        stage.perform("how many orders?").await.problem.unwrap().code,
        ProblemCode::Database
    );
    assert!(stage.database.read.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_drafted_write_never_reaches_the_database() {
    for sql in ["DELETE FROM orders", "DROP TABLE orders", "UPDATE orders SET status = 'x'"] {
        let stage = Stage::new(Scripted::sql(&[sql]), Mood::Fine);
        assert_eq!(
            stage.perform("clean up the orders table").await.status,
            RunStatus::Declined,
            "{sql}"
        );
        assert!(stage.database.read.lock().unwrap().is_empty());
        assert!(stage.database.described.lock().unwrap().is_empty());
    }
    for sql in ["SELECT 1; DELETE FROM orders", "ATTACH 'x' AS y", ""] {
        let stage = Stage::new(Scripted::sql(&[sql, sql]), Mood::Fine);
        assert_ne!(stage.perform("how many orders?").await.status, RunStatus::Done, "{sql}");
        assert!(stage.database.read.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn questions_without_sql() {
    for (question, status, text) in [
        ("hello", RunStatus::Done, "Hello!"),
        ("what tables are there?", RunStatus::Done, "shop has 1 table."),
        ("describe orders", RunStatus::Done, "orders has 2 columns"),
        ("delete all orders", RunStatus::Declined, "approval"),
        ("", RunStatus::Declined, "no question"),
        ("\0\u{1}\u{2}\u{3}", RunStatus::Declined, "hardly any letters"),
    ] {
        let stage = Stage::new(Scripted::default(), Mood::Fine);
        let ended = stage.perform(question).await;
        assert_eq!(ended.status, status, "{question}");
        let said = match stage.sink.last() {
            Happening::Answered(answer) => answer.text,
            Happening::Declined(decline) => decline.text,
            other => panic!("{other:?}"),
        };
        assert!(said.contains(text), "{question}: {said}");
        assert!(stage.drafter.briefs.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_megabyte_is_declined_and_not_logged() {
    let stage = Stage::new(Scripted::default(), Mood::Fine);
    assert_eq!(stage.perform(&"orders ".repeat(150_000)).await.status, RunStatus::Declined);
    let events = serde_json::to_string(&*stage.sink.events.lock().unwrap()).unwrap();
    assert!(events.len() < 20_000, "{}", events.len());
}

#[tokio::test]
async fn failures_end_the_run_once() {
    let stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Unreachable);
    assert_eq!(
        stage.perform("how many orders?").await.problem.unwrap().code,
        ProblemCode::Unreachable
    );

    let stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Dies);
    assert_eq!(
        stage.perform("how many orders?").await.problem.unwrap().code,
        ProblemCode::Unreachable
    );
    assert!(
        stage.sink.result_lines()[2].starts_with("{\"error\":"),
        "the stored result says why it ends"
    );

    let stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Panics);
    assert_eq!(
        stage.perform("how many orders?").await.problem.unwrap().code,
        ProblemCode::Internal
    );

    let stage = Stage::new(Scripted { panics: true, ..Scripted::default() }, Mood::Fine);
    assert_eq!(
        stage.perform("how many orders?").await.problem.unwrap().code,
        ProblemCode::Internal
    );

    let stage = Stage::new(Scripted::default(), Mood::Fine);
    assert_eq!(stage.perform("how many orders?").await.problem.unwrap().code, ProblemCode::Model);
}

#[tokio::test]
async fn a_full_disk_ends_the_run() {
    for append in 0..7 {
        let stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Fine);
        *stage.sink.fail_append.lock().unwrap() = Some(append);
        let ended = pipeline::perform(stage.run("how many orders?")).await;
        assert_eq!(ended.status, RunStatus::Failed);
        let events = stage.sink.events.lock().unwrap();
        assert_eq!(events.iter().filter(|e| e.what.ends().is_some()).count(), 1, "append {append}");
    }
    let mut stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Fine);
    stage.sink = std::sync::Arc::new(support::Memory { fail_result: true, ..Default::default() });
    assert_eq!(
        stage.perform("how many orders?").await.problem.unwrap().code,
        ProblemCode::Internal
    );
}

#[tokio::test]
async fn cancelling_stops_whatever_is_under_way() {
    let stalled = Scripted { stalls: true, ..Scripted::default() };
    for (drafter, mood) in [(stalled, Mood::Fine), (Scripted::sql(&[COUNT]), Mood::Stalls)] {
        let stage = Stage::new(drafter, mood);
        let cancel = stage.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            cancel.cancel();
        });
        let ended = tokio::time::timeout(Duration::from_secs(2), stage.perform("how many orders?"));
        assert_eq!(ended.await.unwrap().status, RunStatus::Cancelled);
        let reading = !stage.database.read.lock().unwrap().is_empty();
        assert_eq!(*stage.database.dropped.lock().unwrap(), reading, "an open read was let go");
    }
    let stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Fine);
    stage.cancel.cancel();
    assert_eq!(stage.perform("how many orders?").await.status, RunStatus::Cancelled);
}

#[tokio::test]
async fn text_streams_and_caps_are_said() {
    let drafter = Scripted { streams: true, ..Scripted::sql(&[COUNT]) };
    let stage = Stage::new(drafter, Mood::Truncates);
    assert_eq!(stage.perform("how many orders?").await.status, RunStatus::Done);
    let story = stage.sink.story();
    assert!(story.contains("+draft draft_text draft_text -draft"), "{story}");
    let Happening::Answered(answer) = stage.sink.last() else { panic!() };
    assert!(answer.text.contains("Only the first 10,000 rows were read"), "{}", answer.text);
}

fn unclear() -> Scripted {
    let choice = |sql: &str, paraphrase: &str| Choice {
        sql: sql.into(),
        paraphrase: paraphrase.into(),
        ..Choice::default()
    };
    let choices = vec![choice(COUNT, "Counting orders"), choice("SELECT nope FROM orders", "No")];
    let asked = Clarification { question: "Which do you mean?".into(), choices };
    let turns = Mutex::new([Ok(Drafted::Unclear(asked))].into());
    Scripted { turns, engine: true, ..Scripted::default() }
}

#[tokio::test]
async fn a_run_waits_and_goes_on_from_its_log() {
    let stage = Stage::new(unclear(), Mood::Fine);
    let ended = stage.perform("orders?").await;
    assert_eq!((ended.status, ended.sql), (RunStatus::Waiting, None));
    assert!(stage.database.described.lock().unwrap().is_empty());
    let events = stage.sink.events.lock().unwrap().clone();
    let waiting = Waiting::of(&events).unwrap();
    assert_eq!(waiting.choices().len(), 2);
    assert_eq!(Waiting::of(&events[..events.len() - 1]), None);

    let after = Stage::new(Scripted::default(), Mood::Fine);
    let ended = pipeline::resume(after.run("orders?"), waiting.clone(), 0).await;
    assert_eq!((ended.status, ended.rows), (RunStatus::Done, Some(1)));
    assert_eq!(
        after.sink.story(),
        "chosen drafted +validate -validate +clear -clear cleared +execute -execute executed \
         +present -present answered"
    );
    let first = after.sink.events.lock().unwrap()[0].seq;
    assert_eq!(first, events.len() as u32 + 1, "the numbers go on");
    let Happening::Answered(answer) = after.sink.last() else { panic!() };
    assert!(answer.confidence.unwrap().score > 0.9, "a person's choice is no guess");

    let refused = Stage::new(Scripted::sql(&[COUNT]), Mood::Fine);
    let ended = pipeline::resume(refused.run("orders?"), waiting.clone(), 1).await;
    assert_eq!(ended.problem.unwrap().code, ProblemCode::Refused, "no other reading in its place");
    assert!(refused.database.read.lock().unwrap().is_empty());

    let cancelled = Stage::new(Scripted::default(), Mood::Stalls);
    cancelled.cancel.cancel();
    let ended = pipeline::resume(cancelled.run("orders?"), waiting, 0).await;
    assert_eq!(ended.status, RunStatus::Cancelled);
}

#[tokio::test]
async fn the_engines_reading_stands_beside_a_models() {
    let count = "SELECT count(*) AS count FROM orders WHERE status = 'open'";
    let stage = Stage::new(Scripted::sql(&[count]), Mood::Fine);
    assert_eq!(stage.perform("how many orders are there?").await.status, RunStatus::Done);
    let second = |stage: &Stage| {
        stage.sink.events.lock().unwrap().iter().find_map(|e| match &e.what {
            Happening::SecondReading(second) => Some(second.clone()),
            _ => None,
        })
    };
    let doubt = second(&stage).unwrap();
    assert_eq!(doubt.differences, ["values: only the model has open"]);
    assert!(!doubt.paraphrase.is_empty() && doubt.sql.contains("orders"));
    let doubted = confidence(&stage);

    let stage = Stage::new(Scripted::sql(&[COUNT]), Mood::Fine);
    stage.perform("how many orders are there?").await;
    assert_eq!(second(&stage).unwrap().differences, [""; 0]);
    assert!(confidence(&stage) > doubted, "agreement is worth more than doubt");

    let stage = Stage::new(Scripted { engine: true, ..Scripted::sql(&[COUNT]) }, Mood::Fine);
    stage.perform("how many orders are there?").await;
    assert_eq!(second(&stage), None, "the engine is not asked about itself");
}

fn confidence(stage: &Stage) -> f32 {
    match stage.sink.last() {
        Happening::Answered(answer) => answer.confidence.unwrap().score,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_drafter_may_decline() {
    let decline = Decline { unknown_words: vec!["foo".into()], ..Decline::default() };
    let turns = Mutex::new([Ok(Drafted::Declined(decline))].into());
    let stage = Stage::new(Scripted { turns, ..Scripted::default() }, Mood::Fine);
    assert_eq!(stage.perform("foo?").await.status, RunStatus::Declined);
    let Happening::Declined(said) = stage.sink.last() else { panic!() };
    assert!(!said.text.is_empty() && !said.suggestions.is_empty() && said.unknown_words == ["foo"]);

    let bad = || Ok(Drafted::Unreadable(Problem::new(ProblemCode::Model, "no JSON")));
    let turns = Mutex::new([bad(), bad()].into());
    let stage = Stage::new(Scripted { turns, ..Scripted::default() }, Mood::Fine);
    assert_eq!(stage.perform("how many orders?").await.problem.unwrap().message, "no JSON");
}
