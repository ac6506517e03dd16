//! `eval engine`: the built-in engine on the evaluation data beside the checkout, when that is there.
//!
//! `querent eval engine` predicts, `exec_eval.py` of the data judges by running both statements; this
//! groups what the two say. Nothing of the data comes into the checkout.

use crate::process;
use crate::step::step;
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Subcommand)]
pub enum EvalTask {
    /// Accuracy, precision where it is confident, time, and what goes wrong.
    Engine(EngineArgs),
}

#[derive(Args)]
pub struct EngineArgs {
    /// The evaluation data.
    #[arg(long, default_value = "../shared/eval")]
    data: PathBuf,
    /// Derived databases that an answer must be right on as well; 0 is quick.
    #[arg(long, default_value_t = 4)]
    variants: u32,
}

/// Databases that rules were made on, and those that were not; questions as asked, and with other words.
const SPLITS: [(&str, &str, &str); 4] = [
    ("tuning databases", "tune", "question"),
    ("held-out databases", "held", "question"),
    ("tuning, paraphrased", "tune", "syn_question"),
    ("held-out, paraphrased", "held", "syn_question"),
];

pub fn eval(workspace: &Workspace, task: &EvalTask) -> Result<()> {
    let EvalTask::Engine(args) = task;
    let data = workspace.root.join(&args.data);
    let questions = data.join("spider-train/questions.jsonl");
    if !questions.is_file() {
        bail!(
            "there is no evaluation data in {}: put it there or name its place with `--data` \
             (what it must hold: README of the data, and `querent eval engine --help`)",
            data.display()
        );
    }
    let python = tools::debian("python3", &[], "python3")?;
    step("server", || {
        process::check(process::cargo(&workspace.root).args([
            "build",
            "--package=server",
            "--bin=querent",
        ]))
    })?;
    let gold = lines::<Gold>(&questions)?;
    let run = Runner {
        workspace,
        data: &data,
        questions: &questions,
        python: &python,
        variants: args.variants,
    };
    for (title, part, field) in SPLITS {
        let answers = run.answers(title, part, field, &gold)?;
        println!("\n{}", report(title, &answers));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Gold {
    id: String,
    gold: Vec<String>,
    hardness: Option<String>,
}

#[derive(Deserialize)]
struct Prediction {
    id: String,
    predicted_sql: Option<String>,
    status: String,
    ms: f64,
}

#[derive(Deserialize)]
struct Verdict {
    id: String,
    verdict: String,
}

/// A question with everything that is known about its answer.
struct Answer {
    hardness: String,
    status: String,
    verdict: String,
    ms: f64,
    gold: String,
    predicted: String,
}

impl Answer {
    fn is_right(&self) -> bool {
        self.verdict == "correct"
    }
}

struct Runner<'a> {
    workspace: &'a Workspace,
    data: &'a Path,
    questions: &'a Path,
    python: &'a Path,
    variants: u32,
}

impl Runner<'_> {
    fn answers(&self, title: &str, part: &str, field: &str, gold: &[Gold]) -> Result<Vec<Answer>> {
        let out = self.workspace.out.join("eval");
        fs::create_dir_all(&out).with_context(|| format!("making {}", out.display()))?;
        let file = |what: &str| out.join(format!("{part}-{field}-{what}.jsonl"));
        let (predicted, asked, judged) = (file("predicted"), file("gold"), file("judged"));
        let databases = self.data.join("spider-train/database/{db}.sqlite");
        step(&format!("{title}: answering"), || {
            process::quietly(
                Command::new(self.workspace.server_binary(false))
                    .args(["eval", "engine", "--part", part, "--field", field])
                    .arg("--questions")
                    .arg(self.questions)
                    .arg("--databases")
                    .arg(&databases)
                    .arg("--out")
                    .arg(&predicted),
            )
        })?;
        let predictions: HashMap<String, Prediction> =
            lines::<Prediction>(&predicted)?.into_iter().map(|p| (p.id.clone(), p)).collect();
        // The judge counts every question that it is given: it gets those of this part.
        select(self.questions, &asked, |id| predictions.contains_key(id))?;
        step(&format!("{title}: judging"), || {
            process::quietly(
                Command::new(self.python)
                    .arg(self.data.join("exec_eval.py"))
                    .arg("--gold")
                    .arg(&asked)
                    .arg("--pred")
                    .arg(&predicted)
                    .arg("--sqlite")
                    .arg(&databases)
                    .arg("--out")
                    .arg(&judged)
                    .args(["--variants", &self.variants.to_string()]),
            )
        })?;
        let verdicts: HashMap<String, String> =
            lines::<Verdict>(&judged)?.into_iter().map(|v| (v.id, v.verdict)).collect();
        let joined = gold.iter().filter_map(|question| {
            let predicted = predictions.get(&question.id)?;
            let gold = question.gold.first()?.clone();
            Some(Answer {
                hardness: question.hardness.clone().unwrap_or_else(|| hardness(&gold).to_owned()),
                status: predicted.status.clone(),
                verdict: verdicts.get(&question.id)?.clone(),
                ms: predicted.ms,
                predicted: predicted.predicted_sql.clone().unwrap_or_default(),
                gold,
            })
        });
        Ok(joined.collect())
    }
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let parse =
        |line| serde_json::from_str(line).with_context(|| format!("a line of {}", path.display()));
    text.lines().filter(|line| !line.trim().is_empty()).map(parse).collect()
}

fn select(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
    #[derive(Deserialize)]
    struct Named {
        id: String,
    }
    let text = fs::read_to_string(from).with_context(|| format!("reading {}", from.display()))?;
    let mut out = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Named { id } = serde_json::from_str(line).context("a question has no id")?;
        if wanted(&id) {
            out.push_str(line);
            out.push('\n');
        }
    }
    fs::write(to, out).with_context(|| format!("writing {}", to.display()))
}

fn report(title: &str, answers: &[Answer]) -> String {
    let mut out = format!("{title}: {}\n", share(answers.iter()));
    for hardness in ["easy", "medium", "hard", "extra"] {
        let some = answers.iter().filter(|a| a.hardness == hardness);
        out.push_str(&format!("  {hardness:10} {}\n", share(some)));
    }
    let sure = answers.iter().filter(|a| a.status == "confident");
    out.push_str(&format!("  right where confident: {}\n", share(sure)));
    let count = |status: &str| answers.iter().filter(|a| a.status == status).count();
    out.push_str(&format!("  asked back: {}, declined: {}\n", count("clarify"), count("declined")));
    out.push_str(&format!("  time: {}\n", times(answers)));
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for answer in answers.iter().filter(|a| !a.is_right()) {
        *groups.entry(cause(answer)).or_default() += 1;
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    out.push_str("  not right, by the first thing that differs:\n");
    for (name, count) in groups {
        out.push_str(&format!("    {count:5}  {name}\n"));
    }
    out
}

#[allow(clippy::cast_precision_loss)]
fn share<'a>(answers: impl Iterator<Item = &'a Answer>) -> String {
    let (mut all, mut right) = (0_u32, 0_u32);
    for answer in answers {
        all += 1;
        right += u32::from(answer.is_right());
    }
    match all {
        0 => "none".into(),
        _ => format!("{:.1} % of {all}", 100.0 * f64::from(right) / f64::from(all)),
    }
}

fn times(answers: &[Answer]) -> String {
    let mut times: Vec<f64> = answers.iter().map(|a| a.ms).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    format!("p50 {:.2} ms, p99 {:.2} ms (debug build)", at(50), at(99))
}

/// What a statement is made of, by its words.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    joins: usize,
    selects: usize,
    sets: usize,
    groups: bool,
    having: bool,
    orders: bool,
    limits: bool,
    distinct: bool,
    conditions: usize,
    aggregates: Vec<String>,
    /// Words after FROM and JOIN, sorted.
    tables: Vec<String>,
}

impl Parts {
    fn of(sql: &str) -> Self {
        let words = words(sql);
        let count = |wanted: &[&str]| words.iter().filter(|w| wanted.contains(&w.as_str())).count();
        let after = |wanted: &[&str]| {
            let pairs = words.windows(2).filter(|pair| wanted.contains(&pair[0].as_str()));
            let mut out: Vec<String> =
                pairs.map(|pair| pair[1].clone()).filter(|w| w != "(").collect();
            out.sort();
            out.dedup();
            out
        };
        let mut aggregates: Vec<String> = words
            .windows(2)
            .filter(|pair| {
                pair[1] == "(" && ["count", "sum", "avg", "min", "max"].contains(&pair[0].as_str())
            })
            .map(|pair| pair[0].clone())
            .collect();
        aggregates.sort();
        Self {
            joins: count(&["join"]),
            selects: count(&["select"]),
            sets: count(&["union", "intersect", "except"]),
            groups: count(&["group"]) > 0,
            having: count(&["having"]) > 0,
            orders: count(&["order"]) > 0,
            limits: count(&["limit"]) > 0,
            distinct: count(&["distinct"]) > 0,
            conditions: count(&["where", "and", "or", "like"]),
            aggregates,
            tables: after(&["from", "join"]),
        }
    }
}

/// Lower-case words and signs; texts are one word each.
fn words(sql: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => rest[1..].find('\'').map_or(rest.len(), |at| at + 2),
            c if c.is_alphanumeric() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        if !first.is_whitespace() && !matches!(first, '"' | '`' | '[' | ']') {
            out.push(rest[..length].to_lowercase());
        }
        rest = &rest[length..];
    }
    out
}

/// As Spider counts it, from the statement's words: clauses and joins, nested queries, and the rest.
fn hardness(gold: &str) -> &'static str {
    let parts = Parts::of(gold);
    let clauses = parts.joins
        + parts.conditions
        + [parts.groups, parts.orders, parts.limits].iter().filter(|is| **is).count();
    let nested = parts.selects - 1;
    let others = parts.aggregates.len().saturating_sub(1);
    match (clauses, others, nested) {
        (0..=1, 0, 0) => "easy",
        (0..=2, 0..=1, 0) | (0..=1, 0..=2, 0) => "medium",
        (0..=3, _, 0) | (0..=1, 0, 1) => "hard",
        _ => "extra",
    }
}

/// The first thing by which a wrong answer differs from the right one.
fn cause(answer: &Answer) -> &'static str {
    if answer.predicted.is_empty() {
        return if answer.status == "clarify" { "asked back" } else { "declined" };
    }
    match answer.verdict.as_str() {
        "error" => return "the statement fails",
        "timeout" => return "the statement takes too long",
        _ => {}
    }
    let (gold, mine) = (Parts::of(&answer.gold), Parts::of(&answer.predicted));
    if gold.sets != mine.sets {
        "union, intersection or exception"
    } else if gold.selects != mine.selects {
        "nested query"
    } else if gold.tables != mine.tables {
        "other tables"
    } else if gold.joins != mine.joins {
        "other joins"
    } else if gold.groups != mine.groups || gold.having != mine.having {
        "grouping"
    } else if gold.aggregates != mine.aggregates {
        "counts, sums and the like"
    } else if gold.orders != mine.orders || gold.limits != mine.limits {
        "order or limit"
    } else if gold.conditions != mine.conditions {
        "number of conditions"
    } else if gold.distinct != mine.distinct {
        "distinct"
    } else {
        "columns or values"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_have_a_hardness() {
        for (sql, expected) in [
            ("SELECT count(*) FROM head WHERE age > 56", "easy"),
            ("SELECT a, b FROM t WHERE c = ' and join ' AND d = 2", "medium"),
            ("SELECT a FROM t JOIN u ON t.x = u.x WHERE c = 1 GROUP BY a", "hard"),
            ("SELECT a FROM t WHERE x NOT IN (SELECT x FROM u)", "hard"),
            (
                "SELECT a FROM t JOIN u ON 1 WHERE b = 1 GROUP BY a ORDER BY count(*) DESC LIMIT 1",
                "extra",
            ),
        ] {
            assert_eq!(hardness(sql), expected, "{sql}");
        }
    }

    #[test]
    fn wrong_answers_have_a_cause() {
        let cause = |gold: &str, predicted: &str| {
            super::cause(&Answer {
                hardness: String::new(),
                status: "unsure".into(),
                verdict: "wrong".into(),
                ms: 0.0,
                gold: gold.into(),
                predicted: predicted.into(),
            })
        };
        assert_eq!(cause("SELECT 1", ""), "declined");
        assert_eq!(cause("SELECT a FROM t", "SELECT a FROM \"u\""), "other tables");
        assert_eq!(cause("SELECT a FROM t", "SELECT b FROM t"), "columns or values");
        assert_eq!(
            cause("SELECT max(a) FROM t", "SELECT min(a) FROM t"),
            "counts, sums and the like"
        );
        assert_eq!(
            cause("SELECT a FROM t UNION SELECT b FROM t", "SELECT a FROM t"),
            "union, intersection or exception"
        );
    }
}
