//! The ways in which the project compiles Rust for SH-4A.

/// What rustc, LLVM and GCC are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its name in reports; of what is shipped, the board's.
    pub name: &'static str,
    /// rustc's optimisation level.
    pub opt_level: &'static str,
    /// Debug assertions and overflow checks.
    pub checks: bool,
    /// Options for the bridge.
    pub flags: &'static str,
    /// The processor.
    pub processor: Processor,
}

/// Which processor a level's code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// SH-4A, in any mode.
    Sh4a,
    /// SH7751R, an SH-4: no `movli.l`, so atomics mask interrupts, which takes supervisor mode.
    Sh7751r,
}

/// What boards run, hypervisor and guests alike: one level a board.
pub const SHIPPED: &[Level] = &[
    Level { name: "rp1", opt_level: "3", checks: false, flags: "--bridge-cpu=4a-nofpu", processor: Processor::Sh4a },
    Level { name: "r2d", opt_level: "3", checks: false, flags: "--bridge-cpu=4-nofpu", processor: Processor::Sh7751r },
];

/// What else must be right: small code, the floating-point unit, and everything checked with little optimisation.
const OTHERS: &[Level] = &[
    Level {
        name: "Os",
        opt_level: "s",
        checks: false,
        flags: "--bridge-opt=s --bridge-cpu=4a-nofpu",
        processor: Processor::Sh4a,
    },
    Level {
        name: "O2-fpu",
        opt_level: "2",
        checks: false,
        flags: "--bridge-opt=2 --bridge-cpu=4a",
        processor: Processor::Sh4a,
    },
    Level {
        name: "checked",
        opt_level: "1",
        checks: true,
        flags: "--bridge-opt=1 --bridge-cpu=4a-nofpu",
        processor: Processor::Sh4a,
    },
];

/// The level of a board.
#[must_use]
pub fn shipped(board: &str) -> Option<&'static Level> {
    SHIPPED.iter().find(|level| level.name == board)
}

/// Every level: what is shipped first.
pub fn all() -> impl Iterator<Item = &'static Level> {
    SHIPPED.iter().chain(OTHERS)
}

impl Level {
    /// What cargo's release profile becomes: variables that override the manifest.
    #[must_use]
    pub fn profile(&self) -> [(&'static str, &'static str); 4] {
        let checks = if self.checks { "true" } else { "false" };
        [
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.opt_level),
            ("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", checks),
            ("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", checks),
            // For gdb, and for the bridge's own messages; no byte of it is loaded.
            ("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, all};
    use crate::args::Args;

    #[test]
    fn names_are_unique_and_flags_are_the_bridges_own() {
        let mut names: Vec<&str> = all().map(|level| level.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for Level { name, flags, .. } in all() {
            let words = flags.split(' ').chain(["-o", "x"]).map(str::to_owned);
            let args = Args::parse(words).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(args.items.is_empty(), "{name}: {:?} go to ld", args.items);
        }
    }
}
