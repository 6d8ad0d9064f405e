//! What the user sees while something long runs: a spinner on a terminal, plain lines elsewhere. All on stderr.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// All bars of this process; a caller with bars of its own adds them here so that lines do not mix.
pub fn bars() -> &'static MultiProgress {
    static BARS: OnceLock<MultiProgress> = OnceLock::new();
    BARS.get_or_init(MultiProgress::new)
}

/// Prints a line above the running bars.
pub fn say(line: &str) {
    bars().suspend(|| eprintln!("{line}"));
}

/// A running piece of work. Says how it went when [`Step::done`] is called, or that it failed when it is dropped before.
#[derive(Debug)]
pub struct Step {
    title: String,
    started: Instant,
    bar: Option<ProgressBar>,
    finished: bool,
}

impl Step {
    /// Shows that `title` begins.
    #[must_use]
    pub fn new(title: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {prefix} ({elapsed}) {wide_msg:.dim}");
            let bar = bars().add(ProgressBar::new_spinner().with_prefix(title.to_owned()));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            eprintln!("  ... {title}");
        }
        Self { title: title.to_owned(), started: Instant::now(), bar, finished: false }
    }

    /// What it is doing right now, e.g. the last line of a child's output.
    pub fn note(&self, text: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(text.trim().to_owned());
        }
    }

    /// It worked.
    pub fn done(mut self) {
        self.finish("ok");
    }

    /// It did not work, and something else is tried instead.
    pub fn gave_up(mut self) {
        self.finish("no");
    }

    fn finish(&mut self, how: &str) {
        self.finished = true;
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
            bars().remove(&bar);
        }
        say(&format!("  {how:<4} {} ({:.1} s)", self.title, self.started.elapsed().as_secs_f64()));
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.finished {
            self.finish("FAIL");
        }
    }
}
