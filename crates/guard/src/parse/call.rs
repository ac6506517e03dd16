//! Calls of functions, and the functions with a syntax of their own.

use super::Parser;
use crate::{
    ast::{Arg, Args, Call, Expr, Literal, Name, Over, Part, Piece},
    fault::{Checked, Span},
    lexer::Tok,
};

/// Reads what stands in the parentheses of a function with a syntax of its own.
type Rule = fn(&mut Parser) -> Checked<Vec<Piece>>;

/// MySQL's functions whose first argument is a bare unit of time.
const UNIT_FIRST: [&str; 2] = ["TIMESTAMPDIFF", "TIMESTAMPADD"];

impl Parser {
    /// A call whose name is read; `(` stands here.
    pub fn call(&mut self, name: Name, start: Span) -> Checked<Part> {
        let before = std::mem::replace(&mut self.no_in, false);
        let call = self.call_with_in(name, start);
        self.no_in = before;
        call
    }

    fn call_with_in(&mut self, name: Name, start: Span) -> Checked<Part> {
        let plain = name.len() == 1 && !name[0].quoted;
        if plain && let Some(special) = self.special(&name[0].value)? {
            return Ok(special);
        }
        self.expect_op("(")?;
        let units = self.flavour.is_mysql()
            && plain
            && UNIT_FIRST.iter().any(|known| name[0].value.eq_ignore_ascii_case(known));
        let args = self.args(units)?;
        self.expect_op(")")?;
        let ordered = self.flavour.is_postgres() || self.flavour == crate::Flavour::MariaDb;
        let within = if ordered && self.eat_all(&["WITHIN", "GROUP"]) {
            self.parens(Self::order_by)?
        } else {
            Vec::new()
        };
        let filter = if !self.flavour.is_mysql() && self.is("FILTER") && self.op_at(1, "(") {
            self.skip(1);
            Some(self.parens(|p| {
                p.expect("WHERE")?;
                p.expr()
            })?)
        } else {
            None
        };
        let nulls = self.eat_phrase(&["IGNORE NULLS", "RESPECT NULLS"]);
        let over = self.over()?;
        let span = self.since(start);
        Ok(Part::Call(Box::new(Call { name, args, within, filter, nulls, over, span })))
    }

    fn over(&mut self) -> Checked<Option<Over>> {
        if !self.is("OVER") {
            return Ok(None);
        }
        self.skip(1);
        if self.is_op("(") {
            return Ok(Some(Over::Window(self.parens(Self::window)?)));
        }
        Ok(Some(Over::Named(self.ident()?)))
    }

    fn args(&mut self, units: bool) -> Checked<Args> {
        let mut args = Args::default();
        if self.is_op(")") {
            return Ok(args);
        }
        if self.is_op("*") && self.op_at(1, ")") {
            self.skip(1);
            args.star = true;
            return Ok(args);
        }
        args.quantifier = self.eat_one(&["DISTINCT", "ALL"]);
        if units {
            let start = self.span();
            let Some(unit) = self.unit() else { return self.unexpected() };
            self.expect_op(",")?;
            let value = Expr { parts: vec![], span: self.since(start) };
            args.values.push(Arg { variadic: false, name: None, unit: Some(unit), value });
        }
        args.values.extend(self.list(Self::arg)?);
        args.order_by = self.order_by()?;
        if self.flavour.is_mysql() && self.eat("SEPARATOR") {
            args.separator = Some(Literal::Text(self.string()?));
        }
        if self.flavour == crate::Flavour::MariaDb && self.is("LIMIT") {
            args.limit = Some(self.limit()?);
        }
        Ok(args)
    }

    fn arg(&mut self) -> Checked<Arg> {
        let variadic = self.flavour.is_postgres() && self.eat("VARIADIC");
        let named = self.flavour.is_postgres()
            && matches!(self.peek(), Tok::Word(_) | Tok::Quoted { .. })
            && (self.op_at(1, "=>") || self.op_at(1, ":="));
        let name = if named {
            let name = self.any_ident()?;
            self.skip(1);
            Some(name)
        } else {
            None
        };
        Ok(Arg { variadic, name, unit: None, value: self.expr()? })
    }

    /// The functions that have words between their arguments. `(` stands here.
    fn special(&mut self, name: &str) -> Checked<Option<Part>> {
        let (postgres, mysql) = (self.flavour.is_postgres(), self.flavour.is_mysql());
        let upper = name.to_ascii_uppercase();
        let (name, rule): (&'static str, Rule) = match upper.as_str() {
            "CAST" => ("CAST", Self::cast),
            "CONVERT" if mysql => ("CONVERT", Self::convert),
            "EXTRACT" if !self.flavour.is_sqlite() => ("EXTRACT", Self::extract),
            "POSITION" if !self.flavour.is_sqlite() => ("POSITION", Self::position),
            "SUBSTRING" if !self.flavour.is_sqlite() => ("SUBSTRING", Self::substring),
            "SUBSTR" if mysql => ("SUBSTR", Self::substring),
            "MID" if mysql => ("MID", Self::substring),
            "OVERLAY" if postgres => ("OVERLAY", Self::overlay),
            "TRIM" if !self.flavour.is_sqlite() => ("TRIM", Self::trim),
            "NORMALIZE" if postgres => ("NORMALIZE", Self::normalize),
            "CHAR" if mysql => ("CHAR", Self::char_using),
            "MATCH" if mysql => return self.match_against().map(Some),
            "GET_FORMAT" if mysql => ("GET_FORMAT", Self::get_format),
            "JSON_VALUE" if mysql => ("JSON_VALUE", Self::json_value),
            "XMLELEMENT" if postgres => ("XMLELEMENT", Self::xml_element),
            "XMLFOREST" if postgres => ("XMLFOREST", Self::xml_forest),
            "XMLPARSE" if postgres => ("XMLPARSE", Self::xml_parse),
            "XMLSERIALIZE" if postgres => ("XMLSERIALIZE", Self::xml_serialize),
            "XMLPI" if postgres => ("XMLPI", Self::xml_pi),
            "XMLEXISTS" if postgres => ("XMLEXISTS", Self::xml_exists),
            "XMLROOT" if postgres => ("XMLROOT", Self::xml_root),
            "XMLTABLE" if postgres => ("XMLTABLE", Self::xml_table),
            "COLUMN_GET" if mysql => ("COLUMN_GET", Self::column_get),
            "COLUMN_CREATE" if mysql => ("COLUMN_CREATE", Self::column_list),
            "COLUMN_ADD" if mysql => ("COLUMN_ADD", Self::column_list),
            _ => return Ok(None),
        };
        self.expect_op("(")?;
        let pieces = rule(self)?;
        self.expect_op(")")?;
        Ok(Some(Part::Special { name, pieces }))
    }

    fn value(&mut self) -> Checked<Piece> {
        self.expr().map(Piece::Expr)
    }

    /// `, a, b …` after what is there.
    fn more(&mut self, pieces: &mut Vec<Piece>) -> Checked<()> {
        while self.eat_op(",") {
            pieces.push(Piece::Comma);
            pieces.push(self.value()?);
        }
        Ok(())
    }

    fn cast(&mut self) -> Checked<Vec<Piece>> {
        let value = self.value()?;
        self.expect("AS")?;
        Ok(vec![value, word("AS"), Piece::Type(self.data_type()?)])
    }

    fn convert(&mut self) -> Checked<Vec<Piece>> {
        let value = self.value()?;
        if self.eat("USING") {
            let span = self.span();
            let mut charset = crate::ast::Ident::made(self.charset()?);
            charset.span = span;
            return Ok(vec![value, word("USING"), Piece::Charset(charset)]);
        }
        self.expect_op(",")?;
        Ok(vec![value, Piece::Comma, Piece::Type(self.data_type()?)])
    }

    fn extract(&mut self) -> Checked<Vec<Piece>> {
        let field = match self.next() {
            Tok::Word(field) if field.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') => {
                field
            }
            Tok::Str(field)
                if self.flavour.is_postgres() && field.bytes().all(|b| b.is_ascii_alphabetic()) =>
            {
                field
            }
            _ => return self.unexpected(),
        };
        self.expect("FROM")?;
        Ok(vec![Piece::Word(field.to_ascii_lowercase().into()), word("FROM"), self.value()?])
    }

    fn position(&mut self) -> Checked<Vec<Piece>> {
        // IN is a list elsewhere; here it parts the arguments, so each is one operand with casts.
        let needle = self.without_in()?;
        self.expect("IN")?;
        Ok(vec![Piece::Expr(needle), word("IN"), self.value()?])
    }

    fn substring(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = vec![self.value()?];
        self.more(&mut pieces)?;
        if self.eat("SIMILAR") {
            // ESCAPE is read as an operator of what follows.
            pieces.extend([word("SIMILAR"), self.value()?]);
        }
        for part in ["FROM", "FOR", "FROM"] {
            if self.eat(part) {
                pieces.extend([word(part), self.value()?]);
            }
        }
        Ok(pieces)
    }

    fn overlay(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = vec![self.value()?];
        self.more(&mut pieces)?;
        for part in ["PLACING", "FROM", "FOR"] {
            if self.eat(part) {
                pieces.extend([word(part), self.value()?]);
            }
        }
        Ok(pieces)
    }

    fn trim(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces: Vec<Piece> =
            self.eat_one(&["BOTH", "LEADING", "TRAILING"]).map(word).into_iter().collect();
        if !self.is("FROM") {
            pieces.push(self.value()?);
        }
        if self.eat("FROM") {
            pieces.extend([word("FROM"), self.value()?]);
        }
        self.more(&mut pieces)?;
        Ok(pieces)
    }

    fn normalize(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = vec![self.value()?];
        if self.eat_op(",") {
            let Some(form) = self.eat_one(&["NFC", "NFD", "NFKC", "NFKD"]) else {
                return self.unexpected();
            };
            pieces.extend([Piece::Comma, word(form)]);
        }
        Ok(pieces)
    }

    fn char_using(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = vec![self.value()?];
        self.more(&mut pieces)?;
        if self.eat("USING") {
            let charset = crate::ast::Ident::made(self.charset()?);
            pieces.extend([word("USING"), Piece::Charset(charset)]);
        }
        Ok(pieces)
    }

    /// `MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE)`.
    fn match_against(&mut self) -> Checked<Part> {
        let columns = self.parens(|p| {
            let mut pieces = vec![p.value()?];
            p.more(&mut pieces)?;
            Ok(pieces)
        })?;
        self.expect("AGAINST")?;
        let against = self.parens(|p| {
            let mut pieces = vec![Piece::Expr(p.without_in()?)];
            let mode = p.eat_phrase(&[
                "IN BOOLEAN MODE",
                "IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION",
                "IN NATURAL LANGUAGE MODE",
                "WITH QUERY EXPANSION",
            ]);
            pieces.extend(mode.map(word));
            Ok(pieces)
        })?;
        let pieces = vec![Piece::Group(columns), word("AGAINST"), Piece::Group(against)];
        Ok(Part::Special { name: "MATCH", pieces })
    }

    fn get_format(&mut self) -> Checked<Vec<Piece>> {
        let Some(kind) = self.eat_one(&["DATE", "TIME", "DATETIME", "TIMESTAMP"]) else {
            return self.unexpected();
        };
        self.expect_op(",")?;
        Ok(vec![word(kind), Piece::Comma, self.value()?])
    }

    /// `JSON_VALUE(doc, path RETURNING type … ON EMPTY … ON ERROR)`.
    fn json_value(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = vec![self.value()?];
        self.expect_op(",")?;
        pieces.extend([Piece::Comma, self.value()?]);
        if self.eat("RETURNING") {
            pieces.extend([word("RETURNING"), Piece::Type(self.data_type()?)]);
        }
        for (event, phrase) in [("EMPTY", "ON EMPTY"), ("ERROR", "ON ERROR")] {
            if let Some(default) = self.json_default(event)? {
                pieces.extend(match default {
                    crate::ast::JsonDefault::Null => vec![word("NULL")],
                    crate::ast::JsonDefault::Error => vec![word("ERROR")],
                    crate::ast::JsonDefault::Default(value) => {
                        let value = Expr::one(Part::Literal(value), self.span());
                        vec![word("DEFAULT"), Piece::Expr(value)]
                    }
                });
                pieces.push(word(phrase));
            }
        }
        Ok(pieces)
    }

    fn xml_element(&mut self) -> Checked<Vec<Piece>> {
        self.expect("NAME")?;
        let mut pieces = vec![word("NAME"), Piece::Label(self.any_ident()?)];
        while self.eat_op(",") {
            pieces.push(Piece::Comma);
            if self.is("XMLATTRIBUTES") && self.op_at(1, "(") {
                self.skip(1);
                pieces.push(word("XMLATTRIBUTES"));
                pieces.push(Piece::Group(self.parens(Self::xml_forest)?));
            } else {
                pieces.push(self.value()?);
            }
        }
        Ok(pieces)
    }

    fn xml_forest(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = Vec::new();
        loop {
            pieces.push(self.value()?);
            if self.eat("AS") {
                pieces.extend([word("AS"), Piece::Label(self.any_ident()?)]);
            }
            if !self.eat_op(",") {
                return Ok(pieces);
            }
            pieces.push(Piece::Comma);
        }
    }

    fn xml_kind(&mut self) -> Checked<Piece> {
        match self.eat_one(&["DOCUMENT", "CONTENT"]) {
            Some(kind) => Ok(word(kind)),
            None => self.unexpected(),
        }
    }

    fn xml_parse(&mut self) -> Checked<Vec<Piece>> {
        Ok(vec![self.xml_kind()?, self.value()?])
    }

    fn xml_serialize(&mut self) -> Checked<Vec<Piece>> {
        let (kind, value) = (self.xml_kind()?, self.value()?);
        self.expect("AS")?;
        Ok(vec![kind, value, word("AS"), Piece::Type(self.data_type()?)])
    }

    fn xml_pi(&mut self) -> Checked<Vec<Piece>> {
        self.expect("NAME")?;
        let mut pieces = vec![word("NAME"), Piece::Label(self.any_ident()?)];
        self.more(&mut pieces)?;
        Ok(pieces)
    }

    fn xml_exists(&mut self) -> Checked<Vec<Piece>> {
        let path = self.value()?;
        self.expect("PASSING")?;
        Ok(vec![path, word("PASSING"), self.value()?])
    }

    /// `XMLROOT(doc, VERSION '1.0', STANDALONE YES)`.
    fn xml_root(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = vec![self.value()?];
        self.expect_op(",")?;
        self.expect("VERSION")?;
        pieces.extend([Piece::Comma, word("VERSION")]);
        match self.eat_phrase(&["NO VALUE"]) {
            Some(none) => pieces.push(word(none)),
            None => pieces.push(self.value()?),
        }
        if self.eat_op(",") {
            let Some(kind) =
                self.eat_phrase(&["STANDALONE NO VALUE", "STANDALONE YES", "STANDALONE NO"])
            else {
                return self.unexpected();
            };
            pieces.extend([Piece::Comma, word(kind)]);
        }
        Ok(pieces)
    }

    /// `XMLTABLE(XMLNAMESPACES('uri' AS x), '/row' PASSING doc COLUMNS a int PATH '@a', …)`.
    fn xml_table(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = Vec::new();
        if self.is("XMLNAMESPACES") && self.op_at(1, "(") {
            self.skip(1);
            pieces.push(word("XMLNAMESPACES"));
            pieces.push(Piece::Group(self.parens(Self::xml_forest)?));
            self.expect_op(",")?;
            pieces.push(Piece::Comma);
        }
        pieces.push(self.value()?);
        self.expect("PASSING")?;
        self.eat_phrase(&["BY REF", "BY VALUE"]);
        pieces.extend([word("PASSING"), self.value()?]);
        self.eat_phrase(&["BY REF", "BY VALUE"]);
        self.expect("COLUMNS")?;
        pieces.push(word("COLUMNS"));
        loop {
            pieces.push(Piece::Label(self.ident()?));
            self.xml_column(&mut pieces)?;
            if !self.eat_op(",") {
                return Ok(pieces);
            }
            pieces.push(Piece::Comma);
        }
    }

    fn xml_column(&mut self, pieces: &mut Vec<Piece>) -> Checked<()> {
        if self.eat_all(&["FOR", "ORDINALITY"]) {
            pieces.push(word("FOR ORDINALITY"));
            return Ok(());
        }
        pieces.push(Piece::Type(self.data_type()?));
        loop {
            if let Some(option) = self.eat_one(&["PATH", "DEFAULT"]) {
                pieces.extend([word(option), self.value()?]);
            } else if let Some(option) = self.eat_phrase(&["NOT NULL", "NULL"]) {
                pieces.push(word(option));
            } else {
                return Ok(());
            }
        }
    }

    /// MariaDB's `COLUMN_CREATE('name', value AS type, …)`.
    fn column_list(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = Vec::new();
        loop {
            pieces.push(self.value()?);
            if self.eat("AS") {
                pieces.extend([word("AS"), Piece::Type(self.data_type()?)]);
            }
            if !self.eat_op(",") {
                return Ok(pieces);
            }
            pieces.push(Piece::Comma);
        }
    }

    /// MariaDB's `COLUMN_GET(columns, 'name' AS type)`.
    fn column_get(&mut self) -> Checked<Vec<Piece>> {
        let mut pieces = vec![self.value()?];
        self.expect_op(",")?;
        pieces.extend([Piece::Comma, self.value()?]);
        self.expect("AS")?;
        pieces.extend([word("AS"), Piece::Type(self.data_type()?)]);
        Ok(pieces)
    }
}

fn word(text: &'static str) -> Piece {
    Piece::Word(text.into())
}
