//! One question from text to ranked readings.

use crate::{
    Ask, Outcome, Reading,
    build::{Builder, Style, build},
    cues::{Cue, Op},
    draft::Draft,
    explain::Explainer,
    lexicon::{Item, Lexicon},
    link::{Links, Seg, link},
    parse::parse,
    plan::{Ex, Plan, Pred},
    rank::{self, Judge},
    resolve::{Assignment, resolve},
    sql::Writer,
    text::{self, Kind},
    words,
};
use model::run::Decline;
use std::collections::HashMap;

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

/// What a short question says found no place in its best reading: an answer to the rest would be another question's.
fn says_too_little(best: &Candidate, senses: &[Sense]) -> bool {
    let sense = &senses[best.sense];
    let links = &sense.links;
    let mut unused = unknown_tokens(sense);
    unused.extend(&best.unheard);
    unused.retain(|t| !words::is_stop(&links.tokens[*t].lower));
    unused.sort_unstable();
    unused.dedup();
    let said = links.content().len();
    // `churned customers`: words as in a search box, where each one counts.
    let first = links.segs.iter().find(|s| s.0 != Seg::Cue(Cue::Ignore));
    let sentence = matches!(
        first,
        Some((
            Seg::Cue(
                Cue::Select
                    | Cue::HowMany
                    | Cue::Who
                    | Cue::Where
                    | Cue::When
                    | Cue::Prep
                    | Cue::Sort
                    | Cue::OrderBy
                    | Cue::Each
            ),
            _
        ))
    );
    let lost = unused.len() + best.lost as usize;
    if !sentence && said <= SHORT && lost > 0 && lost * 3 >= said {
        return true;
    }
    // `show churned customers`
    let describes = |t: &usize| {
        let place = links.segs.iter().position(|s| s.1 == *t && s.0 == Seg::Word);
        place.is_some_and(|i| {
            let wanted = matches!(links.segs.get(i + 1), Some((Seg::Noun(n), at)) if *at == t + 1
                && links.nouns[*n].is_table()
                && sense.draft.select.iter().any(|s| s.noun == Some(*n)));
            // `departments offer courses`
            let does = i > 0 && matches!(links.segs[i - 1].0, Seg::Noun(_));
            wanted && !does && !links.tokens[*t].lower.ends_with("ing")
        })
    };
    unused.iter().any(describes)
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

/// When the best readings differ only in whose column a word means (the customer's country or the store's): the
/// question to ask, and the places of the readings to choose from.
fn ambiguous(
    found: &[Candidate],
    senses: &[Sense],
    lexicon: &Lexicon,
) -> Option<(String, Vec<usize>)> {
    let best = found.first().filter(|c| c.lost == 0)?;
    let links = &senses[best.sense].links;
    let mut word: Option<String> = None;
    let mut homes: Vec<usize> = Vec::new();
    let mut places = vec![0];
    for (other, place) in found.iter().zip(0..).skip(1) {
        if best.score - other.score > CLOSE || places.len() == 4 {
            break;
        }
        if other.sense != best.sense {
            continue;
        }
        let Some((mine, theirs, said)) = other_home(best, other, links, lexicon) else { continue };
        let theirs = lexicon.columns[theirs].table;
        if homes.contains(&theirs) || word.as_ref().is_some_and(|w| *w != said) {
            continue;
        }
        if homes.is_empty() {
            homes.push(lexicon.columns[mine].table);
        }
        homes.push(theirs);
        word = Some(said);
        places.push(place);
    }
    let names: Vec<String> =
        homes.iter().map(|t| format!("the {}’s", lexicon.tables[*t].phrase.text())).collect();
    let (last, first) = names.split_last().filter(|_| places.len() > 1)?;
    Some((format!("Which {} do you mean: {} or {last}?", word?, first.join(", ")), places))
}

/// The columns that one word stands for in two readings that agree in all else, and what it is called: columns of
/// the same name in two tables that the question does not name.
fn other_home(
    a: &Candidate,
    b: &Candidate,
    links: &Links,
    lexicon: &Lexicon,
) -> Option<(usize, usize, String)> {
    if b.lost > 0 {
        return None;
    }
    let items = links.nouns.iter().zip(a.settled.items.iter().zip(&b.settled.items));
    let mut other: Vec<(usize, usize)> = Vec::new();
    for (noun, (x, y)) in items.filter(|(_, (x, y))| x != y) {
        let (Some(Item::Column(x)), Some(Item::Column(y))) = (x, y) else { return None };
        let fit = |c: usize| noun.candidates.iter().find(|k| k.0 == Item::Column(c)).map(|k| k.1);
        if noun.implied || (fit(*x)? - fit(*y)?).abs() > 0.03 {
            return None;
        }
        other.push((*x, *y));
    }
    let values = links.values.iter().zip(a.settled.values.iter().zip(&b.settled.values));
    for (_, (x, y)) in values.filter(|(_, (x, y))| x != y) {
        let (Some((x, _)), Some((y, _))) = (x, y) else { return None };
        if x != y {
            other.push((*x, *y));
        }
    }
    let [(x, y)] = other[..] else { return None };
    let (mine, theirs) = (&lexicon.columns[x], &lexicon.columns[y]);
    let names_rows = |c: usize| {
        let info = &lexicon.columns[c];
        let table = &lexicon.tables[info.table];
        info.is_primary
            || info.refers_to.is_some()
            || info.is_keyish
            || table.label == Some(c)
            || table.label_rest == Some(c)
    };
    let named = |t: usize| {
        a.settled.items.contains(&Some(Item::Table(t)))
            || b.settled.items.contains(&Some(Item::Table(t)))
    };
    let open = mine.table != theirs.table
        && mine.phrase.core() == theirs.phrase.core()
        && !names_rows(x)
        && !names_rows(y)
        && !named(mine.table)
        && !named(theirs.table);
    open.then(|| (x, y, mine.phrase.core()))
}

/// Other shapes that may say the same as `plan`.
fn other_styles(plan: &Plan, draft: &Draft, settled: &Assignment, lexicon: &Lexicon) -> Vec<Style> {
    let mut out = Vec::new();
    if plan.tables.len() > 1 {
        out.push(Style { bare: true, ..Style::default() });
    }
    // Persons are never told apart by their names.
    let person = |e: &Ex| matches!(e, Ex::Col(c) if lexicon.tables[lexicon.columns[*c].table].label_rest.is_some());
    let by_column = draft.group.iter().all(|n| matches!(settled.items[*n], Some(Item::Column(_))));
    let persons = plan.group.iter().chain(&plan.select).any(person);
    if !plan.group.is_empty() && by_column && !persons {
        out.push(Style { by_shown: true, ..Style::default() });
    }
    if plan.filter.iter().any(|p| matches!(p, Pred::In { negated: true, .. }))
        && !plan.select.iter().any(person)
    {
        out.push(Style { except: true, ..Style::default() });
        out.push(Style { except: true, bare: true, ..Style::default() });
    }
    let negated = |p: &Pred| {
        matches!(p, Pred::Compare(_, Op::Ne, _) | Pred::Like { negated: true, .. })
            || matches!(p, Pred::Time { negated: true, .. } | Pred::Between(_, _, _, true))
    };
    if matches!(plan.select[..], [Ex::Col(_)]) && plan.filter.iter().any(negated) {
        out.push(Style { taken: true, ..Style::default() });
        out.push(Style { taken: true, except: true, ..Style::default() });
    }
    if draft.filters.iter().any(|f| f.or) && (plan.tables.len() > 1 || !plan.having.is_empty()) {
        out.push(Style { union: true, ..Style::default() });
    }
    let compares = |p: &Pred| matches!(p, Pred::CompareQuery(_, _, q) if !q.filter.is_empty());
    if plan.filter.iter().any(compares) {
        out.push(Style { outer: true, ..Style::default() });
    }
    let detours = plan.edges.iter().take(4);
    out.extend(detours.map(|e| Style { detour: Some(*e), ..Style::default() }));
    out
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

/// Content words that became nothing.
fn unknown_words(sense: &Sense) -> Vec<String> {
    told(&sense.links, unknown_tokens(sense))
}

fn unknown_tokens(sense: &Sense) -> Vec<usize> {
    let plain = sense.links.segs.iter().filter(|(s, _)| *s == Seg::Word).map(|(_, t)| *t);
    plain.chain(sense.draft.unread.iter().copied()).collect()
}

/// Content words that became nothing, or nothing in this statement.
fn unused_words(c: &Candidate, senses: &[Sense]) -> Vec<String> {
    let sense = &senses[c.sense];
    let mut tokens = unknown_tokens(sense);
    tokens.extend(&c.unheard);
    told(&sense.links, tokens)
}

fn told(links: &Links, mut tokens: Vec<usize>) -> Vec<String> {
    tokens.sort_unstable();
    tokens.dedup();
    tokens
        .into_iter()
        .map(|t| &links.tokens[t])
        .filter(|t| t.kind == Kind::Word && !words::is_stop(&t.lower))
        .map(|t| t.text.clone())
        .collect()
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

fn touched(plan: &Plan, lexicon: &Lexicon) -> Touched {
    let mut tables = Vec::new();
    let mut columns = Vec::new();
    collect(plan, &mut tables, &mut columns);
    tables.extend(columns.iter().map(|c| lexicon.columns[*c].table));
    let time = |c: &usize| lexicon.columns[*c].derived;
    columns = columns.iter().flat_map(|c| time(c).map_or(vec![*c], |(a, b)| vec![a, b])).collect();
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
        p.tallies(columns);
        let mut inner = Vec::new();
        p.queries(&mut inner);
        inner.into_iter().for_each(|query| collect(query, tables, columns));
    }
    if let Some((_, other)) = &plan.set {
        collect(other, tables, columns);
    }
}
