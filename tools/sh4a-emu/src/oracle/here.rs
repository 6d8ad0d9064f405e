//! A boot on our own machine.

use std::time::Instant;

use super::{Boot, BootPlan, OracleError, io, tail};
use crate::machine::{Config, Machine, Stop};
use crate::serial::Script;

/// QEMU's second serial port: the SCIF, Linux's ttySC1.
const CONSOLE: usize = 1;

/// Boots `plan` on machine r2d with an SH7751R, QEMU's default CPU, and with QEMU's flags of the SCIF.
///
/// # Errors
/// When the image cannot be read or loaded, or the text does not appear.
pub fn boot_here(plan: &BootPlan) -> Result<Boot, OracleError> {
    let base = Config::r2d();
    boot_on(Config { icount_shift: plan.icount_shift, sh4a: false, qemus_serial_flags: true, ..base }, CONSOLE, plan)
}

/// Boots `plan` on any of our machines, with its console at serial port `console`.
///
/// # Errors
/// When the image cannot be read or loaded, or the text does not appear.
pub fn boot_on(config: Config, console: usize, plan: &BootPlan) -> Result<Boot, OracleError> {
    let image = std::fs::read(&plan.image).map_err(io(plan.image.display().to_string()))?;
    // Guest time that the host's allowance could pay for at the very best.
    let limit = config.cycles_per_second().saturating_mul(plan.timeout.as_secs().max(1));
    let mut machine = Machine::new(config);
    machine.load_kernel(&image, None)?;
    let script = Script::silent().stop_at(&plan.until, machine.control());
    let transcript = script.transcript();
    machine.connect(console, Box::new(script));
    let started = Instant::now();
    let stop = machine.run(limit);
    let boot = Boot { console: transcript.text(), instructions: Some(machine.retired()), wall: started.elapsed() };
    if stop == Stop::Host {
        return Ok(boot);
    }
    let why = format!("{stop:?}");
    Err(OracleError::NotReached { who: "sh4a-emu", until: plan.until.clone(), why, tail: tail(&boot.console) })
}
