//! A serial line whose other end is a script: wait for a text, then type. Deterministic, for tests and benches.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{HostControl, SerialBackend};

/// What a port has transmitted so far, without carriage returns; clones show the same text.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Arc<Mutex<Vec<u8>>>);

impl Transcript {
    /// All of it, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Gives the length before.
    fn append(&self, bytes: &[u8]) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.len();
        // Carriage returns only repeat what line feeds say.
        all.extend(bytes.iter().filter(|byte| **byte != b'\r'));
        before
    }

    fn contains(&self, text: &[u8], from: usize) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.is_empty() || find(&all[from.min(all.len())..], text).is_some()
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
    /// Ends the run when the text has appeared.
    stop_at: Option<(Vec<u8>, HostControl)>,
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

    /// Ends the machine's run (its `control`) as soon as `text` has appeared.
    #[must_use]
    pub fn stop_at(mut self, text: &str, control: HostControl) -> Self {
        self.stop_at = Some((text.as_bytes().to_vec(), control));
        self
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
        let before = self.transcript.append(bytes);
        if let Some((text, control)) = &self.stop_at
            && self.transcript.contains(text, before.saturating_sub(text.len()))
        {
            control.stop();
            self.stop_at = None;
        }
        self.fresh.extend(bytes.iter().filter(|byte| **byte != b'\r'));
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
        assert_eq!(script.transcript().text(), "login: root\n# ");
    }
}
