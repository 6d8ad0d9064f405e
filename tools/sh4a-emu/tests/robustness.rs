//! Guest code can never make the emulator panic or hang: random programs on both machines, random accesses to every device.

use proptest::prelude::*;
use sh4a_emu::bus::{Bus, Width};
use sh4a_emu::machine::{Config, Machine};

/// Cycles that a random program gets; each run must come back by itself.
const CYCLES: u64 = 20_000;

/// Windows of devices and a few addresses around them.
const WINDOWS: [u32; 26] = [
    0xffc0_0000,
    0xffc1_0000,
    0xffc2_0000,
    0xffc3_0000,
    0xffc4_0000,
    0xffc5_0000,
    0xffc6_0000,
    0xffc7_0000,
    0xfe40_0000,
    0xfe41_0000,
    0xfe41_0800,
    0xfe41_1000,
    0x1810_0000,
    0x1814_0000,
    0x181c_0000,
    0x1800_0300,
    0xffd0_0000,
    0xffd8_0000,
    0xfe08_0000,
    0xfe10_0000,
    0xffe0_0000,
    0xffe8_0000,
    0xff80_0000,
    0x0400_0000,
    0x13e0_0000,
    0x0000_0000,
];

fn kinds() -> impl Strategy<Value = Config> {
    (any::<bool>(), 1..=4_usize, 0..=4_u32).prop_map(|(rp1, cores, icount_shift)| {
        let base = if rp1 { Config::rp1() } else { Config::r2d() };
        Config { cores, icount_shift, ..base }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn random_programs_end(config in kinds(), words in prop::collection::vec(any::<u16>(), 64..2048), privileged in any::<bool>()) {
        let mut machine = Machine::new(config);
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        // The program, its vectors, and R0..R15 that point into it, so that loads, stores and jumps find something.
        machine.write_memory(0, 0x0c00_0000, &bytes).expect("RAM");
        let cpu = machine.cpu_mut(0);
        cpu.set_vbr(0x8c00_0000);
        cpu.set_pc(0x8c00_0000);
        for n in 0..16 {
            cpu.set_r(n, 0x8c00_0000 + 0x80 * n as u32);
        }
        cpu.set_sr(if privileged { 0x4000_0000 } else { 0 });
        for _ in 0..8 {
            let limit = machine.time() + CYCLES;
            let _ = machine.run(limit);
        }
        prop_assert!(!machine.report().is_empty());
    }

    #[test]
    fn random_accesses_to_devices_leave_a_machine_that_runs(
        config in kinds(),
        accesses in prop::collection::vec((0..WINDOWS.len(), 0..0x900_u32, 0..3_u8, any::<bool>(), any::<u32>(), 0..5000_u64), 1..400),
    ) {
        let mut machine = Machine::new(config);
        let mut now = 0;
        for (window, offset, width, store, value, later) in accesses {
            now += later;
            let width = [Width::Byte, Width::Half, Width::Long][usize::from(width)];
            let align = [1, 2, 4][match width { Width::Byte => 0, Width::Half => 1, Width::Long => 2 }];
            let addr = (WINDOWS[window] + offset) & !(align - 1);
            let board = machine.board_mut();
            // Unanswered accesses are errors, not panics.
            if store {
                let _ = board.write(0, now, addr, width, value);
            } else {
                let _ = board.read(0, now, addr, width);
            }
        }
        // nop; bra; nop: time passes and events are served whatever the devices were told.
        machine.write_memory(0, 0x0c00_0000, &[0x09, 0, 0xfd, 0xaf, 0x09, 0]).expect("RAM");
        machine.cpu_mut(0).set_pc(0xac00_0000);
        let _ = machine.run(now + CYCLES);
        let _ = machine.run(now + 2 * CYCLES);
        prop_assert!(machine.retired() > 0 || machine.time() > 0);
    }
}
