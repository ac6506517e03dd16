//! Settles what the names of a draft mean, all of them together: a beam search over the candidates of every
//! noun and value, scored by how well each fits its words, its role, and the tables that are there already.

use crate::{
    cues::Agg,
    draft::{Condition, Draft, Key, Left, Right, ValueId},
    lexicon::{Item, Lexicon},
    link::Links,
    roles::{FROM, TO},
};
use model::catalog::ValueKind;

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

fn suits(role: Role, item: Item, noun: &crate::link::Noun, lexicon: &Lexicon) -> f32 {
    let Item::Column(number) = item else {
        let table = &lexicon.tables[match item {
            Item::Table(t) | Item::Column(t) => t,
        }];
        let view = if table.is_view { -0.15 } else { 0.0 };
        return view
            + match role {
                Role::Select | Role::Holder => 0.0,
                Role::Aggregate(Agg::Count)
                | Role::Count
                | Role::CountOf
                | Role::Required
                | Role::Exists => 0.2,
                Role::Context => 0.12,
                Role::NumberOf => 0.15,
                Role::Group | Role::Amount => 0.1,
                Role::Order | Role::EqualNumber => -0.3,
                Role::CompareNumber if amount_of(lexicon, item).is_some() => -0.2,
                Role::CompareNumber | Role::CompareText | Role::Time | Role::Flag => -0.5,
                Role::Aggregate(_) => -0.7,
            };
    };
    let column = &lexicon.columns[number];
    let numeric = column.kind.is_numeric();
    let key = column.is_primary || column.refers_to.is_some() || column.is_keyish && numeric;
    let measure = numeric && !key;
    let temporal = column.kind.is_temporal();
    let yearly = column.phrase.words.iter().any(|w| w == "year");
    let counts = column.phrase.words.iter().any(|w| w == "number" || w == "count");
    let base = match role {
        Role::Select => {
            if column.refers_to.is_some() {
                -0.14
            } else {
                0.02
            }
        }
        Role::Aggregate(Agg::Sum | Agg::Avg) => {
            if measure {
                0.3
            } else if key {
                -0.5
            } else {
                -0.7
            }
        }
        Role::Aggregate(Agg::Min | Agg::Max) => {
            if measure || temporal {
                0.3
            } else if key {
                -0.3
            } else {
                -0.2
            }
        }
        Role::Aggregate(Agg::Count) | Role::Count => {
            if measure && counts {
                0.15
            } else {
                -0.1
            }
        }
        Role::NumberOf => {
            if measure && counts {
                0.25
            } else if measure {
                -0.1
            } else {
                -0.05
            }
        }
        Role::Group => {
            if measure && !yearly {
                -0.15
            } else {
                0.05
            }
        }
        Role::Order => {
            if measure || temporal {
                0.15
            } else if key {
                -0.1
            } else {
                0.0
            }
        }
        Role::CountOf => {
            if measure && counts {
                0.1
            } else {
                -0.15
            }
        }
        Role::Amount => {
            if measure {
                0.12
            } else {
                -0.2
            }
        }
        Role::CompareNumber => {
            if measure {
                0.2
            } else if temporal {
                0.1
            } else if numeric {
                0.0
            } else {
                -0.25
            }
        }
        Role::EqualNumber => {
            if numeric {
                0.15
            } else if temporal {
                0.05
            } else {
                -0.05
            }
        }
        Role::CompareText => {
            if temporal {
                0.2
            } else if numeric {
                -0.15
            } else {
                0.0
            }
        }
        Role::Time => {
            if temporal {
                0.3
            } else if yearly {
                0.2
            } else {
                -0.4
            }
        }
        Role::Context => {
            if measure {
                -0.2
            } else {
                -0.1
            }
        }
        Role::Required | Role::Exists => -0.2,
        Role::Flag => {
            if column.kind == ValueKind::Boolean {
                0.3
            } else {
                -0.6
            }
        }
        Role::Holder => {
            if temporal || measure {
                -0.1
            } else {
                0.05
            }
        }
    };
    // In its own table a key is the thing itself; elsewhere it only points there.
    let _ = noun;
    base + if column.is_primary { 0.03 } else { 0.0 }
        + if lexicon.tables[column.table].is_view { -0.15 } else { 0.0 }
}

fn roles(draft: &Draft, nouns: usize) -> Vec<Vec<Role>> {
    let mut roles: Vec<Vec<Role>> = vec![Vec::new(); nouns];
    let mut add = |noun: usize, role: Role| roles[noun].push(role);
    for sel in &draft.select {
        if let Some(n) = sel.noun {
            add(
                n,
                match (sel.agg, sel.number_of) {
                    (Some(agg), _) => Role::Aggregate(agg),
                    (None, true) if sel.distinct => Role::Count,
                    (None, true) => Role::NumberOf,
                    _ => Role::Select,
                },
            );
        }
    }
    draft.group.iter().for_each(|n| add(*n, Role::Group));
    draft.context.iter().for_each(|n| add(*n, Role::Context));
    draft.verbs.iter().for_each(|n| add(*n, Role::Context));
    draft.required.iter().for_each(|n| add(*n, Role::Required));
    for order in &draft.order {
        match order.key {
            Key::Noun(n) => add(n, Role::Order),
            Key::Agg(agg, n) => add(n, Role::Aggregate(agg)),
            Key::CountOf(Some(n)) => add(n, Role::CountOf),
            Key::Amount(n) => add(n, Role::Amount),
            Key::CountOf(None) | Key::First => {}
        }
    }
    for filter in &draft.filters {
        match &filter.what {
            Condition::Compare { left, op, right, .. } => {
                let role = match right {
                    Right::Num(_) if *op == crate::cues::Op::Eq => Role::EqualNumber,
                    Right::Num(_) | Right::Agg(..) | Right::Noun(_) => Role::CompareNumber,
                    Right::CountOf(_) => Role::CountOf,
                    Right::Value(_) => Role::CompareText,
                };
                add_left(left, role, &mut add);
                if let Right::Agg(_, Some(n)) = right
                    && *left != Left::Noun(*n)
                {
                    add(*n, Role::CompareNumber);
                }
                match right {
                    Right::Noun(n) => add(*n, Role::CompareNumber),
                    Right::CountOf(n) => add(*n, Role::CountOf),
                    _ => {}
                }
            }
            Condition::Between { left, .. } => add_left(left, Role::CompareNumber, &mut add),
            Condition::Value { noun, near, .. } => {
                if let Some(n) = noun {
                    add(*n, Role::Holder);
                }
                let _ = near;
            }
            Condition::Time { noun: Some(n), .. } => add(*n, Role::Time),
            Condition::Time { noun: None, .. } => {}
            Condition::Exists { noun } => add(*noun, Role::Exists),
            Condition::Flag { noun } => add(*noun, Role::Flag),
        }
    }
    roles
}

fn add_left(left: &Left, role: Role, add: &mut impl FnMut(usize, Role)) {
    match left {
        Left::Noun(n) => add(*n, role),
        Left::Agg(agg, n) => add(*n, Role::Aggregate(*agg)),
        Left::CountOf(n) => add(*n, Role::CountOf),
        Left::Amount(n) if role == Role::EqualNumber => add(*n, Role::EqualNumber),
        Left::Amount(n) => add(*n, Role::Amount),
        Left::Unknown | Left::Rows => {}
    }
}

fn value_choices(
    state: &Assignment,
    noun: Option<usize>,
    near: Option<usize>,
    value: ValueId,
    partial: bool,
    links: &Links,
    lexicon: &Lexicon,
) -> Vec<Assignment> {
    let info = &links.values[value];
    let mut out = Vec::new();
    let mut push = |column: usize, text: String, score: f32| {
        let mut next = state.clone();
        next.values[value] = Some((column, text));
        next.score += score;
        next.parts.values += score;
        widen(&mut next, lexicon.columns[column].table, lexicon);
        out.push(next);
    };
    // `the manager of Anna`: Anna is the one who has a manager.
    let base = |item: Item| match item {
        Item::Table(t) if belongs(info.span.0, links) => {
            lexicon.tables[t].role.as_ref().map_or(item, |r| Item::Table(r.of))
        }
        _ => item,
    };
    let holder = noun.and_then(|n| state.items[n]).map(base);
    let beside = near.and_then(|n| state.items[n]);
    let textual = |c: usize| {
        matches!(
            lexicon.columns[c].kind,
            ValueKind::Text
                | ValueKind::Enum
                | ValueKind::Other
                | ValueKind::Uuid
                | ValueKind::Json
        )
    };
    if !partial {
        for (column, text, fit) in &info.hits {
            let at = lexicon.columns[*column].table;
            let mut score = 0.6 * fit;
            score += match holder {
                Some(Item::Column(c)) if c == *column => 0.6,
                Some(Item::Column(_)) => {
                    if info.quoted {
                        -0.35
                    } else {
                        -0.1
                    }
                }
                Some(Item::Table(t)) if t == at => {
                    0.35 + if lexicon.tables[t].label == Some(*column) { 0.15 } else { 0.0 }
                }
                Some(Item::Table(_)) | None => 0.0,
            };
            score += match beside {
                Some(Item::Column(c)) if c == *column => 0.65,
                Some(Item::Table(t)) if t == at => 0.15,
                _ => 0.0,
            };
            if lexicon.tables[at].label == Some(*column) {
                score += 0.04;
            }
            score += direction(info.span.0, *column, links, lexicon);
            if lexicon.columns[*column].refers_to.is_some() {
                score -= 0.03;
            }
            if lexicon.tables[at].is_view {
                score -= 0.2;
            }
            push(*column, text.clone(), score);
        }
    }
    match holder {
        Some(Item::Column(c)) if partial || !info.hits.iter().any(|h| h.0 == c) => {
            let known = !info.quoted && !info.hits.is_empty() && !partial;
            push(
                c,
                info.text.clone(),
                if known {
                    -0.5
                } else if textual(c) {
                    0.25
                } else {
                    0.1
                },
            );
        }
        Some(Item::Table(t)) if partial || info.hits.is_empty() => {
            if let Some(c) = lexicon.tables[t].label {
                push(c, info.text.clone(), 0.2);
            }
        }
        _ => {}
    }
    if holder.is_none() && (info.hits.is_empty() || partial) {
        // No column is known to hold it: perhaps the name of something asked about.
        let tables = if state.tables.is_empty() { 0..lexicon.tables.len().min(1) } else { 0..0 };
        for t in state.tables.iter().copied().chain(tables) {
            if let Some(c) = lexicon.tables[t].label {
                push(c, info.text.clone(), -0.1);
            }
        }
    }
    if out.is_empty() {
        let mut next = state.clone();
        next.score -= 1.0;
        next.parts.values -= 1.0;
        out.push(next);
    }
    out
}

/// `of Anna`
fn belongs(start: usize, links: &Links) -> bool {
    start > 0 && links.tokens[start - 1].is("of")
}

/// `from Berlin`, `to Paris`: columns of where something starts and ends.
fn direction(start: usize, column: usize, links: &Links, lexicon: &Lexicon) -> f32 {
    let before = links.tokens[..start].iter().rev().map(|t| t.lower.as_str()).find(|w| *w != "the");
    let words = &lexicon.columns[column].phrase.words;
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let leads = lexicon.leads(lexicon.columns[column].table);
    let starts = has(&FROM) || leads == Some(true);
    let ends = has(&TO) || leads == Some(false);
    match before {
        Some("from" | "leaving" | "departing") if starts => 0.3,
        Some("from" | "leaving" | "departing") if ends => -0.3,
        Some("to" | "into" | "at" | "reaching") if ends => 0.3,
        Some("to" | "into" | "reaching") if starts => -0.3,
        _ => 0.0,
    }
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
