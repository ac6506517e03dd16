//! A place in the list of tokens, with the small steps that the grammar is made of.

use crate::{
    Flavour,
    ast::{Ident, Name},
    fault::{Checked, Fault, Span},
    lexer::{self, MAX_RULES, Tok, Token},
    words,
};

/// Reads tokens from left to right; every grammar function is a method of it.
pub(crate) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    pub flavour: Flavour,
    depth: usize,
    /// Placeholders in braces are values: only in texts that an admin wrote.
    pub attributes: bool,
    /// `IN` ends an expression here.
    pub no_in: bool,
}

impl Parser {
    pub fn new(sql: &str, flavour: Flavour) -> Checked<Self> {
        let tokens = lexer::lex(sql, flavour)?;
        Ok(Self { tokens, at: 0, flavour, depth: 0, attributes: false, no_in: false })
    }

    fn token(&self, ahead: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)]
    }

    pub fn peek(&self) -> &Tok {
        &self.token(0).tok
    }

    pub fn ahead(&self, n: usize) -> &Tok {
        &self.token(n).tok
    }

    pub fn span(&self) -> Span {
        self.token(0).span
    }

    /// From `start` to the end of the token before this one.
    pub fn since(&self, start: Span) -> Span {
        start.to(self.tokens[self.at.saturating_sub(1)].span)
    }

    pub fn newline(&self) -> bool {
        self.token(0).newline
    }

    pub fn next(&mut self) -> Tok {
        let tok = self.peek().clone();
        self.at += 1;
        tok
    }

    pub fn skip(&mut self, n: usize) {
        self.at += n;
    }

    /// The bare word `ahead` tokens on.
    pub fn word(&self, ahead: usize) -> Option<&str> {
        match &self.token(ahead).tok {
            Tok::Word(word) => Some(word),
            _ => None,
        }
    }

    pub fn is_at(&self, ahead: usize, word: &str) -> bool {
        self.word(ahead).is_some_and(|w| w.eq_ignore_ascii_case(word))
    }

    pub fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    /// These words follow, one after the other.
    pub fn are(&self, words: &[&str]) -> bool {
        self.are_at(0, words)
    }

    pub fn are_at(&self, ahead: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(n, word)| self.is_at(ahead + n, word))
    }

    pub fn eat(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    pub fn eat_all(&mut self, words: &[&str]) -> bool {
        let found = self.are(words);
        if found {
            self.at += words.len();
        }
        found
    }

    /// The first of the words that stands here, taken.
    pub fn eat_one(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let found = words.iter().copied().find(|word| self.is(word))?;
        self.at += 1;
        Some(found)
    }

    /// Like `eat_one`, for phrases of several words; the longest first in the list.
    pub fn eat_phrase(&mut self, phrases: &[&'static str]) -> Option<&'static str> {
        let found = phrases
            .iter()
            .copied()
            .find(|phrase| phrase.split(' ').enumerate().all(|(n, word)| self.is_at(n, word)))?;
        self.at += found.split(' ').count();
        Some(found)
    }

    pub fn expect(&mut self, word: &str) -> Checked<()> {
        if self.eat(word) {
            return Ok(());
        }
        Err(self.wanted(word))
    }

    pub fn is_op(&self, op: &str) -> bool {
        self.op_at(0, op)
    }

    pub fn op_at(&self, ahead: usize, op: &str) -> bool {
        matches!(&self.token(ahead).tok, Tok::Op(found) if found == op)
    }

    /// The token before this one is this operator.
    pub fn after_op(&self, op: &str) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        matches!(before, Some(Token { tok: Tok::Op(found), .. }) if found == op)
    }

    pub fn eat_op(&mut self, op: &str) -> bool {
        let found = self.is_op(op);
        self.at += usize::from(found);
        found
    }

    pub fn expect_op(&mut self, op: &str) -> Checked<()> {
        if self.eat_op(op) {
            return Ok(());
        }
        Err(self.wanted(op))
    }

    fn wanted(&self, what: &str) -> Box<Fault> {
        let reason = format!("'{what}' was expected here, not {}.", self.found());
        Fault::new("syntax", reason, self.span())
    }

    fn found(&self) -> String {
        match self.peek() {
            Tok::Word(word) => format!("'{word}'"),
            Tok::Quoted { value, .. } => format!("the name '{value}'"),
            Tok::Str(_) => "a string".into(),
            Tok::Bits { .. } | Tok::Number(_) => "a number".into(),
            Tok::Op(op) => format!("'{op}'"),
            Tok::Param(text) => format!("the placeholder '{text}'"),
            Tok::Variable(name) => format!("the variable '@{name}'"),
            Tok::System(name) => format!("the variable '@@{name}'"),
            Tok::End => "the end".into(),
        }
    }

    /// The refusal of whatever stands here.
    pub fn unexpected<T>(&self) -> Checked<T> {
        let fault = match self.peek() {
            Tok::Param(_) => Fault::new(
                "parameter",
                "Placeholders are refused: there is nothing to bind to them.",
                self.span(),
            ),
            Tok::Variable(_) => Fault::new(
                "variable",
                "Variables of the session are refused: other people's statements share it.",
                self.span(),
            ),
            _ => {
                let reason = format!("{} is not understood here.", capital(&self.found()));
                Fault::new("syntax", reason, self.span())
            }
        };
        Err(fault)
    }

    /// Runs a rule one level deeper.
    pub fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Checked<T>) -> Checked<T> {
        if self.depth >= MAX_RULES {
            return Err(Fault::new("too_deep", "The statement nests too deep.", self.span()));
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    pub fn list<T>(&mut self, mut rule: impl FnMut(&mut Self) -> Checked<T>) -> Checked<Vec<T>> {
        let mut items = vec![rule(self)?];
        while self.eat_op(",") {
            items.push(rule(self)?);
        }
        Ok(items)
    }

    pub fn parens<T>(&mut self, rule: impl FnOnce(&mut Self) -> Checked<T>) -> Checked<T> {
        self.expect_op("(")?;
        let value = rule(self)?;
        self.expect_op(")")?;
        Ok(value)
    }

    /// A string, with the pieces that the server would join to it.
    pub fn string(&mut self) -> Checked<String> {
        let Tok::Str(mut text) = self.peek().clone() else { return self.unexpected() };
        self.at += 1;
        while let Tok::Str(more) = self.peek() {
            let joined = self.flavour.is_mysql() || (self.flavour.is_postgres() && self.newline());
            if !joined {
                break;
            }
            text.push_str(more);
            self.at += 1;
        }
        Ok(text)
    }

    /// The token here as an identifier, whatever word it is.
    pub fn any_ident(&mut self) -> Checked<Ident> {
        let span = self.span();
        let ident = match self.peek() {
            Tok::Word(word) => {
                let value = if self.flavour.is_postgres() { fold(word) } else { word.clone() };
                Ident { value, quoted: false, double: false, span }
            }
            Tok::Quoted { value, double } => {
                Ident { value: value.clone(), quoted: true, double: *double, span }
            }
            _ => return self.unexpected(),
        };
        self.at += 1;
        Ok(ident)
    }

    /// A name: not a reserved word, unless quoted.
    pub fn ident(&mut self) -> Checked<Ident> {
        if self.word(0).is_some_and(|word| words::reserved(self.flavour, word)) {
            return self.unexpected();
        }
        self.any_ident()
    }

    /// `a.b.c`, at most `most` parts.
    pub fn name(&mut self, most: usize) -> Checked<Name> {
        let mut name = vec![self.ident()?];
        while name.len() < most && self.is_op(".") && !self.op_at(1, "*") {
            self.skip(1);
            name.push(self.any_ident()?);
        }
        Ok(name)
    }

    pub fn ident_list(&mut self) -> Checked<Vec<Ident>> {
        self.parens(|p| p.list(Self::any_ident))
    }

    /// An alias if one follows: `AS word`, or a bare word that cannot be anything else.
    pub fn alias(&mut self, column: bool) -> Checked<Option<Ident>> {
        let marked = self.eat("AS");
        let text = matches!(self.peek(), Tok::Str(_)) && !self.flavour.is_postgres() && column;
        if text {
            let span = self.span();
            let value = self.string()?;
            if value.is_empty() {
                return Err(Fault::new("syntax", "An empty name is refused.", span));
            }
            if value.chars().any(char::is_control) {
                let reason = "A name with control characters is refused.";
                return Err(Fault::new("text", reason, span));
            }
            return Ok(Some(Ident { value, quoted: true, double: false, span }));
        }
        if marked {
            // A label after AS may be any word in PostgreSQL; the others refuse reserved ones.
            return if self.flavour.is_postgres() && column {
                self.any_ident().map(Some)
            } else {
                self.ident().map(Some)
            };
        }
        match self.peek() {
            Tok::Quoted { .. } => self.any_ident().map(Some),
            Tok::Word(word) if !words::no_alias(self.flavour, word) => self.any_ident().map(Some),
            _ => Ok(None),
        }
    }
}

/// PostgreSQL folds ASCII letters only.
fn fold(word: &str) -> String {
    word.to_ascii_lowercase()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
