//! From segments to a draft: one walk over the question that keeps what is pending until its partner comes.

use crate::{
    calendar::Time,
    cues::{self, Agg, Cue, Op},
    draft::{Condition, Draft, Filter, Key, Left, Like, NounId, Order, Right, Sel, ValueId},
    lexicon::{Item, Lexicon},
    link::{Links, Seg},
};
use model::catalog::ValueKind;

/// How many the best few are, when the question does not say.
const FEW: u64 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Select,
    Filter,
    Order,
}

/// A superlative that waits for its noun.
#[derive(Clone, Copy, Debug)]
enum Superlative {
    /// `most X`
    Most(bool),
    /// `highest X`
    Extreme(bool),
    /// `oldest`
    Hint(bool, &'static str),
    /// `most common X`
    Common(bool),
}

struct Parser<'a> {
    links: &'a mut Links,
    lexicon: &'a Lexicon,
    draft: Draft,
    at: usize,
    mode: Mode,
    /// The noun that a comparison or value would be about, and the segment where it stood.
    pending: Option<(NounId, usize)>,
    /// The pending noun of a condition has not been used yet.
    loose: bool,
    agg: Option<Agg>,
    number_of: bool,
    how_many: bool,
    distinct: bool,
    grouping: bool,
    op: Option<(Op, Option<&'static str>)>,
    like: Option<Like>,
    negated: bool,
    without: bool,
    except: bool,
    /// The segment of the last condition.
    last_filter: usize,
    /// The segment where the mode was entered.
    entered: usize,
    or: bool,
    both: bool,
    prep: bool,
    /// After `with`, `has`: a superlative here orders rows.
    relative: bool,
    superlative: Option<Superlative>,
    direction: Option<bool>,
    /// Set with the pending noun: `number of X`, `average X`.
    pending_number: bool,
    pending_agg: Option<Agg>,
    /// What `whose` speaks about.
    whose: Option<NounId>,
    /// The noun that what comes next belongs to.
    owner: Option<NounId>,
    /// The left side of the last condition: `age over 3 and under 5`.
    last_left: Option<Left>,
    sentence: usize,
    /// The comparison with an aggregate that what follows may narrow.
    scope: Option<usize>,
    either: bool,
}

pub(crate) fn parse(links: &mut Links, lexicon: &Lexicon) -> Draft {
    let mut parser = Parser {
        links,
        lexicon,
        draft: Draft::default(),
        at: 0,
        mode: Mode::Select,
        pending: None,
        loose: false,
        agg: None,
        number_of: false,
        how_many: false,
        distinct: false,
        grouping: false,
        op: None,
        like: None,
        negated: false,
        without: false,
        except: false,
        entered: 0,
        last_filter: 0,
        or: false,
        both: false,
        prep: false,
        relative: false,
        superlative: None,
        direction: None,
        pending_number: false,
        pending_agg: None,
        whose: None,
        owner: None,
        last_left: None,
        sentence: 0,
        scope: None,
        either: false,
    };
    parser.run();
    parser.draft
}

impl Parser<'_> {
    fn run(&mut self) {
        while self.at < self.links.segs.len() {
            let (seg, token) = self.links.segs[self.at].clone();
            match seg {
                Seg::Cue(cue) => self.on_cue(cue, token),
                Seg::Noun(noun) => self.on_noun(noun),
                Seg::Value(value) => self.on_value(value),
                Seg::Num(n) => self.on_number(n, token),
                Seg::Time(time) => self.on_time(time),
                Seg::Comma => self.on_comma(),
                Seg::Open => {
                    if matches!(
                        self.seg(self.at + 2),
                        Some(Seg::Cue(Cue::Be | Cue::Cmp(_)) | Seg::Value(_))
                    ) {
                        self.enter(Mode::Filter);
                    } else {
                        self.on_comma();
                    }
                }
                Seg::Break => self.on_break(),
                // `new customers by month`: each row is new in its month.
                Seg::Word if self.links.tokens[token].is("new") && self.dated() => {
                    self.links.segs[self.at].0 = Seg::Cue(Cue::Ignore);
                }
                Seg::Word => self.draft.unread.push(token),
            }
            self.at += 1;
        }
        self.at = self.links.segs.len();
        self.finish();
    }

    /// Is a time said anywhere?
    fn dated(&self) -> bool {
        self.links.segs.iter().any(|(s, _)| match s {
            Seg::Time(_) => true,
            Seg::Noun(n) => self.links.nouns[*n].bucket.is_some(),
            _ => false,
        })
    }

    // ---- looking around

    /// The token where the walk is; the last one when it is over.
    fn token_here(&self) -> usize {
        self.links.segs.get(self.at).or(self.links.segs.last()).map_or(0, |s| s.1)
    }

    fn seg(&self, at: usize) -> Option<&Seg> {
        self.links.segs.get(at).map(|s| &s.0)
    }

    /// The next segment that is not filler, and its number.
    fn next(&self, mut at: usize) -> Option<(usize, &Seg)> {
        loop {
            match self.seg(at)? {
                Seg::Cue(Cue::Ignore) => at += 1,
                seg => return Some((at, seg)),
            }
        }
    }

    fn next_noun(&self, at: usize) -> Option<NounId> {
        match self.next(at)? {
            (_, Seg::Noun(n)) => Some(*n),
            (i, Seg::Cue(Cue::Distinct | Cue::Prep | Cue::NumberOf | Cue::Agg(_))) => {
                match self.next(i + 1)? {
                    (_, Seg::Noun(n)) => Some(*n),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn previous(&self) -> Option<&Seg> {
        (0..self.at).rev().filter_map(|i| self.seg(i)).find(|s| **s != Seg::Cue(Cue::Ignore))
    }

    fn starts_clause(&self) -> bool {
        matches!(
            self.previous(),
            None | Some(Seg::Break | Seg::Comma | Seg::Cue(Cue::And | Cue::But | Cue::Select))
        )
    }

    /// Is the pending noun close enough for what comes now: only grammar between?
    fn near_pending(&self) -> Option<NounId> {
        let (noun, stood) = self.pending?;
        let near = (stood + 1..self.at).filter_map(|i| self.seg(i)).all(|s| {
            matches!(
                s,
                Seg::Word
                    | Seg::Cue(
                        Cue::Ignore
                            | Cue::Be
                            | Cue::Prep
                            | Cue::Named
                            | Cue::Rel
                            | Cue::With
                            | Cue::Cmp(_)
                            | Cue::CmpHint(..)
                            | Cue::Agg(_)
                            | Cue::Between
                            | Cue::Contains
                            | Cue::StartsWith
                            | Cue::EndsWith
                            | Cue::Not
                            | Cue::Without
                            | Cue::Either
                            | Cue::Both
                    )
            )
        });
        near.then_some(noun)
    }

    // ---- grammar words

    fn on_cue(&mut self, cue: Cue, token: usize) {
        match cue {
            Cue::Select => self.on_select(token),
            Cue::Who if self.starts_clause() => {
                self.draft.who = true;
                self.enter(Mode::Select);
            }
            Cue::Where if self.starts_clause() => self.draft.whereabouts = true,
            Cue::When if self.starts_clause() => self.draft.when = true,
            Cue::When => {}
            Cue::Except => {
                self.enter(Mode::Filter);
                self.negated = true;
                self.except = true;
            }
            Cue::Who | Cue::Where | Cue::Rel => {
                self.enter(Mode::Filter);
                self.relative = true;
            }
            Cue::With | Cue::Whose => {
                self.whose = self.pending.map(|p| p.0).filter(|_| cue == Cue::Whose);
                self.enter(Mode::Filter);
                self.relative = true;
                self.pending = None;
            }
            Cue::HowMany => {
                if self.mode == Mode::Filter && !self.starts_clause() {
                    self.number_of = true;
                } else {
                    self.enter(Mode::Select);
                    self.how_many = true;
                    self.number_of = true;
                }
            }
            // `phone number of`: the word belongs to the name.
            Cue::NumberOf
                if self.at > 0
                    && matches!(self.seg(self.at - 1), Some(Seg::Noun(_)))
                    && self.links.tokens[token].lemma == "number" =>
            {
                self.prep = true;
            }
            Cue::Times if self.mode == Mode::Select => {
                self.draft.select.push(Sel {
                    noun: None,
                    agg: Some(Agg::Count),
                    distinct: false,
                    number_of: true,
                });
                self.enter(Mode::Filter);
                self.relative = true;
            }
            Cue::Share => {
                self.enter(Mode::Select);
                self.draft.share = true;
                self.number_of = true;
            }
            Cue::Times => {}
            Cue::NumberOf => self.number_of = true,
            Cue::Agg(agg @ (Agg::Max | Agg::Min))
                if self.mode == Mode::Filter && self.relative && !self.compares_later() =>
            {
                self.on_superlative(Superlative::Extreme(agg == Agg::Max));
            }
            // `average order total`: the total is the measure.
            Cue::Agg(Agg::Sum)
                if self.links.tokens[token].is("total")
                    && matches!(self.previous(), Some(Seg::Noun(_)))
                    && !matches!(
                        self.next(self.at + 1),
                        Some((_, Seg::Noun(_) | Seg::Cue(Cue::NumberOf)))
                    ) =>
            {
                let noun = self.links.imply("sum", self.lexicon, token);
                let subject = self.draft.select.pop();
                let agg = self.agg.take().or(subject.as_ref().and_then(|s| s.agg));
                if let Some(owner) = subject.and_then(|s| s.noun) {
                    self.draft.owned.push((noun, owner));
                    self.draft.context.push(owner);
                }
                self.push_select(noun, agg);
            }
            Cue::Agg(agg) => self.agg = Some(agg),
            Cue::Distinct => self.distinct = true,
            Cue::Each => {
                self.flush();
                self.grouping = true;
            }
            Cue::By => self.on_by(),
            Cue::OrderBy if self.starts_clause() && self.draft.select.is_empty() => {
                self.enter(Mode::Select)
            }
            // `have been ordered by customers`: a verb.
            Cue::OrderBy
                if token > 0
                    && matches!(
                        self.links.tokens[token - 1].lower.as_str(),
                        "been" | "was" | "were" | "is" | "are" | "being"
                    ) =>
            {
                self.prep = true;
                let done = self.links.imply("ordered", self.lexicon, token);
                if !self.links.nouns[done].candidates.is_empty() {
                    self.draft.verbs.push(done);
                }
            }
            Cue::OrderBy => {
                self.enter(Mode::Order);
            }
            Cue::Asc => self.on_direction(false),
            Cue::Desc => self.on_direction(true),
            Cue::Cmp(op) => self.op = Some((op, None)),
            Cue::CmpHint(op, hint) => self.op = Some((op, Some(hint))),
            Cue::Between => self.op = Some((Op::Eq, None)),
            Cue::Not => {
                // `whose photo is not by X`: no photo by X, rather than a photo by another.
                self.loose = false;
                self.negated = true;
                if self.mode == Mode::Select {
                    self.enter(Mode::Filter);
                }
            }
            Cue::Without => {
                self.enter(Mode::Filter);
                self.negated = true;
                self.without = true;
                self.pending = None;
            }
            Cue::And => self.on_and(),
            Cue::Or => self.or = true,
            Cue::Both => self.both = true,
            Cue::But => {
                self.enter(Mode::Filter);
            }
            Cue::Prep => self.prep = true,
            Cue::Most(d) => self.on_superlative(Superlative::Most(d)),
            Cue::Super(d) => self.on_superlative(Superlative::Extreme(d)),
            Cue::SuperHint(d, hint) => self.on_superlative(Superlative::Hint(d, hint)),
            Cue::MostCommon(d) => self.on_superlative(Superlative::Common(d)),
            Cue::Top => self.on_top(true),
            Cue::Bottom => self.on_top(false),
            Cue::Contains => self.like = Some(Like::Contains),
            Cue::StartsWith => self.like = Some(Like::Starts),
            Cue::EndsWith => self.like = Some(Like::Ends),
            Cue::Everything => self.draft.everything = true,
            Cue::Named => {
                if self.mode == Mode::Select {
                    self.mode = Mode::Filter;
                }
            }
            Cue::Sort => self.on_sort(),
            Cue::Either => self.either = true,
            Cue::Be | Cue::Ignore | Cue::OrMore | Cue::OrLess | Cue::Same => {}
        }
    }

    /// `above average`: the average of what is compared.
    fn settle_average(&mut self) {
        if let Some((op, hint)) = self.op
            && let Some(agg) = self.agg.take()
        {
            self.compare_with_aggregate(op, hint, agg, None);
        }
    }

    fn enter(&mut self, mode: Mode) {
        self.settle_average();
        self.flush();
        self.mode = mode;
        self.entered = self.at;
        self.prep = false;
        self.relative = false;
        self.grouping = false;
    }

    fn on_select(&mut self, token: usize) {
        let word = self.links.tokens[token].lower.clone();
        let relative = matches!(word.as_str(), "which" | "what") && !self.starts_clause();
        if relative {
            self.enter(Mode::Filter);
            self.relative = true;
            return;
        }
        let opens = self.starts_clause()
            || matches!(self.previous(), Some(Seg::Cue(Cue::Ignore | Cue::Each | Cue::Prep)))
            || matches!(word.as_str(), "what" | "which");
        if !opens {
            // `did not give`: a verb of the sentence.
            return;
        }
        self.enter(Mode::Select);
        self.pending = None;
    }

    /// `by` groups a measure; elsewhere it is a preposition.
    fn on_by(&mut self) {
        if self.mode == Mode::Order && (self.direction.is_some() || self.draft.order.is_empty()) {
            // `ordered descending by`
            return;
        }
        let measured = self.draft.select.iter().any(|s| s.agg.is_some() || s.number_of)
            || self.draft.bucket.is_some()
            || matches!(&self.draft.select[..], [only] if only.noun.is_some_and(|n| {
                let noun = &self.links.nouns[n];
                noun.is_table() && self.at < 4 || noun.rate || noun.concept || self.measures(n) && !self.links.nouns[n].is_table()
            }));
        let after_measure =
            matches!(self.previous(), Some(Seg::Noun(n)) if self.links.nouns[*n].concept);
        let after_word = !after_measure
            && (matches!(self.previous(), Some(Seg::Word)) || self.after_participle());
        let before_noun = matches!(self.next(self.at + 1), Some((_, Seg::Noun(_))));
        if !self.draft.order.is_empty()
            && self.draft.order.last().is_some_and(|o| matches!(o.key, Key::First))
        {
            self.draft.order.pop();
            self.enter(Mode::Order);
        } else if measured && before_noun && !after_word {
            self.flush();
            self.grouping = true;
        } else {
            self.prep = true;
        }
    }

    /// `order the cities by size`: what stands before `by` is known already, or wanted.
    fn on_sort(&mut self) {
        let rest = self.links.segs[self.at..].iter();
        let by = rest
            .take_while(|(s, _)| *s != Seg::Break)
            .position(|(s, _)| matches!(s, Seg::Cue(Cue::By)))
            .map(|i| self.at + i);
        let known = !self.draft.select.is_empty();
        self.enter(Mode::Select);
        if let Some(by) = by {
            self.links.segs[by].0 = Seg::Cue(Cue::OrderBy);
            if known {
                for i in self.at..by {
                    if matches!(self.links.segs[i].0, Seg::Noun(_) | Seg::Word) {
                        self.links.segs[i].0 = Seg::Cue(Cue::Ignore);
                    }
                }
            }
        }
    }

    /// `the people injured by`, `courses taught by`: the doer follows.
    fn after_participle(&self) -> bool {
        let (_, token) = self.links.segs[self.at];
        let Some(before) = token.checked_sub(1).map(|t| &self.links.tokens[t]) else {
            return false;
        };
        before.lower.len() > 4 && before.lower.ends_with("ed")
            || matches!(
                before.lower.as_str(),
                "taught"
                    | "held"
                    | "made"
                    | "won"
                    | "written"
                    | "taken"
                    | "given"
                    | "owned"
                    | "sold"
                    | "bought"
                    | "led"
                    | "run"
                    | "built"
                    | "sung"
                    | "driven"
                    | "seen"
                    | "paid"
            )
    }

    fn on_direction(&mut self, descending: bool) {
        if let Some(last) = self.draft.order.last_mut()
            && last.descending.is_none()
            && self.mode == Mode::Order
        {
            last.descending = Some(descending);
            return;
        }
        self.flush();
        // `in descending order of price`: the noun is yet to come.
        let follows = match self.next(self.at + 1) {
            Some((_, Seg::Noun(_) | Seg::Cue(Cue::NumberOf | Cue::Agg(_) | Cue::HowMany))) => true,
            Some((i, Seg::Cue(Cue::Prep | Cue::By | Cue::OrderBy))) => {
                matches!(
                    self.next(i + 1),
                    Some((
                        _,
                        Seg::Noun(_)
                            | Seg::Cue(Cue::NumberOf | Cue::Agg(_) | Cue::HowMany | Cue::Prep)
                    ))
                )
            }
            _ => false,
        };
        if self.draft.select.is_empty() && self.draft.group.is_empty() {
            // `list in alphabetical order the names`
            self.draft.order.push(Order {
                key: Key::First,
                descending: Some(descending),
                flips: false,
            });
            self.mode = Mode::Select;
            self.prep = false;
            return;
        }
        self.mode = Mode::Order;
        if follows {
            self.direction = Some(descending);
        } else {
            self.draft.order.push(Order {
                key: Key::First,
                descending: Some(descending),
                flips: false,
            });
        }
    }

    fn on_top(&mut self, descending: bool) {
        if let Some((i, Seg::Num(n))) = self.next(self.at + 1) {
            self.draft.limit = limit(*n);
            self.at = i;
        } else {
            self.draft.limit = Some(1);
        }
        // `top 3 most common`, `top 5 products by price`
        let rest = &self.links.segs[self.at..];
        let explicit = rest.iter().any(|(s, _)| {
            matches!(
                s,
                Seg::Cue(
                    Cue::Most(_)
                        | Cue::Super(_)
                        | Cue::SuperHint(..)
                        | Cue::MostCommon(_)
                        | Cue::OrderBy
                )
            )
        });
        if explicit {
            return;
        }
        let after = self.links.segs.get(self.at + 1).map(|s| self.links.tokens[s.1].lower.clone());
        if let Some((high, hint)) = after.as_deref().and_then(adjective) {
            self.links.segs[self.at + 1].0 = Seg::Cue(Cue::Ignore);
            self.on_hint(high == descending, hint);
            return;
        }
        let by = self.links.segs[self.at..]
            .iter()
            .position(|(s, t)| matches!(s, Seg::Cue(Cue::By)) || self.links.tokens[*t].is("terms"));
        if let Some(by) = by {
            self.links.segs[self.at + by].0 = Seg::Cue(Cue::OrderBy);
            self.direction = Some(descending);
            self.draft.ranked = true;
        } else if let Some(noun) = self.next_noun(self.at + 1).filter(|n| self.earns(*n)) {
            // `top customers`: by what they brought.
            let key = Key::Noun(self.links.imply("revenue", self.lexicon, self.token_here()));
            if self.draft.limit == Some(1) && self.is_plural(noun) {
                self.draft.limit = Some(FEW);
            }
            self.draft.ranked = true;
            self.push_superlative(Order { key, descending: Some(descending), flips: false });
        } else {
            self.superlative = Some(Superlative::Extreme(descending));
            self.relative = true;
        }
    }

    /// Rows that are no amounts themselves, where some column says what was sold.
    fn earns(&self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        let Some((item @ Item::Table(_), _)) = info.candidates.first() else { return false };
        info.is_table()
            && crate::resolve::amount_of(self.lexicon, *item).is_none()
            && crate::link::sells(self.lexicon)
            && !matches!(self.next(self.at + 2), Some((_, Seg::Cue(Cue::With))))
    }

    fn is_plural(&self, noun: NounId) -> bool {
        let last = &self.links.tokens[self.links.nouns[noun].span.1 - 1];
        last.lower != last.lemma
    }

    fn on_and(&mut self) {
        self.or = false;
        if self.mode == Mode::Select {
            self.prep = false;
        }
        let (_, token) = self.links.segs[self.at];
        let back = self.links.tokens[token..]
            .iter()
            .take(3)
            .any(|t| matches!(t.lower.as_str(), "their" | "its" | "corresponding"));
        if back && self.mode == Mode::Filter && !self.compares_later() {
            self.enter(Mode::Select);
        }
    }

    fn on_comma(&mut self) {
        self.settle_average();
        self.flush();
        if self.grouping || !self.draft.group.is_empty() && self.draft.select.is_empty() {
            self.mode = Mode::Select;
        }
        self.grouping = false;
        if self.mode == Mode::Select {
            self.prep = false;
        }
    }

    fn on_break(&mut self) {
        self.settle_average();
        self.flush();
        self.sentence += 1;
        let more = matches!(self.next(self.at + 1), Some((_, Seg::Cue(Cue::Select))));
        if more {
            // `Which students …? List their names.`: what was asked for first is the subject only.
            let plain: Vec<NounId> = self
                .draft
                .select
                .iter()
                .filter(|s| s.agg.is_none() && !s.number_of)
                .filter_map(|s| s.noun)
                .collect();
            let next_nouns =
                self.links.segs[self.at..].iter().any(|(s, _)| matches!(s, Seg::Noun(_)));
            if next_nouns {
                let again = self.links.segs[self.at..].iter().any(|(s, _)| {
                    matches!(s, Seg::Cue(Cue::HowMany | Cue::NumberOf | Cue::Agg(_)))
                });
                self.draft.select.retain(|s| (s.agg.is_some() || s.number_of) && !again);
                self.draft.context.extend(plain);
                self.draft.who = false;
            }
        }
        self.mode = Mode::Select;
        self.pending = None;
        self.op = None;
        self.grouping = false;
        self.prep = false;
        self.relative = false;
        self.negated = false;
    }

    // ---- superlatives

    fn on_superlative(&mut self, kind: Superlative) {
        if self.draft.limit.is_none()
            && let Some(Seg::Num(n)) = self.previous().cloned()
        {
            self.draft.limit = limit(n);
        } else if let Some((i, Seg::Num(n))) = self.next(self.at + 1)
            && matches!(self.next(i + 1), Some((_, Seg::Noun(_) | Seg::Word)))
        {
            self.draft.limit = limit(*n);
            self.at = i;
        }
        let ends = matches!(
            self.next(self.at + 1),
            None | Some((_, Seg::Break | Seg::Comma | Seg::Cue(Cue::And | Cue::Prep | Cue::Rel)))
        );
        match kind {
            Superlative::Hint(descending, _)
            | Superlative::Extreme(descending)
            | Superlative::Most(descending)
                if ends
                    && self.mode == Mode::Filter
                    && (!matches!(kind, Superlative::Most(_))
                        || self.near_pending().is_some_and(|n| self.measures(n)))
                    && self.near_pending().is_some_and(|n| {
                        !self.links.nouns[n].is_table() || self.pending_number
                    }) =>
            {
                // `whose price is the lowest`
                let Some(noun) = self.near_pending() else { return };
                self.take_pending(noun);
                self.number_of = std::mem::take(&mut self.pending_number);
                self.agg = self.pending_agg.take();
                self.relative = true;
                self.settle_superlative(Superlative::Extreme(descending), noun);
            }
            // `the average and oldest age`
            Superlative::Hint(descending, _) | Superlative::Extreme(descending)
                if self.mode == Mode::Select
                    && self.agg.is_some()
                    && matches!(self.previous(), Some(Seg::Cue(Cue::And)))
                    && matches!(self.next(self.at + 1), Some((_, Seg::Noun(_)))) =>
            {
                self.agg = Some(if descending { Agg::Max } else { Agg::Min });
            }
            Superlative::Hint(descending, hint) => self.on_hint(descending, hint),
            Superlative::Common(descending)
                if !matches!(self.next(self.at + 1), Some((_, Seg::Noun(_)))) =>
            {
                let key = Key::CountOf(None);
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
            }
            _ => self.superlative = Some(kind),
        }
    }

    fn on_hint(&mut self, descending: bool, hint: &'static str) {
        let next = self.next_noun(self.at + 1);
        let column = next.filter(|n| {
            let noun = &self.links.nouns[*n];
            noun.column_score() > noun.table_score() + 0.05
        });
        if let Some(noun) = column.filter(|n| self.measures(*n)) {
            // `the earliest date`: the noun itself is what is extreme.
            let _ = noun;
            self.superlative = Some(Superlative::Extreme(descending));
            return;
        }
        let implied = self.links.imply(hint, self.lexicon, self.token_here());
        if let Some(noun) = next.filter(|n| self.links.nouns[*n].is_table()) {
            self.draft.owned.push((implied, noun));
        }
        if hint == "rated" {
            self.draft.ranked = true;
        }
        let order = Order {
            key: Key::Noun(implied),
            descending: Some(descending),
            flips: cues::flips_on_dates(hint),
        };
        let many = next.is_some_and(|n| self.is_plural(n));
        if hint == "sold" && many && self.draft.limit.is_none() {
            // `best selling products`: all of them in that order.
            self.draft.order.push(order);
            return;
        }
        self.push_superlative(order);
    }

    /// Could this noun be a number or a date?
    fn measures(&self, noun: NounId) -> bool {
        self.links.nouns[noun].candidates.iter().take(6).any(|(item, s)| match item {
            Item::Column(c) => {
                let kind = self.lexicon.columns[*c].kind;
                *s > 0.35 && (kind.is_numeric() || kind.is_temporal())
            }
            Item::Table(_) => false,
        })
    }

    fn push_superlative(&mut self, order: Order) {
        self.draft.limit.get_or_insert(1);
        if !self.draft.order.iter().any(|o| o.key == order.key) {
            self.draft.order.push(order);
        }
    }

    fn settle_superlative(&mut self, kind: Superlative, noun: NounId) {
        // `the most common company type`
        let table_only = self.links.nouns[noun].is_table()
            || self.links.nouns[noun].table_score() > 0.5
                && matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        if self.modifies(noun) && self.at + 1 < self.links.segs.len() && table_only {
            self.owner = Some(noun);
            self.draft.context.push(noun);
            self.superlative = Some(kind);
            return;
        }
        let agg = self.agg.take();
        let number_of = std::mem::take(&mut self.number_of);
        match kind {
            Superlative::Most(descending) => {
                let key = match agg {
                    Some(agg) => Key::Agg(agg, noun),
                    None if number_of => Key::CountOf(Some(noun)),
                    None => Key::Amount(noun),
                };
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
                self.set_pending(noun);
            }
            Superlative::Common(descending) => {
                let key = Key::CountOf(None);
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
                if self.mode == Mode::Select {
                    self.push_select(noun, None);
                } else {
                    self.set_pending(noun);
                }
                if !self.draft.group.contains(&noun) {
                    self.draft.group.push(noun);
                    if self.mode == Mode::Filter {
                        self.draft.hidden.push(noun);
                    }
                }
            }
            Superlative::Extreme(descending) | Superlative::Hint(descending, _) => {
                if table_only && agg.is_none() && !number_of {
                    let implied = self.links.imply("extent", self.lexicon, self.token_here());
                    self.draft.owned.push((implied, noun));
                    self.push_superlative(Order {
                        key: Key::Noun(implied),
                        descending: Some(descending),
                        flips: false,
                    });
                    self.place(noun);
                    return;
                }
                let wanted = self.mode == Mode::Select
                    && !self.relative
                    && agg.is_none()
                    && !number_of
                    && self.draft.limit.is_none()
                    && (self.draft.select.is_empty()
                        || !self.prep
                        || self.draft.select.iter().all(|s| s.agg.is_some()));
                if wanted {
                    self.push_select(noun, Some(if descending { Agg::Max } else { Agg::Min }));
                    return;
                }
                let key = match agg {
                    Some(agg) => Key::Agg(agg, noun),
                    None if number_of => Key::Amount(noun),
                    None => Key::Noun(noun),
                };
                self.push_superlative(Order { key, descending: Some(descending), flips: false });
                self.set_pending(noun);
            }
        }
    }

    // ---- nouns

    fn on_noun(&mut self, noun: NounId) {
        if self.is_another_value(noun) {
            let info = &self.links.nouns[noun];
            self.links.values.push(crate::link::Value {
                span: info.span,
                text: info.text.clone(),
                hits: info.hits.clone(),
                quoted: false,
            });
            self.on_value(self.links.values.len() - 1);
            return;
        }
        if let Some(kind) = self.superlative.take() {
            self.settle_superlative(kind, noun);
            self.prep = false;
            return;
        }
        if let Some((op, hint)) = self.op
            && let Some(agg) = self.agg.take()
        {
            self.number_of = false;
            self.compare_with_aggregate(op, hint, agg, Some(noun));
            return;
        }
        if let Some((op, hint)) = self.op
            && self.measures(noun)
            && self.draft.filters.len() < 8
            && let Some(agg) = self.of_all(op)
        {
            self.compare_with_aggregate(op, hint, agg, Some(noun));
            return;
        }
        if self.grouping {
            self.group_by(noun);
            return;
        }
        if self.mode == Mode::Order {
            self.order_by(noun);
            return;
        }
        self.place(noun);
    }

    /// `higher than the price of any …`, `than all …`: the extreme that decides.
    fn of_all(&self, op: Op) -> Option<Agg> {
        let start = self.segs_back_to_comparison()?;
        let here = self.links.segs[self.at].1;
        let end = match self.seg(self.at + 1) {
            Some(Seg::Cue(Cue::Prep)) => (here + 5).min(self.links.tokens.len()),
            _ => here,
        };
        let words = &self.links.tokens[start..end];
        let every = words.iter().any(|t| matches!(t.lower.as_str(), "all" | "any" | "every"));
        let one = words.iter().any(|t| matches!(t.lower.as_str(), "some" | "one"));
        match op {
            Op::Gt | Op::Ge if every => Some(Agg::Max),
            Op::Lt | Op::Le if every => Some(Agg::Min),
            Op::Gt | Op::Ge if one => Some(Agg::Min),
            Op::Lt | Op::Le if one => Some(Agg::Max),
            _ => None,
        }
    }

    /// The token of the comparison that waits for its right side.
    fn segs_back_to_comparison(&self) -> Option<usize> {
        (0..self.at).rev().take(6).find_map(|i| match self.links.segs[i] {
            (Seg::Cue(Cue::Cmp(_) | Cue::CmpHint(..)), t) => Some(t),
            _ => None,
        })
    }

    fn group_by(&mut self, noun: NounId) {
        let next_is_noun = matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        let modifies =
            self.links.nouns[noun].possessive || next_is_noun && self.links.nouns[noun].is_table();
        if modifies {
            self.draft.context.push(noun);
            return;
        }
        if let Some(bucket) = self.links.nouns[noun].bucket
            && self.links.nouns[noun].column_score() < 0.9
        {
            self.draft.bucket = Some(bucket);
        } else {
            self.draft.group.push(noun);
        }
        self.pending = Some((noun, self.at));
        self.loose = false;
        self.distinct = false;
        // `each city and state`
        self.grouping = matches!(self.next(self.at + 1), Some((i, Seg::Cue(Cue::And)))
            if matches!(self.next(i + 1), Some((_, Seg::Noun(_)))) && self.draft.select.iter().any(|s| s.agg.is_some() || s.number_of));
    }

    fn order_by(&mut self, noun: NounId) {
        let next_is_noun = matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        if (self.links.nouns[noun].possessive || next_is_noun) && self.links.nouns[noun].is_table()
        {
            self.draft.context.push(noun);
            return;
        }
        if self.prep && !self.draft.order.is_empty() && self.links.nouns[noun].is_table() {
            self.draft.context.push(noun);
            return;
        }
        let key = match self.agg.take() {
            Some(agg) => Key::Agg(agg, noun),
            None if std::mem::take(&mut self.number_of) => Key::Amount(noun),
            None => Key::Noun(noun),
        };
        let descending = self.direction.take();
        self.draft.order.push(Order { key, descending, flips: false });
        self.prep = false;
    }

    /// A noun without special pending grammar.
    fn place(&mut self, noun: NounId) {
        let info = &self.links.nouns[noun];
        let next_is_noun = matches!(self.seg(self.at + 1), Some(Seg::Noun(_)));
        let possessive = info.possessive;
        let modifies = self.modifies(noun);
        if self.mode == Mode::Select
            && !self.draft.select.is_empty()
            && self.agg.is_none()
            && !self.number_of
            && matches!(
                self.seg(self.at + 1),
                Some(
                    Seg::Cue(Cue::Cmp(_) | Cue::CmpHint(..) | Cue::Between)
                        | Seg::Num(_)
                        | Seg::Time(Time::Range(_))
                )
            )
            && self.measures(noun)
        {
            // `rooms cost more than 120`
            self.enter(Mode::Filter);
        }
        if self.is_flag(noun) {
            let (prep, negated) = (self.prep, self.taking_negation());
            if let Some(Seg::Noun(of)) = self.seg(self.at + 1) {
                self.draft.owned.push((noun, *of));
            }
            self.push_filter(Condition::Flag { noun }, negated);
            self.prep = prep;
            return;
        }
        let text_follows = matches!(self.next(self.at + 1), Some((_, Seg::Value(_))));
        if self.is_verb(noun)
            && !(self.followed_by_comparison() && self.measures(noun) && !text_follows)
            && (self.mode == Mode::Filter || !self.draft.select.is_empty())
        {
            self.draft.verbs.push(noun);
            return;
        }
        if next_is_noun && modifies && !possessive && self.names_itself(noun) {
            // `director names`: the column already holds names.
            self.skip_noun();
        } else if modifies {
            self.owner = Some(noun);
            self.draft.context.push(noun);
            if self.mode == Mode::Select && possessive {
                self.prep = false;
            }
            return;
        }
        match self.mode {
            Mode::Select | Mode::Order => {
                let wanted = self.agg.is_some()
                    || self.number_of
                    || !self.prep
                    || self.draft.select.is_empty() && !self.draft.who && !self.asks_later();
                if wanted {
                    let agg = self.agg.take();
                    self.push_select(noun, agg);
                } else if self.replaces_name(noun) {
                    self.set_pending(noun);
                } else {
                    for sel in &self.draft.select {
                        if let Some(n) = sel.noun
                            && !self.draft.owned.iter().any(|o| o.0 == n)
                        {
                            self.draft.owned.push((n, noun));
                        }
                    }
                    self.draft.context.push(noun);
                    self.pending = Some((noun, self.at));
                    self.loose = false;
                }
            }
            Mode::Filter => {
                if self.without && !self.followed_by_comparison() {
                    if matches!(self.next(self.at + 1), Some((_, Seg::Noun(_)))) {
                        // `did not teach any courses`: the verb is not what is missing.
                        self.draft.verbs.push(noun);
                    } else {
                        self.exists(noun);
                    }
                    return;
                }
                let noun = match self.whose.take() {
                    Some(w) if self.is_name(noun) && !self.links.nouns[w].is_table() => w,
                    Some(w) => {
                        self.draft.owned.push((noun, w));
                        noun
                    }
                    None => noun,
                };
                self.flush();
                self.own(noun);
                self.pending_number = std::mem::take(&mut self.number_of);
                self.pending_agg = self.agg.take();
                self.set_pending(noun);
                self.loose = true;
            }
        }
    }

    /// `active employees`, `stores that are open`: a column of yes and no.
    fn is_flag(&self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        let says = |item: &Item| matches!(item, Item::Column(c) if self.lexicon.columns[*c].kind == ValueKind::Boolean);
        let before =
            matches!(self.seg(self.at + 1), Some(Seg::Noun(n)) if self.links.nouns[*n].is_table());
        let after = self.mode == Mode::Filter
            && matches!(
                self.previous(),
                Some(Seg::Cue(
                    Cue::Rel | Cue::Be | Cue::With | Cue::Not | Cue::Without | Cue::Except
                ))
            );
        info.candidates.first().is_some_and(|(item, s)| says(item) && *s > 0.8)
            && (before || after)
            && !self.grouping
            && self.agg.is_none()
            && !(self.number_of && !before)
            && !self.followed_by_comparison()
    }

    /// `From the trip records, find …`: what is wanted comes after the comma.
    fn asks_later(&self) -> bool {
        let mut rest =
            self.links.segs[self.at..].iter().map(|s| &s.0).skip_while(|s| **s != Seg::Comma);
        rest.next();
        matches!(
            rest.find(|s| **s != Seg::Cue(Cue::Ignore)),
            Some(Seg::Cue(Cue::Select | Cue::HowMany))
        )
    }

    /// Does this noun only say which one the next noun is? `customer name`, `the store's city`
    fn modifies(&self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        if info.possessive {
            return true;
        }
        let Some(Seg::Noun(next)) = self.seg(self.at + 1) else { return false };
        if self.does(noun, *next) {
            return false;
        }
        let verb = matches!(self.seg(self.at + 1), Some(Seg::Noun(n)) if {
            let token = &self.links.tokens[self.links.nouns[*n].span.0];
            token.lower.ends_with("ed") && self.links.tokens[self.links.nouns[*n].span.0].lemma == token.lower
        });
        let condition =
            verb && matches!(
                self.seg(self.at + 2),
                Some(Seg::Time(Time::Range(_)) | Seg::Cue(Cue::Prep | Cue::With | Cue::By))
            ) || matches!(
                self.seg(self.at + 2),
                Some(
                    Seg::Num(_)
                        | Seg::Value(_)
                        | Seg::Cue(Cue::Cmp(_) | Cue::CmpHint(..) | Cue::Between)
                )
            );
        !(condition && self.mode == Mode::Select)
    }

    /// `pending or shipped`: a word that names a table too, after a value of a column that holds both.
    fn is_another_value(&self, noun: NounId) -> bool {
        if !matches!(self.previous(), Some(Seg::Cue(Cue::Or | Cue::And)))
            || self.links.nouns[noun].hits.is_empty()
        {
            return false;
        }
        let Some(Condition::Value { value, .. }) = self.draft.filters.last().map(|f| &f.what)
        else {
            return false;
        };
        let columns: Vec<usize> = self.links.values[*value].hits.iter().map(|h| h.0).collect();
        self.links.nouns[noun].hits.iter().any(|h| columns.contains(&h.0))
    }

    fn own(&mut self, noun: NounId) {
        if let Some(owner) = self.owner.take() {
            self.draft.owned.push((noun, owner));
        }
    }

    /// `reported by`, `working`: a form that the name does not have.
    fn is_verb(&self, noun: NounId) -> bool {
        if self.at > 0
            && let Some(Seg::Noun(subject)) = self.seg(self.at - 1)
            && self.does(*subject, noun)
        {
            return true;
        }
        let info = &self.links.nouns[noun];
        let token = &self.links.tokens[info.span.0];
        // `who ordered`, `that have been ordered by`: done, though a table is called so.
        if info.span.1 == info.span.0 + 1
            && token.lower.ends_with("ed")
            && info.is_table()
            && matches!(self.previous(), Some(Seg::Cue(Cue::Rel | Cue::Who | Cue::Be)))
            && self.mode == Mode::Filter
            && self.at + 1 < self.links.segs.len()
            && !self.without
            && !self.negated
        {
            return true;
        }
        // `scientists assigned to`: a participle between two names, though a table is called so.
        if info.span.1 == info.span.0 + 1
            && token.lower.ends_with("ed")
            && self.at > 0
            && matches!(self.seg(self.at - 1), Some(Seg::Noun(n)) if info.is_table() || self.links.nouns[*n].is_table())
            && matches!(self.seg(self.at + 1), Some(Seg::Cue(Cue::Prep | Cue::By | Cue::With)))
        {
            return true;
        }
        // `never sold`: no rows of it.
        let ends = !matches!(self.next(self.at + 1), Some((_, Seg::Noun(_))));
        if (self.negated || self.without) && ends && info.is_table() && self.mode == Mode::Filter {
            return false;
        }
        info.span.1 == info.span.0 + 1
            && (token.lower.ends_with("ed")
                || token.lower.ends_with("ing")
                || token.lemma != token.lower && !token.lower.ends_with('s'))
            && self.lexicon.postings_exact(&token.lower).is_empty()
            && self.lexicon.postings_exact(&token.lemma).is_empty()
    }

    /// `employees work`: several of a table, then a plain verb that no name has.
    fn does(&self, subject: NounId, noun: NounId) -> bool {
        let (subject, info) = (&self.links.nouns[subject], &self.links.nouns[noun]);
        let many = &self.links.tokens[subject.span.1 - 1];
        let token = &self.links.tokens[info.span.0];
        subject.is_table()
            && !subject.possessive
            && many.lower != many.lemma
            && info.span.1 == info.span.0 + 1
            && token.lower == token.lemma
            && self.lexicon.postings_exact(&token.lemma).is_empty()
    }

    fn is_name(&self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        info.span.1 == info.span.0 + 1 && self.links.tokens[info.span.0].lemma == "name"
    }

    /// `director names` where `director` is a column of text.
    fn names_itself(&self, noun: NounId) -> bool {
        let Some(Seg::Noun(next)) = self.seg(self.at + 1) else { return false };
        let info = &self.links.nouns[noun];
        let follows = &self.links.nouns[*next];
        let generic = follows.span.1 == follows.span.0 + 1
            && matches!(
                self.links.tokens[follows.span.0].lemma.as_str(),
                "name" | "code" | "number" | "id" | "type" | "date" | "value" | "level"
            );
        generic && info.column_score() >= 0.85 && info.column_score() > info.table_score() + 0.05
    }

    /// Takes this noun for the one after it as well.
    fn skip_noun(&mut self) {
        let (seg, token) = self.links.segs[self.at].clone();
        self.links.segs[self.at + 1] = (seg, token);
        self.links.segs[self.at].0 = Seg::Cue(Cue::Ignore);
    }

    /// `names of the directors` where `director` is a column of text.
    fn replaces_name(&mut self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        let column = info.column_score() > 0.75 && info.column_score() > info.table_score() + 0.05;
        let Some(last) = self.draft.select.last().and_then(|s| s.noun) else { return false };
        let between = self.links.nouns[last].span.1..self.links.nouns[noun].span.0;
        if !self.links.tokens[between].iter().any(|t| t.is("of")) {
            return false;
        }
        if !column
            || self.measures(noun)
            || !self.is_name(last)
            || self.draft.select.last().is_some_and(|s| s.agg.is_some() || s.number_of)
        {
            return false;
        }
        if let Some(sel) = self.draft.select.last_mut() {
            sel.noun = Some(noun);
        }
        true
    }

    /// Does a comparison follow before the clause ends?
    fn compares_later(&self) -> bool {
        let rest = (self.at + 1..self.links.segs.len()).filter_map(|i| self.seg(i));
        for seg in rest.take(6) {
            match seg {
                Seg::Cue(Cue::Cmp(_) | Cue::CmpHint(..) | Cue::Between) | Seg::Num(_) => {
                    return true;
                }
                Seg::Cue(Cue::And | Cue::Or | Cue::Rel | Cue::Each) | Seg::Comma | Seg::Break => {
                    return false;
                }
                _ => {}
            }
        }
        false
    }

    fn followed_by_comparison(&self) -> bool {
        let mut at = self.at + 1;
        while let Some(seg) = self.seg(at) {
            match seg {
                Seg::Cue(Cue::Ignore | Cue::Be | Cue::Prep | Cue::Named | Cue::Rel) | Seg::Word => {
                    at += 1
                }
                Seg::Cue(
                    Cue::Cmp(_)
                    | Cue::CmpHint(..)
                    | Cue::Between
                    | Cue::Contains
                    | Cue::StartsWith
                    | Cue::EndsWith,
                )
                | Seg::Value(_)
                | Seg::Num(_) => return true,
                _ => return false,
            }
        }
        false
    }

    fn set_pending(&mut self, noun: NounId) {
        self.pending = Some((noun, self.at));
        self.loose = false;
        if self.mode != Mode::Filter {
            self.pending_number = false;
            self.pending_agg = None;
        }
    }

    fn push_select(&mut self, noun: NounId, agg: Option<Agg>) {
        let number_of = std::mem::take(&mut self.number_of);
        let sel =
            Sel { noun: Some(noun), agg, distinct: std::mem::take(&mut self.distinct), number_of };
        if sel.distinct && !number_of && agg.is_none() {
            self.draft.distinct = true;
        }
        self.how_many = false;
        self.own(noun);
        let mut sel = sel;
        if sel.agg.is_none()
            && !sel.number_of
            && self.joined_to_last()
            && self.draft.select.last().is_some_and(|s| s.number_of && s.distinct)
        {
            // `the number of different cities and countries`
            sel.number_of = true;
            sel.distinct = true;
        }
        if sel.agg.is_none()
            && !sel.number_of
            && self.joined_to_last()
            && self.measures(noun)
            && !self.links.nouns[noun].is_table()
        {
            // `the average age and weight`
            sel.agg = self.draft.select.last().and_then(|s| s.agg).filter(|a| *a != Agg::Count);
        }
        if !self.draft.select.contains(&sel) {
            self.draft.select.push(sel);
        }
        // `the maximum and minimum budget`
        self.set_pending(noun);
        self.prep = false;
        self.earlier_aggregates(noun);
    }

    /// `the maximum and minimum budget`: aggregates named before without a noun of their own.
    fn earlier_aggregates(&mut self, noun: NounId) {
        let mut found = Vec::new();
        let mut at = self.at;
        let mut joined = false;
        while at > 0 {
            at -= 1;
            match self.seg(at) {
                Some(Seg::Cue(Cue::Agg(a))) => {
                    if joined {
                        found.push(*a);
                    }
                }
                Some(Seg::Cue(Cue::Super(d) | Cue::SuperHint(d, _))) => {
                    if joined {
                        found.push(if *d { Agg::Max } else { Agg::Min });
                    }
                }
                Some(Seg::Cue(Cue::And) | Seg::Comma) => joined = true,
                Some(Seg::Cue(Cue::Ignore | Cue::Prep | Cue::NumberOf)) => {}
                _ => break,
            }
        }
        for agg in found {
            let sel = Sel { noun: Some(noun), agg: Some(agg), distinct: false, number_of: false };
            let before = self.draft.select.len() - 1;
            if !self.draft.select.contains(&sel) {
                self.draft.select.insert(before, sel);
            }
        }
    }

    /// Only `and` stands between the last wanted noun and this one.
    fn joined_to_last(&self) -> bool {
        matches!(self.previous(), Some(Seg::Cue(Cue::And)))
            && self.pending.is_some_and(|(n, stood)| {
                self.draft.select.last().is_some_and(|s| s.noun == Some(n))
                    && (stood + 1..self.at)
                        .all(|i| matches!(self.seg(i), Some(Seg::Cue(Cue::And | Cue::Ignore))))
            })
    }

    /// A pending noun of a condition that nothing was said about: its rows must exist.
    fn flush(&mut self) {
        if self.mode == Mode::Filter
            && self.loose
            && let Some((noun, _)) = self.pending
        {
            if self.pending_number || self.pending_agg.is_some() {
                // `with the number of orders`: wanted, not a condition.
                let sel = Sel {
                    noun: Some(noun),
                    agg: self.pending_agg.take(),
                    distinct: false,
                    number_of: std::mem::take(&mut self.pending_number),
                };
                self.draft.select.push(sel);
            } else if self.negated {
                self.exists(noun);
            } else if !self.within_absence() {
                self.draft.required.push(noun);
            }
        }
        self.loose = false;
    }

    /// `not assigned to any project`: what is named after what is missing is no more there than that.
    fn within_absence(&self) -> bool {
        let missing = matches!(
            self.draft.filters.last(),
            Some(Filter { what: Condition::Exists { .. }, negated: true, .. })
        );
        missing && self.narrows()
    }

    fn exists(&mut self, noun: NounId) {
        let negated = std::mem::take(&mut self.negated);
        self.without = false;
        self.push_filter(Condition::Exists { noun }, negated);
        self.pending = Some((noun, self.at));
        self.loose = false;
    }

    // ---- conditions

    fn push_filter(&mut self, what: Condition, negated: bool) {
        let (or, both) = (std::mem::take(&mut self.or), self.both);
        let except = negated && std::mem::take(&mut self.except);
        let attached = self.draft.filters.last().is_some_and(|f| f.negated)
            && !negated
            && !or
            && (self.last_filter..self.at).all(|i| {
                !matches!(
                    self.seg(i),
                    Some(
                        Seg::Cue(Cue::And | Cue::But | Cue::Or | Cue::Select)
                            | Seg::Comma
                            | Seg::Break
                    )
                )
            });
        let within = self.scope.filter(|_| !or && self.narrows());
        let tight = self.either
            && !or
            && matches!(self.draft.filters.last(), Some(f) if f.or)
            && self.draft.filters.len() > 1;
        self.last_filter = self.at;
        self.draft.filters.push(Filter {
            within,
            tight,
            attached,
            what,
            except,
            negated,
            or: or && !self.draft.filters.is_empty(),
            both,
        });
        self.op = None;
        self.loose = false;
        if self.mode == Mode::Select {
            // What follows `in 2024` may still be wanted, but not without `and`.
            self.prep = true;
        }
    }

    /// Nothing but prepositions and names stand between the comparison with an aggregate and here.
    fn narrows(&self) -> bool {
        (self.last_filter + 1..self.at).all(|i| {
            !matches!(
                self.seg(i),
                Some(
                    Seg::Cue(
                        Cue::And | Cue::But | Cue::Or | Cue::Select | Cue::OrderBy | Cue::Each
                    ) | Seg::Comma
                        | Seg::Break
                )
            )
        })
    }

    fn taking_negation(&mut self) -> bool {
        self.without = false;
        std::mem::take(&mut self.negated)
    }

    fn on_number(&mut self, n: f64, token: usize) {
        let next = self.next(self.at + 1).map(|(i, s)| (i, s.clone()));
        if (self.op == Some((Op::Eq, None)) && matches!(self.before_number(), Some(Cue::Between))
            || self.is_span(&next))
            && let Some((i, high)) = self.second_number()
        {
            let object = self.next_noun(i + 1).filter(|_| !self.has_left());
            let left = match object {
                Some(o) => {
                    let at = (i..self.links.segs.len())
                        .find(|j| self.seg(*j) == Some(&Seg::Noun(o)))
                        .unwrap_or(i);
                    self.flush();
                    self.at = at;
                    Left::Amount(o)
                }
                None => self.left(None),
            };
            let what = Condition::Between { left, low: n, high };
            self.at = self.at.max(i);
            let negated = self.taking_negation();
            self.push_filter(what, negated);
            return;
        }
        match &next {
            Some((
                _,
                Seg::Cue(
                    Cue::Super(_)
                    | Cue::SuperHint(..)
                    | Cue::Most(_)
                    | Cue::MostCommon(_)
                    | Cue::Top,
                ),
            )) => return,
            Some((i, Seg::Cue(c @ (Cue::OrMore | Cue::OrLess)))) => {
                self.op = Some((if *c == Cue::OrMore { Op::Ge } else { Op::Le }, None));
                let i = *i;
                self.compare_number(n, i);
                return;
            }
            _ => {}
        }
        if self.op.is_some() {
            let at = self.at;
            self.compare_number(n, at);
            return;
        }
        if self.links.tokens[token].is("one") && !matches!(next, Some((_, Seg::Noun(_)))) {
            return;
        }
        let joined = matches!(self.previous(), Some(Seg::Cue(Cue::Or | Cue::And) | Seg::Comma));
        if joined
            && let Some(year) = crate::calendar::year_of(&self.links.tokens[token])
            && let Some(Filter { what: Condition::Time { noun, .. }, negated, .. }) =
                self.draft.filters.last().cloned()
        {
            let range = crate::calendar::whole_year(year);
            self.push_time(Condition::Time { noun, range }, negated);
            return;
        }
        if token > 0
            && matches!(self.links.tokens[token - 1].lower.as_str(), "first" | "last")
            && matches!(next, Some((_, Seg::Noun(_))))
            && self.draft.limit.is_none()
        {
            self.draft.limit = limit(n);
            return;
        }
        let superlative_later = self.links.segs[self.at..].iter().any(|(s, _)| {
            matches!(
                s,
                Seg::Cue(Cue::Super(_) | Cue::SuperHint(..) | Cue::Most(_) | Cue::MostCommon(_))
            )
        });
        if matches!(next, Some((_, Seg::Noun(_))))
            && superlative_later
            && (1.0..1000.0).contains(&n)
            && self.draft.limit.is_none()
        {
            self.draft.limit = limit(n);
            return;
        }
        if self.mode == Mode::Select
            && self.draft.select.is_empty()
            && self.pending.is_none()
            && !self.number_of
            && matches!(next, Some((_, Seg::Noun(_))))
            && (1.0..1000.0).contains(&n)
        {
            self.draft.limit = limit(n);
            return;
        }
        self.equal_number(n, token);
    }

    fn before_number(&self) -> Option<Cue> {
        match self.previous() {
            Some(Seg::Cue(c)) => Some(*c),
            _ => None,
        }
    }

    /// `10 to 20` after a noun.
    fn is_span(&self, next: &Option<(usize, Seg)>) -> bool {
        match next {
            Some((i, Seg::Cue(Cue::Prep))) => {
                let token = self.links.segs[*i].1;
                self.links.tokens[token].is("to") && matches!(self.seg(i + 1), Some(Seg::Num(_)))
            }
            _ => false,
        }
    }

    fn second_number(&self) -> Option<(usize, f64)> {
        let (mut at, _) = self.next(self.at + 1)?;
        for _ in 0..3 {
            match self.seg(at)? {
                Seg::Num(n) => return Some((at, *n)),
                Seg::Cue(Cue::And | Cue::Prep | Cue::Ignore) => at += 1,
                _ => return None,
            }
        }
        None
    }

    /// What a comparison is about: the pending noun, the implied attribute, or what the last condition was about.
    fn left(&mut self, hint: Option<&'static str>) -> Left {
        let near = self.near_pending();
        if let Some(noun) = near {
            let is_table = self.links.nouns[noun].is_table();
            if self.mode == Mode::Filter && std::mem::take(&mut self.pending_number) {
                return Left::CountOf(noun);
            }
            if self.mode == Mode::Filter
                && let Some(agg) = self.pending_agg.take()
            {
                return Left::Agg(agg, noun);
            }
            if hint.is_none() && self.had_between() && !self.measures(noun) {
                return Left::Rows;
            }
            let wanted = hint.is_none() || !is_table && self.measures(noun);
            if wanted
                && (self.mode == Mode::Filter || !is_table || hint.is_none())
                && !(is_table && hint.is_none() && self.measures(noun))
            {
                self.take_pending(noun);
                return Left::Noun(noun);
            }
        }
        if let Some(hint) = hint {
            return Left::Noun(self.links.imply(hint, self.lexicon, self.token_here()));
        }
        if self.last_left.is_none() {
            // `mountains higher than 5600`
            let cue = (0..self.at).rev().find_map(|i| match self.links.segs[i] {
                (Seg::Cue(Cue::Cmp(_)), t) => Some(t),
                _ => None,
            });
            let size = cue.is_some_and(|t| {
                matches!(
                    self.links.tokens[t].lower.as_str(),
                    "higher" | "larger" | "bigger" | "lower" | "smaller"
                )
            });
            if size {
                return Left::Noun(self.links.imply("extent", self.lexicon, self.token_here()));
            }
        }
        if let Some(left) = self.last_left.clone() {
            return left;
        }
        // `orders over 500`: what they came to.
        let amount = near.and_then(|n| {
            let first = self.links.nouns[n].candidates.first()?;
            crate::resolve::amount_of(self.lexicon, first.0)
        });
        match amount {
            Some(column) => Left::Noun(self.links.stand_for(column, self.token_here())),
            None => Left::Unknown,
        }
    }

    /// A context noun that became the left side of a condition no longer stands for itself.
    fn take_pending(&mut self, noun: NounId) {
        self.loose = false;
        if !self.links.nouns[noun].is_table() {
            self.draft.context.retain(|n| *n != noun);
        }
    }

    /// Is there a noun before the comparison that it can be about?
    fn has_left(&self) -> bool {
        self.near_pending().is_some_and(|p| {
            let filter = self.mode == Mode::Filter
                && self.pending.is_some_and(|(_, at)| at >= self.entered)
                && !self.had_between();
            filter || !self.links.nouns[p].is_table() && self.measures(p)
        })
    }

    /// `a status that has more than 3`: what follows is counted.
    fn had_between(&self) -> bool {
        let Some((_, stood)) = self.pending else { return false };
        (stood + 1..self.at).any(|i| {
            let (seg, token) = &self.links.segs[i];
            *seg == Seg::Cue(Cue::Rel)
                && self.links.tokens[*token..]
                    .iter()
                    .take(2)
                    .any(|t| t.lemma == "has" || t.is("have") || t.is("had") || t.is("having"))
        })
    }

    fn compare_number(&mut self, n: f64, last: usize) {
        let Some((op, hint)) = self.op.take() else { return };
        self.agg = None;
        let year = crate::calendar::year_of(&self.links.tokens[self.token_here()]);
        let flips = hint.is_some_and(|h| cues::flips_on_dates(h) && year.is_none());
        let object = self.next_noun(last + 1).filter(|o| {
            let info = &self.links.nouns[*o];
            info.bucket.is_none() || info.column_score() > 0.9
        });
        let has_left = self.has_left();
        let explicit = op == Op::Eq;
        let has_left = has_left
            && !(object.is_some_and(|o| self.links.nouns[o].table_score() > 0.9)
                && self.near_pending().is_some_and(|p| !self.measures(p)));
        let token = self.token_here();
        let times = matches!(self.links.tokens[token].lower.as_str(), "once" | "twice" | "thrice")
            || self.links.tokens.get(token + 1).is_some_and(|t| t.lemma == "time");
        let left = match object {
            _ if times && self.mode == Mode::Filter => {
                self.flush();
                Left::Rows
            }
            Some(object) if hint.is_none() && !has_left => {
                let at = (last + 1..self.links.segs.len())
                    .find(|i| self.seg(*i) == Some(&Seg::Noun(object)))
                    .unwrap_or(last);
                self.flush();
                let agg = (last + 1..at).find_map(|i| match self.seg(i) {
                    Some(Seg::Cue(Cue::Agg(agg))) => Some(*agg),
                    _ => None,
                });
                self.at = at;
                self.pending = Some((object, at));
                let counted = explicit && self.links.nouns[object].is_table();
                let left = match agg {
                    Some(agg) => Left::Agg(agg, object),
                    None if counted => Left::CountOf(object),
                    None => Left::Amount(object),
                };
                let negated = self.taking_negation();
                self.last_left = Some(left.clone());
                self.push_filter(
                    Condition::Compare { left, op, right: Right::Num(n), flips: false },
                    negated,
                );
                self.mode = Mode::Filter;
                return;
            }
            _ => self.left(hint),
        };
        self.at = last;
        self.last_left = Some(left.clone());
        let negated = self.taking_negation();
        self.push_filter(Condition::Compare { left, op, right: Right::Num(n), flips }, negated);
    }

    fn compare_with_aggregate(
        &mut self,
        op: Op,
        hint: Option<&'static str>,
        agg: Agg,
        noun: Option<NounId>,
    ) {
        self.op = None;
        let left = match self.near_pending() {
            Some(p) if !self.links.nouns[p].is_table() => {
                self.take_pending(p);
                match self.pending_agg.take() {
                    Some(agg) => Left::Agg(agg, p),
                    None => Left::Noun(p),
                }
            }
            _ => match (noun, hint) {
                (Some(n), _) if self.measures(n) => Left::Noun(n),
                (_, Some(h)) => Left::Noun(self.links.imply(h, self.lexicon, self.token_here())),
                _ => Left::Unknown,
            },
        };
        let noun = noun.filter(|n| self.measures(*n));
        let flips = hint.is_some_and(cues::flips_on_dates);
        let negated = self.taking_negation();
        self.push_filter(
            Condition::Compare { left, op, right: Right::Agg(agg, noun), flips },
            negated,
        );
        self.scope = Some(self.draft.filters.len() - 1);
        if let Some(n) = noun {
            self.pending = Some((n, self.at));
        }
    }

    fn equal_number(&mut self, n: f64, token: usize) {
        let next = self.next_noun(self.at + 1);
        let near = self.near_pending();
        let year = crate::calendar::year_of(&self.links.tokens[token]);
        let negated = self.taking_negation();
        let op = Op::Eq;
        if let Some(year) = year.filter(|_| self.is_one_of_years(near)) {
            let range = crate::calendar::whole_year(year);
            self.push_time(Condition::Time { noun: None, range }, negated);
            return;
        }
        let left = match (near, next) {
            (Some(p), _) if !self.links.nouns[p].is_table() => {
                self.take_pending(p);
                Left::Noun(p)
            }
            (_, Some(o)) if self.mode == Mode::Filter || self.prep => {
                self.flush();
                self.at += 1;
                while self.seg(self.at).is_some_and(|s| *s != Seg::Noun(o)) {
                    self.at += 1;
                }
                self.pending = Some((o, self.at));
                Left::Amount(o)
            }
            (Some(p), _) => Left::Noun(p),
            _ if year.is_some() && self.mode != Mode::Order => {
                Left::Noun(self.links.imply("time", self.lexicon, token))
            }
            _ => self.last_left.clone().unwrap_or(Left::Unknown),
        };
        self.last_left = Some(left.clone());
        self.push_filter(
            Condition::Compare { left, op, right: Right::Num(n), flips: false },
            negated,
        );
    }

    /// `revenue 2024 and 2025`: a year beside a measure that is none.
    fn is_one_of_years(&self, near: Option<NounId>) -> bool {
        let measured = near.is_some_and(|n| self.links.nouns[n].concept)
            || near.is_some_and(|n| self.links.nouns[n].is_table())
                && self.draft.select.iter().any(|s| s.number_of);
        let other = match self.next(self.at + 1) {
            Some((i, Seg::Cue(Cue::And | Cue::Or | Cue::Prep))) => {
                matches!(self.seg(i + 1), Some(Seg::Num(_) | Seg::Time(_)))
            }
            _ => false,
        };
        measured && other || near.is_some_and(|n| self.links.nouns[n].concept)
    }

    /// A time, beside which another one may stand already: `this month vs last month` is one row each.
    fn push_time(&mut self, what: Condition, negated: bool) {
        let Condition::Time { range, .. } = &what else { return };
        let measured = self.how_many
            || self.draft.select.iter().any(|s| {
                s.agg.is_some()
                    || s.number_of
                    || s.noun.is_some_and(|n| self.links.nouns[n].concept)
            });
        let apart = |a: &crate::calendar::Range| {
            matches!((a.until, range.from), (Some(x), Some(y)) if x <= y)
                || matches!((range.until, a.from), (Some(x), Some(y)) if x <= y)
        };
        let beside =
            self.draft.filters.iter().position(
                |f| matches!(&f.what, Condition::Time { range: other, .. } if apart(other)),
            );
        let bucket = range.length();
        let last = self.draft.filters.len().checked_sub(1);
        if measured && beside.is_some() && beside == last && !self.both {
            self.or = true;
            if self.draft.bucket.is_none() {
                self.draft.bucket = bucket;
            }
        }
        self.push_filter(what, negated);
    }

    fn on_value(&mut self, value: ValueId) {
        if self.op == Some((Op::Eq, None))
            && matches!(self.before_number(), Some(Cue::Between))
            && let Some((i, Seg::Cue(Cue::And | Cue::Prep))) = self.next(self.at + 1)
            && let Some((i, Seg::Value(high))) = self.next(i + 1)
        {
            let (i, high) = (i, *high);
            self.between_values(value, high);
            self.at = i;
            return;
        }
        let near = self.near_pending();
        if let Some((op, hint)) = self.op.take()
            && op != Op::Eq
            && self.like.is_none()
            // `under the category "Seeds"` compares nothing.
            && (op == Op::Ne || !self.is_word(value))
        {
            let left = match near {
                Some(n) if !self.links.nouns[n].is_table() => {
                    self.take_pending(n);
                    Left::Noun(n)
                }
                _ => match hint {
                    Some(h) => Left::Noun(self.links.imply(h, self.lexicon, self.token_here())),
                    None => Left::Unknown,
                },
            };
            let negated = self.taking_negation();
            if op == Op::Ne {
                let what = Condition::Value { noun: near, near: None, value, like: None };
                self.push_filter(what, !negated);
                return;
            }
            self.push_filter(
                Condition::Compare { left, op, right: Right::Value(value), flips: false },
                negated,
            );
            return;
        }
        let mut like = self.like.take().or_else(|| self.part_of(value));
        if like.is_none()
            && matches!(self.previous(), Some(Seg::Cue(Cue::Or)))
            && let Some(Condition::Value { like: Some(before), .. }) =
                self.draft.filters.last().map(|f| &f.what)
        {
            like = Some(*before);
        }
        let following = match self.seg(self.at + 1) {
            Some(Seg::Noun(n)) => Some(*n),
            _ => None,
        };
        let near = match self.noun_after_like(like).filter(|_| {
            near.is_none_or(|n| {
                self.links.nouns[n].is_table() || self.at < self.pending.map_or(0, |p| p.1 + 2)
            })
        }) {
            Some((i, n)) => {
                self.links.segs[i].0 = Seg::Cue(Cue::Ignore);
                Some(n)
            }
            None => near,
        };
        if let Some(n) = near {
            self.take_pending(n);
        }
        // `and 'B'` after `'A'`: about the same noun.
        let noun = near.or_else(|| self.noun_of_last_value());
        let negated = if self.or || matches!(self.previous(), Some(Seg::Cue(Cue::And))) {
            std::mem::take(&mut self.negated) || self.last_negated()
        } else {
            self.taking_negation()
        };
        self.push_filter(Condition::Value { noun, near: following, value, like }, negated);
        if self.mode == Mode::Select && following.is_none() {
            self.prep = true;
        } else if following.is_some() {
            self.prep = !self.draft.select.is_empty();
        }
    }

    /// `between '2020-01-01' and '2020-06-30'`
    fn between_values(&mut self, low: ValueId, high: ValueId) {
        let left = match self.near_pending() {
            Some(n) if !self.links.nouns[n].is_table() => {
                self.take_pending(n);
                Left::Noun(n)
            }
            _ => Left::Noun(self.links.imply("time", self.lexicon, self.token_here())),
        };
        for (op, value) in [(Op::Ge, low), (Op::Le, high)] {
            let right = Right::Value(value);
            self.push_filter(
                Condition::Compare { left: left.clone(), op, right, flips: false },
                false,
            );
        }
    }

    /// `have 'X' in their name`, `'X' as a substring`: the text is a part.
    fn part_of(&self, value: ValueId) -> Option<Like> {
        if !self.links.values[value].quoted {
            return None;
        }
        let end = self.links.values[value].span.1;
        let word = |i: usize| self.links.tokens.get(end + i).map_or("", |t| t.lower.as_str());
        let part = word(0) == "in"
            && matches!(word(1), "it" | "its" | "their" | "part" | "his" | "her")
            || word(0) == "in" && word(1) == "the" && self.links.values[value].hits.is_empty()
            || word(0) == "as" && matches!(word(2), "substring" | "part" | "word");
        let letter = self.links.values[value].text.chars().count() == 1
            && self.links.tokens[..self.links.values[value].span.0]
                .iter()
                .rev()
                .take(2)
                .any(|t| t.is("letter") || t.is("letters"));
        (part || letter).then_some(Like::Contains)
    }

    /// `include 'X' in their address`: the column comes after.
    fn noun_after_like(&self, like: Option<Like>) -> Option<(usize, NounId)> {
        like?;
        let (i, seg) = self.next(self.at + 1)?;
        if *seg != Seg::Cue(Cue::Prep) {
            return None;
        }
        match self.next(i + 1)? {
            (i, Seg::Noun(n)) if !self.links.nouns[*n].is_table() => Some((i, *n)),
            _ => None,
        }
    }

    /// A text of letters that some column holds: nothing is more or less than it.
    fn is_word(&self, value: ValueId) -> bool {
        let info = &self.links.values[value];
        !info.hits.is_empty() && !info.text.contains(|c: char| c.is_ascii_digit())
    }

    fn last_negated(&self) -> bool {
        self.draft
            .filters
            .last()
            .is_some_and(|f| f.negated && matches!(f.what, Condition::Value { .. }))
            && self.or
    }

    fn noun_of_last_value(&self) -> Option<NounId> {
        let joined = matches!(
            self.previous(),
            Some(Seg::Cue(Cue::And | Cue::Or | Cue::But | Cue::Not) | Seg::Comma)
        );
        match &self.draft.filters.last()?.what {
            Condition::Value { noun, .. } if joined => *noun,
            _ => None,
        }
    }

    fn on_time(&mut self, time: Time) {
        match time {
            Time::Bucket(bucket) => self.draft.bucket = Some(bucket),
            Time::Range(mut range) => {
                if let Some((op, Some("time"))) = self.op {
                    // `before the start of 2010`
                    let years = range.years.take();
                    match op {
                        Op::Lt | Op::Le => {
                            range.until = range.from.take();
                            range.years = years.map(|y| (None, y.0.map(|y| y - 1)));
                            range.label = format!("before {}", range.label);
                        }
                        _ => {
                            range.from = range.until.take();
                            range.years = years.map(|y| (y.1.map(|y| y + 1), None));
                            range.label = format!("after {}", range.label);
                        }
                    }
                }
                self.open_range();
                match self.seg(self.at + 1) {
                    Some(Seg::Cue(Cue::OrMore)) => {
                        range.until = None;
                        range.years = range.years.map(|y| (y.0, None));
                    }
                    Some(Seg::Cue(Cue::OrLess)) => {
                        range.from = None;
                        range.years = range.years.map(|y| (None, y.1));
                    }
                    _ => {}
                }
                let near = self.near_pending().filter(|n| self.names_a_time(*n));
                if let Some(n) = near {
                    self.take_pending(n);
                }
                let negated = self.taking_negation();
                self.op = None;
                self.push_time(Condition::Time { noun: near, range }, negated);
            }
        }
    }

    /// `in 2005 or after`: the words that leave the range open at one end.
    fn open_range(&mut self) {
        if self.seg(self.at + 1) != Some(&Seg::Cue(Cue::Or)) {
            return;
        }
        let Some(Seg::Cue(Cue::CmpHint(op, "time"))) = self.seg(self.at + 2).cloned() else {
            return;
        };
        let stands_alone = !matches!(
            self.next(self.at + 3),
            Some((_, Seg::Value(_) | Seg::Num(_) | Seg::Time(_) | Seg::Noun(_)))
        );
        if stands_alone {
            let more = matches!(op, Op::Gt | Op::Ge);
            self.links.segs[self.at + 1].0 = Seg::Cue(if more { Cue::OrMore } else { Cue::OrLess });
            self.links.segs[self.at + 2].0 = Seg::Cue(Cue::Ignore);
        }
    }

    fn names_a_time(&self, noun: NounId) -> bool {
        self.links.nouns[noun].candidates.iter().take(6).any(|(item, _)| match item {
            Item::Column(c) => {
                let column = &self.lexicon.columns[*c];
                column.kind.is_temporal()
                    || column
                        .phrase
                        .words
                        .iter()
                        .any(|w| matches!(w.as_str(), "year" | "date" | "month" | "founded"))
            }
            Item::Table(_) => false,
        })
    }

    // ---- the end

    /// `the month with the most orders`: rows are counted per month.
    fn period_with_most(&mut self) {
        let counts = |o: &Order| matches!(o.key, Key::Amount(_) | Key::CountOf(_));
        let [Sel { noun: Some(n), agg: None, .. }] = self.draft.select[..] else { return };
        let noun = &self.links.nouns[n];
        if noun.bucket.is_none()
            || noun.column_score() >= 0.9
            || self.draft.bucket.is_some()
            || !self.draft.group.is_empty()
            || !self.draft.order.iter().all(counts)
            || self.draft.order.is_empty()
        {
            return;
        }
        self.draft.bucket = noun.bucket;
        self.draft.select =
            vec![Sel { noun: None, agg: Some(Agg::Count), distinct: false, number_of: true }];
    }

    fn finish(&mut self) {
        self.settle_average();
        self.flush();
        match self.superlative.take() {
            Some(Superlative::Most(d) | Superlative::Common(d)) => {
                self.push_superlative(Order {
                    key: Key::CountOf(None),
                    descending: Some(d),
                    flips: false,
                });
            }
            Some(Superlative::Extreme(d) | Superlative::Hint(d, _)) => {
                let implied = self.links.imply("size", self.lexicon, 0);
                self.push_superlative(Order {
                    key: Key::Noun(implied),
                    descending: Some(d),
                    flips: false,
                });
            }
            None => {}
        }
        self.draft.dangling = self.negated || self.without || self.except;
        self.period_with_most();
        let grouped = self.draft.bucket.is_some() || !self.draft.group.is_empty();
        if let [only] = &mut self.draft.select[..]
            && grouped
            && self.draft.order.is_empty()
            && self.draft.limit.is_none()
            && only.agg.is_none()
            && only
                .noun
                .is_some_and(|n| self.links.nouns[n].is_table() && !self.draft.group.contains(&n))
        {
            // `orders per month`: how many.
            only.number_of = true;
        }
        if self.how_many && !self.draft.select.is_empty() {
            self.draft.select.push(Sel {
                noun: None,
                agg: Some(Agg::Count),
                distinct: false,
                number_of: true,
            });
        } else if self.number_of && self.draft.select.is_empty() {
            let noun = self.draft.context.first().copied();
            self.draft.select.push(Sel {
                noun,
                agg: Some(Agg::Count),
                distinct: false,
                number_of: true,
            });
        }
        if self.mode == Mode::Order && self.draft.order.is_empty() {
            self.draft.order.push(Order {
                key: Key::First,
                descending: self.direction,
                flips: false,
            });
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn limit(n: f64) -> Option<u64> {
    (n >= 1.0 && n.fract() == 0.0 && n < 1e9).then_some(n as u64)
}

/// `top 3 expensive X`: which attribute, and whether it is high.
fn adjective(word: &str) -> Option<(bool, &'static str)> {
    Some(match word {
        "expensive" | "costly" => (true, "price"),
        "cheap" => (false, "price"),
        "old" => (true, "age"),
        "young" => (false, "age"),
        "recent" | "new" => (true, "time"),
        "large" | "big" => (true, "size"),
        "small" => (false, "size"),
        "long" => (true, "length"),
        "short" => (false, "length"),
        "tall" | "high" => (true, "height"),
        "heavy" => (true, "weight"),
        "fast" => (true, "speed"),
        "rated" => (true, "quality"),
        "paid" => (true, "money"),
        _ => return None,
    })
}
