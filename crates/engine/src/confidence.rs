//! How sure the engine is of a reading, as a number from 0 to 1.

use crate::{link::Links, plan::Plan};

/// From the reading's own score per part, its lead over the next one, and the words left over.
pub(crate) fn confidence(
    score: f32,
    all: impl Iterator<Item = f32>,
    plan: &Plan,
    links: &Links,
    unknown: usize,
) -> f32 {
    let next = all.filter(|s| *s < score).fold(f32::NEG_INFINITY, f32::max);
    #[allow(clippy::cast_precision_loss)]
    let parts = (links.nouns.len() + links.values.len()).max(1) as f32;
    let average = (score / parts).clamp(0.0, 1.2) / 1.2;
    let lead = if next.is_finite() { (score - next).clamp(0.0, 0.5) } else { 0.5 };
    #[allow(clippy::cast_precision_loss)]
    let words = 0.12 * unknown as f32;
    #[allow(clippy::cast_precision_loss)]
    let joins = 0.04 * plan.tables.len().saturating_sub(1) as f32;
    (0.35 + 0.5 * average + 0.3 * lead - words - joins).clamp(0.0, 1.0)
}
