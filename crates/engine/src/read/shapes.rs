//! Other shapes that may say the same.

use crate::{
    build::Style,
    cues::Op,
    draft::Draft,
    lexicon::{Item, Lexicon},
    plan::{Ex, Plan, Pred},
    resolve::Assignment,
};

/// Other shapes that may say the same as `plan`.
pub(super) fn other_styles(
    plan: &Plan,
    draft: &Draft,
    settled: &Assignment,
    lexicon: &Lexicon,
) -> Vec<Style> {
    let mut out = Vec::new();
    if plan.tables.len() > 1 {
        out.push(Style { bare: true, ..Style::default() });
    }
    // Persons are never told apart by their names.
    let person = |e: &Ex| matches!(e, Ex::Col(c) if lexicon.tables[lexicon.columns[*c].table].label_rest.is_some());
    let by_column = draft.group.iter().all(|n| matches!(settled.items[*n], Some(Item::Column(_))));
    let persons = plan.group.iter().chain(&plan.select).any(person);
    if !plan.group.is_empty() && by_column && !persons {
        out.push(Style { by_shown: true, ..Style::default() });
    }
    if plan.filter.iter().any(|p| matches!(p, Pred::In { negated: true, .. }))
        && !plan.select.iter().any(person)
    {
        out.push(Style { except: true, ..Style::default() });
        out.push(Style { except: true, bare: true, ..Style::default() });
    }
    let negated = |p: &Pred| {
        matches!(p, Pred::Compare(_, Op::Ne, _) | Pred::Like { negated: true, .. })
            || matches!(p, Pred::Time { negated: true, .. } | Pred::Between(_, _, _, true))
    };
    if matches!(plan.select[..], [Ex::Col(_)]) && plan.filter.iter().any(negated) {
        out.push(Style { taken: true, ..Style::default() });
        out.push(Style { taken: true, except: true, ..Style::default() });
    }
    if draft.filters.iter().any(|f| f.or) && (plan.tables.len() > 1 || !plan.having.is_empty()) {
        out.push(Style { union: true, ..Style::default() });
    }
    let compares = |p: &Pred| matches!(p, Pred::CompareQuery(_, _, q) if !q.filter.is_empty());
    if plan.filter.iter().any(compares) {
        out.push(Style { outer: true, ..Style::default() });
    }
    let detours = plan.edges.iter().take(4);
    out.extend(detours.map(|e| Style { detour: Some(*e), ..Style::default() }));
    out
}
