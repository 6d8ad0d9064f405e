//! How this package's guests begin and end; what they are told.

use core::fmt::Write;

use guest_kit::{Frame, set_handlers, set_imask, vectors};
use monitor_api::Clock;
use monitor_api::profile::Profile;
use spumone_abi::client::{Console, Spumone};
use spumone_core::monitors::{BLOCK_BYTES, Config};

use crate::log::line;
use crate::memory::{Watched, own};

/// What the packer writes: where the profile is, what monitors may cost, what their verdicts lead to.
#[used]
#[unsafe(export_name = "__spumone_monitors")]
static mut TOLD: [u8; BLOCK_BYTES] = [0; BLOCK_BYTES];

fn on_interrupt(_intevt: u32, _frame: &mut Frame) {}

fn on_exception(expevt: u32, frame: &mut Frame) {
    panic!("exception {expevt:#x} at {:#x}", frame.spc);
}

#[unsafe(no_mangle)]
extern "C" fn guest_main(table: u32, _guest: u32) -> ! {
    // SAFETY: the table's address as SPUMONE passed it.
    let Some(hypervisor) = (unsafe { Spumone::at(table) }) else { guest_kit::jump(0) };
    set_handlers(on_interrupt, on_exception);
    let why = match hypervisor.set_vbr(vectors()) {
        Ok(_) => {
            // It has no interrupts of its own, and those of others must come through.
            set_imask(0);
            crate::run(hypervisor)
        }
        Err(_) => "SPUMONE does not take the vectors",
    };
    // There is nothing left to do about a failing console.
    let _ = writeln!(Console(hypervisor), "monitors: {why}");
    hypervisor.guest_exit(1)
}

/// What the packer wrote, the guest that is to be watched, and the profile of its kernel; or why there is nothing to do.
pub(crate) fn told(hypervisor: Spumone) -> Result<(Config, Watched, Profile<'static>), &'static str> {
    let told: [u8; BLOCK_BYTES] = core::array::from_fn(|place| {
        // SAFETY: (1) a byte of this guest's own, inside the block; (2) the packer wrote it, nobody writes it at run time.
        unsafe { (&raw const TOLD).cast::<u8>().add(place).read_volatile() }
    });
    let config = Config::decode(&told).ok_or("the image was packed without a policy")?;
    let host = Watched::of(hypervisor).ok_or("there is no guest to watch")?;
    let began = host.now();
    let profile = Profile::open(own(config.profile, config.profile_length))
        .map_err(|_| "the profile of the watched kernel is damaged")?;
    let took = host.now().saturating_sub(began) / 1000;
    line(hypervisor, format_args!("profile of {} bytes checked in {took} us", config.profile_length));
    Ok((config, host, profile))
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: the board's fixed address.
    if let Some(hypervisor) = unsafe { Spumone::at(spumone_abi::SPUMONE_TABLE_RP1) } {
        // There is nothing left to do about a failing console.
        let _ = writeln!(Console(hypervisor), "monitors: {info}");
        hypervisor.guest_exit(101);
    }
    loop {}
}
