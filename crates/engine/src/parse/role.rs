//! What a name does beside its neighbours: it modifies the next one, is a verb, or repeats what is known.

use super::{Mode, Parser};
use crate::{
    calendar::Time,
    cues::Cue,
    draft::{Condition, NounId},
    lexicon::Item,
    link::Seg,
};
use model::catalog::ValueKind;

impl Parser<'_> {
    /// `active employees`, `stores that are open`: a column of yes and no.
    pub(super) fn is_flag(&self, noun: NounId) -> bool {
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
            && (!self.number_of || before)
            && !self.followed_by_comparison()
    }

    /// Does this noun only say which one the next noun is? `customer name`, `the store's city`
    pub(super) fn modifies(&self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        if info.possessive {
            return true;
        }
        let Some(Seg::Noun(next)) = self.seg(self.at + 1) else {
            return false;
        };
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
    pub(super) fn is_another_value(&self, noun: NounId) -> bool {
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

    /// `reported by`, `working`: a form that the name does not have.
    pub(super) fn is_verb(&self, noun: NounId) -> bool {
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
    pub(super) fn does(&self, subject: NounId, noun: NounId) -> bool {
        let (subject, info) = (&self.links.nouns[subject], &self.links.nouns[noun]);
        let many = &self.links.tokens[subject.span.1 - 1];
        let token = &self.links.tokens[info.span.0];
        let took = |item: &Item| matches!(item, Item::Column(c) if self.lexicon.columns[*c].derived.is_some());
        subject.is_table()
            && !info.candidates.first().is_some_and(|(item, _)| took(item))
            && !subject.possessive
            && many.lower != many.lemma
            && info.span.1 == info.span.0 + 1
            && token.lower == token.lemma
            && self.lexicon.postings_exact(&token.lemma).is_empty()
    }

    /// `director names` where `director` is a column of text.
    pub(super) fn names_itself(&self, noun: NounId) -> bool {
        let Some(Seg::Noun(next)) = self.seg(self.at + 1) else {
            return false;
        };
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
    pub(super) fn skip_noun(&mut self) {
        let (seg, token) = self.links.segs[self.at].clone();
        self.links.segs[self.at + 1] = (seg, token);
        self.links.segs[self.at].0 = Seg::Cue(Cue::Ignore);
    }

    /// `names of the directors` where `director` is a column of text.
    pub(super) fn replaces_name(&mut self, noun: NounId) -> bool {
        let info = &self.links.nouns[noun];
        let column = info.column_score() > 0.75 && info.column_score() > info.table_score() + 0.05;
        let Some(last) = self.draft.select.last().and_then(|s| s.noun) else {
            return false;
        };
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
}
