//! A catalogue version with everything that is worked out once and shared by all runs.

use crate::steps::retrieve::Index;
use catalog::ValueIndex;
use engine::Lexicon;
use guard::Facts;
use model::catalog::Catalog;
use std::sync::Arc;

/// Facts for the guard, words for the engine, an index for retrieval. Share it in an `Arc`.
pub struct Prepared {
    pub catalog: Arc<Catalog>,
    pub facts: Facts,
    pub lexicon: Lexicon,
    /// Only values that the person may see; see `ValueIndex::restrict`.
    pub values: ValueIndex,
    pub(crate) index: Index,
}

impl Prepared {
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, values: ValueIndex) -> Self {
        Self {
            facts: Facts::new(&catalog),
            lexicon: Lexicon::new(&catalog),
            index: Index::new(&catalog),
            catalog,
            values,
        }
    }

    /// The same catalogue with other values: another person, or a newer index.
    #[must_use]
    pub fn with_values(&self, values: ValueIndex) -> Self {
        Self {
            catalog: Arc::clone(&self.catalog),
            facts: self.facts.clone(),
            lexicon: self.lexicon.clone(),
            index: self.index.clone(),
            values,
        }
    }
}
