//! Versions of a catalogue: what identifies one, and what a refresh changed.

use model::catalog::{Catalog, CatalogChanges, Table};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// SHA-256 in hex over everything that describes structure. Row estimates do not count: they change by themselves.
#[must_use]
pub fn fingerprint(catalog: &Catalog) -> String {
    let mut bare = catalog.clone();
    for table in bare.schemas.iter_mut().flat_map(|s| &mut s.tables) {
        table.row_estimate = None;
    }
    // A catalogue is plain data with string keys: serialising it cannot fail.
    let bytes = serde_json::to_vec(&bare).unwrap_or_default();
    Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// What is different in `new`, sorted by name.
#[must_use]
pub fn changes(old: &Catalog, new: &Catalog) -> CatalogChanges {
    let (before, after) = (tables(old), tables(new));
    let mut out = CatalogChanges::default();
    for (name, table) in &after {
        match before.get(name) {
            None => out.tables_added.push(name.clone()),
            Some(was) => compare(name, was, table, &mut out),
        }
    }
    out.tables_removed = before.keys().filter(|name| !after.contains_key(*name)).cloned().collect();
    out
}

fn tables(catalog: &Catalog) -> BTreeMap<String, &Table> {
    catalog.tables().map(|(schema, t)| (format!("{schema}.{}", t.name), t)).collect()
}

fn compare(name: &str, old: &Table, new: &Table, out: &mut CatalogChanges) {
    for column in &new.columns {
        let path = format!("{name}.{}", column.name);
        let Some(was) = old.column(&column.name) else {
            out.columns_added.push(path);
            continue;
        };
        let mut note = |differs: bool, what: String| {
            if differs {
                out.changed.push(format!("{path}: {what}"));
            }
        };
        note(
            was.type_name != column.type_name,
            format!("type {} → {}", was.type_name, column.type_name),
        );
        note(
            was.nullable != column.nullable,
            if column.nullable { "now nullable" } else { "no longer nullable" }.into(),
        );
        note(was.default != column.default, "default".into());
        note(was.comment != column.comment, "comment".into());
        note(was.generated != column.generated, "generated".into());
        note(was.labels != column.labels, "labels".into());
    }
    let gone = old.columns.iter().filter(|c| new.column(&c.name).is_none());
    out.columns_removed.extend(gone.map(|c| format!("{name}.{}", c.name)));
    for (differs, what) in [
        (old.kind != new.kind, "kind"),
        (old.comment != new.comment, "comment"),
        (old.primary_key != new.primary_key, "primary key"),
        (old.foreign_keys != new.foreign_keys, "foreign keys"),
        (old.indexes != new.indexes, "indexes"),
        (old.definition != new.definition, "definition"),
        (old.parents != new.parents, "parents"),
        (
            old.partition_key != new.partition_key || old.partition_bound != new.partition_bound,
            "partitioning",
        ),
    ] {
        if differs {
            out.changed.push(format!("{name}: {what}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{changes, fingerprint};
    use model::{
        catalog::{Catalog, Column, Schema, Table, TableKind, ValueKind},
        dialect::Dialect,
    };

    fn column(name: &str) -> Column {
        Column {
            name: name.into(),
            type_name: "text".into(),
            kind: ValueKind::Text,
            nullable: true,
            default: None,
            comment: None,
            generated: None,
            labels: vec![],
        }
    }

    fn table(name: &str, columns: &[&str]) -> Table {
        Table {
            name: name.into(),
            kind: TableKind::Table,
            comment: None,
            row_estimate: Some(1),
            columns: columns.iter().map(|c| column(c)).collect(),
            primary_key: vec![],
            foreign_keys: vec![],
            indexes: vec![],
            definition: None,
            parents: vec![],
            partition_key: None,
            partition_bound: None,
        }
    }

    fn catalog(tables: Vec<Table>) -> Catalog {
        Catalog {
            dialect: Dialect::Sqlite,
            server_version: "3".into(),
            database: "d".into(),
            search_path: vec!["main".into()],
            schemas: vec![Schema { name: "main".into(), tables, ..Schema::default() }],
        }
    }

    #[test]
    fn a_row_estimate_is_no_change() {
        let old = catalog(vec![table("a", &["x"])]);
        let mut new = old.clone();
        new.schemas[0].tables[0].row_estimate = Some(99);
        assert_eq!(fingerprint(&old), fingerprint(&new));
        assert_eq!(fingerprint(&old).len(), 64);
        assert!(changes(&old, &new).is_empty());
    }

    #[test]
    fn tells_what_changed() {
        let old = catalog(vec![table("a", &["x", "y"]), table("b", &["x"])]);
        let mut new = catalog(vec![table("a", &["x", "z"]), table("c", &["x"])]);
        new.schemas[0].tables[0].columns[0].type_name = "int".into();
        new.schemas[0].tables[0].primary_key = vec!["x".into()];
        let found = changes(&old, &new);
        assert_ne!(fingerprint(&old), fingerprint(&new));
        assert_eq!(found.tables_added, ["main.c"]);
        assert_eq!(found.tables_removed, ["main.b"]);
        assert_eq!(found.columns_added, ["main.a.z"]);
        assert_eq!(found.columns_removed, ["main.a.y"]);
        assert_eq!(found.changed, ["main.a.x: type text → int", "main.a: primary key"]);
    }
}
