//! Formatting: sql-formatter, loaded when first used, and where the cursor goes.

use super::ffi::FormatModule;
use crate::browser;
use model::error::{Problem, ProblemCode};
use wasm_bindgen::JsCast;

/// Characters that are formatted at most: the library takes about a second for as many.
pub const LONGEST: usize = 200_000;

/// The SQL in an even layout; `language` as Monaco calls it.
///
/// # Errors
/// When it is too long, cannot be read, or the library does not come.
pub async fn format(text: &str, language: &str) -> Result<String, Problem> {
    if text.len() > LONGEST {
        let said = "This text is too long to be formatted at once.";
        return Err(Problem::new(ProblemCode::Invalid, said)
            .hint("Select a part of it and format that: up to 200,000 characters."));
    }
    let path = browser::root_attribute("data-format").unwrap_or_default();
    let module: FormatModule = browser::import(&path)
        .await
        .map_err(|_| {
            Problem::new(ProblemCode::Unreachable, "The formatter could not be loaded.")
                .hint("Check the network and format again; your text is as it was.")
        })?
        .unchecked_into();
    module.format(text, language).map_err(|_| {
        Problem::new(ProblemCode::Invalid, "This SQL could not be read, so nothing was changed.")
            .hint("A quote or bracket may be open. Select only the part to format.")
    })
}

/// Where the cursor goes: after as many characters that are not blank as before. Bytes.
#[must_use]
pub fn same_place(before: &str, cursor: usize, after: &str) -> usize {
    let solid = |c: &char| !c.is_whitespace();
    let count = before.get(..cursor).unwrap_or(before).chars().filter(solid).count();
    if count == 0 {
        return 0;
    }
    after
        .char_indices()
        .filter(|(_, c)| solid(c))
        .nth(count - 1)
        .map_or(after.len(), |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_with_its_word() {
        let (before, after) = ("select a,b from t", "SELECT\n  a,\n  b\nFROM\n  t\n");
        let at = |cursor: usize| &after[..same_place(before, cursor, after)];
        assert_eq!(at(0), "");
        assert_eq!(at(6), "SELECT");
        assert_eq!(at(9), "SELECT\n  a,");
        assert_eq!(at(17), "SELECT\n  a,\n  b\nFROM\n  t");
        assert_eq!(same_place("ü x", 4, "Ü\nx"), 4);
        assert_eq!(same_place("a", 99, ""), 0);
    }
}
