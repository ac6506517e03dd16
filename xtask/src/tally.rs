//! Counts what test runners report, so that several end in one line.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// How many checks passed and failed.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    /// Tests that a runner left out. Nothing here may be left out: they count as failed.
    pub skipped: u64,
}

impl Tally {
    pub fn of(ok: bool) -> Self {
        Self { passed: ok.into(), failed: (!ok).into(), skipped: 0 }
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    pub fn ok(self) -> bool {
        self.failed == 0 && self.skipped == 0 && self.passed > 0
    }

    /// The closing line.
    pub fn line(self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed + self.skipped)
    }
}

/// Runs a test runner whose summary lines `read` understands; shows all that it prints.
pub fn run(command: &mut Command, read: fn(&str) -> Option<Tally>) -> Result<Tally> {
    // One pipe for both: summaries of nextest come on stderr, cargo test's on stdout.
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer).stdin(Stdio::null());
    let name = crate::process::line(command);
    let mut child = command.spawn().with_context(|| format!("starting `{name}`"))?;
    // Our copies of the writing end must go, or the pipe never ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let mut tally = Tally::default();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(found) = read(&line) {
            tally.add(found);
        }
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        println!("`{name}` ended with {status}");
        tally.failed += 1;
    }
    Ok(tally)
}

/// `     Summary [   0.1s] 9 tests run: 7 passed (1 flaky), 1 failed, 1 timed out, 0 skipped`.
pub fn nextest(line: &str) -> Option<Tally> {
    let (_, counts) = line.trim_start().strip_prefix("Summary [")?.split_once("run:")?;
    Some(Tally {
        passed: count(counts, "passed"),
        failed: count(counts, "failed") + count(counts, "timed") + count(counts, "exec"),
        skipped: count(counts, "skipped"),
    })
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`.
pub fn libtest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?;
    Some(Tally {
        passed: count(counts, "passed"),
        failed: count(counts, "failed"),
        skipped: count(counts, "ignored"),
    })
}

/// Playwright's closing lines: `  3 failed`, `  12 passed (1.2m)`, `  1 flaky`, `  2 skipped`.
pub fn playwright(line: &str) -> Option<Tally> {
    let (number, rest) = line.strip_prefix("  ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    let mut tally = Tally::default();
    match rest.split([' ', '(']).next()? {
        "passed" => tally.passed = number,
        "failed" | "flaky" | "interrupted" => tally.failed = number,
        "skipped" => tally.skipped = number,
        "did" => tally.failed = number, // "did not run"
        _ => return None,
    }
    Some(tally)
}

/// The number before `word`.
fn count(text: &str, word: &str) -> u64 {
    let words: Vec<&str> = text.split([' ', ',', ';', '(', ')', '.']).collect();
    let at = words.iter().position(|found| *found == word).unwrap_or(0);
    at.checked_sub(1).and_then(|at| words[at].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Option<Tally> {
        Some(Tally { passed, failed, skipped })
    }

    #[test]
    fn summaries_of_all_runners() {
        let line =
            "     Summary [   0.012s] 9 tests run: 7 passed, 1 failed, 1 timed out, 2 skipped";
        assert_eq!(nextest(line), tally(7, 2, 2));
        let line =
            "     Summary [   3.1s] 5/9 tests run: 4 passed (1 flaky), 1 exec failed, 0 skipped";
        assert_eq!(nextest(line), tally(4, 1, 0));
        assert_eq!(nextest("    PASS [ 0.1s] Summary"), None);
        let line = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(libtest(line), tally(3, 2, 1));
        assert_eq!(playwright("  12 passed (1.2m)"), tally(12, 0, 0));
        assert_eq!(playwright("  1 flaky"), tally(0, 1, 0));
        assert_eq!(playwright("  2 did not run"), tally(0, 2, 0));
        assert_eq!(playwright("  12 tests"), None);
    }

    #[test]
    fn nothing_run_is_not_ok() {
        assert!(!Tally::default().ok());
        assert!(Tally { passed: 1, ..Tally::default() }.ok());
        assert!(!Tally { passed: 1, skipped: 1, ..Tally::default() }.ok());
    }

    #[test]
    fn a_runner_that_dies_counts_as_failed() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 3"]);
        assert_eq!(run(&mut command, libtest).unwrap(), Tally { passed: 2, failed: 1, skipped: 0 });
    }
}
