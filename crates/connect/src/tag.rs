//! The comment that names a statement's user and run in the database's own process list.

use crate::RunTag;

const LONGEST: usize = 64;

/// `/* querent user=… run=… */ `. Only harmless characters survive, so that the comment ends where
/// it should.
pub(crate) fn comment(tag: &RunTag) -> String {
    format!("/* querent user={} run={} */ ", harmless(&tag.user), harmless(&tag.run))
}

fn harmless(text: &str) -> String {
    text.chars()
        .take(LONGEST)
        .map(|c| if c.is_ascii_alphanumeric() || "@._-+".contains(c) { c } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_cannot_end_the_comment() {
        let tag = RunTag { user: "a*/; DROP".into(), run: "r\n1".into() };
        assert_eq!(comment(&tag), "/* querent user=a____DROP run=r_1 */ ");
    }
}
