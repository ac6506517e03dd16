//! What is shown, and what is shown when the question does not say.

use super::{Builder, State};
use crate::{
    cues::{Agg, Op},
    draft::{Condition, Draft, Filter, Sel},
    lexicon::Item,
    plan::{Ex, Lit, Plan, Pred},
};
use model::catalog::ValueKind;

impl Builder<'_> {
    /// `payment methods`: which ones there are, not one for every payment.
    pub(super) fn lists_kinds(&self, plan: &Plan) -> bool {
        let [Ex::Col(c)] = plan.select[..] else {
            return false;
        };
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

    pub(super) fn select(&self, s: &mut State) {
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
                    *e = Ex::aggregate(Agg::Sum, *c);
                }
            }
        }
    }

    /// What is made of a measure of many rows when the question does not say: nobody adds up how long things took.
    pub(super) fn taken_together(&self, c: usize) -> Agg {
        if self.lexicon.columns[c].derived.is_some() { Agg::Avg } else { Agg::Sum }
    }

    /// `total amount per customer`: a lone measure by something else than its own row is added up.
    pub(super) fn add_up(&self, s: &mut State) {
        let [Ex::Col(c)] = s.plan.select[..] else {
            return;
        };
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
            s.plan.select = vec![Ex::aggregate(self.taken_together(c), c)];
            return;
        }
        if self.measures(c)
            && !self.draft.group.is_empty()
            && self.draft.group.iter().all(foreign)
            && self.draft.limit.is_none()
        {
            s.plan.select = vec![Ex::aggregate(self.taken_together(c), c)];
        }
    }

    pub(super) fn selected(&self, sel: &Sel, s: &mut State) -> Option<Ex> {
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
            // `inventory per store`: how much there is, not how many rows say so.
            (None | Some(Agg::Count | Agg::Sum), Item::Table(t))
                if (sel.number_of || sel.agg.is_some()) && self.lexicon.stock_of(t).is_some() =>
            {
                aggregate(Agg::Sum, self.lexicon.stock_of(t)?, false)
            }
            (Some(agg), Item::Table(t)) if self.lexicon.stock_of(t).is_some() => {
                aggregate(agg, self.lexicon.stock_of(t)?, false)
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
    pub(super) fn added(&self, c: usize) -> Ex {
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
    pub(super) fn is_money(&self, table: usize) -> bool {
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

    pub(super) fn count_rows(&self, table: usize, s: &mut State) -> Ex {
        s.counted.push((s.plan.select.len(), table));
        s.extra.push(table);
        Ex::count()
    }

    pub(super) fn measures(&self, c: usize) -> bool {
        let column = &self.lexicon.columns[c];
        column.kind.is_numeric()
            && !column.is_primary
            && column.refers_to.is_none()
            && !(column.is_keyish
                && column.phrase.words.last().is_some_and(|w| w == "id" || w == "code"))
    }

    pub(super) fn grouping(&self) -> bool {
        !self.draft.group.is_empty() || self.draft.bucket.is_some()
    }

    /// `discount by campaign`: each row's own number, beside what the row is called.
    pub(super) fn name_rows(&self, noun: usize, s: &mut State) {
        let Some(Item::Table(t)) = self.item(noun) else {
            return;
        };
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

    /// What is shown when the question does not say.
    pub(super) fn defaults(&self, s: &mut State) {
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
    pub(super) fn shows_a_bare_key(&self, subject: usize, s: &State) -> bool {
        let [Ex::Col(shown)] = s.plan.select[..] else {
            return false;
        };
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
    pub(super) fn show_label(&self, table: usize, s: &mut State) {
        let rest = self.lexicon.tables[table].label_rest;
        for c in self.lexicon.display(table).into_iter().chain(rest) {
            if !s.plan.select.contains(&Ex::Col(c)) {
                s.plan.select.push(Ex::Col(c));
            }
        }
    }

    pub(super) fn is_label(&self, e: &Ex) -> bool {
        matches!(e, Ex::Col(c) if self.lexicon.tables[self.lexicon.columns[*c].table].label == Some(*c))
    }
}

pub(super) fn draft_distinct(draft: &Draft, plan: &Plan) -> bool {
    draft.distinct && plan.group.is_empty()
}
