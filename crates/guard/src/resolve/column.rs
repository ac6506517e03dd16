//! Names of columns and rows: what they mean, and what they carry.

use super::{
    Resolver, Taint,
    near::near,
    scope::{Relation, Scope, Use},
};
use crate::{
    Flavour,
    ast::{Expr, Ident, Literal, Name, Part},
    fault::{Checked, Fault, Span},
    functions,
};

/// Columns that PostgreSQL gives every table.
const SYSTEM_COLUMNS: [&str; 6] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

/// Columns that MariaDB gives versioned tables.
const PERIOD_COLUMNS: [&str; 2] = ["row_start", "row_end"];

/// A row as one value: a user may have made a cast that the server then calls by itself.
pub(super) fn no_cast(relation: &Relation, span: Span) -> Checked<()> {
    if !relation.cast {
        return Ok(());
    }
    let reason = "A row of this table as one value may run a user's cast.";
    Err(Fault::new("type", reason, span).hint("Name the columns."))
}

impl Resolver<'_> {
    /// `(c).email`, `(c).*`, where `c` is a row as a whole.
    pub(super) fn row_field(
        &mut self,
        expr: &Expr,
        scope: &Scope<'_>,
        place: Use,
    ) -> Checked<Option<Taint>> {
        let [_, last @ (Part::Field(_) | Part::FieldStar)] = expr.parts.as_slice() else {
            return Ok(None);
        };
        let Some(relation) = self.whole_row(expr, scope) else { return Ok(None) };
        let taint = match last {
            Part::Field(field) => self.column_of(relation, field)?,
            _ => relation.shape.taint(),
        };
        if !std::mem::take(&mut self.shown_whole) {
            self.runs_no_cast(taint, expr.span)?;
        }
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

    pub(super) fn columns_in_reach<'s>(
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

    pub(super) fn named_relation<'s>(
        &self,
        scope: &'s Scope<'_>,
        name: &str,
    ) -> Option<&'s Relation> {
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

    /// The part of a row. PostgreSQL reads `x.name` as `name(x)` where `x` has no such column, be it
    /// a row or not, so a name that is no column of anything is refused.
    pub(super) fn field(&self, field: &Ident) -> Checked<Taint> {
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
    pub(super) fn column_part(
        &mut self,
        part: &mut Part,
        scope: &Scope<'_>,
        place: Use,
    ) -> Checked<Taint> {
        let Part::Column(name) = part else { return Ok(Taint::default()) };
        if self.trusted && name.len() == 2 && name[0].value == "{user}" {
            let value = self.attribute(&name[1])?;
            *part = Part::Literal(Literal::Text(value));
            return Ok(Taint::default());
        }
        let span = name.first().map_or_else(Span::default, |first| first.span);
        let span = name.last().map_or(span, |last| span.to(last.span));
        let shown_whole = std::mem::take(&mut self.shown_whole);
        match self.column(name, scope)? {
            Some(taint) => {
                if !shown_whole {
                    self.runs_no_cast(taint, span)?;
                }
                self.allow(taint, place, span)
            }
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
    pub(super) fn column(&mut self, name: &mut Name, scope: &Scope<'_>) -> Checked<Option<Taint>> {
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

    /// `schema.table.column`, `database.schema.table.column`. What stands in the table's place has
    /// no schema, so the name is cut down to `table.column` where that means the same.
    fn long_column(&mut self, name: &mut Name, scope: &Scope<'_>) -> Checked<Taint> {
        let (relation, first) = self.qualified(&name[..name.len() - 1], scope)?;
        let last = name.len() - 1;
        let taint = self.in_relation(relation, &mut name[last])?;
        if self.goes_by_its_alias(relation, scope) {
            name.drain(..first);
            if let (Some(alias), [own, _]) = (&relation.alias, name.as_mut_slice()) {
                own.value.clone_from(alias);
            }
        } else if relation.governed {
            let reason = format!("Another '{}' stands nearer here.", name[last - 1].value);
            return Err(Fault::new("ambiguous", reason, name[last - 1].span)
                .hint("Give one of them another alias."));
        }
        Ok(taint)
    }

    /// Nothing nearer, nor beside it, has the same name.
    fn goes_by_its_alias(&self, relation: &Relation, scope: &Scope<'_>) -> bool {
        let Some(alias) = &relation.alias else { return false };
        let mut here = Some(scope);
        while let Some(scope) = here {
            let mut named = scope.relations.iter().filter(|other| {
                other.alias.as_ref().is_some_and(|other| self.facts.same(other, alias))
            });
            if let Some(found) = named.next() {
                return std::ptr::eq(found, relation) && named.next().is_none();
            }
            here = scope.outer;
        }
        false
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

    fn is_system_column(&self, name: &str) -> bool {
        match self.facts.flavour {
            Flavour::Postgres => SYSTEM_COLUMNS.contains(&name),
            Flavour::MariaDb => PERIOD_COLUMNS.iter().any(|known| name.eq_ignore_ascii_case(known)),
            Flavour::MySql | Flavour::Sqlite => false,
        }
    }

    fn column_of(&self, relation: &Relation, column: &Ident) -> Checked<Taint> {
        let mut found = self.columns(relation, &column.value).map(|column| column.taint).peekable();
        if found.peek().is_some() {
            return Ok(found.fold(Taint::default(), Taint::with));
        }
        if relation.denied.iter().any(|name| self.facts.same(name, &column.value)) {
            return Err(self.denied_column(relation, column));
        }
        if relation.plain && self.is_system_column(&column.value) {
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
            if plain && self.is_system_column(&column.value) {
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
}
