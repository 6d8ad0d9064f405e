//! Both boots side by side.

use std::fmt;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::{Boot, BootPlan, OracleError, boot_here, boot_on_qemu};

/// printk's time stamps, the only thing on the console that may differ.
static TIMES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?m)^\[ *\d+\.\d{6}\] ").ok());

/// Relative difference of the instruction counts that counts as agreement here: QEMU's figure is read when somebody has seen the text,
/// and holds what the idle guest did until then. [`super::count_to`] compares to the instruction.
const COUNT_TOLERANCE: f64 = 0.01;

/// What both showed.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Ours.
    pub here: Boot,
    /// QEMU's, counted.
    pub qemu: Boot,
    /// Best host time of ours.
    pub here_wall: Duration,
    /// Best host time of QEMU without counting.
    pub qemu_wall: Duration,
}

/// Boots `plan` on both, `runs` times where time is taken (the best counts).
///
/// # Errors
/// When one of the boots fails.
pub fn compare(qemu: &Path, plan: &BootPlan, runs: usize) -> Result<Comparison, OracleError> {
    let here = boot_here(plan)?;
    let counted = boot_on_qemu(qemu, plan, true)?;
    let mut here_wall = here.wall;
    let mut qemu_wall = Duration::MAX;
    for _ in 0..runs.max(1) {
        qemu_wall = qemu_wall.min(boot_on_qemu(qemu, plan, false)?.wall);
        here_wall = here_wall.min(boot_here(plan)?.wall);
    }
    Ok(Comparison { here, qemu: counted, here_wall, qemu_wall })
}

fn without_times(console: &str) -> String {
    let text = console.replace('\r', "");
    TIMES.as_ref().map_or_else(|| text.clone(), |times| times.replace_all(&text, "").into_owned())
}

impl Comparison {
    /// The first line that differs when times are left out: ours and QEMU's. QEMU's console may be longer at the end.
    pub fn first_difference(&self) -> Option<(String, String)> {
        let (ours, theirs) = (without_times(&self.here.console), without_times(&self.qemu.console));
        if theirs.starts_with(&ours) {
            return None;
        }
        let mut theirs = theirs.lines();
        ours.lines().find_map(|line| {
            let other = theirs.next().unwrap_or("<nothing>");
            (line != other).then(|| (line.to_owned(), other.to_owned()))
        })
    }

    /// Relative difference of the instruction counts, QEMU's as the base.
    pub fn count_difference(&self) -> f64 {
        let (ours, theirs) = (self.here.instructions.unwrap_or(0) as f64, self.qemu.instructions.unwrap_or(0) as f64);
        (ours - theirs) / theirs.max(1.0)
    }

    /// Million instructions a second of ours.
    pub fn mips(&self) -> f64 {
        self.here.instructions.unwrap_or(0) as f64 / self.here_wall.as_secs_f64() / 1e6
    }

    /// How many times longer than QEMU ours takes.
    pub fn ratio(&self) -> f64 {
        self.here_wall.as_secs_f64() / self.qemu_wall.as_secs_f64()
    }

    /// Same text and counts that agree.
    pub fn agrees(&self) -> bool {
        self.first_difference().is_none() && self.count_difference().abs() <= COUNT_TOLERANCE
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first_difference() {
            None => writeln!(f, "console: {} lines, the same but for times", self.here.console.lines().count())?,
            Some((ours, theirs)) => writeln!(f, "console differs:\n  ours: {ours}\n  QEMU: {theirs}")?,
        }
        let (ours, theirs) = (self.here.instructions.unwrap_or(0), self.qemu.instructions.unwrap_or(0));
        writeln!(f, "instructions: ours {ours}, QEMU {theirs}, difference {:+.3} %", 100.0 * self.count_difference())?;
        let (ours, theirs) = (self.here_wall.as_secs_f64(), self.qemu_wall.as_secs_f64());
        writeln!(f, "time: ours {ours:.3} s ({:.1} MIPS), QEMU {theirs:.3} s", self.mips())?;
        write!(f, "ratio to QEMU: {:.2}", self.ratio())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boot(console: &str, instructions: u64) -> Boot {
        Boot { console: console.to_owned(), instructions: Some(instructions), wall: Duration::from_secs(1) }
    }

    fn comparison(ours: Boot, theirs: Boot) -> Comparison {
        Comparison { here: ours, qemu: theirs, here_wall: Duration::from_secs(2), qemu_wall: Duration::from_secs(1) }
    }

    #[test]
    fn only_times_may_differ() {
        let same = comparison(boot("[    0.010000] a\n# ", 1000), boot("[    0.020000] a\r\n# ", 1001));
        assert!(same.agrees(), "{same}");
        let other = comparison(boot("[    0.010000] a\n", 1000), boot("[    0.010000] b\n", 1000));
        assert_eq!(other.first_difference(), Some(("a".to_owned(), "b".to_owned())));
        let short = comparison(boot("a\nb\n", 1000), boot("a\n", 1000));
        assert_eq!(short.first_difference(), Some(("b".to_owned(), "<nothing>".to_owned())));
    }

    #[test]
    fn counts_may_differ_by_a_hundredth() {
        assert!(comparison(boot("", 1_005_000), boot("", 1_000_000)).agrees());
        assert!(!comparison(boot("", 1_020_000), boot("", 1_000_000)).agrees());
        assert_eq!(comparison(boot("", 1), boot("", 1)).ratio(), 2.0);
    }
}
