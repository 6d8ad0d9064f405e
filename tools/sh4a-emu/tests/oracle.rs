//! Ours against stock QEMU, with a program that needs no kernel.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sh4a_emu::machine::{Config, Machine, Stop};
use sh4a_emu::oracle::{BootPlan, boot_here, boot_on_qemu};

/// Counts to 100 000 with delayed branches, sends "ok\n" on the SCIF, sleeps for good.
fn program() -> Vec<u8> {
    let words: [u16; 24] = [
        0xd10b, //  0: mov.l  count, r1  (0x30)
        0x4110, //  2: dt     r1
        0x8ffd, //  4: bf/s   2
        0x7301, //  6: add    #1, r3
        0xd80a, //  8: mov.l  scif, r8   (0x34)
        0xe030, //  a: mov    #0x30, r0
        0x8184, //  c: mov.w  r0, @(8, r8)
        0xe06f, //  e: mov    #'o', r0
        0x808c, // 10: mov.b  r0, @(12, r8)
        0xe06b, // 12: mov    #'k', r0
        0x808c, // 14: mov.b  r0, @(12, r8)
        0xe00a, // 16: mov    #10, r0
        0x808c, // 18: mov.b  r0, @(12, r8)
        0x001b, // 1a: sleep
        0xaffd, // 1c: bra    1a
        0x0009, // 1e: nop
        0x0009, 0x0009, 0x0009, 0x0009, 0x0009, 0x0009, 0x0009, 0x0009, //
    ];
    let mut image: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    image.extend(100_000_u32.to_le_bytes());
    image.extend(0xffe8_0000_u32.to_le_bytes());
    image
}

/// 1 to load the count, 3 a turn, 10 up to the sleep.
const INSTRUCTIONS: u64 = 1 + 3 * 100_000 + 10;
/// `sleep` does not end QEMU's translation block, and the whole block is charged when it is entered: the branch and its slot behind
/// `sleep` are counted although they never run.
const QEMU_AFTER_SLEEP: u64 = 2;

#[test]
fn instructions_are_counted_as_qemu_counts_them() {
    let mut machine = Machine::new(Config::r2d());
    machine.load_kernel(&program(), None).expect("it fits");
    assert_eq!(machine.run(1_000_000), Stop::Halted);
    assert_eq!(machine.retired(), INSTRUCTIONS);

    if Command::new("qemu-system-sh4").arg("--version").output().is_err() {
        eprintln!("qemu-system-sh4 is not installed: its half is skipped");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let plan = BootPlan {
        image: folder.path().join("program"),
        until: "ok\n".to_owned(),
        icount_shift: 0,
        timeout: Duration::from_secs(60),
    };
    std::fs::write(&plan.image, program()).expect("written");
    let qemu = boot_on_qemu(Path::new("qemu-system-sh4"), &plan, true).expect("QEMU runs it");
    assert_eq!(qemu.instructions, Some(INSTRUCTIONS + QEMU_AFTER_SLEEP));
    let here = boot_here(&plan).expect("ours runs it");
    assert_eq!(here.console, qemu.console);
}
