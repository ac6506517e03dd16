//! What values look like. Each test is strict: a list must not warn of what is not there.

use model::policy::SensitiveKind;

/// How many values look like something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub kind: SensitiveKind,
    pub count: usize,
    pub of: usize,
}

impl Found {
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }

    /// `98 of 100 values look like e-mail addresses`.
    pub fn words(self) -> String {
        let plural = match self.kind {
            SensitiveKind::Email => "e-mail addresses",
            SensitiveKind::Phone => "phone numbers",
            SensitiveKind::Card => "payment cards' numbers",
            SensitiveKind::BankAccount => "bank accounts",
            SensitiveKind::NationalId => "national ids",
            SensitiveKind::Secret => "hashed passwords",
            SensitiveKind::Token => "access tokens",
            SensitiveKind::Network => "network addresses",
            other => other.title(),
        };
        let s = if self.of == 1 { "" } else { "s" };
        let look = if self.of == 1 { "looks" } else { "look" };
        format!("{} of {} value{s} {look} like {plural}", self.count, self.of)
    }
}

type Test = fn(&str) -> bool;

/// By themselves: what no other thing looks like comes first.
const TESTS: &[(SensitiveKind, Test)] = &[
    (SensitiveKind::Email, is_email),
    (SensitiveKind::BankAccount, is_iban),
    (SensitiveKind::Secret, is_password_hash),
    (SensitiveKind::Token, is_token),
    (SensitiveKind::Network, is_address),
    (SensitiveKind::NationalId, is_social_security),
    (SensitiveKind::Card, is_card),
    (SensitiveKind::Phone, is_certain_phone),
];

/// The kind that most values look like.
pub(super) fn kind(values: &[&str]) -> Option<Found> {
    TESTS
        .iter()
        .map(|(kind, test)| found(*kind, values, *test))
        .filter(|found| found.count > 0)
        .max_by(|a, b| a.count.cmp(&b.count))
}

/// How many values look like this kind; `None`: its values have no form of their own.
pub(super) fn count(kind: SensitiveKind, values: &[&str]) -> Option<Found> {
    if values.is_empty() {
        return None;
    }
    let test: Test = match kind {
        SensitiveKind::Phone => is_phone,
        kind if is_certain(kind) => TESTS.iter().find(|(known, _)| *known == kind)?.1,
        _ => return None,
    };
    Some(found(kind, values, test))
}

/// Every value of this kind looks like it.
pub(super) fn is_certain(kind: SensitiveKind) -> bool {
    matches!(kind, SensitiveKind::Email | SensitiveKind::Network)
}

fn found(kind: SensitiveKind, values: &[&str], test: Test) -> Found {
    Found {
        kind,
        count: values.iter().filter(|value| test(value.trim())).count(),
        of: values.len(),
    }
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    let allowed = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
    !local.is_empty()
        && local.chars().all(allowed)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && domain.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
}

fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && value.chars().all(|c| c.is_ascii_digit() || " +-()./x".contains(c))
}

/// A number that nobody would write so unless it were one.
fn is_certain_phone(value: &str) -> bool {
    is_phone(value)
        && value.starts_with('+')
        && value.bytes().filter(u8::is_ascii_digit).count() >= 8
}

/// The digits of a card with the check digit right. One number in ten has it: whole columns only.
fn is_card(value: &str) -> bool {
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    if !value.chars().all(|c| c.is_ascii_digit() || c == ' ' || c == '-')
        || !(13..=19).contains(&digits.len())
        || !(3..=6).contains(&digits[0])
    {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Country, two check digits, and the remainder by 97 as the standard wants it.
fn is_iban(value: &str) -> bool {
    let text: String = value.chars().filter(|c| *c != ' ').collect();
    if !(15..=34).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let (head, tail) = text.split_at(4);
    let (country, check) = head.split_at(2);
    if !country.bytes().all(|b| b.is_ascii_uppercase())
        || !check.bytes().all(|b| b.is_ascii_digit())
    {
        return false;
    }
    let digits = tail.chars().chain(head.chars()).filter_map(|c| c.to_digit(36));
    digits.fold(0, |rest, n| if n > 9 { (rest * 100 + n) % 97 } else { (rest * 10 + n) % 97 }) == 1
}

/// As the United States write it.
fn is_social_security(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    parts.len() == 3
        && parts
            .iter()
            .zip([3, 2, 4])
            .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
}

fn is_password_hash(value: &str) -> bool {
    [
        "$2a$", "$2b$", "$2y$", "$argon2", "$pbkdf2", "$scrypt$", "$6$", "$5$", "pbkdf2_", "{SSHA",
        "bcrypt$",
    ]
    .iter()
    .any(|start| value.starts_with(start))
}

/// Known prefixes, and JSON web tokens. Long random texts may be anything else.
fn is_token(value: &str) -> bool {
    let known = [
        "sk_live_",
        "sk_test_",
        "pk_live_",
        "ghp_",
        "gho_",
        "github_pat_",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "glpat-",
    ];
    let is_jwt = value.starts_with("eyJ") && value.matches('.').count() == 2;
    value.len() >= 16
        && !value.contains(' ')
        && (is_jwt || known.iter().any(|k| value.starts_with(k)))
}

/// Version numbers such as 1.2.3.4 are rare enough.
fn is_address(value: &str) -> bool {
    let bare = value.split('/').next().unwrap_or(value);
    bare.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        use SensitiveKind as K;
        for (value, expect) in [
            ("ann@example.com", Some(K::Email)),
            ("ann@example", None),
            ("a b@example.com", None),
            ("DE89 3704 0044 0532 0130 00", Some(K::BankAccount)),
            ("DE89 3704 0044 0532 0130 01", None),
            ("4111 1111 1111 1111", Some(K::Card)),
            ("4111 1111 1111 1112", None),
            ("$2b$12$abcdefghijklmnopqrstuv", Some(K::Secret)),
            ("eyJhbGciOi.eyJzdWIi.SflKxwRJ", Some(K::Token)),
            ("10.0.0.7", Some(K::Network)),
            ("2001:db8::1", Some(K::Network)),
            ("078-05-1120", Some(K::NationalId)),
            ("+49 30 1234567", Some(K::Phone)),
            ("30123456", None),
            ("2024-01-31", None),
            ("", None),
        ] {
            assert_eq!(kind(&[value]).map(|found| found.kind), expect, "{value}");
        }
    }

    #[test]
    fn numbers_are_phones_where_the_name_says_so() {
        let found = count(SensitiveKind::Phone, &["030 1234567", "555-0100 x2", "n/a"]).unwrap();
        assert_eq!((found.count, found.of), (2, 3));
        assert_eq!(found.words(), "2 of 3 values look like phone numbers");
    }
}
