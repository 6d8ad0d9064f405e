//! C identifiers for global symbols: readable, unique, and never in conflict with C.

use std::collections::{HashMap, HashSet};

use crate::llvm::Value;

/// Longest readable part of an identifier.
const MAX_LEN: usize = 80;

/// The identifiers given so far.
#[derive(Default)]
pub(super) struct Names {
    given: HashMap<Value, String>,
    taken: HashSet<String>,
}

impl Names {
    /// Gives a symbol its identifier.
    pub(super) fn give(&mut self, symbol: Value) -> String {
        if let Some(name) = self.given.get(&symbol) {
            return name.clone();
        }
        let base = readable(&symbol.name());
        let mut name = base.clone();
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        self.given.insert(symbol, name.clone());
        name
    }

    /// The identifier of a symbol that has one.
    pub(super) fn get(&self, symbol: Value) -> Option<&str> {
        self.given.get(&symbol).map(String::as_str)
    }
}

/// `core::fmt::write` becomes `r_core_fmt_write`; the prefix keeps clear of C's words and GCC's built-ins.
fn readable(symbol: &str) -> String {
    let demangled = format!("{:#}", rustc_demangle::demangle(symbol));
    let mut name = String::from("r_");
    for c in demangled.chars() {
        if name.len() >= MAX_LEN {
            break;
        }
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn names_are_c_identifiers_and_no_keywords() {
        assert_eq!(readable("int"), "r_int");
        assert_eq!(readable("_RNvNtCs1234_7mycrate3foo3bar"), "r_mycrate_foo_bar");
        assert!(readable("anon.5f.1").chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    }
}
