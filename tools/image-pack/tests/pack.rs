//! What goes into an image, and what is refused.

mod common;

use common::{CMDLINE_AT, Program, Programs, TABLE, system};
use image_pack::{Format, Input, Inputs, PackError, inspect, pack};
use object::Endianness;
use object::elf::EM_386;
use spumone_core::format::Board;
use spumone_core::image::{Image, PartKind};
use spumone_core::system::{GuestFlags, System};

fn pack_with(system: &system_file::System, programs: &Programs) -> Result<Vec<u8>, PackError> {
    let guests = [("vmlinux", programs.linux.elf()), ("rt.elf", programs.rt.elf())];
    let (boot, instance) = (programs.boot.elf(), programs.instance.elf());
    let input = |name, elf| Input { name, elf };
    let guests = guests.iter().map(|(name, elf)| input(name, elf)).collect();
    pack(
        system,
        &Inputs { boot: input("boot.elf", &boot), instance: input("spumone.elf", &instance), guests, profiles: vec![] },
    )
}

fn good() -> Vec<u8> {
    pack_with(&system("rp1-linux-rt"), &Programs::rp1()).expect("packs")
}

/// The message for programs changed by `change`.
fn refused(change: impl FnOnce(&mut Programs)) -> String {
    let mut programs = Programs::rp1();
    change(&mut programs);
    pack_with(&system("rp1-linux-rt"), &programs).expect_err("a refusal").to_string()
}

#[test]
fn parts_lie_where_their_programs_said() {
    let bytes = good();
    let image = Image::parse(&bytes).expect("reads");
    image.verify().expect("verifies");
    assert_eq!((image.board(), image.entry()), (Board::Rp1, 0xe55f_0000));
    let parts: Vec<_> =
        image.parts().map(|p| (p.name.to_string(), p.kind, p.guest, p.address, p.memory, p.length)).collect();
    let table = image.system_table();
    let want = [
        ("boot.0", PartKind::BootStage, None, 0, 64, 64),
        ("spumone.0", PartKind::Load, None, 0xe55f_0000, 32, 8),
        ("spumone.1", PartKind::Load, None, 0xe520_0000, 8, 8),
        ("system-table.0", PartKind::SystemTable, None, 0xe55f_0020, TABLE, table.length),
        ("linux.0", PartKind::Guest, Some(0), 0x0c40_1000, 0x2000, 0x1800),
        ("rt-probe.0", PartKind::Guest, Some(1), 0x0c00_0000, 200, 99),
        ("rt-probe.1", PartKind::Zero, Some(1), 0x0c00_1000, 0x100, 0),
    ];
    assert_eq!(
        parts,
        want.map(|(name, kind, guest, at, memory, length)| (name.to_owned(), kind, guest, at, memory, length))
    );
    assert_eq!(&bytes[..64], [0x09; 64]);
    let rt = image.parts().nth(5).expect("the probe");
    assert_eq!(image.content(&rt), [7; 99]);
}

/// GNU ld puts the file's own headers into the first segment where pages allow it: before the hypercall table of rp1 they would
/// lie outside the core-local memory.
#[test]
fn headers_of_a_program_are_no_part_of_it() {
    let mut programs = Programs::rp1();
    programs.instance.headers_loaded = true;
    programs.linux.headers_loaded = true;
    assert!(pack_with(&system("rp1-linux-rt"), &programs).expect("packs") == good());
}

#[test]
fn the_system_table_says_what_the_system_file_says() {
    let bytes = good();
    let image = Image::parse(&bytes).expect("reads");
    let table = System::parse(image.content(&image.system_table())).expect("a good table");
    assert_eq!((table.board(), table.cores(), table.log()), (Board::Rp1, 1, 3));
    let linux = table.guest(0).expect("linux");
    assert_eq!((linux.name.as_str(), linux.entry, linux.stack_top, linux.irq_off), ("linux", 0x8c40_2000, 0, 7));
    assert_eq!((linux.level_low, linux.level_high, linux.console, linux.vcpus), (1, 7, Some(0), 1));
    assert_eq!(linux.flags, GuestFlags::FPU | GuestFlags::MMU | GuestFlags::ESSENTIAL);
    let rt = table.guest(1).expect("the probe");
    assert_eq!((rt.entry, rt.stack_top, rt.irq_off, rt.priority), (0x8c00_0000, 0x8c40_0000, 15, 2));
    assert_eq!((rt.level_low, rt.level_high, rt.flags), (8, 15, GuestFlags::ESSENTIAL));
    let mut irqs: Vec<_> = table.irqs().map(|irq| (irq.intevt, irq.guest, irq.level)).collect();
    irqs.sort_unstable();
    let linux = [0x400, 0x420, 0x440].map(|code| (code, 0, 2)).into_iter();
    let linux = linux.chain([0x700, 0x720, 0x740, 0x760].map(|code| (code, 0, 2)));
    let rt = [(0x460, 1, 12)].into_iter().chain([0x780, 0x7a0, 0x7c0, 0x7e0].map(|code| (code, 1, 8)));
    let mut want: Vec<_> = linux.chain(rt).collect();
    want.sort_unstable();
    assert_eq!(irqs, want);
}

#[test]
fn the_system_table_says_which_vcpu_is_where() {
    let bytes = pack_with(&system("rp1-smp-linux-rt-alone"), &Programs::rp1()).expect("packs");
    let image = Image::parse(&bytes).expect("reads");
    let table = System::parse(image.content(&image.system_table())).expect("a good table");
    let [linux, rt] = [0, 1].map(|id| table.guest(id).expect("a guest"));
    assert_eq!((table.cores(), linux.vcpus, rt.vcpus), (4, 3, 1));
    assert_eq!(linux.placement, [Some(1), Some(2), Some(3), None]);
    assert_eq!(rt.placement, [Some(0), None, None, None]);
}

#[test]
fn linux_gets_its_command_line() {
    let bytes = good();
    let image = Image::parse(&bytes).expect("reads");
    let linux = image.parts().find(|part| part.name.as_str() == "linux.0").expect("linux");
    let content = image.content(&linux);
    let line = b"console=ttySC0,115200 panic=1";
    assert_eq!(&content[CMDLINE_AT..CMDLINE_AT + line.len()], line);
    assert!(content[CMDLINE_AT + line.len()..CMDLINE_AT + 512].iter().all(|&byte| byte == 0));
    assert_eq!((content[CMDLINE_AT - 1], content[CMDLINE_AT + 512]), (0x55, 0x55));
    let message = refused(|p| p.linux.symbols.clear());
    assert!(message.contains("vmlinux: no symbol `empty_zero_page`, which is needed for `cmdline`"), "{message}");
    let message = refused(|p| p.linux.symbols[0].1 = 0x8c40_2f00);
    assert!(
        message.contains("symbol `empty_zero_page` at 0x8c403000..0x8c403200 is not in any loaded segment"),
        "{message}"
    );
    // A symbol in the zeroed tail gets content there.
    let mut programs = Programs::rp1();
    programs.linux.symbols[0].1 = 0x8c40_2a00;
    let bytes = pack_with(&system("rp1-linux-rt"), &programs).expect("packs");
    let image = Image::parse(&bytes).expect("reads");
    let linux = image.parts().find(|part| part.name.as_str() == "linux.0").expect("linux");
    assert_eq!(linux.length, 0x1d00);
}

#[test]
fn a_real_time_guest_gets_its_parameters() {
    let mut system = system("rp1-linux-rt");
    system.guests[1].params = vec![10_000, 0xdead_beef];
    let bytes = pack_with(&system, &Programs::rp1()).expect("packs");
    let image = Image::parse(&bytes).expect("reads");
    let rt = image.parts().find(|part| part.name.as_str() == "rt-probe.0").expect("the probe");
    assert_eq!(image.content(&rt)[0x10..0x18], [0x10, 0x27, 0, 0, 0xef, 0xbe, 0xad, 0xde]);
    system.guests[1].params.push(3);
    let message = pack_with(&system, &Programs::rp1()).expect_err("too many").to_string();
    assert!(message.contains("the parameter block takes 12 bytes, but `__spumone_params` has room for 8"), "{message}");
    let mut programs = Programs::rp1();
    programs.rt.symbols.clear();
    let message = pack_with(&system, &programs).expect_err("no symbol").to_string();
    assert!(message.contains("rt.elf: no symbol `__spumone_params`"), "{message}");
}

#[test]
fn other_files_than_sh_programs_are_refused() {
    let message = refused(|p| p.linux.machine = EM_386);
    assert!(message.contains("vmlinux: ELF file for machine 3 in little-endian order, not for"), "{message}");
    let message = refused(|p| p.linux.endian = Endianness::Big);
    assert!(message.contains("vmlinux: ELF file for machine 42 in big-endian order"), "{message}");
    let message = refused(|p| p.rt.segments.clear());
    assert!(message.contains("rt.elf: not a linked program with something to load"), "{message}");
    let system = system("rp1-linux-rt");
    let programs = Programs::rp1();
    let (boot, instance, rt) = (programs.boot.elf(), programs.instance.elf(), programs.rt.elf());
    let vmlinux = programs.linux.elf();
    for length in [0, 1, 40, 60, 100] {
        let input = |name, elf| Input { name, elf };
        let guests = vec![input("vmlinux", &vmlinux[..length]), input("rt.elf", &rt[..])];
        let inputs =
            Inputs { boot: input("boot", &boot), instance: input("spumone", &instance), guests, profiles: vec![] };
        let error = pack(&system, &inputs).expect_err("cut off");
        assert!(matches!(error, PackError::NotElf { .. }), "{length}: {error}");
    }
    let inputs = Inputs {
        boot: Input { name: "b", elf: &boot },
        instance: Input { name: "i", elf: &instance },
        guests: vec![],
        profiles: vec![],
    };
    assert_eq!(pack(&system, &inputs), Err(PackError::Count { guests: 2, images: 0 }));
}

#[test]
fn nothing_leaves_its_place() {
    let message = refused(|p| p.linux.segments[0].0 = 0x8c3f_f000);
    assert!(
        message.contains("vmlinux: segment 0 at 0x0c3ff000..0x0c401000 is not in the memory of guest `linux`"),
        "{message}"
    );
    assert!(message.contains("0x0c400000..0x14000000; change `memory`"), "{message}");
    let message = refused(|p| p.rt.entry = 0x8c40_0000);
    assert!(
        message.contains("rt.elf: entry at 0x0c400000..0x0c400001 is not in the memory of guest `rt-probe`"),
        "{message}"
    );
    let message = refused(|p| p.instance.segments[0].2 = 0x1_8001);
    assert!(message.contains("spumone.elf: segment 0 at 0xe55f0000..0xe5608001 is not in ILRAM"), "{message}");
    assert!(message.contains("SPUMONE has grown too large"), "{message}");
    let message = refused(|p| p.instance.segments[0].2 = 0x1_8000);
    assert!(message.contains("the system table at 0xe5608000..0xe56083a8 is not in URAM"), "{message}");
    let message = refused(|p| (p.boot.segments[0].1, p.boot.segments[0].2) = (vec![0; 0x4001], 0x4001));
    assert!(
        message.contains("boot.elf: segment 0 at 0x00000000..0x00004001 is not in the first 0x4000 bytes"),
        "{message}"
    );
    let message = refused(|p| p.boot.entry = 0xa000_0004);
    assert!(message.contains("the reset vector is the start of the image"), "{message}");
}

#[test]
fn parts_do_not_meet() {
    let message = refused(|p| p.rt.segments[1].0 = 0x8c00_00c0);
    let want = "part `rt-probe.1` (0x0c0000c0..0x0c0001c0) and part `rt-probe.0` (0x0c000000..0x0c0000c8) overlap";
    assert!(message.contains(want), "{message}");
    let message = refused(|p| p.boot.segments.push((0x8c00_0000, vec![], 0x100)));
    assert!(
        message.contains("part `rt-probe.0` (0x0c000000..0x0c0000c8) and the boot stage's own memory"),
        "{message}"
    );
}

/// On r2d the image lies in main memory, at 0x0c800000, while it is unpacked.
#[test]
fn nothing_is_unpacked_onto_the_image() {
    let system = system("r2d-linux-rt");
    let mut programs = Programs::r2d();
    assert!(pack_with(&system, &programs).is_ok());
    programs.linux.segments.push((0x8c7f_ff00, vec![1; 0x101], 0x101));
    let message = pack_with(&system, &programs).expect_err("on the image").to_string();
    assert!(message.contains("part `linux.1` (0x0c7fff00..0x0c800001) and the image (0x0c800000..0x0c80"), "{message}");
    programs.linux.segments[1].1.pop();
    programs.linux.segments[1].2 -= 1;
    assert!(pack_with(&system, &programs).is_ok(), "one byte less just fits");
}

#[test]
fn images_have_a_greatest_size() {
    let system = system("r2d-linux-rt");
    let mut programs = Programs::r2d();
    // Linux's memory on r2d is 60 MB: there is room for the segment, but not in the 16 MB that QEMU loads.
    programs.linux.segments.push((0x8d80_0000, vec![1; 16 << 20], 16 << 20));
    let message = pack_with(&system, &programs).expect_err("too large").to_string();
    assert!(message.contains("more than the 16 MB that QEMU's -kernel loads hold"), "{message}");
    let system = common::system("rp1-linux-rt");
    let mut programs = Programs::rp1();
    programs.linux.segments.push((0x8d00_0000, vec![1; 64 << 20], 64 << 20));
    let message = pack_with(&system, &programs).expect_err("too large").to_string();
    assert!(message.contains("more than the 64 MB of NOR flash hold"), "{message}");
}

#[test]
fn a_description_names_every_part() {
    let description = inspect(&good()).expect("good");
    assert_eq!((description.format, description.guests.len()), (Format::Bin, 2));
    let text = description.to_string();
    assert!(text.contains("bin image for rp1") && text.contains("SPUMONE at 0xe55f0000"), "{text}");
    for part in ["boot.0", "spumone.0", "system-table.0", "linux.0", "rt-probe.0", "rt-probe.1"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn the_same_input_makes_the_same_image() {
    assert_eq!(good(), good());
}

#[test]
fn guest_images_never_make_it_panic() {
    let elf = Programs::rp1().linux.elf();
    let (boot, instance, rt) = (Programs::rp1().boot.elf(), Programs::rp1().instance.elf(), Programs::rp1().rt.elf());
    let system = system("rp1-linux-rt");
    // Every byte of the headers and symbol tables; the segment's content in between does not matter.
    let heads = (0..200).chain(elf.len() - 600..elf.len());
    for at in heads {
        for value in [0, 0x7f, 0x80, 0xff] {
            let mut bad = elf.clone();
            bad[at] = value;
            let input = |name, elf| Input { name, elf };
            let guests = vec![input("vmlinux", &bad[..]), input("rt.elf", &rt[..])];
            let inputs =
                Inputs { boot: input("boot", &boot), instance: input("spumone", &instance), guests, profiles: vec![] };
            if let Ok(image) = pack(&system, &inputs) {
                inspect(&image).expect("what is packed is good");
            }
        }
    }
}

#[test]
fn a_program_of_the_test_is_read_back() {
    // The tests stand on `Program`: what it writes must be what another reader sees.
    let program = Program::new(0x1234, &[(0x8c00_0000, b"abc", 5)]).symbol("name", 0x8c00_0001, 2);
    let bytes = program.elf();
    let file = object::File::parse(&bytes[..]).expect("an ELF file");
    use object::{Object, ObjectSegment, ObjectSymbol};
    assert_eq!(file.entry(), 0x1234);
    assert_eq!(file.segments().map(|s| (s.address(), s.size())).collect::<Vec<_>>(), [(0x8c00_0000, 5)]);
    let symbol = file.symbol_by_name("name").expect("a symbol");
    assert_eq!((symbol.address(), symbol.size()), (0x8c00_0001, 2));
}
