//! The two stages that stand before a database: validation and the guard's last word.

use super::{
    gist::Gist,
    second::{Opinion, compare},
};
use crate::{driver::Access, prepared::Prepared, run::Event};
use connect::{ConnectError, Connector};
use guard::{Cleared, Gate, Verdict};
use model::{
    error::{Problem, ProblemCode},
    run::{Decline, SecondReading},
};
use std::time::Duration;

/// What validation finds out about a draft besides whether it passes.
#[derive(Default)]
pub struct Finding<'o> {
    /// What the engine makes of the question, where a model drafted.
    pub opinion: Option<&'o Opinion>,
    pub gist: Gist,
    pub second: Option<SecondReading>,
}

impl Finding<'_> {
    fn look(&mut self, prepared: &Prepared, access: &Access, sql: &str, cleared: &Cleared) {
        let catalog = &prepared.catalog;
        self.gist = Gist::of(sql, cleared.tables(), catalog);
        self.second = self
            .opinion
            .and_then(|opinion| compare(opinion, &self.gist, &gate(prepared, access), catalog));
    }
}

/// Does the guard understand the draft, and does the database take it? What is cleared here is
/// only described, never run.
pub async fn validate(
    prepared: &Prepared,
    access: &Access,
    connector: &dyn Connector,
    sql: &str,
    finding: &mut Finding<'_>,
) -> Event<Cleared> {
    let cleared = match guard::check(&gate(prepared, access), sql) {
        Verdict::Read(cleared) => cleared,
        Verdict::Write(write) => return Event::Declined(declined(&write.into())),
        Verdict::Deny(refusal) => return Event::Invalid(refusal.into()),
    };
    let limit = Duration::from_millis(access.limits.timeout_ms);
    match tokio::time::timeout(limit, connector.describe(&cleared)).await {
        Ok(Ok(columns)) => {
            let s = if columns.len() == 1 { "" } else { "s" };
            finding.look(prepared, access, sql, &cleared);
            Event::Valid {
                note: format!("{} column{s}", columns.len()),
                second: finding.second.clone(),
            }
        }
        Ok(Err(ConnectError::Cancelled)) => Event::Cancelled,
        Ok(Err(error @ ConnectError::Statement { .. })) => Event::Invalid(error.problem()),
        Ok(Err(error)) => Event::Failed(error.problem()),
        Err(_) => Event::Failed(
            Problem::new(
                ProblemCode::Timeout,
                "The database did not say in time whether it takes the statement.",
            )
            .hint("Try again; if it happens often, look at the database's load."),
        ),
    }
}

/// The guard's last word, right before execution, with the row limit in the text that runs. People are
/// shown the statement without that limit: it is no part of what was asked, and the result says when it cut.
pub fn clear(prepared: &Prepared, access: &Access, sql: &str) -> Event<Cleared> {
    match guard::check(&gate(prepared, access), sql) {
        Verdict::Read(cleared) => {
            let limited = format!(" LIMIT {}", access.limits.rows.saturating_add(1));
            let mut shown = cleared.shown_sql().to_owned();
            if shown.ends_with(&limited) {
                let unlimited = Gate { row_limit: None, ..gate(prepared, access) };
                if let Verdict::Read(unlimited) = guard::check(&unlimited, sql) {
                    unlimited.shown_sql().clone_into(&mut shown);
                }
            }
            Event::Cleared { cleared, shown }
        }
        Verdict::Write(write) => Event::Declined(declined(&write.into())),
        Verdict::Deny(refusal) => Event::Failed(refusal.into()),
    }
}

fn gate<'a>(prepared: &'a Prepared, access: &'a Access) -> Gate<'a> {
    Gate {
        facts: &prepared.facts,
        policy: &access.policy,
        attributes: &access.attributes,
        // One more than the cap: that is how a cap that applied is told from a result that fits.
        row_limit: Some(access.limits.rows.saturating_add(1)),
    }
}

fn declined(problem: &Problem) -> Decline {
    Decline { text: problem.to_string(), ..Decline::default() }
}
