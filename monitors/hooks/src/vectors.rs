//! How the processor gets into the kernel.

use monitor_api::{AccessError, Finding, Name};

use crate::check::Check;
use crate::image::Image;
use crate::{VBR, VECTOR};

/// `exception_handling_table` (arch/sh/kernel/cpu/sh3/ex.S): filled at boot, indexed by EXPEVT >> 5. No module has a reason to be in it.
pub(crate) fn table(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    const ENTRIES: u64 = 64;
    const NAME: &str = "exception_handling_table";
    let Ok(table) = check.view.symbol(NAME) else { return Ok(()) };
    let next = check.view.symbol("exception_table_end").ok();
    let entries = next.and_then(|end| end.checked_offset_from(table)).map_or(ENTRIES, |bytes| bytes / 4).min(256);
    for number in 0..entries {
        let at = table.checked_add(4 * number).ok_or(AccessError::Unmapped { address: table })?;
        check.pointer(VECTOR, at, NAME, Image::has_kernel_code)?;
    }
    Ok(())
}

/// VBR of every virtual CPU is `vbr_base`; a CPU that was not started yet has 0.
pub(crate) fn bases(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    let Ok(base) = check.view.symbol("vbr_base") else { return Ok(()) };
    for vcpu in 0..check.view.vcpus() {
        let Some(found) = check.view.vector_base(vcpu) else { continue };
        if found != 0 && u64::from(found) != base.get() {
            let found = found.into();
            check.alarm.raise(Finding::new(VBR, base).subject(Name::new("VBR")).values(base.get(), found));
        }
    }
    Ok(())
}
