//! Small programs, hand-assembled, on both machines.

use sh4a_emu::machine::{Config, Machine, Stop};
use sh4a_emu::serial::Script;

/// Assembled words become little-endian bytes.
fn bytes(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A polled "hi" on the SCIF at `base`, then sleep with everything masked.
fn hello(base: u32) -> Vec<u8> {
    let mut image = bytes(&[
        0xd807, //  0: mov.l  base, r8
        0xe030, //  2: mov    #0x30, r0      TE | RE
        0x8184, //  4: mov.w  r0, @(8, r8)   SCSCR
        0xc707, //  6: mova   text, r0
        0x6903, //  8: mov    r0, r9
        0x6194, //  a: mov.b  @r9+, r1
        0x2118, //  c: tst    r1, r1
        0x8903, //  e: bt     18
        0x6013, // 10: mov    r1, r0
        0x808c, // 12: mov.b  r0, @(12, r8)  SCFTDR
        0xaff9, // 14: bra    a
        0x0009, // 16: nop
        0x001b, // 18: sleep
        0xaffd, // 1a: bra    18
        0x0009, // 1c: nop
        0x0009, // 1e: nop
    ]);
    image.extend(base.to_le_bytes()); // 20: base
    image.extend(b"hi\n\0"); // 24: text
    image
}

fn run(mut machine: Machine, port: usize) -> (Stop, String, u64) {
    let script = Script::silent();
    let transcript = script.transcript();
    assert!(machine.connect(port, Box::new(script)));
    let stop = machine.run(1_000_000);
    (stop, transcript.text(), machine.retired())
}

#[test]
fn rp1_runs_from_flash_and_prints_on_scif0() {
    let mut machine = Machine::new(Config::rp1());
    machine.load_flash(&hello(0xffc3_0000)).expect("it fits");
    // 5 instructions, 7 for each of 3 characters, 3 for the end mark, and the sleep.
    assert_eq!(run(machine, 0), (Stop::Halted, "hi\n".to_owned(), 5 + 3 * 7 + 3 + 1));
}

#[test]
fn r2d_runs_a_flat_image_and_prints_on_the_scif() {
    let mut machine = Machine::new(Config::r2d());
    machine.load_kernel(&hello(0xffe8_0000), None).expect("it fits");
    assert_eq!(run(machine, 1), (Stop::Halted, "hi\n".to_owned(), 5 + 3 * 7 + 3 + 1));
}

#[test]
fn time_passes_for_a_program_that_touches_no_device() {
    let mut machine = Machine::new(Config::r2d());
    machine.load_kernel(&bytes(&[0xaffe, 0x0009]), None).expect("it fits"); // bra to itself; nop
    for slice in 1..=3 {
        let limit = machine.time() + 1000;
        assert_eq!(machine.run(limit), Stop::Limit);
        // A branch and its delay slot are never separated.
        assert!((slice * 1000..=slice * 1000 + slice).contains(&machine.time()), "{}", machine.time());
    }
}

/// Waits asleep for TMU0's third underflow at level 5, then powers the board off; any other exception ends at a store to nowhere.
fn timer_program() -> Vec<u8> {
    let mut image = vec![0; 0x700];
    let start = bytes(&[
        0xd010, //  0: mov.l  vbr, r0        (0x44)
        0x402e, //  2: ldc    r0, vbr
        0xd110, //  4: mov.l  tmu, r1        (0x48)
        0xd211, //  6: mov.l  period, r2     (0x4c)
        0x1122, //  8: mov.l  r2, @(8, r1)   TCOR0
        0x1123, //  a: mov.l  r2, @(12, r1)  TCNT0
        0xe020, //  c: mov    #0x20, r0      UNIE
        0x8118, //  e: mov.w  r0, @(16, r1)  TCR0
        0xd30f, // 10: mov.l  ipra, r3       (0x50)
        0xd410, // 12: mov.l  level, r4      (0x54)
        0x2341, // 14: mov.w  r4, @r3        IPRA: TMU0 level 5
        0xe001, // 16: mov    #1, r0
        0x8014, // 18: mov.b  r0, @(4, r1)   TSTR
        0xea00, // 1a: mov    #0, r10        underflows
        0xd50e, // 1c: mov.l  sr, r5         (0x58)
        0x450e, // 1e: ldc    r5, sr         BL = 0, IMASK = 4, bank 0
        0x001b, // 20: sleep
        0x0009, // 22: nop
        0xe003, // 24: mov    #3, r0
        0x30a0, // 26: cmp/eq r10, r0
        0x8bfa, // 28: bf     20
        0xd60c, // 2a: mov.l  poweroff, r6   (0x5c)
        0xe001, // 2c: mov    #1, r0
        0x2601, // 2e: mov.w  r0, @r6
        0x001b, // 30: sleep
        0xaffd, // 32: bra    30
        0x0009, // 34: nop
    ]);
    image[..start.len()].copy_from_slice(&start);
    for (at, value) in [
        (0x44, 0xac80_0000_u32), // vbr
        (0x48, 0xffd8_0000),     // TMU
        (0x4c, 999),             // period: 1000 steps
        (0x50, 0xffd0_0004),     // IPRA
        (0x54, 0x5000),          // TMU0 level 5
        (0x58, 0x4000_0040),     // MD, IMASK 4
        (0x5c, 0xa400_0030),     // POWOFF
    ] {
        image[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    let handler = bytes(&[
        0xe020, // 600: mov    #0x20, r0     bank 1: UNIE, UNF = 0
        0xd102, // 602: mov.l  tcr, r1       (0x60c)
        0x2101, // 604: mov.w  r0, @r1
        0x7a01, // 606: add    #1, r10
        0x002b, // 608: rte
        0x0009, // 60a: nop
    ]);
    image[0x600..0x600 + handler.len()].copy_from_slice(&handler);
    image[0x60c..0x610].copy_from_slice(&0xffd8_0010_u32.to_le_bytes());
    image
}

#[test]
fn a_sleeping_core_is_woken_by_its_timer_at_the_exact_cycle() {
    let mut machine = Machine::new(Config { icount_shift: 0, ..Config::r2d() });
    machine.load_kernel(&timer_program(), None).expect("it fits");
    let probe = machine.board_mut().observer_mut().add_latency(0x400, None);
    assert_eq!(machine.run(10_000_000), Stop::PowerOff, "{}", machine.report());
    let observer = machine.board().observer();
    assert_eq!(observer.interrupts().get(&0x400), Some(&3));
    // Asleep, the core takes the interrupt in the cycle of the request.
    assert_eq!(observer.latency(probe).and_then(|latency| latency.max()), Some(0));
    // 3 periods of 1000 steps of 4 ticks at 60 MHz, 1 ns a cycle: 200 us, plus the few instructions around them.
    assert!((200_000..200_200).contains(&machine.time()), "{}", machine.time());
    assert!(machine.retired() < 100);
}

#[test]
fn a_source_at_or_below_imask_stays_pending() {
    let mut program = timer_program();
    program[0x58] = 0x50; // IMASK 5: level 5 is not above it
    let mut machine = Machine::new(Config { icount_shift: 0, ..Config::r2d() });
    machine.load_kernel(&program, None).expect("it fits");
    assert_eq!(machine.run(10_000_000), Stop::Halted);
    assert!(machine.board().observer().interrupts().is_empty());
}

#[test]
fn nothing_answers_is_reported_and_reads_as_zero() {
    let program = bytes(&[
        0xd102, // 0: mov.l  nowhere, r1 (0xc)
        0x6212, // 2: mov.l  @r1, r2
        0x2122, // 4: mov.l  r2, @r1
        0x001b, // 6: sleep
        0x0009, 0x0009, //
        0x0000, 0xb700, // c: 0xb7000000
    ]);
    let mut machine = Machine::new(Config::rp1());
    machine.load_flash(&program).expect("it fits");
    assert_eq!(machine.run(1000), Stop::Halted);
    assert_eq!(machine.cpu(0).r(2), 0);
    assert_eq!(machine.board().unmapped().count(), 2);
    assert!(machine.report().contains("load32 from 0x17000000"), "{}", machine.report());

    let mut strict = Machine::new(Config { stop_on_unmapped: true, ..Config::rp1() });
    strict.load_flash(&program).expect("it fits");
    assert!(
        matches!(strict.run(1000), Stop::Unmapped { core: 0, error, .. } if error.addr == 0x1700_0000 && !error.store)
    );
}

#[test]
fn a_double_fault_ends_the_run_with_a_report() {
    // An illegal instruction right after reset, while SR.BL is set.
    let mut machine = Machine::new(Config::rp1());
    machine.load_flash(&bytes(&[0x0009, 0xfffd])).expect("it fits");
    let Stop::Crash(crash) = machine.run(1000) else { panic!("{}", machine.report()) };
    assert_eq!((crash.expevt, crash.pc), (0x180, 0xa000_0002));
}
