//! One bad file a rule: the line, the message, the cure.

mod common;

use common::configured;
use std::path::Path;
use uitron_cfg::{BadConfiguration, Kind};

/// A text whose only problem is in line 2, because every text begins with a line that is right.
struct Case {
    text: &'static str,
    says: &'static str,
    cure: &'static str,
}

const fn case(text: &'static str, says: &'static str, cure: &'static str) -> Case {
    Case { text, says, cure }
}

const FIRST: &str = "CRE_TSK(T, { TA_HLNG, 0, f, 5, 512, NULL });\n";

const CASES: &[Case] = &[
    // Characters.
    case("/* no end\n", "comment is never closed", "`*/`"),
    case("; \"no end", "quote is never closed", "closing quote"),
    case("@", "`@` means nothing", "remove it"),
    case("#ifdef DEBUG", "`#ifdef` is a job for the C preprocessor", "gcc -E"),
    // Form.
    case("CRE_SEM S, { TA_TPRI, 0, 1 });", "`S` does not belong here", "write `(` here"),
    case("CRE_SEM(S, { TA_TPRI, 0, 1 };", "`;` does not belong here", "`,` or `)`"),
    case("CRE_SEM(S, { TA_TPRI, 0, 1 );", "`)` does not belong here", "`,` or `}`"),
    case("CRE_SEM(S, { TA_TPRI, (0, 1 });", "`}` does not belong here", "write `)` here"),
    case("CRE_SEM(S, { TA_TPRI, a[0, 1 });", "`}` does not belong here", "write `]` here"),
    case("CRE_SEM(S, { TA_TPRI, , 1 });", "`,` does not belong here", "an expression"),
    case("CRE_SEM(S, { TA_TPRI, 0, 1 })", "`;` is missing behind CRE_SEM", "`);`"),
    case("CRE_SEM(S, { TA_TPRI, 0,", "the file ends inside a static API", "an expression"),
    case("7;", "`7` does not belong here", "the name of a static API"),
    // Names of APIs.
    case("CRE_TKS(T2, { TA_HLNG, 0, f, 5, 512, NULL });", "unknown static API `CRE_TKS`", "did you mean CRE_TSK?"),
    case("cre_sem(S, { TA_TPRI, 0, 1 });", "unknown static API `cre_sem`", "did you mean CRE_SEM?"),
    case("MAKE_LOVE(S);", "unknown static API `MAKE_LOVE`", "known are CRE_TSK, "),
    case("CRE_MTX(M, { TA_CEILING, 1 });", "CRE_MTX is not supported", "use a semaphore"),
    case("VATT_TRW(T, { 1, 2 });", "VATT_TRW is not supported", "watches"),
    // Arguments.
    case(
        "CRE_SEM({ TA_TPRI, 0, 1 });",
        "CRE_SEM has other arguments",
        "write CRE_SEM(semid, { sematr, isemcnt, maxsem });",
    ),
    case("CRE_SEM(S, TA_TPRI, 0, 1);", "CRE_SEM has other arguments", "{ sematr"),
    case("CRE_SEM();", "CRE_SEM has other arguments", "write CRE_SEM("),
    case("ATT_INI(1, { TA_HLNG, 0, f });", "ATT_INI has other arguments", "write ATT_INI({ iniatr, exinf, inirtn });"),
    case("CRE_SEM(S, { TA_TPRI, 0 });", "CRE_SEM has 2 values in braces instead of 3", "maxsem"),
    case("CRE_SEM(S, { });", "CRE_SEM has 0 values in braces instead of 3", "maxsem"),
    case(
        "CRE_TSK(U, { TA_HLNG, 0, f, 5, 512, NULL, 0 });",
        "CRE_TSK has 7 values in braces instead of 6",
        "stksz, stk }",
    ),
    case("INCLUDE(header);", "INCLUDE takes one string", "INCLUDE(\"\\\"header.h\\\"\")"),
    case("INCLUDE(\"header.h\");", "neither a header nor a .cfg file: `header.h`", "INCLUDE(\"\\\"header.h\\\"\")"),
    case("INCLUDE(\"more.cfg\");", "`more.cfg` cannot be read", "relative to the folder"),
    // Memory is the configurator's.
    case("CRE_TSK(U, { TA_HLNG, 0, f, 5, 512, my_stack });", "CRE_TSK: stk must be NULL", "write NULL"),
    case("CRE_DTQ(D, { TA_TFIFO, 4, my_queue });", "CRE_DTQ: dtq must be NULL", "write NULL"),
    case("CRE_MBX(M, { TA_TFIFO, 1, heads });", "CRE_MBX: mprihd must be NULL", "write NULL"),
    case("CRE_MPF(P, { TA_TFIFO, 4, 8, (VP) 0x8c000000 });", "CRE_MPF: mpf must be NULL", "write NULL"),
    // Functions.
    case("CRE_TSK(U, { TA_HLNG, 0, NULL, 5, 512, NULL });", "CRE_TSK: task is no function", "name a function"),
    case("ATT_INI({ TA_HLNG, 0, 0 });", "ATT_INI: inirtn is no function", "name a function"),
    case(
        "CRE_SEM(beat, {0, 0, 1}); ATT_INI({ 0, 0, beat });",
        "`beat` is a name already, of the semaphore at app.cfg:2:1",
        "another name",
    ),
    // Attributes.
    case("CRE_TSK(U, { TA_ASM, 0, f, 5, 512, NULL });", "CRE_TSK(U): TA_ASM is not supported", "TA_HLNG"),
    case("CRE_TSK(U, { TA_ACT | 1, 0, f, 5, 512, NULL });", "CRE_TSK(U): TA_ASM is not supported", "TA_HLNG"),
    case("CRE_TSK(U, { TA_ASM | MINE, 0, f, 5, 512, NULL });", "CRE_TSK(U): TA_ASM is not supported", "TA_HLNG"),
    case("DEF_TEX(T, { TA_ASM, g });", "DEF_TEX(T): TA_ASM is not supported", "TA_HLNG"),
    case("CRE_CYC(C, { TA_ASM, 0, f, 10, 0 });", "CRE_CYC(C): TA_ASM is not supported", "TA_HLNG"),
    case("CRE_CYC(C, { TA_PHS, 0, f, 10, 0 });", "CRE_CYC(C): TA_PHS is not supported", "sta_cyc"),
    case("DEF_INH(0x400, { TA_ASM, f });", "DEF_INH(0x400): TA_ASM is not supported", "TA_HLNG"),
    case("DEF_EXC(0x0e0, { TA_ASM, f });", "DEF_EXC(0x0e0): TA_ASM is not supported", "TA_HLNG"),
    case("ATT_INI({ TA_ASM, 0, f });", "ATT_INI(1): TA_ASM is not supported", "TA_HLNG"),
    case("VATT_TER({ TA_ASM, 0, f });", "VATT_TER(1): TA_ASM is not supported", "TA_HLNG"),
    case("CRE_FLG(F, { TA_WMUL, 0 });", "CRE_FLG(F): TA_WMUL is not supported", "TA_WSGL"),
    case("CRE_SEM(S, { 8, 0, 1 });", "CRE_SEM(S): sematr has bits 0x8 that mean nothing", "inside 0x1"),
    case("DEF_INH(0x400, { 2, f });", "inhatr has bits 0x2 that mean nothing", "use TA_HLNG"),
    // Numbers.
    case("CRE_TSK(U, { TA_HLNG, 0, f, 0, 512, NULL });", "CRE_TSK(U): itskpri is 0", "1 to 16"),
    case("CRE_TSK(U, { TA_HLNG, 0, f, TMAX_TPRI + 1, 512, NULL });", "CRE_TSK(U): itskpri is 17", "1 to 16"),
    case("CRE_TSK(U, { TA_HLNG, 0, f, 5, 0, NULL });", "CRE_TSK(U): stksz is 0", "1 to 2147483647"),
    case("CRE_TSK(U, { TA_HLNG, 0, f, 5, 0xffffffff, NULL });", "CRE_TSK(U): stksz is 4294967295", "1 to 2147483647"),
    case("CRE_SEM(S, { TA_TPRI, -1, 1 });", "CRE_SEM(S): isemcnt is -1", "0 or more"),
    case("CRE_SEM(S, { TA_TPRI, 0, 0 });", "CRE_SEM(S): maxsem is 0", "1 or more"),
    case("CRE_SEM(S, { TA_TPRI, 3, 2 });", "CRE_SEM(S): isemcnt 3 is above maxsem 2", "raise maxsem"),
    case("CRE_DTQ(D, { TA_TFIFO, -4, NULL });", "CRE_DTQ(D): dtqcnt is -4", "0 to 536870911"),
    case("CRE_MBX(M, { TA_MPRI, 17, NULL });", "CRE_MBX(M): maxmpri is 17", "0 to 16"),
    case("CRE_MBX(M, { TA_MPRI, 0, NULL });", "CRE_MBX(M): TA_MPRI, but no message priority", "1 to 16"),
    case("CRE_MPF(P, { TA_TFIFO, 0, 8, NULL });", "CRE_MPF(P): blkcnt is 0", "1 or more"),
    case("CRE_MPF(P, { TA_TFIFO, 8, 0, NULL });", "CRE_MPF(P): blksz is 0", "1 to 2147483647"),
    // 0x40000001 blocks of one word: the bytes are 4 modulo 2^32.
    case("CRE_MPF(P, { 0, 0x40000001, 4, NULL });", "CRE_MPF(P): the pool is larger than 2 GiB", "lower blkcnt"),
    case("CRE_CYC(C, { TA_STA, 0, f, 0, 0 });", "CRE_CYC(C): cyctim is 0", "1 to 2147483647"),
    case("CRE_CYC(C, { TA_STA, 0, f, 0x80000000, 0 });", "CRE_CYC(C): cyctim is 2147483648", "1 to 2147483647"),
    case("CRE_CYC(C, { TA_STA, 0, f, 1, -1 });", "CRE_CYC(C): cycphs is -1", "0 to 2147483647"),
    case("DEF_INH(0x401, { TA_HLNG, f });", "inhno is not a multiple of 0x20", "INTEVT"),
    case("DEF_EXC(-32, { TA_HLNG, f });", "excno is not a multiple of 0x20", "EXPEVT"),
    // Identity.
    case("CRE_TSK(T, { TA_HLNG, 0, f, 5, 512, NULL });", "`T` is defined twice, first at app.cfg:1:9", "its own name"),
    case("CRE_SEM(T, { TA_TPRI, 0, 1 });", "`T` is defined twice, first at app.cfg:1:9", "its own name"),
    case(
        "CRE_SEM(1, {0, 0, 1}); CRE_SEM(1, {0, 0, 1});",
        "semaphore 1 is defined twice, first at app.cfg:2:9",
        "its own",
    ),
    case("CRE_SEM(2, {0, 0, 1});", "there is semaphore 2, but no semaphore 1", "without holes"),
    case("CRE_SEM(0, {0, 0, 1});", "`0` is neither a name nor a number from 1", "give the semaphore a name"),
    case("CRE_SEM(S + 1, {0, 0, 1});", "`S + 1` is neither a name nor a number", "give the semaphore a name"),
    case("DEF_TEX(U, { TA_HLNG, g });", "there is no task `U`", "did you mean T?"),
    case("DEF_TEX(TASKS, { TA_HLNG, g });", "there is no task `TASKS`", "create the task"),
    case("DEF_TEX(2, { TA_HLNG, g });", "there is no task `2`", ""),
    case(
        "DEF_TEX(T, {0, g}); DEF_TEX(1, {0, g});",
        "task 1 has an exception routine already, at app.cfg:2:9",
        "remove",
    ),
    case("DEF_INH(LINE, {0, g}); DEF_INH(LINE, {0, h});", "inhno LINE has a handler already, at app.cfg:2:9", "remove"),
    case(
        "DEF_INH(0x400, {0, g}); DEF_INH(1024, {0, h});",
        "inhno 1024 has a handler already, at app.cfg:2:9",
        "remove",
    ),
    case("DEF_EXC(0x0e0, {0, g}); DEF_EXC(224, {0, h});", "excno 224 has a handler already, at app.cfg:2:9", "remove"),
];

fn refused(text: &str) -> BadConfiguration {
    match configured(text) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(bad) => bad,
    }
}

#[test]
fn each_rule_names_line_message_and_cure() {
    for case in CASES {
        let bad = refused(&format!("{FIRST}{}", case.text));
        assert_eq!(bad.number(), 1, "{bad}");
        let problem = &bad.problems()[0];
        assert_eq!((problem.place.file.as_str(), problem.place.line), ("app.cfg", 2), "{bad}");
        assert!(problem.message.contains(case.says), "{bad}\nwanted: {}", case.says);
        assert!(problem.cure.contains(case.cure), "{bad}\nwanted: {}", case.cure);
        assert!(bad.picture().contains("[app.cfg:2:"), "{}", bad.picture());
    }
}

#[test]
fn columns_point_at_what_is_wrong() {
    let bad = refused("CRE_SEM(ä, { TA_TPRI, 5, 1 });\n");
    let columns: Vec<_> = bad.problems().iter().map(|problem| problem.place.column).collect();
    // The letter itself, and the comma behind it where an expression should be: columns count characters, not bytes.
    assert_eq!(columns, [9, 10], "{bad}");
    let bad = refused("  CRE_SEM(S, { TA_TPRI,\n    5, 1 });\n");
    assert_eq!((bad.problems()[0].place.line, bad.problems()[0].place.column), (2, 5), "{bad}");
}

#[test]
fn all_problems_come_at_once() {
    let bad = refused(
        "CRE_TSK(A, { TA_ASM, 0, NULL, 0, 512, mine });\nCRE_SEM(B, { TA_TPRI, 0, };\nCRE_SEM(C { TA_TPRI, 0, 1 })\n\
         CRE_FLG(D, { TA_WMUL, 0 });\nBAD(1);\n",
    );
    let lines: Vec<_> = bad.problems().iter().map(|problem| problem.place.line).collect();
    assert_eq!(lines, [1, 1, 1, 1, 2, 3, 4, 5], "{bad}");
    let many = refused(&"@ ".repeat(1000));
    assert_eq!((many.number(), many.problems().len()), (1000, 100));
    assert!(many.to_string().starts_with("app.cfg: 1000 problems, the first 100 of them:"), "{many}");
}

#[test]
fn line_markers_lead_back_to_the_file_that_was_written() {
    let text = "# 1 \"app/plant.cfg\"\n# 1 \"<built-in>\" 1\n# 7 \"app/plant.cfg\" 2\n\nCRE_SEM(S, { 0, 2, 1 });\n\
                #line 40 \"a \\\"b\\\\c.cfg\"\nCRE_SEM(U, { 0,\n 3, 1 });\n# 90\r\nCRE_SEM(V, { 0, 4, 1 });\n";
    let bad = refused(text);
    let places: Vec<_> =
        bad.problems().iter().map(|problem| (problem.place.file.as_str(), problem.place.line)).collect();
    assert_eq!(places, [("app/plant.cfg", 8), ("a \"b\\c.cfg", 41), ("a \"b\\c.cfg", 90)], "{bad}");
    let picture = bad.picture();
    assert!(picture.contains("[app/plant.cfg:8:") && picture.contains("8 │ CRE_SEM(S, { 0, 2, 1 });"), "{picture}");
}

#[test]
fn included_files_are_read_beside_their_file_and_named() {
    let read = |path: &Path| match path.to_str() {
        Some("app/parts/one.cfg") => Ok(b"INCLUDE(\"two.cfg\"); CRE_SEM(ONE, { 0, 0, 1 });".to_vec()),
        Some("app/parts/two.cfg") => Ok(b"\xef\xbb\xbf// \xa4\xa2 EUC-JP\nCRE_SEM(TWO, { 0, 0, 1 });".to_vec()),
        Some("app/loop.cfg") => Ok(b"INCLUDE(\"loop.cfg\"); INCLUDE(\"loop.cfg\");".to_vec()),
        Some("app/wrong.cfg") => Ok(b"\nCRE_SEM(S, { 0, 0, 0 });".to_vec()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let text = "INCLUDE(\"parts/one.cfg\"); CRE_SEM(ZERO, { 0, 0, 1 });";
    let system = uitron_cfg::parse("app/app.cfg", text, &read).unwrap_or_else(|bad| panic!("{bad}"));
    let names: Vec<_> = system.objects(Kind::Sem).iter().filter_map(|object| object.name.clone()).collect();
    assert_eq!(names, ["TWO", "ONE", "ZERO"], "an included file stands where its INCLUDE stands");
    let bad = uitron_cfg::parse("app/app.cfg", "INCLUDE(\"loop.cfg\");", &read).expect_err("a loop");
    assert_eq!(bad.number(), 1, "{bad}");
    assert!(bad.to_string().contains("more than 16 files deep; see whether a file includes itself"), "{bad}");
    let bad = uitron_cfg::parse("app/app.cfg", "INCLUDE(\"wrong.cfg\");", &read).expect_err("maxsem 0");
    assert!(bad.to_string().contains("app/wrong.cfg:2:"), "{bad}");
}

#[test]
fn a_missing_file_is_a_message() {
    let bad = uitron_cfg::load(Path::new("no/such.cfg")).expect_err("no file");
    assert!(bad.to_string().contains("no/such.cfg:1:1: the file cannot be read"), "{bad}");
    assert!(bad.picture().contains("check its name"), "{}", bad.picture());
}
