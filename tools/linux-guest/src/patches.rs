//! The patches: which there are, and how many lines of existing files they change.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::recipe;

/// The folder of the patches that let Linux run on SPUMONE.
pub(crate) const PATCHES: &str = "patches";

/// The folder of the patches that upstream itself needs for SMP on SH-X3.
pub(crate) const FIXES: &str = "upstream-fixes";

/// Lines of existing files that patches change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangedLines {
    /// Lines changed: in each run of removed and added lines the greater of the two numbers, so that a line with another
    /// word in it counts once.
    pub changed: usize,
    /// Lines with a plus.
    pub added: usize,
    /// Lines with a minus.
    pub removed: usize,
}

/// The patches of a folder in the order in which they apply.
pub(crate) fn files(set: &str) -> Result<Vec<PathBuf>> {
    let dir = recipe::path(set);
    let list = fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))?;
    let mut found = list.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    found.retain(|path| path.extension().is_some_and(|extension| extension == "patch"));
    found.sort();
    if found.is_empty() {
        bail!("{} holds no patches", dir.display());
    }
    Ok(found)
}

/// What all patches for SPUMONE together change, by file of the kernel.
pub fn changed_lines() -> Result<BTreeMap<String, ChangedLines>> {
    let mut sum: BTreeMap<String, ChangedLines> = BTreeMap::new();
    for path in files(PATCHES)? {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let files = count(&text).with_context(|| format!("{} is no patch of existing files", path.display()))?;
        for (file, lines) in files {
            let total = sum.entry(file).or_default();
            total.changed += lines.changed;
            total.added += lines.added;
            total.removed += lines.removed;
        }
    }
    Ok(sum)
}

/// The sum over all files.
pub(crate) fn total(files: &BTreeMap<String, ChangedLines>) -> ChangedLines {
    files.values().fold(ChangedLines::default(), |sum, lines| ChangedLines {
        changed: sum.changed + lines.changed,
        added: sum.added + lines.added,
        removed: sum.removed + lines.removed,
    })
}

/// Counts one unified diff.
fn count(diff: &str) -> Result<Vec<(String, ChangedLines)>> {
    let mut files: Vec<(String, ChangedLines)> = Vec::new();
    let mut lines = diff.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(old) = line.strip_prefix("--- ") {
            let new =
                lines.next().and_then(|line| line.strip_prefix("+++ ")).context("no +++ line after a --- line")?;
            match (old.strip_prefix("a/"), new.strip_prefix("b/")) {
                (Some(old), Some(new)) if old == new => files.push((new.to_owned(), ChangedLines::default())),
                _ => bail!("it creates, removes or renames a file: {old} and {new}"),
            }
        } else if let Some(header) = line.strip_prefix("@@ ") {
            let (mut old_left, mut new_left) = ranges(header).with_context(|| format!("bad line: {line}"))?;
            let total = &mut files.last_mut().context("a hunk before the first file name")?.1;
            let (mut minus, mut plus) = (0, 0);
            while old_left > 0 || new_left > 0 {
                let line = lines.next().context("the last hunk is cut off")?;
                match line.as_bytes().first() {
                    Some(b'-') => {
                        minus += 1;
                        old_left = old_left.checked_sub(1).context("a hunk is longer than it says")?;
                    }
                    Some(b'+') => {
                        plus += 1;
                        new_left = new_left.checked_sub(1).context("a hunk is longer than it says")?;
                    }
                    Some(b'\\') => {}
                    _ => {
                        settle(total, &mut minus, &mut plus);
                        old_left = old_left.checked_sub(1).context("a hunk is longer than it says")?;
                        new_left = new_left.checked_sub(1).context("a hunk is longer than it says")?;
                    }
                }
            }
            settle(total, &mut minus, &mut plus);
        }
    }
    if files.is_empty() {
        bail!("it changes nothing");
    }
    Ok(files)
}

fn settle(total: &mut ChangedLines, minus: &mut usize, plus: &mut usize) {
    total.changed += (*minus).max(*plus);
    total.removed += std::mem::take(minus);
    total.added += std::mem::take(plus);
}

/// The lengths in `-12,3 +12,4 @@ context`.
fn ranges(header: &str) -> Option<(usize, usize)> {
    let mut words = header.split(' ');
    let length = |word: &str, sign| {
        let range = word.strip_prefix(sign)?;
        range.split_once(',').map_or(Some(1), |(_, length)| length.parse().ok())
    };
    Some((length(words.next()?, '-')?, length(words.next()?, '+')?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Recipe;

    const DIFF: &str = "Subject: x\n\n--- a/k.c\n+++ b/k.c\n@@ -1,5 +1,6 @@ f\n one\n-two\n+zwei\n three\n+neu\n+neu\n-four\n \
                        five\n--- a/l.c\n+++ b/l.c\n@@ -1 +1 @@\n---x\n+++y\n";

    #[test]
    fn a_replaced_line_counts_once() {
        let files = count(DIFF).unwrap();
        assert_eq!(files[0], ("k.c".to_owned(), ChangedLines { changed: 3, added: 3, removed: 2 }));
        assert_eq!(files[1], ("l.c".to_owned(), ChangedLines { changed: 1, added: 1, removed: 1 }));
    }

    #[test]
    fn what_is_no_change_of_an_existing_file_is_refused() {
        let new = "--- /dev/null\n+++ b/new.c\n@@ -0,0 +1 @@\n+x\n";
        assert!(count(new).unwrap_err().to_string().contains("creates"));
        assert!(count("Subject: nothing\n").unwrap_err().to_string().contains("nothing"));
        assert!(count("--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n").unwrap_err().to_string().contains("cut off"));
    }

    #[test]
    fn the_patches_stay_within_the_limit() {
        let total = total(&changed_lines().unwrap());
        let limit = Recipe::load().unwrap().changed_lines_limit;
        assert!(total.changed > 0);
        assert!(total.changed <= limit && total.added <= limit, "{total:?} is above {limit}");
    }

    #[test]
    fn every_patch_gives_its_reason() {
        for path in [PATCHES, FIXES].into_iter().flat_map(|set| files(set).unwrap()) {
            let text = fs::read_to_string(&path).unwrap();
            let (subject, rest) = text.split_once("\n\n").unwrap();
            assert!(subject.starts_with("Subject: sh: "), "{}", path.display());
            let reason = rest.split("\ndiff --git").next().unwrap();
            assert!(reason.split_whitespace().count() >= 20, "{} gives no reason", path.display());
        }
    }

    #[test]
    fn the_readme_shows_the_same_numbers() {
        let files = changed_lines().unwrap();
        let readme = fs::read_to_string(recipe::path("README.md")).unwrap();
        for (file, lines) in &files {
            let row = format!("| `{file}` | {} | {} | {} |", lines.changed, lines.added, lines.removed);
            assert!(readme.contains(&row), "guests/linux/README.md lacks the row\n{row}");
        }
        let sum = total(&files);
        let row = format!("| all {} files | {} | {} | {} |", files.len(), sum.changed, sum.added, sum.removed);
        assert!(readme.contains(&row), "guests/linux/README.md lacks the row\n{row}");
    }
}
