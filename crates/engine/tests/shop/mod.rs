//! A catalogue of our own, shaped like a shop, in any dialect.
#![allow(dead_code, reason = "every test crate uses its own part")]

use catalog::{ValueIndex, ValueSource};
use model::{
    catalog::{Catalog, Column, ForeignKey, Schema, Table, TableKind, ValueKind},
    dialect::Dialect,
};

/// `table: column type, …`; `*` is the primary key, `->` a foreign key.
const TABLES: &str = "
departments: *id int, name text, cost_center text
stores: *id int, name text, city text, country text, opened_on date, floor_area int
employees: *id int, first_name text, last_name text, job_title text, birth_date date, hire_date date, salary num, department_id int ->departments, store_id int ->stores
categories: *id int, name text, description text
products: *id int, sku text, name text, price num, cost num, weight_grams int, launched_on date, category_id int ->categories
customers: *id int, first_name text, last_name text, email text, city text, country text, segment text, loyalty_points int, birth_date date, created_at time
orders: *id int, customer_id int ->customers, store_id int ->stores, employee_id int ->employees, channel text, status text, ordered_at time, total_amount num
order_items: *id int, order_id int ->orders, product_id int ->products, quantity int, unit_price num
payments: *id int, order_id int ->orders, method text, status text, amount num, paid_at time
billing_transactions: *id int, customer_id int ->customers, type text, amount num, booked_at time
shipments: *id int, order_id int ->orders, carrier text, status text, shipped_at time
returns: *id int, order_item_id int ->order_items, reason text, returned_at time
web_sessions: *id int, customer_id int ->customers, started_at time, device text, page_views int
";

const VALUES: &str = "
stores.city: Berlin, Paris, Madrid
stores.country: Germany, France, Spain
stores.name: Berlin Mitte, Paris Nord
customers.country: Germany, France, Spain, Italy
customers.city: Berlin, Paris, Rome, New York
customers.segment: consumer, business, member
departments.name: Sales, Marketing, Logistics
categories.name: Toys, Garden, Books
orders.status: pending, shipped, completed, cancelled
orders.channel: online, store, phone
payments.method: card, paypal, cash
payments.status: captured, failed, refunded
shipments.carrier: DHL, UPS
shipments.status: delivered, lost
web_sessions.device: mobile, desktop
products.name: Desk Lamp, Garden Chair
employees.job_title: Cashier, Store Manager
";

pub fn catalog(dialect: Dialect) -> Catalog {
    let schema = match dialect {
        Dialect::Sqlite => "main",
        Dialect::Postgres => "public",
        Dialect::MySql => "shop",
    };
    let tables = TABLES.trim().lines().map(|l| table(l, schema)).collect();
    Catalog {
        dialect,
        server_version: "1".into(),
        database: "shop".into(),
        search_path: vec![schema.into()],
        schemas: vec![Schema { name: schema.into(), tables, ..Schema::default() }],
    }
}

pub fn values(dialect: Dialect) -> ValueIndex {
    let schema = catalog(dialect).schemas[0].name.clone();
    let sources = VALUES.trim().lines().map(|line| {
        let (place, values) = line.split_once(": ").unwrap();
        let (table, column) = place.split_once('.').unwrap();
        ValueSource {
            schema: schema.clone(),
            table: table.into(),
            column: column.into(),
            values: values.split(", ").map(str::to_owned).collect(),
            complete: true,
        }
    });
    ValueIndex::new(sources.collect())
}

fn table(line: &str, schema: &str) -> Table {
    let (name, columns) = line.split_once(": ").unwrap();
    let mut out = Table {
        name: name.into(),
        kind: TableKind::Table,
        comment: None,
        row_estimate: None,
        columns: vec![],
        primary_key: vec![],
        foreign_keys: vec![],
        indexes: vec![],
        definition: None,
        parents: vec![],
        partition_key: None,
        partition_bound: None,
    };
    for part in columns.split(", ") {
        let words: Vec<&str> = part.split(' ').collect();
        let column = words[0].trim_start_matches('*');
        if words[0].starts_with('*') {
            out.primary_key.push(column.into());
        }
        if let Some(target) = words.get(2) {
            out.foreign_keys.push(ForeignKey {
                name: String::new(),
                columns: vec![column.into()],
                ref_schema: schema.into(),
                ref_table: target.trim_start_matches("->").into(),
                ref_columns: vec!["id".into()],
                on_delete: None,
                on_update: None,
            });
        }
        let kind = match words[1] {
            "int" => ValueKind::Integer,
            "num" => ValueKind::Number,
            "date" => ValueKind::Date,
            "time" => ValueKind::Timestamp,
            _ => ValueKind::Text,
        };
        out.columns.push(Column {
            name: column.into(),
            type_name: words[1].into(),
            kind,
            nullable: false,
            default: None,
            comment: None,
            generated: None,
            labels: vec![],
        });
    }
    out
}
