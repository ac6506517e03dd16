//! What is measured, a file per group. A group that fails is reported and the others go on.

mod asking;
mod page;
mod reading;
mod schema;
mod starting;

use crate::Args;
use crate::client::Session;
use crate::report::Report;
use crate::server::{Home, Server};
use anyhow::Result;
use model::connection::{ConnectionDraft, ConnectionView};
use serde_json::json;

/// A running server with somebody signed in.
struct Scene<'a> {
    args: &'a Args,
    server: &'a Server,
    session: &'a Session,
}

/// Runs every group that is wanted.
pub async fn all(args: &Args, report: &mut Report) -> Result<()> {
    let home = Home::make(args)?;
    if report.wants("start") {
        let done = starting::measure(args, &home, report).await;
        note(report, "start", done);
    }
    let server = home.start(args).await?;
    let session = server.log_in().await?;
    let scene = Scene { args, server: &server, session: &session };
    if report.wants("schema") {
        let done = schema::measure(&scene, report).await;
        note(report, "schema", done);
    }
    if report.wants("read") {
        let done = reading::measure(&scene, report).await;
        note(report, "read", done);
    }
    if report.wants("ask") {
        let done = asking::measure(&scene, report).await;
        note(report, "ask", done);
    }
    if report.wants("page") {
        let done = page::measure(&scene, report);
        note(report, "page", done);
    }
    Ok(())
}

fn note(report: &mut Report, group: &str, done: Result<()>) {
    if let Err(error) = done {
        report.failed(group, &error);
    }
}

impl Scene<'_> {
    /// Connects Querent to a database, as an admin would.
    async fn connect(&self, draft: ConnectionDraft) -> Result<ConnectionView> {
        self.session.call("/api/connections/add", &json!({ "draft": draft })).await
    }
}
