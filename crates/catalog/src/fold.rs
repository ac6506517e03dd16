//! Folding of text for comparison: lower case, no accents, one space between words.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower-cased, accents removed, every run of other than letters and digits made one space.
///
/// `"  São-Paulo "` becomes `"sao paulo"`. Text without any letter or digit folds to its trimmed self.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut push = |c: char| {
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.extend(c.to_lowercase());
        } else if c != '\'' && c != '’' {
            gap = true;
        }
    };
    if text.is_ascii() {
        text.chars().for_each(&mut push);
    } else {
        text.nfd().filter(|c| !is_combining_mark(*c)).for_each(&mut push);
    }
    if out.is_empty() { text.trim().to_lowercase() } else { out }
}

/// Edit distance with transpositions, or `None` when it is over `limit`.
#[must_use]
pub fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    // What both begin and end with costs nothing.
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for j in 0..b.len() {
            let change = last[j] + usize::from(a[i] != b[j]);
            let mut best = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        if row.iter().min().copied().unwrap_or(0) > limit {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|d| *d <= limit)
}

#[cfg(test)]
mod tests {
    use super::{distance, fold};

    #[test]
    fn folds() {
        for (text, folded) in [
            ("  São-Paulo ", "sao paulo"),
            ("O'Brien", "obrien"),
            ("A&B  Co.", "a b co"),
            ("***", "***"),
            ("", ""),
            ("ÉCOLE", "ecole"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn measures() {
        assert_eq!(distance("germany", "germny", 2), Some(1));
        assert_eq!(distance("recieve", "receive", 2), Some(1));
        assert_eq!(distance("abc", "xyz", 2), None);
        assert_eq!(distance("", "ab", 2), Some(2));
    }
}
