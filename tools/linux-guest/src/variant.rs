//! Which kernels there are.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};

/// The machine that a kernel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Machine {
    /// RP1, SH-X3 (upstream's x3proto board).
    Rp1,
    /// SH7751R (upstream's rts7751r2d board), which stock QEMU has too.
    R2d,
}

/// What the kernel runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// The unmodified source, with the board to itself.
    Upstream,
    /// The patched tree without `CONFIG_SPUMONE`, in the memory of a guest: what a guest is measured against.
    Native,
    /// The same tree and configuration with the switch on.
    Spumone {
        /// Whether "interrupts off" leaves the levels 8 to 15 to the real-time guest (`CONFIG_SPUMONE_IRQ_LEVELS`).
        levels: bool,
    },
}

/// One kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    /// The machine.
    pub machine: Machine,
    /// What it runs on.
    pub flavour: Flavour,
    /// For four CPUs (`CONFIG_SMP`) instead of one.
    pub smp: bool,
    /// With loadable modules, a network, and the modules of `guests/linux/attacks` in its root file system.
    pub modules: bool,
}

/// The kernels that the project's commands boot.
pub const ALL: [Variant; 10] = [
    Variant::new(Machine::R2d, Flavour::Upstream),
    Variant::new(Machine::Rp1, Flavour::Upstream),
    Variant::new(Machine::Rp1, Flavour::Upstream).smp(),
    Variant::new(Machine::Rp1, Flavour::Upstream).modules(),
    Variant::new(Machine::Rp1, Flavour::Native),
    Variant::new(Machine::Rp1, Flavour::Native).smp(),
    Variant::new(Machine::Rp1, Flavour::Spumone { levels: true }),
    Variant::new(Machine::Rp1, Flavour::Spumone { levels: true }).smp(),
    Variant::new(Machine::Rp1, Flavour::Spumone { levels: false }),
    Variant::new(Machine::R2d, Flavour::Spumone { levels: true }),
];

impl Machine {
    /// The name in file names and on command lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rp1 => "rp1",
            Self::R2d => "r2d",
        }
    }
}

impl Flavour {
    /// The name in file names and on command lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Native => "native",
            Self::Spumone { levels: true } => "spumone",
            Self::Spumone { levels: false } => "spumone-no-levels",
        }
    }

    /// True if it is built from the tree with our patches.
    #[must_use]
    pub fn is_patched(self) -> bool {
        self != Self::Upstream
    }
}

impl Variant {
    /// The kernel for one CPU.
    #[must_use]
    pub const fn new(machine: Machine, flavour: Flavour) -> Self {
        Self { machine, flavour, smp: false, modules: false }
    }

    /// The same for four CPUs; rp1 only.
    #[must_use]
    pub const fn smp(self) -> Self {
        Self { smp: true, ..self }
    }

    /// The same with loadable modules; rp1 only.
    #[must_use]
    pub const fn modules(self) -> Self {
        Self { modules: true, ..self }
    }

    /// The files of `guests/linux/configs` that make up its configuration, in the order in which they count.
    #[must_use]
    pub fn fragments(self) -> Vec<String> {
        let machine = self.machine.name();
        let spumone = matches!(self.flavour, Flavour::Spumone { .. });
        let place = if self.flavour.is_patched() { "guest" } else { "upstream" };
        let mut names = vec!["common".to_owned(), machine.to_owned(), format!("{machine}-{place}")];
        if self.smp {
            names.push("smp".to_owned());
            if !spumone {
                names.push("smp-native".to_owned());
            }
        }
        if spumone {
            names.push(self.flavour.name().to_owned());
        }
        if self.modules {
            names.push("modules".to_owned());
        }
        names.iter().map(|name| format!("{name}.config")).collect()
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let smp = if self.smp { "-smp" } else { "" };
        let modules = if self.modules { "-modules" } else { "" };
        write!(f, "{}-{}{smp}{modules}", self.machine.name(), self.flavour.name())
    }
}

impl FromStr for Variant {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let machines = [Machine::Rp1, Machine::R2d];
        let flavours =
            [Flavour::Upstream, Flavour::Native, Flavour::Spumone { levels: true }, Flavour::Spumone { levels: false }];
        for machine in machines {
            for flavour in flavours {
                let one = Self::new(machine, flavour);
                let more = [one.smp(), one.modules(), one.smp().modules()];
                let all = [one].into_iter().chain(more.into_iter().filter(|_| machine == Machine::Rp1));
                if let Some(found) = all.into_iter().find(|kernel| kernel.to_string() == text) {
                    return Ok(found);
                }
            }
        }
        bail!(
            "there is no kernel {text}: take rp1- or r2d- and upstream, native, spumone or spumone-no-levels, \
             with -smp behind it for four CPUs of rp1, and -modules for loadable modules"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for variant in ALL {
            assert_eq!(variant.to_string().parse::<Variant>().unwrap(), variant);
        }
        assert_eq!("rp1-spumone-smp".parse::<Variant>().unwrap(), spumone().smp());
        assert_eq!("rp1-spumone-smp-modules".parse::<Variant>().unwrap(), spumone().smp().modules());
        for name in ["rp1-windows", "r2d-upstream-smp", "r2d-upstream-modules"] {
            assert!(name.parse::<Variant>().unwrap_err().to_string().contains(name));
        }
    }

    fn spumone() -> Variant {
        Variant::new(Machine::Rp1, Flavour::Spumone { levels: true })
    }

    #[test]
    fn one_switch_lies_between_native_and_guest() {
        let native = Variant::new(Machine::Rp1, Flavour::Native).fragments();
        let guest = spumone().fragments();
        assert_eq!(guest[..3], native);
        assert_eq!(guest[3..], ["spumone.config"]);
    }

    #[test]
    fn modules_are_one_more_fragment() {
        let plain = Variant::new(Machine::Rp1, Flavour::Upstream);
        assert_eq!(plain.modules().fragments()[..3], plain.fragments());
        assert_eq!(plain.modules().fragments()[3..], ["modules.config"]);
    }

    #[test]
    fn four_cpus_are_one_more_fragment_of_a_guest() {
        let guest = spumone().smp().fragments();
        assert_eq!(guest[..3], spumone().fragments()[..3]);
        assert_eq!(guest[3..], ["smp.config", "spumone.config"]);
        let native = Variant::new(Machine::Rp1, Flavour::Native).smp().fragments();
        assert_eq!(native[3..], ["smp.config", "smp-native.config"]);
    }
}
