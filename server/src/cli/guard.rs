//! `querent guard`: the gate as a filter, for scripts and anybody's CI.

use super::{
    database::{self, Opened},
    output,
};
use anyhow::{Context, Result, bail};
use clap::Args;
use guard::{Facts, Gate, Policy, jsonl};
use std::{
    collections::BTreeMap,
    io::{BufRead, Write},
    path::PathBuf,
};

/// Rows that a cleared statement may return.
const ROW_LIMIT: u64 = 10_000;

#[derive(Debug, Args)]
pub struct GuardArgs {
    /// The database whose structure counts: postgres://…, mysql://… or sqlite:file
    #[arg(long)]
    url: String,
    /// A policy file (YAML or JSON): denied tables, masks, row filters
    #[arg(long)]
    policy: Option<PathBuf>,
    /// What row filters may name, as `region=EU`; may be given more than once
    #[arg(long = "user-attrs", value_name = "NAME=VALUE", value_delimiter = ',')]
    attributes: Vec<String>,
    /// Read JSON lines `{"id", "sql"}` and answer each with one
    #[arg(long, required = true)]
    jsonl: bool,
    /// Answer `allow`, `masked` (some result column shows a mask) or `deny` (writes too)
    #[arg(long)]
    reads_only: bool,
}

pub async fn run(args: &GuardArgs) -> Result<()> {
    let policy = policy(args)?;
    let attributes = attributes(&args.attributes)?;
    let Opened { connector, catalog } = database::open(&args.url).await?;
    connector.close().await;
    let facts = Facts::new(&catalog);
    let gate = Gate {
        facts: &facts,
        policy: &policy,
        attributes: &attributes,
        row_limit: Some(ROW_LIMIT),
    };
    let words = if args.reads_only { jsonl::Words::Corpus } else { jsonl::Words::Full };
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.context("standard input cannot be read")?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line = String::from_utf8_lossy(&line);
        let answer = jsonl::answer(&gate, &line, words);
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            output::error("querent: nobody reads the answers any more");
            break;
        }
    }
    Ok(())
}

fn policy(args: &GuardArgs) -> Result<Policy> {
    let Some(path) = &args.policy else { return Ok(Policy::default()) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the policy {}", path.display()))?;
    serde_saphyr::from_str(&text).with_context(|| format!("{} is no policy", path.display()))
}

fn attributes(pairs: &[String]) -> Result<BTreeMap<String, String>> {
    pairs
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => bail!("'{pair}' is no attribute: write name=value"),
        })
        .collect()
}
