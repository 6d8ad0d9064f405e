//! The guest in which monitors run gets its block and the profile of the kernel that it watches.

mod common;

use common::{Program, Programs, system};
use image_pack::{Input, Inputs, pack};
use spumone_core::image::{Image, PartKind};
use spumone_core::monitors::{BLOCK_BYTES, Config, Limits};
use spumone_core::system::System;

const PROFILE: [u8; 5000] = [0x5a; 5000];

fn monitors(block: u32) -> Program {
    Program::new(0x8c20_0000, &[(0x8c20_0000, &[3; 0x800], 0x1234)]).symbol("__spumone_monitors", 0x8c20_0400, block)
}

fn packed(program: &Program, profiles: &[&[u8]]) -> Result<Vec<u8>, String> {
    let programs = Programs::rp1();
    let elves = [programs.boot.elf(), programs.instance.elf(), programs.linux.elf(), programs.rt.elf(), program.elf()];
    let names = ["boot", "spumone", "vmlinux", "rt", "monitors"];
    let inputs: Vec<_> = names.iter().zip(&elves).map(|(name, elf)| Input { name, elf }).collect();
    let profiles = profiles.to_vec();
    let inputs = Inputs { boot: inputs[0], instance: inputs[1], guests: inputs[2..].to_vec(), profiles };
    pack(&system("rp1-smp-linux-monitors"), &inputs).map_err(|error| error.to_string())
}

#[test]
fn block_and_profile_lie_where_they_say() {
    let bytes = packed(&monitors(BLOCK_BYTES as u32), &[&PROFILE]).expect("packs");
    let image = Image::parse(&bytes).expect("reads");
    let part = |name: &str| image.parts().find(|part| part.name.as_str() == name).expect("the part");
    let (program, profile) = (part("monitors.0"), part("monitors.1"));
    // The page behind the program's 0x1234 bytes.
    assert_eq!((profile.kind, profile.address, profile.memory), (PartKind::Guest, 0x0c20_2000, 5000));
    assert_eq!(image.content(&profile), PROFILE);
    let config = Config::decode(&image.content(&program)[0x400..]).expect("the block");
    assert_eq!((config.profile, config.profile_length), (0x0c20_2000, 5000));
    assert_eq!(
        (config.limits, config.rules.len()),
        (Limits { bytes: 1_000_000, microseconds: 1_000_000, pause: 90 }, 2)
    );
    let table = System::parse(image.content(&image.system_table())).expect("a table");
    let guests: Vec<_> = table.guests().map(|guest| guest.watches).collect();
    assert_eq!(guests, [None, None, Some(0)]);
}

#[test]
fn what_is_missing_or_too_large_is_named() {
    let good = monitors(BLOCK_BYTES as u32);
    let mut nameless = good.clone();
    nameless.symbols.clear();
    let huge = vec![0; 0x0020_0000];
    for (program, profiles, says) in [
        (&good, &[][..], "guest `monitors` has no profile of the kernel that it watches"),
        (
            &nameless,
            &[&PROFILE[..]][..],
            "no symbol `__spumone_monitors`, which is needed for a guest of kind `monitor`",
        ),
        (&monitors(100), &[&PROFILE[..]][..], "takes 1024 bytes, but `__spumone_monitors` has room for 100"),
        (
            &good,
            &[&huge[..]][..],
            "the kernel's profile at 0x0c202000..0x0c402000 is not in the memory of guest `monitors`",
        ),
    ] {
        let message = packed(program, profiles).expect_err(says);
        assert!(message.contains(says), "{message}");
    }
}
