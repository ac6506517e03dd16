//! Days, and the times that a question names: buckets ("monthly") and ranges ("last quarter", "since March").

use crate::{
    Date,
    text::{Kind, Token},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Bucket {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
}

impl Bucket {
    pub fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    pub fn of(word: &str) -> Option<Self> {
        Some(match word {
            "year" | "years" | "yearly" | "annually" | "annual" => Self::Year,
            "quarter" | "quarters" | "quarterly" => Self::Quarter,
            "month" | "months" | "monthly" => Self::Month,
            "week" | "weeks" | "weekly" => Self::Week,
            "day" | "days" | "daily" => Self::Day,
            "hour" | "hours" | "hourly" => Self::Hour,
            _ => return None,
        })
    }
}

/// A stretch of days; `None` is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Range {
    pub from: Option<Date>,
    /// Exclusive.
    pub until: Option<Date>,
    /// The range is made of whole years, so that a column of years can be compared: first and last, inclusive.
    pub years: Option<(Option<i32>, Option<i32>)>,
    pub label: String,
}

impl Range {
    /// The unit of time that it is one of.
    pub fn length(&self) -> Option<Bucket> {
        Some(match to_days(self.until?) - to_days(self.from?) {
            1 => Bucket::Day,
            7 => Bucket::Week,
            28..=31 => Bucket::Month,
            90..=92 => Bucket::Quarter,
            365 | 366 => Bucket::Year,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Time {
    Bucket(Bucket),
    Range(Range),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month_of(word: &str) -> Option<u8> {
    MONTHS
        .iter()
        .zip(1u8..)
        .find(|(m, _)| {
            **m == word
                || word.len() == 3 && m.starts_with(word)
                || word == "sept" && **m == "september"
        })
        .map(|(_, n)| n)
}

pub(crate) fn year_of(token: &Token) -> Option<i32> {
    let plain = token.text.len() == 4 && token.text.bytes().all(|b| b.is_ascii_digit());
    let year =
        token.text.parse().ok().filter(|_| plain && matches!(token.kind, Kind::Number(_)))?;
    (1000..=2200).contains(&year).then_some(year)
}

impl Date {
    fn first(year: i32, month: u8) -> Self {
        Self { year, month, day: 1 }
    }

    fn plus_months(self, months: i32) -> Self {
        let all = self.year * 12 + i32::from(self.month) - 1 + months;
        let month = u8::try_from(all.rem_euclid(12)).unwrap_or(0) + 1;
        let year = all.div_euclid(12);
        Self { year, month, day: self.day.min(days_in(year, month)) }
    }

    fn plus_days(self, days: i64) -> Self {
        from_days(to_days(self) + days)
    }

    /// 0 is Monday.
    fn weekday(self) -> i64 {
        (to_days(self) + 3).rem_euclid(7)
    }

    pub(crate) fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn days_in(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 (Howard Hinnant's algorithm).
fn to_days(date: Date) -> i64 {
    let y = i64::from(date.year) - i64::from(date.month <= 2);
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let m = i64::from(date.month);
    let doy = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(date.day) - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

fn from_days(days: i64) -> Date {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    Date {
        year: i32::try_from(year).unwrap_or(1970),
        month: u8::try_from(month).unwrap_or(1),
        day: u8::try_from(day).unwrap_or(1),
    }
}

/// A time that starts at token `at`: how many tokens, and what.
pub(crate) fn time_at(tokens: &[Token], at: usize, today: Date) -> Option<(usize, Time)> {
    let rest = &tokens[at..];
    let word = rest.first()?.lower.as_str();
    if let Some(bucket) = adverb(word) {
        return Some((1, Time::Bucket(bucket)));
    }
    if let ["over", "time"] | ["month", "over"] = words(rest, 2)[..] {
        return Some((2, Time::Bucket(Bucket::Month)));
    }
    if let ["month", "by", "month"]
    | ["year", "by", "year"]
    | ["day", "by", "day"]
    | ["week", "by", "week"] = words(rest, 3)[..]
    {
        return Some((3, Time::Bucket(Bucket::of(word)?)));
    }
    range_at(rest, today).map(|(n, r)| (n, Time::Range(r)))
}

fn adverb(word: &str) -> Option<Bucket> {
    matches!(word, "monthly" | "yearly" | "annually" | "quarterly" | "weekly" | "daily" | "hourly")
        .then(|| Bucket::of(word))?
}

fn words(tokens: &[Token], n: usize) -> Vec<&str> {
    tokens.iter().take(n).map(|t| t.lower.as_str()).collect()
}

fn range_at(rest: &[Token], today: Date) -> Option<(usize, Range)> {
    let named = |from, until, label: String, years| Range { from, until, years, label };
    match rest.first()?.lower.as_str() {
        "today" => Some((1, named(Some(today), Some(today.plus_days(1)), "today".into(), None))),
        "yesterday" => {
            Some((1, named(Some(today.plus_days(-1)), Some(today), "yesterday".into(), None)))
        }
        "ytd" => Some((1, to_date(today))),
        "year" if words(rest, 3) == ["year", "to", "date"] => Some((3, to_date(today))),
        "so" if words(rest, 4) == ["so", "far", "this", "year"] => Some((4, to_date(today))),
        "the"
            if matches!(rest.get(1)?.lower.as_str(), "last" | "past" | "previous" | "current") =>
        {
            relative(&rest[1..], today).map(|(n, r)| (n + 1, r))
        }
        "in" | "during" | "within" | "over" | "for"
            if matches!(
                rest.get(1)?.lower.as_str(),
                "the" | "last" | "past" | "previous" | "this" | "current"
            ) =>
        {
            let skip = 1 + usize::from(rest[1].is("the"));
            relative(rest.get(skip..)?, today).map(|(n, r)| (n + skip, r))
        }
        "last" | "past" | "previous" | "this" | "current" => relative(rest, today),
        "in" | "during" | "for" | "on" | "of" | "from" | "between" | "since" | "after"
        | "before" | "until" | "through" => anchored(rest, today),
        _ => period(rest, today, false),
    }
}

fn to_date(today: Date) -> Range {
    Range {
        from: Some(Date::first(today.year, 1)),
        until: Some(today.plus_days(1)),
        years: None,
        label: "this year so far".into(),
    }
}

/// `last year`, `past 30 days`, `this month`.
fn relative(rest: &[Token], today: Date) -> Option<(usize, Range)> {
    let which = rest.first()?.lower.as_str();
    if !matches!(which, "last" | "past" | "previous" | "this" | "current") {
        return None;
    }
    let second = rest.get(1)?;
    if let Some(n) = second.number() {
        let unit = Bucket::of(&rest.get(2)?.lower)?;
        if !(1.0..=10_000.0).contains(&n) || matches!(which, "this" | "current") {
            return None;
        }
        #[allow(clippy::cast_possible_truncation)]
        let n = n as i32;
        let from = match unit {
            Bucket::Year => today.plus_months(-12 * n),
            Bucket::Quarter => today.plus_months(-3 * n),
            Bucket::Month => today.plus_months(-n),
            Bucket::Week => today.plus_days(-7 * i64::from(n)),
            Bucket::Day => today.plus_days(-i64::from(n)),
            Bucket::Hour => return None,
        };
        let label = format!("the last {n} {}s", unit.word());
        return Some((
            3,
            Range { from: Some(from), until: Some(today.plus_days(1)), years: None, label },
        ));
    }
    let unit = Bucket::of(&second.lower)
        .filter(|u| !second.lower.ends_with("ly") && *u != Bucket::Hour)?;
    let back = i32::from(!matches!(which, "this" | "current"));
    let (from, until) = whole(unit, today, back);
    let years = (unit == Bucket::Year).then_some((Some(from.year), Some(from.year)));
    let label = format!("{} {}", if back == 0 { "this" } else { "last" }, unit.word());
    Some((2, Range { from: Some(from), until: Some(until), years, label }))
}

/// The whole unit that is `back` units before the one that holds `day`.
fn whole(unit: Bucket, day: Date, back: i32) -> (Date, Date) {
    let (from, step) = match unit {
        Bucket::Year => (Date::first(day.year - back, 1), 12),
        Bucket::Quarter => {
            let start = Date::first(day.year, (day.month - 1) / 3 * 3 + 1);
            (start.plus_months(-3 * back), 3)
        }
        Bucket::Month => (Date::first(day.year, day.month).plus_months(-back), 1),
        Bucket::Week => {
            let from = day.plus_days(-day.weekday() - 7 * i64::from(back));
            return (from, from.plus_days(7));
        }
        Bucket::Day | Bucket::Hour => {
            let from = day.plus_days(-i64::from(back));
            return (from, from.plus_days(1));
        }
    };
    (from, from.plus_months(step))
}

/// A preposition and one or two periods: `in 2024`, `since March`, `between 2019 and 2021`, `from May to July 2024`.
fn anchored(rest: &[Token], today: Date) -> Option<(usize, Range)> {
    let how = rest[0].lower.as_str();
    let the = usize::from(rest.get(1).is_some_and(|t| t.is("the")));
    let year_word = rest.get(1 + the).is_some_and(|t| t.is("year"));
    let skip = 1 + the + usize::from(year_word);
    let (n, first) = period(rest.get(skip..)?, today, true)?;
    let end = skip + n;
    if matches!(how, "between" | "from") {
        let joint = rest.get(end).map(|t| t.lower.as_str());
        let joined = matches!(
            (how, joint),
            ("between", Some("and")) | ("from", Some("to" | "until" | "through"))
        );
        if joined && let Some((m, last)) = period(&rest[end + 1..], today, true) {
            let years = match (first.years, last.years) {
                (Some((a, _)), Some((_, b))) => Some((a, b)),
                _ => None,
            };
            // `from May to July 2024`: the year goes with both.
            let from = match (first.from, last.from) {
                (Some(a), Some(b)) if a > b => Some(Date { year: b.year, ..a }),
                (a, _) => a,
            };
            let label = format!("{} to {}", first.label, last.label);
            return Some((end + 1 + m, Range { from, until: last.until, years, label }));
        }
        if how == "between" {
            return None;
        }
    }
    let year = first.years.and_then(|y| y.0);
    if year.is_some()
        && !year_word
        && matches!(how, "for" | "of" | "from" | "on")
        && n == 1
        && how == "on"
    {
        return None;
    }
    let range = match how {
        "since" => Range {
            from: first.from,
            until: None,
            years: year.map(|y| (Some(y), None)),
            label: format!("since {}", first.label),
        },
        "after" => Range {
            from: first.until,
            until: None,
            years: year.map(|y| (Some(y + 1), None)),
            label: format!("after {}", first.label),
        },
        "before" => Range {
            from: None,
            until: first.from,
            years: year.map(|y| (None, Some(y - 1))),
            label: format!("before {}", first.label),
        },
        "until" | "through" => Range {
            from: None,
            until: first.until,
            years: year.map(|y| (None, Some(y))),
            label: format!("until {}", first.label),
        },
        _ => first,
    };
    Some((end, range))
}

/// A named stretch: `2024`, `March`, `March 2024`, `Q1 2025`, `first quarter of 2025`. A bare year or month
/// counts only after a preposition (`anchored`).
fn period(rest: &[Token], today: Date, anchored: bool) -> Option<(usize, Range)> {
    let first = rest.first()?;
    if let Some(year) = year_of(first).filter(|_| anchored) {
        return Some((1, whole_year(year)));
    }
    if let Some(month) = month_of(&first.lower)
        .filter(|_| first.capital || first.lower.len() > 3 && first.lower != "march")
    {
        let comma = usize::from(rest.get(1).is_some_and(|t| t.text == ","));
        let year = rest.get(1 + comma).and_then(year_of);
        if year.is_none() && (!anchored || rest.get(1).is_some_and(|t| t.number().is_some())) {
            return None;
        }
        let from = Date::first(year.unwrap_or_else(|| latest(month, today)), month);
        let label = format!("{} {}", title(MONTHS[usize::from(month) - 1]), from.year);
        let used = if year.is_some() { 2 + comma } else { 1 };
        return Some((
            used,
            Range { from: Some(from), until: Some(from.plus_months(1)), years: None, label },
        ));
    }
    let quarter = match first.lower.as_str() {
        "q1" => 1,
        "q2" => 2,
        "q3" => 3,
        "q4" => 4,
        _ => return None,
    };
    let year = rest.get(1).and_then(year_of);
    let from = Date::first(year.unwrap_or(today.year), quarter * 3 - 2);
    let label = format!("Q{quarter} {}", from.year);
    Some((
        1 + usize::from(year.is_some()),
        Range { from: Some(from), until: Some(from.plus_months(3)), years: None, label },
    ))
}

pub(crate) fn whole_year(year: i32) -> Range {
    Range {
        from: Some(Date::first(year, 1)),
        until: Some(Date::first(year + 1, 1)),
        years: Some((Some(year), Some(year))),
        label: year.to_string(),
    }
}

/// The year of the latest such month that has begun.
fn latest(month: u8, today: Date) -> i32 {
    today.year - i32::from(month > today.month)
}

fn title(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[cfg(test)]
mod tests {
    use super::{Time, from_days, time_at, to_days};
    use crate::{Date, text::tokens};

    const TODAY: Date = Date { year: 2026, month: 5, day: 14 };

    fn check(text: &str, from: &str, until: &str) {
        let found = time_at(&tokens(text), 0, TODAY);
        let Some((_, Time::Range(range))) = found else { panic!("{text}: {found:?}") };
        let show = |d: Option<Date>| d.map(Date::iso).unwrap_or_default();
        assert_eq!(
            (show(range.from).as_str(), show(range.until).as_str()),
            (from, until),
            "{text}"
        );
    }

    #[test]
    fn reads_ranges() {
        check("last year", "2025-01-01", "2026-01-01");
        check("this month", "2026-05-01", "2026-06-01");
        check("last quarter", "2026-01-01", "2026-04-01");
        check("last week", "2026-05-04", "2026-05-11");
        check("in the last 30 days", "2026-04-14", "2026-05-15");
        check("in 2025", "2025-01-01", "2026-01-01");
        check("since March", "2026-03-01", "");
        check("since November", "2025-11-01", "");
        check("between 2019 and 2021", "2019-01-01", "2022-01-01");
        check("from May to July 2024", "2024-05-01", "2024-08-01");
        check("before 2020", "", "2020-01-01");
        check("Q1 2025", "2025-01-01", "2025-04-01");
        check("yesterday", "2026-05-13", "2026-05-14");
    }

    #[test]
    fn counts_days() {
        for days in [-800_000, -1, 0, 59, 60, 20_000, 800_000] {
            assert_eq!(to_days(from_days(days)), days);
        }
        assert_eq!(to_days(Date { year: 1970, month: 1, day: 1 }), 0);
    }
}
