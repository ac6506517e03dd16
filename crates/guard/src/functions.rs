//! Which functions, operators and system relations a read may use: the lists of `data/`.

use crate::Flavour;
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

type Names = HashSet<&'static str>;

static POSTGRES: LazyLock<Names> =
    LazyLock::new(|| names(include_str!("../data/functions-postgres.txt"), ""));
static EXTENSIONS: LazyLock<Names> =
    LazyLock::new(|| names(include_str!("../data/functions-postgres-extensions.txt"), ""));
static OTHERS: LazyLock<Names> =
    LazyLock::new(|| names(include_str!("../data/functions-postgres-others.txt"), ""));
static FIELDS: LazyLock<Names> =
    LazyLock::new(|| names(include_str!("../data/functions-postgres-fields.txt"), ""));
static MYSQL: LazyLock<Names> =
    LazyLock::new(|| names(include_str!("../data/functions-mysql.txt"), "M"));
static MARIADB: LazyLock<Names> =
    LazyLock::new(|| names(include_str!("../data/functions-mariadb.txt"), ""));
static SQLITE: LazyLock<Names> =
    LazyLock::new(|| names(include_str!("../data/functions-sqlite.txt"), ""));

/// Names of a list; a line that begins with a capital letter counts for that server only.
fn names(data: &'static str, mark: &str) -> Names {
    let mut names = Names::new();
    for line in data.lines().filter(|line| !line.starts_with('#')) {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        if first.starts_with(|c: char| c.is_ascii_uppercase()) {
            if first == mark {
                names.extend(rest.split_whitespace());
            }
        } else {
            names.extend(line.split_whitespace());
        }
    }
    names
}

/// The function is built in and harmless.
pub(crate) fn built_in(flavour: Flavour, name: &str) -> bool {
    let list = match flavour {
        Flavour::Postgres => &POSTGRES,
        Flavour::MySql => &MYSQL,
        Flavour::MariaDb => &MARIADB,
        Flavour::Sqlite => &SQLITE,
    };
    match flavour {
        // Folded by the parser; a quoted `"COUNT"` is another name.
        Flavour::Postgres => list.contains(name),
        _ => name.is_ascii() && list.contains(name.to_ascii_lowercase().as_str()),
    }
}

/// The names of built-in harmless functions.
pub(crate) fn known(flavour: Flavour) -> impl Iterator<Item = &'static str> {
    let list: &Names = match flavour {
        Flavour::Postgres => &POSTGRES,
        Flavour::MySql => &MYSQL,
        Flavour::MariaDb => &MARIADB,
        Flavour::Sqlite => &SQLITE,
    };
    list.iter().copied()
}

/// The function belongs to a known extension and only computes.
pub(crate) fn of_extension(flavour: Flavour, name: &str) -> bool {
    flavour == Flavour::Postgres && EXTENSIONS.contains(name)
}

/// `x.name` may mean a call of `name(x)` in PostgreSQL, and nobody has said that it is harmless.
pub(crate) fn may_be_called(name: &str) -> bool {
    let server = ["pg_", "lo_", "dblink", "binary_upgrade_", "current_setting"];
    server.iter().any(|start| name.starts_with(start)) || OTHERS.contains(name)
}

/// A column that some function of PostgreSQL gives, or that a row has without names.
pub(crate) fn is_field(name: &str) -> bool {
    let numbered = |stem: &str| {
        name.strip_prefix(stem)
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    FIELDS.contains(name) || numbered("f") || numbered("column")
}

/// Functions of PostgreSQL that are grammar: they take no schema before their name.
pub(crate) fn is_grammar(name: &str) -> bool {
    matches!(name, "coalesce" | "nullif" | "greatest" | "least" | "grouping" | "xmlconcat")
}

/// PostgreSQL's built-in operators, `select distinct oprname from pg_operator`, and those of
/// well-known extensions that are written in C.
const OPERATORS: &str = "!! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= \
    + - -> ->> -|- / < <-> << <<= <<| <= <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> \
    @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~* !=";

const EXTENSION_OPERATORS: &str = "<#> <=> <+> <% %> <<% %>> <<-> <->> <<<-> <->>> ^@> ^<@ ?@> ?<@ \
    ?~ ^~ ^? %% %# <<| |=| #= && @ ~ @> <@";

static OPERATOR_SET: LazyLock<Names> = LazyLock::new(|| OPERATORS.split_whitespace().collect());
static EXTENSION_OPERATOR_SET: LazyLock<Names> =
    LazyLock::new(|| EXTENSION_OPERATORS.split_whitespace().collect());

pub(crate) fn operator(symbol: &str) -> bool {
    OPERATOR_SET.contains(symbol)
}

pub(crate) fn operator_of_extension(symbol: &str) -> bool {
    EXTENSION_OPERATOR_SET.contains(symbol)
}

/// A system relation that may be read.
#[derive(Debug)]
pub(crate) struct System {
    pub schema: &'static str,
    pub name: &'static str,
    /// Lower-case names of the columns that may be seen; `None`: all.
    pub columns: Option<Vec<&'static str>>,
    /// What is listed instead where the policy governs a table, if all columns are seen otherwise.
    pub narrow: Vec<&'static str>,
    /// Those of them that count rows or bytes: hidden for tables that the policy governs.
    pub statistics: Vec<&'static str>,
    /// Those of them that hold definitions of views: hidden for views that cannot be read.
    pub definitions: Vec<&'static str>,
}

impl System {
    /// It holds the sources of functions or triggers, which stay hidden.
    pub fn has_sources(&self) -> bool {
        matches!(self.name, "routines" | "triggers" | "pg_proc" | "pg_trigger")
    }
}

static SYSTEM: LazyLock<HashMap<(&'static str, String), System>> = LazyLock::new(|| {
    let data = include_str!("../data/relations.txt");
    data.lines().filter(|line| !line.starts_with('#')).filter_map(relation).collect()
});

fn relation(line: &'static str) -> Option<((&'static str, String), System)> {
    let mut words = line.split_whitespace();
    let dialect = words.next()?;
    let full = words.next()?;
    let (schema, name) = full.split_once('.')?;
    let columns: Vec<_> = words.collect();
    let statistics = columns.iter().filter_map(|column| column.strip_prefix('~')).collect();
    let definitions = columns.iter().filter_map(|column| column.strip_prefix('=')).collect();
    let columns: Vec<_> =
        columns.iter().map(|column| column.trim_start_matches(['~', '='])).collect();
    let (columns, narrow) = match columns.split_first() {
        Some((&"*", narrow)) => (None, narrow.to_vec()),
        _ => (Some(columns), Vec::new()),
    };
    let system = System { schema, name, columns, narrow, statistics, definitions };
    Some(((dialect, full.to_owned()), system))
}

/// The system relation of this name, if it may be read.
pub(crate) fn system(flavour: Flavour, schema: &str, name: &str) -> Option<&'static System> {
    let (schema, name) = match flavour {
        Flavour::Postgres => (schema.to_owned(), name.to_owned()),
        _ => (schema.to_ascii_lowercase(), name.to_ascii_lowercase()),
    };
    SYSTEM.get(&(flavour.dialect().name(), format!("{schema}.{name}")))
}

/// The schema is the server's own.
pub(crate) fn system_schema(flavour: Flavour, schema: &str) -> bool {
    match flavour {
        Flavour::Postgres => schema == "information_schema" || schema.starts_with("pg_"),
        Flavour::MySql | Flavour::MariaDb => {
            ["information_schema", "mysql", "performance_schema", "sys"]
                .iter()
                .any(|known| schema.eq_ignore_ascii_case(known))
        }
        Flavour::Sqlite => false,
    }
}
