//! A catalogue made ready for use: facts for the guard, and for questions what the pipeline wants.

use crate::policies::{Allowed, seen::Seen};
use catalog::ValueIndex;
use guard::Facts;
use model::{
    catalog::Catalog,
    error::{Problem, ProblemCode},
    policy::SensitiveColumn,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::OnceCell;

/// Different policies' views of one catalogue that are kept.
const VIEWS: usize = 64;

/// One version of a connection's catalogue with what is derived from it. Shared, never changed,
/// but for the value index, which is read in the background.
pub struct Prepared {
    pub catalog: Arc<Catalog>,
    pub facts: Facts,
    /// RFC 3339, UTC.
    pub read_at: String,
    /// By what the policies say, see `Allowed::key`.
    views: RwLock<HashMap<Arc<str>, Arc<View>>>,
    values: RwLock<Values>,
    values_claimed: AtomicBool,
    /// Columns that look sensitive, once somebody has asked.
    pub(super) sensitive: OnceCell<Vec<SensitiveColumn>>,
}

/// The catalogue as those see it to whom the policies say the same.
struct View {
    seen: Arc<Seen>,
    /// Only questions need it: made with the first one, and anew with each `Values::reading`.
    asking: RwLock<Option<(u32, Arc<pipeline::Prepared>)>>,
}

/// The values of all columns.
#[derive(Clone, Default)]
struct Values {
    /// Counts up whenever others are kept.
    reading: u32,
    index: ValueIndex,
}

impl Prepared {
    #[must_use]
    pub fn new(catalog: Catalog, read_at: String) -> Self {
        Self {
            facts: Facts::new(&catalog),
            catalog: Arc::new(catalog),
            read_at,
            views: RwLock::default(),
            values: RwLock::default(),
            values_claimed: AtomicBool::new(false),
            sensitive: OnceCell::new(),
        }
    }

    /// What of the catalogue this person sees.
    ///
    /// # Errors
    /// `Internal` when working it out panicked.
    pub async fn seen(self: &Arc<Self>, allowed: &Allowed) -> Result<Arc<Seen>, Problem> {
        Ok(self.view(allowed).await?.seen.clone())
    }

    /// What the pipeline reads this person's questions with: tables, columns and values that they
    /// may not see are not in it.
    ///
    /// # Errors
    /// `Internal` when working it out panicked.
    pub async fn asking(
        self: &Arc<Self>,
        allowed: &Allowed,
    ) -> Result<Arc<pipeline::Prepared>, Problem> {
        let view = self.view(allowed).await?;
        if let Some(asking) = view.ready(self.values().reading) {
            return Ok(asking);
        }
        let prepared = self.clone();
        tokio::task::spawn_blocking(move || view.asking(&prepared)).await.map_err(|_| damaged())
    }

    async fn view(self: &Arc<Self>, allowed: &Allowed) -> Result<Arc<View>, Problem> {
        let known =
            self.views.read().unwrap_or_else(PoisonError::into_inner).get(&allowed.key).cloned();
        if let Some(view) = known {
            return Ok(view);
        }
        let seen = if allowed.governed.is_open() {
            Seen::all(self.catalog.clone())
        } else {
            let (prepared, allowed) = (self.clone(), allowed.clone());
            let look = move || Seen::through(&prepared.catalog, &prepared.facts, &allowed);
            tokio::task::spawn_blocking(look).await.map_err(|_| damaged())?
        };
        let view = Arc::new(View { seen: Arc::new(seen), asking: RwLock::default() });
        let mut views = self.views.write().unwrap_or_else(PoisonError::into_inner);
        if views.len() >= VIEWS {
            views.clear();
        }
        Ok(views.entry(allowed.key.clone()).or_insert(view).clone())
    }

    fn values(&self) -> Values {
        self.values.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the values of all columns; each person's questions find those that they may see.
    pub(super) fn set_values(&self, index: ValueIndex) {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        *values = Values { reading: values.reading.wrapping_add(1), index };
    }

    /// Finds the values of an older reading of the same tables until its own are read.
    pub(super) fn take_values_of(&self, old: &Self) {
        self.set_values(old.values().index);
    }

    /// True for the first caller only: that one reads the values.
    pub(super) fn claim_values(&self) -> bool {
        !self.values_claimed.swap(true, Ordering::AcqRel)
    }
}

impl View {
    /// What is made already, if no other values came since.
    fn ready(&self, reading: u32) -> Option<Arc<pipeline::Prepared>> {
        let asking = self.asking.read().unwrap_or_else(PoisonError::into_inner);
        let (with, asking) = asking.as_ref()?;
        (*with == reading).then(|| asking.clone())
    }

    fn asking(&self, prepared: &Prepared) -> Arc<pipeline::Prepared> {
        let Values { reading, index } = prepared.values();
        let mut asking = self.asking.write().unwrap_or_else(PoisonError::into_inner);
        let made = match asking.take() {
            Some((with, made)) if with == reading => made,
            Some((_, made)) => Arc::new(made.with_values(self.seen.values(&index))),
            None => {
                let values = self.seen.values(&index);
                let mut made = pipeline::Prepared::new(self.seen.catalog.clone(), values);
                // The guard judges by everything that is there.
                made.facts = prepared.facts.clone();
                Arc::new(made)
            }
        };
        *asking = Some((reading, made.clone()));
        made
    }
}

fn damaged() -> Problem {
    Problem::new(ProblemCode::Internal, "A catalogue is damaged.").hint("Refresh the schema.")
}
