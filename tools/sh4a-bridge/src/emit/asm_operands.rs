//! Operand constraints of inline assembly.
//!
//! rustc allocates registers by the stand-in architecture's names. Its r0..r6 and r9..r13 have the same numbers on SH;
//! SH's r7 and r8 have no namesake and are reached as `r16` and `r17`.

use anyhow::{Context, Result, bail};

/// One operand of an assembly statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// An output: GCC constraint, and the register it must be in.
    Output { constraint: String, register: Option<String> },
    /// An input, likewise.
    Input { constraint: String, register: Option<String> },
    /// Something the text destroys.
    Clobber(String),
}

/// Parses LLVM's comma-separated list.
///
/// # Errors
/// For constraints that have no meaning on SH.
pub(super) fn parse(constraints: &str) -> Result<Vec<Operand>> {
    constraints.split(',').filter(|text| !text.is_empty()).map(operand).collect()
}

fn operand(text: &str) -> Result<Operand> {
    if let Some(clobber) = text.strip_prefix("~{") {
        return Ok(Operand::Clobber(clobber.trim_end_matches('}').to_owned()));
    }
    if let Some(rest) = text.strip_prefix('=') {
        let (early, rest) = rest.strip_prefix('&').map_or(("", rest), |rest| ("&", rest));
        let (class, register) = place(rest)?;
        return Ok(Operand::Output { constraint: format!("={early}{class}"), register });
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return Ok(Operand::Input { constraint: text.to_owned(), register: None });
    }
    if matches!(text, "i" | "s" | "n") {
        return Ok(Operand::Input { constraint: "i".into(), register: None });
    }
    let (class, register) = place(text)?;
    Ok(Operand::Input { constraint: class.into(), register })
}

fn place(text: &str) -> Result<(&'static str, Option<String>)> {
    if let Some(name) = text.strip_prefix('{') {
        return Ok(("r", Some(register(name.trim_end_matches('}'))?)));
    }
    match text {
        "r" => Ok(("r", None)),
        "f" => Ok(("f", None)),
        _ => bail!("assembly constraint `{text}` is not supported; use `reg`, a register r0..r6, r9..r13, or `sym`"),
    }
}

fn register(name: &str) -> Result<String> {
    let number: u32 = name
        .strip_prefix('r')
        .and_then(|n| n.parse().ok())
        .with_context(|| format!("register `{name}` is not one of SH's"))?;
    Ok(match number {
        0..=6 | 9..=13 => format!("r{number}"),
        16 => "r7".into(),
        17 => "r8".into(),
        _ => bail!(
            "register `{name}` is not one of SH's that assembly may name (r0..r6, r9..r13; r16 means r7, r17 means r8)"
        ),
    })
}

/// GCC's clobber list: what the operands say, and those registers that only particular words of the text can write.
/// The stand-in's status register, which rustc names unless the assembly `preserves_flags`, stands for the T bit, MACH
/// and MACL.
pub(super) fn clobbers(operands: &[Operand], text: &str) -> String {
    let mut list = Vec::new();
    for operand in operands {
        match operand {
            Operand::Clobber(name) if name == "psr" => list.extend(["t".to_owned(), "mach".into(), "macl".into()]),
            Operand::Clobber(name) if name == "memory" => list.push(name.clone()),
            Operand::Clobber(name) => list.push(register(name).unwrap_or_else(|_| name.clone())),
            _ => {}
        }
    }
    let words: Vec<String> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '.'))
        .map(str::to_ascii_lowercase)
        .collect();
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    // PR is written by calls and by loads that name it; FPUL only by instructions that name it.
    if has(&["jsr", "jsr/n", "bsr", "bsrf", "pr"]) {
        list.push("pr".into());
    }
    if has(&["fpul"]) {
        list.push("fpul".into());
    }
    list.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Operand, clobbers, parse};

    #[test]
    fn operands_keep_order_and_registers() {
        let operands = parse("=&r,={r0},r,{r4},0,~{memory}").expect("known constraints");
        assert_eq!(operands[1], Operand::Output { constraint: "=r".into(), register: Some("r0".into()) });
        assert_eq!(operands[3], Operand::Input { constraint: "r".into(), register: Some("r4".into()) });
        assert_eq!(operands[5], Operand::Clobber("memory".into()));
    }

    #[test]
    fn registers_that_sh_lacks_are_refused() {
        assert!(parse("={r20}").is_err());
        assert!(parse("=m").is_err());
    }

    #[test]
    fn calls_clobber_pr() {
        assert!(clobbers(&[], "jsr @r1\nnop").contains("\"pr\""));
        assert!(!clobbers(&[], "mov r1, r2").contains("\"pr\""));
    }
}
