//! Queries: WITH, set operations, SELECT, VALUES, ORDER BY, LIMIT.

use super::Parser;
use crate::{
    Flavour,
    ast::{
        Arm, Body, Bound, Count, Cte, Cycle, CycleMarks, Expr, Factor, FactorKind, Frame, Group,
        GroupBy, Ident, Item, Limit, Literal, OrderItem, Part, Quantifier, Query, Search, Select,
        Window, With,
    },
    fault::{Checked, Fault, Span},
    lexer::Tok,
};

/// Words that begin a query.
const STARTS: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];

const SET_OPERATORS: [&str; 9] = [
    "UNION ALL",
    "UNION DISTINCT",
    "UNION",
    "INTERSECT ALL",
    "INTERSECT DISTINCT",
    "INTERSECT",
    "EXCEPT ALL",
    "EXCEPT DISTINCT",
    "EXCEPT",
];

/// MySQL's words between SELECT and its list that change no result.
const SELECT_OPTIONS: [&str; 6] = [
    "STRAIGHT_JOIN",
    "HIGH_PRIORITY",
    "SQL_SMALL_RESULT",
    "SQL_BIG_RESULT",
    "SQL_BUFFER_RESULT",
    "SQL_NO_CACHE",
];

impl Parser {
    /// A query begins here, perhaps behind parentheses.
    pub fn query_ahead(&self) -> bool {
        let mut n = 0;
        while self.op_at(n, "(") {
            n += 1;
        }
        STARTS.iter().any(|word| self.is_at(n, word))
            && !(self.is_at(n, "TABLE") && self.flavour.is_sqlite())
    }

    pub fn query(&mut self) -> Checked<Query> {
        self.nested(|p| {
            let start = p.span();
            let with = if p.is("WITH") { Some(p.with()?) } else { None };
            let first = p.body()?;
            p.query_rest(start, with, first)
        })
    }

    /// The rest of a query whose first operand is read.
    pub fn query_rest(&mut self, start: Span, with: Option<With>, first: Body) -> Checked<Query> {
        let mut arms = vec![Arm { operator: None, body: first }];
        while let Some(operator) = self.eat_phrase(&SET_OPERATORS) {
            arms.push(Arm { operator: Some(operator), body: self.body()? });
        }
        let order_by = self.order_by()?;
        let limit = self.limit()?;
        Ok(Query { with, arms, order_by, limit, span: self.since(start) })
    }

    /// A set operator or closing clause follows, so what was read is an operand of a query.
    pub fn query_goes_on(&self) -> bool {
        ["UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH"]
            .iter()
            .any(|word| self.is(word))
    }

    fn body(&mut self) -> Checked<Body> {
        if self.is_op("(") && !self.flavour.is_sqlite() {
            let query = self.nested(|p| p.parens(Self::query))?;
            return Ok(Body::Paren(Box::new(query)));
        }
        if self.eat("SELECT") {
            return self.select().map(|select| Body::Select(Box::new(select)));
        }
        if self.eat("VALUES") {
            return self.values();
        }
        if self.is("TABLE") && !self.flavour.is_sqlite() {
            self.skip(1);
            return self.table_body();
        }
        if ["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"].iter().any(|word| self.is(word)) {
            let reason = "A statement that writes stands inside this query.";
            return Err(Fault::new("write_inside", reason, self.span()));
        }
        self.unexpected()
    }

    fn table_body(&mut self) -> Checked<Body> {
        let start = self.span();
        let only = self.flavour.is_postgres() && self.eat("ONLY");
        let name = self.name(3)?;
        if self.flavour.is_postgres() {
            self.eat_op("*");
        }
        let kind = FactorKind::Table {
            only,
            name,
            partitions: vec![],
            period: None,
            hints: vec![],
            sample: None,
        };
        Ok(Body::Table(Box::new(Factor { kind, alias: None, span: self.since(start) })))
    }

    fn values(&mut self) -> Checked<Body> {
        let rows_named = self.flavour.is_mysql() && self.is("ROW");
        let rows = self.list(|p| {
            if rows_named {
                p.expect("ROW")?;
            }
            p.parens(|p| p.list(Self::expr))
        })?;
        Ok(Body::Values { rows, rows_named })
    }

    fn with(&mut self) -> Checked<With> {
        self.expect("WITH")?;
        let recursive = self.eat("RECURSIVE");
        let ctes = self.list(Self::cte)?;
        Ok(With { recursive, ctes })
    }

    fn cte(&mut self) -> Checked<Cte> {
        let name = self.ident()?;
        let columns = if self.is_op("(") { self.ident_list()? } else { Vec::new() };
        self.expect("AS")?;
        let materialized = if self.flavour.is_mysql() {
            None
        } else if self.eat("MATERIALIZED") {
            Some(true)
        } else if self.eat_all(&["NOT", "MATERIALIZED"]) {
            Some(false)
        } else {
            None
        };
        let query = self.parens(Self::query)?;
        let postgres = self.flavour.is_postgres();
        let search = if postgres && self.eat("SEARCH") { Some(self.search()?) } else { None };
        let cycle =
            if self.is("CYCLE") && !self.flavour.is_sqlite() { Some(self.cycle()?) } else { None };
        Ok(Cte { name, columns, materialized, query, search, cycle })
    }

    fn search(&mut self) -> Checked<Search> {
        let breadth = self.eat("BREADTH");
        if !breadth {
            self.expect("DEPTH")?;
        }
        self.expect("FIRST")?;
        self.expect("BY")?;
        let by = self.list(Self::ident)?;
        self.expect("SET")?;
        Ok(Search { breadth, by, set: self.ident()? })
    }

    fn cycle(&mut self) -> Checked<Cycle> {
        self.skip(1);
        let columns = self.list(Self::ident)?;
        if !self.flavour.is_postgres() {
            self.expect("RESTRICT")?;
            return Ok(Cycle { columns, marks: None });
        }
        self.expect("SET")?;
        let set = self.ident()?;
        let values = if self.eat("TO") {
            let to = self.literal()?;
            self.expect("DEFAULT")?;
            Some((to, self.literal()?))
        } else {
            None
        };
        self.expect("USING")?;
        Ok(Cycle { columns, marks: Some(CycleMarks { set, values, using: self.ident()? }) })
    }

    /// A literal that stands alone.
    pub fn literal(&mut self) -> Checked<Literal> {
        let literal = match self.peek().clone() {
            Tok::Str(_) => return self.string().map(Literal::Text),
            Tok::Number(text) => Literal::Number(text),
            Tok::Bits { prefix, digits } => Literal::Bits { prefix, digits },
            Tok::Word(word) if word.eq_ignore_ascii_case("TRUE") => Literal::Bool(true),
            Tok::Word(word) if word.eq_ignore_ascii_case("FALSE") => Literal::Bool(false),
            Tok::Word(word) if word.eq_ignore_ascii_case("NULL") => Literal::Null,
            _ => return self.unexpected(),
        };
        self.skip(1);
        Ok(literal)
    }

    fn select(&mut self) -> Checked<Select> {
        let mut options = Vec::new();
        let mut distinct = Quantifier::None;
        loop {
            // Hints to caches, and a count that only FOUND_ROWS() could tell.
            let idle = self.flavour.is_mysql()
                && self.eat_one(&["SQL_CALC_FOUND_ROWS", "SQL_CACHE"]).is_some();
            if idle {
                continue;
            }
            if self.flavour.is_mysql()
                && let Some(option) = self.eat_one(&SELECT_OPTIONS)
            {
                options.push(option);
                continue;
            }
            if !matches!(distinct, Quantifier::None) || !self.distinct(&mut distinct)? {
                break;
            }
        }
        let items = self.items()?;
        self.no_into()?;
        let mut from = Vec::new();
        if self.eat("FROM") {
            // MySQL's `FROM DUAL` is no table.
            if !(self.flavour.is_mysql() && self.eat("DUAL")) {
                from = self.table_list()?;
            }
        }
        self.no_into()?;
        let filter = if self.eat("WHERE") { Some(self.expr()?) } else { None };
        let group_by = if self.eat_all(&["GROUP", "BY"]) { Some(self.group_by()?) } else { None };
        let having = if self.eat("HAVING") { Some(self.expr()?) } else { None };
        let windows = if self.eat("WINDOW") { self.windows()? } else { Vec::new() };
        self.no_into()?;
        Ok(Select { distinct, options, items, from, filter, group_by, having, windows })
    }

    fn no_into(&self) -> Checked<()> {
        if self.is("INTO") { self.refuse_tail() } else { Ok(()) }
    }

    fn distinct(&mut self, distinct: &mut Quantifier) -> Checked<bool> {
        if self.eat("ALL") {
            *distinct = Quantifier::All;
        } else if self.eat("DISTINCT") || (self.flavour.is_mysql() && self.eat("DISTINCTROW")) {
            *distinct = if self.flavour.is_postgres() && self.eat("ON") {
                Quantifier::On(self.parens(|p| p.list(Self::expr))?)
            } else {
                Quantifier::Distinct
            };
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn items(&mut self) -> Checked<Vec<Item>> {
        let ends = [Tok::End, Tok::Op(")".into()), Tok::Op(";".into())];
        let empty = ends.contains(self.peek())
            || ["FROM", "WHERE", "LIMIT", "ORDER", "UNION"].iter().any(|word| self.is(word));
        if self.flavour.is_postgres() && empty {
            return Ok(Vec::new());
        }
        self.list(Self::item)
    }

    fn item(&mut self) -> Checked<Item> {
        let start = self.span();
        if self.eat_op("*") {
            return Ok(Item::Star(start));
        }
        if let Some(name) = self.qualified_star()? {
            return Ok(Item::QualifiedStar(name));
        }
        let value = self.expr()?;
        let alias = self.alias(true)?;
        Ok(Item::Expr { value, alias })
    }

    /// `t.*` or `s.t.*`, when nothing but the end of an item follows.
    fn qualified_star(&mut self) -> Checked<Option<Vec<Ident>>> {
        let is_name = |tok: &Tok| matches!(tok, Tok::Word(_) | Tok::Quoted { .. });
        let mut n = 0;
        while is_name(self.ahead(n)) && self.op_at(n + 1, ".") {
            n += 2;
            if self.op_at(n, "*") {
                // `o.*::text`, `o.* IS NULL`: the row is a value.
                let ends = match self.ahead(n + 1) {
                    Tok::Op(op) => matches!(op.as_str(), "," | ")" | ";"),
                    Tok::Word(word) => [
                        "FROM",
                        "INTO",
                        "WHERE",
                        "GROUP",
                        "HAVING",
                        "WINDOW",
                        "UNION",
                        "INTERSECT",
                        "EXCEPT",
                        "ORDER",
                        "LIMIT",
                        "OFFSET",
                        "FETCH",
                        "FOR",
                        "LOCK",
                    ]
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known)),
                    _ => true,
                };
                if !ends && self.flavour.is_postgres() {
                    return Ok(None);
                }
                let name = self.name(4)?;
                self.skip(2);
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    fn group_by(&mut self) -> Checked<GroupBy> {
        let distinct = self.flavour.is_postgres() && self.eat("DISTINCT");
        if self.flavour.is_postgres() && !distinct {
            self.eat("ALL");
        }
        let items = self.list(Self::group)?;
        let rollup = self.flavour.is_mysql() && self.eat_all(&["WITH", "ROLLUP"]);
        Ok(GroupBy { distinct, items, rollup })
    }

    fn group(&mut self) -> Checked<Group> {
        self.nested(|p| {
            if p.flavour.is_postgres() {
                for (words, word) in [
                    (&["ROLLUP"][..], "ROLLUP"),
                    (&["CUBE"][..], "CUBE"),
                    (&["GROUPING", "SETS"][..], "GROUPING SETS"),
                ] {
                    if p.are(words) && p.op_at(words.len(), "(") {
                        p.skip(words.len());
                        let items = p.parens(|p| p.list(Self::group))?;
                        return Ok(Group::Sets { word, items });
                    }
                }
            }
            if p.is_op("(") && p.op_at(1, ")") && p.flavour.is_postgres() {
                let span = p.span();
                p.skip(2);
                let none = Part::Tuple { row: false, items: Vec::new() };
                return Ok(Group::Expr(Expr::one(none, span)));
            }
            let value = p.expr()?;
            let descending = p.is("DESC");
            if p.flavour == crate::Flavour::MariaDb && (p.eat("ASC") || p.eat("DESC")) {
                return Ok(Group::Ordered(value, descending));
            }
            Ok(Group::Expr(value))
        })
    }

    fn windows(&mut self) -> Checked<Vec<(Ident, Window)>> {
        self.list(|p| {
            let name = p.ident()?;
            p.expect("AS")?;
            Ok((name, p.parens(Self::window)?))
        })
    }

    /// What stands in the parentheses of OVER.
    pub fn window(&mut self) -> Checked<Window> {
        let mut window = Window::default();
        let clause = ["PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS"];
        if !self.is_op(")") && !clause.iter().any(|word| self.is(word)) {
            window.base = Some(self.ident()?);
        }
        if self.eat_all(&["PARTITION", "BY"]) {
            window.partition_by = self.list(Self::expr)?;
        }
        window.order_by = self.order_by()?;
        if let Some(units) = self.eat_one(&["ROWS", "RANGE", "GROUPS"]) {
            window.frame = Some(self.frame(units)?);
        }
        Ok(window)
    }

    fn frame(&mut self, units: &'static str) -> Checked<Frame> {
        let (start, end) = if self.eat("BETWEEN") {
            let start = self.bound()?;
            self.expect("AND")?;
            (start, Some(self.bound()?))
        } else {
            (self.bound()?, None)
        };
        let exclude = if self.eat("EXCLUDE") {
            let found = self.eat_phrase(&["CURRENT ROW", "GROUP", "TIES", "NO OTHERS"]);
            Some(found.ok_or_else(|| Fault::new("syntax", "EXCLUDE what?", self.span()))?)
        } else {
            None
        };
        Ok(Frame { units, start, end, exclude })
    }

    fn bound(&mut self) -> Checked<Bound> {
        let fixed = ["CURRENT ROW", "UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING"];
        if let Some(fixed) = self.eat_phrase(&fixed) {
            return Ok(Bound::Fixed(fixed));
        }
        let amount = self.bound_expr()?;
        match self.eat_one(&["PRECEDING", "FOLLOWING"]) {
            Some(side) => Ok(Bound::Amount(amount, side)),
            None => self.unexpected(),
        }
    }

    /// An amount before PRECEDING or FOLLOWING.
    fn bound_expr(&mut self) -> Checked<Expr> {
        self.expr()
    }

    pub fn order_by(&mut self) -> Checked<Vec<OrderItem>> {
        if !self.eat_all(&["ORDER", "BY"]) {
            return Ok(Vec::new());
        }
        self.list(|p| {
            let value = p.expr()?;
            let direction = p.eat_one(&["ASC", "DESC"]);
            let mut using = None;
            if p.flavour.is_postgres() && direction.is_none() && p.eat("USING") {
                match p.next() {
                    Tok::Op(op) => using = Some(op),
                    _ => return p.unexpected(),
                }
            }
            let nulls = if p.flavour.is_mysql() {
                None
            } else {
                p.eat_phrase(&["NULLS FIRST", "NULLS LAST"])
            };
            Ok(OrderItem { value, direction, using, nulls })
        })
    }

    /// `LIMIT … OFFSET …`, `LIMIT offset, count`, `OFFSET … FETCH …`, in any order the server takes.
    pub fn limit(&mut self) -> Checked<Limit> {
        let mut limit = Limit::default();
        loop {
            if limit.count.is_none() && self.eat("LIMIT") {
                if !self.is("ROWS") {
                    self.limit_count(&mut limit)?;
                }
            } else if limit.examined.is_none()
                && self.flavour == Flavour::MariaDb
                && self.eat_all(&["ROWS", "EXAMINED"])
            {
                limit.examined = Some(self.expr()?);
            } else if limit.offset.is_none() && self.eat("OFFSET") {
                limit.offset = Some(self.expr()?);
                let _ = self.eat("ROWS") || self.eat("ROW");
            } else if limit.count.is_none() && !self.flavour.is_sqlite() && self.eat("FETCH") {
                limit.count = Some(self.fetch()?);
            } else {
                return Ok(limit);
            }
        }
    }

    fn limit_count(&mut self, limit: &mut Limit) -> Checked<()> {
        if self.flavour.is_postgres() && self.eat("ALL") {
            limit.count = Some(Count::All);
            return Ok(());
        }
        let first = self.expr()?;
        if !self.flavour.is_postgres() && limit.offset.is_none() && self.eat_op(",") {
            limit.offset = Some(first);
            limit.count = Some(Count::Rows(self.expr()?));
        } else {
            limit.count = Some(Count::Rows(first));
        }
        Ok(())
    }

    fn fetch(&mut self) -> Checked<Count> {
        if !self.eat("FIRST") {
            self.expect("NEXT")?;
        }
        let unit = |p: &Self| p.is("ROW") || p.is("ROWS");
        let rows = if unit(self) { None } else { Some(self.expr()?) };
        if !unit(self) {
            return self.unexpected();
        }
        self.skip(1);
        if self.eat("ONLY") {
            return Ok(Count::Fetch { rows, ties: false });
        }
        self.expect("WITH")?;
        self.expect("TIES")?;
        Ok(Count::Fetch { rows, ties: true })
    }
}
