//! What the grid says about a column whose values a policy masks.

/// A sentence for `model::result::ResultColumn::mask`: `partial of customers.email by policy ‘PII’`
/// reads “Partially masked by policy ‘PII’ (customers.email).” What is not of that form stands as it is.
#[must_use]
pub fn sentence(mask: &str) -> String {
    let (what, place) = mask.split_once(" of ").unwrap_or((mask, ""));
    let (column, policy) = match place.split_once(" by policy ") {
        Some((column, policy)) => (column, format!(" by policy {policy}")),
        None => (place, " by a policy".to_owned()),
    };
    let of = if column.is_empty() { String::new() } else { format!(" ({column})") };
    format!("{}{policy}{of}.", verb(what))
}

fn verb(mask: &str) -> String {
    let known = match mask {
        "null" => "Emptied",
        "fixed" => "Replaced by a fixed value",
        "partial" => "Partially masked",
        "hash" => "Replaced by a hash",
        "range" => "Rounded down to a range",
        "year" => "Shortened to the year",
        "custom" => "Masked by an expression",
        // A value made of several masked columns.
        "several" => "Masked",
        other => return format!("Masked ({other})"),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn masks_are_told_in_words() {
        let cases = [
            (
                "partial of customers.email by policy ‘PII’",
                "Partially masked by policy ‘PII’ (customers.email).",
            ),
            ("hash of main.a.b", "Replaced by a hash by a policy (main.a.b)."),
            ("null", "Emptied by a policy."),
            ("several of main.a.b, main.a.c", "Masked by a policy (main.a.b, main.a.c)."),
            ("odd", "Masked (odd) by a policy."),
        ];
        for (mask, expected) in cases {
            assert_eq!(sentence(mask), expected);
        }
    }
}
