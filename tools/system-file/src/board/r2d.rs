//! The SH7751R board as stock QEMU has it: 1 core, 64 MB SDRAM, the image loaded by `-kernel`. Sources: SH7751R hardware manual
//! (interrupt codes), QEMU's `hw/sh4/r2d.c` (where the image goes).

use super::{Board, Memory, Port, Source, region};
use spumone_core::format;

pub(super) const BOARD: Board = Board {
    name: "r2d",
    number: format::Board::R2d,
    cores: 1,
    memory: region(0x0c00_0000, 0x0400_0000),
    reserved: &[Memory { name: "SPUMONE", region: region(0x0c00_0000, 0x10_0000) }],
    // The trace ring and the epitaph take the rest of SPUMONE's megabyte, from 0x0c0c0000 on.
    instance: &[Memory { name: "SPUMONE's memory", region: region(0x0c00_0000, 0xc_0000) }],
    ports: &[Port { name: "SCI", number: 0 }, Port { name: "SCIF", number: 1 }],
    log: "SCI",
    // Each TMU unit has one start register (TSTR, TSTR2) for its channels.
    devices: &["TMU0-2", "TMU3-4", "SCI", "SCIF"],
    sources: &[
        Source { name: "TMU0", intevt: &[0x400], device: "TMU0-2" },
        Source { name: "TMU1", intevt: &[0x420], device: "TMU0-2" },
        Source { name: "TMU2", intevt: &[0x440], device: "TMU0-2" },
        Source { name: "TMU3", intevt: &[0xb00], device: "TMU3-4" },
        Source { name: "TMU4", intevt: &[0xb80], device: "TMU3-4" },
        Source { name: "SCI", intevt: &[0x4e0, 0x500, 0x520, 0x540], device: "SCI" },
        Source { name: "SCIF", intevt: &[0x700, 0x720, 0x740, 0x760], device: "SCIF" },
    ],
    image: region(0x0c80_0000, 0x0100_0000),
    image_limit: "the 16 MB that QEMU's -kernel loads",
    image_in_memory: true,
};
