//! Throttling of attempts, per account and per address, in memory.
//!
//! The first failures are free; each further one doubles the wait. A quiet quarter of an hour forgets
//! them. Attempts made while waiting are refused without being counted, so that nobody is locked out
//! for longer by somebody who keeps trying.

use model::error::{Problem, ProblemCode};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Whom an attempt is counted against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An e-mail address in lower case, whether it has an account or not.
    Account(String),
    Address(String),
}

/// Free failures, then waits of 2 s, 4 s, 8 s … up to the longest.
const FREE_ACCOUNT: u32 = 5;
/// Many people may share an address.
const FREE_ADDRESS: u32 = 20;
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
const FORGOTTEN: Duration = Duration::from_secs(900);
/// Entries kept; past it the oldest go, so that made-up accounts cannot fill the memory.
const ENTRIES: usize = 20_000;

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Throttle {
    failures: Arc<Mutex<HashMap<Subject, Failures>>>,
}

impl Throttle {
    /// May these try now?
    ///
    /// # Errors
    /// `Throttled`, with the seconds to wait.
    pub fn admit(&self, subjects: &[Subject]) -> Result<(), Problem> {
        self.admit_at(subjects, Instant::now())
    }

    /// Counts a failure against each.
    pub fn failed(&self, subjects: &[Subject]) {
        self.failed_at(subjects, Instant::now());
    }

    /// Forgets the failures of an account that has just proved itself. Its address only gets this
    /// attempt back: else one's own account would pay for guessing at others.
    pub fn succeeded(&self, subjects: &[Subject]) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        for subject in subjects {
            match (subject, failures.get_mut(subject)) {
                (Subject::Address(_), Some(entry)) => entry.count = entry.count.saturating_sub(1),
                (_, _) => drop(failures.remove(subject)),
            }
        }
    }

    fn admit_at(&self, subjects: &[Subject], now: Instant) -> Result<(), Problem> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let left = subjects
            .iter()
            .filter_map(|subject| Some(left(subject, *failures.get(subject)?, now)))
            .max()
            .unwrap_or_default();
        if left.is_zero() {
            return Ok(());
        }
        // Never "0 seconds".
        let seconds = left.as_secs() + 1;
        Err(Problem::new(ProblemCode::Throttled, "Too many attempts failed.")
            .hint(format!("Try again in {seconds} seconds.")))
    }

    fn failed_at(&self, subjects: &[Subject], now: Instant) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() + subjects.len() > ENTRIES {
            make_room(&mut failures, now);
        }
        for subject in subjects {
            let entry = failures.entry(subject.clone()).or_insert(Failures { count: 0, last: now });
            if now.duration_since(entry.last) > FORGOTTEN {
                entry.count = 0;
            }
            entry.count = entry.count.saturating_add(1);
            entry.last = now;
        }
    }
}

/// How long this subject still has to wait.
fn left(subject: &Subject, failures: Failures, now: Instant) -> Duration {
    let free = match subject {
        Subject::Account(_) => FREE_ACCOUNT,
        Subject::Address(_) => FREE_ADDRESS,
    };
    let Some(over) = failures.count.checked_sub(free) else { return Duration::ZERO };
    let wait = FIRST_WAIT.saturating_mul(1 << over.min(16)).min(LONGEST_WAIT);
    wait.saturating_sub(now.duration_since(failures.last))
}

fn make_room(failures: &mut HashMap<Subject, Failures>, now: Instant) {
    failures.retain(|_, entry| now.duration_since(entry.last) <= FORGOTTEN);
    if failures.len() < ENTRIES / 2 {
        return;
    }
    // Those who failed least go first: an attacker's many names, not the name under attack.
    let mut order: Vec<(u32, Instant, Subject)> =
        failures.iter().map(|(subject, f)| (f.count, f.last, subject.clone())).collect();
    order.sort_by_key(|(count, last, _)| (*count, *last));
    for (_, _, subject) in order.iter().take(failures.len() - ENTRIES / 2) {
        failures.remove(subject);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str) -> Subject {
        Subject::Account(name.to_owned())
    }

    #[test]
    fn waits_grow_and_are_forgotten() {
        let (throttle, ann, start) = (Throttle::default(), [account("ann")], Instant::now());
        for _ in 0..FREE_ACCOUNT {
            throttle.admit_at(&ann, start).unwrap();
            throttle.failed_at(&ann, start);
        }
        let problem = throttle.admit_at(&ann, start).unwrap_err();
        assert_eq!(problem.hint.as_deref(), Some("Try again in 3 seconds."));
        throttle.admit_at(&ann, start + Duration::from_secs(2)).unwrap();
        throttle.admit_at(&[account("bob")], start).unwrap();

        throttle.failed_at(&ann, start);
        throttle.admit_at(&ann, start + Duration::from_secs(3)).unwrap_err();
        for _ in 0..40 {
            throttle.failed_at(&ann, start);
        }
        throttle.admit_at(&ann, start + LONGEST_WAIT).unwrap();

        let later = start + FORGOTTEN + Duration::from_secs(1);
        throttle.failed_at(&ann, later);
        throttle.admit_at(&ann, later).unwrap();
    }

    #[test]
    fn an_address_may_fail_more_often_and_stays_after_a_success() {
        let throttle = Throttle::default();
        let (start, address) = (Instant::now(), Subject::Address("::1".to_owned()));
        for n in 0..FREE_ADDRESS {
            let both = [account(&n.to_string()), address.clone()];
            throttle.admit_at(&both, start).unwrap();
            throttle.failed_at(&both, start);
        }
        throttle.failed_at(std::slice::from_ref(&address), start);
        throttle.succeeded(&[account("1"), address.clone()]);
        throttle.admit_at(&[account("new"), address], start).unwrap_err();
    }

    #[test]
    fn made_up_names_do_not_fill_the_memory_nor_free_the_attacked() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for _ in 0..FREE_ACCOUNT + 5 {
            throttle.failed_at(&[account("ann")], start);
        }
        for n in 0..ENTRIES * 2 {
            throttle.failed_at(&[account(&format!("made-up-{n}"))], start);
        }
        assert!(throttle.failures.lock().unwrap().len() <= ENTRIES);
        throttle.admit_at(&[account("ann")], start).unwrap_err();
    }
}
