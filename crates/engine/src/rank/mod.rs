//! Which of several readings was meant: a linear model over named features of a reading.
//!
//! The weights are in `data/ranking.txt`, fitted by `examples/fit.rs` on questions with known answers: every feature is
//! something that can be said in words ("a number compared with a key"), so that an answer can still say why.

mod checks;
mod joins;
mod said;

use crate::{
    build::Style,
    draft::Draft,
    lexicon::{Item, Lexicon},
    link::Links,
    plan::{Ex, Plan, Pred, SetOp},
    resolve::Assignment,
    text::Kind,
    words,
};
use joins::inner_joins;
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
        include_str!("../../data/ranking.txt").lines().filter_map(|l| l.split_once(' '))
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
