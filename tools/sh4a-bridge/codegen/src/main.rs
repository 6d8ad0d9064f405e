//! `codegen NAME COUNT` calls a routine COUNT times; NAME begins with `c_` or `rust_`.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]

use core::arch::{asm, global_asm};
use core::ffi::{CStr, c_char};
use core::hint::black_box;

// Linux enters with argc at @r15 and argv behind it.
global_asm!(
    ".ifdef __sh__",
    ".section .text._start, \"ax\"",
    ".globl _start",
    "_start:",
    "    mov.l 1f, r0",
    "    jmp @r0",
    "    mov r15, r4",
    "    .balign 4",
    "1:  .long codegen_start",
    ".text",
    ".endif"
);

fn exit(status: u32) -> ! {
    // SAFETY: exit does not return and touches no memory.
    unsafe { asm!("trapa #0x11", in("r3") 1, in("r4") status, options(noreturn)) }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    exit(101)
}

/// A ring of events as SPUMONE's trace has it.
#[repr(C)]
pub struct Ring {
    head: u32,
    tail: u32,
    events: [Event; 16],
}

/// One event.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Event {
    code: u32,
    argument: u32,
}

/// Adler-32. (Not CRC-32: LLVM knows that one and makes a table of it.)
#[inline(never)]
fn rust_checksum(data: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for &byte in data {
        a += u32::from(byte);
        if a >= 65521 {
            a -= 65521;
        }
        b += a;
        if b >= 65521 {
            b -= 65521;
        }
    }
    b << 16 | a
}

/// Insertion sort.
#[inline(never)]
fn rust_sort(data: &mut [u32]) -> u32 {
    for i in 1..data.len() {
        let (value, mut j) = (data[i], i);
        while j > 0 && data[j - 1] > value {
            data[j] = data[j - 1];
            j -= 1;
        }
        data[j] = value;
    }
    data[data.len() / 2]
}

/// Pushes into the ring.
#[inline(never)]
fn rust_ring(ring: &mut Ring, codes: &[u32]) -> u32 {
    let mut lost = 0;
    for &code in codes {
        let next = (ring.head + 1) % 16;
        if next == ring.tail {
            ring.tail = (ring.tail + 1) % 16;
            lost += 1;
        }
        ring.events[(ring.head % 16) as usize] = Event { code: code >> 4, argument: code };
        ring.head = next;
    }
    lost
}

/// A scheduler's round: mark, find the highest pending level, count switches.
#[inline(never)]
fn rust_schedule(owner: &[u8], pending: &mut [u32; 4], rounds: u32) -> u32 {
    let (mut switches, mut current) = (0, 0);
    for round in 0..rounds {
        let guest = owner[round as usize % owner.len()] % 4;
        pending[usize::from(guest)] |= 1 << (round % 31);
        if let Some(level) = pending.iter().rposition(|&word| word != 0) {
            pending[level] &= pending[level] - 1;
            if current != level {
                current = level;
                switches += 1;
            }
        }
    }
    switches
}

unsafe extern "C" {
    fn c_checksum(data: *const u8, len: u32) -> u32;
    fn c_sort(data: *mut u32, len: u32) -> u32;
    fn c_ring(ring: *mut Ring, codes: *const u32, len: u32) -> u32;
    fn c_schedule(owner: *const u8, pending: *mut u32, count: u32, rounds: u32) -> u32;
}

fn call(name: &[u8]) -> Option<u32> {
    let mut words = black_box([0u32; 64]);
    let mut state = 1u32;
    for word in &mut words {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *word = state >> 3;
    }
    let bytes: [u8; 64] = words.map(|word| word as u8);
    let mut ring = black_box(Ring { head: 0, tail: 0, events: [Event { code: 0, argument: 0 }; 16] });
    let mut pending = black_box([0u32; 4]);
    // SAFETY: each C routine gets pointers to buffers of the length that it gets too.
    Some(unsafe {
        match name {
            b"rust_checksum" => rust_checksum(black_box(&bytes)),
            b"rust_sort" => rust_sort(black_box(&mut words)),
            b"rust_ring" => rust_ring(black_box(&mut ring), black_box(&words)),
            b"rust_schedule" => rust_schedule(black_box(&bytes), black_box(&mut pending), black_box(200)),
            b"c_checksum" => c_checksum(black_box(bytes.as_ptr()), 64),
            b"c_sort" => c_sort(black_box(words.as_mut_ptr()), 64),
            b"c_ring" => c_ring(black_box(&mut ring), words.as_ptr(), 64),
            b"c_schedule" => c_schedule(black_box(bytes.as_ptr()), black_box(pending.as_mut_ptr()), 64, black_box(200)),
            b"nothing" => 0,
            _ => return None,
        }
    })
}

#[unsafe(no_mangle)]
extern "C" fn codegen_start(stack: *const *const c_char) -> ! {
    // SAFETY: Linux puts argc and argv[0..=argc] at the initial stack pointer; argv ends with a null pointer.
    let argument = unsafe { *stack.add(2) };
    if argument.is_null() {
        exit(2);
    }
    // SAFETY: a non-null argument is a NUL-terminated string.
    let name = unsafe { CStr::from_ptr(argument) };
    match call(name.to_bytes()) {
        Some(result) => exit(result & 0x7f),
        None => exit(2),
    }
}
