//! The proof that profiles, hosts and monitors work, on real kernels: what stage `monitors` of `cargo xtask test` runs.

mod attacks;
mod conformance;
mod fuzz;
mod guests;
mod hang;
mod inside;
mod pahole;
mod techniques;

pub use attacks::{Attack, Detection, attacks, detect, table};
pub use conformance::{agree, gdb_on_qemu};
pub use fuzz::mutate;
pub use guests::{Prepared, clean_while_loaded, prepare, wrong_profile};
pub use hang::{hang, panic};
pub use inside::{detect_inside, load_modules};
pub use pahole::compare;
pub use techniques::{INSIDE, Inside};
