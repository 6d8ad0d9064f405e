//! Measures the interpreter: a counting loop, a memory copy and a mix with calls, in million instructions per second of
//! processor time (Linux's schedstat; elsewhere of elapsed time).

use sh4a_emu::cpu::{Cpu, Exit, Model};
use sh4a_emu::flat::Flat;
use std::time::Instant;

/// Code at P1 0x80001000, endless; registers as `main` sets them.
const PROGRAMS: [(&str, &[u16]); 3] = [
    // dt r1; bf .-2; bra .-6; nop
    ("counting loop", &[0x4110, 0x8bfd, 0xaffc, 0x0009]),
    // mov r4,r2; mov r5,r3; mov r6,r1; mov.l @r2+,r0; mov.l r0,@r3; dt r1; bf/s .-8; add #4,r3; bra .-18; nop
    ("memory copy", &[0x6243, 0x6353, 0x6163, 0x6026, 0x2302, 0x4110, 0x8ffb, 0x7304, 0xaff6, 0x0009]),
    // loop: bsr f; mov r1,r0; bra loop; add #1,r1; f: sts.l pr,@-r15; mul.l r0,r1; sts macl,r0; shll2 r0; tst r0,r0;
    // bt 1f; xor r0,r2; 1: lds.l @r15+,pr; rts; nop
    (
        "calls and arithmetic",
        &[
            0xb002, 0x6013, 0xaffc, 0x7101, 0x4f22, 0x0107, 0x001a, 0x4008, 0x2008, 0x8900, 0x220a, 0x4f26, 0x000b,
            0x0009,
        ],
    ),
];

fn main() {
    const INSTRUCTIONS: u64 = 300_000_000;
    for (name, code) in PROGRAMS {
        let mut bus = Flat::new(0x1_0000);
        bus.put_words(0x1000, code);
        let mut cpu = Cpu::new(0, Model::SHX3);
        cpu.set_pc(0x8000_1000);
        cpu.set_r(4, 0x8000_4000);
        cpu.set_r(5, 0x8000_6000);
        cpu.set_r(6, 0x400);
        cpu.set_r(15, 0x8000_f000);
        let (start, processor) = (Instant::now(), processor_time());
        let exit = cpu.run(&mut bus, INSTRUCTIONS);
        let elapsed = start.elapsed().as_secs_f64();
        let seconds = processor.zip(processor_time()).map_or(elapsed, |(before, after)| after - before);
        assert_eq!(exit, Exit::Limit, "{name}");
        println!("{name}: {:.0} MIPS", cpu.retired() as f64 / seconds / 1e6);
    }
}

/// Processor time of this process in seconds.
fn processor_time() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: u64 = stat.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 / 1e9)
}
