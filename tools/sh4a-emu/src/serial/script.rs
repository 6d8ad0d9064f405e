//! A serial line whose other end is a script: wait for a text, then type. Deterministic, for tests and benches.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::SerialBackend;

/// What a port has transmitted so far; clones show the same text.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Arc<Mutex<Vec<u8>>>);

impl Transcript {
    /// All of it, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn append(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

/// Types each text after it has seen another.
#[derive(Clone, Debug, Default)]
pub struct Script {
    transcript: Transcript,
    /// Wait for this, then type that.
    steps: VecDeque<(Vec<u8>, Vec<u8>)>,
    /// Output since the last step was taken.
    fresh: Vec<u8>,
    typing: VecDeque<u8>,
}

impl Script {
    /// A line on which nobody types.
    pub fn silent() -> Self {
        Self::default()
    }

    /// Waits for `steps[0].0`, types `steps[0].1`, and so on.
    pub fn new<'a>(steps: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let steps = steps.into_iter().map(|(wait, text)| (wait.as_bytes().to_vec(), text.as_bytes().to_vec()));
        let mut script = Self { steps: steps.collect(), ..Self::default() };
        script.take_steps();
        script
    }

    /// Shows what the guest transmits.
    pub fn transcript(&self) -> Transcript {
        self.transcript.clone()
    }

    fn take_steps(&mut self) {
        while let Some((wait, text)) = self.steps.front() {
            let found = if wait.is_empty() { Some(0) } else { find(&self.fresh, wait).map(|at| at + wait.len()) };
            let Some(end) = found else { return };
            self.fresh.drain(..end);
            self.typing.extend(text);
            self.steps.pop_front();
        }
        self.fresh.clear();
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

impl SerialBackend for Script {
    fn write(&mut self, bytes: &[u8]) {
        self.transcript.append(bytes);
        self.fresh.extend_from_slice(bytes);
        self.take_steps();
    }

    fn read(&mut self) -> Option<u8> {
        self.typing.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_each_text_when_its_prompt_has_come() {
        let mut script = Script::new([("login: ", "root\n"), ("# ", "ls\n")]);
        assert_eq!(script.read(), None);
        script.write(b"log");
        script.write(b"in: ");
        let typed: Vec<u8> = std::iter::from_fn(|| script.read()).collect();
        assert_eq!(typed, b"root\n");
        script.write(b"root\r\n# ");
        let typed: Vec<u8> = std::iter::from_fn(|| script.read()).collect();
        assert_eq!(typed, b"ls\n");
        assert_eq!(script.transcript().text(), "login: root\r\n# ");
    }
}
