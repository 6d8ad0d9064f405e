//! RP1 (SH-X3) on its board: 4 cores, 128 MB DDR, NOR flash at 0. Sources: Linux `setup-shx3.c` and `smp-shx3.c`; flash size
//! assumed (docs/caveats.md).

use super::{Board, Memory, Port, Source, region};
use spumone_core::format;

pub(super) const BOARD: Board = Board {
    name: "rp1",
    number: format::Board::Rp1,
    cores: 4,
    memory: region(0x0c00_0000, 0x0800_0000),
    reserved: &[],
    instance: &[
        Memory { name: "ILRAM", region: region(0xe520_0000, 0x2000) },
        Memory { name: "OLRAM", region: region(0xe500_e000, 0x4000) },
        // The last 32 KB belong to the guest in which monitors run.
        Memory { name: "URAM", region: region(0xe55f_0000, 0x1_8000) },
    ],
    ports: &[
        Port { name: "SCIF0", number: 0 },
        Port { name: "SCIF1", number: 1 },
        Port { name: "SCIF2", number: 2 },
        Port { name: "SCIF3", number: 3 },
    ],
    log: "SCIF3",
    // Each TMU unit has one start register (TSTR) for its three channels.
    devices: &["TMU0-2", "TMU3-5", "SCIF0", "SCIF1", "SCIF2", "SCIF3"],
    // SCIF2's codes are those of the FPU exceptions; Linux leaves it alone, and so do we.
    sources: &[
        Source { name: "TMU0", intevt: &[0x400], device: "TMU0-2" },
        Source { name: "TMU1", intevt: &[0x420], device: "TMU0-2" },
        Source { name: "TMU2", intevt: &[0x440], device: "TMU0-2" },
        Source { name: "TMU3", intevt: &[0x460], device: "TMU3-5" },
        Source { name: "TMU4", intevt: &[0x480], device: "TMU3-5" },
        Source { name: "TMU5", intevt: &[0x4a0], device: "TMU3-5" },
        Source { name: "SCIF0", intevt: &[0x700, 0x720, 0x740, 0x760], device: "SCIF0" },
        Source { name: "SCIF1", intevt: &[0x780, 0x7a0, 0x7c0, 0x7e0], device: "SCIF1" },
        Source { name: "SCIF3", intevt: &[0x880, 0x8a0, 0x8c0, 0x8e0], device: "SCIF3" },
    ],
    image: region(0, 0x0400_0000),
    image_limit: "the 64 MB of NOR flash",
    image_in_memory: false,
};
