//! What only guests of kind `monitor` have: whom they watch, at what cost, and what follows from it.

use crate::board::Board;
use crate::model::{Kind, Watch};
use crate::problem::Problem;
use crate::reader::{Problems, Reader, suggest};
use crate::schema::{Draft, unknown};
use monitor_api::Verdict;
use spumone_core::format::Name;
use spumone_core::monitors::{Action, DUMP_SECONDS, Limits, MAX_RULES, Rule};
use std::ops::Range;
use toml::Spanned;

/// SPUMONE's counter for the clock (spumone-sh4a/src/board/rp1.rs).
const COUNTER: &str = "TMU4";
const VERDICTS: [(&str, Verdict); 4] = [
    ("report", Verdict::Report),
    ("pause", Verdict::Pause),
    ("restore", Verdict::Restore),
    ("restart", Verdict::Restart),
];

/// The keys as they stand there.
pub(crate) struct WatchDraft<'a> {
    watches: Option<Spanned<&'a str>>,
    budget: Option<(Range<usize>, Limits)>,
    dump_wait: Option<Spanned<u32>>,
    policy: Vec<(Range<usize>, Option<Rule>)>,
}

pub(crate) fn read<'a>(guest: &mut Reader<'a, '_>, problems: &Problems) -> WatchDraft<'a> {
    let watches = guest.string("watches");
    let budget = guest.table("budget").map(|mut budget| {
        let Limits { bytes, microseconds, pause } = Limits::DEFAULT;
        let mut number = |key, default| budget.number(key).map_or(default, Spanned::into_inner);
        let limits = Limits {
            bytes: number("bytes", bytes),
            microseconds: number("microseconds", microseconds),
            pause: number("pause", pause),
        };
        let span = budget.span();
        budget.finish();
        (span, limits)
    });
    let dump_wait = guest.number("dump_wait");
    let policy = guest.tables("policy").into_iter().map(|rule| read_rule(rule, problems)).collect();
    WatchDraft { watches, budget, dump_wait, policy }
}

fn read_rule(mut rule: Reader<'_, '_>, problems: &Problems) -> (Range<usize>, Option<Rule>) {
    let (monitor, verdict, action) = (rule.string("monitor"), rule.string("verdict"), rule.string("action"));
    for (key, value, example) in
        [("monitor", &monitor, "\"*\""), ("verdict", &verdict, "\"restart\""), ("action", &action, "\"restart\"")]
    {
        if value.is_none() {
            rule.missing(key, example);
        }
    }
    let span = rule.span();
    rule.finish();
    let monitor = monitor.and_then(|name| {
        let legal = Name::new(name.get_ref());
        if legal.is_none() {
            let message = format!("`{}` is no name of a monitor", name.get_ref());
            problems.add(Problem::new(name.span(), message, "`cargo xtask monitor list` shows them; `*` is all"));
        }
        legal
    });
    let verdict = verdict.and_then(|name| {
        let found = VERDICTS.iter().find(|(known, _)| known == name.get_ref());
        if found.is_none() {
            unknown(problems, "verdict", &name, VERDICTS.iter().map(|(known, _)| *known), "choose a verdict");
        }
        found.map(|(_, verdict)| *verdict)
    });
    let action = action.and_then(|name| {
        let found = Action::ALL.into_iter().find(|action| action.name() == *name.get_ref());
        if found.is_none() {
            unknown(problems, "action", &name, Action::ALL.into_iter().map(Action::name), "choose an action");
        }
        found
    });
    let whole = (|| Some(Rule { monitor: monitor?, verdict: verdict?, action: action? }))();
    (span, whole)
}

impl WatchDraft<'_> {
    /// The watched guest's number, limits and rules, once the rules found nothing to object to.
    pub(crate) fn finish(self, names: &[Option<&str>]) -> Option<Watch> {
        let watched = self.watches?;
        let guest = names.iter().position(|name| name.as_ref() == Some(watched.get_ref()))?;
        let limits = self.budget.map_or(Limits::DEFAULT, |(_, limits)| limits);
        let dump_seconds = self.dump_wait.map_or(DUMP_SECONDS, Spanned::into_inner);
        let policy = self.policy.into_iter().filter_map(|(_, rule)| rule).collect();
        Some(Watch { guest: u8::try_from(guest).ok()?, limits, dump_seconds, policy })
    }
}

/// All rules about who watches whom.
pub(crate) fn check(drafts: &[Draft<'_>], board: &Board, problems: &Problems) {
    for guest in drafts {
        if guest.kind == Some(Kind::Monitor) {
            monitor(guest, drafts, board, problems);
        } else if guest.kind.is_some() {
            others(guest, problems);
        }
    }
}

/// The keys are for guests of kind monitor.
fn others(guest: &Draft<'_>, problems: &Problems) {
    let WatchDraft { watches, budget, dump_wait, policy } = &guest.watch;
    let keys = [
        ("watches", watches.as_ref().map(Spanned::span)),
        ("budget", budget.as_ref().map(|(span, _)| span.clone())),
        ("dump_wait", dump_wait.as_ref().map(Spanned::span)),
        ("policy", policy.first().map(|(span, _)| span.clone())),
    ];
    for (key, span) in keys.into_iter().filter_map(|(key, span)| Some((key, span?))) {
        let message = format!("`{key}` for a guest that is no monitor");
        problems.add(Problem::new(span, message, "remove it, or make the guest `kind = \"monitor\"`"));
    }
}

fn monitor(guest: &Draft<'_>, drafts: &[Draft<'_>], board: &Board, problems: &Problems) {
    if let Some((source, _)) = guest.interrupts.first() {
        let message = "a guest of kind `monitor` has no interrupts";
        problems.add(Problem::new(source.span(), message, "leave it to another guest"));
    }
    if let Some(vcpus) = guest.vcpus.as_ref().filter(|vcpus| *vcpus.get_ref() != 1) {
        problems.add(Problem::new(vcpus.span(), "a guest of kind `monitor` has one vCPU", "remove `vcpus`"));
    }
    for source in drafts.iter().flat_map(|guest| &guest.interrupts).map(|(source, _)| source) {
        if source.get_ref().name == COUNTER {
            let message = format!("{COUNTER} is SPUMONE's own in a system with a guest of kind `monitor`");
            problems.add(Problem::new(source.span(), message, "leave it out, or take another channel of its unit"));
        }
    }
    let head = guest.span.start..guest.span.start + 1;
    if board.cores == 1 {
        let message = format!("a guest of kind `monitor` needs a core of its own, and {} has one", board.name);
        problems.add(Problem::new(head, message, "remove the guest"));
        return;
    }
    budget(guest, problems);
    priority(guest, drafts, problems);
    let Some(watches) = &guest.watch.watches else {
        let message = "a guest of kind `monitor` watches nobody";
        problems.add(Problem::new(head, message, "add `watches = \"linux\"`, the name of another guest"));
        return;
    };
    let named = |other: &&Draft<'_>| other.name.as_ref().is_some_and(|name| name.get_ref() == watches.get_ref());
    let names = drafts.iter().filter_map(|other| other.name.as_ref().map(|name| *name.get_ref()));
    let Some(watched) = drafts.iter().find(named) else {
        let message = format!("no guest is named `{}`", watches.get_ref());
        problems.add(Problem::new(watches.span(), message, suggest(watches.get_ref(), names, "name a guest")));
        return;
    };
    if watched.kind == Some(Kind::Monitor) {
        let message = "a guest of kind `monitor` watches one of another kind";
        problems.add(Problem::new(watches.span(), message, "name the guest whose kernel is to be watched"));
        return;
    }
    place(guest, watched, watches, problems);
}

fn budget(guest: &Draft<'_>, problems: &Problems) {
    if let Some((span, limits)) = &guest.watch.budget {
        let Limits { bytes, microseconds, .. } = *limits;
        if bytes < 4096 || microseconds < 100 {
            let message = format!("a budget of {bytes} bytes and {microseconds} microseconds a step is too small");
            let cure = "give at least 4096 bytes and 100 microseconds, or monitors never come to an end";
            problems.add(Problem::new(span.clone(), message, cure));
        }
    }
    if let Some((span, _)) = guest.watch.policy.get(MAX_RULES) {
        problems.add(Problem::new(span.clone(), format!("more than {MAX_RULES} rules"), "remove some; `*` is all"));
    }
}

/// The cores that a guest names, or has without naming any.
fn cores(guest: &Draft<'_>) -> Vec<u32> {
    let vcpus = guest.vcpus.as_ref().map_or(1, |vcpus| *vcpus.get_ref());
    let named = |cores: &Spanned<Vec<Spanned<u32>>>| cores.get_ref().iter().map(|core| *core.get_ref()).collect();
    guest.placement.as_ref().map_or_else(|| (0..vcpus).collect(), named)
}

/// Everybody is more urgent.
fn priority(guest: &Draft<'_>, drafts: &[Draft<'_>], problems: &Problems) {
    let Some(own) = &guest.priority else { return };
    let kernels = drafts.iter().filter(|other| other.kind != Some(Kind::Monitor));
    if let Some(other) = kernels.filter_map(|other| other.priority.as_ref()).find(|p| p.get_ref() < own.get_ref()) {
        let message = format!("the monitor's priority {} is above that of another guest", own.get_ref());
        let cure = "give it the least priority: it has the time that nobody else wants";
        problems.add(Problem::new(own.span(), message, cure).and(other.span(), "another guest's"));
    }
}

/// The watched guest has no vCPU on the monitor's core.
fn place(guest: &Draft<'_>, watched: &Draft<'_>, watches: &Spanned<&str>, problems: &Problems) {
    let at = guest.placement.as_ref().map_or_else(|| guest.span.start..guest.span.start + 1, Spanned::span);
    let name = watches.get_ref();
    if let Some(core) = cores(guest).into_iter().find(|core| cores(watched).contains(core)) {
        let message = format!("core {core} is one of `{name}`'s, which is watched from there");
        let cure = format!("place the monitor, or `{name}`, on other cores");
        let problem = Problem::new(at, message, cure);
        problems.add(match &watched.placement {
            Some(placement) => problem.and(placement.span(), "placed here"),
            None => problem,
        });
    }
}
