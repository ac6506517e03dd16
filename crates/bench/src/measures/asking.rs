//! From a question to its answer, beyond the model's own time; and with the built-in engine.

use super::{Scene, schema};
use crate::client::Session;
use crate::databases::Database;
use crate::report::{Goal, Report};
use crate::scripted::ScriptedModel;
use crate::statistics::Times;
use anyhow::{Context, Result, bail, ensure};
use http_body_util::BodyExt;
use model::connection::ConnectionView;
use model::id::ConnectionId;
use model::llm::{ModelSettings, Provider};
use model::run::{Happening, RunEvent};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const QUESTIONS: usize = 200;
const AT_ONCE: usize = 64;
const THINKING: Duration = Duration::from_millis(300);
const QUESTION: &str = "What is the name of the big row with id 4711?";
const DRAFT: &str = "SELECT id, name, amount FROM big WHERE id = 4711";

pub async fn measure(scene: &Scene<'_>, report: &mut Report) -> Result<()> {
    let database = Database::with_big_table(&scene.args.postgres)?;
    let connection = scene.connect(database.draft()?).await?.id;
    schema::finished(scene, connection).await?;
    let reply = json!({ "sql": DRAFT, "explanation": "One row by its id." }).to_string();
    let model = ScriptedModel::start(reply).await?;
    choose(scene, &model, Provider::OpenAiCompatible).await?;

    let times = one_by_one(scene, connection, QUESTION).await?;
    let per_question = model.take_calls() as f64 / (QUESTIONS + 1) as f64;
    let note = format!("scripted model, 0 ms, {per_question:.1} calls a question, PostgreSQL");
    report.millis("question to answer, p50", times.median(), 5.0, note);

    model.wait(THINKING);
    let times = at_once(scene, connection).await?;
    let calls = model.take_calls() as f64 / AT_ONCE as f64;
    let beyond = times.median().saturating_sub(THINKING.mul_f64(calls));
    let worst = times.quantile(1.0).saturating_sub(THINKING.mul_f64(calls));
    let note = format!(
        "beyond {} ms a call, worst {:.0} ms",
        THINKING.as_millis(),
        worst.as_secs_f64() * 1e3
    );
    report.millis(&format!("{AT_ONCE} questions at once, p50"), beyond, 15.0, note);

    choose(scene, &model, Provider::BuiltIn).await?;
    built_in(scene, report).await?;
    scene.session.call("/api/connections/delete", &json!({ "id": connection })).await
}

async fn choose(scene: &Scene<'_>, model: &ScriptedModel, provider: Provider) -> Result<()> {
    let settings = ModelSettings {
        provider,
        base_url: format!("http://{}/v1", model.address),
        api_key: Some("scripted".into()),
        model: "scripted".into(),
        ..ModelSettings::default()
    };
    scene.session.call("/api/models/save", &json!({ "settings": settings })).await
}

/// The sample shop and no model at all.
async fn built_in(scene: &Scene<'_>, report: &mut Report) -> Result<()> {
    let all: Vec<ConnectionView> = scene.session.call("/api/connections/list", &json!({})).await?;
    let sample = all.iter().find(|one| one.sample).context("there is no sample database")?.id;
    schema::finished(scene, sample).await.ok();
    let times = one_by_one(scene, sample, "How many customers are there?").await?;
    let note =
        format!("sample shop (SQLite), p99 {:.1} ms", times.quantile(0.99).as_secs_f64() * 1e3);
    let name = "question to answer, built-in engine, p50";
    report.add(name, times.median().as_secs_f64() * 1e3, "ms", Goal::None, note);
    Ok(())
}

async fn one_by_one(scene: &Scene<'_>, connection: ConnectionId, question: &str) -> Result<Times> {
    answer(scene.session, connection, question).await?;
    let mut times = Vec::with_capacity(QUESTIONS);
    for _ in 0..QUESTIONS {
        times.push(answer(scene.session, connection, question).await?);
    }
    Ok(Times::new(times))
}

async fn at_once(scene: &Scene<'_>, connection: ConnectionId) -> Result<Times> {
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let session = scene.session.clone();
            tokio::spawn(async move { answer(&session, connection, QUESTION).await })
        })
        .collect();
    let mut times = Vec::with_capacity(AT_ONCE);
    for task in tasks {
        times.push(task.await??);
    }
    Ok(Times::new(times))
}

/// Asks in a new conversation and follows the run's events to their end.
async fn answer(session: &Session, connection: ConnectionId, question: &str) -> Result<Duration> {
    let request = json!({
        "connection": connection, "conversation": null, "question": question, "replaces": null,
    });
    let body = json!({ "request": request }).to_string();
    let mut line = session.line().await?;
    let began = Instant::now();
    let asked = line.post("/api/ask/start", body.into()).await?;
    let asked: Value = serde_json::from_slice(&asked)?;
    let run = asked["run"].as_str().context("the answer names its run")?;

    let events = line.get(&format!("/api/runs/{run}/events?after=0")).await?;
    ensure!(events.status().is_success(), "the events answered {}", events.status());
    let mut events = events.into_body();
    let mut text = Vec::new();
    while let Some(frame) = events.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        text.extend_from_slice(&data);
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let event: Vec<u8> = text.drain(..=end).collect();
            if ended(&event)? {
                return Ok(began.elapsed());
            }
        }
    }
    bail!("the events of the run ended without an answer")
}

/// Whether this event is the answer; any other end is an error.
fn ended(line: &[u8]) -> Result<bool> {
    if line.trim_ascii().is_empty() {
        return Ok(false);
    }
    let event: RunEvent = serde_json::from_slice(line).context("understanding an event")?;
    match event.what {
        Happening::Answered(_) => Ok(true),
        other if other.ends().is_some() => bail!("the run ended otherwise: {other:?}"),
        _ => Ok(false),
    }
}
