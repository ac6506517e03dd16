//! What the question says and the statement answers to, and the reverse.

use super::{Judge, Used};
use crate::{lexicon::Item, plan::Plan, resolve::Assignment};
use std::collections::HashMap;

impl<'a> Judge<'a> {
    /// How much of a name stands in the question, 0 to 1.
    pub(super) fn said(&self, item: Item) -> f32 {
        let phrase = self.lexicon.phrase(item);
        let (mut have, mut all) = (0.0, 0.0);
        for (i, (weight, inherited)) in phrase.weight.iter().zip(&phrase.inherited).enumerate() {
            let weight = if *inherited { 0.1 } else { *weight };
            all += weight;
            let at = u8::try_from(i).unwrap_or(u8::MAX);
            have += weight * self.positions.get(&(item, at)).copied().unwrap_or(0.0);
        }
        if all > 0.0 { have / all } else { 0.0 }
    }

    /// Content words that something in the statement answers to.
    pub(super) fn heard(&self, used: &Used, settled: &Assignment) -> usize {
        let in_value = |at: usize| {
            self.links
                .values
                .iter()
                .zip(&settled.values)
                .any(|(v, s)| s.is_some() && v.span.0 <= at && at < v.span.1)
        };
        let points = |list: &HashMap<Item, f32>| {
            used.columns
                .iter()
                .map(|c| Item::Column(*c))
                .chain(used.tables.iter().map(|t| Item::Table(*t)))
                .any(|i| list.get(&i).is_some_and(|w| *w > 0.5))
        };
        self.words.iter().filter(|(at, list)| in_value(*at) || points(list)).count()
    }

    /// Tokens of names and plain words that nothing in the statement answers to.
    pub(super) fn unheard(&self, plan: &Plan, settled: &Assignment) -> Vec<usize> {
        let mut used = Used::default();
        used.add(plan, self.lexicon);
        used.tidy();
        let uses = |item: &Item| match item {
            Item::Table(t) => used.tables.contains(t),
            Item::Column(c) => {
                used.columns.contains(c) || plan.star == Some(self.lexicon.columns[*c].table)
            }
        };
        let mut content = self.links.content();
        content.retain(|at| {
            let within = |span: (usize, usize)| span.0 <= *at && *at < span.1;
            let value = self.links.values.iter().zip(&settled.values);
            let noun = self.links.nouns.iter().zip(&settled.items);
            let named = noun.filter(|(n, _)| !n.implied && within(n.span)).any(|(n, i)| {
                let near = || n.candidates.iter().any(|(i, s)| *s > 0.35 && uses(i));
                n.bucket.is_some() || n.concept || i.as_ref().is_some_and(uses) || near()
            });
            let points = || {
                let lists = self.words.iter().filter(|(t, _)| t == at);
                lists.flat_map(|(_, l)| l).any(|(i, w)| *w > 0.4 && uses(i))
            };
            !named && !value.into_iter().any(|(v, s)| s.is_some() && within(v.span)) && !points()
        });
        content
    }

    /// Tables that the question names and the statement does without.
    pub(super) fn dropped(&self, used: &Used, settled: &Assignment) -> usize {
        let mut named: Vec<usize> = self
            .links
            .nouns
            .iter()
            .zip(&settled.items)
            .filter(|(n, _)| !n.implied)
            .filter_map(|(_, i)| if let Some(Item::Table(t)) = i { Some(*t) } else { None })
            .collect();
        named.sort_unstable();
        named.dedup();
        named.iter().filter(|t| !used.tables.contains(t)).count()
    }

    /// Names that stand in the question as they are, and were taken for something else.
    pub(super) fn outdone(&self, settled: &Assignment) -> usize {
        let nouns = self.links.nouns.iter().zip(&settled.items).filter(|(n, _)| !n.implied);
        nouns
            .filter(|(noun, item)| {
                let of = |i: &Item| noun.candidates.iter().find(|c| c.0 == *i).map(|c| c.1);
                noun.candidates.first().is_some_and(|c| c.1 > 0.97)
                    && item.as_ref().and_then(of).is_some_and(|s| s < 0.93)
            })
            .count()
    }

    /// Things that are asked for by the name of their table, and shown by a key that points at it.
    pub(super) fn key_for_row(&self, settled: &Assignment) -> usize {
        let nouns = self.draft.select.iter().filter(|s| s.agg.is_none() && !s.number_of);
        let points = |n: &usize| {
            let best = self.links.nouns[*n].candidates.first();
            match (best, settled.items[*n]) {
                (Some((Item::Table(t), s)), Some(Item::Column(c))) if *s > 0.97 => {
                    let to = self.lexicon.columns[c].refers_to;
                    let base = self.lexicon.tables[*t].role.as_ref().map_or(*t, |r| r.of);
                    to.is_some_and(|to| self.lexicon.columns[to].table == base)
                }
                _ => false,
            }
        };
        nouns.filter_map(|s| s.noun).filter(points).count()
    }

    /// `by category` where a table is called so, and something else was taken.
    pub(super) fn group_outdone(&self, settled: &Assignment) -> usize {
        let exact = |n: &&usize| {
            let best = self.links.nouns[**n].candidates.first();
            let other = !matches!(settled.items[**n], Some(Item::Table(_)));
            other && best.is_some_and(|c| matches!(c.0, Item::Table(_)) && c.1 > 0.97)
        };
        self.draft.group.iter().filter(exact).count()
    }

    /// Of these nouns, the ones whose tables the statement does without.
    pub(super) fn missing(&self, nouns: &[usize], used: &Used, settled: &Assignment) -> usize {
        let tables =
            nouns.iter().filter_map(|n| settled.items[*n]).map(|i| self.lexicon.table_of(i));
        tables.filter(|t| !used.tables.contains(t)).count()
    }

    /// Does the question name the table itself?
    pub(super) fn named(&self, table: usize, settled: &Assignment) -> bool {
        settled.items.contains(&Some(Item::Table(table)))
    }

    pub(super) fn key_said(&self, edge: &crate::graph::Edge) -> f32 {
        edge.pairs
            .iter()
            .map(|(from, _)| {
                let words = &self.lexicon.columns[*from].phrase;
                let target = |i: u8| self.lexicon.names_target(*from, usize::from(i));
                let all = (0u8..).zip(&words.inherited).filter(|(i, own)| !**own && !target(*i));
                all.map(|(i, _)| {
                    self.positions.get(&(Item::Column(*from), i)).copied().unwrap_or(0.0)
                })
                .fold(0.0, f32::max)
            })
            .fold(0.0, f32::max)
    }
}
