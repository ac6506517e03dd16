//! The row filter of a rule, checked against the table while it is typed.

use super::{
    api::check_policy_rows,
    editing::Editing,
    rules::{self, Place},
};
use crate::ui::{
    icon::{Glyph, Icon},
    spinner::Spinner,
};
use leptos::{html, prelude::*, task::spawn_local};
use model::{
    error::{Position, Problem},
    id::ConnectionId,
};
use std::time::Duration;

/// Milliseconds of rest before a condition is checked.
const REST: u64 = 400;

/// What a row filter may say of the person who asks.
const ATTRIBUTES: [(&str, &str); 3] = [
    ("{user.email}", "the person's e-mail address"),
    ("{user.name}", "the person's name"),
    ("{user.role}", "viewer, analyst, approver or admin"),
];

/// What the last check said.
#[derive(Clone, Debug, PartialEq)]
enum Checked {
    Nothing,
    /// Under way, or soon.
    Waiting,
    Works,
    Fails(Problem),
}

#[component]
pub fn RowFilter(
    editing: Editing,
    place: StoredValue<Place>,
    browsed: Memo<Option<ConnectionId>>,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let rows = Memo::new(move |_| {
        editing.draft.with(|draft| {
            place.with_value(|place| rules::rule(draft, place).and_then(|rule| rule.rows.clone()))
        })
    });
    let checked = RwSignal::new(Checked::Nothing);
    let turn = StoredValue::new(0_u32);
    Effect::new(move || {
        let (condition, connection) = (rows.get().unwrap_or_default(), browsed.get());
        let place = place.get_value();
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        let (Some(connection), true, false) =
            (connection, place.is_exact(), condition.trim().is_empty())
        else {
            return checked.set(Checked::Nothing);
        };
        checked.set(Checked::Waiting);
        let is_mine = move || turn.try_get_value() == Some(mine);
        set_timeout(
            move || {
                if !is_mine() {
                    return;
                }
                spawn_local(async move {
                    let Place { schema, table } = place;
                    let answer = check_policy_rows(connection, schema, table, condition).await;
                    if is_mine() {
                        checked.set(match answer {
                            Ok(()) => Checked::Works,
                            Err(error) => Checked::Fails(error.0),
                        });
                    }
                });
            },
            Duration::from_millis(REST),
        );
    });
    let set = move |text: String| {
        editing.change(|draft| place.with_value(|place| rules::set_rows(draft, place, &text)));
    };
    let insert = move |attribute: &str| {
        if let Some(field) = field.get_untracked() {
            drop(field.set_range_text(attribute));
            let end = field.selection_start().ok().flatten().unwrap_or(0) + attribute.len() as u32;
            drop(field.set_selection_range(end, end));
            drop(field.focus());
            set(field.value());
        }
    };
    let attributes = ATTRIBUTES
        .into_iter()
        .map(|(attribute, meaning)| {
            view! {
                <button
                    type="button"
                    class="policy-chip chip-button mono"
                    title=format!("Insert: {meaning}")
                    on:click=move |_| insert(attribute)
                >
                    {attribute}
                </button>
            }
        })
        .collect_view();
    view! {
        <div class="field policy-filter">
            <label for="row-filter">"Only rows where"</label>
            <textarea
                class="input mono"
                id="row-filter"
                rows="2"
                spellcheck="false"
                placeholder="region = 'EU' AND owner = {user.email}"
                node_ref=field
                aria-describedby="row-filter-note row-filter-check"
                aria-invalid=move || {
                    checked.with(|checked| matches!(checked, Checked::Fails(_)).then_some("true"))
                }
                prop:value=move || rows.get().unwrap_or_default()
                on:input:target=move |event| set(event.target().value())
            ></textarea>
            <p class="field-note" id="row-filter-note">
                "A condition over the table's columns. Empty: every row. About the person: " {attributes}
            </p>
            <div id="row-filter-check" role="status">
                {move || {
                    let text = rows.get_untracked().unwrap_or_default();
                    checked.with(|checked| outcome(checked, &text))
                }}
            </div>
        </div>
    }
}

fn outcome(checked: &Checked, text: &str) -> AnyView {
    match checked {
        Checked::Nothing => ().into_any(),
        Checked::Waiting => {
            view! { <p class="policy-check muted"><Spinner/> "Checking…"</p> }.into_any()
        }
        Checked::Works => view! {
            <p class="policy-check policy-works"><Icon glyph=Glyph::Check/> "Works on this table."</p>
        }
        .into_any(),
        Checked::Fails(problem) => view! { <Wrong problem=problem.clone() text=text.to_owned()/> }.into_any(),
    }
}

/// What is wrong, and the line with the place marked.
#[component]
fn Wrong(problem: Problem, text: String) -> impl IntoView {
    let place = problem.position.and_then(|position| pointed(&text, position));
    let said = match problem.position {
        Some(at) => format!("Line {}, column {}: {}", at.line, at.column, problem.message),
        None => problem.message.clone(),
    };
    view! {
        <div class="policy-check policy-wrong">
            <p><Icon glyph=Glyph::Error/> <span>{said}</span></p>
            {problem.hint.map(|hint| view! { <p>{hint}</p> })}
            {place
                .map(|(line, pointer)| {
                    view! {
                        <pre aria-hidden="true">{line} "\n" <strong>{pointer}</strong></pre>
                    }
                })}
        </div>
    }
}

/// The line that the position is in and, for below it, blanks up to the place and carets under it.
fn pointed(text: &str, position: Position) -> Option<(String, String)> {
    let line = text.lines().nth(position.line.checked_sub(1)? as usize)?;
    let length = line.chars().count();
    let from = (position.column.saturating_sub(1) as usize).min(length);
    let wide = (position.length.max(1) as usize).min((length - from).max(1));
    Some((line.to_owned(), format!("{}{}", " ".repeat(from), "^".repeat(wide))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_pointed_at() {
        let at = |line, column, length| Position { line, column, length };
        let point = |text, position| pointed(text, position).map(|(_, pointer)| pointer);
        assert_eq!(point("a = regon", at(1, 5, 5)).as_deref(), Some("    ^^^^^"));
        assert_eq!(point("a\nü = x", at(2, 5, 0)).as_deref(), Some("    ^"));
        assert_eq!(point("a", at(1, 9, 9)).as_deref(), Some(" ^"));
        assert_eq!(point("a", at(3, 1, 1)), None);
        assert_eq!(point("a", at(0, 0, 0)), None);
    }
}
