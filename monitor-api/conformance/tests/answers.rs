//! What the answers look like, without a Linux.

use kernel_profile::Builder;
use monitor_api::profile::Profile;
use monitor_api::{AccessError, Guest, Image, Name, PhysAddr, Processors, Registers};

struct Two;

impl Processors for Two {
    fn count(&self) -> usize {
        2
    }

    fn registers(&self, number: usize) -> Option<Registers> {
        (number == 0).then(|| Registers { pc: 0x8c40_0000, sr: 0x4000_0303, ..Registers::default() })
    }
}

#[test]
fn registers_are_lines_that_fit_and_leave_out_what_hosts_need_not_agree_on() {
    let mut lines = Vec::new();
    conformance::ask_registers(&Two, &mut |answer| lines.push(answer.to_string()));
    assert!(lines.iter().all(|line| line.len() <= 110), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("cpu 0 pc 8c400000 ")));
    assert!(lines.iter().any(|line| line.starts_with("cpu 0 sr 40000000 ")));
    assert_eq!(lines.last().unwrap(), "cpu 1 does not tell");
}

#[test]
fn without_a_linux_there_is_nothing_to_compare() {
    let profile = Builder::new("").finish();
    let host = Image::new(PhysAddr::new(0x0c00_0000), &[0; 16]);
    let guest = Guest::attach(&host, Profile::open(&profile).unwrap()).unwrap();
    let asked = conformance::ask(&guest, &mut |answer| panic!("an answer: {answer}"));
    assert_eq!(asked, Err(AccessError::NoSymbol { name: Name::new("jiffies") }));
}
