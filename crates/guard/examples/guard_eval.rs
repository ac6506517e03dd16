//! Answers `guard_eval.py`: `cargo run -p guard --example guard_eval -- --catalog a.json … --policy
//! p.json`, one catalogue for each dialect. `engine: both` must hold for MySQL and MariaDB alike.
#![allow(clippy::print_stdout)]

use guard::{
    Facts, Flavour, Gate, Policy,
    jsonl::{Answer, Decision, Question, Words, decide},
};
use model::catalog::Catalog;
use std::{collections::BTreeMap, error::Error, fs, io::BufRead};

fn main() -> Result<(), Box<dyn Error>> {
    let mut facts = Vec::new();
    let mut policy = Policy::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let file = arguments.next().ok_or("a file must follow each option")?;
        let text = fs::read_to_string(&file)?;
        match argument.as_str() {
            "--catalog" => facts.push(Facts::new(&serde_json::from_str::<Catalog>(&text)?)),
            "--policy" => policy = serde_json::from_str(&text)?,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    let attributes = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let question: Question = serde_json::from_str(&line)?;
        let mut answers = Vec::new();
        for facts in facts.iter().filter(|facts| fits(facts.flavour(), &question)) {
            let gate =
                Gate { facts, policy: &policy, attributes: &attributes, row_limit: Some(10_001) };
            let question = serde_json::from_str(&line)?;
            answers.push(decide(&gate, question, Words::Corpus));
        }
        println!("{}", serde_json::to_string(&worst(answers))?);
    }
    Ok(())
}

fn fits(flavour: Flavour, question: &Question) -> bool {
    match (question.dialect.as_deref(), question.engine.as_deref()) {
        (Some("postgres"), _) => flavour == Flavour::Postgres,
        (Some("sqlite"), _) => flavour == Flavour::Sqlite,
        (_, Some("mysql")) => flavour == Flavour::MySql,
        (_, Some("mariadb")) => flavour == Flavour::MariaDb,
        _ => matches!(flavour, Flavour::MySql | Flavour::MariaDb),
    }
}

/// For a case of both engines the stranger answer counts: a pair of unequal answers is shown as
/// such.
fn worst(answers: Vec<Answer>) -> Option<Answer> {
    let unequal = answers.windows(2).any(|pair| pair[0].decision != pair[1].decision);
    let mut answers = answers.into_iter();
    let mut first = answers.next()?;
    if unequal {
        eprintln!("unequal: {}", first.id);
        if first.decision != Decision::Deny {
            first = answers.next()?;
        }
    }
    Some(first)
}
