//! Images that a machine cannot take: each is refused with what is wrong and what fits.

use sh4a_emu::machine::{Config, ImageError, Machine};

fn kernel(config: Config, image: &[u8], command_line: Option<&str>) -> String {
    Machine::new(config).load_kernel(image, command_line).expect_err("refused").to_string()
}

fn flash(image: &[u8]) -> String {
    Machine::new(Config::rp1()).load_flash(image).expect_err("refused").to_string()
}

/// An ELF file with one segment of `len` bytes at `addr`.
fn elf(machine: u16, addr: u32, len: u32) -> Vec<u8> {
    let mut out = b"\x7fELF\x01\x01\x01".to_vec();
    out.resize(16, 0);
    for half in [2u16, machine] {
        out.extend(half.to_le_bytes());
    }
    // Version, entry, program headers at 52, no sections, flags.
    for word in [1u32, addr, 52, 0, 0] {
        out.extend(word.to_le_bytes());
    }
    // Sizes: header, program header and number, section header and number, names.
    for half in [52u16, 32, 1, 40, 0, 0] {
        out.extend(half.to_le_bytes());
    }
    for word in [1u32, 84, addr, addr, len, len, 7, 4] {
        out.extend(word.to_le_bytes());
    }
    out.resize(84 + len as usize, 0);
    out
}

const SH: u16 = 42;
const ARM: u16 = 40;

#[test]
fn an_image_larger_than_its_place_is_refused_with_what_fits() {
    let text = flash(&vec![0; (64 << 20) + 1]);
    assert!(text.contains("67108865 bytes but flash takes 67108864"), "{text}");
    let text = kernel(Config::r2d(), &vec![0; (16 << 20) + 1], None);
    assert!(text.contains("a flat kernel takes 16777216"), "{text}");
}

#[test]
fn an_empty_image_is_refused() {
    assert_eq!(flash(&[]), ImageError::Empty.to_string());
    assert_eq!(kernel(Config::r2d(), &[], None), ImageError::Empty.to_string());
}

#[test]
fn an_elf_file_of_another_machine_or_cut_off_is_refused() {
    let good = elf(SH, 0x8c00_0000, 64);
    Machine::new(Config::rp1()).load_kernel(&good, None).expect("it fits");
    let text = kernel(Config::rp1(), &elf(ARM, 0x8c00_0000, 64), None);
    assert!(text.contains("wrong machine") && text.contains("little-endian SuperH"), "{text}");
    for len in 4..good.len() {
        let text = kernel(Config::rp1(), &good[..len], None);
        assert!(text.contains("not a usable ELF file"), "{len} bytes: {text}");
    }
}

#[test]
fn a_segment_outside_memory_is_refused_with_its_address() {
    let text = kernel(Config::rp1(), &elf(SH, 0x9a00_0000, 64), None);
    assert!(text.contains("64 bytes at 0x1a000000 lies outside this machine's memory"), "{text}");
}

#[test]
fn a_command_line_needs_room_and_a_place() {
    let text = kernel(Config::r2d(), &[0; 64], Some(&"x".repeat(256)));
    assert!(text.contains("256 bytes; arch/sh takes 255"), "{text}");
    let text = kernel(Config::rp1(), &elf(SH, 0x8c00_0000, 64), Some("quiet"));
    assert!(text.contains("no symbol empty_zero_page"), "{text}");
}
