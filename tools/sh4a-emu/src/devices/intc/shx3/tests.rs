use super::*;

const TMU0: u16 = 0x400;
const TMU3: u16 = 0x460;
const SCIF0_RXI: u16 = 0x720;

fn put(intc: &mut Shx3Intc, offset: u32, value: u32) {
    intc.write(0, 7, 0, offset, Width::Long, value).expect("a register");
}

fn get(intc: &mut Shx3Intc, offset: u32) -> u32 {
    intc.read(0, 0, 0, offset, Width::Long).expect("a register")
}

#[test]
fn a_source_needs_a_level_and_an_open_mask() {
    let mut intc = Shx3Intc::default();
    intc.set_line(5, TMU0, true);
    assert_eq!(intc.pending(0), None);
    put(&mut intc, INT2PRI, 2);
    assert_eq!(intc.pending(0), None, "all masks are closed after reset");
    put(&mut intc, INT2MSKCLR, 1 << 1);
    assert_eq!(intc.pending(0), Some(Interrupt { level: 2, intevt: TMU0 }));
    assert_eq!(intc.pending(1), None, "core 1 has its own mask");
    assert_eq!(intc.asserted_at(0, TMU0), 5);
    put(&mut intc, INT2MSK, 1 << 1);
    assert_eq!(intc.pending(0), None);
    assert_eq!(get(&mut intc, INT2MSK), u32::MAX);
}

#[test]
fn the_highest_level_wins_and_levels_are_real() {
    let mut intc = Shx3Intc::default();
    put(&mut intc, INT2PRI, 0xc << 12 | 2); // TMU3 level 12, TMU0 level 2
    put(&mut intc, INT2PRI + 4, 3); // SCIF0 level 3
    put(&mut intc, INT2MSKCLR, 1 << 1 | 1 << 4);
    put(&mut intc, INT2MSKCLR + 0x20, 0xf);
    intc.set_line(0, TMU0, true);
    intc.set_line(0, SCIF0_RXI, true);
    assert_eq!(intc.pending(0), Some(Interrupt { level: 3, intevt: SCIF0_RXI }));
    intc.set_line(0, TMU3, true);
    assert_eq!(intc.pending(0), Some(Interrupt { level: 12, intevt: TMU3 }));
    intc.set_line(0, TMU3, false);
    intc.set_line(0, SCIF0_RXI, false);
    assert_eq!(intc.pending(0), Some(Interrupt { level: 2, intevt: TMU0 }));
}

#[test]
fn equal_levels_go_by_code() {
    let mut intc = Shx3Intc::default();
    put(&mut intc, INT2PRI, 0x2222_2222);
    put(&mut intc, INT2MSKCLR, u32::MAX);
    intc.set_line(0, TMU3, true);
    intc.set_line(0, TMU0, true);
    assert_eq!(intc.pending(0).map(|interrupt| interrupt.intevt), Some(TMU0));
}

#[test]
fn userimask_holds_levels_up_to_its_own_and_needs_its_key() {
    let mut intc = Shx3Intc::default();
    put(&mut intc, INT2PRI, 5);
    put(&mut intc, INT2MSKCLR, u32::MAX);
    intc.set_line(0, TMU0, true);
    put(&mut intc, USERIMASK, 5 << 4);
    assert!(intc.pending(0).is_some(), "no key, no change");
    put(&mut intc, USERIMASK, 0xa5 << 24 | 5 << 4);
    assert_eq!(intc.pending(0), None);
    put(&mut intc, USERIMASK, 0xa5 << 24 | 4 << 4);
    assert!(intc.pending(0).is_some());
    assert_eq!(get(&mut intc, USERIMASK) >> 4 & 15, 4);
}

#[test]
fn inter_core_interrupts_reach_the_core_that_was_named() {
    let mut intc = Shx3Intc::default();
    put(&mut intc, ICIPRI + 4, 0x0000_0300); // core 1, INTICI2, level 3
    put(&mut intc, INTICI + 4, 1 << (2 << 2));
    assert_eq!(intc.pending(0), None);
    assert_eq!(intc.pending(1), Some(Interrupt { level: 3, intevt: 0xf40 }));
    assert_eq!(intc.asserted_at(1, 0xf40), 7);
    assert_eq!(get(&mut intc, INTICI + 4), 0x100);
    put(&mut intc, INTICICLR + 4, 0x100);
    assert_eq!(intc.pending(1), None);
    // Priorities are a set/clear pair as well.
    put(&mut intc, ICIPRI + 4, 0x0000_4000);
    assert_eq!(get(&mut intc, ICIPRI + 4), 0x4300);
    put(&mut intc, ICIPRICLR + 4, 0x0f00);
    assert_eq!(get(&mut intc, ICIPRI + 4), 0x4000);
}

#[test]
fn a_distributed_interrupt_goes_to_the_first_core_that_takes_it() {
    let mut intc = Shx3Intc::default();
    put(&mut intc, INT2PRI, 2);
    put(&mut intc, INT2MSKCLR, 2);
    put(&mut intc, INT2MSKCLR + 4, 2);
    put(&mut intc, INT2DISTCR, 2);
    intc.set_line(0, TMU0, true);
    let interrupt = intc.pending(1).expect("offered to both");
    assert_eq!(intc.pending(0), Some(interrupt));
    intc.accepted(1, interrupt);
    assert_eq!(intc.pending(0), None);
    assert_eq!(intc.read(1, 0, 0, INTACK, Width::Long), Ok(1));
    assert_eq!(intc.read(0, 0, 0, INTACK, Width::Long), Ok(0));
    intc.write(1, 0, 0, INTACKCLR, Width::Long, TMU0.into()).expect("INTACKCLR");
    assert!(intc.pending(0).is_some());
}

#[test]
fn nested_distributed_interrupts_stay_with_their_core() {
    let mut intc = Shx3Intc::default();
    put(&mut intc, INT2PRI, 0x0000_6002); // TMU3 level 6, TMU0 level 2
    put(&mut intc, INT2DISTCR, 1 << 1 | 1 << 4);
    put(&mut intc, INT2MSKCLR, u32::MAX);
    put(&mut intc, INT2MSKCLR + 4, u32::MAX);
    for intevt in [TMU0, TMU3] {
        intc.set_line(0, intevt, true);
        let interrupt = intc.pending(0).expect("offered");
        assert_eq!(interrupt.intevt, intevt);
        intc.accepted(0, interrupt);
        assert_eq!(intc.pending(1), None, "{intevt:#x}");
    }
    // The inner one is finished, the outer one is not, even if distribution is switched off meanwhile.
    intc.write(0, 0, 0, INTACKCLR, Width::Long, TMU3.into()).expect("INTACKCLR");
    put(&mut intc, INT2DISTCR, 1 << 4);
    assert_eq!(intc.pending(1).map(|interrupt| interrupt.intevt), Some(TMU3));
    intc.set_line(0, TMU3, false);
    assert_eq!(intc.pending(1), None);
    intc.set_line(0, TMU0, false);
    intc.set_line(0, TMU0, true);
    assert_eq!(intc.pending(1).map(|interrupt| interrupt.intevt), Some(TMU0));
}

#[test]
fn a_core_that_took_an_inter_core_interrupt_finds_it_its_own() {
    let mut intc = Shx3Intc::default();
    put(&mut intc, ICIPRI + 8, 2);
    put(&mut intc, INTICI + 8, 1);
    let interrupt = intc.pending(2).expect("INTICI0");
    intc.accepted(2, interrupt);
    assert_eq!(intc.read(2, 0, 0, INTACK, Width::Long), Ok(1));
    assert_eq!(intc.read(1, 0, 0, INTACK, Width::Long), Ok(0));
    intc.write(2, 0, 0, INTACKCLR, Width::Long, 0xf00).expect("INTACKCLR");
    assert_eq!(intc.read(2, 0, 0, INTACK, Width::Long), Ok(0));
}

#[test]
fn every_core_has_its_own_masks_and_priorities() {
    let mut intc = Shx3Intc::default();
    for core in 0..4 {
        put(&mut intc, INTMSKCLR0 + 4 * core, 1 << (28 + core));
        put(&mut intc, INTMSKCLR1 + 4 * core, 1 << (24 + core));
        for set in 0..3 {
            put(&mut intc, INT2MSKCLR + 16 * set + 4 * core, 1 << (core + 4 * set));
        }
        put(&mut intc, ICIPRI + 4 * core, 0xf << (4 * core));
    }
    for core in 0..4 {
        assert_eq!(get(&mut intc, INTMSK0 + 4 * core), !(1 << (28 + core)));
        assert_eq!(get(&mut intc, INTMSK1 + 4 * core), !(1 << (24 + core)));
        for set in 0..3 {
            assert_eq!(get(&mut intc, INT2MSK + 16 * set + 4 * core), !(1 << (core + 4 * set)));
        }
        assert_eq!(get(&mut intc, ICIPRI + 4 * core), 0xf << (4 * core));
    }
}

#[test]
fn unknown_registers_are_not_answered() {
    let mut intc = Shx3Intc::default();
    assert_eq!(intc.read(0, 0, 0, 0x0c, Width::Long), Err(Unanswered));
    assert_eq!(intc.write(0, 0, 0, INT2PRI + 20, Width::Long, 0), Err(Unanswered));
    assert_eq!(intc.read(0, 0, 0, INT2PRI, Width::Half), Err(Unanswered));
}
