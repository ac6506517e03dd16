//! Statements as data: each line of `cases/*.txt` says what the gate must answer.
#![allow(clippy::unwrap_used)] // Helpers of tests stand outside of test functions.

use guard::{Cleared, Facts, Gate, Policy, Verdict, check};
use model::catalog::Catalog;
use std::collections::BTreeMap;

const POLICY: &str = r#"{"tables": [
    {"table": "secrets", "access": "deny"},
    {"table": "hr.*", "access": "deny"},
    {"table": "customers", "columns": {"email": null, "phone": "null", "ssn": {"fixed": "hidden"}}},
    {"table": "employees", "columns": {"salary": "null"}}
]}"#;

fn facts(catalog: &str) -> Facts {
    Facts::new(&serde_json::from_str::<Catalog>(catalog).unwrap())
}

fn verdict(facts: &Facts, policy: &Policy, row_limit: Option<u64>, sql: &str) -> Verdict {
    let attributes = BTreeMap::from([("region".to_owned(), "O'Hara\\".to_owned())]);
    check(&Gate { facts, policy, attributes: &attributes, row_limit }, sql)
}

fn code(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Read(_) => "ok".into(),
        Verdict::Write(_) => "write".into(),
        Verdict::Deny(refusal) => refusal.code.into(),
    }
}

/// `{{000a}}` in a case is the character with that code.
fn unescape(sql: &str) -> String {
    let mut text = String::new();
    let mut rest = sql;
    while let Some(at) = rest.find("{{") {
        text.push_str(&rest[..at]);
        let digits = &rest[at + 2..at + 6];
        text.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
        rest = &rest[at + 8..];
    }
    text + rest
}

fn cases(file: &str) -> impl Iterator<Item = (&str, String)> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let (code, sql) = line.split_once(" | ").unwrap();
        (code, unescape(sql))
    })
}

fn check_file(facts: &Facts, file: &str) {
    let policy: Policy = serde_json::from_str(POLICY).unwrap();
    let mut wrong = Vec::new();
    for (expected, sql) in cases(file) {
        let verdict = verdict(facts, &policy, Some(1000), &sql);
        if code(&verdict) != expected {
            wrong.push(format!("{expected}: {sql}\n    {verdict:?}"));
        }
        let open = self::verdict(facts, &Policy::default(), None, &sql);
        if let Verdict::Read(cleared) = open {
            stays(facts, &cleared, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// What was rendered is read as itself. System relations are replaced each time.
fn stays(facts: &Facts, cleared: &Cleared, wrong: &mut Vec<String>) {
    if ["pg_catalog.pg_", "information_schema.", "sqlite_s"]
        .iter()
        .any(|s| cleared.sql().contains(s))
    {
        return;
    }
    match verdict(facts, &Policy::default(), None, cleared.sql()) {
        Verdict::Read(again) if again.sql() == cleared.sql() => {}
        other => wrong.push(format!("not a fixpoint: {}\n    {other:?}", cleared.sql())),
    }
}

#[test]
fn postgres() {
    check_file(&facts(include_str!("catalogs/postgres.json")), include_str!("cases/postgres.txt"));
}

#[test]
fn mysql() {
    check_file(&facts(include_str!("catalogs/mysql.json")), include_str!("cases/mysql.txt"));
}

#[test]
fn mariadb() {
    check_file(&facts(include_str!("catalogs/mariadb.json")), include_str!("cases/mysql.txt"));
}

#[test]
fn sqlite() {
    check_file(&facts(include_str!("catalogs/sqlite.json")), include_str!("cases/sqlite.txt"));
}

#[test]
fn what_only_mariadb_says() {
    let facts = facts(include_str!("catalogs/mariadb.json"));
    let policy: Policy = serde_json::from_str(POLICY).unwrap();
    let filtered: Policy =
        serde_json::from_str(r#"{"tables": [{"table": "orders", "rows": "status = 'paid'"}]}"#)
            .unwrap();
    for (policy, expected, sql) in [
        (
            &policy,
            "ok",
            "SELECT id, row_start FROM orders FOR SYSTEM_TIME AS OF TIMESTAMP '2030-01-01 00:00:00' WHERE id < 5",
        ),
        (
            &policy,
            "ok",
            "SELECT count(*) FROM orders FOR SYSTEM_TIME BETWEEN (NOW() - INTERVAL 1 YEAR) AND NOW() AS h JOIN orders FOR SYSTEM_TIME FROM '2020-01-01' TO '2030-01-01' b ON b.id = h.id",
        ),
        (&policy, "ok", "SELECT email FROM customers FOR SYSTEM_TIME ALL"),
        (&policy, "denied", "SELECT * FROM secrets FOR SYSTEM_TIME ALL"),
        (&policy, "function", "SELECT * FROM orders FOR SYSTEM_TIME AS OF sleep(5)"),
        (
            &policy,
            "denied",
            "SELECT * FROM orders FOR SYSTEM_TIME AS OF (SELECT max(token) FROM secrets)",
        ),
        (&policy, "lock", "SELECT * FROM orders FOR SYSTEM_TIME ALL FOR UPDATE"),
        (&policy, "unknown_column", "SELECT row_start FROM customers"),
        (
            &policy,
            "ok",
            "WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT o.id FROM orders o JOIN r ON o.customer_id = r.id) CYCLE id RESTRICT SELECT count(*) FROM r",
        ),
        (&policy, "ok", "SELECT rownum() AS n, id FROM orders"),
        (&filtered, "policy", "SELECT rownum() AS n, id FROM orders"),
        (&policy, "ok", "SELECT id FROM orders ORDER BY id LIMIT 2, 10 ROWS EXAMINED 1000"),
        (&filtered, "policy", "SELECT id FROM orders LIMIT ROWS EXAMINED 1000"),
        (
            &policy,
            "ok",
            "SELECT COLUMN_GET(COLUMN_CREATE('a', 1 AS INT, 'b', 'x'), 'b' AS CHAR), COLUMN_ADD(COLUMN_CREATE('a', 1), 'c', 2 AS DATE)",
        ),
        (&policy, "function", "SELECT COLUMN_CREATE('a', sleep(1) AS INT)"),
        (&policy, "ok", "SELECT 1 AS 2x, 4 AS a$b, 3 AS 1em"),
        (&policy, "text", "SELECT 1e5x"),
        (&policy, "ok", "SELECT 1 /*M! , 2 */"),
        (&policy, "function", "SELECT 1 /*M! , sleep(2) */"),
        (&policy, "text", "SELECT 1 /*M!100100 , 2 */"),
        (&policy, "text", "SELECT 1 /*!80000 INTO OUTFILE 'x' */"),
    ] {
        let verdict = verdict(&facts, policy, Some(10), sql);
        assert_eq!(code(&verdict), expected, "{sql}: {verdict:?}");
    }
}

fn rendered(catalog: &str, policy: &str, row_limit: Option<u64>, sql: &str) -> String {
    let policy: Policy = serde_json::from_str(policy).unwrap();
    match verdict(&facts(catalog), &policy, row_limit, sql) {
        Verdict::Read(cleared) => cleared.sql().to_owned(),
        other => panic!("{sql}: {other:?}"),
    }
}

const PG: &str = include_str!("catalogs/postgres.json");
const MY: &str = include_str!("catalogs/mysql.json");
const LITE: &str = include_str!("catalogs/sqlite.json");

#[test]
fn limits_are_added_and_lowered() {
    let check = |sql: &str, expected: &str| {
        assert_eq!(rendered(PG, "{}", Some(100), sql), expected);
    };
    check("SELECT 1", "SELECT 1 LIMIT 100");
    check("SELECT 1 LIMIT 5", "SELECT 1 LIMIT 5");
    check("SELECT 1 LIMIT 500 OFFSET 2", "SELECT 1 LIMIT 100 OFFSET 2");
    check("SELECT 1 LIMIT ALL", "SELECT 1 LIMIT 100");
    check("SELECT 1 LIMIT 1 + 1", "SELECT 1 LIMIT least((1 + 1)::bigint, 100)");
    check("(SELECT 1 LIMIT 500)", "(SELECT 1 LIMIT 100)");
    check("((SELECT 1 LIMIT 5)) ORDER BY 1", "((SELECT 1 LIMIT 5)) ORDER BY 1");
    check("(SELECT 1) ORDER BY 1", "(SELECT 1) ORDER BY 1 LIMIT 100");
    check("SELECT 1 UNION SELECT 2", "SELECT 1 UNION SELECT 2 LIMIT 100");
    check(
        "SELECT id FROM orders ORDER BY id FETCH FIRST 500 ROWS WITH TIES",
        "SELECT id FROM public.orders ORDER BY id FETCH FIRST 100 ROWS WITH TIES",
    );
    check("EXPLAIN SELECT 1", "EXPLAIN SELECT 1");
    assert_eq!(rendered(LITE, "{}", Some(9), "VALUES (1)"), "SELECT * FROM (VALUES (1)) LIMIT 9");
    assert_eq!(
        rendered(LITE, "{}", Some(9), "SELECT 1 LIMIT -1"),
        "SELECT 1 LIMIT CASE WHEN (-1) BETWEEN 0 AND 9 THEN -1 ELSE 9 END"
    );
    assert_eq!(rendered(MY, "{}", Some(9), "SELECT 1 LIMIT 3, 50"), "SELECT 1 LIMIT 9 OFFSET 3");
}

#[test]
fn counts_are_for_those_without_a_policy() {
    let sql = "SELECT pg_catalog.pg_stat_get_numscans(i.indexrelid) FROM pg_catalog.pg_index i";
    let policy: Policy = serde_json::from_str(POLICY).unwrap();
    assert_eq!(code(&verdict(&facts(PG), &Policy::default(), None, sql)), "ok");
    assert_eq!(code(&verdict(&facts(PG), &policy, None, sql)), "function");
    for sql in ["PRAGMA integrity_check", "PRAGMA quick_check(10)", "PRAGMA foreign_key_check"] {
        assert_eq!(code(&verdict(&facts(LITE), &Policy::default(), None, sql)), "ok", "{sql}");
        assert_eq!(code(&verdict(&facts(LITE), &policy, None, sql)), "policy", "{sql}");
    }
}

#[test]
fn long_names_reach_out_of_subqueries() {
    let outer = "SELECT public.customers.id FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE public.orders.customer_id = public.customers.id)";
    let masks = r#"{"tables": [{"table": "customers", "columns": {"email": "null"}}]}"#;
    let sql = rendered(PG, masks, None, outer);
    assert!(sql.ends_with("WHERE orders.customer_id = customers.id)"), "{sql}");
    // A nearer table of the same name is another one.
    let nearer = "SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM orders customers WHERE customers.id = 3)";
    let sql = rendered(PG, masks, None, nearer);
    assert!(sql.ends_with("public.orders AS customers WHERE customers.id = 3)"), "{sql}");
    let policy: Policy = serde_json::from_str(masks).unwrap();
    let past = nearer.replace("customers.id", "public.customers.id");
    assert_eq!(code(&verdict(&facts(PG), &policy, None, &past)), "ambiguous");
}

#[test]
fn policies_are_substituted() {
    let masks =
        r#"{"tables": [{"table": "employees", "columns": {"salary": "null", "name": "deny"}}]}"#;
    assert_eq!(
        rendered(PG, masks, None, "SELECT e.id, salary FROM public.employees e"),
        "SELECT e.id, salary FROM (SELECT id, dept, CASE WHEN FALSE THEN salary END AS salary, \
         manager_id, hired_at FROM public.employees) AS e"
    );
    let rows = r#"{"tables": [{"table": "updates", "rows": "version = {user.region} OR id = 1"}]}"#;
    assert_eq!(
        rendered(PG, rows, None, "SELECT id FROM updates"),
        "SELECT id FROM (SELECT id, version, drop_reason, insert_date FROM public.updates \
         WHERE (version = E'O''Hara\\\\' OR id = 1) OFFSET 0) AS updates \
         ORDER BY updates::text"
    );
    assert_eq!(
        rendered(MY, rows, None, "SELECT id FROM updates u"),
        "SELECT id FROM (SELECT id, version, drop_reason, insert_date FROM shop.updates \
         WHERE (version = 'O''Hara\\\\' OR id = 1) LIMIT 18446744073709551615) AS u \
         ORDER BY 1"
    );
    assert_eq!(
        rendered(LITE, rows, None, "SELECT id FROM updates"),
        "SELECT id FROM (SELECT id, version, drop_reason, insert_date FROM main.updates \
         WHERE (version = 'O''Hara\\' OR id = 1) LIMIT -1) AS updates ORDER BY 1"
    );
}

#[test]
fn orders_left_open_are_completed_where_rows_are_filtered() {
    let policy = r#"{"tables": [{"table": "orders", "rows": "status = 'paid'"}]}"#;
    let keyed = |catalog: &str| {
        let mut catalog: Catalog = serde_json::from_str(catalog).unwrap();
        for table in catalog.schemas.iter_mut().flat_map(|schema| &mut schema.tables) {
            if table.name == "orders" {
                table.primary_key = vec!["id".to_owned()];
            }
        }
        serde_json::to_string(&catalog).unwrap()
    };
    let (pg, my, lite) = (keyed(PG), keyed(MY), keyed(LITE));
    let (pg, my, lite) = (pg.as_str(), my.as_str(), lite.as_str());
    let tail = |catalog: &str, sql: &str, expected: &str| {
        let sql = rendered(catalog, policy, None, sql);
        assert!(sql.ends_with(expected), "{sql}");
    };
    tail(pg, "SELECT note FROM orders o", "ORDER BY id OFFSET 0) AS o ORDER BY o.id");
    tail(lite, "SELECT note FROM orders o", "ORDER BY id LIMIT -1) AS o");
    tail(my, "SELECT note FROM orders o LIMIT 3", "AS o ORDER BY o.id LIMIT 3");
    tail(pg, "SELECT o.note FROM orders o, updates u", "ORDER BY o.id, u::text");
    tail(pg, "SELECT status, count(*) FROM orders GROUP BY 1", "GROUP BY 1 ORDER BY status");
    tail(pg, "SELECT count(*) FROM orders", "OFFSET 0) AS orders");
    tail(my, "SELECT DISTINCT status, note FROM orders ORDER BY note", "ORDER BY note, 1, 2");
    tail(my, "SELECT id FROM orders UNION SELECT id FROM updates", "updates ORDER BY 1");
    tail(pg, "SELECT id FROM orders UNION SELECT 1", "AS querent_row ORDER BY querent_row::text");
    let inside = rendered(pg, policy, None, "SELECT string_agg(note, ',') FROM orders");
    assert!(inside.contains("string_agg(note, ',' ORDER BY orders.id)"), "{inside}");
    let ranked = rendered(
        pg,
        policy,
        None,
        "SELECT rank() OVER w, ntile(2) OVER w FROM orders WINDOW w AS (ORDER BY note)",
    );
    assert!(ranked.contains("rank() OVER w, ntile(2) OVER (ORDER BY note, orders.id)"), "{ranked}");
    // Nothing is added where all rows are shown.
    assert_eq!(
        rendered(pg, policy, None, "SELECT id FROM updates"),
        "SELECT id FROM public.updates"
    );
    let explain = "EXPLAIN SELECT id FROM orders";
    let policy: Policy = serde_json::from_str(policy).unwrap();
    assert_eq!(code(&verdict(&facts(pg), &policy, None, explain)), "policy");
}

#[test]
fn the_key_of_a_hash_is_not_shown() {
    let policy: Policy = serde_json::from_str(
        r#"{"hash_key": "sesame'", "tables": [{"table": "customers", "columns": {"email": "hash"}}]}"#,
    )
    .unwrap();
    assert!(!format!("{policy:?}").contains("sesame"));
    let facts = facts(PG);
    let sql = "SELECT a.id FROM customers a JOIN customers b USING (email)";
    match verdict(&facts, &policy, None, sql) {
        Verdict::Read(cleared) => {
            assert!(cleared.sql().contains("'sesame'''"));
            assert!(!cleared.shown_sql().contains("sesame"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(code(&verdict(&facts, &policy, None, &format!("EXPLAIN {sql}"))), "masked");
}

#[test]
fn masked_columns_are_told() {
    let policy: Policy = serde_json::from_str(POLICY).unwrap();
    let facts = facts(PG);
    let sql = "WITH a AS (SELECT * FROM customers) SELECT id, ssn AS name, a.email FROM a";
    let Verdict::Read(cleared) = verdict(&facts, &policy, None, sql) else { panic!() };
    let told: Vec<_> = cleared.masked().iter().map(|m| (m.position, m.column.as_str())).collect();
    assert_eq!(told, [(Some(1), "public.customers.ssn"), (Some(2), "public.customers.email")]);
    assert_eq!(cleared.tables(), [("public".to_owned(), "customers".to_owned())]);
    assert!(cleared.leaves_session_clean());
}

#[test]
fn refusals_say_where() {
    let facts = facts(PG);
    let Verdict::Deny(refusal) = verdict(
        &facts,
        &Policy::default(),
        None,
        "SELECT note,\n  é, pg_sleep(1)\nFROM orders AS é(é)",
    ) else {
        panic!()
    };
    let position = refusal.position.unwrap();
    assert_eq!((position.line, position.column, position.length), (2, 6, 11));
}

#[test]
fn refusals_say_what_may_be_meant() {
    let hint =
        |catalog: &str, sql: &str| match verdict(&facts(catalog), &Policy::default(), None, sql) {
            Verdict::Deny(refusal) => (refusal.reason, refusal.hint.unwrap_or_default()),
            other => panic!("{sql}: {other:?}"),
        };
    assert_eq!(hint(PG, "SELECT nme FROM products p, customers").1, "Did you mean name?");
    assert_eq!(hint(PG, "SELECT c.contry FROM customers c").1, "Did you mean country?");
    assert_eq!(hint(PG, "SELECT cuont(*) FROM orders").1, "Did you mean count?");
    assert_eq!(hint(PG, "SELECT zzzzqq FROM customers").1, "");
    let (reason, _) =
        hint(include_str!("catalogs/mariadb.json"), "SELECT ANY_VALUE(id) FROM orders");
    assert_eq!(reason, "MariaDB has no function 'ANY_VALUE'; MySQL has.");
    // Nobody learns the name of a column that the policy takes away.
    let policy: Policy = serde_json::from_str(
        r#"{"tables": [{"table": "customers", "columns": {"segment": "deny"}}]}"#,
    )
    .unwrap();
    let Verdict::Deny(refusal) = verdict(&facts(PG), &policy, None, "SELECT segmnt FROM customers")
    else {
        panic!()
    };
    assert_eq!(refusal.hint, None);
}

#[test]
fn huge_and_deep_statements_end_quickly() {
    let facts = [facts(PG), facts(MY), facts(LITE)];
    let statements = [
        "1,".repeat(500_000),
        format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT {}1{}", "(".repeat(99), ")".repeat(99)),
        format!("SELECT {}1{}", "(SELECT ".repeat(90), ")".repeat(90)),
        format!("SELECT * FROM {}orders{}", "(SELECT * FROM ".repeat(90), ") q".repeat(90)),
        format!("SELECT {}1{}", "CASE WHEN 1=1 THEN ".repeat(3000), " END".repeat(3000)),
        format!("SELECT {}TRUE", "NOT ".repeat(40_000)),
        format!("SELECT 1{}", "+1".repeat(100_000)),
        format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(10_000)),
    ];
    let started = std::time::Instant::now();
    for facts in &facts {
        for sql in &statements {
            let _ = verdict(facts, &Policy::default(), Some(10), sql);
        }
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// A scan along an index over a masked column would give its order away.
#[test]
fn indexes_over_masked_columns_are_kept_out() {
    let policy = r#"{"tables": [{"table": "customers", "columns": {"email": "null"}}]}"#;
    let check = |catalog: &str, sql: &str, expected: &str| {
        let sql = rendered(catalog, policy, None, sql);
        assert!(sql.contains(expected), "{sql}");
        assert!(!sql.contains("FORCE") && !sql.contains("INDEXED BY"), "{sql}");
    };
    check(PG, "SELECT id FROM customers", "FROM public.customers WHERE tableoid IS NOT NULL");
    check(MY, "SELECT id FROM customers", "FROM shop.customers IGNORE INDEX (email)");
    check(MY, "SELECT id FROM customers FORCE INDEX (email)", "IGNORE INDEX (email)");
    check(LITE, "SELECT id FROM customers", "FROM main.customers NOT INDEXED");
    check(LITE, "SELECT id FROM customers INDEXED BY customers_email_idx", "NOT INDEXED");
}

#[test]
fn full_text_over_a_governed_table_is_refused() {
    let mut catalog: Catalog = serde_json::from_str(include_str!("catalogs/sqlite.json")).unwrap();
    let tables = &mut catalog.schemas[0].tables;
    let named = |name: &str| tables.iter().find(|table| table.name == name).unwrap().clone();
    let (docs, customers) = (named("docs"), named("customers"));
    let view = named("v_customer_contact");
    for (name, columns) in [("by_mail", ["name", "email"]), ("by_city", ["name", "city"])] {
        let mut table = docs.clone();
        name.clone_into(&mut table.name);
        table.columns = customers.columns.clone();
        table.columns.retain(|column| columns.contains(&column.name.as_str()));
        tables.push(table);
    }
    // The same over a view, which carries the policy of what it reads.
    let mut table = docs.clone();
    "by_contact".clone_into(&mut table.name);
    table.columns = view.columns.clone();
    table.columns.retain(|column| column.name == "contact");
    tables.push(table);
    let facts = Facts::new(&catalog);
    let policy: Policy = serde_json::from_str(POLICY).unwrap();
    for (sql, expected) in [
        ("SELECT name FROM by_city", "ok"),
        ("SELECT title FROM docs WHERE docs MATCH 'x'", "ok"),
        ("SELECT name FROM by_mail", "policy"),
        ("SELECT rowid FROM by_mail WHERE by_mail MATCH 'ada*'", "policy"),
        ("SELECT * FROM by_mail('ada')", "function"),
        ("SELECT contact FROM by_contact", "policy"),
    ] {
        assert_eq!(code(&verdict(&facts, &policy, None, sql)), expected, "{sql}");
        assert_eq!(code(&verdict(&facts, &Policy::default(), None, sql)), "ok", "{sql}");
    }
}

/// A user's cast from a table's rows, and a domain whose check is a user's function.
#[test]
fn what_users_made_runs_for_no_row() {
    let mut catalog: Catalog = serde_json::from_str(PG).unwrap();
    let schema = catalog.schemas.iter_mut().find(|schema| schema.name == "public").unwrap();
    let mut cast = schema.routines.iter().find(|r| r.name == "wrapped").unwrap().clone();
    "text".clone_into(&mut cast.name);
    "orders".clone_into(&mut cast.arguments);
    schema.routines.push(cast);
    let mut domain = schema.types.iter().find(|ty| ty.name == "wrapped").unwrap().clone();
    "checked".clone_into(&mut domain.name);
    "domain".clone_into(&mut domain.kind);
    let before = Facts::new(&catalog);
    let schema = catalog.schemas.iter_mut().find(|schema| schema.name == "public").unwrap();
    schema.types.push(domain);
    let products = schema.tables.iter_mut().find(|table| table.name == "products").unwrap();
    "public.checked[]".clone_into(&mut products.columns[1].type_name);
    let facts = Facts::new(&catalog);
    let open = Policy::default();
    for (sql, expected) in [
        ("SELECT upper(o) FROM orders o", "type"),
        ("SELECT concat(o.*) FROM orders o", "type"),
        ("SELECT 'a' || orders FROM orders", "type"),
        ("SELECT o.note FROM orders o", "ok"),
        ("SELECT o.* FROM orders o", "ok"),
        ("SELECT to_jsonb(p) FROM products p", "ok"),
        ("SELECT '1'::checked", "type"),
        ("SELECT * FROM json_to_record('{}') AS x(a checked)", "type"),
        ("SELECT json_populate_record(NULL::updates, '{}')", "ok"),
        ("SELECT json_populate_record(NULL::products, '{}')", "function"),
        ("SELECT json_populate_record(p, '{}') FROM products p", "function"),
        ("SELECT * FROM jsonb_populate_recordset(NULL::products, '[]')", "function"),
    ] {
        assert_eq!(code(&verdict(&facts, &open, None, sql)), expected, "{sql}");
    }
    let sql = "SELECT json_populate_record(NULL::products, '{}')";
    assert_eq!(code(&verdict(&before, &open, None, sql)), "ok");
}

/// Domains with the server's own checks are types like others; a cast that the server calls by itself
/// runs where a column of its type is more than shown.
#[test]
fn domains_and_casts() {
    let mut catalog: Catalog = serde_json::from_str(PG).unwrap();
    let schema = catalog.schemas.iter_mut().find(|schema| schema.name == "public").unwrap();
    let cast = schema.routines.iter().find(|r| r.name == "wrapped").unwrap().clone();
    for (name, parts, checks) in [
        ("euros", "numeric", Some(vec!["CHECK ((VALUE >= (0)::numeric))"])),
        ("many_euros", "public.euros", Some(vec![])),
        ("mail", "text", Some(vec!["CHECK ((VALUE ~ '^[^@]+@[^@]+$'::text)) NOT VALID"])),
        ("judged", "text", Some(vec!["CHECK (public.f_leak(VALUE))"])),
        ("many_judged", "public.judged", Some(vec![])),
        ("unheard", "text", None),
    ] {
        let mut domain = schema.types[0].clone();
        name.clone_into(&mut domain.name);
        "domain".clone_into(&mut domain.kind);
        domain.parts = vec![parts.to_owned()];
        domain.checks = checks.map(|checks| checks.into_iter().map(str::to_owned).collect());
        schema.types.push(domain);
    }
    for (name, kind) in [("cast", "mood"), ("explicit cast", "calm")] {
        let mut cast = cast.clone();
        name.clone_into(&mut cast.name);
        cast.arguments = format!("public.{kind}, integer");
        "public.to_number".clone_into(&mut cast.result);
        schema.routines.push(cast);
    }
    let orders = schema.tables.iter_mut().find(|table| table.name == "orders").unwrap();
    let mut columns = orders.columns.iter_mut();
    for kind in ["public.mood", "public.calm"] {
        let column = columns.next().unwrap();
        kind.clone_into(&mut column.type_name);
        kind[7..].clone_into(&mut column.name);
    }
    let facts = Facts::new(&catalog);
    let open = Policy::default();
    let vouched: Policy = serde_json::from_str(r#"{"functions": ["public.to_number"]}"#).unwrap();
    for (policy, expected, sql) in [
        (&open, "ok", "SELECT '1'::euros, CAST('2' AS public.many_euros), 'a@b'::mail"),
        (&open, "type", "SELECT 'x'::judged"),
        (&open, "type", "SELECT 'x'::many_judged"),
        (&open, "type", "SELECT 'x'::unheard"),
        (&open, "ok", "SELECT mood, o.mood AS m, calm + 1 FROM orders o"),
        (&open, "ok", "SELECT * FROM orders"),
        (&open, "type", "SELECT mood + 1 FROM orders"),
        (&open, "type", "SELECT abs(mood) FROM orders"),
        (&open, "type", "SELECT q.m || '' FROM (SELECT mood AS m FROM orders) q"),
        (&open, "type", "SELECT mood FROM orders UNION ALL SELECT 1"),
        (&open, "type", "SELECT 1 FROM orders WHERE mood = 1"),
        (&open, "type", "SELECT (SELECT mood FROM orders LIMIT 1) + 1"),
        (&vouched, "ok", "SELECT mood + 1 FROM orders"),
    ] {
        let verdict = verdict(&facts, policy, None, sql);
        assert_eq!(code(&verdict), expected, "{sql}: {verdict:?}");
    }
}
