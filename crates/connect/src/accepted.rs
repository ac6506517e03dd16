//! What a server said of a statement's text: that it is exactly one, and its columns.
//!
//! Kept for a few seconds only, so that a changed table is noticed; the text alone decides whether
//! it is one statement, since sessions pin everything that changes how text is read.

use model::result::ResultColumn;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const FRESH: Duration = Duration::from_secs(15);
const MOST: usize = 512;
/// Longer texts are not worth their memory.
const LONGEST: usize = 64 << 10;

/// Since when, and the columns.
type Entry = (Instant, Arc<[ResultColumn]>);

#[derive(Default)]
pub(crate) struct Accepted {
    known: Mutex<HashMap<String, Entry>>,
}

impl Accepted {
    pub(crate) fn get(&self, sql: &str) -> Option<Arc<[ResultColumn]>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, columns) = known.get(sql)?;
        (since.elapsed() < FRESH).then(|| columns.clone())
    }

    pub(crate) fn put(&self, sql: &str, columns: Arc<[ResultColumn]>) {
        if sql.len() > LONGEST {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, (since, _)| since.elapsed() < FRESH);
        }
        if known.len() < MOST {
            known.insert(sql.to_owned(), (Instant::now(), columns));
        }
    }

    pub(crate) fn forget(&self, sql: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(sql);
    }

    pub(crate) fn clear(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
