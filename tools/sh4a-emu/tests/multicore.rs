//! Four cores: started, stopped and started again, interrupting each other, sharing memory with and without atomics, and each with
//! interrupts and local memories of its own.

mod asm;

use asm::*;
use sh4a_emu::machine::{Config, LocalWindow, Machine, Stop};

const CSM: u32 = 0x1600_0000;
/// CSM as programs see it, uncached.
const SHARED: u32 = 0xb600_0000;
const CPIDR: u32 = 0xff00_0048;
const STBCR: u32 = 0xfe40_0004;
const ENTRY: u32 = 0xa000_0000;
const MSTP: i8 = 1;
/// RESET and LTSLP, as Linux writes them.
const START: u32 = 0x8000_0002;
const INTC: u32 = 0xfe41_0000;
/// SR: privileged, register bank 0, BL=0, IMASK 0.
const OPEN: u32 = 0x4000_0000;

/// Every core comes here with its number in R8; core 0 first starts the others at the same place. Uses R0 to R6.
fn on_all_cores(program: &mut Program) {
    let work = program.label();
    program.load(0, CPIDR).words(&[get(0, 8), tst(8, 8)]).branch(Branch::IfClear, work);
    program.load(1, STBCR + 0x1000).load(2, ENTRY).load(4, 0x1000).load(6, START);
    program.words(&[imm(3, 3), imm(5, MSTP)]);
    let next = program.here();
    start_core(program);
    program.words(&[add(4, 1), dt(3)]).branch(Branch::IfClear, next).place(work);
}

/// Starts the core whose STBCR is R1 at R2, as Linux does; R5 is MSTP, R6 [`START`].
fn start_core(program: &mut Program) {
    program.words(&[put_at(2, 1, 1), put(5, 1)]);
    let stopped = program.here();
    program.words(&[get(1, 0), tst(5, 0)]).branch(Branch::IfSet, stopped).words(&[put(6, 1)]);
}

/// For ever asleep.
fn sleep(program: &mut Program) {
    let again = program.here();
    program.words(&[SLEEP]).branch(Branch::Always, again).words(&[NOP]);
}

fn machine(config: Config, program: &mut Program) -> Machine {
    let mut machine = Machine::new(Config { cores: 4, ..config });
    machine.load_flash(&program.bytes()).expect("it fits");
    machine
}

fn word(machine: &Machine, addr: u32) -> u32 {
    let bytes = machine.read_memory(0, addr, 4).expect("memory");
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte))
}

fn seeded(seed: u64) -> Config {
    Config { interleave_seed: Some(seed), ..Config::rp1() }
}

/// The machine when all its cores sleep for good.
fn halted(config: Config, program: &mut Program) -> Machine {
    let mut machine = machine(config, program);
    assert_eq!(machine.run(50_000_000), Stop::Halted, "{}", machine.report());
    machine
}

#[test]
fn core_0_starts_the_others_and_each_knows_its_number() {
    let mut program = Program::default();
    on_all_cores(&mut program);
    // csm[number] = number + 1
    program.load(1, SHARED).words(&[mov(8, 0), shll2(0), add(0, 1), add_imm(8, 1), put(8, 1)]);
    sleep(&mut program);
    for config in [Config::rp1(), seeded(1)] {
        let machine = halted(config, &mut program);
        for core in 0..4 {
            assert_eq!(word(&machine, CSM + 4 * core), core + 1);
        }
    }
}

/// Each core adds 1 to csm[0] so often; with `locked` it holds the lock csm[1] meanwhile.
fn counting(times: i8, locked: bool) -> Program {
    let mut program = Program::default();
    on_all_cores(&mut program);
    program.load(1, SHARED).load(2, SHARED + 4).words(&[imm(3, times), imm(5, 0)]);
    let again = program.here();
    if locked {
        let take = program.here();
        program.words(&[movli(2), tst(0, 0)]).branch(Branch::IfClear, take);
        program.words(&[imm(0, 1), movco(2)]).branch(Branch::IfClear, take);
    }
    program.words(&[get(1, 4), add_imm(4, 1), put(4, 1)]);
    if locked {
        program.words(&[put(5, 2)]);
    }
    program.words(&[dt(3)]).branch(Branch::IfClear, again);
    sleep(&mut program);
    program
}

#[test]
fn a_lock_of_movli_and_movco_loses_nothing_under_any_seed() {
    let mut program = counting(100, true);
    let mut runs: Vec<u64> = Vec::new();
    for config in (0..20).map(seeded).chain([Config::rp1(), Config { quantum: 1, ..Config::rp1() }]) {
        let machine = halted(config, &mut program);
        assert_eq!(word(&machine, CSM), 400, "{:?}", machine.config());
        runs.push(machine.retired());
    }
    runs.sort_unstable();
    runs.dedup();
    assert!(runs.len() > 10, "the seeds make different runs: {runs:?}");
}

#[test]
fn a_race_is_found_by_some_seed_and_found_again_by_the_same() {
    let mut program = counting(100, false);
    let mut find = |seed| {
        let machine = halted(seeded(seed), &mut program);
        (word(&machine, CSM), machine.retired(), machine.time())
    };
    let (seed, found) =
        (0..20).map(|seed| (seed, find(seed))).find(|(_, (sum, ..))| *sum != 400).expect("a seed that finds it");
    assert_eq!(find(seed), found);
}

#[test]
fn a_run_is_the_same_however_it_is_cut() {
    for config in [seeded(5), Config::rp1(), Config { quantum: 50, ..Config::rp1() }] {
        let mut program = counting(100, true);
        let whole = halted(config.clone(), &mut program);
        let mut pieces = machine(config, &mut program);
        while pieces.run(pieces.time() + 77) == Stop::Limit {}
        let state = |machine: &Machine| (0..4).map(|core| machine.core_time(core)).collect::<Vec<_>>();
        assert_eq!(state(&pieces), state(&whole));
    }
}

#[test]
fn cores_interrupt_each_other() {
    const TIMES: u64 = 20;
    let mut program = Program::default();
    let (sender, wait) = (program.label(), program.label());
    on_all_cores(&mut program);
    program.words(&[tst(8, 8)]).branch(Branch::IfSet, sender);
    // Cores 1 to 3: message 5 at level 1 + number, then sleep.
    program.load(0, ENTRY).words(&[ldc_vbr(0)]);
    program.load(1, INTC + 0x90).words(&[mov(8, 0), shll2(0), add(0, 1), imm(2, 1), add(8, 2)]);
    program.words(&[shll2(2), shll2(2), shll2(2), shll2(2), shll2(2)]);
    program.words(&[shll2(2), shll2(2), shll2(2), shll2(2), shll2(2), put(2, 1)]);
    program.load(1, SHARED).words(&[mov(8, 0), shll2(0), add(0, 1), put(8, 1)]); // csm[number]: ready
    program.load(0, OPEN).words(&[ldc_sr(0)]);
    sleep(&mut program);
    // Core 0: waits until all are ready, then sends to each in turn and waits until csm[8 + number] has grown.
    program.place(sender).load(1, SHARED).words(&[imm(3, 3)]).place(wait).words(&[add_imm(1, 4)]);
    let ready = program.here();
    program.words(&[get(1, 0), tst(0, 0)]).branch(Branch::IfSet, ready).words(&[dt(3)]).branch(Branch::IfClear, wait);
    program.words(&[imm(7, TIMES as i8)]);
    let round = program.here();
    program.load(1, INTC + 0x70).load(2, SHARED + 32).load(4, 1 << 20).words(&[imm(3, 3)]);
    let send = program.here();
    program.words(&[add_imm(1, 4), add_imm(2, 4), get(2, 5), put(4, 1)]);
    let answered = program.here();
    program.words(&[get(2, 0), cmp_eq(0, 5)]).branch(Branch::IfSet, answered);
    program.words(&[dt(3)]).branch(Branch::IfClear, send).words(&[dt(7)]).branch(Branch::IfClear, round);
    sleep(&mut program);
    // The interrupt, in register bank 1: clears the message, says so.
    program.fill_to(0x600).load(1, CPIDR).words(&[get(1, 0), shll2(0)]);
    program.load(1, INTC + 0x80).words(&[add(0, 1)]).load(2, 1 << 20).words(&[put(2, 1)]);
    program.load(1, SHARED + 32).words(&[add(0, 1), get(1, 2), add_imm(2, 1), put(2, 1), RTE, NOP]);
    for config in [Config::rp1(), seeded(1), seeded(2)] {
        let machine = halted(config, &mut program);
        assert_eq!(machine.board().observer().interrupts().get(&0xfa0), Some(&(3 * TIMES)));
        for core in 1..4 {
            assert_eq!(u64::from(word(&machine, CSM + 32 + 4 * core)), TIMES);
        }
    }
}

/// TMU0 interrupts every 4800 cycles, all masks are open; the handler takes longer than a quantum and counts in csm[number].
fn shared_timer(distributed: bool) -> Program {
    let mut program = Program::default();
    on_all_cores(&mut program);
    program.load(0, ENTRY).words(&[ldc_vbr(0)]);
    program.load(1, INTC + 0x850).words(&[mov(8, 0), shll2(0), add(0, 1), imm(2, 2), put(2, 1)]); // CnINT2MSKCLR0
    let others = program.label();
    program.words(&[tst(8, 8)]).branch(Branch::IfClear, others);
    program.load(1, INTC + 0x8a0).words(&[imm(2, if distributed { 2 } else { 0 }), put(2, 1)]); // INT2DISTCR0
    program.load(1, INTC + 0x800).words(&[imm(2, 3), put(2, 1)]); // TMU0: level 3
    program.load(1, 0xffc1_0008).load(2, 99).words(&[put(2, 1), put_at(2, 1, 1)]); // TCOR0, TCNT0: 100 * 4 ticks of Pclk
    program.words(&[imm(0, 0x20), 0x8114]); // mov.w r0, @(8, r1): TCR0.UNIE
    program.words(&[add_imm(1, -4), imm(0, 1), 0x2100]); // mov.b r0, @r1: TSTR
    program.place(others).load(0, OPEN).words(&[ldc_sr(0)]);
    sleep(&mut program);
    program.fill_to(0x600).load(1, CPIDR).words(&[get(1, 0), shll2(0)]).load(1, SHARED);
    program.words(&[add(0, 1), get(1, 2), add_imm(2, 1), put(2, 1)]).load(3, 1500);
    let delay = program.here();
    program.words(&[dt(3)]).branch(Branch::IfClear, delay);
    program.load(1, 0xffc1_0010).words(&[imm(0, 0x20), 0x2101, RTE, NOP]); // mov.w r0, @r1: UNF = 0
    program
}

#[test]
fn a_distributed_interrupt_is_taken_by_exactly_one_core() {
    const PERIODS: u64 = 200;
    for (distributed, config) in [(true, Config::rp1()), (true, seeded(1)), (true, seeded(2)), (false, Config::rp1())] {
        let mut machine = machine(config, &mut shared_timer(distributed));
        assert_eq!(machine.run(PERIODS * 4800), Stop::Limit, "{}", machine.report());
        let taken: Vec<u64> = (0..4).map(|core| word(&machine, CSM + 4 * core).into()).collect();
        let sum: u64 = taken.iter().sum();
        if distributed {
            assert!((PERIODS - 1..=PERIODS).contains(&sum), "{taken:?}");
        } else {
            assert!(sum > 2 * PERIODS, "without it everybody gets it: {taken:?}");
        }
    }
}

#[test]
fn a_stopped_core_stands_still_and_starts_again_where_it_is_told() {
    const TIMES: i8 = 50;
    let mut program = Program::default();
    let second = program.label();
    // R2: where core 1 starts; ENTRY only the first time.
    program.load(0, CPIDR).words(&[get(0, 8), tst(8, 8)]).branch(Branch::IfClear, second);
    program.load(1, STBCR + 0x1000).load(2, ENTRY).load(6, START).load(9, SHARED).words(&[imm(5, MSTP), imm(7, TIMES)]);
    let again = program.here();
    program.words(&[get(9, 10)]);
    start_core(&mut program);
    // Lets core 1 count a little, stops it, and sees that it has stopped.
    let counts = program.here();
    program.words(&[get(9, 0), cmp_eq(0, 10)]).branch(Branch::IfSet, counts);
    program.words(&[put(5, 1), get(9, 11)]).load(3, 3000);
    let delay = program.here();
    program.words(&[dt(3)]).branch(Branch::IfClear, delay);
    program.words(&[get(9, 12), 0x3cb8, put_at(12, 9, 2)]); // sub r11, r12: csm[2] = how far it came meanwhile
    let moved = program.label();
    program.words(&[tst(12, 12)]).branch(Branch::IfClear, moved);
    program.words(&[dt(7)]).branch(Branch::IfClear, again).place(moved);
    sleep(&mut program);
    // Core 1: csm[1] counts starts, csm[0] for ever.
    program.place(second).load(1, SHARED).words(&[0x5211, add_imm(2, 1), put_at(2, 1, 1)]); // mov.l @(4, r1), r2
    let count = program.here();
    program.words(&[get(1, 2), add_imm(2, 1), put(2, 1)]).branch(Branch::Always, count).words(&[NOP]);

    for config in [Config::rp1(), Config { quantum: 1, ..Config::rp1() }, seeded(3)] {
        let machine = halted(config, &mut program);
        assert_eq!(word(&machine, CSM + 4), TIMES as u32, "starts");
        assert_eq!(word(&machine, CSM + 8), 0, "it went on though it was stopped");
        let time = machine.core_time(1);
        assert!(time.asleep == 0 && time.stopped > 50 * 3000 && time.active > 0, "{time}");
        assert_eq!(time.total(), machine.time());
        assert_eq!(machine.core_time(2).stopped, machine.time(), "never started");
    }
}

#[test]
fn a_core_whose_clock_runs_again_goes_on_where_it_was() {
    let mut program = Program::default();
    on_all_cores(&mut program);
    let first = program.label();
    program.words(&[tst(8, 8)]).branch(Branch::IfSet, first);
    // Cores 1 to 3 stop themselves, then count in csm[number].
    program.load(1, STBCR).load(2, 0x1000).words(&[mov(8, 3)]);
    let own = program.here();
    program.words(&[add(2, 1), dt(3)]).branch(Branch::IfClear, own);
    program.words(&[imm(2, MSTP), put(2, 1)]);
    program.load(1, SHARED).words(&[mov(8, 0), shll2(0), add(0, 1), put(8, 1)]);
    sleep(&mut program);
    // Core 0 lets core 2 go on, when that has stopped.
    program.place(first).load(1, STBCR + 0x2000).words(&[imm(5, MSTP), imm(0, 0)]);
    let running = program.here();
    program.words(&[get(1, 2), tst(5, 2)]).branch(Branch::IfSet, running).words(&[put(0, 1)]);
    sleep(&mut program);
    for config in [Config::rp1(), seeded(4)] {
        let machine = halted(config, &mut program);
        let written: Vec<u32> = (1..4).map(|core| word(&machine, CSM + 4 * core)).collect();
        assert_eq!(written, [0, 2, 0]);
    }
}

#[test]
fn another_cores_local_memory_is_there_only_through_an_open_window() {
    const URAM: u32 = 0xe55f_0000;
    let mut program = Program::default();
    let first = program.label();
    on_all_cores(&mut program);
    program.words(&[tst(8, 8)]).branch(Branch::IfSet, first);
    program.load(1, URAM).words(&[add_imm(8, 0x40), put(8, 1)]);
    program.load(1, SHARED).words(&[add_imm(8, -0x40), mov(8, 0), shll2(0), add(0, 1), put(8, 1)]);
    sleep(&mut program);
    // Core 0 waits for each, then reads its URAM through the window into csm[8 + number].
    program.place(first).load(1, SHARED).load(2, 0xb45f_0000).load(4, 0x80_0000).words(&[imm(3, 3)]);
    let next = program.here();
    program.words(&[add_imm(1, 4), add(4, 2)]);
    let ready = program.here();
    program.words(&[get(1, 0), tst(0, 0)]).branch(Branch::IfSet, ready);
    program.words(&[get(2, 0), put_at(0, 1, 8), dt(3)]).branch(Branch::IfClear, next);
    sleep(&mut program);
    for (local_window, seen, unanswered) in
        [(LocalWindow::Closed, [0, 0, 0], 3), (LocalWindow::Open, [0x41, 0x42, 0x43], 0)]
    {
        let machine = halted(Config { local_window, ..Config::rp1() }, &mut program);
        assert_eq!([1, 2, 3].map(|core| word(&machine, CSM + 32 + 4 * core)), seen);
        assert_eq!(machine.board().unmapped().count(), unanswered, "{}", machine.report());
    }
}

#[test]
fn sleeping_cores_cost_the_host_nothing() {
    const CYCLES: u64 = 60_000_000;
    let mut program = Program::default();
    let sleepers = program.label();
    on_all_cores(&mut program);
    program.words(&[tst(8, 8)]).branch(Branch::IfClear, sleepers);
    let count = program.here();
    program.words(&[add_imm(1, 1)]).branch(Branch::Always, count).words(&[NOP]).place(sleepers);
    sleep(&mut program);
    let mut entries = |config| {
        let mut machine = machine(config, &mut program);
        assert_eq!(machine.run(CYCLES), Stop::Limit);
        assert!((1..4).all(|core| machine.core_time(core).asleep > CYCLES - 10_000));
        machine.entries()
    };
    // The one that runs is entered every half million cycles; the beginning, with four, needs some more.
    for used in [entries(Config::rp1()), entries(seeded(1))] {
        assert!(used < CYCLES / 500_000 + 300, "{used}");
    }
}

#[test]
fn time_that_all_cores_sleep_is_skipped() {
    const CYCLES: u64 = 60_000_000;
    let mut machine = machine(Config::rp1(), &mut shared_timer(true));
    assert_eq!(machine.run(CYCLES), Stop::Limit);
    // Of each period of 4800 cycles one core works some 3000.
    let active: u64 = (0..4).map(|core| machine.core_time(core).active).sum();
    assert!(active > CYCLES / 2 && active < CYCLES * 7 / 10, "{active}");
    for core in 0..4 {
        let time = machine.core_time(core);
        assert!(machine.time() - time.total() <= 4800, "{time}");
    }
    assert!(machine.entries() < 10 * CYCLES / 4800, "{}", machine.entries());
}
