//! A profile as text.

use std::fmt::Write;

use anyhow::{Context, Result};
use monitor_api::profile::{Contents, Kind, Profile, Type};

/// What a profile holds, in a few lines.
pub fn show(profile: &Profile<'_>) -> String {
    let mut text = format!("{}\n", profile.banner().trim_end());
    let line = |text: &mut String, what: &str, value: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{what:<14}{value}");
    };
    line(
        &mut text,
        "build id",
        if profile.build_id().is_empty() { "none".to_owned() } else { profile.build_id().to_owned() },
    );
    line(&mut text, "size", format!("{} bytes", profile.size()));
    line(&mut text, "paging", format!("{:?}, pages of {} bytes", profile.paging(), 1u32 << profile.page_shift()));
    let typed = profile.symbols().filter(|symbol| symbol.ty.is_some()).count();
    line(&mut text, "symbols", format!("{}, {typed} of them variables of known type", profile.symbols().count()));
    line(&mut text, "named types", profile.types().count().to_string());
    for list in profile.lists() {
        line(&mut text, "list", format!("{}: {} by {}", list.head, list.element.name(), list.link));
    }
    for region in profile.regions() {
        let how = match region.contents {
            Contents::Bytes(_) => "word for word".to_owned(),
            Contents::Blocks(block, _) => format!("word for word, in blocks of {block} bytes"),
            Contents::Digests(block, digests) => format!("{} digests of {block} bytes", digests.len()),
        };
        line(&mut text, "region", format!("{} at {}, {} bytes, {how}", region.name, region.address, region.length));
    }
    text
}

/// What a profile says of one name: a type with its members, a symbol, an enumerator.
///
/// # Errors
/// When it knows nothing of that name.
pub fn show_name(profile: &Profile<'_>, name: &str) -> Result<String> {
    let mut text = String::new();
    if let Some(ty) = profile.ty(name) {
        let _ = writeln!(text, "{}, {} bytes", describe(ty), ty.size());
        for member in ty.members() {
            let bits = member.bits.map_or(String::new(), |(low, width)| format!(" bits {low}..{}", low + width));
            let _ = writeln!(text, "{:6} {:<28} {}{bits}", member.offset, member.name(), describe(member.ty));
        }
    }
    if let Some(symbol) = profile.symbol(name) {
        let ty = symbol.ty.map_or(String::new(), |ty| format!(", {}", describe(ty)));
        let _ = writeln!(text, "symbol at {}, {} bytes{ty}", symbol.address, symbol.size);
    }
    if let Some(value) = profile.enumerator(name) {
        let _ = writeln!(text, "enumerator {value}");
    }
    Some(text)
        .filter(|text| !text.is_empty())
        .with_context(|| format!("the profile has no type, symbol or enumerator {name}"))
}

/// A type in a few words.
pub(crate) fn describe(ty: Type<'_>) -> String {
    let name = if ty.name().is_empty() { "(unnamed)" } else { ty.name() };
    match ty.kind() {
        Kind::Opaque => format!("opaque {name}"),
        Kind::Unsigned => format!("u{}", 8 * ty.size()),
        Kind::Signed => format!("i{}", 8 * ty.size()),
        Kind::Pointer(None) => "pointer".to_owned(),
        // One step: structures point to each other in circles.
        Kind::Pointer(Some(target)) => match target.kind() {
            Kind::Pointer(_) => "pointer to pointer".to_owned(),
            Kind::Array(..) => "pointer to array".to_owned(),
            _ => format!("pointer to {}", describe(target)),
        },
        Kind::Array(element, count) => format!("{count} of {}", describe(element)),
        Kind::Struct => format!("struct {name}"),
        Kind::Union => format!("union {name}"),
        Kind::Enum => format!("enum {name}"),
        Kind::Function => "function".to_owned(),
    }
}
