//! Tables and columns of a statement.

use super::Touched;
use crate::{lexicon::Lexicon, plan::Plan};

pub(super) fn touched(plan: &Plan, lexicon: &Lexicon) -> Touched {
    let mut tables = Vec::new();
    let mut columns = Vec::new();
    collect(plan, &mut tables, &mut columns);
    tables.extend(columns.iter().map(|c| lexicon.columns[*c].table));
    let time = |c: &usize| lexicon.columns[*c].derived;
    columns = columns.iter().flat_map(|c| time(c).map_or(vec![*c], |(a, b)| vec![a, b])).collect();
    let name = |t: usize| (lexicon.tables[t].schema.clone(), lexicon.tables[t].name.clone());
    let mut tables: Vec<_> = tables.into_iter().map(name).collect();
    let mut columns: Vec<_> = columns
        .into_iter()
        .map(|c| {
            let (schema, table) = name(lexicon.columns[c].table);
            (schema, table, lexicon.columns[c].name.clone())
        })
        .collect();
    tables.sort();
    tables.dedup();
    columns.sort();
    columns.dedup();
    (tables, columns)
}

pub(super) fn collect(plan: &Plan, tables: &mut Vec<usize>, columns: &mut Vec<usize>) {
    tables.extend(&plan.tables);
    plan.select.iter().chain(&plan.group).for_each(|e| e.columns(columns));
    plan.order.iter().for_each(|(e, _)| e.columns(columns));
    for p in plan.filter.iter().chain(&plan.having) {
        p.columns(columns);
        p.tallies(columns);
        let mut inner = Vec::new();
        p.queries(&mut inner);
        inner.into_iter().for_each(|query| collect(query, tables, columns));
    }
    if let Some((_, other)) = &plan.set {
        collect(other, tables, columns);
    }
}
