//! What static APIs mean, by the rules of the uITRON4.0 specification and of JSP.

mod common;

use common::configured;
use uitron_cfg::{Kind, System};

fn system(text: &str) -> System {
    configured(text).unwrap_or_else(|bad| panic!("{bad}"))
}

fn numbers(system: &System, kind: Kind) -> Vec<(Option<&str>, u32)> {
    system.objects(kind).into_iter().map(|object| (object.name.as_deref(), object.number)).collect()
}

#[test]
fn names_get_numbers_in_order_of_definition() {
    let system = system("CRE_SEM(B, {0,0,1}); CRE_SEM(A, {0,0,1}); CRE_FLG(F, {0,0}); CRE_SEM(C, {0,0,1});");
    assert_eq!(numbers(&system, Kind::Sem), [(Some("B"), 1), (Some("A"), 2), (Some("C"), 3)]);
    assert_eq!(numbers(&system, Kind::Flg), [(Some("F"), 1)], "each kind counts by itself");
    let id = system.kernel_id();
    let defines: Vec<_> = id.lines().filter(|line| line.starts_with("#define") && !line.ends_with("_H")).collect();
    assert_eq!(defines, ["#define B 1", "#define A 2", "#define C 3", "#define F 1"]);
}

#[test]
fn explicit_numbers_are_kept_and_names_fill_the_rest() {
    let text = "CRE_TSK(A, {0, 0, f, 1, 512, NULL}); CRE_TSK(1, {0, 0, f, 2, 512, NULL}); CRE_TSK(B, {0, 0, f, 3, 512, NULL});";
    let system = system(text);
    assert_eq!(numbers(&system, Kind::Tsk), [(None, 1), (Some("A"), 2), (Some("B"), 3)]);
    // Activation goes by definition, not by number.
    assert_eq!(system.task_order(), [2, 1, 3]);
    assert!(!system.kernel_id().contains("#define 1"));
}

#[test]
fn a_task_exception_routine_may_come_before_its_task() {
    let system = system("DEF_TEX(B, { TA_HLNG, g }); CRE_TSK(A, {0,0,f,1,512,NULL}); CRE_TSK(B, {0,0,f,1,512,NULL});");
    let tex = system.objects(Kind::Tex);
    assert_eq!((tex.len(), tex[0].number), (1, 2));
    assert_eq!(tex[0].field("texrtn").map(|field| field.text.as_str()), Some("g"));
}

#[test]
fn expressions_survive_as_text_and_have_values_where_they_can() {
    let text = "CRE_TSK(A, { TA_HLNG|TA_ACT, (VP_INT) &device[2], /* who */ f, BASE_PRI\n+ 1, sizeof (struct s) * F(1, 2), ((void*)0) });";
    let system = system(text);
    let task = system.objects(Kind::Tsk)[0].clone();
    let field = |name: &str| task.field(name).map(|field| (field.text.clone(), field.value)).unwrap_or_default();
    assert_eq!(field("tskatr"), ("TA_HLNG|TA_ACT".into(), Some(2)));
    assert_eq!(field("exinf"), ("(VP_INT) &device[2]".into(), None));
    assert_eq!(field("task"), ("f".into(), None));
    assert_eq!(field("itskpri"), ("BASE_PRI + 1".into(), None));
    assert_eq!(field("stksz"), ("sizeof (struct s) * F(1, 2)".into(), None));
    assert_eq!(field("stk").1, Some(0));
    assert_eq!(task.field("nothing").map(|field| &field.text), None);
    assert_eq!((task.field("itskpri").map(|field| field.place.line), task.place.line), (Some(1), 1));
}

#[test]
fn headers_are_kept_once_in_order() {
    let system = system("INCLUDE(\"\\\"b.h\\\"\"); INCLUDE(\"<a.h>\"); INCLUDE(\"\\\"b.h\\\"\");");
    assert_eq!(system.includes, ["\"b.h\"", "<a.h>"]);
}

#[test]
fn handlers_and_routines_keep_their_order() {
    let text =
        "DEF_INH(0x420, {0, b}); DEF_INH(0x400, {0, a}); ATT_INI({0, 0, i}); ATT_INI({0, 0, i}); VATT_TER({0, 1, t});";
    let system = system(text);
    let codes: Vec<_> = system.objects(Kind::Inh).iter().filter_map(|object| object.code.clone()?.value).collect();
    assert_eq!(codes, [0x420, 0x400]);
    assert_eq!(system.objects(Kind::Ini).len(), 2, "the same routine may be attached twice");
    assert_eq!(system.objects(Kind::Ter)[0].field("terrtn").map(|field| field.text.as_str()), Some("t"));
}

#[test]
fn limits_themselves_are_legal() {
    let text = "CRE_TSK(A, {TA_HLNG, 0, f, 1, 1, NULL}); CRE_TSK(B, {0x102u, 0, f, 16, 0x7fffffff, 0});\n\
        CRE_SEM(S, {TA_TPRI, 0xffffffffu, 0xffffffffu}); CRE_DTQ(D, {TA_TPRI, 0, NULL}); CRE_MBX(M, {TA_TFIFO, 0, NULL});\n\
        CRE_MBX(N, {TA_TPRI|TA_MPRI, 16, NULL}); CRE_MPF(P, {TA_TPRI, 1, 1, NULL}); CRE_MPF(Q, {TA_TPRI, 0x1fffffff, 4, NULL}); CRE_FLG(F, {TA_TPRI|TA_CLR, ~0u});\n\
        CRE_CYC(C, {TA_STA, 0, f, 0x7fffffff, 0x7fffffff}); CRE_CYC(E, {TA_HLNG, 0, f, 1, 0});;\n";
    assert_eq!(system(text).objects(Kind::Tsk).len(), 2);
    assert_eq!(system("").objects(Kind::Tsk).len(), 0, "an application without anything is legal");
}
