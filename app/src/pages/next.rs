//! Where to go after signing in, carried through `/login?next=`.

/// Where a person goes after signing in: a path of this site, never another one.
#[must_use]
pub fn safe_next(next: Option<&str>) -> String {
    let path = next.unwrap_or("/");
    let own = path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && !path.contains(|c: char| c.is_control() || c == '\\');
    let path = if own { path } else { "/" };
    if path.starts_with("/login") { "/".to_owned() } else { path.to_owned() }
}

/// Escapes a text for use inside a query string.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                for half in [byte >> 4, byte & 15] {
                    out.extend(char::from_digit(u32::from(half), 16));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        let cases = [
            (None, "/"),
            (Some("/history"), "/history"),
            (Some("/admin/connections?edit=1"), "/admin/connections?edit=1"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("/\t/evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some("/login?next=/login"), "/"),
            (Some(""), "/"),
        ];
        for (next, expected) in cases {
            assert_eq!(safe_next(next), expected, "{next:?}");
        }
    }

    #[test]
    fn a_path_survives_in_a_query() {
        assert_eq!(
            escaped("/admin/connections?edit=1&a=ü"),
            "/admin/connections%3fedit%3d1%26a%3d%c3%bc"
        );
    }
}
