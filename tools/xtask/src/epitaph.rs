//! What an instance of SPUMONE that died has left in memory.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use sh4a_emu::machine::Machine;
use spumone_core::epitaph;

/// Bytes of memory in which the instances of a machine leave their epitaphs.
const PAGE: usize = 0x1000;

/// Shows the epitaphs in a memory dump: why an instance of SPUMONE died
#[derive(Args)]
pub(crate) struct Options {
    /// Memory of the board as a raw file; on rp1 4 KB from 0x1601f000 (CSM), on r2d from 0x0c0ff000 (SDRAM), or more
    dump: PathBuf,
}

/// Decodes what is there; fails if nothing is.
pub(crate) fn run(options: &Options) -> Result<()> {
    let path = options.dump.display();
    let dump = std::fs::read(&options.dump).with_context(|| format!("cannot read {path}"))?;
    let Some(text) = read(&dump) else {
        bail!("no epitaph in {path}: SPUMONE did not die, or the dump leaves out 0x1601f000 (rp1) or 0x0c0ff000 (r2d)");
    };
    print!("{text}");
    Ok(())
}

/// What the instances of an emulated machine have left.
pub(crate) fn of_machine(machine: &Machine) -> Option<String> {
    read(&machine.read_memory(0, machine.config().usual_epitaphs(), PAGE)?)
}

fn read(dump: &[u8]) -> Option<String> {
    let line = |(at, found): (usize, Result<epitaph::Epitaph<'_>, epitaph::NoEpitaph>)| match found {
        Ok(epitaph) => format!("SPUMONE {epitaph}\n"),
        Err(why) => format!("an epitaph at offset {at:#x} cannot be read: {why}\n"),
    };
    let lines: Vec<String> = epitaph::find(dump).map(line).collect();
    (!lines.is_empty()).then(|| lines.concat())
}

#[cfg(test)]
mod tests {
    use spumone_core::epitaph::{Epitaph, Registers};

    use super::*;

    fn record() -> Vec<u8> {
        let registers = Registers { expevt: 0xe0, pc: 0xe55f_1234, ..Registers::default() };
        Epitaph { deaths: 1, core: 1, vcpu: 0, registers, line: 0, message: "exception in SPUMONE" }.encode().into()
    }

    #[test]
    fn a_dump_tells_why_spumone_died() {
        let text = read(&[vec![0; 512], record()].concat()).unwrap();
        assert!(text.contains("SPUMONE died on core 1, vCPU 0: exception in SPUMONE: address error on read"), "{text}");
        assert!(text.contains("PC 0xe55f1234"), "{text}");
    }

    #[test]
    fn a_damaged_or_cut_record_is_told_apart_from_none() {
        let mut damaged = record();
        damaged[100] ^= 1;
        assert!(read(&damaged).unwrap().contains("offset 0x0 cannot be read: the record is damaged"));
        assert!(read(&record()[..100]).unwrap().contains("cut off"));
        assert_eq!(read(&[0; 4096]), None);
    }

    #[test]
    fn a_dump_without_one_is_an_error_that_names_the_places() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = run(&Options { dump: file.path().to_owned() }).unwrap_err().to_string();
        assert!(error.contains("no epitaph in") && error.contains("0x1601f000"), "{error}");
    }
}
