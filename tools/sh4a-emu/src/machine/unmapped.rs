//! Accesses that no memory and no device answered.

use std::fmt;

use crate::bus::{CoreId, Width};
use crate::device::Instant;

/// Records that are kept; more are only counted.
const KEPT: usize = 64;

/// One such access. Loads gave zero, stores vanished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// Who did it.
    pub core: CoreId,
    /// When.
    pub at: Instant,
    /// The bus address.
    pub addr: u32,
    /// How wide.
    pub width: Width,
    /// `Some(value)` for a store.
    pub stored: Option<u32>,
}

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = match self.width {
            Width::Byte => 8,
            Width::Half => 16,
            Width::Long => 32,
        };
        match self.stored {
            Some(value) => {
                write!(f, "core {} at {}: store{bits} {value:#x} to {:#010x}", self.core, self.at, self.addr)
            }
            None => write!(f, "core {} at {}: load{bits} from {:#010x}", self.core, self.at, self.addr),
        }
    }
}

/// The first accesses to each page, and how many there were in all.
#[derive(Clone, Debug, Default)]
pub struct UnmappedLog {
    records: Vec<Unmapped>,
    count: u64,
}

impl UnmappedLog {
    pub(super) fn note(&mut self, access: Unmapped) {
        self.count += 1;
        let known =
            |record: &Unmapped| record.addr == access.addr && record.stored.is_some() == access.stored.is_some();
        if self.records.len() < KEPT && !self.records.iter().any(known) {
            self.records.push(access);
        }
    }

    /// The first access to each address, at most 64.
    pub fn records(&self) -> &[Unmapped] {
        &self.records
    }

    /// All accesses.
    pub fn count(&self) -> u64 {
        self.count
    }
}
