//! A sentence for what a chart draws: total, highest, lowest.

use super::{
    execute::Digest,
    words::{self, Unit},
};
use model::chart::{ChartKind, ChartSpec};

/// A point of what the chart draws.
struct Point<'a> {
    x: &'a str,
    y: f64,
    /// The value of the column that splits the series.
    of: Option<&'a str>,
}

/// The sentence for what `spec` draws; `whole`: the rows are all there are, so that sums and lowest
/// values are those of the whole.
pub fn of(digest: &Digest, spec: &ChartSpec, whole: bool) -> Option<String> {
    let y = *spec.y.first()? as usize;
    let name = words::label(&digest.columns.get(y)?.name);
    let points: Vec<Point<'_>> = digest
        .rows
        .iter()
        .filter_map(|row| {
            let at = |i: usize| row.get(i).and_then(Option::as_deref);
            let y = at(y)?.parse().ok().filter(|n: &f64| n.is_finite())?;
            Some(Point { x: at(spec.x as usize)?, y, of: spec.series.and_then(|s| at(s as usize)) })
        })
        .collect();
    let highest = points.iter().max_by(|a, b| a.y.total_cmp(&b.y))?;
    let lowest = points.iter().min_by(|a, b| a.y.total_cmp(&b.y))?;
    let column = &digest.columns.get(y)?.name;
    let total = (whole && adds_up(column)).then(|| points.iter().map(|p| p.y).sum::<f64>());
    let story = Story { name, points: &points, highest, lowest, total, whole };
    let over_time = matches!(spec.kind, ChartKind::Line | ChartKind::Area)
        || digest.columns.get(spec.x as usize)?.kind.is_temporal();
    let by = words::label(&digest.columns.get(spec.x as usize)?.name);
    Some(match (spec.kind, spec.series) {
        (ChartKind::Scatter, _) => return None,
        (_, Some(split)) => {
            let split = words::label(&digest.columns.get(split as usize)?.name);
            story.split(&by, &split, over_time)
        }
        _ if over_time => story.over_time(),
        _ => story.by(&by, digest.end.rows),
    })
}

struct Story<'a> {
    name: String,
    points: &'a [Point<'a>],
    highest: &'a Point<'a>,
    lowest: &'a Point<'a>,
    /// Only where a sum means something and all of it is here.
    total: Option<f64>,
    whole: bool,
}

impl Story<'_> {
    fn over_time(&self) -> String {
        let times: Vec<&str> = self.points.iter().map(|p| p.x).collect();
        let unit = Unit::of(&times);
        let (count, units) = (times.len(), unit.name(times.len()));
        let at = |p: &Point<'_>| (unit.show(p.x), words::figure(p.y));
        let ((high, most), (low, least)) = (at(self.highest), at(self.lowest));
        let name = words::capital(&self.name);
        let one = unit.name(1);
        match self.total {
            Some(total) => format!(
                "{name} was {} in total over {count} {units}; the highest {one} was {high} with {most}, \
                 the lowest {low} with {least}.",
                words::figure(total)
            ),
            None => format!(
                "{name} over {count} {units}: the highest {one} was {high} with {most}, the lowest {low} with {least}."
            ),
        }
    }

    fn by(&self, by: &str, rows: u64) -> String {
        let first = |p: &Point<'_>| format!("{} with {}", words::line(p.x, 60), words::figure(p.y));
        let mut ranked: Vec<&Point<'_>> = self.points.iter().collect();
        ranked.sort_by(|a, b| b.y.total_cmp(&a.y));
        // "by name" says nothing.
        let by = match by {
            "name" | "title" | "label" => String::new(),
            by => format!(" by {by}"),
        };
        let mut text = format!("{}{by}: {} leads", words::capital(&self.name), first(ranked[0]));
        if let Some(total) = self.total.filter(|t| *t > 0.0 && self.lowest.y >= 0.0) {
            let share = words::figure((1000.0 * ranked[0].y / total).round() / 10.0);
            text.push_str(&format!(", {share} % of {} in total", words::figure(total)));
        }
        if let Some(second) = ranked.get(1) {
            text.push_str(&format!(", then {}", first(second)));
        }
        if self.whole && ranked.len() > 2 {
            text.push_str(&format!(
                "; last of {} is {}",
                words::grouped(&rows.to_string()),
                first(self.lowest)
            ));
        }
        text.push('.');
        text
    }

    fn split(&self, by: &str, split: &str, over_time: bool) -> String {
        let times: Vec<&str> = self.points.iter().map(|p| p.x).collect();
        let unit = Unit::of(&times);
        let at = |p: &Point<'_>| {
            let x = if over_time { unit.show(p.x) } else { words::line(p.x, 60) };
            format!(
                "{} ({x}, {})",
                words::figure(p.y),
                p.of.map_or("empty".into(), |o| words::line(o, 60))
            )
        };
        let total =
            self.total.map(|t| format!(" {} in total;", words::figure(t))).unwrap_or_default();
        format!(
            "{} by {by} and {split}:{total} the highest is {}, the lowest {}.",
            words::capital(&self.name),
            at(self.highest),
            at(self.lowest)
        )
    }
}

/// Averages, prices and shares have no sum.
fn adds_up(column: &str) -> bool {
    let name = column.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let not = [
        "avg",
        "average",
        "mean",
        "median",
        "min",
        "max",
        "minimum",
        "maximum",
        "rate",
        "ratio",
        "percent",
        "percentage",
        "pct",
        "share",
        "price",
        "age",
        "rating",
        "score",
        "rank",
        "cumulative",
        "running",
        "distinct",
        "balance",
        "stddev",
        "variance",
    ];
    !words.iter().any(|w| not.contains(w))
}
