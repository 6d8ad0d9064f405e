//! A guest that was manipulated stands still until its memory has been fetched through a debugger, and goes on, or stands on if another finding
//! of the same round pauses it; debuggers and monitors find in the file what was done.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use monitor_api::Verdict;
use monitor_hosts::proof::{self, Attack, Hosted, Prepared};
use monitor_hosts::{Dump, GdbStub, Watch, by_name, order, watch};
use provision::command;
use regex::Regex;
use sh4a_emu::gdb::serve_stream;
use spumone_core::dump::Order;
use spumone_core::format::Name;
use spumone_core::monitors::{Action, Rule};
use system_file::System;
use tempfile::NamedTempFile;

use super::Depth;
use super::tally::Tally;
use crate::image;
use crate::monitor::{from_board, spumone};

/// The manipulations, each of which leads to a dump, and who finds them.
const ATTACKS: [&str; 3] =
    ["system call table entry", "inline hook in kernel text", "entry of a read-only table of operations"];
const MONITOR: &str = "text-integrity";
/// Two that a monitor each finds at once, the first of them first: it pauses the guest, the second one dumps it.
const TOGETHER: [(&str, &str, Action); 2] = [
    ("user id set to 0 in place", "credentials", Action::Pause),
    ("restart function of the machine", "hooks", Action::Dump),
];
/// Consoles.
const LINUX: usize = 0;
const LOG: usize = 3;
/// Periods of a millisecond that the real-time guest measures: as long as all this takes.
const PERIODS: u32 = 12_000;
/// Core cycles: 20 ms, and what something may take at most.
const WHILE: u64 = 12_000_000;
pub(super) const PATIENCE: u64 = 12_000_000_000;

pub(super) fn run(_: Depth) -> Result<Tally> {
    let mut tally = Tally::default();
    let system = system()?;
    let mut hosted = spumone::boot(&system)?;
    let prepared = spumone::prepared()?;
    let [first, second, third] = ATTACKS.map(attack);
    let (first, second, third) = (first?, second?, third?);
    hosted.spoil(&first, &prepared)?;
    tally.check("a guest that was manipulated stands still", stands(&mut hosted, &system));
    let file = NamedTempFile::new()?;
    tally.check("a debugger fetches its memory", fetched(&mut hosted, &system, &file));
    tally.check("gdb reads the file", gdb_reads(&prepared, file.path()));
    tally.check("a monitor finds in the file what was done", found(&prepared, file.path(), first.says));
    tally.check("the guest goes on", goes_on(&mut hosted, "dump 1 was fetched"));
    hosted.spoil(&second, &prepared)?;
    tally.check("the emulator fetches the next one", from_emulator(&mut hosted, &system, 2).map(drop));
    tally.check("the guest goes on again", goes_on(&mut hosted, "dump 2 was fetched"));
    hosted.spoil(&third, &prepared)?;
    tally.check("it goes on if nobody fetches the third one", goes_on(&mut hosted, "dump 3 was not fetched in time"));
    tally.check("who is paused in the round of its dump stands after it", stands_on(&mut hosted, &system, &prepared));
    tally.check("it goes on by order", ordered(&mut hosted));
    tally.check("who panics begins anew after its dump", panics(&mut hosted, &system));
    let foreign = proof::foreign_stub();
    tally.check("dumps and orders go through stock QEMU's stub too", foreign);
    tally.check("the real-time guest missed no period", super::hosted::probe(&mut hosted));
    Ok(tally)
}

fn attack(name: &str) -> Result<Attack> {
    proof::attacks().into_iter().find(|attack| attack.name == name).context("no such attack")
}

fn system() -> Result<System> {
    let mut system = image::load(Path::new(spumone::SYSTEM))?;
    for guest in &mut system.guests {
        match (guest.name.as_str(), &mut guest.watch) {
            ("linux", _) => guest.cmdline = guest.cmdline.take().map(|line| line.replace("panic=1", "panic=0")),
            ("rt-probe", _) => guest.params = vec![PERIODS, 0],
            (_, Some(watch)) => {
                let mut rule = |monitor, verdict, action| -> Result<()> {
                    let monitor = Name::new(monitor).context("no name")?;
                    watch.policy.insert(0, Rule { monitor, verdict, action });
                    Ok(())
                };
                rule(MONITOR, Verdict::Report, Action::Dump)?;
                rule("heartbeat", Verdict::Restart, Action::Dump)?;
                for (_, monitor, action) in TOGETHER {
                    rule(monitor, Verdict::Report, action)?;
                }
                watch.dump_seconds = 1;
            }
            _ => {}
        }
    }
    Ok(system)
}

pub(super) fn memory(hosted: &Hosted, system: &System) -> Result<Vec<u8>> {
    let linux = system.guests.iter().find(|guest| guest.name.as_str() == "linux").context("no Linux")?;
    let (start, length) = (linux.memory.start, linux.memory.length);
    hosted.emulator.machine().read_memory(0, start, length as usize).context("no such memory")
}

/// What the log says of dump `number`: the address at which it is described.
fn announced(hosted: &Hosted, number: u32) -> Option<u32> {
    let log = hosted.emulator.console(LOG);
    let ready =
        Regex::new(&format!(r"dump {number} is ready \([03] of 3 CPUs stand still\): .*--at 0x([0-9a-f]{{8}})\s"))
            .ok()?;
    u32::from_str_radix(&ready.captures(&log)?[1], 16).ok()
}

pub(super) fn until(hosted: &mut Hosted, what: &str, so: impl Fn(&Hosted) -> bool) -> Result<()> {
    let limit = hosted.emulator.machine().time() + PATIENCE;
    while !so(hosted) {
        ensure!(hosted.emulator.machine().time() < limit, "{what} did not come:\n{}", hosted.emulator.console(LOG));
        hosted.emulator.run(WHILE / 10)?;
    }
    Ok(())
}

/// Nothing in its memory changes any more, while the real-time guest goes on.
fn stands(hosted: &mut Hosted, system: &System) -> Result<()> {
    until(hosted, "a dump", |hosted| announced(hosted, 1).is_some())?;
    unchanged(hosted, system)
}

fn unchanged(hosted: &mut Hosted, system: &System) -> Result<()> {
    let before = memory(hosted, system)?;
    hosted.emulator.enter(LINUX, "echo awake");
    hosted.emulator.run(WHILE)?;
    ensure!(memory(hosted, system)? == before, "its memory changes");
    Ok(())
}

fn fetched(hosted: &mut Hosted, system: &System, file: &NamedTempFile) -> Result<()> {
    let at = announced(hosted, 1).context("no dump is announced")?;
    let before = memory(hosted, system)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let limit = hosted.emulator.machine().time() + WHILE / 10;
    let number = std::thread::scope(|scope| {
        let fetch = scope.spawn(move || {
            let mut board = GdbStub::connect(("127.0.0.1", port), (0, 1 << 29), Duration::ZERO)?;
            from_board(&mut board, at, file)
        });
        let (stream, _) = listener.accept()?;
        serve_stream(hosted.emulator.machine_mut(), stream, limit)?;
        fetch.join().map_err(|_| anyhow!("the thread that fetches panicked"))?
    })?;
    ensure!(number == 1, "it is dump {number}");
    let dump = Dump::read_core(file.path())?;
    let same = dump.pieces().map(|(_, bytes)| bytes).eq([before.as_slice()]);
    ensure!(same, "the file has another memory than the board");
    let why = dump.why().context("it does not say why")?;
    ensure!(why.contains(MONITOR), "it says {why:?}");
    Ok(())
}

fn from_emulator(hosted: &mut Hosted, system: &System, number: u32) -> Result<Dump> {
    until(hosted, "the dump", |hosted| announced(hosted, number).is_some())?;
    let at = announced(hosted, number).context("no dump is announced")?;
    let before = memory(hosted, system)?;
    let file = NamedTempFile::new()?;
    from_board(hosted.emulator.machine_mut(), at, &file)?;
    let dump = Dump::read_core(file.path())?;
    ensure!(dump.pieces().map(|(_, bytes)| bytes).eq([before.as_slice()]), "the file has another memory");
    Ok(dump)
}

/// One round finds both; the pause comes first, and says so again when the dump has been fetched.
fn stands_on(hosted: &mut Hosted, system: &System, prepared: &Prepared) -> Result<()> {
    hosted.round()?;
    let known = hosted.written()?.entries.last().map(|entry| entry.number);
    for (name, ..) in TOGETHER {
        hosted.spoil(&attack(name)?, prepared)?;
    }
    from_emulator(hosted, system, 4)?;
    let entries = hosted.written()?.entries;
    let done: Vec<_> = entries.iter().filter(|entry| Some(entry.number) > known).collect();
    let told: Vec<_> = done.iter().map(|entry| (entry.monitor.as_str(), entry.action, entry.answer)).collect();
    ensure!(told == TOGETHER.map(|(_, monitor, action)| (monitor, action, 0)), "other things were done: {done:?}");
    until(hosted, "the end of the dump", |hosted| hosted.emulator.console(LOG).contains("dump 4 was fetched"))?;
    unchanged(hosted, system)
}

fn ordered(hosted: &mut Hosted) -> Result<()> {
    let at = announced(hosted, 4).context("no dump was announced")?;
    order(hosted.emulator.machine_mut(), at, Order::Resume)?;
    goes_on(hosted, "the guest goes on by order")
}

/// With `panic=0` Linux ends after a panic; its memory still tells of it.
fn panics(hosted: &mut Hosted, system: &System) -> Result<()> {
    super::policy::panics(hosted)?;
    let mut dump = from_emulator(hosted, system, 5)?;
    let prepared = spumone::prepared()?;
    let how = Watch { scans: 1, ..Watch::default() };
    let summary = watch(&mut dump, prepared.profile()?, &mut [by_name("heartbeat")?], how, &mut |_| ())?;
    ensure!(summary.verdict() == Verdict::Restart, "the dump tells of no panic");
    let lives = |hosted: &Hosted| hosted.emulator.console(LINUX).matches("SHELL-REACHED").count();
    until(hosted, "the next life", |hosted| lives(hosted) == 2)
}

/// gdb, which knows nothing of us, finds the CPUs as threads in kernel code, and the kernel's banner by its symbol.
fn gdb_reads(prepared: &Prepared, core: &Path) -> Result<()> {
    let mut gdb = Command::new(provision::gdb()?);
    gdb.args(["-nx", "-batch", "-ex", "set width 0", "-ex", "info threads", "-ex", "printf \"%s\", linux_banner"]);
    let said = command::capture(gdb.args(["-ex", "thread apply all backtrace"]).arg(&prepared.vmlinux).arg(core))?;
    ensure!(said.contains(prepared.profile()?.banner().trim_end()), "gdb finds no banner:\n{said}");
    // A backtrace needs registers, stack and code: each CPU idles, and gdb says by whose call.
    let idle = said.lines().filter(|line| line.contains(" do_idle ()")).count();
    ensure!(idle == 3, "gdb finds {idle} CPUs in Linux's idle loop:\n{said}");
    Ok(())
}

fn found(prepared: &Prepared, core: &Path, (monitor, what): (&str, &str)) -> Result<()> {
    let mut dump = Dump::read_core(core)?;
    let summary = watch(&mut dump, prepared.profile()?, &mut [by_name(monitor)?], Watch::default(), &mut |_| ())?;
    let raised: Vec<_> = summary.raised.iter().map(|raised| raised.finding.to_string()).collect();
    ensure!(raised.iter().any(|text| text.contains(what)), "it raised {raised:?}");
    Ok(())
}

/// The log says so, and the shell answers.
fn goes_on(hosted: &mut Hosted, says: &str) -> Result<()> {
    until(hosted, says, |hosted| hosted.emulator.console(LOG).contains(says))?;
    let word = says.replace(' ', "-");
    hosted.emulator.enter(LINUX, &format!("echo {word} | tr a-z A-Z"));
    until(hosted, "an answer of the shell", |hosted| hosted.emulator.console(LINUX).contains(&word.to_uppercase()))
}
