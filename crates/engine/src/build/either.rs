//! Two conditions of which either is enough, as two queries.

use super::{Builder, Style, build};
use crate::{
    draft::Filter,
    lexicon::Item,
    plan::{Ex, Plan, SetOp},
};

/// Two queries for two conditions of which either is enough: one of them may be about groups, or about rows that not
/// everything has.
pub(super) fn union(builder: &Builder<'_>) -> Option<(Plan, u32)> {
    let draft = builder.draft;
    let mut either = draft.filters.iter().enumerate().filter(|(_, f)| f.or).map(|(i, _)| i);
    let (second, None) = (either.next()?, either.next()) else {
        return None;
    };
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

/// `names of employees and customers`: those of the one, and those of the other. Persons who are called the same stay
/// two.
pub(super) fn lists(builder: &Builder<'_>) -> Option<(Plan, u32)> {
    let (wanted, a, b) = builder.draft.lists?;
    let side = |noun: usize| {
        let Some(Item::Table(table)) = builder.item(noun) else { return None };
        let info = &builder.lexicon.tables[table];
        let noun = &builder.links.nouns[wanted];
        let best = noun.candidates.first()?.1;
        let own = noun.candidates.iter().find_map(|(item, score)| match item {
            Item::Column(c)
                if builder.lexicon.columns[*c].table == table && *score > best * 0.8 =>
            {
                Some(*c)
            }
            _ => None,
        })?;
        let rest = info.label_rest.filter(|_| info.label == Some(own));
        let select: Vec<usize> = [own].into_iter().chain(rest).collect();
        let plan = Plan {
            select: select.iter().map(|c| Ex::Col(*c)).collect(),
            tables: vec![table],
            ..Plan::default()
        };
        Some((plan, select))
    };
    let ((mut first, mine), (other, theirs)) = (side(a)?, side(b)?);
    let kind = |c: &usize| {
        let kind = builder.lexicon.columns[*c].kind;
        (kind.is_numeric(), kind.is_temporal())
    };
    if first.tables == other.tables || !mine.iter().map(kind).eq(theirs.iter().map(kind)) {
        return None;
    }
    // `products and categories`: each with its own, where a key says which.
    let graph = &builder.lexicon.graph;
    let (a, b) = (first.tables[0], other.tables[0]);
    if graph.refers(a, b) || graph.refers(b, a) {
        return None;
    }
    let persons = mine.len() > 1;
    let op = if persons { SetOp::UnionAll } else { SetOp::Union };
    first.set = Some((op, Box::new(other)));
    Some((first, 0))
}
