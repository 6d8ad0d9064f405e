//! Who sees which memory on rp1, flash commands through the bus, and a second core.

use sh4a_emu::bus::{Bus, Width};
use sh4a_emu::machine::{Config, LocalWindow, Machine, Stop};

const URAM: u32 = 0xe55f_0000;
const URAM_WINDOW: [u32; 4] = [0x145f_0000, 0x14df_0000, 0x155f_0000, 0x15df_0000];

fn rp1(cores: usize, local_window: LocalWindow) -> Machine {
    Machine::new(Config { cores, local_window, ..Config::rp1() })
}

#[test]
fn a_cores_local_memory_is_its_own() {
    let mut machine = rp1(4, LocalWindow::Closed);
    for core in 0..4 {
        machine.write_memory(core, URAM, &[core as u8 + 1]).expect("URAM");
    }
    for core in 0..4 {
        assert_eq!(machine.read_memory(core, URAM, 1), Some(vec![core as u8 + 1]));
    }
    for (addr, len) in [(0xe520_0000_u32, 0x2000), (0xe500_e000, 0x4000), (URAM, 0x2_0000)] {
        assert!(machine.read_memory(3, addr, len).is_some(), "{addr:#x}");
        assert!(machine.read_memory(3, addr + len as u32, 1).is_none(), "{addr:#x} ends after {len:#x}");
    }
}

#[test]
fn the_strap_decides_whether_others_can_reach_it() {
    let mut open = rp1(4, LocalWindow::Open);
    let mut closed = rp1(4, LocalWindow::Closed);
    for (core, window) in URAM_WINDOW.into_iter().enumerate() {
        open.write_memory(core, URAM, &[0x50 + core as u8]).expect("URAM");
        assert_eq!(open.read_memory(0, window, 1), Some(vec![0x50 + core as u8]));
        assert_eq!(closed.read_memory(0, window, 1), None);
        assert!(closed.board_mut().read(0, 0, window, Width::Long).is_err());
    }
}

#[test]
fn flash_answers_queries_and_takes_programming() {
    let mut machine = rp1(1, LocalWindow::Closed);
    machine.load_flash(b"\x12\x34").expect("it fits");
    let board = machine.board_mut();
    let mut put = |addr: u32, value: u32| board.write(0, 0, addr, Width::Half, value).expect("flash");
    put(0xaa, 0x98);
    assert_eq!(machine.board_mut().page(0, 0), None, "loads must see the answers");
    assert_eq!(machine.board_mut().read(0, 0, 0x20, Width::Half), Ok(u32::from(b'Q')));
    let board = machine.board_mut();
    let mut put = |addr: u32, value: u32| board.write(0, 0, addr, Width::Half, value).expect("flash");
    put(0, 0xf0);
    for (addr, value) in [(0xaaa, 0xaa), (0x554, 0x55), (0xaaa, 0xa0), (0x100, 0xbeef)] {
        put(addr, value);
    }
    assert!(machine.board_mut().page(0, 0).is_some_and(|page| !page.writable));
    assert_eq!(machine.read_memory(0, 0, 2), Some(vec![0x12, 0x34]));
    assert_eq!(machine.read_memory(0, 0x100, 2), Some(vec![0xef, 0xbe]));
}

/// Core 0 starts core 1 as Linux does; both write their number to CSM and sleep.
#[test]
fn a_second_core_starts_and_both_share_csm() {
    let words: [u16; 26] = [
        0xd10c, //  0: mov.l  cpidr, r1      (0x34)
        0x6112, //  2: mov.l  @r1, r1        core number
        0xd20c, //  4: mov.l  csm, r2        (0x38)
        0x6013, //  6: mov    r1, r0
        0x4008, //  8: shll2  r0
        0x320c, //  a: add    r0, r2
        0x7101, //  c: add    #1, r1
        0x2212, //  e: mov.l  r1, @r2        csm[core] = core + 1
        0x2008, // 10: tst    r0, r0
        0x8b09, // 12: bf     28             only core 0 starts another
        0xd309, // 14: mov.l  reset, r3      (0x3c)
        0xd40a, // 16: mov.l  entry, r4      (0x40)
        0x2342, // 18: mov.l  r4, @r3        RESET_REG 1
        0x73fc, // 1a: add    #-4, r3
        0xe001, // 1c: mov    #1, r0
        0x2302, // 1e: mov.l  r0, @r3        STBCR 1: MSTP
        0x6032, // 20: mov.l  @r3, r0
        0xc801, // 22: tst    #1, r0
        0x89fc, // 24: bt     20
        0xe002, // 26: mov    #2, r0
        0x0009, // 28: nop
        0x2302, // 2a: mov.l  r0, @r3        STBCR 1: RESET
        0x001b, // 2c: sleep
        0xaffd, // 2e: bra    2c
        0x0009, // 30: nop
        0x0009, // 32
    ];
    let mut image: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    for value in [0xff00_0048_u32, 0xb600_0000, 0xfe40_1008, 0x8c00_0000] {
        image.extend(value.to_le_bytes());
    }
    let mut machine = rp1(2, LocalWindow::Closed);
    machine.write_memory(0, 0x0c00_0000, &image).expect("DDR");
    machine.cpu_mut(0).set_pc(0x8c00_0000);
    // Core 1 stores through r3 like core 0: into CSM.
    machine.cpu_mut(1).set_r(3, 0xb600_0100);
    assert_eq!(machine.run(100_000), Stop::Halted, "{}", machine.report());
    assert_eq!(machine.read_memory(0, 0x1600_0000, 8), Some(vec![1, 0, 0, 0, 2, 0, 0, 0]));
}
