//! The shop's days: which there are, and how busy each is.

use crate::random::Random;
use anyhow::{Context, Result};
use time::{Date, Duration, Month, Weekday};

/// All days from the first of the month three years ago to today.
pub struct Calendar {
    dates: Vec<Date>,
    /// How busy a day is, in relation to the others.
    weights: Vec<u64>,
}

/// Percent of an average month, January first.
const SEASON: [u64; 12] = [88, 80, 94, 98, 102, 96, 90, 82, 98, 106, 138, 152];

/// Hours of the day with their weights.
const HOURS: [(i64, usize); 16] = [
    (7, 1),
    (8, 3),
    (9, 5),
    (10, 7),
    (11, 8),
    (12, 9),
    (13, 7),
    (14, 6),
    (15, 6),
    (16, 7),
    (17, 9),
    (18, 10),
    (19, 11),
    (20, 10),
    (21, 7),
    (22, 3),
];

impl Calendar {
    pub fn up_to(today: (i32, u8, u8)) -> Result<Self> {
        let (year, month, day) = today;
        let month = Month::try_from(month).context("the month must be 1 to 12")?;
        let last = Date::from_calendar_date(year, month, day).context("there is no such day")?;
        let first = Date::from_calendar_date(year - 3, month, 1).context("the year is too low")?;
        let dates: Vec<Date> = std::iter::successors(Some(first), |d| d.next_day())
            .take_while(|d| *d <= last)
            .collect();
        let mut random = Random::new(1);
        let count = dates.len() as u64;
        let weights = dates.iter().zip(0u64..).map(|(date, i)| {
            let growth = 1000 + 1100 * i / count;
            growth * SEASON[date.month() as usize - 1] * weekday(*date)
                + random.below(90_000) as u64 * growth / 100
        });
        let weights = weights.collect();
        Ok(Self { dates, weights })
    }

    pub fn len(&self) -> usize {
        self.dates.len()
    }

    /// `YYYY-MM-DD` of a day; days before the first count below zero, days after today are `None`.
    pub fn day(&self, index: i64) -> Option<String> {
        if index >= self.dates.len() as i64 {
            return None;
        }
        Some(iso(self.dates[0] + Duration::days(index)))
    }

    /// `YYYY-MM-DD HH:MM:SS` at a shop-like hour of the day.
    pub fn moment(&self, index: i64, random: &mut Random) -> Option<String> {
        let day = self.day(index)?;
        let hour = random.weighted(&HOURS);
        Some(format!("{day} {hour:02}:{:02}:{:02}", random.below(60), random.below(60)))
    }

    /// Splits `total` over the days as busy as they are; the sum is exact.
    pub fn spread(&self, total: usize) -> Vec<usize> {
        let sum: u128 = self.weights.iter().map(|w| u128::from(*w)).sum();
        let (mut before, mut given) = (0, 0);
        let share = |weight: &u64| {
            before += u128::from(*weight);
            let until = (total as u128 * before / sum) as usize;
            let count = until - given;
            given = until;
            count
        };
        self.weights.iter().map(share).collect()
    }

    /// Indexes of the first day of each month.
    pub fn months(&self) -> impl Iterator<Item = usize> {
        self.dates.iter().enumerate().filter(|(_, d)| d.day() == 1).map(|(i, _)| i)
    }

    /// Month 1 to 12 and year of a day.
    pub fn month(&self, index: usize) -> (usize, i32) {
        (self.dates[index].month() as usize, self.dates[index].year())
    }
}

fn weekday(date: Date) -> u64 {
    match date.weekday() {
        Weekday::Saturday => 128,
        Weekday::Friday => 114,
        Weekday::Sunday => 84,
        _ => 96,
    }
}

fn iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month() as u8, date.day())
}
