//! Summaries of many times.

use std::time::Duration;

/// Times of one act done many times.
pub struct Times(Vec<Duration>);

impl Times {
    /// `times` must not be empty.
    pub fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was measured");
        times.sort();
        Self(times)
    }

    pub fn median(&self) -> Duration {
        self.quantile(0.5)
    }

    /// The value below which a part `q` (0 to 1) of the times lies.
    pub fn quantile(&self, q: f64) -> Duration {
        let last = self.0.len() - 1;
        let at = (q.clamp(0.0, 1.0) * last as f64).round() as usize;
        self.0[at.min(last)]
    }

    pub fn best(&self) -> Duration {
        self.0[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_unsorted_times() {
        let times = Times::new([5, 1, 3, 2, 4].map(Duration::from_millis).to_vec());
        assert_eq!(times.median(), Duration::from_millis(3));
        assert_eq!(times.best(), Duration::from_millis(1));
        assert_eq!(times.quantile(1.0), Duration::from_millis(5));
    }
}
