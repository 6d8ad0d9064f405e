//! The block that tells monitors what they may, and the policy.

use monitor_api::Verdict;
use proptest::prelude::*;
use spumone_core::format::Name;
use spumone_core::monitors::{Action, BLOCK_BYTES, Config, Limits, MAX_RULES, Rule, decide};

fn rule(monitor: &str, verdict: Verdict, action: Action) -> Rule {
    Rule { monitor: Name::new(monitor).expect("a name"), verdict, action }
}

fn config(rules: &[Rule]) -> Config {
    let limits = Limits { bytes: 1, microseconds: 2, pause: 3 };
    Config {
        profile: 0x0c30_8000,
        profile_length: 77,
        limits,
        dump_seconds: 3600,
        rules: rules.iter().copied().collect(),
    }
}

#[test]
fn a_block_says_what_was_written() {
    let full = vec![rule("hidden-tasks", Verdict::Restart, Action::Dump); MAX_RULES];
    for rules in [&[][..], &[rule("*", Verdict::Report, Action::Pause)], &full] {
        let config = config(rules);
        assert_eq!(Config::decode(&config.encode()), Some(config));
    }
}

#[test]
fn what_is_no_block_is_refused() {
    let good = config(&[rule("*", Verdict::Report, Action::Pause)]).encode();
    for (place, byte) in [(0, 0), (32, 33), (36 + 16, 5), (36 + 17, 4), (36, 0)] {
        let mut bad = good;
        bad[place] = byte;
        assert_eq!(Config::decode(&bad), None, "byte {place}");
    }
    assert_eq!(Config::decode(&good[..44]), None, "cut off in the first rule");
    assert_eq!(Config::decode(&[0; BLOCK_BYTES]), None, "not packed");
}

#[test]
fn a_monitors_own_rule_comes_before_the_one_for_all() {
    let rules = [
        rule("*", Verdict::Report, Action::Pause),
        rule("heartbeat", Verdict::Report, Action::Dump),
        rule("heartbeat", Verdict::Restart, Action::Restart),
        rule("heartbeat", Verdict::Restart, Action::Report),
    ];
    assert_eq!(decide(&rules, "heartbeat", Verdict::Report), Action::Dump);
    assert_eq!(decide(&rules, "heartbeat", Verdict::Restart), Action::Restart, "the first one counts");
    assert_eq!(decide(&rules, "hooks", Verdict::Report), Action::Pause);
    assert_eq!(decide(&rules, "hooks", Verdict::Restart), Action::Report, "no rule");
    assert_eq!(decide(&[], "hooks", Verdict::Restart), Action::Report);
}

proptest! {
    #[test]
    fn any_bytes_can_be_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..BLOCK_BYTES)) {
        let mut block = bytes.clone();
        let _ = Config::decode(&block);
        if let Some(head) = block.get_mut(..8) {
            head.copy_from_slice(b"SPUMMON1");
        }
        let _ = Config::decode(&block);
    }
}
