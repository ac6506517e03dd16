//! Is a row filter one that works? The guard reads it as it would inside a statement, and the
//! database is asked whether it takes the result.

use super::{Allowed, preview::no_table};
use crate::databases::{Database, Prepared, clear};
use guard::{Policy, policy as gate};
use model::{
    account::Person,
    error::{Position, Problem, ProblemCode},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const PATIENCE: Duration = Duration::from_secs(10);

/// Checks a condition over one table.
///
/// # Errors
/// What is wrong with it, with the place in its text where that is known.
pub async fn check(
    database: &Database,
    known: &Arc<Prepared>,
    person: &Person,
    (schema, table): (&str, &str),
    condition: &str,
) -> Result<(), Problem> {
    if known.catalog.table(schema, table).is_none() {
        return Err(no_table(schema, table));
    }
    if condition.trim().is_empty() {
        return Err(Problem::new(ProblemCode::Invalid, "The condition is empty."));
    }
    let attributes = super::attributes_of(person);
    let quote = |name: &str| known.catalog.dialect.quote(name);
    let from = format!("{}.{}", quote(schema), quote(table));
    // 1. By itself, where problems have a place.
    let plain = without_attributes(condition, &attributes)?;
    let sql = format!("SELECT 1 FROM {from} WHERE (\n{plain}\n)");
    clear(known, &Policy::default(), &attributes, &sql, Some(1))
        .map_err(|problem| moved(problem, condition))?;
    // 2. As the filter that it will be.
    let filter = gate::TableRule {
        table: format!("{schema}.{table}"),
        rows: Some(condition.to_owned()),
        ..gate::TableRule::default()
    };
    let policy = Policy { tables: vec![filter], ..Policy::default() };
    let sql = format!("SELECT 1 FROM {from}");
    let cleared = clear(known, &policy, &attributes, &sql, Some(1))
        .map_err(|problem| Problem { position: None, ..problem })?;
    // 3. The database has a say about types.
    let described = tokio::time::timeout(PATIENCE, database.connector.describe(&cleared)).await;
    match described {
        Ok(Err(connect::ConnectError::Statement { message, .. })) => {
            Err(Problem::new(ProblemCode::Database, format!("The database says: {message}.")))
        }
        // That it cannot be asked now says nothing about the condition.
        Ok(Ok(_) | Err(_)) | Err(_) => Ok(()),
    }
}

/// The condition with texts of the same length in the place of `{user.…}`: as an ordinary statement
/// it may not hold attributes.
fn without_attributes(
    condition: &str,
    attributes: &BTreeMap<String, String>,
) -> Result<String, Problem> {
    let mut plain = String::with_capacity(condition.len());
    let mut rest = condition;
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        if !quoted && let Some((name, length)) = attribute(rest) {
            if !attributes.contains_key(name) {
                let known: Vec<String> =
                    attributes.keys().map(|name| format!("{{user.{name}}}")).collect();
                let message = format!("There is no attribute {{user.{name}}}.");
                return Err(Problem::new(ProblemCode::Invalid, message)
                    .hint(format!("There are {}.", known.join(", ")))
                    .at(Some(place(condition, plain.len(), length))));
            }
            plain.push('\'');
            plain.extend(std::iter::repeat_n('x', length - 2));
            plain.push('\'');
            rest = &rest[length..];
            continue;
        }
        quoted ^= c == '\'';
        plain.push(c);
        rest = &rest[c.len_utf8()..];
    }
    Ok(plain)
}

/// The name in `{user.name}` at the start of the text, and the bytes of the whole.
fn attribute(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix("{user.")?;
    let end = inside.find('}')?;
    let name = &inside[..end];
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then_some((name, end + 7))
}

fn place(text: &str, at: usize, length: usize) -> Position {
    let before = &text[..at.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Position {
        line: count(before.matches('\n').count()) + 1,
        column: count(before[line_start..].chars().count()) + 1,
        length: count(length),
    }
}

/// The problem with its place in the condition: it began on the statement's second line.
fn moved(mut problem: Problem, condition: &str) -> Problem {
    let lines = u32::try_from(condition.lines().count()).unwrap_or(u32::MAX);
    problem.position = problem
        .position
        .filter(|at| at.line >= 2 && at.line <= lines + 1)
        .map(|at| Position { line: at.line - 1, ..at });
    problem
}

/// Can the masks and filters of this policy be used on the tables that they name? The first problem
/// counts.
///
/// # Errors
/// `Refused` with what cannot be used.
pub fn usable(known: &Prepared, allowed: &Allowed) -> Result<(), Problem> {
    for says in allowed.governed.tables.values().filter(|says| says.denied_by.is_none()) {
        if says.columns.is_empty() && says.rows.is_empty() {
            continue;
        }
        let quote = |name: &str| known.catalog.dialect.quote(name);
        let sql = format!("SELECT 1 FROM {}.{}", quote(&says.schema), quote(&says.table));
        let cleared = clear(known, &allowed.policy, &allowed.attributes, &sql, None);
        if let Err(problem) = cleared
            && problem.message.contains("cannot be used")
        {
            let message = format!("{}.{}: {}", says.schema, says.table, problem.message);
            return Err(Problem { message, code: ProblemCode::Invalid, position: None, ..problem });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes() -> BTreeMap<String, String> {
        BTreeMap::from([("email".to_owned(), "ann@example.com".to_owned())])
    }

    #[test]
    fn attributes_become_texts_of_the_same_length() {
        for (condition, plain) in [
            ("email = {user.email}", "email = 'xxxxxxxxxx'"),
            ("note = '{user.email}'", "note = '{user.email}'"),
            ("note = 'it''s' AND e = {user.email}", "note = 'it''s' AND e = 'xxxxxxxxxx'"),
            ("a = {user}", "a = {user}"),
        ] {
            assert_eq!(without_attributes(condition, &attributes()).unwrap(), plain);
        }
    }

    #[test]
    fn an_unknown_attribute_has_a_place() {
        let problem = without_attributes("a = 1\n  AND b = {user.region}", &attributes());
        let problem = problem.unwrap_err();
        assert_eq!(problem.message, "There is no attribute {user.region}.");
        assert_eq!(problem.position, Some(Position { line: 2, column: 11, length: 13 }));
    }
}
