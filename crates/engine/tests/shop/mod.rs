//! The catalogue of the sample shop, in any dialect.
#![allow(dead_code, reason = "every test crate uses its own part")]

use catalog::{ValueIndex, ValueSource};
use model::{
    catalog::{Catalog, Column, ForeignKey, Schema, Table, TableKind, ValueKind},
    dialect::Dialect,
};

/// `table: column type, …`; `*` is the primary key, `->` a foreign key; a type with `?` may be missing.
const TABLES: &str = "
departments: *id int, name text, cost_center text
stores: *id int, name text, address text, city text, country text, region text, opened_on date, floor_area int, is_open bool
employees: *id int, first_name text, last_name text, email text, phone text, birth_date date, national_id text, job_title text, department_id int ->departments, store_id int ->stores, manager_id int? ->employees, hire_date date, salary num, is_active bool
categories: *id int, name text, parent_id int? ->categories, description text
suppliers: *id int, name text, contact_name text, email text, city text, country text, lead_time_days int
products: *id int, sku text, name text, category_id int ->categories, supplier_id int ->suppliers, price num, cost num, weight_grams int, launched_on date, is_active bool
campaigns: *id int, name text, channel text, start_date date, end_date date, budget num, discount_percent int
customers: *id int, first_name text, last_name text, email text, phone text, birth_date date, address text, postal_code text, city text, country text, segment text, loyalty_points int, marketing_consent bool, created_at time
orders: *id int, customer_id int ->customers, store_id int? ->stores, employee_id int? ->employees, campaign_id int? ->campaigns, channel text, status text, ordered_at time, discount_amount num, shipping_amount num, tax_amount num, total_amount num
order_items: *id int, order_id int ->orders, product_id int ->products, quantity int, unit_price num, discount_percent int, line_total num
payments: *id int, order_id int ->orders, method text, card_last4 text, status text, amount num, paid_at time
billing_transactions: *id int, customer_id int ->customers, order_id int ->orders, type text, invoice_number text, amount num, fee_amount num, currency text, booked_at time
shipments: *id int, order_id int ->orders, carrier text, tracking_number text, status text, shipped_at time?, delivered_at time?, shipping_cost num
returns: *id int, order_item_id int ->order_items, quantity int, reason text, refund_amount num, returned_at time
reviews: *id int, product_id int ->products, customer_id int ->customers, rating int, title text, created_at time
inventory: *store_id int ->stores, *product_id int ->products, quantity int, reorder_level int, counted_on date
web_sessions: *id int, customer_id int ->customers, campaign_id int ->campaigns, started_at time, duration_seconds int, page_views int, device text, source text, country text, converted bool
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
orders.status: pending, processing, shipped, completed, cancelled, returned
orders.channel: online, store, phone
payments.method: card, paypal, invoice, cash, gift card
payments.status: captured, failed, refunded, pending
billing_transactions.type: charge, refund, membership
shipments.carrier: DHL, UPS
shipments.status: preparing, in transit, delivered, lost
web_sessions.device: mobile, desktop, tablet
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
        let kind = match words[1].trim_end_matches('?') {
            "int" => ValueKind::Integer,
            "num" => ValueKind::Number,
            "date" => ValueKind::Date,
            "time" => ValueKind::Timestamp,
            "bool" => ValueKind::Boolean,
            _ => ValueKind::Text,
        };
        out.columns.push(Column {
            name: column.into(),
            type_name: words[1].trim_end_matches('?').into(),
            kind,
            nullable: words[1].ends_with('?'),
            default: None,
            comment: None,
            generated: None,
            labels: vec![],
        });
    }
    out
}
