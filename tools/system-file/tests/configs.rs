//! The systems that the project ships.

use std::path::Path;
use system_file::{GuestImage, Kind, load};

fn configs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs")
}

#[test]
fn every_shipped_system_is_good() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(configs()).expect("configs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let system = load(&path).unwrap_or_else(|bad| panic!("{}", bad.picture()));
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(name.starts_with(system.board.name), "{name} is for {}", system.board.name);
            names.push(name);
        }
    }
    for (cores, name) in [(2, "smp2"), (3, "smp3"), (4, "smp")] {
        for (guests, others) in [(1, "linux"), (2, "linux-rt")] {
            let system = load(&configs().join(format!("rp1-{name}-{others}.toml"))).expect("good");
            let linux = &system.guests[0];
            assert_eq!((usize::from(system.cores), system.guests.len()), (cores, guests), "{name}-{others}");
            assert_eq!((linux.placement.len(), &linux.image), (cores, &GuestImage::WellKnown("linux-smp")));
        }
    }
    for board in ["rp1", "r2d"] {
        for system in ["linux", "rt", "linux-rt"] {
            assert!(names.contains(&format!("{board}-{system}")), "{names:?}");
        }
    }
}

/// The memory map and the interrupt partition that all parts of the project agreed on.
#[test]
fn rp1_linux_rt_says_what_was_agreed() {
    let system = load(&configs().join("rp1-linux-rt.toml")).expect("good");
    let [linux, rt] = &system.guests[..] else { panic!("two guests") };
    assert_eq!((system.cores, system.log), (1, 3));
    assert_eq!((linux.kind, linux.memory.start, linux.memory.length), (Kind::Linux, 0x0c40_0000, 0x07c0_0000));
    assert_eq!((rt.kind, rt.memory.start, rt.memory.length), (Kind::Rtos, 0x0c00_0000, 0x0040_0000));
    assert_eq!((linux.console, rt.console), (Some(0), Some(1)));
    assert!(rt.priority > linux.priority);
    assert_eq!((linux.fpu, rt.fpu, linux.essential, rt.essential), (true, false, true, true));
    assert_eq!((&linux.placement[..], &rt.placement[..]), (&[0u8][..], &[0u8][..]));
    assert_eq!(linux.image, GuestImage::WellKnown("linux"));
    let codes =
        |guest: &system_file::Guest| -> Vec<u16> { guest.interrupts.iter().flat_map(|i| i.intevt).copied().collect() };
    assert_eq!(codes(linux), [0x400, 0x420, 0x440, 0x700, 0x720, 0x740, 0x760]);
    assert_eq!(codes(rt), [0x460, 0x780, 0x7a0, 0x7c0, 0x7e0]);
}

#[test]
fn image_paths_count_from_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("system.toml");
    let text = std::fs::read_to_string(configs().join("rp1-rt.toml")).expect("readable");
    std::fs::write(&file, text.replace("image = \"rt-probe\"", "image = \"guests/my.elf\"")).expect("written");
    let system = load(&file).expect("good");
    assert_eq!(system.guests[0].image, GuestImage::File(folder.path().join("guests/my.elf")));
    let missing = load(&folder.path().join("no.toml")).expect_err("no file").to_string();
    assert!(missing.contains("cannot read the system file") && missing.contains("no.toml"), "{missing}");
}

/// An unknown key is answered with the list of known ones: each has a row in the reference.
#[test]
fn every_key_is_documented() {
    let reference = include_str!("../../../docs/system-file.md");
    let good = std::fs::read_to_string(configs().join("rp1-rt.toml")).expect("readable");
    let mut keys = Vec::new();
    for marker in ["machine = ", "name = "] {
        let text = good.replacen(marker, &format!("zzzzzzzzzz = 1\n{marker}"), 1);
        let report = system_file::parse("test.toml", &text).expect_err("an unknown key");
        let cure = &report.problems().first().expect("a problem").cure;
        let (_, known) = cure.split_once("known are ").expect("the known keys");
        keys.extend(known.split(", ").map(str::to_owned));
    }
    assert!(keys.len() > 15, "{keys:?}");
    for key in keys.iter().filter(|key| *key != "guest") {
        assert!(reference.contains(&format!("\n| `{key}` |")), "docs/system-file.md has no row for `{key}`");
    }
}
