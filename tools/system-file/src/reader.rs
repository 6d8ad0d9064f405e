//! Typed access to a parsed TOML table that collects every problem instead of stopping at the first, as serde would.

use crate::problem::Problem;
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Problems found so far.
#[derive(Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn add(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    pub(crate) fn into_inner(self) -> Vec<Problem> {
        self.0.into_inner()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

/// One table of the file while it is read.
pub(crate) struct Reader<'a, 'i> {
    table: &'a DeTable<'i>,
    span: Range<usize>,
    /// For messages: "the file", "guest".
    what: &'static str,
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a, 'i> Reader<'a, 'i> {
    pub(crate) fn new(table: &'a DeTable<'i>, span: Range<usize>, what: &'static str, problems: &'a Problems) -> Self {
        Self { table, span, what, known: Vec::new(), problems }
    }

    /// The value of a key, if it is there. Every key that is asked for counts as known.
    fn find(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        want: &str,
        get: impl FnOnce(&'a DeValue<'i>) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let value = self.find(key)?;
        typed(self.problems, value, key, want, get)
    }

    pub(crate) fn string(&mut self, key: &'static str) -> Option<Spanned<&'a str>> {
        self.typed(key, STRING, DeValue::as_str)
    }

    pub(crate) fn number(&mut self, key: &'static str) -> Option<Spanned<u32>> {
        self.typed(key, NUMBER, number)
    }

    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<Spanned<bool>> {
        self.typed(key, "true or false", DeValue::as_bool)
    }

    /// An array of numbers.
    pub(crate) fn numbers(&mut self, key: &'static str) -> Option<Spanned<Vec<Spanned<u32>>>> {
        self.list(key, NUMBER, number)
    }

    /// An array of strings.
    pub(crate) fn strings(&mut self, key: &'static str) -> Option<Spanned<Vec<Spanned<&'a str>>>> {
        self.list(key, STRING, DeValue::as_str)
    }

    /// An array; elements of another type are reported and left out.
    fn list<T>(
        &mut self,
        key: &'static str,
        want: &str,
        get: fn(&'a DeValue<'i>) -> Option<T>,
    ) -> Option<Spanned<Vec<Spanned<T>>>> {
        let array = self.typed(key, "an array", DeValue::as_array)?;
        let good = array.get_ref().iter().filter_map(|value| typed(self.problems, value, key, want, get)).collect();
        Some(Spanned::new(array.span(), good))
    }

    /// A table.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Reader<'a, 'i>> {
        let table = self.typed(key, "a table", DeValue::as_table)?;
        let span = table.span();
        Some(Reader::new(table.into_inner(), span, key, self.problems))
    }

    /// An array of tables.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Reader<'a, 'i>> {
        let tables = self.list(key, "a table", DeValue::as_table);
        let tables = tables.map(Spanned::into_inner).unwrap_or_default().into_iter();
        tables.map(|table| Reader::new(table.get_ref(), table.span(), key, self.problems)).collect()
    }

    /// Reports a key that must be there and is not.
    pub(crate) fn missing(&self, key: &str, example: &str) {
        let message = format!("{} has no `{key}`", self.what);
        // Only the beginning: a table's span may be the whole file.
        let at = self.span.start..(self.span.start + 1).min(self.span.end);
        self.problems.add(Problem::new(at, message, format!("add `{key} = {example}`")));
    }

    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Reports all keys that nobody asked for.
    pub(crate) fn finish(self) {
        for key in self.table.keys().filter(|key| !self.known.contains(&key.get_ref().as_ref())) {
            let message = format!("unknown key `{}` in {}", key.get_ref(), self.what);
            let cure = suggest(key.get_ref(), self.known.iter().copied(), "remove it");
            self.problems.add(Problem::new(key.span(), message, cure));
        }
    }
}

const STRING: &str = "a string";
const NUMBER: &str = "a whole number from 0 to 0xffffffff";

fn number(value: &DeValue<'_>) -> Option<u32> {
    let number = value.as_integer()?;
    u32::from_str_radix(number.as_str(), number.radix()).ok()
}

fn typed<'a, 'i, T>(
    problems: &Problems,
    value: &'a Spanned<DeValue<'i>>,
    key: &str,
    want: &str,
    get: impl FnOnce(&'a DeValue<'i>) -> Option<T>,
) -> Option<Spanned<T>> {
    let found = get(value.get_ref());
    if found.is_none() {
        let message = format!("`{key}` is not {want}");
        problems.add(Problem::new(value.span(), message, format!("write {want}")));
    }
    found.map(|found| Spanned::new(value.span(), found))
}

/// "did you mean X" if a known name is near, else `otherwise` and the list of names.
pub(crate) fn suggest<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone, otherwise: &str) -> String {
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
    let near = known.clone().map(|known| (distance(known), known)).min();
    match near {
        Some((distance, near)) if distance <= (name.chars().count() / 3).max(1) => format!("did you mean `{near}`?"),
        _ => format!("{otherwise}; known are {}", known.collect::<Vec<_>>().join(", ")),
    }
}
