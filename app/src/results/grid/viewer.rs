//! One value in full: long texts as they are, JSON laid out.

use crate::{
    browser,
    results::mask,
    ui::{
        button::Button,
        dialog::Dialog,
        icon::{Glyph, Icon},
    },
};
use leptos::prelude::*;
use model::{catalog::ValueKind, result::ResultColumn};

/// A value to be shown in full.
#[derive(Clone, Debug, PartialEq)]
pub struct Viewed {
    pub column: ResultColumn,
    pub row: usize,
    pub value: Option<String>,
}

#[component]
pub fn Viewer(open: RwSignal<bool>, viewed: RwSignal<Option<Viewed>>) -> impl IntoView {
    let title = Signal::derive(move || {
        viewed.with(|v| {
            v.as_ref().map_or_else(String::new, |v| format!("{}, row {}", v.column.name, v.row + 1))
        })
    });
    view! {
        <Dialog open title wide=true>
            {move || viewed.get().map(|viewed| view! { <Value viewed /> })}
        </Dialog>
    }
}

#[component]
fn Value(viewed: Viewed) -> impl IntoView {
    let Viewed { column, value, .. } = viewed;
    let about = match &value {
        None => "NULL".to_string(),
        Some(value) => format!("{} characters", value.chars().count()),
    };
    let laid_out = value.as_deref().and_then(|value| {
        let looks = column.kind == ValueKind::Json || value.starts_with(['{', '[']);
        looks.then(|| lay_out_json(value)).flatten()
    });
    let masked = column.mask.as_deref().map(mask::sentence);
    let is_null = value.is_none();
    let raw = value.unwrap_or_default();
    let shown = laid_out.unwrap_or_else(|| raw.clone());
    view! {
        <div class="viewer">
            <p class="muted">{column.type_name} " · " {about}</p>
            {masked.map(|masked| view! { <Masked masked /> })}
            {(!is_null).then(|| view! { <pre class="viewer-text" tabindex="0">{shown}</pre> })}
            <div>
                <Button glyph=Glyph::Copy on:click=move |_| browser::copy(&raw)>
                    "Copy"
                </Button>
            </div>
        </div>
    }
}

/// Why the value is not the stored one.
#[component]
fn Masked(masked: String) -> impl IntoView {
    view! {
        <div class="notice note">
            <Icon glyph=Glyph::Masked />
            <div class="notice-text">
                <p class="notice-message">{masked}</p>
                <p>"If your work needs the stored values, ask an administrator of this workspace."</p>
            </div>
        </div>
    }
}

/// JSON with line breaks and indentation. Only white space changes: numbers, order and repeated
/// keys stay as the database gave them. `None` if the text is not JSON.
#[must_use]
pub fn lay_out_json(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if quoted {
            out.push(character);
            quoted = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        match character {
            '"' => {
                quoted = true;
                out.push('"');
            }
            '{' | '[' => {
                out.push(character);
                while characters.peek().is_some_and(|next| next.is_ascii_whitespace()) {
                    characters.next();
                }
                if !matches!(characters.peek(), Some('}' | ']')) {
                    depth += 1;
                    new_line(&mut out, depth);
                } else if let Some(end) = characters.next() {
                    out.push(end);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            white if white.is_ascii_whitespace() => {}
            character => out.push(character),
        }
    }
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    (0..depth).for_each(|_| out.push_str("  "));
}

#[cfg(test)]
mod tests {
    use super::lay_out_json;

    #[test]
    fn json_is_laid_out_and_otherwise_untouched() {
        let cases = [
            (r#"{"a":1}"#, "{\n  \"a\": 1\n}"),
            ("[]", "[]"),
            ("{ }", "{}"),
            (
                r#"[1.10,{"b":"x, {y}: \" z"}]"#,
                "[\n  1.10,\n  {\n    \"b\": \"x, {y}: \\\" z\"\n  }\n]",
            ),
            (
                r#"{"n":123456789012345678901234567890,"n":null}"#,
                "{\n  \"n\": 123456789012345678901234567890,\n  \"n\": null\n}",
            ),
            (r#""\\""#, r#""\\""#),
        ];
        for (text, expected) in cases {
            assert_eq!(lay_out_json(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "{", "{a:1}", "[1,]", "{1,2}"] {
            assert_eq!(lay_out_json(text), None, "{text}");
        }
    }
}
