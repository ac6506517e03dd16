//! The catalogue holds what the database knows of itself.

use super::*;
use model::catalog::{Catalog, CatalogProgress, RoutineKind, Table, TableKind, ValueKind};
use std::{sync::Mutex, time::Instant};

async fn introspect(subject: &Subject) -> Catalog {
    let steps = Mutex::new(Vec::new());
    let catalog = subject
        .connector()
        .introspect(&|progress| {
            if let CatalogProgress::Reading { step, steps: all, .. } = progress {
                steps.lock().unwrap().push((step, all));
            }
        })
        .await
        .unwrap();
    let steps = steps.into_inner().unwrap();
    assert_eq!(steps.len(), steps[0].1 as usize);
    catalog
}

fn table<'a>(catalog: &'a Catalog, name: &str) -> &'a Table {
    catalog.tables().find(|(_, table)| table.name == name).unwrap_or_else(|| panic!("no {name}")).1
}

#[tokio::test]
async fn postgres_catalogue() {
    let subject = Subject::new(
        Dialect::Postgres,
        "CREATE SCHEMA \"Sales Ops\"; COMMENT ON SCHEMA \"Sales Ops\" IS 'where money is made';
         CREATE TYPE mood AS ENUM ('sad', 'it''s, ok'); CREATE DOMAIN positive AS numeric(8,2) CHECK (VALUE > 0);
         CREATE TYPE pair AS (a int, b text);
         CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(40) NOT NULL UNIQUE,
           feeling mood DEFAULT 'sad', price positive, total numeric(12,2) GENERATED ALWAYS AS (price * 2) STORED, tags text[]);
         COMMENT ON TABLE customers IS 'who buys'; COMMENT ON COLUMN customers.email IS 'unique';
         CREATE INDEX by_domain ON customers (lower(email), id) WHERE price > 10;
         CREATE INDEX covering ON customers (price) INCLUDE (email);
         CREATE TABLE \"Sales Ops\".orders (customer bigint REFERENCES customers ON DELETE CASCADE, at timestamptz, n int,
           PRIMARY KEY (n, at)) PARTITION BY RANGE (at);
         CREATE TABLE \"Sales Ops\".orders_2024 PARTITION OF \"Sales Ops\".orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
         CREATE TABLE parent (a int, b int, UNIQUE (b, a)); CREATE TABLE child (c int, x int, y int, FOREIGN KEY (y, x) REFERENCES parent (b, a)) INHERITS (parent);
         CREATE VIEW v AS SELECT id, email FROM customers WHERE price > 1; CREATE MATERIALIZED VIEW mv AS SELECT count(*) AS n FROM customers;
         INSERT INTO customers (email, price) SELECT 'c' || i, 5 FROM generate_series(1, 1000) AS i; ANALYZE customers;
         CREATE FUNCTION twice(n int, OUT r int) LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'; CREATE PROCEDURE work() LANGUAGE sql AS '';
         CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
         CREATE FUNCTION to_pair(int) RETURNS pair LANGUAGE sql AS 'SELECT ROW($1, $1::text)::pair'; CREATE CAST (int AS pair) WITH FUNCTION to_pair(int);
         CREATE AGGREGATE total_of (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');",
    );
    let catalog = introspect(&subject).await;
    assert_eq!(catalog.search_path, ["public"]);
    assert!(catalog.server_version.starts_with("15."), "{}", catalog.server_version);
    assert_eq!(catalog.database, subject.database.as_ref().unwrap().name);
    let names: Vec<_> = catalog.schemas.iter().map(|schema| schema.name.as_str()).collect();
    assert_eq!(names, ["Sales Ops", "public"]);
    assert_eq!(catalog.schemas[0].comment.as_deref(), Some("where money is made"));

    let customers = table(&catalog, "customers");
    assert_eq!((customers.kind, customers.row_estimate), (TableKind::Table, Some(1000)));
    assert_eq!(customers.comment.as_deref(), Some("who buys"));
    assert_eq!(customers.primary_key, ["id"]);
    let shown: Vec<_> = customers
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.type_name.as_str(), c.kind, c.nullable))
        .collect();
    assert_eq!(
        shown,
        [
            ("id", "bigint", ValueKind::Integer, false),
            ("email", "character varying(40)", ValueKind::Text, false),
            ("feeling", "public.mood", ValueKind::Enum, true),
            ("price", "public.positive", ValueKind::Number, true),
            ("total", "numeric(12,2)", ValueKind::Number, true),
            ("tags", "text[]", ValueKind::Array, true),
        ]
    );
    let column = |name| customers.column(name).unwrap();
    assert_eq!(column("id").generated.as_deref(), Some("identity"));
    assert_eq!(column("email").comment.as_deref(), Some("unique"));
    assert_eq!(column("feeling").labels, ["sad", "it's, ok"]);
    assert_eq!(column("feeling").default.as_deref(), Some("'sad'::public.mood"));
    assert!(column("total").generated.as_deref().unwrap().contains('*'));
    assert_eq!(column("total").default, None);
    let indexes: Vec<_> = customers
        .indexes
        .iter()
        .map(|i| (i.name.as_str(), i.columns.join("|"), i.unique, i.predicate.is_some()))
        .collect();
    assert_eq!(
        indexes,
        [
            ("by_domain", "lower(email::text)|id".to_owned(), false, true),
            ("covering", "price".to_owned(), false, false),
            ("customers_email_key", "email".to_owned(), true, false),
        ]
    );

    let orders = table(&catalog, "orders");
    assert_eq!(
        (orders.kind, orders.partition_key.as_deref()),
        (TableKind::Partitioned, Some("RANGE (at)"))
    );
    assert_eq!(orders.primary_key, ["n", "at"]);
    let key = &orders.foreign_keys[0];
    assert_eq!(
        (
            key.columns.join(","),
            key.ref_schema.as_str(),
            key.ref_table.as_str(),
            key.ref_columns.join(",")
        ),
        ("customer".into(), "public", "customers", "id".into())
    );
    assert_eq!((key.on_delete.as_deref(), key.on_update.as_deref()), (Some("CASCADE"), None));
    let part = table(&catalog, "orders_2024");
    assert_eq!(part.kind, TableKind::Partition);
    assert_eq!(part.parents, [("Sales Ops".to_owned(), "orders".to_owned())]);
    assert!(part.partition_bound.as_deref().unwrap().starts_with("FOR VALUES FROM"));
    let child = table(&catalog, "child");
    assert_eq!(child.parents, [("public".to_owned(), "parent".to_owned())]);
    assert_eq!(
        (child.foreign_keys[0].columns.join(","), child.foreign_keys[0].ref_columns.join(",")),
        ("y,x".into(), "b,a".into())
    );
    assert_eq!(table(&catalog, "v").kind, TableKind::View);
    assert!(table(&catalog, "v").definition.as_deref().unwrap().contains("public.customers"));
    assert_eq!(table(&catalog, "mv").kind, TableKind::MaterializedView);

    let public = &catalog.schemas[1];
    let routine = |kind| public.routines.iter().find(|routine| routine.kind == kind).unwrap();
    assert_eq!(routine(RoutineKind::Operator).name, "===");
    assert_eq!(routine(RoutineKind::Operator).result, "int4eq");
    assert_eq!(routine(RoutineKind::Procedure).name, "work");
    assert_eq!(routine(RoutineKind::Aggregate).name, "total_of");
    assert_eq!(routine(RoutineKind::Cast).result, "public.to_pair");
    let twice = public.routines.iter().find(|routine| routine.name == "twice").unwrap();
    assert_eq!((twice.language.as_str(), twice.volatility.as_str()), ("sql", "i"));
    let types: Vec<_> = public.types.iter().map(|t| (t.name.as_str(), t.kind.as_str())).collect();
    assert_eq!(types, [("mood", "enum"), ("pair", "composite"), ("positive", "domain")]);
}

#[tokio::test]
async fn mariadb_catalogue() {
    let subject = Subject::new(
        Dialect::MySql,
        "CREATE TABLE customers (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, email varchar(40) NOT NULL UNIQUE COMMENT 'unique',
           feeling enum('sad','it''s') DEFAULT 'sad', price decimal(8,2), total decimal(12,2) AS (price * 2) STORED, note text) COMMENT 'who buys';
         CREATE TABLE orders (customer bigint unsigned, n int, at date, PRIMARY KEY (n, customer),
           CONSTRAINT buys FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE, KEY by_day (at, n));
         CREATE TABLE logs (at date NOT NULL) PARTITION BY RANGE (YEAR(at)) (PARTITION p0 VALUES LESS THAN (2024), PARTITION p1 VALUES LESS THAN MAXVALUE);
         CREATE VIEW v AS SELECT id, email FROM customers;
         CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2; CREATE PROCEDURE work(a int, OUT b int) SELECT 1;
         INSERT INTO customers (email) SELECT CONCAT('c', seq) FROM seq_1_to_100; ANALYZE TABLE customers;",
    );
    let schema = subject.database.as_ref().unwrap().name.clone();
    let catalog = introspect(&subject).await;
    assert_eq!(
        (catalog.database.as_str(), &catalog.search_path),
        (schema.as_str(), &vec![schema.clone()])
    );
    assert!(catalog.server_version.contains("MariaDB"));
    let customers = table_of(&catalog, &schema, "customers");
    let shown: Vec<_> = customers
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.type_name.as_str(), c.kind, c.nullable))
        .collect();
    assert_eq!(
        shown,
        [
            ("id", "bigint(20) unsigned", ValueKind::Integer, false),
            ("email", "varchar(40)", ValueKind::Text, false),
            ("feeling", "enum('sad','it''s')", ValueKind::Enum, true),
            ("price", "decimal(8,2)", ValueKind::Number, true),
            ("total", "decimal(12,2)", ValueKind::Number, true),
            ("note", "text", ValueKind::Text, true),
        ]
    );
    let column = |name| customers.column(name).unwrap();
    assert_eq!(column("id").generated.as_deref(), Some("auto_increment"));
    assert_eq!(column("feeling").labels, ["sad", "it's"]);
    assert_eq!(column("feeling").default.as_deref(), Some("'sad'"));
    assert_eq!(
        (column("price").default.clone(), column("email").comment.as_deref()),
        (None, Some("unique"))
    );
    assert_eq!(column("total").generated.as_deref(), Some("`price` * 2"));
    assert_eq!(
        (customers.primary_key.join(","), customers.comment.as_deref()),
        ("id".into(), Some("who buys"))
    );
    assert_eq!(
        (customers.indexes[0].columns.join(","), customers.indexes[0].unique),
        ("email".into(), true)
    );
    assert_eq!(customers.row_estimate, Some(100));
    let orders = table_of(&catalog, &schema, "orders");
    assert_eq!(orders.primary_key, ["n", "customer"]);
    let key = &orders.foreign_keys[0];
    assert_eq!(
        (key.name.as_str(), key.ref_table.as_str(), key.on_delete.as_deref()),
        ("buys", "customers", Some("CASCADE"))
    );
    assert!(
        orders
            .indexes
            .iter()
            .any(|index| index.name == "by_day" && index.columns == ["at", "n"] && !index.unique)
    );
    let logs = table_of(&catalog, &schema, "logs");
    assert_eq!(
        (logs.kind, logs.partition_key.as_deref()),
        (TableKind::Partitioned, Some("RANGE (year(`at`))"))
    );
    let view = table_of(&catalog, &schema, "v");
    assert_eq!(
        (view.kind, view.row_estimate, view.comment.as_deref()),
        (TableKind::View, None, None)
    );
    assert!(view.definition.as_deref().unwrap().starts_with("select"));
    let routines = &catalog.schemas.iter().find(|s| s.name == schema).unwrap().routines;
    assert_eq!(
        (routines[0].name.as_str(), routines[0].arguments.as_str(), routines[0].result.as_str()),
        ("twice", "int(11)", "int(11)")
    );
    assert_eq!(
        (routines[1].kind, routines[1].arguments.as_str()),
        (RoutineKind::Procedure, "int(11), int(11)")
    );
    assert!(
        catalog
            .schemas
            .iter()
            .all(|schema| schema.name != "mysql" && schema.name != "information_schema")
    );
}

fn table_of<'a>(catalog: &'a Catalog, schema: &str, name: &str) -> &'a Table {
    catalog.table(schema, name).unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test]
async fn sqlite_catalogue() {
    let subject = Subject::new(
        Dialect::Sqlite,
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, price NUMERIC DEFAULT 5, total AS (price * 2));
         CREATE TABLE orders (n INT, customer INT REFERENCES Customers ON DELETE CASCADE, a INT, b INT, PRIMARY KEY (n, customer),
           FOREIGN KEY (a, b) REFERENCES pairs (x, y)) WITHOUT ROWID;
         CREATE TABLE pairs (x INT, y INT, UNIQUE (x, y));
         CREATE INDEX cheap ON customers (price, lower(email)) WHERE price < 3;
         CREATE VIEW v AS SELECT id FROM customers; CREATE VIRTUAL TABLE words USING fts5(body);
         INSERT INTO customers (email) VALUES ('a'), ('b'), ('c');",
    );
    let catalog = introspect(&subject).await;
    assert_eq!((catalog.database.as_str(), catalog.search_path.join(",")), ("shop", "main".into()));
    let customers = table(&catalog, "customers");
    let shown: Vec<_> = customers
        .columns
        .iter()
        .map(|c| {
            (
                c.name.as_str(),
                c.type_name.as_str(),
                c.nullable,
                c.default.as_deref(),
                c.generated.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("id", "INTEGER", true, None, None),
            ("email", "TEXT", false, None, None),
            ("price", "NUMERIC", true, Some("5"), None),
            ("total", "", true, None, Some("virtual")),
        ]
    );
    assert_eq!((customers.primary_key.join(","), customers.row_estimate), ("id".into(), Some(3)));
    let cheap = customers.indexes.iter().find(|index| index.name == "cheap").unwrap();
    assert_eq!(
        (cheap.columns.join("|"), cheap.predicate.as_deref()),
        ("price|(expression)".into(), Some("price < 3"))
    );
    assert!(customers.indexes.iter().any(|index| index.unique && index.columns == ["email"]));
    let orders = table(&catalog, "orders");
    assert_eq!(orders.primary_key, ["n", "customer"]);
    let keys: Vec<_> = orders
        .foreign_keys
        .iter()
        .map(|k| {
            (
                k.columns.join(","),
                k.ref_table.as_str(),
                k.ref_columns.join(","),
                k.on_delete.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("a,b".into(), "pairs", "x,y".into(), None),
            ("customer".into(), "customers", "id".into(), Some("CASCADE")),
        ]
    );
    assert_eq!(
        (table(&catalog, "v").kind, table(&catalog, "v").definition.as_deref()),
        (TableKind::View, Some("SELECT id FROM customers"))
    );
    assert_eq!(table(&catalog, "words").kind, TableKind::Virtual);
}

#[tokio::test]
async fn what_sqlite_cannot_read_keeps_nobody_from_the_rest() {
    let subject = Subject::new(
        Dialect::Sqlite,
        "CREATE TABLE t (a INT); CREATE TABLE gone (b INT); CREATE VIEW v AS SELECT b FROM gone; DROP TABLE gone;
         CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1); INSERT INTO boxes VALUES (1, 0, 2);",
    );
    let catalog = introspect(&subject).await;
    assert_eq!(table(&catalog, "t").columns.len(), 1);
    assert_eq!(table(&catalog, "boxes").columns.len(), 3);
    let view = table(&catalog, "v");
    assert!(view.columns.is_empty(), "{:?}", view.columns);
    assert!(
        view.comment.as_deref().is_some_and(|words| words.contains("gone")),
        "{:?}",
        view.comment
    );
}

#[tokio::test]
async fn only_the_schemas_that_were_asked_for() {
    let made =
        "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (x int); CREATE TABLE b.t (x int);";
    let subject =
        Subject::with(Dialect::Postgres, made, |options| options.schemas = vec!["b".into()]);
    let catalog = introspect(&subject).await;
    let tables: Vec<_> =
        catalog.tables().map(|(schema, table)| format!("{schema}.{}", table.name)).collect();
    assert_eq!(tables, ["b.t"]);
}

#[tokio::test]
async fn many_tables_are_read_in_one_go() {
    for (dialect, count) in [(Dialect::Postgres, 500), (Dialect::Sqlite, 2_000)] {
        let script: String = (0..count)
            .map(|i| format!("CREATE TABLE t{i} (a int, b int, c int, d int, e int, f int, g int, h int, i int, j int, k int, l int);"))
            .collect();
        let subject = Subject::new(dialect, &format!("BEGIN; {script} COMMIT;"));
        let started = Instant::now();
        let catalog = introspect(&subject).await;
        assert_eq!(catalog.tables().count(), count);
        assert!(started.elapsed() < Duration::from_secs(5), "{dialect}: {:?}", started.elapsed());
    }
}
