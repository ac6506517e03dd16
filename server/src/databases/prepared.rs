//! A catalogue made ready for use: facts for the guard, and for questions what the pipeline wants.

use catalog::ValueIndex;
use guard::Facts;
use model::catalog::Catalog;
use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

/// One version of a connection's catalogue with what is derived from it. Shared, never changed,
/// but for the value index, which is read in the background.
pub struct Prepared {
    pub catalog: Arc<Catalog>,
    pub facts: Facts,
    /// RFC 3339, UTC.
    pub read_at: String,
    /// Only questions need it: made with the first one.
    asking: RwLock<Option<Arc<pipeline::Prepared>>>,
    values_claimed: AtomicBool,
}

impl Prepared {
    #[must_use]
    pub fn new(catalog: Catalog, read_at: String) -> Self {
        Self {
            facts: Facts::new(&catalog),
            catalog: Arc::new(catalog),
            read_at,
            asking: RwLock::default(),
            values_claimed: AtomicBool::new(false),
        }
    }

    /// What the pipeline reads questions with.
    pub fn asking(&self) -> Arc<pipeline::Prepared> {
        if let Some(asking) = &*self.asking.read().unwrap_or_else(PoisonError::into_inner) {
            return asking.clone();
        }
        let mut asking = self.asking.write().unwrap_or_else(PoisonError::into_inner);
        asking
            .get_or_insert_with(|| {
                Arc::new(pipeline::Prepared::new(self.catalog.clone(), ValueIndex::default()))
            })
            .clone()
    }

    pub(super) fn set_values(&self, values: ValueIndex) {
        let with_values = Arc::new(self.asking().with_values(values));
        *self.asking.write().unwrap_or_else(PoisonError::into_inner) = Some(with_values);
    }

    /// True for the first caller only: that one reads the values.
    pub(super) fn claim_values(&self) -> bool {
        !self.values_claimed.swap(true, Ordering::AcqRel)
    }
}
