//! The sources that lines of a program stand in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::code::Line;
use crate::workspace;

/// Sources that were read.
#[derive(Default)]
pub(super) struct Sources(BTreeMap<PathBuf, Vec<String>>);

impl Sources {
    fn lines(&mut self, path: &Path) -> &[String] {
        let read = || std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect();
        self.0.entry(path.to_owned()).or_insert_with(read)
    }

    /// File and name of the function that a line stands in: the last one that begins before it.
    pub(super) fn function(&mut self, (path, number): &Line) -> String {
        let begins = |line: &String| Some(line.split_once("fn ")?.1.split(['(', '<']).next()?.to_owned());
        let name = self.lines(path).iter().take(*number as usize).rev().find_map(begins);
        format!("{} {}", short(path), name.as_deref().unwrap_or("(no function)"))
    }

    /// File, number and text of a line.
    pub(super) fn place(&mut self, (path, number): &Line) -> String {
        let text = self.lines(path).get((*number as usize).saturating_sub(1));
        format!("{}:{number}: {}", short(path), text.map_or("", |text| text.trim()))
    }
}

/// A path below the workspace, below rustc's own library or below a crate's version.
fn short(path: &Path) -> String {
    let text = path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string();
    let below = ["/library/", "/registry/src/"].iter().find_map(|folder| Some(text.split_once(folder)?.1.to_owned()));
    below.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_with_its_function_and_its_text() {
        let line = (workspace::root().join("tools/xtask/src/bench/profile/sources.rs"), line!().into());
        let mut sources = Sources::default();
        let file = "tools/xtask/src/bench/profile/sources.rs";
        assert_eq!(sources.function(&line), format!("{file} a_line_is_told_with_its_function_and_its_text"));
        assert!(sources.place(&line).contains("let line ="), "{}", sources.place(&line));
        assert_eq!(sources.function(&(PathBuf::from("/no/such/file.c"), 7)), "/no/such/file.c (no function)");
    }
}
