//! Skips work whose inputs did not change since it was last done.
//!
//! An input's fingerprint is path, length and modification time: as exact as cargo's own, and
//! cheap enough to take before every run. A folder counts as all the files below it.

use crate::step::Done;
use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Does `work` unless `stamp` says it was done for exactly these inputs.
pub fn unless_fresh(
    stamp: &Path,
    inputs: &[PathBuf],
    settings: &str,
    work: impl FnOnce() -> Result<()>,
) -> Result<Done> {
    let key = fingerprint(inputs, settings)?;
    if fs::read_to_string(stamp).is_ok_and(|old| old == key) {
        return Ok(Done::Before);
    }
    // Work that fails half-way must be done again.
    fs::remove_file(stamp).ok();
    work()?;
    if let Some(dir) = stamp.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::write(stamp, key).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(Done::Now)
}

fn fingerprint(inputs: &[PathBuf], settings: &str) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    settings.hash(&mut hasher);
    for input in inputs {
        add(input, &mut hasher).with_context(|| format!("looking at {}", input.display()))?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.hash(hasher);
    let Ok(metadata) = fs::metadata(path) else {
        return Ok(()); // an input that is absent counts as such
    };
    if metadata.is_dir() {
        let mut entries =
            fs::read_dir(path)?.map(|e| Ok(e?.path())).collect::<std::io::Result<Vec<_>>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| add(entry, hasher));
    }
    metadata.len().hash(hasher);
    metadata.modified()?.hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_once_per_state_of_its_inputs() {
        let dir = std::env::temp_dir().join(format!("querent-stamp-{}", std::process::id()));
        fs::create_dir_all(dir.join("in")).unwrap();
        let (stamp, input) = (dir.join("stamp"), dir.join("in"));
        let once = || unless_fresh(&stamp, std::slice::from_ref(&input), "", || Ok(())).unwrap();

        assert!(once() == Done::Now);
        assert!(once() == Done::Before);
        fs::write(input.join("new"), "x").unwrap();
        assert!(once() == Done::Now);

        let failing = unless_fresh(&stamp, &[], "other", || anyhow::bail!("no"));
        assert!(failing.is_err());
        assert!(once() == Done::Now, "a failure leaves no stamp behind");
        fs::remove_dir_all(dir).unwrap();
    }
}
