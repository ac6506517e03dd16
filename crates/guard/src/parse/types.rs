//! Names of types, literals with a type, units of time.

use super::Parser;
use crate::{
    ast::{Literal, Part, Type, TypeName},
    fault::Checked,
    lexer::Tok,
};

/// PostgreSQL's types by one word, with what `pg_type` calls them.
const POSTGRES: &[&str] = &[
    "int",
    "integer",
    "smallint",
    "bigint",
    "int2",
    "int4",
    "int8",
    "real",
    "float",
    "float4",
    "float8",
    "numeric",
    "decimal",
    "dec",
    "money",
    "bool",
    "boolean",
    "text",
    "varchar",
    "char",
    "character",
    "nchar",
    "bpchar",
    "name",
    "bytea",
    "date",
    "time",
    "timetz",
    "timestamp",
    "timestamptz",
    "interval",
    "uuid",
    "json",
    "jsonb",
    "jsonpath",
    "xml",
    "inet",
    "cidr",
    "macaddr",
    "macaddr8",
    "bit",
    "varbit",
    "point",
    "line",
    "lseg",
    "box",
    "path",
    "polygon",
    "circle",
    "tsvector",
    "tsquery",
    "oid",
    "regclass",
    "regtype",
    "regproc",
    "regprocedure",
    "regnamespace",
    "regrole",
    "regoper",
    "regoperator",
    "regconfig",
    "regdictionary",
    "regcollation",
    "int4range",
    "int8range",
    "numrange",
    "tsrange",
    "tstzrange",
    "daterange",
    "int4multirange",
    "int8multirange",
    "nummultirange",
    "tsmultirange",
    "tstzmultirange",
    "datemultirange",
    "pg_lsn",
    "xid",
    "xid8",
    "cid",
    "tid",
    "int2vector",
    "oidvector",
    "refcursor",
    "record",
    "aclitem",
    "unknown",
];

const MYSQL: &[&str] = &[
    "binary",
    "varbinary",
    "char",
    "character",
    "nchar",
    "varchar",
    "date",
    "datetime",
    "time",
    "timestamp",
    "year",
    "decimal",
    "dec",
    "numeric",
    "fixed",
    "signed",
    "unsigned",
    "json",
    "real",
    "float",
    "double",
    "int",
    "integer",
    "tinyint",
    "smallint",
    "mediumint",
    "bigint",
    "bool",
    "boolean",
    "bit",
    "text",
    "tinytext",
    "mediumtext",
    "longtext",
    "blob",
    "tinyblob",
    "mediumblob",
    "longblob",
    "inet4",
    "inet6",
    "uuid",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "geometry",
];

/// Units of time in MySQL's INTERVAL, EXTRACT, TIMESTAMPDIFF.
const UNITS: [&str; 29] = [
    "MICROSECOND",
    "SECOND",
    "MINUTE",
    "HOUR",
    "DAY",
    "WEEK",
    "MONTH",
    "QUARTER",
    "YEAR",
    "SECOND_MICROSECOND",
    "MINUTE_MICROSECOND",
    "MINUTE_SECOND",
    "HOUR_MICROSECOND",
    "HOUR_SECOND",
    "HOUR_MINUTE",
    "DAY_MICROSECOND",
    "DAY_SECOND",
    "DAY_MINUTE",
    "DAY_HOUR",
    "YEAR_MONTH",
    "SQL_TSI_SECOND",
    "SQL_TSI_MINUTE",
    "SQL_TSI_HOUR",
    "SQL_TSI_DAY",
    "SQL_TSI_WEEK",
    "SQL_TSI_MONTH",
    "SQL_TSI_QUARTER",
    "SQL_TSI_YEAR",
    "FRAC_SECOND",
];

/// What may follow PostgreSQL's INTERVAL.
const INTERVAL_FIELDS: [&str; 13] = [
    "YEAR TO MONTH",
    "DAY TO HOUR",
    "DAY TO MINUTE",
    "DAY TO SECOND",
    "HOUR TO MINUTE",
    "HOUR TO SECOND",
    "MINUTE TO SECOND",
    "YEAR",
    "MONTH",
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
];

/// A built-in type under the name that `pg_type` has for it, not one of the grammar's words.
fn is_internal(name: &str) -> bool {
    const GRAMMAR: [&str; 12] = [
        "int",
        "integer",
        "smallint",
        "bigint",
        "real",
        "float",
        "decimal",
        "dec",
        "boolean",
        "char",
        "character",
        "nchar",
    ];
    POSTGRES.contains(&name) && !GRAMMAR.contains(&name)
}

impl Parser {
    /// A built-in type of one word.
    pub fn built(&self, word: &str) -> Type {
        Type {
            name: TypeName::Built(word.to_owned()),
            modifiers: Vec::new(),
            tail: Vec::new(),
            dimensions: Vec::new(),
            span: self.span(),
        }
    }

    pub fn unit(&mut self) -> Option<&'static str> {
        self.eat_one(&UNITS)
    }

    pub fn data_type(&mut self) -> Checked<Type> {
        match self.flavour {
            crate::Flavour::Postgres => self.postgres_type(),
            crate::Flavour::Sqlite => self.sqlite_type(),
            crate::Flavour::MySql | crate::Flavour::MariaDb => self.mysql_type(),
        }
    }

    fn postgres_type(&mut self) -> Checked<Type> {
        let mut ty = self.postgres_base()?;
        loop {
            if self.eat_op("[") {
                let size = match self.peek().clone() {
                    Tok::Number(digits) => {
                        self.skip(1);
                        Some(digits)
                    }
                    _ => None,
                };
                self.expect_op("]")?;
                ty.dimensions.push(size);
            } else if self.is("ARRAY") && ty.dimensions.is_empty() {
                self.skip(1);
                let before = ty.dimensions.len();
                if !self.is_op("[") {
                    ty.dimensions.push(None);
                }
                if before != ty.dimensions.len() {
                    return Ok(ty);
                }
            } else {
                return Ok(ty);
            }
        }
    }

    fn postgres_base(&mut self) -> Checked<Type> {
        let start = self.span();
        let quoted = matches!(self.peek(), Tok::Quoted { value, .. } if value == "pg_catalog");
        let system = (quoted || self.is("pg_catalog")) && self.op_at(1, ".");
        if system {
            self.skip(2);
        }
        // `"char"` in quotes is another type than char.
        let quoted_char = matches!(self.peek(), Tok::Quoted { value, .. } if value == "char");
        let word = self.word(0).map(str::to_ascii_lowercase);
        let known = word.filter(|word| {
            // `_int4` is what `pg_type` calls `int4[]`.
            let array = word.strip_prefix('_').is_some_and(is_internal);
            POSTGRES.contains(&word.as_str()) || word == "double" || word == "national" || array
        });
        let qualified = self.op_at(1, ".");
        let mut ty = self.built("");
        ty.span = start;
        let Some(word) = known.filter(|_| !qualified) else {
            ty.name = if quoted_char {
                self.skip(1);
                TypeName::Built(if system { "pg_catalog.\"char\"" } else { "\"char\"" }.into())
            } else if let Some(name) = self.quoted_type() {
                self.skip(1);
                TypeName::Built(format!("{}\"{name}\"", if system { "pg_catalog." } else { "" }))
            } else if system {
                return self.unexpected();
            } else {
                TypeName::User(self.name(2)?)
            };
            ty.modifiers = self.modifiers()?;
            return Ok(ty);
        };
        self.skip(1);
        // `pg_catalog.int4`: what `pg_type` calls it, without the words of the grammar.
        if system {
            ty.name = TypeName::Built(format!("pg_catalog.{word}"));
            ty.modifiers = self.modifiers()?;
            return Ok(ty);
        }
        let full = match word.as_str() {
            "double" => {
                self.expect("PRECISION")?;
                "double precision".to_owned()
            }
            "national" => {
                if !self.eat("CHARACTER") {
                    self.expect("CHAR")?;
                }
                if self.eat("VARYING") { "varchar".into() } else { "character".into() }
            }
            "char" | "character" | "nchar" if self.eat("VARYING") => "varchar".into(),
            "bit" if self.eat("VARYING") => "bit varying".into(),
            _ => word,
        };
        if full == "interval"
            && let Some(fields) = self.eat_phrase(&INTERVAL_FIELDS)
        {
            ty.tail.push(fields.into());
        }
        ty.name = TypeName::Built(full.clone());
        ty.modifiers = self.modifiers()?;
        if matches!(full.as_str(), "time" | "timestamp")
            && let Some(zone) = self.eat_phrase(&["WITH TIME ZONE", "WITHOUT TIME ZONE"])
        {
            ty.tail.push(zone.into());
        }
        Ok(ty)
    }

    /// A built-in type by the name that `pg_type` has for it, in quotes: tools write `"text"`.
    fn quoted_type(&self) -> Option<String> {
        match self.peek() {
            Tok::Quoted { value, .. } if is_internal(value) && !self.op_at(1, ".") => {
                Some(value.clone())
            }
            _ => None,
        }
    }

    /// Where the tokens go on after `(12, 2)` at this place; the place itself if none stands there.
    fn modifiers_ahead(&self, from: usize) -> usize {
        let mut at = from + 1;
        if !self.op_at(from, "(") {
            return from;
        }
        while matches!(self.ahead(at), Tok::Number(_)) {
            at += 1;
            if self.op_at(at, ")") {
                return at + 1;
            }
            if !self.op_at(at, ",") {
                return from;
            }
            at += 1;
        }
        from
    }

    /// `(12, 2)`.
    fn modifiers(&mut self) -> Checked<Vec<String>> {
        if !self.is_op("(") {
            return Ok(Vec::new());
        }
        self.parens(|p| {
            p.list(|p| {
                let sign = if p.eat_op("-") { "-" } else { "" };
                match p.next() {
                    Tok::Number(digits) => Ok(format!("{sign}{digits}")),
                    // Extensions have names here: geometry(Point, 4326).
                    Tok::Word(word) if p.flavour.is_postgres() && word.is_ascii() => Ok(word),
                    _ => p.unexpected(),
                }
            })
        })
    }

    fn mysql_type(&mut self) -> Checked<Type> {
        let start = self.span();
        let word = self.word(0).map(str::to_ascii_lowercase);
        let Some(word) = word.filter(|word| MYSQL.contains(&word.as_str())) else {
            return self.unexpected();
        };
        self.skip(1);
        let mut name = word.clone();
        if word == "double" && self.eat("PRECISION") {
            name = "double precision".into();
        }
        if matches!(word.as_str(), "char" | "character") && self.eat("VARYING") {
            name = "varchar".into();
        }
        let mut ty = self.built(&name);
        ty.span = start;
        ty.modifiers = self.modifiers()?;
        loop {
            if let Some(word) =
                self.eat_phrase(&["UNSIGNED", "SIGNED", "ZEROFILL", "INTEGER", "INT"])
            {
                ty.tail.push(word.into());
            } else if self.eat_phrase(&["CHARACTER SET", "CHARSET"]).is_some() {
                let charset = self.charset()?;
                ty.tail.push(format!("CHARACTER SET {charset}"));
            } else if matches!(word.as_str(), "char" | "character" | "nchar" | "varchar")
                && self.eat("BINARY")
            {
                ty.tail.push("BINARY".into());
            } else {
                return Ok(ty);
            }
        }
    }

    /// A character set by its plain name.
    pub fn charset(&mut self) -> Checked<String> {
        let plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        match self.peek().clone() {
            Tok::Word(word) if plain(&word) => {
                self.skip(1);
                Ok(word)
            }
            Tok::Str(word) if plain(&word) && !word.is_empty() => {
                self.skip(1);
                Ok(word)
            }
            _ => self.unexpected(),
        }
    }

    /// SQLite takes any words; they only choose an affinity.
    fn sqlite_type(&mut self) -> Checked<Type> {
        let start = self.span();
        let mut words = Vec::new();
        if let Tok::Quoted { value, .. } | Tok::Str(value) = self.peek().clone()
            && !value.is_empty()
            && value.bytes().all(|b| b.is_ascii_alphabetic())
            && !crate::words::needs_quotes(self.flavour, &value)
        {
            words.push(value);
            self.skip(1);
        }
        while let Some(word) = self.word(0) {
            let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !plain || crate::words::needs_quotes(self.flavour, word) {
                break;
            }
            words.push(word.to_owned());
            self.skip(1);
        }
        if words.is_empty() {
            return self.unexpected();
        }
        let mut ty = self.built(&words.join(" "));
        ty.span = start;
        ty.modifiers = self.modifiers()?;
        Ok(ty)
    }

    /// `date '2024-01-01'`, `interval '1' day`, `_utf8mb4'x'`; `None` where something else stands.
    pub fn typed_literal(&mut self) -> Checked<Option<Part>> {
        let text_at = |n: usize| matches!(self.ahead(n), Tok::Str(_));
        if self.flavour.is_mysql() {
            let next = matches!(self.ahead(1), Tok::Str(_) | Tok::Bits { .. });
            if !next {
                return Ok(None);
            }
            if let Some(word) = self.eat_one(&["date", "time", "timestamp"]) {
                let text = Literal::Text(self.string()?);
                return Ok(Some(Part::Typed { ty: self.built(word), text, fields: None }));
            }
            let introduced = self.word(0).is_some_and(|word| word.starts_with('_'));
            return if introduced { self.introducer().map(Some) } else { Ok(None) };
        }
        if !self.flavour.is_postgres() {
            return Ok(None);
        }
        if self.is("interval") && (text_at(1) || self.op_at(1, "(")) {
            self.skip(1);
            return self.interval_literal().map(Some);
        }
        // `timestamp(3) with time zone '…'`, `numeric(5, 2) '…'`.
        let after = self.modifiers_ahead(1);
        let timed = self.is("time") || self.is("timestamp");
        let zoned = timed
            && ["WITH", "WITHOUT"].iter().any(|word| self.are_at(after, &[word, "TIME", "ZONE"]))
            && text_at(after + 3);
        let sized = after > 1 && text_at(after);
        let pair = (self.are(&["double", "precision"]) || self.is_at(1, "VARYING"))
            && text_at(self.modifiers_ahead(2));
        let name = self.word(0).is_some_and(|word| {
            !crate::words::reserved(self.flavour, word) || word.eq_ignore_ascii_case("national")
        });
        let pair = pair || (sized && name);
        if zoned || pair || (text_at(1) && name) {
            let ty = self.data_type()?;
            let text = Literal::Text(self.string()?);
            return Ok(Some(Part::Typed { ty, text, fields: None }));
        }
        Ok(None)
    }

    fn interval_literal(&mut self) -> Checked<Part> {
        let mut ty = self.built("interval");
        ty.modifiers = self.modifiers()?;
        let text = Literal::Text(self.string()?);
        let mut fields = self.eat_phrase(&INTERVAL_FIELDS).map(str::to_owned);
        if let Some(fields) = &mut fields
            && fields.ends_with("SECOND")
            && self.is_op("(")
        {
            let digits = self.modifiers()?;
            *fields = format!("{fields}({})", digits.join(","));
        }
        Ok(Part::Typed { ty, text, fields })
    }

    /// `_utf8mb4'text'`.
    fn introducer(&mut self) -> Checked<Part> {
        const SETS: [&str; 14] = [
            "_utf8mb4", "_utf8mb3", "_utf8", "_latin1", "_ascii", "_binary", "_ucs2", "_utf16",
            "_utf16le", "_utf32", "_latin2", "_latin7", "_cp1250", "_cp1251",
        ];
        let Some(set) = self.eat_one(&SETS) else { return self.unexpected() };
        let text = self.literal()?;
        Ok(Part::Literal(Literal::Charset(set.into(), Box::new(text))))
    }
}
