//! The shop as a newcomer finds it.

#![allow(clippy::unwrap_used)]

use rusqlite::Connection;
use std::path::Path;

const TODAY: (i32, u8, u8) = (2026, 7, 18);

fn open(folder: &Path, name: &str, today: (i32, u8, u8)) -> (Connection, sample::Summary) {
    let path = folder.join(name);
    let summary = sample::build(&path, today).unwrap();
    (Connection::open(path).unwrap(), summary)
}

fn tables(db: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
    db.prepare(sql).unwrap().query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
}

fn one<T: rusqlite::types::FromSql>(db: &Connection, sql: &str) -> T {
    db.query_row(sql, [], |r| r.get(0)).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

/// All rows of all tables, folded into one number (FNV-1a).
fn checksum(db: &Connection) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325u64;
    for table in tables(db) {
        let mut rows = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..width {
                for byte in format!("{:?}", row.get_ref(column).unwrap()).bytes() {
                    sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
                }
            }
        }
    }
    sum
}

#[test]
fn is_the_same_every_time_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (db, summary) = open(folder.path(), "a.sqlite", TODAY);
    let (again, _) = open(folder.path(), "b.sqlite", TODAY);
    assert_eq!(checksum(&db), checksum(&again));
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing but the two databases: {left:?}");

    assert_eq!(summary.tables, 17);
    assert_eq!(summary.rows, sample::ROWS as u64);
    assert_eq!(
        (summary.first_day.as_str(), summary.last_day.as_str()),
        ("2023-07-01", "2026-07-18")
    );
    let counted: i64 =
        tables(&db).iter().map(|t| one::<i64>(&db, &format!("SELECT count(*) FROM {t}"))).sum();
    assert_eq!(counted, 200_000);
    for table in tables(&db) {
        assert!(one::<i64>(&db, &format!("SELECT count(*) FROM {table}")) > 0, "{table} is empty");
    }
    assert_eq!(one::<String>(&db, "PRAGMA integrity_check"), "ok");
    assert!(!db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
}

#[test]
fn stays_inside_its_time_and_its_sums() {
    let folder = tempfile::tempdir().unwrap();
    let (db, _) = open(folder.path(), "shop.sqlite", TODAY);
    for (table, column) in [
        ("orders", "ordered_at"),
        ("payments", "paid_at"),
        ("billing_transactions", "booked_at"),
        ("shipments", "delivered_at"),
        ("returns", "returned_at"),
        ("reviews", "created_at"),
        ("customers", "created_at"),
        ("web_sessions", "started_at"),
    ] {
        let low: String = one(&db, &format!("SELECT min({column}) FROM {table}"));
        let high: String = one(&db, &format!("SELECT max({column}) FROM {table}"));
        assert!(
            low.as_str() >= "2023-07-01" && high.as_str() < "2026-07-19",
            "{table}: {low} to {high}"
        );
    }
    let none = |what: &str, sql: &str| assert_eq!(one::<i64>(&db, sql), 0, "{what}");
    none(
        "orders that are not the sum of their lines",
        "SELECT count(*) FROM (SELECT o.id FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id
         HAVING abs(o.total_amount - o.shipping_amount - sum(i.line_total)) > 0.001)",
    );
    none(
        "orders before their customer registered",
        "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.ordered_at < c.created_at",
    );
    none(
        "products sold before their launch",
        "SELECT count(*) FROM order_items i JOIN orders o ON o.id = i.order_id JOIN products p ON p.id = i.product_id
         WHERE substr(o.ordered_at, 1, 10) < p.launched_on",
    );
    none(
        "parcels that arrived before they left",
        "SELECT count(*) FROM shipments WHERE delivered_at < shipped_at",
    );
    none(
        "dates that are no dates",
        "SELECT count(*) FROM orders WHERE datetime(ordered_at) IS NOT ordered_at",
    );
    none(
        "views that fail",
        "SELECT count(*) = 0 FROM order_summaries, (SELECT count(*) FROM product_sales)",
    );
    none(
        "views that fail",
        "SELECT count(*) = 0 FROM customer_lifetime_value, (SELECT count(*) FROM sales_overview)",
    );
}

#[test]
fn looks_like_a_shop() {
    let folder = tempfile::tempdir().unwrap();
    let (db, _) = open(folder.path(), "shop.sqlite", TODAY);
    let sales = |month: &str| {
        one::<f64>(&db, &format!("SELECT sales FROM sales_overview WHERE period = '{month}'"))
    };
    assert_eq!(one::<i64>(&db, "SELECT count(*) FROM sales_overview"), 37);
    assert!(sales("2025-12") > 1.3 * sales("2025-08"), "Christmas");
    assert!(sales("2025-10") > 1.2 * sales("2024-10"), "growth");
    let billed: f64 = one(&db, "SELECT sum(amount) FROM billing_transactions");
    let ordered: f64 = one(&db, "SELECT sum(total_amount) FROM orders");
    assert!((billed - ordered).abs() > 1_000.0, "revenue has two homes: {billed} and {ordered}");
}

#[test]
fn every_kind_of_day_works_and_nonsense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for today in [(2024, 2, 29), (2025, 1, 1), (2025, 12, 31)] {
        let (db, summary) = open(folder.path(), "day.sqlite", today);
        assert_eq!(summary.rows, 200_000, "{today:?}");
        assert!(!db.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap());
    }
    let path = folder.path().join("never.sqlite");
    for today in [(2025, 2, 30), (2025, 13, 1), (2025, 0, 1)] {
        assert!(sample::build(&path, today).is_err());
        assert!(!path.exists());
    }
}
