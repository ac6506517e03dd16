//! What changed in a policy, in words, for the log.

use model::{
    id::UserId,
    policy::{Access, Mask, PolicyDraft, Subjects, TableRule},
};
use std::collections::{BTreeMap, HashMap};

/// Names for the ids in drafts.
#[derive(Debug, Default)]
pub struct Names {
    pub users: HashMap<UserId, String>,
    pub connections: HashMap<model::id::ConnectionId, String>,
}

/// What a new policy says, line by line.
#[must_use]
pub fn created(draft: &PolicyDraft, names: &Names) -> Vec<String> {
    let nothing = PolicyDraft { enabled: draft.enabled, ..PolicyDraft::default() };
    let mut lines = vec![
        format!("on {}", connection(draft, names)),
        format!("applies to {}", people(&draft.applies_to, names)),
    ];
    if !draft.enabled {
        lines.push("disabled".into());
    }
    lines.extend(rules(&nothing, draft, names, false));
    lines
}

/// What differs between two versions, line by line; none: nothing does.
#[must_use]
pub fn changed(old: &PolicyDraft, new: &PolicyDraft, names: &Names) -> Vec<String> {
    let mut lines = Vec::new();
    let mut pair = |what: &str, a: String, b: String| {
        if a != b {
            lines.push(format!("{what}: {a} → {b}"));
        }
    };
    pair("name", old.name.clone(), new.name.clone());
    pair("connection", connection(old, names), connection(new, names));
    pair("applies to", people(&old.applies_to, names), people(&new.applies_to, names));
    if old.enabled != new.enabled {
        lines.push(if new.enabled { "enabled".into() } else { "disabled".into() });
    }
    lines.extend(rules(old, new, names, true));
    lines
}

fn rules(old: &PolicyDraft, new: &PolicyDraft, names: &Names, all: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if old.except != new.except {
        let line = match all {
            true => {
                format!("except: {} → {}", people(&old.except, names), people(&new.except, names))
            }
            false => format!("except {}", people(&new.except, names)),
        };
        lines.push(line);
    }
    if old.access != new.access {
        lines.push(match new.access {
            Access::Allow => "tables without a rule: hidden → open".into(),
            Access::Deny => "tables without a rule: open → hidden".into(),
        });
    }
    let (before, after) = (facts(&old.tables), facts(&new.tables));
    for (what, now) in &after {
        match before.get(what) {
            None => lines.push(format!("{what}: {now}")),
            Some(then) if then != now => lines.push(format!("{what}: {then} → {now}")),
            Some(_) => {}
        }
    }
    for (what, then) in before.iter().filter(|(what, _)| !after.contains_key(*what)) {
        lines.push(format!("{what}: {then} → no rule"));
    }
    lines
}

/// Every single thing that the rules say: `customers.email` → `partial`.
fn facts(rules: &[TableRule]) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let mut add = |what: String, says: String| {
        let known: &mut String = facts.entry(what).or_default();
        if !known.is_empty() {
            known.push_str(" and ");
        }
        known.push_str(&says);
    };
    for rule in rules {
        let table = table(rule);
        let access = match rule.access {
            Access::Deny => Some("hidden"),
            Access::Allow if rule.columns.is_empty() && rule.rows.is_none() => Some("open"),
            Access::Allow => None,
        };
        if let Some(access) = access {
            add(table.clone(), access.into());
        }
        for (column, mask) in &rule.columns {
            add(format!("{table}.{column}"), mask_in_words(mask));
        }
        if let Some(rows) = &rule.rows {
            add(format!("rows of {table}"), rows.trim().to_owned());
        }
    }
    facts
}

fn table(rule: &TableRule) -> String {
    match (rule.schema.as_str(), rule.table.as_str()) {
        ("*", "*") => "every table".into(),
        (schema, "*") => format!("every table of {schema}"),
        ("*", table) => table.to_owned(),
        (schema, table) => format!("{schema}.{table}"),
    }
}

/// A mask with its parameters: `partial (first 1, last 4)`.
#[must_use]
pub fn mask_in_words(mask: &Mask) -> String {
    match mask {
        Mask::Deny => "hidden".into(),
        Mask::Null | Mask::Hash | Mask::Year => mask.name().into(),
        Mask::Fixed(text) => format!("fixed \u{201c}{text}\u{201d}"),
        Mask::Partial { start, end, fill } => {
            format!("partial (first {start}, last {end}, \u{201c}{fill}\u{201d} between)")
        }
        Mask::Range { width } => format!("range of {width}"),
        Mask::Custom(text) => format!("custom {text}"),
    }
}

fn people(subjects: &Subjects, names: &Names) -> String {
    if subjects.everyone {
        return "everyone".into();
    }
    let roles = subjects.roles.iter().map(|role| format!("{role}s"));
    let users = subjects.users.iter().map(|user| {
        names.users.get(user).cloned().unwrap_or_else(|| "somebody who has left".into())
    });
    let all: Vec<String> = roles.chain(users).collect();
    if all.is_empty() { "nobody".into() } else { all.join(", ") }
}

fn connection(draft: &PolicyDraft, names: &Names) -> String {
    match draft.connection {
        None => "every connection".into(),
        Some(id) => names
            .connections
            .get(&id)
            .cloned()
            .unwrap_or_else(|| "a connection that is gone".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::role::Role;

    fn draft(column: Mask, rows: Option<&str>) -> PolicyDraft {
        PolicyDraft {
            name: "PII".into(),
            applies_to: Subjects { roles: vec![Role::Analyst], ..Subjects::default() },
            enabled: true,
            tables: vec![TableRule {
                schema: "main".into(),
                table: "customers".into(),
                columns: vec![("email".into(), column)],
                rows: rows.map(Into::into),
                ..TableRule::default()
            }],
            ..PolicyDraft::default()
        }
    }

    #[test]
    fn a_new_policy_says_all_of_itself() {
        let lines = created(&draft(Mask::Hash, Some("country = 'DE'")), &Names::default());
        let expected = [
            "on every connection",
            "applies to analysts",
            "main.customers.email: hash",
            "rows of main.customers: country = 'DE'",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_changed_one_says_what_differs() {
        let old = draft(Mask::Partial { start: 1, end: 4, fill: "***".into() }, Some("a = 1"));
        let mut new = draft(Mask::Hash, None);
        new.enabled = false;
        new.except.roles.push(Role::Admin);
        new.tables.push(TableRule {
            schema: "main".into(),
            table: "salaries".into(),
            access: Access::Deny,
            ..TableRule::default()
        });
        let expected = [
            "disabled",
            "except: nobody → admins",
            "main.customers.email: partial (first 1, last 4, \u{201c}***\u{201d} between) → hash",
            "main.salaries: hidden",
            "rows of main.customers: a = 1 → no rule",
        ];
        assert_eq!(changed(&old, &new, &Names::default()), expected);
        assert_eq!(changed(&old, &old, &Names::default()), Vec::<String>::new());
    }
}
