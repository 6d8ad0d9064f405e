//! What the bridge does not know is an error with function and source line; each class of it has its cases here.
//!
//! The IR is text, because rustc writes hardly any of it; reading it takes rustc's own libLLVM and no SH-4A tool.

use std::sync::Once;

use sh4a_bridge::emit::{Options, translate};
use sh4a_bridge::llvm::{self, Unit};

/// The data layout of the target specification.
const LAYOUT: &str = "e-m:e-S32-p:32:32-i32:32:32-i64:32:32-f32:32:32-f64:32:32-v64:32:32-v128:32:32-a:0:32-Fi32-n32";

/// The function begins in line 7 of its source; its instructions are those of line 42.
const DEBUG: &str = r#"
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!1}
!0 = distinct !DICompileUnit(language: DW_LANG_Rust, file: !2, emissionKind: LineTablesOnly)
!1 = !{i32 2, !"Debug Info Version", i32 3}
!2 = !DIFile(filename: "src/odd.rs", directory: "")
!3 = !DISubroutineType(types: !{})
!4 = distinct !DISubprogram(name: "odd", scope: !2, file: !2, line: 7, type: !3, unit: !0, spFlags: DISPFlagDefinition)
!5 = !DILocation(line: 42, scope: !4)
"#;

fn translated(module: &str) -> anyhow::Result<String> {
    static LOADED: Once = Once::new();
    LOADED.call_once(|| llvm::load(&llvm::find().expect("rustc's LLVM")).expect("LLVM loads"));
    let text = format!("target datalayout = \"{LAYOUT}\"\n{module}{DEBUG}");
    let unit = Unit::link("test", &[("odd.ll".to_owned(), text.into_bytes())])?;
    translate(unit, &Options { lines: true, trap_unreachable: false, trap_unknown: false })
}

/// The message for a function `odd` with these parameters and this body; `!!` stands for the debug location.
fn refused(outside: &str, parameters: &str, body: &str) -> String {
    let body = body.replace("!!", ", !dbg !5");
    // A personality belongs behind the parameters.
    let (parameters, personality) = parameters.split_once(" with ").unwrap_or((parameters, ""));
    let module = format!("{outside}\ndefine void @odd({parameters}) {personality} !dbg !4 {{\n{body}\nret void\n}}\n");
    match translated(&module) {
        Ok(_) => panic!("the bridge took `{body}`"),
        Err(error) => format!("{error:#}"),
    }
}

/// Outside of the function, its parameters, its body, and the reason that the message must give.
type Case = (&'static str, &'static str, &'static str, &'static str);

fn check(cases: &[Case]) {
    for (outside, parameters, body, reason) in cases {
        let message = refused(outside, parameters, body);
        for part in ["`odd`", "src/odd.rs:42", reason] {
            assert!(message.contains(part), "no {part:?} for `{body}` in: {message}");
        }
    }
}

#[test]
fn what_is_known_passes() {
    let body = "%a = load i32, ptr %p, !dbg !5\n%b = add i32 %a, 1, !dbg !5\nstore i32 %b, ptr %p, !dbg !5\nret void";
    let c = translated(&format!("define void @odd(ptr %p) !dbg !4 {{\n{body}\n}}\n")).expect("plain code");
    assert!(c.contains("#line 42 \"src/odd.rs\""), "{c}");
}

#[test]
fn unknown_instructions() {
    check(&[
        ("", "ptr %l", "%a = va_arg ptr %l, i32!!", "VaArg"),
        ("", "ptr %p", "%a = addrspacecast ptr %p to ptr addrspace(1)!!", "AddrSpaceCast"),
        ("", "ptr %p", "%a = atomicrmw uinc_wrap ptr %p, i32 3 seq_cst!!", "atomicrmw"),
        ("", "ptr %p", "%a = atomicrmw fadd ptr %p, float 1.0 seq_cst!!", "atomic"),
        ("", "ptr %p", "indirectbr ptr %p, [label %x]!!\nx:", "IndirectBr"),
        ("", "ptr %p", "musttail call void %p(ptr %p)!!", "tail call"),
        ("", "i32 %n", "%a = alloca i8, i32 %n!!", "variable size"),
        (
            "declare i32 @f()\ndeclare i32 @personality()",
            " with personality ptr @personality",
            "%a = invoke i32 @f() to label %x unwind label %y!!\ny:\n%l = landingpad { ptr, i32 } cleanup\nunreachable\nx:",
            "Invoke",
        ),
        ("", "", "callbr void asm sideeffect \"\", \"\"() to label %x []!!\nx:", "CallBr"),
    ]);
}

#[test]
fn unknown_intrinsics() {
    let unknown = "is not known to the bridge";
    check(&[
        ("declare i64 @llvm.readcyclecounter()", "", "%a = call i64 @llvm.readcyclecounter()!!", unknown),
        ("declare void @llvm.va_start.p0(ptr)", "ptr %p, ...", "call void @llvm.va_start.p0(ptr %p)!!", unknown),
        ("declare ptr @llvm.stacksave.p0()", "", "%a = call ptr @llvm.stacksave.p0()!!", unknown),
        ("declare float @llvm.sinh.f32(float)", "float %x", "%a = call float @llvm.sinh.f32(float %x)!!", unknown),
        (
            "declare void @llvm.memcpy.element.unordered.atomic.p0.p0.i32(ptr, ptr, i32, i32)",
            "ptr %p",
            "call void @llvm.memcpy.element.unordered.atomic.p0.p0.i32(ptr align 4 %p, ptr align 4 %p, i32 4, i32 4)!!",
            unknown,
        ),
        (
            "declare void @llvm.memset.p0.i32(ptr, i8, i32, i1)",
            "ptr %p",
            "call void @llvm.memset.p0.i32(ptr %p, i8 0, i32 4, i1 true)!!",
            "volatile memset",
        ),
        (
            "declare i8 @llvm.sshl.sat.i8(i8, i8)",
            "i8 %a",
            "%b = call i8 @llvm.sshl.sat.i8(i8 %a, i8 1)!!",
            "saturating",
        ),
        (
            "declare { i48, i1 } @llvm.uadd.with.overflow.i48(i48, i48)",
            "i48 %a",
            "%b = call { i48, i1 } @llvm.uadd.with.overflow.i48(i48 %a, i48 1)!!",
            "48 bits",
        ),
        (
            "declare <4 x i32> @llvm.umin.v4i32(<4 x i32>, <4 x i32>)",
            "ptr %p",
            "%v = load <4 x i32>, ptr %p!!\n%w = call <4 x i32> @llvm.umin.v4i32(<4 x i32> %v, <4 x i32> %v)!!",
            unknown,
        ),
    ]);
}

#[test]
fn unknown_types() {
    check(&[
        ("", "ptr %p", "%a = load half, ptr %p!!", "half"),
        ("", "ptr %p", "%a = load fp128, ptr %p!!", "fp128"),
        ("", "ptr %p", "%a = load i200, ptr %p!!", "200 bits"),
        ("", "ptr %p", "%a = load <vscale x 4 x i32>, ptr %p!!", "vscale"),
        ("", "ptr %p", "%a = load [65 x i32], ptr %p!!", "too large"),
        ("", "ptr %p", "%a = load atomic i64, ptr %p seq_cst, align 8!!", "atomic access to `i64`"),
        ("", "ptr %p", "store half 0xH3C00, ptr %p!!", "half"),
        ("", "ptr %p", "%a = load <4 x i32>, ptr %p!!\n%b = add <4 x i32> %a, %a!!", "vector operations"),
    ]);
}

#[test]
fn unknown_assembly() {
    check(&[("", "ptr %p", "call void asm sideeffect \"nop\", \"m\"(i32 1)!!", "constraint `m`")]);
}

/// A signature has no line of its own where it is only declared; the message then names the function.
#[test]
fn aggregates_by_value_in_extern_c() {
    let crosses = "an aggregate crosses `extern \"C\"` by value";
    for declaration in [
        "declare void @foreign([4 x i32])",
        "declare { i32, i32 } @foreign()",
        "declare void @foreign(ptr byval([16 x i8]))",
        "declare void @foreign(ptr sret([16 x i8]))",
    ] {
        let message = refused(declaration, "ptr %p", "store ptr @foreign, ptr %p!!");
        assert!(message.contains("function `foreign`") && message.contains(crosses), "{declaration}: {message}");
    }
    let exported = "define void @odd({ i32, i32 } %a) !dbg !4 {\nret void\n}\n";
    let message = format!("{:#}", translated(exported).expect_err("an exported function with such a parameter"));
    assert!(message.contains("`odd` at src/odd.rs:7") && message.contains(crosses), "{message}");
    check(&[("", "ptr %f", "call void %f(ptr byval([16 x i8]) %f)!!", crosses)]);
}

#[test]
fn unknown_statics_are_named() {
    for (module, parts) in [
        ("@odd = thread_local global i32 1", ["static `odd`", "thread-local"]),
        ("@odd = appending global [1 x i32] zeroinitializer", ["odd", "linkage Appending"]),
        (
            "define void @f() {\nret void\n}\n@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] \
             [{ i32, ptr, ptr } { i32 1, ptr @f, ptr null }]",
            ["constructors", "not supported"],
        ),
        ("define ptr @r() {\nret ptr null\n}\n@odd = ifunc void (), ptr @r", ["ifunc", "not supported"]),
    ] {
        let message = format!("{:#}", translated(module).err().unwrap_or_else(|| panic!("the bridge took {module}")));
        assert!(parts.iter().all(|part| message.contains(part)), "{module}: {message}");
    }
}
