use super::{Config, Outcome, ProgramError, Stopped, run};
use object::elf;
use object::write::elf::{FileHeader, ProgramHeader, Writer};

const BASE: u32 = 0x0040_0000;

/// An executable whose only segment is `code`, entered at its beginning, plus a page of zeros behind it.
fn executable(machine: elf::Machine, address: u32, code: &[u16]) -> Vec<u8> {
    let code: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut bytes = Vec::new();
    let mut writer = Writer::new(object::Endianness::Little, false, &mut bytes);
    writer.reserve_file_header();
    writer.reserve_program_headers(1);
    let offset = writer.reserve(code.len() as u64, 4);
    let header = FileHeader {
        os_abi: elf::ELFOSABI_NONE,
        abi_version: 0,
        e_type: elf::ET_EXEC,
        e_machine: machine,
        e_entry: address.into(),
        e_flags: elf::FileFlags(0),
    };
    writer.write_file_header(&header).unwrap();
    writer.write_align_program_headers();
    writer.write_program_header(&ProgramHeader {
        p_type: elf::PT_LOAD,
        p_flags: elf::PF_R | elf::PF_W | elf::PF_X,
        p_offset: offset,
        p_vaddr: address.into(),
        p_paddr: address.into(),
        p_filesz: code.len() as u64,
        p_memsz: code.len() as u64 + 4096,
        p_align: 4,
    });
    writer.write_align(4);
    writer.write(&code);
    bytes
}

fn run_code(code: &[u16]) -> Outcome {
    run(&executable(elf::EM_SH, BASE, code), &Config { limit: 1000, ..Config::default() }).unwrap()
}

/// `mov #1,r3; trapa #0x11`: exit with R4.
const EXIT: [u16; 2] = [0xe301, 0xc311];

#[test]
fn a_program_exits_with_its_status_and_its_instructions_are_counted() {
    let outcome = run_code(&[0xe407, EXIT[0], EXIT[1]]); // mov #7,r4
    assert_eq!(outcome.ended, Ok(7));
    assert_eq!(outcome.retired, 3);
}

#[test]
fn output_goes_to_the_two_streams() {
    // mova text,r0; mov r0,r5; mov #2,r6; mov #1,r4; mov #4,r3; trapa #0x13; mov #2,r4; mov #4,r3; trapa #0x13; exit
    let code = [
        0xc705,
        0x6503,
        0xe602,
        0xe401,
        0xe304,
        0xc313,
        0xe402,
        0xe304,
        0xc313,
        0xe400,
        EXIT[0],
        EXIT[1],
        u16::from_le_bytes(*b"ok"),
    ];
    let outcome = run_code(&code);
    assert_eq!((outcome.ended, outcome.stdout, outcome.stderr), (Ok(0), b"ok".to_vec(), b"ok".to_vec()));
}

#[test]
fn arguments_and_input_reach_the_program() {
    // mov.l @r15,r4 (argc): the status
    let code = [0x64f2, EXIT[0], EXIT[1]];
    let args = ["a", "b", "c"].map(String::from).to_vec();
    let file = executable(elf::EM_SH, BASE, &code);
    assert_eq!(run(&file, &Config { args, ..Config::default() }).unwrap().ended, Ok(3));
    // read(0, r15, 4), then the first byte is the status: mov #0,r4; mov r15,r5; mov #4,r6; mov #3,r3; trapa; mov.b @r15,r4
    let code = [0xe400, 0x65f3, 0xe604, 0xe303, 0xc313, 0x64f0, EXIT[0], EXIT[1]];
    let file = executable(elf::EM_SH, BASE, &code);
    assert_eq!(run(&file, &Config { stdin: b"A".to_vec(), ..Config::default() }).unwrap().ended, Ok(65));
}

#[test]
fn the_heap_grows_and_anonymous_memory_is_mapped() {
    // brk(0); r4 = r0; add #64,r4; brk; store there: mov.b r4,@-r4
    let code = [0xe400, 0xe32d, 0xc311, 0x6403, 0x7440, 0xe32d, 0xc311, 0x2444, 0xe400, EXIT[0], EXIT[1]];
    assert_eq!(run_code(&code).ended, Ok(0));
    // mmap2(0, 64, 0, MAP_ANONYMOUS): mov #0,r4; mov #64,r5; mov #0,r6; mov #32,r7; number 192 = 96 * 2; store to R0
    let code = [0xe400, 0xe540, 0xe600, 0xe720, 0xe360, 0x4300, 0xc316, 0x2002, 0xe400, EXIT[0], EXIT[1]];
    assert_eq!(run_code(&code).ended, Ok(0));
}

#[test]
fn an_unknown_system_call_answers_enosys() {
    // number 127; neg r0,r4: -(-38)
    let code = [0xe37f, 0xc310, 0x640b, EXIT[0], EXIT[1]];
    assert_eq!(run_code(&code).ended, Ok(38));
}

#[test]
fn what_linux_would_kill_for_is_told() {
    assert_eq!(run_code(&[0x0009, 0xfffd]).ended, Err(Stopped::IllegalInstruction { pc: BASE + 2, word: 0xfffd }));
    // stc sr,r0 is privileged
    assert_eq!(run_code(&[0x0002]).ended, Err(Stopped::IllegalInstruction { pc: BASE, word: 0x0002 }));
    // bra with an illegal slot: the branch's address, the slot's word
    assert_eq!(run_code(&[0xa000, 0xfffd]).ended, Err(Stopped::IllegalInstruction { pc: BASE, word: 0xfffd }));
    // mov #1,r1; mov.l @r1,r0
    assert_eq!(run_code(&[0xe101, 0x6012]).ended, Err(Stopped::AddressError { pc: BASE + 2, address: 1 }));
    // mov #-4,r1: kernel space
    assert_eq!(run_code(&[0xe1fc, 0x6012]).ended, Err(Stopped::AddressError { pc: BASE + 2, address: 0xffff_fffc }));
    // mov #0,r1: nothing there
    let stopped = run_code(&[0xe100, 0x6012]).ended;
    assert!(matches!(stopped, Err(Stopped::Unmapped { address: 0, .. })), "{stopped:?}");
}

#[test]
fn a_program_that_does_not_end_is_stopped() {
    // bra to itself
    let outcome = run_code(&[0xaffe, 0x0009]);
    assert!(matches!(outcome.ended, Err(Stopped::Limit { limit: 1000, .. })), "{:?}", outcome.ended);
    // jumping to nowhere ends too: jmp @r0 with R0 = 0
    let outcome = run_code(&[0xe000, 0x402b, 0x0009]);
    assert!(outcome.ended.is_err());
}

#[test]
fn what_is_no_program_is_refused_with_the_reason() {
    let refuse = |file: &[u8]| run(file, &Config::default()).unwrap_err();
    assert!(matches!(refuse(b""), ProgramError::Elf(_)));
    assert!(matches!(refuse(b"#!/bin/sh\n"), ProgramError::Elf(_)));
    let whole = executable(elf::EM_SH, BASE, &EXIT);
    for len in 0..84 {
        run(&whole[..len], &Config::default()).unwrap_err();
    }
    assert!(matches!(refuse(&executable(elf::EM_386, BASE, &EXIT)), ProgramError::Kind { machine: 3, .. }));
    assert!(matches!(refuse(&executable(elf::EM_SH, 0x8000_0000, &EXIT)), ProgramError::Place { .. }));
    assert!(matches!(refuse(&executable(elf::EM_SH, 0, &EXIT)), ProgramError::Place { .. }));
    let args = vec!["x".repeat(2 << 20)];
    let long = run(&whole, &Config { args, ..Config::default() });
    assert!(matches!(long, Err(ProgramError::Arguments { .. })));
    let small = run(&whole, &Config { memory: 1 << 20, stack: 1 << 20, ..Config::default() });
    assert!(matches!(small, Err(ProgramError::Memory)));
}
