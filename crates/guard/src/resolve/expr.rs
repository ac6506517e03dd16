//! Expressions, part by part.

use super::{
    Resolver, Taint,
    column::no_cast,
    scope::{Ctes, Scope, Use},
};
use crate::{
    ast::{Expr, Part, Piece, Type, TypeName},
    fault::{Checked, Fault, Span},
    parse::VARIABLES,
};

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

    pub(super) fn exprs<'e>(
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

    pub(super) fn part(
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
                self.runs_no_cast(shape.taint(), span)?;
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
}
