//! Categories, suppliers, products, campaigns and what stores have in stock.

use crate::{
    calendar::Calendar,
    euros, insert, people,
    random::Random,
    words::{CAMPAIGNS, CATEGORIES, CITIES, STYLES, SUPPLIERS},
};
use anyhow::Result;
use rusqlite::{Connection, params};

const PRODUCTS: i64 = 480;

/// What an order needs to know of a product; its id is its place from 1.
pub struct Product {
    pub price_cents: i64,
    pub launched: usize,
}

/// A campaign that runs from one day to another, as indexes; its id is its place from 1.
pub struct Campaign {
    pub first: usize,
    pub last: usize,
    pub percent: i64,
}

pub fn products(db: &Connection, calendar: &Calendar) -> Result<Vec<Product>> {
    categories(db)?;
    suppliers(db)?;
    let mut random = Random::new(21);
    let mut row = insert(db, "products", 10)?;
    let mut products = Vec::new();
    let parents = CATEGORIES.iter().filter(|c| c.1.is_none()).count();
    for id in 1..=PRODUCTS {
        let category = parents + random.below(CATEGORIES.len() - parents);
        let (_, _, nouns, low, high) = CATEGORIES[category];
        let (style, noun) = (random.pick(STYLES), random.pick(nouns));
        let name = format!("{style} {noun} {}", id % 90 + 10);
        let sku = format!("{}-{id:04}", &noun[..2].to_uppercase());
        // Cheap things are common: the higher of the range is rare. Prices end in 90 cents.
        let price_cents = (low + random.skewed((high - low) as usize) as i64) / 100 * 100 + 90;
        let cost = price_cents * random.between(42, 68) / 100;
        let weight = random.between(5, 900) * 10;
        // Most were there when the shop's records begin.
        let day = if random.percent(75) {
            -random.between(0, 1_400)
        } else {
            random.between(1, calendar.len() as i64 - 30)
        };
        let supplier = random.between(1, SUPPLIERS.len() as i64);
        row.execute(params![
            id,
            sku,
            name,
            category as i64 + 1,
            supplier,
            euros(price_cents),
            euros(cost),
            weight,
            calendar.day(day),
            random.percent(93)
        ])?;
        products.push(Product { price_cents, launched: usize::try_from(day).unwrap_or(0) });
    }
    Ok(products)
}

fn categories(db: &Connection) -> Result<()> {
    let mut row = insert(db, "categories", 4)?;
    for (id, (name, parent, nouns, _, _)) in (1i64..).zip(CATEGORIES) {
        let text = (!nouns.is_empty()).then(|| nouns.join(", "));
        row.execute(params![id, name, parent.map(|p| p as i64 + 1), text])?;
    }
    Ok(())
}

fn suppliers(db: &Connection) -> Result<()> {
    let mut random = Random::new(22);
    let mut row = insert(db, "suppliers", 7)?;
    for (id, name) in (1i64..).zip(SUPPLIERS) {
        let (first, last) = people::name(&mut random);
        let email =
            format!("{}.{}@supplier{id}.example.com", people::ascii(first), people::ascii(last));
        let (city, country, _) = random.weighted(CITIES);
        let contact = format!("{first} {last}");
        row.execute(params![id, name, contact, email, city, country, random.between(2, 45)])?;
    }
    Ok(())
}

/// One campaign a month, every year.
pub fn campaigns(db: &Connection, calendar: &Calendar) -> Result<Vec<Campaign>> {
    let mut random = Random::new(23);
    let mut row = insert(db, "campaigns", 7)?;
    let mut campaigns = Vec::new();
    for (id, start) in (1i64..).zip(calendar.months()) {
        let (month, year) = calendar.month(start);
        let (name, channel, _, days, percent) = CAMPAIGNS[month - 1];
        let first = start + random.below(10);
        let last = first + days as usize;
        let budget = euros(random.between(20, 180) * 10_000);
        let (from, to) = (plan(calendar, start, first), plan(calendar, start, last));
        row.execute(params![id, format!("{name} {year}"), channel, from, to, budget, percent])?;
        campaigns.push(Campaign { first, last, percent });
    }
    Ok(campaigns)
}

/// The day's date; campaigns of the current month may be planned for days to come, inside the month.
fn plan(calendar: &Calendar, month_start: usize, index: usize) -> Option<String> {
    calendar.day(index as i64).or_else(|| {
        let month = calendar.day(month_start as i64)?;
        Some(format!("{}{:02}", &month[..8], (index - month_start + 1).min(28)))
    })
}

/// Each store has about a quarter of the products.
pub fn inventory(
    db: &Connection,
    calendar: &Calendar,
    stores: usize,
    products: usize,
) -> Result<()> {
    let mut random = Random::new(24);
    let mut row = insert(db, "inventory", 5)?;
    for store in 1..=stores {
        for product in 1..=products {
            if !random.percent(26) {
                continue;
            }
            let level = random.between(1, 8) * 5;
            let quantity = random.between(0, level * 5);
            let counted = calendar.day(calendar.len() as i64 - random.between(1, 28));
            row.execute(params![store as i64, product as i64, quantity, level, counted])?;
        }
    }
    Ok(())
}
