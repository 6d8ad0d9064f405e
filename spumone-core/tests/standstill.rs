//! What several findings of one round ask for together: a machine that carries out what [`Standstill`] says.

use monitor_api::Verdict;
use spumone_core::dump::Order;
use spumone_core::monitors::{Action, After, End, Measure, Next, STANDS, Standstill};

/// Nanoseconds that somebody has to fetch a dump.
const PATIENCE: u64 = 60 * STANDS;

/// A guest, and what was done to it.
struct Guest {
    still: Standstill,
    stands: bool,
    dumps: u32,
    lives: u32,
    now: u64,
}

impl Guest {
    fn new(patience: u64) -> Self {
        Self { still: Standstill::new(patience), stands: false, dumps: 0, lives: 1, now: 5 }
    }

    /// A finding leads to `action`.
    fn finding(&mut self, action: Action, verdict: Verdict) {
        match self.still.follow(action, verdict) {
            Measure::Nothing => {}
            Measure::Pause => {
                self.stands = true;
                self.still.paused();
            }
            Measure::Dump(after) => {
                self.stands = true;
                self.still.asked(after, self.now);
            }
            Measure::Restart => self.lives += 1,
        }
    }

    /// A look some time later.
    fn look(&mut self, after: u64, order: Option<Order>, taken: bool) -> Next {
        self.now += after;
        let next = self.still.next(self.now, order, self.stands, taken);
        match next {
            Next::Wait => {}
            Next::Announce => {
                self.dumps += 1;
                self.still.announced(self.now);
            }
            Next::End(why) => match self.still.end(why) {
                After::Resume => self.stands = false,
                After::Stand => {}
                After::Restart => {
                    self.lives += 1;
                    self.stands = false;
                }
            },
        }
        next
    }
}

/// All rounds of up to three findings out of `actions`.
fn rounds(actions: &[Action]) -> Vec<Vec<Action>> {
    let mut all = vec![Vec::new()];
    for _ in 0..3 {
        let longer: Vec<_> =
            all.iter().flat_map(|round| actions.iter().map(|action| [round.as_slice(), &[*action]].concat())).collect();
        all.extend(longer);
    }
    all
}

#[test]
fn who_is_paused_in_a_round_stands_after_its_dump_whichever_came_first() {
    for round in rounds(&[Action::Report, Action::Pause, Action::Dump]) {
        for taken in [true, false] {
            let mut guest = Guest::new(PATIENCE);
            round.iter().for_each(|action| guest.finding(*action, Verdict::Report));
            let (paused, dumped) = (round.contains(&Action::Pause), round.contains(&Action::Dump));
            assert_eq!(guest.stands, paused || dumped, "{round:?}");
            guest.look(1, None, false);
            assert_eq!(guest.dumps, u32::from(dumped), "{round:?}");
            guest.look(PATIENCE + 1, None, taken);
            assert_eq!(guest.stands, paused, "{round:?}, fetched: {taken}");
            // Nothing of it is left when somebody has ordered that it goes on.
            guest.look(1, Some(Order::Resume), false);
            guest.finding(Action::Dump, Verdict::Report);
            guest.look(1, None, false);
            guest.look(1, None, true);
            assert!(!guest.stands, "{round:?}: its next dump");
        }
    }
}

#[test]
fn evidence_comes_before_a_fresh_start() {
    for after in [&[Action::Dump, Action::Restart][..], &[Action::Dump, Action::Pause, Action::Restart]] {
        for (first, rest) in [(Verdict::Report, after), (Verdict::Restart, &after[..1])] {
            let mut guest = Guest::new(PATIENCE);
            rest.iter().for_each(|action| guest.finding(*action, first));
            guest.look(1, None, false);
            assert_eq!((guest.stands, guest.lives, guest.dumps), (true, 1, 1), "{rest:?}");
            guest.look(1, None, true);
            assert_eq!((guest.stands, guest.lives), (false, 2), "{rest:?}");
        }
    }
    let mut guest = Guest::new(PATIENCE);
    guest.finding(Action::Restart, Verdict::Restart);
    assert_eq!((guest.stands, guest.lives), (false, 2), "there is no dump to wait for");
}

#[test]
fn a_dump_is_announced_when_all_stand_or_a_second_has_gone_by() {
    let mut guest = Guest::new(PATIENCE);
    guest.finding(Action::Dump, Verdict::Report);
    guest.stands = false;
    assert_eq!(guest.look(STANDS, None, false), Next::Wait);
    assert_eq!(guest.look(1, None, false), Next::Announce);
}

#[test]
fn nobody_comes_for_a_dump_in_time_or_ever() {
    for (patience, end) in [(PATIENCE, Next::End(End::Late)), (0, Next::Wait)] {
        let mut guest = Guest::new(patience);
        guest.finding(Action::Dump, Verdict::Report);
        assert_eq!(guest.look(0, None, false), Next::Announce);
        assert_eq!(guest.look(PATIENCE, None, false), Next::Wait);
        assert_eq!(guest.look(1, None, false), end);
        assert_eq!(guest.stands, end == Next::Wait);
    }
}

#[test]
fn an_order_counts_more_than_what_the_policy_wants() {
    for (order, lives) in [(Order::Resume, 1), (Order::Restart, 2)] {
        for round in rounds(&[Action::Pause, Action::Dump]) {
            let mut guest = Guest::new(PATIENCE);
            round.iter().for_each(|action| guest.finding(*action, Verdict::Report));
            assert_eq!(guest.look(1, Some(order), false), Next::End(End::Ordered(order)));
            assert_eq!((guest.stands, guest.lives), (false, lives), "{round:?}");
            assert_eq!(guest.look(PATIENCE, None, true), Next::Wait, "{round:?}: it is over");
        }
    }
}

#[test]
fn a_dump_that_cannot_be_made_ends_as_one_that_was_fetched() {
    for (paused, after) in [(false, After::Resume), (true, After::Stand)] {
        let mut guest = Guest::new(PATIENCE);
        guest.finding(Action::Dump, Verdict::Report);
        if paused {
            guest.finding(Action::Pause, Verdict::Report);
        }
        assert_eq!(guest.still.end(End::Failed), after);
    }
}
