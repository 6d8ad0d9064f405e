//! Which symbols something outside the bitcode refers to, so that they must keep their names and linkage.

use std::collections::HashSet;

use anyhow::{Context, Result};

use crate::args::Args;
use crate::emit::symbols_in;
use crate::inputs::{Inputs, undefined_symbols};

/// The names that native objects, linker scripts, options and assembly mention.
///
/// # Errors
/// For inputs that cannot be read.
pub fn mentioned(args: &Args, inputs: &Inputs, assembly: &[&str]) -> Result<HashSet<String>> {
    let mut names = HashSet::from(["_start".to_owned(), "start".to_owned()]);
    for path in inputs.native.iter().chain(&inputs.symbol_lists) {
        let data = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        names.extend(undefined_symbols(&path.display().to_string(), &data)?);
    }
    for (label, data) in &inputs.embedded {
        names.extend(undefined_symbols(label, data)?);
    }
    let mut texts = vec![inputs.script_text()?];
    for path in &inputs.sources {
        texts.push(std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    for option in [("-e", "--entry"), ("-u", "--undefined"), ("-u", "--require-defined")] {
        texts.extend(args.values(option.0, option.1).map(str::to_owned));
    }
    texts.extend(args.values("--defsym", "--defsym").map(str::to_owned));
    for text in texts.iter().map(String::as_str).chain(assembly.iter().copied()) {
        names.extend(symbols_in(text).map(str::to_owned));
    }
    Ok(names)
}
