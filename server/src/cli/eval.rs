//! `querent eval`: measures what answers questions, on questions and databases of one's own.

use super::{
    database::{self, Opened},
    output,
};
use crate::databases::{Prepared, values};
use anyhow::{Context, Result};
use catalog::ValueIndex;
use clap::{Args, Subcommand, ValueEnum};
use engine::{Date, Lexicon, eval};
use serde::Deserialize;
use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::PathBuf,
    time::Instant,
};
use time::OffsetDateTime;

#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// Answer questions with the built-in engine, a JSON line each
    ///
    /// Writes {"id", "predicted_sql" or null, "status", "confidence", "paraphrase", "ms"}.
    Engine(EngineArgs),
}

#[derive(Debug, Args)]
pub struct EngineArgs {
    /// JSON lines {"id", "db", "question"}
    #[arg(long)]
    questions: PathBuf,
    /// SQLite files by database: 'dir/{db}.sqlite'
    #[arg(long)]
    databases: String,
    /// Where the predictions go
    #[arg(long)]
    out: PathBuf,
    /// The field that holds the question
    #[arg(long, default_value = "question")]
    field: String,
    /// Only databases that rules are made on (tune), or only the others (held): a fifth, by a hash of the name
    #[arg(long)]
    part: Option<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Tune,
    Held,
}

impl Part {
    fn has(self, db: &str) -> bool {
        (self == Self::Held) == eval::is_held_out(db)
    }
}

#[derive(Deserialize)]
struct Asked {
    id: String,
    db: String,
    #[serde(flatten)]
    fields: HashMap<String, serde_json::Value>,
}

pub async fn run(command: &EvalCommand) -> Result<()> {
    match command {
        EvalCommand::Engine(args) => engine(args).await,
    }
}

async fn engine(args: &EngineArgs) -> Result<()> {
    let questions = File::open(&args.questions)
        .with_context(|| format!("cannot read {}", args.questions.display()))?;
    let out =
        File::create(&args.out).with_context(|| format!("cannot write {}", args.out.display()))?;
    let mut out = BufWriter::new(out);
    let mut known: HashMap<String, (Lexicon, ValueIndex)> = HashMap::new();
    let (start, today) = (Instant::now(), today());
    let mut times = Vec::new();
    for (number, line) in BufReader::new(questions).lines().enumerate() {
        let line = line.context("the questions cannot be read")?;
        if line.trim().is_empty() {
            continue;
        }
        let asked: Asked = serde_json::from_str(&line)
            .with_context(|| format!("line {} is no question", number + 1))?;
        if args.part.is_some_and(|part| !part.has(&asked.db)) {
            continue;
        }
        if !known.contains_key(&asked.db) {
            known.insert(asked.db.clone(), load(&args.databases, &asked.db).await?);
        }
        let (lexicon, values) = &known[&asked.db];
        let question = asked.fields.get(&args.field).and_then(|q| q.as_str()).unwrap_or_default();
        let clock = || start.elapsed().as_secs_f64() * 1e3;
        let found = eval::predict(&asked.id, question, lexicon, values, today, clock);
        times.push(found.ms);
        serde_json::to_writer(&mut out, &found)?;
        out.write_all(b"\n").context("the predictions cannot be written")?;
    }
    out.flush().context("the predictions cannot be written")?;
    output::line(&summary(times));
    Ok(())
}

async fn load(pattern: &str, db: &str) -> Result<(Lexicon, ValueIndex)> {
    let url = format!("sqlite:{}", pattern.replace("{db}", db));
    let Opened { connector, catalog } = database::open(&url).await?;
    let prepared = Prepared::new(catalog, String::new());
    let sources = values::sources(connector.as_ref(), &prepared).await;
    connector.close().await;
    Ok((Lexicon::new(&prepared.catalog), ValueIndex::new(sources)))
}

fn today() -> Date {
    let date = OffsetDateTime::now_utc().date();
    Date { year: date.year(), month: u8::from(date.month()), day: date.day() }
}

fn summary(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    format!("{} questions, p50 {:.2} ms, p99 {:.2} ms", times.len(), at(0.5), at(0.99))
}
