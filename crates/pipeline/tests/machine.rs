//! The state machine as data, and what holds for any sequence of events.

#![allow(clippy::unwrap_used)]

use model::{
    error::{Problem, ProblemCode},
    result::ResultTable,
    run::{Answer, Choice, Clarification, Decline, Happening, SecondReading, Stage},
};
use pipeline::{
    drafter::Draft,
    run::{Effect, Event, State, Task, advance},
};
use proptest::prelude::*;

fn draft(sql: &str) -> Draft {
    Draft { sql: sql.into(), explanation: "counting".into(), ..Draft::default() }
}

fn problem(message: &str) -> Problem {
    Problem::new(ProblemCode::Refused, message)
}

fn answer() -> Box<Answer> {
    Box::new(Answer {
        text: "42".into(),
        chart: None,
        follow_ups: Vec::new(),
        understood: Vec::new(),
        confidence: None,
        preview: ResultTable::default(),
    })
}

fn clarification() -> Clarification {
    let choice =
        |sql: &str| Choice { sql: sql.into(), paraphrase: sql.into(), ..Choice::default() };
    Clarification { question: "Which?".into(), choices: vec![choice("A"), choice("B")] }
}

fn event(word: &str) -> Event<u32> {
    let note = String::new();
    match word {
        "asked" => Event::Asked { question: "q".into(), drafter: "d".into() },
        "classified" => Event::Classified { note },
        "known" => Event::Known(answer()),
        "retrieved" => Event::Retrieved { note },
        "text" => Event::DraftText("SEL".into()),
        "drafted" => Event::Drafted(draft("A")),
        "drafted again" => Event::Drafted(draft("B")),
        "unreadable" => Event::Unreadable(problem("no JSON")),
        "unclear" => Event::Unclear(clarification()),
        "chosen" => Event::Chosen(1),
        "chosen none" => Event::Chosen(2),
        "valid" => Event::Valid { note, second: None },
        "doubted" => Event::Valid { note, second: Some(SecondReading::default()) },
        "invalid" => Event::Invalid(problem("no such column")),
        "cleared" => Event::Cleared { cleared: 7, shown: "SELECT".into() },
        "executed" => Event::Executed { rows: 1, elapsed_us: 2, truncated: false },
        "presented" => Event::Presented(answer()),
        "declined" => Event::Declined(Decline::default()),
        "failed" => Event::Failed(problem("lost")),
        "cancelled" => Event::Cancelled,
        other => panic!("no event {other}"),
    }
}

const WORDS: [&str; 20] = [
    "asked",
    "classified",
    "known",
    "retrieved",
    "text",
    "drafted",
    "drafted again",
    "unreadable",
    "unclear",
    "chosen",
    "chosen none",
    "valid",
    "doubted",
    "invalid",
    "cleared",
    "executed",
    "presented",
    "declined",
    "failed",
    "cancelled",
];

fn effect(effect: &Effect<u32>) -> String {
    let stage = |s: Stage| format!("{s:?}").to_lowercase();
    match effect {
        Effect::Start(s) => format!("+{}", stage(*s)),
        Effect::Finish { stage: s, .. } => format!("-{}", stage(*s)),
        Effect::Emit(what) => {
            let what = serde_json::to_value(what).unwrap();
            format!("emit {}", what["event"].as_str().unwrap())
        }
        Effect::Work(task) => match task {
            Task::Classify => "do classify".into(),
            Task::Retrieve => "do retrieve".into(),
            Task::Draft { mend: None } => "do draft".into(),
            Task::Draft { mend: Some(m) } => format!("do draft ({}: {})", m.sql, m.problem.message),
            Task::Validate { sql } => format!("do validate {sql}"),
            Task::Clear { sql } => format!("do clear {sql}"),
            Task::Execute { cleared, .. } => format!("do execute {cleared}"),
            Task::Present => "do present".into(),
        },
    }
}

/// All effects of these events, one after the other.
fn play(events: &[Event<u32>]) -> (State, Vec<Effect<u32>>) {
    let mut state = State::Idle;
    let mut all = Vec::new();
    for event in events {
        let (next, effects) = advance(state, event.clone());
        state = next;
        all.extend(effects);
    }
    (state, all)
}

/// `events` separated by commas; the effects of the last one.
#[track_caller]
fn check(events: &str, expected: &str) {
    let events: Vec<_> = events.split(", ").map(event).collect();
    let (before, last) = events.split_at(events.len() - 1);
    let (state, _) = play(before);
    let (_, effects) = advance(state, last[0].clone());
    let effects: Vec<_> = effects.iter().map(effect).collect();
    assert_eq!(effects.join(", "), expected);
}

#[test]
fn the_straight_way() {
    check("asked", "emit started, +classify, do classify");
    check("asked, classified", "-classify, +retrieve, do retrieve");
    check("asked, classified, retrieved", "-retrieve, +draft, do draft");
    check("asked, classified, retrieved, text", "emit draft_text");
    let drafted = "asked, classified, retrieved, drafted";
    check(drafted, "-draft, emit drafted, +validate, do validate A");
    check(&format!("{drafted}, valid"), "-validate, +clear, do clear A");
    let cleared = format!("{drafted}, valid, cleared");
    check(&cleared, "-clear, emit cleared, +execute, do execute 7");
    check(&format!("{cleared}, executed"), "-execute, emit executed, +present, do present");
    check(&format!("{cleared}, executed, presented"), "-present, emit answered");
}

#[test]
fn one_repair() {
    let invalid = "asked, classified, retrieved, drafted, invalid";
    check(invalid, "-validate, emit repairing, +draft, do draft (A: no such column)");
    check(&format!("{invalid}, drafted again"), "-draft, emit drafted, +validate, do validate B");
    check(&format!("{invalid}, drafted again, valid"), "-validate, +clear, do clear B");
    check(&format!("{invalid}, drafted again, invalid"), "emit failed");
    check(&format!("{invalid}, unreadable"), "emit failed");
    let unreadable = "asked, classified, retrieved, unreadable";
    check(unreadable, "-draft, emit repairing, +draft, do draft (: no JSON)");
    check(&format!("{unreadable}, drafted, invalid"), "emit failed");
}

#[test]
fn asking_back() {
    let unclear = "asked, classified, retrieved, unclear";
    check(unclear, "-draft, emit clarifying");
    let chosen = format!("{unclear}, chosen");
    check(&chosen, "emit chosen, emit drafted, +validate, do validate B");
    check(&format!("{chosen}, valid"), "-validate, +clear, do clear B");
    // A repair would be another choice, made by nobody.
    check(&format!("{chosen}, invalid"), "emit failed");
    check(&format!("{chosen}, chosen"), "");
    check(&format!("{unclear}, chosen none"), "");
    check(&format!("{unclear}, drafted"), "");
    check(&format!("{unclear}, cancelled"), "emit cancelled");
    check(&format!("{unclear}, cancelled, chosen"), "");
    check("asked, classified, retrieved, chosen", "");
}

#[test]
fn a_second_reading_is_told_with_the_check() {
    let drafted = "asked, classified, retrieved, drafted";
    check(&format!("{drafted}, doubted"), "-validate, emit second_reading, +clear, do clear A");
}

#[test]
fn early_ends() {
    check("asked, known", "-classify, emit answered");
    check("asked, declined", "emit declined");
    check("asked, classified, retrieved, declined", "emit declined");
    check("asked, classified, retrieved, drafted, valid, declined", "emit declined");
    check("asked, cancelled", "emit cancelled");
    check("failed", "emit failed");
    check("cancelled, asked", "");
    check("asked, failed, failed", "");
}

#[test]
fn what_does_not_belong_changes_nothing() {
    check("asked, cleared", "");
    check("asked, classified, retrieved, drafted, cleared", "");
    check("asked, classified, retrieved, drafted, executed", "");
    check("asked, asked", "");
    check("text", "");
    // After execution has begun there is a result to tell of; nothing can decline it.
    check("asked, classified, retrieved, drafted, valid, cleared, declined", "");
}

fn ends(effect: &Effect<u32>) -> bool {
    matches!(effect, Effect::Emit(what) if what.ends().is_some())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_events_end_at_most_once_and_run_only_what_was_cleared(
        words in prop::collection::vec(0..WORDS.len(), 0..40),
        marks in prop::collection::vec(any::<u32>(), 40),
    ) {
        let mut events: Vec<Event<u32>> = words.iter().map(|w| event(WORDS[*w])).collect();
        for (event, mark) in events.iter_mut().zip(&marks) {
            if let Event::Cleared { cleared, .. } = event {
                *cleared = *mark;
            }
        }
        let mut state = State::Idle;
        let (mut ended, mut drafts, mut last_valid) = (0, 0, false);
        for event in &events {
            let was_ended = matches!(state, State::Ended(_));
            let (next, effects) = advance(state, event.clone());
            state = next;
            prop_assert!(!was_ended || effects.is_empty(), "nothing follows the end");
            ended += effects.iter().filter(|e| ends(e)).count();
            if let Some(at) = effects.iter().position(ends) {
                prop_assert_eq!(at, effects.len() - 1, "and nothing follows in the same step");
            }
            let works = effects.iter().filter(|e| matches!(e, Effect::Work(_))).count();
            prop_assert!(works <= 1);
            for effect in &effects {
                match effect {
                    Effect::Work(Task::Draft { .. }) => drafts += 1,
                    Effect::Work(Task::Clear { .. }) => last_valid = true,
                    Effect::Emit(Happening::Drafted { .. }) => last_valid = false,
                    Effect::Work(Task::Execute { cleared, .. }) => {
                        prop_assert!(last_valid, "only the newest draft, and only when valid");
                        let is_it = matches!(event, Event::Cleared { cleared: c, .. } if c == cleared);
                        prop_assert!(is_it, "exactly what the guard gave");
                    }
                    _ => {}
                }
            }
        }
        prop_assert!(ended <= 1);
        prop_assert_eq!(ended == 1, matches!(state, State::Ended(_)));
        prop_assert!(drafts <= 2, "one repair");
        // However far it came, it can be ended.
        let (state, _) = advance::<u32>(state, Event::Cancelled);
        prop_assert!(matches!(state, State::Ended(_)));
    }
}
