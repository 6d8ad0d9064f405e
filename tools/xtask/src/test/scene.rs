//! A system of test guests: made in memory, booted, run to its end.

use std::fmt::Write;

use anyhow::{Result, anyhow, ensure};
use provision::progress::Step;
use regex::Regex;
use system_file::System;

use crate::run::{self, On};
use crate::{image, target};

/// A guest of a scene.
#[derive(Clone, Copy)]
pub(super) struct Actor {
    /// Package that the program is in.
    pub(super) package: &'static str,
    /// The program; also the guest's name.
    pub(super) program: &'static str,
    /// Words for its parameter block.
    pub(super) params: &'static [u32],
    /// Uses the FPU.
    pub(super) fpu: bool,
}

/// A program of `guests/selftest`.
pub(super) const fn selftest(program: &'static str) -> Actor {
    Actor { package: "selftest", program, params: &[], fpu: false }
}

/// The same, with an FPU of its own.
pub(super) const fn with_fpu(program: &'static str) -> Actor {
    Actor { fpu: true, ..selftest(program) }
}

/// rt-probe over so many periods, of which so many may be missed.
pub(super) const fn probe(params: &'static [u32; 2]) -> Actor {
    Actor { package: "rt-probe", program: "rt-probe", params, fpu: false }
}

/// What is booted, on what, and what is printed.
pub(super) struct Scene {
    pub(super) board: &'static str,
    pub(super) on: On,
    /// In Linux's place.
    pub(super) low: Option<Actor>,
    /// In the real-time guest's place.
    pub(super) rt: Option<Actor>,
    /// Each matches a line.
    pub(super) expected: &'static [&'static str],
}

impl Scene {
    /// For people.
    pub(super) fn name(&self) -> String {
        let actors: Vec<&str> = self.low.iter().chain(&self.rt).map(|actor| actor.program).collect();
        format!("{} on {} {:?}", actors.join(" and "), self.board, self.on)
    }

    /// Runs it to its end; fails unless every expected line came and no guest printed FAIL.
    pub(super) fn play(&self) -> Result<()> {
        let step = Step::new(&self.name());
        let system = self.system()?;
        let printed = run::to_the_end(self.on, &system, &image::build(&system)?)?;
        judge(&printed, self.expected)?;
        step.done();
        Ok(())
    }

    /// The system.
    pub(super) fn system(&self) -> Result<System> {
        system_file::parse("the scene", &self.system_file()?).map_err(|bad| anyhow!("{}", bad.picture()))
    }

    fn system_file(&self) -> Result<String> {
        let rp1 = self.board == "rp1";
        let log = if rp1 { "SCIF3" } else { "SCI" };
        let mut text = format!("machine = \"{}\"\ncores = 1\nlog = \"{log}\"\n", self.board);
        if let Some(low) = self.low {
            let (size, console) = if rp1 { ("0x07c00000", "SCIF0") } else { ("0x03c00000", "SCIF") };
            let memory = format!("start = 0x0c400000, size = {size}");
            self.guest(&mut text, low, "linux", &memory, console, &[("TMU0", 3), (console, 2)])?;
        }
        if let Some(rt) = self.rt {
            let (memory, console) = match rp1 {
                true => ("start = 0x0c000000, size = 0x00400000", "SCIF1"),
                false => ("start = 0x0c100000, size = 0x00300000", "SCI"),
            };
            self.guest(&mut text, rt, "rtos", memory, console, &[("TMU3", 12), ("TMU4", 14)])?;
        }
        Ok(text)
    }

    fn guest(
        &self,
        text: &mut String,
        actor: Actor,
        kind: &str,
        memory: &str,
        console: &str,
        interrupts: &[(&str, u8)],
    ) -> Result<()> {
        let image = target::build(actor.package, self.board)?.program(actor.program);
        let priority = if kind == "rtos" { 2 } else { 1 };
        let Actor { program, params, fpu, .. } = actor;
        writeln!(
            text,
            "[[guest]]\nname = \"{program}\"\nkind = \"{kind}\"\nimage = {:?}",
            image.display().to_string()
        )?;
        writeln!(text, "memory = {{ {memory} }}\npriority = {priority}\nconsole = \"{console}\"\nfpu = {fpu}")?;
        if !params.is_empty() {
            writeln!(text, "params = {params:?}")?;
        }
        let sources = interrupts.iter().map(|(name, level)| format!("{{ source = \"{name}\", level = {level} }}"));
        writeln!(text, "interrupts = [{}]", sources.collect::<Vec<_>>().join(", "))?;
        Ok(())
    }
}

/// Every expression must match a line, and nobody may have printed that something failed.
pub(super) fn judge(printed: &str, expected: &[&str]) -> Result<()> {
    for text in expected {
        ensure!(Regex::new(text)?.is_match(printed), "missing: {text}\n{printed}");
    }
    ensure!(!printed.contains("FAIL"), "a guest found a fault\n{printed}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_line_and_a_fail_are_failures() {
        assert!(judge("a: PASS\n", &["a: PASS"]).is_ok());
        assert!(judge("a: PASS\n", &["b: PASS"]).unwrap_err().to_string().starts_with("missing: b: PASS"));
        assert!(judge("a: PASS\nb: FAILED: x\n", &["a: PASS"]).is_err());
    }
}
