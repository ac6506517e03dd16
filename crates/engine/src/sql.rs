//! From a plan to a statement: a sqlparser AST in the connection's dialect.

use crate::{
    Date,
    calendar::{Bucket, Range},
    cues::{Agg, Op},
    draft::Like,
    graph::Edge,
    lexicon::Lexicon,
    plan::{Ex, Lit, Plan, Pred, SetOp},
    roles::Role,
};
use model::{catalog::ValueKind, dialect::Dialect};
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, DataType, DateTimeField, Distinct, DuplicateTreatment,
    Expr, ExtractSyntax, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, GroupByExpr, Ident, Join, JoinConstraint, JoinOperator, LimitClause,
    ObjectName, OrderBy, OrderByExpr, OrderByKind, OrderByOptions, OrderBySort, Query, Select,
    SelectFlavor, SelectItem, SetExpr, SetOperator, SetQuantifier, TableAlias, TableFactor,
    TableWithJoins, TimezoneInfo, Value, WindowSpec, WindowType,
    helpers::attached_token::AttachedToken, visit_expressions_mut,
};
use std::ops::ControlFlow;

pub(crate) struct Writer<'a> {
    pub lexicon: &'a Lexicon,
}

/// Words that at least one of the dialects reserves.
const RESERVED: &str = " add all alter analyse analyze and any array as asc asymmetric before between bigint binary both by call \
 cascade case cast change char character check collate column condition constraint continue convert create cross cube \
 current_date current_time current_timestamp current_user cursor database databases declare default deferrable delayed \
 delete desc describe distinct div do double drop dual each else elseif enclosed end escaped except exists exit explain false \
 fetch float for force foreign from full fulltext function grant group grouping groups having if ignore in index infile \
 initially inner inout insert int integer intersect interval into is isnull iterate join key keys kill lateral leading \
 leave left like limit linear lines load localtime localtimestamp lock long longblob longtext loop match maxvalue mod \
 natural not notnull null numeric of offset on only optimize option optionally or order out outer outfile over overlaps \
 partition placing precision primary procedure purge range rank read reads real recursive references regexp release rename \
 repeat replace require resignal restrict return returning revoke right rlike row rows row_number schema schemas select sensitive \
 separator session_user set show similar signal smallint some spatial specific sql starting symmetric system table tablesample \
 terminated then to trailing transaction trigger true undo union unique unlock unsigned update usage use user using values \
 varbinary varchar varying verbose view virtual when where while window with write xor year_month zerofill ";

impl Writer<'_> {
    pub fn write(&self, plan: &Plan) -> String {
        let mut query = self.query(plan, None);
        if self.lexicon.dialect == Dialect::MySql {
            double_backslashes(&mut query);
        }
        query.to_string()
    }

    /// `known`: rows without this column are left out.
    fn query(&self, plan: &Plan, known: Option<usize>) -> Query {
        let body = SetExpr::Select(Box::new(self.select(plan, known)));
        let body = match &plan.set {
            Some((op, other)) => SetExpr::SetOperation {
                left: Box::new(body),
                op: match op {
                    SetOp::Intersect => SetOperator::Intersect,
                    SetOp::Except => SetOperator::Except,
                    SetOp::Union | SetOp::UnionAll => SetOperator::Union,
                },
                set_quantifier: if *op == SetOp::UnionAll {
                    SetQuantifier::All
                } else {
                    SetQuantifier::None
                },
                right: Box::new(SetExpr::Select(Box::new(self.select(other, None)))),
            },
            None => body,
        };
        let order = plan.order.iter().map(|(e, d)| self.order(e, *d, plan)).collect::<Vec<_>>();
        Query {
            with: None,
            body: Box::new(body),
            order_by: (!order.is_empty())
                .then_some(OrderBy { kind: OrderByKind::Expressions(order), interpolate: None }),
            limit_clause: plan.limit.map(|n| LimitClause::LimitOffset {
                limit: Some(number(n.to_string())),
                offset: None,
                limit_by: vec![],
            }),
            fetch: None,
            locks: vec![],
            for_clause: None,
            settings: None,
            format_clause: None,
            pipe_operators: vec![],
        }
    }

    fn order(&self, e: &Ex, descending: bool, plan: &Plan) -> OrderByExpr {
        // NULLs come first in a descending order on PostgreSQL: nobody means them by "the highest".
        let nulls =
            (self.lexicon.dialect == Dialect::Postgres && descending && plan.group.is_empty())
                .then_some(false);
        OrderByExpr {
            expr: bare(self.ex(e, plan)),
            options: OrderByOptions {
                sort: descending.then_some(OrderBySort::Desc),
                nulls_first: nulls,
            },
            with_fill: None,
        }
    }

    fn select(&self, plan: &Plan, known: Option<usize>) -> Select {
        let projection = match plan.star {
            // Named one by one: what is added to the table later is nobody's answer.
            Some(table) => {
                let own = |c: &usize| self.lexicon.columns[*c].derived.is_none();
                let columns = self.lexicon.tables[table].columns.clone().filter(own);
                columns.map(|c| self.item(&Ex::Col(c), plan)).collect()
            }
            None => plan.select.iter().map(|e| self.item(e, plan)).collect(),
        };
        Select {
            select_token: AttachedToken::empty(),
            optimizer_hints: vec![],
            distinct: plan.distinct.then_some(Distinct::Distinct),
            select_modifiers: None,
            top: None,
            top_before_distinct: false,
            projection,
            exclude: None,
            into: None,
            from: self.from(plan),
            lateral_views: vec![],
            prewhere: None,
            selection: self.selection(plan, known),
            connect_by: vec![],
            group_by: GroupByExpr::Expressions(self.groups(plan), vec![]),
            cluster_by: vec![],
            distribute_by: vec![],
            sort_by: vec![],
            having: self.all(&plan.having, plan),
            named_window: vec![],
            qualify: None,
            window_before_qualify: false,
            value_table_mode: None,
            flavor: SelectFlavor::Standard,
        }
    }

    /// SQLite groups by the key alone: the rest of its row follows. Others want every shown column
    /// (MariaDB always, PostgreSQL once a policy puts a derived table in the table's place).
    fn groups(&self, plan: &Plan) -> Vec<Expr> {
        let follows = |e: &&Ex| match e {
            Ex::Col(c) if self.lexicon.dialect == Dialect::Sqlite => {
                let info = &self.lexicon.columns[*c];
                let key = &self.lexicon.tables[info.table].primary_key;
                !info.is_primary
                    && !key.is_empty()
                    && key.iter().all(|k| plan.group.contains(&Ex::Col(*k)))
            }
            _ => false,
        };
        plan.group.iter().filter(|e| !follows(e)).map(|e| self.ex(e, plan)).collect()
    }

    fn item(&self, e: &Ex, plan: &Plan) -> SelectItem {
        let expr = bare(self.ex(e, plan));
        match self.alias(e) {
            Some(alias) => SelectItem::ExprWithAlias { expr, alias: self.ident(&alias) },
            None => SelectItem::UnnamedExpr(expr),
        }
    }

    fn alias(&self, e: &Ex) -> Option<String> {
        match e {
            Ex::Col(c) => {
                let info = &self.lexicon.columns[*c];
                let role = self.lexicon.tables[info.table].role.as_ref();
                if info.derived.is_some() && role.is_none() {
                    return Some(info.name.clone());
                }
                let role = role?;
                Some(format!("{}_{}", role.alias, info.name))
            }
            Ex::Bucket(bucket, _) => Some(bucket.word().to_owned()),
            Ex::Product(..) => Some("amount".to_owned()),
            Ex::Tally(..) => Some("count".to_owned()),
            Ex::Share(_) | Ex::Rate(_) => Some("percentage".to_owned()),
            Ex::Agg { agg: Agg::Count, .. } => Some("count".to_owned()),
            Ex::Agg { agg, arg, .. } => {
                let prefix = match agg {
                    Agg::Sum => "total",
                    Agg::Avg => "average",
                    Agg::Min => "lowest",
                    Agg::Max => "highest",
                    Agg::Count => "count",
                };
                let name = match arg.as_deref() {
                    Some(Ex::Col(c)) if self.lexicon.columns[*c].derived.is_some() => {
                        self.lexicon.columns[*c].name.clone()
                    }
                    Some(Ex::Col(c)) => self.lexicon.columns[*c].phrase.core().replace(' ', "_"),
                    _ => "amount".to_owned(),
                };
                let clean: String =
                    name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
                Some(if clean.starts_with(prefix) { clean } else { format!("{prefix}_{clean}") })
            }
        }
    }

    fn from(&self, plan: &Plan) -> Vec<TableWithJoins> {
        let Some(first) = plan.tables.first() else { return vec![] };
        let mut joined = vec![*first];
        let mut left: Vec<usize> = plan.edges.clone();
        let mut joins = Vec::new();
        // A tree: every edge joins on once one of its tables is there.
        while let Some(i) = left.iter().position(|e| {
            let edge = &self.lexicon.graph.edges[*e];
            joined.contains(&edge.from) != joined.contains(&edge.to)
        }) {
            let edge = &self.lexicon.graph.edges[left.remove(i)];
            let new = if joined.contains(&edge.from) { edge.to } else { edge.from };
            joined.push(new);
            let on = edge.pairs.iter().map(|(a, b)| {
                let (a, b) = if edge.from == new { (*b, *a) } else { (*a, *b) };
                binary(self.column(a, true), BinaryOperator::Eq, self.column(b, true))
            });
            let Some(on) = on.reduce(and) else { continue };
            let on = JoinConstraint::On(on);
            joins.push(Join {
                relation: self.relation(new),
                global: false,
                join_operator: if edge.to == new && self.only_shown(new, edge, plan) {
                    JoinOperator::Left(on)
                } else {
                    JoinOperator::Join(on)
                },
            });
        }
        vec![TableWithJoins { relation: self.relation(*first), joins }]
    }

    /// `employees and their managers`: whoever has none is shown as well.
    fn only_shown(&self, table: usize, edge: &Edge, plan: &Plan) -> bool {
        let mut used = Vec::new();
        let conditions = plan.filter.iter().chain(&plan.having);
        conditions.for_each(|p| p.columns(&mut used));
        plan.group.iter().for_each(|e| e.columns(&mut used));
        let of = |c: &usize| self.lexicon.columns[*c].table == table;
        let mut shown = Vec::new();
        plan.select.iter().for_each(|e| e.columns(&mut shown));
        (self.lexicon.tables[table].role.is_some() || plan.their)
            && edge.pairs.iter().any(|(key, _)| self.lexicon.columns[*key].nullable)
            && !used.iter().any(of)
            && !shown.iter().all(of)
    }

    fn relation(&self, table: usize) -> TableFactor {
        let role = self.lexicon.tables[table].role.as_ref();
        let alias = |role: &Role| TableAlias {
            explicit: true,
            name: self.ident(&role.alias),
            columns: vec![],
            at: None,
        };
        TableFactor::Table {
            name: self.table_name(table),
            alias: role.map(alias),
            args: None,
            with_hints: vec![],
            version: None,
            with_ordinality: false,
            partitions: vec![],
            json_path: None,
            sample: None,
            index_hints: vec![],
        }
    }

    fn table_name(&self, table: usize) -> ObjectName {
        let info = &self.lexicon.tables[table];
        let place = self.lexicon.search_path.iter().position(|s| *s == info.schema);
        let before = &self.lexicon.search_path[..place.unwrap_or_default()];
        let hidden = before
            .iter()
            .any(|s| self.lexicon.tables.iter().any(|t| t.schema == *s && t.name == info.name));
        let name = self.ident(&info.name);
        if place.is_some() && !hidden {
            name.into()
        } else {
            vec![self.ident(&info.schema), name].into()
        }
    }

    fn all(&self, list: &[Pred], plan: &Plan) -> Option<Expr> {
        list.iter()
            .map(|p| {
                let e = self.pred(p, plan);
                if matches!(p, Pred::Any(l) if l.len() > 1) && list.len() > 1 {
                    Expr::Nested(Box::new(e))
                } else {
                    e
                }
            })
            .reduce(and)
    }

    fn pred(&self, pred: &Pred, plan: &Plan) -> Expr {
        match pred {
            Pred::Compare(e, op, lit) => binary(self.ex(e, plan), operator(*op), literal(lit)),
            Pred::Against(a, op, b) => binary(self.ex(a, plan), operator(*op), self.ex(b, plan)),
            Pred::Between(e, low, high, negated) => Expr::Between {
                expr: Box::new(self.ex(e, plan)),
                negated: *negated,
                low: Box::new(number(plain(*low))),
                high: Box::new(number(plain(*high))),
            },
            Pred::Like { column, text, how, negated } => {
                self.like(*column, text, *how, *negated, plan)
            }
            Pred::Null(column, negated) => {
                let e = Box::new(self.column(*column, plan.tables.len() > 1));
                if *negated { Expr::IsNotNull(e) } else { Expr::IsNull(e) }
            }
            Pred::Time { column, range, negated } => self.time(*column, range, *negated, plan),
            Pred::In { column, query, negated } => Expr::InSubquery {
                expr: Box::new(self.column(*column, plan.tables.len() > 1)),
                subquery: Box::new(self.query(query, self.gap(query).filter(|_| *negated))),
                negated: *negated,
            },
            Pred::CompareQuery(e, op, query) => binary(
                self.ex(e, plan),
                operator(*op),
                Expr::Subquery(Box::new(self.query(query, None))),
            ),
            Pred::Extreme { columns, query } => Expr::InSubquery {
                expr: Box::new(Expr::Tuple(
                    columns.iter().map(|c| self.column(*c, plan.tables.len() > 1)).collect(),
                )),
                subquery: Box::new(self.query(query, None)),
                negated: false,
            },
            Pred::All(list) => list
                .iter()
                .map(|p| self.pred(p, plan))
                .reduce(and)
                .unwrap_or_else(|| Expr::value(Value::Boolean(true))),
            Pred::Any(list) => list
                .iter()
                .map(|p| self.pred(p, plan))
                .reduce(|a, b| binary(a, BinaryOperator::Or, b))
                .unwrap_or_else(|| Expr::value(Value::Boolean(false))),
        }
    }

    /// The column of an inner query that may be missing: one NULL in a list makes `NOT IN` give nothing.
    fn gap(&self, query: &Plan) -> Option<usize> {
        match query.select[..] {
            [Ex::Col(c)] if self.lexicon.columns[c].nullable => Some(c),
            _ => None,
        }
    }

    fn selection(&self, plan: &Plan, known: Option<usize>) -> Option<Expr> {
        let known = known.map(|c| Expr::IsNotNull(Box::new(self.column(c, plan.tables.len() > 1))));
        match (self.all(&plan.filter, plan), known) {
            (Some(a), Some(b)) => Some(and(
                if matches!(plan.filter[..], [Pred::Any(_)]) {
                    Expr::Nested(Box::new(a))
                } else {
                    a
                },
                b,
            )),
            (a, b) => a.or(b),
        }
    }

    fn like(&self, column: usize, text: &str, how: Like, negated: bool, plan: &Plan) -> Expr {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let special = escaped != text;
        let pattern = match how {
            Like::Contains => format!("%{escaped}%"),
            Like::Starts => format!("{escaped}%"),
            Like::Ends => format!("%{escaped}"),
        };
        let expr = Box::new(self.column(column, plan.tables.len() > 1));
        let pattern = Box::new(string(&pattern));
        let needs_escape = special && self.lexicon.dialect == Dialect::Sqlite;
        let escape_char = needs_escape.then(|| Box::new(string("\\")));
        if self.lexicon.dialect == Dialect::Postgres {
            Expr::ILike { negated, any: false, expr, pattern, escape_char }
        } else {
            Expr::Like { negated, any: false, expr, pattern, escape_char }
        }
    }

    fn time(&self, column: usize, range: &Range, negated: bool, plan: &Plan) -> Expr {
        let e = || self.column(column, plan.tables.len() > 1);
        let info = &self.lexicon.columns[column];
        let parts = if info.kind.is_numeric() {
            let (low, high) =
                range.years.unwrap_or((range.from.map(|d| d.year), range.until.map(|d| d.year)));
            match (low, high) {
                (Some(a), Some(b)) if a == b => {
                    vec![binary(e(), BinaryOperator::Eq, number(a.to_string()))]
                }
                _ => [(low, BinaryOperator::GtEq), (high, BinaryOperator::LtEq)]
                    .into_iter()
                    .filter_map(|(y, op)| Some(binary(e(), op, number(y?.to_string()))))
                    .collect(),
            }
        } else if info.kind == ValueKind::Text
            && let Some((Some(a), Some(b))) = range.years
            && a == b
        {
            vec![self.like(column, &a.to_string(), Like::Contains, false, plan)]
        } else {
            let bound = |d: Option<Date>, op| d.map(|d| binary(e(), op, string(&d.iso())));
            [bound(range.from, BinaryOperator::GtEq), bound(range.until, BinaryOperator::Lt)]
                .into_iter()
                .flatten()
                .collect()
        };
        let joined =
            parts.into_iter().reduce(and).unwrap_or_else(|| Expr::value(Value::Boolean(true)));
        if negated {
            Expr::UnaryOp {
                op: sqlparser::ast::UnaryOperator::Not,
                expr: Box::new(Expr::Nested(Box::new(joined))),
            }
        } else {
            joined
        }
    }

    fn ex(&self, e: &Ex, plan: &Plan) -> Expr {
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
    fn bucket(&self, bucket: Bucket, column: usize, qualified: bool) -> Expr {
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
    fn days_between(&self, from: usize, until: usize, qualified: bool) -> Expr {
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

    fn column(&self, column: usize, qualified: bool) -> Expr {
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

    fn ident(&self, name: &str) -> Ident {
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

fn and(a: Expr, b: Expr) -> Expr {
    binary(a, BinaryOperator::And, b)
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }
}

/// Without the brackets that only a larger expression needs.
fn bare(e: Expr) -> Expr {
    match e {
        Expr::Nested(inner) => *inner,
        e => e,
    }
}

fn operator(op: Op) -> BinaryOperator {
    match op {
        Op::Eq => BinaryOperator::Eq,
        Op::Ne => BinaryOperator::NotEq,
        Op::Gt => BinaryOperator::Gt,
        Op::Ge => BinaryOperator::GtEq,
        Op::Lt => BinaryOperator::Lt,
        Op::Le => BinaryOperator::LtEq,
    }
}

/// Without `.0` for whole numbers.
pub(crate) fn plain(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { format!("{n}") }
}

/// MySQL takes a backslash in a string for an escape; sqlparser prints it as it is.
fn double_backslashes(query: &mut Query) {
    let _ = visit_expressions_mut(query, |expr| {
        if let Expr::Value(value) = expr
            && let Value::SingleQuotedString(text) = &mut value.value
        {
            *text = text.replace('\\', "\\\\");
        }
        ControlFlow::<()>::Continue(())
    });
}

fn number(text: String) -> Expr {
    Expr::value(Value::Number(text, false))
}

fn string(text: &str) -> Expr {
    Expr::value(Value::SingleQuotedString(text.to_owned()))
}

fn literal(lit: &Lit) -> Expr {
    match lit {
        Lit::Num(n) => number(plain(*n)),
        Lit::Text(t) => string(t),
        Lit::Bool(b) => Expr::value(Value::Boolean(*b)),
    }
}

/// The aggregate over all groups.
fn over_all(call: Expr) -> Expr {
    let Expr::Function(mut function) = call else { return call };
    function.over = Some(WindowType::WindowSpec(WindowSpec {
        window_name: None,
        partition_by: vec![],
        order_by: vec![],
        window_frame: None,
    }));
    Expr::Function(function)
}

fn call(name: &str, args: Vec<Expr>) -> Expr {
    call_distinct(name, args, false)
}

fn call_distinct(name: &str, args: Vec<Expr>, distinct: bool) -> Expr {
    function(
        name,
        args.into_iter().map(|a| FunctionArg::Unnamed(FunctionArgExpr::Expr(a))).collect(),
        distinct,
    )
}

fn function(name: &str, args: Vec<FunctionArg>, distinct: bool) -> Expr {
    Expr::Function(Function {
        name: Ident::new(name).into(),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: distinct.then_some(DuplicateTreatment::Distinct),
            args,
            clauses: vec![],
        }),
        within_group: vec![],
        filter: None,
        null_treatment: None,
        over: None,
    })
}
