//! Quick fixes: what can be done with one click about a statement that the guard refused.

use super::{
    complete::{Names, written},
    statement::{self, Kind, Token, tokens},
};
use model::dialect::Dialect;
use std::ops::Range;

/// A change of the text that does away with a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    /// Bytes of the whole text.
    pub at: Range<usize>,
    /// What stands there then.
    pub text: String,
    /// Nothing is replaced: the cursor goes there, and the statement at it runs.
    pub run: bool,
}

/// Names offered for one that there is not.
const OFFERED: usize = 3;

/// What is known of a refusal: its stable word (`model::error::Problem::kind`), where it is in the
/// whole text, and what of the text was sent.
#[derive(Clone, Debug)]
pub struct Refused<'a> {
    pub kind: &'a str,
    pub at: usize,
    pub ran: Range<usize>,
}

/// The fixes for a refusal, the likeliest first.
#[must_use]
pub fn fixes(text: &str, refused: &Refused<'_>, dialect: Dialect, names: &Names) -> Vec<Fix> {
    let Some(sent) = text.get(refused.ran.clone()) else { return Vec::new() };
    let start = refused.ran.start;
    let tokens: Vec<Token> = tokens(sent, dialect)
        .into_iter()
        .filter(|token| token.kind != Kind::Comment)
        .map(|token| Token { at: token.at.start + start..token.at.end + start, ..token })
        .collect();
    let Some(here) = tokens.iter().position(|token| token.at.contains(&refused.at)) else {
        return Vec::new();
    };
    let sql = Sql { text, tokens: &tokens, here };
    match refused.kind {
        "multiple" => first_only(text, start, dialect).into_iter().collect(),
        "lock" => vec![sql.without_lock()],
        "into" => vec![sql.without_into()],
        "explain_analyze" => sql.without_analyze().into_iter().collect(),
        "unknown_table" => {
            let known = names.tables.iter().map(|(_, table)| table.as_str());
            sql.renamed(known.collect(), dialect)
        }
        "unknown_column" => sql.renamed(sql.columns(names), dialect),
        _ => Vec::new(),
    }
}

fn first_only(text: &str, start: usize, dialect: Dialect) -> Option<Fix> {
    let first = statement::at(text, dialect, start)?;
    Some(Fix {
        title: "Run only the first statement".into(),
        at: first.start..first.start,
        text: String::new(),
        run: true,
    })
}

/// The statement in tokens, and the one that the refusal is about.
struct Sql<'a> {
    text: &'a str,
    tokens: &'a [Token],
    here: usize,
}

impl Sql<'_> {
    fn is(&self, at: usize, words: &[&str]) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            let text = &self.text[token.at.clone()];
            token.kind == Kind::Word && words.iter().any(|word| text.eq_ignore_ascii_case(word))
        })
    }

    /// Takes out the tokens of this range, with the white space before them.
    fn without(&self, title: String, tokens: Range<usize>) -> Fix {
        let from = match tokens.start.checked_sub(1) {
            Some(before) => self.tokens[before].at.end,
            None => self.tokens[tokens.start].at.start,
        };
        let to = self.tokens[tokens.end - 1].at.end;
        Fix { title, at: from..to, text: String::new(), run: false }
    }

    /// How far a clause goes that begins here: to a word that begins another one, or to a sign that
    /// cannot be in it.
    fn clause(&self, enders: &[&str]) -> Range<usize> {
        let mut depth = 0_usize;
        let mut end = self.here + 1;
        while let Some(token) = self.tokens.get(end) {
            match token.kind {
                Kind::Semicolon => break,
                Kind::Sign('(') => depth += 1,
                Kind::Sign(')') if depth == 0 => break,
                Kind::Sign(')') => depth -= 1,
                Kind::Word if depth == 0 && self.is(end, enders) => break,
                _ => {}
            }
            end += 1;
        }
        self.here..end
    }

    fn without_lock(&self) -> Fix {
        let clause =
            self.clause(&["LIMIT", "OFFSET", "FETCH", "UNION", "EXCEPT", "INTERSECT", "INTO"]);
        let words = self.tokens[clause.clone()].iter().take(2);
        let said: Vec<String> =
            words.map(|token| self.text[token.at.clone()].to_uppercase()).collect();
        self.without(format!("Remove {}", said.join(" ")), clause)
    }

    fn without_into(&self) -> Fix {
        let enders = [
            "FROM",
            "WHERE",
            "GROUP",
            "HAVING",
            "WINDOW",
            "ORDER",
            "LIMIT",
            "UNION",
            "EXCEPT",
            "INTERSECT",
            "FOR",
            "LOCK",
        ];
        self.without("Remove INTO: only show the rows".into(), self.clause(&enders))
    }

    /// EXPLAIN with options in parentheses loses them all: most need ANALYZE.
    fn without_analyze(&self) -> Option<Fix> {
        let explain =
            (0..self.here).rev().find(|at| self.is(*at, &["EXPLAIN", "DESCRIBE", "DESC"]))?;
        let open = self.tokens.get(explain + 1)?.kind == Kind::Sign('(');
        let end = if open {
            let mut rest = self.here..self.tokens.len();
            rest.find(|at| self.tokens[*at].kind == Kind::Sign(')'))?
        } else {
            self.here
        };
        Some(self.without("Explain without executing".into(), explain + 1..end + 1))
    }

    /// The columns of the tables that the statement names.
    fn columns<'n>(&self, names: &'n Names) -> Vec<&'n str> {
        let words: Vec<String> =
            self.tokens.iter().map(|token| bare(&self.text[token.at.clone()])).collect();
        let mentioned = |path: &str| {
            let table = path.rsplit('.').next().unwrap_or(path).to_lowercase();
            words.contains(&table)
        };
        let tables = names.columns.iter().filter(|(path, _)| mentioned(path));
        let mut columns: Vec<&str> =
            tables.flat_map(|(_, columns)| columns.iter().map(String::as_str)).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The names most like the one that stands here, in its place.
    fn renamed(&self, known: Vec<&str>, dialect: Dialect) -> Vec<Fix> {
        let at = self.tokens[self.here].at.clone();
        let wanted = bare(&self.text[at.clone()]);
        let mut alike: Vec<(usize, &str)> =
            known.into_iter().filter_map(|name| Some((distance(&wanted, name)?, name))).collect();
        alike.sort_unstable();
        alike.dedup();
        alike
            .into_iter()
            .take(OFFERED)
            .map(|(_, name)| Fix {
                title: format!("Change to {name}"),
                at: at.clone(),
                text: written(dialect, name),
                run: false,
            })
            .collect()
    }
}

/// A name without its quotes, in lower case.
fn bare(name: &str) -> String {
    name.trim_matches(['"', '`', '[', ']']).to_lowercase()
}

/// How many letters differ; `None` if it is more than about a third of them, unless one name is in the other.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    let (a, b): (Vec<char>, Vec<char>) = (wanted.chars().collect(), name.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let changed = corner + usize::from(letter != other);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    let distance = row[b.len()];
    let within = wanted.len() > 2 && (name.contains(wanted) || wanted.contains(&name));
    (within || distance <= a.len().div_ceil(3)).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let columns = [
            ("public.customers", vec!["id", "email", "created_at"]),
            ("public.orders", vec!["id", "total"]),
        ];
        Names {
            tables: vec![
                ("public".into(), "customers".into()),
                ("public".into(), "orders".into()),
                ("public".into(), "Odd Name".into()),
            ],
            columns: columns
                .into_iter()
                .map(|(table, names)| {
                    (table.to_owned(), names.into_iter().map(str::to_owned).collect())
                })
                .collect(),
            ..Names::default()
        }
    }

    /// `|` marks the refused place; gives title and text after each fix.
    fn after(kind: &str, marked: &str) -> Vec<(String, String)> {
        let at = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let refused = Refused { kind, at, ran: 0..text.len() };
        fixes(&text, &refused, Dialect::Postgres, &names())
            .into_iter()
            .map(|fix| {
                let done = format!("{}{}{}", &text[..fix.at.start], fix.text, &text[fix.at.end..]);
                (fix.title, done)
            })
            .collect()
    }

    #[track_caller]
    fn check(kind: &str, marked: &str, title: &str, expected: &str) {
        assert_eq!(after(kind, marked), [(title.to_owned(), expected.to_owned())], "{marked}");
    }

    #[test]
    fn clauses_are_taken_out() {
        let remove = "Remove FOR UPDATE";
        check("lock", "select 1 from t |for update", remove, "select 1 from t");
        check(
            "lock",
            "select 1 from t\n|FOR UPDATE OF t, u SKIP LOCKED;",
            remove,
            "select 1 from t;",
        );
        check("lock", "select 1 from t |for update limit 3", remove, "select 1 from t limit 3");
        check("lock", "(select 1 from t |for update)", remove, "(select 1 from t)");
        let into = "Remove INTO: only show the rows";
        check("into", "select a |into temp copy from t", into, "select a from t");
        check("into", "select a from t |into outfile 'x'", into, "select a from t");
    }

    #[test]
    fn explain_stops_executing() {
        let title = "Explain without executing";
        check("explain_analyze", "explain |analyze select 1", title, "explain select 1");
        check("explain_analyze", "EXPLAIN (BUFFERS, |ANALYZE) SELECT 1", title, "EXPLAIN SELECT 1");
    }

    #[test]
    fn the_nearest_names_are_offered() {
        check(
            "unknown_table",
            "select 1 from |custmers",
            "Change to customers",
            "select 1 from customers",
        );
        check(
            "unknown_table",
            "select 1 from |odd_name",
            "Change to Odd Name",
            "select 1 from \"Odd Name\"",
        );
        check(
            "unknown_column",
            "select |emial from customers",
            "Change to email",
            "select email from customers",
        );
        check(
            "unknown_column",
            "select c.\"|Totl\" from orders c",
            "Change to total",
            "select c.total from orders c",
        );
        assert!(after("unknown_column", "select |total from customers").is_empty());
        assert!(after("unknown_table", "select 1 from |zebra").is_empty());
    }

    #[test]
    fn the_first_of_several_statements_is_run() {
        let text = "-- a\nselect 1; select 2";
        let refused = Refused { kind: "multiple", at: 15, ran: 0..text.len() };
        let fixes = fixes(text, &refused, Dialect::Postgres, &names());
        assert!(matches!(fixes.as_slice(), [Fix { run: true, at, .. }] if at.start == 0));
    }

    #[test]
    fn nothing_is_offered_for_other_refusals_or_places() {
        assert!(after("function", "select |pg_sleep(1)").is_empty());
        assert!(after("lock", "select 1 |").is_empty());
    }
}
