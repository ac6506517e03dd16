//! SQLite's PRAGMAs that only read.

use super::Parser;
use crate::{
    ast::{Ident, PragmaArgument, Show},
    fault::{Checked, Fault},
    lexer::Tok,
};

/// PRAGMAs that only read, and whether they need the name of a table or index.
const PRAGMAS: [(&str, PragmaKind); 53] = [
    ("integrity_check", PragmaKind::Rows),
    ("quick_check", PragmaKind::Rows),
    ("foreign_key_check", PragmaKind::Rows),
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
    /// May have a table's name; tells of rows, wherever those are.
    Rows,
    /// Takes no argument: an argument would set it.
    Bare,
}

/// A PRAGMA of the list, by its lower-case name.
pub(crate) fn pragma(name: &str) -> Option<(&'static str, PragmaKind)> {
    PRAGMAS.iter().copied().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

impl Parser {
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
