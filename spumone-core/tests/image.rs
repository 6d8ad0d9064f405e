//! The image format: what is written is read back, and nothing damaged passes.

use proptest::prelude::*;
use spumone_core::format::{Board, Fault, FormatError, Name, crc32};
use spumone_core::image::{self, HEADER_OFFSET, Image, Part, PartKind, table_bytes};

const HEADER: usize = HEADER_OFFSET as usize;
const KINDS: [PartKind; 4] = [PartKind::Load, PartKind::Zero, PartKind::Guest, PartKind::BootStage];

/// Content for a part: kind, bytes, extra memory, address.
type Draft = (PartKind, Vec<u8>, u32, u32);

/// Lays the drafts and one system table out after the table and encodes.
fn pack(drafts: &[Draft], board: Board, entry: u32) -> Result<(Vec<u8>, Vec<Part>), FormatError> {
    let table = (PartKind::SystemTable, b"table".to_vec(), 0, 0x0c00_0000);
    let drafts: Vec<_> = drafts.iter().chain([&table]).collect();
    let mut image = vec![0u8; HEADER + table_bytes(drafts.len())];
    let mut parts = Vec::new();
    for (number, (kind, bytes, extra, address)) in drafts.into_iter().enumerate() {
        let bytes: &[u8] = if *kind == PartKind::Zero { &[] } else { bytes };
        let offset = if *kind == PartKind::BootStage { 0 } else { image.len() };
        if *kind == PartKind::BootStage {
            image[..bytes.len()].copy_from_slice(bytes);
        } else {
            image.extend_from_slice(bytes);
        }
        parts.push(Part {
            kind: *kind,
            guest: (*kind == PartKind::Guest).then_some(number as u8 % 8),
            offset: offset as u32,
            length: bytes.len() as u32,
            address: *address,
            memory: bytes.len() as u32 + extra,
            crc: crc32(bytes),
            name: Name::new(&format!("part-{number}")).expect("a legal name"),
        });
    }
    image::encode(&mut image, board, entry, &parts)?;
    Ok((image, parts))
}

fn sample() -> Vec<u8> {
    let boot = (PartKind::BootStage, vec![0x09; 40], 0, 0);
    let text = (PartKind::Load, vec![1, 2, 3, 4, 5], 3, 0xe55f_0000);
    let bss = (PartKind::Zero, vec![], 64, 0xe55f_1000);
    let guest = (PartKind::Guest, vec![7; 21], 0, 0x0c00_1000);
    pack(&[boot, text, bss, guest], Board::Rp1, 0xe55f_0000).expect("a good image").0
}

fn accepted(bytes: &[u8]) -> bool {
    Image::parse(bytes).and_then(|image| image.verify()).is_ok()
}

fn fault(bytes: &[u8]) -> FormatError {
    Image::parse(bytes).and_then(|image| image.verify()).expect_err("a fault")
}

/// CRC-32 of "123456789": the check value that the CRC catalogue lists for ISO-HDLC.
#[test]
fn checksum_is_the_ieee_one() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}

#[test]
fn every_single_bit_flip_is_noticed_or_harmless() {
    let good = sample();
    let before = Image::parse(&good).expect("good");
    let used: Vec<_> = before.parts().map(|p| p.offset as usize..(p.offset + p.length) as usize).collect();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let at = bit / 8;
        let matters = at >= HEADER || used.iter().any(|range| range.contains(&at));
        // Harmless are only the unused bytes between the boot stage and the header.
        assert_eq!(accepted(&bad), !matters, "bit {bit}");
    }
}

#[test]
fn every_truncation_is_noticed() {
    let good = sample();
    for length in 0..good.len() {
        let error = fault(&good[..length]);
        assert_eq!((error.fault, error.found), (Fault::Truncated, length as u32), "{length}");
        assert!(error.expected > length as u32);
    }
}

#[test]
fn what_lies_behind_the_image_is_ignored() {
    let mut flash = sample();
    flash.extend([0xff; 100]);
    assert!(accepted(&flash));
}

#[test]
fn errors_name_place_expectation_and_finding() {
    let mut bad = sample();
    bad[HEADER] = b'X';
    let text = fault(&bad).to_string();
    assert_eq!(text, "image: bad magic at 0x4000: expected 0x4d555053, found 0x4d555058");
    let mut bad = sample();
    bad[HEADER + 8] = 2;
    assert_eq!(fault(&bad).to_string(), "image: unknown format version at 0x4008: expected 0x1, found 0x2");
    let mut bad = sample();
    let at = Image::parse(&bad).expect("good").parts().nth(1).expect("text").offset;
    bad[at as usize] ^= 0x80;
    let error = fault(&bad);
    assert_eq!((error.fault, error.offset, error.expected), (Fault::PartChecksum(1), at, crc32(&[1, 2, 3, 4, 5])));
    assert_eq!(error.found, crc32(&[0x81, 2, 3, 4, 5]));
}

/// The encoder refuses each of these, because the reader would.
#[test]
fn bad_parts_are_refused() {
    type Change = fn(&mut Part);
    let cases: [(&str, Change); 8] = [
        ("part offset", |p| p.offset = 0),
        ("part offset", |p| p.offset = 0xffff_ffff),
        ("part length", |p| (p.length, p.memory) = (0x1000, 0x1000)),
        ("part memory length", |p| p.memory = 0),
        ("part memory length", |p| (p.address, p.memory) = (0xffff_f000, 0x2000)),
        ("length of a zero part", |p| p.kind = PartKind::Zero),
        ("part's guest", |p| p.kind = PartKind::Guest),
        ("part's guest", |p| p.guest = Some(3)),
    ];
    let (mut image, parts) = pack(&[(PartKind::Load, vec![1; 8], 0, 0)], Board::R2d, 0).expect("good");
    for (field, change) in cases {
        let mut parts = parts.clone();
        change(&mut parts[0]);
        let error = image::encode(&mut image, Board::R2d, 0, &parts).expect_err(field);
        assert_eq!(error.fault, Fault::Field(field));
    }
    let error = image::encode(&mut image, Board::R2d, 0, &parts[..1]).expect_err("no system table");
    assert_eq!((error.fault, error.expected, error.found), (Fault::Field("number of system tables"), 1, 0));
    let moved = parts.iter().map(|part| Part { offset: part.offset + 0x100, ..*part }).collect::<Vec<_>>();
    let twice = [moved[0], moved[1], moved[1]];
    let error = image::encode(&mut [0; HEADER + 1000], Board::R2d, 0, &twice).expect_err("two system tables");
    assert_eq!(error.found, 2);
    let many = vec![parts[1]; image::MAX_PARTS + 1];
    let error = image::encode(&mut [0; HEADER + 10_000], Board::R2d, 0, &many).expect_err("too many");
    assert_eq!(error.fault, Fault::Field("part count"));
    assert_eq!(image::encode(&mut [0; 64], Board::R2d, 0, &parts).expect_err("short").fault, Fault::Truncated);
}

fn draft() -> impl Strategy<Value = Draft> {
    (prop::sample::select(&KINDS[..]), prop::collection::vec(any::<u8>(), 0..200), 0u32..5000, 0u32..0xf000_0000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn round_trip(drafts in prop::collection::vec(draft(), 0..12), r2d: bool, entry: u32) {
        let board = if r2d { Board::R2d } else { Board::Rp1 };
        // Only one boot stage: two would lie on each other.
        let mut boots = 0;
        let drafts: Vec<_> = drafts.into_iter().filter(|d| d.0 != PartKind::BootStage || { boots += 1; boots == 1 }).collect();
        let (bytes, parts) = pack(&drafts, board, entry).expect("packs");
        let image = Image::parse(&bytes).expect("reads");
        image.verify().expect("verifies");
        prop_assert_eq!((image.board(), image.entry()), (board, entry));
        prop_assert_eq!(image.parts().collect::<Vec<_>>(), parts);
        for (part, (kind, content, ..)) in image.parts().zip(&drafts) {
            let want: &[u8] = if *kind == PartKind::Zero { &[] } else { content };
            prop_assert_eq!(image.content(&part), want);
        }
        prop_assert_eq!(image.content(&image.system_table()), b"table");
    }

    /// Damage behind a good checksum: whatever the table says, reading it never panics and never leaves the image.
    #[test]
    fn a_lying_table_never_panics(changes in prop::collection::vec((0usize..272, any::<u8>()), 1..20)) {
        let mut bytes = sample();
        for (at, value) in changes {
            if !(28..32).contains(&at) {
                bytes[HEADER + at] = value;
            }
        }
        let count = u32::from_le_bytes(bytes[HEADER + 16..][..4].try_into().unwrap()) as usize;
        if let Some(table) = bytes.get(HEADER + 32..HEADER + table_bytes(count.min(1000))) {
            let covered = [&bytes[HEADER..HEADER + 28], table].concat();
            bytes[HEADER + 28..HEADER + 32].copy_from_slice(&crc32(&covered).to_le_bytes());
        }
        if let Ok(image) = Image::parse(&bytes) {
            for part in image.parts() {
                prop_assert_eq!(image.content(&part).len(), part.length as usize);
            }
            let _ = image.verify();
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), with_magic: bool) {
        let mut image = vec![0; HEADER];
        image.extend(&bytes);
        if with_magic {
            image.splice(HEADER..HEADER, *b"SPUMONE1\x01\0\0\0");
        }
        prop_assert!(!accepted(&image));
        prop_assert!(!accepted(&bytes));
    }

    #[test]
    fn names_round_trip(text in "\\PC{0,20}") {
        let legal = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        let name = Name::new(&text);
        prop_assert_eq!(name.is_some(), legal);
        if let Some(name) = name {
            prop_assert_eq!(name.as_str(), &text);
            prop_assert_eq!(Name::from_bytes(name.to_bytes()), Some(name));
        }
    }
}
