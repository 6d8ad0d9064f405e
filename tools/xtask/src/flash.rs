//! Puts an image on a board.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use image_pack::Format;
use provision::progress::Step;

use crate::image;

/// Puts an image on a board: S-records over a serial line, or the flat image onto a device file
#[derive(Args)]
pub(crate) struct Options {
    /// A serial line such as /dev/ttyUSB0, or a device file
    #[arg(long, value_name = "DEV")]
    port: PathBuf,
    /// The system whose image is built and sent
    #[arg(long, value_name = "FILE", default_value = "configs/rp1-linux-rt.toml")]
    system: PathBuf,
    /// An image that is there already, in any format, instead
    #[arg(long, value_name = "FILE", conflicts_with = "system")]
    image: Option<PathBuf>,
    /// Do not ask before writing
    #[arg(long)]
    yes: bool,
}

/// Says what it will do, asks if somebody is there to answer, and does it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let image = match &options.image {
        Some(path) => std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => {
            let system = image::load(&options.system)?;
            Format::Bin.wrap(&image::build(&system)?, system.board)?
        }
    };
    let plan = image_pack::flash::plan(&image, &options.port)?;
    println!("{plan}");
    if !options.yes && std::io::stdin().is_terminal() && !agreed()? {
        bail!("nothing was written");
    }
    let (step, total) = (Step::new("writing the image"), plan.total());
    plan.run(|sent| step.note(&format!("{sent} of {total} bytes")))?;
    step.done();
    Ok(())
}

fn agreed() -> Result<bool> {
    print!("go on? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
