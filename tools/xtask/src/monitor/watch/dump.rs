//! A dump that the monitors announce, and its file.

use std::fmt;
use std::path::PathBuf;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use monitor_hosts::fetch;
use regex::Regex;
use sh4a_emu::machine::Machine;
use tempfile::NamedTempFile;

/// What the log says (guests/monitor-host/src/dumps.rs).
static READY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"dump (\d+) is ready .*--at 0x([0-9a-f]{8})\s").ok());

/// Dumps, as far as the user must know.
#[derive(Debug, Default)]
pub(super) enum Dumps {
    /// None so far.
    #[default]
    None,
    /// Dump number so and so can be fetched; its block's address.
    Ready(u32, u32),
    /// What became of that one.
    Over(u32, String),
}

impl Dumps {
    /// Looks into the end of SPUMONE's log.
    pub(super) fn look(&mut self, log: &str) {
        let Some(last) = READY.as_ref().and_then(|ready| ready.captures_iter(log).last()) else { return };
        let (Ok(number), Ok(at)) = (last[1].parse(), u32::from_str_radix(&last[2], 16)) else { return };
        match self {
            Self::Over(known, _) if *known >= number => {}
            _ if log.contains(&format!("dump {number} was not fetched in time")) => {
                *self = Self::Over(number, "was not fetched in time".to_owned());
            }
            _ => *self = Self::Ready(number, at),
        }
    }

    /// Fetches the one that is ready into the current folder, if there is one.
    pub(super) fn fetch(&mut self, machine: &mut Machine) {
        if let Self::Ready(number, at) = *self {
            *self = match write(machine, at, number) {
                Ok(path) => Self::Over(number, format!("is in {}", path.display())),
                Err(error) => Self::Over(number, format!("cannot be fetched: {error:#}")),
            };
        }
    }
}

fn write(machine: &mut Machine, at: u32, number: u32) -> Result<PathBuf> {
    let path = PathBuf::from(format!("dump-{number}.core"));
    let mut file = NamedTempFile::new_in(".").context("cannot write to this folder")?;
    fetch(machine, at, &mut file, &mut |_, _| ())?;
    file.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

impl fmt::Display for Dumps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Ready(number, _) => write!(f, "dump {number} is ready, and the guest stands still: d fetches it"),
            Self::Over(number, how) => write!(f, "dump {number} {how}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_dump_is_shown_until_it_is_over() {
        let ready = |number| format!("dump {number} is ready (1 of 1 CPUs stand still): do --at 0x0c20100{number}\n");
        let mut dumps = Dumps::default();
        dumps.look("dump 1 is ready (3 of 3 CPUs stand still): cargo xtask monitor dump --at 0x0c2010");
        assert_eq!(dumps.to_string(), "", "the line is not whole yet");
        dumps.look(&ready(1));
        assert!(matches!(dumps, Dumps::Ready(1, 0x0c20_1001)));
        dumps.look(&format!("{}dump 1 was not fetched in time\n", ready(1)));
        assert_eq!(dumps.to_string(), "dump 1 was not fetched in time");
        dumps.look(&ready(1));
        assert!(matches!(dumps, Dumps::Over(1, _)), "it is over for good");
        dumps.look(&format!("{}{}", ready(1), ready(2)));
        assert!(dumps.to_string().starts_with("dump 2 is ready"));
    }
}
