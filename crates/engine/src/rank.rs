//! Which of several readings was meant: a linear model over named features of a reading.
//!
//! The weights are in `data/ranking.txt`, fitted by `examples/fit.rs` on questions with known answers: every feature is
//! something that can be said in words ("a number compared with a key"), so that an answer can still say why.

use crate::{
    build::Style,
    cues::{Agg, Op},
    draft::Draft,
    lexicon::{Item, Lexicon},
    link::Links,
    plan::{Ex, Lit, Plan, Pred, SetOp},
    resolve::Assignment,
    text::Kind,
    words,
};
use model::catalog::ValueKind;
use std::{collections::HashMap, sync::LazyLock};

pub(crate) const NAMES: [&str; 62] = [
    // How well the words fit what they were taken for.
    "beam",
    "names",
    "roles",
    "spread",
    "values",
    "owners",
    "lost",
    "weakest",
    // What the statement says that the question did not, and the reverse.
    "heard",
    "unsaid",
    "said",
    "dropped",
    // Joins.
    "joins",
    "connectors",
    "inferred",
    "repeats",
    "bridges",
    "key_said",
    "views",
    "hub",
    // What is shown.
    "scattered",
    "shows_fixed",
    "shows_reference",
    "shows_key",
    "width",
    "shows_label",
    // Conditions.
    "key_compared",
    "text_compared",
    "absent_value",
    "twice",
    "contradiction",
    "far_filter",
    // Aggregates and order.
    "key_added",
    "text_added",
    "key_ordered",
    "text_extreme",
    "group_key",
    // Variants of the shape.
    "bare",
    "by_shown",
    "except",
    "detour",
    "nested",
    "having",
    "filters",
    "outer",
    "idle_group",
    "not_required",
    "not_done",
    "by_shown_first",
    "plain_count",
    "shown_unnamed",
    "taken",
    "fan_out",
    "outdone",
    "inner_joins",
    "shared",
    "by_shown_having",
    "plain",
    "unheard",
    "group_outdone",
    "key_for_row",
    "union",
];

pub(crate) type Features = [f32; NAMES.len()];

static WEIGHTS: LazyLock<Features> = LazyLock::new(|| {
    let mut weights = [0.0; NAMES.len()];
    for (name, weight) in
        include_str!("../data/ranking.txt").lines().filter_map(|l| l.split_once(' '))
    {
        if let Some(i) = NAMES.iter().position(|n| *n == name) {
            weights[i] = weight.trim().parse().unwrap_or(0.0);
        }
    }
    weights
});

pub(crate) fn score(features: &Features) -> f32 {
    features.iter().zip(WEIGHTS.iter()).map(|(f, w)| f * w).sum()
}

/// What is the same for all readings of a question.
pub(crate) struct Judge<'a> {
    links: &'a Links,
    draft: &'a Draft,
    lexicon: &'a Lexicon,
    /// By content word: what it may point at, how well.
    words: Vec<(usize, HashMap<Item, f32>)>,
    /// The best that any word does for a position of a name.
    positions: HashMap<(Item, u8), f32>,
}

impl<'a> Judge<'a> {
    pub fn new(links: &'a Links, draft: &'a Draft, lexicon: &'a Lexicon) -> Self {
        let mut words = Vec::new();
        let mut positions: HashMap<(Item, u8), f32> = HashMap::new();
        for (at, token) in links.tokens.iter().enumerate() {
            if token.kind != Kind::Word || words::is_stop(&token.lower) {
                continue;
            }
            let mut points: HashMap<Item, f32> = HashMap::new();
            for p in lexicon.postings(&token.lemma) {
                let slot = points.entry(p.item).or_insert(0.0);
                *slot = slot.max(p.weight);
                let slot = positions.entry((p.item, p.position)).or_insert(0.0);
                *slot = slot.max(p.weight);
                if p.whole {
                    for i in 0u8..12 {
                        let slot = positions.entry((p.item, i)).or_insert(0.0);
                        *slot = slot.max(p.weight);
                    }
                }
            }
            words.push((at, points));
        }
        // `revenue` says the column that holds it, whatever that one is called.
        for noun in links.nouns.iter().filter(|n| n.concept && !n.implied) {
            for (item, score) in &noun.candidates {
                for i in 0u8..12 {
                    let slot = positions.entry((*item, i)).or_insert(0.0);
                    *slot = slot.max(*score);
                }
                for (_, points) in
                    words.iter_mut().filter(|(at, _)| noun.span.0 <= *at && *at < noun.span.1)
                {
                    let slot = points.entry(*item).or_insert(0.0);
                    *slot = slot.max(*score);
                }
            }
        }
        Self { links, draft, lexicon, words, positions }
    }

    /// The features, and the tokens that nothing in the statement answers to.
    #[allow(clippy::cast_precision_loss)]
    pub fn features(
        &self,
        plan: &Plan,
        settled: &Assignment,
        style: &Style,
        lost: u32,
        weakest: f32,
        plain: bool,
    ) -> (Features, Vec<usize>) {
        let unheard = self.unheard(plan, settled);
        let flag = |b: bool| if b { 1.0 } else { 0.0 };
        let mut used = Used::default();
        used.add(plan, self.lexicon);
        used.tidy();
        let shown = self.shown(plan);
        let parts = settled.parts;
        let connectors = plan.tables.iter().filter(|t| !settled.tables.contains(t)).count();
        // What stands for a table that is named needs no words of its own; neither does what groups are told apart by.
        let implied = |c: &&usize| {
            let info = &self.lexicon.columns[**c];
            let t = &self.lexicon.tables[info.table];
            let label = t.label == Some(**c) || t.label_rest == Some(**c);
            let kept = self.lexicon.stock_of(info.table) == Some(**c);
            (label || kept) && self.named(info.table, settled)
                || info.is_primary && !plan.select.contains(&Ex::Col(**c))
        };
        // `from Berlin to Paris` says both roles of the place.
        let led = |t: &usize| self.lexicon.leads(*t).is_some();
        let unsaid: f32 = used
            .columns
            .iter()
            .filter(|c| !implied(c) && !led(&self.lexicon.columns[**c].table))
            .map(|c| 1.0 - self.said(Item::Column(*c)))
            .sum::<f32>()
            + used
                .tables
                .iter()
                .filter(|t| !led(t))
                .map(|t| 1.0 - self.said(Item::Table(*t)))
                .sum::<f32>()
                * 0.5;
        // The key that stands for rows without a name is said with their table.
        let stands_for = |c: usize| {
            let info = &self.lexicon.columns[c];
            info.is_primary
                && self.lexicon.display(info.table) == Some(c)
                && self.named(info.table, settled)
        };
        let shown_said = |c: &usize| if stands_for(*c) { 1.0 } else { self.said(Item::Column(*c)) };
        let said = shown.iter().map(shown_said).sum::<f32>() / shown.len().max(1) as f32;
        let edges = || plan.edges.iter().map(|e| &self.lexicon.graph.edges[*e]);
        let mut shown_tables: Vec<usize> =
            shown.iter().map(|c| self.lexicon.columns[*c].table).collect();
        shown_tables.sort_unstable();
        shown_tables.dedup();
        let checks = self.conditions(plan);
        let amounts = self.amounts(plan);
        let column = |c: &usize| &self.lexicon.columns[*c];
        let label = |c: &usize| {
            let t = &self.lexicon.tables[column(c).table];
            t.label == Some(*c) || t.label_rest == Some(*c)
        };
        let except = matches!(plan.set, Some((SetOp::Except, _)));
        let features = [
            settled.score,
            parts.names,
            parts.roles,
            parts.spread,
            parts.values,
            parts.owners,
            lost as f32,
            weakest,
            self.heard(&used, settled) as f32,
            unsaid,
            said,
            self.dropped(&used, settled) as f32,
            plan.tables.len().saturating_sub(1) as f32,
            connectors as f32,
            edges().filter(|e| e.cost > 1.0).count() as f32,
            flag(plan.distinct && !self.draft.distinct),
            plan.tables.iter().filter(|t| self.lexicon.tables[**t].is_bridge).count() as f32,
            edges().map(|e| self.key_said(e)).sum(),
            used.tables.iter().filter(|t| self.lexicon.tables[**t].is_view).count() as f32,
            self.hubs(plan) as f32,
            shown_tables.len().saturating_sub(1) as f32,
            checks.shows_fixed,
            shown.iter().filter(|c| column(c).refers_to.is_some()).count() as f32,
            shown.iter().filter(|c| column(c).is_primary).count() as f32,
            if style.lists { 0.0 } else { self.off_width(plan) },
            flag(shown.iter().any(label)),
            checks.key_compared,
            checks.text_compared,
            checks.absent,
            checks.twice,
            checks.contradiction,
            checks.far,
            amounts.key_added,
            amounts.text_added,
            amounts.key_ordered,
            amounts.text_extreme,
            flag(plan.group.iter().any(|e| matches!(e, Ex::Col(c) if column(c).is_primary))),
            flag(style.bare),
            flag(style.by_shown),
            flag(except),
            flag(style.detour.is_some()),
            flag(plan.filter.iter().any(|p| matches!(p, Pred::In { .. } | Pred::CompareQuery(..)))),
            flag(!plan.having.is_empty()),
            plan.filter.len() as f32,
            flag(style.outer),
            flag(self.idle_group(plan)),
            self.missing(&self.draft.required, &used, settled) as f32,
            self.missing(&self.draft.verbs, &used, settled) as f32,
            flag(style.by_shown && plan.limit.is_some()),
            amounts.plain_count,
            shown.iter().filter(|c| !self.named(column(c).table, settled)).count() as f32,
            flag(style.taken),
            self.fan_out(plan) as f32,
            self.outdone(settled) as f32,
            inner_joins(plan) as f32,
            self.shared(plan, settled) as f32,
            flag(style.by_shown && !plan.having.is_empty()),
            flag(plain),
            unheard.len() as f32,
            self.group_outdone(settled) as f32,
            self.key_for_row(settled) as f32,
            flag(style.union),
        ];
        (features, unheard)
    }

    /// `top 5 customers by total payments`: what they are ranked by belongs to the answer.
    fn ranking_shown(&self, plan: &Plan) -> usize {
        let shown = |e: &Ex| e.is_aggregate() && plan.select.contains(e);
        usize::from(self.draft.ranked && plan.order.iter().any(|(e, _)| shown(e)))
    }

    /// How many things are shown beyond those that are wanted, or too few.
    #[allow(clippy::cast_precision_loss)]
    fn off_width(&self, plan: &Plan) -> f32 {
        self.width(plan).abs_diff(self.draft.select.len() + self.ranking_shown(plan)) as f32
    }

    /// How many things are shown; a name in two columns is one.
    fn width(&self, plan: &Plan) -> usize {
        let rest = |e: &&Ex| {
            matches!(e, Ex::Col(c) if {
                let t = &self.lexicon.tables[self.lexicon.columns[*c].table];
                t.label_rest == Some(*c) && t.label.is_some_and(|l| plan.select.contains(&Ex::Col(l)))
            })
        };
        plan.select.len() - plan.select.iter().filter(rest).count()
    }

    /// Plain columns that are shown.
    fn shown(&self, plan: &Plan) -> Vec<usize> {
        plan.select
            .iter()
            .filter_map(|e| if let Ex::Col(c) = e { Some(*c) } else { None })
            .collect()
    }

    /// How much of a name stands in the question, 0 to 1.
    fn said(&self, item: Item) -> f32 {
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
    fn heard(&self, used: &Used, settled: &Assignment) -> usize {
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
    fn unheard(&self, plan: &Plan, settled: &Assignment) -> Vec<usize> {
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
    fn dropped(&self, used: &Used, settled: &Assignment) -> usize {
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

    /// Sums and averages over rows that the join repeats.
    fn fan_out(&self, plan: &Plan) -> usize {
        let added = plan.select.iter().chain(plan.order.iter().map(|o| &o.0)).filter_map(|e| {
            let Ex::Agg { agg: Agg::Sum | Agg::Avg, arg: Some(arg), .. } = e else { return None };
            let mut columns = Vec::new();
            arg.columns(&mut columns);
            columns.first().map(|c| self.lexicon.columns[*c].table)
        });
        added.filter(|t| crate::build::multiplied(self.lexicon, *t, plan)).count()
    }

    /// Tables that nobody named and that two others refer to: what their rows have in common says little.
    fn shared(&self, plan: &Plan, settled: &Assignment) -> usize {
        let own = plan.tables.iter().filter(|t| {
            let referring =
                plan.edges.iter().filter(|e| self.lexicon.graph.edges[**e].to == **t).count();
            referring > 1 && !settled.tables.contains(t)
        });
        let inner: usize = inner_queries(plan).map(|p| self.shared(p, settled)).sum();
        own.count() + inner
    }

    /// Names that stand in the question as they are, and were taken for something else.
    fn outdone(&self, settled: &Assignment) -> usize {
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
    fn key_for_row(&self, settled: &Assignment) -> usize {
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
    fn group_outdone(&self, settled: &Assignment) -> usize {
        let exact = |n: &&usize| {
            let best = self.links.nouns[**n].candidates.first();
            let other = !matches!(settled.items[**n], Some(Item::Table(_)));
            other && best.is_some_and(|c| matches!(c.0, Item::Table(_)) && c.1 > 0.97)
        };
        self.draft.group.iter().filter(exact).count()
    }

    /// Groups of one row each.
    fn idle_group(&self, plan: &Plan) -> bool {
        plan.group.iter().any(|e| match e {
            Ex::Col(c) => {
                let info = &self.lexicon.columns[*c];
                info.is_primary
                    && self.lexicon.tables[info.table].primary_key.len() == 1
                    && !plan.edges.iter().any(|e| self.lexicon.graph.edges[*e].to == info.table)
            }
            _ => false,
        })
    }

    /// Of these nouns, the ones whose tables the statement does without.
    fn missing(&self, nouns: &[usize], used: &Used, settled: &Assignment) -> usize {
        let tables =
            nouns.iter().filter_map(|n| settled.items[*n]).map(|i| self.lexicon.table_of(i));
        tables.filter(|t| !used.tables.contains(t)).count()
    }

    /// Does the question name the table itself?
    fn named(&self, table: usize, settled: &Assignment) -> bool {
        settled.items.contains(&Some(Item::Table(table)))
    }

    fn key_said(&self, edge: &crate::graph::Edge) -> f32 {
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

    /// Tables that refer to two or more of the others: rows of a relation.
    fn hubs(&self, plan: &Plan) -> usize {
        plan.tables
            .iter()
            .filter(|t| {
                plan.edges.iter().filter(|e| self.lexicon.graph.edges[**e].from == **t).count() > 1
            })
            .count()
    }

    fn conditions(&self, plan: &Plan) -> Checks {
        let mut found = Checks::default();
        let mut outer = plan.tables.clone();
        outer.sort_unstable();
        let mut equal: Vec<usize> = Vec::new();
        for pred in plan
            .filter
            .iter()
            .flat_map(|p| if let Pred::Any(l) = p { l.iter().collect() } else { vec![p] })
        {
            let single = plan.filter.contains(pred);
            match pred {
                Pred::Compare(Ex::Col(c), op, lit) => {
                    let info = &self.lexicon.columns[*c];
                    let key = info.is_primary || info.refers_to.is_some() || info.is_keyish;
                    if matches!(lit, Lit::Num(_)) && !matches!(op, Op::Eq | Op::Ne) {
                        if key {
                            found.key_compared += 1.0;
                        }
                        if !info.kind.is_numeric() && !info.kind.is_temporal() {
                            found.text_compared += 1.0;
                        }
                    }
                    if let Lit::Text(text) = lit
                        && matches!(op, Op::Eq | Op::Ne)
                        && !self
                            .links
                            .values
                            .iter()
                            .any(|v| v.hits.iter().any(|h| h.0 == *c && h.1 == *text))
                    {
                        found.absent += 1.0;
                    }
                    if *op == Op::Eq && single {
                        if equal.contains(c) {
                            found.twice += 1.0;
                        }
                        equal.push(*c);
                        if plan.select.contains(&Ex::Col(*c)) && plan.group.is_empty() {
                            found.shows_fixed += 1.0;
                        }
                    }
                    if !self.lexicon.columns[*c].kind.is_numeric() && matches!(lit, Lit::Num(_)) {
                        found.text_compared += 0.5;
                    }
                    if !self.shows_table(plan, info.table) {
                        found.far += 1.0;
                    }
                }
                Pred::In { query, negated: true, .. } => {
                    let shared = query.tables.iter().filter(|t| outer.contains(t)).count();
                    let own = query.filter.is_empty() && query.having.is_empty();
                    if shared > 0 && own && query.tables.first().is_some_and(|t| outer.contains(t))
                    {
                        found.contradiction += 1.0;
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn shows_table(&self, plan: &Plan, table: usize) -> bool {
        let mut columns = Vec::new();
        plan.select.iter().for_each(|e| e.columns(&mut columns));
        columns.is_empty() || columns.iter().any(|c| self.lexicon.columns[*c].table == table)
    }

    fn amounts(&self, plan: &Plan) -> Amounts {
        let mut found = Amounts::default();
        let all = plan.select.iter().chain(plan.order.iter().map(|o| &o.0));
        for e in all {
            if let Ex::Agg { agg, arg: Some(arg), .. } = e
                && let Ex::Col(c) = **arg
            {
                let info = &self.lexicon.columns[c];
                let key = info.is_primary || info.refers_to.is_some();
                let number = info.kind.is_numeric();
                match agg {
                    Agg::Sum | Agg::Avg => {
                        if key {
                            found.key_added += 1.0;
                        } else if !number {
                            found.text_added += 1.0;
                        }
                    }
                    Agg::Min | Agg::Max => {
                        if key || !number && !info.kind.is_temporal() {
                            found.text_extreme += 1.0;
                        }
                    }
                    Agg::Count => {
                        if !info.is_primary && info.refers_to.is_none() {
                            found.plain_count += 1.0;
                        }
                    }
                }
            }
        }
        if plan.limit.is_some() {
            for (e, _) in &plan.order {
                if let Ex::Col(c) = e {
                    let info = &self.lexicon.columns[*c];
                    if info.is_primary || info.refers_to.is_some() {
                        found.key_ordered += 1.0;
                    } else if matches!(info.kind, ValueKind::Text) {
                        found.text_extreme += 1.0;
                    }
                }
            }
        }
        found
    }
}

fn inner_queries(plan: &Plan) -> impl Iterator<Item = &Plan> {
    let mut inner = Vec::new();
    plan.filter.iter().chain(&plan.having).for_each(|p| p.queries(&mut inner));
    inner.into_iter()
}

/// Joins within inner queries.
fn inner_joins(plan: &Plan) -> usize {
    inner_queries(plan).map(|p| p.tables.len().saturating_sub(1) + inner_joins(p)).sum()
}

#[derive(Default)]
struct Checks {
    shows_fixed: f32,
    key_compared: f32,
    text_compared: f32,
    absent: f32,
    twice: f32,
    contradiction: f32,
    far: f32,
}

#[derive(Default)]
struct Amounts {
    key_added: f32,
    text_added: f32,
    key_ordered: f32,
    text_extreme: f32,
    plain_count: f32,
}

/// Tables and columns anywhere in a statement.
#[derive(Default)]
struct Used {
    tables: Vec<usize>,
    columns: Vec<usize>,
}

impl Used {
    fn add(&mut self, plan: &Plan, lexicon: &Lexicon) {
        self.tables.extend(&plan.tables);
        let columns = &mut self.columns;
        plan.select.iter().chain(&plan.group).for_each(|e| e.columns(columns));
        plan.order.iter().for_each(|(e, _)| e.columns(columns));
        let mut inner = Vec::new();
        for p in plan.filter.iter().chain(&plan.having) {
            p.columns(columns);
            p.queries(&mut inner);
            let mut keys = Vec::new();
            p.tallies(&mut keys);
            self.tables.extend(keys.iter().map(|c| lexicon.columns[*c].table));
        }
        inner.extend(plan.set.iter().map(|(_, p)| &**p));
        inner.into_iter().for_each(|p| self.add(p, lexicon));
    }

    fn tidy(&mut self) {
        for list in [&mut self.tables, &mut self.columns] {
            list.sort_unstable();
            list.dedup();
        }
    }
}
