//! The built-in engine's reading beside a model's statement: where they differ, and how sure the engine is.

use super::{gist::Gist, words};
use crate::{drafter::Brief, drafter::engine_reading};
use engine::{Outcome, Reading};
use guard::{Gate, Verdict};
use model::{catalog::Catalog, run::SecondReading};
use std::collections::BTreeSet;

/// Names told of one kind; more are counted.
const TOLD: usize = 4;

/// What the engine makes of a question that a model drafts for.
#[derive(Clone, Debug)]
pub struct Opinion {
    pub reading: Reading,
    /// It stands behind this reading, and would not have asked back.
    pub sure: bool,
}

/// The engine's best reading; `None`: it has none. Milliseconds of thinking.
pub fn opinion(brief: &Brief) -> Option<Opinion> {
    let (readings, clear) = match engine_reading(brief) {
        Outcome::Readings(readings) => (readings, true),
        Outcome::Clarify { choices, .. } => (choices, false),
        Outcome::Declined(_) => return None,
    };
    let reading = readings.into_iter().next()?;
    let sure = clear && reading.confident && reading.unused_words.is_empty();
    Some(Opinion { reading, sure })
}

/// The engine's reading with what differs from the statement; `None`: the person may not run it, so it
/// is no alternative.
pub fn compare(
    opinion: &Opinion,
    gist: &Gist,
    gate: &Gate<'_>,
    catalog: &Catalog,
) -> Option<SecondReading> {
    let reading = &opinion.reading;
    let Verdict::Read(cleared) = guard::check(gate, &reading.sql) else { return None };
    let own = Gist::of(&reading.sql, cleared.tables(), catalog);
    Some(SecondReading {
        paraphrase: reading.paraphrase.clone(),
        sql: reading.sql.clone(),
        differences: differences(&own, gist),
    })
}

/// What the engine uses and the model does not, and the other way round.
fn differences(engine: &Gist, model: &Gist) -> Vec<String> {
    let mut out = Vec::new();
    let tables = |gist: &Gist| gist.tables.iter().map(|(_, t)| t.clone()).collect::<BTreeSet<_>>();
    if engine.tables != model.tables {
        out.extend(line("tables", &tables(engine), &tables(model)));
    } else if !engine.columns.is_subset(&model.columns) {
        // More columns in the model's result are no other reading; other tables bring other columns.
        out.extend(line("columns", &engine.columns, &model.columns));
    }
    if engine.values != model.values {
        out.extend(line("values", &engine.values, &model.values));
    }
    if engine.shape != model.shape {
        let told = |gist: &Gist| gist.shape.iter().map(|s| s.words().to_owned()).collect();
        out.extend(line("steps", &told(engine), &told(model)));
    }
    out
}

/// `tables: the engine uses payments, the model orders`.
fn line(what: &str, engine: &BTreeSet<String>, model: &BTreeSet<String>) -> Option<String> {
    let only =
        |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    let told = |names: &[String]| words::listed(names, TOLD);
    match (only(engine, model), only(model, engine)) {
        (mine, theirs) if mine.is_empty() && theirs.is_empty() => None,
        (mine, theirs) if mine.is_empty() => {
            Some(format!("{what}: only the model has {}", told(&theirs)))
        }
        (mine, theirs) if theirs.is_empty() => {
            Some(format!("{what}: only the engine has {}", told(&mine)))
        }
        (mine, theirs) => {
            Some(format!("{what}: the engine has {}, the model {}", told(&mine), told(&theirs)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::schema::tests::wide_shop;

    fn told(engine: (&str, &[&str]), model: (&str, &[&str])) -> String {
        let catalog = wide_shop();
        let place = catalog.schemas[0].name.clone();
        let gist = |(sql, tables): (&str, &[&str])| {
            let tables: Vec<_> = tables.iter().map(|t| (place.clone(), (*t).to_owned())).collect();
            Gist::of(sql, &tables, &catalog)
        };
        differences(&gist(engine), &gist(model)).join("; ")
    }

    #[test]
    fn differences_are_said_and_more_columns_are_none() {
        let orders: &[&str] = &["orders"];
        for (engine, model, expected) in [
            ("SELECT count(*) FROM orders", "SELECT COUNT(id) AS n FROM orders o", ""),
            ("SELECT total FROM orders", "SELECT id, total, status FROM orders", ""),
            (
                "SELECT count(*) FROM orders WHERE status = 'open'",
                "SELECT count(*) FROM orders WHERE status = 'closed'",
                "values: the engine has open, the model closed",
            ),
            (
                "SELECT sum(total) FROM orders",
                "SELECT avg(total) FROM orders",
                "steps: the engine has sums, the model averages",
            ),
            (
                "SELECT status, count(*) FROM orders GROUP BY status",
                "SELECT count(*) FROM orders",
                "columns: only the engine has status; steps: only the engine has groups",
            ),
        ] {
            assert_eq!(told((engine, orders), (model, orders)), expected, "{model}");
        }
        let other = told(
            ("SELECT count(*) FROM customers", &["customers"]),
            ("SELECT count(*) FROM orders", orders),
        );
        assert_eq!(other, "tables: the engine has customers, the model orders");
    }
}
