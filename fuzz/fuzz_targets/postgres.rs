//! Any text, read as PostgreSQL reads it.
#![no_main]

use fuzz::Bench;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static BENCH: LazyLock<Bench> =
    LazyLock::new(|| Bench::new(include_str!("../../crates/guard/tests/catalogs/postgres.json")));

fuzz_target!(|data: &[u8]| {
    BENCH.pass(data);
});
