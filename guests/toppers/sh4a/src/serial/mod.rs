//! The serial interface driver: one port, on a SCIF with interrupts and buffers, or on SPUMONE's console.
//!
//! Each direction has a semaphore of serial.cfg that is passed like a baton: who has it may work on the buffer; who finds
//! nothing to do leaves it to the interrupt handler, which gives it back when there is.

mod line;

use crate::cpu::nesting;
use crate::section::{call, look, wait};
use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicU32, Ordering};
use line::{Line, Wanted};
use uitron_kernel::Error;

/// The only port.
const PORT: i32 = 1;
/// serial.h: input is shown; LF is sent as CR LF; XOFF of the other side is obeyed; we send XOFF before the buffer is full.
const ECHO: u32 = 0x0001;
const CRLF: u32 = 0x0010;
const FCSND: u32 = 0x0100;
const FCRCV: u32 = 0x0400;
/// The console of SPUMONE is asked once in so many ticks.
const POLL: u32 = 8;

struct Global(UnsafeCell<Line>);

// SAFETY: one processor; reached with the kernel locked only.
unsafe impl Sync for Global {}

static LINE: Global = Global(UnsafeCell::new(Line::CLOSED));
static RECEIVE: AtomicU32 = AtomicU32::new(0);
static SEND: AtomicU32 = AtomicU32::new(0);
static TICKS: AtomicU32 = AtomicU32::new(0);

/// Reaches the port with the kernel locked.
fn with<R>(body: impl FnOnce(&mut Line) -> R) -> R {
    // SAFETY: `look` locks the kernel, and nothing that `Line` calls comes back here.
    look(|_, _| body(unsafe { &mut *LINE.0.get() }))
}

/// ATT_INI of serial.cfg: `exinf` is the number of the receiving semaphore, and 65536 times that of the sending one.
#[unsafe(no_mangle)]
extern "C" fn serial_initialize(exinf: usize) {
    RECEIVE.store(exinf as u32 & 0xffff, Ordering::Relaxed);
    SEND.store(exinf as u32 >> 16, Ordering::Relaxed);
}

fn check(port: i32, open: bool) -> Result<(), Error> {
    if look(|kernel, ctx| kernel.sns_dpn(ctx)) {
        return Err(Error::Ctx);
    }
    if port != PORT {
        return Err(Error::Id);
    }
    if with(|line| line.open) == open { Ok(()) } else { Err(Error::Obj) }
}

fn take(semaphore: &AtomicU32) -> Result<(), Error> {
    wait(|kernel, ctx| kernel.wai_sem(ctx, semaphore.load(Ordering::Relaxed) as i32)).map(drop)
}

fn give(semaphore: &AtomicU32) {
    let id = semaphore.load(Ordering::Relaxed) as i32;
    // A baton that is there already is no loss.
    let _ = match nesting() {
        0 => call(|kernel, ctx| kernel.sig_sem(ctx, id)),
        _ => call(|kernel, ctx| kernel.isig_sem(ctx, id)),
    };
}

fn serve(wanted: Wanted) {
    if wanted.receive {
        give(&RECEIVE);
    }
    if wanted.send {
        give(&SEND);
    }
}

fn result(result: Result<u32, Error>) -> i32 {
    result.map_or_else(Error::code, |count| count as i32)
}

#[unsafe(no_mangle)]
extern "C" fn serial_opn_por(port: i32) -> i32 {
    let opened = check(port, false).map(|()| with(|line| line.begin(ECHO | CRLF | FCSND | FCRCV)));
    result(opened.map(|()| 0))
}

#[unsafe(no_mangle)]
extern "C" fn serial_cls_por(port: i32) -> i32 {
    let closed = check(port, true).map(|()| with(Line::end));
    result(closed.map(|()| 0))
}

#[unsafe(no_mangle)]
extern "C" fn serial_ctl_por(port: i32, ioctl: u32) -> i32 {
    let changed = check(port, true).map(|()| with(|line| line.ioctl = ioctl));
    result(changed.map(|()| 0))
}

/// Bytes that wait to be read and to be sent (T_SERIAL_RPOR).
#[unsafe(no_mangle)]
unsafe extern "C" fn serial_ref_por(port: i32, counts: *mut [u32; 2]) -> i32 {
    let asked = check(port, true).map(|()| with(|line| line.counts()));
    // SAFETY: the application's pointer.
    result(asked.map(|found| unsafe { counts.write(found) }).map(|()| 0))
}

/// Reads `len` bytes, waiting for them.
#[unsafe(no_mangle)]
unsafe extern "C" fn serial_rea_dat(port: i32, buffer: *mut u8, len: u32) -> i32 {
    result(check(port, true).and_then(|()| {
        take(&RECEIVE)?;
        let mut count = 0;
        while count < len {
            let Some(byte) = with(Line::next) else {
                match take(&RECEIVE) {
                    Ok(()) => continue,
                    Err(_) if count > 0 => return Ok(count),
                    Err(error) => return Err(error),
                }
            };
            // SAFETY: the application's buffer of `len` bytes.
            unsafe { buffer.add(count as usize).write(byte) };
            count += 1;
            if with(|line| line.ioctl & ECHO != 0) {
                write(&[byte])?;
            }
        }
        if with(Line::more) {
            give(&RECEIVE);
        }
        Ok(count)
    }))
}

/// Writes `len` bytes, waiting for room.
#[unsafe(no_mangle)]
unsafe extern "C" fn serial_wri_dat(port: i32, buffer: *const u8, len: u32) -> i32 {
    result(check(port, true).and_then(|()| {
        // SAFETY: the application's buffer of `len` bytes.
        write(if len == 0 { &[] } else { unsafe { core::slice::from_raw_parts(buffer, len as usize) } })
    }))
}

/// Writes to the port for the log task and the echo.
pub fn write(bytes: &[u8]) -> Result<u32, Error> {
    take(&SEND)?;
    for &byte in bytes {
        while !with(|line| line.push(byte)) {
            take(&SEND)?;
        }
    }
    with(Line::kick);
    give(&SEND);
    Ok(bytes.len() as u32)
}

#[unsafe(no_mangle)]
extern "C" fn serial_in_handler() {
    serve(with(Line::received));
}

#[unsafe(no_mangle)]
extern "C" fn serial_out_handler() {
    serve(with(Line::sent));
}

#[unsafe(no_mangle)]
extern "C" fn serial_error_handler() {
    with(Line::failed);
}

#[unsafe(no_mangle)]
extern "C" fn serial_break_handler() {
    with(Line::failed);
}

/// In every tick: SPUMONE's console has no interrupts.
pub fn poll() {
    let tick = TICKS.load(Ordering::Relaxed).wrapping_add(1);
    TICKS.store(tick, Ordering::Relaxed);
    if tick.is_multiple_of(POLL) {
        serve(with(Line::poll));
    }
}

/// Sends what is left, by polling.
pub fn drain() {
    with(Line::drain);
}
