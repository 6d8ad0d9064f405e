//! The instruction table against itself and against what the emulator decodes. Needs no QEMU.

use sh4a_diff::forms::{self, Class, Fields};
use sh4a_diff::space::{self, Kind};
use sh4a_emu::cpu::{Cpu, Exit, Model};
use sh4a_emu::flat::Flat;

const MODES: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

#[test]
fn no_word_is_two_instructions() {
    for (pr, sz) in MODES {
        for word in 0..=u16::MAX {
            let found: Vec<_> = forms::all()
                .iter()
                .filter(|form| form.matches(word) && form.precision.allows(pr) && form.transfer.allows(sz))
                .map(|form| form.text)
                .collect();
            assert!(found.len() <= 1, "0x{word:04x} with PR={pr} SZ={sz}: {found:?}");
        }
    }
}

#[test]
fn fields_survive_encoding() {
    for form in forms::all() {
        assert_eq!(form.pattern.len(), 16, "{}", form.text);
        for (n, m, d, i) in [(0, 0, 0, 0), (15, 15, 0xfff, 0xff), (10, 5, 0xaaa, 0x5a), (1, 14, 0x123, 0x80)] {
            let cut = |value: u16, letter| value & ((1 << form.width(letter)) - 1);
            let cut8 = |value: u8, letter| cut(value.into(), letter) as u8;
            let wanted = Fields { n: cut8(n, 'n'), m: cut8(m, 'm'), d: cut(d, 'd'), i: cut8(i, 'i') };
            let word = form.encode(Fields { n, m, d, i });
            assert!(form.matches(word), "{} 0x{word:04x}", form.text);
            assert_eq!(form.fields(word), wanted, "{}", form.text);
        }
    }
}

/// Words and texts as GNU binutils prints them.
#[test]
fn texts_are_those_of_gnu_binutils() {
    for (word, pr, sz, text) in [
        (0x6153, false, false, "mov r5,r1"),
        (0x71ff, false, false, "add #-1,r1"),
        (0xc9ff, false, false, "and #255,r0"),
        (0x5132, false, false, "mov.l @(8,r3),r1"),
        (0x8523, false, false, "mov.w @(6,r2),r0"),
        (0xc603, false, false, "mov.l @(12,gbr),r0"),
        (0x0a4f, false, false, "mac.l @r4+,@r10+"),
        (0x01c2, false, false, "stc r4_bank,r1"),
        (0xf12c, false, true, "fmov dr2,xd0"),
        (0xf4ed, false, false, "fipr fv0,fv4"),
        (0xf5fd, false, false, "ftrv xmtrx,fv4"),
        (0xf4fd, false, false, "fsca fpul,dr4"),
        (0xf240, true, false, "fadd dr4,dr2"),
        (0xaffe, false, false, "bra .+0"),
        (0x8902, false, false, "bt .+8"),
        (0xfffd, false, false, ".word 0xfffd"),
    ] {
        assert_eq!(forms::disassemble(word, pr, sz), text);
    }
}

/// EXPEVT of one step over `word`, if it raised an exception.
fn step(word: u16, fpscr: u32, sr: u32) -> Option<u32> {
    let mut bus = Flat::new(0x4_0000);
    bus.put_words(0x2_0000, &[word, 0x0009, 0x0009]);
    let mut cpu = Cpu::new(0, Model::SHX3);
    cpu.set_sr(sr);
    cpu.set_fpscr(fpscr);
    (0..16).for_each(|n| cpu.set_r(n, 0x1_0000));
    cpu.set_gbr(0x1_0000);
    cpu.set_pr(0x1_0000);
    cpu.set_spc(0x1_0000);
    cpu.set_pc(0x2_0000);
    cpu.report_exceptions(true);
    match cpu.step(&mut bus) {
        Exit::Exception { expevt, .. } => Some(expevt),
        _ => None,
    }
}

const USER: u32 = 0;
const PRIVILEGED: u32 = 0x4000_0000;
const ILLEGAL: Option<u32> = Some(0x180);

/// Table and decoder agree on every word, in both modes and under every FPSCR.PR and SZ: what the table calls an instruction is
/// executed, everything else is an illegal instruction.
#[test]
fn the_emulator_decodes_what_the_table_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for (pr, sz) in MODES {
        let fpscr = u32::from(pr) << 19 | u32::from(sz) << 20;
        for word in 0..=u16::MAX {
            // The float words alone depend on FPSCR.
            if word >> 12 != 0xf && (pr || sz) {
                continue;
            }
            let kind = space::classify(word, pr, sz);
            let user = step(word, fpscr, USER);
            let right = match kind {
                Kind::User => user != ILLEGAL,
                Kind::Privileged => user == ILLEGAL && step(word, fpscr, PRIVILEGED) != ILLEGAL,
                Kind::Illegal => user == ILLEGAL && step(word, fpscr, PRIVILEGED) == ILLEGAL,
                // Left open by the manual.
                Kind::OtherPrecision => true,
            };
            if !right {
                wrong.push(format!("0x{word:04x} PR={pr} SZ={sz} {kind:?} {}", forms::disassemble(word, pr, sz)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} words, among them:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

/// The counts pin the table: a line that is lost or widened changes them.
#[test]
fn every_word_is_sorted() {
    let mut counts = [0; 4];
    for word in 0..=u16::MAX {
        counts[space::classify(word, false, false) as usize] += 1;
    }
    let privileged = forms::all().iter().filter(|form| form.class == Class::Privileged).count();
    println!("{} forms, {privileged} of them privileged; words: {counts:?}", forms::all().len());
    assert_eq!(counts.iter().sum::<i32>(), 65536);
}
