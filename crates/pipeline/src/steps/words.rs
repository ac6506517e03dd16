//! Numbers, dates and names as people read them.

/// `1234567.5` as `1,234,567.5`; what is no plain number stays as it is.
pub fn grouped(number: &str) -> String {
    let (sign, rest) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || fraction.is_some_and(|f| !digits(f)) {
        return number.to_owned();
    }
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// As [`grouped`]; of more than four decimals, which only a division makes, two are left, and of what is
/// below one the first three that say something.
pub fn rounded(number: &str) -> String {
    let decimals = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match number.parse::<f64>() {
        Ok(value) if decimals > 4 && value.abs() >= 1.0 => trimmed(value),
        Ok(value) if decimals > 4 && value != 0.0 => {
            let zeros = (-value.abs().log10()).floor() as usize;
            let text = format!("{value:.*}", zeros + 3);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => grouped(number),
    }
}

/// Up to two decimals, thousands grouped; from a million on `1.24 M`, then `B`.
pub fn figure(number: f64) -> String {
    let size = number.abs();
    let short = |by: f64, unit: &str| format!("{} {unit}", trimmed(number / by));
    match size {
        _ if size >= 1e15 => format!("{number:.2e}"),
        _ if size >= 1e9 => short(1e9, "B"),
        _ if size >= 1e6 => short(1e6, "M"),
        _ if size > 0.0 && size < 0.01 => format!("{number:.4}"),
        _ => trimmed(number),
    }
}

fn trimmed(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    grouped(if text == "-0" { "0" } else { text })
}

/// A column's name in words: `total_amount`, `sum(total_amount)` and `TotalAmount` are `total amount`.
pub fn label(name: &str) -> String {
    let inner = match name.split_once('(') {
        Some((_, inside)) if !inside.starts_with(['*', ')']) => inside.trim_end_matches(')'),
        Some((function, _)) => function,
        None => name,
    };
    let inner = inner.rsplit('.').next().unwrap_or(inner);
    let mut out = String::new();
    let mut lower = false;
    for c in inner.chars() {
        if c == '_' || c.is_whitespace() || matches!(c, '"' | '`') || c.is_control() {
            out.push(' ');
        } else {
            if c.is_uppercase() && lower {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    match words.is_empty() || inner == "?column?" {
        true => "result".into(),
        false => line(&words.join(" "), 60),
    }
}

/// The first letter upper case.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// One line without control characters, cut at so many characters.
pub fn line(text: &str, limit: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.char_indices().nth(limit) {
        Some((cut, _)) => format!("{} …", plain[..cut].trim_end()),
        None => plain,
    }
}

/// A name for a prompt: as it is, or as a JSON string when it could be taken for more than a name.
pub fn name(name: &str) -> String {
    if name.chars().any(|c| c.is_control() || c == '"') || name.len() > 200 {
        return serde_json::Value::from(line(name, 200)).to_string();
    }
    name.to_owned()
}

/// `a`, `a and b`, `a, b and 3 more`.
pub fn listed(names: &[impl AsRef<str>], most: usize) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        _ if names.len() > most => {
            format!("{} and {} more", names[..most].join(", "), names.len() - most)
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What a list of points in time is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Moment,
}

impl Unit {
    /// The coarsest unit that tells all of them apart as they are printed.
    pub fn of(times: &[&str]) -> Self {
        let all = |test: fn(&str) -> bool| !times.is_empty() && times.iter().all(|t| test(t));
        let starts =
            |end: &'static str| times.iter().all(|t| day_of(t).is_some_and(|d| d.ends_with(end)));
        match () {
            () if all(|t| t.len() == 4) => Self::Year,
            () if all(|t| t.len() == 7 && t.contains('Q')) => Self::Quarter,
            () if all(|t| t.len() == 7) => Self::Month,
            () if all(|t| t.contains('W')) => Self::Week,
            () if all(|t| day_of(t).is_some()) && starts("-01-01") && times.len() > 1 => Self::Year,
            () if all(|t| day_of(t).is_some()) && starts("-01") => Self::Month,
            () if all(|t| day_of(t).is_some()) => Self::Day,
            () => Self::Moment,
        }
    }

    pub fn name(self, count: usize) -> String {
        let one = match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Moment => "point in time",
        };
        match (count, self) {
            (1, _) => one.to_owned(),
            (_, Self::Moment) => "points in time".into(),
            _ => format!("{one}s"),
        }
    }

    /// `2025-11-01` as `November 2025`, `3 November 2025`, `2025`.
    pub fn show(self, time: &str) -> String {
        let month = |at: &str| -> Option<&'static str> {
            MONTHS.get(at.get(5..7)?.parse::<usize>().ok()?.checked_sub(1)?).copied()
        };
        let shown = match self {
            Self::Year => time.get(..4).map(str::to_owned),
            Self::Quarter => time.get(..4).zip(time.get(5..7)).map(|(y, q)| format!("{q} {y}")),
            Self::Month => time.get(..4).zip(month(time)).map(|(y, m)| format!("{m} {y}")),
            Self::Day => time
                .get(..4)
                .zip(month(time))
                .zip(time.get(8..10))
                .map(|((y, m), d)| format!("{} {m} {y}", d.trim_start_matches('0'))),
            Self::Week | Self::Moment => None,
        };
        shown.unwrap_or_else(|| line(time, 40))
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The day of a date, or of a timestamp at midnight.
fn day_of(time: &str) -> Option<&str> {
    let day = time.get(..10)?;
    let digits = |from: usize, to: usize| day[from..to].bytes().all(|b| b.is_ascii_digit());
    let is_day = day.is_ascii()
        && digits(0, 4)
        && digits(5, 7)
        && digits(8, 10)
        && day.as_bytes()[4] == b'-'
        && day.as_bytes()[7] == b'-';
    let rest = time[10..].trim_start_matches(['T', ' ']);
    let midnight = rest.is_empty() || rest.starts_with("00:00:00");
    (is_day && midnight).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (number, text) in [
            ("1234567.50", "1,234,567.50"),
            ("-1000", "-1,000"),
            ("12", "12"),
            ("NaN", "NaN"),
            ("1e5", "1e5"),
            ("", ""),
            ("12.", "12."),
        ] {
            assert_eq!(grouped(number), text);
        }
        for (number, text) in [
            ("1150.780841666667", "1,150.78"),
            ("-1.00001", "-1"),
            ("0.0512345", "0.0512"),
            ("0.99999", "1"),
            ("0.00000", "0.00000"),
            ("1234.5678", "1,234.5678"),
            ("1e5", "1e5"),
        ] {
            assert_eq!(rounded(number), text);
        }
        for (number, text) in [
            (143_200.0, "143,200"),
            (1_240_000.0, "1.24 M"),
            (0.0, "0"),
            (-0.0001, "-0.0001"),
            (12.345, "12.35"),
            (2e9, "2 B"),
            (-0.0, "0"),
        ] {
            assert_eq!(figure(number), text);
        }
    }

    #[test]
    fn names() {
        for (name, text) in [
            ("total_amount", "total amount"),
            ("sum(o.total_amount)", "total amount"),
            ("count(*)", "count"),
            ("TotalAmount", "total amount"),
            ("?column?", "result"),
            ("", "result"),
        ] {
            assert_eq!(label(name), text);
        }
        assert_eq!(name("a\nb"), "\"a b\"");
        assert_eq!(listed(&["a", "b", "c"], 5), "a, b and c");
        assert_eq!(listed(&["a", "b", "c"], 2), "a, b and 1 more");
    }

    #[test]
    fn times() {
        for (times, unit, shown) in [
            (&["2025-11-01", "2025-12-01"][..], Unit::Month, "November 2025"),
            (&["2025-11", "2025-12"], Unit::Month, "November 2025"),
            (&["2025-11-01 00:00:00+00"], Unit::Month, "November 2025"),
            (&["2025-11-03", "2025-11-04"], Unit::Day, "3 November 2025"),
            (&["2024-01-01", "2025-01-01"], Unit::Year, "2024"),
            (&["2024", "2025"], Unit::Year, "2024"),
            (&["2025-Q4"], Unit::Quarter, "Q4 2025"),
            (&["2025-W07"], Unit::Week, "2025-W07"),
            (&["2025-11-03 10:00:00"], Unit::Moment, "2025-11-03 10:00:00"),
            (&["nonsense", "ünï"], Unit::Moment, "nonsense"),
            (&["2025-99"], Unit::Month, "2025-99"),
            (&["äöüäöüäöü"], Unit::Moment, "äöüäöüäöü"),
        ] {
            assert_eq!(Unit::of(times), unit, "{times:?}");
            assert_eq!(unit.show(times[0]), shown);
        }
    }
}
