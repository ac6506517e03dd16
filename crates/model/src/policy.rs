//! Policies: what admins write about who may see what, and what the policies page shows of it.
//!
//! A policy holds rules for tables and columns and says whom they are for. All enabled policies
//! that are for a person add up: a table that one of them hides is hidden, the strictest mask of a
//! column counts, every row filter applies.

use crate::{
    id::{ConnectionId, PolicyId, UserId},
    result::Cell,
    role::Role,
};
use serde::{Deserialize, Serialize};

/// People, by role, by name, or all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subjects {
    pub everyone: bool,
    pub roles: Vec<Role>,
    pub users: Vec<UserId>,
}

impl Subjects {
    /// Nobody is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.everyone && self.roles.is_empty() && self.users.is_empty()
    }

    /// Is this person meant? `user: None`: somebody of that role, nobody in particular.
    #[must_use]
    pub fn include(&self, role: Role, user: Option<UserId>) -> bool {
        self.everyone
            || self.roles.contains(&role)
            || user.is_some_and(|user| self.users.contains(&user))
    }
}

/// Whether tables may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    #[default]
    Allow,
    Deny,
}

/// What is shown instead of a column's values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// The column is not there.
    Deny,
    /// Empty cells.
    Null,
    /// Always this text, or number for a numeric column.
    Fixed(String),
    /// The first `start` and last `end` characters, with `fill` between them.
    Partial { start: u32, end: u32, fill: String },
    /// A keyed hash: equal values stay equal, so joins still work.
    Hash,
    /// The lower bound of the bucket of this width. Numeric columns.
    Range { width: f64 },
    /// The first day of the year. Dates and timestamps.
    Year,
    /// An expression over the table's columns.
    Custom(String),
}

impl Mask {
    /// The mask's name: `deny`, `null`, `fixed`, `partial`, `hash`, `range`, `year`, `custom`.
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
}

/// A rule for a table, or for several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableRule {
    /// A schema's name, or `*` for every schema.
    pub schema: String,
    /// A table's name, or `*` for every table of the schema.
    pub table: String,
    /// `Deny` hides the table; `Allow` opens it where the policy's own `access` is `Deny`.
    pub access: Access,
    /// Column names and what is shown instead. Columns that a table does not have are passed over.
    pub columns: Vec<(String, Mask)>,
    /// A condition over the table's columns; `{user.email}`, `{user.name}` and `{user.role}` stand
    /// for the person's attributes.
    pub rows: Option<String>,
}

/// What the admin's form sends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PolicyDraft {
    pub name: String,
    /// `None`: every connection of the workspace.
    pub connection: Option<ConnectionId>,
    pub applies_to: Subjects,
    /// Wins over `applies_to`.
    pub except: Subjects,
    /// What holds for tables that no rule names. `Deny` makes the rules a list of what is open.
    pub access: Access,
    pub tables: Vec<TableRule>,
    pub enabled: bool,
}

impl PolicyDraft {
    /// Is this policy about this person? `user: None`: somebody of that role.
    #[must_use]
    pub fn is_for(&self, role: Role, user: Option<UserId>) -> bool {
        self.applies_to.include(role, user) && !self.except.include(role, user)
    }
}

/// A stored policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyRecord {
    pub id: PolicyId,
    pub draft: PolicyDraft,
    /// Counts the saves. Saving sends the one that was read: another's save in between is a
    /// conflict.
    pub version: i64,
    /// Who saved it last.
    pub updated_by: String,
    /// RFC 3339, UTC.
    pub updated_at: String,
}

/// An entry of the log of changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChange {
    pub policy: PolicyId,
    /// The policy's name at that time.
    pub name: String,
    /// RFC 3339, UTC.
    pub at: String,
    pub by: String,
    pub what: ChangeKind,
    /// What changed, in words: `customers.email: partial → hash`.
    pub lines: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Created,
    Changed,
    Deleted,
    Enabled,
    Disabled,
}

/// Through whose eyes to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewAs {
    /// Somebody of this role, nobody in particular.
    Role(Role),
    User(UserId),
}

/// Which rows to show before and after: of one table, with the policy as it is being edited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewRequest {
    pub connection: ConnectionId,
    /// The stored policy that the draft would replace; `None`: a new one.
    pub policy: Option<PolicyId>,
    pub draft: PolicyDraft,
    pub view_as: ViewAs,
    pub schema: String,
    pub table: String,
}

/// Up to ten real rows of a table, as they are and as somebody would see them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PolicyPreview {
    pub columns: Vec<PreviewColumn>,
    pub before: Vec<Vec<Cell>>,
    /// With `aligned`: as many as `before`, each the same row, `None` where it is hidden.
    /// Without: the first rows that are seen. Cells of columns that are not there are `None`.
    pub after: Vec<Option<Vec<Cell>>>,
    pub aligned: bool,
    /// The table is not there for this person.
    pub denied: bool,
    /// Rows of the table, and rows that are seen; `None` where counting took too long.
    pub rows: Option<u64>,
    pub visible_rows: Option<u64>,
    /// What must be said with it: that the policy is not for this person …
    pub note: Option<String>,
}

/// A column of a preview, in the table's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewColumn {
    pub name: String,
    /// The name of the mask that the person sees it through; `deny`: it is not there.
    pub mask: Option<String>,
}

/// What somebody may see of one table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EffectiveTable {
    pub schema: String,
    pub table: String,
    /// The name of the policy that hides the table.
    pub denied_by: Option<String>,
    pub columns: Vec<EffectiveMask>,
    pub rows: Vec<EffectiveFilter>,
}

/// A column that is masked, and by which policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectiveMask {
    pub column: String,
    pub mask: Mask,
    pub policy: String,
}

/// A row filter that applies, and of which policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectiveFilter {
    pub condition: String,
    pub policy: String,
}

/// A column that looks as if not everybody should see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensitiveColumn {
    pub schema: String,
    pub table: String,
    pub column: String,
    pub kind: SensitiveKind,
    /// A sentence: "The name says so, and 98 of 100 values look like e-mail addresses."
    pub why: String,
    pub suggested: Mask,
    /// An enabled policy masks it already.
    pub covered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensitiveKind {
    Secret,
    Token,
    Card,
    BankAccount,
    NationalId,
    Email,
    Phone,
    PersonName,
    BirthDate,
    Address,
    Salary,
    Network,
}

impl SensitiveKind {
    /// As people read it: `e-mail address`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Secret => "password or secret",
            Self::Token => "access token or key",
            Self::Card => "payment card",
            Self::BankAccount => "bank account",
            Self::NationalId => "national id",
            Self::Email => "e-mail address",
            Self::Phone => "phone number",
            Self::PersonName => "person's name",
            Self::BirthDate => "date of birth",
            Self::Address => "postal address",
            Self::Salary => "salary",
            Self::Network => "network address",
        }
    }
}
