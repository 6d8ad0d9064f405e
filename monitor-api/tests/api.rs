//! The promises of the API's types.

use monitor_api::{API_VERSION, AccessError, PhysAddr, Verdict, Version, VirtAddr};

#[test]
fn addresses_do_not_overflow() {
    let last = VirtAddr::new(u64::MAX);
    assert_eq!((last.checked_add(0), last.checked_add(1)), (Some(last), None));
    let (low, high) = (PhysAddr::new(0x0c00_0000), PhysAddr::new(0x0c00_1000));
    assert_eq!((high.checked_offset_from(low), low.checked_offset_from(high)), (Some(0x1000), None));
    assert_eq!(low.checked_add(0x1000), Some(high));
}

#[test]
fn alignment_has_no_division_by_zero() {
    let address = VirtAddr::new(12);
    assert_eq!([0, 1, 4, 8].map(|alignment| address.is_aligned(alignment)), [false, true, true, false]);
}

#[test]
fn errors_show_the_values_that_failed() {
    let cases = [
        (AccessError::Unmapped { address: VirtAddr::new(0xc000_0000) }, "nothing is mapped at 0xc0000000"),
        (
            AccessError::OutOfRange { address: PhysAddr::new(0x1400_0000), length: 8 },
            "8 bytes at 0x14000000 are not in the guest's memory",
        ),
        (AccessError::Misaligned { address: VirtAddr::new(0x8c00_0001), size: 4 }, "0x8c000001 is no multiple of 4"),
        (AccessError::BudgetExceeded { used: 65, limit: 64 }, "65 bytes read in one step, 64 are allowed"),
    ];
    for (error, text) in cases {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn the_stricter_verdict_wins_whoever_speaks_first() {
    use Verdict::{Fine, Pause, Report, Restart, Restore};
    let order = [Fine, Report, Pause, Restore, Restart];
    for (i, a) in order.into_iter().enumerate() {
        for (j, b) in order.into_iter().enumerate() {
            assert_eq!(a.stricter(b), order[i.max(j)]);
        }
    }
}

#[test]
fn a_host_runs_what_was_built_for_it() {
    let version = |major, minor| Version { major, minor };
    assert!(API_VERSION.runs(API_VERSION));
    // Before 1.0 every minor version may change anything; from then on it only adds.
    assert!(!version(0, 2).runs(version(0, 1)) && !version(0, 1).runs(version(0, 2)));
    assert!(version(1, 3).runs(version(1, 2)) && !version(1, 2).runs(version(1, 3)));
    assert!(!version(2, 0).runs(version(1, 0)) && !version(1, 0).runs(version(2, 0)));
}
