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
const CONFIDENT: f32 = 0.76;
const PLAUSIBLE: f32 = 0.08;

struct Candidate {
    plan: Plan,
    sql: String,
    score: f32,
    /// Parts of the question that found no place in the plan.
    lost: u32,
    /// The weakest match of a name.
    weakest: f32,
}

pub(crate) fn read(ask: &Ask<'_>) -> Outcome {
    let (links, draft) = understand(ask);
    let unknown = unknown_words(&links, &draft);
    let found = candidates(&draft, &links, ask.lexicon, ask.today);
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

fn candidates(
    draft: &Draft,
    links: &Links,
    lexicon: &Lexicon,
    today: crate::Date,
) -> Vec<Candidate> {
    let mentioned = mentioned(links, lexicon);
    let writer = Writer { lexicon };
    let mut out: Vec<Candidate> = Vec::new();
    if links.nouns.is_empty() && links.values.iter().all(|v| v.hits.is_empty()) {
        return out;
    }
    for settled in resolve(draft, links, lexicon, WIDTH) {
        let builder =
            Builder { draft, links, lexicon, settled: &settled, mentioned: &mentioned, today };
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
        let weakest = weakest(&settled, links);
        out.push(Candidate { plan, sql, score, lost, weakest });
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
    let features = features(c, all, links, unknown.len());
    let score = crate::confidence::confidence(&features);
    let (tables, columns) = touched(&c.plan, lexicon);
    let mut chips = explainer.chips(&c.plan);
    crate::chips::add_alternatives(&mut chips, links, lexicon);
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
        chips,
        tables,
        columns,
        follow_ups: explainer.follow_ups(&c.plan),
    }
}

fn weakest(settled: &crate::resolve::Assignment, links: &Links) -> f32 {
    let nouns = links.nouns.iter().zip(&settled.items).filter(|(n, _)| !n.implied);
    nouns
        .filter_map(|(noun, item)| {
            let item = (*item)?;
            noun.candidates.iter().find(|c| c.0 == item).map(|c| c.1)
        })
        .fold(1.0, f32::min)
}

/// What the confidence is made of; the names are in `confidence::NAMES`.
#[allow(clippy::cast_precision_loss)]
fn features(
    c: &Candidate,
    all: &[Candidate],
    links: &Links,
    unknown: usize,
) -> crate::confidence::Features {
    let flag = |b: bool| if b { 1.0 } else { 0.0 };
    let next =
        all.iter().map(|o| o.score).filter(|s| *s < c.score).fold(f32::NEG_INFINITY, f32::max);
    let lead = if next.is_finite() { (c.score - next).clamp(0.0, 0.5) } else { 0.5 };
    let parts = (links.nouns.len() + links.values.len()).max(1) as f32;
    let nested = |p: &Pred| matches!(p, Pred::In { .. } | Pred::CompareQuery(..));
    let missing = links.values.iter().filter(|v| v.hits.is_empty()).count();
    [
        (c.score / parts).clamp(-1.0, 1.5),
        lead,
        unknown as f32,
        c.plan.tables.len().saturating_sub(1) as f32,
        c.lost as f32,
        c.weakest,
        missing as f32,
        flag(c.plan.filter.iter().any(nested)),
        flag(!c.plan.group.is_empty()),
        flag(!c.plan.having.is_empty()),
        flag(c.plan.limit.is_some()),
        flag(c.plan.intersect.is_some()),
        (links.tokens.len() as f32 / 10.0).min(4.0),
        links.nouns.iter().filter(|n| n.implied).count() as f32,
        flag(c.plan.filter.iter().any(|p| matches!(p, Pred::Any(_)))),
        c.plan.select.len() as f32,
    ]
}

/// The features of the best reading, for fitting the weights.
pub(crate) fn best_features(ask: &Ask<'_>) -> Option<crate::confidence::Features> {
    let (links, draft) = understand(ask);
    let unknown = unknown_words(&links, &draft).len();
    let found = candidates(&draft, &links, ask.lexicon, ask.today);
    Some(features(found.first()?, &found, &links, unknown))
}

fn understand(ask: &Ask<'_>) -> (Links, Draft) {
    let question = crate::follow::complete_question(ask);
    let mut links = link(text::tokens(&question), ask.lexicon, ask.values, ask.today);
    let draft = parse(&mut links, ask.lexicon);
    (links, draft)
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
