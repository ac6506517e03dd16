//! The conversation in the panel: its turns, what is being asked, and the runs that are followed.

use super::{
    api::{
        Asked, ask, cancel_run, choose_reading, delete_conversation, get_conversation,
        list_conversations,
    },
    events,
    turn::Turn,
};
use crate::{
    browser,
    ide::state::Ide,
    results::{
        data::ResultData,
        stream::{Sink, read_result},
    },
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    conversation::{Conversation, ConversationSummary},
    error::{Problem, ProblemCode},
    id::{ConnectionId, ConversationId, RunId},
    result::{ResultFooter, Truncation},
    run::{AskRequest, ChooseRequest, RunEvent, RunStatus},
};
use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// The longest question, in characters. More is data, not a question.
pub const LONGEST_QUESTION: usize = 10_000;
/// How many of a conversation's newest turns are shown with their answers right away.
const OPENED_AT_ONCE: usize = 8;
/// Waits between attempts after the line dropped, in milliseconds; the last one repeats.
const WAITS: [u64; 6] = [200, 500, 1_000, 2_000, 4_000, 8_000];

thread_local! {
    /// A question from another page, asked when its connection's panel opens.
    static WAITING: RefCell<Option<(ConnectionId, String)>> = const { RefCell::new(None) };
}

/// Leaves a question to be asked when the panel opens on this connection.
pub fn ask_when_open(connection: ConnectionId, question: &str) {
    WAITING.set(Some((connection, question.to_owned())));
}

/// One turn with its result. Lives as long as something shows it.
#[derive(Clone)]
pub struct TurnHandle {
    pub run: RunId,
    pub turn: ArcRwSignal<Turn>,
    pub result: ArcRwSignal<ResultData>,
    /// The line to the server dropped; it is being tried again.
    pub lost: ArcRwSignal<bool>,
    /// The rest of the rows is asked for, so that it is asked for once.
    asked_rest: Arc<AtomicBool>,
}

impl PartialEq for TurnHandle {
    fn eq(&self, other: &Self) -> bool {
        self.run == other.run
    }
}

impl TurnHandle {
    fn new(turn: Turn) -> Self {
        Self {
            run: turn.run,
            turn: ArcRwSignal::new(turn),
            result: ArcRwSignal::new(ResultData::default()),
            lost: ArcRwSignal::new(false),
            asked_rest: Arc::default(),
        }
    }

    /// Shows the rows that came with the answer.
    fn show_preview(&self) {
        let shown = self.turn.with_untracked(|turn| {
            let answer = turn.answer.as_ref()?;
            let mut data = ResultData::from(answer.preview.clone());
            data.run = Some(turn.run);
            data.sql = turn.sql.clone().unwrap_or_default();
            let executed = turn.executed?;
            data.footer = Some(ResultFooter {
                rows: executed.rows,
                bytes: 0,
                elapsed_us: executed.elapsed_us,
                truncated: executed.truncated.then_some(Truncation::Rows { limit: executed.rows }),
                shortened_cells: 0,
                chart: answer.chart.clone(),
            });
            Some(data)
        });
        if let Some(data) = shown {
            self.result.set(data);
        }
    }

    /// Fetches all rows, if the preview left some out. They take its place when they are all there.
    pub fn load_rest(&self) {
        let missing = self.turn.with_untracked(Turn::rows_beyond_preview) > 0;
        if missing && !self.asked_rest.swap(true, Ordering::Relaxed) {
            read_result(self.run, Behind { whole: Rc::default(), shown: self.result.clone() });
        }
    }
}

/// Collects a result out of sight and shows it when it is complete.
#[derive(Clone)]
struct Behind {
    whole: Rc<RefCell<ResultData>>,
    shown: ArcRwSignal<ResultData>,
}

impl Sink for Behind {
    fn change(&self, change: impl FnOnce(&mut ResultData)) {
        let mut whole = self.whole.borrow_mut();
        change(&mut whole);
        if whole.running {
            return;
        }
        let whole = std::mem::take(&mut *whole);
        match whole.problem {
            None => self.shown.set(whole),
            // The first rows stay; what is missing is said with them.
            problem => self.shown.update(|shown| shown.problem = problem),
        }
    }
}

/// The panel's state. `Copy`; made once by the panel.
#[derive(Clone, Copy)]
pub struct Chat {
    pub ide: Ide,
    pub conversation: RwSignal<Option<ConversationId>>,
    pub conversations: RwSignal<Vec<ConversationSummary>>,
    pub turns: RwSignal<Vec<TurnHandle>>,
    /// The conversation is being fetched.
    pub loading: RwSignal<bool>,
    /// A question is on its way to the server.
    pub asking: RwSignal<bool>,
    /// Why the last question was not taken, or the conversation could not be read.
    pub problem: RwSignal<Option<Problem>>,
    /// What is typed.
    pub draft: RwSignal<String>,
    /// Turns when something was added, for scrolling.
    pub grown: RwSignal<u32>,
    /// Counts what is shown; a reading for something else writes nothing any more.
    view: StoredValue<u32>,
}

impl Chat {
    #[must_use]
    pub fn new(ide: Ide) -> Self {
        Self {
            ide,
            conversation: RwSignal::new(None),
            conversations: RwSignal::new(Vec::new()),
            turns: RwSignal::new(Vec::new()),
            loading: RwSignal::new(false),
            asking: RwSignal::new(false),
            problem: RwSignal::new(None),
            draft: RwSignal::new(String::new()),
            grown: RwSignal::new(0),
            view: StoredValue::new(0),
        }
    }

    /// Shows what this browser last had open on the connection, and reads its conversations.
    pub fn open(self, connection: Option<ConnectionId>) {
        self.clear();
        self.conversations.set(Vec::new());
        let Some(connection) = connection else { return };
        self.draft.set(browser::stored(&draft_key(connection)).unwrap_or_default());
        self.reload_list(connection);
        let waiting = WAITING.take().filter(|(wanted, _)| *wanted == connection);
        let last = browser::stored(&conversation_key(connection)).and_then(|id| id.parse().ok());
        match (waiting, last) {
            (Some((_, question)), _) => self.ask(question, None),
            (None, Some(last)) => self.show(last),
            _ => {}
        }
    }

    /// Nothing shown, nothing followed. Runs go on without being watched.
    fn clear(self) {
        events::give_up_all();
        self.view.update_value(|view| *view = view.wrapping_add(1));
        self.conversation.set(None);
        self.turns.set(Vec::new());
        self.loading.set(false);
        self.asking.set(false);
        self.problem.set(None);
    }

    /// Begins a conversation: it exists once something was asked.
    pub fn begin(self) {
        self.clear();
        if let Some(connection) = self.ide.current.get_untracked() {
            browser::store(&conversation_key(connection), "");
        }
    }

    /// Opens a conversation and follows what still runs in it.
    pub fn show(self, id: ConversationId) {
        self.clear();
        self.conversation.set(Some(id));
        self.loading.set(true);
        self.keep_conversation();
        let view = self.view.get_value();
        spawn_local(async move {
            let result = get_conversation(id).await;
            if !self.still(view) {
                return;
            }
            self.loading.set(false);
            match result {
                Ok(conversation) => self.take(conversation),
                // Deleted elsewhere: nothing to show, and nothing wrong.
                Err(error) if error.code() == ProblemCode::NotFound => self.begin(),
                Err(error) => self.problem.set(Some(error.0)),
            }
        });
    }

    fn take(self, conversation: Conversation) {
        let turns: Vec<_> =
            conversation.runs.iter().map(|run| TurnHandle::new(Turn::listed(run))).collect();
        self.turns.set(turns.clone());
        self.grow();
        for handle in turns.iter().filter(|one| one.turn.with_untracked(Turn::is_running)) {
            self.follow(handle.clone());
        }
        // One after the other, the newest first: browsers allow a host six requests at once.
        let view = self.view.get_value();
        spawn_local(async move {
            let ended = turns.iter().rev().take(OPENED_AT_ONCE);
            for handle in ended.filter(|one| !one.turn.with_untracked(Turn::is_running)) {
                if self.still(view) {
                    self.read_ended(handle).await;
                }
            }
        });
    }

    /// Reads the answer of an older turn.
    pub fn load(self, handle: TurnHandle) {
        spawn_local(async move { self.read_ended(&handle).await });
    }

    async fn read_ended(self, handle: &TurnHandle) {
        if handle.turn.with_untracked(|turn| turn.pruned_at.is_some()) {
            return;
        }
        let seen = handle.turn.with_untracked(|turn| turn.seen);
        let outcome = events::read(handle.run, seen, |events| self.apply(handle, events)).await;
        if let Err(problem) = outcome
            && problem.code != ProblemCode::Cancelled
        {
            handle.turn.update(|turn| turn.problem = Some(problem));
        }
        handle.show_preview();
        self.grow();
    }

    /// Asks. `replaces`: an earlier question of this conversation that this one takes the place of.
    pub fn ask(self, question: String, replaces: Option<RunId>) {
        self.send(question, replaces, false);
    }

    /// Asks the same again of the built-in engine, whatever model drafts here.
    pub fn ask_built_in(self, question: String, replaces: RunId) {
        self.send(question, Some(replaces), true);
    }

    fn send(self, question: String, replaces: Option<RunId>, built_in: bool) {
        let question = question.trim().to_owned();
        let Some(connection) = self.ide.current.get_untracked() else { return };
        if question.is_empty()
            || self.busy_untracked()
            || question.chars().count() > LONGEST_QUESTION
        {
            return;
        }
        self.asking.set(true);
        self.problem.set(None);
        let view = self.view.get_value();
        let request = AskRequest {
            connection,
            conversation: self.conversation.get_untracked(),
            question: question.clone(),
            replaces,
            built_in,
        };
        spawn_local(async move {
            let result = ask(request).await;
            if !self.still(view) {
                return;
            }
            self.asking.set(false);
            match result {
                Ok(asked) => self.asked(connection, asked, question, replaces),
                Err(error) => self.not_taken(error.0, question, replaces),
            }
        });
    }

    fn asked(
        self,
        connection: ConnectionId,
        asked: Asked,
        question: String,
        replaces: Option<RunId>,
    ) {
        let is_new = self.conversation.get_untracked() != Some(asked.conversation);
        self.conversation.set(Some(asked.conversation));
        self.keep_conversation();
        let handle = TurnHandle::new(Turn::asked(asked.run, question));
        self.turns.update(|turns| {
            turns.retain(|turn| Some(turn.run) != replaces);
            turns.push(handle.clone());
        });
        self.grow();
        self.follow(handle);
        if is_new {
            self.reload_list(connection);
        }
    }

    /// What was asked goes back to where it was typed, unless something else stands there.
    fn not_taken(self, problem: Problem, question: String, replaces: Option<RunId>) {
        self.problem.set(Some(problem));
        if replaces.is_none() && self.draft.with_untracked(String::is_empty) {
            self.write(question);
        }
    }

    /// Reads a running run's events until it has ended, whatever happens to the line.
    fn follow(self, handle: TurnHandle) {
        let view = self.view.get_value();
        spawn_local(async move {
            let mut dropped = 0;
            while self.still(view) && handle.turn.with_untracked(Turn::is_running) {
                let seen = handle.turn.with_untracked(|turn| turn.seen);
                let read = events::read(handle.run, seen, |events| self.apply(&handle, events));
                let outcome = read.await;
                if handle.turn.with_untracked(|turn| turn.seen > seen) {
                    dropped = 0;
                }
                match outcome {
                    Err(problem) if problem.code == ProblemCode::Cancelled => return,
                    Err(problem) if problem.code != ProblemCode::Unreachable => {
                        return self.fail(&handle, problem);
                    }
                    _ if handle.turn.with_untracked(Turn::is_running) => {
                        handle.lost.set(dropped > 0);
                        pause(WAITS[dropped.min(WAITS.len() - 1)]).await;
                        dropped += 1;
                    }
                    _ => {}
                }
            }
            handle.lost.set(false);
            if self.still(view) {
                handle.show_preview();
                handle.load_rest();
                self.grow();
            }
        });
    }

    fn fail(self, handle: &TurnHandle, problem: Problem) {
        handle.turn.update(|turn| {
            turn.status = RunStatus::Failed;
            turn.problem = Some(problem);
        });
        self.grow();
    }

    fn apply(self, handle: &TurnHandle, events: Vec<RunEvent>) {
        handle.lost.set(false);
        let answered = events.iter().any(|event| event.what.ends().is_some());
        handle.turn.update(|turn| events.into_iter().for_each(|event| turn.apply(event)));
        if answered {
            handle.show_preview();
        }
        self.grow();
    }

    /// Goes on with a reading of a turn that asked back. What was chosen elsewhere meanwhile counts:
    /// its events are read either way.
    pub fn choose(self, handle: TurnHandle, choice: u32) {
        let waits = handle.turn.with_untracked(|turn| turn.status == RunStatus::Waiting);
        if !waits || self.busy_untracked() {
            return;
        }
        self.asking.set(true);
        self.problem.set(None);
        let view = self.view.get_value();
        spawn_local(async move {
            let result = choose_reading(ChooseRequest { run: handle.run, choice }).await;
            if !self.still(view) {
                return;
            }
            self.asking.set(false);
            let conflict = matches!(&result, Err(error) if error.code() == ProblemCode::Conflict);
            if let Err(error) = result {
                self.ide.toasts.problem(&error.0);
                if !conflict {
                    return;
                }
            }
            handle.turn.update(|turn| turn.status = RunStatus::Running);
            self.follow(handle);
        });
    }

    /// Ends the run that is under way; its log says so when it has.
    pub fn stop(self) {
        let running = self.turns.with_untracked(|turns| {
            turns.iter().find(|one| one.turn.with_untracked(Turn::is_running)).cloned()
        });
        if let Some(handle) = running {
            self.cancel(handle, |_| {});
        }
    }

    /// Ends a turn that waits for a choice.
    pub fn give_up(self, handle: TurnHandle) {
        self.cancel(handle, move |handle| {
            handle.turn.update(|turn| turn.status = RunStatus::Running);
            self.follow(handle);
        });
    }

    fn cancel(self, handle: TurnHandle, then: impl FnOnce(TurnHandle) + 'static) {
        let view = self.view.get_value();
        spawn_local(async move {
            match cancel_run(handle.run).await {
                Ok(()) if self.still(view) => then(handle),
                Ok(()) => {}
                Err(error) => self.ide.toasts.problem(&error.0),
            }
        });
    }

    /// Is a question on its way or being answered?
    #[must_use]
    pub fn busy(self) -> bool {
        self.asking.get()
            || self.turns.with(|turns| turns.iter().any(|one| one.turn.with(Turn::is_running)))
    }

    #[must_use]
    pub fn busy_untracked(self) -> bool {
        untrack(|| self.busy())
    }

    /// Deletes the conversation that is shown.
    pub fn delete(self, done: impl FnOnce(Result<(), Problem>) + 'static) {
        let Some(id) = self.conversation.get_untracked() else { return };
        spawn_local(async move {
            let result = delete_conversation(id).await;
            if result.is_ok() {
                self.conversations.update(|all| all.retain(|one| one.id != id));
                self.begin();
            }
            done(result.map_err(|error| error.0));
        });
    }

    /// Keeps what is typed, in this browser too.
    pub fn write(self, text: String) {
        if let Some(connection) = self.ide.current.get_untracked() {
            browser::store(&draft_key(connection), &text);
        }
        self.draft.set(text);
    }

    fn reload_list(self, connection: ConnectionId) {
        spawn_local(async move {
            if let Ok(list) = list_conversations(connection).await
                && self.ide.current.get_untracked() == Some(connection)
            {
                self.conversations.try_set(list);
            }
        });
    }

    fn keep_conversation(self) {
        if let (Some(connection), Some(id)) =
            (self.ide.current.get_untracked(), self.conversation.get_untracked())
        {
            browser::store(&conversation_key(connection), &id.to_string());
        }
    }

    fn grow(self) {
        self.grown.try_update(|grown| *grown = grown.wrapping_add(1));
    }

    /// Does the panel still show what it showed then?
    fn still(self, view: u32) -> bool {
        self.view.try_get_value() == Some(view)
    }
}

fn conversation_key(connection: ConnectionId) -> String {
    format!("querent.conversation.{connection}")
}

fn draft_key(connection: ConnectionId) -> String {
    format!("querent.question.{connection}")
}

async fn pause(milliseconds: u64) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(
            move || drop(resolve.call0(&wasm_bindgen::JsValue::NULL)),
            Duration::from_millis(milliseconds),
        );
    });
    drop(wasm_bindgen_futures::JsFuture::from(promise).await);
}
