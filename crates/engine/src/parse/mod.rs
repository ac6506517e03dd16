//! From segments to a draft: one walk over the question that keeps what is pending until its partner comes.

mod against;
mod compare;
mod grammar;
mod look;
mod noun;
mod role;
mod stock;
mod superlative;
mod time;
mod value;

use crate::{
    cues::{Agg, Cue, Op},
    draft::{Draft, Key, Left, Like, NounId, Order, Sel},
    lexicon::Lexicon,
    link::{Links, Seg},
};

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
    /// `more X than Y`: X.
    than: Option<NounId>,
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
        than: None,
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
        self.draft.lists = self.two_lists();
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
