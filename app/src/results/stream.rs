//! Reads results as they arrive: `fetch`, lines of JSON, one signal.

use super::data::{ResultData, Rows};
use crate::browser;
use js_sys::{Reflect, Uint8Array};
use leptos::{prelude::*, task::spawn_local, web_sys};
use model::{
    error::{Problem, ProblemCode},
    id::{ConnectionId, RunId},
    result::ResultLine,
};
use std::{cell::RefCell, collections::HashMap, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// What would end each request under way. JS objects cannot live in signals.
    static UNDER_WAY: RefCell<HashMap<RunId, web_sys::AbortController>> = RefCell::default();
}

/// A request under way, to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunHandle(RunId);

impl RunHandle {
    #[must_use]
    pub fn run(self) -> RunId {
        self.0
    }

    /// Has the server cancel the statement in the database. If the result does not end by itself
    /// soon, the request is given up as well.
    pub fn stop(self) {
        spawn_local(async move {
            let path = format!("/api/runs/{}/cancel", self.0);
            drop(fetch(&path, Some("{}"), None).await);
            set_timeout(move || self.give_up(), Duration::from_millis(1500));
        });
    }

    /// Ends the request; the server cancels the statement when it notices. For results that
    /// nobody will look at any more.
    pub fn give_up(self) {
        if let Some(abort) = UNDER_WAY.with_borrow_mut(|all| all.remove(&self.0)) {
            abort.abort();
        }
    }
}

/// Runs a statement; `into` is emptied first and then filled. Call it in the browser only:
/// `None` where that is not possible.
pub fn run_query(connection: ConnectionId, sql: &str, into: impl Sink) -> Option<RunHandle> {
    let run = browser::new_run_id()?;
    let body = serde_json::json!({ "sql": sql, "run": run }).to_string();
    Some(read(run, format!("/api/connections/{connection}/query"), Some(body), into))
}

/// Reads the stored result of a question's run.
pub fn read_result(run: RunId, into: impl Sink) -> Option<RunHandle> {
    Some(read(run, format!("/api/runs/{run}/result"), None, into))
}

/// Fetches a statement's rows as CSV.
pub async fn export(connection: ConnectionId, sql: &str) -> Result<web_sys::Blob, Problem> {
    let body = serde_json::json!({ "sql": sql }).to_string();
    let path = format!("/api/connections/{connection}/export");
    let response = fetch(&path, Some(&body), None).await.map_err(|_| unreachable())?;
    if !response.ok() {
        return Err(problem_of(&response).await);
    }
    let blob = JsFuture::from(response.blob().map_err(|_| cut())?).await.map_err(|_| cut())?;
    Ok(blob.unchecked_into())
}

/// Where a result goes: a signal of either kind.
pub trait Sink: Clone + 'static {
    fn change(&self, change: impl FnOnce(&mut ResultData));
}

impl Sink for RwSignal<ResultData> {
    fn change(&self, change: impl FnOnce(&mut ResultData)) {
        self.try_update(change);
    }
}

impl Sink for ArcRwSignal<ResultData> {
    fn change(&self, change: impl FnOnce(&mut ResultData)) {
        self.update(change);
    }
}

/// A sink for as long as it belongs to this run.
struct Filling<S> {
    run: RunId,
    into: S,
}

impl<S: Sink> Filling<S> {
    fn change(&self, change: impl FnOnce(&mut ResultData)) {
        self.into.change(|data| {
            if data.run == Some(self.run) {
                change(data);
            }
        });
    }
}

fn read(run: RunId, path: String, body: Option<String>, into: impl Sink) -> RunHandle {
    into.change(|data| *data = ResultData::starting(run));
    let into = Filling { run, into };
    let Ok(abort) = web_sys::AbortController::new() else { return RunHandle(run) };
    let signal = abort.signal();
    UNDER_WAY.with_borrow_mut(|all| all.insert(run, abort));
    spawn_local(async move {
        let problem = follow(&path, body.as_deref(), &signal, &into).await.err();
        UNDER_WAY.with_borrow_mut(|all| all.remove(&run));
        let problem = if signal.aborted() { Some(stopped()) } else { problem };
        into.change(|data| {
            data.running = false;
            if data.footer.is_none() && data.problem.is_none() {
                data.problem = problem;
            }
        });
    });
    RunHandle(run)
}

/// Fills the sink from the response's lines.
async fn follow(
    path: &str,
    body: Option<&str>,
    signal: &web_sys::AbortSignal,
    into: &Filling<impl Sink>,
) -> Result<(), Problem> {
    let response = fetch(path, body, Some(signal)).await.map_err(|_| unreachable())?;
    if !response.ok() {
        return Err(problem_of(&response).await);
    }
    let stream = response.body().ok_or_else(cut)?;
    let reader: web_sys::ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut lines = Lines::default();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| cut())?;
        let done = Reflect::get(&chunk, &"done".into()).is_ok_and(|done| done.is_truthy());
        if done {
            break;
        }
        let value = Reflect::get(&chunk, &"value".into()).unwrap_or(JsValue::NULL);
        lines.push(&value.unchecked_into::<Uint8Array>());
        let mut wrong = None;
        into.change(|data| wrong = lines.take(data).err());
        if wrong.is_some() {
            return Err(cut());
        }
    }
    let mut complete = false;
    into.change(|data| complete = data.footer.is_some() || data.problem.is_some());
    if complete { Ok(()) } else { Err(cut()) }
}

/// Bytes that have come and are not read yet.
#[derive(Default)]
struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    fn push(&mut self, chunk: &Uint8Array) {
        let start = self.pending.len();
        self.pending.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut self.pending[start..]);
    }

    /// Reads every complete line into `data`.
    fn take(&mut self, data: &mut ResultData) -> Result<(), serde_json::Error> {
        let mut start = 0;
        while let Some(length) = self.pending[start..].iter().position(|byte| *byte == b'\n') {
            take_line(&self.pending[start..start + length], data)?;
            start += length + 1;
        }
        self.pending.drain(..start);
        Ok(())
    }
}

/// One line of the wire format of `model::result`.
fn take_line(line: &[u8], data: &mut ResultData) -> Result<(), serde_json::Error> {
    match line.first() {
        None => Ok(()),
        Some(b'[') => data.rows.push_json(line),
        Some(_) => {
            match serde_json::from_slice(line)? {
                ResultLine::Header(header) => {
                    data.rows = Rows::new(header.columns.len());
                    data.columns = header.columns;
                    data.sql = header.sql;
                }
                ResultLine::Footer(footer) => data.footer = Some(footer),
                ResultLine::Error(problem) => data.problem = Some(problem),
            }
            Ok(())
        }
    }
}

async fn fetch(
    path: &str,
    body: Option<&str>,
    signal: Option<&web_sys::AbortSignal>,
) -> Result<web_sys::Response, JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_signal(signal);
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(&body.into());
        let headers = web_sys::Headers::new()?;
        headers.set("content-type", "application/json")?;
        init.set_headers(&headers);
    }
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()
}

/// The problem that a response with an error status carries.
async fn problem_of(response: &web_sys::Response) -> Problem {
    let status = response.status();
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
        Err(_) => None,
    };
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| {
        Problem::new(ProblemCode::Internal, format!("The server answered with status {status}."))
            .hint("Try again; if it stays so, ask the administrator to look at the log.")
    })
}

fn unreachable() -> Problem {
    Problem::new(ProblemCode::Unreachable, "Querent's server could not be reached.")
        .hint("Check the network and run it again; what you wrote is kept.")
}

fn cut() -> Problem {
    Problem::new(ProblemCode::Unreachable, "The result was cut off before its end.")
        .hint("The rows shown are those that arrived. Run it again for all of them.")
}

fn stopped() -> Problem {
    Problem::new(ProblemCode::Cancelled, "Stopped.")
        .hint("The statement was cancelled in the database. Rows that had arrived are kept.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(bytes: &[u8]) -> Result<ResultData, serde_json::Error> {
        let mut data = ResultData::default();
        let mut lines = Lines::default();
        // In pieces of seven bytes, so that lines and characters are cut everywhere.
        for piece in bytes.chunks(7) {
            lines.pending.extend_from_slice(piece);
            lines.take(&mut data)?;
        }
        Ok(data)
    }

    #[test]
    fn a_result_is_read_from_pieces() {
        let body = concat!(
            r#"{"header":{"columns":[{"name":"ä","type_name":"text","kind":"text"}],"sql":"SELECT 'ä'"}}"#,
            "\n[[\"ä\"],[null]]\n\n[[\"€\"]]\n",
            r#"{"footer":{"rows":3,"bytes":5,"elapsed_us":12}}"#,
            "\n"
        );
        let data = after(body.as_bytes()).unwrap();
        assert_eq!(data.rows.len(), 3);
        assert_eq!(data.rows.cell(2, 0), Some("€"));
        assert_eq!(data.footer.unwrap().rows, 3);
        assert_eq!(data.sql, "SELECT 'ä'");
    }

    #[test]
    fn an_error_line_keeps_the_rows_before_it() {
        let body = concat!(
            r#"{"header":{"columns":[{"name":"a","type_name":"","kind":"other"}],"sql":""}}"#,
            "\n[[\"1\"]]\n",
            r#"{"error":{"code":"database","message":"gone"}}"#,
            "\n"
        );
        let data = after(body.as_bytes()).unwrap();
        assert_eq!(data.rows.len(), 1);
        assert_eq!(data.problem.unwrap().message, "gone");
    }

    #[test]
    fn nonsense_is_an_error() {
        assert!(after(b"<html>\n").is_err());
        assert!(after(b"{}\n").is_err());
    }
}
