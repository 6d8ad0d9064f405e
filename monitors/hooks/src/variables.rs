//! Function pointers in variables of known type.

use monitor_api::{AccessError, View, VirtAddr};

use crate::RESERVE;
use crate::check::{Check, DEPTH, Owner};

/// Looks at the variables from number `from` on; gives the number to go on with when the budget is used up.
pub(crate) fn sweep(check: &mut Check<'_, '_, '_>, from: u32) -> Result<Option<u32>, AccessError> {
    let view = check.view;
    for (number, symbol) in (0u32..).zip(view.profile().symbols()).skip(from as usize) {
        let Some(ty) = symbol.ty else { continue };
        // Text and read-only data have digests; what was freed after the boot holds anything.
        let image = &check.image;
        if image.is_digested(symbol.address) || !image.has_kernel_data(symbol.address) || freed(view, symbol.address) {
            continue;
        }
        if view.budget().left() < RESERVE + 4 * ty.size() {
            return Ok(Some(number));
        }
        check.look((ty, symbol.address), DEPTH, symbol.name, Owner::Anybody)?;
    }
    Ok(None)
}

/// True for variables of the boot.
fn freed(view: &View<'_>, at: VirtAddr) -> bool {
    let range = view.symbol("__init_begin").ok().zip(view.symbol("__init_end").ok());
    range.is_some_and(|(from, to)| (from..to).contains(&at))
}
