//! Measurements: each prints what it found, its headline last. Counts of retired instructions, or ratios within one run; host time is only ever compared with
//! host time of the same run.

mod codegen;
mod contention;
mod emulator;
mod governor;
mod latency;
mod latency_smp;
mod migration;
mod monitors;
mod monitors_hosted;
mod monitors_lost;
mod overhead;
mod overhead_smp;
mod paths;
mod profile;
mod restart;
pub(crate) mod rig;
mod rtos;
mod size;
mod system;

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use figures::Report;

/// Measures; without a name lists what can be measured
#[derive(Args)]
pub(crate) struct Options {
    /// Which bench, or `all`
    name: Option<String>,
    /// Also writes the figures there, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Tells instead where instructions go: of a move (`migration`), of the worst case (`latency`), of the monitors' core on SPUMONE (`monitors`), of everything (`contention`, `overhead`)
    #[arg(long)]
    profile: bool,
}

/// One measurement. To add one, write a file beside this one and a line in [`BENCHES`].
struct Bench {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Report>,
}

const BENCHES: &[Bench] = &[
    Bench { name: "codegen", about: "hot routines in Rust against the same in C", run: codegen::run },
    Bench {
        name: "contention",
        about: "processes that want one lock: four vCPUs on two cores against half the speed of four",
        run: contention::run,
    },
    Bench {
        name: "emulator",
        about: "boots one r2d kernel here and on stock QEMU: MIPS, and the ratio of times",
        run: emulator::run,
    },
    Bench {
        name: "governor",
        about: "core time that the governor frees on a bursty load, and what it costs under full load",
        run: governor::run,
    },
    Bench {
        name: "latency",
        about: "timer interrupt to RT handler and task: on one core and on several, technique by technique; writes SVGs",
        run: latency::run,
    },
    Bench { name: "monitors", about: "what monitors find, and what a scan of each costs", run: monitors::run },
    Bench {
        name: "migration",
        about: "from the request that a vCPU go to another core to its first instruction there",
        run: migration::run,
    },
    Bench {
        name: "overhead",
        about: "the same Linux work natively and beside the RT guest, in instructions, on one core and on four",
        run: overhead::run,
    },
    Bench { name: "paths", about: "instructions that SPUMONE adds to each exception path", run: paths::run },
    Bench { name: "restart", about: "how long a Linux is gone that begins anew", run: restart::run },
    Bench {
        name: "rtos",
        about: "the uITRON kernel: interrupt to handler and task, task switch, semaphore, bare and on SPUMONE",
        run: rtos::run,
    },
    Bench { name: "size", about: "text, data and bss of the hypervisor instance on each board", run: size::run },
];

/// Runs one bench or all of them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let Some(name) = options.name.as_deref() else {
        for bench in BENCHES {
            println!("{:<10} {}", bench.name, bench.about);
        }
        return Ok(());
    };
    let wanted: Vec<&Bench> = BENCHES.iter().filter(|bench| name == "all" || bench.name == name).collect();
    if wanted.is_empty() {
        let names: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
        bail!("there is no bench {name}; there are {} and all", names.join(", "));
    }
    if options.profile {
        let profile = match name {
            "contention" => contention::profile(),
            "latency" => latency_smp::profile(),
            "migration" => migration::profile(),
            "monitors" => monitors_hosted::profile(),
            "overhead" => overhead_smp::profile(),
            "restart" => restart::profile(),
            _ => {
                bail!("only the benches contention, latency, migration, monitors, overhead and restart have a profile")
            }
        };
        print!("{}", profile.with_context(|| format!("profile of bench {name}"))?);
        return Ok(());
    }
    // Before the work: a file that cannot be written must not cost it.
    let create = |path: &PathBuf| File::create(path).with_context(|| format!("cannot write {}", path.display()));
    let json = options.json.as_ref().map(create).transpose()?;
    let mut reports = Vec::new();
    for bench in wanted {
        let report = (bench.run)().with_context(|| format!("bench {}", bench.name))?;
        print!("{}:\n{}", report.bench, report.text());
        reports.push(report.json());
    }
    json.map_or(Ok(()), |file| serde_json::to_writer_pretty(file, &reports)).context("cannot write the figures")
}

/// Where pictures go.
fn picture(name: &str, svg: &str) -> Result<PathBuf> {
    let dir = crate::workspace::root().join("build");
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let path = dir.join(name);
    std::fs::write(&path, svg).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_bench_is_answered_with_those_that_are() {
        let error = run(&Options { name: Some("speed".into()), json: None, profile: false }).unwrap_err().to_string();
        assert!(error.contains("there is no bench speed") && error.ends_with("and all"), "{error}");
        assert!(BENCHES.iter().all(|bench| error.contains(bench.name)), "{error}");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_before_anything_is_measured() {
        let json = Some("/no/such/folder/figures.json".into());
        let error = run(&Options { name: Some("all".into()), json, profile: false }).unwrap_err().to_string();
        assert!(error.contains("cannot write /no/such/folder/figures.json"), "{error}");
    }
}
