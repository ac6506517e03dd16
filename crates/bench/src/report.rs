//! Collects figures beside their goals and prints them as the table that README carries.

use std::time::Duration;

/// A figure with its goal: at most, or at least.
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// For comparison only.
    None,
}

struct Line {
    name: String,
    value: f64,
    unit: &'static str,
    goal: Goal,
    note: String,
}

pub struct Report {
    only: Vec<String>,
    lines: Vec<Line>,
    failures: Vec<String>,
}

impl Report {
    pub fn new(only: Vec<String>) -> Self {
        Self { only, lines: Vec::new(), failures: Vec::new() }
    }

    /// Whether a group of measures was asked for.
    pub fn wants(&self, group: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| group.contains(word.as_str()))
    }

    /// Enters a figure and shows it at once.
    pub fn add(&mut self, name: &str, value: f64, unit: &'static str, goal: Goal, note: String) {
        let line = Line { name: name.into(), value, unit, goal, note };
        println!("{}", line.row());
        self.lines.push(line);
    }

    pub fn millis(&mut self, name: &str, time: Duration, at_most: f64, note: String) {
        self.add(name, time.as_secs_f64() * 1e3, "ms", Goal::AtMost(at_most), note);
    }

    /// A group that could not be measured: said, not hidden.
    pub fn failed(&mut self, group: &str, error: &anyhow::Error) {
        println!("| {group} | not measured | | ✗ | {error:#} |");
        self.failures.push(group.into());
    }

    pub fn print(&self) {
        println!("\n| measure | figure | goal | | |\n|---|---|---|---|---|");
        for line in &self.lines {
            println!("{}", line.row());
        }
        let short = self.lines.iter().filter(|line| !line.met()).map(|line| line.name.as_str());
        let short: Vec<_> = short.chain(self.failures.iter().map(String::as_str)).collect();
        if short.is_empty() {
            println!("\nEvery goal is met.");
        } else {
            println!("\nShort of its goal: {}.", short.join("; "));
        }
    }
}

impl Line {
    fn met(&self) -> bool {
        match self.goal {
            Goal::AtMost(limit) => self.value <= limit,
            Goal::AtLeast(limit) => self.value >= limit,
            Goal::None => true,
        }
    }

    fn row(&self) -> String {
        let goal = match self.goal {
            Goal::AtMost(limit) => format!("≤ {} {}", figure(limit), self.unit),
            Goal::AtLeast(limit) => format!("≥ {} {}", figure(limit), self.unit),
            Goal::None => String::new(),
        };
        let mark = match (&self.goal, self.met()) {
            (Goal::None, _) => "",
            (_, true) => "✓",
            (_, false) => "✗",
        };
        let value = figure(self.value);
        format!("| {} | {value} {} | {goal} | {mark} | {} |", self.name, self.unit, self.note)
    }
}

/// Three significant digits, no more.
fn figure(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 || v == v.trunc() => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_the_goal_is_met() {
        let row = |value, goal| {
            Line { name: "n".into(), value, unit: "ms", goal, note: String::new() }.row()
        };
        assert_eq!(row(0.823, Goal::AtMost(1.0)), "| n | 0.82 ms | ≤ 1 ms | ✓ |  |");
        assert_eq!(row(4321.0, Goal::AtLeast(5000.0)), "| n | 4321 ms | ≥ 5000 ms | ✗ |  |");
        assert_eq!(row(12.34, Goal::None), "| n | 12.3 ms |  |  |  |");
    }
}
