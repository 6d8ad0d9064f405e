//! A guest that is dead: it panicked, or stands still with interrupts off.

use anyhow::{Context, Result, ensure};
use heartbeat::{Heartbeat, NO_TICK, PANIC};
use monitor_api::{Monitor, Verdict};

use super::guests::{Prepared, texts};
use crate::dump::Dump;
use crate::emulator::Emulator;
use crate::runner::{Watch, watch};
use crate::target::Target;

/// Nanoseconds without a tick that the test takes for a hang: twenty periods of the kernel's clock.
const PATIENCE: u64 = 200_000_000;
/// `bra .` and its delay slot.
const LOOP: [u8; 4] = [0xfe, 0xaf, 0x09, 0x00];
/// SR: privileged, interrupts off.
const OFF: u32 = 1 << 30 | 0xf0;

/// Core 0 of a guest that has work stops in an endless loop with interrupts off: `heartbeat` asks for a restart. The guest is lost.
///
/// # Errors
/// When it does not.
pub fn hang(prepared: &Prepared, guest: &mut Emulator) -> Result<()> {
    let profile = prepared.profile()?;
    let place = profile.symbol("sys_reboot").context("no sys_reboot")?.address.get() as u32;
    guest.machine_mut().write_memory(0, place & 0x1fff_ffff, &LOOP).context("no memory there")?;
    let cpu = guest.machine_mut().cpu_mut(0);
    cpu.set_sr(OFF);
    cpu.set_pc(place);
    expect(guest, prepared, Watch { scans: 40, ..Watch::default() }, NO_TICK)
}

/// A guest whose kernel says that it has panicked: the same, also in a dump.
///
/// # Errors
/// When it does not.
pub fn panic(prepared: &Prepared, dump: &mut Dump) -> Result<()> {
    let flag = prepared.profile()?.symbol("panic_cpu").context("no panic_cpu")?.address.get() & 0x1fff_ffff;
    // The number of the CPU that panicked, instead of -1 for none (kernel/panic.c).
    ensure!(dump.write(flag, &[0; 4]), "no memory there");
    let result = expect(dump, prepared, Watch::default(), PANIC);
    dump.write(flag, &[0xff; 4]);
    result
}

fn expect(target: &mut dyn Target, prepared: &Prepared, how: Watch, what: &str) -> Result<()> {
    let monitor: Box<dyn Monitor> = Box::new(Heartbeat::with_patience(PATIENCE));
    let summary = watch(target, prepared.profile()?, &mut [monitor], how, &mut |_| ())?;
    let found = summary.raised.iter().any(|raised| raised.finding.what == what);
    ensure!(
        found && summary.verdict() == Verdict::Restart,
        "{what:?} was not found; raised: {}",
        texts(&summary.raised)
    );
    Ok(())
}
