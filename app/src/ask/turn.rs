//! One question with what has happened to it so far: the run's event log, folded.
//!
//! Pure, so that a reload, a dropped line or a repeated event gives the same picture: events are
//! applied in order of their number and a number seen before is ignored.

use model::{
    error::Problem,
    id::RunId,
    run::{
        Answer, Clarification, Decline, Happening, RunEvent, RunStatus, RunSummary, SecondReading,
        Stage,
    },
};

/// A question and its run, as the panel shows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub run: RunId,
    pub question: String,
    pub status: RunStatus,
    /// The number of the newest event applied: where a reader resumes.
    pub seen: u32,
    /// Who drafted: `built-in engine`, or a model's name.
    pub drafter: String,
    pub stages: Vec<StageLine>,
    /// A model's text while it streams.
    pub draft_text: String,
    /// The newest form of the statement: drafted, then as the guard rendered it.
    pub sql: Option<String>,
    /// How the drafter says it understood the question.
    pub explanation: String,
    /// What was asked back, and the place of what was chosen.
    pub clarification: Option<Clarification>,
    pub chosen: Option<u32>,
    /// The built-in engine's reading beside a model's statement.
    pub second: Option<SecondReading>,
    pub executed: Option<Executed>,
    pub answer: Option<Answer>,
    pub declined: Option<Decline>,
    pub problem: Option<Problem>,
    /// When its answer was removed; there are no events to read any more. RFC 3339, UTC.
    pub pruned_at: Option<String>,
}

/// A stage that has started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageLine {
    pub stage: Stage,
    pub started_at_ms: i64,
    /// Microseconds and the stage's note, once it has finished.
    pub finished: Option<(u64, String)>,
    /// How often it ran: more than once after a repair.
    pub times: u32,
}

/// What the database did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Executed {
    pub rows: u64,
    pub elapsed_us: u64,
    pub truncated: bool,
}

impl Turn {
    /// A question that was just sent.
    #[must_use]
    pub fn asked(run: RunId, question: String) -> Self {
        Self {
            run,
            question,
            status: RunStatus::Running,
            seen: 0,
            drafter: String::new(),
            stages: Vec::new(),
            draft_text: String::new(),
            sql: None,
            explanation: String::new(),
            clarification: None,
            chosen: None,
            second: None,
            executed: None,
            answer: None,
            declined: None,
            problem: None,
            pruned_at: None,
        }
    }

    /// A run as a conversation lists it, before its events are read.
    #[must_use]
    pub fn listed(summary: &RunSummary) -> Self {
        Self {
            status: summary.status,
            sql: summary.sql.clone(),
            pruned_at: summary.pruned_at.clone(),
            ..Self::asked(summary.id, summary.question.clone())
        }
    }

    #[must_use]
    pub fn is_running(&self) -> bool {
        self.status == RunStatus::Running
    }

    /// Are the events that ended this run here, or those that it waits with?
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.is_running() && (self.seen > 0 || self.pruned_at.is_some())
    }

    /// Takes the next event. One that was seen before changes nothing.
    pub fn apply(&mut self, event: RunEvent) {
        if event.seq <= self.seen {
            return;
        }
        self.seen = event.seq;
        if let Some(status) = event.what.rests() {
            self.status = status;
            self.draft_text.clear();
        }
        match event.what {
            Happening::Started { question, drafter } => {
                self.question = question;
                self.drafter = drafter;
            }
            Happening::StageStarted { stage } => self.start(stage, event.at_ms),
            Happening::StageFinished { stage, elapsed_us, note } => {
                self.finish(stage, elapsed_us, note, event.at_ms);
            }
            Happening::DraftText { text } => self.draft_text.push_str(&text),
            Happening::Drafted { sql, explanation, .. } => {
                self.sql = Some(sql);
                self.explanation = explanation;
                self.draft_text.clear();
            }
            Happening::Clarifying(clarification) => self.clarification = Some(clarification),
            Happening::Chosen { choice, .. } => {
                self.chosen = Some(choice);
                self.status = RunStatus::Running;
            }
            Happening::SecondReading(second) => self.second = Some(second),
            Happening::Repairing { .. } => self.draft_text.clear(),
            Happening::Cleared { sql } => self.sql = Some(sql),
            Happening::Executed { rows, elapsed_us, truncated } => {
                self.executed = Some(Executed { rows, elapsed_us, truncated });
            }
            Happening::Answered(answer) => self.answer = Some(answer),
            Happening::Declined(decline) => self.declined = Some(decline),
            Happening::Failed { problem } => self.problem = Some(problem),
            Happening::Cancelled => {}
        }
    }

    fn start(&mut self, stage: Stage, at_ms: i64) {
        match self.stages.iter_mut().find(|line| line.stage == stage) {
            Some(line) => {
                line.times += 1;
                line.finished = None;
                line.started_at_ms = at_ms;
            }
            None => self.stages.push(StageLine {
                stage,
                started_at_ms: at_ms,
                finished: None,
                times: 1,
            }),
        }
    }

    fn finish(&mut self, stage: Stage, elapsed_us: u64, note: String, at_ms: i64) {
        if !self.stages.iter().any(|line| line.stage == stage) {
            self.start(stage, at_ms);
        }
        if let Some(line) = self.stages.iter_mut().find(|line| line.stage == stage) {
            line.finished = Some((elapsed_us, note));
        }
    }

    /// Microseconds spent in finished stages.
    #[must_use]
    pub fn elapsed_us(&self) -> u64 {
        self.stages.iter().filter_map(|line| line.finished.as_ref()).map(|(us, _)| us).sum()
    }

    /// Rows that the answer's preview leaves out.
    #[must_use]
    pub fn rows_beyond_preview(&self) -> u64 {
        let shown = self.answer.as_ref().map_or(0, |answer| answer.preview.rows.len() as u64);
        self.executed.map_or(0, |executed| executed.rows.saturating_sub(shown))
    }
}

/// A length of time for people: `< 0.1 ms`, `0.4 ms`, `12 ms`, `1.3 s`, `2 min 5 s`.
#[must_use]
pub fn duration(us: u64) -> String {
    match us {
        0..100 => "< 0.1 ms".to_owned(),
        100..1_000 => format!("0.{} ms", us / 100),
        1_000..1_000_000 => format!("{} ms", us / 1_000),
        1_000_000..60_000_000 => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
        _ => format!("{} min {} s", us / 60_000_000, us % 60_000_000 / 1_000_000),
    }
}

/// A count with thin grouping: `12,345`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{error::ProblemCode, result::ResultTable, run::Choice};

    fn run() -> RunId {
        "01900000-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn after(events: Vec<Happening>) -> Turn {
        let mut turn = Turn::asked(run(), "how many orders".into());
        for (index, what) in events.into_iter().enumerate() {
            turn.apply(RunEvent { seq: index as u32 + 1, at_ms: 1_000, what });
        }
        turn
    }

    fn answer() -> Answer {
        Answer {
            text: "There are 3 orders.".into(),
            chart: None,
            follow_ups: vec![],
            understood: vec![],
            confidence: None,
            preview: ResultTable { columns: vec![], rows: vec![vec![Some("3".into())]] },
        }
    }

    #[test]
    fn a_run_goes_from_question_to_answer() {
        let turn = after(vec![
            Happening::Started { question: "how many orders".into(), drafter: "engine".into() },
            Happening::StageStarted { stage: Stage::Draft },
            Happening::DraftText { text: "select".into() },
            Happening::Drafted { sql: "select 1".into(), explanation: "counts".into(), attempt: 1 },
            Happening::StageFinished { stage: Stage::Draft, elapsed_us: 1_500, note: "1".into() },
            Happening::Cleared { sql: "SELECT 1 LIMIT 10001".into() },
            Happening::Executed { rows: 3, elapsed_us: 900, truncated: false },
            Happening::Answered(answer()),
        ]);
        assert_eq!(turn.status, RunStatus::Done);
        assert_eq!(turn.seen, 8);
        assert_eq!(turn.sql.as_deref(), Some("SELECT 1 LIMIT 10001"));
        assert_eq!(turn.draft_text, "");
        assert_eq!(turn.elapsed_us(), 1_500);
        assert_eq!(turn.rows_beyond_preview(), 2);
        assert!(turn.is_complete());
    }

    #[test]
    fn a_repeated_event_changes_nothing() {
        let mut turn = after(vec![
            Happening::StageStarted { stage: Stage::Draft },
            Happening::DraftText { text: "se".into() },
        ]);
        let before = turn.clone();
        turn.apply(RunEvent {
            seq: 2,
            at_ms: 1_000,
            what: Happening::DraftText { text: "se".into() },
        });
        assert_eq!(turn, before);
    }

    #[test]
    fn a_repair_runs_a_stage_again_in_its_place() {
        let problem = Problem::new(ProblemCode::Database, "no such column");
        let turn = after(vec![
            Happening::StageStarted { stage: Stage::Draft },
            Happening::StageFinished { stage: Stage::Draft, elapsed_us: 5, note: String::new() },
            Happening::StageStarted { stage: Stage::Validate },
            Happening::Repairing { problem },
            Happening::StageStarted { stage: Stage::Draft },
        ]);
        let stages: Vec<_> = turn.stages.iter().map(|line| (line.stage, line.times)).collect();
        assert_eq!(stages, [(Stage::Draft, 2), (Stage::Validate, 1)]);
        assert_eq!(turn.stages[0].finished, None);
    }

    #[test]
    fn a_run_that_asks_back_waits_until_something_is_chosen() {
        let choices = vec![Choice::default(), Choice::default()];
        let clarification = Clarification { question: "Which?".into(), choices };
        let mut turn = after(vec![Happening::Clarifying(clarification)]);
        assert_eq!((turn.status, turn.is_running()), (RunStatus::Waiting, false));
        let chosen = Happening::Chosen { choice: 1, paraphrase: "Counting.".into() };
        turn.apply(RunEvent { seq: 2, at_ms: 1_000, what: chosen });
        assert_eq!((turn.status, turn.chosen), (RunStatus::Running, Some(1)));
        turn.apply(RunEvent { seq: 3, at_ms: 1_000, what: Happening::Answered(answer()) });
        assert_eq!(turn.status, RunStatus::Done);
    }

    #[test]
    fn a_failure_ends_the_run() {
        let problem = Problem::new(ProblemCode::Model, "The key is wrong.").hint("Set a new one.");
        let turn = after(vec![Happening::Failed { problem: problem.clone() }]);
        assert_eq!(turn.status, RunStatus::Failed);
        assert_eq!(turn.problem, Some(problem));
    }

    #[test]
    fn lengths_and_counts_read_well() {
        let cases = [(40, "< 0.1 ms"), (450, "0.4 ms"), (12_900, "12 ms"), (1_340_000, "1.3 s")];
        for (us, text) in cases {
            assert_eq!(duration(us), text);
        }
        assert_eq!(duration(125_000_000), "2 min 5 s");
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
