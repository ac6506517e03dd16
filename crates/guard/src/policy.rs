//! What a person may see, as data: the policy file's types, and what they mean for one table.

use serde::{Deserialize, Deserializer, Serialize};
use std::{collections::BTreeMap, fmt};

/// The policy for one person on one connection. The default: everything may be read, nothing is
/// masked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What holds for tables that no rule names.
    pub access: Access,
    /// Rules add up: denial wins, then the first mask of a column; row filters all apply.
    pub tables: Vec<TableRule>,
    /// Functions made by users that an admin marked as harmless: `schema.name`.
    pub functions: Vec<String>,
    /// The secret of `hash` masks. Without one they show nothing.
    #[serde(skip_serializing)]
    pub hash_key: Option<HashKey>,
}

/// Whether something may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    #[default]
    Allow,
    Deny,
}

/// A rule for the tables that `table` names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableRule {
    /// `name` in any schema, `schema.name`, `schema.*`, or `*`.
    pub table: String,
    /// `deny` hides the table; `allow` opens it where the policy's `access` is `deny`.
    pub access: Access,
    /// By column name. A bare `null` in YAML is the mask `null`.
    #[serde(deserialize_with = "columns")]
    pub columns: BTreeMap<String, ColumnRule>,
    /// A condition over the table's columns; `{user.region}` is the person's attribute.
    pub rows: Option<String>,
}

/// What happens to a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ColumnRule {
    /// The column is not there.
    Deny,
    /// NULL of the column's type.
    Null,
    /// Always this text, or number for a numeric column.
    Fixed(String),
    /// The first and last characters, with `fill` between them.
    Partial {
        #[serde(default)]
        start: u32,
        #[serde(default)]
        end: u32,
        #[serde(default = "fill")]
        fill: String,
    },
    /// A keyed hash: equal values stay equal, so joins still work.
    Hash,
    /// The lower bound of the bucket of this width.
    Range { width: f64 },
    /// The first day of the year.
    Year,
    /// An expression over the table's columns.
    Custom(String),
}

fn fill() -> String {
    "***".into()
}

fn columns<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, ColumnRule>, D::Error> {
    let rules = BTreeMap::<String, Option<ColumnRule>>::deserialize(from)?;
    Ok(rules.into_iter().map(|(name, rule)| (name, rule.unwrap_or(ColumnRule::Null))).collect())
}

/// The key of `hash` masks; never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct HashKey(String);

impl HashKey {
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(…)")
    }
}

impl ColumnRule {
    /// The mask's name: `null`, `partial` …
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Null => "null",
            Self::Fixed(_) => "fixed",
            Self::Partial { .. } => "partial",
            Self::Hash => "hash",
            Self::Range { .. } => "range",
            Self::Year => "year",
            Self::Custom(_) => "custom",
        }
    }

    /// Every row shows the same: nothing can be done with the column but show it.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Deny | Self::Null | Self::Fixed(_))
    }
}

/// What the rules say of one table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Governed<'p> {
    pub denied: bool,
    /// Lower-case column name and rule.
    pub columns: Vec<(String, &'p ColumnRule)>,
    pub rows: Vec<&'p str>,
}

impl Governed<'_> {
    /// The table may be read as it is.
    pub fn is_open(&self) -> bool {
        !self.denied && self.columns.is_empty() && self.rows.is_empty()
    }

    pub fn column(&self, name: &str) -> Option<&ColumnRule> {
        let name = name.to_lowercase();
        self.columns.iter().find(|(column, _)| *column == name).map(|(_, rule)| *rule)
    }
}

impl Policy {
    /// What holds for this table.
    pub(crate) fn of(&self, schema: &str, table: &str) -> Governed<'_> {
        let (mut governed, named) = self.explicit(schema, table);
        governed.denied |= !named && self.access == Access::Deny;
        governed
    }

    /// What the rules say that name this table, and whether any does.
    pub(crate) fn explicit(&self, schema: &str, table: &str) -> (Governed<'_>, bool) {
        let mut governed = Governed::default();
        let mut named = false;
        for rule in self.tables.iter().filter(|rule| rule.names(schema, table)) {
            named = true;
            governed.denied |= rule.access == Access::Deny;
            governed.rows.extend(rule.rows.as_deref());
            for (column, rule) in &rule.columns {
                let column = column.to_lowercase();
                match governed.columns.iter_mut().find(|(known, _)| *known == column) {
                    Some(known) if *rule == ColumnRule::Deny => known.1 = rule,
                    Some(_) => {}
                    None => governed.columns.push((column, rule)),
                }
            }
        }
        (governed, named)
    }

    /// Some rule filters rows.
    pub(crate) fn filters(&self) -> bool {
        self.tables.iter().any(|rule| rule.rows.is_some())
    }

    /// No rule can change any statement.
    pub(crate) fn is_open(&self) -> bool {
        self.access == Access::Allow && self.tables.is_empty()
    }
}

impl TableRule {
    /// Names are compared without case: a policy must not be passed by writing a name differently.
    fn names(&self, schema: &str, table: &str) -> bool {
        let same = |pattern: &str, name: &str| {
            pattern == "*"
                || pattern.eq_ignore_ascii_case(name)
                || (!(pattern.is_ascii() && name.is_ascii())
                    && pattern.to_lowercase() == name.to_lowercase())
        };
        let pattern = self.table.as_str();
        // A dot may be part of a table's name, or of a schema's.
        let mut dots = pattern.match_indices('.');
        same(pattern, table)
            || dots.any(|(at, _)| same(&pattern[..at], schema) && same(&pattern[at + 1..], table))
    }
}
