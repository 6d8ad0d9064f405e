//! The memory that all instances share, and what lies where in it. On RP1 it is on-chip (CSM) and reached uncached, so that a
//! store of one core is seen by the others at once.
//!
//! | offset | what | who writes |
//! | --- | --- | --- |
//! | 0x00000 + 0x20 core | header of the core's trace ring | the core |
//! | 0x00100 + 4 core | 1: the core's instance runs | the core |
//! | 0x00200 + 0x10 vCPU | location, pending messages, claim, stopped | `spumone_core::cluster` |
//! | 0x00280 + 4 vCPU | standing | `spumone_core::cluster` |
//! | 0x002a0 + 4 core | the last order that the core has carried out | the core |
//! | 0x002b0 | wishes | `spumone_core::cluster` |
//! | 0x002c0 + 4 vCPU | where its vectors are | the core that has it |
//! | 0x00300 + 8 (4 from + to) | tail and head of the ring of messages, counted up for ever | `from` the tail, `to` the head |
//! | 0x00380 + 8 core | tail and head of the core's lines for the log | the core the tail, core 0 the head |
//! | 0x003c0 + 0x10 core | the core's load: demand, samples, urgent ticks | the core |
//! | 0x01000 + 0x200 (4 from + to) | the ring's 32 messages of four words | `from` |
//! | 0x04000 + 0x400 vCPU | control block: registers and luggage of a vCPU on its way | the core that has it |
//! | 0x06000 + 0x400 core | lines for the log | the core |
//! | 0x10000 + 0x4000 core | events of the core's trace ring | the core |
//!
//! Epitaphs, 0x200 bytes a core, are at [`board::EPITAPHS`].

use crate::board;
use crate::reg::mmio;
use core::sync::atomic::{AtomicU32, Ordering};
use spumone_core::cluster::{CoreId, Message, RESERVED, RING_ENTRIES, Shared};
use spumone_core::epitaph;
use spumone_core::governor::Load;
use spumone_core::vcpu::VcpuId;

const ONLINE: u32 = board::SHARED + 0x100;
const VCPUS: u32 = board::SHARED + 0x200;
const STANDING: u32 = board::SHARED + 0x280;
const DONE: u32 = board::SHARED + 0x2a0;
const WISHES: u32 = board::SHARED + 0x2b0;
const VECTOR_BASES: u32 = board::SHARED + 0x2c0;
const MARKS: u32 = board::SHARED + 0x300;
const LOG_MARKS: u32 = board::SHARED + 0x380;
const LOADS: u32 = board::SHARED + 0x3c0;
const MESSAGES: u32 = board::SHARED + 0x1000;
const BLOCKS: u32 = board::SHARED + 0x4000;
const LOGS: u32 = board::SHARED + 0x6000;
/// From here to the trace rings' events everything begins as zero.
const FIRST_ZERO: u32 = 0x80;
const LAST_ZERO: u32 = 0x1_0000;
/// Bytes of a core's lines for the log.
const LOG_BYTES: u32 = 0x400;

/// Words of a vCPU.
const LOCATION: u32 = 0;
const PENDING: u32 = 4;
const CLAIM: u32 = 8;
const STOPPED: u32 = 12;

/// Clears what instances share, before any but the first runs. Epitaphs stay: they may tell of the time before the reset.
pub fn init() {
    for offset in (FIRST_ZERO..LAST_ZERO).step_by(4) {
        mmio::write32(board::SHARED + offset, 0);
    }
}

/// This core's instance runs.
pub fn come_online() {
    mmio::write32(ONLINE + 4 * u32::from(board::core()), 1);
}

/// True once `core`'s instance runs.
pub fn is_online(core: u8) -> bool {
    mmio::read32(ONLINE + 4 * u32::from(core)) != 0
}

/// Where `core`'s epitaph stands.
pub fn epitaph_address(core: u8) -> u32 {
    board::EPITAPHS + epitaph::BYTES as u32 * u32::from(core)
}

/// A vCPU's control block.
pub fn block(vcpu: VcpuId) -> u32 {
    BLOCKS + 0x400 * u32::from(vcpu.0)
}

fn word(vcpu: VcpuId, which: u32) -> u32 {
    VCPUS + 0x10 * u32::from(vcpu.0) + which
}

/// A word that several cores change.
fn atomic(address: u32) -> &'static AtomicU32 {
    // SAFETY: (1) the address is one of this file's words, aligned, in memory that lives as long as the machine; (2) no core
    // reaches it otherwise than as an atomic or by whole-word loads and stores.
    unsafe { AtomicU32::from_ptr(address as usize as *mut u32) }
}

/// Appends to this core's lines for the log; the result is how many bytes were taken. Whole lines, where there is an end of one.
pub fn log_append(bytes: &[u8]) -> usize {
    let core = u32::from(board::core());
    let (mark, ring) = (LOG_MARKS + 8 * core, LOGS + LOG_BYTES * core);
    let (tail, head) = (mmio::read32(mark), mmio::read32(mark + 4));
    let room = LOG_BYTES.saturating_sub(tail.wrapping_sub(head)) as usize;
    let whole = bytes.iter().take(room).rposition(|&byte| byte == b'\n').map(|end| end + 1);
    let length = whole.unwrap_or(if bytes.contains(&b'\n') { 0 } else { bytes.len().min(room) });
    for (offset, &byte) in (0u32..).zip(bytes.iter().take(length)) {
        mmio::write8(ring + (tail.wrapping_add(offset) & (LOG_BYTES - 1)), byte);
    }
    mmio::write32(mark, tail.wrapping_add(length as u32));
    length
}

/// Takes from `core`'s lines for the log, on core 0; the result is how many bytes there were.
pub fn log_take(core: CoreId, to: &mut [u8]) -> usize {
    let core = u32::from(core.0);
    let (mark, ring) = (LOG_MARKS + 8 * core, LOGS + LOG_BYTES * core);
    let (tail, head) = (mmio::read32(mark), mmio::read32(mark + 4));
    let length = (tail.wrapping_sub(head) as usize).min(to.len());
    for (offset, byte) in (0u32..).zip(to.iter_mut().take(length)) {
        *byte = mmio::read8(ring + (head.wrapping_add(offset) & (LOG_BYTES - 1)));
    }
    mmio::write32(mark + 4, head.wrapping_add(length as u32));
    length
}

/// Lets the other cores read where `vcpu` has its vectors.
pub fn set_vector_base(vcpu: VcpuId, base: u32) {
    mmio::write32(VECTOR_BASES + 4 * u32::from(vcpu.0), base);
}

/// Where `vcpu` has its vectors.
pub fn vector_base(vcpu: VcpuId) -> u32 {
    mmio::read32(VECTOR_BASES + 4 * u32::from(vcpu.0))
}

/// Lets the other cores read this core's load.
pub fn publish(load: Load) {
    let place = LOADS + 0x10 * u32::from(board::core());
    for (offset, word) in (0u32..).step_by(4).zip([load.demand, load.samples, load.urgent]) {
        mmio::write32(place + offset, word);
    }
}

/// The load that `core` published last.
pub fn published(core: CoreId) -> Load {
    let place = LOADS + 0x10 * u32::from(core.0);
    let [demand, samples, urgent] = [0, 4, 8].map(|offset| mmio::read32(place + offset));
    Load { demand, samples, urgent }
}

/// What cores share, as this core sees it.
#[derive(Clone, Copy)]
pub struct SharedMemory;

impl SharedMemory {
    /// Marks and messages of the ring from one core to another.
    fn ring_of(from: u8, to: u8) -> (u32, u32) {
        let index = 4 * u32::from(from & 3) + u32::from(to & 3);
        (MARKS + 8 * index, MESSAGES + 0x200 * index)
    }
}

impl Shared for SharedMemory {
    fn location(&mut self, vcpu: VcpuId) -> CoreId {
        CoreId(mmio::read32(word(vcpu, LOCATION)) as u8)
    }

    fn set_location(&mut self, vcpu: VcpuId, core: CoreId) {
        mmio::write32(word(vcpu, LOCATION), core.0.into());
    }

    fn post(&mut self, vcpu: VcpuId, bits: u8) {
        atomic(word(vcpu, PENDING)).fetch_or(bits.into(), Ordering::SeqCst);
    }

    fn pending(&mut self, vcpu: VcpuId) -> u8 {
        mmio::read32(word(vcpu, PENDING)) as u8
    }

    fn take(&mut self, vcpu: VcpuId) -> u8 {
        atomic(word(vcpu, PENDING)).swap(0, Ordering::SeqCst) as u8
    }

    fn claim(&mut self, vcpu: VcpuId) -> bool {
        atomic(word(vcpu, CLAIM)).swap(1, Ordering::SeqCst) == 0
    }

    fn release(&mut self, vcpu: VcpuId) {
        mmio::write32(word(vcpu, CLAIM), 0);
    }

    fn stopped(&mut self, vcpu: VcpuId) -> bool {
        mmio::read32(word(vcpu, STOPPED)) != 0
    }

    fn set_stopped(&mut self, vcpu: VcpuId, stopped: bool) {
        mmio::write32(word(vcpu, STOPPED), stopped.into());
    }

    fn standing(&mut self, vcpu: VcpuId) -> bool {
        mmio::read32(STANDING + 4 * u32::from(vcpu.0)) != 0
    }

    fn set_standing(&mut self, vcpu: VcpuId, standing: bool) {
        mmio::write32(STANDING + 4 * u32::from(vcpu.0), standing.into());
    }

    fn done(&mut self, core: CoreId) -> u32 {
        mmio::read32(DONE + 4 * u32::from(core.0))
    }

    fn set_done(&mut self, number: u32) {
        mmio::write32(DONE + 4 * u32::from(board::core()), number);
    }

    fn wish(&mut self, bits: u32) -> u32 {
        atomic(WISHES).fetch_or(bits, Ordering::SeqCst)
    }

    fn unwish(&mut self, bits: u32) -> u32 {
        atomic(WISHES).fetch_and(!bits, Ordering::SeqCst)
    }

    fn push(&mut self, to: CoreId, message: Message) -> bool {
        let (mark, ring) = Self::ring_of(board::core(), to.0);
        let (tail, head) = (mmio::read32(mark), mmio::read32(mark + 4));
        let room = if message.must_fit() { RING_ENTRIES } else { RING_ENTRIES - RESERVED };
        if tail.wrapping_sub(head) as usize >= room {
            return false;
        }
        let entry = ring + 16 * (tail % RING_ENTRIES as u32);
        for (offset, word) in (0u32..).step_by(4).zip(message.encode()) {
            mmio::write32(entry + offset, word);
        }
        mmio::write32(mark, tail.wrapping_add(1));
        true
    }

    fn pop(&mut self, from: CoreId) -> Option<(Message, bool)> {
        let (mark, ring) = Self::ring_of(from.0, board::core());
        let (tail, head) = (mmio::read32(mark), mmio::read32(mark + 4));
        if tail == head {
            return None;
        }
        let entry = ring + 16 * (head % RING_ENTRIES as u32);
        let words = [0, 4, 8, 12].map(|offset| mmio::read32(entry + offset));
        mmio::write32(mark + 4, head.wrapping_add(1));
        // Only instances write there, and they write what they can read.
        Message::decode(words).map(|message| (message, tail.wrapping_sub(head) > 1))
    }

    fn mail(&mut self, core: CoreId) {
        board::raise_mail(core.0);
    }

    fn clear_mail(&mut self) {
        board::clear_mail();
    }

    fn ring(&mut self, core: CoreId) {
        board::raise_bell(core.0);
    }

    fn clear_bell(&mut self) {
        board::clear_bell();
    }
}
