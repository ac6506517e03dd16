//! How sure a reading is, from what was checked. A model's own word about itself is not among it.
//!
//! The engine's score is fitted on questions with known answers. For models there is no such fit: what
//! was found against a draft lowers the figure by a fixed share, and nothing lifts it to certainty.

use super::{gist::Gist, words};
use crate::drafter::Origin;
use catalog::ValueIndex;
use model::{
    catalog::{Catalog, ValueKind},
    run::{Confidence, ConfidencePart},
};
use std::collections::BTreeSet;

/// Nobody is surer than this without having seen the answer.
const MOST: f32 = 0.95;

/// How the engine's reading relates to a model's statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// It was not asked: the engine drafted, or a person chose.
    NotAsked,
    /// The engine does not understand the question.
    NoReading,
    Agrees,
    Differs {
        /// The engine stands behind its own.
        sure: bool,
    },
}

/// What was checked.
pub struct Checked<'a> {
    pub origin: Origin,
    pub gist: &'a Gist,
    pub second: Second,
    /// Drafts that did not pass before this one.
    pub repairs: u32,
    /// What retrieval found.
    pub candidates: &'a [(String, String)],
}

pub fn confidence(checked: &Checked<'_>, catalog: &Catalog, values: &ValueIndex) -> Confidence {
    let mut parts = Vec::new();
    match checked.origin {
        Origin::Engine { score } => {
            let note =
                "how well the words of the question fit, fitted on questions with known answers";
            parts.push(part("Reading", score, note));
        }
        Origin::Chosen => parts.push(part("Reading", 1.0, "you chose it among several")),
        Origin::Model => {
            parts.extend(second(checked.second));
            parts.extend(values_part(checked.gist, catalog, values));
            parts.extend(joins(checked.gist, catalog));
            parts.extend(retrieved(checked));
        }
    }
    parts.push(match checked.repairs {
        0 => part("Checks", 1.0, "schema, guard and database took the first draft"),
        _ => part("Checks", 0.85, "the first draft did not pass and was repaired"),
    });
    let score = parts.iter().map(|p| p.score).product::<f32>().clamp(0.0, MOST);
    Confidence { score, parts }
}

fn part(name: &str, score: f32, note: impl Into<String>) -> ConfidencePart {
    ConfidencePart { name: name.into(), score, note: note.into() }
}

fn second(second: Second) -> Option<ConfidencePart> {
    let name = "Second reading";
    Some(match second {
        Second::NotAsked => return None,
        Second::NoReading => part(name, 0.85, "the built-in engine has no reading to compare with"),
        Second::Agrees => part(name, 1.0, "the built-in engine reads the question the same way"),
        Second::Differs { sure: false } => {
            part(name, 0.75, "the built-in engine reads it differently, without being sure")
        }
        Second::Differs { sure: true } => {
            part(name, 0.55, "the built-in engine reads it differently, and is sure of it")
        }
    })
}

/// Are the texts that rows are compared with values of these tables? Says nothing where values were not
/// read to their end.
fn values_part(gist: &Gist, catalog: &Catalog, values: &ValueIndex) -> Option<ConfidencePart> {
    let texts = gist.values.iter().filter(|v| v.parse::<f64>().is_err());
    let in_tables = |text: &str| {
        values.exact(text).any(|hit| {
            gist.tables.iter().any(|(s, t)| *s == hit.column.schema && *t == hit.column.table)
        })
    };
    let (found, missing): (Vec<_>, Vec<_>) = texts.partition(|text| in_tables(text));
    if missing.is_empty() {
        let note = format!("{} found in the database", words::listed(&found, 3));
        return (!found.is_empty()).then(|| part("Values", 1.0, note));
    }
    if !all_read(gist, catalog, values) {
        return None;
    }
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let note =
        format!("{} {verb} not among the values of these tables", words::listed(&missing, 3));
    Some(part("Values", 0.75, note))
}

/// Were all text columns that the statement names read to their end?
fn all_read(gist: &Gist, catalog: &Catalog, values: &ValueIndex) -> bool {
    let mut any = false;
    for (schema, name) in &gist.tables {
        let Some(table) = catalog.table(schema, name) else { return false };
        for column in &table.columns {
            let is_text =
                matches!(column.kind, ValueKind::Text | ValueKind::Enum | ValueKind::Other);
            if is_text && gist.columns.contains(&column.name.to_lowercase()) {
                if !values.is_complete(schema, name, &column.name) {
                    return false;
                }
                any = true;
            }
        }
    }
    any
}

/// Do foreign keys link the tables?
fn joins(gist: &Gist, catalog: &Catalog) -> Option<ConfidencePart> {
    if gist.tables.len() < 2 {
        return None;
    }
    let mut reached: BTreeSet<&(String, String)> = gist.tables.iter().take(1).collect();
    loop {
        let next = gist.tables.iter().find(|table| {
            !reached.contains(table) && reached.iter().any(|other| linked(catalog, table, other))
        });
        match next {
            Some(table) => reached.insert(table),
            None => break,
        };
    }
    let apart: Vec<_> =
        gist.tables.iter().filter(|t| !reached.contains(t)).map(|(_, t)| t.as_str()).collect();
    Some(match apart.is_empty() {
        true => part("Joins", 1.0, "foreign keys link the tables"),
        false => {
            let note = format!("no foreign key links {} to the rest", words::listed(&apart, 3));
            part("Joins", 0.8, note)
        }
    })
}

fn linked(catalog: &Catalog, a: &(String, String), b: &(String, String)) -> bool {
    let refers = |from: &(String, String), to: &(String, String)| {
        catalog.table(&from.0, &from.1).is_some_and(|table| {
            table.foreign_keys.iter().any(|key| key.ref_schema == to.0 && key.ref_table == to.1)
        })
    };
    refers(a, b) || refers(b, a)
}

/// Did the search for tables find those that are used?
fn retrieved(checked: &Checked<'_>) -> Option<ConfidencePart> {
    let other = checked.gist.tables.iter().filter(|table| !checked.candidates.contains(table));
    let other: Vec<_> = other.map(|(_, table)| table.as_str()).collect();
    let note = format!(
        "{} was not among the tables that the question points at",
        words::listed(&other, 3)
    );
    (!other.is_empty()).then(|| part("Tables", 0.85, note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::schema::tests::wide_shop;
    use catalog::ValueSource;

    fn scored(
        origin: Origin,
        second: Second,
        repairs: u32,
        sql: &str,
        tables: &[&str],
    ) -> Confidence {
        let catalog = wide_shop();
        let place = catalog.schemas[0].name.clone();
        let tables: Vec<_> = tables.iter().map(|t| (place.clone(), (*t).to_owned())).collect();
        let gist = Gist::of(sql, &tables, &catalog);
        let values = ValueIndex::new(vec![ValueSource {
            schema: place,
            table: "orders".into(),
            column: "status".into(),
            values: vec!["open".into()],
            complete: true,
        }]);
        let checked = Checked { origin, gist: &gist, second, repairs, candidates: &tables };
        confidence(&checked, &catalog, &values)
    }

    fn score(second: Second, repairs: u32, sql: &str) -> f32 {
        scored(Origin::Model, second, repairs, sql, &["orders"]).score
    }

    #[test]
    fn each_finding_lowers_it() {
        let fine = "SELECT count(*) FROM orders WHERE status = 'open'";
        let best = score(Second::Agrees, 0, fine);
        assert!((best - MOST).abs() < f32::EPSILON, "{best}");
        for worse in [
            score(Second::NoReading, 0, fine),
            score(Second::Differs { sure: false }, 0, fine),
            score(Second::Agrees, 1, fine),
            score(Second::Agrees, 0, "SELECT count(*) FROM orders WHERE status = 'opn'"),
        ] {
            assert!(worse < best, "{worse}");
        }
        let doubted = score(Second::Differs { sure: true }, 0, fine);
        assert!(doubted < score(Second::Differs { sure: false }, 0, fine));
        assert!(doubted < 0.6, "red: {doubted}");
    }

    #[test]
    fn the_engines_score_and_a_choice_stand_for_themselves() {
        let of = |origin| scored(origin, Second::NotAsked, 0, "SELECT 1", &["orders"]);
        let engine = of(Origin::Engine { score: 0.7 });
        assert!((engine.score - 0.7).abs() < 1e-6);
        assert!((of(Origin::Chosen).score - MOST).abs() < f32::EPSILON);
        assert!(engine.parts.iter().all(|p| !p.note.is_empty()));
    }

    #[test]
    fn tables_without_keys_between_them_are_doubted() {
        let joined = scored(Origin::Model, Second::Agrees, 0, "SELECT 1", &["orders", "nothing"]);
        assert!(joined.score < 0.85, "{joined:?}");
    }
}
