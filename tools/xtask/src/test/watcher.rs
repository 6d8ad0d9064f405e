//! A test guest of kind monitor: each call about the guest that it watches, rightly and wrongly.

use anyhow::{Result, anyhow};

use super::scene::judge;
use crate::{image, run, target};

/// It and the guest that it watches, on a core each.
fn system() -> Result<String> {
    let programs = target::build("selftest", "rp1")?;
    let [watcher, watched] = ["watcher", "watched"].map(|name| programs.program(name).display().to_string());
    Ok(format!(
        r#"
machine = "rp1"
cores = 2
log = "SCIF3"

[[guest]]
name = "watched"
kind = "linux"
image = {watched:?}
memory = {{ start = 0x0c400000, size = 0x00400000 }}
priority = 2
placement = [1]
console = "SCIF0"
interrupts = [{{ source = "TMU0", level = 2 }}, {{ source = "SCIF0", level = 2 }}]
essential = false

[[guest]]
name = "watcher"
kind = "monitor"
image = {watcher:?}
memory = {{ start = 0x0c000000, size = 0x00400000 }}
priority = 1
placement = [0]
console = "SCIF1"
watches = "watched"
essential = true
"#
    ))
}

/// Runs until it has said that all is well, or ended.
pub(super) fn watches() -> Result<()> {
    let system = system_file::parse("the watcher's system", &system()?).map_err(|bad| anyhow!("{}", bad.picture()))?;
    let expected = ["watcher: (PASS|FAIL)$", "guest watcher ended with status"];
    let printed = run::until(&system, &image::build(&system)?, &expected)?;
    judge(&printed, &["watched: counts", "guest watched starts again", "watcher: PASS"])
}
