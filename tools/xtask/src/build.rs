//! Builds what the system files need, without packing or booting it.

use anyhow::{Result, ensure};
use clap::Args;
use system_file::GUEST_IMAGES;
use system_file::board::{BOARDS, Board};

use crate::{guest, target};

/// Builds the hypervisor and the guests
#[derive(Args)]
pub(crate) struct Options {
    /// Only for this machine: rp1 or r2d
    #[arg(long)]
    machine: Option<String>,
}

/// Builds everything for each machine and names the files.
pub(crate) fn run(options: &Options) -> Result<()> {
    let boards: Vec<&str> = BOARDS.iter().map(|board| board.name).collect();
    let wanted = |board: &&str| options.machine.as_deref().is_none_or(|machine| machine == *board);
    ensure!(boards.iter().any(wanted), "there is no such machine; take one of {}", boards.join(", "));
    let mut built = Vec::new();
    for board in boards.iter().filter(|board| wanted(board)) {
        let hypervisor = target::build("spumone-sh4a", board)?;
        built.extend(["boot", "spumone"].map(|name| hypervisor.program(name)));
        let made = |image: &&str| Board::named(board).is_some_and(|board| board.has_image(image));
        for name in GUEST_IMAGES.into_iter().filter(made) {
            built.push(guest::build(name, board)?);
        }
    }
    for file in built {
        println!("{}", file.display());
    }
    Ok(())
}
