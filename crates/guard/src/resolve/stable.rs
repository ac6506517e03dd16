//! Orders that a result would otherwise owe to the plan.
//!
//! Servers choose plans by statistics, and those count the rows that a policy filters away. So
//! wherever a statement that reads filtered tables leaves an order open and shows it (the result,
//! LIMIT, DISTINCT ON, lists such as `array_agg`, `row_number`), the order is completed by keys:
//! primary keys where they are known and open, else whole rows or all result columns.

use super::{
    Resolver,
    scope::{Relation, Scope},
};
use crate::{
    Flavour,
    ast::{
        Arm, Body, Bound, Call, Expr, Factor, FactorKind, Frame, From, Group, Ident, Item, Limit,
        Literal, Name, OrderItem, Over, Part, Piece, Quantifier, Query, Select, Type, TypeName,
        Window,
    },
    fault::Span,
};

/// Functions that give a list in the order in which rows come.
const LISTS: [&str; 12] = [
    "array_agg",
    "string_agg",
    "json_agg",
    "jsonb_agg",
    "json_object_agg",
    "jsonb_object_agg",
    "xmlagg",
    "group_concat",
    "json_arrayagg",
    "json_group_array",
    "last_value",
    "nth_value",
];

/// Window functions that tell equals apart whatever the frame.
const SINGLING: [&str; 5] = ["row_number", "ntile", "lag", "lead", "first_value"];

/// Functions that make one row of many, where they stand without OVER.
const AGGREGATES: &str = "any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count \
    covar_pop covar_samp every group_concat json_agg json_array json_arrayagg json_group_array \
    json_group_object json_object_agg json_objectagg jsonb_agg jsonb_group_array jsonb_group_object \
    jsonb_object_agg max median min mode percentile percentile_cont percentile_disc range_agg \
    range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx \
    regr_sxy regr_syy st_collect st_extent std stddev stddev_pop stddev_samp string_agg sum total \
    var_pop var_samp variance xmlagg";

impl Resolver<'_> {
    /// Completes the order of one SELECT whose order is seen, and those inside its windows.
    pub(super) fn settle(
        &self,
        select: &mut Select,
        order_by: &mut Vec<OrderItem>,
        scope: &Scope<'_>,
        seen: bool,
    ) {
        let grouped = self.group_keys(select, scope);
        let rows = self.row_keys(scope);
        let one_row = select.group_by.is_none() && self.aggregates(select);
        let in_windows = match (&select.group_by, one_row) {
            (None, true) => None,
            (None, false) => rows.clone(),
            (Some(_), _) => grouped.clone(),
        };
        if let Some(keys) = in_windows.filter(|keys| !keys.is_empty()) {
            settle_windows(select, order_by, &keys);
        }
        if !seen || one_row {
            return;
        }
        let positions = positions(&select.items, scope);
        let keys = match &select.distinct {
            Quantifier::Distinct => positions,
            Quantifier::On(exprs) => {
                if order_by.is_empty() {
                    order_by.extend(exprs.iter().cloned().map(key));
                }
                rows.or(positions)
            }
            Quantifier::None | Quantifier::All if select.group_by.is_some() => grouped,
            Quantifier::None | Quantifier::All => {
                if self.along_the_key(select, order_by, scope) {
                    return;
                }
                let by_text = || self.facts.flavour.is_postgres().then(|| texts(&select.items))?;
                rows.or_else(by_text).or(positions)
            }
        };
        order_by.extend(keys.into_iter().flatten().map(key));
    }

    /// A filtered table alone, in no order: it is read in that of its key, which needs no sort.
    /// True where that is all.
    fn along_the_key(
        &self,
        select: &mut Select,
        order_by: &[OrderItem],
        scope: &Scope<'_>,
    ) -> bool {
        let ([From::Factor(factor)], [relation]) =
            (select.from.as_mut_slice(), scope.relations.as_slice())
        else {
            return false;
        };
        let (FactorKind::Derived { query, .. }, Some(unique)) =
            (&mut factor.kind, relation.unique.as_ref().filter(|_| relation.governed))
        else {
            return false;
        };
        if order_by.is_empty() && !self.facts.flavour.is_mysql() && query.order_by.is_empty() {
            query.order_by = unique.iter().map(|name| key(column(None, name))).collect();
            return self.facts.flavour.is_sqlite();
        }
        false
    }

    /// What tells the rows of FROM apart.
    fn row_keys(&self, scope: &Scope<'_>) -> Option<Vec<Expr>> {
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
        (usable && !self.facts.has_user_cast("record")).then(|| {
            let row = Part::Column(vec![Ident::made(alias)]);
            text(Expr::one(row, Span::default()))
        })
    }

    /// What a grouped query has one row for each of.
    fn group_keys(&self, select: &Select, scope: &Scope<'_>) -> Option<Vec<Expr>> {
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
            let call = Call {
                name: vec![Ident::made("grouping")],
                args: crate::ast::Args {
                    values: keys.iter().cloned().map(argument).collect(),
                    ..crate::ast::Args::default()
                },
                within: vec![],
                filter: None,
                nulls: None,
                over: None,
                span: Span::default(),
            };
            keys.push(Expr::one(Part::Call(Box::new(call)), Span::default()));
        }
        Some(keys)
    }

    /// The expression behind `GROUP BY 2` or `GROUP BY alias`.
    fn shown_as(&self, expr: &Expr, select: &Select, scope: &Scope<'_>) -> Option<Expr> {
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

    /// Something in it makes one row of many.
    fn aggregates(&self, select: &Select) -> bool {
        if select.having.is_some() {
            return true;
        }
        let mut found = false;
        let mut items = select.items.clone();
        for item in &mut items {
            if let Item::Expr { value, .. } = item {
                calls(value, &mut |call| {
                    let name = call.name.last().map(|name| name.value.to_ascii_lowercase());
                    let known =
                        name.is_some_and(|name| AGGREGATES.split_whitespace().any(|a| a == name));
                    // MySQL's and SQLite's `max(a, b)` is no aggregate.
                    let scalar = call.args.values.len() > 1 && self.is_scalar(call);
                    let marked = call.args.star || !call.within.is_empty() || call.filter.is_some();
                    found |= call.over.is_none() && (marked || (known && !scalar));
                });
            }
        }
        found
    }

    fn is_scalar(&self, call: &Call) -> bool {
        let name = call.name.last().map_or("", |name| name.value.as_str());
        (self.facts.flavour.is_sqlite() && ["max", "min"].contains(&name.to_lowercase().as_str()))
            || name.eq_ignore_ascii_case("json_array")
    }

    /// Completes the order in which a list is made.
    pub(super) fn settle_list(&self, call: &mut Call, scope: &Scope<'_>) {
        let Some(name) = call.name.last().map(|name| name.value.to_ascii_lowercase()) else {
            return;
        };
        let flavour = self.facts.flavour;
        let takes_order = LISTS.contains(&name.as_str())
            && call.over.is_none()
            && !(flavour == Flavour::MySql && name == "json_arrayagg");
        let distinct = call.args.quantifier == Some("DISTINCT");
        // PostgreSQL sorts what it makes distinct.
        if !takes_order || (distinct && flavour.is_postgres()) {
            return;
        }
        let arguments = || {
            let values = call.args.values.iter().map(|arg| arg.value.clone());
            let values = values.map(|value| {
                if flavour.is_postgres() { text(wrapped(value)) } else { wrapped(value) }
            });
            values.collect::<Vec<_>>()
        };
        let keys = if distinct { None } else { self.row_keys(scope) };
        let keys = keys.filter(|keys| !keys.is_empty()).unwrap_or_else(arguments);
        call.args.order_by.extend(keys.into_iter().map(key));
    }

    /// Completes the order of a set operation, or of one query in parentheses.
    pub(super) fn settle_result(&self, query: &mut Query, width: usize) {
        let values = matches!(query.arms.as_slice(), [Arm { body: Body::Values { .. }, .. }]);
        if values || query.arms.is_empty() {
            return;
        }
        if !self.facts.flavour.is_postgres() {
            query.order_by.extend((1..=width).map(position).map(key));
            return;
        }
        // Some types have no order, but all have a text.
        let span = query.span;
        let arms = std::mem::take(&mut query.arms);
        let inner = Query { with: None, arms, order_by: vec![], limit: Limit::default(), span };
        let alias = Ident::made("querent_row");
        let kind = FactorKind::Derived { lateral: false, query: Box::new(inner) };
        let alias_of = crate::ast::Alias { name: Some(alias.clone()), columns: vec![] };
        let select = Select {
            distinct: Quantifier::None,
            options: vec![],
            items: vec![Item::Star(span)],
            from: vec![From::Factor(Box::new(Factor { kind, alias: Some(alias_of), span }))],
            filter: None,
            group_by: None,
            having: None,
            windows: vec![],
        };
        query.arms = vec![Arm { operator: None, body: Body::Select(Box::new(select)) }];
        let row = Expr::one(Part::Column(vec![alias]), span);
        query.order_by.push(key(text(row)));
    }
}

/// `1`, `2` … for as many columns as there are, where that is known.
fn positions(items: &[Item], scope: &Scope<'_>) -> Option<Vec<Expr>> {
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
fn texts(items: &[Item]) -> Option<Vec<Expr>> {
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

fn flatten(groups: &[Group], keys: &mut Vec<Expr>, sets: &mut bool) {
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

/// Completes the orders of windows whose functions tell equals apart.
fn settle_windows(select: &mut Select, order_by: &mut [OrderItem], keys: &[Expr]) {
    let windows = std::mem::take(&mut select.windows);
    let items = select.items.iter_mut().filter_map(|item| match item {
        Item::Expr { value, .. } => Some(value),
        Item::Star(_) | Item::QualifiedStar(_) => None,
    });
    for expr in items.chain(order_by.iter_mut().map(|item| &mut item.value)) {
        calls(expr, &mut |call| settle_window(call, &windows, keys));
    }
    select.windows = windows;
}

fn settle_window(call: &mut Call, windows: &[(Ident, Window)], keys: &[Expr]) {
    let Some(name) = call.name.last().map(|name| name.value.to_ascii_lowercase()) else { return };
    let Some(mut window) = call.over.as_ref().and_then(|over| flat(over, windows)) else { return };
    let whole = |frame: &Frame| {
        matches!(
            (&frame.start, &frame.end),
            (Bound::Fixed("UNBOUNDED PRECEDING"), Some(Bound::Fixed("UNBOUNDED FOLLOWING")))
        )
    };
    let list = LISTS.contains(&name.as_str());
    match &window.frame {
        Some(frame) if frame.units == "ROWS" || (whole(frame) && frame.exclude.is_none()) => {}
        _ if SINGLING.contains(&name.as_str()) => {}
        None if list && window.order_by.is_empty() => {
            window.frame = Some(Frame {
                units: "ROWS",
                start: Bound::Fixed("UNBOUNDED PRECEDING"),
                end: Some(Bound::Fixed("UNBOUNDED FOLLOWING")),
                exclude: None,
            });
        }
        _ => return,
    }
    window.order_by.extend(keys.iter().cloned().map(key));
    call.over = Some(Over::Window(window));
}

/// A window with what it takes over from those that it names.
fn flat(over: &Over, windows: &[(Ident, Window)]) -> Option<Window> {
    let named = |name: &Ident| {
        windows.iter().find(|(known, _)| known.value == name.value).map(|(_, window)| window)
    };
    let mut window = match over {
        Over::Named(name) => named(name)?.clone(),
        Over::Window(window) => window.clone(),
    };
    for _ in 0..windows.len() {
        let Some(base) = window.base.take() else { break };
        let base = named(&base)?;
        if window.partition_by.is_empty() {
            window.partition_by.clone_from(&base.partition_by);
        }
        if window.order_by.is_empty() {
            window.order_by.clone_from(&base.order_by);
        }
        window.base.clone_from(&base.base);
    }
    window.base.is_none().then_some(window)
}

/// Visits the calls of an expression, those of its subqueries not.
fn calls(expr: &mut Expr, visit: &mut dyn FnMut(&mut Call)) {
    for part in &mut expr.parts {
        match part {
            Part::Call(call) => {
                call.args.values.iter_mut().for_each(|arg| calls(&mut arg.value, visit));
                visit(call);
            }
            Part::Tuple { items, .. } | Part::Array { items, .. } => {
                items.iter_mut().for_each(|item| calls(item, visit));
            }
            Part::Case { operand, whens, otherwise } => {
                for expr in operand.iter_mut().chain(otherwise) {
                    calls(expr, visit);
                }
                for (when, then) in whens {
                    calls(when, visit);
                    calls(then, visit);
                }
            }
            Part::Interval { value, .. } => calls(value, visit),
            Part::Special { pieces, .. } => in_pieces(pieces, visit),
            _ => {}
        }
    }
}

fn in_pieces(pieces: &mut [Piece], visit: &mut dyn FnMut(&mut Call)) {
    for piece in pieces {
        match piece {
            Piece::Expr(expr) => calls(expr, visit),
            Piece::Group(pieces) => in_pieces(pieces, visit),
            _ => {}
        }
    }
}

fn key(value: Expr) -> OrderItem {
    OrderItem { value, direction: None, using: None, nulls: None }
}

fn column(relation: Option<&str>, name: &str) -> Expr {
    let name: Name = relation.into_iter().chain([name]).map(Ident::made).collect();
    Expr::one(Part::Column(name), Span::default())
}

fn position(n: usize) -> Expr {
    Expr::one(Part::Literal(Literal::Number(n.to_string())), Span::default())
}

/// `(value)`.
fn wrapped(value: Expr) -> Expr {
    match value.parts.as_slice() {
        [Part::Column(_)] => value,
        _ => Expr::one(Part::Tuple { row: false, items: vec![value] }, Span::default()),
    }
}

/// `value::text`.
fn text(mut value: Expr) -> Expr {
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

fn argument(value: Expr) -> crate::ast::Arg {
    crate::ast::Arg { variadic: false, name: None, unit: None, value }
}
