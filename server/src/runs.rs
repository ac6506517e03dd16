//! Runs under way in this process: their newest events, for readers that follow along.
//!
//! The store has the whole log. What is kept here spares followers the wait for the journal; once
//! a run has ended and is on disk, it is forgotten here and read from there.

use model::{
    account::Person,
    id::{RunId, UserId, WorkspaceId},
    run::RunEvent,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// The runs under way. Cheap to clone.
#[derive(Clone, Default)]
pub struct Runs {
    live: Arc<Mutex<HashMap<RunId, LiveRun>>>,
}

/// The log of one run so far. Cheap to clone.
#[derive(Clone)]
pub struct LiveRun {
    workspace: WorkspaceId,
    user: UserId,
    events: Arc<Mutex<Vec<RunEvent>>>,
    /// How many events there are; `None` once the last one is there, or the one that the run waits with.
    length: watch::Sender<Option<usize>>,
}

/// Takes the run off the list when it is dropped.
pub struct LiveGuard {
    run: RunId,
    runs: Runs,
    pub log: LiveRun,
}

impl Runs {
    #[must_use]
    pub fn begin(&self, run: RunId, person: &Person) -> LiveGuard {
        self.go_on(run, person, Vec::new())
    }

    /// A run that goes on after these events, as a choice makes it.
    #[must_use]
    pub fn go_on(&self, run: RunId, person: &Person, events: Vec<RunEvent>) -> LiveGuard {
        let length = watch::Sender::new(Some(events.len()));
        let Person { workspace, user, .. } = *person;
        let log = LiveRun { workspace, user, events: Arc::new(Mutex::new(events)), length };
        lock(&self.live).insert(run, log.clone());
        LiveGuard { run, runs: self.clone(), log }
    }

    /// The run, if it is under way here and this person's.
    #[must_use]
    pub fn get(&self, run: RunId, person: &Person) -> Option<LiveRun> {
        let live = lock(&self.live).get(&run).cloned()?;
        (live.workspace == person.workspace && live.user == person.user).then_some(live)
    }
}

impl LiveRun {
    /// Adds events and wakes the followers.
    pub fn push(&self, events: &[RunEvent]) {
        let rests = events.iter().any(|event| event.what.rests().is_some());
        let length = {
            let mut all = lock(&self.events);
            all.extend_from_slice(events);
            all.len()
        };
        self.length.send_replace((!rests).then_some(length));
    }

    /// Events with a number above `after`, and whether the last one is among all so far.
    #[must_use]
    pub fn after(&self, after: u32) -> (Vec<RunEvent>, bool) {
        let events = lock(&self.events);
        let ended = self.length.borrow().is_none();
        (events.iter().filter(|event| event.seq > after).cloned().collect(), ended)
    }

    /// To be told when there is more.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Option<usize>> {
        self.length.subscribe()
    }
}

impl Drop for LiveGuard {
    fn drop(&mut self) {
        lock(&self.runs.live).remove(&self.run);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
