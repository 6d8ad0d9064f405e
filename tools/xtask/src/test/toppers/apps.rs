//! Applications of somebody else: `cargo xtask guest toppers --app DIR` with folders outside the repository.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::run;
use crate::test::scene::judge;

/// Written as for TOPPERS/JSP: a header for .cfg and C alike, the kernel's and the generated header, the drivers' .cfg files.
const HEADER: &str = "#define MAIN_PRIORITY 5\n#define STACK_SIZE 1024\n#ifndef _MACRO_ONLY\n\
                      extern void main_task(VP_INT exinf);\nextern void cyclic_handler(VP_INT exinf);\n#endif\n";
const CFG: &str = "#define _MACRO_ONLY\n#include \"mine.h\"\nINCLUDE(\"\\\"mine.h\\\"\");\n\
     CRE_TSK(MAIN_TASK, { TA_HLNG|TA_ACT, (VP_INT) 7, main_task, MAIN_PRIORITY, STACK_SIZE, NULL });\n\
     CRE_SEM(SEM1, { TA_TFIFO, 0, 1 });\n\
     CRE_CYC(CYCHDR1, { TA_HLNG|TA_STA, 0, cyclic_handler, 2, 0 });\n\
     #include \"../systask/timer.cfg\"\n#include \"../systask/serial.cfg\"\n#include \"../systask/logtask.cfg\"\n";
const MAIN: &str = "#include <t_services.h>\n#include \"kernel_id.h\"\n#include \"mine.h\"\n\
     void cyclic_handler(VP_INT exinf)\n{\n    iact_tsk(MAIN_TASK);\n    isig_sem(SEM1);\n}\n\
     void main_task(VP_INT exinf)\n{\n    static int count;\n    syscall(wai_sem(SEM1));\n\
         if (++count < 10)\n        ext_tsk();\n\
         syslog(LOG_NOTICE, \"mine: %d times with %d\", count, (INT) exinf);\n    dly_tsk(50);\n    kernel_exit();\n}\n";

pub(super) fn a_folder_of_its_own() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mine = dir.path().join("mine");
    fs::create_dir(&mine)?;
    for (name, text) in [("mine.h", HEADER), ("mine.cfg", CFG), ("main.c", MAIN)] {
        fs::write(mine.join(name), text)?;
    }
    for board in ["rp1", "r2d"] {
        let out = dir.path().join(format!("{board}.elf"));
        let (good, said) = guest(&mine, board, Some(&out))?;
        ensure!(good && out.is_file(), "{said}");
        judge(&run::bare(board, &out, 1)?, &["mine: 10 times with 7"])?;
    }
    Ok(())
}

/// What a mistake is answered with.
pub(super) fn mistakes() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let folder = |name: &str, files: &[(&str, &str)]| -> Result<std::path::PathBuf> {
        let path = dir.path().join(name);
        fs::create_dir_all(&path)?;
        files.iter().try_for_each(|(name, text)| fs::write(path.join(name), text))?;
        Ok(path)
    };
    let main = ("main.c", "#include \"t_services.h\"\nvoid main_task(VP_INT exinf) { (void)exinf; }\n");
    let task = "CRE_TSK(A, { TA_HLNG, 0, main_task, 5, 512, NULL });\n";
    let with = |cfg: &str| folder("wrong", &[main, ("wrong.cfg", cfg)]);
    refused(&dir.path().join("nowhere"), "there is no folder")?;
    refused(&folder("empty", &[])?, "has no .cfg file")?;
    refused(&folder("two", &[("a.cfg", ""), ("b.cfg", "")])?, "name the application's two.cfg")?;
    refused(&folder("bare", &[("bare.cfg", task)])?, "has no .c file")?;
    refused(&with("\n\nCRE_TSK(A, { TA_HLNG, 0, main_task, 17, 512, NULL });\n")?, "wrong.cfg:3:")?;
    // Only the C compiler knows the value; its message names the line of the .cfg file too.
    let text = "#define STACK (100 + sizeof(int))\n\nCRE_TSK(A, { TA_HLNG, 0, main_task, 5, STACK, NULL });\n";
    refused(&with(text)?, "wrong.cfg:3:")?;
    refused(&with("#include \"nowhere.cfg\"\n")?, "wrong.cfg:1:")?;
    refused(&with("CRE_SEM(S, { TA_TFIFO, 2, 1 });\n")?, "isemcnt")?;
    refused(&with("CRE_TSK(A, { TA_HLNG, 0, nobody, 5, 512, NULL });\n")?, "nobody")?;
    let unknown = "#include \"t_services.h\"\nvoid main_task(VP_INT exinf) { (void)exinf; cre_tsk(1, 0); }\n";
    refused(&folder("unknown", &[("main.c", unknown), ("unknown.cfg", task)])?, "cre_tsk")?;
    let (good, said) = guest(&with(task)?, "sh2", None)?;
    ensure!(!good && said.contains("there is no board sh2"), "{said}");
    Ok(())
}

fn refused(app: &Path, expected: &str) -> Result<()> {
    let (good, said) = guest(app, "rp1", None)?;
    ensure!(!good, "accepted: {}", app.display());
    ensure!(said.contains("error") && said.contains(expected), "no {expected:?} in: {said}");
    ensure!(!said.contains("panicked"), "{said}");
    Ok(())
}

/// `cargo xtask guest toppers`, as from the command line.
fn guest(app: &Path, board: &str, out: Option<&Path>) -> Result<(bool, String)> {
    let mut command = Command::new(std::env::current_exe().context("where is xtask?")?);
    command.args(["guest", "toppers", "--board", board, "--app"]).arg(app);
    if let Some(out) = out {
        command.arg("--out").arg(out);
    }
    let output = command.output().context("xtask does not start")?;
    Ok((output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()))
}
