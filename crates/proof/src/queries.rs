//! Random queries over a small shop: joins, subqueries, WITH, windows, set operations, aggregates,
//! whole rows. The same seed gives the same queries.

use model::dialect::Dialect;
use std::fmt::Write as _;

/// A table of the shop with the columns that queries use.
struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Kind)],
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Text,
}

use Kind::{Number, Text};

const TABLES: [Table; 3] = [
    Table {
        name: "people",
        columns: &[
            ("id", Number),
            ("name", Text),
            ("email", Text),
            ("phone", Text),
            ("ssn", Text),
            ("city", Text),
            ("credit", Number),
        ],
    },
    Table {
        name: "staff",
        columns: &[
            ("id", Number),
            ("person_id", Number),
            ("dept", Text),
            ("salary", Number),
            ("boss", Number),
        ],
    },
    Table {
        name: "sales",
        columns: &[("id", Number), ("person_id", Number), ("status", Text), ("amount", Number)],
    },
];

/// Makes queries from a seed.
pub struct Queries {
    state: u64,
    dialect: Dialect,
    /// Names given so far, so that no two are the same.
    names: u32,
}

/// What can be named in an expression: alias, column, kind.
type Scope = Vec<(String, &'static str, Kind)>;

impl Queries {
    #[must_use]
    pub fn new(dialect: Dialect, seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, dialect, names: 0 }
    }

    /// One more query. Most have a total order, so that rows can be compared in place.
    pub fn one(&mut self) -> String {
        self.names = 0;
        match self.below(10) {
            0 => self.set_operation(),
            1 => self.with(),
            2 => self.grouped(),
            3 => self.windowed(),
            4 => self.whole_row(),
            5 => self.nested(),
            6 => self.recursive(),
            _ => self.select(2),
        }
    }

    fn below(&mut self, n: usize) -> usize {
        // xorshift64*: no dependency, and the same everywhere.
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let mixed = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(mixed).unwrap_or(0) % n.max(1)
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        let n = self.below(items.len());
        items[n]
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("t{}", self.names)
    }

    /// FROM with up to `more` joins; what is in reach.
    fn from(&mut self, more: usize) -> (String, Scope) {
        let mut text = String::new();
        let mut scope = Scope::new();
        for n in 0..=self.below(more + 1) {
            let table = &TABLES[self.below(TABLES.len())];
            let alias = self.name();
            let joins = ["JOIN", "LEFT JOIN", "INNER JOIN"];
            if n > 0 {
                let join = self.one_of(&joins);
                let (left, column, _) = self.column(&scope, Number);
                let own = self.one_of(&[
                    "id",
                    "id",
                    if table.name == "people" { "id" } else { "person_id" },
                ]);
                let _ = write!(
                    text,
                    " {join} {} {alias} ON {alias}.{own} = {left}.{column}",
                    table.name
                );
            } else {
                let _ = write!(text, "{} {alias}", table.name);
            }
            scope.extend(table.columns.iter().map(|(c, kind)| (alias.clone(), *c, *kind)));
        }
        (text, scope)
    }

    fn column(&mut self, scope: &Scope, kind: Kind) -> (String, &'static str, Kind) {
        let fit: Vec<_> = scope.iter().filter(|(_, _, k)| *k == kind).collect();
        let n = self.below(fit.len());
        fit[n].clone()
    }

    fn value(&mut self, scope: &Scope, kind: Kind, depth: usize) -> String {
        let (table, column, _) = self.column(scope, kind);
        let plain = format!("{table}.{column}");
        if depth == 0 {
            return plain;
        }
        match (kind, self.below(9)) {
            (Number, 0) => format!("({plain} + {})", self.below(50)),
            (Number, 1) => {
                let other = self.value(scope, Text, depth - 1);
                let length = if self.dialect == Dialect::MySql { "char_length" } else { "length" };
                format!("{length}({other})")
            }
            (Number, 2) => format!("coalesce({plain}, {})", self.below(9)),
            (Number, 3) => {
                let when = self.condition(scope, depth - 1);
                format!("CASE WHEN {when} THEN {plain} ELSE {} END", self.below(9))
            }
            (Number, 4) => format!("abs({plain} - {})", self.below(400)),
            (Number, 5) => {
                let (from, inner) = self.from(0);
                let aggregate = self.one_of(&["max", "min", "count", "sum"]);
                let inside = self.value(&inner, Number, 0);
                let when = self.condition(&inner, 0);
                format!("(SELECT {aggregate}({inside}) FROM {from} WHERE {when})")
            }
            (Text, 0) => format!("upper({plain})"),
            (Text, 1) => format!("substr({plain}, 1, {})", 1 + self.below(6)),
            (Text, 2) => format!("coalesce({plain}, 'none')"),
            (Text, 3) => {
                let other = self.value(scope, Text, depth - 1);
                match self.dialect {
                    Dialect::MySql => format!("concat({plain}, '/', {other})"),
                    _ => format!("{plain} || '/' || {other}"),
                }
            }
            (Text, 4) => {
                let when = self.condition(scope, depth - 1);
                format!("CASE WHEN {when} THEN {plain} ELSE 'other' END")
            }
            (Text, 5) => format!("replace({plain}, 'a', '-')"),
            (Text, 6) => format!("nullif({plain}, 'Ulm')"),
            _ => plain,
        }
    }

    fn condition(&mut self, scope: &Scope, depth: usize) -> String {
        match self.below(9) {
            0 => {
                let value = self.value(scope, Number, depth);
                format!("{value} > {}", self.below(300))
            }
            1 => {
                let value = self.value(scope, Text, depth);
                let pattern = self.one_of(&["a%", "%e%", "%1%", "U%", "_n%"]);
                format!("{value} LIKE '{pattern}'")
            }
            2 => {
                let value = self.value(scope, Number, 0);
                format!("{value} BETWEEN {} AND {}", self.below(20), 20 + self.below(500))
            }
            3 => {
                let (from, inner) = self.from(0);
                let own = self.value(scope, Number, 0);
                let other = self.value(&inner, Number, 0);
                format!("EXISTS (SELECT 1 FROM {from} WHERE {other} = {own})")
            }
            4 if depth > 0 => {
                let (from, inner) = self.from(0);
                let own = self.value(scope, Text, 0);
                let other = self.value(&inner, Text, 0);
                let not = self.one_of(&["", "NOT "]);
                format!("{own} {not}IN (SELECT {other} FROM {from})")
            }
            5 if depth > 0 => {
                let (a, b) = (self.condition(scope, depth - 1), self.condition(scope, depth - 1));
                let word = self.one_of(&["AND", "OR"]);
                format!("({a} {word} {b})")
            }
            6 => format!("{} IS NOT NULL", self.value(scope, Text, 0)),
            7 => {
                let (a, b) = (self.value(scope, Number, 0), self.value(scope, Number, 0));
                let op = self.one_of(&["<", "<=", "=", "<>"]);
                format!("{a} {op} {b}")
            }
            _ => format!("{} <> 'zzz'", self.value(scope, Text, depth)),
        }
    }

    /// `ORDER BY` every column, so that there is one order.
    fn ordered(&mut self, columns: usize) -> String {
        let mut positions: Vec<String> = (1..=columns).map(|n| n.to_string()).collect();
        let first = self.below(columns);
        positions.swap(0, first);
        if self.below(3) == 0 {
            positions[0].push_str(" DESC");
        }
        format!(" ORDER BY {}", positions.join(", "))
    }

    fn limited(&mut self) -> String {
        match self.below(4) {
            0 => format!(" LIMIT {}", 1 + self.below(9)),
            1 => format!(" LIMIT {} OFFSET {}", 1 + self.below(9), self.below(4)),
            _ => String::new(),
        }
    }

    fn list(&mut self, scope: &Scope, columns: usize) -> String {
        let values: Vec<String> = (0..columns)
            .map(|n| {
                let kind = self.one_of(&[Number, Text]);
                format!("{} AS c{n}", self.value(scope, kind, 2))
            })
            .collect();
        values.join(", ")
    }

    fn select(&mut self, joins: usize) -> String {
        let (from, scope) = self.from(joins);
        let columns = 1 + self.below(4);
        let distinct = self.one_of(&["", "", "DISTINCT "]);
        let list = self.list(&scope, columns);
        let when = if self.below(3) > 0 {
            format!(" WHERE {}", self.condition(&scope, 2))
        } else {
            String::new()
        };
        let order = self.ordered(columns);
        format!("SELECT {distinct}{list} FROM {from}{when}{order}{}", self.limited())
    }

    fn set_operation(&mut self) -> String {
        let operator = self.one_of(&["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]);
        let arms: Vec<String> = (0..2)
            .map(|_| {
                let (from, scope) = self.from(1);
                let (a, b) = (self.value(&scope, Text, 1), self.value(&scope, Number, 1));
                let when = self.condition(&scope, 1);
                format!("SELECT {a}, {b} FROM {from} WHERE {when}")
            })
            .collect();
        format!("{} ORDER BY 1, 2", arms.join(&format!(" {operator} ")))
    }

    fn with(&mut self) -> String {
        let (from, scope) = self.from(1);
        let (a, b) = (self.value(&scope, Text, 1), self.value(&scope, Number, 1));
        let when = self.condition(&scope, 1);
        let shown = self.one_of(&["w.a, w.b", "max(w.a), count(*)", "w.*"]);
        let tail = match shown {
            "max(w.a), count(*)" => " GROUP BY w.b ORDER BY 1, 2",
            _ => " ORDER BY 1, 2",
        };
        format!(
            "WITH w AS (SELECT {a} AS a, {b} AS b FROM {from} WHERE {when}) SELECT {shown} FROM w{tail}"
        )
    }

    fn grouped(&mut self) -> String {
        let (from, scope) = self.from(1);
        let by = self.value(&scope, Text, 1);
        let aggregate = self.one_of(&["sum", "max", "min", "count"]);
        let value = self.value(&scope, Number, 1);
        let having = if self.below(2) == 0 { " HAVING count(*) > 1" } else { "" };
        format!(
            "SELECT {by}, {aggregate}({value}), count(*) FROM {from} GROUP BY {by}{having} ORDER BY 1, 2, 3"
        )
    }

    fn windowed(&mut self) -> String {
        let (from, scope) = self.from(1);
        let key = format!("{}.id", scope[0].0);
        let function = self.one_of(&["row_number()", "rank()", "count(*)", "dense_rank()"]);
        let part = self.value(&scope, Text, 0);
        let by = self.value(&scope, Number, 1);
        let shown = self.value(&scope, Text, 1);
        format!(
            "SELECT {key}, {shown}, {function} OVER (PARTITION BY {part} ORDER BY {by}, {key}) \
             FROM {from} ORDER BY 1, 2, 3"
        )
    }

    fn whole_row(&mut self) -> String {
        let table = &TABLES[self.below(TABLES.len())];
        let when = format!("{}.id > {}", table.name, self.below(4));
        let name = table.name;
        match (self.dialect, self.below(4)) {
            (Dialect::Postgres, 0) => format!("SELECT to_jsonb(x) FROM {name} x ORDER BY x.id"),
            (Dialect::Postgres, 1) => format!("SELECT x, x::text FROM {name} x ORDER BY x.id"),
            (Dialect::Postgres, 2) => format!("TABLE {name} ORDER BY id"),
            (_, 0) => format!("SELECT * FROM {name} NATURAL JOIN staff ORDER BY 1, 2, 3, 4"),
            (_, 1) => format!("SELECT * FROM {name} JOIN sales s USING (id) ORDER BY 1, 2, 3, 4"),
            (_, 2) => format!("SELECT q.* FROM (SELECT * FROM {name}) q ORDER BY q.id"),
            _ => format!("SELECT {name}.* FROM {name} WHERE {when} ORDER BY id"),
        }
    }

    fn nested(&mut self) -> String {
        let (from, scope) = self.from(1);
        let (a, b) = (self.value(&scope, Text, 1), self.value(&scope, Number, 1));
        let when =
            self.one_of(&["q.a LIKE '%a%'", "q.b > 50", "q.a IS NOT NULL", "q.a < 'n' OR q.b = 3"]);
        format!(
            "SELECT q.a, q.b FROM (SELECT {a} AS a, {b} AS b FROM {from}) q WHERE {when} ORDER BY 1, 2"
        )
    }

    fn recursive(&mut self) -> String {
        let shown = self.one_of(&["s.dept", "s.salary", "s.id"]);
        format!(
            "WITH RECURSIVE r(id, depth, v) AS (SELECT s.id, 1, {shown} FROM staff s WHERE s.boss IS NULL \
             UNION ALL SELECT s.id, r.depth + 1, {shown} FROM staff s JOIN r ON s.boss = r.id) \
             SELECT id, depth, v FROM r ORDER BY depth, id"
        )
    }
}
