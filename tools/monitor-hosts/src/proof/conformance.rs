//! The same questions about the same state of a guest, on every host: the answers must be the same.

use std::fmt::Arguments;
use std::net::TcpListener;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use monitor_api::profile::Profile;
use monitor_api::{Guest, Host};

use super::guests::{Prepared, texts};
use super::qemu::{Qemu, saved};
use crate::dump::{Dump, write_core};
use crate::emulator::{Emulator, memory_of};
use crate::gdb::GdbStub;
use crate::registry::all;
use crate::runner::{Watch, watch};
use crate::target::Target;

/// Answers to the questions, a line each; with `registers` also those about virtual CPUs.
pub(super) fn answers(host: &dyn Host, profile: Profile<'_>, registers: bool) -> Result<String> {
    let guest = Guest::attach(host, profile)?;
    let mut text = String::new();
    let mut say = |answer: Arguments<'_>| text += &format!("{answer}\n");
    conformance::ask(&guest, &mut say)?;
    if registers {
        conformance::ask_registers(host, &mut say);
    }
    Ok(text)
}

/// Compares the answers of two hosts.
pub(super) fn same(name: &str, expected: &str, found: &str) -> Result<()> {
    let differs = expected.lines().zip(found.lines()).find(|(expected, found)| expected != found);
    if let Some((expected, found)) = differs {
        bail!("{name} answers differently:\n    {found}\ninstead of\n    {expected}");
    }
    ensure!(expected.lines().count() == found.lines().count(), "{name} gives more or fewer answers");
    Ok(())
}

/// Emulator, ELF core, raw memory and the emulator's gdb stub answer alike on the state of `emulator`; gives the number of answers.
///
/// # Errors
/// With the first answer that differs.
pub fn agree(prepared: &Prepared, emulator: &Emulator) -> Result<usize> {
    let profile = prepared.profile()?;
    let expected = answers(emulator.host(), profile, true)?;
    let without = answers(emulator.host(), profile, false)?;
    ensure!(expected.lines().count() > 40, "too few answers to compare:\n{expected}");

    let dump = emulator.dump()?;
    let (start, memory) = dump.pieces().next().context("a dump without memory")?;
    let dir = tempfile::tempdir()?;
    let (core, raw) = (dir.path().join("core"), dir.path().join("raw"));
    let cpus: Vec<_> = (0..emulator.host().count()).filter_map(|cpu| emulator.host().registers(cpu)).collect();
    write_core(std::fs::File::create(&core)?, u32::try_from(start)?, memory, &cpus)?;
    std::fs::write(&raw, memory)?;
    same("the ELF core", &expected, &answers(&Dump::read_core(&core)?, profile, true)?)?;
    same("raw memory", &without, &answers(&Dump::read_raw(&raw, start)?, profile, false)?)?;

    let port = serve_same(prepared, emulator.machine().time())?;
    let stub = GdbStub::connect(("127.0.0.1", port), emulator.memory(), Duration::ZERO)?;
    same("the gdb stub", &expected, &answers(stub.host(), profile, true)?)?;
    Ok(expected.lines().count())
}

/// Brings a second machine to the same cycle, and serves it to a debugger: the same kernel does the same, so its state is the same.
fn serve_same(prepared: &Prepared, time: u64) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let (config, kernel) = (prepared.config(), prepared.kernel.clone());
    std::thread::spawn(move || -> Result<()> {
        let mut emulator = Emulator::new(config, &kernel, 0)?;
        let ahead = time.saturating_sub(emulator.machine().time());
        emulator.run(ahead)?;
        let (stream, _) = listener.accept()?;
        // Whoever asked has gone when this fails.
        let _ = sh4a_emu::gdb::serve_stream(emulator.machine_mut(), stream, time);
        Ok(())
    });
    Ok(port)
}

/// A Linux on stock QEMU's r2d, through its gdb stub: the answers are those of the memory that QEMU itself writes to a file at that moment, and a
/// clean guest raises nothing. Gives the number of answers.
///
/// # Errors
/// When they differ, or a monitor raises something.
pub fn gdb_on_qemu(prepared: &Prepared) -> Result<usize> {
    let profile = prepared.profile()?;
    let mut qemu = Qemu::start(&prepared.vmlinux.with_file_name("zImage"))?;
    let memory = memory_of(&prepared.config());
    qemu.wait_for_shell()?;
    let mut stub = qemu.connect(memory, Duration::from_millis(50))?;
    let expected = answers(&Dump::raw(memory.0, saved(&mut stub, memory)?), profile, false)?;
    same("QEMU's gdb stub", &expected, &answers(stub.host(), profile, false)?)?;
    let summary = watch(&mut stub, profile, &mut all(), Watch::default(), &mut |_| ())?;
    ensure!(summary.raised.is_empty(), "a clean guest on QEMU raised: {}", texts(&summary.raised));
    ensure!(summary.broken.len() < summary.cost.len(), "no scan came to its end: {:?}", summary.broken);
    Ok(expected.lines().count())
}
