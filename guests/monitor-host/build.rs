//! Links the guests with their script and the board's memory map.

fn main() {
    if let Some(placement) = placement::Placement::of_package() {
        placement.link("monitors", "monitors.ld");
        placement.link("questions", "monitors.ld");
    }
}
