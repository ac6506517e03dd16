//! From text to verdict: the steps in order.

use crate::{
    Cleared, Gate, MaskedColumn, ReadKind, Verdict,
    ast::{Filter, Part, PragmaArgument, Query, Show, Statement},
    facts::Inner,
    fault::{Checked, Fault, Span},
    limit, parse, render,
    resolve::{Resolver, Taint},
    second, write,
};

const RED_ZONE: usize = 6 * 1024 * 1024;
const STACK: usize = 16 * 1024 * 1024;

/// The whole way of one statement through the gate.
pub(crate) fn pass(gate: &Gate<'_>, sql: &str) -> Verdict {
    // Whatever stack the caller has left: the deepest statement that is accepted needs less.
    stacker::maybe_grow(RED_ZONE, STACK, || pass_here(gate, sql))
}

fn pass_here(gate: &Gate<'_>, sql: &str) -> Verdict {
    let flavour = gate.facts.flavour();
    let read = parse::statement(sql, flavour).and_then(|statement| {
        second::agrees(&statement, sql, flavour)?;
        clear(gate, statement)
    });
    match read {
        Ok(cleared) => Verdict::Read(cleared),
        Err(fault) => match write::classify(&fault, sql, flavour) {
            Some(class) => Verdict::Write(class),
            None => Verdict::Deny(fault.refusal(sql)),
        },
    }
}

fn clear(gate: &Gate<'_>, mut statement: Statement) -> Checked<Cleared> {
    let mut resolver = Resolver::new(gate);
    // A list of all tables is read as a table where some are denied.
    if let Statement::Show(Show::Pragma { name: "table_list", argument: None, .. }) = &statement
        && resolver.hides_names()
    {
        let list = "SELECT * FROM pragma_table_list";
        statement = parse::statement(list, gate.facts.flavour())?;
    }
    let mut masked = Vec::new();
    let kind = match &mut statement {
        Statement::Query(query) => {
            let written = gate.policy.filters().then(|| query.clone());
            masked = masked_columns(&mut resolver, query)?;
            if let Some(written) = written.filter(|_| resolver.filtered) {
                *query = written;
                resolver = Resolver::stable(gate);
                masked = masked_columns(&mut resolver, query)?;
            }
            if let Some(rows) = gate.row_limit {
                limit::apply(query, rows, gate.facts.flavour());
            }
            ReadKind::Query
        }
        Statement::Explain { query, .. } => {
            resolver.statement(query)?;
            if resolver.secret {
                let reason = "A plan would show the key of a hash mask.";
                return Err(Fault::new("masked", reason, query.span));
            }
            // Estimates count the rows that are filtered away.
            if resolver.filtered {
                let reason = "A plan would tell how many rows your policy filters away.";
                return Err(Fault::new("policy", reason, query.span));
            }
            ReadKind::Explain
        }
        Statement::Show(show) => {
            shown(&mut resolver, show, gate.facts.inner())?;
            ReadKind::Show
        }
    };
    let flavour = gate.facts.flavour();
    let sql = render::statement(&statement, flavour);
    let key = gate.policy.hash_key.as_ref().filter(|_| resolver.secret);
    let shown = match key {
        Some(key) => sql.replace(&render::text(key.expose(), flavour), "'•••'"),
        None => sql.clone(),
    };
    let clean = !resolver.user_code;
    let governed = resolver.replaced > 0;
    let tables = resolver.tables.into_iter().collect();
    Ok(Cleared { sql, shown, dialect: flavour.dialect(), kind, tables, masked, clean, governed })
}

fn masked_columns(resolver: &mut Resolver<'_>, query: &mut Query) -> Checked<Vec<MaskedColumn>> {
    let carried = resolver.statement(query)?;
    let mut masked = Vec::new();
    for (position, taint) in carried {
        for (n, mask) in resolver.masks.iter().enumerate() {
            if taint.has(Taint::mask(n)) {
                let (column, mask) = (mask.column.clone(), mask.name.to_owned());
                masked.push(MaskedColumn { position, column, mask });
            }
        }
    }
    Ok(masked)
}

/// Metadata of what may be seen only.
fn shown(resolver: &mut Resolver<'_>, show: &mut Show, facts: &Inner) -> Checked<()> {
    match show {
        Show::Setting(_) => Ok(()),
        Show::Words { words, from, filter } => {
            if let Some(schema) = from
                && !facts.has_schema(&schema.value)
            {
                let reason = format!("There is no database '{}' in this connection.", schema.value);
                return Err(Fault::new("unknown_table", reason, schema.span));
            }
            where_clause(resolver, filter)?;
            let schema = from.as_ref().map_or(facts.database.as_str(), |from| &from.value);
            unlisted(resolver, words, schema, filter)
        }
        Show::Table { words, table, filter, .. } => {
            let statistics = ["INDEX", "INDEXES", "KEYS"].iter().any(|word| words.contains(word));
            if words.contains(&"VIEW") {
                // Its definition names what it reads.
                resolver.whole(table)?;
            }
            resolver.structure(table, statistics)?;
            where_clause(resolver, filter)
        }
        Show::Pragma { schema, name, argument } => {
            if let Some(schema) = schema
                && !schema.value.eq_ignore_ascii_case("main")
            {
                return Err(Fault::new("pragma", "Only the main database is read.", schema.span));
            }
            match argument {
                Some(PragmaArgument::Name(table)) => {
                    resolver.pragma(name, Some(&table.value), table.span)
                }
                Some(PragmaArgument::Number(_)) | None => {
                    resolver.pragma(name, None, Span::default())
                }
            }
        }
    }
}

/// SHOW TABLES without the names of denied tables.
fn unlisted(
    resolver: &Resolver<'_>,
    words: &[&'static str],
    schema: &str,
    filter: &mut Filter,
) -> Checked<()> {
    let flavour = resolver.flavour();
    let column = match words.last() {
        Some(&"TABLES") => render::ident(&format!("Tables_in_{schema}"), flavour),
        Some(&"STATUS") if words.contains(&"TABLE") => "Name".to_owned(),
        _ => return Ok(()),
    };
    let mut denied = resolver.denied_tables_in(schema);
    if words.contains(&"STATUS") {
        // It counts rows and bytes.
        denied.extend(resolver.governed_tables_in(schema));
    }
    if denied.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = denied.iter().map(|name| render::text(name, flavour)).collect();
    let mut text = format!("{column} NOT IN ({})", names.join(", "));
    if let Filter::Like(pattern) = filter {
        text = format!("{text} AND {column} LIKE {}", render::text(pattern, flavour));
    }
    let mut expr = parse::expression(&text, flavour)?;
    if let Filter::Where(own) = filter {
        let own = std::mem::take(own);
        expr.parts.extend([Part::Op("AND".into()), Part::Tuple { row: false, items: vec![own] }]);
    }
    *filter = Filter::Where(expr);
    Ok(())
}

fn where_clause(resolver: &mut Resolver<'_>, filter: &mut Filter) -> Checked<()> {
    match filter {
        Filter::None | Filter::Like(_) => Ok(()),
        Filter::Where(expr) => resolver.lone(expr),
    }
}
