//! Lists of names that the server keeps: rows about tables and columns that the policy denies are
//! left out of them.

use super::Resolver;
use crate::{
    Flavour,
    ast::Expr,
    fault::Checked,
    functions::System,
    parse,
    policy::{Access, ColumnRule},
    render,
};
use std::fmt::Write as _;

/// How a system relation names the table that a row is about.
enum Key {
    /// Columns with its schema and its name.
    Named(&'static str, &'static str),
    /// A column with the name alone; there is one schema.
    Bare(&'static str),
    /// A column with its number in `pg_class`.
    Number(&'static str),
}

/// Which columns of a system relation name a table, and which one a column.
fn key(system: &System) -> Option<(Key, Option<&'static str>)> {
    use Key::{Bare, Named, Number};
    Some(match (system.schema, system.name) {
        ("information_schema", "columns" | "key_column_usage" | "constraint_column_usage") => {
            (Named("table_schema", "table_name"), Some("column_name"))
        }
        (
            "information_schema",
            "column_privileges"
            | "role_column_grants"
            | "view_column_usage"
            | "column_udt_usage"
            | "column_domain_usage",
        ) => (Named("table_schema", "table_name"), Some("column_name")),
        ("information_schema", "triggers") => {
            (Named("event_object_schema", "event_object_table"), None)
        }
        ("information_schema", "foreign_tables") => {
            (Named("foreign_table_schema", "foreign_table_name"), None)
        }
        ("information_schema", "statistics") => {
            (Named("table_schema", "table_name"), Some("column_name"))
        }
        (
            "information_schema",
            "tables"
            | "views"
            | "table_constraints"
            | "constraint_table_usage"
            | "partitions"
            | "table_privileges"
            | "role_table_grants"
            | "view_table_usage",
        ) => (Named("table_schema", "table_name"), None),
        ("information_schema", "element_types") => (Named("object_schema", "object_name"), None),
        ("pg_catalog", "pg_class") => (Number("oid"), None),
        ("pg_catalog", "pg_attribute") => (Number("attrelid"), Some("attname")),
        ("pg_catalog", "pg_attrdef") => (Number("adrelid"), None),
        ("pg_catalog", "pg_index") => (Number("indrelid"), None),
        ("pg_catalog", "pg_constraint") => (Number("conrelid"), None),
        ("pg_catalog", "pg_description") => (Number("objoid"), None),
        ("pg_catalog", "pg_trigger") => (Number("tgrelid"), None),
        ("pg_catalog", "pg_partitioned_table") => (Number("partrelid"), None),
        ("pg_catalog", "pg_type") => (Number("typrelid"), None),
        ("pg_catalog", "pg_stat_user_tables" | "pg_stat_all_tables" | "pg_statio_user_tables") => {
            (Number("relid"), None)
        }
        ("pg_catalog", "pg_statistic_ext") => (Number("stxrelid"), None),
        ("pg_catalog", "pg_publication_rel") => (Number("prrelid"), None),
        ("pg_catalog", "pg_policy") => (Number("polrelid"), None),
        ("pg_catalog", "pg_rewrite") => (Number("ev_class"), None),
        ("pg_catalog", "pg_foreign_table") => (Number("ftrelid"), None),
        ("pg_catalog", "pg_stat_user_indexes") => (Number("relid"), None),
        ("pg_catalog", "pg_tables" | "pg_indexes" | "pg_rules" | "pg_publication_tables") => {
            (Named("schemaname", "tablename"), None)
        }
        ("pg_catalog", "pg_views") => (Named("schemaname", "viewname"), None),
        ("pg_catalog", "pg_matviews") => (Named("schemaname", "matviewname"), None),
        ("main", "sqlite_master" | "sqlite_schema") => (Bare("tbl_name"), None),
        ("main", "pragma_table_list" | "sqlite_sequence") => (Bare("name"), None),
        ("main", "sqlite_stat1") => (Bare("tbl"), None),
        _ => return None,
    })
}

impl Resolver<'_> {
    /// What rows of this system relation the person may see; `None`: all.
    pub(super) fn visible_rows(&self, system: &System) -> Checked<Option<Expr>> {
        let Some((key, column)) = key(system) else { return Ok(None) };
        let (mut tables, columns) = self.denied_names();
        // They have rows of tables that are not empty.
        if matches!(system.name, "sqlite_stat1" | "sqlite_sequence") {
            tables = self.governed_names();
        }
        if tables.is_empty() && (columns.is_empty() || column.is_none()) {
            return Ok(None);
        }
        let mut text = String::new();
        if !tables.is_empty() {
            let about = self.about(&key, &tables);
            let _ = write!(text, "({about}) IS NOT TRUE");
        }
        if let Some(column) = column {
            for (schema, table, name) in &columns {
                let about = self.about(&key, &[(schema.clone(), table.clone())]);
                let name = render::text(name, self.facts.flavour);
                let and = if text.is_empty() { "" } else { " AND " };
                let _ = write!(text, "{and}(({about}) AND {column} = {name}) IS NOT TRUE");
            }
        }
        parse::expression(&text, self.facts.flavour).map(Some)
    }

    /// True for rows about views that the person may read; `None`: there is no policy.
    pub(super) fn defined(&self, system: &System) -> Checked<Option<Expr>> {
        let policy = self.gate.policy;
        let (Some((key, _)), false) = (key(system), policy.is_open() || self.trusted) else {
            return Ok(None);
        };
        if system.definitions.is_empty() {
            return Ok(None);
        }
        let views = self.facts.tables.iter().filter(|table| table.view.is_some());
        let readable: Vec<_> = views
            .filter(|view| self.is_readable(&view.schema, &view.name))
            .map(|view| (view.schema.clone(), view.name.clone()))
            .collect();
        let text =
            if readable.is_empty() { "FALSE".to_owned() } else { self.about(&key, &readable) };
        parse::expression(&text, self.facts.flavour).map(Some)
    }

    /// The table, and what it reads if it is a view, may be read by this person.
    pub(super) fn is_readable(&self, schema: &str, name: &str) -> bool {
        let name = vec![crate::ast::Ident::made(schema), crate::ast::Ident::made(name)];
        Self::new(self.gate).whole(&name).is_ok()
    }

    /// Only settings that the query asks for by their names are listed.
    pub(super) fn settings_asked(
        &self,
        system: &System,
        span: crate::fault::Span,
    ) -> Checked<Option<Expr>> {
        if system.name != "pg_settings" {
            return Ok(None);
        }
        if !self.settings_named {
            let reason = "Settings of the server are shown by their names only, and these are not \
                          all on the list of harmless ones.";
            return Err(crate::fault::Fault::new("system_relation", reason, span)
                .hint("Ask for single ones: WHERE name IN ('server_version', 'TimeZone')."));
        }
        let names: Vec<_> = parse::SETTINGS.iter().map(|name| format!("'{name}'")).collect();
        let text = format!("lower(name) IN ({})", names.join(", "));
        parse::expression(&text, self.facts.flavour).map(Some)
    }

    /// Some condition that must hold says `name = '…'` or `name IN (…)` with harmless settings.
    pub(super) fn names_settings(filter: &Expr) -> bool {
        use crate::ast::{Literal, Part};
        let listed = |part: &Part| {
            matches!(part, Part::Literal(Literal::Text(name))
                if parse::SETTINGS.contains(&name.to_lowercase().as_str()))
        };
        let is = |part: &Part, words: &[&str]| matches!(part, Part::Op(op) if words.contains(&op.as_ref()));
        if filter.parts.iter().any(|part| is(part, &["OR", "NOT"])) {
            return false;
        }
        filter.parts.split(|part| is(part, &["AND"])).any(|condition| match condition {
            [Part::Tuple { row: false, items }] => {
                matches!(items.as_slice(), [inner] if Self::names_settings(inner))
            }
            [Part::Column(name), Part::Op(op), value] => {
                let named = name.last().is_some_and(|last| last.value == "name");
                named
                    && match (op.as_ref(), value) {
                        ("IN", Part::Tuple { items, .. }) => items
                            .iter()
                            .all(|item| matches!(item.parts.as_slice(), [one] if listed(one))),
                        ("=", one) => listed(one),
                        _ => false,
                    }
            }
            _ => false,
        })
    }

    /// True for rows about tables that the policy leaves as they are; `None`: it leaves all so.
    pub(super) fn uncounted(&self, system: &System) -> Checked<Option<Expr>> {
        let governed = self.governed_names();
        let (Some((key, _)), false) = (key(system), governed.is_empty()) else { return Ok(None) };
        if system.statistics.is_empty() {
            return Ok(None);
        }
        let text = format!("({}) IS NOT TRUE", self.about(&key, &governed));
        parse::expression(&text, self.facts.flavour).map(Some)
    }

    /// Tables of this schema whose size says something of what is masked or filtered.
    pub(crate) fn governed_tables_in(&self, schema: &str) -> Vec<String> {
        let names = self.governed_names().into_iter();
        names.filter(|(known, _)| self.facts.same(known, schema)).map(|(_, name)| name).collect()
    }

    fn governed_names(&self) -> Vec<(String, String)> {
        let policy = self.gate.policy;
        if policy.is_open() || self.trusted {
            return Vec::new();
        }
        let tables = self.facts.tables.iter();
        tables
            .filter(|table| !policy.of(&table.schema, &table.name).is_open())
            .map(|table| (table.schema.clone(), table.name.clone()))
            .collect()
    }

    /// Names of denied tables, views and indexes of the only schema: for lists without schemas.
    pub(crate) fn denied_tables_in(&self, schema: &str) -> Vec<String> {
        let (tables, _) = self.denied_names();
        tables
            .into_iter()
            .filter(|(known, _)| self.facts.same(known, schema))
            .map(|(_, name)| name)
            .collect()
    }

    fn about(&self, key: &Key, tables: &[(String, String)]) -> String {
        let flavour = self.facts.flavour;
        let text = |name: &String| render::text(name, flavour);
        let pairs = |schema: &str, name: &str| {
            let each = tables.iter().map(|(in_schema, table)| {
                format!("({schema} = {} AND {name} = {})", text(in_schema), text(table))
            });
            each.collect::<Vec<_>>().join(" OR ")
        };
        match key {
            Key::Named(schema, name) => pairs(schema, name),
            Key::Bare(name) => {
                let names: Vec<_> =
                    tables.iter().map(|(_, table)| text(&table.to_ascii_lowercase())).collect();
                format!("lower({name}) IN ({})", names.join(", "))
            }
            Key::Number(number) => format!(
                "{number} <> 0 AND {number} IN (SELECT c.oid FROM pg_catalog.pg_class AS c \
                 JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE {} \
                 UNION ALL SELECT i.indexrelid FROM pg_catalog.pg_index AS i \
                 JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid \
                 JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE {})",
                pairs("n.nspname", "c.relname"),
                pairs("n.nspname", "c.relname"),
            ),
        }
    }

    /// `(schema, table)` of what is denied whole, `(schema, table, column)` of denied columns.
    #[allow(clippy::type_complexity)]
    fn denied_names(&self) -> (Vec<(String, String)>, Vec<(String, String, String)>) {
        let policy = self.gate.policy;
        let (mut tables, mut columns) = (Vec::new(), Vec::new());
        if policy.is_open() || self.trusted {
            return (tables, columns);
        }
        for table in &self.facts.tables {
            let governed = policy.of(&table.schema, &table.name);
            if governed.denied {
                tables.push((table.schema.clone(), table.name.clone()));
                continue;
            }
            let hidden = table
                .columns
                .iter()
                .filter(|c| governed.column(&c.name) == Some(&ColumnRule::Deny));
            columns
                .extend(hidden.map(|c| (table.schema.clone(), table.name.clone(), c.name.clone())));
        }
        (tables, columns)
    }

    /// Something is denied by name, so that lists of names are not for everybody.
    pub(crate) fn hides_names(&self) -> bool {
        let policy = self.gate.policy;
        policy.access == Access::Deny
            || policy.tables.iter().any(|rule| {
                rule.access == Access::Deny
                    || rule.columns.values().any(|column| *column == ColumnRule::Deny)
            })
    }

    /// `pragma_table_info(x)` with a name that is worked out: NULL for what is denied.
    pub(super) fn visible_argument(&self, argument: &mut Expr) -> Checked<()> {
        let denied = self.denied_tables_in("main");
        if denied.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = denied
            .iter()
            .map(|name| render::text(&name.to_ascii_lowercase(), Flavour::Sqlite))
            .collect();
        let template = format!("CASE WHEN lower(x) NOT IN ({}) THEN x END", names.join(", "));
        let mut wrapped = parse::expression(&template, Flavour::Sqlite)?;
        replace(&mut wrapped, argument);
        *argument = wrapped;
        Ok(())
    }
}

/// Puts `value` in the place of each `x`.
fn replace(template: &mut Expr, value: &Expr) {
    use crate::ast::Part;
    for part in &mut template.parts {
        match part {
            Part::Column(_) => {
                *part = Part::Tuple { row: false, items: vec![value.clone()] };
            }
            Part::Call(call) => {
                call.args.values.iter_mut().for_each(|arg| replace(&mut arg.value, value));
            }
            Part::Case { whens, .. } => {
                for (when, then) in whens {
                    replace(when, value);
                    replace(then, value);
                }
            }
            _ => {}
        }
    }
}
