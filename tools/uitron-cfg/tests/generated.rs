//! The generated C: compiled, run and read back on the host, and the errors that the C compiler finds in it.

mod common;

use common::configured;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use uitron_cfg::{Kind, System};

/// A folder of this crate or of the repository.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Runs the host's gcc, which Rust itself needs as a linker.
fn gcc(arguments: &[&str], files: &[&Path]) -> Output {
    let headers = [folder("tests/include"), folder("../../guests/toppers/include"), folder("tests/app")];
    let mut command = Command::new("gcc");
    command.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror"]).args(arguments);
    for header in &headers {
        command.arg("-I").arg(header);
    }
    command.args(files).env("LC_ALL", "C");
    command.output().expect("this test needs gcc on the host: apt-get install gcc libc6-dev")
}

/// Standard output of a run that must succeed.
fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The two files in a new folder.
fn generated(system: &System) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let cfg = dir.path().join("kernel_cfg.c");
    std::fs::write(dir.path().join("kernel_id.h"), system.kernel_id()).expect("written");
    std::fs::write(&cfg, system.kernel_cfg("kernel_cfg.c")).expect("written");
    (dir, cfg)
}

/// The application through the C preprocessor, as a build does it.
fn plant() -> System {
    let text = succeeded(gcc(&["-E", "-x", "c"], &[&folder("tests/app/plant.cfg")]));
    uitron_cfg::parse("plant.i", &text, &|_| Err(std::io::ErrorKind::NotFound.into()))
        .unwrap_or_else(|bad| panic!("{bad}"))
}

/// Expected values stand in plant.cfg and plant.h. Rounding: 1028 bytes of stack to eights is 1032; a block of 10 bytes to this
/// host's words of 8 is 16. Terminate routines come last defined first. A
/// mailbox without TA_MPRI has no greatest priority, and the tables promise the kernel one from 1.
#[test]
fn the_tables_say_what_the_application_says() {
    let (dir, cfg) = generated(&plant());
    let program = dir.path().join("print");
    let out = format!("-o{}", program.display());
    succeeded(gcc(&[&out], &[&cfg, &folder("tests/app/print.c")]));
    let printed = succeeded(Command::new(&program).output().expect("the program runs"));
    let expected = "root 1
tsk SHOW 0 7 show 5 1024 1 0 show_exception
tsk CONTROL 2 0 control 3 1032 1 0 none
order 1
order 2
sem LINE_SEM 1 0 1
flg EVENTS 4 3
dtq SAMPLES 0 4 1
dtq MEETING 0 0 0
mbx ORDERS 3 5
mbx NOTES 0 1
mpf BLOCKS 0 3 16 1
cyc BEAT 2 1 beat 2000 10
inh 0x720 line_handler
inh 0x400 clock_handler
exc 0xe0 address_handler
ini 1 plant_begin
ini 0 clock_begin
ter 0 clock_end
ter 2 plant_end
";
    assert_eq!(printed, expected);
}

#[test]
fn an_application_without_objects_compiles() {
    let (_dir, cfg) = generated(&configured("").unwrap_or_else(|bad| panic!("{bad}")));
    succeeded(gcc(&["-fsyntax-only"], &[&cfg]));
}

/// Many objects of every kind, numbered by hand from the end or named, from expressions that only the compiler knows.
#[test]
fn many_objects_compile() {
    let mut text = String::from("INCLUDE(\"\\\"many.h\\\"\");\n");
    for number in 1..=30 {
        let key = |kind: &str| if number <= 10 { (31 - number).to_string() } else { format!("{kind}{number}") };
        text += &format!("CRE_TSK({}, {{ WITH, (void *) {number}, f, PRI, SIZE, 0 }});\n", key("TASK"));
        text += &format!("CRE_SEM({}, {{ 0, NONE, {number} }});\n", key("SEM"));
        text += &format!("CRE_FLG({}, {{ 0, ~0u << {number} }});\n", key("FLG"));
        text += &format!("CRE_DTQ({}, {{ 0, {number} - ONE, NULL }});\n", key("DTQ"));
        text += &format!("CRE_MBX({}, {{ WITH, PRI, NULL }});\n", key("MBX"));
        text += &format!("CRE_MPF({}, {{ 0, SIZE, {number}, NULL }});\n", key("MPF"));
        text += &format!("CRE_CYC({}, {{ WITH, &data[{number}], f, SIZE, NONE }});\n", key("CYC"));
        text += &format!("DEF_TEX({}, {{ NONE, t }});\n", key("TASK"));
        text += &format!("DEF_INH(BASE + 0x20 * {number}, {{ NONE, h }});\n");
        text += &format!("DEF_EXC(BASE + 0x20 * {number}, {{ NONE, e }});\n");
        text += &format!("ATT_INI({{ NONE, &data[{number}], f }});\nVATT_TER({{ NONE, 0, f }});\n");
    }
    let (dir, cfg) = generated(&configured(&text).unwrap_or_else(|bad| panic!("{bad}")));
    let header = "#define WITH 2\n#define PRI (3 + 4)\n#define SIZE sizeof(data)\n#define NONE 0\n#define ONE 1\n#define BASE 0x400\n\
        static char data[300];\nvoid f(void *);\nvoid t(unsigned, void *);\nvoid h(void);\nvoid e(void *);\n";
    std::fs::write(dir.path().join("many.h"), header).expect("written");
    succeeded(gcc(&["-c", "-o", "/dev/null"], &[&cfg]));
}

/// What this program cannot know, the C compiler refuses with the line of the .cfg file.
#[test]
fn the_c_compiler_names_the_line_of_the_cfg() {
    let cases = [
        ("CRE_TSK(U, { 0, 0, f, PRI17, 512, NULL });", "CRE_TSK(U): itskpri must be UITRON_MIN_PRI to UITRON_MAX_PRI"),
        ("CRE_TSK(U, { 0, 0, f, 5, 100, NULL });", "CRE_TSK(U): stksz must be UITRON_MIN_STKSZ to INT32_MAX"),
        ("CRE_TSK(U, { PRI17, 0, f, 5, 512, NULL });", "CRE_TSK(U): tskatr has an attribute that is not supported"),
        ("CRE_SEM(S, { 0, PRI17, 1 });", "CRE_SEM(S): isemcnt must not be above maxsem"),
        ("CRE_MBX(M, { TA_MPRI, NOTHING, NULL });", "CRE_MBX(M): maxmpri must be 1 to UITRON_MAX_PRI with TA_MPRI"),
        ("CRE_CYC(C, { 0, 0, f, NOTHING, 0 });", "CRE_CYC(C): cyctim must be 1 to UITRON_MAX_RELTIM"),
        ("CRE_MPF(P, { 0, 1, NOTHING, NULL });", "CRE_MPF(P): blksz must be 1 to INT32_MAX"),
        ("CRE_MPF(P, { 0, MANY, 4, NULL });", "CRE_MPF(P): the pool must be smaller than 2 GiB"),
        ("DEF_INH(PRI17, { 0, h });", "DEF_INH(PRI17): no such inhno"),
        ("DEF_EXC(0x20, { 0, h });", "DEF_EXC(0x20): no such excno"),
        (
            "DEF_INH(LINE, { 0, h }); DEF_INH(0x720, { 0, h });",
            "DEF_INH(LINE) and DEF_INH(0x720) are for the same code",
        ),
        ("ATT_INI({ 0, 0, nobody });", "nobody"),
        ("CRE_TSK(U, { 0, 0, f, 5, size, NULL });", "not constant"),
    ];
    let header = "#define PRI17 17\n#define NOTHING 0\n#define LINE 0x720\n#define MANY 0x40000001\nvoid f(void *);\nvoid h(void);\nextern int size;\n";
    for (line, says) in cases {
        let text = format!("INCLUDE(\"\\\"case.h\\\"\");\n# 7 \"app/case.cfg\"\n\n{line}\n");
        let (dir, cfg) = generated(&configured(&text).unwrap_or_else(|bad| panic!("{bad}")));
        std::fs::write(dir.path().join("case.h"), header).expect("written");
        let output = gcc(&["-fsyntax-only"], &[&cfg]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "gcc accepts {line}");
        let error = errors.lines().find(|error| error.contains("error:") && error.contains(says));
        assert!(error.is_some_and(|error| error.starts_with("app/case.cfg:8:")), "{line}\n{errors}");
    }
}

/// Behind each `#line` the generated file goes on with its own numbers: an error in the middle must name its own line.
#[test]
fn lines_of_the_generated_file_are_its_own() {
    let text = plant().kernel_cfg("kernel_cfg.c");
    let mut seen = 0;
    for (index, line) in text.lines().enumerate() {
        if let Some(number) = line.strip_prefix("#line ").and_then(|rest| rest.strip_suffix(" \"kernel_cfg.c\"")) {
            // The directive in line `index + 1` speaks of the next.
            assert_eq!(number.parse::<usize>(), Ok(index + 2));
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

/// Macros of an application do not reach into the tables: these are names of fields.
#[test]
fn an_application_may_have_macros_named_like_fields() {
    let text = "INCLUDE(\"\\\"macros.h\\\"\"); CRE_TSK(A, { 0, 0, f, 5, 512, NULL }); CRE_SEM(S, { 0, 0, 1 });";
    let (dir, cfg) = generated(&configured(text).unwrap_or_else(|bad| panic!("{bad}")));
    let header = "void f(void *);\n#define task nonsense!\n#define maxsem nonsense!\n#define name nonsense!\n";
    std::fs::write(dir.path().join("macros.h"), header).expect("written");
    succeeded(gcc(&["-fsyntax-only"], &[&cfg]));
}

/// Exit code 1 and no files for a bad configuration.
#[test]
fn the_program_writes_both_files_or_a_picture() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| dir.path().join(name);
    let run = |text: &str| {
        std::fs::write(at("app.cfg"), text).expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_uitron-cfg"));
        command.arg(at("app.cfg")).arg("--id").arg(at("id.h")).arg("--cfg").arg(at("cfg.c"));
        command.output().expect("the program runs")
    };
    let bad = run("CRE_SEM(S, { 0, 2, 1 });");
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("app.cfg:1:"), "{bad:?}");
    assert!(!at("id.h").exists() && !at("cfg.c").exists(), "nothing is written from a bad file");
    succeeded(run("CRE_SEM(S, { 0, 1, 1 });"));
    assert!(std::fs::read_to_string(at("id.h")).expect("written").contains("#define S 1"));
    assert!(std::fs::read_to_string(at("cfg.c")).expect("written").contains("uitron_cfg_sem"));
}

/// Expressions of C without types whose width differs between this host and the target.
fn expression() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0u32..40).prop_map(|number| number.to_string()),
        any::<u32>().prop_map(|number| format!("{number:#x}")),
        (0u32..9).prop_map(|number| format!("{number}u")),
        (0u32..99).prop_map(|number| format!("0{number:o}")),
        Just("TMAX_TPRI".to_string()),
    ];
    let infix = prop::sample::select(
        &["+", "-", "*", "/", "%", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "^", "|", "&&", "||"][..],
    );
    let prefix = prop::sample::select(&["-", "+", "~", "!", "(int)", "(unsigned)", "(uint8_t)", "(short)"][..]);
    number.prop_recursive(5, 24, 2, move |inner| {
        prop_oneof![
            4 => (inner.clone(), infix.clone(), inner.clone()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
            1 => (prefix.clone(), inner.clone()).prop_map(|(sign, a)| format!("{sign} {a}")),
            2 => inner.prop_map(|a| format!("({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    /// Where this program knows a value, gcc computes the same. Without brackets around operands, so precedence is tried too.
    #[test]
    fn values_are_those_of_gcc(expressions in prop::collection::vec(expression(), 300)) {
        let calls: String = expressions.iter().map(|text| format!("ATT_INI({{ 0, {text}, f }});\n")).collect();
        let system = configured(&calls).unwrap_or_else(|bad| panic!("{bad}"));
        let mut text = String::from("#include <stdint.h>\n#define TMAX_TPRI 16\n");
        let mut known = 0;
        for routine in system.objects(Kind::Ini) {
            let exinf = routine.field("exinf").expect("the API has it");
            if let Some(value) = exinf.value {
                known += 1;
                text += &format!("_Static_assert((int64_t)({}) == {value}, \"{0}\");\n", exinf.text);
            }
        }
        prop_assert!(known > 50, "only {known} of 300 are known");
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("values.c");
        std::fs::write(&file, text).expect("written");
        succeeded(gcc(&["-fsyntax-only", "-w"], &[&file]));
    }
}
