//! Round after round: a step of every monitor, then sleep.

use monitor_api::profile::Profile;
use monitor_api::{
    Applies, Budget, Clock, Event, Finding, Guest, Limits, Monitor, Name, Outcome, Scan, Session, SessionError,
};
use spumone_abi::{SPUMONE_GUEST_ALIVE, SPUMONE_GUEST_GONE, SPUMONE_INFO_WATCHED_RESTARTS, SPUMONE_INFO_WATCHED_STATE};
use spumone_core::findings::{Appearances, Entry, MONITORS, Row, Seen, State, Status, Work, Writer};
use spumone_core::monitors::{Action, Config, decide};

use crate::act::act;
use crate::core_local::CoreLocal;
use crate::dumps::Dumps;
use crate::log::line;
use crate::memory::Watched;

/// SPUMONE's ticks between two looks whether there is a kernel.
const WAIT: u32 = 25;

/// A monitor at work.
struct Run<'m> {
    session: Session<'m>,
    row: Row,
    /// When the scan that goes on began.
    began: Option<u64>,
}

/// Everything about the watching.
pub(crate) struct Rounds<'a> {
    host: &'a Watched,
    profile: Profile<'a>,
    config: &'a Config,
    writer: Writer<CoreLocal>,
    dumps: Dumps,
    open: Appearances,
    runs: [Option<Run<'a>>; MONITORS],
    status: Status,
    /// The guest, once its kernel is up.
    guest: Option<Guest<'a>>,
    /// How often it had been started afresh when it was looked at last.
    restarts: u32,
    /// It was told in the log why nobody looks.
    told: bool,
    /// It has ended, and was looked at once more.
    seen_off: bool,
}

impl<'a> Rounds<'a> {
    pub(crate) fn new(
        host: &'a Watched,
        profile: Profile<'a>,
        config: &'a Config,
        (writer, dumps): (Writer<CoreLocal>, Dumps),
        mut monitors: impl Iterator<Item = &'a mut dyn Monitor>,
    ) -> Self {
        let runs = core::array::from_fn(|_| {
            monitors.next().map(|monitor| {
                let row = Row::new(Name::new(monitor.name()));
                Run { session: Session::new(monitor), row, began: None }
            })
        });
        let (open, status) = (Appearances::new(), Status::default());
        let mut rounds = Self {
            host,
            profile,
            config,
            writer,
            dumps,
            open,
            runs,
            status,
            guest: None,
            restarts: 0,
            told: false,
            seen_off: false,
        };
        rounds.write_rows();
        rounds.stand(State::Waiting);
        rounds
    }

    /// A round.
    pub(crate) fn round(&mut self) {
        self.dumps.go_on(self.host);
        let pause = match self.here() {
            Some(guest) => {
                self.steps(&guest);
                self.status.rounds = self.status.rounds.wrapping_add(1);
                self.stand(State::Watching);
                self.config.limits.pause
            }
            None => WAIT,
        };
        if pause > 0 {
            // It ends early at worst.
            let _ = self.host.hypervisor.sleep(pause);
        }
    }

    /// The guest, if there is something to look at; monitors know then what happened to it.
    fn here(&mut self) -> Option<Guest<'a>> {
        let info = |item| self.host.hypervisor.info(item).unwrap_or(u32::MAX);
        let restarts = info(SPUMONE_INFO_WATCHED_RESTARTS);
        if restarts != self.restarts {
            (self.restarts, self.guest, self.told, self.seen_off) = (restarts, None, false, false);
            self.open.clear();
        }
        let state = info(SPUMONE_INFO_WATCHED_STATE);
        // What its memory says of its end is told, and what the policy says is done.
        if state == SPUMONE_GUEST_GONE && self.guest.is_some() && !self.seen_off {
            self.seen_off = true;
            return self.guest;
        }
        if state != SPUMONE_GUEST_ALIVE {
            self.stand(State::Away);
            return None;
        }
        match self.guest {
            Some(guest) => {
                // It stood still when it was looked at last.
                if self.status.state == State::Away {
                    self.tell(&guest, Event::Resumed);
                }
                Some(guest)
            }
            None => self.attach(),
        }
    }

    /// Looks whether the kernel is there and has done its boot: before, what monitors know of it does not hold.
    fn attach(&mut self) -> Option<Guest<'a>> {
        let attached = Guest::attach(self.host, self.profile);
        if let Err(error) = &attached
            && !self.told
        {
            line(self.host.hypervisor, format_args!("waiting: {error}"));
            self.told = true;
        }
        let guest = attached.ok().filter(booted);
        let Some(guest) = guest else {
            self.stand(State::Waiting);
            return None;
        };
        line(self.host.hypervisor, format_args!("watching {}", self.profile.banner().trim_end()));
        self.guest = Some(guest);
        let began = self.host.now();
        self.tell(&guest, Event::Restarted);
        let took = self.host.now().saturating_sub(began) / 1000;
        line(self.host.hypervisor, format_args!("all have found what they look at in {took} us"));
        Some(guest)
    }

    /// What happened to the guest; all monitors begin anew after a restart.
    fn tell(&mut self, guest: &Guest<'_>, event: Event) {
        let limits = Limits::bytes(self.config.limits.bytes.into());
        for run in self.runs.iter_mut().flatten() {
            // What it raises now it raises in its next step again.
            let told = run.session.event(guest, event, limits, &mut |_| ());
            run.began = None;
            let failed = told.err();
            if event == Event::Restarted {
                run.row.work = match (&failed, run.session.applies()) {
                    (Some(SessionError::Version { .. } | SessionError::Init(_)), _) => Work::Failed,
                    (None, Applies::No(_)) => Work::NotApplicable,
                    (None, Applies::Yes) => Work::Active,
                };
            }
            match (failed, run.session.applies()) {
                (Some(error), _) => line(self.host.hypervisor, format_args!("{}: {error}", run.row.name)),
                (None, Applies::No(why)) => line(self.host.hypervisor, format_args!("{}: {why}", run.row.name)),
                (None, Applies::Yes) => {}
            }
        }
        self.write_rows();
    }

    fn steps(&mut self, guest: &Guest<'_>) {
        let told = self.config.limits;
        let limits = Limits::bytes(told.bytes.into()).nanoseconds(u64::from(told.microseconds) * 1000);
        for number in 0..MONITORS {
            let Some(run) = self.runs.get_mut(number).and_then(Option::as_mut) else { break };
            if run.row.work != Work::Active {
                continue;
            }
            let began = self.host.now();
            let (writer, dumps) = (&mut self.writer, &mut self.dumps);
            let (open, lost) = (&mut self.open, &mut self.status.lost);
            let (host, config, number_here) = (self.host, self.config, number as u8);
            let mut found = Found { host, config, writer, dumps, open, lost, number: number_here };
            let (mut new, name) = (0, run.row.name);
            let outcome = run.session.step(guest, limits, &mut |finding| {
                new += u32::from(found.add(name.as_str(), finding, began));
            });
            run.row.findings = run.row.findings.saturating_add(new);
            let ended = self.host.now();
            if run.took(&outcome, began, ended) {
                self.open.scanned(number as u8);
            }
            self.writer.row(number, &run.row);
        }
    }

    fn write_rows(&mut self) {
        for (number, run) in self.runs.iter().flatten().enumerate() {
            self.writer.row(number, &run.row);
        }
    }

    fn stand(&mut self, state: State) {
        self.status = Status { state, time: self.host.now(), ..self.status };
        self.writer.status(self.status);
    }
}

/// True if the kernel has done its boot: `system_state` (include/linux/kernel.h). A kernel that does not say is taken as it is.
fn booted(guest: &Guest<'_>) -> bool {
    let budget = Budget::bytes(1000);
    let view = guest.view(&budget);
    let (state, running) = (view.symbol("system_state"), guest.profile().enumerator("SYSTEM_RUNNING"));
    let (Ok(state), Some(running)) = (state, running) else { return true };
    view.u32(state).is_ok_and(|state| state as i32 >= running)
}

impl Run<'_> {
    /// Writes down what a step cost; true if it ended a scan that saw everything.
    fn took(&mut self, outcome: &Outcome, began: u64, ended: u64) -> bool {
        let row = &mut self.row;
        let spent = ended.saturating_sub(began);
        row.steps = row.steps.wrapping_add(1);
        row.bytes = row.bytes.saturating_add(outcome.used);
        row.spent = row.spent.saturating_add(spent);
        row.longest = row.longest.max(spent);
        let first = *self.began.get_or_insert(began);
        match outcome.scan {
            Ok(Scan::Partial) => return false,
            Ok(Scan::Complete) => {
                row.scans = row.scans.wrapping_add(1);
                (row.last, row.scan) = (ended, ended.saturating_sub(first));
            }
            Err(_) => row.broken = row.broken.wrapping_add(1),
        }
        self.began = None;
        outcome.scan.is_ok()
    }
}

/// Where findings go.
struct Found<'f> {
    host: &'f Watched,
    config: &'f Config,
    writer: &'f mut Writer<CoreLocal>,
    dumps: &'f mut Dumps,
    open: &'f mut Appearances,
    lost: &'f mut u32,
    number: u8,
}

impl Found<'_> {
    /// True if it is new: then it is told, and the policy is followed.
    fn add(&mut self, monitor: &str, finding: &Finding, time: u64) -> bool {
        match self.open.seen(self.number, finding) {
            Seen::Same => return false,
            Seen::Again { number, count } => {
                self.writer.again(number, count, time);
                return false;
            }
            Seen::TooMany => {
                *self.lost = self.lost.saturating_add(1);
                return false;
            }
            Seen::New => {}
        }
        let action = decide(&self.config.rules, monitor, finding.verdict);
        let mut entry = Entry { action, ..Entry::new(monitor, finding, time) };
        // Written down before anything is done: that may fail to come back.
        let number = self.writer.entry(&entry);
        self.open.number(number);
        if action != Action::Report {
            entry.answer = act(self.host, self.dumps, &entry, number);
            self.writer.answered(number, entry.answer);
        }
        line(self.host.hypervisor, format_args!("finding {number}: {entry}"));
        true
    }
}
