//! Finds, fetches and caches what the host commands need: the SH compiler, QEMU, rust-src, Debian sources.
//!
//! Everything here works on a fresh Debian 12 or newer. What must go into the host itself is installed as root and named
//! as one exact line otherwise ([`host_packages`], [`qemu`]); everything else is unpacked below the user's cache folder
//! through apt states of our own, which leave the host as it was.

mod apt;
pub mod cache;
pub mod command;
mod elf_prefix;
mod gdb;
mod host;
mod mirror;
pub mod parallel;
mod perfetto;
pub mod progress;
mod qemu;
mod rust_src;
mod self_test;
mod sh_gcc;
mod source;

pub use gdb::{PACKAGE as GDB_PACKAGE, find_gdb, gdb};
pub use host::{host_packages, install_line, is_root, missing_host_packages, which};
pub use perfetto::{Perfetto, perfetto};
pub use qemu::{PACKAGES as QEMU_PACKAGES, Qemu, find_qemu, qemu};
pub use rust_src::{RustToolchain, nightly_toolchain, rust_src};
pub use self_test::self_test;
pub use sh_gcc::{ShGcc, find_sh_gcc, sh_gcc};
pub use source::{DEBIAN_SUITE, DebianPackage, DebianSource, debian_package, debian_source};
