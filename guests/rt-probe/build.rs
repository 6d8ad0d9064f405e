//! Links the guest with the common guest script and the board's memory map.

fn main() {
    if let Some(placement) = placement::Placement::of_package() {
        placement.link("rt-probe", "guest.ld");
    }
}
