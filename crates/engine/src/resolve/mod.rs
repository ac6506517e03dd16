//! Settles what the names of a draft mean, all of them together: a beam search over the candidates of every
//! noun and value, scored by how well each fits its words, its role, and the tables that are there already.

mod role;
mod value;

use crate::{
    cues::Agg,
    draft::{Condition, Draft, Left, Right},
    lexicon::{Item, Lexicon},
    link::Links,
};
use role::{roles, suits};
use value::value_choices;

/// What every noun and value means.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assignment {
    /// By noun.
    pub items: Vec<Option<Item>>,
    /// By value: the column that holds it, and the text to compare with.
    pub values: Vec<Option<(usize, String)>>,
    pub tables: Vec<usize>,
    pub score: f32,
    pub parts: Parts,
}

/// What a score is made of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts {
    /// Words against names.
    pub names: f32,
    /// Kinds of columns against what is done with them.
    pub roles: f32,
    /// How far the tables lie apart.
    pub spread: f32,
    pub values: f32,
    /// `X of Y`: the table of the one against the other's.
    pub owners: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Select,
    Aggregate(Agg),
    Count,
    NumberOf,
    Group,
    Order,
    CountOf,
    Amount,
    CompareNumber,
    EqualNumber,
    CompareText,
    Context,
    Required,
    Exists,
    Time,
    /// A value stands beside it.
    Holder,
    /// It says yes or no.
    Flag,
}

const BEAM: usize = 120;

pub(crate) fn resolve(
    draft: &Draft,
    links: &Links,
    lexicon: &Lexicon,
    width: usize,
) -> Vec<Assignment> {
    let roles = roles(draft, links.nouns.len());
    let mut beam = vec![Assignment {
        items: vec![None; links.nouns.len()],
        values: vec![None; links.values.len()],
        ..Assignment::default()
    }];
    let wanted: Vec<usize> = draft
        .select
        .iter()
        .filter(|s| s.agg.is_none() && !s.number_of)
        .filter_map(|s| s.noun)
        .collect();
    // Sure things first: names with few candidates fix the tables for the others.
    let mut order: Vec<usize> = (0..links.nouns.len()).filter(|n| !roles[*n].is_empty()).collect();
    order.sort_by_key(|n| {
        let noun = &links.nouns[*n];
        (
            noun.implied,
            std::cmp::Reverse((noun.candidates.first().map_or(0.0, |c| c.1) * 10.0) as i32),
            *n,
        )
    });
    for noun in order {
        beam = extend(beam, |state| {
            noun_choices(state, noun, &roles[noun], links, lexicon, &draft.owned, &wanted)
        });
    }
    for filter in &draft.filters {
        if let Condition::Value { noun, near, value, like } = &filter.what {
            beam = extend(beam, |state| {
                value_choices(state, *noun, *near, *value, like.is_some(), links, lexicon)
            });
        } else if let Condition::Compare { right: Right::Value(v), left, .. } = &filter.what {
            let noun = if let Left::Noun(n) = left { Some(*n) } else { None };
            beam = extend(beam, |state| value_choices(state, noun, None, *v, true, links, lexicon));
        }
    }
    beam.truncate(width);
    beam
}

fn extend(
    beam: Vec<Assignment>,
    choices: impl Fn(&Assignment) -> Vec<Assignment>,
) -> Vec<Assignment> {
    let mut next: Vec<Assignment> = beam.iter().flat_map(choices).collect();
    next.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.items.cmp(&b.items))
            .then_with(|| a.values.cmp(&b.values))
    });
    next.truncate(BEAM);
    next
}

/// The cost of having `table` as well.
fn widen(state: &mut Assignment, table: usize, lexicon: &Lexicon) {
    if state.tables.contains(&table) {
        return;
    }
    let before = lexicon.graph.spread(&state.tables);
    state.tables.push(table);
    let after = lexicon.graph.spread(&state.tables);
    let cost = if after.is_finite() {
        if before.is_finite() { after - before } else { 0.0 }
    } else if before.is_finite() {
        8.0
    } else {
        0.0
    };
    state.score -= 0.2 * cost;
    state.parts.spread += cost;
}

fn noun_choices(
    state: &Assignment,
    noun: usize,
    roles: &[Role],
    links: &Links,
    lexicon: &Lexicon,
    owned: &[(usize, usize)],
    wanted: &[usize],
) -> Vec<Assignment> {
    let info = &links.nouns[noun];
    let mut out = Vec::new();
    for (item, score) in &info.candidates {
        let fit: f32 =
            roles.iter().map(|r| suits(*r, *item, info, lexicon)).sum::<f32>() / roles.len() as f32;
        let mut next = state.clone();
        next.items[noun] = Some(*item);
        next.score += score + fit;
        next.parts.names += score;
        next.parts.roles += fit;
        let counts = roles.iter().any(|r| matches!(r, Role::Amount | Role::CountOf));
        if counts && wanted.iter().any(|w| *w != noun && state.items[*w] == Some(*item)) {
            // Things are not counted per one of themselves.
            next.score -= 0.35;
        }
        for (thing, owner) in owned.iter().filter(|(t, o)| *t == noun || *o == noun) {
            let other = if *thing == noun { *owner } else { *thing };
            if let Some(other) = state.items[other] {
                let (own, of) = if *thing == noun { (*item, other) } else { (other, *item) };
                let (own, of) = (lexicon.table_of(own), lexicon.table_of(of));
                let close = if own == of {
                    0.2
                } else if lexicon.graph.refers(of, own) {
                    0.08
                } else {
                    -0.08
                };
                next.score += close;
                next.parts.owners += close;
            }
        }
        widen(&mut next, lexicon.table_of(*item), lexicon);
        out.push(next);
    }
    if out.is_empty() {
        let mut next = state.clone();
        next.score -= 0.8;
        next.parts.names -= 0.8;
        out.push(next);
    }
    out
}

/// The one number that a row of money is about.
pub(crate) fn amount_of(lexicon: &Lexicon, item: Item) -> Option<usize> {
    let Item::Table(t) = item else { return None };
    let named = |c: &usize| {
        let info = &lexicon.columns[*c];
        info.kind.is_numeric()
            && matches!(info.phrase.core().as_str(), "amount" | "total" | "total amount")
    };
    lexicon.tables[t].columns.clone().find(named)
}
