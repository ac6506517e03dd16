//! The statements that can be a read, as a tree. What has no node here cannot be said.
//!
//! Expressions, set operations and FROM lists are kept flat, in the order in which they were
//! written: which operator binds tighter is the server's business and makes no difference to what
//! a statement may touch. The tree is rendered by `render`, never by the text that came in.

use crate::fault::Span;
use std::borrow::Cow;

#[derive(Clone, Debug)]
pub(crate) struct Ident {
    pub value: String,
    /// It stood in quotes.
    pub quoted: bool,
    /// It stood in double quotes: SQLite falls back to text when nothing has this name.
    pub double: bool,
    pub span: Span,
}

impl Ident {
    /// A name that the guard made; rendered with quotes where needed.
    pub fn made(value: impl Into<String>) -> Self {
        Self { value: value.into(), quoted: false, double: false, span: Span::default() }
    }
}

/// `a`, `a.b`, `a.b.c`.
pub(crate) type Name = Vec<Ident>;

#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Query(Query),
    /// Options as checked words; the query is planned, never executed.
    Explain {
        options: Explain,
        query: Query,
    },
    Show(Show),
}

#[derive(Clone, Debug)]
pub(crate) enum Explain {
    /// `EXPLAIN (FORMAT json, VERBOSE true)`; PostgreSQL.
    Postgres(Vec<(&'static str, Option<&'static str>)>),
    /// `EXPLAIN FORMAT=TREE`; MySQL, MariaDB.
    MySql { extended: Option<&'static str>, format: Option<&'static str> },
    /// `EXPLAIN QUERY PLAN` or the bytecode listing.
    Sqlite { query_plan: bool },
}

/// Statements that list metadata.
#[derive(Clone, Debug)]
pub(crate) enum Show {
    /// PostgreSQL's `SHOW name`; one setting.
    Setting(String),
    /// Fixed words, checked: `SHOW DATABASES`, `SHOW CHARACTER SET`.
    Words { words: Vec<&'static str>, from: Option<Ident>, filter: Filter },
    /// About one table: `SHOW FULL COLUMNS FROM t`, `DESCRIBE t`, `SHOW CREATE TABLE t`.
    Table { words: Vec<&'static str>, table: Name, column: Option<Literal>, filter: Filter },
    /// SQLite's read-only PRAGMAs.
    Pragma { schema: Option<Ident>, name: &'static str, argument: Option<PragmaArgument> },
}

#[derive(Clone, Debug)]
pub(crate) enum Filter {
    None,
    Like(String),
    Where(Expr),
}

#[derive(Clone, Debug)]
pub(crate) enum PragmaArgument {
    /// The name of a table or index.
    Name(Ident),
    Number(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub with: Option<With>,
    pub arms: Vec<Arm>,
    pub order_by: Vec<OrderItem>,
    pub limit: Limit,
    pub span: Span,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Limit {
    pub count: Option<Count>,
    pub offset: Option<Expr>,
    /// MariaDB's `ROWS EXAMINED n`.
    pub examined: Option<Expr>,
}

#[derive(Clone, Debug)]
pub(crate) enum Count {
    /// `LIMIT ALL`.
    All,
    Rows(Expr),
    /// `FETCH FIRST n ROWS ONLY` or `WITH TIES`; no number: one row.
    Fetch {
        rows: Option<Expr>,
        ties: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct With {
    pub recursive: bool,
    pub ctes: Vec<Cte>,
}

#[derive(Clone, Debug)]
pub(crate) struct Cte {
    pub name: Ident,
    pub columns: Vec<Ident>,
    pub materialized: Option<bool>,
    pub query: Query,
    /// `SEARCH DEPTH FIRST BY a, b SET c`.
    pub search: Option<Search>,
    pub cycle: Option<Cycle>,
}

#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub breadth: bool,
    pub by: Vec<Ident>,
    pub set: Ident,
}

#[derive(Clone, Debug)]
pub(crate) struct Cycle {
    pub columns: Vec<Ident>,
    /// None: MariaDB's `CYCLE … RESTRICT`, which only stops.
    pub marks: Option<CycleMarks>,
}

#[derive(Clone, Debug)]
pub(crate) struct CycleMarks {
    pub set: Ident,
    /// `TO value DEFAULT value`.
    pub values: Option<(Literal, Literal)>,
    pub using: Ident,
}

/// One operand of a set operation with the operator before it; the first has none.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub operator: Option<&'static str>,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Select(Box<Select>),
    /// `rows_named`: MySQL's `VALUES ROW(…)`.
    Values {
        rows: Vec<Vec<Expr>>,
        rows_named: bool,
    },
    /// `TABLE t`.
    Table(Box<Factor>),
    Paren(Box<Query>),
}

#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub distinct: Quantifier,
    /// MySQL's `STRAIGHT_JOIN`, `SQL_NO_CACHE` … in order.
    pub options: Vec<&'static str>,
    pub items: Vec<Item>,
    pub from: Vec<From>,
    pub filter: Option<Expr>,
    pub group_by: Option<GroupBy>,
    pub having: Option<Expr>,
    pub windows: Vec<(Ident, Window)>,
}

impl Select {
    /// `SELECT items FROM factor`.
    pub fn of(items: Vec<Item>, factor: Factor) -> Self {
        Self {
            distinct: Quantifier::None,
            options: vec![],
            items,
            from: vec![From::Factor(Box::new(factor))],
            filter: None,
            group_by: None,
            having: None,
            windows: vec![],
        }
    }

    /// `SELECT * FROM factor`.
    pub fn all(factor: Factor) -> Self {
        Self::of(vec![Item::Star(factor.span)], factor)
    }

    /// The only operand of a query.
    pub fn arms(self) -> Vec<Arm> {
        vec![Arm { operator: None, body: Body::Select(Box::new(self)) }]
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Quantifier {
    None,
    All,
    Distinct,
    On(Vec<Expr>),
}

#[derive(Clone, Debug)]
pub(crate) enum Item {
    Star(Span),
    QualifiedStar(Name),
    Expr { value: Expr, alias: Option<Ident> },
}

#[derive(Clone, Debug)]
pub(crate) struct GroupBy {
    pub distinct: bool,
    pub items: Vec<Group>,
    pub rollup: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Group {
    Expr(Expr),
    /// MySQL's old `GROUP BY a DESC` (MariaDB still has it).
    Ordered(Expr, bool),
    /// `ROLLUP (…)`, `CUBE (…)`, `GROUPING SETS (…)`.
    Sets {
        word: &'static str,
        items: Vec<Group>,
    },
}

/// A function in FROM with the columns that it is said to give.
pub(crate) type TableCall = (Expr, Vec<(Ident, Option<Type>)>);

/// One piece of a FROM list, in written order.
#[derive(Clone, Debug)]
pub(crate) enum From {
    Comma,
    Join(&'static str),
    Factor(Box<Factor>),
    On(Expr),
    Using { columns: Vec<Ident>, alias: Option<Ident> },
}

#[derive(Clone, Debug)]
pub(crate) struct Factor {
    pub kind: FactorKind,
    pub alias: Option<Alias>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub name: Option<Ident>,
    pub columns: Vec<(Ident, Option<Type>)>,
}

#[derive(Clone, Debug)]
pub(crate) enum FactorKind {
    Table {
        only: bool,
        name: Name,
        partitions: Vec<Ident>,
        period: Option<Period>,
        hints: Vec<Hint>,
        sample: Option<Sample>,
    },
    Derived {
        lateral: bool,
        query: Box<Query>,
    },
    /// A function, or `ROWS FROM (f(), g())`.
    Functions {
        lateral: bool,
        rows_from: bool,
        calls: Vec<TableCall>,
        ordinality: bool,
    },
    Joined(Vec<From>),
    JsonTable {
        lateral: bool,
        input: Expr,
        path: Literal,
        columns: Vec<JsonColumn>,
    },
}

/// `FOR SYSTEM_TIME …`: the rows of a versioned table as they were.
#[derive(Clone, Debug)]
pub(crate) struct Period {
    /// `ALL`, `AS OF`, `AS OF TRANSACTION`, `BETWEEN`, `FROM`.
    pub word: &'static str,
    /// For `BETWEEN`, both ends with the AND.
    pub from: Option<Expr>,
    /// For `FROM`, the other end.
    pub to: Option<Expr>,
}

/// `FORCE INDEX (a, b)`, `INDEXED BY a`.
#[derive(Clone, Debug)]
pub(crate) struct Hint {
    pub words: Vec<&'static str>,
    pub indexes: Option<Vec<Ident>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub method: &'static str,
    pub argument: Expr,
    pub repeatable: Option<Expr>,
}

#[derive(Clone, Debug)]
pub(crate) enum JsonColumn {
    Ordinality(Ident),
    Value {
        name: Ident,
        ty: Box<Type>,
        exists: bool,
        path: Literal,
        on_empty: Option<JsonDefault>,
        on_error: Option<JsonDefault>,
    },
    Nested {
        path: Literal,
        columns: Vec<JsonColumn>,
    },
}

#[derive(Clone, Debug)]
pub(crate) enum JsonDefault {
    Null,
    Error,
    Default(Literal),
}

#[derive(Clone, Debug)]
pub(crate) struct OrderItem {
    pub value: Expr,
    /// `ASC`, `DESC`.
    pub direction: Option<&'static str>,
    /// PostgreSQL's `USING >`.
    pub using: Option<String>,
    /// `NULLS FIRST`, `NULLS LAST`.
    pub nulls: Option<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    pub base: Option<Ident>,
    pub partition_by: Vec<Expr>,
    pub order_by: Vec<OrderItem>,
    pub frame: Option<Frame>,
}

#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub units: &'static str,
    pub start: Bound,
    pub end: Option<Bound>,
    pub exclude: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) enum Bound {
    /// `CURRENT ROW`, `UNBOUNDED PRECEDING` …
    Fixed(&'static str),
    /// An amount, and `PRECEDING` or `FOLLOWING`.
    Amount(Expr, &'static str),
}

/// Operands and operators in written order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expr {
    pub parts: Vec<Part>,
    pub span: Span,
}

impl Expr {
    pub fn one(part: Part, span: Span) -> Self {
        Self { parts: vec![part], span }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// An operator or connecting word: `+`, `AND`, `IS NOT NULL`, `NOT IN`.
    Op(Cow<'static, str>),
    /// PostgreSQL's `OPERATOR(pg_catalog.+)`.
    Operator(Name, String),
    Literal(Literal),
    /// A column, whole row or, in SQLite, perhaps a text.
    Column(Name),
    /// `t.*` as a value.
    Row(Name),
    /// `@@name`.
    System(String),
    /// A word that stands for a function: `CURRENT_DATE`, with an optional precision.
    Keyword(&'static str, Option<String>),
    Call(Box<Call>),
    /// `(a)`, `(a, b)`, `ROW(a, b)`.
    Tuple {
        row: bool,
        items: Vec<Expr>,
    },
    /// `(SELECT …)`, `EXISTS (SELECT …)`, `ARRAY(SELECT …)`.
    Query {
        lead: &'static str,
        query: Box<Query>,
    },
    /// `ARRAY[…]`, or `[…]` inside one.
    Array {
        lead: bool,
        items: Vec<Expr>,
    },
    /// `[i]`, `[from:to]`.
    Index {
        from: Option<Expr>,
        to: Option<Option<Expr>>,
    },
    /// `.field` of a value that is no plain name.
    Field(Ident),
    FieldStar,
    Case {
        operand: Option<Expr>,
        whens: Vec<(Expr, Expr)>,
        otherwise: Option<Expr>,
    },
    /// `::type`.
    CastTo(Type),
    /// `COLLATE name`.
    Collate(Name),
    /// `date '2024-01-01'`, `interval '1' day`.
    Typed {
        ty: Type,
        text: Literal,
        fields: Option<String>,
    },
    /// MySQL's `INTERVAL value UNIT`.
    Interval {
        value: Expr,
        unit: &'static str,
    },
    /// Functions with a syntax of their own: `EXTRACT(YEAR FROM x)`.
    Special {
        name: &'static str,
        pieces: Vec<Piece>,
    },
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Word(Cow<'static, str>),
    Comma,
    Expr(Expr),
    Type(Type),
    /// A character set or collation.
    Charset(Ident),
    /// A label that names no column: `XMLELEMENT(NAME label)`, `… AS label`.
    Label(Ident),
    /// `(…)` around pieces.
    Group(Vec<Piece>),
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub name: Name,
    pub args: Args,
    /// `WITHIN GROUP (ORDER BY …)`.
    pub within: Vec<OrderItem>,
    pub filter: Option<Expr>,
    /// `IGNORE NULLS`, `RESPECT NULLS`.
    pub nulls: Option<&'static str>,
    pub over: Option<Over>,
    pub span: Span,
}

impl Call {
    /// `name(values)`.
    pub fn of(name: &str, values: Vec<Expr>, span: Span) -> Self {
        let arg = |value| Arg { variadic: false, name: None, unit: None, value };
        Self {
            name: vec![Ident::made(name)],
            args: Args { values: values.into_iter().map(arg).collect(), ..Args::default() },
            within: vec![],
            filter: None,
            nulls: None,
            over: None,
            span,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    /// `count(*)`.
    pub star: bool,
    /// `DISTINCT`, `ALL`.
    pub quantifier: Option<&'static str>,
    pub values: Vec<Arg>,
    pub order_by: Vec<OrderItem>,
    /// GROUP_CONCAT's `SEPARATOR '…'`.
    pub separator: Option<Literal>,
    /// GROUP_CONCAT's LIMIT in MariaDB.
    pub limit: Option<Limit>,
}

#[derive(Clone, Debug)]
pub(crate) struct Arg {
    pub variadic: bool,
    /// `name => value`.
    pub name: Option<Ident>,
    /// A unit of time that stands bare: `TIMESTAMPDIFF(DAY, …)`.
    pub unit: Option<&'static str>,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub(crate) enum Over {
    Named(Ident),
    Window(Window),
}

#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    /// As written; digits, one dot, an exponent.
    Number(String),
    Text(String),
    /// MySQL's `_utf8mb4'…'`.
    Charset(String, Box<Literal>),
    /// `x'1F'`, `b'01'`, `0x1F`, `0b01`.
    Bits {
        prefix: &'static str,
        digits: String,
    },
}

/// A type as written, its words checked against what the server has.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    /// `schema.name` of a user's type, or the built-in's words.
    pub name: TypeName,
    /// `(12, 2)`.
    pub modifiers: Vec<String>,
    /// Words after the modifiers: `UNSIGNED`, `WITH TIME ZONE`, `CHARACTER SET utf8mb4`.
    pub tail: Vec<String>,
    /// One entry for each `[]`.
    pub dimensions: Vec<Option<String>>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum TypeName {
    /// Lower-case words of a built-in type.
    Built(String),
    /// A type or table of the catalogue; checked by the resolver.
    User(Name),
}
