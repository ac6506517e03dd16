//! Says what is being done and how long it took.

use anyhow::Result;
use std::time::{Duration, Instant};

/// What a step that may find its work done already says about itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Now,
    Before,
}

/// Runs one named step and prints its name and time, also when it fails.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("· {name} …");
    let start = Instant::now();
    let result = work();
    let mark = if result.is_ok() { '✓' } else { '✗' };
    println!("{mark} {name}  {}", human(start.elapsed()));
    result
}

/// Like [`step`], for work that is skipped when nothing changed: then one short line is printed.
pub fn step_if_needed(name: &str, work: impl FnOnce() -> Result<Done>) -> Result<()> {
    let start = Instant::now();
    match work() {
        Ok(Done::Now) => println!("✓ {name}  {}", human(start.elapsed())),
        Ok(Done::Before) => println!("✓ {name}  up to date"),
        Err(error) => {
            println!("✗ {name}  {}", human(start.elapsed()));
            return Err(error);
        }
    }
    Ok(())
}

/// `0.32 s`, `12.3 s`, `4 min 07 s`.
pub fn human(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s < 10.0 => format!("{s:.2} s"),
        s if s < 60.0 => format!("{s:.1} s"),
        _ => format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        let check = |millis, expect: &str| assert_eq!(human(Duration::from_millis(millis)), expect);
        check(320, "0.32 s");
        check(12_340, "12.3 s");
        check(247_000, "4 min 07 s");
    }
}
