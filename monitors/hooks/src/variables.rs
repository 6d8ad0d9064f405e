//! Function pointers in variables of known type.

use monitor_api::profile::{Kind, Type};
use monitor_api::{AccessError, Alarm, Finding, Name, View, VirtAddr};

use crate::{Image, POINTER, RESERVE};

/// Structures in structures that are looked into.
const DEPTH: u32 = 6;
/// Elements of an array that are looked at; longer arrays of structures with functions are per-CPU or hash tables.
const ELEMENTS: u64 = 256;

/// Notifiers in a chain.
const NOTIFIERS: u32 = 256;

/// Looks at the variables from number `from` on; gives the number to go on with when the budget is used up.
pub(crate) fn sweep(
    view: &View<'_>,
    image: &Image,
    from: u32,
    alarm: &mut Alarm<'_>,
) -> Result<Option<u32>, AccessError> {
    for (number, symbol) in (0u32..).zip(view.profile().symbols()).skip(from as usize) {
        let Some(ty) = symbol.ty else { continue };
        // What is in the text has digests; what was freed after the boot holds anything.
        if image.has_text(symbol.address) || !image.has_data(symbol.address) || freed(view, symbol.address) {
            continue;
        }
        if view.budget().left() < RESERVE + 4 * ty.size() {
            return Ok(Some(number));
        }
        look(view, image, (ty, symbol.address), DEPTH, symbol.name, alarm)?;
    }
    Ok(None)
}

/// True for variables of the boot.
fn freed(view: &View<'_>, at: VirtAddr) -> bool {
    let range = view.symbol("__init_begin").ok().zip(view.symbol("__init_end").ok());
    range.is_some_and(|(from, to)| (from..to).contains(&at))
}

fn look(
    view: &View<'_>,
    image: &Image,
    (ty, at): (Type<'_>, VirtAddr),
    depth: u32,
    name: &str,
    alarm: &mut Alarm<'_>,
) -> Result<(), AccessError> {
    match ty.kind() {
        Kind::Pointer(Some(target)) if matches!(target.kind(), Kind::Function) => {
            let function = view.pointer(at)?;
            if !image.has_code(function) {
                alarm.raise(Finding::new(POINTER, at).subject(Name::new(name)).values(0, function.get()));
            }
        }
        Kind::Pointer(Some(target)) if target.name() == "notifier_block" => notifiers(view, image, at, name, alarm)?,
        Kind::Struct if depth > 0 => {
            for member in ty.members() {
                let inner = at.checked_add(member.offset).ok_or(AccessError::Unmapped { address: at })?;
                look(view, image, (member.ty, inner), depth - 1, name, alarm)?;
            }
        }
        Kind::Array(element, count) if depth > 0 && matches!(element.kind(), Kind::Struct | Kind::Pointer(_)) => {
            for number in 0..count.min(ELEMENTS) {
                let inner = at.checked_add(number * element.size()).ok_or(AccessError::Unmapped { address: at })?;
                look(view, image, (element, inner), depth - 1, name, alarm)?;
            }
        }
        // Which member of a union holds is not known from outside.
        _ => {}
    }
    Ok(())
}

/// A chain of notifiers (include/linux/notifier.h), by where its first pointer is.
fn notifiers(
    view: &View<'_>,
    image: &Image,
    head: VirtAddr,
    name: &str,
    alarm: &mut Alarm<'_>,
) -> Result<(), AccessError> {
    let mut at = view.pointer(head)?;
    for _ in 0..NOTIFIERS {
        if at.get() == 0 {
            return Ok(());
        }
        let block = view.object("notifier_block", at)?;
        let function = block.pointer("notifier_call")?;
        if !image.has_code(function) {
            let place = block.field("notifier_call")?.address();
            alarm.raise(Finding::new(POINTER, place).subject(Name::new(name)).values(0, function.get()));
        }
        at = block.pointer("next")?;
    }
    Err(AccessError::TooLong { head, limit: NOTIFIERS })
}
