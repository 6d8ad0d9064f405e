//! What moved between two kernels.

use std::collections::BTreeMap;
use std::fmt::Write;

use monitor_api::profile::{Profile, Type};

use crate::show::describe;

/// The differences of two profiles: types that appeared, vanished, or changed size, members that moved or changed type, variables that changed
/// type. Addresses of symbols always move and are only counted. Empty if nothing a monitor could notice differs.
pub fn diff(old: &Profile<'_>, new: &Profile<'_>) -> String {
    let mut text = String::new();
    let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) = (old.types().collect(), new.types().collect());
    for (name, ty) in &before {
        match after.get(name) {
            None => note(&mut text, format_args!("- type {name}")),
            Some(now) => members(&mut text, name, *ty, *now),
        }
    }
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        note(&mut text, format_args!("+ type {name}"));
    }
    let (mut moved, mut kept) = (0, 0);
    for symbol in old.symbols() {
        let Some(now) = new.symbol(symbol.name) else {
            note(&mut text, format_args!("- symbol {}", symbol.name));
            continue;
        };
        if now.address == symbol.address {
            kept += 1
        } else {
            moved += 1
        }
        let types = (symbol.ty.map(describe), now.ty.map(describe));
        if let (Some(was), Some(is)) = types
            && was != is
        {
            note(&mut text, format_args!("  symbol {}: {was} -> {is}", symbol.name));
        }
    }
    for symbol in new.symbols().filter(|symbol| old.symbol(symbol.name).is_none()) {
        note(&mut text, format_args!("+ symbol {}", symbol.name));
    }
    if moved > 0 {
        note(&mut text, format_args!("  {moved} symbols moved, {kept} did not"));
    }
    text
}

fn members(text: &mut String, name: &str, old: Type<'_>, new: Type<'_>) {
    if old.size() != new.size() {
        note(text, format_args!("  {name}: {} -> {} bytes", old.size(), new.size()));
    }
    for member in old.members() {
        let Some(now) = new.member(member.name()) else {
            note(text, format_args!("- {name}.{}", member.name()));
            continue;
        };
        if (now.offset, now.bits) != (member.offset, member.bits) {
            note(text, format_args!("  {name}.{}: offset {} -> {}", member.name(), member.offset, now.offset));
        }
        let (was, is) = (describe(member.ty), describe(now.ty));
        if was != is {
            note(text, format_args!("  {name}.{}: {was} -> {is}", member.name()));
        }
    }
    for member in new.members().filter(|member| old.member(member.name()).is_none()) {
        note(text, format_args!("+ {name}.{}", member.name()));
    }
}

fn note(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}
