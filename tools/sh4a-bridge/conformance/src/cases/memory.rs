//! Copies, overlaps, volatile and unaligned accesses, unions, large alignments, `MaybeUninit`.

use core::fmt::Write;
use core::hint::black_box;
use core::mem::{MaybeUninit, align_of, offset_of, size_of, swap};

#[repr(C, packed)]
#[derive(Clone, Copy)]
struct Packed {
    a: u8,
    b: u32,
    c: u64,
    d: u16,
    e: f64,
}

#[repr(C, align(64))]
struct Aligned([u8; 3]);

#[repr(C)]
union Bits {
    float: f32,
    int: u32,
    bytes: [u8; 4],
}

#[inline(never)]
fn on_stack(seed: u8) -> (u32, u32) {
    let aligned = black_box(Aligned([seed, seed + 1, seed + 2]));
    let address = &raw const aligned as usize;
    ((address % 64) as u32, aligned.0.iter().map(|&b| u32::from(b)).sum())
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    let mut buffer = [0u8; 64];
    for (index, byte) in buffer.iter_mut().enumerate() {
        *byte = index as u8;
    }
    for (from, len, to) in black_box([(0usize, 20usize, 3usize), (10, 30, 2), (5, 17, 5), (1, 33, 8), (40, 24, 0)]) {
        buffer.copy_within(from..from + len, to);
        let _ = writeln!(out, "{buffer:?}");
    }
    buffer[black_box(7)..black_box(40)].fill(0xa5);
    let (left, right) = buffer.split_at_mut(black_box(32));
    right[..11].copy_from_slice(&left[..11]);
    left[20..].swap_with_slice(&mut right[20..]);
    let _ = writeln!(out, "{buffer:?} {}", buffer[..5] == buffer[32..37]);
    let packed = black_box(Packed { a: 1, b: 0xdead_beef, c: 1 << 50 | 3, d: 0x1234, e: -2.5 });
    let (b, c, d, e) = (packed.b, packed.c, packed.d, packed.e);
    let _ = writeln!(out, "{} {b} {c} {d} {e} {} {}", packed.a, size_of::<Packed>(), offset_of!(Packed, e));
    let base = buffer.as_mut_ptr();
    for offset in black_box([0usize, 1, 2, 3]) {
        // SAFETY: all accesses lie inside `buffer`, and are unaligned or volatile as their names say.
        unsafe {
            base.add(offset).cast::<u64>().write_unaligned(0x0102_0304_0506_0708);
            let word = base.add(offset + 1).cast::<u32>().read_unaligned();
            let half = base.add(offset + 3).cast::<u16>().read_unaligned();
            base.add(offset).write_volatile(base.add(offset + 2).read_volatile().wrapping_add(1));
            base.add(16).cast::<u128>().write_unaligned(u128::from(word) << 77);
            let _ = writeln!(out, "{word:x} {half:x} {:?} {:x}", &buffer[..12], base.add(16).cast::<u128>().read_unaligned());
        }
    }
    let bits = black_box(Bits { float: 1.5 });
    // SAFETY: every bit pattern is valid for all fields.
    let _ = unsafe { writeln!(out, "{:x} {:?}", bits.int, bits.bytes) };
    let mut slots: [MaybeUninit<u64>; 3] = [MaybeUninit::uninit(); 3];
    for (index, slot) in slots.iter_mut().enumerate() {
        slot.write(black_box(index as u64) << 35);
    }
    // SAFETY: all three were written.
    let _ = writeln!(out, "{:?}", slots.map(|slot| unsafe { slot.assume_init() }));
    let (mut a, mut b) = (black_box([1u64; 5]), black_box([2u64; 5]));
    swap(&mut a, &mut b);
    let _ = writeln!(out, "{a:?} {b:?} {:?} {}", on_stack(black_box(4)), align_of::<Aligned>());
}
