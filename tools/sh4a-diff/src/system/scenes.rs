//! The scenes: by hand what is particular, by the table what every form of a kind must do.

use super::image::{MMUCR, SR, WINDOW, store};
use crate::emit::Emitter;
use crate::forms::{self, Class, Fields, Form, Mode, Precision, Shape, Transfer};

/// A piece of code that ends in an exception.
pub(super) struct Scene {
    /// For reports and for the table of deviations.
    pub(super) name: String,
    /// Writes it. R1..R14 hold 17..30, R0 holds 16; the end is `trapa #255`, which the program adds.
    pub(super) build: Box<dyn Fn(&mut Emitter)>,
}

/// Window as P1 sees it.
const P1_WINDOW: u32 = WINDOW | 0x8000_0000;
/// SR of user mode, interrupts masked.
const SR_USER: u32 = 0x0000_00f0;
/// SR.FD.
const FD: u32 = 0x8000;
/// A virtual page without memory behind it until a scene maps it.
const VIRTUAL: u32 = 0x0010_0000;
/// PTEL: V, 4 KiB, privileged and user may write, C, D, SH.
const WRITABLE: u32 = 0x17e;
const DIRTY: u32 = 4;
const PTEH: u32 = 0xff00_0000;
const PTEL: u32 = 0xff00_0004;
const VALID: u32 = 0x100;
/// PTEL.PR: 0 privileged read, 1 privileged write, 2 everybody reads, 3 everybody writes.
const PROTECTION: u32 = 0x60;

fn scene(name: impl Into<String>, build: impl Fn(&mut Emitter) + 'static) -> Scene {
    Scene { name: name.into(), build: Box::new(build) }
}

/// All scenes.
pub(super) fn all() -> Vec<Scene> {
    let mut scenes = traps();
    scenes.extend(state());
    scenes.extend(addresses());
    scenes.extend(fpu());
    scenes.extend(mmu());
    scenes.extend(forms::all().iter().filter(|form| form.class == Class::Privileged).flat_map(privileged));
    scenes.extend(forms::all().iter().filter(|form| form.class == Class::User).flat_map(memory));
    scenes.extend(forms::all().iter().filter(|form| form.float && form.class == Class::User).map(disabled));
    scenes
}

/// `rte` to user mode; what follows is executed there. Clobbers R0.
fn user(e: &mut Emitter) {
    // Two loads, two ldc, rte and its slot, then two literals.
    let code = ((e.here() + 12 + 3) & !3) + 8;
    e.load(0, code & 0x1fff_ffff);
    e.op("ldc Rm,SPC", 0, 0, 0);
    e.load(0, SR_USER);
    e.op("ldc Rm,SSR", 0, 0, 0);
    e.op("rte", 0, 0, 0);
    e.op("nop", 0, 0, 0);
    e.pool();
    debug_assert_eq!(e.here(), code);
}

/// `bra` over nothing with `word` in its slot.
fn in_slot(e: &mut Emitter, word: u16) {
    e.op("bra D", 0, 0, 0);
    e.word(word);
}

fn traps() -> Vec<Scene> {
    let mut scenes = vec![
        scene("trapa", |e| e.op("trapa #U", 0, 0, 0x12)),
        scene("trapa in user mode", |e| {
            user(e);
            e.op("trapa #U", 0, 0, 0x34);
        }),
        scene("illegal", |e| e.word(0xfffd)),
        scene("illegal in a slot", |e| in_slot(e, 0xfffd)),
        scene("illegal in user mode", |e| {
            user(e);
            e.word(0xfffd);
        }),
        scene("illegal in a slot in user mode", |e| {
            user(e);
            in_slot(e, 0xfffd);
        }),
    ];
    // Instructions that may not stand in a slot.
    for (text, word) in [
        ("bra", 0xa000),
        ("bsr", 0xb000),
        ("braf", 0x0123),
        ("bsrf", 0x0103),
        ("jmp", 0x412b),
        ("jsr", 0x410b),
        ("rts", 0x000b),
        ("rte", 0x002b),
        ("bt", 0x8900),
        ("bf", 0x8b00),
        ("bt/s", 0x8d00),
        ("bf/s", 0x8f00),
        ("trapa", 0xc312),
        ("mov.w @(disp,PC)", 0x9100),
        ("mov.l @(disp,PC)", 0xd100),
        ("mova", 0xc700),
        ("ldc SR", 0x430e),
    ] {
        scenes.push(scene(format!("{text} in a slot"), move |e| {
            e.load(3, SR);
            in_slot(e, word);
        }));
    }
    scenes
}

fn state() -> Vec<Scene> {
    let mut scenes = vec![
        scene("SR keeps the bits it has", |e| {
            e.load(3, 0x6fff_ffff);
            e.op("ldc Rm,SR", 0, 3, 0);
            e.op("stc SR,Rn", 8, 0, 0);
            e.load(3, SR);
            e.op("ldc Rm,SR", 0, 3, 0);
        }),
        scene("SSR is a whole register", |e| {
            e.op("mov #I,Rn", 3, 0, -1);
            e.op("ldc Rm,SSR", 0, 3, 0);
            e.op("stc SSR,Rn", 8, 0, 0);
        }),
        scene("bank 1 holds other registers", |e| {
            e.load(8, SR | 0x2000_0000);
            e.op("ldc Rm,SR", 0, 8, 0);
            for n in 0..8 {
                e.op("mov #I,Rn", n, 0, 64 + i32::from(n));
            }
            e.op("stc Rm_BANK,Rn", 9, 3, 0);
            e.load(8, SR);
            e.op("ldc Rm,SR", 0, 8, 0);
            e.op("stc Rm_BANK,Rn", 8, 5, 0);
            e.op("ldc Rm,Rn_BANK", 6, 9, 0);
            e.op("stc Rm_BANK,Rn", 2, 6, 0);
        }),
        scene("user mode ignores RB", |e| {
            e.op("mov #I,Rn", 3, 0, 77);
            e.op("ldc Rm,Rn_BANK", 4, 3, 0);
            let code = ((e.here() + 12 + 3) & !3) + 8;
            e.load(0, code & 0x1fff_ffff);
            e.op("ldc Rm,SPC", 0, 0, 0);
            e.load(0, SR_USER | 0x2000_0000);
            e.op("ldc Rm,SSR", 0, 0, 0);
            e.op("rte", 0, 0, 0);
            e.op("nop", 0, 0, 0);
            e.pool();
            e.op("mov Rm,Rn", 8, 4, 0);
        }),
        scene("SGR is the old R15", |e| {
            e.op("mov #I,Rn", 15, 0, -3);
            e.word(0xfffd);
        }),
        scene("rte restores T S M Q and executes its slot", |e| {
            let code = ((e.here() + 14 + 3) & !3) + 8;
            e.load(0, code);
            e.op("ldc Rm,SPC", 0, 0, 0);
            e.load(0, SR | 0x303);
            e.op("ldc Rm,SSR", 0, 0, 0);
            e.op("rte", 0, 0, 0);
            e.op("add #I,Rn", 8, 0, 1);
            e.op("nop", 0, 0, 0);
            e.pool();
        }),
        scene("div0u clears M Q T", |e| {
            e.load(3, SR | 0x301);
            e.op("ldc Rm,SR", 0, 3, 0);
            e.op("div0u", 0, 0, 0);
        }),
        scene("movco.l fails after an exception", |e| {
            // rte ends what movli.l began
            e.load(3, P1_WINDOW);
            e.op("movli.l @Rm,R0", 0, 3, 0);
            let code = ((e.here() + 12 + 3) & !3) + 8;
            e.load(1, code);
            e.op("ldc Rm,SPC", 0, 1, 0);
            e.load(1, SR);
            e.op("ldc Rm,SSR", 0, 1, 0);
            e.op("rte", 0, 0, 0);
            e.op("nop", 0, 0, 0);
            e.pool();
            e.op("movco.l R0,@Rn", 3, 0, 0);
        }),
        scene("sts and lds of PR in a slot of jsr", |e| {
            let target = ((e.here() + 6 + 3) & !3) + 4;
            e.load(1, target);
            e.op("jsr @Rn", 1, 0, 0);
            e.op("sts PR,Rn", 8, 0, 0);
            e.pool();
            debug_assert_eq!(e.here(), target);
        }),
    ];
    for (name, n, m) in [("plus plus", 1, 1), ("plus minus", 1, -1), ("minus plus", -1, 1), ("minus minus", -1, -1)] {
        scenes.push(scene(format!("div0s and div1, {name}"), move |e| {
            e.op("mov #I,Rn", 1, 0, n);
            e.op("mov #I,Rn", 2, 0, m);
            e.op("div0s Rm,Rn", 1, 2, 0);
            e.op("stc SR,Rn", 8, 0, 0);
            e.op("div1 Rm,Rn", 1, 2, 0);
        }));
    }
    scenes
}

fn addresses() -> Vec<Scene> {
    let mut scenes = vec![
        scene("jump to an odd address", |e| {
            e.load(1, P1_WINDOW + 1);
            e.jump(1);
            e.pool();
        }),
        scene("user mode fetches from P1", |e| {
            user(e);
            e.load(1, P1_WINDOW);
            e.jump(1);
            e.pool();
        }),
        scene("misaligned load in a slot", |e| {
            e.load(1, P1_WINDOW + 2);
            in_slot(e, 0x6212);
        }),
        scene("misaligned store in a slot", |e| {
            e.load(1, P1_WINDOW + 2);
            in_slot(e, 0x2122);
        }),
    ];
    for (area, address) in
        [("P1", 0x8c60_0000), ("P2", 0xac60_0000), ("P3", 0xc000_0000), ("P4", 0xff00_0024), ("an array", 0xf600_0000)]
    {
        for (text, word) in [("loads from", 0x6212), ("stores to", 0x2122)] {
            scenes.push(scene(format!("user mode {text} {area}"), move |e| {
                user(e);
                e.load(1, address);
                e.word(word);
                e.op("trapa #U", 0, 0, 1);
                e.pool();
            }));
        }
    }
    scenes
}

/// Loads FPSCR; clobbers R0.
fn fpscr(e: &mut Emitter, value: u32) {
    e.load(0, value);
    e.op("lds Rm,FPSCR", 0, 0, 0);
}

fn fpu() -> Vec<Scene> {
    // FPSCR enable bits V Z O U I are 11..7; FR0 = 0, FR1 = 1.
    [
        ("division by zero, enabled", 1 << 10, 0xf103),
        ("0 / 0, enabled", 1 << 11, 0xf003),
        ("division by zero, not enabled", 0, 0xf103),
        ("0 / 0, not enabled", 0, 0xf003),
        ("division by zero, enabled, in a slot", 1 << 10 | 1 << 31, 0xf103),
    ]
    .into_iter()
    .map(|(name, enable, word): (&str, u32, u16)| {
        scene(name, move |e| {
            fpscr(e, 0x0004_0000 | enable & 0xf80);
            if enable >> 31 == 1 {
                in_slot(e, word)
            } else {
                e.word(word)
            }
            e.op("flds FRm,FPUL", 0, 1, 0);
        })
    })
    .collect()
}

/// Writes UTLB entry `index` with `ldtlb` (QEMU 7.2 forgets the page size of entries written through the array); translation
/// must be off. Clobbers R0 and R1.
fn map(e: &mut Emitter, index: u32, virtual_page: u32, ptel: u32, asid: u32) {
    store(e, PTEH, virtual_page | asid);
    store(e, PTEL, ptel);
    store(e, MMUCR, index << 10);
    e.op("ldtlb", 0, 0, 0);
    store(e, PTEH, 0);
}

/// Maps the program for user mode (1 MiB, everybody may write) and switches translation on.
fn translate(e: &mut Emitter) {
    map(e, 63, 0x0c80_0000, 0x0c80_0000 | WRITABLE | 0x80 | 0x10, 0);
    map(e, 62, 0x0c90_0000, 0x0c90_0000 | WRITABLE | 0x80 | 0x10, 0);
    store(e, MMUCR, 1);
    for _ in 0..8 {
        e.op("nop", 0, 0, 0);
    }
}

fn mmu() -> Vec<Scene> {
    let mut scenes = Vec::new();
    let writable = WINDOW | (WRITABLE & !0x10) | 0x10;
    let accesses = [("load", 0x6212u16), ("store", 0x2122), ("load in a slot", 0x6212), ("store in a slot", 0x2122)];
    let pages = [
        ("no page", None),
        ("an invalid page", Some(writable & !VALID)),
        ("a writable page", Some(writable)),
        ("a clean page", Some(writable & !DIRTY)),
        ("a page of privileged reading", Some(writable & !PROTECTION)),
        ("a page of privileged writing", Some(writable & !PROTECTION | 0x20)),
        ("a page of reading", Some(writable & !PROTECTION | 0x40)),
    ];
    for (page, ptel) in pages {
        for (access, word) in accesses {
            for user_mode in [false, true] {
                let name = format!("{access} of {page}{}", if user_mode { " in user mode" } else { "" });
                scenes.push(scene(name, move |e| {
                    if let Some(ptel) = ptel {
                        map(e, 5, VIRTUAL, ptel, 0);
                    }
                    translate(e);
                    e.pool_over();
                    if user_mode {
                        user(e);
                    }
                    e.load(1, VIRTUAL + 4);
                    if access.ends_with("slot") {
                        in_slot(e, word)
                    } else {
                        e.word(word)
                    }
                    e.op("trapa #U", 0, 0, 2);
                    e.pool();
                }));
            }
        }
    }
    scenes.push(scene("fetch from no page", |e| {
        translate(e);
        e.load(1, VIRTUAL + 0x20);
        e.jump(1);
        e.pool();
    }));
    scenes.push(scene("fetch from a privileged page in user mode", |e| {
        map(e, 5, VIRTUAL, WINDOW | (WRITABLE & !PROTECTION), 0);
        translate(e);
        e.pool_over();
        user(e);
        e.load(1, VIRTUAL + 0x20);
        e.jump(1);
        e.pool();
    }));
    for (name, ptel_asid, pteh) in [("its own", 7, 7), ("another", 7, 8)] {
        scenes.push(scene(format!("load from a page of {name} address space"), move |e| {
            map(e, 5, VIRTUAL, writable & !2, ptel_asid);
            translate(e);
            store(e, PTEH, pteh);
            e.load(1, VIRTUAL + 8);
            e.op("mov.l @Rm,Rn", 2, 1, 0);
            e.op("trapa #U", 0, 0, 3);
            e.pool();
        }));
    }
    for (name, size, ptel_size) in
        [("1 KiB", 0x400u32, 0), ("4 KiB", 0x1000, 0x10), ("64 KiB", 0x1_0000, 0x80), ("1 MiB", 0x10_0000, 0x90)]
    {
        for (place, offset) in [("last long of", size - 4), ("first long after", size)] {
            scenes.push(scene(format!("load of the {place} a page of {name}"), move |e| {
                let physical = 0x0c60_0000 & !(size - 1);
                map(e, 5, VIRTUAL, physical | WRITABLE & !0x90 | ptel_size, 0);
                store(e, (physical | 0x8000_0000) + size - 4, 0x600d_600d);
                translate(e);
                e.load(1, VIRTUAL + offset);
                e.op("mov.l @Rm,Rn", 2, 1, 0);
                e.op("trapa #U", 0, 0, 4);
                e.pool();
            }));
        }
    }
    scenes.push(scene("ldtlb writes the entry that URC names", |e| {
        store(e, PTEH, VIRTUAL);
        store(e, PTEL, WINDOW | WRITABLE);
        store(e, MMUCR, 9 << 10);
        e.op("ldtlb", 0, 0, 0);
        e.load(1, 0xf600_0900);
        e.op("mov.l @Rm,Rn", 8, 1, 0);
        e.load(1, 0xf700_0900);
        e.op("mov.l @Rm,Rn", 9, 1, 0);
        e.op("trapa #U", 0, 0, 5);
        e.pool();
    }));
    scenes
}

/// A privileged form: legal in privileged mode, illegal in user mode, there also in a slot.
fn privileged(form: &'static Form) -> Vec<Scene> {
    let fields = Fields {
        n: if form.text.contains("Rn_BANK") { 5 } else { 8 },
        m: if form.text.contains("Rm_BANK") { 5 } else { 9 },
        ..Fields::default()
    };
    let word = form.encode(fields);
    let mut scenes = vec![
        scene(format!("{} in user mode", form.text), move |e| {
            user(e);
            e.word(word);
        }),
        scene(format!("{} in a slot in user mode", form.text), move |e| {
            user(e);
            in_slot(e, word);
        }),
    ];
    // What moves control elsewhere has its own scenes.
    if !["rte", "sleep", "ldtlb"].contains(&form.text) && !form.text.ends_with(",SR") && !form.text.ends_with("VBR") {
        scenes.push(scene(form.text, move |e| {
            e.load(8, P1_WINDOW + 8);
            e.load(9, P1_WINDOW);
            e.word(word);
            e.load(1, P1_WINDOW + 4);
            e.op("mov.l @Rm,Rn", 2, 1, 0);
            for (n, text) in [(3, "stc SGR,Rn"), (4, "stc DBR,Rn"), (6, "stc SSR,Rn"), (7, "stc SPC,Rn")] {
                e.op(text, n, 0, 0);
            }
            e.op("stc Rm_BANK,Rn", 5, 5, 0);
            e.op("trapa #U", 0, 0, 6);
            e.pool();
        }));
    }
    scenes
}

/// A form with a memory operand: misaligned, and in a page that is not there.
fn memory(form: &'static Form) -> Vec<Scene> {
    let Shape::Memory(size, mode) = form.shape else { return Vec::new() };
    if form.is_cache_operation() {
        return Vec::new();
    }
    let fields = Fields {
        n: 1,
        m: if matches!(mode, Mode::At('m') | Mode::PostInc('m') | Mode::Disp('m') | Mode::Indexed('m')) {
            1
        } else {
            2
        },
        ..Fields::default()
    };
    let fields = Fields { n: if fields.m == 1 { 2 } else { 1 }, ..fields };
    let word = form.encode(fields);
    let state = (if form.precision == Precision::Double { 1 << 19 } else { 0 })
        | (if form.transfer == Transfer::Pair { 1 << 20 } else { 0 });
    let point = move |e: &mut Emitter, address: u32| {
        fpscr(e, 0x0004_0000 | state);
        e.load(1, address);
        e.load(2, if mode == Mode::Pair { address } else { 34 });
        e.op("ldc Rm,GBR", 0, 1, 0);
        e.op("mov #I,Rn", 0, 0, 0);
        e.word(word);
        e.op("trapa #U", 0, 0, 7);
        e.pool();
    };
    let mut scenes = vec![scene(format!("{} in no page", form.text), move |e| {
        translate(e);
        e.pool_over();
        point(e, VIRTUAL + 0x40);
    })];
    if size.align() > 1 {
        scenes.push(scene(format!("{} misaligned", form.text), move |e| point(e, P1_WINDOW + 0x41)));
    }
    scenes
}

/// A floating-point form while SR.FD is set.
fn disabled(form: &'static Form) -> Scene {
    let word = form.encode(Fields { n: 2, m: 4, ..Fields::default() });
    let state = (if form.precision == Precision::Double { 1 << 19 } else { 0 })
        | (if form.transfer == Transfer::Pair { 1 << 20 } else { 0 });
    scene(format!("{} (SZ {}) with FD", form.text, state >> 20), move |e| {
        fpscr(e, 0x0004_0000 | state);
        e.load(2, P1_WINDOW + 8);
        e.load(4, P1_WINDOW + 8);
        e.load(3, SR | FD);
        e.op("ldc Rm,SR", 0, 3, 0);
        e.word(word);
        e.op("trapa #U", 0, 0, 8);
        e.pool();
    })
}
