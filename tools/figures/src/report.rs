//! Named figures with their units and aims.

use std::fmt::Write as _;

use serde::Serialize;

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
}

impl Aim {
    fn met_by(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtMost(limit) => format!("<= {limit}"),
            Self::AtLeast(limit) => format!(">= {limit}"),
        }
    }
}

/// One measured number.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured, e.g. `tlb miss`.
    pub name: String,
    /// The number.
    pub value: f64,
    /// Its unit, e.g. `instructions`, `%`, `MIPS`.
    pub unit: &'static str,
    /// What it should be, where the design says so.
    pub aim: Option<Aim>,
}

/// What one bench found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Name of the bench.
    pub bench: String,
    /// The figures, the headline last.
    pub figures: Vec<Figure>,
    /// Conditions and remarks, printed before the figures.
    pub notes: Vec<String>,
}

impl Report {
    /// An empty report of `bench`.
    pub fn new(bench: impl Into<String>) -> Self {
        Self { bench: bench.into(), figures: Vec::new(), notes: Vec::new() }
    }

    /// Adds a remark.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a figure without an aim.
    pub fn figure(&mut self, name: impl Into<String>, value: f64, unit: &'static str) -> &mut Self {
        self.figures.push(Figure { name: name.into(), value, unit, aim: None });
        self
    }

    /// Adds a figure that the design has an aim for.
    pub fn aimed(&mut self, name: impl Into<String>, value: f64, unit: &'static str, aim: Aim) -> &mut Self {
        self.figures.push(Figure { name: name.into(), value, unit, aim: Some(aim) });
        self
    }

    /// The report as text: notes, then one line `name: value unit` a figure, the headline last.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for note in &self.notes {
            let _ = writeln!(out, "  {note}");
        }
        for figure in &self.figures {
            let _ = write!(out, "{}: {} {}", figure.name, number(figure.value), figure.unit);
            if let Some(aim) = figure.aim {
                let verdict = if aim.met_by(figure.value) { "met" } else { "missed" };
                let _ = write!(out, " (aim {}: {verdict})", aim.words());
            }
            out.push('\n');
        }
        out
    }

    /// The report as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }
}

/// Whole numbers without a point, others with three digits after it.
fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headline_is_last_and_says_whether_the_aim_is_met() {
        let mut report = Report::new("overhead");
        report.note("two runs").figure("native", 2.5e9, "instructions").aimed("overhead", 0.25, "%", Aim::AtMost(0.5));
        let text = report.text();
        assert_eq!(text.lines().last(), Some("overhead: 0.250 % (aim <= 0.5: met)"));
        assert!(text.contains("native: 2500000000 instructions\n"));
    }

    #[test]
    fn a_missed_aim_is_said() {
        let mut report = Report::new("emulator");
        report.aimed("speed", 20.0, "MIPS", Aim::AtLeast(60.0));
        assert!(report.text().ends_with("(aim >= 60: missed)\n"));
        assert_eq!(report.json()["figures"][0]["aim"]["at_least"], 60.0);
    }
}
