//! Text to tokens: words with lemmas, numbers, quoted strings, codes.

use crate::words;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Word,
    Number(f64),
    /// Text in quotes: always a value.
    Quoted,
    /// A code, date or address: letters or digits with punctuation inside (`ACCT-211`, `2018-03-01`).
    Code,
    Punct,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub text: String,
    pub lower: String,
    pub lemma: String,
    pub kind: Kind,
    pub capital: bool,
    /// `student's`, `students'`: what follows belongs to it.
    pub possessive: bool,
}

impl Token {
    pub fn is(&self, word: &str) -> bool {
        self.lower == word
    }

    pub fn number(&self) -> Option<f64> {
        match self.kind {
            Kind::Number(n) => Some(n),
            _ => None,
        }
    }

    /// Does a value written like this stand for itself rather than for grammar?
    pub fn is_literal(&self) -> bool {
        matches!(self.kind, Kind::Quoted | Kind::Code)
    }
}

/// Text that is surely a value.
pub(crate) fn quoted_token(text: &str) -> Token {
    token(text, Kind::Quoted)
}

/// No question needs more; the rest is ignored, and the answer says so.
pub(crate) const MAX_TOKENS: usize = 120;

pub(crate) fn tokens(question: &str) -> Vec<Token> {
    let chars: Vec<char> = question.chars().take(4_000).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() && out.len() < MAX_TOKENS {
        let c = chars[at];
        if c.is_whitespace() || c.is_control() {
            at += 1;
        } else if let Some(end) = quoted(&chars, at, out.last()) {
            let inner: String = chars[at + 1..end].iter().collect();
            out.push(token(inner.trim(), Kind::Quoted));
            at = end + 1;
        } else if c.is_alphanumeric() || starts_number(&chars, at) {
            let end = word_end(&chars, at);
            let text: String = chars[at..end].iter().collect();
            at = end;
            push_word(&text, &mut out);
            if possessive_mark(&chars, at) {
                if let Some(last) = out.last_mut() {
                    last.possessive = true;
                }
                at += if chars.get(at + 1).is_some_and(|c| c.eq_ignore_ascii_case(&'s')) {
                    2
                } else {
                    1
                };
            }
        } else {
            out.push(token(&c.to_string(), Kind::Punct));
            at += 1;
        }
    }
    rewritten(merge_number_words(out))
}

/// Wordings that say the same as a plainer one.
const PLAINER: &[(&[&str], &[&str])] = &[
    (&["in", "or", "after"], &["since"]),
    (&["on", "or", "after"], &["since"]),
    (&["in", "or", "before"], &["until"]),
    (&["on", "or", "before"], &["until"]),
    (&["before", "the", "year", "of"], &["before"]),
    (&["before", "the", "year"], &["before"]),
    (&["before", "year"], &["before"]),
    (&["after", "the", "year", "of"], &["after"]),
    (&["after", "the", "year"], &["after"]),
    (&["after", "year"], &["after"]),
    (&["since", "the", "year"], &["since"]),
    (&["multiple"], &["more", "than", "one"]),
];

fn rewritten(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let fits = |from: &[&str]| {
            tokens.get(at..at + from.len()).is_some_and(|t| {
                t.iter().zip(from).all(|(t, w)| t.kind == Kind::Word && t.lower == *w)
            })
        };
        // A year or a name must follow: `before the year` alone says something else.
        let found = PLAINER.iter().find(|(from, _)| {
            fits(from) && tokens.get(at + from.len()).is_some_and(|t| t.kind != Kind::Punct)
        });
        match found {
            Some((from, to)) => {
                out.extend(to.iter().flat_map(|w| merge_number_words(vec![token(w, Kind::Word)])));
                at += from.len();
            }
            None => {
                out.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    out
}

fn starts_number(chars: &[char], at: usize) -> bool {
    matches!(chars[at], '-' | '.')
        && chars.get(at + 1).is_some_and(char::is_ascii_digit)
        && (at == 0 || chars[at - 1].is_whitespace())
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '`')
}

/// The index of the closing quote, when one opens at `at`.
fn quoted(chars: &[char], at: usize, last: Option<&Token>) -> Option<usize> {
    let open = chars[at];
    if !is_quote(open) {
        return None;
    }
    let before = at.checked_sub(1).map(|i| chars[i]);
    if before.is_some_and(char::is_alphanumeric) && open != '"' && open != '“' {
        return None;
    }
    let _ = last;
    let closes = |i: usize| {
        let c = chars[i];
        let same = match open {
            '"' | '“' | '”' => matches!(c, '"' | '“' | '”'),
            _ => matches!(c, '\'' | '’' | '‘' | '`'),
        };
        let inside_word = !matches!(open, '"' | '“' | '”')
            && chars.get(i + 1).is_some_and(|n| n.is_alphanumeric());
        same && !inside_word
    };
    (at + 1..chars.len().min(at + 200)).find(|i| closes(*i)).filter(|end| *end > at + 1)
}

/// `'` after a word, before `s` or a gap.
fn possessive_mark(chars: &[char], at: usize) -> bool {
    if !chars.get(at).is_some_and(|c| matches!(c, '\'' | '’')) {
        return false;
    }
    match chars.get(at + 1) {
        None => true,
        Some(c) if c.eq_ignore_ascii_case(&'s') => {
            chars.get(at + 2).is_none_or(|c| !c.is_alphanumeric())
        }
        Some(c) => !c.is_alphanumeric(),
    }
}

fn word_end(chars: &[char], start: usize) -> usize {
    let mut end = start + 1;
    while end < chars.len() {
        let c = chars[end];
        let next = chars.get(end + 1).copied();
        let joins = next.is_some_and(char::is_alphanumeric);
        let inside = match c {
            c if c.is_alphanumeric() || c == '_' || c == '%' => true,
            '.' | ',' | ':' => {
                joins
                    && (digit(chars[end - 1]) && next.is_some_and(digit)
                        || c == '.' && chars[start..end].contains(&'@')
                        || c == '.'
                            && next.is_some_and(char::is_lowercase)
                            && chars[end - 1].is_alphanumeric())
            }
            '-' | '/' | '@' | '+' => joins || c == '+' && next.is_none_or(char::is_whitespace),
            '\'' | '’' => joins && !possessive_mark(chars, end),
            _ => false,
        };
        if !inside {
            break;
        }
        end += 1;
    }
    end
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn push_word(text: &str, out: &mut Vec<Token>) {
    if let Some(n) = number(text) {
        out.push(Token { kind: Kind::Number(n), ..token(text, Kind::Word) });
        return;
    }
    let lower = text.to_lowercase();
    if let Some(stem) = lower.strip_suffix("n't").or_else(|| lower.strip_suffix("n’t")) {
        out.push(token(
            match stem {
                "ca" => "can",
                "wo" => "will",
                s => s,
            },
            Kind::Word,
        ));
        out.push(token("not", Kind::Word));
        return;
    }
    let letters_only = text.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '/' | '_'));
    if letters_only && text.contains(['-', '/', '_']) {
        for part in text.split(['-', '/', '_']).filter(|p| !p.is_empty()) {
            out.push(token(part, Kind::Word));
        }
    } else if text.contains(|c: char| c.is_ascii_digit() || "@.+%".contains(c)) {
        out.push(token(text, Kind::Code));
    } else {
        out.push(token(text, Kind::Word));
    }
}

fn token(text: &str, kind: Kind) -> Token {
    let lower = text.to_lowercase();
    let lemma = if kind == Kind::Word { words::lemma(&lower) } else { lower.clone() };
    let capital = text.chars().next().is_some_and(char::is_uppercase);
    Token { text: text.into(), lower, lemma, kind, capital, possessive: false }
}

/// `1,000`, `3.5`, `20%`, `5k`, `-2`.
fn number(text: &str) -> Option<f64> {
    let bare = text.replace(',', "");
    let bare = bare.strip_suffix('%').unwrap_or(&bare);
    let (bare, scale) = match bare.chars().last()? {
        'k' | 'K' => (&bare[..bare.len() - 1], 1e3),
        'm' | 'M' => (&bare[..bare.len() - 1], 1e6),
        _ => (bare, 1.0),
    };
    if bare.is_empty() || !bare.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-') {
        return None;
    }
    bare.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| n * scale)
}

/// `two` → 2, and `3 million` → 3000000.
fn merge_number_words(tokens: Vec<Token>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for mut token in tokens {
        if let Some(scale) = words::scale(&token.lower)
            && let Some(Token { kind: Kind::Number(n), .. }) = out.last_mut()
        {
            *n *= scale;
            continue;
        }
        if token.kind == Kind::Word
            && let Some(n) = words::small_number(&token.lower)
        {
            token.kind = Kind::Number(n);
        }
        out.push(token);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<String> = tokens(text).into_iter().map(|t| t.text).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn splits() {
        check("Who's older than 56?", &["Who", "older", "than", "56", "?"]);
        check("the students' names", &["the", "students", "names"]);
        check("class 'ACCT-211', full-time", &["class", "ACCT-211", ",", "full", "time"]);
        check("named \"Rock 'n' Roll\".", &["named", "Rock 'n' Roll", "."]);
        check("don't mail a@b.com", &["do", "not", "mail", "a@b.com"]);
        check("", &[]);
        check("'", &["'"]);
    }

    #[test]
    fn reads_numbers() {
        for (text, n) in
            [("1,000", 1000.0), ("5k", 5000.0), ("3 million", 3e6), ("two", 2.0), ("-4", -4.0)]
        {
            assert_eq!(tokens(text)[0].kind, Kind::Number(n), "{text}");
        }
    }
}
