//! Settings of servers that may be asked for.

use super::Parser;
use crate::{
    ast::{Expr, Filter, Literal, Part, Show},
    fault::{Checked, Fault, Span},
};

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
pub(crate) const VARIABLES: [&str; 89] = [
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
    "init_connect",
    "version_malloc_library",
    "version_source_revision",
    "version_ssl_library",
];

impl Parser {
    /// One setting; `TIME ZONE` and `TRANSACTION ISOLATION LEVEL` are spelt with blanks.
    pub(super) fn show_setting(&mut self, start: Span) -> Checked<Show> {
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

    /// `SHOW VARIABLES LIKE 'version%'`: every name that the pattern can mean is a listed one, or
    /// it begins like no other. `WHERE Variable_name = '…'` and `IN (…)` say the same.
    pub(super) fn show_variables(&mut self) -> Checked<Show> {
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
    pub(super) fn show_status(&mut self, start: Span) -> Checked<Show> {
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
