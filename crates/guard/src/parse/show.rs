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
pub(crate) const SETTINGS: [&str; 60] = [
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
    "max_index_keys",
    "max_identifier_length",
    "integer_datetimes",
    "bytea_output",
    "default_transaction_deferrable",
    "transaction_deferrable",
    "effective_cache_size",
    "shared_buffers",
    "maintenance_work_mem",
    "random_page_cost",
    "idle_in_transaction_session_timeout",
    "temp_buffers",
    "jit",
    "max_parallel_workers_per_gather",
    "default_statistics_target",
    "wal_level",
    "max_worker_processes",
    "autovacuum",
    "array_nulls",
    "backslash_quote",
    "escape_string_warning",
    "quote_all_identifiers",
    "row_security",
    "xmlbinary",
    "xmloption",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "timezone_abbreviations",
    "is_superuser",
    "segment_size",
    "wal_block_size",
    "geqo",
    "constraint_exclusion",
    "max_function_args",
    "default_toast_compression",
    "in_hot_standby",
];

/// MySQL's settings of the same kind, for SHOW VARIABLES LIKE and `@@name`.
pub(crate) const VARIABLES: [&str; 88] = [
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
    "auto_increment_increment",
    "auto_increment_offset",
    "license",
    "net_buffer_length",
    "performance_schema",
    "query_cache_size",
    "query_cache_type",
    "sql_auto_is_null",
    "sql_safe_updates",
    "sql_big_selects",
    "unique_checks",
    "big_tables",
    "max_heap_table_size",
    "tmp_table_size",
    "sort_buffer_size",
    "join_buffer_size",
    "innodb_lock_wait_timeout",
    "lock_wait_timeout",
    "long_query_time",
    "default_tmp_storage_engine",
    "storage_engine",
    "protocol_version",
    "have_ssl",
    "have_query_cache",
    "ft_min_word_len",
    "innodb_ft_min_token_size",
    "max_join_size",
    "low_priority_updates",
    "character_set_filesystem",
    "explicit_defaults_for_timestamp",
    "max_sort_length",
    "max_length_for_sort_data",
    "max_user_connections",
    "cte_max_recursion_depth",
    "max_recursive_iterations",
    "optimizer_switch",
    "default_collation_for_utf8mb4",
    "windowing_use_high_precision",
    "innodb_page_size",
    "innodb_buffer_pool_size",
    "max_error_count",
    "connect_timeout",
    "table_open_cache",
    "thread_cache_size",
    "event_scheduler",
    "version_malloc_library",
    "version_source_revision",
    "version_ssl_library",
];

/// PRAGMAs that only read, and whether they need the name of a table or index.
const PRAGMAS: [(&str, PragmaKind); 50] = [
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
    ("busy_timeout", PragmaKind::Bare),
    ("locking_mode", PragmaKind::Bare),
    ("secure_delete", PragmaKind::Bare),
    ("read_uncommitted", PragmaKind::Bare),
    ("threads", PragmaKind::Bare),
    ("mmap_size", PragmaKind::Bare),
    ("legacy_alter_table", PragmaKind::Bare),
    ("automatic_index", PragmaKind::Bare),
    ("defer_foreign_keys", PragmaKind::Bare),
    ("wal_autocheckpoint", PragmaKind::Bare),
    ("trusted_schema", PragmaKind::Bare),
    ("hard_heap_limit", PragmaKind::Bare),
    ("soft_heap_limit", PragmaKind::Bare),
    ("analysis_limit", PragmaKind::Bare),
    ("cell_size_check", PragmaKind::Bare),
    ("fullfsync", PragmaKind::Bare),
    ("checkpoint_fullfsync", PragmaKind::Bare),
    ("ignore_check_constraints", PragmaKind::Bare),
    ("journal_size_limit", PragmaKind::Bare),
    ("reverse_unordered_selects", PragmaKind::Bare),
    ("cache_spill", PragmaKind::Bare),
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
const SHOW_WORDS: [&[&str]; 17] = [
    &["EVENTS"],
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
        if self.eat("STATUS") {
            return self.show_status(start);
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
        let shown: Vec<_> =
            VARIABLES.iter().filter(|name| like(&pattern.to_ascii_lowercase(), name)).collect();
        if shown.is_empty() || pattern.starts_with(['%', '_']) {
            return refuse();
        }
        if shown.len() == 1 && !pattern.contains(['%', '_']) {
            return Ok(Show::Words { words, from: None, filter: Filter::Like(pattern) });
        }
        // Of those that the pattern means, the harmless ones.
        let names: Vec<_> = shown.iter().map(|name| format!("'{name}'")).collect();
        let text = format!("Variable_name IN ({})", names.join(", "));
        let filter = Filter::Where(super::expression(&text, self.flavour)?);
        Ok(Show::Words { words, from: None, filter })
    }

    /// `SHOW STATUS LIKE 'Ssl_cipher'`: what clients ask of their own session.
    fn show_status(&mut self, start: Span) -> Checked<Show> {
        const NAMES: [&str; 5] = ["ssl_cipher", "ssl_version", "uptime", "questions", "queries"];
        self.expect("LIKE").map_err(|_| {
            let reason = "SHOW STATUS needs LIKE and the name of one counter.";
            Fault::new("show", reason, self.since(start))
        })?;
        let pattern = self.string()?;
        if !NAMES.contains(&pattern.to_ascii_lowercase().as_str()) {
            let reason = "This counter of the server is not on the list of harmless ones.";
            return Err(Fault::new("show", reason, self.since(start)));
        }
        Ok(Show::Words { words: vec!["STATUS"], from: None, filter: Filter::Like(pattern) })
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
    if let [Part::Tuple { row: false, items }] = filter.parts.as_slice()
        && let [inner] = items.as_slice()
    {
        return names_listed(inner);
    }
    let either = |part: &Part| matches!(part, Part::Op(op) if op == "OR");
    if filter.parts.iter().any(either) {
        let arms = filter.parts.split(either);
        return arms
            .map(|parts| Expr { parts: parts.to_vec(), span: filter.span })
            .all(|arm| names_listed(&arm));
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

/// `%` for any text, `_` for any character, `\\` before either for itself. In time linear in the
/// pattern for each character of the text, whatever the pattern.
fn like(pattern: &str, text: &str) -> bool {
    let mut wanted = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => wanted.extend(chars.next().map(Wanted::One)),
            '%' if wanted.last() == Some(&Wanted::Many) => {}
            '%' => wanted.push(Wanted::Many),
            '_' => wanted.push(Wanted::Any),
            other => wanted.push(Wanted::One(other)),
        }
    }
    // Ends of the text at which what of the pattern was read so far may stand.
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for wanted in wanted {
        let mut next = vec![false; text.len() + 1];
        if wanted == Wanted::Many {
            let first = reached.iter().position(|reached| *reached).unwrap_or(text.len() + 1);
            next.iter_mut().skip(first).for_each(|reached| *reached = true);
        } else {
            for (at, c) in text.iter().enumerate() {
                next[at + 1] = reached[at] && (wanted == Wanted::Any || wanted == Wanted::One(*c));
            }
        }
        reached = next;
    }
    reached[text.len()]
}

/// A part of a pattern of LIKE.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    One(char),
    Any,
    Many,
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("max%", "max_connections", true),
            ("max\\_%", "max_connections", true),
            ("max\\_%", "maxim", false),
            ("m_x%s", "max_connections", true),
            ("%x%", "max", true),
            ("max", "max_connections", false),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} {text}");
        }
        // Tried one after the other, the ways to split the text would have no end.
        let many = format!("m{}x", "%_".repeat(10_000));
        assert!(!like(&many, "max_connections_of_everybody_there_is"));
    }
}
