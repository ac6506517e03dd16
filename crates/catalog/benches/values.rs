//! Look-ups among a million values in two hundred columns. Target: under 1 ms each.
#![allow(missing_docs)]

use catalog::{ValueIndex, ValueSource};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

const COLUMNS: usize = 200;
const VALUES: usize = 5_000;
const SYLLABLES: [&str; 16] = [
    "ba", "ger", "ma", "ny", "lo", "tre", "kin", "sa", "vor", "del", "pi", "ran", "os", "tu",
    "mel", "fa",
];

/// A name of one to three words, different for every number.
fn name(number: usize) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number);
    let mut text = String::new();
    for word in 0..=(number % 3) {
        if word > 0 {
            text.push(' ');
        }
        for _ in 0..4 {
            text.push_str(SYLLABLES[state >> 60 & 15]);
            state = state.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(1);
        }
    }
    format!("{text} {number}")
}

fn values(c: &mut Criterion) {
    let column = |column: usize| ValueSource {
        schema: "main".into(),
        table: format!("table_{}", column / 4),
        column: format!("column_{column}"),
        values: (0..VALUES)
            .map(|at| name(column * VALUES + at))
            .chain(["Germany".into()])
            .collect(),
        complete: true,
    };
    let index = ValueIndex::new((0..COLUMNS).map(column).collect());
    assert_eq!(index.exact("germany").count(), COLUMNS);
    let known = name(123_456);
    let mistyped = known.replacen('a', "e", 1);
    c.bench_function("exact", |b| b.iter(|| index.exact(black_box(&known)).count()));
    c.bench_function("words", |b| b.iter(|| index.with_words(black_box(&known))));
    c.bench_function("start", |b| b.iter(|| index.starting_with(black_box(&known[..4]), 10)));
    c.bench_function("nearest", |b| b.iter(|| index.nearest(black_box(&mistyped), 5)));
    c.bench_function("nearest, nothing like it", |b| {
        b.iter(|| index.nearest(black_box("zzyzx qqqq"), 5));
    });
}

criterion_group!(benches, values);
criterion_main!(benches);
