//! Real guests: a kernel of `guests/linux`, its profile, and the guest at its shell on the emulator.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use linux_guest::{Machine as Board, Variant, kernel};
use monitor_api::profile::Profile;
use sh4a_emu::machine::Config;

use crate::dump::Dump;
use crate::emulator::{Emulator, shell};
use crate::registry::all;
use crate::runner::{Watch, watch};

/// Cycles between two looks at a live guest: 10 ms of a core of 600 MHz.
pub(crate) const BETWEEN: u64 = 6_000_000;

/// A kernel, its profile, and the machine that is for it.
pub struct Prepared {
    /// Which one.
    pub variant: Variant,
    /// Its ELF file.
    pub vmlinux: PathBuf,
    /// Its bytes.
    pub kernel: Vec<u8>,
    /// Its profile.
    pub profile: Vec<u8>,
}

/// Builds a kernel, or takes it from the cache, and makes its profile.
///
/// # Errors
/// When the build fails, or the kernel has no debug information.
pub fn prepare(variant: Variant) -> Result<Prepared> {
    let vmlinux = kernel(variant)?.vmlinux;
    let kernel = std::fs::read(&vmlinux).with_context(|| format!("cannot read {}", vmlinux.display()))?;
    let profile = kernel_profile::extract(&kernel).with_context(|| format!("the profile of {variant}"))?;
    Ok(Prepared { variant, vmlinux, kernel, profile })
}

impl Prepared {
    /// The profile.
    ///
    /// # Errors
    /// Never, for a profile that was just made.
    pub fn profile(&self) -> Result<Profile<'_>> {
        Ok(Profile::open(&self.profile)?)
    }

    /// The machine that the kernel is for.
    pub fn config(&self) -> Config {
        match self.variant.machine {
            Board::Rp1 => Config { cores: if self.variant.smp { 4 } else { 1 }, ..Config::rp1() },
            Board::R2d => Config::r2d(),
        }
    }

    /// The serial port of its console.
    pub fn console(&self) -> usize {
        match self.variant.machine {
            Board::Rp1 => 0,
            Board::R2d => 1,
        }
    }

    /// The guest at its shell, on a core that is 2^`divider_shift` times slower; looked at every `between` cycles. rp1 only.
    ///
    /// # Errors
    /// When it does not get there.
    pub fn at_shell_slowly(&self, divider_shift: u32, between: u64) -> Result<Emulator> {
        let config = Config { divider_shift, ..self.config() };
        shell(config, &self.kernel, between, &format!("booting {} on a slow core", self.variant))
    }

    /// The guest at its shell.
    ///
    /// # Errors
    /// When it does not get there.
    pub fn at_shell(&self) -> Result<Emulator> {
        shell(self.config(), &self.kernel, BETWEEN, &format!("booting {}", self.variant))
    }
}

pub(crate) fn texts(raised: &[crate::runner::Raised]) -> String {
    raised.iter().take(10).map(|raised| format!("\n    {}: {}", raised.monitor, raised.finding)).collect()
}

/// The profile of another kernel is refused, and the message names both kernels.
///
/// # Errors
/// When it is not.
pub fn wrong_profile(dump: &mut Dump, wrong: &Prepared) -> Result<()> {
    let error = watch(dump, wrong.profile()?, &mut all(), Watch::default(), &mut |_| ());
    let text = error.err().context("a wrong profile was taken")?.to_string();
    let profile = wrong.profile()?;
    // Two kernels of one version may have one banner; then their build ids are named.
    let named = text.contains(profile.banner().trim_end()) || text.contains(profile.build_id());
    ensure!(text.starts_with("wrong profile") && named, "the refusal does not say what the profile is for: {text}");
    Ok(())
}
