//! Performs the effects of `run`: clock, log, work, cancellation. Exactly one ending event, whatever happens.

use crate::{
    drafter::{Brief, Draft, Drafted, Drafter, Origin},
    log::{Ended, Log},
    ports::{Clock, Sink},
    prepared::Prepared,
    run::{Effect, Event, Mend, State, Task, advance},
    steps::{
        check::{self, Finding},
        classify::{Class, QUESTION_CHARS, classify},
        confidence::{Checked, Second, confidence},
        execute::{Digest, Stopped, execute, micros},
        gist::Gist,
        present::present,
        second::{Opinion, opinion},
    },
};
use connect::{Connector, RunTag};
use engine::{Date, GlossaryTerm};
use futures::FutureExt;
use guard::Cleared;
use model::{
    connection::Limits,
    error::{Problem, ProblemCode},
    result::ResultTable,
    run::{Answer, Choice, Clarification, Confidence, Happening, RunEvent},
};
use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// How often a model's text is passed on while it streams.
const TEXT_EVERY: Duration = Duration::from_millis(60);

/// One run with everything that it needs.
pub struct Run {
    pub question: Question,
    pub prepared: Arc<Prepared>,
    pub access: Arc<Access>,
    pub connector: Arc<dyn Connector>,
    pub drafter: Arc<dyn Drafter>,
    pub sink: Arc<dyn Sink>,
    pub clock: Arc<dyn Clock>,
    /// Ends the run, in the database, too.
    pub cancel: CancellationToken,
}

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub text: String,
    /// The conversation so far, oldest first; declined and failed runs left out.
    pub before: Vec<Exchange>,
    pub glossary: Vec<GlossaryTerm>,
    /// Shown in the database beside the statement.
    pub user: String,
    pub run: String,
}

/// A question that was answered, with its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub question: String,
    pub sql: String,
}

/// What the person may read, and how much of it.
#[derive(Clone, Debug, Default)]
pub struct Access {
    pub policy: guard::Policy,
    pub attributes: BTreeMap<String, String>,
    /// Which policy masks what: names by `schema.table.column`.
    pub policies: BTreeMap<String, String>,
    pub limits: Limits,
}

/// Takes a run to its end and says how it ended. Everything else is in the sink.
///
/// Dropping the future leaves the run without an ending event; cancel the token instead.
pub async fn perform(run: Run) -> Ended {
    let asked =
        Event::Asked { question: shortened(&run.question.text), drafter: run.drafter.name() };
    drive(&run, 0, State::Idle, asked).await
}

/// A run that waits for a person's choice, as its log tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The number of the newest event.
    seq: u32,
    clarification: Clarification,
}

impl Waiting {
    /// `None`: the run with these events does not wait.
    #[must_use]
    pub fn of(events: &[RunEvent]) -> Option<Self> {
        let last = events.last()?;
        match &last.what {
            Happening::Clarifying(clarification) => {
                Some(Self { seq: last.seq, clarification: clarification.clone() })
            }
            _ => None,
        }
    }

    /// What can be chosen.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.clarification.choices
    }
}

/// Goes on with a run that waited, as `perform` does from the start. The chosen statement passes the
/// same checks as any draft. A choice that does not exist leaves the run waiting.
pub async fn resume(run: Run, waiting: Waiting, choice: u32) -> Ended {
    let Waiting { seq, clarification } = waiting;
    drive(&run, seq, State::Clarifying(clarification), Event::Chosen(choice)).await
}

async fn drive(run: &Run, seq: u32, state: State, event: Event<Cleared>) -> Ended {
    let mut log = Log::after(seq, Arc::clone(&run.sink), Arc::clone(&run.clock));
    let steered = Driver::new(run).steer(state, event, &mut log);
    let outcome = AssertUnwindSafe(steered).catch_unwind().await;
    let what = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(format!("cannot append to a run's log: {error}")),
        Err(panic) => Some(format!("a run panicked: {}", said(panic.as_ref()))),
    };
    if let Some(what) = what {
        tracing::error!(run = run.question.run, what, "a run failed inside");
        let problem = Problem::new(
            ProblemCode::Internal,
            "Something inside Querent failed on this question.",
        )
        .hint("Ask again; the server's log has the details.");
        if let Err(error) = log.append(vec![Happening::Failed { problem }]).await {
            tracing::error!(run = run.question.run, error, "a run's end could not be written");
        }
    }
    log.end().unwrap_or_else(|| unreachable_end(run))
}

/// The log ends with every path above; this keeps the signature honest without a panic.
fn unreachable_end(run: &Run) -> Ended {
    tracing::error!(run = run.question.run, "a run ended without an ending event");
    Ended {
        status: model::run::RunStatus::Failed,
        problem: None,
        sql: None,
        rows: None,
        elapsed_us: None,
        finished_at_ms: run.clock.unix_ms(),
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// What the steps leave for each other.
struct Driver<'r> {
    run: &'r Run,
    tables: Mutex<Vec<(String, String)>>,
    result: Mutex<Option<(Digest, Draft)>>,
    /// What the engine makes of the question, once it was asked for its reading beside a model's.
    opinion: Mutex<Option<Opinion>>,
    /// What validation found out about the newest draft.
    gist: Mutex<(Gist, Second)>,
    repairs: AtomicU32,
    /// A model's text that was not passed on yet.
    text: Mutex<String>,
}

impl<'r> Driver<'r> {
    fn new(run: &'r Run) -> Self {
        Self {
            run,
            tables: Mutex::default(),
            result: Mutex::default(),
            opinion: Mutex::default(),
            gist: Mutex::new((Gist::default(), Second::NotAsked)),
            repairs: AtomicU32::new(0),
            text: Mutex::default(),
        }
    }

    async fn steer(self, from: State, event: Event<Cleared>, log: &mut Log) -> Result<(), String> {
        let mut stage_started = self.run.clock.steady();
        let (mut state, mut effects) = advance(from, event);
        loop {
            let mut work = None;
            let mut happened = Vec::new();
            for effect in effects {
                match effect {
                    Effect::Start(stage) => {
                        stage_started = self.run.clock.steady();
                        happened.push(Happening::StageStarted { stage });
                    }
                    Effect::Finish { stage, note } => {
                        let elapsed = self.run.clock.steady().saturating_sub(stage_started);
                        let elapsed_us = micros(elapsed);
                        happened.push(Happening::StageFinished { stage, elapsed_us, note });
                    }
                    Effect::Emit(what) => happened.push(what),
                    Effect::Work(task) => work = Some(task),
                }
            }
            log.append(happened).await?;
            let Some(task) = work else { return Ok(()) };
            (state, effects) = self.outcome(state, task, log).await?;
        }
    }

    /// Works on a task to its event, passing text on meanwhile. Cancellation drops the work, and
    /// with it whatever it has open.
    async fn outcome(
        &self,
        mut state: State,
        task: Task<Cleared>,
        log: &mut Log,
    ) -> Result<(State, Vec<Effect<Cleared>>), String> {
        let mut work = pin!(self.work(task));
        loop {
            tokio::select! {
                biased;
                () = self.run.cancel.cancelled() => return Ok(advance(state, Event::Cancelled)),
                event = &mut work => return Ok(advance(state, event)),
                () = tokio::time::sleep(TEXT_EVERY) => {
                    let text = std::mem::take(&mut *lock(&self.text));
                    if text.is_empty() {
                        continue;
                    }
                    let (next, effects) = advance::<Cleared>(state, Event::DraftText(text));
                    state = next;
                    let texts = effects.into_iter().filter_map(|e| match e {
                        Effect::Emit(what) => Some(what),
                        _ => None,
                    });
                    log.append(texts.collect()).await?;
                }
            }
        }
    }

    async fn work(&self, task: Task<Cleared>) -> Event<Cleared> {
        let Run { prepared, access, connector, .. } = self.run;
        match task {
            Task::Classify => self.classify(),
            Task::Retrieve => self.retrieve(),
            Task::Draft { mend } => self.draft(mend).await,
            Task::Validate { sql } => {
                let opinion = lock(&self.opinion).clone();
                let mut finding = Finding { opinion: opinion.as_ref(), ..Finding::default() };
                let event =
                    check::validate(prepared, access, connector.as_ref(), &sql, &mut finding).await;
                self.note(finding);
                event
            }
            Task::Clear { sql } => check::clear(prepared, access, &sql),
            Task::Execute { cleared, shown, draft } => self.execute(&cleared, &shown, draft).await,
            Task::Present => match lock(&self.result).take() {
                Some((digest, draft)) => {
                    let mut answer = present(&digest, &draft);
                    answer.confidence = Some(self.confidence(draft.origin));
                    Event::Presented(Box::new(answer))
                }
                None => Event::Failed(Problem::new(ProblemCode::Internal, "The result is gone.")),
            },
        }
    }

    fn classify(&self) -> Event<Cleared> {
        let prepared = &self.run.prepared;
        match classify(&self.run.question.text, &prepared.catalog) {
            Class::Question => Event::Classified { note: "a question about the data".into() },
            Class::Decline(mut decline) => {
                decline.suggestions = engine::suggestions(&prepared.lexicon);
                Event::Declined(decline)
            }
            Class::Greeting => Event::Known(Box::new(self.greeting())),
            Class::Schema(question) => match question.answer(&prepared.catalog) {
                Some(answer) => Event::Known(Box::new(answer)),
                None => Event::Classified { note: "a question about the data".into() },
            },
        }
    }

    fn greeting(&self) -> Answer {
        let prepared = &self.run.prepared;
        let follow_ups = engine::suggestions(&prepared.lexicon).into_iter().take(3).collect();
        Answer {
            text: format!(
                "Hello! Ask about {} in your own words; I write the SQL, check it and run it read-only. \
                 You can also ask what tables there are.",
                prepared.catalog.database
            ),
            chart: None,
            follow_ups,
            understood: Vec::new(),
            confidence: None,
            preview: ResultTable::default(),
        }
    }

    fn retrieve(&self) -> Event<Cleared> {
        let Run { prepared, question, .. } = self.run;
        let before = question.before.last().map(|e| e.question.as_str());
        let found = prepared.index.find(&question.text, before, &prepared.values);
        *lock(&self.tables) = found.tables;
        Event::Retrieved { note: found.note }
    }

    fn note(&self, finding: Finding<'_>) {
        let second = match (&finding.second, finding.opinion) {
            (Some(second), _) if second.differences.is_empty() => Second::Agrees,
            (Some(_), Some(opinion)) => Second::Differs { sure: opinion.sure },
            _ if self.run.drafter.is_engine() => Second::NotAsked,
            _ => Second::NoReading,
        };
        *lock(&self.gist) = (finding.gist, second);
    }

    fn confidence(&self, origin: Origin) -> Confidence {
        let (gist, second) = &*lock(&self.gist);
        let candidates = lock(&self.tables).clone();
        let checked = Checked {
            origin,
            gist,
            second: *second,
            repairs: self.repairs.load(Ordering::Relaxed),
            candidates: &candidates,
        };
        let prepared = &self.run.prepared;
        confidence(&checked, &prepared.catalog, &prepared.values)
    }

    /// The engine's own reading, worked out while a model writes.
    async fn opinion(&self, brief: &Brief) {
        if self.run.drafter.is_engine() || brief.mend.is_some() {
            return;
        }
        let brief = brief.clone();
        match tokio::task::spawn_blocking(move || opinion(&brief)).await {
            Ok(opinion) => *lock(&self.opinion) = opinion,
            // A second reading that fails is none.
            Err(error) => tracing::error!(%error, "the engine panicked on a second reading"),
        }
    }

    async fn draft(&self, mend: Option<Mend>) -> Event<Cleared> {
        if mend.is_some() {
            self.repairs.fetch_add(1, Ordering::Relaxed);
        }
        let question = &self.run.question;
        let brief = Brief {
            question: question.text.trim().to_owned(),
            before: question.before.clone(),
            glossary: question.glossary.clone(),
            today: today(self.run.clock.unix_ms()),
            prepared: Arc::clone(&self.run.prepared),
            tables: lock(&self.tables).clone(),
            mend,
        };
        lock(&self.text).clear();
        let seen = |piece: &str| lock(&self.text).push_str(piece);
        let (drafted, ()) =
            tokio::join!(self.run.drafter.draft(&brief, &seen), self.opinion(&brief));
        match drafted {
            Ok(Drafted::Draft(draft)) => Event::Drafted(draft),
            Ok(Drafted::Unclear(clarification)) => Event::Unclear(clarification),
            Ok(Drafted::Unreadable(problem)) => Event::Unreadable(problem),
            Ok(Drafted::Declined(mut decline)) => {
                if decline.text.trim().is_empty() {
                    decline.text = "I did not understand this question.".into();
                }
                if decline.suggestions.is_empty() {
                    decline.suggestions = engine::suggestions(&self.run.prepared.lexicon);
                }
                Event::Declined(decline)
            }
            Err(problem) => Event::Failed(problem),
        }
    }

    async fn execute(&self, cleared: &Cleared, shown: &str, draft: Draft) -> Event<Cleared> {
        let Run { question, access, connector, sink, cancel, .. } = self.run;
        let tag = RunTag { user: question.user.clone(), run: question.run.clone() };
        let connector = connector.as_ref();
        if let Err(error) = sink.reads(cleared.tables()).await {
            return Event::Failed(of_sink(&error));
        }
        let read = execute(connector, access, &tag, sink.as_ref(), cancel, cleared, shown).await;
        match read {
            Ok(digest) => {
                let end = digest.end;
                *lock(&self.result) = Some((digest, draft));
                let elapsed_us = micros(end.elapsed);
                Event::Executed { rows: end.rows, elapsed_us, truncated: end.truncated.is_some() }
            }
            Err(Stopped::Cancelled) => Event::Cancelled,
            Err(Stopped::Failed(problem)) => Event::Failed(problem),
        }
    }
}

fn of_sink(error: &str) -> Problem {
    tracing::error!(error, "it cannot be noted what a run reads");
    Problem::new(ProblemCode::Internal, "Querent could not reach its own data.")
        .hint("Try again; if it stays so, ask the administrator to look at the log.")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A question as the log keeps it: a paste of a megabyte does not belong there.
fn shortened(question: &str) -> String {
    match question.char_indices().nth(QUESTION_CHARS) {
        Some((cut, _)) => format!("{} …", &question[..cut]),
        None => question.to_owned(),
    }
}

/// The day in UTC.
fn today(unix_ms: i64) -> Date {
    let now = OffsetDateTime::from_unix_timestamp(unix_ms / 1000);
    let now = now.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Date { year: now.year(), month: now.month().into(), day: now.day() }
}
