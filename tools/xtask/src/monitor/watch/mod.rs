//! `monitor watch`: a system with a guest of kind monitor runs on the emulator, and the terminal shows what its monitors find.

mod dump;
mod model;
mod view;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use monitor_hosts::proof::FINDINGS;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use sh4a_emu::machine::{Config, Machine, Stop};
use spumone_core::findings::BYTES;
use system_file::{Kind, System};

use crate::image;
use dump::Dumps;
use model::Snapshot;
use view::Look;

/// Core cycles between two looks at the keyboard: 5 ms.
const SLICE: u64 = 3_000_000;
/// Time between two pictures.
const PICTURE: Duration = Duration::from_millis(100);

/// What runs.
#[derive(Args)]
pub(super) struct Options {
    /// A system file with a guest of kind monitor
    #[arg(long, value_name = "FILE", default_value = "configs/rp1-smp-linux-monitors.toml")]
    system: PathBuf,
    /// Added to the command line of every Linux, e.g. spumone.run=load
    #[arg(long, value_name = "WORDS")]
    append: Option<String>,
}

/// Boots the system and shows it until the user ends it; then what was found goes to standard output.
pub(super) fn run(options: &Options) -> Result<()> {
    ensure!(
        std::io::stdout().is_terminal() && std::io::stdin().is_terminal(),
        "`monitor watch` needs a terminal; without one take `cargo xtask monitor run all --on spumone`"
    );
    let mut system = image::load(&options.system)?;
    let core = monitor_core(&system)
        .with_context(|| format!("{} has no guest of kind `monitor` to watch", options.system.display()))?;
    for line in system.guests.iter_mut().filter_map(|guest| guest.cmdline.as_mut()) {
        line.extend(options.append.iter().flat_map(|words| [" ", words]));
    }
    let image = image::build(&system)?;
    let mut machine = Machine::new(Config { cores: system.cores.into(), ..Config::rp1() });
    machine.load_flash(&image).context("the image does not fit the flash")?;
    machine.follow_real_time();
    let (consoles, log) = (consoles(&system), usize::from(system.log));
    let mut watched = Watched { machine, core, consoles, log, snapshot: Snapshot::default(), dumps: Dumps::default() };
    let mut terminal = ratatui::init();
    let end = show(&mut terminal, &mut watched);
    ratatui::restore();
    end?;
    watched.snapshot.alerts.iter().for_each(|alert| println!("{alert}"));
    println!("{} alerts", watched.snapshot.alerts.len());
    Ok(())
}

fn monitor_core(system: &System) -> Option<usize> {
    let guest = system.guests.iter().find(|guest| guest.kind == Kind::Monitor)?;
    guest.placement.first().map(|core| usize::from(*core))
}

/// The consoles of guests, and SPUMONE's log.
fn consoles(system: &System) -> Vec<(String, usize)> {
    let named = |guest: &system_file::Guest| Some((guest.name.to_string(), usize::from(guest.console?)));
    let log = usize::from(system.log);
    let guests = system.guests.iter().filter_map(named).filter(|(_, port)| *port != log);
    guests.chain([("spumone".to_owned(), log)]).collect()
}

struct Watched {
    machine: Machine,
    /// The core on which the monitors run.
    core: usize,
    consoles: Vec<(String, usize)>,
    /// SPUMONE's log.
    log: usize,
    snapshot: Snapshot,
    dumps: Dumps,
}

impl Watched {
    /// Looks into the memory of the monitors' core.
    fn look(&mut self) {
        if let Some(bytes) = self.machine.read_memory(self.core, FINDINGS, BYTES) {
            self.snapshot.take(&bytes);
        }
        self.dumps.look(&String::from_utf8_lossy(&self.machine.console_tail(self.log)));
        let hz = u128::from(self.machine.config().cycles_per_second().max(1));
        let time = u128::from(self.machine.time()) * 1_000_000_000 / hz;
        self.snapshot.time = u64::try_from(time).unwrap_or(u64::MAX);
    }

    fn tails(&self) -> Vec<(String, String)> {
        let tail = |port| String::from_utf8_lossy(&self.machine.console_tail(port)).replace('\r', "");
        self.consoles.iter().map(|(name, port)| (name.clone(), tail(*port))).collect()
    }
}

fn show(terminal: &mut DefaultTerminal, watched: &mut Watched) -> Result<()> {
    let mut look = Look::default();
    let mut drawn: Option<Instant> = None;
    loop {
        if !look.paused && !look.ended {
            let until = watched.machine.time().saturating_add(SLICE);
            look.ended = watched.machine.run(until) != Stop::Limit;
        }
        if drawn.is_none_or(|at| at.elapsed() >= PICTURE) {
            watched.look();
            let tails = watched.tails();
            terminal.draw(|frame| view::draw(frame, &watched.snapshot, &tails, &watched.dumps.to_string(), look))?;
            drawn = Some(Instant::now());
        }
        let patience = if look.paused || look.ended { PICTURE } else { Duration::ZERO };
        if event::poll(patience)? && !react(&event::read()?, &mut look, watched.snapshot.alerts.len()) {
            return Ok(());
        }
        if std::mem::take(&mut look.fetch) {
            watched.dumps.fetch(&mut watched.machine);
        }
    }
}

/// False if the user wants no more.
fn react(event: &Event, look: &mut Look, alerts: usize) -> bool {
    let Event::Key(key) = event else { return true };
    if key.kind == KeyEventKind::Release {
        return true;
    }
    match key.code {
        KeyCode::Char('q') | KeyCode::Esc => return false,
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return false,
        KeyCode::Char('p' | ' ') => look.paused = !look.paused,
        KeyCode::Char('d') => look.fetch = true,
        KeyCode::Up => look.back = look.back.saturating_add(1).min(alerts),
        KeyCode::Down => look.back = look.back.saturating_sub(1),
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::crossterm::event::KeyEvent;

    fn press(code: KeyCode, modifiers: KeyModifiers, look: &mut Look) -> bool {
        react(&Event::Key(KeyEvent::new(code, modifiers)), look, 2)
    }

    #[test]
    fn keys_do_what_the_title_says() {
        let (mut look, none) = (Look::default(), KeyModifiers::NONE);
        assert!(press(KeyCode::Char('p'), none, &mut look) && look.paused);
        assert!(press(KeyCode::Char('p'), none, &mut look) && !look.paused);
        for back in [1, 2, 2] {
            assert!(press(KeyCode::Up, none, &mut look) && look.back == back);
        }
        assert!(press(KeyCode::Down, none, &mut look) && look.back == 1);
        assert!(press(KeyCode::Char('d'), none, &mut look) && look.fetch);
        assert!(press(KeyCode::Char('c'), none, &mut look));
        assert!(!press(KeyCode::Char('c'), KeyModifiers::CONTROL, &mut look));
        assert!(!press(KeyCode::Char('q'), none, &mut look));
        assert!(!press(KeyCode::Esc, none, &mut look));
    }
}
