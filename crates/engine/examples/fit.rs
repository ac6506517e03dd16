//! Fits the weights of the ranking from candidates with known verdicts.
//!
//! `fit --predictions P.jsonl --verdicts V.jsonl > data/ranking.txt`
//! P: `eval --alternatives`; V: one `{"id", "db", "all": ["correct" | …]}` a question, in the order of `alternatives`.
//! A softmax over the candidates of a question, maximising the chance of the right ones; a fifth of the tuning
//! databases at a time is left out to tell how well it carries over.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::cast_precision_loss
)]

use std::{collections::HashMap, io::BufRead};

struct Question {
    db: String,
    features: Vec<Vec<f64>>,
    right: Vec<bool>,
}

const STEPS: usize = 400;
const DECAY: f64 = 1e-3;

/// What a feature means says which way it counts, whatever a sample of questions suggests: the least and the most
/// that its weight may be.
fn bounds(name: &str) -> (f64, f64) {
    const FAR: f64 = f64::INFINITY;
    match name {
        "names" => (2.0, FAR),
        "roles" | "values" | "owners" | "weakest" | "heard" | "said" => (0.0, FAR),
        "fan_out" => (-FAR, -3.0),
        "not_required" | "not_done" => (-FAR, -1.5),
        "unheard" => (-FAR, -0.8),
        "outdone" => (-FAR, -0.8),
        "group_outdone" => (-FAR, -3.0),
        "key_for_row" => (-FAR, -1.0),
        "plain" => (-FAR, -0.3),
        "dropped" => (-FAR, -0.2),
        "lost" | "unsaid" | "spread" | "joins" | "connectors" | "inferred" | "bridges"
        | "views" | "width" | "shows_fixed" | "key_compared" | "text_compared" | "absent_value"
        | "twice" | "contradiction" | "key_added" | "text_added" | "key_ordered"
        | "text_extreme" | "idle_group" | "repeats" | "inner_joins" | "shared" => (-FAR, 0.0),
        _ => (-FAR, FAR),
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        args.iter().position(|a| a == name).and_then(|i| args.get(i + 1)).cloned().expect(name)
    };
    let questions = read(&option("--predictions"), &option("--verdicts"));
    let scale = spread(&questions);
    let scaled: Vec<Question> = questions
        .into_iter()
        .map(|q| Question {
            features: q
                .features
                .iter()
                .map(|f| f.iter().zip(&scale).map(|(x, s)| x / s).collect())
                .collect(),
            ..q
        })
        .collect();
    let mut names: Vec<&String> = scaled.iter().map(|q| &q.db).collect();
    names.sort();
    names.dedup();
    let fold = |db: &String| names.iter().position(|n| *n == db).unwrap() % 5;
    let (mut hits, mut all) = (0, 0);
    for part in 0..5 {
        let (test, train): (Vec<&Question>, Vec<&Question>) =
            scaled.iter().partition(|q| fold(&q.db) == part);
        let weights = fit(&train, &scale);
        hits += test.iter().filter(|q| q.right[best(q, &weights)]).count();
        all += test.len();
    }
    let every: Vec<&Question> = scaled.iter().collect();
    let before = every.iter().filter(|q| q.right[0]).count();
    let weights = fit(&every, &scale);
    let fitted = every.iter().filter(|q| q.right[best(q, &weights)]).count();
    eprintln!(
        "{all} questions with a right candidate: first is right {before}, fitted {fitted}, left out {hits}"
    );
    for ((name, w), s) in engine::eval::feature_names().iter().zip(weights).zip(scale) {
        println!("{name} {:.4}", w / s);
    }
}

fn read(predictions: &str, verdicts: &str) -> Vec<Question> {
    let lines = |path: &str| {
        std::io::BufReader::new(std::fs::File::open(path).unwrap())
            .lines()
            .map(|l| serde_json::from_str::<serde_json::Value>(&l.unwrap()).unwrap())
            .collect::<Vec<_>>()
    };
    let mut known: HashMap<String, Vec<Vec<f64>>> = lines(predictions)
        .into_iter()
        .map(|row| {
            let features = serde_json::from_value(row["ranking"].clone()).unwrap_or_default();
            (row["id"].as_str().unwrap().to_owned(), features)
        })
        .collect();
    let mut out: Vec<Question> = lines(verdicts)
        .into_iter()
        .filter(|row| !engine::eval::is_held_out(row["db"].as_str().unwrap()))
        .filter_map(|row| {
            let features = known.remove(row["id"].as_str()?)?;
            let all = row["all"].as_array()?;
            // The first verdict is the prediction's own, which is the first candidate again.
            let right: Vec<bool> = all.iter().skip(1).map(|v| v == "correct").collect();
            let useful = right.len() == features.len() && right.iter().any(|r| *r);
            useful.then(|| Question { db: row["db"].as_str().unwrap().to_owned(), features, right })
        })
        .collect();
    out.sort_by(|a, b| a.db.cmp(&b.db));
    out
}

/// The usual size of each feature's differences within a question.
fn spread(questions: &[Question]) -> Vec<f64> {
    let n = questions[0].features[0].len();
    let mut sums = vec![0.0; n];
    let mut count = 0.0;
    for q in questions {
        for f in &q.features[1..] {
            for (s, (x, y)) in sums.iter_mut().zip(f.iter().zip(&q.features[0])) {
                *s += (x - y) * (x - y);
            }
            count += 1.0;
        }
    }
    sums.into_iter().map(|s| f64::sqrt(s / count).max(1e-3)).collect()
}

fn scores(q: &Question, weights: &[f64]) -> Vec<f64> {
    q.features.iter().map(|f| f.iter().zip(weights).map(|(x, w)| x * w).sum()).collect()
}

fn best(q: &Question, weights: &[f64]) -> usize {
    let scores = scores(q, weights);
    (0..scores.len()).fold(0, |b, i| if scores[i] > scores[b] { i } else { b })
}

/// Adam on the whole set.
fn fit(questions: &[&Question], scale: &[f64]) -> Vec<f64> {
    let n = questions[0].features[0].len();
    let bounds: Vec<(f64, f64)> = engine::eval::feature_names()
        .iter()
        .zip(scale)
        .map(|(name, s)| (bounds(name).0 * s, bounds(name).1 * s))
        .collect();
    let (mut w, mut m, mut v) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    for step in 1..=STEPS {
        let mut gradient = vec![0.0; n];
        for q in questions {
            descend(q, &w, &mut gradient);
        }
        let rate = if step < STEPS / 2 { 0.05 } else { 0.01 };
        for i in 0..n {
            let g = gradient[i] / questions.len() as f64 + DECAY * w[i];
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.999 * v[i] + 0.001 * g * g;
            let (mh, vh) = (
                m[i] / (1.0 - 0.9_f64.powi(step as i32)),
                v[i] / (1.0 - 0.999_f64.powi(step as i32)),
            );
            w[i] = (w[i] - rate * mh / (vh.sqrt() + 1e-9)).clamp(bounds[i].0, bounds[i].1);
        }
    }
    w
}

/// Adds the gradient of `-ln(chance of the right ones)`.
fn descend(q: &Question, w: &[f64], gradient: &mut [f64]) {
    let scores = scores(q, w);
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let e: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
    let all: f64 = e.iter().sum();
    let good: f64 = e.iter().zip(&q.right).filter(|(_, r)| **r).map(|(e, _)| e).sum();
    for ((f, e), right) in q.features.iter().zip(&e).zip(&q.right) {
        let target = if *right { e / good.max(1e-12) } else { 0.0 };
        let pull = e / all - target;
        for (g, x) in gradient.iter_mut().zip(f) {
            *g += pull * x;
        }
    }
}
