//! Two conditions of which either is enough, as two queries.

use super::{Builder, Style, build};
use crate::{
    draft::Filter,
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
