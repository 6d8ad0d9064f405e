//! Links each guest in the RT guest's place or in Linux's, on the board's memory map.

fn main() {
    let Some(placement) = placement::Placement::of_package() else { return };
    for program in ["bad-calls", "flood", "hog", "jump-nowhere", "bad-vbr", "fpu-rt", "null-calls", "restart"] {
        placement.link(program, "guest.ld");
    }
    for program in ["low-worker", "fpu-low", "tlb", "flood-low"] {
        placement.link(program, "guest-low.ld");
    }
    if placement.board == "rp1" {
        placement.link("nested", "guest.ld");
        placement.link("watcher", "guest.ld");
        placement.link("watched", "guest-low.ld");
        placement.link("rule-breaker", "guest-low.ld");
        placement.link("mask-all", "guest-low.ld");
    }
}
