//! Reads a run's event log as it grows. In the browser only.

use js_sys::{Reflect, Uint8Array};
use leptos::web_sys;
use model::{
    error::{Problem, ProblemCode},
    id::RunId,
    run::RunEvent,
};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// What would end each reading under way. JS objects cannot live in signals.
    static UNDER_WAY: RefCell<HashMap<RunId, web_sys::AbortController>> = RefCell::default();
}

/// Gives up every reading: the panel is gone, or shows something else. The runs go on.
pub fn give_up_all() {
    for (_, abort) in UNDER_WAY.take() {
        abort.abort();
    }
}

/// Reads the events after number `after` until the log ends, some at a time. `Ok`: the body ended,
/// which by itself does not say that the run did. `Err` with code `Unreachable`: the line dropped.
pub async fn read(
    run: RunId,
    after: u32,
    mut take: impl FnMut(Vec<RunEvent>),
) -> Result<(), Problem> {
    let abort = web_sys::AbortController::new().map_err(|_| dropped())?;
    let signal = abort.signal();
    let before = UNDER_WAY.with_borrow_mut(|all| all.insert(run, abort));
    if let Some(before) = before {
        before.abort();
    }
    let outcome = follow(run, after, &signal, &mut take).await;
    if signal.aborted() {
        return Err(Problem::new(ProblemCode::Cancelled, "Given up."));
    }
    UNDER_WAY.with_borrow_mut(|all| all.remove(&run));
    outcome
}

async fn follow(
    run: RunId,
    after: u32,
    signal: &web_sys::AbortSignal,
    take: &mut impl FnMut(Vec<RunEvent>),
) -> Result<(), Problem> {
    let response = open(&format!("/api/runs/{run}/events?after={after}"), signal).await?;
    let stream = response.body().ok_or_else(dropped)?;
    let reader: web_sys::ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut pending = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| dropped())?;
        if Reflect::get(&chunk, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            return Ok(());
        }
        let bytes = Reflect::get(&chunk, &"value".into()).unwrap_or(JsValue::NULL);
        pending.extend(bytes.unchecked_into::<Uint8Array>().to_vec());
        let events = whole_lines(&mut pending).map_err(|_| unreadable())?;
        if !events.is_empty() {
            take(events);
        }
    }
}

async fn open(path: &str, signal: &web_sys::AbortSignal) -> Result<web_sys::Response, Problem> {
    let init = web_sys::RequestInit::new();
    init.set_signal(Some(signal));
    let window = web_sys::window().ok_or_else(dropped)?;
    let response = JsFuture::from(window.fetch_with_str_and_init(path, &init))
        .await
        .map_err(|_| dropped())?
        .unchecked_into::<web_sys::Response>();
    if response.ok() {
        return Ok(response);
    }
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
        Err(_) => None,
    };
    let told = text.and_then(|text| serde_json::from_str(&text).ok());
    Err(told.unwrap_or_else(|| {
        // A gateway's page, while the server restarts.
        let code =
            if response.status() >= 500 { ProblemCode::Unreachable } else { ProblemCode::Invalid };
        Problem::new(code, format!("The server answered with status {}.", response.status()))
    }))
}

/// Takes the complete lines out of `pending`. Empty ones keep the line alive.
fn whole_lines(pending: &mut Vec<u8>) -> Result<Vec<RunEvent>, serde_json::Error> {
    let Some(end) = pending.iter().rposition(|byte| *byte == b'\n') else { return Ok(Vec::new()) };
    let rest = pending.split_off(end + 1);
    let lines = std::mem::replace(pending, rest);
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(serde_json::from_slice)
        .collect()
}

fn dropped() -> Problem {
    Problem::new(ProblemCode::Unreachable, "The line to the server dropped.")
}

fn unreadable() -> Problem {
    Problem::new(ProblemCode::Internal, "The run's log could not be read.")
        .hint("Reload the page: it may be older than the server.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::run::{Happening, Stage};

    #[test]
    fn events_are_read_from_pieces() {
        let body = concat!(
            r#"{"seq":1,"at_ms":5,"event":"started","question":"wie groß","drafter":"engine"}"#,
            "\n\n",
            r#"{"seq":2,"at_ms":6,"event":"stage_started","stage":"draft"}"#,
            "\n",
            r#"{"seq":3,"at_ms":7,"event":"cancelled"}"#,
        );
        let (mut pending, mut events) = (Vec::new(), Vec::new());
        for piece in body.as_bytes().chunks(5) {
            pending.extend_from_slice(piece);
            events.extend(whole_lines(&mut pending).unwrap());
        }
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(events[1].what, Happening::StageStarted { stage: Stage::Draft });
        pending.push(b'\n');
        assert_eq!(whole_lines(&mut pending).unwrap().len(), 1);
        assert!(pending.is_empty());
    }

    #[test]
    fn what_is_no_event_is_an_error() {
        for line in ["<html>\n", "{}\n", "[1]\n", "\u{0}\n"] {
            assert!(whole_lines(&mut line.as_bytes().to_vec()).is_err(), "{line}");
        }
    }
}
