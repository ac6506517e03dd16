//! How sure the answer's reading is, with what the figure is made of.

use super::turn::Turn;
use crate::ui::badge::{Badge, Tone};
use leptos::prelude::*;
use model::run::{Certainty, Confidence};

#[component]
pub fn ConfidenceBadge(turn: ArcRwSignal<Turn>) -> impl IntoView {
    let confidence = Memo::new(move |_| {
        turn.with(|turn| turn.answer.as_ref().and_then(|answer| answer.confidence.clone()))
    });
    move || {
        let Confidence { parts, score } = confidence.get()?;
        let (tone, word) = named(&Confidence { parts: Vec::new(), score });
        let rows = parts
            .into_iter()
            .map(|part| {
                view! {
                    <li class="confidence-part">
                        <span class="confidence-name">{part.name}</span>
                        <span class="confidence-score">{percent(part.score)}</span>
                        <span class="confidence-note">{part.note}</span>
                    </li>
                }
            })
            .collect_view();
        Some(view! {
            <details class="confidence">
                <summary>
                    <Badge tone=tone>{format!("{word} · {}", percent(score))}</Badge>
                </summary>
                <ul class="confidence-parts" aria-label="What the confidence is made of">{rows}</ul>
            </details>
        })
    }
}

fn named(confidence: &Confidence) -> (Tone, &'static str) {
    match confidence.certainty() {
        Certainty::High => (Tone::Good, "Sure"),
        Certainty::Medium => (Tone::Warning, "Check the SQL"),
        Certainty::Low => (Tone::Bad, "A guess: check the SQL"),
    }
}

fn percent(score: f32) -> String {
    format!("{:.0} %", score * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_green_amber_and_red() {
        for (score, tone, text) in [
            (0.95, Tone::Good, "95 %"),
            (0.8, Tone::Good, "80 %"),
            (0.79, Tone::Warning, "79 %"),
            (0.6, Tone::Warning, "60 %"),
            (0.1, Tone::Bad, "10 %"),
        ] {
            let found = named(&Confidence { score, parts: Vec::new() }).0;
            assert_eq!((found, percent(score).as_str()), (tone, text), "{score}");
        }
    }
}
