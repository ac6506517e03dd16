//! What runs right now, so that it can be stopped: questions and editor statements by their run.

use model::{
    error::{Problem, ProblemCode},
    id::{RunId, UserId, WorkspaceId},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio_util::sync::CancellationToken;

/// Statements and questions under way in this process.
#[derive(Clone, Default)]
pub struct Statements {
    running: Arc<Mutex<HashMap<RunId, Running>>>,
}

struct Running {
    workspace: WorkspaceId,
    user: UserId,
    cancel: CancellationToken,
}

/// Takes the run off the list when it is dropped.
pub struct Registration {
    run: RunId,
    statements: Statements,
    pub cancel: CancellationToken,
}

impl Statements {
    /// Lists a run.
    ///
    /// # Errors
    /// `Conflict` when this run is under way already.
    pub fn begin(
        &self,
        run: RunId,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Registration, Problem> {
        let cancel = CancellationToken::new();
        let mut running = self.lock();
        if running.contains_key(&run) {
            return Err(Problem::new(ProblemCode::Conflict, "This run is under way already."));
        }
        running.insert(run, Running { workspace, user, cancel: cancel.clone() });
        Ok(Registration { run, statements: self.clone(), cancel })
    }

    /// Asks a run to stop. `false`: it is not this person's, or not under way here.
    #[must_use]
    pub fn cancel(&self, run: RunId, workspace: WorkspaceId, user: UserId) -> bool {
        match self.lock().get(&run) {
            Some(found) if found.workspace == workspace && found.user == user => {
                found.cancel.cancel();
                true
            }
            _ => false,
        }
    }

    /// What runs.
    #[must_use]
    pub fn running(&self) -> Vec<RunId> {
        self.lock().keys().copied().collect()
    }

    /// Stops everything: the server is going down.
    pub fn cancel_all(&self) {
        for running in self.lock().values() {
            running.cancel.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.statements.lock().remove(&self.run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_stops_a_run_and_only_while_it_runs() {
        let statements = Statements::default();
        let (run, workspace, user) =
            (RunId::generate(), WorkspaceId::generate(), UserId::generate());
        let registration = statements.begin(run, workspace, user).unwrap();
        assert!(statements.begin(run, workspace, user).is_err());
        assert!(!statements.cancel(run, workspace, UserId::generate()));
        assert!(!statements.cancel(run, WorkspaceId::generate(), user));
        assert!(!registration.cancel.is_cancelled());
        assert!(statements.cancel(run, workspace, user));
        assert!(registration.cancel.is_cancelled());
        drop(registration);
        assert!(!statements.cancel(run, workspace, user));
    }
}
