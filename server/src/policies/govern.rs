//! Merging: from the policies of a workspace to what one person may see of each table.
//!
//! A policy that hides a table wins. Policies that hide whatever they do not name are lists of what
//! is open: a table must be on one of them, and being masked by another policy does not put it
//! there. Of a policy's masks of a column the one that names the table most closely counts, of
//! several policies' masks the strictest. Every row filter applies.

use guard::policy::{self as gate, ColumnRule, HashKey};
use model::{
    catalog::{Catalog, Table},
    id::{ConnectionId, UserId},
    policy::{
        Access, EffectiveFilter, EffectiveMask, EffectiveTable, Mask, PolicyDraft, TableRule,
    },
    role::Role,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Somebody, as far as policies care. `user: None`: nobody in particular of that role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    pub role: Role,
    pub user: Option<UserId>,
}

/// What the policies say to one person about one connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Governed {
    /// What holds for a table that is not in `tables`: it is hidden.
    pub closed: bool,
    /// Tables that some policy governs, and with `closed` also those that are open.
    pub tables: BTreeMap<(String, String), EffectiveTable>,
}

/// Merges the policies that are enabled, about this connection and for this person.
#[must_use]
pub fn govern<'p>(
    drafts: impl IntoIterator<Item = &'p PolicyDraft>,
    connection: ConnectionId,
    subject: Subject,
    catalog: &Catalog,
) -> Governed {
    let drafts: Vec<&PolicyDraft> = drafts
        .into_iter()
        .filter(|draft| draft.enabled && draft.is_for(subject.role, subject.user))
        .filter(|draft| draft.connection.is_none_or(|named| named == connection))
        .collect();
    if drafts.is_empty() {
        return Governed::default();
    }
    let closed = drafts.iter().any(|draft| draft.access == Access::Deny);
    let tables = catalog
        .tables()
        .map(|(schema, table)| ((schema, table), of_table(&drafts, schema, table)))
        .filter(|(_, says)| closed == says.denied_by.is_none() || !says.is_open())
        .map(|((schema, table), says)| ((schema.to_owned(), table.name.clone()), says))
        .collect();
    Governed { closed, tables }
}

/// Does any rule of this policy mask or hide this column?
#[must_use]
pub fn covers(draft: &PolicyDraft, schema: &str, table: &str, column: &str) -> bool {
    let mut rules = draft.tables.iter().filter(|rule| names(rule, schema, table)).peekable();
    (draft.access == Access::Deny && rules.peek().is_none())
        || rules.any(|rule| {
            rule.access == Access::Deny || rule.columns.iter().any(|(name, _)| same(name, column))
        })
}

fn of_table(drafts: &[&PolicyDraft], schema: &str, table: &Table) -> EffectiveTable {
    let mut says = EffectiveTable {
        schema: schema.to_owned(),
        table: table.name.clone(),
        ..EffectiveTable::default()
    };
    let mut not_listed = None;
    let mut listed = false;
    for draft in drafts {
        let mut rules: Vec<&TableRule> =
            draft.tables.iter().filter(|rule| names(rule, schema, &table.name)).collect();
        rules.sort_by_key(|rule| closeness(rule));
        let hidden = rules.iter().any(|rule| rule.access == Access::Deny);
        if hidden {
            says.denied_by.get_or_insert_with(|| draft.name.clone());
        }
        if draft.access == Access::Deny {
            listed |= !rules.is_empty() && !hidden;
            not_listed = not_listed.or(Some(&draft.name));
        }
        mask(&mut says.columns, draft, &rules, table);
        let rows = rules.iter().filter_map(|rule| rule.rows.as_deref());
        says.rows.extend(rows.map(|condition| EffectiveFilter {
            condition: condition.to_owned(),
            policy: draft.name.clone(),
        }));
    }
    if let (Some(name), false) = (not_listed, listed) {
        says.denied_by.get_or_insert_with(|| name.clone());
    }
    says
}

/// Adds one policy's masks; of two for a column the stricter one stays.
fn mask(masks: &mut Vec<EffectiveMask>, draft: &PolicyDraft, rules: &[&TableRule], table: &Table) {
    for column in &table.columns {
        let chosen =
            rules.iter().flat_map(|rule| &rule.columns).find(|(name, _)| same(name, &column.name));
        let Some((_, chosen)) = chosen else { continue };
        let new = EffectiveMask {
            column: column.name.clone(),
            mask: chosen.clone(),
            policy: draft.name.clone(),
        };
        match masks.iter_mut().find(|known| known.column == column.name) {
            Some(known) if strictness(chosen) < strictness(&known.mask) => *known = new,
            Some(_) => {}
            None => masks.push(new),
        }
    }
}

/// Less shows less.
fn strictness(mask: &Mask) -> u8 {
    match mask {
        Mask::Deny => 0,
        Mask::Null => 1,
        Mask::Fixed(_) => 2,
        Mask::Hash => 3,
        Mask::Year | Mask::Range { .. } | Mask::Partial { .. } | Mask::Custom(_) => 4,
    }
}

/// Names are compared without case: a policy must not be passed by writing a name differently.
fn names(rule: &TableRule, schema: &str, table: &str) -> bool {
    (rule.schema == "*" || same(&rule.schema, schema))
        && (rule.table == "*" || same(&rule.table, table))
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || (!(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase())
}

fn closeness(rule: &TableRule) -> u8 {
    match (rule.schema.as_str(), rule.table.as_str()) {
        ("*", "*") => 3,
        (_, "*") => 2,
        ("*", _) => 1,
        _ => 0,
    }
}

impl Governed {
    /// Nothing is hidden, masked or filtered.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.closed && self.tables.is_empty()
    }

    /// What is said of one table.
    #[must_use]
    pub fn table(&self, schema: &str, table: &str) -> Option<&EffectiveTable> {
        self.tables.get(&(schema.to_owned(), table.to_owned()))
    }

    /// Is the table hidden by a policy about itself? Views may be hidden by what they read.
    #[must_use]
    pub fn hides(&self, schema: &str, table: &str) -> bool {
        self.table(schema, table).map_or(self.closed, |says| says.denied_by.is_some())
    }

    /// A short text that is the same for everybody to whom the policies say the same.
    #[must_use]
    pub fn key(&self) -> String {
        if self.is_open() {
            return String::new();
        }
        let tables: Vec<&EffectiveTable> = self.tables.values().collect();
        let json = serde_json::to_vec(&(self.closed, tables)).unwrap_or_default();
        store::seal::hex(&Sha256::digest(json)[..16])
    }

    /// The same for the guard.
    #[must_use]
    pub fn policy(&self, hash_key: HashKey) -> gate::Policy {
        gate::Policy {
            access: if self.closed { gate::Access::Deny } else { gate::Access::Allow },
            tables: self.tables.values().flat_map(gate_rules).collect(),
            functions: Vec::new(),
            hash_key: Some(hash_key),
        }
    }
}

/// One rule for each filter: the guard reads each condition by itself.
fn gate_rules(says: &EffectiveTable) -> Vec<gate::TableRule> {
    let table = format!("{}.{}", says.schema, says.table);
    let rows = says.rows.iter().map(|filter| gate::TableRule {
        table: table.clone(),
        rows: Some(filter.condition.clone()),
        ..gate::TableRule::default()
    });
    let first = gate::TableRule {
        table: table.clone(),
        access: match says.denied_by {
            Some(_) => gate::Access::Deny,
            None => gate::Access::Allow,
        },
        columns: says.columns.iter().map(|m| (m.column.clone(), rule_of(&m.mask))).collect(),
        rows: None,
    };
    std::iter::once(first).chain(rows).collect()
}

/// The guard's word for a mask.
#[must_use]
pub fn rule_of(mask: &Mask) -> ColumnRule {
    match mask.clone() {
        Mask::Deny => ColumnRule::Deny,
        Mask::Null => ColumnRule::Null,
        Mask::Fixed(text) => ColumnRule::Fixed(text),
        Mask::Partial { start, end, fill } => ColumnRule::Partial { start, end, fill },
        Mask::Hash => ColumnRule::Hash,
        Mask::Range { width } => ColumnRule::Range { width },
        Mask::Year => ColumnRule::Year,
        Mask::Custom(text) => ColumnRule::Custom(text),
    }
}

/// For what the policies say of one table.
pub trait Open {
    /// They say nothing.
    fn is_open(&self) -> bool;
}

impl Open for EffectiveTable {
    fn is_open(&self) -> bool {
        self.denied_by.is_none() && self.columns.is_empty() && self.rows.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        catalog::{Column, Schema, TableKind, ValueKind},
        dialect::Dialect,
        policy::Subjects,
    };

    fn catalog() -> Catalog {
        let column = |name: &str| Column {
            name: name.into(),
            type_name: "text".into(),
            kind: ValueKind::Text,
            nullable: true,
            default: None,
            comment: None,
            generated: None,
            labels: Vec::new(),
        };
        let table = |name: &str| Table {
            name: name.into(),
            kind: TableKind::Table,
            comment: None,
            row_estimate: None,
            columns: vec![column("id"), column("Email")],
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            definition: None,
            parents: Vec::new(),
            partition_key: None,
            partition_bound: None,
        };
        Catalog {
            dialect: Dialect::Sqlite,
            server_version: String::new(),
            database: "shop".into(),
            search_path: vec!["main".into()],
            schemas: vec![Schema {
                name: "main".into(),
                tables: vec![table("customers"), table("orders"), table("salaries")],
                ..Schema::default()
            }],
        }
    }

    fn policy(name: &str, access: Access, tables: Vec<TableRule>) -> PolicyDraft {
        PolicyDraft {
            name: name.into(),
            applies_to: Subjects { everyone: true, ..Subjects::default() },
            except: Subjects { roles: vec![Role::Admin], ..Subjects::default() },
            access,
            tables,
            enabled: true,
            connection: None,
        }
    }

    fn rule(table: &str, access: Access, column: Option<(&str, Mask)>) -> TableRule {
        TableRule {
            schema: if table == "*" { "*".into() } else { "main".into() },
            table: table.into(),
            access,
            columns: column.into_iter().map(|(name, mask)| (name.into(), mask)).collect(),
            rows: None,
        }
    }

    /// `customers: open, orders: Email=hash, salaries: hidden`
    fn shown(drafts: &[PolicyDraft], role: Role) -> String {
        let connection = ConnectionId(uuid::Uuid::nil());
        let governed = govern(drafts, connection, Subject { role, user: None }, &catalog());
        let says = |name: &str| {
            if governed.hides("main", name) {
                return format!("{name}: hidden");
            }
            let masks: Vec<String> = governed
                .table("main", name)
                .map(|says| &says.columns[..])
                .unwrap_or_default()
                .iter()
                .map(|m| format!("{}={}", m.column, m.mask.name()))
                .collect();
            format!("{name}: {}", if masks.is_empty() { "open".into() } else { masks.join(" ") })
        };
        ["customers", "orders", "salaries"].map(says).join(", ")
    }

    #[test]
    fn policies_add_up() {
        use Access::{Allow, Deny};
        let partial = || Mask::Partial { start: 1, end: 0, fill: "***".into() };
        let pii = || policy("PII", Allow, vec![rule("*", Allow, Some(("email", partial())))]);
        let list = |name: &str, table: &str| policy(name, Deny, vec![rule(table, Allow, None)]);
        for (drafts, role, expect) in [
            (vec![pii()], Role::Admin, "customers: open, orders: open, salaries: open"),
            (
                vec![pii()],
                Role::Analyst,
                "customers: Email=partial, orders: Email=partial, salaries: Email=partial",
            ),
            // The strictest mask of several policies.
            (
                vec![
                    pii(),
                    policy("Z", Allow, vec![rule("orders", Allow, Some(("EMAIL", Mask::Null)))]),
                ],
                Role::Analyst,
                "customers: Email=partial, orders: Email=null, salaries: Email=partial",
            ),
            // Of one policy the rule that is closest.
            (
                vec![policy(
                    "PII",
                    Allow,
                    vec![
                        rule("*", Allow, Some(("email", Mask::Null))),
                        rule("orders", Allow, Some(("email", partial()))),
                    ],
                )],
                Role::Analyst,
                "customers: Email=null, orders: Email=partial, salaries: Email=null",
            ),
            // Hiding wins over everything.
            (
                vec![
                    policy("Pay", Allow, vec![rule("salaries", Deny, None)]),
                    list("List", "salaries"),
                ],
                Role::Analyst,
                "customers: hidden, orders: hidden, salaries: hidden",
            ),
            // A mask does not put a table on somebody's list.
            (
                vec![list("Contractors", "orders"), pii()],
                Role::Analyst,
                "customers: hidden, orders: Email=partial, salaries: hidden",
            ),
            // Lists add up.
            (
                vec![list("A", "orders"), list("B", "customers")],
                Role::Viewer,
                "customers: open, orders: open, salaries: hidden",
            ),
            (
                vec![PolicyDraft { enabled: false, ..list("A", "orders") }],
                Role::Viewer,
                "customers: open, orders: open, salaries: open",
            ),
        ] {
            assert_eq!(shown(&drafts, role), expect);
        }
    }

    #[test]
    fn policies_of_another_connection_say_nothing() {
        let other = ConnectionId(uuid::Uuid::max());
        let mut draft = policy("PII", Access::Deny, Vec::new());
        draft.connection = Some(other);
        assert_eq!(shown(&[draft], Role::Analyst), "customers: open, orders: open, salaries: open");
    }

    #[test]
    fn every_row_filter_applies() {
        let mut rules = vec![rule("orders", Access::Allow, None), rule("*", Access::Allow, None)];
        rules[0].rows = Some("id > 1 -- mine".into());
        rules[1].rows = Some("id < 9 OR id = 20".into());
        let drafts = [policy("Rows", Access::Allow, rules)];
        let subject = Subject { role: Role::Analyst, user: None };
        let governed = govern(&drafts, ConnectionId(uuid::Uuid::nil()), subject, &catalog());
        let gate = governed.policy(HashKey::new("k"));
        let of_orders = gate.tables.iter().filter(|rule| rule.table == "main.orders");
        let rows: Vec<_> = of_orders.filter_map(|rule| rule.rows.as_deref()).collect();
        assert_eq!(rows, ["id > 1 -- mine", "id < 9 OR id = 20"]);
    }
}
