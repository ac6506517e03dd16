//! What a person may see, as data.

use serde::{Deserialize, Serialize};

/// The policy for one person on one connection. The default: everything may be read, nothing is
/// masked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    pub tables: Vec<TableRule>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRule {
    pub table: String,
}
