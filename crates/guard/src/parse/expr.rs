//! Expressions: operands and operators, in written order.

use super::Parser;
use crate::{
    ast::{Body, Expr, Ident, Literal, Part, Piece, Query},
    fault::{Checked, Fault, Span},
    lexer::Tok,
    words,
};
use std::borrow::Cow;

/// What stands in parentheses in an expression.
enum Paren {
    Query(Query),
    Tuple(Vec<Expr>),
}

/// Operators of words that stand between two operands, the longest first.
const INFIX: [&str; 20] = [
    "IS NOT DISTINCT FROM",
    "IS DISTINCT FROM",
    "NOT SIMILAR TO",
    "SIMILAR TO",
    "NOT BETWEEN SYMMETRIC",
    "NOT BETWEEN ASYMMETRIC",
    "NOT BETWEEN",
    "BETWEEN SYMMETRIC",
    "BETWEEN ASYMMETRIC",
    "BETWEEN",
    "AT TIME ZONE",
    "NOT LIKE",
    "LIKE",
    "NOT IN",
    "IN",
    "AND",
    "OR",
    "ESCAPE",
    "NOT ILIKE",
    "ILIKE",
];

const INFIX_MYSQL: [&str; 10] = [
    "SOUNDS LIKE",
    "MEMBER OF",
    "NOT REGEXP",
    "REGEXP",
    "NOT RLIKE",
    "RLIKE",
    "DIV",
    "MOD",
    "XOR",
    "MEMBER",
];

const INFIX_SQLITE: [&str; 8] =
    ["NOT GLOB", "GLOB", "NOT MATCH", "MATCH", "NOT REGEXP", "REGEXP", "IS NOT", "IS"];

/// Words that follow an operand and end it.
const POSTFIX: [&str; 12] = [
    "IS NOT NULL",
    "IS NULL",
    "IS NOT TRUE",
    "IS TRUE",
    "IS NOT FALSE",
    "IS FALSE",
    "IS NOT UNKNOWN",
    "IS UNKNOWN",
    "ISNULL",
    "NOTNULL",
    "IS DOCUMENT",
    "IS NOT DOCUMENT",
];

const POSTFIX_POSTGRES: [&str; 18] = [
    "IS NOT NFC NORMALIZED",
    "IS NOT NFD NORMALIZED",
    "IS NOT NFKC NORMALIZED",
    "IS NOT NFKD NORMALIZED",
    "IS NOT NORMALIZED",
    "IS NFC NORMALIZED",
    "IS NFD NORMALIZED",
    "IS NFKC NORMALIZED",
    "IS NFKD NORMALIZED",
    "IS NORMALIZED",
    "IS NOT JSON OBJECT",
    "IS NOT JSON ARRAY",
    "IS NOT JSON SCALAR",
    "IS NOT JSON",
    "IS JSON OBJECT",
    "IS JSON ARRAY",
    "IS JSON SCALAR",
    "IS JSON",
];

/// Functions that stand as a word without parentheses.
const KEYWORDS_POSTGRES: [&str; 11] = [
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "CURRENT_TIME",
    "LOCALTIMESTAMP",
    "LOCALTIME",
    "CURRENT_USER",
    "SESSION_USER",
    "CURRENT_ROLE",
    "CURRENT_CATALOG",
    "CURRENT_SCHEMA",
    "USER",
];

const KEYWORDS_MYSQL: [&str; 9] = [
    "CURRENT_DATE",
    "CURRENT_TIMESTAMP",
    "CURRENT_TIME",
    "LOCALTIMESTAMP",
    "LOCALTIME",
    "UTC_DATE",
    "UTC_TIMESTAMP",
    "UTC_TIME",
    "CURRENT_USER",
];

const KEYWORDS_SQLITE: [&str; 3] = ["CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_TIME"];

impl Parser {
    pub fn expr(&mut self) -> Checked<Expr> {
        self.nested(|p| {
            let start = p.span();
            let mut parts = Vec::new();
            p.prefixed_operand(&mut parts)?;
            p.expr_rest(start, parts)
        })
    }

    /// An expression that ends before IN: in POSITION and MATCH that word parts the arguments.
    pub fn without_in(&mut self) -> Checked<Expr> {
        let before = std::mem::replace(&mut self.no_in, true);
        let expr = self.expr();
        self.no_in = before;
        expr
    }

    /// The rest of an expression whose first operand is read.
    fn expr_rest(&mut self, start: Span, mut parts: Vec<Part>) -> Checked<Expr> {
        loop {
            if self.postfix(&mut parts)? {
                continue;
            }
            if !self.infix(&mut parts)? {
                return Ok(Expr { parts, span: self.since(start) });
            }
            self.prefixed_operand(&mut parts)?;
        }
    }

    fn prefixed_operand(&mut self, parts: &mut Vec<Part>) -> Checked<()> {
        while self.prefix(parts)? {}
        self.operand(parts)
    }

    fn prefix(&mut self, parts: &mut Vec<Part>) -> Checked<bool> {
        let op: Cow<'static, str> = match self.peek() {
            Tok::Word(word) if word.eq_ignore_ascii_case("NOT") => "NOT".into(),
            Tok::Word(word) if self.flavour.is_mysql() && word.eq_ignore_ascii_case("BINARY") => {
                "BINARY".into()
            }
            Tok::Op(op) if self.flavour.is_postgres() => match op.as_str() {
                "(" | ")" | "[" | "]" | "," | ";" | "." | "{" | "}" | ":" | "::" | ":=" | "=>" => {
                    return Ok(false);
                }
                _ => op.clone().into(),
            },
            Tok::Op(op) => match op.as_str() {
                "-" => "-".into(),
                "+" => "+".into(),
                "~" => "~".into(),
                "!" if self.flavour.is_mysql() => "!".into(),
                _ => return Ok(false),
            },
            _ if self.operator_syntax() => {
                let part = self.operator()?;
                parts.push(part);
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.skip(1);
        parts.push(Part::Op(op));
        Ok(true)
    }

    fn operator_syntax(&self) -> bool {
        self.flavour.is_postgres() && self.is("OPERATOR") && self.op_at(1, "(")
    }

    /// `OPERATOR(schema.+)`.
    fn operator(&mut self) -> Checked<Part> {
        self.skip(1);
        self.parens(|p| {
            let mut schema = Vec::new();
            while matches!(p.peek(), Tok::Word(_) | Tok::Quoted { .. }) {
                schema.push(p.any_ident()?);
                p.expect_op(".")?;
            }
            match p.next() {
                Tok::Op(op) => Ok(Part::Operator(schema, op)),
                _ => p.unexpected(),
            }
        })
    }

    fn postfix(&mut self, parts: &mut Vec<Part>) -> Checked<bool> {
        let postgres = self.flavour.is_postgres();
        if let Some(op) = self.postfix_words() {
            parts.push(Part::Op(op.into()));
            return Ok(true);
        }
        if self.eat("COLLATE") {
            let name = if self.flavour.is_mysql() && self.is("BINARY") {
                vec![self.any_ident()?]
            } else {
                self.name(2)?
            };
            parts.push(Part::Collate(name));
            return Ok(true);
        }
        if !postgres {
            return Ok(false);
        }
        if self.eat_op("::") {
            let ty = self.data_type()?;
            parts.push(Part::CastTo(ty));
            return Ok(true);
        }
        if self.is_op("[") {
            let index = self.nested(Self::index)?;
            parts.push(index);
            return Ok(true);
        }
        if self.is_op(".") {
            self.skip(1);
            let star = self.eat_op("*");
            parts.push(if star { Part::FieldStar } else { Part::Field(self.any_ident()?) });
            return Ok(true);
        }
        Ok(false)
    }

    fn postfix_words(&mut self) -> Option<&'static str> {
        if self.flavour.is_postgres()
            && let Some(op) = self.eat_phrase(&POSTFIX_POSTGRES)
        {
            return Some(op);
        }
        if self.flavour.is_sqlite()
            && let Some(op) = self.eat_phrase(&["NOT NULL"])
        {
            return Some(op);
        }
        if self.flavour.is_mysql() && (self.is("ISNULL") || self.is("NOTNULL")) {
            return None;
        }
        self.eat_phrase(&POSTFIX)
    }

    fn index(&mut self) -> Checked<Part> {
        self.expect_op("[")?;
        let from = if self.is_op(":") { None } else { Some(self.expr()?) };
        let to = if self.eat_op(":") {
            Some(if self.is_op("]") { None } else { Some(self.expr()?) })
        } else {
            None
        };
        self.expect_op("]")?;
        Ok(Part::Index { from, to })
    }

    fn infix(&mut self, parts: &mut Vec<Part>) -> Checked<bool> {
        if let Tok::Op(op) = self.peek() {
            let closes = ["(", ")", "[", "]", ",", ";", ".", "{", "}", ":", "::", ":=", "=>"];
            if closes.contains(&op.as_str()) {
                return if op == ":=" && self.flavour.is_mysql() {
                    self.unexpected()
                } else {
                    Ok(false)
                };
            }
            let op = op.clone();
            self.skip(1);
            parts.push(Part::Op(op.into()));
            self.quantifier(parts);
            return Ok(true);
        }
        if self.operator_syntax() {
            let part = self.operator()?;
            parts.push(part);
            self.quantifier(parts);
            return Ok(true);
        }
        if self.no_in && self.is("IN") {
            return Ok(false);
        }
        let Some(op) = self.infix_words() else { return Ok(false) };
        if op.ends_with("IN") && !self.is_op("(") {
            // SQLite reads a table by `x IN name`.
            return Err(Fault::new("syntax", "A list in parentheses must follow IN.", self.span()));
        }
        parts.push(Part::Op(op.into()));
        if op.ends_with("LIKE") {
            self.quantifier(parts);
        }
        Ok(true)
    }

    fn infix_words(&mut self) -> Option<&'static str> {
        self.word(0)?;
        let own: &[&'static str] = if self.flavour.is_mysql() {
            &INFIX_MYSQL
        } else if self.flavour.is_sqlite() {
            &INFIX_SQLITE
        } else {
            &["OVERLAPS"]
        };
        // `IS NOT DISTINCT FROM` before SQLite's `IS NOT`.
        self.eat_phrase(&INFIX).or_else(|| self.eat_phrase(own))
    }

    /// `= ANY (…)`.
    fn quantifier(&mut self, parts: &mut Vec<Part>) {
        if self.op_at(1, "(")
            && let Some(word) = self.eat_one(&["ANY", "ALL", "SOME"])
        {
            parts.push(Part::Op(word.into()));
        }
    }

    /// One value, without operators before or after it.
    pub fn operand(&mut self, parts: &mut Vec<Part>) -> Checked<()> {
        let part = match self.peek() {
            Tok::Op(op) if op == "(" => match self.paren()? {
                Paren::Query(query) => Part::Query { lead: "", query: Box::new(query) },
                Paren::Tuple(items) => Part::Tuple { row: false, items },
            },
            Tok::Op(op) if op == "{" => self.braces()?,
            Tok::Str(_) | Tok::Number(_) | Tok::Bits { .. } => Part::Literal(self.literal()?),
            Tok::System(name) => {
                let name = name.clone();
                self.skip(1);
                Part::System(name)
            }
            Tok::Word(_) => self.word_operand()?,
            Tok::Quoted { .. } => self.named()?,
            Tok::Op(_) | Tok::Param(_) | Tok::Variable(_) | Tok::End => return self.unexpected(),
        };
        parts.push(part);
        Ok(())
    }

    /// ODBC's `{d '2024-01-01'}` in MySQL; `{user.name}` in what an admin wrote.
    fn braces(&mut self) -> Checked<Part> {
        let start = self.span();
        self.skip(1);
        let part = if self.attributes {
            self.expect("user")?;
            self.expect_op(".")?;
            let mut name = Ident::made("{user}");
            name.span = start;
            Part::Column(vec![name, self.any_ident()?])
        } else if self.flavour.is_mysql() {
            let word = match self.eat_one(&["d", "ts", "t", "fn"]) {
                Some("d") => "date",
                Some("ts") => "timestamp",
                Some("t") => "time",
                Some(_) => "fn",
                None => return self.unexpected(),
            };
            if word == "fn" {
                Part::Tuple { row: false, items: vec![self.expr()?] }
            } else {
                let text = Literal::Text(self.string()?);
                Part::Typed { ty: self.built(word), text, fields: None }
            }
        } else {
            return Err(Fault::new("syntax", "'{' is not understood here.", start));
        };
        self.expect_op("}")?;
        Ok(part)
    }

    fn paren(&mut self) -> Checked<Paren> {
        let before = std::mem::replace(&mut self.no_in, false);
        let paren = self.paren_with_in();
        self.no_in = before;
        paren
    }

    fn paren_with_in(&mut self) -> Checked<Paren> {
        self.nested(|p| {
            let start = p.span();
            p.expect_op("(")?;
            let inside = p.paren_inside(start)?;
            p.expect_op(")")?;
            Ok(inside)
        })
    }

    fn paren_inside(&mut self, start: Span) -> Checked<Paren> {
        if !self.query_ahead() {
            if self.is_op(")") && self.flavour.is_sqlite() {
                return Ok(Paren::Tuple(Vec::new()));
            }
            return self.list(Self::expr).map(Paren::Tuple);
        }
        if !self.is_op("(") {
            return self.query().map(Paren::Query);
        }
        let part = match self.paren()? {
            Paren::Query(query) if self.query_goes_on() && !self.flavour.is_sqlite() => {
                let first = Body::Paren(Box::new(query));
                return self.query_rest(start, None, first).map(Paren::Query);
            }
            Paren::Query(query) if self.is_op(")") && !self.flavour.is_sqlite() => {
                return Ok(Paren::Query(query));
            }
            Paren::Query(query) => Part::Query { lead: "", query: Box::new(query) },
            Paren::Tuple(items) => Part::Tuple { row: false, items },
        };
        let first = self.expr_rest(start, vec![part])?;
        let mut items = vec![first];
        while self.eat_op(",") {
            items.push(self.expr()?);
        }
        Ok(Paren::Tuple(items))
    }

    /// `ARRAY(SELECT …)`, `EXISTS (SELECT …)`: the query in parentheses.
    fn query_operand(&mut self, lead: &'static str) -> Checked<Part> {
        let span = self.span();
        match self.paren()? {
            Paren::Query(query) => Ok(Part::Query { lead, query: Box::new(query) }),
            Paren::Tuple(_) => Err(Fault::new("syntax", "A query was expected here.", span)),
        }
    }

    fn word_operand(&mut self) -> Checked<Part> {
        let called = self.op_at(1, "(");
        let postgres = self.flavour.is_postgres();
        if self.is("NULL") || self.is("TRUE") || self.is("FALSE") {
            return self.literal().map(Part::Literal);
        }
        if self.is("CASE") {
            return self.nested(Self::case);
        }
        if called && self.eat("EXISTS") {
            return self.query_operand("EXISTS");
        }
        if called && !self.flavour.is_sqlite() && self.is("ROW") {
            self.skip(1);
            let items =
                self.parens(|p| if p.is_op(")") { Ok(vec![]) } else { p.list(Self::expr) })?;
            return Ok(Part::Tuple { row: true, items });
        }
        if postgres && self.are(&["COLLATION", "FOR"]) && self.op_at(2, "(") {
            self.skip(2);
            let value = self.parens(Self::expr)?;
            return Ok(Part::Special { name: "COLLATION FOR ", pieces: vec![Piece::Expr(value)] });
        }
        if postgres && self.is("ARRAY") && called {
            self.skip(1);
            return self.query_operand("ARRAY");
        }
        if postgres && self.is("ARRAY") && self.op_at(1, "[") {
            self.skip(1);
            return self.array(true);
        }
        if self.flavour.is_mysql() && self.is("INTERVAL") {
            return self.mysql_interval();
        }
        if let Some(typed) = self.typed_literal()? {
            return Ok(typed);
        }
        if !self.op_at(1, ".")
            && let Some(part) = self.keyword()?
        {
            return Ok(part);
        }
        self.named()
    }

    fn array(&mut self, lead: bool) -> Checked<Part> {
        self.nested(|p| {
            p.expect_op("[")?;
            let mut items = Vec::new();
            while !p.is_op("]") {
                let start = p.span();
                items.push(if p.is_op("[") {
                    Expr::one(p.array(false)?, p.since(start))
                } else {
                    p.expr()?
                });
                if !p.eat_op(",") {
                    break;
                }
            }
            p.expect_op("]")?;
            Ok(Part::Array { lead, items })
        })
    }

    fn case(&mut self) -> Checked<Part> {
        self.expect("CASE")?;
        let operand = if self.is("WHEN") { None } else { Some(self.expr()?) };
        let mut whens = Vec::new();
        while self.eat("WHEN") {
            let when = self.expr()?;
            self.expect("THEN")?;
            whens.push((when, self.expr()?));
        }
        let otherwise = if self.eat("ELSE") { Some(self.expr()?) } else { None };
        if whens.is_empty() {
            return self.unexpected();
        }
        self.expect("END")?;
        Ok(Part::Case { operand, whens, otherwise })
    }

    fn mysql_interval(&mut self) -> Checked<Part> {
        self.skip(1);
        let value = self.expr()?;
        if let Some(unit) = self.unit() {
            return Ok(Part::Interval { value, unit });
        }
        // The function INTERVAL(n, a, b) looks the same up to here.
        match value.parts.as_slice() {
            [Part::Tuple { row: false, items }] if items.len() > 1 => {
                let comma = |n: usize| (n > 0).then_some(Piece::Comma);
                let pieces = items.iter().enumerate();
                let pieces = pieces
                    .flat_map(|(n, item)| comma(n).into_iter().chain([Piece::Expr(item.clone())]));
                Ok(Part::Special { name: "INTERVAL", pieces: pieces.collect() })
            }
            _ => self.unexpected(),
        }
    }

    /// A keyword that is a function, with its precision.
    fn keyword(&mut self) -> Checked<Option<Part>> {
        let known: &[&'static str] = if self.flavour.is_postgres() {
            &KEYWORDS_POSTGRES
        } else if self.flavour.is_sqlite() {
            &KEYWORDS_SQLITE
        } else {
            &KEYWORDS_MYSQL
        };
        // `current_schema()` is a plain function.
        if self.flavour.is_postgres() && self.is("CURRENT_SCHEMA") && self.op_at(1, "(") {
            return Ok(None);
        }
        let Some(word) = self.eat_one(known) else { return Ok(None) };
        let precise = word.contains("TIME");
        let mut precision = None;
        if self.is_op("(") && self.op_at(1, ")") && self.flavour.is_mysql() {
            self.skip(2);
        } else if self.is_op("(") && precise && !self.flavour.is_sqlite() {
            self.skip(1);
            let Tok::Number(digits) = self.next() else { return self.unexpected() };
            self.expect_op(")")?;
            precision = Some(digits);
        }
        Ok(Some(Part::Keyword(word, precision)))
    }

    /// A column, `t.*`, or a call.
    fn named(&mut self) -> Checked<Part> {
        let start = self.span();
        if self.op_at(1, "(") {
            let name = vec![self.any_ident()?];
            return self.nested(|p| p.call(name, start));
        }
        if self.word(0).is_some_and(|word| words::reserved(self.flavour, word)) {
            return self.unexpected();
        }
        let mut name = vec![self.any_ident()?];
        while name.len() < 4 && self.is_op(".") {
            if self.op_at(1, "*") {
                if !self.flavour.is_postgres() {
                    return self.unexpected();
                }
                self.skip(2);
                return Ok(Part::Row(name));
            }
            self.skip(1);
            name.push(self.any_ident()?);
        }
        if self.is_op("(") {
            return self.nested(|p| p.call(name, start));
        }
        Ok(Part::Column(name))
    }
}
