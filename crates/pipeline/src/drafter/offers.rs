//! Other readings for chips: the question with one phrase changed, offered only when the engine then
//! reads that part differently and leaves no word out.

use super::Brief;
use catalog::ValueIndex;
use engine::{Ask, Outcome, Reading};
use model::run::{Chip, ChipChoice};
use std::collections::BTreeSet;

/// Questions tried for all chips of one answer: each costs the engine a reading.
const TRIED: usize = 16;
const OFFERED: usize = 5;
/// Reading a question of a large catalogue takes too long to do it many times.
const TABLES: usize = 150;
/// Values looked at to find others of a column.
const VALUES: usize = 40;

const PERIODS: [&str; 8] = [
    "this month",
    "last month",
    "last 30 days",
    "this quarter",
    "last quarter",
    "this year",
    "last year",
    "last 7 days",
];
const AGGREGATES: [&str; 6] = ["total", "average", "highest", "lowest", "maximum", "minimum"];
/// Either of a pair turns the order round.
const TURNS: [(&str, &str); 7] = [
    ("top", "bottom"),
    ("most", "least"),
    ("highest", "lowest"),
    ("largest", "smallest"),
    ("best", "worst"),
    ("oldest", "youngest"),
    ("ascending", "descending"),
];
const LIMITS: [&str; 4] = ["5", "10", "20", "50"];

/// Adds to each chip of the reading what it could be instead. Those that the engine offers itself stay.
pub fn add(reading: &mut Reading, brief: &Brief) {
    if brief.prepared.catalog.tables().count() > TABLES || !brief.before.is_empty() {
        // A follow-up's words are not all of its question.
        return;
    }
    let mut tries = TRIED;
    let (question, sql) = (brief.question.clone(), reading.sql.clone());
    let mut groups = None;
    for at in 0..reading.chips.len() {
        let chip = &reading.chips[at];
        if !chip.alternatives.is_empty() {
            continue;
        }
        let edits = match chip.kind.as_str() {
            "limit" => numbers(&question, &chip.label),
            "order" => turned(&question),
            "measure" => swapped(&question, &AGGREGATES),
            "time" if !chip.label.starts_with("by ") => periods(&question),
            "group" => {
                let names = groups.get_or_insert_with(|| groupings(reading, brief));
                grouped(&question, names)
            }
            "filter" => values(&question, &chip.label, &brief.prepared.values),
            _ => Vec::new(),
        };
        let mut offered: Vec<ChipChoice> = Vec::new();
        for edit in edits {
            if tries == 0 || offered.len() == OFFERED {
                break;
            }
            tries -= 1;
            let Some(label) = changed(&reading.chips[at], &edit, &sql, brief) else { continue };
            if offered.iter().all(|choice| choice.label != label) {
                offered.push(ChipChoice { label, question: edit });
            }
        }
        reading.chips[at].alternatives = offered;
    }
}

/// How the chip would read with this question; `None`: the same, not at all, or with words left out.
fn changed(chip: &Chip, question: &str, sql: &str, brief: &Brief) -> Option<String> {
    let outcome = engine::answer(&Ask {
        question,
        lexicon: &brief.prepared.lexicon,
        values: &brief.prepared.values,
        glossary: &brief.glossary,
        previous: None,
        today: brief.today,
    });
    let Outcome::Readings(readings) = outcome else { return None };
    let reading = readings.into_iter().next()?;
    if reading.sql == sql || !reading.unused_words.is_empty() {
        return None;
    }
    let label =
        reading.chips.into_iter().find(|c| c.kind == chip.kind && c.label != chip.label)?.label;
    Some(label)
}

/// Whole words of the text, as places in it.
fn place(text: &str, phrase: &str) -> Option<std::ops::Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(phrase) {
        let (start, end) = (from + found, from + found + phrase.len());
        let whole = !lower[..start].ends_with(|c: char| c.is_alphanumeric())
            && !lower[end..].starts_with(|c: char| c.is_alphanumeric());
        if whole {
            return Some(start..end);
        }
        from = end;
    }
    None
}

fn with(text: &str, place: &std::ops::Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..place.start], &text[place.end..])
}

/// One of the phrases becomes each of the others.
fn swapped(question: &str, phrases: &[&str]) -> Vec<String> {
    let Some((place, found)) = phrases.iter().find_map(|p| Some((place(question, p)?, *p))) else {
        return Vec::new();
    };
    phrases.iter().filter(|p| **p != found).map(|p| with(question, &place, p)).collect()
}

fn periods(question: &str) -> Vec<String> {
    let swapped = swapped(question, &PERIODS);
    if !swapped.is_empty() {
        return swapped;
    }
    let year = question.split(|c: char| !c.is_ascii_digit()).find_map(|word| {
        let year: i32 = word.parse().ok().filter(|_| word.len() == 4)?;
        (1900..2100).contains(&year).then_some(year)
    });
    let Some(year) = year else { return Vec::new() };
    let Some(place) = place(question, &year.to_string()) else { return Vec::new() };
    [year - 1, year + 1].iter().map(|y| with(question, &place, &y.to_string())).collect()
}

/// `first 5` is the label of a limit; its number stands in the question.
fn numbers(question: &str, label: &str) -> Vec<String> {
    let Some(number) = label.rsplit(' ').next() else { return Vec::new() };
    let Some(place) = place(question, number) else { return Vec::new() };
    LIMITS.iter().filter(|n| **n != number).map(|n| with(question, &place, n)).collect()
}

fn turned(question: &str) -> Vec<String> {
    let found = TURNS.iter().find_map(|(a, b)| {
        let one = |from: &str, to: &str| Some(with(question, &place(question, from)?, to));
        one(a, b).or_else(|| one(b, a))
    });
    found.into_iter().collect()
}

/// What comes after the last `per` or `by` becomes another grouping.
fn grouped(question: &str, names: &[String]) -> Vec<String> {
    let text = question.trim_end_matches(['?', '.', '!', ' ']);
    let starts = ["per", "by", "for each", "for every"].iter().filter_map(|w| place(text, w));
    let Some(start) = starts.max_by_key(|place| place.start) else { return Vec::new() };
    let rest = text[start.end..].trim_start();
    // Only the one or two words of a name: what follows is another part.
    let end = rest.find(' ').map_or(text.len(), |at| text.len() - rest.len() + at);
    let place = start.end..end;
    names.iter().map(|name| with(text, &place, &format!(" {name}"))).collect()
}

/// Columns with few values in the tables of the reading, as words.
fn groupings(reading: &Reading, brief: &Brief) -> Vec<String> {
    let catalog = &brief.prepared.catalog;
    let mut out = Vec::new();
    for (schema, name) in &reading.tables {
        let Some(table) = catalog.table(schema, name) else { continue };
        for column in &table.columns {
            let few = brief.prepared.values.is_complete(schema, name, &column.name)
                || !column.labels.is_empty();
            let unique = table.primary_key == [column.name.clone()];
            let words = column.name.replace('_', " ").to_lowercase();
            if few && !unique && !words.contains("name") && !out.contains(&words) {
                out.push(words);
            }
        }
    }
    out.push("month".into());
    out
}

/// Other values of the same column in the place of the one that the chip names.
fn values(question: &str, label: &str, values: &ValueIndex) -> Vec<String> {
    let Some(named) = label.split('“').nth(1).and_then(|rest| rest.split('”').next()) else {
        return Vec::new();
    };
    let Some(place) = place(question, &named.to_ascii_lowercase()) else { return Vec::new() };
    let Some(column) = values.exact(named).next().map(|hit| hit.column) else { return Vec::new() };
    let mut others = BTreeSet::new();
    for letter in 'a'..='z' {
        let hits = values.starting_with(&letter.to_string(), VALUES);
        others.extend(
            hits.into_iter().filter(|h| h.column == column && h.value != named).map(|h| h.value),
        );
        if others.len() > OFFERED {
            break;
        }
    }
    others.into_iter().map(|value| with(question, &place, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::ValueSource;

    fn told(edits: Vec<String>) -> String {
        edits.join(" | ")
    }

    #[test]
    fn one_phrase_changes() {
        assert_eq!(
            told(numbers("top 5 products by price", "first 5")),
            "top 10 products by price | top 20 products by price | top 50 products by price"
        );
        assert_eq!(told(numbers("the 15 best", "first 5")), "");
        assert_eq!(told(turned("Top 5 products")), "bottom 5 products");
        assert_eq!(told(turned("stop the lowest")), "stop the highest");
        assert_eq!(told(periods("orders in 2025")), "orders in 2024 | orders in 2026");
        assert!(told(periods("orders Last year?")).contains("orders this month?"));
        assert_eq!(told(periods("orders")), "");
        let names = ["status".to_owned(), "channel".to_owned()];
        assert_eq!(
            told(grouped("orders per country in 2025?", &names)),
            "orders per status in 2025 | orders per channel in 2025"
        );
        assert_eq!(told(grouped("é by ü", &names)), "é by status | é by channel");
        assert_eq!(told(grouped("orders", &names)), "");
    }

    #[test]
    fn other_values_of_the_column_are_offered() {
        let source = |column: &str, values: &[&str]| ValueSource {
            schema: "main".into(),
            table: "customers".into(),
            column: column.into(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            complete: true,
        };
        let index = ValueIndex::new(vec![
            source("country", &["France", "Germany", "Spain"]),
            source("city", &["Berlin"]),
        ]);
        assert_eq!(
            told(values("customers in germany", "country is “Germany”", &index)),
            "customers in France | customers in Spain"
        );
        assert_eq!(told(values("customers", "country is “Germany”", &index)), "");
        assert_eq!(told(values("customers in germany", "country is empty", &index)), "");
    }
}
