//! The assembly, with the offsets and constants of the Rust side in front of it.

use super::context::{Context, FIRST_TARGET};
use crate::board;
use core::arch::global_asm;
use core::mem::offset_of;
use spumone_core::trace;

const FRAME: usize = offset_of!(Context, frame);
const FPU: usize = offset_of!(Context, fpu);

// What the assembly takes for granted beyond the constants below.
const _: () = assert!(offset_of!(Context, last_intevt) == 0);
const _: () = assert!(offset_of!(Context, targets) == 4 * FIRST_TARGET);
const _: () = assert!(offset_of!(Context, call) == 4 * 128);
const _: () = assert!(offset_of!(Context, away) < 64, "beyond the reach of mov.l @(disp, Rn)");
const _: () = assert!(size_of::<super::Frame>() == 32 * 4);
const _: () = assert!(FPU == FRAME + size_of::<super::Frame>());
const FPU_END: usize = FPU + 34 * 4;
// What crosses cores is copied four words at a time.
const _: () = assert!(FPU + UNITS_WORDS * 4 == size_of::<Context>() && UNITS_WORDS.is_multiple_of(4));
const _: () = assert!(offset_of!(Context, call) + CALL_WORDS * 4 == FRAME && CALL_WORDS.is_multiple_of(4));

/// Words of [`Context::fpu`] and what follows it.
pub const UNITS_WORDS: usize = 40;
/// Words of [`Context::call`], with one of padding.
pub const CALL_WORDS: usize = 16;
const _: () =
    assert!(board::SHARED.is_multiple_of(2 * trace::EVENTS_BYTES), "the ring's address wraps by clearing a bit");
const _: () = assert!(trace::events_offset(1).is_multiple_of(2 * trace::EVENTS_BYTES));

global_asm!(
    ".ifdef __sh__", // what is not SH must not read it: tools/sh4a-bridge/README.md
    ".set CTX_TAKEN, {taken}",
    ".set CTX_GENERAL, {general}",
    ".set CTX_TLB, {tlb}",
    ".set CTX_ID, {id}",
    ".set CTX_OFF, {off}",
    ".set CTX_HANDLER, {handler}",
    ".set CTX_PREEMPTED, {preempted}",
    ".set CTX_OTHER, {other}",
    ".set CTX_GO_ON, {go_on}",
    ".set CTX_AFTER_IDLE, {after_idle}",
    ".set CTX_IDLED, {idled}",
    ".set CTX_IDLED_AT, {idled_at}",
    ".set CTX_AWAY, {away}",
    ".set CTX_CALL, {call}",
    ".set CTX_CALL_END, {call_end}",
    ".set CTX_FRAME, {frame}",
    ".set CTX_FRAME_END, {frame_end}",
    ".set CTX_FPU, {frame_end}",
    ".set CTX_FPU_END, {fpu_end}",
    ".set LEVELS, {levels}",
    ".set RAISE, {raise}",
    ".set OWN_LEVEL, {own_level}",
    ".set HAS_PTEA, {has_ptea}",
    ".set P1_CODE, {p1_code}",
    ".set CCR_START, {ccr}",
    ".set TRACE_NEXT, {trace_next}",
    ".set TRACE_WRAP, {trace_wrap}",
    include_str!("vectors.S"),
    include_str!("syscall.S"),
    include_str!("hypercall.S"),
    include_str!("fpu.S"),
    include_str!("copy.S"),
    include_str!("../boot/start.S"),
    ".text",
    ".endif",
    taken = const offset_of!(Context, taken),
    general = const offset_of!(Context, general),
    tlb = const offset_of!(Context, tlb),
    id = const offset_of!(Context, id),
    off = const offset_of!(Context, off),
    handler = const offset_of!(Context, handler),
    preempted = const offset_of!(Context, preempted),
    other = const offset_of!(Context, other),
    go_on = const offset_of!(Context, go_on),
    after_idle = const offset_of!(Context, after_idle),
    idled = const offset_of!(Context, idled),
    idled_at = const offset_of!(Context, idled_at),
    away = const offset_of!(Context, away),
    call = const offset_of!(Context, call),
    call_end = const offset_of!(Context, call) + 15 * 4,
    frame = const FRAME,
    frame_end = const FPU,
    fpu_end = const FPU_END,
    levels = const board::LEVELS,
    raise = const board::RAISE,
    own_level = const board::OWN_LEVEL,
    has_ptea = const board::HAS_PTEA,
    p1_code = const board::P1_CODE,
    ccr = const board::CCR,
    trace_next = const board::SHARED + 8,
    trace_wrap = const !trace::EVENTS_BYTES,
);

/// What the assembly exports.
#[allow(missing_docs, reason = "described where they are defined, in the .S files")]
pub mod symbols {
    use super::Context;

    unsafe extern "C" {
        pub static mut spumone_slot_exception: *mut Context;
        pub static mut spumone_slot_interrupt: *mut Context;
        pub static mut spumone_trace_next_1: u32;
        pub static mut spumone_trace_next_2: u32;
        pub static mut spumone_trace_next_3: u32;
        pub fn spumone_forward_checked();
        pub fn spumone_defer();
        pub fn spumone_preempt();
        pub fn spumone_ask();
        pub fn spumone_idle_ask();
        pub fn spumone_idle_go_on();
        pub fn spumone_park();
        pub fn spumone_syscall();
        pub fn spumone_bug();
        pub fn spumone_resume_call(context: *mut Context) -> !;
        pub fn spumone_resume_frame(context: *mut Context) -> !;
        pub fn spumone_resume_trap(context: *mut Context) -> !;
        pub fn spumone_resume_idle(context: *mut Context) -> !;
        pub fn spumone_save_fpu(context: *mut Context);
        pub fn spumone_load_fpu(context: *mut Context);
        pub fn spumone_copy(to: *mut u32, from: *const u32, quarter: usize);
        pub fn spumone_write_back(first: u32, lines: u32);
        pub fn spumone_vectors();
        pub fn spumone_take_vectors() -> u32;
        pub fn spumone_write_mmucr(value: u32);
        pub fn spumone_hv_null() -> i32;
        pub fn spumone_hv_idle();
        pub fn spumone_hv_set_vbr(base: u32) -> i32;
        pub fn spumone_hv_vcpu_id() -> i32;
        pub fn spumone_hv_vcpu_count() -> i32;
        pub fn spumone_hv_vcpu_start(id: u32, entry: u32, arg: u32) -> i32;
        pub fn spumone_hv_vcpu_stop() -> i32;
        pub fn spumone_hv_ipi_send(vcpu_mask: u32, message: u32) -> i32;
        pub fn spumone_hv_ipi_take() -> i32;
        pub fn spumone_hv_irq_enable(intevt: u32, level: u32) -> i32;
        pub fn spumone_hv_irq_disable(intevt: u32) -> i32;
        pub fn spumone_hv_console_write(bytes: *const u8, len: u32) -> i32;
        pub fn spumone_hv_console_read() -> i32;
        pub fn spumone_hv_guest_exit(status: u32) -> i32;
        pub fn spumone_hv_guest_restart() -> i32;
        pub fn spumone_hv_info(item: u32) -> i32;
        pub fn spumone_hv_trace(code: u32, arg: u32) -> i32;
        pub fn spumone_hv_guest_name(guest: u32, name: *mut u8, len: u32) -> i32;
        pub fn spumone_hv_vcpu_move(id: u32, core: u32) -> i32;
        pub fn spumone_hv_vcpu_core(id: u32) -> i32;
        pub fn spumone_hv_syscall_core(id: u32, core: u32) -> i32;
        pub fn spumone_hv_syscall_done() -> i32;
        pub fn spumone_hv_core_bounds(low: u32, high: u32) -> i32;
        pub fn spumone_hv_guest_pause(guest: u32) -> i32;
        pub fn spumone_hv_guest_resume(guest: u32) -> i32;
        pub fn spumone_hv_guest_reset(guest: u32) -> i32;
        pub fn spumone_hv_vcpu_registers(guest: u32, id: u32, registers: *mut spumone_abi::SpumoneRegisters) -> i32;
        pub fn spumone_hv_clock(nanoseconds: *mut u64) -> i32;
        pub fn spumone_hv_alarm(ticks: u32) -> i32;
    }
}
