//! What tells the rows of a query apart, so that an order can be completed by it.

use crate::resolve::{
    Resolver,
    scope::{Relation, Scope},
};
use crate::{
    ast::{Call, Expr, Group, Ident, Item, Literal, Name, OrderItem, Part, Select, Type, TypeName},
    fault::Span,
};

impl Resolver<'_> {
    /// What tells the rows of FROM apart.
    pub(super) fn row_keys(&self, scope: &Scope<'_>) -> Option<Vec<Expr>> {
        let mut keys = Vec::new();
        for (n, relation) in scope.relations.iter().enumerate() {
            let alias = relation.alias.as_ref()?;
            let same = |other: &Relation| {
                other.alias.as_ref().is_some_and(|other| self.facts.same(other, alias))
            };
            if scope.relations[..n].iter().any(same) {
                return None;
            }
            match &relation.unique {
                Some(names) => keys.extend(names.iter().map(|name| column(Some(alias), name))),
                None if relation.cast => return None,
                None => keys.push(self.row_text(alias, scope)?),
            }
        }
        Some(keys)
    }

    /// A row as one text: PostgreSQL alone has that, and for every type.
    fn row_text(&self, alias: &str, scope: &Scope<'_>) -> Option<Expr> {
        let shadowed = scope
            .relations
            .iter()
            .filter(|relation| !relation.of_function)
            .flat_map(|relation| &relation.shape.columns)
            .any(|column| column.name.as_deref() == Some(alias));
        let usable = self.facts.flavour.is_postgres() && !shadowed;
        (usable && !self.has_user_cast("record")).then(|| {
            let row = Part::Column(vec![Ident::made(alias)]);
            text(Expr::one(row, Span::default()))
        })
    }

    /// What a grouped query has one row for each of.
    pub(super) fn group_keys(&self, select: &Select, scope: &Scope<'_>) -> Option<Vec<Expr>> {
        let group_by = select.group_by.as_ref()?;
        // MariaDB sorts what it sums up, and refuses another order.
        if group_by.rollup {
            return None;
        }
        let mut keys = Vec::new();
        let mut sets = false;
        flatten(&group_by.items, &mut keys, &mut sets);
        for expr in &mut keys {
            if let Some(shown) = self.shown_as(expr, select, scope) {
                *expr = shown;
            }
        }
        if sets {
            let call = Call::of("grouping", keys.clone(), Span::default());
            keys.push(Expr::one(Part::Call(Box::new(call)), Span::default()));
        }
        Some(keys)
    }

    /// The expression behind `GROUP BY 2` or `GROUP BY alias`.
    pub(super) fn shown_as(&self, expr: &Expr, select: &Select, scope: &Scope<'_>) -> Option<Expr> {
        match expr.parts.as_slice() {
            [Part::Literal(Literal::Number(digits))] => {
                let n = digits.parse::<usize>().ok()?.checked_sub(1)?;
                match select.items.get(n)? {
                    Item::Expr { value, .. } => Some(wrapped(value.clone())),
                    Item::Star(_) | Item::QualifiedStar(_) => None,
                }
            }
            [Part::Column(name)] => {
                let [only] = name.as_slice() else { return None };
                let known = scope.relations.iter().flat_map(|relation| &relation.shape.columns);
                let is_column = known
                    .filter_map(|column| column.name.as_deref())
                    .any(|name| self.facts.same(name, &only.value));
                let named = |item: &&Item| {
                    matches!(item, Item::Expr { alias: Some(alias), .. }
                        if self.facts.same(&alias.value, &only.value))
                };
                match select.items.iter().find(named) {
                    Some(Item::Expr { value, .. }) if !is_column => Some(wrapped(value.clone())),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// `1`, `2` … for as many columns as there are, where that is known.
pub(super) fn positions(items: &[Item], scope: &Scope<'_>) -> Option<Vec<Expr>> {
    let mut width = 0;
    for item in items {
        width += match item {
            Item::Expr { value, .. } => match value.parts.last() {
                Some(Part::FieldStar | Part::Row(_)) => return None,
                _ => 1,
            },
            Item::Star(_) => {
                let open = scope.relations.iter().any(|relation| relation.shape.open);
                if open || scope.merged {
                    return None;
                }
                scope.relations.iter().map(|relation| relation.shape.columns.len()).sum()
            }
            Item::QualifiedStar(name) => {
                let own = name.last()?;
                let relation = scope
                    .relations
                    .iter()
                    .find(|relation| relation.alias.as_deref() == Some(&own.value))?;
                if relation.shape.open {
                    return None;
                }
                relation.shape.columns.len()
            }
        };
    }
    Some((1..=width).map(position).collect())
}

/// Each result column as a text.
pub(super) fn texts(items: &[Item]) -> Option<Vec<Expr>> {
    let each = items.iter().map(|item| match item {
        Item::Expr { value, .. }
            if !matches!(value.parts.last(), Some(Part::FieldStar | Part::Row(_))) =>
        {
            Some(text(wrapped(value.clone())))
        }
        _ => None,
    });
    each.collect()
}

pub(super) fn flatten(groups: &[Group], keys: &mut Vec<Expr>, sets: &mut bool) {
    for group in groups {
        match group {
            Group::Expr(expr) | Group::Ordered(expr, _) => match expr.parts.as_slice() {
                // `(a, b)` in a grouping set.
                [Part::Tuple { row: false, items }] => keys.extend(items.iter().cloned()),
                _ => keys.push(expr.clone()),
            },
            Group::Sets { items, .. } => {
                *sets = true;
                flatten(items, keys, sets);
            }
        }
    }
}

pub(super) fn key(value: Expr) -> OrderItem {
    OrderItem { value, direction: None, using: None, nulls: None }
}

pub(super) fn column(relation: Option<&str>, name: &str) -> Expr {
    let name: Name = relation.into_iter().chain([name]).map(Ident::made).collect();
    Expr::one(Part::Column(name), Span::default())
}

pub(super) fn position(n: usize) -> Expr {
    Expr::one(Part::Literal(Literal::Number(n.to_string())), Span::default())
}

/// `(value)`.
pub(super) fn wrapped(value: Expr) -> Expr {
    match value.parts.as_slice() {
        [Part::Column(_)] => value,
        _ => Expr::one(Part::Tuple { row: false, items: vec![value] }, Span::default()),
    }
}

/// `value::text`.
pub(super) fn text(mut value: Expr) -> Expr {
    let ty = Type {
        name: TypeName::Built("text".into()),
        modifiers: vec![],
        tail: vec![],
        dimensions: vec![],
        span: Span::default(),
    };
    value.parts.push(Part::CastTo(ty));
    value
}
