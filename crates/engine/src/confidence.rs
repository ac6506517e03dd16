//! How sure the engine is of a reading: a logistic model over named features.
//!
//! The weights are in `data/confidence.txt`, fitted by `data/confidence.py` on questions with known answers.

use std::sync::LazyLock;

pub(crate) const NAMES: [&str; 16] = [
    "score",
    "lead",
    "unknown",
    "joins",
    "lost",
    "weakest",
    "missing",
    "nested",
    "group",
    "having",
    "limit",
    "intersect",
    "words",
    "implied",
    "either",
    "columns",
];

pub(crate) type Features = [f32; NAMES.len()];

/// The constant, then a weight for every feature.
static WEIGHTS: LazyLock<(f32, Features)> = LazyLock::new(|| {
    let lines = include_str!("../data/confidence.txt").lines().filter_map(|l| l.split_once(' '));
    let mut constant = 0.0;
    let mut weights = [0.0; NAMES.len()];
    for (name, weight) in lines {
        let weight = weight.trim().parse().unwrap_or(0.0);
        match NAMES.iter().position(|n| *n == name) {
            Some(i) => weights[i] = weight,
            None => constant = weight,
        }
    }
    (constant, weights)
});

/// The chance that the reading is what was meant, 0 to 1.
pub(crate) fn confidence(features: &Features) -> f32 {
    let (constant, weights) = &*WEIGHTS;
    let sum: f32 = constant + features.iter().zip(weights).map(|(f, w)| f * w).sum::<f32>();
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::{NAMES, WEIGHTS, confidence};

    #[test]
    fn lost_parts_make_it_less_sure() {
        assert!(WEIGHTS.1.iter().any(|w| *w != 0.0));
        let mut features = [0.5; NAMES.len()];
        let before = confidence(&features);
        features[4] += 1.0;
        assert!(confidence(&features) < before);
    }
}
