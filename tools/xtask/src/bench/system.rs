//! The shipped RP1 system of Linux and the RT guest, as the benches vary it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use linux_guest::{Flavour, Machine, Variant, kernel};
use sh4a_emu::machine::Config;
use system_file::{Guest, GuestImage, Kind};

use crate::{image, workspace};

/// What the console of every Linux on RP1 needs to be told.
pub(super) const CONSOLE: &str = "console=ttySC0,115200 panic=1";
/// INTEVT of the RT guest's timer on RP1, TMU3.
pub(super) const RT_TICK: u16 = 0x460;
/// The serial port of Linux on RP1.
pub(super) const LINUX_PORT: usize = 0;
/// The RT guest's period, in cycles: 1 ms at 600 MHz.
pub(super) const PERIOD: u64 = 600_000;

/// Packs `configs/NAME.toml` with Linux told to do `work`, and the RT guest to run for `periods`.
pub(super) fn image(name: &str, work: &str, periods: u32) -> Result<Vec<u8>> {
    pack(name, work, periods, None)
}

/// The same with a kernel that turns all interrupts off where others turn off only its own (`CONFIG_SPUMONE_IRQ_LEVELS`).
pub(super) fn image_without_levels(name: &str, work: &str, periods: u32) -> Result<Vec<u8>> {
    let flavour = Flavour::Spumone { levels: false };
    pack(name, work, periods, Some(kernel(Variant::new(Machine::Rp1, flavour))?.vmlinux))
}

/// Packs `configs/NAME.toml`, which has one guest, with another program in its place.
pub(super) fn image_of_guest(name: &str, program: PathBuf) -> Result<Vec<u8>> {
    let path = config(name);
    let mut system = image::load(&path)?;
    for guest in &mut system.guests {
        (guest.image, guest.params) = (GuestImage::File(program.clone()), Vec::new());
    }
    image::build(&system).with_context(|| format!("cannot pack {}", path.display()))
}

/// The machine with the cores that `configs/NAME.toml` uses, and its image, with Linux told to do `work` (nothing: a shell) and the
/// RT guest to run for ever. `adapt` changes the system before it is packed.
pub(super) fn smp(name: &str, work: &str, adapt: impl Fn(&mut Guest)) -> Result<(Config, Vec<u8>)> {
    let path = config(name);
    let mut system = image::load(&path)?;
    for guest in &mut system.guests {
        match guest.kind {
            Kind::Linux => {
                guest.cmdline = Some(format!("{CONSOLE} {work}"));
            }
            Kind::Rtos => guest.params = vec![u32::MAX],
            Kind::Monitor => {}
        }
        adapt(guest);
    }
    let image = image::build(&system).with_context(|| format!("cannot pack {}", path.display()))?;
    Ok((Config { cores: system.cores.into(), ..Config::rp1() }, image))
}

fn config(name: &str) -> PathBuf {
    workspace::root().join("configs").join(name).with_extension("toml")
}

fn pack(name: &str, work: &str, periods: u32, other_kernel: Option<PathBuf>) -> Result<Vec<u8>> {
    let path = config(name);
    let mut system = image::load(&path)?;
    for guest in &mut system.guests {
        match guest.kind {
            Kind::Linux => {
                guest.cmdline = Some(format!("{CONSOLE} {work}"));
                if let Some(vmlinux) = &other_kernel {
                    guest.image = GuestImage::File(vmlinux.clone());
                }
            }
            Kind::Rtos => guest.params = vec![periods],
            Kind::Monitor => {}
        }
    }
    image::build(&system).with_context(|| format!("cannot pack {}", path.display()))
}
