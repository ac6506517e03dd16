//! Functions: which may run, with which arguments.

use super::{
    Resolver, Taint,
    near::near,
    scope::{Ctes, Scope, Use},
};
use crate::{
    Flavour,
    ast::{Arg, Call, Count, Ident, Over, Part},
    fault::{Checked, Fault},
    functions,
};

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

fn is_total(call: &Call) -> bool {
    let [name] = call.name.as_slice() else { return false };
    TOTAL.contains(&name.value.to_ascii_lowercase().as_str())
}

impl Resolver<'_> {
    pub(super) fn call(
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
        if self.stable
            && let [name] = call.name.as_slice()
            && name.value.eq_ignore_ascii_case("rownum")
        {
            let reason =
                "rownum() numbers rows as the server finds them, and your policy filters rows.";
            return Err(Fault::new("policy", reason, call.span)
                .hint("Use row_number() OVER (ORDER BY …), or LIMIT."));
        }
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
    pub(super) fn function(&mut self, call: &mut Call) -> Checked<()> {
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
}
