//! What commands say to people: results on standard output, troubles on standard error.

use std::io::Write;

/// A closed pipe is no reason to fail.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

pub fn error(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
