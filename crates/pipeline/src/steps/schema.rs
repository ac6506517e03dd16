//! Questions about the schema, answered from the catalogue without SQL.

use super::words;
use catalog::fold::fold;
use model::{
    catalog::{Catalog, Table, TableKind, ValueKind},
    result::{Cell, ResultColumn, ResultTable},
    run::Answer,
};

/// Rows shown of a list of tables or columns.
const ROWS: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaQuestion {
    Tables,
    /// `(schema, table)`.
    Columns(String, String),
}

impl SchemaQuestion {
    /// Reads a folded question.
    pub fn read(folded: &str, catalog: &Catalog) -> Option<Self> {
        let asks_for_tables = matches!(
            folded,
            "tables"
                | "list tables"
                | "show tables"
                | "list all tables"
                | "show all tables"
                | "list the tables"
                | "show the tables"
                | "show me the tables"
                | "show me all tables"
                | "show me tables"
                | "what tables are there"
                | "which tables are there"
                | "what tables exist"
                | "which tables exist"
                | "what tables do you have"
                | "which tables do you have"
                | "what tables do we have"
                | "which tables do we have"
                | "what tables does this database have"
                | "which tables does this database have"
                | "what tables are in this database"
                | "which tables are in this database"
                | "what tables are in the database"
                | "which tables are in the database"
                | "what data do you have"
                | "what data is there"
                | "what is in this database"
                | "what is in the database"
                | "whats in this database"
                | "whats in the database"
                | "describe the database"
                | "describe this database"
                | "show schema"
                | "show the schema"
                | "schema"
                | "how many tables are there"
                | "how many tables does this database have"
        );
        // A restaurant's `tables` are data, not structure.
        let has_own =
            catalog.tables().any(|(_, t)| matches!(fold(&t.name).as_str(), "tables" | "table"));
        if asks_for_tables && !has_own {
            return Some(Self::Tables);
        }
        let name = after(folded)?;
        let (schema, table) = find(catalog, name)?;
        Some(Self::Columns(schema.to_owned(), table.name.clone()))
    }

    pub fn answer(&self, catalog: &Catalog) -> Option<Answer> {
        match self {
            Self::Tables => Some(tables(catalog)),
            Self::Columns(schema, table) => {
                Some(columns(catalog, schema, catalog.table(schema, table)?))
            }
        }
    }
}

/// The name that a question about one table ends or starts with.
fn after(folded: &str) -> Option<&str> {
    const BEFORE: [&str; 19] = [
        "describe table ",
        "describe the table ",
        "describe the ",
        "describe ",
        "desc ",
        "show columns of ",
        "show the columns of ",
        "columns of ",
        "list columns of ",
        "list the columns of ",
        "what columns are in ",
        "which columns are in ",
        "what are the columns of ",
        "what are the fields of ",
        "show me the columns of ",
        "structure of ",
        "show the structure of ",
        "schema of ",
        "show the schema of ",
    ];
    const AROUND: [(&str, &str); 6] = [
        ("what columns does ", " have"),
        ("which columns does ", " have"),
        ("what fields does ", " have"),
        ("which fields does ", " have"),
        ("what columns do ", " have"),
        ("which columns do ", " have"),
    ];
    let around = AROUND.iter().find_map(|(a, b)| folded.strip_prefix(a)?.strip_suffix(b));
    let name = around.or_else(|| BEFORE.iter().find_map(|b| folded.strip_prefix(b)))?;
    let name = name.strip_prefix("the ").unwrap_or(name);
    Some(name.strip_prefix("table ").or(name.strip_suffix(" table")).unwrap_or(name))
}

fn find<'a>(catalog: &'a Catalog, name: &str) -> Option<(&'a str, &'a Table)> {
    let same = |t: &Table| {
        let table = fold(&t.name);
        table == name || singular(&table) == singular(name)
    };
    catalog
        .tables()
        .find(|(schema, t)| same(t) || format!("{} {}", fold(schema), fold(&t.name)) == name)
}

/// A rough singular, the same for a word and its plural.
pub fn singular(word: &str) -> String {
    match word {
        w if w.len() > 4 && w.ends_with("ies") => format!("{}y", &w[..w.len() - 3]),
        w if w.ends_with("sses") || w.ends_with("xes") || w.ends_with("ches") => {
            w[..w.len() - 2].to_owned()
        }
        w if w.len() > 3 && w.ends_with('s') && !w.ends_with("ss") => w[..w.len() - 1].to_owned(),
        w => w.to_owned(),
    }
}

fn tables(catalog: &Catalog) -> Answer {
    let all: Vec<(&str, &Table)> = catalog.tables().collect();
    let views = all.iter().filter(|(_, t)| is_view(t)).count();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut text = format!("{} has {}", catalog.database, count(all.len() - views, "table"));
    if views > 0 {
        text.push_str(&format!(" and {}", count(views, "view")));
    }
    text.push('.');
    if all.len() > ROWS {
        text.push_str(&format!(
            " The first {ROWS} are shown here; the schema tree has all of them."
        ));
    }
    let several = catalog.schemas.len() > 1;
    let row = |(schema, t): &(&str, &Table)| {
        let name = if several { format!("{schema}.{}", t.name) } else { t.name.clone() };
        let rows = t.row_estimate.filter(|r| *r >= 0).map(|r| r.to_string());
        let kind = if is_view(t) { "view" } else { "table" };
        vec![
            Some(name),
            Some(kind.into()),
            rows,
            Some(t.columns.len().to_string()),
            comment(t.comment.as_deref()),
        ]
    };
    let rows = all.iter().take(ROWS).map(row).collect();
    let follow_ups = all.iter().filter(|(_, t)| !is_view(t)).take(3);
    let follow_ups = follow_ups.map(|(_, t)| format!("Describe {}", t.name)).collect();
    let kinds = [
        ("table", ValueKind::Text),
        ("kind", ValueKind::Text),
        ("rows (estimate)", ValueKind::Integer),
        ("columns", ValueKind::Integer),
        ("comment", ValueKind::Text),
    ];
    answer(text, &kinds, rows, follow_ups)
}

fn columns(catalog: &Catalog, schema: &str, table: &Table) -> Answer {
    let count = table.columns.len();
    let s = if count == 1 { "" } else { "s" };
    let mut text = format!("{} has {count} column{s}", table.name);
    if let Some(rows) = table.row_estimate.filter(|r| *r >= 0) {
        text.push_str(&format!(" and about {} rows", words::grouped(&rows.to_string())));
    }
    text.push('.');
    if let Some(comment) = comment(table.comment.as_deref()) {
        text.push_str(&format!(" “{comment}”"));
    }
    let names: Vec<_> = neighbours(catalog, schema, table);
    if !names.is_empty() {
        text.push_str(&format!(" It is linked to {}.", words::listed(&names, 6)));
    }
    if count > ROWS {
        text.push_str(&format!(
            " The first {ROWS} columns are shown here; the schema tree has all."
        ));
    }
    let rows = table.columns.iter().take(ROWS).map(|column| {
        let key = match table.foreign_keys.iter().find(|k| k.columns.contains(&column.name)) {
            _ if table.primary_key.contains(&column.name) => Some("primary key".to_owned()),
            Some(key) => Some(format!("→ {}", key.ref_table)),
            None => None,
        };
        let null = if column.nullable { "yes" } else { "no" };
        let type_name = Some(column.type_name.clone());
        vec![
            Some(column.name.clone()),
            type_name,
            key,
            Some(null.into()),
            comment(column.comment.as_deref()),
        ]
    });
    let kinds =
        ["column", "type", "key", "may be empty", "comment"].map(|name| (name, ValueKind::Text));
    let name = words::label(&table.name);
    let follow_ups = vec![format!("How many {name} are there?"), format!("List {name}")];
    answer(text, &kinds, rows.collect(), follow_ups)
}

fn neighbours(catalog: &Catalog, schema: &str, table: &Table) -> Vec<String> {
    let mut names: Vec<String> = table.foreign_keys.iter().map(|k| k.ref_table.clone()).collect();
    for (_, other) in catalog.tables() {
        let refers =
            |k: &model::catalog::ForeignKey| k.ref_schema == schema && k.ref_table == table.name;
        if other.foreign_keys.iter().any(refers) {
            names.push(other.name.clone());
        }
    }
    names.sort();
    names.dedup();
    names.retain(|n| *n != table.name);
    names
}

fn is_view(table: &Table) -> bool {
    matches!(table.kind, TableKind::View | TableKind::MaterializedView)
}

fn comment(text: Option<&str>) -> Cell {
    text.map(|t| words::line(t, 160)).filter(|t| !t.is_empty())
}

fn answer(
    text: String,
    columns: &[(&str, ValueKind)],
    rows: Vec<Vec<Cell>>,
    follow_ups: Vec<String>,
) -> Answer {
    let column = |(name, kind): &(&str, ValueKind)| ResultColumn {
        name: (*name).to_owned(),
        type_name: String::new(),
        kind: *kind,
        mask: None,
    };
    let preview = ResultTable { columns: columns.iter().map(column).collect(), rows };
    Answer { text, chart: None, follow_ups, understood: Vec::new(), confidence: None, preview }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use model::{
        catalog::{Column, ForeignKey, Schema},
        dialect::Dialect,
    };

    fn table(name: &str, columns: &[&str]) -> Table {
        let column = |name: &&str| Column {
            name: (*name).into(),
            type_name: "INTEGER".into(),
            kind: ValueKind::Integer,
            nullable: true,
            default: None,
            comment: None,
            generated: None,
            labels: Vec::new(),
        };
        Table {
            name: name.into(),
            kind: TableKind::Table,
            comment: None,
            row_estimate: Some(1200),
            columns: columns.iter().map(column).collect(),
            primary_key: vec!["id".into()],
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            definition: None,
            parents: Vec::new(),
            partition_key: None,
            partition_bound: None,
        }
    }

    pub fn shop() -> Catalog {
        let mut orders = table("orders", &["id", "customer_id", "total"]);
        orders.foreign_keys.push(ForeignKey {
            name: "fk".into(),
            columns: vec!["customer_id".into()],
            ref_schema: "main".into(),
            ref_table: "customers".into(),
            ref_columns: vec!["id".into()],
            on_delete: None,
            on_update: None,
        });
        let tables =
            vec![table("customers", &["id", "name"]), table("order_items", &["id"]), orders];
        Catalog {
            dialect: Dialect::Sqlite,
            server_version: "3.46.0".into(),
            database: "shop".into(),
            search_path: vec!["main".into()],
            schemas: vec![Schema { name: "main".into(), tables, ..Schema::default() }],
        }
    }

    /// The same with more columns of orders.
    pub fn wide_shop() -> Catalog {
        let mut catalog = shop();
        let orders = catalog.schemas[0].tables.last_mut().expect("orders stand last");
        let more = table("more", &["status", "placed_at"]).columns;
        orders.columns.extend(more.into_iter().map(|c| Column { kind: ValueKind::Text, ..c }));
        catalog
    }

    #[test]
    fn finds_the_table_that_is_meant() {
        let catalog = shop();
        let read = |q: &str| match SchemaQuestion::read(&fold(q), &catalog) {
            Some(SchemaQuestion::Columns(_, table)) => table,
            Some(SchemaQuestion::Tables) => "*".into(),
            None => "-".into(),
        };
        for (question, expected) in [
            ("What tables are there?", "*"),
            ("describe Orders", "orders"),
            ("Describe the order table", "orders"),
            ("what columns does order_items have?", "order_items"),
            ("columns of main.customers", "customers"),
            ("describe nothing", "-"),
            ("orders by month", "-"),
        ] {
            assert_eq!(read(question), expected, "{question}");
        }
        let mut restaurant = shop();
        restaurant.schemas[0].tables[0].name = "tables".into();
        assert_eq!(SchemaQuestion::read("how many tables are there", &restaurant), None);
    }

    #[test]
    fn answers_with_rows() {
        let catalog = shop();
        let all = SchemaQuestion::Tables.answer(&catalog).unwrap();
        assert_eq!(all.text, "shop has 3 tables.");
        assert_eq!(all.preview.rows.len(), 3);
        let orders =
            SchemaQuestion::Columns("main".into(), "orders".into()).answer(&catalog).unwrap();
        assert_eq!(
            orders.text,
            "orders has 3 columns and about 1,200 rows. It is linked to customers."
        );
        assert_eq!(orders.preview.rows[1][2].as_deref(), Some("→ customers"));
    }
}
