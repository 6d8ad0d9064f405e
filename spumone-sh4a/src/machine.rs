//! The machine under the portable code: contexts, guest memory, interrupt controller, serial ports, trace ring.

use crate::reg::{mmio, mmu};
use crate::shared::{self, SharedMemory};
use crate::trap::{Context, FIRST_TARGET, Frame, symbols};
use crate::{board, reload, transfer};
use core::cell::UnsafeCell;
use spumone_core::addr::GuestRange;
use spumone_core::arch::{Arch, CoreInfo, Entry, Luggage, OwnCodes, Unit};
use spumone_core::cluster::{CoreId, Set};
use spumone_core::epitaph::Registers;
use spumone_core::governor::Load;
use spumone_core::irq::{Action, Code, Codes};
use spumone_core::trace::{self, Event};
use spumone_core::vcpu::{Departures, MAX_VCPUS, VcpuId};

/// Contexts by vCPU number; the last one is the sleeping core's.
struct Contexts(UnsafeCell<[Context; MAX_VCPUS + 1]>);

// SAFETY: an instance has one core, and statics are per core by construction (docs/hypervisor.md).
unsafe impl Sync for Contexts {}

#[unsafe(link_section = ".contexts")]
static CONTEXTS: Contexts = Contexts(UnsafeCell::new([const { Context::zero() }; MAX_VCPUS + 1]));

/// Who owns the interrupt with code 0x20 * index, for the preempting path in assembly.
#[used]
#[unsafe(export_name = "spumone_targets")]
#[unsafe(link_section = ".contexts")]
static mut TARGETS: [u32; 128] = [0; 128];

/// Stands in for a context while SPUMONE's own code runs: two numbers, then where exceptions go.
#[used]
#[unsafe(export_name = "spumone_bug_context")]
#[unsafe(link_section = ".contexts")]
static mut BUG: [Option<unsafe extern "C" fn()>; 4] =
    [None, None, Some(symbols::spumone_bug), Some(symbols::spumone_bug)];

fn code_address(code: unsafe extern "C" fn()) -> u32 {
    code as usize as u32
}

fn index(vcpu: Option<VcpuId>) -> usize {
    vcpu.map_or(MAX_VCPUS, |vcpu| vcpu.index().min(MAX_VCPUS - 1))
}

/// The context of `vcpu`, `None`: of the sleeping core.
pub fn context(vcpu: Option<VcpuId>) -> *mut Context {
    CONTEXTS.0.get().cast::<Context>().wrapping_add(index(vcpu))
}

/// The vCPU that has the core, as the interrupt path in assembly left it.
pub fn current() -> Option<VcpuId> {
    // SAFETY: (1) the slot always points to a context, which begins with plain words; (2) only this core writes it.
    let id = unsafe { (*(&raw const symbols::spumone_slot_interrupt).read_volatile()).id };
    u8::try_from(id).ok().filter(|&id| usize::from(id) < MAX_VCPUS).map(VcpuId)
}

/// Offsets of a guest's vectors from its base.
const GENERAL: u32 = 0x100;
const TLB: u32 = 0x400;
const HANDLER: u32 = 0x600;

/// Exceptions of a vCPU go where its interrupts go, or park it while it has told no vectors.
fn set_exceptions(context: *mut Context) {
    let park = code_address(symbols::spumone_park);
    // SAFETY: (1) `context` points into a static that only the interrupt path and this code use; (2) everything is masked.
    unsafe {
        let base = (*context).handler.checked_sub(HANDLER);
        (*context).general = base.map_or(park, |base| base + GENERAL);
        (*context).tlb = base.map_or(park, |base| base + TLB);
    }
}

/// Prepares the sleeping core's context and the trace ring; once, before anything else.
pub fn init() {
    let bug = code_address(symbols::spumone_bug);
    let idle = context(None);
    // SAFETY: (1) nothing runs yet but this; (2) `idle` points into a static.
    unsafe {
        (*idle).id = trace::IDLE;
        (*idle).general = bug;
        (*idle).tlb = bug;
        (*idle).go_on = code_address(symbols::spumone_idle_ask);
        (*idle).targets = [code_address(symbols::spumone_ask); 128 - FIRST_TARGET];
        (&raw mut symbols::spumone_slot_interrupt).write_volatile(idle);
    }
    init_trace();
}

/// Prepares this core's trace ring, and tells the assembly where it is.
fn init_trace() {
    let core = board::core();
    let header = board::SHARED + trace::header_offset(core);
    let first = board::SHARED + trace::events_offset(core);
    for offset in (0..trace::EVENTS_BYTES).step_by(4) {
        mmio::write32(first + offset, 0);
    }
    for (offset, word) in [(4, trace::VERSION), (8, first), (12, first), (16, trace::EVENTS), (0, trace::MAGIC)] {
        mmio::write32(header + offset, word);
    }
    if core != 0 {
        let literals = [
            &raw mut symbols::spumone_trace_next_1,
            &raw mut symbols::spumone_trace_next_2,
            &raw mut symbols::spumone_trace_next_3,
        ];
        for literal in literals {
            // SAFETY: (1) the literals are words of the vector page in this core's own ILRAM, which no cache holds; (2) nothing
            // reads them yet.
            unsafe { literal.write_volatile(header + 8) };
        }
    }
}

/// The machine; it has no state besides the statics above.
pub struct Machine;

impl Arch for Machine {
    type Shared = SharedMemory;

    fn shared(&self) -> SharedMemory {
        SharedMemory
    }

    fn own_codes(&self) -> Option<OwnCodes> {
        board::own_codes()
    }

    fn core_info(&self) -> CoreInfo {
        board::core_info()
    }

    fn prepare(&mut self, vcpu: VcpuId, entry: Entry) {
        let mut frame = Frame::zero();
        frame.spc = entry.pc;
        // MD=1, IMASK=15.
        frame.ssr = 0x4000_00f0;
        let [.., r15] = &mut frame.high;
        *r15 = entry.stack;
        let [_, _, _, _, r4, r5, ..] = &mut frame.low;
        *r4 = entry.r4.unwrap_or(crate::trap::table_address());
        *r5 = entry.r5;
        let context = context(Some(vcpu));
        // SAFETY: (1) `context` points into a static; (2) this vCPU does not have the core.
        unsafe {
            *context = Context::zero();
            (*context).id = vcpu.0.into();
            (*context).targets = [code_address(symbols::spumone_ask); 128 - FIRST_TARGET];
            (*context).frame = frame;
            // FPUL, FPSCR, FR0..: FPSCR as after reset.
            (*context).fpu[1] = 0x0004_0001;
        }
        set_exceptions(context);
        shared::set_vector_base(vcpu, 0);
    }

    fn set_vector_base(&mut self, vcpu: VcpuId, base: u32, off: u8) {
        let context = context(Some(vcpu));
        // SAFETY: `context` points into a static that only the interrupt path and this code use, and everything is masked.
        unsafe {
            (*context).handler = base + HANDLER;
            (*context).off = u32::from(off) << 4;
        }
        set_exceptions(context);
        shared::set_vector_base(vcpu, base);
    }

    fn tell_vector_base(&mut self, vcpu: VcpuId, base: u32) {
        shared::set_vector_base(vcpu, base);
    }

    fn take_vectors(&mut self) -> Option<u32> {
        // SAFETY: (1) it is called from SPUMONE's own code only, which counts on these vectors; (2) everything is masked.
        let found = unsafe { symbols::spumone_take_vectors() };
        (found != code_address(symbols::spumone_vectors)).then_some(found)
    }

    fn vector_base(&self, vcpu: VcpuId) -> u32 {
        shared::vector_base(vcpu)
    }

    fn set_action(&mut self, current: Option<VcpuId>, code: Code, action: Action) {
        let Some(place) = code.index().checked_sub(FIRST_TARGET) else { return };
        let context_of = context;
        let context = context(current);
        let target = match action {
            // SAFETY: as in `set_vector_base`.
            Action::Forward if board::LEVELS != 0 => unsafe { (*context).handler },
            Action::Forward => code_address(symbols::spumone_forward_checked),
            Action::Preempt(owner) => {
                let owner = context_of(Some(owner)) as usize as u32;
                // SAFETY: (1) `index` is below 128; (2) the table is only read by the interrupt path, and everything is masked.
                unsafe { (&raw mut TARGETS).cast::<u32>().wrapping_add(code.index()).write_volatile(owner) };
                code_address(symbols::spumone_preempt)
            }
            Action::Defer => code_address(symbols::spumone_defer),
            Action::Ask => code_address(symbols::spumone_ask),
        };
        // SAFETY: as in `set_vector_base`.
        if let Some(slot) = unsafe { &mut (*context).targets }.get_mut(place) {
            *slot = target;
        }
    }

    fn reset_actions(&mut self, current: Option<VcpuId>) {
        let context = context(current);
        // SAFETY: as in `set_vector_base`.
        unsafe { (*context).targets = [code_address(symbols::spumone_ask); 128 - FIRST_TARGET] };
    }

    fn set_idle_path(&mut self, vcpu: VcpuId, next: Option<VcpuId>, direct: bool) {
        let next = context(next) as usize as u32;
        let go_on = code_address(if direct { symbols::spumone_idle_go_on } else { symbols::spumone_idle_ask });
        let context = context(Some(vcpu));
        // SAFETY: as in `set_vector_base`.
        unsafe {
            (*context).after_idle = next;
            (*context).go_on = go_on;
        }
    }

    fn switch_unit(&mut self, unit: Unit, from: Option<VcpuId>, to: Option<VcpuId>) {
        let (from, to) = (from.map(|vcpu| context(Some(vcpu))), to.map(|vcpu| context(Some(vcpu))));
        // SAFETY: (1) the contexts are statics of at least the length that the assembly writes; (2) SR.FD is 0 in SPUMONE; (3) no
        // code or data of SPUMONE is reached through the MMU.
        unsafe {
            match unit {
                Unit::Fpu => {
                    from.inspect(|&from| symbols::spumone_save_fpu(from));
                    to.inspect(|&to| symbols::spumone_load_fpu(to));
                }
                Unit::Mmu => {
                    from.inspect(|&from| (*from).mmu = mmu::save());
                    to.inspect(|&to| mmu::load((*to).mmu));
                }
            }
        }
    }

    fn set_syscall_path(&mut self, vcpu: VcpuId, leaves: bool, returns: bool) {
        let context = context(Some(vcpu));
        set_exceptions(context);
        // SAFETY: as in `set_vector_base`.
        unsafe {
            (*context).away = returns.into();
            if leaves && (*context).handler != 0 {
                (*context).general = code_address(symbols::spumone_syscall);
            }
        }
    }

    fn pack(&mut self, vcpu: VcpuId, luggage: &Luggage) {
        // SAFETY: (1) `context` points into a static; (2) this vCPU does not have the core, so nobody else uses it now.
        transfer::pack(vcpu, unsafe { &mut *context(Some(vcpu)) }, luggage);
    }

    fn unpack(&mut self, vcpu: VcpuId) -> (Luggage, bool) {
        let context = context(Some(vcpu));
        // SAFETY: as in `pack`.
        let answer = transfer::unpack(vcpu, unsafe { &mut *context });
        // SAFETY: as in `pack`.
        unsafe { (*context).id = vcpu.0.into() };
        set_exceptions(context);
        board::forget_instructions();
        answer
    }

    fn knows_irq(&self, code: Code) -> bool {
        board::knows_irq(code)
    }

    fn irq_level(&mut self, code: Code, level: u8) {
        board::irq_level(code, level);
    }

    fn irq_unmask(&mut self, code: Code, level: u8) -> bool {
        board::irq_unmask(code, level)
    }

    fn irq_mask(&mut self, code: Code) -> bool {
        board::irq_mask(code)
    }

    fn irq_mask_all(&mut self, codes: Codes) {
        board::irq_mask_all(codes);
    }

    fn quiet(&mut self, code: Code) {
        board::quiet(code);
    }

    fn irq_unmask_all(&mut self, codes: Codes) {
        board::irq_unmask_all(codes);
    }

    fn image(&self) -> Option<&'static [u8]> {
        // SAFETY: (1) the flash at that address is as long; (2) nobody writes it while the system runs.
        board::IMAGE.map(|base| unsafe { core::slice::from_raw_parts(base as usize as *const u8, board::IMAGE_MAX) })
    }

    fn load(&mut self, address: u32, piece: &[u8]) {
        reload::copy(address, piece);
    }

    fn clear(&mut self, address: u32, length: u32) {
        reload::clear(address, length);
    }

    fn forget_instructions(&mut self) {
        board::forget_instructions();
    }

    fn registers(&self, vcpu: VcpuId) -> [u32; 31] {
        transfer::registers(vcpu)
    }

    fn read_guest(&mut self, from: GuestRange, to: &mut [u8]) {
        for (offset, byte) in (0..from.length()).zip(to) {
            // SAFETY: a `GuestRange` lies in the guest's own memory, which no Rust object of SPUMONE shares.
            *byte = unsafe { ((from.start() + offset) as usize as *const u8).read_volatile() };
        }
    }

    fn write_guest(&mut self, to: GuestRange, from: &[u8]) {
        for (offset, byte) in (0..to.length()).zip(from) {
            // SAFETY: as in `read_guest`.
            unsafe { ((to.start() + offset) as usize as *mut u8).write_volatile(*byte) };
        }
    }

    fn serial_write(&mut self, port: u8, bytes: &[u8]) -> usize {
        // A port that the board does not have swallows everything: nobody shall wait for it.
        board::serial(port).map_or(bytes.len(), |serial| serial.write(bytes))
    }

    fn relay_log(&mut self, bytes: &[u8]) -> usize {
        shared::log_append(bytes)
    }

    fn relayed_log(&mut self, core: CoreId, to: &mut [u8]) -> usize {
        shared::log_take(core, to)
    }

    fn mistake(&mut self, what: &'static str) {
        crate::panic::die(what, 0, Registers::default())
    }

    fn publish(&mut self, load: Load) {
        shared::publish(load);
    }

    fn published(&self, core: CoreId) -> Load {
        shared::published(core)
    }

    fn relay_tick(&mut self, others: Set) {
        board::relay_tick(others);
    }

    fn clear_tick(&mut self) {
        board::clear_tick();
    }

    fn serial_read(&mut self, port: u8) -> Option<u8> {
        board::serial(port)?.read()
    }

    fn trace(&mut self, event: Event) {
        let (code, arg) = event.encode();
        let place = board::SHARED + trace::header_offset(board::core()) + 8;
        let next = mmio::read32(place);
        mmio::write32(next + 4, arg);
        mmio::write32(next, code);
        mmio::write32(place, (next + 8) & !trace::EVENTS_BYTES);
    }

    fn counter(&self) -> (u32, u32) {
        board::counter()
    }

    fn forwarded(&self, vcpu: VcpuId) -> u32 {
        let context = context(Some(vcpu));
        // SAFETY: as in `set_vector_base`.
        let (taken, preempted, other) = unsafe { ((*context).taken, (*context).preempted, (*context).other) };
        taken.wrapping_sub(preempted).wrapping_sub(other)
    }

    fn departures(&self, vcpu: VcpuId) -> Departures {
        let context = context(Some(vcpu));
        // SAFETY: as in `set_vector_base`; volatile because the assembly counts.
        let [preempted, idled, idled_at] = unsafe {
            [&raw const (*context).preempted, &raw const (*context).idled, &raw const (*context).idled_at]
                .map(|count| count.read_volatile())
        };
        Departures { preempted, idled, idled_last: idled_at == preempted }
    }
}
