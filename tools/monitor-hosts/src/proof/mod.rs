//! The proof that profiles, hosts and monitors work, on real kernels: what stage `monitors` of `cargo xtask test` runs.

mod attacks;
mod clean;
mod conformance;
mod foreign_stub;
mod fuzz;
mod guests;
mod hang;
mod hosted_inside;
mod inside;
mod overlay;
mod pahole;
mod qemu;
mod questions;
mod selection;
mod several;
mod spumone;
mod techniques;

pub use attacks::{Attack, Detection, attacks, detect, table};
pub use clean::{Clean, clean_for, clean_while_loaded};
pub use conformance::{agree, gdb_on_qemu};
pub use foreign_stub::foreign_stub;
pub use fuzz::{Tried, mutate};
pub use guests::{Prepared, prepare, wrong_profile};
pub use hang::{hang, panic, rtos};
pub use inside::{detect_inside, load_modules};
pub use pahole::compare;
pub use questions::Questioned;
pub use selection::{Sizes, selection};
pub use several::hidden_on_another_cpu;
pub use spumone::{FINDINGS, Hosted, PROMISED, Written};
pub use techniques::{INSIDE, Inside};
