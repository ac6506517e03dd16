//! What the policies page says about a policy, in words.

use model::{
    id::UserId,
    policy::{Access, Mask, PolicyDraft, Subjects, TableRule},
    role::Role,
};

/// What the people of the workspace are called, by id.
pub type People = Vec<(UserId, String)>;

/// Whom a policy is for: `Everyone except admins`, `Viewers, analysts and Ada`, `Nobody yet`.
#[must_use]
pub fn applies(draft: &PolicyDraft, people: &People) -> String {
    if draft.applies_to.is_empty() {
        return "Nobody yet".into();
    }
    let mut said = subjects(&draft.applies_to, people);
    if !draft.except.is_empty() {
        said = format!("{said} except {}", subjects(&draft.except, people));
    }
    capital(&said)
}

fn subjects(subjects: &Subjects, people: &People) -> String {
    if subjects.everyone {
        return "everyone".into();
    }
    let roles = subjects.roles.iter().map(|role| plural(*role).to_owned());
    list(roles.chain(subjects.users.iter().map(|user| name(*user, people))).collect())
}

/// What a person is called; somebody who has left the workspace is called that.
#[must_use]
pub fn name(user: UserId, people: &People) -> String {
    let found = people.iter().find(|(id, _)| *id == user);
    found.map_or_else(|| "somebody who left".to_owned(), |(_, name)| name.clone())
}

#[must_use]
pub fn plural(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewers",
        Role::Analyst => "analysts",
        Role::Approver => "approvers",
        Role::Admin => "admins",
    }
}

/// The tables that a policy is about: `customers: 2 masks · payments: hidden · 3 more`.
#[must_use]
pub fn tables(draft: &PolicyDraft) -> String {
    const NAMED: usize = 3;
    let mut parts: Vec<String> = draft
        .tables
        .iter()
        .take(NAMED)
        .map(|rule| format!("{}: {}", table_name(&rule.schema, &rule.table), rule_mark(rule)))
        .collect();
    if draft.tables.len() > NAMED {
        parts.push(format!("{} more", draft.tables.len() - NAMED));
    }
    if draft.access == Access::Deny {
        parts.push("all other tables: hidden".into());
    }
    if parts.is_empty() { "None yet".into() } else { capital(&parts.join(" · ")) }
}

/// `customers`, `every table`, `every table of sales`.
#[must_use]
pub fn table_name(schema: &str, table: &str) -> String {
    match (schema, table) {
        ("*", "*") => "every table".into(),
        (schema, "*") => format!("every table of {schema}"),
        (_, table) => table.into(),
    }
}

/// What a rule does, shortly: `hidden`, `2 masks, row filter`, `open`.
#[must_use]
pub fn rule_mark(rule: &TableRule) -> String {
    if rule.access == Access::Deny {
        return "hidden".into();
    }
    let masks = match rule.columns.len() {
        0 => None,
        1 => Some("1 mask".to_owned()),
        count => Some(format!("{count} masks")),
    };
    let filter = rule.rows.as_ref().map(|_| "row filter".to_owned());
    match (masks, filter) {
        (None, None) => "open".into(),
        (masks, filter) => masks.into_iter().chain(filter).collect::<Vec<_>>().join(", "),
    }
}

/// A mask in a few words: `first 2 and last 4 characters`.
#[must_use]
pub fn mask(mask: &Mask) -> String {
    match mask {
        Mask::Deny => "left out".into(),
        Mask::Null => "empty".into(),
        Mask::Fixed(text) => format!("always “{text}”"),
        Mask::Partial { start, end, .. } => match (start, end) {
            (0, 0) => "no characters".into(),
            (1, 1) => "first and last character".into(),
            (1, 0) => "first character".into(),
            (0, 1) => "last character".into(),
            (start, 0) => format!("first {start} characters"),
            (0, end) => format!("last {end} characters"),
            (start, end) => format!("first {start} and last {end} characters"),
        },
        Mask::Hash => "hash".into(),
        Mask::Range { width } => format!("in steps of {width}"),
        Mask::Year => "year only".into(),
        Mask::Custom(_) => "expression".into(),
    }
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(mut parts: Vec<String>) -> String {
    let Some(last) = parts.pop() else { return String::new() };
    if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + characters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn people() -> People {
        vec![(ADA.parse().unwrap(), "Ada".into())]
    }

    #[test]
    fn subjects_read_well() {
        let ada: UserId = ADA.parse().unwrap();
        let mut draft = PolicyDraft::default();
        assert_eq!(applies(&draft, &people()), "Nobody yet");
        draft.applies_to.roles = vec![Role::Viewer, Role::Analyst];
        draft.applies_to.users = vec![ada];
        assert_eq!(applies(&draft, &people()), "Viewers, analysts and Ada");
        assert_eq!(applies(&draft, &Vec::new()), "Viewers, analysts and somebody who left");
        draft.applies_to = Subjects { everyone: true, ..Subjects::default() };
        draft.except.roles = vec![Role::Admin];
        assert_eq!(applies(&draft, &people()), "Everyone except admins");
    }

    #[test]
    fn tables_read_well() {
        let rule = |schema: &str, table: &str| TableRule {
            schema: schema.into(),
            table: table.into(),
            ..TableRule::default()
        };
        let mut draft = PolicyDraft::default();
        assert_eq!(tables(&draft), "None yet");
        let masked = TableRule {
            columns: vec![("email".into(), Mask::Hash), ("phone".into(), Mask::Null)],
            rows: Some("true".into()),
            ..rule("public", "people")
        };
        let hidden = TableRule { access: Access::Deny, ..rule("hr", "*") };
        draft.tables = vec![masked, hidden, rule("*", "*"), rule("a", "b")];
        draft.access = Access::Deny;
        assert_eq!(
            tables(&draft),
            "People: 2 masks, row filter · every table of hr: hidden · every table: open · 1 more · \
             all other tables: hidden"
        );
    }

    #[test]
    fn masks_read_well() {
        let partial = |start, end| Mask::Partial { start, end, fill: "***".into() };
        assert_eq!(mask(&partial(1, 0)), "first character");
        assert_eq!(mask(&partial(2, 4)), "first 2 and last 4 characters");
        assert_eq!(mask(&Mask::Range { width: 10.0 }), "in steps of 10");
    }
}
