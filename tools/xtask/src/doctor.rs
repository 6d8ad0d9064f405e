//! What is there, what is missing on this host, and how to get it.

use anyhow::{Result, bail};
use clap::Args;
use provision::cache::Cache;

/// Packages that building the guests needs on the host.
pub(crate) const BUILD_PACKAGES: [&str; 12] = [
    "make",
    "gcc",
    "libc6-dev",
    "bison",
    "flex",
    "bc",
    "libssl-dev",
    "libelf-dev",
    "rsync",
    "cpio",
    "xz-utils",
    "perl",
];

/// Says what is missing on this host and how to get it
#[derive(Args)]
pub(crate) struct Options {
    /// Fetch what is missing (host packages only as root)
    #[arg(long)]
    install: bool,
}

/// One line of the report.
struct Finding {
    what: &'static str,
    state: Result<String>,
    cure: String,
}

/// Prints the report; fails when something is missing.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.install {
        install();
    }
    let findings = [toolchain(), library_source(), sh_compiler(), qemu(), gdb(), host_packages()];
    let mut missing = 0;
    for Finding { what, state, cure } in &findings {
        match state {
            Ok(found) => println!("ok       {what:<16} {}", found.replace('\n', "\n                          ")),
            Err(error) => {
                missing += 1;
                println!("MISSING  {what:<16} {error:#}\n{:26}cure: {cure}", "");
            }
        }
    }
    cache_report()?;
    if missing > 0 {
        bail!("{missing} of {} things are missing; `cargo xtask doctor --install` fetches what it may", findings.len());
    }
    Ok(())
}

/// Fetches what it may. What fails says why, and stops nothing else; the report says what is still missing.
fn install() {
    let attempts = [
        provision::host_packages(&BUILD_PACKAGES),
        provision::sh_gcc().map(drop),
        provision::qemu().map(drop),
        provision::gdb().map(drop),
        provision::rust_src().map(drop),
    ];
    for error in attempts.into_iter().filter_map(Result::err) {
        eprintln!("{error:#}");
    }
}

fn toolchain() -> Finding {
    let state = provision::nightly_toolchain().and_then(|found| match found.llvm_library() {
        _ if !found.nightly => bail!("{} is not a nightly", found.version),
        None => bail!("{} has no libLLVM in {}", found.version, found.sysroot.join("lib").display()),
        Some(llvm) => Ok(format!("{}, {}", found.version, llvm.file_name().unwrap_or_default().display())),
    });
    Finding {
        what: "Rust nightly",
        state,
        cure: "rustup toolchain install (in this folder: rust-toolchain.toml names it)".to_owned(),
    }
}

fn library_source() -> Finding {
    let state = provision::nightly_toolchain().and_then(|found| match found.library_source() {
        Some(library) => Ok(library.display().to_string()),
        None => bail!("none in {}", found.sysroot.display()),
    });
    let cure = "fetched when needed; by hand: rustup component add rust-src".to_owned();
    Finding { what: "Rust library", state, cure }
}

fn sh_compiler() -> Finding {
    let describe = |gcc: provision::ShGcc| {
        let [load, test] = gcc.evidence();
        format!("{gcc}\nself-test of `if (*a)`: {load}\n                        {test}")
    };
    let state = provision::find_sh_gcc().map(describe);
    Finding {
        what: "SH compiler",
        state,
        cure: "fetched when needed: gcc 14 of Debian 13, 35 MB, into the cache".to_owned(),
    }
}

fn qemu() -> Finding {
    let state = provision::find_qemu().map(|found| format!("{} ({})", found.version, found.system.display()));
    let cure = packages_cure(&provision::QEMU_PACKAGES);
    Finding { what: "QEMU", state, cure }
}

fn gdb() -> Finding {
    let state = provision::find_gdb().map(|found| found.display().to_string());
    let cure = packages_cure(&[provision::GDB_PACKAGE]);
    Finding { what: "gdb", state, cure }
}

fn host_packages() -> Finding {
    let missing = provision::missing_host_packages(&BUILD_PACKAGES);
    let state =
        if missing.is_empty() { Ok(BUILD_PACKAGES.join(" ")) } else { Err(anyhow::anyhow!("{}", missing.join(" "))) };
    let cure = packages_cure(&missing);
    Finding { what: "host packages", state, cure }
}

/// The exact line, and that root need not type it.
fn packages_cure(packages: &[&str]) -> String {
    let when = if provision::is_root() { " (done when needed)" } else { "" };
    format!("{}{when}", provision::install_line(packages))
}

fn cache_report() -> Result<()> {
    let cache = Cache::user()?;
    let entries = cache.entries()?;
    let bytes: u64 = entries.iter().map(|entry| entry.bytes).sum();
    println!(
        "         {:<16} {}: {} entries, {} MB",
        "cache",
        cache.root().display(),
        entries.len(),
        bytes / 1_000_000
    );
    Ok(())
}
