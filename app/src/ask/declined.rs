//! A question that was not understood: which words, and what can be asked instead.

use super::{
    start::Suggestions,
    state::{Chat, TurnHandle},
};
use leptos::prelude::*;
use model::run::Decline;

#[component]
pub fn DeclinedView(handle: TurnHandle, chat: Chat) -> impl IntoView {
    let turn = handle.turn.clone();
    let decline = Memo::new(move |_| turn.with(|turn| turn.declined.clone()));
    move || {
        let decline = decline.get()?;
        Some(view! {
            <div class="declined">
                <p class="answer-text">{decline.text}</p>
                {(!decline.suggestions.is_empty())
                    .then(|| {
                        view! {
                            <p class="chips-title">"You could ask"</p>
                            <Suggestions list=decline.suggestions chat label="Questions that can be answered"/>
                        }
                    })}
            </div>
        })
    }
}

/// The question's text, with the words that were not understood marked.
pub fn marked_question(question: &str, decline: Option<&Decline>) -> impl IntoView + use<> {
    let unknown = decline.map_or(&[][..], |decline| &decline.unknown_words);
    marked(question, unknown)
        .into_iter()
        .map(|(unknown, text)| match unknown {
            true => view! { <mark title="Not understood">{text}</mark> }.into_any(),
            false => text.into_any(),
        })
        .collect_view()
}

/// The question in pieces; `true` marks those that are one of `unknown`, whole words in any case.
fn marked(question: &str, unknown: &[String]) -> Vec<(bool, String)> {
    let unknown: Vec<String> = unknown.iter().map(|word| word.to_lowercase()).collect();
    let mut pieces: Vec<(bool, String)> = Vec::new();
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '\'' | '’');
    let mut rest = question;
    while let Some(first) = rest.chars().next() {
        let is_word = in_word(first);
        let end = rest.find(|c| in_word(c) != is_word).unwrap_or(rest.len());
        let piece = &rest[..end];
        let is_unknown = is_word && unknown.contains(&piece.to_lowercase());
        match pieces.last_mut() {
            Some((false, text)) if !is_unknown => text.push_str(piece),
            _ => pieces.push((is_unknown, piece.to_owned())),
        }
        rest = &rest[end..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(question: &str, unknown: &[&str]) -> String {
        let unknown: Vec<String> = unknown.iter().map(|word| (*word).to_owned()).collect();
        let pieces = marked(question, &unknown);
        let text = |(marked, text): (bool, String)| if marked { format!("[{text}]") } else { text };
        pieces.into_iter().map(text).collect()
    }

    #[test]
    fn unknown_words_are_marked_where_they_stand() {
        let cases: [(&str, &[&str], &str); 5] = [
            ("Flurbs per month", &["flurbs"], "[Flurbs] per month"),
            ("a flurb, a flurbs!", &["flurb"], "a [flurb], a flurbs!"),
            ("größe zähl", &["zähl"], "größe [zähl]"),
            ("x y", &["x", "y"], "[x] [y]"),
            ("", &["x"], ""),
        ];
        for (question, unknown, expected) in cases {
            assert_eq!(shown(question, unknown), expected);
        }
    }
}
