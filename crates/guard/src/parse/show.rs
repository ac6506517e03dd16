//! Statements that list metadata or plans: EXPLAIN, SHOW, DESCRIBE, PRAGMA.

use super::Parser;
use crate::{
    Flavour,
    ast::{Explain, Expr, Filter, Ident, Literal, Part, PragmaArgument, Show, Statement},
    fault::{Checked, Fault, Span},
    lexer::Tok,
};

/// PostgreSQL's EXPLAIN options that execute nothing.
const EXPLAIN_FLAGS: [&str; 8] =
    ["VERBOSE", "COSTS", "SETTINGS", "BUFFERS", "SUMMARY", "TIMING", "GENERIC_PLAN", "MEMORY"];

/// Settings of PostgreSQL that say nothing of paths, hosts or people.
pub(crate) const SETTINGS: [&str; 23] = [
    "server_version",
    "server_version_num",
    "server_encoding",
    "client_encoding",
    "timezone",
    "datestyle",
    "intervalstyle",
    "search_path",
    "statement_timeout",
    "lock_timeout",
    "work_mem",
    "transaction_isolation",
    "transaction_read_only",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "standard_conforming_strings",
    "lc_collate",
    "lc_ctype",
    "lc_messages",
    "max_connections",
    "block_size",
    "extra_float_digits",
    "default_text_search_config",
];

/// MySQL's settings of the same kind, for SHOW VARIABLES LIKE and `@@name`.
pub(crate) const VARIABLES: [&str; 40] = [
    "max_connections",
    "wait_timeout",
    "interactive_timeout",
    "innodb_version",
    "lower_case_file_system",
    "default_week_format",
    "lc_time_names",
    "sql_select_limit",
    "foreign_key_checks",
    "tx_read_only",
    "transaction_read_only",
    "read_only",
    "net_read_timeout",
    "net_write_timeout",
    "version",
    "version_comment",
    "version_compile_os",
    "version_compile_machine",
    "sql_mode",
    "time_zone",
    "system_time_zone",
    "character_set_client",
    "character_set_connection",
    "character_set_database",
    "character_set_results",
    "character_set_server",
    "character_set_system",
    "collation_connection",
    "collation_database",
    "collation_server",
    "autocommit",
    "lower_case_table_names",
    "max_allowed_packet",
    "max_execution_time",
    "max_statement_time",
    "group_concat_max_len",
    "default_storage_engine",
    "transaction_isolation",
    "tx_isolation",
    "div_precision_increment",
];

/// PRAGMAs that only read, and whether they need the name of a table or index.
const PRAGMAS: [(&str, PragmaKind); 29] = [
    ("journal_mode", PragmaKind::Bare),
    ("cache_size", PragmaKind::Bare),
    ("synchronous", PragmaKind::Bare),
    ("temp_store", PragmaKind::Bare),
    ("recursive_triggers", PragmaKind::Bare),
    ("table_info", PragmaKind::Table),
    ("table_xinfo", PragmaKind::Table),
    ("index_list", PragmaKind::Table),
    ("foreign_key_list", PragmaKind::Table),
    ("index_info", PragmaKind::Index),
    ("index_xinfo", PragmaKind::Index),
    ("table_list", PragmaKind::MaybeTable),
    ("collation_list", PragmaKind::Bare),
    ("function_list", PragmaKind::Bare),
    ("module_list", PragmaKind::Bare),
    ("pragma_list", PragmaKind::Bare),
    ("compile_options", PragmaKind::Bare),
    ("encoding", PragmaKind::Bare),
    ("user_version", PragmaKind::Bare),
    ("application_id", PragmaKind::Bare),
    ("schema_version", PragmaKind::Bare),
    ("data_version", PragmaKind::Bare),
    ("page_size", PragmaKind::Bare),
    ("page_count", PragmaKind::Bare),
    ("freelist_count", PragmaKind::Bare),
    ("max_page_count", PragmaKind::Bare),
    ("foreign_keys", PragmaKind::Bare),
    ("query_only", PragmaKind::Bare),
    ("auto_vacuum", PragmaKind::Bare),
];

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum PragmaKind {
    /// Needs a table's name.
    Table,
    /// Needs an index's name.
    Index,
    MaybeTable,
    /// Takes no argument: an argument would set it.
    Bare,
}

/// A PRAGMA of the list, by its lower-case name.
pub(crate) fn pragma(name: &str) -> Option<(&'static str, PragmaKind)> {
    PRAGMAS.iter().copied().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// MySQL's SHOW statements about no table.
const SHOW_WORDS: [&[&str]; 16] = [
    &["FUNCTION", "STATUS"],
    &["PROCEDURE", "STATUS"],
    &["PRIVILEGES"],
    &["FULL", "TABLES"],
    &["EXTENDED", "TABLES"],
    &["TABLES"],
    &["TABLE", "STATUS"],
    &["DATABASES"],
    &["SCHEMAS"],
    &["CHARACTER", "SET"],
    &["CHARSET"],
    &["COLLATION"],
    &["ENGINES"],
    &["STORAGE", "ENGINES"],
    &["WARNINGS"],
    &["ERRORS"],
];

const SHOW_TABLE: [&[&str]; 11] = [
    &["FULL", "COLUMNS"],
    &["FULL", "FIELDS"],
    &["EXTENDED", "COLUMNS"],
    &["EXTENDED", "FIELDS"],
    &["COLUMNS"],
    &["FIELDS"],
    &["INDEX"],
    &["INDEXES"],
    &["KEYS"],
    &["CREATE", "TABLE"],
    &["CREATE", "VIEW"],
];

impl Parser {
    pub fn explain(&mut self) -> Checked<Statement> {
        let start = self.span();
        match self.flavour {
            Flavour::Postgres => self.explain_postgres(start),
            Flavour::Sqlite => self.explain_sqlite(),
            Flavour::MySql | Flavour::MariaDb => self.explain_mysql(start),
        }
    }

    fn explained(&mut self, options: Explain) -> Checked<Statement> {
        if !self.query_ahead() {
            let reason = "Only queries are explained here.";
            return Err(Fault::new("not_a_read", reason, self.span()));
        }
        Ok(Statement::Explain { options, query: self.query()? })
    }

    fn executes<T>(&self) -> Checked<T> {
        let reason = "EXPLAIN ANALYZE executes the statement; without ANALYZE it is only planned.";
        Err(Fault::new("explain_analyze", reason, self.span()).hint("Leave ANALYZE out."))
    }

    fn explain_postgres(&mut self, start: Span) -> Checked<Statement> {
        if !self.eat("EXPLAIN") {
            return Err(Fault::new("not_a_read", "This is not a statement that reads.", start));
        }
        let mut options = Vec::new();
        if self.is_op("(") && !self.query_ahead() {
            options = self.parens(|p| p.list(Self::explain_option))?;
        } else {
            if self.is("ANALYZE") || self.is("ANALYSE") {
                return self.executes();
            }
            if self.eat("VERBOSE") {
                options.push(("VERBOSE", None));
            }
        }
        self.explained(Explain::Postgres(options))
    }

    fn explain_option(&mut self) -> Checked<(&'static str, Option<&'static str>)> {
        const VALUES: [&str; 10] =
            ["TRUE", "FALSE", "ON", "OFF", "TEXT", "XML", "JSON", "YAML", "NONE", "1"];
        if self.is("WAL") || self.is("SERIALIZE") {
            return self.executes();
        }
        if self.is("ANALYZE") || self.is("ANALYSE") {
            if !["FALSE", "OFF"].iter().any(|word| self.is_at(1, word)) {
                return self.executes();
            }
            self.skip(1);
            return Ok(("ANALYZE", self.eat_one(&["FALSE", "OFF"])));
        }
        let name = if self.eat("FORMAT") {
            "FORMAT"
        } else {
            match self.eat_one(&EXPLAIN_FLAGS) {
                Some(flag) => flag,
                None => return self.unexpected(),
            }
        };
        Ok((name, self.eat_one(&VALUES)))
    }

    fn explain_sqlite(&mut self) -> Checked<Statement> {
        self.expect("EXPLAIN")?;
        let query_plan = self.eat_all(&["QUERY", "PLAN"]);
        self.explained(Explain::Sqlite { query_plan })
    }

    fn explain_mysql(&mut self, start: Span) -> Checked<Statement> {
        self.skip(1);
        if self.is("ANALYZE") {
            return self.executes();
        }
        let extended = self.eat_one(&["EXTENDED", "PARTITIONS"]);
        let format = if self.is("FORMAT") && self.op_at(1, "=") {
            self.skip(2);
            let format = match self.next() {
                Tok::Word(word) | Tok::Str(word) => word.to_ascii_uppercase(),
                _ => return self.unexpected(),
            };
            let known = ["TRADITIONAL", "JSON", "TREE"].into_iter().find(|f| *f == format);
            Some(known.ok_or_else(|| Fault::new("syntax", "This format is not known.", start))?)
        } else {
            None
        };
        if self.query_ahead() {
            return self.explained(Explain::MySql { extended, format });
        }
        if extended.is_some() || format.is_some() || self.is("FOR") {
            return self.explained(Explain::MySql { extended, format });
        }
        if self.words_that_write() {
            let reason = "Only queries are explained here.";
            return Err(Fault::new("not_a_read", reason, self.span()));
        }
        let table = self.name(2)?;
        let column = match self.peek() {
            Tok::Str(_) => Some(Literal::Text(self.string()?)),
            Tok::Word(_) | Tok::Quoted { .. } => {
                let ident = self.ident()?;
                Some(Literal::Text(ident.value))
            }
            _ => None,
        };
        let words = vec!["DESCRIBE"];
        Ok(Statement::Show(Show::Table { words, table, column, filter: Filter::None }))
    }

    fn words_that_write(&self) -> bool {
        ["INSERT", "UPDATE", "DELETE", "REPLACE"].iter().any(|word| self.is(word))
    }

    pub fn show(&mut self) -> Checked<Show> {
        let start = self.span();
        self.skip(1);
        if self.flavour.is_postgres() {
            return self.show_setting(start);
        }
        if let Some(words) = self.eat_words(&SHOW_TABLE) {
            return self.show_table(words);
        }
        if self.is("COUNT") && self.op_at(1, "(") && self.op_at(2, "*") && self.op_at(3, ")") {
            self.skip(4);
            let words = match self.eat_one(&["WARNINGS", "ERRORS"]) {
                Some("WARNINGS") => vec!["COUNT(*) WARNINGS"],
                Some(_) => vec!["COUNT(*) ERRORS"],
                None => return self.unexpected(),
            };
            return Ok(Show::Words { words, from: None, filter: Filter::None });
        }
        if self.eat_all(&["CREATE", "DATABASE"]) || self.eat_all(&["CREATE", "SCHEMA"]) {
            let from = Some(self.ident()?);
            return Ok(Show::Words {
                words: vec!["CREATE", "DATABASE"],
                from,
                filter: Filter::None,
            });
        }
        if let Some(words) = self.eat_words(&SHOW_WORDS) {
            return self.show_words(words);
        }
        let global = self.eat("GLOBAL") || self.eat("SESSION") || self.eat("LOCAL");
        if self.eat("VARIABLES") {
            return self.show_variables();
        }
        let _ = global;
        Err(Fault::new("show", "This SHOW statement is not on the list of harmless ones.", start))
    }

    fn eat_words(&mut self, known: &[&'static [&'static str]]) -> Option<Vec<&'static str>> {
        let words = known.iter().find(|words| self.are(words))?;
        self.skip(words.len());
        Some(words.to_vec())
    }

    /// One setting; `TIME ZONE` and `TRANSACTION ISOLATION LEVEL` are spelt with blanks.
    fn show_setting(&mut self, start: Span) -> Checked<Show> {
        let name = if self.eat_all(&["TIME", "ZONE"]) {
            "timezone".to_owned()
        } else if self.eat_all(&["TRANSACTION", "ISOLATION", "LEVEL"]) {
            "transaction_isolation".to_owned()
        } else {
            self.any_ident()?.value.to_ascii_lowercase()
        };
        if !SETTINGS.contains(&name.as_str()) {
            let reason = "This setting is not on the list of harmless ones.";
            return Err(Fault::new("show", reason, self.since(start)));
        }
        Ok(Show::Setting(name))
    }

    fn show_table(&mut self, words: Vec<&'static str>) -> Checked<Show> {
        let create = words[0] == "CREATE";
        if !create && !self.eat("FROM") {
            self.expect("IN")?;
        }
        let mut table = self.name(2)?;
        if !create && (self.eat("FROM") || self.eat("IN")) {
            table = vec![self.ident()?, table.pop().ok_or_else(|| self.missing())?];
        }
        let filter = if create { Filter::None } else { self.show_filter()? };
        Ok(Show::Table { words, table, column: None, filter })
    }

    fn missing(&self) -> Box<Fault> {
        Fault::new("syntax", "A name is missing here.", self.span())
    }

    fn show_words(&mut self, mut words: Vec<&'static str>) -> Checked<Show> {
        let notes = words.last().is_some_and(|word| matches!(*word, "WARNINGS" | "ERRORS"));
        if notes && self.eat("LIMIT") {
            // At most as many as the server keeps; which of them is of no matter.
            let Tok::Number(_) = self.next() else { return self.unexpected() };
            if self.eat_op(",") {
                let Tok::Number(_) = self.next() else { return self.unexpected() };
            }
            return Ok(Show::Words {
                words: std::mem::take(&mut words),
                from: None,
                filter: Filter::None,
            });
        }
        let listed = words.last().is_some_and(|word| matches!(*word, "TABLES" | "STATUS"));
        let from =
            if listed && (self.eat("FROM") || self.eat("IN")) { Some(self.ident()?) } else { None };
        Ok(Show::Words { words, from, filter: self.show_filter()? })
    }

    fn show_filter(&mut self) -> Checked<Filter> {
        if self.eat("LIKE") {
            return self.string().map(Filter::Like);
        }
        if self.eat("WHERE") {
            return self.expr().map(Filter::Where);
        }
        Ok(Filter::None)
    }

    /// `SHOW VARIABLES LIKE 'version%'`: every name that the pattern can mean is a listed one, or
    /// it begins like no other. `WHERE Variable_name = '…'` and `IN (…)` say the same.
    fn show_variables(&mut self) -> Checked<Show> {
        let span = self.span();
        let words = vec!["VARIABLES"];
        let refuse = || {
            let reason = "This setting is not on the list of harmless ones.";
            Err(Fault::new("show", reason, span))
        };
        if self.eat("WHERE") {
            let filter = self.expr()?;
            return if names_listed(&filter) {
                Ok(Show::Words { words, from: None, filter: Filter::Where(filter) })
            } else {
                refuse()
            };
        }
        self.expect("LIKE").map_err(|_| {
            Fault::new("show", "SHOW VARIABLES needs LIKE and the name of one setting.", span)
        })?;
        let pattern = self.string()?;
        let stem = pattern.to_ascii_lowercase().replace("\\_", "_");
        let stems = [
            "version",
            "version_",
            "character_set",
            "character_set_",
            "collation",
            "collation_",
            "time_zone",
            "tx_",
            "max_allowed",
        ];
        let known = match stem.strip_suffix('%') {
            Some(stem) => stems.contains(&stem),
            None => VARIABLES.contains(&stem.as_str()),
        };
        if !known {
            return refuse();
        }
        if stem.starts_with("character_set") && stem.ends_with('%') {
            // One of these names is followed by a path.
            let pattern = crate::render::text(&pattern, self.flavour);
            let text =
                format!("Variable_name LIKE {pattern} AND Variable_name <> 'character_sets_dir'");
            let filter = Filter::Where(super::expression(&text, self.flavour)?);
            return Ok(Show::Words { words, from: None, filter });
        }
        Ok(Show::Words { words, from: None, filter: Filter::Like(pattern) })
    }

    pub fn pragma(&mut self) -> Checked<Show> {
        self.skip(1);
        let mut schema = None;
        let mut name = self.any_ident()?;
        if self.eat_op(".") {
            schema = Some(name);
            name = self.any_ident()?;
        }
        let Some((known, kind)) = pragma(&name.value) else {
            let reason =
                format!("PRAGMA {} is not on the list of those that only read.", name.value);
            return Err(Fault::new("pragma", reason, name.span));
        };
        let argument = if self.is_op("(") && kind != PragmaKind::Bare {
            Some(self.parens(Self::pragma_argument)?)
        } else if kind != PragmaKind::Bare && self.eat_op("=") {
            Some(self.pragma_argument()?)
        } else {
            None
        };
        if self.is_op("(") || self.is_op("=") {
            let reason = format!("PRAGMA {known} with a value would change it.");
            return Err(Fault::new("pragma", reason, self.span()));
        }
        if argument.is_none() && matches!(kind, PragmaKind::Table | PragmaKind::Index) {
            let reason = format!("PRAGMA {known} needs the name of a table or index.");
            return Err(Fault::new("pragma", reason, name.span));
        }
        Ok(Show::Pragma { schema, name: known, argument })
    }

    fn pragma_argument(&mut self) -> Checked<PragmaArgument> {
        let span = self.span();
        match self.peek().clone() {
            Tok::Number(digits) => {
                self.skip(1);
                Ok(PragmaArgument::Number(digits))
            }
            Tok::Str(value) => {
                self.skip(1);
                let ident = Ident { value, quoted: true, double: false, span };
                Ok(PragmaArgument::Name(ident))
            }
            _ => self.any_ident().map(PragmaArgument::Name),
        }
    }
}

/// `Variable_name = 'x'`, `Variable_name IN ('x', 'y')` with listed names only.
fn names_listed(filter: &Expr) -> bool {
    let listed = |part: &Part| {
        matches!(part, Part::Literal(Literal::Text(name))
            if VARIABLES.contains(&name.to_ascii_lowercase().as_str()))
    };
    if let [
        Part::Column(_),
        Part::Op(like),
        Part::Literal(Literal::Text(pattern)),
        Part::Op(and),
        Part::Column(_),
        Part::Op(not),
        Part::Literal(Literal::Text(path)),
    ] = filter.parts.as_slice()
    {
        return like == "LIKE"
            && and == "AND"
            && not == "<>"
            && path == "character_sets_dir"
            && pattern.starts_with("character_set");
    }
    let [Part::Column(name), Part::Op(op), value] = filter.parts.as_slice() else { return false };
    let named =
        matches!(name.as_slice(), [only] if only.value.eq_ignore_ascii_case("variable_name"));
    let value = match (op.as_ref(), value) {
        ("IN", Part::Tuple { items, .. }) => {
            items.iter().all(|item| matches!(item.parts.as_slice(), [one] if listed(one)))
        }
        ("=", one) => listed(one),
        _ => false,
    };
    named && value
}
