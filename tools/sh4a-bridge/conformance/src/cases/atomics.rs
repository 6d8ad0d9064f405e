//! Atomic types of all widths and all their operations.

use core::fmt::Write;
use core::hint::black_box;
use core::sync::atomic::{AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, Ordering, compiler_fence, fence};

macro_rules! integer {
    ($out:ident, $atomic:ident, $ty:ident) => {
        // Neighbours show whether an access of 8 or 16 bits leaves the rest of its word alone.
        let cells: [$atomic; 4] = [$atomic::new(11), $atomic::new(22), $atomic::new(33), $atomic::new(44)];
        for value in black_box([0, 1, 0x55, $ty::MAX, $ty::MIN, $ty::MAX - 3]) {
            for cell in &cells[1..3] {
                let before = [
                    cell.fetch_add(value, Ordering::SeqCst),
                    cell.fetch_sub(7, Ordering::Relaxed),
                    cell.fetch_and(value | 0x3c, Ordering::Acquire),
                    cell.fetch_or(value & 0x43, Ordering::Release),
                    cell.fetch_xor(value, Ordering::AcqRel),
                    cell.fetch_nand(0x5a, Ordering::SeqCst),
                    cell.fetch_max(value, Ordering::SeqCst),
                    cell.fetch_min(value / 2, Ordering::SeqCst),
                    cell.swap(value, Ordering::SeqCst),
                ];
                let exchanged = cell.compare_exchange(value, 9, Ordering::AcqRel, Ordering::Relaxed);
                let refused = cell.compare_exchange(value.wrapping_add(1), 5, Ordering::SeqCst, Ordering::SeqCst);
                let updated = cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |x| x.checked_mul(3));
                cell.store(cell.load(Ordering::Acquire).wrapping_sub(2), Ordering::Release);
                let _ = writeln!($out, "{before:?} {exchanged:?} {refused:?} {updated:?} {cells:?}");
            }
        }
    };
}

/// All of it.
pub fn run(out: &mut dyn Write) {
    integer!(out, AtomicU8, u8);
    integer!(out, AtomicI8, i8);
    integer!(out, AtomicU16, u16);
    integer!(out, AtomicI16, i16);
    integer!(out, AtomicU32, u32);
    integer!(out, AtomicI32, i32);
    let flag = AtomicBool::new(false);
    let seen = [flag.swap(true, Ordering::SeqCst), flag.fetch_not(Ordering::SeqCst), flag.fetch_or(true, Ordering::SeqCst), flag.load(Ordering::SeqCst)];
    let mut numbers = [1, 2];
    let (first, second) = numbers.split_at_mut(1);
    let pointer = AtomicPtr::new(&mut first[0]);
    let same = pointer.swap(&mut second[0], Ordering::SeqCst) == &mut first[0] as *mut i32;
    fence(Ordering::SeqCst);
    compiler_fence(Ordering::AcqRel);
    // SAFETY: the pointer was just set to `second[0]`, which is alive.
    let value = unsafe { *pointer.load(Ordering::Acquire) };
    let _ = writeln!(out, "{seen:?} {same} {value}");
}
