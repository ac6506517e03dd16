//! Columns, aggregates and times as expressions of the dialect.

use super::ast::{bare, binary, call, call_distinct, function, number, over_all, string};
use super::{RESERVED, Writer};
use crate::{
    calendar::Bucket,
    cues::Agg,
    plan::{Ex, Plan},
};
use model::dialect::Dialect;
use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, DataType, DateTimeField, Expr, ExtractSyntax, FunctionArg,
    FunctionArgExpr, Ident, SelectItem, SetExpr, TimezoneInfo, Value,
};

impl Writer<'_> {
    pub(super) fn ex(&self, e: &Ex, plan: &Plan) -> Expr {
        let qualified = plan.tables.len() > 1;
        match e {
            Ex::Col(c) => self.column(*c, qualified),
            Ex::Product(a, b) => binary(
                self.column(*a, qualified),
                BinaryOperator::Multiply,
                self.column(*b, qualified),
            ),
            Ex::Bucket(bucket, c) => self.bucket(*bucket, *c, qualified),
            Ex::Tally(key, of) => {
                let table = self.lexicon.columns[*key].table;
                let inner =
                    Plan { select: vec![Ex::count()], tables: vec![table], ..Plan::default() };
                let mut query = self.query(&inner, None);
                if let SetExpr::Select(select) = query.body.as_mut() {
                    let key = self.column(*key, true);
                    select.selection =
                        Some(binary(key, BinaryOperator::Eq, self.column(*of, true)));
                    select.projection =
                        vec![SelectItem::UnnamedExpr(self.ex(&Ex::count(), &inner))];
                }
                Expr::Subquery(Box::new(query))
            }
            Ex::Share(part) => {
                let whole = over_all(call("SUM", vec![self.ex(part, plan)]));
                let hundred = number("100.0".into());
                let part = binary(hundred, BinaryOperator::Multiply, self.ex(part, plan));
                binary(part, BinaryOperator::Divide, whole)
            }
            Ex::Rate(list) => {
                let condition =
                    self.all(list, plan).unwrap_or_else(|| Expr::value(Value::Boolean(true)));
                let case = Expr::Case {
                    case_token: AttachedToken::empty(),
                    end_token: AttachedToken::empty(),
                    operand: None,
                    conditions: vec![CaseWhen { condition, result: number("100.0".into()) }],
                    else_result: Some(Box::new(number("0".into()))),
                };
                call("AVG", vec![case])
            }
            Ex::Agg { agg, arg, distinct } => {
                let name = match agg {
                    Agg::Count => "COUNT",
                    Agg::Sum => "SUM",
                    Agg::Avg => "AVG",
                    Agg::Min => "MIN",
                    Agg::Max => "MAX",
                };
                match arg {
                    Some(arg) => call_distinct(name, vec![bare(self.ex(arg, plan))], *distinct),
                    None => {
                        function(name, vec![FunctionArg::Unnamed(FunctionArgExpr::Wildcard)], false)
                    }
                }
            }
        }
    }

    /// The bucket as text that sorts by time: `2025`, `2025-Q1`, `2025-03`, `2025-W07`, `2025-03-09`.
    pub(super) fn bucket(&self, bucket: Bucket, column: usize, qualified: bool) -> Expr {
        let e = self.column(column, qualified);
        if self.lexicon.columns[column].kind.is_numeric() {
            return e;
        }
        match self.lexicon.dialect {
            Dialect::Postgres => {
                let format = match bucket {
                    Bucket::Year => "YYYY",
                    Bucket::Quarter => "YYYY-\"Q\"Q",
                    Bucket::Month => "YYYY-MM",
                    Bucket::Week => "IYYY-\"W\"IW",
                    Bucket::Day => "YYYY-MM-DD",
                    Bucket::Hour => "YYYY-MM-DD HH24:00",
                };
                call("to_char", vec![e, string(format)])
            }
            Dialect::MySql if bucket == Bucket::Quarter => call(
                "CONCAT",
                vec![call("YEAR", vec![e.clone()]), string("-Q"), call("QUARTER", vec![e])],
            ),
            Dialect::MySql => {
                let format = match bucket {
                    Bucket::Year => "%Y",
                    Bucket::Week => "%x-W%v",
                    Bucket::Day => "%Y-%m-%d",
                    Bucket::Hour => "%Y-%m-%d %H:00",
                    Bucket::Month | Bucket::Quarter => "%Y-%m",
                };
                call("DATE_FORMAT", vec![e, string(format)])
            }
            Dialect::Sqlite if bucket == Bucket::Quarter => {
                let month = call("strftime", vec![string("%m"), e.clone()]);
                let plus = binary(month, BinaryOperator::Plus, number("2".into()));
                let quarter = binary(
                    Expr::Nested(Box::new(plus)),
                    BinaryOperator::Divide,
                    number("3".into()),
                );
                let year = call("strftime", vec![string("%Y-Q"), e]);
                binary(year, BinaryOperator::StringConcat, Expr::Nested(Box::new(quarter)))
            }
            Dialect::Sqlite => {
                let format = match bucket {
                    Bucket::Year => "%Y",
                    Bucket::Week => "%G-W%V",
                    Bucket::Day => "%Y-%m-%d",
                    Bucket::Hour => "%Y-%m-%d %H:00",
                    Bucket::Month | Bucket::Quarter => "%Y-%m",
                };
                call("strftime", vec![string(format), e])
            }
        }
    }

    /// The days from one column to another, with a fraction where they hold times.
    pub(super) fn days_between(&self, from: usize, until: usize, qualified: bool) -> Expr {
        let column = |c: usize| self.column(c, qualified);
        let days = match self.lexicon.dialect {
            Dialect::Sqlite => {
                let day = |c: usize| call("julianday", vec![column(c)]);
                binary(day(until), BinaryOperator::Minus, day(from))
            }
            Dialect::MySql => {
                let unit = Expr::Identifier(Ident::new("SECOND"));
                let seconds = call("TIMESTAMPDIFF", vec![unit, column(from), column(until)]);
                binary(seconds, BinaryOperator::Divide, number("86400.0".into()))
            }
            Dialect::Postgres => {
                let moment = |c: usize| Expr::Cast {
                    kind: CastKind::Cast,
                    expr: Box::new(column(c)),
                    data_type: DataType::Timestamp(None, TimezoneInfo::None),
                    format: None,
                };
                let between = binary(moment(until), BinaryOperator::Minus, moment(from));
                let seconds = Expr::Extract {
                    field: DateTimeField::Epoch,
                    syntax: ExtractSyntax::From,
                    expr: Box::new(between),
                };
                binary(seconds, BinaryOperator::Divide, number("86400".into()))
            }
        };
        Expr::Nested(Box::new(days))
    }

    pub(super) fn column(&self, column: usize, qualified: bool) -> Expr {
        let info = &self.lexicon.columns[column];
        if let Some((from, until)) = info.derived {
            return self.days_between(from, until, qualified);
        }
        let name = self.ident(&info.name);
        if !qualified {
            return Expr::Identifier(name);
        }
        if let Some(role) = &self.lexicon.tables[info.table].role {
            return Expr::CompoundIdentifier(vec![self.ident(&role.alias), name]);
        }
        let mut parts: Vec<Ident> = self
            .table_name(info.table)
            .0
            .into_iter()
            .filter_map(|p| match p {
                sqlparser::ast::ObjectNamePart::Identifier(i) => Some(i),
                sqlparser::ast::ObjectNamePart::Function(_) => None,
            })
            .collect();
        parts.push(name);
        Expr::CompoundIdentifier(parts)
    }

    pub(super) fn ident(&self, name: &str) -> Ident {
        let postgres = self.lexicon.dialect == Dialect::Postgres;
        let plain = name.chars().enumerate().all(|(i, c)| {
            c == '_'
                || c.is_ascii_lowercase()
                || i > 0 && c.is_ascii_digit()
                || !postgres && c.is_ascii_uppercase()
        });
        if plain && !name.is_empty() && !RESERVED.contains(&format!(" {} ", name.to_lowercase())) {
            Ident::new(name)
        } else if self.lexicon.dialect == Dialect::MySql {
            Ident::with_quote('`', name.replace('`', "``"))
        } else {
            Ident::with_quote('"', name)
        }
    }
}
