//! Which names programs ask a profile for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The names of symbols, types, members and enumerators that monitors may ask for: every word that stands as a text in their sources, so
/// that nobody has to keep a list. More than they ask for, but all of it: a monitor names what it looks at by texts of its source.
///
/// ```
/// use kernel_profile::Wanted;
///
/// let mut wanted = Wanted::default();
/// wanted.source(r#"view.global("init_task")?.field("se.on_rq")?.name("hooks_")"#)?;
/// assert!(wanted.has("init_task") && wanted.has("on_rq") && !wanted.has("field"));
/// assert!(wanted.has("init_task.constprop.0"), "what a compiler made of it is meant too");
/// assert!(wanted.has("hooks_ipv4"), "a text that ends so is the beginning of names");
/// # Ok::<(), anyhow::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// As they stand in the sources: `init_task.tasks`.
    texts: BTreeSet<String>,
    words: BTreeSet<String>,
}

impl Wanted {
    /// Adds the names in a folder's Rust sources.
    ///
    /// # Errors
    /// When a file cannot be read or is no Rust.
    pub fn folder(&mut self, folder: &Path) -> Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                self.folder(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
                self.source(&text).with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }

    /// Adds the names in a piece of Rust.
    ///
    /// # Errors
    /// When it is none.
    pub fn source(&mut self, text: &str) -> Result<()> {
        let tokens: TokenStream = text.parse().map_err(|error| anyhow!("not Rust: {error}"))?;
        self.tokens(tokens);
        Ok(())
    }

    /// Adds a name, which may be a path.
    pub(crate) fn add(&mut self, text: &str) {
        self.words.extend(text.split('.').map(str::to_owned));
        self.texts.insert(text.to_owned());
    }

    /// True if it is asked for.
    pub fn has(&self, name: &str) -> bool {
        let begins = |word: &String| word.ends_with('_') && name.starts_with(word.as_str());
        let base = name.split('.').next().unwrap_or(name);
        self.words.contains(base) || self.words.iter().any(begins)
    }

    /// True if it stands in a source as it is.
    pub(crate) fn has_text(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    fn tokens(&mut self, tokens: TokenStream) {
        let mut attribute = false;
        for token in tokens {
            match token {
                // Documentation is an attribute.
                TokenTree::Group(group) if attribute && group.delimiter() == Delimiter::Bracket => {}
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    // No name has an escape or a space in it.
                    if let Some(text) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'))
                        && !text.is_empty()
                        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
                    {
                        self.add(text);
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    attribute = true;
                    continue;
                }
                // Of the file itself: #![...]
                TokenTree::Punct(punct) if attribute && punct.as_char() == '!' => continue,
                _ => {}
            }
            attribute = false;
        }
    }
}
