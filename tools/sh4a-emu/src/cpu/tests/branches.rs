//! Branches, delay slots and what they forbid.

use super::{Bench, CODE};

#[test]
fn a_delayed_branch_executes_its_slot_once() {
    // bra +8; add #1,r1; add #2,r1; nop; nop; add #4,r1
    let bench = Bench::new(&[0xa003, 0x7101, 0x7102, 0x0009, 0x0009, 0x7104]).run(3);
    assert_eq!(bench.cpu.r(1), 5);
    assert_eq!(bench.cpu.pc(), CODE + 12);
    assert_eq!(bench.cpu.retired(), 3);
}

#[test]
fn a_limit_does_not_separate_a_branch_from_its_slot() {
    let bench = Bench::new(&[0xa003, 0x7101]).run(1);
    assert_eq!((bench.cpu.r(1), bench.cpu.retired(), bench.cpu.pc()), (1, 2, CODE + 10));
}

#[test]
fn conditional_branches() {
    for (word, taken_when) in [(0x8902, true), (0x8b02, false), (0x8d02, true), (0x8f02, false)] {
        for t in [false, true] {
            let delayed = word & 0x0400 != 0;
            let bench = Bench::new(&[word, 0x7101]).flags(u32::from(t)).run(1);
            let expected = match (t == taken_when, delayed) {
                (true, _) => CODE + 8,
                (false, true) => CODE + 4,
                (false, false) => CODE + 2,
            };
            assert_eq!(bench.cpu.pc(), expected, "{word:04x} T={t}");
            assert_eq!(bench.cpu.r(1), u32::from(delayed), "{word:04x} T={t}");
        }
    }
}

#[test]
fn calls_set_pr_after_the_slot_and_rts_returns() {
    for (word, register) in [(0xb004, 0), (0x410b, CODE + 12), (0x0103, 8)] {
        // bsr +12 / jsr @r1 / bsrf r1; sts pr,r2 (in the slot: the new PR); at +12: rts; nop
        let bench = Bench::new(&[word, 0x022a, 0, 0, 0, 0, 0x000b, 0x0009]).r(1, register).run(4);
        assert_eq!(bench.cpu.pc(), CODE + 4, "{word:04x}");
        assert_eq!((bench.cpu.pr(), bench.cpu.r(2)), (CODE + 4, CODE + 4), "{word:04x}");
    }
}

#[test]
fn the_target_register_is_read_before_the_slot_changes_it() {
    // jmp @r1; mov #0,r1
    let bench = Bench::new(&[0x412b, 0xe100]).r(1, CODE + 0x40).run(1);
    assert_eq!((bench.cpu.pc(), bench.cpu.r(1)), (CODE + 0x40, 0));
}

#[test]
fn instructions_that_may_not_stand_in_a_slot() {
    // bra, bsr, braf, bsrf, jmp, jsr, rts, rte, bt, bf, bt/s, bf/s, trapa, ldc sr, ldc.l sr, mov.w pc, mov.l pc, mova, prefi, icbi, 0xfffd
    let forbidden = [
        0xa000, 0xb000, 0x0123, 0x0103, 0x412b, 0x410b, 0x000b, 0x002b, 0x8900, 0x8b00, 0x8d00, 0x8f00, 0xc300, 0x410e,
        0x4107, 0x9100, 0xd100, 0xc700, 0x01d3, 0x01e3, 0xfffd,
    ];
    for word in forbidden {
        let mut bench = Bench::new(&[0x0009, 0xa004, word]);
        bench.bus.put_words(0x2100, &[0x0009]);
        let bench = bench.run(3);
        // nop, (bra and its slot do not retire), two instructions of the handler would be the second and third
        assert_eq!(bench.cpu.spc(), CODE + 2, "{word:04x}: SPC is the branch");
        assert_eq!(bench.cpu.pc() & !0xff, 0x8000_2100, "{word:04x}: VBR + 0x100");
    }
}
