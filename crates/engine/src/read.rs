//! One question from text to ranked readings.

use crate::{
    Ask, Outcome, Reading,
    build::{Builder, build},
    draft::Draft,
    explain::Explainer,
    lexicon::{Item, Lexicon},
    link::{Links, Seg, link},
    parse::parse,
    plan::{Plan, Pred},
    resolve::resolve,
    sql::Writer,
    text::{self, Kind},
    words,
};
use model::run::Decline;
use std::collections::HashMap;

/// How many settlements of names are built into statements.
const WIDTH: usize = 6;
/// Below this a reading is a guess.
const CONFIDENT: f32 = 0.72;
const PLAUSIBLE: f32 = 0.2;

struct Candidate {
    plan: Plan,
    sql: String,
    score: f32,
}

pub(crate) fn read(ask: &Ask<'_>) -> Outcome {
    let question = crate::follow::complete_question(ask);
    let tokens = text::tokens(&question);
    let mut links = link(tokens, ask.lexicon, ask.values, ask.today);
    let draft = parse(&mut links, ask.lexicon);
    let unknown = unknown_words(&links, &draft);
    let found = candidates(&draft, &links, ask.lexicon);
    if found.is_empty() {
        return declined(ask, unknown);
    }
    let readings: Vec<Reading> =
        found.iter().map(|c| reading(c, &found, &links, &unknown, ask.lexicon)).collect();
    if readings[0].score < PLAUSIBLE {
        return declined(ask, unknown);
    }
    Outcome::Readings(readings)
}

fn declined(ask: &Ask<'_>, unknown_words: Vec<String>) -> Outcome {
    let text = if unknown_words.is_empty() {
        "I could not connect this question to the tables of this database.".to_owned()
    } else {
        format!("I do not understand: {}.", unknown_words.join(", "))
    };
    Outcome::Declined(Decline { text, unknown_words, suggestions: crate::suggestions(ask.lexicon) })
}

fn candidates(draft: &Draft, links: &Links, lexicon: &Lexicon) -> Vec<Candidate> {
    let mentioned = mentioned(links, lexicon);
    let writer = Writer { lexicon };
    let mut out: Vec<Candidate> = Vec::new();
    if links.nouns.is_empty() && links.values.iter().all(|v| v.hits.is_empty()) {
        return out;
    }
    for settled in resolve(draft, links, lexicon, WIDTH) {
        let builder = Builder { draft, links, lexicon, settled: &settled, mentioned: &mentioned };
        let Some((plan, lost)) = build(&builder) else { continue };
        if plan.select.is_empty() && plan.star.is_none() {
            continue;
        }
        let sql = writer.write(&plan);
        if out.iter().any(|c| c.sql == sql) {
            continue;
        }
        #[allow(clippy::cast_precision_loss)]
        let score = settled.score - 0.7 * lost as f32;
        out.push(Candidate { plan, sql, score });
    }
    out.sort_by(|a, b| b.score.total_cmp(&a.score));
    out
}

/// Columns that words of the question point at, other than by the table's own name.
fn mentioned(links: &Links, lexicon: &Lexicon) -> HashMap<usize, f32> {
    let mut out: HashMap<usize, f32> = HashMap::new();
    for token in links.tokens.iter().filter(|t| t.kind == Kind::Word && !words::is_stop(&t.lower)) {
        for p in lexicon.postings(&token.lemma) {
            if let Item::Column(c) = p.item
                && !lexicon.columns[c].phrase.inherited[usize::from(p.position)]
            {
                let slot = out.entry(c).or_insert(0.0);
                *slot = slot.max(p.weight);
            }
        }
    }
    out
}

/// Content words that became nothing.
fn unknown_words(links: &Links, draft: &Draft) -> Vec<String> {
    let plain = links.segs.iter().filter(|(s, _)| *s == Seg::Word).map(|(_, t)| *t);
    let mut tokens: Vec<usize> = plain.chain(draft.unread.iter().copied()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
        .into_iter()
        .map(|t| &links.tokens[t])
        .filter(|t| t.kind == Kind::Word && !words::is_stop(&t.lower))
        .map(|t| t.text.clone())
        .collect()
}

fn reading(
    c: &Candidate,
    all: &[Candidate],
    links: &Links,
    unknown: &[String],
    lexicon: &Lexicon,
) -> Reading {
    let explainer = Explainer { lexicon };
    let score = crate::confidence::confidence(
        c.score,
        all.iter().map(|c| c.score),
        &c.plan,
        links,
        unknown.len(),
    );
    let (tables, columns) = touched(&c.plan, lexicon);
    let used_words = links
        .tokens
        .iter()
        .filter(|t| t.kind == Kind::Word && !words::is_stop(&t.lower) && !unknown.contains(&t.text))
        .map(|t| t.text.clone())
        .collect();
    Reading {
        sql: c.sql.clone(),
        paraphrase: explainer.sentence(&c.plan),
        score,
        confident: score >= CONFIDENT,
        used_words,
        unused_words: unknown.to_vec(),
        chips: explainer.chips(&c.plan),
        tables,
        columns,
        follow_ups: explainer.follow_ups(&c.plan),
    }
}

type Touched = (Vec<(String, String)>, Vec<(String, String, String)>);

fn touched(plan: &Plan, lexicon: &Lexicon) -> Touched {
    let mut tables = Vec::new();
    let mut columns = Vec::new();
    collect(plan, &mut tables, &mut columns);
    let name = |t: usize| (lexicon.tables[t].schema.clone(), lexicon.tables[t].name.clone());
    let mut tables: Vec<_> = tables.into_iter().map(name).collect();
    let mut columns: Vec<_> = columns
        .into_iter()
        .map(|c| {
            let (schema, table) = name(lexicon.columns[c].table);
            (schema, table, lexicon.columns[c].name.clone())
        })
        .collect();
    tables.sort();
    tables.dedup();
    columns.sort();
    columns.dedup();
    (tables, columns)
}

fn collect(plan: &Plan, tables: &mut Vec<usize>, columns: &mut Vec<usize>) {
    tables.extend(&plan.tables);
    plan.select.iter().chain(&plan.group).for_each(|e| e.columns(columns));
    plan.order.iter().for_each(|(e, _)| e.columns(columns));
    for p in plan.filter.iter().chain(&plan.having) {
        p.columns(columns);
        if let Pred::In { query, .. } | Pred::CompareQuery(_, _, query) = p {
            collect(query, tables, columns);
        }
    }
    if let Some(other) = &plan.intersect {
        collect(other, tables, columns);
    }
}
