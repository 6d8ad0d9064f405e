//! The book in docs/: SUMMARY.md lists every chapter, and every link in it leads somewhere.

use pulldown_cmark::{Event, Parser, Tag};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").canonicalize().expect("docs")
}

/// Targets of links and pictures in a Markdown file.
fn links(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let target = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    Parser::new(&text).filter_map(target).collect()
}

fn chapters(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            chapters(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.insert(path);
        }
    }
}

#[test]
fn summary_lists_every_chapter() {
    let mut found = BTreeSet::new();
    chapters(&docs(), &mut found);
    let summary = docs().join("SUMMARY.md");
    assert!(found.remove(&summary), "docs/SUMMARY.md is missing");
    let listed: BTreeSet<_> = links(&summary).iter().map(|link| docs().join(link)).collect();
    let unlisted: Vec<_> = found.difference(&listed).collect();
    assert!(unlisted.is_empty(), "add to docs/SUMMARY.md: {unlisted:?}");
    let absent: Vec<_> = listed.difference(&found).collect();
    assert!(absent.is_empty(), "docs/SUMMARY.md lists what does not exist: {absent:?}");
}

#[test]
fn links_inside_the_book_lead_somewhere() {
    let mut files = BTreeSet::new();
    chapters(&docs(), &mut files);
    let mut broken = Vec::new();
    for file in files {
        let folder = file.parent().expect("a folder");
        for link in links(&file).iter().filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let path = link.split('#').next().unwrap_or(link);
            if !folder.join(path).exists() {
                broken.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}
