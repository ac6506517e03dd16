//! One question from text to ranked readings.

mod ambiguous;
mod shapes;
mod touched;
mod unknown;

use crate::{
    Ask, Outcome, Reading,
    build::{Builder, Style, build},
    draft::Draft,
    explain::Explainer,
    lexicon::{Item, Lexicon},
    link::{Links, link},
    parse::parse,
    plan::{Plan, Pred},
    rank::{self, Judge},
    resolve::{Assignment, resolve},
    sql::Writer,
    text::{self, Kind},
    words,
};
use ambiguous::ambiguous;
use model::run::Decline;
use shapes::other_styles;
use std::collections::HashMap;
use touched::touched;
use unknown::{says_too_little, unknown_words, unused_words};

/// How many settlements of names are built into statements.
const WIDTH: usize = 30;
/// How many of them are shaped in other ways as well.
const SHAPED: usize = 8;
/// How many readings are told.
const TOLD: usize = 6;
/// Below this a reading is a guess: nine of ten above it are right on the tuning databases.
const CONFIDENT: f32 = 0.78;
const PLAUSIBLE: f32 = 0.08;
/// Words without a sentence, so few of them, are declined when a third say nothing to the engine.
const SHORT: usize = 5;
/// Readings whose ranks differ by less are asked about when only the home of a word tells them apart.
const CLOSE: f32 = 1.2;

/// One way to take a question apart.
struct Sense {
    links: Links,
    draft: Draft,
    /// Words of the question that could be values were taken for plain words.
    plain: bool,
}

struct Candidate {
    /// Number of its sense.
    sense: usize,
    plan: Plan,
    sql: String,
    /// How likely among the others: `rank`.
    score: f32,
    features: rank::Features,
    /// What every name and value of the question means here.
    settled: Assignment,
    /// How well the words fit.
    fit: f32,
    /// Parts of the question that found no place in the plan.
    lost: u32,
    /// The weakest match of a name.
    weakest: f32,
    /// Tokens that say something and that nothing in the statement answers to.
    unheard: Vec<usize>,
}

pub(crate) fn read(ask: &Ask<'_>) -> Outcome {
    let senses = understand(ask);
    let found = candidates(&senses, ask.lexicon, ask.today);
    let Some(best) = found.first() else {
        return declined(ask, unknown_words(&senses[0]));
    };
    let unused = unused_words(best, &senses);
    let reading = |c: &Candidate| reading(c, &found, &senses, ask.lexicon);
    let readings: Vec<Reading> = found.iter().take(TOLD).map(reading).collect();
    if readings[0].score < PLAUSIBLE || says_too_little(best, &senses) {
        return declined(ask, unused);
    }
    if let Some((question, places)) = ambiguous(&found, &senses, ask.lexicon) {
        let mut choices: Vec<Reading> = Vec::new();
        for choice in places.iter().map(|i| reading(&found[*i])) {
            if choices.iter().all(|c| c.paraphrase != choice.paraphrase) {
                choices.push(choice);
            }
        }
        if choices.len() > 1 {
            return Outcome::Clarify { question, choices };
        }
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

fn candidates(senses: &[Sense], lexicon: &Lexicon, today: crate::Date) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    for (sense, number) in senses.iter().zip(0..) {
        let links = &sense.links;
        if links.nouns.is_empty() && links.values.iter().all(|v| v.hits.is_empty()) {
            continue;
        }
        settle(sense, number, lexicon, today, &mut out);
    }
    out.sort_by(|a, b| b.score.total_cmp(&a.score));
    out
}

/// Adds what one sense of the question may become.
fn settle(
    sense: &Sense,
    number: usize,
    lexicon: &Lexicon,
    today: crate::Date,
    out: &mut Vec<Candidate>,
) {
    let Sense { links, draft, plain } = sense;
    let mentioned = mentioned(links, lexicon);
    let writer = Writer { lexicon };
    let judge = Judge::new(links, draft, lexicon);
    for (settled, place) in resolve(draft, links, lexicon, WIDTH).iter().zip(0..) {
        let mut try_style = |style: Style| {
            let builder =
                Builder { draft, links, lexicon, settled, mentioned: &mentioned, today, style };
            let (plan, lost) = build(&builder)?;
            if plan.select.is_empty() && plan.star.is_none() {
                return None;
            }
            let sql = writer.write(&plan);
            if out.iter().any(|c| c.sql == sql) {
                return Some(plan);
            }
            let weakest = weakest(settled, links);
            let (features, unheard) =
                judge.features(&plan, settled, &builder.style, lost, weakest, *plain);
            out.push(Candidate {
                sense: number,
                unheard,
                plan: plan.clone(),
                sql,
                score: rank::score(&features),
                features,
                settled: settled.clone(),
                fit: settled.score,
                lost,
                weakest,
            });
            Some(plan)
        };
        if draft.lists.is_some() && place < SHAPED {
            try_style(Style { lists: true, ..Style::default() });
        }
        let Some(plan) = try_style(Style::default()) else { continue };
        if place < SHAPED {
            other_styles(&plan, draft, settled, lexicon).into_iter().for_each(|style| {
                try_style(style);
            });
        }
    }
}

/// Columns that words of the question point at, other than by the table's own name.
fn mentioned(links: &Links, lexicon: &Lexicon) -> HashMap<usize, f32> {
    let mut out: HashMap<usize, Vec<(u8, f32)>> = HashMap::new();
    for token in links.tokens.iter().filter(|t| t.kind == Kind::Word && !words::is_stop(&t.lower)) {
        for p in lexicon.postings(&token.lemma) {
            if let Item::Column(c) = p.item
                && !lexicon.columns[c].phrase.inherited[usize::from(p.position)]
            {
                // `reported_by_staff_id`: that staff is meant says little about which staff.
                let target = lexicon.names_target(c, usize::from(p.position));
                let weight = if target { 0.3 * p.weight } else { p.weight };
                out.entry(c).or_default().push((p.position, weight));
            }
        }
    }
    // The best word counts fully, every other position a little: `vice president vote` beats `president vote`.
    let strength = |list: Vec<(u8, f32)>| {
        let mut best: HashMap<u8, f32> = HashMap::new();
        for (position, weight) in list {
            let slot = best.entry(position).or_insert(0.0);
            *slot = slot.max(weight);
        }
        let most = best.values().copied().fold(0.0, f32::max);
        let mut all: Vec<f32> = best.into_values().collect();
        all.sort_by(f32::total_cmp);
        most + 0.3 * (all.iter().sum::<f32>() - most)
    };
    out.into_iter().map(|(c, list)| (c, strength(list))).collect()
}

fn reading(c: &Candidate, all: &[Candidate], senses: &[Sense], lexicon: &Lexicon) -> Reading {
    let explainer = Explainer { lexicon };
    let links = &senses[c.sense].links;
    let unknown = unused_words(c, senses);
    let features = features(c, all, &senses[c.sense]);
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
        // What the statement leaves out is never passed over in silence.
        confident: score >= CONFIDENT && c.lost == 0 && unknown.is_empty() && !repeats(c),
        used_words,
        unused_words: unknown,
        chips,
        tables,
        columns,
        follow_ups: explainer.follow_ups(&c.plan),
    }
}

/// A sum or an average over rows that the join repeats.
fn repeats(c: &Candidate) -> bool {
    rank::NAMES.iter().zip(&c.features).any(|(name, value)| *name == "fan_out" && *value > 0.0)
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
fn features(c: &Candidate, all: &[Candidate], sense: &Sense) -> crate::confidence::Features {
    let links = &sense.links;
    let unknown = unknown_words(sense).len();
    let flag = |b: bool| if b { 1.0 } else { 0.0 };
    let next =
        all.iter().map(|o| o.score).filter(|s| *s < c.score).fold(f32::NEG_INFINITY, f32::max);
    let lead = if next.is_finite() { (c.score - next).clamp(0.0, 0.5) } else { 0.5 };
    let named = links.nouns.iter().filter(|n| !(n.bucket.is_some() && n.candidates.is_empty()));
    let parts = (named.count() + links.values.len()).max(1) as f32;
    let nested =
        |p: &Pred| matches!(p, Pred::In { .. } | Pred::CompareQuery(..) | Pred::Extreme { .. });
    let missing = links.values.iter().filter(|v| v.hits.is_empty()).count();
    [
        (c.fit / parts).clamp(-1.0, 1.5),
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
        flag(c.plan.set.is_some()),
        (links.tokens.len() as f32 / 10.0).min(4.0),
        links.nouns.iter().filter(|n| n.implied).count() as f32,
        flag(c.plan.filter.iter().any(|p| matches!(p, Pred::Any(_)))),
        c.plan.select.len() as f32,
    ]
}

/// The features of the best reading, for fitting the weights.
pub(crate) fn best_features(ask: &Ask<'_>) -> Option<crate::confidence::Features> {
    let senses = understand(ask);
    let found = candidates(&senses, ask.lexicon, ask.today);
    let best = found.first()?;
    Some(features(best, &found, &senses[best.sense]))
}

/// All candidates with what the ranking is made of, best first.
pub(crate) fn all_features(ask: &Ask<'_>) -> Vec<(String, rank::Features)> {
    let senses = understand(ask);
    let found = candidates(&senses, ask.lexicon, ask.today);
    found.into_iter().map(|c| (c.sql, c.features)).collect()
}

fn understand(ask: &Ask<'_>) -> Vec<Sense> {
    let question = crate::follow::complete_question(ask);
    let tokens = text::tokens(&question);
    let sense = |plain: bool| {
        let mut links = link(tokens.clone(), ask.lexicon, ask.values, ask.today, plain);
        let draft = parse(&mut links, ask.lexicon);
        Sense { links, draft, plain }
    };
    let first = sense(false);
    // `reported by`: what was done, not the status that is called so.
    let doubtful = first.links.values.iter().any(|v| first.links.is_plain_word(v));
    if doubtful { vec![first, sense(true)] } else { vec![first] }
}

type Touched = (Vec<(String, String)>, Vec<(String, String, String)>);
