//! The run as a pure state machine: `advance(state, event) -> (state, effects)`.
//!
//! Invariant: a statement reaches `Task::Execute` only as a `C`, and no code here makes a `C`; it
//! comes in with `Event::Cleared` and belongs to the newest draft. Invariant: at most one ending
//! event is emitted, and nothing after it. Events that do not belong to the state change nothing.

use crate::drafter::Draft;
use model::{
    error::Problem,
    run::{Answer, Clarification, Decline, Happening, RunStatus, SecondReading, Stage},
};

/// Drafts in all: the first and one repair.
const ATTEMPTS: u32 = 2;

/// Where a run is. `AwaitApproval` of the design will stand between these.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Nothing was asked yet.
    Idle,
    Classifying,
    Retrieving,
    Drafting {
        attempt: u32,
    },
    /// Waits for a person. Nothing is under way; the log has all that is needed to go on.
    Clarifying(Clarification),
    Validating {
        attempt: u32,
        draft: Draft,
    },
    Clearing {
        draft: Draft,
    },
    Executing {
        draft: Draft,
    },
    Presenting,
    Ended(RunStatus),
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<C> {
    Asked {
        question: String,
        drafter: String,
    },
    /// It is a question to be drafted. `note`: one line for people.
    Classified {
        note: String,
    },
    /// The answer needs no SQL: greetings, questions about the schema.
    Known(Box<Answer>),
    Retrieved {
        note: String,
    },
    /// Some text of a model, for display.
    DraftText(String),
    Drafted(Draft),
    /// There was a draft, but it cannot be read; drafting again may help.
    Unreadable(Problem),
    /// The question can be read in several ways.
    Unclear(Clarification),
    /// A person chose one of the readings, by its place.
    Chosen(u32),
    /// `second`: how the built-in engine reads the question, where a model drafted.
    Valid {
        note: String,
        second: Option<SecondReading>,
    },
    /// The guard or the database does not take the draft; drafting again may help.
    Invalid(Problem),
    /// What may run, and the same for people.
    Cleared {
        cleared: C,
        shown: String,
    },
    Executed {
        rows: u64,
        elapsed_us: u64,
        truncated: bool,
    },
    Presented(Box<Answer>),
    /// There is no answer, and why; from any stage before execution.
    Declined(Decline),
    /// Ends a run in any state.
    Failed(Problem),
    /// Ends a run in any state.
    Cancelled,
}

/// What is to be done, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<C> {
    /// Starts the stage's clock.
    Start(Stage),
    /// Stops the stage's clock.
    Finish {
        stage: Stage,
        note: String,
    },
    Emit(Happening),
    /// The next work, always last; its outcome is the next event.
    Work(Task<C>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Task<C> {
    Classify,
    Retrieve,
    /// `mend`: the statement that did not pass, with the exact problem.
    Draft {
        mend: Option<Mend>,
    },
    Validate {
        sql: String,
    },
    Clear {
        sql: String,
    },
    Execute {
        cleared: C,
        shown: String,
        draft: Draft,
    },
    Present,
}

/// What was wrong with the draft before.
#[derive(Clone, Debug, PartialEq)]
pub struct Mend {
    /// Empty when the reply could not be read at all.
    pub sql: String,
    pub problem: Problem,
}

/// The next state and what is to be done.
#[must_use]
pub fn advance<C>(state: State, event: Event<C>) -> (State, Vec<Effect<C>>) {
    use Effect::Emit;
    match (state, event) {
        (State::Ended(status), _) => (State::Ended(status), Vec::new()),
        (_, Event::Failed(problem)) => ended(RunStatus::Failed, Happening::Failed { problem }),
        (_, Event::Cancelled) => ended(RunStatus::Cancelled, Happening::Cancelled),

        (State::Idle, Event::Asked { question, drafter }) => (
            State::Classifying,
            vec![
                Emit(Happening::Started { question, drafter }),
                Effect::Start(Stage::Classify),
                Effect::Work(Task::Classify),
            ],
        ),

        (State::Classifying, Event::Classified { note }) => {
            (State::Retrieving, next(Stage::Classify, note, Stage::Retrieve, Task::Retrieve))
        }
        (State::Classifying, Event::Known(answer)) => {
            let (state, mut effects) = ended(RunStatus::Done, Happening::Answered(*answer));
            effects.insert(0, finish(Stage::Classify, "answered from the schema"));
            (state, effects)
        }

        (State::Retrieving, Event::Retrieved { note }) => {
            let task = Task::Draft { mend: None };
            (State::Drafting { attempt: 1 }, next(Stage::Retrieve, note, Stage::Draft, task))
        }

        (state @ State::Drafting { .. }, Event::DraftText(text)) => {
            (state, vec![Emit(Happening::DraftText { text })])
        }
        (State::Drafting { attempt }, Event::Drafted(draft)) => {
            let Draft { sql, explanation, .. } = draft.clone();
            let mut effects = vec![finish(Stage::Draft, "")];
            effects.push(Emit(Happening::Drafted { sql: sql.clone(), explanation, attempt }));
            effects.push(Effect::Start(Stage::Validate));
            effects.push(Effect::Work(Task::Validate { sql }));
            (State::Validating { attempt, draft }, effects)
        }
        (State::Drafting { attempt }, Event::Unreadable(problem)) => {
            again(Stage::Draft, attempt, Mend { sql: String::new(), problem })
        }

        (State::Drafting { .. }, Event::Unclear(clarification)) => {
            let effects = vec![
                finish(Stage::Draft, "needs your choice"),
                Effect::Emit(Happening::Clarifying(clarification.clone())),
            ];
            (State::Clarifying(clarification), effects)
        }

        (State::Clarifying(clarification), Event::Chosen(choice)) => chosen(clarification, choice),

        (State::Validating { draft, .. }, Event::Valid { note, second }) => {
            let task = Task::Clear { sql: draft.sql.clone() };
            let mut effects = next(Stage::Validate, note, Stage::Clear, task);
            if let Some(second) = second {
                effects.insert(1, Effect::Emit(Happening::SecondReading(second)));
            }
            (State::Clearing { draft }, effects)
        }
        (State::Validating { attempt, draft }, Event::Invalid(problem)) => {
            again(Stage::Validate, attempt, Mend { sql: draft.sql, problem })
        }

        (State::Clearing { draft }, Event::Cleared { cleared, shown }) => {
            let task = Task::Execute { cleared, shown: shown.clone(), draft: draft.clone() };
            let mut effects = vec![finish(Stage::Clear, "")];
            effects.push(Emit(Happening::Cleared { sql: shown }));
            effects.push(Effect::Start(Stage::Execute));
            effects.push(Effect::Work(task));
            (State::Executing { draft }, effects)
        }

        (State::Executing { .. }, Event::Executed { rows, elapsed_us, truncated }) => {
            let mut effects = vec![finish(Stage::Execute, rows_note(rows))];
            effects.push(Emit(Happening::Executed { rows, elapsed_us, truncated }));
            effects.push(Effect::Start(Stage::Present));
            effects.push(Effect::Work(Task::Present));
            (State::Presenting, effects)
        }

        (State::Presenting, Event::Presented(answer)) => {
            let (state, mut effects) = ended(RunStatus::Done, Happening::Answered(*answer));
            effects.insert(0, finish(Stage::Present, ""));
            (state, effects)
        }

        (
            State::Classifying
            | State::Retrieving
            | State::Drafting { .. }
            | State::Validating { .. }
            | State::Clearing { .. },
            Event::Declined(decline),
        ) => ended(RunStatus::Declined, Happening::Declined(decline)),

        (state, _) => (state, Vec::new()),
    }
}

/// Goes on with the chosen reading. It is the last attempt: to repair it would be to choose another.
fn chosen<C>(clarification: Clarification, choice: u32) -> (State, Vec<Effect<C>>) {
    let place = usize::try_from(choice).unwrap_or(usize::MAX);
    let Some(found) = clarification.choices.get(place).cloned() else {
        return (State::Clarifying(clarification), Vec::new());
    };
    let paraphrase = found.paraphrase.clone();
    let draft = Draft::chosen(found);
    let Draft { sql, explanation, .. } = draft.clone();
    let effects = vec![
        Effect::Emit(Happening::Chosen { choice, paraphrase }),
        Effect::Emit(Happening::Drafted { sql: sql.clone(), explanation, attempt: 1 }),
        Effect::Start(Stage::Validate),
        Effect::Work(Task::Validate { sql }),
    ];
    (State::Validating { attempt: ATTEMPTS, draft }, effects)
}

/// One more draft, or the end when there were enough.
fn again<C>(stage: Stage, attempt: u32, mend: Mend) -> (State, Vec<Effect<C>>) {
    if attempt >= ATTEMPTS {
        return ended(RunStatus::Failed, Happening::Failed { problem: mend.problem });
    }
    let problem = mend.problem.clone();
    let effects = vec![
        finish(stage, "needs a repair"),
        Effect::Emit(Happening::Repairing { problem }),
        Effect::Start(Stage::Draft),
        Effect::Work(Task::Draft { mend: Some(mend) }),
    ];
    (State::Drafting { attempt: attempt + 1 }, effects)
}

fn ended<C>(status: RunStatus, how: Happening) -> (State, Vec<Effect<C>>) {
    (State::Ended(status), vec![Effect::Emit(how)])
}

fn next<C>(done: Stage, note: String, start: Stage, task: Task<C>) -> Vec<Effect<C>> {
    vec![finish(done, note), Effect::Start(start), Effect::Work(task)]
}

fn finish<C>(stage: Stage, note: impl Into<String>) -> Effect<C> {
    Effect::Finish { stage, note: note.into() }
}

fn rows_note(rows: u64) -> String {
    match rows {
        1 => "1 row".into(),
        n => format!("{} rows", crate::steps::words::grouped(&n.to_string())),
    }
}
