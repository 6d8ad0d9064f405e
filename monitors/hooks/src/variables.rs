//! Function pointers in variables of known type.

use monitor_api::AccessError;

use crate::RESERVE;
use crate::check::{Check, DEPTH, Owner};

/// Looks at the variables from number `from` on; gives the number to go on with when the budget is used up.
pub(crate) fn sweep(check: &mut Check<'_, '_, '_>, from: u32) -> Result<Option<u32>, AccessError> {
    let view = check.view;
    for (number, symbol) in view.profile().symbols_from(from) {
        let Some(ty) = symbol.ty else { continue };
        // Text and read-only data have digests; what was freed after the boot holds anything.
        let image = &check.image;
        if image.is_digested(symbol.address)
            || !image.has_kernel_data(symbol.address)
            || image.was_freed(symbol.address)
        {
            continue;
        }
        if view.budget().left() < RESERVE + 4 * ty.size() {
            return Ok(Some(number));
        }
        check.look((ty, symbol.address), DEPTH, symbol.name, Owner::Anybody)?;
    }
    Ok(None)
}
