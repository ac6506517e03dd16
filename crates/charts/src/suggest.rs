//! The rules that choose a chart, first match wins.

use crate::{
    BARS,
    role::{self, Reading, Role},
};
use model::{
    chart::{ChartKind, ChartSpec, ChartSuggestion},
    result::{Cell, ResultColumn},
};

/// More lines or groups of bars than this are not told apart.
const SERIES: usize = 10;
/// More slices than this are not told apart.
const SLICES: u64 = 8;
/// With more describing columns than this, the result is a list of things.
const DIMENSIONS: usize = 2;

struct Shape<'a> {
    times: Vec<&'a Reading>,
    periods: Vec<&'a Reading>,
    categories: Vec<&'a Reading>,
    measures: Vec<&'a Reading>,
    rows: u64,
}

/// The chart that fits, with the reason; `None` when a table says it better.
///
/// `sample`: the first rows, one cell per column; `rows`: how many the result has in all.
#[must_use]
pub fn suggest(
    columns: &[ResultColumn],
    sample: &[Vec<Cell>],
    rows: u64,
) -> Option<ChartSuggestion> {
    let readings = role::read(columns, sample);
    let of = |role: Role| readings.iter().filter(|r| r.role == role).collect::<Vec<_>>();
    let shape = Shape {
        times: of(Role::Time),
        periods: of(Role::Period),
        categories: of(Role::Category),
        measures: drawable(of(Role::Measure)),
        rows: rows.max(sample.len() as u64),
    };
    let dimensions = shape.times.len() + shape.periods.len() + shape.categories.len();
    if shape.rows < 2 || shape.measures.is_empty() || dimensions > DIMENSIONS {
        return None;
    }
    shape.over_time().or_else(|| shape.by_category()).or_else(|| shape.points())
}

/// Measures that have a value at all.
fn drawable(measures: Vec<&Reading>) -> Vec<&Reading> {
    measures.into_iter().filter(|m| !m.numbers.is_empty()).collect()
}

impl Shape<'_> {
    fn over_time(&self) -> Option<ChartSuggestion> {
        let x = *self.times.first().or(self.periods.first())?;
        // Year and month in two columns would be one axis; a table says it better than a guess.
        if self.times.len() + self.periods.len() > 1 {
            return None;
        }
        let along = if x.role == Role::Time { "a date" } else { "a period" };
        match self.categories.first() {
            None if x.unique => {
                let y = self.comparable();
                let kind = if self.rows < 3 { ChartKind::Bar } else { ChartKind::Line };
                let form = if kind == ChartKind::Bar { "bars" } else { "over time" };
                let lines = if y.len() > 1 { "lines" } else { "a line" };
                let what = match kind {
                    ChartKind::Bar => "only two points in time: bars".to_owned(),
                    _ => format!("{lines} {form}"),
                };
                let left = self.left_out(y.len());
                let reason = format!(
                    "{along} ({}) and {}: {what}{left}",
                    x.name,
                    numbers(&y, &self.measures)
                );
                let also = [ChartKind::Line, ChartKind::Area, ChartKind::Bar];
                Some(suggestion(kind, x, &y, None, reason, &also))
            }
            None if self.measures.len() == 1 && self.rows >= 20 => {
                let y = vec![self.measures[0].position];
                let reason =
                    format!("many values of {} for one {}: points", self.measures[0].name, x.name);
                let kind = ChartKind::Scatter;
                Some(suggestion(kind, x, &y, None, reason, &[ChartKind::Scatter]))
            }
            Some(by) if !x.unique && (2..=SERIES).contains(&by.distinct) => {
                let y = vec![self.measures[0].position];
                let kind = if x.distinct < 3 { ChartKind::Bar } else { ChartKind::Line };
                let form = if kind == ChartKind::Bar { "bars" } else { "lines" };
                let reason = format!(
                    "{along} ({}), one number ({}) and {} values of {}: {form}, one for each",
                    x.name, self.measures[0].name, by.distinct, by.name
                );
                let also = [ChartKind::Line, ChartKind::Area, ChartKind::Bar];
                Some(suggestion(kind, x, &y, Some(by.position), reason, &also))
            }
            _ => None,
        }
    }

    fn by_category(&self) -> Option<ChartSuggestion> {
        if !self.times.is_empty() || !self.periods.is_empty() {
            return None;
        }
        let x = *self.categories.first()?;
        if let Some(by) = self.categories.get(1) {
            return self.grouped(x, by);
        }
        if !x.unique {
            return None;
        }
        let y = self.comparable();
        let first = self.measures[0];
        if self.rows <= SLICES && y.len() == 1 && is_share(first) {
            let reason = format!("shares of a whole ({}) by {}: a pie", first.name, x.name);
            let also = [ChartKind::Pie, ChartKind::Bar];
            return Some(suggestion(ChartKind::Pie, x, &y, None, reason, &also));
        }
        let top = match self.rows > u64::from(BARS) {
            true => format!(", the first {BARS} of {} in view", self.rows),
            false => String::new(),
        };
        let left = self.left_out(y.len());
        let reason =
            format!("names ({}) and {}: bars{top}{left}", x.name, numbers(&y, &self.measures));
        let mut also = vec![ChartKind::Bar];
        if self.rows <= SLICES && y.len() == 1 && first.numbers.iter().all(|n| *n >= 0.0) {
            also.push(ChartKind::Pie);
        }
        Some(suggestion(ChartKind::Bar, x, &y, None, reason, &also))
    }

    /// Two names and a number: groups of bars, the column with fewer values as the groups' members.
    fn grouped(&self, a: &Reading, b: &Reading) -> Option<ChartSuggestion> {
        let (x, by) = if b.distinct <= a.distinct { (a, b) } else { (b, a) };
        if !(2..=SERIES).contains(&by.distinct) || x.unique && by.distinct > 3 {
            // A unique name with a describing word ("product, category"): bars by the name.
            let named = x.unique && self.measures.len() == 1;
            return named.then(|| {
                let first = self.measures[0];
                let y = vec![first.position];
                let reason = format!("names ({}) and one number ({}): bars", x.name, first.name);
                suggestion(ChartKind::Bar, x, &y, None, reason, &[ChartKind::Bar])
            });
        }
        let first = self.measures[0];
        let reason = format!(
            "names ({}), one number ({}) and {} values of {}: bars in groups",
            x.name, first.name, by.distinct, by.name
        );
        let y = vec![first.position];
        Some(suggestion(ChartKind::Bar, x, &y, Some(by.position), reason, &[ChartKind::Bar]))
    }

    fn points(&self) -> Option<ChartSuggestion> {
        let [x, y] = self.measures[..] else { return None };
        if self.rows < 5 || !self.categories.is_empty() || !self.times.is_empty() {
            return None;
        }
        let reason = format!("two numbers ({}, {}): points", x.name, y.name);
        let kinds = [ChartKind::Scatter];
        Some(suggestion(ChartKind::Scatter, x, &[y.position], None, reason, &kinds))
    }

    /// The first measure and those that can share its axis: within a factor of 50.
    fn comparable(&self) -> Vec<u32> {
        let size = |m: &Reading| m.numbers.iter().fold(0.0f64, |a, b| a.max(b.abs()));
        let first = size(self.measures[0]);
        let fits = |m: &&&Reading| {
            let ratio = (size(m) / first).max(first / size(m));
            // All zero gives NaN, which shares any axis.
            ratio.is_nan() || ratio <= 50.0
        };
        self.measures.iter().filter(fits).take(SERIES).map(|m| m.position).collect()
    }

    fn left_out(&self, drawn: usize) -> String {
        match self.measures.len() - drawn {
            0 => String::new(),
            1 => "; another number is left out, its size is too different".to_owned(),
            n => format!("; {n} more numbers are left out, their sizes are too different"),
        }
    }
}

fn is_share(measure: &Reading) -> bool {
    let names = ["share", "percent", "percentage", "pct", "ratio", "proportion"];
    let named = role::words(&measure.name).iter().any(|w| names.contains(&w.as_str()));
    let sum: f64 = measure.numbers.iter().sum();
    let whole = (sum - 100.0).abs() < 1.0 || (sum - 1.0).abs() < 0.01;
    named && whole && measure.numbers.iter().all(|n| *n >= 0.0)
}

/// `one number (revenue)`, `2 numbers (revenue, cost)`.
fn numbers(y: &[u32], measures: &[&Reading]) -> String {
    let names: Vec<&str> =
        measures.iter().filter(|m| y.contains(&m.position)).map(|m| m.name.as_str()).collect();
    match names.len() {
        1 => format!("one number ({})", names[0]),
        n => format!("{n} numbers ({})", names.join(", ")),
    }
}

fn suggestion(
    kind: ChartKind,
    x: &Reading,
    y: &[u32],
    series: Option<u32>,
    reason: String,
    kinds: &[ChartKind],
) -> ChartSuggestion {
    let mut alternatives = vec![kind];
    alternatives.extend(kinds.iter().filter(|k| **k != kind));
    let mut letters = reason.chars();
    let reason = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    ChartSuggestion {
        spec: ChartSpec { kind, x: x.position, y: y.to_vec(), series },
        reason,
        alternatives,
    }
}
