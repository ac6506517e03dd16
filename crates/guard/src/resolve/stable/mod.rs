//! Orders that a result would otherwise owe to the plan.
//!
//! Servers choose plans by statistics, and those count the rows that a policy filters away. So
//! wherever a statement that reads filtered tables leaves an order open and shows it (the result,
//! LIMIT, DISTINCT ON, lists such as `array_agg`, `row_number`), the order is completed by keys:
//! primary keys where they are known and open, else whole rows or all result columns.

mod inside;
mod keys;
mod ungrouped;
mod windows;

use super::{
    Resolver,
    scope::{Scope, Shape},
};
use crate::{
    ast::{
        Alias, Arm, Body, Call, Expr, Factor, FactorKind, From, Ident, Item, Literal, Name,
        OrderItem, Part, Quantifier, Query, Select,
    },
    fault::{Checked, Fault},
};
use inside::calls;
use keys::{column, key, position, positions, text, texts};
use windows::settle_windows;

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
    ) -> Checked<()> {
        let aggregated = self.aggregates(select);
        if select.group_by.is_some() || aggregated {
            self.settle_ungrouped(select, order_by, scope)?;
        }
        let grouped = self.group_keys(select, scope);
        let rows = self.row_keys(scope);
        let one_row = select.group_by.is_none() && aggregated;
        let in_windows = match (&select.group_by, one_row) {
            (None, true) => None,
            (None, false) => rows.clone(),
            (Some(_), _) => grouped.clone(),
        };
        if let Some(keys) = in_windows.filter(|keys| !keys.is_empty()) {
            settle_windows(select, order_by, &keys)?;
        }
        if !seen || one_row {
            return Ok(());
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
                    return Ok(());
                }
                let by_text = || self.has_texts().then(|| texts(&select.items))?;
                rows.or_else(by_text).or(positions)
            }
        };
        order_by.extend(keys.into_iter().flatten().map(key));
        Ok(())
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

    /// Something in it makes one row of many.
    fn aggregates(&self, select: &Select) -> bool {
        if select.having.is_some() {
            return true;
        }
        calls_in_items(select, |call| self.is_aggregate(call)) > 0
    }

    fn is_aggregate(&self, call: &Call) -> bool {
        let name = call.name.last().map(|name| name.value.to_ascii_lowercase());
        let known = name.is_some_and(|name| AGGREGATES.split_whitespace().any(|a| a == name));
        // MySQL's and SQLite's `max(a, b)` is no aggregate.
        let scalar = call.args.values.len() > 1 && self.is_scalar(call);
        let marked = call.args.star || !call.within.is_empty() || call.filter.is_some();
        call.over.is_none() && (marked || (known && !scalar))
    }

    /// Every value can be turned into a text, and nothing of a user's does it.
    pub(super) fn has_texts(&self) -> bool {
        self.facts.flavour.is_postgres() && !self.has_user_cast("text")
    }

    fn is_scalar(&self, call: &Call) -> bool {
        let name = call.name.last().map_or("", |name| name.value.as_str());
        (self.facts.flavour.is_sqlite() && ["max", "min"].contains(&name.to_lowercase().as_str()))
            || name.eq_ignore_ascii_case("json_array")
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
        let limit = std::mem::take(&mut query.limit);
        let order_by = std::mem::take(&mut query.order_by);
        let row = wrap(query);
        query.limit = limit;
        query.order_by = order_by;
        query.order_by.push(key(text(Expr::one(Part::Column(vec![row]), query.span))));
    }

    /// `FETCH FIRST 3 ROWS WITH TIES` chooses by the order as it is written, so that is completed
    /// outside, by the same columns of the result.
    pub(super) fn settle_ties(&self, query: &mut Query, shape: &Shape) -> Checked<()> {
        let span = query.span;
        let open = || {
            let reason = "WITH TIES leaves the order of equals open, and your policy filters rows.";
            Fault::new("policy", reason, span)
                .hint("Give the columns that it is ordered by in the result, each with a name of its own.")
        };
        if shape.open || shape.shuffled {
            return Err(open());
        }
        let mut keys = Vec::new();
        for item in &query.order_by {
            let name = self.shown_name(item, query, shape).ok_or_else(open)?;
            keys.push(OrderItem { value: column(Some(ROW), &name), ..item.clone() });
        }
        let row = wrap(query);
        query.order_by = keys;
        if self.facts.flavour.is_postgres() {
            query.order_by.push(key(text(Expr::one(Part::Column(vec![row]), span))));
        } else {
            query.order_by.extend((1..=shape.columns.len()).map(position).map(key));
        }
        Ok(())
    }

    /// The result column that an order goes by, if no other has its name.
    fn shown_name(&self, item: &OrderItem, query: &Query, shape: &Shape) -> Option<String> {
        let named = |wanted: &str| {
            let same = |name: &&str| self.facts.same(name, wanted);
            shape.columns.iter().filter_map(|column| column.name.as_deref()).filter(same).count()
        };
        let name = match item.value.parts.as_slice() {
            [Part::Literal(Literal::Number(digits))] => {
                let n = digits.parse::<usize>().ok()?.checked_sub(1)?;
                shape.columns.get(n)?.name.clone()?
            }
            [Part::Column(name)] if name.len() == 1 => name[0].value.clone(),
            [Part::Column(name)] => {
                let [Arm { body: Body::Select(select), .. }] = query.arms.as_slice() else {
                    return None;
                };
                select.items.iter().find_map(|item| match item {
                    Item::Expr { value, alias } => match value.parts.as_slice() {
                        [Part::Column(shown)] if same_name(shown, name) => {
                            alias.as_ref().or(name.last()).map(|name| name.value.clone())
                        }
                        _ => None,
                    },
                    Item::Star(_) | Item::QualifiedStar(_) => None,
                })?
            }
            _ => return None,
        };
        (named(&name) == 1).then_some(name)
    }
}

/// How many calls in the result's columns are such.
fn calls_in_items(select: &Select, wanted: impl Fn(&Call) -> bool) -> usize {
    let mut found = 0;
    for item in &mut select.items.clone() {
        if let Item::Expr { value, .. } = item {
            calls(value, &mut |call| found += usize::from(wanted(call)));
        }
    }
    found
}

/// What the rows of a wrapped query go by.
const ROW: &str = "querent_row";

fn same_name(a: &Name, b: &Name) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.value == b.value)
}

/// `SELECT * FROM (query) AS querent_row`; names of WITH stay outside. Gives the new name.
fn wrap(query: &mut Query) -> Ident {
    let span = query.span;
    let inner = Query {
        with: None,
        arms: std::mem::take(&mut query.arms),
        order_by: std::mem::take(&mut query.order_by),
        limit: std::mem::take(&mut query.limit),
        span,
    };
    let alias = Alias { name: Some(Ident::made(ROW)), columns: vec![] };
    let kind = FactorKind::Derived { lateral: false, query: Box::new(inner) };
    query.arms = Select::all(Factor { kind, alias: Some(alias), span }).arms();
    Ident::made(ROW)
}
