//! Statements through the query door: a small one, 1,000 rows, 100,000 rows in full.

use super::{Scene, schema};
use crate::databases::Database;
use crate::report::{Goal, Report};
use crate::statistics::Times;
use anyhow::{Result, ensure};
use bytes::Bytes;
use serde_json::json;
use std::time::{Duration, Instant};

const WARM_UP: usize = 50;
const LINES: usize = 32;
const LOAD: Duration = Duration::from_secs(5);

pub async fn measure(scene: &Scene<'_>, report: &mut Report) -> Result<()> {
    let database = Database::with_big_table(&scene.args.postgres)?;
    let connection = scene.connect(database.draft()?).await?.id;
    schema::finished(scene, connection).await?;
    let door = format!("/api/connections/{connection}/query");

    let small = statement("SELECT id, name, amount FROM big WHERE id = 4711");
    let times = one_by_one(scene, &door, &small, 1000).await?;
    let note = format!("PostgreSQL, p99 {:.2} ms", times.quantile(0.99).as_secs_f64() * 1e3);
    report.millis("small query, p50", times.median(), 1.0, note);

    let rate = all_at_once(scene, &door, &small).await?;
    let note = "PostgreSQL, database and load on the same machine".into();
    let name = format!("small queries from {LINES} connections");
    report.add(&name, rate, "/s", Goal::AtLeast(5000.0), note);

    let thousand = statement("SELECT * FROM big WHERE id <= 1000 ORDER BY id");
    let times = one_by_one(scene, &door, &thousand, 200).await?;
    report.millis("1,000 rows × 12, p50", times.median(), 4.0, "PostgreSQL".into());

    everything(scene, &door, report).await?;
    scene.session.call("/api/connections/delete", &json!({ "id": connection })).await
}

fn statement(sql: &str) -> Bytes {
    json!({ "sql": sql }).to_string().into()
}

/// One line, one request after the other.
async fn one_by_one(scene: &Scene<'_>, door: &str, body: &Bytes, count: usize) -> Result<Times> {
    let mut line = scene.session.line().await?;
    let answer = line.post(door, body.clone()).await?;
    ensure_whole(&answer)?;
    for _ in 0..WARM_UP {
        line.drain(door, body.clone()).await?;
    }
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let began = Instant::now();
        line.drain(door, body.clone()).await?;
        times.push(began.elapsed());
    }
    Ok(Times::new(times))
}

/// Many lines as fast as they can; answers per second.
async fn all_at_once(scene: &Scene<'_>, door: &str, body: &Bytes) -> Result<f64> {
    let mut lines = Vec::new();
    for _ in 0..LINES {
        lines.push(scene.session.line().await?);
    }
    let began = Instant::now();
    let tasks: Vec<_> = lines
        .into_iter()
        .map(|mut line| {
            let (door, body) = (door.to_owned(), body.clone());
            tokio::spawn(async move {
                let mut answers = 0u64;
                while began.elapsed() < LOAD {
                    line.drain(&door, body.clone()).await?;
                    answers += 1;
                }
                anyhow::Ok(answers)
            })
        })
        .collect();
    let mut answers = 0;
    for task in tasks {
        answers += task.await??;
    }
    Ok(answers as f64 / began.elapsed().as_secs_f64())
}

async fn everything(scene: &Scene<'_>, door: &str, report: &mut Report) -> Result<()> {
    let body: Bytes =
        json!({ "sql": "SELECT * FROM big", "row_limit": 200_000 }).to_string().into();
    let mut line = scene.session.line().await?;
    let before = scene.server.memory()?;
    scene.server.forget_peak()?;
    let answer = line.post(door, body.clone()).await?;
    let grown = scene.server.peak()? - before;
    ensure_whole(&answer)?;
    let rows = answer.windows(2).filter(|pair| pair == b"],").count();
    ensure!(rows >= 99_000, "only about {rows} rows came");

    let mut times = Vec::new();
    for _ in 0..9 {
        let began = Instant::now();
        line.drain(door, body.clone()).await?;
        times.push(began.elapsed());
    }
    let times = Times::new(times);
    let note = format!("PostgreSQL, {:.1} MB of JSON", answer.len() as f64 / 1e6);
    report.millis("100,000 rows × 12 in full", times.median(), 300.0, note);
    let note = "peak of the first read over memory before it".into();
    report.add("memory grown by it", grown, "MiB", Goal::AtMost(20.0), note);
    Ok(())
}

/// A body without its footer was cut, whatever its status said.
fn ensure_whole(answer: &Bytes) -> Result<()> {
    let last = answer.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    ensure!(
        last.starts_with(br#"{"footer""#),
        "the answer has no footer: {}",
        String::from_utf8_lossy(&last[..last.len().min(500)])
    );
    Ok(())
}
