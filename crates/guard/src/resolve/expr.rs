//! Expressions: columns, functions, operators, types.

use super::{
    Resolver, Taint,
    near::near,
    scope::{Ctes, Relation, Scope, Use},
};
use crate::{
    Flavour,
    ast::{Arg, Call, Count, Expr, Ident, Literal, Name, Over, Part, Piece, Type, TypeName},
    fault::{Checked, Fault, Span},
    functions,
    parse::{SETTINGS, VARIABLES},
};

/// Columns that PostgreSQL gives every table.
const SYSTEM_COLUMNS: [&str; 6] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

/// Functions that turn a row as a whole into one value.
const OF_ROWS: [&str; 8] = [
    "to_json",
    "to_jsonb",
    "row_to_json",
    "json_agg",
    "jsonb_agg",
    "array_agg",
    "count",
    "to_tsvector",
];

/// Functions that give a value for every argument of their types: a constant mask can neither make
/// them fail nor make them choose.
const TOTAL: [&str; 62] = [
    "abs",
    "any_value",
    "array_agg",
    "avg",
    "btrim",
    "char_length",
    "character_length",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "first_value",
    "format",
    "group_concat",
    "hex",
    "ifnull",
    "initcap",
    "json_agg",
    "json_array",
    "json_arrayagg",
    "json_build_array",
    "json_build_object",
    "json_group_array",
    "json_object",
    "json_quote",
    "jsonb_agg",
    "jsonb_build_array",
    "jsonb_build_object",
    "lag",
    "last_value",
    "lcase",
    "lead",
    "left",
    "length",
    "lower",
    "ltrim",
    "max",
    "md5",
    "min",
    "nth_value",
    "octet_length",
    "quote",
    "quote_literal",
    "quote_nullable",
    "replace",
    "reverse",
    "right",
    "round",
    "rtrim",
    "sha1",
    "sha2",
    "split_part",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "to_json",
    "to_jsonb",
    "total",
    "trim",
    "ucase",
    "upper",
];

/// A row as one value: a user may have made a cast that the server then calls by itself.
fn no_cast(relation: &Relation, span: Span) -> Checked<()> {
    if !relation.cast {
        return Ok(());
    }
    let reason = "A row of this table as one value may run a user's cast.";
    Err(Fault::new("type", reason, span).hint("Name the columns."))
}

fn is_total(call: &Call) -> bool {
    let [name] = call.name.as_slice() else { return false };
    TOTAL.contains(&name.value.to_ascii_lowercase().as_str())
}

impl Resolver<'_> {
    pub(super) fn expr(
        &mut self,
        expr: &mut Expr,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
        place: Use,
    ) -> Checked<Taint> {
        let span = expr.span;
        if let Some(taint) = self.row_field(expr, scope, place)? {
            return Ok(taint);
        }
        let inner = if self.cannot_fail(&expr.parts) { place } else { place.deeper() };
        let mut taint = Taint::default();
        for part in &mut expr.parts {
            taint = taint.with(self.part(part, scope, ctes, inner, span)?);
        }
        Ok(taint)
    }

    /// Nothing in it can fail, or choose, by the value of an operand: a constant mask may go in.
    fn cannot_fail(&self, parts: &[Part]) -> bool {
        let text = |ty: &Type| {
            matches!(&ty.name, TypeName::Built(word)
                if ["text", "varchar", "char", "character"].contains(&word.as_str()))
                && ty.dimensions.is_empty()
        };
        parts.len() == 1
            || parts.iter().all(|part| match part {
                Part::Op(op) if op == "||" => !self.facts.flavour.is_mysql(),
                Part::Op(op) => matches!(op.as_ref(), "+" | "-" | "*"),
                Part::Collate(_) => true,
                Part::CastTo(ty) => text(ty),
                Part::Operator(..) | Part::Index { .. } | Part::Field(_) | Part::FieldStar => false,
                _ => true,
            })
    }

    /// `(c).email`, `(c).*`, where `c` is a row as a whole.
    fn row_field(&mut self, expr: &Expr, scope: &Scope<'_>, place: Use) -> Checked<Option<Taint>> {
        let [_, last @ (Part::Field(_) | Part::FieldStar)] = expr.parts.as_slice() else {
            return Ok(None);
        };
        let Some(relation) = self.whole_row(expr, scope) else { return Ok(None) };
        let taint = match last {
            Part::Field(field) => self.column_of(relation, field)?,
            _ => relation.shape.taint(),
        };
        self.allow(taint, place, expr.span).map(Some)
    }

    /// The relation whose row the expression's first part is.
    pub(super) fn whole_row<'s>(&self, expr: &Expr, scope: &'s Scope<'_>) -> Option<&'s Relation> {
        let name = match expr.parts.first()? {
            Part::Row(name) => name,
            Part::Tuple { row: false, items } => match items.as_slice() {
                [Expr { parts, .. }] => match parts.as_slice() {
                    [Part::Column(name) | Part::Row(name)] => name,
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        };
        let [only] = name.as_slice() else { return None };
        let is_column = self.columns_in_reach(scope, &only.value).next().is_some();
        if is_column { None } else { self.named_relation(scope, &only.value) }
    }

    fn columns_in_reach<'s>(
        &self,
        scope: &'s Scope<'_>,
        name: &str,
    ) -> impl Iterator<Item = Taint> + use<'s> {
        let facts = self.facts.flavour;
        let name = if facts.is_postgres() { name.to_owned() } else { name.to_lowercase() };
        scope.relations.iter().flat_map(|relation| &relation.shape.columns).filter_map(
            move |column| {
                let known = column.name.as_deref()?;
                let same =
                    if facts.is_postgres() { known == name } else { known.to_lowercase() == name };
                same.then_some(column.taint)
            },
        )
    }

    fn named_relation<'s>(&self, scope: &'s Scope<'_>, name: &str) -> Option<&'s Relation> {
        let mut here = Some(scope);
        while let Some(scope) = here {
            let found = scope.relations.iter().find(|relation| {
                relation.alias.as_deref().is_some_and(|alias| self.facts.same(alias, name))
            });
            if found.is_some() {
                return found;
            }
            here = scope.outer;
        }
        None
    }

    fn exprs<'e>(
        &mut self,
        exprs: impl IntoIterator<Item = &'e mut Expr>,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
        place: Use,
    ) -> Checked<Taint> {
        let mut taint = Taint::default();
        for expr in exprs {
            taint = taint.with(self.expr(expr, scope, ctes, place)?);
        }
        Ok(taint)
    }

    fn part(
        &mut self,
        part: &mut Part,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
        place: Use,
        span: Span,
    ) -> Checked<Taint> {
        let none = Ok(Taint::default());
        match part {
            Part::Op(op) => {
                if self.facts.flavour.is_postgres() {
                    self.operators(op, span)?;
                }
                none
            }
            Part::Operator(schema, op) => {
                if !matches!(schema.as_slice(), [only] if only.value == "pg_catalog") {
                    let reason = format!("The operator '{op}' of a user's schema is refused.");
                    return Err(Fault::new("operator", reason, span));
                }
                self.operator(op, span)?;
                none
            }
            Part::Literal(_) | Part::Keyword(..) | Part::Collate(_) => none,
            Part::Column(_) => self.column_part(part, scope, place),
            Part::Row(name) => {
                let relation = self.relation(name, scope)?;
                super::no_sources(relation, span)?;
                no_cast(relation, span)?;
                self.allow(relation.shape.taint(), place, span)
            }
            Part::System(name) => {
                let known = name.to_ascii_lowercase();
                let known = ["global.", "session.", "local."]
                    .iter()
                    .find_map(|prefix| known.strip_prefix(prefix))
                    .unwrap_or(&known)
                    .to_owned();
                if !VARIABLES.contains(&known.as_str()) {
                    let reason =
                        format!("The variable '@@{name}' is not on the list of harmless ones.");
                    return Err(Fault::new("variable", reason, span));
                }
                none
            }
            Part::Call(call) => self.call(call, scope, ctes, place),
            Part::Tuple { row, items } => {
                let inner = if items.len() == 1 && !*row { place } else { place.deeper() };
                self.exprs(items, scope, ctes, inner)
            }
            Part::Query { lead, query } => {
                let shape = self.ordered_query(query, Some(scope), ctes, *lead == "ARRAY")?;
                if *lead == "EXISTS" {
                    return none;
                }
                self.allow(shape.taint(), place, span)
            }
            Part::Array { items, .. } => self.exprs(items, scope, ctes, place.deeper()),
            Part::Index { from, to } => {
                self.exprs(
                    from.iter_mut().chain(to.iter_mut().flatten()),
                    scope,
                    ctes,
                    Use::Decides,
                )?;
                none
            }
            Part::Field(field) => self.field(field),
            Part::FieldStar => none,
            Part::Case { operand, whens, otherwise } => {
                if operand.is_some() && self.facts.flavour.is_postgres() {
                    self.operator("=", span)?;
                }
                let mut taint = self.exprs(otherwise, scope, ctes, place)?;
                taint = taint.with(self.exprs(operand, scope, ctes, Use::Decides)?);
                for (when, then) in whens {
                    taint = taint.with(self.expr(when, scope, ctes, Use::Decides)?);
                    taint = taint.with(self.expr(then, scope, ctes, place)?);
                }
                Ok(taint)
            }
            Part::CastTo(ty) | Part::Typed { ty, .. } => {
                self.data_type(ty)?;
                none
            }
            Part::Interval { value, .. } => self.expr(value, scope, ctes, place.deeper()),
            Part::Special { name, pieces } => {
                let total = ["SUBSTRING", "SUBSTR", "MID", "TRIM"].contains(name);
                let inner = if total { place } else { place.deeper() };
                self.pieces(pieces, scope, ctes, inner)
            }
        }
    }

    fn pieces(
        &mut self,
        pieces: &mut [Piece],
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
        place: Use,
    ) -> Checked<Taint> {
        let mut taint = Taint::default();
        for piece in pieces {
            match piece {
                Piece::Word(_) | Piece::Comma | Piece::Charset(_) | Piece::Label(_) => {}
                Piece::Expr(expr) => taint = taint.with(self.expr(expr, scope, ctes, place)?),
                Piece::Type(ty) => self.data_type(ty)?,
                Piece::Group(pieces) => {
                    taint = taint.with(self.pieces(pieces, scope, ctes, place)?)
                }
            }
        }
        Ok(taint)
    }

    /// An operator, or those that a word stands for.
    fn operators(&self, op: &str, span: Span) -> Checked<()> {
        if op.starts_with(|c: char| !c.is_ascii_alphabetic()) {
            return self.operator(op, span);
        }
        let symbols: &[&str] = match op.strip_prefix("NOT ").unwrap_or(op) {
            "IN" => &["=", "<>"],
            "LIKE" => &["~~", "!~~"],
            "ILIKE" => &["~~*", "!~~*"],
            "SIMILAR TO" => &["~", "!~"],
            op if op.starts_with("BETWEEN") => &["<", "<=", ">", ">="],
            op if op.contains("DISTINCT FROM") => &["="],
            _ => &[],
        };
        symbols.iter().try_for_each(|symbol| self.operator(symbol, span))
    }

    pub(super) fn operator(&self, symbol: &str, span: Span) -> Checked<()> {
        let users = self.facts.operator(symbol);
        let by_users = users.contains(&false);
        let of_extension = functions::operator_of_extension(symbol) && !users.is_empty();
        if by_users || !(functions::operator(symbol) || of_extension) {
            let reason = format!(
                "The operator '{symbol}' is not one of the server's own: what it runs is not known."
            );
            return Err(Fault::new("operator", reason, span));
        }
        Ok(())
    }

    /// The part of a row. PostgreSQL reads `x.name` as `name(x)` where `x` has no such column, be it
    /// a row or not, so a name that is no column of anything is refused.
    fn field(&self, field: &Ident) -> Checked<Taint> {
        if self.may_be_part(&field.value) {
            return Ok(Taint::default());
        }
        let reason = format!("'.{}' could call a function of that name.", field.value);
        Err(Fault::new("function", reason, field.span))
    }

    fn may_be_part(&self, name: &str) -> bool {
        self.facts.routine(name).is_empty()
            && !functions::may_be_called(name)
            && (self.facts.is_field(name)
                || functions::is_field(name)
                || functions::built_in(Flavour::Postgres, name))
    }

    /// A name as a value. It may turn out to be no column: an attribute, or a text in SQLite.
    fn column_part(&mut self, part: &mut Part, scope: &Scope<'_>, place: Use) -> Checked<Taint> {
        let Part::Column(name) = part else { return Ok(Taint::default()) };
        if self.trusted && name.len() == 2 && name[0].value == "{user}" {
            let value = self.attribute(&name[1])?;
            *part = Part::Literal(Literal::Text(value));
            return Ok(Taint::default());
        }
        let span = name.first().map_or_else(Span::default, |first| first.span);
        let span = name.last().map_or(span, |last| span.to(last.span));
        match self.column(name, scope)? {
            Some(taint) => self.allow(taint, place, span),
            None => {
                let text = name.pop().map(|only| only.value).unwrap_or_default();
                *part = Part::Literal(Literal::Text(text));
                Ok(Taint::default())
            }
        }
    }

    fn attribute(&self, name: &Ident) -> Checked<String> {
        let found = self.gate.attributes.get(&name.value);
        found.cloned().ok_or_else(|| {
            Fault::new("policy", format!("you have no attribute '{}'.", name.value), name.span)
        })
    }

    /// What the named column carries; `None`: SQLite takes it for a text.
    fn column(&mut self, name: &mut Name, scope: &Scope<'_>) -> Checked<Option<Taint>> {
        match name.len() {
            1 => self.bare_column(name, scope),
            2 => {
                let Some(relation) = self.named_relation(scope, &name[0].value) else {
                    return Err(self.no_relation(&name[0]));
                };
                self.in_relation(relation, &mut name[1]).map(Some)
            }
            _ => self.long_column(name, scope).map(Some),
        }
    }

    /// `schema.table.column`, `database.schema.table.column`.
    fn long_column(&mut self, name: &mut Name, scope: &Scope<'_>) -> Checked<Taint> {
        let (relation, first) = self.qualified(&name[..name.len() - 1], scope)?;
        let unique =
            scope.relations.iter().filter(|other| other.alias == relation.alias).count() == 1;
        let last = name.len() - 1;
        let taint = self.in_relation(relation, &mut name[last])?;
        if relation.governed || unique {
            name.drain(..first);
            if let (Some(alias), [own, _]) = (&relation.alias, name.as_mut_slice()) {
                own.value.clone_from(alias);
            }
        }
        Ok(taint)
    }

    /// A relation by schema and table; also how many parts stand before its own name.
    fn qualified<'s>(
        &self,
        name: &[Ident],
        scope: &'s Scope<'_>,
    ) -> Checked<(&'s Relation, usize)> {
        let [.., schema, table] = name else {
            return Err(Fault::whole("syntax", "A name is too short."));
        };
        if name.len() == 3 && name[0].value != self.facts.database {
            return Err(self.no_relation(&name[0]));
        }
        let mut here = Some(scope);
        while let Some(scope) = here {
            let found = scope.relations.iter().find(|relation| {
                relation.qualified.as_ref().is_some_and(|(in_schema, own)| {
                    self.facts.same(in_schema, &schema.value) && self.facts.same(own, &table.value)
                })
            });
            if let Some(relation) = found {
                return Ok((relation, name.len() - 1));
            }
            here = scope.outer;
        }
        Err(self.no_relation(table))
    }

    /// The relation before `.*`.
    pub(super) fn relation<'s>(
        &self,
        name: &mut Name,
        scope: &'s Scope<'_>,
    ) -> Checked<&'s Relation> {
        if let [only] = name.as_slice() {
            return self.named_relation(scope, &only.value).ok_or_else(|| self.no_relation(only));
        }
        let (relation, first) = self.qualified(name, scope)?;
        name.drain(..first);
        Ok(relation)
    }

    fn in_relation(&self, relation: &Relation, column: &mut Ident) -> Checked<Taint> {
        if self.is_rowid(relation, &column.value)
            && let Some(rowid) = &relation.rowid
        {
            if relation.governed {
                column.value.clone_from(rowid);
                column.double = false;
            }
            return Ok(self
                .columns(relation, rowid)
                .fold(Taint::default(), |all, c| all.with(c.taint)));
        }
        self.column_of(relation, column)
    }

    fn is_rowid(&self, relation: &Relation, name: &str) -> bool {
        self.facts.flavour.is_sqlite()
            && ["rowid", "_rowid_", "oid"].iter().any(|known| name.eq_ignore_ascii_case(known))
            && self.columns(relation, name).next().is_none()
    }

    fn column_of(&self, relation: &Relation, column: &Ident) -> Checked<Taint> {
        let mut found = self.columns(relation, &column.value).map(|column| column.taint).peekable();
        if found.peek().is_some() {
            return Ok(found.fold(Taint::default(), Taint::with));
        }
        if relation.denied.iter().any(|name| self.facts.same(name, &column.value)) {
            return Err(self.denied_column(relation, column));
        }
        let system =
            self.facts.flavour.is_postgres() && SYSTEM_COLUMNS.contains(&column.value.as_str());
        if system && relation.plain {
            return Ok(Taint::default());
        }
        if relation.shape.open && self.may_be_column(relation, &column.value) {
            return Ok(relation.shape.taint());
        }
        Err(self.no_column(column, std::slice::from_ref(relation)))
    }

    /// A column of a relation that not all columns are known of. What a function gives may be a
    /// single value, which PostgreSQL would hand to a function of the name.
    fn may_be_column(&self, relation: &Relation, name: &str) -> bool {
        if !self.facts.flavour.is_postgres() {
            return self.facts.routine(name).is_empty();
        }
        if !relation.of_function {
            return self.facts.routine(name).is_empty() && !functions::may_be_called(name);
        }
        relation.alias.as_deref() == Some(name) || name == "ordinality" || self.may_be_part(name)
    }

    fn bare_column(&mut self, name: &mut Name, scope: &Scope<'_>) -> Checked<Option<Taint>> {
        let postgres = self.facts.flavour.is_postgres();
        let mut here = Some(scope);
        let in_reach = scope.relations.as_slice();
        let mut denied = None;
        while let Some(scope) = here {
            let Some(column) = name.last_mut() else { break };
            let mut found = self.columns_in_reach(scope, &column.value).peekable();
            if found.peek().is_some() {
                return Ok(Some(found.fold(Taint::default(), Taint::with)));
            }
            drop(found);
            denied = denied.or_else(|| {
                let hides = |relation: &&Relation| {
                    relation.denied.iter().any(|name| self.facts.same(name, &column.value))
                };
                scope.relations.iter().find(hides)
            });
            if postgres && denied.is_none() {
                let row = scope
                    .relations
                    .iter()
                    .find(|relation| relation.alias.as_deref() == Some(&column.value));
                if let Some(relation) = row {
                    super::no_sources(relation, column.span)?;
                    no_cast(relation, column.span)?;
                    return Ok(Some(relation.shape.taint()));
                }
            }
            let alias = scope.aliases.iter().find(|alias| {
                alias.name.as_deref().is_some_and(|known| self.facts.same(known, &column.value))
            });
            if let Some(alias) = alias {
                return Ok(Some(alias.taint));
            }
            if let Some(relation) = scope
                .relations
                .iter()
                .find(|r| self.is_rowid(r, &column.value) && r.rowid.is_some())
            {
                return self.in_relation(relation, column).map(Some);
            }
            let plain = scope.relations.iter().any(|relation| relation.plain);
            if postgres && plain && SYSTEM_COLUMNS.contains(&column.value.as_str()) {
                return Ok(Some(Taint::default()));
            }
            if scope.relations.iter().any(|relation| relation.shape.open) && denied.is_none() {
                let open = scope.relations.iter().filter(|relation| relation.shape.open);
                return Ok(Some(open.fold(Taint::default(), |all, r| all.with(r.shape.taint()))));
            }
            here = scope.outer;
        }
        let Some(column) = name.last() else { return Ok(Some(Taint::default())) };
        match denied {
            Some(relation) => Err(self.denied_column(relation, column)),
            None if column.double && self.facts.flavour.is_sqlite() => Ok(None),
            None => Err(self.no_column(column, in_reach)),
        }
    }

    pub(super) fn denied_column(&self, relation: &Relation, column: &Ident) -> Box<Fault> {
        let of = relation.alias.as_deref().unwrap_or("this table");
        let reason = format!("You may not read the column '{}' of '{of}'.", column.value);
        Fault::new("denied", reason, column.span)
    }

    pub(super) fn no_column(&self, column: &Ident, in_reach: &[Relation]) -> Box<Fault> {
        let reason = format!("There is no column '{}' here.", column.value);
        let fault = Fault::new("unknown_column", reason, column.span);
        let names = in_reach.iter().flat_map(|relation| &relation.shape.columns);
        let near = near(&column.value, names.filter_map(|column| column.name.as_deref()));
        if near.is_empty() {
            fault
        } else {
            fault.hint(format!("Did you mean {}?", near.join(", ")))
        }
    }

    fn no_relation(&self, name: &Ident) -> Box<Fault> {
        let reason = format!("There is no table or alias '{}' here.", name.value);
        Fault::new("unknown_table", reason, name.span)
    }

    fn call(
        &mut self,
        call: &mut Call,
        scope: &Scope<'_>,
        ctes: Ctes<'_>,
        place: Use,
    ) -> Checked<Taint> {
        if let Some(taint) = self.runs_text(call)? {
            return self.allow(taint, place.deeper(), call.span);
        }
        self.function(call)?;
        let total = self.of_row(call, scope) || is_total(call);
        let inner = if total && place == Use::Shown { place } else { place.deeper() };
        let mut taint = Taint::default();
        for Arg { value, .. } in &mut call.args.values {
            taint = taint.with(self.expr(value, scope, ctes, inner)?);
        }
        for item in call.args.order_by.iter_mut().chain(&mut call.within) {
            self.sorted_by(item)?;
            taint = taint.with(self.expr(&mut item.value, scope, ctes, Use::Decides)?);
        }
        if let Some(filter) = &mut call.filter {
            self.expr(filter, scope, ctes, Use::Decides)?;
        }
        if let Some(limit) = &mut call.args.limit {
            if let Some(Count::Rows(rows)) = &mut limit.count {
                self.expr(rows, scope, ctes, Use::Decides)?;
            }
            self.exprs(&mut limit.offset, scope, ctes, Use::Decides)?;
        }
        if let Some(Over::Window(window)) = &mut call.over {
            self.window(window, scope, ctes)?;
        }
        if self.stable {
            self.settle_list(call, scope);
        }
        Ok(taint)
    }

    /// `to_jsonb(c)`: one row as one value, shown as it is.
    fn of_row(&self, call: &Call, scope: &Scope<'_>) -> bool {
        let [name] = call.name.as_slice() else { return false };
        let [Arg { value, .. }] = call.args.values.as_slice() else { return false };
        let row = match value.parts.as_slice() {
            [Part::Column(column)] => match column.as_slice() {
                [only] => {
                    self.columns_in_reach(scope, &only.value).next().is_none()
                        && self.named_relation(scope, &only.value).is_some()
                }
                _ => false,
            },
            [Part::Row(_)] => true,
            _ => false,
        };
        row && OF_ROWS.contains(&name.value.as_str())
    }

    /// The function is known to be harmless, under exactly this name.
    fn function(&mut self, call: &mut Call) -> Checked<()> {
        let flavour = self.facts.flavour;
        let span = call.span;
        let (schema, name) = match call.name.as_slice() {
            [name] => (None, name.value.clone()),
            [schema, name] => (Some(schema.value.clone()), name.value.clone()),
            _ => return Err(Fault::new("function", "This name of a function is too long.", span)),
        };
        let marked = |schema: &str| {
            self.gate.policy.functions.iter().any(|marked| *marked == format!("{schema}.{name}"))
        };
        match &schema {
            None if functions::built_in(flavour, &name) || self.is_table_function(&name) => {
                self.arguments(call, &name)?;
                // A user's function of the same name could fit the arguments better.
                if flavour.is_postgres()
                    && !self.facts.routine(&name).is_empty()
                    && !functions::is_grammar(&name)
                {
                    call.name.insert(0, Ident::made("pg_catalog"));
                }
                return Ok(());
            }
            Some(schema)
                if flavour.is_postgres()
                    && schema == "pg_catalog"
                    && functions::built_in(flavour, &name)
                    && !functions::is_grammar(&name) =>
            {
                return self.arguments(call, &name);
            }
            // What JDBC asks for primary keys with: it numbers the items of an array.
            Some(schema)
                if flavour.is_postgres()
                    && schema == "information_schema"
                    && name == "_pg_expandarray" =>
            {
                return Ok(());
            }
            None if self.full_text(&name) => return Ok(()),
            None if self.facts.search_path.iter().any(|schema| marked(schema)) => {
                self.user_code = true;
                return Ok(());
            }
            Some(schema) if marked(schema) => {
                self.user_code = true;
                return Ok(());
            }
            _ => {}
        }
        let languages = self.facts.routine(&name);
        let compiled = !languages.is_empty() && languages.iter().all(|language| language == "c");
        if compiled && functions::of_extension(flavour, &name) {
            return Ok(());
        }
        // MySQL and MariaDB share a name here and have functions of their own.
        let elsewhere = match flavour {
            Flavour::MariaDb => Some(("MariaDB", "MySQL", Flavour::MySql)),
            Flavour::MySql => Some(("MySQL", "MariaDB", Flavour::MariaDb)),
            Flavour::Postgres | Flavour::Sqlite => None,
        };
        let elsewhere = elsewhere
            .filter(|(_, _, other)| languages.is_empty() && functions::built_in(*other, &name));
        let reason = if let Some((here, other, _)) = elsewhere {
            format!("{here} has no function '{name}'; {other} has.")
        } else if languages.is_empty() {
            format!("The function '{name}' is not on the list of harmless functions.")
        } else {
            format!("'{name}' was made by a user: what it does is not known.")
        };
        let fault = Fault::new("function", reason, span);
        Err(if languages.is_empty() {
            let near = near(&name, functions::known(flavour));
            if near.is_empty() {
                fault
            } else {
                fault.hint(format!("Did you mean {}?", near.join(", ")))
            }
        } else {
            fault.hint("An admin can mark it as harmless.")
        })
    }

    /// SQLite's `docs('query')`: a full-text table called like a function.
    fn full_text(&self, name: &str) -> bool {
        if !self.facts.flavour.is_sqlite() {
            return false;
        }
        let Some(id) = self.facts.unqualified(name) else { return false };
        let table = &self.facts.tables[id];
        table.kind == model::catalog::TableKind::Virtual
            && self.gate.policy.of(&table.schema, &table.name).is_open()
            && !self.indexes_governed(id)
    }

    /// Functions that are harmless with some arguments only.
    fn arguments(&self, call: &Call, name: &str) -> Checked<()> {
        let text = |n: usize| match call.args.values.get(n).map(|arg| arg.value.parts.as_slice()) {
            Some([Part::Literal(Literal::Text(text))]) => Some(text.as_str()),
            Some([Part::Literal(Literal::Text(text)), Part::CastTo(_)]) => Some(text.as_str()),
            _ => None,
        };
        let refuse = |reason: &str| Err(Fault::new("function", reason, call.span));
        match name.to_ascii_lowercase().as_str() {
            "nullif" if self.facts.flavour.is_postgres() => self.operator("=", call.span),
            "current_setting" => {
                let known = text(0)
                    .is_some_and(|name| SETTINGS.contains(&name.to_ascii_lowercase().as_str()));
                if known {
                    Ok(())
                } else {
                    refuse("This setting is not on the list of harmless ones.")
                }
            }
            "repeat" | "lpad" | "rpad" | "space" | "zeroblob" | "randomblob" | "array_fill" => {
                let huge = |arg: &Arg| match arg.value.parts.as_slice() {
                    [Part::Literal(Literal::Number(n))] => n.parse().is_ok_and(|n: f64| n > 5e7),
                    _ => false,
                };
                if call.args.values.iter().any(huge) {
                    refuse("A single value of this size would take the server's memory.")
                } else {
                    Ok(())
                }
            }
            // They fill any columns, those of a user's domain too, whose check then runs.
            name if self.facts.has_domains()
                && name.starts_with("json")
                && name.contains("populate_record") =>
            {
                // `NULL::orders`, where no column is of a user's type.
                let table = match call.args.values.first().map(|arg| arg.value.parts.as_slice()) {
                    Some([_, Part::CastTo(Type { name: TypeName::User(name), .. })]) => {
                        match name.as_slice() {
                            [table] => self.facts.unqualified(&table.value),
                            [schema, table] => self.facts.table(&schema.value, &table.value),
                            _ => None,
                        }
                    }
                    _ => None,
                };
                if table.is_some_and(|id| self.facts.has_own_types(id)) {
                    return Ok(());
                }
                refuse("Filling a record may run the checks of a user's domain.")
            }
            "pg_get_viewdef" if !self.gate.policy.is_open() => {
                let named = text(0).map(|name| name.rsplit_once('.').unwrap_or(("", name)));
                let id = named.and_then(|(schema, name)| match schema {
                    "" => self.facts.unqualified(name),
                    schema => self.facts.table(schema, name),
                });
                let readable = id.is_some_and(|id| {
                    let table = &self.facts.tables[id];
                    self.is_readable(&table.schema, &table.name)
                });
                if readable {
                    return Ok(());
                }
                refuse(
                    "Definitions are shown of views that you may read, asked for by name: pg_get_viewdef('schema.view'::regclass).",
                )
            }
            "has_table_privilege"
            | "has_column_privilege"
            | "has_any_column_privilege"
            | "pg_partition_tree"
            | "pg_partition_ancestors"
            | "pg_partition_root" => {
                let about = (0..call.args.values.len()).filter_map(text).any(|name| {
                    let name = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
                    self.facts
                        .alike_named(name)
                        .any(|table| self.gate.policy.of(&table.schema, &table.name).denied)
                });
                if about { refuse("You may not ask about this table.") } else { Ok(()) }
            }
            "pg_relation_size" | "pg_table_size" | "pg_indexes_size" | "pg_total_relation_size" => {
                if self.gate.policy.is_open() {
                    return Ok(());
                }
                let named = text(0)
                    .map(|name| name.rsplit_once('.').map_or((None, name), |(s, n)| (Some(s), n)));
                let id = named.and_then(|(schema, name)| match schema {
                    Some(schema) => self.facts.table(schema, name),
                    None => self.facts.unqualified(name),
                });
                let open = id.is_some_and(|id| {
                    let table = &self.facts.tables[id];
                    self.gate.policy.of(&table.schema, &table.name).is_open()
                });
                if open {
                    Ok(())
                } else {
                    refuse("Sizes of tables that the policy governs are refused.")
                }
            }
            _ => Ok(()),
        }
    }

    /// The type is built in, or one that runs no user's code.
    pub(super) fn data_type(&mut self, ty: &mut Type) -> Checked<()> {
        let TypeName::User(name) = &mut ty.name else { return Ok(()) };
        let Some((last, schema)) = name.split_last() else { return Ok(()) };
        let refuse = |reason: String| Err(Fault::new("type", reason, ty.span));
        if let Some(kind) = self.facts.user_type(&last.value) {
            let harmless = match kind {
                "base" => true,
                "enum" | "range" | "composite" => !self.facts.has_user_cast(&last.value),
                _ => false,
            };
            return if harmless {
                Ok(())
            } else {
                refuse(format!("Casting to '{}' may run a user's code.", last.value))
            };
        }
        let table = match schema {
            [] => self.facts.unqualified(&last.value),
            [schema] => self.facts.table(&schema.value, &last.value),
            _ => None,
        };
        match table {
            Some(id) if self.facts.flavour == Flavour::Postgres => {
                if self.facts.has_user_cast(&last.value) {
                    return refuse(format!("Casting to '{}' may run a user's code.", last.value));
                }
                self.readable(id, ty.span)
            }
            _ => refuse(format!("The type '{}' is not known.", last.value)),
        }
    }
}
