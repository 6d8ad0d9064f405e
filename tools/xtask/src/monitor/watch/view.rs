//! What the terminal shows.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Cell, Paragraph, Row, Table, Wrap};

use super::model::{Alert, Monitor, Snapshot};

/// What the user chose to see.
#[derive(Clone, Copy, Default)]
pub(super) struct Look {
    /// The machine stands still.
    pub(super) paused: bool,
    /// The machine has come to its end.
    pub(super) ended: bool,
    /// A dump is to be fetched.
    pub(super) fetch: bool,
    /// Alerts that are scrolled past, from the newest on.
    pub(super) back: usize,
}

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const QUIET: Style = Style::new().fg(Color::DarkGray);
const WRONG: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);

/// Draws monitors, alerts, and the ends of the consoles.
pub(super) fn draw(frame: &mut Frame<'_>, snapshot: &Snapshot, consoles: &[(String, String)], dumps: &str, look: Look) {
    let rows = u16::try_from(snapshot.monitors.len()).unwrap_or(u16::MAX).saturating_add(3);
    let [head, below, monitors, alerts, tails] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(u16::from(!dumps.is_empty())),
        Constraint::Length(rows.max(4)),
        Constraint::Min(5),
        Constraint::Percentage(35),
    ])
    .areas(frame.area());
    frame.render_widget(title(snapshot, look), head);
    frame.render_widget(Line::from(dumps).style(WRONG), below);
    frame.render_widget(table(snapshot), monitors);
    draw_alerts(frame, alerts, &snapshot.alerts, snapshot.lost, look);
    draw_consoles(frame, tails, consoles);
}

fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

fn title(snapshot: &Snapshot, look: Look) -> Line<'static> {
    let state = match look {
        Look { ended: true, .. } => "has ended",
        Look { paused: true, .. } => "stands still",
        Look { .. } => "runs",
    };
    let keys = "q ends, p stops and goes on, up and down scroll";
    Line::from(format!(
        "guest time {:.3} s, {state}; monitors: {}, {:.3} % of their core | {keys}",
        seconds(snapshot.time),
        snapshot.state,
        100.0 * snapshot.share()
    ))
    .style(BOLD)
}

fn table(snapshot: &Snapshot) -> Table<'static> {
    let heads = ["monitor", "state", "scans", "last scan", "% of core", "bytes a scan", "broke off", "findings"];
    let widths = [16, 14, 8, 11, 10, 13, 10, 9].map(Constraint::Length);
    let rows = snapshot.monitors.iter().map(|monitor| row(monitor, snapshot.time));
    Table::new(rows, widths).header(Row::new(heads).style(BOLD)).block(Block::bordered().title("Monitors"))
}

fn row(monitor: &Monitor, now: u64) -> Row<'static> {
    let last = match monitor.last_scan {
        Some(at) => format!("{:.2} s ago", seconds(now.saturating_sub(at))),
        None => "never".to_owned(),
    };
    let share = if now == 0 { 0.0 } else { 100.0 * monitor.busy as f64 / now as f64 };
    let each = monitor.bytes.checked_div(monitor.scans).map_or_else(String::new, |bytes| bytes.to_string());
    let found = Cell::from(monitor.findings.to_string());
    Row::new([
        Cell::from(monitor.name.clone()),
        Cell::from(monitor.state.clone()),
        Cell::from(monitor.scans.to_string()),
        Cell::from(last),
        Cell::from(format!("{share:.4}")),
        Cell::from(each),
        Cell::from(monitor.broken.to_string()),
        if monitor.findings > 0 { found.style(WRONG) } else { found },
    ])
}

/// The newest at the bottom.
fn draw_alerts(frame: &mut Frame<'_>, area: Rect, alerts: &[Alert], lost: u64, look: Look) {
    let room = usize::from(area.height.saturating_sub(2));
    let end = alerts.len().saturating_sub(look.back.min(alerts.len().saturating_sub(room)));
    let shown = alerts.get(end.saturating_sub(room)..end).unwrap_or(&[]);
    let lines: Vec<Line<'_>> = match shown {
        [] => vec![Line::from("none so far").style(QUIET)],
        shown => shown.iter().map(|alert| Line::from(alert.to_string()).style(WRONG)).collect(),
    };
    let title = match lost {
        0 => format!("Alerts: {}", alerts.len()),
        lost => format!("Alerts: {}, and {lost} that were overwritten before they could be read", alerts.len()),
    };
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(title)), area);
}

fn draw_consoles(frame: &mut Frame<'_>, area: Rect, consoles: &[(String, String)]) {
    let count = u32::try_from(consoles.len()).unwrap_or(1).max(1);
    let areas = Layout::horizontal(consoles.iter().map(|_| Constraint::Ratio(1, count))).split(area);
    for ((name, text), area) in consoles.iter().zip(areas.iter()) {
        let room = usize::from(area.height.saturating_sub(2));
        let lines: Vec<_> = text.lines().collect();
        let shown = lines.get(lines.len().saturating_sub(room)..).unwrap_or(&[]).join("\n");
        let tail = Paragraph::new(shown).wrap(Wrap { trim: false }).style(QUIET);
        frame.render_widget(tail.block(Block::bordered().title(name.clone())), *area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn screen(snapshot: &Snapshot, consoles: &[(String, String)], look: Look) -> String {
        let mut terminal = Terminal::new(TestBackend::new(110, 30)).expect("a terminal");
        terminal.draw(|frame| draw(frame, snapshot, consoles, "dump 4 is here", look)).expect("drawn");
        let buffer = terminal.backend().buffer();
        let width = usize::from(buffer.area.width);
        let cells: Vec<_> = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        cells.chunks(width).map(|line| line.concat() + "\n").collect()
    }

    fn snapshot(alerts: usize) -> Snapshot {
        let monitor = Monitor {
            name: "hidden-tasks".into(),
            state: "watches".into(),
            scans: 4,
            broken: 1,
            findings: 2,
            last_scan: Some(1_500_000_000),
            bytes: 4_000,
            busy: 20_000_000,
        };
        let idle = Monitor { name: "hooks".into(), state: "waits".into(), ..Monitor::default() };
        let alert = |number: usize| Alert {
            time: 1_000_000_000 + number as u64,
            text: format!("hidden-tasks: finding {number} "),
            count: 1,
            number: number as u32,
        };
        let alerts = (0..alerts).map(alert).collect();
        Snapshot { time: 2_000_000_000, state: "watching", monitors: vec![monitor, idle], alerts, lost: 0 }
    }

    #[test]
    fn monitors_their_cost_and_alerts_are_shown() {
        let consoles = [("linux".to_owned(), "one\ntwo".to_owned()), ("rt-probe".to_owned(), "three".to_owned())];
        let screen = screen(&snapshot(1), &consoles, Look::default());
        for part in [
            "guest time 2.000 s, runs; monitors: watching, 1.000 % of their core",
            "0.50 s ago",
            "1.0000",
            "1000",
            "never",
            "Alerts: 1",
            "1.000 s  hidden-tasks: finding 0",
            "dump 4 is here",
            "two",
            "three",
        ] {
            assert!(screen.contains(part), "{part:?} is not in\n{screen}");
        }
    }

    #[test]
    fn old_alerts_are_scrolled_to_and_not_past() {
        let newest = screen(&snapshot(100), &[], Look::default());
        assert!(newest.contains("finding 99 ") && !newest.contains("finding 0 "), "{newest}");
        let oldest = screen(&snapshot(100), &[], Look { back: 1000, paused: true, ..Look::default() });
        assert!(oldest.contains("finding 0 ") && !oldest.contains("finding 99 "), "{oldest}");
        assert!(oldest.contains("stands still"));
    }

    #[test]
    fn nothing_to_show_is_shown_too() {
        let empty = screen(&Snapshot::default(), &[], Look::default());
        assert!(empty.contains("none so far"), "{empty}");
    }
}
