//! Which words are names, by server: generated for PostgreSQL from the server itself, for the
//! others from their manuals.

use crate::Flavour;
use std::{collections::HashMap, sync::LazyLock};

/// How far a word is taken by the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Reserved,
    /// May name a function or type, not a column or an alias.
    FunctionOrType,
    /// A plain name that is quoted when rendered.
    Quoted,
}

type Words = HashMap<String, Class>;

static POSTGRES: LazyLock<Words> =
    LazyLock::new(|| read(include_str!("../data/words-postgres.txt"), false));
static SQLITE: LazyLock<Words> =
    LazyLock::new(|| read(include_str!("../data/words-sqlite.txt"), false));
static MYSQL: LazyLock<Words> =
    LazyLock::new(|| read(include_str!("../data/words-mysql.txt"), true));
static MARIADB: LazyLock<Words> =
    LazyLock::new(|| read(include_str!("../data/words-mysql.txt"), false));

fn read(data: &str, mysql: bool) -> Words {
    let mut words = Words::new();
    for line in data.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split_whitespace();
        let class = match parts.next() {
            Some("R") => Class::Reserved,
            Some("M") if mysql => Class::Reserved,
            Some("T") => Class::FunctionOrType,
            _ => Class::Quoted,
        };
        words.extend(parts.map(|word| (word.to_ascii_lowercase(), class)));
    }
    words
}

fn class(flavour: Flavour, word: &str) -> Option<Class> {
    let words = match flavour {
        Flavour::Postgres => &POSTGRES,
        Flavour::Sqlite => &SQLITE,
        Flavour::MySql => &MYSQL,
        Flavour::MariaDb => &MARIADB,
    };
    if word.bytes().any(|b| b.is_ascii_uppercase()) {
        return words.get(&word.to_ascii_lowercase()).copied();
    }
    words.get(word).copied()
}

/// The word cannot stand bare as the name of a column or table.
pub(crate) fn reserved(flavour: Flavour, word: &str) -> bool {
    match class(flavour, word) {
        Some(Class::Reserved) => true,
        Some(Class::FunctionOrType) => flavour.is_postgres(),
        Some(Class::Quoted) | None => false,
    }
}

/// The word cannot be an alias without AS.
pub(crate) fn no_alias(flavour: Flavour, word: &str) -> bool {
    matches!(class(flavour, word), Some(Class::Reserved | Class::FunctionOrType))
}

/// The word needs quotes to be read as a name everywhere.
pub(crate) fn needs_quotes(flavour: Flavour, word: &str) -> bool {
    class(flavour, word).is_some()
}
