//! Showing again what a run found: only while the policies say of it what they said then.
//!
//! A result belongs to whoever asked, and so does its answer. Once a policy has become stricter,
//! neither may show what that person may not see any more.

use crate::{databases::Databases, policies::Allowed};
use guard::{Gate, Policy, Verdict};
use model::{
    account::Person,
    error::{Problem, ProblemCode},
    result::ResultTable,
    run::{Answer, Happening, RunEvent},
};
use store::{
    Store,
    policies::{self, RunRead},
    runs::RunRow,
};

/// May rows and answer of this run be shown to this person now?
///
/// # Errors
/// `Internal` when the store cannot be read.
pub async fn may_show(
    store: &Store,
    databases: &Databases,
    person: &Person,
    run: &RunRow,
) -> Result<bool, Problem> {
    // 1. What holds now; without a catalogue only that nobody governs anything is known.
    let database = match databases.get(person.workspace, run.connection).await {
        Ok(database) => Some(database),
        Err(problem) if problem.code == ProblemCode::Internal => return Err(problem),
        Err(_) => None,
    };
    let Some((known, database)) = database.and_then(|d| Some((d.prepared()?, d))) else {
        return Ok(databases.policies().records(person.workspace).await?.is_empty());
    };
    let allowed = database.allowed(person, &known).await?;
    if allowed.governed.is_open() {
        return Ok(true);
    }
    // 2. What held then.
    if let Some(RunRead { tables, digest }) =
        policies::read_of(store, person.workspace, run.id).await?
    {
        return Ok(allowed.digest(&known.catalog, &tables) == digest);
    }
    // 3. Nothing was governed: the statement itself tells what it read.
    let Some(sql) = &run.sql else { return Ok(false) };
    let Allowed { attributes, .. } = &allowed;
    let everything = Policy::default();
    let gate = Gate { facts: &known.facts, policy: &everything, attributes, row_limit: None };
    match guard::check(&gate, sql) {
        Verdict::Read(cleared) => Ok(allowed.digest(&known.catalog, cleared.tables()).is_empty()),
        Verdict::Write(_) | Verdict::Deny(_) => Ok(false),
    }
}

/// What is said where the rows would be.
#[must_use]
pub fn withheld() -> Problem {
    Problem::new(ProblemCode::Forbidden, "The policies have changed since this was read.")
        .hint("Ask again to see what you may see now.")
}

/// The event without anything that was read.
#[must_use]
pub fn without_values(mut event: RunEvent) -> RunEvent {
    match &mut event.what {
        Happening::Answered(answer) => {
            *answer = Answer {
                text: withheld().to_string(),
                chart: None,
                follow_ups: Vec::new(),
                understood: Vec::new(),
                preview: ResultTable::default(),
                ..answer.clone()
            };
        }
        // A database's message may quote a value.
        Happening::Failed { problem } => *problem = withheld(),
        Happening::Repairing { problem } => {
            *problem = Problem::new(problem.code, "The first draft did not pass.");
        }
        _ => {}
    }
    event
}
