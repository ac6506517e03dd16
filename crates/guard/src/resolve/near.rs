//! Names close to what was written, for "did you mean".

/// The closest of the names, at most three.
pub(super) fn near<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let wanted: Vec<char> = written.to_lowercase().chars().take(64).collect();
    let mut close: Vec<(usize, &str)> = Vec::new();
    for name in names.take(5_000) {
        let known: Vec<char> = name.to_lowercase().chars().take(64).collect();
        let away = distance(&wanted, &known);
        let contains = wanted.len() > 2 && name.to_lowercase().contains(&written.to_lowercase());
        let close_enough = away <= 1 + wanted.len() / 4 && away < wanted.len();
        if (close_enough || contains) && !close.iter().any(|(_, other)| *other == name) {
            close.push((away, name));
        }
    }
    close.sort_unstable();
    let nearest = close.first().map_or(0, |(away, _)| *away);
    close
        .into_iter()
        .take_while(|(away, _)| *away == nearest)
        .take(3)
        .map(|(_, name)| name)
        .collect()
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = last[j] + usize::from(x != y);
            row[j + 1] = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}
