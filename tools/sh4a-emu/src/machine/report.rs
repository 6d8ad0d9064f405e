//! What a person wants to see when a run ended badly.

use std::fmt::Write;

use super::run::Machine;

/// Characters of each console that a report shows.
const TAIL: usize = 600;

impl Machine {
    /// Registers and last branches of every core, accesses that nothing answered, and the ends of the consoles.
    pub fn report(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_report(&mut text);
        text
    }

    fn write_report(&self, to: &mut String) -> std::fmt::Result {
        for core in 0..self.cores() {
            let cpu = self.cpu(core);
            let state = match (self.gate(core).stopped, cpu.asleep()) {
                (true, _) => "stopped",
                (false, true) => "asleep",
                (false, false) => "running",
            };
            writeln!(to, "core {core}: {state}, clock {}, {} instructions retired", cpu.clock(), cpu.retired())?;
            for row in 0..4 {
                let values: Vec<String> = (row * 4..row * 4 + 4).map(|n| format!("R{n:<2} {:08x}", cpu.r(n))).collect();
                writeln!(to, "  {}", values.join("  "))?;
            }
            writeln!(to, "  PC  {:08x}  PR  {:08x}  SR  {:08x}  GBR {:08x}", cpu.pc(), cpu.pr(), cpu.sr(), cpu.gbr())?;
            writeln!(
                to,
                "  VBR {:08x}  SPC {:08x}  SSR {:08x}  SGR {:08x}",
                cpu.vbr(),
                cpu.spc(),
                cpu.ssr(),
                cpu.sgr()
            )?;
            write!(to, "  last branches, newest first:")?;
            for (from, target) in cpu.last_branches().iter().rev().take(16) {
                write!(to, " {from:08x}->{target:08x}")?;
            }
            writeln!(to)?;
        }
        let unmapped = self.board().unmapped();
        if unmapped.count() > 0 {
            writeln!(to, "{} accesses that nothing answered; the first to each address:", unmapped.count())?;
            unmapped.records().iter().try_for_each(|access| writeln!(to, "  {access}"))?;
        }
        for port in 0..self.board().ports() {
            let output = self.console_tail(port);
            if !output.is_empty() {
                let from = output.len().saturating_sub(TAIL);
                let tail = String::from_utf8_lossy(&output[from..]).into_owned();
                writeln!(to, "end of serial {port}:\n{}", tail.trim_end())?;
            }
        }
        Ok(())
    }
}
