//! The host side: std, and panics that print as on the target.

use std::fmt::Write;

struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        print!("{text}");
        Ok(())
    }
}

/// Runs what the command line names.
pub fn main() {
    std::panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("?");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        println!("panicked at {place}:\n{message}");
        std::process::exit(101);
    }));
    let name = std::env::args().nth(1);
    if !crate::run(name.as_deref(), &mut Out) {
        std::process::exit(2);
    }
}
