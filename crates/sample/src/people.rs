//! Stores, employees and customers.

use crate::{
    calendar::Calendar,
    euros, insert,
    random::Random,
    words::{CITIES, DEPARTMENTS, EMAIL_HOSTS, FIRST_NAMES, LAST_NAMES, REGIONS, STREETS},
};
use anyhow::Result;
use rusqlite::{Connection, params};

const EMPLOYEES: i64 = 260;
const CUSTOMERS: usize = 8_000;

/// Who works in a store, by store number from 0: employees' ids.
pub type Staff = Vec<Vec<i64>>;

/// Countries of the stores, by store number from 0.
pub fn stores(db: &Connection, calendar: &Calendar) -> Result<Vec<&'static str>> {
    let mut random = Random::new(11);
    let mut row = insert(db, "stores", 9)?;
    let mut countries = Vec::new();
    for (number, ((city, country, _), _)) in (1i64..).zip(CITIES) {
        let region = REGIONS.iter().find(|(c, _)| c == country).map_or("Central", |(_, r)| r);
        let opened = calendar.day(-random.between(200, 4_500));
        let name = format!("Querent Shop {city}");
        let address = address(&mut random);
        let area = random.between(18, 160) * 10;
        row.execute(params![
            number,
            name,
            address,
            city,
            country,
            region,
            opened,
            area,
            number != 13
        ])?;
        countries.push(*country);
    }
    Ok(countries)
}

/// Fills departments and employees; a store's people follow its manager.
pub fn employees(db: &Connection, calendar: &Calendar, stores: &[&str]) -> Result<Staff> {
    let mut row = insert(db, "departments", 3)?;
    for (id, (name, cost_center, _)) in (1i64..).zip(DEPARTMENTS) {
        row.execute(params![id, name, cost_center])?;
    }
    let mut random = Random::new(12);
    let mut row = insert(db, "employees", 14)?;
    let mut staff = vec![Vec::new(); stores.len()];
    let mut leads: Vec<Option<i64>> = vec![None; DEPARTMENTS.len()];
    for id in 1..=EMPLOYEES {
        // Everybody from the first 8 leads a department; half of the others stand in a store.
        let department = match usize::try_from(id - 1)? {
            lead if lead < DEPARTMENTS.len() => lead,
            _ if random.percent(55) => 2,
            _ => 1 + random.below(DEPARTMENTS.len() - 1),
        };
        let store = (department == 2 && leads[2].is_some()).then(|| random.below(stores.len()));
        let titles = DEPARTMENTS[department].2;
        let (manager, title) = match (leads[department], store) {
            (None, _) => (leads[0], titles[0]),
            (Some(lead), Some(store)) => match staff[store].first() {
                None => (Some(lead), titles[0]),
                Some(manager) => (Some(*manager), titles[1 + random.below(titles.len() - 1)]),
            },
            (Some(lead), None) => (Some(lead), titles[1 + random.below(titles.len() - 1)]),
        };
        leads[department].get_or_insert(id);
        if let Some(store) = store {
            staff[store].push(id);
        }
        let (first, last) = name(&mut random);
        let email = format!("{}.{}{id}@shop.example.com", ascii(first), ascii(last));
        let phone = phone("+49", &mut random);
        let born = calendar.day(-random.between(7_000, 22_000));
        let national = format!("{:02}-{:06}", random.below(90) + 10, random.below(1_000_000));
        let hired = calendar.day(random.between(-3_600, calendar.len() as i64 - 60));
        let salary = euros(random.between(title.1 * 10, title.2 * 10) * 10_000);
        let store = store.map(|s| s as i64 + 1);
        row.execute(params![
            id,
            first,
            last,
            email,
            phone,
            born,
            national,
            title.0,
            department as i64 + 1,
            store,
            manager,
            hired,
            salary,
            id <= 8 || random.percent(94)
        ])?;
    }
    Ok(staff)
}

/// Fills customers in the order they registered; gives the day each did, as its index.
pub fn customers(db: &Connection, calendar: &Calendar) -> Result<Vec<usize>> {
    let mut random = Random::new(13);
    let mut row = insert(db, "customers", 14)?;
    let mut registered = Vec::with_capacity(CUSTOMERS);
    for (day, count) in calendar.spread(CUSTOMERS).into_iter().enumerate() {
        registered.extend(std::iter::repeat_n(day, count));
    }
    for (id, day) in (1i64..).zip(&registered) {
        let (first, last) = name(&mut random);
        let email = format!("{}.{}{id}@{}", ascii(first), ascii(last), random.pick(EMAIL_HOSTS));
        let (city, country, code) = random.weighted(CITIES);
        let phone = random.percent(86).then(|| phone(code, &mut random));
        let born = random.percent(80).then(|| calendar.day(-random.between(5_800, 26_000)));
        let address = address(&mut random);
        let postal = format!("{:05}", random.between(1_000, 99_000));
        let segment = random.weighted(&[("consumer", 70), ("member", 18), ("business", 12)]);
        let points = if segment == "business" { 0 } else { random.skewed(4_000) as i64 };
        let consent = random.percent(58);
        // Before the shop opens its doors that day: nobody orders before they registered.
        let created = format!(
            "{} 0{}:{:02}:{:02}",
            calendar.day(*day as i64).unwrap_or_default(),
            random.below(7),
            random.below(60),
            random.below(60)
        );
        row.execute(params![
            id,
            first,
            last,
            email,
            phone,
            born.flatten(),
            address,
            postal,
            city,
            country,
            segment,
            points,
            consent,
            created
        ])?;
    }
    Ok(registered)
}

pub fn name(random: &mut Random) -> (&'static str, &'static str) {
    (random.pick(FIRST_NAMES), random.pick(LAST_NAMES))
}

fn address(random: &mut Random) -> String {
    let street = random.pick(STREETS);
    format!("{} {street}", random.between(1, 180))
}

fn phone(code: &str, random: &mut Random) -> String {
    format!("{code} 555 {:07}", random.below(10_000_000))
}

/// The letters of a name as an address may hold them.
pub fn ascii(name: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' => Some(c),
        'A'..='Z' => Some(c.to_ascii_lowercase()),
        'ü' | 'ú' => Some('u'),
        'é' | 'è' => Some('e'),
        'í' | 'ı' => Some('i'),
        'á' | 'ã' => Some('a'),
        'ó' | 'ö' => Some('o'),
        'ś' => Some('s'),
        _ => None,
    };
    name.chars().filter_map(plain).collect()
}
