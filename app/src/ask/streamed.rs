//! A statement while a model still writes it.

/// What a model has written so far, as people want to see it. Models are asked for an object with the
/// statement under `sql`: of that only the statement is shown, and nothing before it begins. Another
/// text is shown as it is.
#[must_use]
pub fn statement(written: &str) -> String {
    let written = written.trim_start();
    if !(written.starts_with('{') || written.starts_with("```")) {
        return written.to_owned();
    }
    let Some((_, rest)) = written.split_once("\"sql\"") else { return String::new() };
    match rest.trim_start().strip_prefix(':').map(str::trim_start) {
        Some(value) => value.strip_prefix('"').map(unescaped).unwrap_or_default(),
        None => String::new(),
    }
}

/// A JSON string up to its closing quote, or as far as it has come.
fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => {}
                Some('u') => {
                    let code = letters.by_ref().take(4).collect::<String>();
                    // Fewer: the rest has yet to come.
                    let code = (code.len() == 4).then(|| u32::from_str_radix(&code, 16).ok());
                    text.extend(code.flatten().and_then(char::from_u32));
                }
                Some(other) => text.push(other),
                None => break,
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::statement;

    #[test]
    fn only_the_statement_is_shown() {
        for (written, shown) in [
            ("", ""),
            ("{", ""),
            (r#"{"sql"#, ""),
            (r#"{"sql":"#, ""),
            (r#"{"sql": "SELECT \"a b\",\n  'é"#, "SELECT \"a b\",\n  'é"),
            (r#"{"sql": "SELECT '\u00e9' \"#, "SELECT 'é' "),
            (r#"{"sql": "SELECT '\u00"#, "SELECT '"),
            (r#"{"sql":"SELECT 1","explanation":"One."}"#, "SELECT 1"),
            ("```json\n{\"sql\": \"SELECT 1\"}\n```", "SELECT 1"),
            (r#"{"sql": null, "explanation": "No."}"#, ""),
            ("SELECT 1", "SELECT 1"),
            ("Let me think.", "Let me think."),
        ] {
            assert_eq!(statement(written), shown, "{written}");
        }
    }
}
