//! How well a name suits what the question does with it.

use super::{Role, amount_of};
use crate::{
    cues::Agg,
    draft::{Condition, Draft, Key, Left, Right},
    lexicon::{Item, Lexicon},
};
use model::catalog::ValueKind;

pub(super) fn suits(role: Role, item: Item, noun: &crate::link::Noun, lexicon: &Lexicon) -> f32 {
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

pub(super) fn roles(draft: &Draft, nouns: usize) -> Vec<Vec<Role>> {
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

pub(super) fn add_left(left: &Left, role: Role, add: &mut impl FnMut(usize, Role)) {
    match left {
        Left::Noun(n) => add(*n, role),
        Left::Agg(agg, n) => add(*n, Role::Aggregate(*agg)),
        Left::CountOf(n) => add(*n, Role::CountOf),
        Left::Amount(n) if role == Role::EqualNumber => add(*n, Role::EqualNumber),
        Left::Amount(n) => add(*n, Role::Amount),
        Left::Unknown | Left::Rows => {}
    }
}
