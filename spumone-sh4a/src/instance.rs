//! The instance: the portable hypervisor of this core, and how it begins and ends.

use crate::halt::halt;
use crate::machine::{self, Machine};
use crate::trap::leave;
use crate::{board, console, shared};
use core::cell::UnsafeCell;
use spumone_core::cluster::CoreId;
use spumone_core::hypervisor::{Hypervisor, Outcome};
use spumone_core::system::{MAX_BYTES, System};

/// Looks at a starting core until it is given up.
const PATIENCE: u32 = 20_000_000;

struct Instance(UnsafeCell<Hypervisor>);

// SAFETY: an instance has one core, and statics are per core by construction (docs/hypervisor.md).
unsafe impl Sync for Instance {}

static INSTANCE: Instance = Instance(UnsafeCell::new(Hypervisor::empty()));

/// The hypervisor's state.
///
/// # Safety
/// No other borrow of it is alive: the caller is an entry from the assembly, with interrupts masked, and drops the borrow
/// before it leaves.
pub unsafe fn get() -> &'static mut Hypervisor {
    // SAFETY: the caller's promise.
    unsafe { &mut *INSTANCE.0.get() }
}

/// Brings the instance up on a core that the assembly has set up, and gives the core to the first guest.
pub fn run(system_table: u32) -> ! {
    board::intc_init();
    if board::core() == 0 {
        shared::init();
    }
    machine::init();
    // SAFETY: (1) start-up: nothing else runs; (2) the borrow ends before the core is given away.
    let hypervisor = unsafe { get() };
    let first = bring_up(hypervisor, system_table);
    match first {
        Some(Outcome::Leave(next)) => leave(next),
        _ => {
            while !hypervisor.send_log(&mut Machine) {}
            halt()
        }
    }
}

fn bring_up(hypervisor: &mut Hypervisor, system_table: u32) -> Option<Outcome> {
    let core = board::core();
    // SAFETY: (1) the boot stage put the table there, in memory that belongs to SPUMONE; (2) nobody writes it any more.
    let bytes = unsafe { core::slice::from_raw_parts(system_table as usize as *const u8, MAX_BYTES) };
    let system = match System::parse(bytes) {
        Ok(system) => system,
        Err(error) => {
            board::serial(board::BOOT_PORT).inspect(board::Serial::init);
            console::print(format_args!("spumone: {error}; pack the image again\n"));
            return None;
        }
    };
    let rejected = hypervisor.configure(&system, board::BOARD, board::CORES, CoreId(core)).err();
    if core == 0 {
        for port in hypervisor.ports() {
            board::serial(port).inspect(board::Serial::init);
        }
    }
    hypervisor.log(format_args!("version {}, core {core}", env!("CARGO_PKG_VERSION")));
    if let Some(rejected) = rejected {
        hypervisor.log(format_args!("{rejected}"));
        return None;
    }
    if core == 0 {
        hypervisor.prepare_shared(&mut Machine);
        if hypervisor.needs_own_interrupts() {
            board::start_tick();
        }
        if hypervisor.has_watcher() {
            board::start_counter();
        }
        start_others(hypervisor);
    }
    if hypervisor.needs_own_interrupts() {
        board::open_own(hypervisor.clock_core() == CoreId(core));
    }
    shared::come_online();
    Some(hypervisor.start(&mut Machine))
}

/// Starts the other cores of the system, and waits until each runs its instance: nobody may send it anything before.
fn start_others(hypervisor: &mut Hypervisor) {
    let others = hypervisor.cores().filter(|&core| core != 0);
    for core in others.clone() {
        board::start_core(core);
    }
    for core in others {
        if !(0..PATIENCE).any(|_| shared::is_online(core)) {
            hypervisor.log(format_args!("core {core} did not start; its vCPUs stay stopped"));
        }
    }
}

/// Every guest that counts has ended: says so, and switches the board off.
pub fn finish() -> ! {
    // SAFETY: (1) the entry from the assembly that calls this has dropped its borrow; (2) nobody comes after it.
    let hypervisor = unsafe { get() };
    hypervisor.last_words();
    while !hypervisor.send_log(&mut Machine) {}
    halt()
}
