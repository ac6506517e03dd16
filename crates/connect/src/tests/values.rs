//! Values are those that `psql`, `mariadb` and SQLite's own casts show.

use super::*;
use model::catalog::ValueKind;

/// One column per built-in type of PostgreSQL 15, and what users make of them.
const POSTGRES: &[&str] = &[
    "true",
    "false",
    "NULL::boolean",
    "(-32768)::smallint",
    "2147483647",
    "(-9223372036854775808)::bigint",
    "0.1::real",
    "'NaN'::real",
    "0.1::float8 + 0.2",
    "1e300::float8",
    "'-Infinity'::float8",
    "'-0'::float8",
    "12345678901234567890.123456789012345678901234567890",
    "1.10::numeric(12,2)",
    "'NaN'::numeric",
    "'Infinity'::numeric",
    "1e-30::numeric",
    "'12.34'::money",
    "'x'::\"char\"",
    "'ab'::char(5)",
    "'ä€𝄞'::varchar(9)",
    "''::text",
    "'pg_class'::name",
    "E'tab\\there\\nline\\\\ back \"quote\" \\u0001 \\x7f'",
    "E'\\\\N'",
    "'\\N'",
    "E'\\b\\f\\v\\r'",
    "'\\x00ff10'::bytea",
    "''::bytea",
    "'\\x5c5c'::bytea",
    "'2024-02-29'::date",
    "'infinity'::date",
    "'0044-03-15 BC'::date",
    "'5874897-12-31'::date",
    "'24:00:00'::time",
    "'12:34:56.123456'::time(3)",
    "'12:00+05:30'::timetz",
    "'2024-02-29 12:34:56.123456'::timestamp",
    "'-infinity'::timestamp",
    "'2024-02-29 12:34:56+02'::timestamptz",
    "'infinity'::timestamptz",
    "'0001-01-01 00:00:00+00 BC'::timestamptz",
    "'1 year 2 mons -3 days 04:05:06.7'::interval",
    "'-1 day +25:00'::interval",
    "'0'::interval",
    "'{1,2,NULL}'::int[]",
    "'{}'::int[]",
    "'{{1,2},{3,4}}'::int[]",
    "'[2:3]={7,8}'::int[]",
    "ARRAY['a,b','c\"d','NULL',NULL,'e\\f',' ']",
    "ARRAY['2024-01-01'::date]",
    "'[1,5)'::int4range",
    "'empty'::int4range",
    "'(,]'::numrange",
    "'[2024-01-01,)'::daterange",
    "'{[1,2),[5,6)}'::int4multirange",
    "tsrange('2024-01-01','2024-01-02')",
    "'{\"a\": [1, 2.50, null, \"ü\\n\"]}'::json",
    "'{\"b\":1,\"a\":2}'::jsonb",
    "'null'::jsonb",
    "'00000000-0000-0000-0000-00000000000a'::uuid",
    "'192.168.0.1/24'::inet",
    "'::1'::inet",
    "'10.0.0.0/8'::cidr",
    "'08:00:2b:01:02:03'::macaddr",
    "'08:00:2b:01:02:03:04:05'::macaddr8",
    "B'1010'",
    "B'101'::bit varying(5)",
    "''::varbit",
    "'(1.5,2)'::point",
    "'{1,2,3}'::line",
    "'[(0,0),(1,1)]'::lseg",
    "'(0,0),(1,1)'::box",
    "'((0,0),(1,1))'::path",
    "'((0,0),(1,1),(2,0))'::polygon",
    "'<(0,0),2>'::circle",
    "'a fat cat'::tsvector",
    "'fat & rat'::tsquery",
    "'<a>&amp;</a>'::xml",
    "'16/B374D848'::pg_lsn",
    "'10:20:10,14'::pg_snapshot",
    "'$.a[*]'::jsonpath",
    "'pg_class'::regclass",
    "'int4'::regtype",
    "26::oid",
    "'(1,2)'::tid",
    "'12'::xid",
    "'1 2'::int2vector",
    "ROW(1,'a b',NULL,'\"q\"')",
    "'happy'::mood",
    "ROW('x, y',2)::pair",
    "ARRAY[ROW('a',1)::pair]",
    "5::positive",
    "ARRAY['sad'::mood]",
    "to_timestamp(0)",
    "void_like()",
    "repeat('ab', 3)",
    "1/3.0",
    "now() - now()",
];

const POSTGRES_TYPES: &str = "CREATE TYPE mood AS ENUM ('sad', 'happy'); \
    CREATE TYPE pair AS (a text, b int); CREATE DOMAIN positive AS int CHECK (VALUE > 0); \
    CREATE FUNCTION void_like() RETURNS void LANGUAGE sql AS ''; \
    CREATE TABLE made (m mood, p pair, d positive, n numeric(10,2), a text[]);";

#[tokio::test]
async fn postgres_values_are_those_of_psql() {
    let subject = Subject::new(Dialect::Postgres, POSTGRES_TYPES);
    let database = subject.database.as_ref().unwrap();
    let sql = format!("SELECT {}", POSTGRES.join(",\n"));
    let whole = subject.read(&sql).await.unwrap();
    // One cell per statement, so that line feeds inside a value do not matter.
    let script: String =
        POSTGRES.iter().map(|value| format!("SELECT {value};\n\\echo \u{1}\n")).collect();
    let printed = database.run(&script);
    let printed: Vec<&str> = printed.split("\n\u{1}\n").collect();
    assert_eq!(whole.rows[0].len(), POSTGRES.len());
    for ((value, cell), psql) in POSTGRES.iter().zip(&whole.rows[0]).zip(printed) {
        let null = ["NULL::boolean", "void_like()"].contains(value);
        let expect = if null { None } else { Some(psql.to_owned()) };
        assert_eq!(cell, &expect, "{value}");
    }
}

#[tokio::test]
async fn postgres_columns_have_names_and_meanings() {
    let subject = Subject::new(Dialect::Postgres, POSTGRES_TYPES);
    let whole =
        subject.read("SELECT m, p, d, n, a, 1 AS \"Ä b\", 2, now() FROM made").await.unwrap();
    let columns: Vec<_> = whole
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.type_name.as_str(), column.kind))
        .collect();
    assert_eq!(
        columns,
        [
            ("m", "mood", ValueKind::Enum),
            ("p", "pair", ValueKind::Other),
            ("d", "integer", ValueKind::Integer),
            ("n", "numeric", ValueKind::Number),
            ("a", "text[]", ValueKind::Array),
            ("Ä b", "integer", ValueKind::Integer),
            ("?column?", "integer", ValueKind::Integer),
            ("now", "timestamp with time zone", ValueKind::Timestamp),
        ]
    );
}

/// Name, type, value for one column each.
const MARIADB: &[(&str, &str)] = &[
    ("tinyint", "-128"),
    ("tinyint unsigned", "255"),
    ("tinyint(1)", "1"),
    ("boolean", "false"),
    ("smallint", "-32768"),
    ("mediumint", "8388607"),
    ("int", "-2147483648"),
    ("int(5) zerofill", "42"),
    ("bigint", "-9223372036854775808"),
    ("bigint unsigned", "18446744073709551615"),
    ("decimal(65,30)", "12345678901234567890.123456789012345678901234567890"),
    ("decimal(5,2)", "-1.10"),
    ("float", "0.1"),
    ("double", "0.1e0+0.2e0"),
    ("double", "1e300"),
    ("float", "16777217"),
    ("bit(1)", "b'1'"),
    ("bit(10)", "b'1000000001'"),
    ("bit(64)", "18446744073709551615"),
    ("date", "'2024-02-29'"),
    ("date", "'0000-00-00'"),
    ("date", "'9999-12-31'"),
    ("time", "'838:59:59'"),
    ("time(6)", "'-12:34:56.123456'"),
    ("time", "'00:00:00'"),
    ("datetime", "'2024-02-29 12:34:56'"),
    ("datetime(6)", "'1000-01-01 00:00:00.000001'"),
    ("datetime", "'0000-00-00 00:00:00'"),
    ("timestamp(3)", "'2024-02-29 12:34:56.789'"),
    ("year", "1901"),
    ("year", "2155"),
    ("year", "0"),
    ("char(5)", "'ab '"),
    ("varchar(9)", "'ä€𝄞'"),
    ("varchar(20) collate utf8mb4_bin", "'Case'"),
    ("varchar(20) character set latin1", "'ÄÖ'"),
    ("text", "''"),
    ("tinytext", "'a\\tb'"),
    ("longtext", "'q\"\\\\'"),
    ("binary(4)", "x'00FF'"),
    ("varbinary(9)", "x'DEADBEEF'"),
    ("blob", "x'00'"),
    ("blob", "''"),
    ("longblob", "repeat('a', 20)"),
    ("enum('a','it''s','ü')", "'it''s'"),
    ("set('x','y','z')", "'x,z'"),
    ("set('x','y')", "''"),
    ("json", "'{\"a\": [1, 2.50, null]}'"),
    ("uuid", "'123e4567-e89b-12d3-a456-426655440000'"),
    ("inet4", "'192.168.0.1'"),
    ("inet6", "'::1'"),
    ("point", "ST_GeomFromText('POINT(1 2)')"),
    ("int", "NULL"),
    ("blob", "NULL"),
    ("varchar(5)", "'NULL'"),
];

fn mariadb_table() -> String {
    let (mut columns, mut values) = (Vec::new(), Vec::new());
    for (index, (kind, value)) in MARIADB.iter().enumerate() {
        let null = if kind.starts_with("timestamp") { "NULL" } else { "" };
        columns.push(format!("c{index} {kind} {null}"));
        values.push((*value).to_owned());
    }
    format!(
        "SET sql_mode = ''; SET time_zone = '+00:00'; CREATE TABLE everything ({}); \
         INSERT INTO everything VALUES ({});",
        columns.join(", "),
        values.join(", ")
    )
}

#[tokio::test]
async fn mariadb_values_are_those_of_its_client() {
    let subject = Subject::new(Dialect::MySql, &mariadb_table());
    let database = subject.database.as_ref().unwrap();
    let whole = subject.read("SELECT * FROM everything").await.unwrap();
    assert_eq!(whole.rows[0].len(), MARIADB.len());
    let script: String = (0..MARIADB.len())
        .map(|index| format!("SELECT c{index} FROM everything; SELECT '\u{1}';\n"))
        .collect();
    let printed = database.run(&script);
    let printed: Vec<&str> = printed.split("\n\u{1}\n").collect();
    for ((case, cell), mariadb) in MARIADB.iter().zip(&whole.rows[0]).zip(printed) {
        let expect = if case.1 == "NULL" { None } else { Some(mariadb.to_owned()) };
        assert_eq!(cell, &expect, "{case:?}");
    }
}

#[tokio::test]
async fn mariadb_columns_have_names_and_meanings() {
    let subject = Subject::new(Dialect::MySql, &mariadb_table());
    let whole = subject
        .read("SELECT c0 AS a, c2, c8, c10, c17, c19, c22, c25, c34, c36, c41, c44, count(*) FROM everything")
        .await
        .unwrap();
    let columns: Vec<_> =
        whole.columns.iter().map(|column| (column.type_name.as_str(), column.kind)).collect();
    assert_eq!(
        columns,
        [
            ("tinyint", ValueKind::Integer),
            ("tinyint(1)", ValueKind::Boolean),
            ("bigint", ValueKind::Integer),
            ("decimal", ValueKind::Number),
            ("bit", ValueKind::Binary),
            ("date", ValueKind::Date),
            ("time", ValueKind::Time),
            ("datetime", ValueKind::Timestamp),
            ("varchar", ValueKind::Text),
            ("text", ValueKind::Text),
            ("blob", ValueKind::Binary),
            ("enum", ValueKind::Enum),
            ("bigint", ValueKind::Integer),
        ]
    );
    assert_eq!(whole.columns[0].name, "a");
}

/// Expression and what `sqlite3` prints for it; `None`: NULL.
const SQLITE: &[(&str, Option<&str>)] = &[
    ("NULL", None),
    ("-9223372036854775808", Some("-9223372036854775808")),
    ("0.1 + 0.2", Some("0.3")),
    ("1e300", Some("1.0e+300")),
    ("1.0", Some("1.0")),
    ("9e999", Some("Inf")),
    ("-9e999", Some("-Inf")),
    ("123456789012345678.0", Some("1.23456789012346e+17")),
    ("1.0/3", Some("0.333333333333333")),
    ("'ä€𝄞\"\\'", Some("ä€𝄞\"\\")),
    ("''", Some("")),
    ("x'00ff10'", Some("X'00FF10'")),
    ("x''", Some("X''")),
    ("CAST(x'61ff62' AS TEXT)", Some("a\u{FFFD}b")),
    ("'a' || char(0) || 'b'", Some("a\u{0}b")),
    ("zeroblob(3)", Some("X'000000'")),
];

#[tokio::test]
async fn sqlite_values_are_those_of_its_shell() {
    let subject = Subject::new(Dialect::Sqlite, "");
    for (expression, expect) in SQLITE {
        let whole = subject.read(&format!("SELECT {expression}")).await.unwrap();
        assert_eq!(whole.rows[0][0].as_deref(), *expect, "{expression}");
    }
    // SQLite's own cast is the judge of floats.
    let floats = "WITH RECURSIVE n(i, x) AS (SELECT 1, 0.1 UNION ALL SELECT i + 1, x * -7.3 + 1.0 / i FROM n WHERE i < 500) \
                  SELECT x, CAST(x AS TEXT) FROM n";
    for row in subject.read(floats).await.unwrap().rows {
        assert_eq!(row[0], row[1]);
    }
}

#[tokio::test]
async fn sqlite_columns_have_names_and_meanings() {
    let subject = Subject::new(
        Dialect::Sqlite,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n NUMERIC(10,2), d DATE, at DATETIME, b BOOLEAN, x BLOB, s VARCHAR(9), j JSON, none)",
    );
    let whole = subject.read("SELECT *, n * 2 AS twice FROM t").await.unwrap();
    let kinds: Vec<_> = whole.columns.iter().map(|column| column.kind).collect();
    use ValueKind::{Binary, Boolean, Date, Integer, Json, Number, Other, Text, Timestamp};
    assert_eq!(
        kinds,
        [Integer, Number, Date, Timestamp, Boolean, Binary, Text, Json, Other, Other]
    );
    assert_eq!(whole.columns[9].name, "twice");
    assert_eq!(whole.columns[1].type_name, "NUMERIC(10,2)");
    assert!(whole.rows.is_empty() && whole.chunks == 0);
}
