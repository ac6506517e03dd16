//! Comparisons: with numbers, with aggregates, of ages and years.

use super::{Builder, State};
use crate::{
    calendar::Range,
    cues::{Agg, Op},
    draft::{Condition, Left, Right},
    lexicon::Item,
    plan::{Ex, Lit, Plan, Pred},
};
use model::catalog::ValueKind;

impl Builder<'_> {
    pub(super) fn comparison(
        &self,
        left: &Left,
        op: Op,
        right: &Right,
        flips: bool,
        s: &mut State,
    ) -> Option<Pred> {
        if let (Left::CountOf(a), Right::CountOf(b)) = (left, right) {
            return Some(Pred::Against(self.tally(*a, s)?, op, self.tally(*b, s)?));
        }
        if let Some(pred) = self.left_over(left, op, right, s) {
            return Some(pred);
        }
        let e = self.left(left, s)?;
        let column = match &e {
            Ex::Col(c) => Some(*c),
            _ => None,
        };
        if let (Right::Num(n), true) = (right, e == Ex::count())
            && (op == Op::Ge && *n == 1.0 || op == Op::Gt && *n == 0.0)
        {
            // At least one: a row that joins is enough.
            s.satisfied = true;
            return None;
        }
        let e = match (right, column) {
            (Right::Num(_), Some(c))
                if !matches!(op, Op::Eq | Op::Ne)
                    && !self.ordered(c)
                    && (self.lexicon.columns[c].is_keyish
                        || self.lexicon.columns[c].refers_to.is_some()) =>
            {
                Ex::count()
            }
            _ => e,
        };
        let column = column.filter(|_| !e.is_aggregate());
        let flipped = flips && column.is_some_and(|c| self.counts_backwards(c));
        let op = if flipped { op.flipped() } else { op };
        let pred = match right {
            Right::Num(n) => match column {
                Some(c) if self.lexicon.columns[c].kind.is_temporal() && flips && *n < 200.0 => {
                    self.age_condition(c, op, *n)
                }
                Some(c) if self.lexicon.columns[c].kind.is_temporal() => {
                    self.year_condition(c, op, *n)?
                }
                Some(c)
                    if self.lexicon.columns[c].kind == ValueKind::Text
                        && matches!(op, Op::Eq | Op::Ne) =>
                {
                    Pred::Compare(e, op, Lit::Text(crate::sql::plain(*n)))
                }
                _ => Pred::Compare(e, op, Lit::Num(*n)),
            },
            Right::Value(v) => {
                let text = self.links.values.get(*v)?.text.clone();
                let lit = column.map_or(Lit::Text(text.clone()), |c| self.literal(c, &text));
                Pred::Compare(e, op, lit)
            }
            Right::CountOf(_) => return None,
            Right::Noun(n) => {
                let (Some(Item::Column(other)), Some(c)) = (self.item(*n), column) else {
                    return None;
                };
                let kind = |c: usize| {
                    let kind = self.lexicon.columns[c].kind;
                    (kind.is_numeric(), kind.is_temporal())
                };
                if other == c || kind(other) != kind(c) || kind(c) == (false, false) {
                    return None;
                }
                Pred::Against(e, op, Ex::Col(other))
            }
            Right::Agg(agg, noun) => {
                let arg = match noun.and_then(|n| self.item(n)) {
                    Some(Item::Column(c)) => c,
                    _ => column?,
                };
                let query = Plan {
                    select: vec![Ex::aggregate(*agg, arg)],
                    tables: vec![self.lexicon.columns[arg].table],
                    ..Plan::default()
                };
                Pred::CompareQuery(e, op, Box::new(query))
            }
        };
        let aggregated =
            matches!(&pred, Pred::Compare(e, ..) | Pred::CompareQuery(e, ..) if e.is_aggregate());
        if aggregated {
            s.plan.having.push(pred);
            return None;
        }
        Some(pred)
    }

    /// `products out of stock`: those of which nothing is left anywhere.
    fn left_over(&self, left: &Left, op: Op, right: &Right, s: &State) -> Option<Pred> {
        let (Left::Noun(n), Right::Num(0.0)) = (left, right) else { return None };
        let noun = &self.links.nouns[*n];
        let Some(Item::Column(c)) = self.item(*n).filter(|_| noun.concept && noun.text == "stock")
        else {
            return None;
        };
        let table = self.lexicon.columns[c].table;
        if !self.many(s.subject, table) {
            return None;
        }
        let there = Pred::Compare(Ex::Col(c), Op::Gt, Lit::Num(0.0));
        match self.not_in(table, vec![there], s)? {
            Pred::In { column, query, .. } => {
                Some(Pred::In { column, query, negated: matches!(op, Op::Le | Op::Eq) })
            }
            _ => None,
        }
    }

    /// How many rows of a table refer to the row asked about.
    fn tally(&self, noun: usize, s: &State) -> Option<Ex> {
        let (Some(Item::Table(t)), Some(subject)) = (self.item(noun), s.subject) else {
            return None;
        };
        let edges = &self.lexicon.graph.edges;
        let mut keys = edges.iter().filter(|e| e.from == t && e.to == subject && t != subject);
        match (keys.next().map(|e| &e.pairs[..]), keys.next()) {
            (Some([(key, of)]), None) => Some(Ex::Tally(*key, *of)),
            _ => None,
        }
    }

    /// A measure, or text that is named like one.
    pub(super) fn quantity(&self, c: usize) -> bool {
        let info = &self.lexicon.columns[c];
        let named = info.phrase.words.iter().any(|w| {
            matches!(
                w.as_str(),
                "amount"
                    | "price"
                    | "number"
                    | "population"
                    | "area"
                    | "size"
                    | "score"
                    | "point"
                    | "total"
                    | "cost"
                    | "salary"
                    | "day"
                    | "hour"
                    | "rate"
                    | "quantity"
                    | "speed"
                    | "weight"
                    | "height"
                    | "length"
                    | "distance"
                    | "duration"
                    | "percentage"
                    | "age"
            )
        });
        self.measures(c) || named && info.refers_to.is_none() && !info.is_primary && !info.is_keyish
    }

    /// May a column be more or less than a number?
    pub(super) fn ordered(&self, c: usize) -> bool {
        let info = &self.lexicon.columns[c];
        let named = info.phrase.words.iter().any(|w| {
            matches!(
                w.as_str(),
                "year"
                    | "date"
                    | "number"
                    | "amount"
                    | "price"
                    | "age"
                    | "size"
                    | "score"
                    | "rate"
                    | "id"
                    | "cost"
                    | "level"
                    | "time"
                    | "length"
            )
        });
        info.kind.is_temporal()
            || info.kind.is_numeric() && info.refers_to.is_none()
            || named && info.refers_to.is_none()
    }

    /// A year or a date of birth: older is less.
    pub(super) fn counts_backwards(&self, c: usize) -> bool {
        let info = &self.lexicon.columns[c];
        info.kind.is_temporal()
            || info
                .phrase
                .words
                .iter()
                .any(|w| matches!(w.as_str(), "birth" | "year" | "founded" | "birthday" | "date"))
    }

    /// An age in years, as dates of birth.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn age_condition(&self, column: usize, op: Op, years: f64) -> Pred {
        let day = crate::Date { year: self.today.year - years as i32, ..self.today };
        let (from, until) = match op {
            Op::Lt | Op::Le | Op::Eq => (None, Some(day)),
            Op::Gt | Op::Ge | Op::Ne => (Some(day), None),
        };
        let label = if until.is_some() {
            format!("before {}", day.iso())
        } else {
            format!("since {}", day.iso())
        };
        Pred::Time { column, range: Range { from, until, years: None, label }, negated: false }
    }

    pub(super) fn year_condition(&self, column: usize, op: Op, n: f64) -> Option<Pred> {
        #[allow(clippy::cast_possible_truncation)]
        let year = (n.fract() == 0.0 && (1000.0..=2200.0).contains(&n)).then_some(n as i32)?;
        let first = |y: i32| Some(crate::Date { year: y, month: 1, day: 1 });
        let (from, until, years) = match op {
            Op::Eq | Op::Ne => (first(year), first(year + 1), (Some(year), Some(year))),
            Op::Gt => (first(year + 1), None, (Some(year + 1), None)),
            Op::Ge => (first(year), None, (Some(year), None)),
            Op::Lt => (None, first(year), (None, Some(year - 1))),
            Op::Le => (None, first(year + 1), (None, Some(year))),
        };
        let range = Range { from, until, years: Some(years), label: year.to_string() };
        Some(Pred::Time { column, range, negated: op == Op::Ne })
    }

    pub(super) fn left(&self, left: &Left, s: &mut State) -> Option<Ex> {
        match left {
            Left::Noun(n) => match self.item(*n)? {
                // `products out of stock`: nothing is left anywhere. `who spent more than 5000`: in all.
                Item::Column(c)
                    if matches!(self.links.nouns[*n].text.as_str(), "stock" | "revenue")
                        && self.links.nouns[*n].implied
                        && self.links.nouns[*n].concept
                        && s.subject.is_some()
                        && self.many(s.subject, self.lexicon.columns[c].table) =>
                {
                    Some(Ex::aggregate(Agg::Sum, c))
                }
                Item::Column(c) => Some(Ex::Col(c)),
                Item::Table(t) => {
                    let amount = crate::resolve::amount_of(self.lexicon, Item::Table(t));
                    let key = amount.or(self.lexicon.tables[t].primary_key.first().copied());
                    key.or(self.lexicon.tables[t].label).map(Ex::Col)
                }
            },
            Left::Agg(agg, n) => match self.item(*n)? {
                Item::Column(c) if self.says(c, *agg) => Some(Ex::Col(c)),
                Item::Column(c) => Some(Ex::aggregate(*agg, c)),
                Item::Table(t) => {
                    s.extra.push(t);
                    Some(Ex::count())
                }
            },
            Left::CountOf(n) | Left::Amount(n) => match self.item(*n)? {
                Item::Column(c)
                    if self.quantity(c) || matches!(left, Left::Amount(_)) && self.is_equal(*n) =>
                {
                    Some(Ex::Col(c))
                }
                Item::Column(c) => Some(Ex::Agg {
                    agg: Agg::Count,
                    arg: Some(Box::new(Ex::Col(c))),
                    distinct: true,
                }),
                Item::Table(t) => {
                    if self.is_equal(*n)
                        && let Some(c) = self.lexicon.tables[t].primary_key.first()
                    {
                        return Some(Ex::Col(*c));
                    }
                    if let Some(c) = self.lexicon.stock_of(t) {
                        return Some(Ex::aggregate(Agg::Sum, c));
                    }
                    s.extra.push(t);
                    Some(Ex::count())
                }
            },
            Left::Rows => Some(Ex::count()),
            Left::Unknown => {
                let numeric = s.plan.select.iter().find_map(|e| match e {
                    Ex::Col(c)
                        if self.measures(*c) || self.lexicon.columns[*c].kind.is_temporal() =>
                    {
                        Some(*c)
                    }
                    _ => None,
                });
                numeric.map(Ex::Col)
            }
        }
    }

    /// Is the column that average, maximum … already?
    pub(super) fn says(&self, c: usize, agg: Agg) -> bool {
        self.lexicon.columns[c].phrase.words.iter().any(|w| {
            matches!(
                (agg, w.as_str()),
                (Agg::Avg, "average" | "mean")
                    | (Agg::Max, "maximum" | "highest")
                    | (Agg::Min, "minimum" | "lowest")
                    | (Agg::Sum, "total" | "sum")
            )
        })
    }

    /// `rank 1 X`: the amount is compared by equality without a word for it.
    pub(super) fn is_equal(&self, noun: usize) -> bool {
        let said = self.links.segs.iter().any(|(s, _)| {
            matches!(
                s,
                crate::link::Seg::Cue(crate::cues::Cue::Cmp(Op::Eq) | crate::cues::Cue::HowMany)
            )
        });
        !said && self.draft.filters.iter().any(|f| {
            matches!(&f.what, Condition::Compare { left: Left::Amount(n), op: Op::Eq, .. } if *n == noun)
        })
    }
}
