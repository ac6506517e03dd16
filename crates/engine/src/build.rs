//! From a draft with settled names to a plan: expressions, conditions, grouping, joins.

use crate::{
    calendar::Range,
    cues::{Agg, Op},
    draft::{Condition, Draft, Filter, Key, Left, Right, Sel},
    graph::Edge,
    lexicon::{Item, Lexicon},
    link::Links,
    plan::{Ex, Lit, Plan, Pred, SetOp},
    resolve::Assignment,
};
use model::{catalog::ValueKind, dialect::Dialect};
use std::collections::HashMap;

pub(crate) struct Builder<'a> {
    pub draft: &'a Draft,
    pub links: &'a Links,
    pub lexicon: &'a Lexicon,
    pub settled: &'a Assignment,
    /// Columns that words of the question point at, for choosing among keys.
    pub mentioned: &'a HashMap<usize, f32>,
    pub today: crate::Date,
    pub style: Style,
}

/// How a statement is shaped where more than one shape says the same thing, or nearly.
#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    /// Tables that only take part are not joined unless a column of theirs is used.
    pub bare: bool,
    /// Groups are told apart by what is shown, not by the key.
    pub by_shown: bool,
    /// `A except B` instead of `not in B`.
    pub except: bool,
    /// This edge of the join graph is not taken.
    pub detour: Option<usize>,
    /// Conditions after `than the average …` are about the rows asked for.
    pub outer: bool,
    /// What a negated condition on the rows asked for would show is taken away.
    pub taken: bool,
    /// `A or B` as two queries whose rows are taken together.
    pub union: bool,
}

#[derive(Default)]
struct State {
    plan: Plan,
    /// Tables that must be joined though no column of theirs is used.
    extra: Vec<usize>,
    /// Tables whose rows are counted, by expression position in select (`usize::MAX`: elsewhere).
    counted: Vec<(usize, usize)>,
    subject: Option<usize>,
    /// The last condition asks for nothing beyond the join.
    satisfied: bool,
    /// The tables that only take part are in an inner query already.
    no_context: bool,
    /// A condition went into an inner query.
    narrowed: bool,
    /// Tables that a time without a column is about first.
    near: Vec<usize>,
    /// The first of each group is asked for.
    of_each: bool,
    /// Something in the question found no place.
    lost: u32,
}

/// The plan, and how many parts of the draft found no place in it.
pub(crate) fn build(builder: &Builder<'_>) -> Option<(Plan, u32)> {
    if builder.style.union {
        return union(builder);
    }
    let mut s = State {
        subject: builder.subject(),
        lost: u32::from(builder.draft.dangling),
        ..State::default()
    };
    builder.select(&mut s);
    builder.defaults(&mut s);
    builder.filters(&mut s);
    builder.group(&mut s);
    builder.order(&mut s);
    builder.first_of_each(&mut s);
    builder.nest(&mut s);
    builder.nest_commonest(&mut s);
    builder.count_groups(&mut s);
    s.plan.distinct = draft_distinct(builder.draft, &s.plan) || builder.lists_kinds(&s.plan);
    builder.require_rows(&mut s);
    builder.join(&mut s)?;
    builder.take_away(&mut s)?;
    builder.share(&mut s);
    (builder.holds(&s.plan) && builder.typed(&s.plan)).then_some((s.plan, s.lost))
}

/// Two queries for two conditions of which either is enough: one of them may be about groups, or about rows that not
/// everything has.
fn union(builder: &Builder<'_>) -> Option<(Plan, u32)> {
    let draft = builder.draft;
    let mut either = draft.filters.iter().enumerate().filter(|(_, f)| f.or).map(|(i, _)| i);
    let (second, None) = (either.next()?, either.next()) else { return None };
    let side = |without: usize| {
        let mut draft = draft.clone();
        draft.filters.remove(without);
        draft.filters.iter_mut().for_each(|f| f.or = false);
        let style = Style { bare: true, ..Style::default() };
        build(&Builder { draft: &draft, style, ..*builder })
    };
    let plain = |f: &Filter| f.within.is_none() && !f.tight && !f.attached;
    if !draft.filters.iter().all(plain) || !draft.order.is_empty() || draft.limit.is_some() {
        return None;
    }
    let ((mut first, a), (mut other, b)) = (side(second)?, side(second.checked_sub(1)?)?);
    let simple = |p: &Plan| p.set.is_none() && p.star.is_none();
    if first.select != other.select || !simple(&first) || !simple(&other) {
        return None;
    }
    let groups = !first.having.is_empty() || !other.having.is_empty();
    if first.select.iter().any(Ex::is_aggregate) || !groups && first.tables == other.tables {
        return None;
    }
    (first.distinct, other.distinct) = (false, false);
    first.set = Some((SetOp::Union, Box::new(other)));
    Some((first, a.max(b)))
}

fn draft_distinct(draft: &Draft, plan: &Plan) -> bool {
    draft.distinct && plan.group.is_empty()
}

impl Builder<'_> {
    /// `payment methods`: which ones there are, not one for every payment.
    fn lists_kinds(&self, plan: &Plan) -> bool {
        let [Ex::Col(c)] = plan.select[..] else { return false };
        let info = &self.lexicon.columns[c];
        let table = &self.lexicon.tables[info.table];
        matches!(info.kind, ValueKind::Text | ValueKind::Enum)
            && !info.is_primary
            && table.label != Some(c)
            && table.label_rest != Some(c)
            && plan.order.is_empty()
            && plan.group.is_empty()
            && plan.filter.is_empty()
            && self.draft.context.is_empty()
            && self.draft.group.is_empty()
            && self.draft.owned.is_empty()
    }

    /// Does every query have the tables of the columns it uses?
    fn holds(&self, plan: &Plan) -> bool {
        let mut columns = Vec::new();
        plan.select.iter().chain(&plan.group).for_each(|e| e.columns(&mut columns));
        plan.order.iter().for_each(|(e, _)| e.columns(&mut columns));
        let mut inner = Vec::new();
        for pred in plan.filter.iter().chain(&plan.having) {
            pred.columns(&mut columns);
            pred.queries(&mut inner);
        }
        inner.extend(plan.set.iter().map(|(_, p)| &**p));
        columns.iter().all(|c| plan.tables.contains(&self.lexicon.columns[*c].table))
            && inner.into_iter().all(|p| self.holds(p))
    }

    /// Are only numbers added up, and is every value compared with a column that can hold it?
    fn typed(&self, plan: &Plan) -> bool {
        let adds = |e: &Ex| match e {
            Ex::Agg { agg: Agg::Sum | Agg::Avg, arg: Some(arg), .. } => {
                !matches!(**arg, Ex::Col(c) if !self.can_add(c))
            }
            _ => true,
        };
        let conditions = || plan.filter.iter().chain(&plan.having);
        let mut inner = Vec::new();
        conditions().for_each(|p| p.queries(&mut inner));
        inner.extend(plan.set.iter().map(|(_, p)| &**p));
        plan.select.iter().chain(plan.order.iter().map(|o| &o.0)).all(adds)
            && possible(&plan.filter)
            && conditions().all(|p| self.comparable(p))
            && inner.into_iter().all(|p| self.typed(p))
    }

    /// A number; SQLite also keeps numbers in columns of text, which then are named like one.
    fn can_add(&self, c: usize) -> bool {
        match self.lexicon.columns[c].kind {
            k if k.is_numeric() => true,
            ValueKind::Other => true,
            ValueKind::Text => self.lexicon.dialect == Dialect::Sqlite && self.quantity(c),
            _ => false,
        }
    }

    fn comparable(&self, pred: &Pred) -> bool {
        match pred {
            Pred::Any(list) | Pred::All(list) => list.iter().all(|p| self.comparable(p)),
            Pred::Compare(Ex::Col(c), _, lit) => self.can_hold(*c, lit),
            Pred::Compare(Ex::Agg { agg: Agg::Sum | Agg::Avg, arg: Some(arg), .. }, ..) => {
                !matches!(**arg, Ex::Col(c) if !self.can_add(c))
            }
            Pred::Like { column, .. } if self.lexicon.dialect == Dialect::Postgres => {
                let kind = self.lexicon.columns[*column].kind;
                !kind.is_numeric() && !kind.is_temporal()
            }
            _ => true,
        }
    }

    fn can_hold(&self, c: usize, lit: &Lit) -> bool {
        let kind = self.lexicon.columns[c].kind;
        let strict = self.lexicon.dialect == Dialect::Postgres;
        match lit {
            Lit::Text(text) => {
                let known = || {
                    let hit = |h: &(usize, String, f32)| h.0 == c && h.1 == *text;
                    self.links.values.iter().any(|v| v.hits.iter().any(hit))
                };
                if kind.is_numeric() {
                    text.trim().parse::<f64>().is_ok() || known()
                } else if kind.is_temporal() {
                    text.chars().any(|c| c.is_ascii_digit()) || known()
                } else {
                    kind != ValueKind::Boolean || !strict && known()
                }
            }
            Lit::Num(_) => !strict || !matches!(kind, ValueKind::Text | ValueKind::Enum),
            Lit::Bool(_) => true,
        }
    }

    fn item(&self, noun: usize) -> Option<Item> {
        self.settled.items.get(noun).copied().flatten()
    }

    fn table_of(&self, noun: usize) -> Option<usize> {
        self.item(noun).map(|i| self.lexicon.table_of(i))
    }

    /// The table that the question is about.
    fn subject(&self) -> Option<usize> {
        let wanted = self.draft.select.iter().filter_map(|s| s.noun);
        let plain = self
            .draft
            .select
            .iter()
            .filter(|s| s.agg.is_none() && !s.number_of)
            .filter_map(|s| s.noun);
        plain
            .chain(wanted)
            .chain(self.draft.context.iter().copied())
            .chain(self.draft.required.iter().copied())
            .chain(self.draft.group.iter().copied())
            .find_map(|n| self.table_of(n))
            .or_else(|| self.settled.tables.first().copied())
    }

    // ---- select

    fn select(&self, s: &mut State) {
        for sel in &self.draft.select {
            if let Some(e) = self.selected(sel, s)
                && !s.plan.select.contains(&e)
            {
                s.plan.select.push(e);
            }
        }
        self.add_up(s);
        // `X with the number of Y and the number of points`: beside a count, numbers are added up.
        if s.plan.select.iter().any(Ex::is_aggregate) {
            let sums: Vec<usize> = self
                .draft
                .select
                .iter()
                .filter(|sel| sel.number_of && sel.agg.is_none())
                .filter_map(|sel| match self.item(sel.noun?) {
                    Some(Item::Column(c)) => Some(c),
                    _ => None,
                })
                .collect();
            for e in &mut s.plan.select {
                if let Ex::Col(c) = e
                    && sums.contains(c)
                    && self.measures(*c)
                {
                    *e = Ex::Agg {
                        agg: Agg::Sum,
                        arg: Some(Box::new(Ex::Col(*c))),
                        distinct: false,
                    };
                }
            }
        }
    }

    /// `total amount per customer`: a lone measure by something else than its own row is added up.
    fn add_up(&self, s: &mut State) {
        let [Ex::Col(c)] = s.plan.select[..] else { return };
        let own = self.lexicon.columns[c].table;
        let foreign = |n: &usize| match self.item(*n) {
            Some(Item::Table(t)) => t != own,
            Some(Item::Column(g)) => !self.lexicon.columns[g].is_primary && g != c,
            None => false,
        };
        // `total amount in 2025`: a period has one total.
        let dated = |f: &Filter| matches!(f.what, Condition::Time { .. });
        let total = self
            .draft
            .select
            .iter()
            .filter_map(|s| s.noun)
            .any(|n| self.links.nouns[n].text.to_lowercase().starts_with("total "));
        if self.measures(c)
            && total
            && !self.grouping()
            && self.draft.order.is_empty()
            && self.draft.context.is_empty()
            && !self.draft.filters.is_empty()
            && self.draft.filters.iter().all(dated)
        {
            s.plan.select =
                vec![Ex::Agg { agg: Agg::Sum, arg: Some(Box::new(Ex::Col(c))), distinct: false }];
            return;
        }
        if self.measures(c)
            && !self.draft.group.is_empty()
            && self.draft.group.iter().all(foreign)
            && self.draft.limit.is_none()
        {
            s.plan.select =
                vec![Ex::Agg { agg: Agg::Sum, arg: Some(Box::new(Ex::Col(c))), distinct: false }];
        }
    }

    fn selected(&self, sel: &Sel, s: &mut State) -> Option<Ex> {
        let Some(item) = sel.noun.and_then(|n| self.item(n)) else {
            if sel.number_of || sel.agg == Some(Agg::Count) {
                s.extra.extend(s.subject);
                return Some(Ex::count());
            }
            s.lost += 1;
            return None;
        };
        let aggregate =
            |agg, c, distinct| Ex::Agg { agg, arg: Some(Box::new(Ex::Col(c))), distinct };
        Some(match (sel.agg, item) {
            (None | Some(Agg::Avg), Item::Column(c))
                if sel.noun.is_some_and(|n| self.links.nouns[n].rate) =>
            {
                Ex::Rate(vec![Pred::Compare(Ex::Col(c), Op::Eq, Lit::Bool(true))])
            }
            (None | Some(Agg::Sum), Item::Column(c))
                if sel.noun.is_some_and(|n| self.links.nouns[n].concept) =>
            {
                self.added(c)
            }
            (Some(Agg::Count), Item::Table(t)) => self.count_rows(t, s),
            (Some(agg), Item::Column(c)) => {
                if agg != Agg::Count && !self.measures(c) && matches!(agg, Agg::Sum | Agg::Avg) {
                    s.lost += 1;
                }
                aggregate(agg, c, agg == Agg::Count)
            }
            (Some(agg), Item::Table(t))
                if self.is_money(t) && crate::resolve::amount_of(self.lexicon, item).is_some() =>
            {
                // `total payments`: their amounts, not how many there are.
                aggregate(agg, crate::resolve::amount_of(self.lexicon, item)?, false)
            }
            (Some(_), Item::Table(t)) => {
                if sel.agg != Some(Agg::Sum) {
                    s.lost += 1;
                }
                self.count_rows(t, s)
            }
            (None, Item::Table(t)) if sel.number_of => self.count_rows(t, s),
            (None, Item::Column(c)) if sel.number_of => {
                if self.measures(c) && !sel.distinct {
                    // `how many degrees were conferred in 2000`: of one row or of many, their sum.
                    let alone = self.draft.select.len() == 1
                        && self.draft.order.is_empty()
                        && self.draft.limit.is_none();
                    let grouped = self.grouping()
                        && (alone || s.subject != Some(self.lexicon.columns[c].table));
                    if grouped || alone && !self.grouping() {
                        aggregate(Agg::Sum, c, false)
                    } else {
                        Ex::Col(c)
                    }
                } else {
                    aggregate(Agg::Count, c, true)
                }
            }
            (None, Item::Column(c)) => {
                let info = &self.lexicon.tables[self.lexicon.columns[c].table];
                let text = &self.links.nouns[sel.noun?].text.to_lowercase();
                if info.label == Some(c)
                    && let Some(rest) = info.label_rest
                    && !text.contains("first")
                    && !text.contains("given")
                    && !text.contains("fore")
                {
                    // A full name is in two columns.
                    for e in [Ex::Col(c), Ex::Col(rest)] {
                        if !s.plan.select.contains(&e) {
                            s.plan.select.push(e);
                        }
                    }
                    return None;
                }
                Ex::Col(c)
            }
            (None, Item::Table(t)) => {
                if self.draft.everything {
                    s.plan.star = Some(t);
                    s.extra.push(t);
                    return None;
                }
                s.extra.push(t);
                self.show_label(t, s);
                return None;
            }
        })
    }

    /// A measure by convention added up: a price by its quantity.
    fn added(&self, c: usize) -> Ex {
        let info = &self.lexicon.columns[c];
        let quantity = self.lexicon.tables[info.table]
            .columns
            .clone()
            .find(|q| self.lexicon.columns[*q].phrase.words.iter().any(|w| w == "quantity"));
        let arg = match quantity.filter(|_| info.phrase.words.iter().any(|w| w == "price")) {
            Some(q) => Ex::Product(c, q),
            None => Ex::Col(c),
        };
        Ex::Agg { agg: Agg::Sum, arg: Some(Box::new(arg)), distinct: false }
    }

    /// Rows that are amounts of money.
    fn is_money(&self, table: usize) -> bool {
        self.lexicon.tables[table].phrase.words.iter().any(|w| {
            matches!(
                w.as_str(),
                "payment"
                    | "transaction"
                    | "expense"
                    | "donation"
                    | "invoice"
                    | "bill"
                    | "refund"
                    | "deposit"
                    | "fine"
            )
        })
    }

    fn count_rows(&self, table: usize, s: &mut State) -> Ex {
        s.counted.push((s.plan.select.len(), table));
        s.extra.push(table);
        Ex::count()
    }

    fn measures(&self, c: usize) -> bool {
        let column = &self.lexicon.columns[c];
        column.kind.is_numeric()
            && !column.is_primary
            && column.refers_to.is_none()
            && !(column.is_keyish
                && column.phrase.words.last().is_some_and(|w| w == "id" || w == "code"))
    }

    fn grouping(&self) -> bool {
        !self.draft.group.is_empty() || self.draft.bucket.is_some()
    }

    // ---- conditions

    fn filters(&self, s: &mut State) {
        let mut built: Vec<(Pred, &Filter, usize)> = Vec::new();
        let absent = self.absent_tables();
        let mut inner: HashMap<usize, Vec<Pred>> = HashMap::new();
        let mut missing: Option<usize> = None;
        for (filter, number) in self.draft.filters.iter().zip(0..) {
            let having = s.plan.having.len();
            let either = filter.or || self.draft.filters.get(number + 1).is_some_and(|f| f.or);
            if !self.style.outer
                && let Some(within) = filter.within
                && self.narrow(filter, within, &mut built, s)
            {
                continue;
            }
            if !filter.attached {
                missing = None;
            }
            if let Condition::Exists { noun } = filter.what
                && filter.negated
            {
                missing = self.table_of(noun);
            }
            s.near = match (filter.attached, built.last()) {
                (true, Some((Pred::In { query, negated: true, .. }, ..))) => query.tables.clone(),
                (true, _) => missing.into_iter().collect(),
                _ => Vec::new(),
            };
            if let Some(pred) = self.condition(filter, s) {
                // A condition on a table that must not be there belongs to what must not be there.
                if let Some(t) = missing
                    .filter(|_| filter.attached)
                    .or_else(|| self.only_in_absent(&pred, &absent))
                    && !filter.or
                {
                    inner.entry(t).or_default().push(pred);
                } else if filter.attached
                    && let Some((Pred::In { query, negated: true, .. }, ..)) = built.last_mut()
                    && self.within(&pred, query)
                {
                    query.filter.push(pred);
                } else {
                    built.push((pred, filter, number));
                }
            } else if either && s.plan.having.len() > having {
                // One of two conditions cannot be about groups and the other about rows.
                s.lost += 1;
            } else if !std::mem::take(&mut s.satisfied)
                && s.plan.having.len() == having
                && !matches!(filter.what, Condition::Exists { .. })
            {
                s.lost += 1;
            }
        }
        for table in absent {
            match self.not_in(table, inner.remove(&table).unwrap_or_default(), s) {
                Some(pred) => s.plan.filter.push(pred),
                None => s.lost += 1,
            }
        }
        self.combine(built, s);
    }

    /// `more than the average price of toys`: the condition belongs to what the average is taken over.
    fn narrow(
        &self,
        filter: &Filter,
        within: usize,
        built: &mut [(Pred, &Filter, usize)],
        s: &mut State,
    ) -> bool {
        let Some((Pred::CompareQuery(_, _, query), ..)) =
            built.iter_mut().find(|(_, _, n)| *n == within)
        else {
            return false;
        };
        let mut inner =
            State { subject: query.tables.first().copied(), no_context: true, ..State::default() };
        let Some(pred) = self.condition(filter, &mut inner) else { return false };
        inner.plan = (**query).clone();
        inner.plan.filter.push(pred);
        if self.join(&mut inner).is_none() {
            return false;
        }
        inner.plan.distinct = false;
        **query = inner.plan;
        s.narrowed = true;
        true
    }

    fn within(&self, pred: &Pred, query: &Plan) -> bool {
        let mut columns = Vec::new();
        pred.columns(&mut columns);
        columns.iter().all(|c| query.tables.contains(&self.lexicon.columns[*c].table))
    }

    fn absent_tables(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for filter in &self.draft.filters {
            if let Condition::Exists { noun } = filter.what
                && filter.negated
                && let Some(t) = self.table_of(noun)
                && (matches!(self.item(noun), Some(Item::Table(_))) || Some(t) != self.subject())
                && !found.contains(&t)
            {
                found.push(t);
            }
        }
        found
    }

    fn only_in_absent(&self, pred: &Pred, absent: &[usize]) -> Option<usize> {
        let mut columns = Vec::new();
        pred.columns(&mut columns);
        let first = self.lexicon.columns[*columns.first()?].table;
        (absent.contains(&first) && !matches!(pred, Pred::In { .. })).then_some(first)
    }

    /// Joins conditions by AND and OR; two different values of one column need two queries.
    fn combine(&self, built: Vec<(Pred, &Filter, usize)>, s: &mut State) {
        let mut list: Vec<Pred> = Vec::new();
        let mut twice: Vec<(usize, Pred)> = Vec::new();
        for (pred, filter, _) in built {
            if filter.tight
                && let Some(Pred::Any(any)) = list.last_mut()
                && let Some(last) = any.pop()
            {
                any.push(match last {
                    Pred::All(mut all) => {
                        all.push(pred);
                        Pred::All(all)
                    }
                    last => Pred::All(vec![last, pred]),
                });
                continue;
            }
            if filter.or
                && let Some(last) = list.last_mut()
            {
                if let Pred::Any(any) = last {
                    any.push(pred);
                } else {
                    let first = std::mem::replace(last, Pred::Any(Vec::new()));
                    *last = Pred::Any(vec![first, pred]);
                }
                continue;
            }
            if let Pred::Compare(Ex::Col(c), Op::Eq, _) = &pred
                && let Some(i) = list
                    .iter()
                    .position(|p| matches!(p, Pred::Compare(Ex::Col(d), Op::Eq, _) if d == c))
                && list[i] != pred
            {
                if filter.both
                    || self.many(s.subject, self.lexicon.columns[*c].table)
                    || !self.identifies(s)
                {
                    twice.push((i, pred));
                } else {
                    let first = list[i].clone();
                    list[i] = Pred::Any(vec![first, pred]);
                }
                continue;
            }
            if filter.both
                && let Pred::Compare(Ex::Col(c), op, Lit::Num(_)) = &pred
                && let Some(i) = list.iter().position(|p| {
                    matches!(p, Pred::Compare(Ex::Col(d), o, Lit::Num(_)) if d == c && (*o == op.flipped() || matches!((o, op.flipped()), (Op::Gt, Op::Ge) | (Op::Ge, Op::Gt) | (Op::Lt, Op::Le) | (Op::Le, Op::Lt))))
                })
            {
                twice.push((i, pred));
                continue;
            }
            // `in 1960 and in 1961`: no row is in both.
            if let Some(i) = list.iter().position(|p| !possible(&[p.clone(), pred.clone()])) {
                if filter.both || !self.identifies(s) {
                    twice.push((i, pred));
                } else {
                    let first = list[i].clone();
                    list[i] = Pred::Any(vec![first, pred]);
                }
                continue;
            }
            let pred = self.taken_away(pred, filter, s);
            if !list.contains(&pred) {
                list.push(pred);
            }
        }
        s.plan.filter.extend(list.clone());
        if !twice.is_empty() {
            let mut other = list;
            twice.into_iter().for_each(|(i, second)| other[i] = second);
            let other = Plan { filter: other, ..Plan::default() };
            s.plan.set = Some((SetOp::Intersect, Box::new(other)));
        }
    }

    /// `cities except those with …`: the cities of such rows are taken away, not only the rows.
    fn taken_away(&self, pred: Pred, filter: &Filter, s: &State) -> Pred {
        let [Ex::Col(shown)] = s.plan.select[..] else { return pred };
        let mut columns = Vec::new();
        pred.columns(&mut columns);
        let table = self.lexicon.columns[shown].table;
        let own = columns.iter().all(|c| self.lexicon.columns[*c].table == table);
        if !(filter.except || self.style.taken)
            || !filter.negated
            || !own
            || self.identifies(s)
            || matches!(pred, Pred::In { .. })
        {
            return pred;
        }
        let positive = match pred {
            Pred::Compare(e, op, lit) => Pred::Compare(e, op.negated(), lit),
            Pred::Like { column, text, how, .. } => {
                Pred::Like { column, text, how, negated: false }
            }
            Pred::Time { column, range, .. } => Pred::Time { column, range, negated: false },
            Pred::Between(e, a, b, _) => Pred::Between(e, a, b, false),
            other => return other,
        };
        let query = Plan {
            select: vec![Ex::Col(shown)],
            tables: vec![table],
            filter: vec![positive],
            ..Plan::default()
        };
        Pred::In { column: shown, query: Box::new(query), negated: true }
    }

    /// `the average score of customers who have a loan`: each customer counts once, however many loans.
    fn require_rows(&self, s: &mut State) {
        let mut columns = Vec::new();
        let measures = !s.plan.select.is_empty()
            && s.plan
                .select
                .iter()
                .all(|e| matches!(e, Ex::Agg { agg, arg: Some(_), .. } if *agg != Agg::Count));
        s.plan.select.iter().for_each(|e| e.columns(&mut columns));
        let Some(own) = columns.first().map(|c| self.lexicon.columns[*c].table) else { return };
        let one = columns.iter().all(|c| self.lexicon.columns[*c].table == own);
        if !measures || !one || !s.plan.group.is_empty() || !s.plan.having.is_empty() {
            return;
        }
        let mut used = Vec::new();
        s.plan.filter.iter().for_each(|p| p.columns(&mut used));
        let absent = self.absent_tables();
        let done = self.draft.required.iter().chain(&self.draft.verbs);
        for noun in done {
            let Some(Item::Table(t)) = self.item(*noun) else { continue };
            let inner = s
                .plan
                .filter
                .iter()
                .any(|p| matches!(p, Pred::In { query, .. } if query.tables.contains(&t)));
            let touched = used.iter().any(|c| self.lexicon.columns[*c].table == t);
            if t == own || touched || inner || absent.contains(&t) || !self.many(Some(own), t) {
                continue;
            }
            let subject = std::mem::replace(&mut s.subject, Some(own));
            if let Some(Pred::In { column, query, .. }) = self.not_in(t, Vec::new(), s) {
                s.plan.filter.push(Pred::In { column, query, negated: false });
                s.no_context = true;
            }
            s.subject = subject;
        }
    }

    /// Does what is selected tell one row from another?
    fn identifies(&self, s: &State) -> bool {
        s.plan.select.iter().any(|e| match e {
            Ex::Col(c) => {
                let info = &self.lexicon.columns[*c];
                info.is_primary || self.lexicon.tables[info.table].label == Some(*c)
            }
            _ => true,
        })
    }

    fn condition(&self, filter: &Filter, s: &mut State) -> Option<Pred> {
        match &filter.what {
            Condition::Compare { left, op, right, flips } => {
                let pred = self.comparison(left, *op, right, *flips, s);
                if !filter.negated {
                    return pred;
                }
                match pred {
                    Some(Pred::Compare(Ex::Col(c), op, lit)) => {
                        Some(self.negatable(c, true, s, |negated| {
                            Pred::Compare(
                                Ex::Col(c),
                                if negated { op.negated() } else { op },
                                lit.clone(),
                            )
                        }))
                    }
                    Some(Pred::Time { column, range, .. }) => {
                        Some(Pred::Time { column, range, negated: true })
                    }
                    Some(Pred::CompareQuery(e, op, query)) => {
                        Some(Pred::CompareQuery(e, op.negated(), query))
                    }
                    None if filter.except && self.leave_out_groups(s).is_some() => {
                        s.satisfied = true;
                        None
                    }
                    None => {
                        if let Some(Pred::Compare(_, op, _)) = s.plan.having.last_mut() {
                            *op = op.negated();
                        }
                        None
                    }
                    other => other,
                }
            }
            Condition::Between { left, low, high } => {
                let e = self.left(left, s)?;
                if e.is_aggregate() {
                    s.plan.having.push(Pred::Between(e, *low, *high, filter.negated));
                    return None;
                }
                Some(Pred::Between(e, *low, *high, filter.negated))
            }
            Condition::Value { value, like, .. } => {
                let (column, text) = self.settled.values.get(*value)?.clone()?;
                if let Some(how) = like {
                    return Some(self.negatable(column, filter.negated, s, |negated| Pred::Like {
                        column,
                        text: text.clone(),
                        how: *how,
                        negated,
                    }));
                }
                let lit = self.literal(column, &text);
                Some(self.negatable(column, filter.negated, s, |negated| {
                    Pred::Compare(
                        Ex::Col(column),
                        if negated { Op::Ne } else { Op::Eq },
                        lit.clone(),
                    )
                }))
            }
            Condition::Time { noun, range } => {
                let column = match noun.and_then(|n| self.item(n)) {
                    Some(Item::Column(c)) => c,
                    Some(Item::Table(t)) => self.time_column(&[t])?,
                    None => self.time_for(s, range)?,
                };
                Some(Pred::Time { column, range: range.clone(), negated: filter.negated })
            }
            Condition::Flag { noun } => match self.item(*noun)? {
                Item::Column(c)
                    if self.lexicon.columns[c].kind == ValueKind::Boolean
                        && self.describes(*noun, self.lexicon.columns[c].table, s) =>
                {
                    Some(Pred::Compare(Ex::Col(c), Op::Eq, Lit::Bool(!filter.negated)))
                }
                _ => None,
            },
            Condition::Exists { noun } if filter.negated && self.lacking(*noun, s).is_some() => {
                // `customers without a phone`: the column is empty.
                self.lacking(*noun, s).map(|c| Pred::Null(c, false))
            }
            Condition::Exists { noun } => {
                if !filter.negated {
                    s.extra.extend(self.table_of(*noun));
                }
                None
            }
        }
    }

    /// `active customers` says something about customers, not about those who served them.
    fn describes(&self, noun: usize, table: usize, s: &State) -> bool {
        match self.draft.owned.iter().find(|o| o.0 == noun) {
            Some((_, of)) => self.table_of(*of) == Some(table),
            None => {
                s.subject == Some(table) || self.settled.items.contains(&Some(Item::Table(table)))
            }
        }
    }

    /// A column of the subject itself that a condition says is missing.
    fn lacking(&self, noun: usize, s: &State) -> Option<usize> {
        match self.item(noun)? {
            // Nobody lacks what they are.
            Item::Column(c)
                if Some(self.lexicon.columns[c].table) == s.subject
                    && !matches!(self.links.nouns[noun].candidates.first(),
                        Some((Item::Table(t), score)) if Some(*t) == s.subject && *score > 0.97) =>
            {
                Some(c)
            }
            _ => None,
        }
    }

    fn literal(&self, column: usize, text: &str) -> Lit {
        match self.lexicon.columns[column].kind {
            k if k.is_numeric() => {
                text.parse().map_or_else(|_| Lit::Text(text.to_owned()), Lit::Num)
            }
            ValueKind::Boolean => match text.to_lowercase().as_str() {
                "true" | "yes" | "t" | "1" => Lit::Bool(true),
                "false" | "no" | "f" | "0" => Lit::Bool(false),
                _ => Lit::Text(text.to_owned()),
            },
            _ => Lit::Text(text.to_owned()),
        }
    }

    /// A negated condition on rows of which the subject has many: none of them may meet it.
    fn negatable(
        &self,
        column: usize,
        negated: bool,
        s: &State,
        make: impl Fn(bool) -> Pred,
    ) -> Pred {
        let table = self.lexicon.columns[column].table;
        if negated
            && self.many(self.entity(s), table)
            && let Some(pred) = self.not_in(table, vec![make(false)], s)
        {
            return pred;
        }
        make(negated)
    }

    /// Can one row of `from` meet several rows of `to`?
    fn many(&self, from: Option<usize>, to: usize) -> bool {
        let Some(from) = from.filter(|f| *f != to) else { return false };
        self.path(from, to).is_some_and(|(_, many)| many)
    }

    /// Edge numbers from one table to another, and whether rows multiply on the way.
    fn path(&self, from: usize, to: usize) -> Option<(Vec<usize>, bool)> {
        let path = self.lexicon.graph.tree(&[from, to], &|e| self.price(e))?;
        let mut at = from;
        let mut many = false;
        for number in &path {
            let edge = &self.lexicon.graph.edges[*number];
            if edge.from == at {
                at = edge.to;
            } else {
                many |= !is_unique(self.lexicon, edge);
                at = edge.from;
            }
        }
        Some((path, many))
    }

    fn price(&self, edge: &Edge) -> f32 {
        let said = edge
            .pairs
            .iter()
            .filter_map(|(c, _)| self.mentioned.get(c))
            .fold(0.0_f32, |a, b| a.max(*b));
        let among = [edge.from, edge.to].iter().filter(|t| self.settled.tables.contains(t)).count();
        #[allow(clippy::cast_precision_loss)]
        let known = 0.1 * among as f32;
        let barred = self.style.detour.is_some_and(|d| {
            self.lexicon.graph.edges.get(d).is_some_and(|e| std::ptr::eq(e, edge))
        });
        // `customers who ordered`: the way leads through what they did.
        let done = self
            .draft
            .verbs
            .iter()
            .chain(&self.draft.required)
            .any(|n| self.table_of(*n).is_some_and(|t| edge.from == t || edge.to == t));
        let way = if done { 0.6 } else { 0.0 };
        // Never below zero: a shortest path would go round for ever.
        (edge.cost - 0.3 * said - known - way).max(0.05) + if barred { 50.0 } else { 0.0 }
    }

    /// What the wanted things belong to, when the question says so; else the table asked about.
    fn entity(&self, s: &State) -> Option<usize> {
        let first =
            self.draft.select.iter().find(|x| x.agg.is_none() && !x.number_of).and_then(|x| x.noun);
        let owner = first.and_then(|n| self.draft.owned.iter().find(|o| o.0 == n)).map(|o| o.1);
        match owner.and_then(|o| self.item(o)) {
            Some(Item::Table(t)) if s.subject.is_some_and(|s| self.lexicon.graph.refers(t, s)) => {
                Some(t)
            }
            _ => s.subject,
        }
    }

    /// `subject.key NOT IN (SELECT … )` over the rows of `table` that meet `conditions`.
    fn not_in(&self, table: usize, conditions: Vec<Pred>, s: &State) -> Option<Pred> {
        let subject = self.entity(s)?;
        if subject == table {
            let [Ex::Col(shown)] = s.plan.select[..] else { return None };
            let query = Plan {
                select: vec![Ex::Col(shown)],
                tables: vec![table],
                filter: conditions,
                ..Plan::default()
            };
            let useful = !query.filter.is_empty() && self.lexicon.columns[shown].table == table;
            return useful.then(|| Pred::In {
                column: shown,
                query: Box::new(query),
                negated: true,
            });
        }
        let (path, _) = self.path(subject, table)?;
        let edge = &self.lexicon.graph.edges[*path.first()?];
        let (mine, theirs) = *edge.pairs.first()?;
        let (outer, inner) = if edge.from == subject { (mine, theirs) } else { (theirs, mine) };
        let mut edges = path;
        edges.remove(0);
        let start = self.lexicon.columns[inner].table;
        let mut tables = vec![start];
        for number in &edges {
            let edge = &self.lexicon.graph.edges[*number];
            for t in [edge.from, edge.to] {
                if !tables.contains(&t) {
                    tables.push(t);
                }
            }
        }
        // The last step is needed only when something is said about it.
        if conditions.is_empty() && tables.len() > 1 && self.lexicon.graph.refers(start, table) {
            tables.truncate(1);
            edges.clear();
        }
        let query = Plan {
            select: vec![Ex::Col(inner)],
            tables,
            edges,
            filter: conditions,
            ..Plan::default()
        };
        Some(Pred::In { column: outer, query: Box::new(query), negated: true })
    }

    fn comparison(
        &self,
        left: &Left,
        op: Op,
        right: &Right,
        flips: bool,
        s: &mut State,
    ) -> Option<Pred> {
        let e = self.left(left, s)?;
        let column = match &e {
            Ex::Col(c) => Some(*c),
            _ => None,
        };
        if let (Right::Num(n), true) = (right, e == Ex::count())
            && (op == Op::Ge && *n == 1.0 || op == Op::Gt && *n == 0.0)
        {
            // At least one: a row that joins is enough.
            s.satisfied = true;
            return None;
        }
        let e = match (right, column) {
            (Right::Num(_), Some(c))
                if !matches!(op, Op::Eq | Op::Ne)
                    && !self.ordered(c)
                    && (self.lexicon.columns[c].is_keyish
                        || self.lexicon.columns[c].refers_to.is_some()) =>
            {
                Ex::count()
            }
            _ => e,
        };
        let column = column.filter(|_| !e.is_aggregate());
        let flipped = flips && column.is_some_and(|c| self.counts_backwards(c));
        let op = if flipped { op.flipped() } else { op };
        let pred = match right {
            Right::Num(n) => match column {
                Some(c) if self.lexicon.columns[c].kind.is_temporal() && flips && *n < 200.0 => {
                    self.age_condition(c, op, *n)
                }
                Some(c) if self.lexicon.columns[c].kind.is_temporal() => {
                    self.year_condition(c, op, *n)?
                }
                Some(c)
                    if self.lexicon.columns[c].kind == ValueKind::Text
                        && matches!(op, Op::Eq | Op::Ne) =>
                {
                    Pred::Compare(e, op, Lit::Text(crate::sql::plain(*n)))
                }
                _ => Pred::Compare(e, op, Lit::Num(*n)),
            },
            Right::Value(v) => {
                let text = self.links.values.get(*v)?.text.clone();
                let lit = column.map_or(Lit::Text(text.clone()), |c| self.literal(c, &text));
                Pred::Compare(e, op, lit)
            }
            Right::Agg(agg, noun) => {
                let arg = match noun.and_then(|n| self.item(n)) {
                    Some(Item::Column(c)) => c,
                    _ => column?,
                };
                let query = Plan {
                    select: vec![Ex::Agg {
                        agg: *agg,
                        arg: Some(Box::new(Ex::Col(arg))),
                        distinct: false,
                    }],
                    tables: vec![self.lexicon.columns[arg].table],
                    ..Plan::default()
                };
                Pred::CompareQuery(e, op, Box::new(query))
            }
        };
        let aggregated =
            matches!(&pred, Pred::Compare(e, ..) | Pred::CompareQuery(e, ..) if e.is_aggregate());
        if aggregated {
            s.plan.having.push(pred);
            return None;
        }
        Some(pred)
    }

    /// A measure, or text that is named like one.
    fn quantity(&self, c: usize) -> bool {
        let info = &self.lexicon.columns[c];
        let named = info.phrase.words.iter().any(|w| {
            matches!(
                w.as_str(),
                "amount"
                    | "price"
                    | "number"
                    | "population"
                    | "area"
                    | "size"
                    | "score"
                    | "point"
                    | "total"
                    | "cost"
                    | "salary"
                    | "day"
                    | "hour"
                    | "rate"
                    | "quantity"
                    | "speed"
                    | "weight"
                    | "height"
                    | "length"
                    | "distance"
                    | "duration"
                    | "percentage"
                    | "age"
            )
        });
        self.measures(c) || named && info.refers_to.is_none() && !info.is_primary && !info.is_keyish
    }

    /// May a column be more or less than a number?
    fn ordered(&self, c: usize) -> bool {
        let info = &self.lexicon.columns[c];
        let named = info.phrase.words.iter().any(|w| {
            matches!(
                w.as_str(),
                "year"
                    | "date"
                    | "number"
                    | "amount"
                    | "price"
                    | "age"
                    | "size"
                    | "score"
                    | "rate"
                    | "id"
                    | "cost"
                    | "level"
                    | "time"
                    | "length"
            )
        });
        info.kind.is_temporal()
            || info.kind.is_numeric() && info.refers_to.is_none()
            || named && info.refers_to.is_none()
    }

    /// A year or a date of birth: older is less.
    fn counts_backwards(&self, c: usize) -> bool {
        let info = &self.lexicon.columns[c];
        info.kind.is_temporal()
            || info
                .phrase
                .words
                .iter()
                .any(|w| matches!(w.as_str(), "birth" | "year" | "founded" | "birthday" | "date"))
    }

    /// An age in years, as dates of birth.
    #[allow(clippy::cast_possible_truncation)]
    fn age_condition(&self, column: usize, op: Op, years: f64) -> Pred {
        let day = crate::Date { year: self.today.year - years as i32, ..self.today };
        let (from, until) = match op {
            Op::Lt | Op::Le | Op::Eq => (None, Some(day)),
            Op::Gt | Op::Ge | Op::Ne => (Some(day), None),
        };
        let label = if until.is_some() {
            format!("before {}", day.iso())
        } else {
            format!("since {}", day.iso())
        };
        Pred::Time { column, range: Range { from, until, years: None, label }, negated: false }
    }

    fn year_condition(&self, column: usize, op: Op, n: f64) -> Option<Pred> {
        #[allow(clippy::cast_possible_truncation)]
        let year = (n.fract() == 0.0 && (1000.0..=2200.0).contains(&n)).then_some(n as i32)?;
        let first = |y: i32| Some(crate::Date { year: y, month: 1, day: 1 });
        let (from, until, years) = match op {
            Op::Eq | Op::Ne => (first(year), first(year + 1), (Some(year), Some(year))),
            Op::Gt => (first(year + 1), None, (Some(year + 1), None)),
            Op::Ge => (first(year), None, (Some(year), None)),
            Op::Lt => (None, first(year), (None, Some(year - 1))),
            Op::Le => (None, first(year + 1), (None, Some(year))),
        };
        let range = Range { from, until, years: Some(years), label: year.to_string() };
        Some(Pred::Time { column, range, negated: op == Op::Ne })
    }

    fn left(&self, left: &Left, s: &mut State) -> Option<Ex> {
        match left {
            Left::Noun(n) => match self.item(*n)? {
                Item::Column(c) => Some(Ex::Col(c)),
                Item::Table(t) => {
                    let amount = crate::resolve::amount_of(self.lexicon, Item::Table(t));
                    let key = amount.or(self.lexicon.tables[t].primary_key.first().copied());
                    key.or(self.lexicon.tables[t].label).map(Ex::Col)
                }
            },
            Left::Agg(agg, n) => match self.item(*n)? {
                Item::Column(c) if self.says(c, *agg) => Some(Ex::Col(c)),
                Item::Column(c) => {
                    Some(Ex::Agg { agg: *agg, arg: Some(Box::new(Ex::Col(c))), distinct: false })
                }
                Item::Table(t) => {
                    s.extra.push(t);
                    Some(Ex::count())
                }
            },
            Left::CountOf(n) | Left::Amount(n) => match self.item(*n)? {
                Item::Column(c)
                    if self.quantity(c) || matches!(left, Left::Amount(_)) && self.is_equal(*n) =>
                {
                    Some(Ex::Col(c))
                }
                Item::Column(c) => Some(Ex::Agg {
                    agg: Agg::Count,
                    arg: Some(Box::new(Ex::Col(c))),
                    distinct: true,
                }),
                Item::Table(t) => {
                    if self.is_equal(*n)
                        && let Some(c) = self.lexicon.tables[t].primary_key.first()
                    {
                        return Some(Ex::Col(*c));
                    }
                    s.extra.push(t);
                    Some(Ex::count())
                }
            },
            Left::Rows => Some(Ex::count()),
            Left::Unknown => {
                let numeric = s.plan.select.iter().find_map(|e| match e {
                    Ex::Col(c)
                        if self.measures(*c) || self.lexicon.columns[*c].kind.is_temporal() =>
                    {
                        Some(*c)
                    }
                    _ => None,
                });
                numeric.map(Ex::Col)
            }
        }
    }

    /// Is the column that average, maximum … already?
    fn says(&self, c: usize, agg: Agg) -> bool {
        self.lexicon.columns[c].phrase.words.iter().any(|w| {
            matches!(
                (agg, w.as_str()),
                (Agg::Avg, "average" | "mean")
                    | (Agg::Max, "maximum" | "highest")
                    | (Agg::Min, "minimum" | "lowest")
                    | (Agg::Sum, "total" | "sum")
            )
        })
    }

    /// `rank 1 X`: the amount is compared by equality without a word for it.
    fn is_equal(&self, noun: usize) -> bool {
        let said = self.links.segs.iter().any(|(s, _)| {
            matches!(
                s,
                crate::link::Seg::Cue(crate::cues::Cue::Cmp(Op::Eq) | crate::cues::Cue::HowMany)
            )
        });
        !said && self.draft.filters.iter().any(|f| {
            matches!(&f.what, Condition::Compare { left: Left::Amount(n), op: Op::Eq, .. } if *n == noun)
        })
    }

    // ---- time

    fn time_for(&self, s: &State, range: &Range) -> Option<usize> {
        let mut tables: Vec<usize> = s.near.clone();
        tables.extend(s.counted.iter().map(|c| c.1));
        let mut columns = Vec::new();
        s.plan.select.iter().filter(|e| e.is_aggregate()).for_each(|e| e.columns(&mut columns));
        tables.extend(columns.iter().map(|c| self.lexicon.columns[*c].table));
        tables.extend(s.subject);
        tables.extend(&self.settled.tables);
        let _ = range;
        self.time_column(&tables)
    }

    /// The column that dates the rows of the first table that has one, or of its neighbours.
    fn time_column(&self, tables: &[usize]) -> Option<usize> {
        let own = tables.iter().find_map(|t| self.dates(*t));
        own.or_else(|| {
            tables.iter().find_map(|t| {
                let near = self.lexicon.graph.edges_of(*t).filter(|e| e.from == *t).map(|e| e.to);
                near.filter_map(|n| self.dates(n)).next()
            })
        })
    }

    fn dates(&self, table: usize) -> Option<usize> {
        let rank = |c: usize| {
            let info = &self.lexicon.columns[c];
            let words = &info.phrase.words;
            let has = |w: &str| words.iter().any(|x| x == w);
            let base = if info.kind.is_temporal() {
                10
            } else if has("year") || has("date") {
                5
            } else {
                return None;
            };
            let mut rank = base;
            rank -= if has("birth")
                || has("birthday")
                || has("update")
                || has("updated")
                || has("delete")
                || has("end")
                || has("due")
            {
                6
            } else {
                0
            };
            rank += if has("create") || has("created") || has("start") || has("order") || has("at")
            {
                1
            } else {
                0
            };
            rank +=
                if self.lexicon.tables[table].phrase.words.iter().any(|w| has(w)) { 2 } else { 0 };
            rank += (self.mentioned.get(&c).copied().unwrap_or(0.0) * 4.0) as i32;
            Some(rank)
        };
        let range = self.lexicon.tables[table].columns.clone();
        range
            .filter_map(|c| Some((rank(c)?, c)))
            .max_by_key(|(r, c)| (*r, usize::MAX - c))
            .map(|(_, c)| c)
    }

    // ---- grouping and order

    fn group(&self, s: &mut State) {
        let aggregates = s.plan.select.iter().any(Ex::is_aggregate)
            || !s.plan.having.is_empty()
            || self.draft.order.iter().any(|o| self.order_aggregates(&o.key));
        if !aggregates {
            self.drop_fixed(s);
            if !self.draft.group.is_empty() && self.draft.limit.is_some() {
                s.of_each = true;
            }
            for noun in &self.draft.group {
                s.extra.extend(self.table_of(*noun));
                self.name_rows(*noun, s);
            }
            if self.draft.bucket.is_none() {
                return;
            }
        }
        if !self.draft.group.is_empty() || self.draft.bucket.is_some() {
            let mut front = Vec::new();
            if let Some(table) = s.plan.star.take() {
                // Rows of a month are counted.
                let count = self.count_rows(table, s);
                s.plan.select.push(count);
            }
            if let Some(bucket) = self.draft.bucket {
                let counted: Vec<usize> = s.counted.iter().map(|c| c.1).collect();
                let mut columns = Vec::new();
                s.plan.select.iter().for_each(|e| e.columns(&mut columns));
                let measured = columns.iter().map(|c| self.lexicon.columns[*c].table);
                let tables: Vec<usize> = measured
                    .chain(counted)
                    .chain(s.subject)
                    .chain(self.settled.tables.iter().copied())
                    .collect();
                let used = s.plan.filter.iter().find_map(|p| match p {
                    Pred::Time { column, .. } => Some(*column),
                    _ => None,
                });
                match used.or_else(|| self.time_column(&tables)) {
                    Some(c) => {
                        // A measure asked for by month without a word for how is added up.
                        for e in &mut s.plan.select {
                            if let Ex::Col(m) = e
                                && self.measures(*m)
                            {
                                *e = Ex::Agg {
                                    agg: Agg::Sum,
                                    arg: Some(Box::new(Ex::Col(*m))),
                                    distinct: false,
                                };
                            }
                        }
                        let e = Ex::Bucket(bucket, c);
                        s.plan.group.push(e.clone());
                        if self.draft.order.is_empty() {
                            s.plan.order.push((e.clone(), false));
                        }
                        front.push(e);
                    }
                    None => s.lost += 1,
                }
            }
            for noun in &self.draft.group {
                match self.item(*noun) {
                    Some(Item::Column(c)) => {
                        s.plan.group.push(Ex::Col(c));
                        if !s.plan.select.contains(&Ex::Col(c))
                            && !self.draft.hidden.contains(noun)
                            && !self.shows(s, self.lexicon.columns[c].table, Some(c))
                        {
                            front.push(Ex::Col(c));
                        }
                    }
                    Some(Item::Table(t)) => {
                        let by_label =
                            self.style.by_shown && self.lexicon.tables[t].label.is_some();
                        for key in self.lexicon.tables[t].primary_key.iter().filter(|_| !by_label) {
                            s.plan.group.push(Ex::Col(*key));
                        }
                        if let Some(label) = self.lexicon.display(t)
                            && !self.draft.hidden.contains(noun)
                            && !self.shows(s, t, None)
                        {
                            front.push(Ex::Col(label));
                            front.extend(self.lexicon.tables[t].label_rest.map(Ex::Col));
                        }
                        s.extra.push(t);
                    }
                    None => s.lost += 1,
                }
            }
            front.retain(|e| !s.plan.select.contains(e));
            front.dedup();
            let moved = front.len();
            for (position, _) in &mut s.counted {
                *position += moved;
            }
            s.plan.select.splice(0..0, front);
        } else if s.plan.select.iter().any(|e| !e.is_aggregate())
            || self.draft.order.iter().any(|o| self.order_aggregates(&o.key))
            || !s.plan.having.is_empty()
        {
            self.group_by_subject(s);
        }
        self.drop_fixed(s);
        // What is shown beside an aggregate must be grouped by.
        for e in s.plan.select.clone() {
            let any = !s.plan.group.is_empty()
                || s.plan.select.iter().any(Ex::is_aggregate) && self.grouping();
            if !e.is_aggregate() && !s.plan.group.contains(&e) && any {
                s.plan.group.push(e);
            }
        }
    }

    /// Beside an aggregate, a column that a condition fixes to one value says nothing.
    fn drop_fixed(&self, s: &mut State) {
        if self.grouping() {
            return;
        }
        let fixed: Vec<Ex> = s
            .plan
            .filter
            .iter()
            .filter_map(|p| match p {
                Pred::Compare(e @ Ex::Col(_), Op::Eq, _) => Some(e.clone()),
                _ => None,
            })
            .collect();
        if s.plan.select.iter().all(|e| fixed.contains(e)) {
            return;
        }
        let aggregates = s.plan.select.iter().any(Ex::is_aggregate);
        let named = |e: &Ex| {
            matches!(e, Ex::Col(c) if {
                let table = &self.lexicon.tables[self.lexicon.columns[*c].table];
                table.label_rest == Some(*c) || table.label == Some(*c) && table.label_rest.is_some()
            })
        };
        s.plan.select.retain(|e| !fixed.contains(e) || !aggregates && named(e));
        s.plan.group.retain(|e| !fixed.contains(e));
        if s.plan.select.iter().any(Ex::is_aggregate)
            && s.plan.select.iter().all(Ex::is_aggregate)
            && s.plan.having.is_empty()
            && s.plan.order.is_empty()
        {
            s.plan.group.clear();
        }
    }

    /// `discount by campaign`: each row's own number, beside what the row is called.
    fn name_rows(&self, noun: usize, s: &mut State) {
        let Some(Item::Table(t)) = self.item(noun) else { return };
        let own = |e: &Ex| matches!(e, Ex::Col(c) if self.lexicon.columns[*c].table == t && self.measures(*c));
        if let Some(label) = self.lexicon.tables[t].label
            && self.draft.limit.is_none()
            && !s.plan.select.is_empty()
            && s.plan.select.iter().all(own)
        {
            let rest = self.lexicon.tables[t].label_rest;
            s.plan.select.splice(0..0, [label].into_iter().chain(rest).map(Ex::Col));
        }
    }

    /// Is some column of the group's table selected already?
    fn shows(&self, s: &State, table: usize, column: Option<usize>) -> bool {
        s.plan.select.iter().any(|e| match e {
            Ex::Col(c) => match column {
                Some(wanted) => {
                    *c == wanted
                        || self.lexicon.columns[wanted].is_primary
                            && self.lexicon.columns[*c].table == table
                }
                None => self.lexicon.columns[*c].table == table,
            },
            _ => false,
        })
    }

    /// Counting something per row of what is shown: by its key when it has one.
    fn group_by_subject(&self, s: &mut State) {
        let shown: Vec<usize> = s
            .plan
            .select
            .iter()
            .filter_map(|e| if let Ex::Col(c) = e { Some(*c) } else { None })
            .collect();
        if shown.is_empty() {
            if !s.plan.having.is_empty()
                && let Some(t) = s.subject
            {
                s.plan.group.extend(self.lexicon.tables[t].primary_key.iter().map(|c| Ex::Col(*c)));
            }
            return;
        }
        for c in &shown {
            let table = self.lexicon.columns[*c].table;
            let counted_here = self.counts_only(table, s);
            let told = shown.iter().any(|c| {
                let info = &self.lexicon.columns[*c];
                let t = &self.lexicon.tables[info.table];
                info.table == table
                    && (info.is_primary && t.primary_key.len() == 1
                        || t.label == Some(*c)
                        || t.label_rest == Some(*c))
            });
            if !counted_here && !self.style.by_shown && (told || shown.len() > 2) {
                for key in &self.lexicon.tables[table].primary_key {
                    if !s.plan.group.contains(&Ex::Col(*key)) {
                        s.plan.group.push(Ex::Col(*key));
                    }
                }
            }
        }
        for c in shown {
            if !s.plan.group.contains(&Ex::Col(c)) {
                s.plan.group.push(Ex::Col(c));
            }
        }
    }

    /// Is it this table's own rows that are counted or measured?
    fn counts_only(&self, table: usize, s: &State) -> bool {
        let mut others = s.extra.clone();
        let done = self.draft.verbs.iter().chain(&self.draft.required);
        others.extend(done.filter_map(|n| self.table_of(*n)));
        let mut columns = Vec::new();
        s.plan.select.iter().filter(|e| e.is_aggregate()).for_each(|e| e.columns(&mut columns));
        s.plan.having.iter().for_each(|p| p.columns(&mut columns));
        for order in &self.draft.order {
            if let Key::Amount(n) | Key::CountOf(Some(n)) | Key::Agg(_, n) = order.key {
                others.extend(self.table_of(n));
            }
            if let Key::Noun(n) = order.key
                && self.adds_up(n, s.subject)
            {
                others.extend(self.table_of(n));
            }
        }
        others.extend(columns.iter().map(|c| self.lexicon.columns[*c].table));
        others.iter().all(|t| *t == table)
    }

    /// Revenue of something that has many rows of it.
    fn adds_up(&self, noun: usize, subject: Option<usize>) -> bool {
        let refers = |n: usize| matches!(self.item(n), Some(Item::Column(c)) if self.lexicon.columns[c].refers_to.is_some());
        let per_reference = self.draft.select.iter().filter_map(|s| s.noun).any(refers);
        self.links.nouns[noun].concept && (self.table_of(noun) != subject || per_reference)
    }

    /// `best rated products`: of something that is rated often, the average counts.
    fn averages(&self, noun: usize, subject: Option<usize>) -> bool {
        let info = &self.links.nouns[noun];
        info.implied
            && info.text == "rated"
            && matches!((self.table_of(noun), subject), (Some(t), Some(s)) if t != s && self.lexicon.graph.refers(t, s))
    }

    fn order_aggregates(&self, key: &Key) -> bool {
        if let Key::Noun(n) = key
            && self.averages(*n, self.subject())
        {
            return true;
        }
        if let Key::Noun(n) | Key::Amount(n) = key
            && self.adds_up(*n, self.subject())
        {
            return true;
        }
        match key {
            Key::Agg(..) | Key::CountOf(_) => true,
            Key::Amount(n) => match self.item(*n) {
                Some(Item::Column(c)) => !self.quantity(c),
                Some(Item::Table(_)) => true,
                None => false,
            },
            Key::Noun(_) | Key::First => false,
        }
    }

    fn order(&self, s: &mut State) {
        for order in &self.draft.order {
            let e = match &order.key {
                Key::Noun(n) | Key::Amount(n) if self.adds_up(*n, s.subject) => {
                    match self.item(*n) {
                        Some(Item::Column(c)) => {
                            let sum = self.added(c);
                            // Whoever asks for the best by revenue wants to see the revenue.
                            if !s.plan.select.contains(&sum) {
                                s.plan.select.push(sum.clone());
                            }
                            Some(sum)
                        }
                        _ => None,
                    }
                }
                Key::Noun(n) => match self.item(*n) {
                    Some(Item::Column(c)) if self.averages(*n, s.subject) => Some(Ex::Agg {
                        agg: Agg::Avg,
                        arg: Some(Box::new(Ex::Col(c))),
                        distinct: false,
                    }),
                    Some(Item::Column(c)) => Some(Ex::Col(c)),
                    Some(Item::Table(t)) => self.lexicon.display(t).map(Ex::Col),
                    None => None,
                },
                Key::Agg(agg, n) => match self.item(*n) {
                    Some(Item::Column(c)) => Some(Ex::Agg {
                        agg: *agg,
                        arg: Some(Box::new(Ex::Col(c))),
                        distinct: false,
                    }),
                    Some(Item::Table(t)) => {
                        s.extra.push(t);
                        Some(Ex::count())
                    }
                    None => None,
                },
                Key::CountOf(None) => Some(Ex::count()),
                Key::Amount(n) | Key::CountOf(Some(n)) => match self.item(*n) {
                    Some(Item::Column(c)) if self.quantity(c) => Some(Ex::Col(c)),
                    Some(Item::Column(c)) => Some(Ex::Agg {
                        agg: Agg::Count,
                        arg: Some(Box::new(Ex::Col(c))),
                        distinct: true,
                    }),
                    Some(Item::Table(t)) => {
                        s.extra.push(t);
                        Some(Ex::count())
                    }
                    None => None,
                },
                Key::First
                    if !s.plan.group.is_empty()
                        && s.plan.select.iter().any(Ex::is_aggregate)
                        && order.descending == Some(true) =>
                {
                    s.plan.select.iter().find(|e| e.is_aggregate()).cloned()
                }
                Key::First => s
                    .plan
                    .select
                    .first()
                    .cloned()
                    .or_else(|| s.subject.and_then(|t| self.lexicon.display(t)).map(Ex::Col)),
            };
            let Some(mut e) = e else {
                s.lost += 1;
                continue;
            };
            let mut descending = order.descending.unwrap_or(false);
            if order.flips
                && let Ex::Col(c) = e
                && self.counts_backwards(c)
            {
                descending = !descending;
            }
            // Ordering groups by a column means ordering by what is shown of it.
            if !s.plan.group.is_empty()
                && let Ex::Col(c) = e
                && !s.plan.group.contains(&Ex::Col(c))
            {
                let shown = s
                    .plan
                    .select
                    .iter()
                    .find(|x| matches!(x, Ex::Agg { arg: Some(a), .. } if **a == Ex::Col(c)));
                match shown {
                    Some(x) => e = x.clone(),
                    None if s.plan.select.iter().any(Ex::is_aggregate)
                        || !s.plan.having.is_empty() =>
                    {
                        s.plan.group.push(e.clone())
                    }
                    None => {}
                }
            }
            if self.draft.ranked && e.is_aggregate() && !s.plan.select.contains(&e) {
                s.plan.select.push(e.clone());
            }
            s.plan.order.push((e, descending));
        }
        s.plan.limit = self.draft.limit;
    }

    /// What is shown when the question does not say.
    fn defaults(&self, s: &mut State) {
        if s.plan.star.is_some() {
            s.plan.select.clear();
            return;
        }
        let Some(subject) = s.subject else { return };
        if self.draft.everything && s.plan.select.is_empty() {
            s.plan.star = Some(subject);
            s.extra.push(subject);
        } else if self.draft.whereabouts && s.plan.select.iter().all(|e| self.is_label(e)) {
            let range = self.lexicon.tables[subject].columns.clone();
            let place = range.clone().find(|c| {
                let w = &self.lexicon.columns[*c].phrase.words;
                w.iter().any(|w| {
                    matches!(
                        w.as_str(),
                        "location"
                            | "address"
                            | "city"
                            | "place"
                            | "country"
                            | "headquarter"
                            | "headquarters"
                    )
                })
            });
            if let Some(c) = place {
                s.plan.select = vec![Ex::Col(c)];
            }
        }
        let dated = |e: &Ex| matches!(e, Ex::Col(c) if self.lexicon.columns[*c].kind.is_temporal());
        if self.draft.when && !s.plan.select.iter().any(|e| e.is_aggregate() || dated(e)) {
            let mut tables = vec![subject];
            tables.extend(&self.settled.tables);
            if let Some(c) = self.time_column(&tables) {
                s.plan.select = vec![Ex::Col(c)];
            }
        }
        if s.plan.select.is_empty() && s.plan.star.is_none() {
            self.show_label(subject, s);
            s.extra.push(subject);
        }
        if self.shows_a_bare_key(subject, s) {
            s.plan.select.clear();
            s.plan.star = Some(subject);
        }
    }

    /// Rows that have no name: a number in its place tells nobody anything, so that they are shown whole.
    fn shows_a_bare_key(&self, subject: usize, s: &State) -> bool {
        let [Ex::Col(shown)] = s.plan.select[..] else { return false };
        let column = &self.lexicon.columns[shown];
        let is_number = column.refers_to.is_some()
            || column.phrase.words.last().is_some_and(|word| word == "id");
        is_number
            && self.lexicon.tables[subject].label.is_none()
            && self.lexicon.display(subject) == Some(shown)
            && !s.plan.order.iter().any(|(e, _)| e.is_aggregate())
            && !self.settled.items.contains(&Some(Item::Column(shown)))
            && s.plan.group.is_empty()
            && s.plan.set.is_none()
    }

    /// The label of a table, with its second part when the name is in two.
    fn show_label(&self, table: usize, s: &mut State) {
        let rest = self.lexicon.tables[table].label_rest;
        for c in self.lexicon.display(table).into_iter().chain(rest) {
            if !s.plan.select.contains(&Ex::Col(c)) {
                s.plan.select.push(Ex::Col(c));
            }
        }
    }

    /// `the most expensive product of each category`: rows that have the extreme of their group.
    fn first_of_each(&self, s: &mut State) {
        if !std::mem::take(&mut s.of_each) {
            return;
        }
        let ([(Ex::Col(c), descending)], Some(1)) = (&s.plan.order[..], s.plan.limit) else {
            s.lost += 1;
            return;
        };
        let (c, descending) = (*c, *descending);
        let own = self.lexicon.columns[c].table;
        let (mut keys, mut shown) = (Vec::new(), Vec::new());
        for noun in &self.draft.group {
            let key = match self.item(*noun) {
                Some(Item::Column(g)) if self.lexicon.columns[g].table == own => {
                    let to = self.lexicon.columns[g].refers_to;
                    let name = to.and_then(|r| self.lexicon.display(self.lexicon.columns[r].table));
                    Some((g, name.unwrap_or(g)))
                }
                Some(Item::Table(t)) => {
                    let edge =
                        self.lexicon.graph.edges_of(own).find(|e| e.from == own && e.to == t);
                    edge.and_then(|e| e.pairs.first())
                        .map(|p| (p.0, self.lexicon.display(t).unwrap_or(p.0)))
                }
                _ => None,
            };
            let Some((key, label)) = key else {
                s.lost += 1;
                return;
            };
            keys.push(key);
            shown.push(Ex::Col(label));
        }
        let agg = if descending { Agg::Max } else { Agg::Min };
        let own_condition = |p: &&Pred| {
            let mut columns = Vec::new();
            p.columns(&mut columns);
            columns.iter().all(|c| self.lexicon.columns[*c].table == own)
        };
        let group: Vec<Ex> = keys.iter().map(|k| Ex::Col(*k)).collect();
        let mut select = group.clone();
        select.push(Ex::Agg { agg, arg: Some(Box::new(Ex::Col(c))), distinct: false });
        let query = Plan {
            select,
            tables: vec![own],
            filter: s.plan.filter.iter().filter(own_condition).cloned().collect(),
            group,
            ..Plan::default()
        };
        keys.push(c);
        s.plan.filter.push(Pred::Extreme { columns: keys, query: Box::new(query) });
        s.plan.order.clear();
        s.plan.limit = None;
        shown.retain(|e| !s.plan.select.contains(e));
        s.plan.select.splice(0..0, shown);
    }

    /// A share: each group's part of all, or the part of the rows that meet the conditions.
    fn share(&self, s: &mut State) {
        if !self.draft.share {
            return;
        }
        let measures: Vec<usize> =
            (0..s.plan.select.len()).filter(|i| s.plan.select[*i].is_aggregate()).collect();
        let simple = s.plan.having.is_empty() && s.plan.limit.is_none() && s.plan.set.is_none();
        let ([at], true) = (&measures[..], simple) else {
            s.lost += 1;
            return;
        };
        let part = s.plan.select[*at].clone();
        let (scope, met): (Vec<Pred>, Vec<Pred>) =
            s.plan.filter.clone().into_iter().partition(|p| matches!(p, Pred::Time { .. }));
        let counts = matches!(part, Ex::Agg { agg: Agg::Count, .. });
        let nested = |p: &Pred| {
            let mut inner = Vec::new();
            p.queries(&mut inner);
            !inner.is_empty()
        };
        if !met.is_empty() && counts && s.plan.tables.len() == 1 && !met.iter().any(nested) {
            s.plan.filter = scope;
            s.plan.select[*at] = Ex::Rate(met);
        } else if !s.plan.group.is_empty() {
            let share = Ex::Share(Box::new(part.clone()));
            s.plan.select[*at] = share.clone();
            s.plan.order.iter_mut().filter(|o| o.0 == part).for_each(|o| o.0 = share.clone());
        } else {
            s.lost += 1;
        }
    }

    /// `the average age of students in the largest dorm`: the extreme is found first.
    fn nest(&self, s: &mut State) {
        let aggregates = !s.plan.select.is_empty() && s.plan.select.iter().all(Ex::is_aggregate);
        if !aggregates || s.plan.limit != Some(1) || !s.plan.group.is_empty() {
            return;
        }
        let [(Ex::Col(c), descending)] = s.plan.order[..] else { return };
        let agg = if descending { Agg::Max } else { Agg::Min };
        let query = Plan {
            select: vec![Ex::Agg { agg, arg: Some(Box::new(Ex::Col(c))), distinct: false }],
            tables: vec![self.lexicon.columns[c].table],
            ..Plan::default()
        };
        s.plan.filter.push(Pred::CompareQuery(Ex::Col(c), Op::Eq, Box::new(query)));
        s.plan.order.clear();
        s.plan.limit = None;
    }

    /// `customers who use the most popular method`: the method is found first.
    fn nest_commonest(&self, s: &mut State) {
        let ([noun], [(e, descending)], Some(1)) =
            (&self.draft.hidden[..], &s.plan.order[..], s.plan.limit)
        else {
            return;
        };
        let Some(Item::Column(c)) = self.item(*noun) else { return };
        let columns = s.plan.select.iter().all(|e| matches!(e, Ex::Col(shown) if *shown != c));
        if *e != Ex::count() || !columns || s.plan.select.is_empty() || !s.plan.having.is_empty() {
            return;
        }
        let query = Plan {
            select: vec![Ex::Col(c)],
            tables: vec![self.lexicon.columns[c].table],
            group: vec![Ex::Col(c)],
            order: vec![(Ex::count(), *descending)],
            limit: Some(1),
            ..Plan::default()
        };
        s.plan.filter.push(Pred::CompareQuery(Ex::Col(c), Op::Eq, Box::new(query)));
        s.plan.order.clear();
        s.plan.group.clear();
        s.plan.limit = None;
    }

    /// How many of the subject meet a condition on groups: the groups are counted, not listed.
    fn count_groups(&self, s: &mut State) {
        let Some(subject) = s.subject else { return };
        let [key] = self.lexicon.tables[subject].primary_key[..] else { return };
        let counts = matches!(&s.plan.select[..], [Ex::Agg { agg: Agg::Count, .. }]);
        if !counts || s.plan.having.is_empty() || self.grouping() || !s.plan.order.is_empty() {
            return;
        }
        let mut inner =
            State { subject: s.subject, extra: std::mem::take(&mut s.extra), ..State::default() };
        inner.plan.select = vec![Ex::Col(key)];
        inner.plan.group = vec![Ex::Col(key)];
        inner.plan.having = std::mem::take(&mut s.plan.having);
        inner.plan.filter = std::mem::take(&mut s.plan.filter);
        s.plan.group.clear();
        s.extra = vec![subject];
        if self.join(&mut inner).is_some() {
            s.no_context = true;
            s.plan.filter.push(Pred::In {
                column: key,
                query: Box::new(inner.plan),
                negated: false,
            });
        } else {
            s.lost += 1;
        }
    }

    /// Writes `not in` as EXCEPT over what is shown.
    fn take_away(&self, s: &mut State) -> Option<()> {
        if !self.style.except {
            return Some(());
        }
        let plan = &s.plan;
        let plain = plan.set.is_none()
            && plan.star.is_none()
            && plan.limit.is_none()
            && plan.group.is_empty()
            && plan.having.is_empty()
            && plan.select.iter().all(|e| matches!(e, Ex::Col(_)));
        let at = plan.filter.iter().position(|p| matches!(p, Pred::In { negated: true, .. }))?;
        if !plain {
            return None;
        }
        let Pred::In { column, query, .. } = s.plan.filter.remove(at) else { return None };
        let mut inner = State { subject: s.subject, no_context: true, ..State::default() };
        inner.plan.select.clone_from(&s.plan.select);
        inner.plan.filter = vec![Pred::In { column, query, negated: false }];
        self.join(&mut inner)?;
        inner.plan.distinct = false;
        s.plan.distinct = false;
        s.plan.set = Some((SetOp::Except, Box::new(inner.plan)));
        Some(())
    }

    /// `except those with at least two …`: the groups that meet the last condition are left out, and rows
    /// without any stay.
    fn leave_out_groups(&self, s: &mut State) -> Option<()> {
        let subject = s.subject?;
        let [key] = self.lexicon.tables[subject].primary_key[..] else { return None };
        let having = s.plan.having.pop()?;
        let mut inner = State {
            subject: s.subject,
            extra: s.extra.clone(),
            no_context: true,
            ..State::default()
        };
        inner.plan.select = vec![Ex::Col(key)];
        inner.plan.group = vec![Ex::Col(key)];
        inner.plan.having = vec![having];
        self.join(&mut inner)?;
        s.extra.retain(|t| *t == subject);
        s.extra.push(subject);
        s.no_context = true;
        s.plan.filter.push(Pred::In { column: key, query: Box::new(inner.plan), negated: true });
        Some(())
    }

    fn is_label(&self, e: &Ex) -> bool {
        matches!(e, Ex::Col(c) if self.lexicon.tables[self.lexicon.columns[*c].table].label == Some(*c))
    }

    // ---- joins

    fn join(&self, s: &mut State) -> Option<()> {
        let mut columns = Vec::new();
        let plan = &s.plan;
        plan.select.iter().chain(&plan.group).for_each(|e| e.columns(&mut columns));
        plan.order.iter().for_each(|(e, _)| e.columns(&mut columns));
        plan.filter.iter().chain(&plan.having).for_each(|p| p.columns(&mut columns));
        let mut tables: Vec<usize> = Vec::new();
        let mut add = |t: usize| {
            if !tables.contains(&t) {
                tables.push(t);
            }
        };
        if let Some(subject) = s.subject.filter(|t| {
            columns.iter().any(|c| self.lexicon.columns[*c].table == *t) || s.extra.contains(t)
        }) {
            add(subject);
        }
        columns.iter().for_each(|c| add(self.lexicon.columns[*c].table));
        s.extra.iter().for_each(|t| add(*t));
        if tables.is_empty() {
            tables.extend(s.subject);
        }
        let mut absent = self.absent_tables();
        for pred in &s.plan.filter {
            if let Pred::In { query, negated: true, .. } = pred {
                absent.extend(&query.tables);
            }
        }
        let bare = s.no_context || self.style.bare;
        for noun in self.draft.required.iter().filter(|_| !bare) {
            if let Some(t) =
                self.table_of(*noun).filter(|t| !absent.contains(t) && !tables.contains(t))
            {
                tables.push(t);
            }
        }
        for noun in self.draft.context.iter().filter(|_| !bare) {
            if let Some(t) = self.table_of(*noun)
                && !tables.contains(&t)
                && !absent.contains(&t)
                && matches!(self.item(*noun), Some(Item::Table(_)))
                && tables.iter().any(|o| self.lexicon.graph.distance(*o, t) < 3.4)
            {
                tables.push(t);
            }
        }
        if let [only] = tables[..] {
            // The verb is the only relation: `rooms that were reserved`.
            let verbs = self.draft.verbs.iter().filter_map(|n| match self.item(*n) {
                Some(Item::Table(t)) => Some(t),
                _ => None,
            });
            let near = |t: &usize| {
                *t != only && !absent.contains(t) && self.lexicon.graph.distance(only, *t) < 1.5
            };
            tables.extend(verbs.filter(near).take(1).filter(|_| !bare));
        }
        if tables.is_empty() {
            return None;
        }
        let edges = self.lexicon.graph.tree(&tables, &|e| self.price(e))?;
        for number in &edges {
            let edge = &self.lexicon.graph.edges[*number];
            for t in [edge.from, edge.to] {
                if !tables.contains(&t) {
                    tables.push(t);
                }
            }
        }
        s.plan.tables = tables;
        s.plan.edges = edges;
        self.prune(s);
        self.count_once(s);
        self.show_once(s);
        self.whole_rows_once(s);
        if let Some((op, mut other)) = s.plan.set.take() {
            let filter = std::mem::take(&mut other.filter);
            *other = Plan { filter, set: None, order: vec![], limit: None, ..s.plan.clone() };
            s.plan.set = Some((op, other));
        }
        Some(())
    }

    /// Drops tables at the rim of the join that give nothing but the key that points at them.
    fn prune(&self, s: &mut State) {
        while let Some((table, number)) = self.prunable(s) {
            let edge = &self.lexicon.graph.edges[number];
            let swap: HashMap<usize, usize> =
                edge.pairs.iter().map(|(from, to)| (*to, *from)).collect();
            let plan = &mut s.plan;
            plan.select.iter_mut().chain(&mut plan.group).for_each(|e| e.replace(&swap));
            plan.order.iter_mut().for_each(|(e, _)| e.replace(&swap));
            plan.filter.iter_mut().chain(&mut plan.having).for_each(|p| p.replace(&swap));
            if let Some((_, other)) = &mut plan.set {
                other.filter.iter_mut().for_each(|p| p.replace(&swap));
            }
            plan.tables.retain(|t| *t != table);
            plan.edges.retain(|e| *e != number);
            for (position, counted) in &mut s.counted {
                if *counted == table {
                    // Its rows are now told apart by the key that pointed at them.
                    *counted = edge.from;
                    if let [(from, _)] = edge.pairs[..]
                        && plan.group.is_empty()
                        && let Some(e) = plan.select.get_mut(*position)
                        && *e == Ex::count()
                    {
                        *e = Ex::Agg {
                            agg: Agg::Count,
                            arg: Some(Box::new(Ex::Col(from))),
                            distinct: true,
                        };
                    }
                }
            }
            if s.subject == Some(table) {
                s.subject = Some(edge.from);
            }
        }
    }

    fn prunable(&self, s: &State) -> Option<(usize, usize)> {
        let plan = &s.plan;
        if plan.tables.len() < 2 || plan.star.is_some() {
            return None;
        }
        let mut used = Vec::new();
        plan.select.iter().chain(&plan.group).for_each(|e| e.columns(&mut used));
        plan.order.iter().for_each(|(e, _)| e.columns(&mut used));
        plan.filter.iter().chain(&plan.having).for_each(|p| p.columns(&mut used));
        plan.set.iter().for_each(|(_, o)| o.filter.iter().for_each(|p| p.columns(&mut used)));
        plan.tables.iter().find_map(|table| {
            let mut touching = plan.edges.iter().filter(|e| {
                let e = &self.lexicon.graph.edges[**e];
                e.from == *table || e.to == *table
            });
            let (number, more) = (touching.next()?, touching.next());
            let edge = &self.lexicon.graph.edges[*number];
            let spare = used
                .iter()
                .filter(|c| self.lexicon.columns[**c].table == *table)
                .all(|c| edge.pairs.iter().any(|(_, to)| to == c));
            (more.is_none() && edge.to == *table && edge.from != *table && spare)
                .then_some((*table, *number))
        })
    }

    /// Counting rows that a join multiplies counts each key once.
    fn count_once(&self, s: &mut State) {
        for (position, table) in s.counted.clone() {
            if !multiplied(self.lexicon, table, &s.plan) {
                continue;
            }
            if let [key] = self.lexicon.tables[table].primary_key[..]
                && let Some(e) = s.plan.select.get_mut(position)
                && *e == Ex::count()
            {
                *e = Ex::Agg { agg: Agg::Count, arg: Some(Box::new(Ex::Col(key))), distinct: true };
            }
        }
    }

    /// A list of things shows each once, though a join repeats it.
    fn show_once(&self, s: &mut State) {
        let plan = &mut s.plan;
        if !plan.group.is_empty() || plan.select.iter().any(Ex::is_aggregate) || plan.set.is_some()
        {
            plan.distinct &= plan.group.is_empty();
            return;
        }
        let shown = plan.select.iter().filter_map(|e| {
            if let Ex::Col(c) = e { Some(self.lexicon.columns[*c].table) } else { None }
        });
        let mut tables: Vec<usize> = shown.chain(plan.star).collect();
        tables.dedup();
        let repeated =
            plan.tables.len() > 1 && tables.iter().all(|t| multiplied(self.lexicon, *t, plan));
        let ordered = plan.order.iter().all(|(e, _)| plan.select.contains(e));
        plan.distinct = (plan.distinct || repeated) && ordered;
    }

    /// Whole rows that a join repeats: those with the key that the join gives, as not every kind of value can be
    /// told apart.
    fn whole_rows_once(&self, s: &mut State) {
        let Some(table) = s.plan.star.filter(|_| s.plan.distinct) else { return };
        s.plan.distinct = false;
        let own = |e: &Ex| matches!(e, Ex::Col(c) if self.lexicon.columns[*c].table == table);
        let [key] = self.lexicon.tables[table].primary_key[..] else { return };
        if s.plan.tables.len() < 2 || !s.plan.order.iter().all(|(e, _)| own(e)) {
            return;
        }
        let query = Plan {
            select: vec![Ex::Col(key)],
            tables: std::mem::replace(&mut s.plan.tables, vec![table]),
            edges: std::mem::take(&mut s.plan.edges),
            filter: std::mem::take(&mut s.plan.filter),
            ..Plan::default()
        };
        s.plan.filter = vec![Pred::In { column: key, query: Box::new(query), negated: false }];
    }
}

/// Does the join of the plan repeat rows of `table`?
pub(crate) fn multiplied(lexicon: &Lexicon, table: usize, plan: &Plan) -> bool {
    let mut reached = vec![table];
    let mut grew = true;
    while grew {
        grew = false;
        for number in &plan.edges {
            let edge = &lexicon.graph.edges[*number];
            if reached.contains(&edge.to) && !reached.contains(&edge.from) {
                if !is_unique(lexicon, edge) {
                    return true;
                }
                reached.push(edge.from);
                grew = true;
            } else if reached.contains(&edge.from) && !reached.contains(&edge.to) {
                reached.push(edge.to);
                grew = true;
            }
        }
    }
    false
}

/// A key that is the whole primary key of the referring table: one to one.
fn is_unique(lexicon: &Lexicon, edge: &Edge) -> bool {
    let key = &lexicon.tables[edge.from].primary_key;
    key.len() == edge.pairs.len() && edge.pairs.iter().all(|(c, _)| key.contains(c))
}

/// Can a row meet all of these? Two periods that do not meet are for two statements.
fn possible(filter: &[Pred]) -> bool {
    let times: Vec<(usize, &Range)> = filter
        .iter()
        .filter_map(|p| match p {
            Pred::Time { column, range, negated: false } => Some((*column, range)),
            _ => None,
        })
        .collect();
    let apart = |a: &Range, b: &Range| matches!((a.until, b.from), (Some(x), Some(y)) if x <= y);
    times.iter().enumerate().all(|(i, (c, a))| {
        times[i + 1..].iter().all(|(d, b)| c != d || !apart(a, b) && !apart(b, a))
    })
}
