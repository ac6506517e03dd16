//! Rules of a draft: finding the one for a table, changing it, and leaving out those that do nothing.
//!
//! Names are compared without case, as the guard does.

use model::{
    catalog::ValueKind,
    policy::{Access, Mask, PolicyDraft, TableRule},
};

/// Which tables a rule is about: one, or several by `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub schema: String,
    pub table: String,
}

impl Place {
    #[must_use]
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Self {
        Self { schema: schema.into(), table: table.into() }
    }

    #[must_use]
    pub fn of(rule: &TableRule) -> Self {
        Self::new(rule.schema.clone(), rule.table.clone())
    }

    /// One table, not several.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.schema != "*" && self.table != "*"
    }

    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        same(&self.schema, &other.schema) && same(&self.table, &other.table)
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The rule that names exactly this place.
#[must_use]
pub fn rule<'a>(draft: &'a PolicyDraft, place: &Place) -> Option<&'a TableRule> {
    draft.tables.iter().find(|rule| Place::of(rule).is(place))
}

/// Changes the place's rule, which is made if there is none, and drops it if it does nothing then.
pub fn change(draft: &mut PolicyDraft, place: &Place, change: impl FnOnce(&mut TableRule)) {
    let at = draft.tables.iter().position(|rule| Place::of(rule).is(place)).unwrap_or_else(|| {
        draft.tables.push(TableRule {
            schema: place.schema.clone(),
            table: place.table.clone(),
            access: draft.access,
            ..TableRule::default()
        });
        draft.tables.len() - 1
    });
    change(&mut draft.tables[at]);
    if is_idle(&draft.tables[at], draft.access) {
        draft.tables.remove(at);
    }
}

/// Nothing would change without it.
fn is_idle(rule: &TableRule, default: Access) -> bool {
    rule.access == default
        && (default == Access::Deny || rule.columns.is_empty() && rule.rows.is_none())
}

/// May the place's tables be read, by this policy?
#[must_use]
pub fn access(draft: &PolicyDraft, place: &Place) -> Access {
    rule(draft, place).map_or(draft.access, |rule| rule.access)
}

#[must_use]
pub fn mask<'a>(draft: &'a PolicyDraft, place: &Place, column: &str) -> Option<&'a Mask> {
    let columns = &rule(draft, place)?.columns;
    columns.iter().find(|(name, _)| same(name, column)).map(|(_, mask)| mask)
}

/// Sets a column's mask, or takes it off.
pub fn set_mask(draft: &mut PolicyDraft, place: &Place, column: &str, mask: Option<Mask>) {
    change(draft, place, |rule| {
        let at = rule.columns.iter().position(|(name, _)| same(name, column));
        match (at, mask) {
            (Some(at), Some(mask)) => rule.columns[at].1 = mask,
            (Some(at), None) => drop(rule.columns.remove(at)),
            (None, Some(mask)) => rule.columns.push((column.to_owned(), mask)),
            (None, None) => {}
        }
    });
}

/// Sets the row filter; a blank one is none.
pub fn set_rows(draft: &mut PolicyDraft, place: &Place, rows: &str) {
    let rows = (!rows.trim().is_empty()).then(|| rows.to_owned());
    change(draft, place, |rule| rule.rows = rows);
}

/// Names of masks with what the menu calls them, for a column of this kind. `None`: of any kind.
#[must_use]
pub fn choices(kind: Option<ValueKind>) -> Vec<(&'static str, &'static str)> {
    let numeric = kind.is_none_or(ValueKind::is_numeric);
    let temporal = kind.is_none_or(ValueKind::is_temporal);
    let texts = kind.is_none_or(|kind| !kind.is_numeric() && !kind.is_temporal());
    let all = [
        (true, ("", "Visible")),
        (texts, ("partial", "Partial: some characters")),
        (true, ("hash", "Hash: joins still work")),
        (true, ("fixed", "Fixed value")),
        (numeric, ("range", "Range: rounded down")),
        (temporal, ("year", "Year only")),
        (true, ("null", "Empty (NULL)")),
        (true, ("deny", "Not there at all")),
        (true, ("custom", "Own expression")),
    ];
    all.into_iter().filter(|(fits, _)| *fits).map(|(_, choice)| choice).collect()
}

/// The mask of that name as it is first offered for a column; `None`: visible.
#[must_use]
pub fn fresh(name: &str, column: &str, kind: Option<ValueKind>) -> Option<Mask> {
    let numeric = kind.is_some_and(ValueKind::is_numeric);
    Some(match name {
        "deny" => Mask::Deny,
        "null" => Mask::Null,
        "fixed" => Mask::Fixed(if numeric { "0" } else { "***" }.into()),
        "partial" => Mask::Partial { start: 2, end: 0, fill: "***".into() },
        "hash" => Mask::Hash,
        "range" => Mask::Range { width: 10.0 },
        "year" => Mask::Year,
        "custom" => Mask::Custom(column.to_owned()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_lives_as_long_as_it_does_something() {
        let mut draft = PolicyDraft::default();
        let people = Place::new("public", "people");
        set_mask(&mut draft, &people, "Email", Some(Mask::Hash));
        set_mask(&mut draft, &Place::new("PUBLIC", "People"), "email", Some(Mask::Null));
        assert_eq!(draft.tables.len(), 1);
        assert_eq!(mask(&draft, &people, "EMAIL"), Some(&Mask::Null));
        set_rows(&mut draft, &people, "id > 1");
        set_mask(&mut draft, &people, "email", None);
        assert_eq!(draft.tables.len(), 1);
        set_rows(&mut draft, &people, "  ");
        assert!(draft.tables.is_empty());
    }

    #[test]
    fn where_the_default_is_hidden_a_rule_opens() {
        let mut draft = PolicyDraft { access: Access::Deny, ..PolicyDraft::default() };
        let people = Place::new("public", "people");
        assert_eq!(access(&draft, &people), Access::Deny);
        change(&mut draft, &people, |rule| rule.access = Access::Allow);
        assert_eq!(access(&draft, &people), Access::Allow);
        assert_eq!(draft.tables.len(), 1, "an open rule without masks counts here");
        change(&mut draft, &people, |rule| rule.access = Access::Deny);
        assert!(draft.tables.is_empty());
    }

    #[test]
    fn masks_fit_the_column() {
        let names = |kind| choices(kind).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert!(!names(Some(ValueKind::Text)).contains(&"range"));
        assert!(names(Some(ValueKind::Number)).contains(&"range"));
        assert!(names(Some(ValueKind::Date)).contains(&"year"));
        assert!(!names(Some(ValueKind::Integer)).contains(&"partial"));
        for (name, _) in choices(None) {
            assert_eq!(fresh(name, "c", None).map_or("", |mask| mask.name()), name);
        }
    }
}
