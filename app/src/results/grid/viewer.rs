//! One value in full: long texts as they are, JSON laid out.

use super::binary;
use crate::{
    browser,
    results::{mask, pane::plural},
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

/// Characters, and bytes of a binary value, that are shown: browsers lay out a million of them slowly.
const MOST_CHARACTERS: usize = 100_000;
const MOST_BYTES: usize = 16_384;

/// A value as it is shown: what it is, its text, and what of it is missing.
struct Shown {
    about: String,
    text: String,
    missing: Option<String>,
}

impl Shown {
    fn of(column: &ResultColumn, value: &str) -> Self {
        let whole = binary::whole_size(value);
        let shortened = whole.map(|whole| {
            format!("The server shortened it: it is {} in full.", plural(whole, "byte"))
        });
        if let Some(digits) = binary::hexadecimal(column, value) {
            let bytes = digits.len() / 2;
            let cut = (bytes > MOST_BYTES).then(|| {
                format!(
                    "Shown are the first {}. Copy takes all that came.",
                    plural(MOST_BYTES as u64, "byte")
                )
            });
            return Self {
                about: plural(whole.unwrap_or(bytes as u64), "byte"),
                text: binary::dump(digits, MOST_BYTES),
                missing: sentences(shortened, cut),
            };
        }
        let looks = column.kind == ValueKind::Json || value.starts_with(['{', '[']);
        let text = looks.then(|| lay_out_json(value)).flatten().unwrap_or_else(|| value.to_owned());
        let end = text.char_indices().nth(MOST_CHARACTERS).map(|(at, _)| at);
        let cut = end.map(|_| {
            let most = plural(MOST_CHARACTERS as u64, "character");
            format!("Shown are the first {most}. Copy takes all that came.")
        });
        Self {
            about: plural(value.chars().count() as u64, "character"),
            text: end.map(|end| text[..end].to_owned()).unwrap_or(text),
            missing: sentences(shortened, cut),
        }
    }
}

fn sentences(one: Option<String>, other: Option<String>) -> Option<String> {
    let both: Vec<_> = [one, other].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join(" "))
}

#[component]
fn Value(viewed: Viewed) -> impl IntoView {
    let Viewed { column, value, .. } = viewed;
    let shown = value.as_deref().map(|value| Shown::of(&column, value));
    let about = shown.as_ref().map_or_else(|| "NULL".to_owned(), |shown| shown.about.clone());
    let about = match column.type_name.as_str() {
        "" => about,
        type_name => format!("{type_name} · {about}"),
    };
    let masked = column.mask.as_deref().map(mask::sentence);
    let raw = value.unwrap_or_default();
    let (text, missing) = shown.map(|shown| (shown.text, shown.missing)).unzip();
    view! {
        <div class="viewer">
            <p class="muted">{about}</p>
            {masked.map(|masked| view! { <Masked masked /> })}
            {missing.flatten().map(|missing| view! { <p class="note note-warning">{missing}</p> })}
            {text.map(|text| view! { <pre class="viewer-text" tabindex="0">{text}</pre> })}
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
