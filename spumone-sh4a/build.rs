//! Chooses the linker script of each program and the board's memory map.

fn main() {
    if let Some(placement) = placement::Placement::of_package() {
        placement.link("spumone", "spumone.ld");
        placement.link("panics", "spumone.ld");
        placement.link("boot", "boot.ld");
    }
}
