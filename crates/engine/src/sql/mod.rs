//! From a plan to a statement: a sqlparser AST in the connection's dialect.

mod ast;
mod condition;
mod expression;

use crate::{
    cues::Agg,
    graph::Edge,
    lexicon::Lexicon,
    plan::{Ex, Plan, SetOp},
    roles::Role,
};
use ast::{and, bare, binary, double_backslashes, number};
use model::dialect::Dialect;
use sqlparser::ast::{
    BinaryOperator, Distinct, Expr, GroupByExpr, Join, JoinConstraint, JoinOperator, LimitClause,
    ObjectName, OrderBy, OrderByExpr, OrderByKind, OrderByOptions, OrderBySort, Query, Select,
    SelectFlavor, SelectItem, SetExpr, SetOperator, SetQuantifier, TableAlias, TableFactor,
    TableWithJoins, helpers::attached_token::AttachedToken,
};

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
}

/// Without `.0` for whole numbers.
pub(crate) fn plain(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { format!("{n}") }
}
