//! What rows are grouped by.

use super::{Builder, State};
use crate::{
    cues::Op,
    draft::Key,
    lexicon::Item,
    plan::{Ex, Pred},
};

impl Builder<'_> {
    /// `mobile vs desktop sessions`: how many, for each.
    fn side_by_side(&self, s: &mut State) {
        let alternatives = s.plan.filter.iter().find_map(|p| match p {
            Pred::Any(list) => Some(list),
            _ => None,
        });
        let column = |p: &Pred| match p {
            Pred::Compare(Ex::Col(c), Op::Eq, _) => Some(*c),
            _ => None,
        };
        let Some(c) = alternatives.and_then(|list| column(&list[0])) else { return };
        let same = alternatives.is_some_and(|list| list.iter().all(|p| column(p) == Some(c)));
        if !same {
            return;
        }
        if let Some(t) = s.subject.filter(|_| !s.plan.select.iter().any(Ex::is_aggregate)) {
            s.plan.star = None;
            s.plan.select.clear();
            let count = self.count_rows(t, s);
            s.plan.select.push(count);
        }
        s.plan.select.insert(0, Ex::Col(c));
        s.counted.iter_mut().for_each(|(position, _)| *position += 1);
        s.plan.group.push(Ex::Col(c));
    }

    pub(super) fn group(&self, s: &mut State) {
        if self.draft.versus && !self.grouping() {
            self.side_by_side(s);
        }
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
                                *e = Ex::aggregate(self.taken_together(*m), *m);
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
    pub(super) fn drop_fixed(&self, s: &mut State) {
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

    /// Is some column of the group's table selected already?
    pub(super) fn shows(&self, s: &State, table: usize, column: Option<usize>) -> bool {
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
    pub(super) fn group_by_subject(&self, s: &mut State) {
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
    pub(super) fn counts_only(&self, table: usize, s: &State) -> bool {
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
}
