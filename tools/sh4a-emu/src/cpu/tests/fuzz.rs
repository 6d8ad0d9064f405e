//! Guest code can neither panic nor hang the core: random words, registers and MMU states.

use super::super::{Cpu, Exit, Model};
use crate::bus::Interrupt;
use crate::flat::Flat;
use proptest::prelude::*;

/// Instructions of a run.
const LIMIT: u64 = 3000;

fn registers() -> impl Strategy<Value = Vec<u32>> {
    let interesting = prop_oneof![
        0x8000_0000u32..0x8001_0000,
        0u32..0x1_0000,
        0xff00_0000u32..0xff00_0080,
        0xf000_0000u32..0xf800_0000,
        0xe000_0000u32..0xe000_0100,
        any::<u32>(),
    ];
    proptest::collection::vec(interesting, 16)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn random_code_runs_to_its_limit(
        code in proptest::collection::vec(any::<u16>(), 2048),
        registers in registers(),
        sr: u32, fpscr: u32, mmucr: u32, level in 0u8..17, model in 0usize..3,
    ) {
        let mut bus = Flat::new(0x1_0000);
        prop_assert!(bus.put_words(0x1000, &code) && bus.put_words(0x8000, &code));
        bus.request = (level > 0).then_some(Interrupt { level, intevt: 0x400 });
        bus.record = true;
        let mut cpu = Cpu::new(0, [Model::SHX3, Model::SH7751R, Model::SH7785][model]);
        for (n, value) in registers.iter().enumerate() {
            cpu.set_r(n, *value);
        }
        cpu.set_fpscr(fpscr);
        cpu.set_vbr(0x8000_1000);
        // Writes MMUCR with a real store.
        bus.put_words(0x0800, &[0x2122]);
        cpu.set_pc(0x8000_0800);
        cpu.set_r(1, 0xff00_0010);
        cpu.set_r(2, mmucr);
        prop_assert_eq!(cpu.step(&mut bus), Exit::Limit);
        cpu.set_sr(sr);
        cpu.set_pc(0x8000_8000);
        let (mut exits, mut crashes) = (0, 0);
        while cpu.clock() < LIMIT {
            let before = cpu.clock();
            match cpu.run(&mut bus, LIMIT) {
                Exit::Sleep => cpu.skip_to(cpu.clock() + 10),
                Exit::Limit => prop_assert!(cpu.clock() >= LIMIT),
                // The core was reset with BL set: the next instruction may end it again, so each gets its turn.
                Exit::Crash(_) => {
                    crashes += 1;
                    cpu.set_pc(0x8000_8000 + crashes % 2048 * 2);
                    if crashes == 4096 {
                        return Ok(());
                    }
                }
                _ if cpu.clock() == before => {
                    // Nothing may come back for ever without progress.
                    exits += 1;
                    prop_assert!(exits < 10, "no progress at {:08x}", cpu.pc());
                    cpu.set_pc(0x8000_8000 + exits * 2);
                    continue;
                }
                _ => {}
            }
            exits = 0;
        }
        prop_assert!(cpu.clock() <= LIMIT + 10);
        prop_assert!(cpu.retired() <= cpu.clock());
    }
}
