//! What stands around the place where the walk is.

use super::Parser;
use crate::{cues::Cue, draft::NounId, lexicon::Item, link::Seg};

impl Parser<'_> {
    /// Is a time said anywhere?
    pub(super) fn dated(&self) -> bool {
        self.links.segs.iter().any(|(s, _)| match s {
            Seg::Time(_) => true,
            Seg::Noun(n) => self.links.nouns[*n].bucket.is_some(),
            _ => false,
        })
    }

    /// The token where the walk is; the last one when it is over.
    pub(super) fn token_here(&self) -> usize {
        self.links.segs.get(self.at).or(self.links.segs.last()).map_or(0, |s| s.1)
    }

    pub(super) fn seg(&self, at: usize) -> Option<&Seg> {
        self.links.segs.get(at).map(|s| &s.0)
    }

    /// The next segment that is not filler, and its number.
    pub(super) fn next(&self, mut at: usize) -> Option<(usize, &Seg)> {
        loop {
            match self.seg(at)? {
                Seg::Cue(Cue::Ignore) => at += 1,
                seg => return Some((at, seg)),
            }
        }
    }

    pub(super) fn next_noun(&self, at: usize) -> Option<NounId> {
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

    pub(super) fn previous(&self) -> Option<&Seg> {
        (0..self.at).rev().filter_map(|i| self.seg(i)).find(|s| **s != Seg::Cue(Cue::Ignore))
    }

    pub(super) fn starts_clause(&self) -> bool {
        matches!(
            self.previous(),
            None | Some(Seg::Break | Seg::Comma | Seg::Cue(Cue::And | Cue::But | Cue::Select))
        )
    }

    /// Is the pending noun close enough for what comes now: only grammar between?
    pub(super) fn near_pending(&self) -> Option<NounId> {
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

    /// `the people injured by`, `courses taught by`: the doer follows.
    pub(super) fn after_participle(&self) -> bool {
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

    pub(super) fn is_plural(&self, noun: NounId) -> bool {
        let last = &self.links.tokens[self.links.nouns[noun].span.1 - 1];
        last.lower != last.lemma
    }

    /// Could this noun be a number or a date?
    pub(super) fn measures(&self, noun: NounId) -> bool {
        self.links.nouns[noun].candidates.iter().take(6).any(|(item, s)| match item {
            Item::Column(c) => {
                let kind = self.lexicon.columns[*c].kind;
                *s > 0.35 && (kind.is_numeric() || kind.is_temporal())
            }
            Item::Table(_) => false,
        })
    }

    /// `From the trip records, find …`: what is wanted comes after the comma.
    pub(super) fn asks_later(&self) -> bool {
        let mut rest =
            self.links.segs[self.at..].iter().map(|s| &s.0).skip_while(|s| **s != Seg::Comma);
        rest.next();
        matches!(
            rest.find(|s| **s != Seg::Cue(Cue::Ignore)),
            Some(Seg::Cue(Cue::Select | Cue::HowMany))
        )
    }

    pub(super) fn is_name(&self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        info.span.1 == info.span.0 + 1 && self.links.tokens[info.span.0].lemma == "name"
    }

    /// Does a comparison follow before the clause ends?
    pub(super) fn compares_later(&self) -> bool {
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

    pub(super) fn followed_by_comparison(&self) -> bool {
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

    /// Only `and` stands between the last wanted noun and this one.
    pub(super) fn joined_to_last(&self) -> bool {
        matches!(self.previous(), Some(Seg::Cue(Cue::And)))
            && self.pending.is_some_and(|(n, stood)| {
                self.draft.select.last().is_some_and(|s| s.noun == Some(n))
                    && (stood + 1..self.at)
                        .all(|i| matches!(self.seg(i), Some(Seg::Cue(Cue::And | Cue::Ignore))))
            })
    }

    /// Nothing but prepositions and names stand between the comparison with an aggregate and here.
    pub(super) fn narrows(&self) -> bool {
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

    pub(super) fn before_number(&self) -> Option<Cue> {
        match self.previous() {
            Some(Seg::Cue(c)) => Some(*c),
            _ => None,
        }
    }

    /// `10 to 20` after a noun.
    pub(super) fn is_span(&self, next: &Option<(usize, Seg)>) -> bool {
        match next {
            Some((i, Seg::Cue(Cue::Prep))) => {
                let token = self.links.segs[*i].1;
                self.links.tokens[token].is("to") && matches!(self.seg(i + 1), Some(Seg::Num(_)))
            }
            _ => false,
        }
    }

    pub(super) fn second_number(&self) -> Option<(usize, f64)> {
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

    pub(super) fn names_a_time(&self, noun: NounId) -> bool {
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
}
