//! Each format gives the image back, and damage in it is noticed.

mod common;

use common::{Programs, system};
use image_pack::{Format, Input, Inputs, flash, inspect, pack, unwrap};
use proptest::prelude::*;
use std::sync::LazyLock;
use system_file::Board;

static IMAGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let programs = Programs::r2d();
    let elfs = [programs.boot.elf(), programs.instance.elf(), programs.linux.elf(), programs.rt.elf()];
    let input = |index: usize| Input { name: "test", elf: &elfs[index] };
    let inputs = Inputs { boot: input(0), instance: input(1), guests: vec![input(2), input(3)], profiles: vec![] };
    pack(&system("r2d-linux-rt"), &inputs).expect("packs")
});

fn board(name: &str) -> &'static Board {
    Board::named(name).expect("a board")
}

fn wrapped(format: Format) -> Vec<u8> {
    format.wrap(&IMAGE, board("r2d")).expect("wraps")
}

#[test]
fn every_format_gives_the_image_back() {
    for format in Format::ALL {
        let file = wrapped(format);
        let (found, image) = unwrap(&file).expect("unwraps");
        assert_eq!(found, format);
        assert!(*image == IMAGE[..], "{format}");
        assert_eq!(inspect(&file).expect("good").format, format);
        assert_eq!(format.name().parse(), Ok(format));
    }
    assert!("hex".parse::<Format>().expect_err("unknown").contains("choose elf, bin, srec or uimage"));
}

#[test]
fn elf_starts_at_the_image_in_p2() {
    use object::{Object, ObjectSection, ObjectSegment};
    let file = wrapped(Format::Elf);
    let elf = object::File::parse(&file[..]).expect("an ELF file");
    assert_eq!(
        (elf.architecture(), elf.is_little_endian(), elf.entry()),
        (object::Architecture::SuperH, true, 0xac80_0000)
    );
    let segments: Vec<_> = elf.segments().map(|s| (s.address(), s.size())).collect();
    assert_eq!(segments, [(0xac80_0000, IMAGE.len() as u64)]);
    // objcopy and gdb's `load` go by sections.
    let section = elf.section_by_name(".image").expect("a section");
    assert_eq!((section.address(), section.kind()), (0xac80_0000, object::SectionKind::Text));
    assert!(section.data() == Ok(&IMAGE[..]));
}

#[test]
fn s_records_start_at_the_image_in_p2() {
    let text = String::from_utf8(wrapped(Format::Srec)).expect("text");
    let lines: Vec<_> = text.lines().collect();
    // Count 0x25 = 4 address + 32 content + 1 checksum bytes.
    assert!(lines[1].starts_with("S325AC8000000909"), "{}", lines[1]);
    assert!(lines[2].starts_with("S325AC800020"), "{}", lines[2]);
    // The checksum is the complement of the sum: 05 + ac + 80 = 131.
    assert_eq!(lines.last(), Some(&"S705AC800000CE"));
    assert!(lines.iter().all(|line| line.len() < 80));
}

/// Field offsets and numbers of U-Boot's include/image.h.
#[test]
fn uimage_header_is_u_boots() {
    let file = wrapped(Format::Uimage);
    let word = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((word(0), word(8), word(12)), (0x2705_1956, 0, IMAGE.len() as u32));
    assert_eq!((word(16), word(20)), (0xac80_0000, 0xac80_0000));
    assert_eq!(file[28..32], [17, 9, 1, 0], "U-Boot, SH, standalone, not compressed");
    assert_eq!(&file[32..44], b"SPUMONE r2d\0");
    let flash = Format::Uimage.wrap(&IMAGE, board("rp1")).expect("wraps");
    assert_eq!((flash[30], &flash[16..20]), (5, &[0xa0, 0, 0, 0][..]), "firmware for the flash at 0");
}

/// The flat image is covered by checksums but for the gaps between parts; the wrappings of S-record and uImage by their own.
#[test]
fn damage_is_noticed_in_every_format() {
    for format in [Format::Srec, Format::Uimage] {
        let good = wrapped(format);
        for at in (0..good.len()).step_by(31).filter(|at| format != Format::Srec || *at > 24) {
            let mut bad = good.clone();
            bad[at] ^= 4;
            assert!(inspect(&bad).is_err(), "{format} byte {at}");
        }
    }
    for format in Format::ALL {
        let good = wrapped(format);
        for length in [0, 1, 3, 64, 1000, 0x4000, 0x4010, 0x4100, good.len() - 200] {
            assert!(inspect(&good[..length]).is_err(), "{format} cut to {length}");
        }
    }
    let mut bad = IMAGE.clone();
    let last = bad.len() - 1;
    bad[last] ^= 1;
    let message = inspect(&bad).expect_err("damage");
    assert!(message.contains("checksum of part") && message.contains("(part `rt-probe.0`)"), "{message}");
}

#[test]
fn messages_name_the_wrapping_and_the_place() {
    let text = String::from_utf8(wrapped(Format::Srec)).expect("text");
    let gap: String = text.lines().enumerate().filter(|(n, _)| *n != 5).map(|(_, line)| format!("{line}\n")).collect();
    assert_eq!(inspect(gap.as_bytes()).expect_err("gap"), "srec: line 6: the addresses have a gap");
    let cut: String = text.lines().take(9).map(|line| format!("{line}\n")).collect();
    assert_eq!(inspect(cut.as_bytes()).expect_err("cut"), "srec: the last record is missing: the file is cut off");
    let mut uimage = wrapped(Format::Uimage);
    uimage[40] = 1;
    assert!(inspect(&uimage).expect_err("header").starts_with("uimage: header checksum: expected 0x"));
    let uimage = wrapped(Format::Uimage);
    let message = inspect(&uimage[..100]).expect_err("cut");
    assert_eq!(message, format!("uimage: 36 bytes of content, the header says {}", IMAGE.len()));
    assert_eq!(inspect(b"hello").expect_err("text"), "image: too short at 0x0: expected 0x4020, found 0x5");
}

#[test]
fn a_device_file_gets_the_flat_image() {
    let folder = tempfile::tempdir().expect("a folder");
    let device = folder.path().join("flash");
    std::fs::write(&device, vec![0xff; IMAGE.len() + 10]).expect("written");
    let plan = flash::plan(&wrapped(Format::Uimage), &device).expect("a plan");
    assert_eq!((plan.way(), plan.total()), (flash::Way::DeviceFile, IMAGE.len()));
    assert!(plan.to_string().starts_with(&format!("write {} bytes to the start of ", IMAGE.len())));
    let mut heard = Vec::new();
    plan.run(|sent| heard.push(sent)).expect("written");
    assert_eq!(heard.last(), Some(&IMAGE.len()));
    let content = std::fs::read(&device).expect("readable");
    assert!(content[..IMAGE.len()] == IMAGE[..] && content[IMAGE.len()..] == [0xff; 10]);
}

#[test]
fn a_serial_line_gets_s_records() {
    use std::io::Read;
    let line = nix::pty::openpty(None, None).expect("a pty");
    let port = nix::unistd::ttyname(&line.slave).expect("a name");
    let plan = flash::plan(&IMAGE, &port).expect("a plan");
    assert_eq!(plan.way(), flash::Way::SerialLine);
    assert!(plan.to_string().contains("S-records") && plan.to_string().contains("monitor first"));
    let total = plan.total();
    let mut board = std::fs::File::from(line.master);
    let reader = std::thread::spawn(move || {
        let mut got = vec![0; total];
        let read = board.read_exact(&mut got);
        // The other end stays open until the sender has drained the line.
        read.map(|()| (got, board))
    });
    plan.run(|_| ()).expect("sent");
    let (got, _board) = reader.join().expect("no panic").expect("all of it");
    assert!(got == wrapped(Format::Srec));
}

#[test]
fn nothing_bad_is_flashed() {
    let folder = tempfile::tempdir().expect("a folder");
    let device = folder.path().join("flash");
    std::fs::write(&device, b"old").expect("written");
    let mut bad = IMAGE.clone();
    bad[0x4000] ^= 1;
    let message = flash::plan(&bad, &device).expect_err("bad").to_string();
    assert!(message.contains("nothing was sent") && message.contains("bad magic"), "{message}");
    assert_eq!(std::fs::read(&device).expect("readable"), b"old");
    let message = flash::plan(&IMAGE, &folder.path().join("nowhere")).expect_err("no port").to_string();
    assert!(message.contains("cannot open") && message.contains("check the name"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_files_never_panic(head in 0usize..5, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let heads: [&[u8]; 5] = [b"", b"\x7fELF\x01\x01\x01", b"S3", b"S0\n", &[0x27, 0x05, 0x19, 0x56]];
        prop_assert!(inspect(&[heads[head], &bytes].concat()).is_err());
    }

    #[test]
    fn random_s_records_never_panic(lines in prop::collection::vec("S[0-9][0-9A-Fa-f]{0,14}", 0..6)) {
        let file = ["S3\n".to_owned(), lines.join("\n")].concat();
        prop_assert!(inspect(file.as_bytes()).is_err());
    }
}
