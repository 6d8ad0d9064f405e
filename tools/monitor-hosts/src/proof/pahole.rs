//! A profile against what `pahole`, another reader of the same debug information, says.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use monitor_api::profile::{Profile, Type};
use provision::command;
use regex::Regex;

/// Structures that Linux 6.1 on SH itself has in two layouts. They are aligned to ARCH_DMA_MINALIGN, which `linux/cache.h` sets to 4 and
/// `asm/page.h` to 32: what a unit gets depends on which of them it includes first.
const TWO_LAYOUTS: [&str; 4] = ["crypto_tfm", "crypto_instance", "crypto_cipher", "crypto_comp"];

/// Compares offset and size of every member of every structure that pahole prints; gives how many were equal.
///
/// # Errors
/// When one differs, or when so few were compared that the comparison itself must be wrong.
pub fn compare(vmlinux: &Path, profile: Profile<'_>) -> Result<usize> {
    provision::host_packages(&["pahole"])?;
    let text = command::capture(Command::new("pahole").arg(vmlinux)).context("pahole")?;
    let place = Regex::new(r"^\t([^\t{}][^;{}]*);\s+/\*\s+(\d+)\s+(\d+)\s+\*/")?;
    let function = Regex::new(r"\(\*+\s*(\w+)(?:\[\d+\])*\)")?;
    let plain = Regex::new(r"(\w+)(?:\[\d*\])*$")?;
    let attribute = Regex::new(r"\s*__attribute__\(\(.*\)\)$")?;
    let begin = Regex::new(r"^(?:struct|union) (\w+) \{")?;
    let (mut current, mut equal): (Option<Type<'_>>, usize) = (None, 0);
    let mut wrong = Vec::new();
    for line in text.lines() {
        if let Some(found) = begin.captures(line) {
            current = profile.ty(&found[1]).filter(|ty| !TWO_LAYOUTS.contains(&ty.name()));
        } else if line.starts_with('}') {
            current = None;
        }
        // Members of inner structures are indented further; bit fields have their places in another form.
        let (Some(ty), Some(found)) = (current, place.captures(line)) else { continue };
        let declared = attribute.replace(&found[1], "");
        let name = function.captures(&declared).or_else(|| plain.captures(&declared));
        let name = name.with_context(|| format!("no name in pahole's {line:?}"))?;
        let (name, offset, size): (&str, u64, u64) =
            (name.get(1).map_or("", |name| name.as_str()), found[2].parse()?, found[3].parse()?);
        match ty.member(name) {
            Some(ours) if (ours.offset, ours.ty.size()) == (offset, size) => equal += 1,
            Some(ours) => wrong.push(format!(
                "{}.{name}: {} and {} bytes here, {offset} and {size} bytes by pahole",
                ty.name(),
                ours.offset,
                ours.ty.size()
            )),
            None => wrong.push(format!("{}.{name} is missing; pahole: {line}", ty.name())),
        }
    }
    ensure!(
        wrong.is_empty(),
        "{} members differ from pahole's:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    // A small Linux has some 1,400 structures with 8,000 members.
    ensure!(equal > 5000, "only {equal} members were compared");
    Ok(equal)
}
