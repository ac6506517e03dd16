//! Moments. The server writes them in UTC; once alive, the page says them in the reader's own time.

use js_sys::Date;
use leptos::prelude::*;

/// A moment: "5 min ago" or a local date, with the exact time as its tooltip.
#[component]
pub fn When(
    /// RFC 3339, UTC.
    #[prop(into)]
    at: String,
) -> impl IntoView {
    let text = RwSignal::new(in_utc(&at));
    let title = RwSignal::new(in_utc(&at));
    let moment = at.clone();
    Effect::new(move || {
        if let Some((short, exact)) = local(&moment) {
            text.set(short);
            title.set(exact);
        }
    });
    view! { <time class="when" datetime=at title=move || title.get()>{move || text.get()}</time> }
}

/// `2026-11-20T17:21:38.123Z` as `2026-11-20 17:21 UTC`; anything else as it is.
fn in_utc(at: &str) -> String {
    match (at.get(..10), at.get(10..11), at.get(11..16)) {
        (Some(date), Some("T" | " "), Some(time)) => format!("{date} {time} UTC"),
        _ => at.to_owned(),
    }
}

/// How long ago, in words, up to a week; seconds.
fn ago(seconds: f64) -> Option<String> {
    let seconds = if seconds < 0.0 { 0 } else { seconds as u64 };
    match seconds {
        0..45 => Some("just now".into()),
        45..3_600 => Some(format!("{} min ago", (seconds / 60).max(1))),
        3_600..86_400 => Some(format!("{} h ago", seconds / 3_600)),
        86_400..604_800 => Some(match seconds / 86_400 {
            1 => "yesterday".into(),
            days => format!("{days} days ago"),
        }),
        _ => None,
    }
}

/// The short and the exact form, in the browser's zone.
fn local(at: &str) -> Option<(String, String)> {
    let date = Date::new(&at.into());
    let moment = date.get_time();
    if moment.is_nan() {
        return None;
    }
    let day =
        format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date());
    let exact = format!(
        "{day} {:02}:{:02}:{:02}",
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds()
    );
    // A moment in the future (a link's end) is told as a date.
    let since = (Date::now() - moment) / 1_000.0;
    let short = if since < -45.0 { None } else { ago(since) };
    Some((short.unwrap_or_else(|| exact[..16].to_owned()), exact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_well() {
        assert_eq!(in_utc("2026-11-20T17:21:38.123Z"), "2026-11-20 17:21 UTC");
        assert_eq!(in_utc("soon"), "soon");
        assert_eq!(in_utc(""), "");
        let cases = [
            (-3.0, Some("just now")),
            (59.0, Some("1 min ago")),
            (3_599.0, Some("59 min ago")),
            (7_200.0, Some("2 h ago")),
            (90_000.0, Some("yesterday")),
            (300_000.0, Some("3 days ago")),
            (700_000.0, None),
        ];
        for (seconds, text) in cases {
            assert_eq!(ago(seconds).as_deref(), text);
        }
    }
}
