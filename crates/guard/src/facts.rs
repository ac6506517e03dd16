//! What is known of one database, indexed for the guard.

use crate::Flavour;
use model::catalog::Catalog;
use std::sync::Arc;

/// Facts about one database, indexed once per catalogue version; cheap to clone.
#[derive(Clone, Debug)]
pub struct Facts {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    flavour: Flavour,
}

impl Facts {
    /// Indexes a catalogue.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        Self { inner: Arc::new(Inner { flavour: Flavour::of(catalog) }) }
    }

    #[must_use]
    pub fn flavour(&self) -> Flavour {
        self.inner.flavour
    }
}
