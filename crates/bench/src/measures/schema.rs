//! Reading a catalogue of 2,000 tables × 12 columns from PostgreSQL.

use super::Scene;
use crate::databases::Database;
use crate::report::Report;
use crate::statistics::Times;
use anyhow::{Result, bail};
use model::catalog::CatalogProgress;
use model::id::ConnectionId;
use serde_json::json;
use std::time::{Duration, Instant};

const READS: usize = 7;
/// How often the progress is asked for. The page does so every 350 ms; asking all the time would take
/// the processor from what is measured.
const LOOK: Duration = Duration::from_millis(20);

pub async fn measure(scene: &Scene<'_>, report: &mut Report) -> Result<()> {
    let database = Database::with_many_tables(&scene.args.postgres)?;
    let connection = scene.connect(database.draft()?).await?.id;
    finished(scene, connection).await?; // the first reading, started by adding the connection

    let (mut read, mut seen) = (Vec::new(), Vec::new());
    for _ in 0..READS {
        let began = Instant::now();
        let body = json!({ "connection": connection });
        scene.session.call::<()>("/api/schema/refresh", &body).await?;
        read.push(Duration::from_millis(finished(scene, connection).await?));
        seen.push(began.elapsed());
    }
    let (read, seen) = (Times::new(read), Times::new(seen));
    let note = format!(
        "PostgreSQL, median of {READS}; asked for, read, compared and stored: {:.0} ms",
        seen.median().as_secs_f64() * 1e3
    );
    report.millis("introspection of 2,000 tables × 12", read.median(), 150.0, note);
    scene.session.call("/api/connections/delete", &json!({ "id": connection })).await
}

/// Waits for the end of a reading; gives the server's own count of milliseconds.
pub async fn finished(scene: &Scene<'_>, connection: ConnectionId) -> Result<u64> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        let body = json!({ "connection": connection });
        let progress = scene.session.call("/api/schema/progress", &body).await?;
        match progress {
            Some(CatalogProgress::Done { milliseconds, .. }) => return Ok(milliseconds),
            Some(CatalogProgress::Failed { problem }) => bail!("reading the schema: {problem}"),
            Some(CatalogProgress::Reading { .. }) | None => {}
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("the schema was not read within a minute")
}
