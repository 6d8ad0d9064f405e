//! Function pointers in variables of known type.

use monitor_api::AccessError;

use crate::RESERVE;
use crate::check::{Check, DEPTH, Owner};

/// Looks at the variables from number `from` on; gives the number to go on with when the budget is used up.
pub(crate) fn sweep(check: &mut Check<'_, '_, '_>, from: u32) -> Result<Option<u32>, AccessError> {
    let view = check.view;
    for (number, variable) in view.profile().variables_from(from) {
        // Text and read-only data have digests; what was freed after the boot holds anything.
        let image = &check.image;
        if image.is_digested(variable.address)
            || !image.has_kernel_data(variable.address)
            || image.was_freed(variable.address)
            || !check.kinds.lead_to_code(variable.ty)
        {
            continue;
        }
        if view.budget().left() < RESERVE + 4 * variable.ty.size() {
            return Ok(Some(number));
        }
        check.look((variable.ty, variable.address), DEPTH, variable.name(), Owner::Anybody)?;
    }
    Ok(None)
}
