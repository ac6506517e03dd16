//! Visits to the web shop.

use crate::{
    calendar::Calendar,
    insert,
    random::Random,
    words::{CITIES, SOURCES},
};
use anyhow::Result;
use rusqlite::{Connection, params};

/// Fills `count` sessions; the share of phones and of visits that end in an order grows slowly.
pub fn sessions(db: &Connection, calendar: &Calendar, count: usize) -> Result<()> {
    let known: Vec<(i64, String)> = db
        .prepare("SELECT id, substr(created_at, 1, 10) FROM customers ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let campaigns: Vec<(i64, String, String)> = db
        .prepare("SELECT id, start_date, end_date FROM campaigns ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut random = Random::new(41);
    let mut row = insert(db, "web_sessions", 10)?;
    let mut id = 0i64;
    for (index, visits) in calendar.spread(count).into_iter().enumerate() {
        let day = calendar.day(index as i64).unwrap_or_default();
        let registered = known.partition_point(|(_, created)| *created <= day);
        let running = campaigns.iter().find(|(_, from, to)| *from <= day && day <= *to);
        let months = index / 30;
        for _ in 0..visits {
            id += 1;
            let customer = (registered > 0 && random.percent(34)).then(|| random.below(registered));
            let customer = customer.map(|c| known[c].0);
            let source = random.weighted(SOURCES);
            let paid = matches!(source, "paid search" | "email" | "social");
            let campaign = running.filter(|_| paid && random.percent(70)).map(|c| c.0);
            let device =
                random.weighted(&[("mobile", 48 + months / 2), ("desktop", 44), ("tablet", 8)]);
            let converted = random.below(1_000)
                < if customer.is_some() { 120 } else { 22 }
                    + months
                    + 15 * usize::from(campaign.is_some());
            let pages = 1 + random.skewed(if converted { 28 } else { 14 });
            let seconds = pages * (8 + random.below(55));
            let (_, country, _) = random.weighted(CITIES);
            row.execute(params![
                id,
                customer,
                campaign,
                calendar.moment(index as i64, &mut random),
                seconds as i64,
                pages as i64,
                device,
                source,
                country,
                converted
            ])?;
        }
    }
    Ok(())
}
