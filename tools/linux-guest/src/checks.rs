//! What can be proved about patches and kernels without booting them.

use anyhow::{Result, bail};

use crate::recipe::Recipe;
use crate::variant::{Flavour, Machine, Variant};
use crate::{compare, kernel, patches};

/// One thing that was proved, in words for the user.
pub type Proof = String;

/// The patches change no more lines of existing files than the limit allows.
pub fn patches_are_small() -> Result<Proof> {
    let total = patches::total(&patches::changed_lines()?);
    let limit = Recipe::load()?.changed_lines_limit;
    if total.changed > limit {
        bail!("the patches change {} lines of existing files; {limit} are allowed", total.changed);
    }
    Ok(format!(
        "the patches change {} lines of existing files ({} added, {} removed; {limit} allowed)",
        total.changed, total.added, total.removed
    ))
}

/// With `CONFIG_SPUMONE` off the patched tree gives the same code as the pristine one, bit for bit.
pub fn patches_change_nothing_when_off() -> Result<Proof> {
    let variant = Variant::new(Machine::R2d, Flavour::Upstream);
    let (recipe, gcc) = (Recipe::load()?, provision::sh_gcc()?);
    let pristine = kernel::kernel(variant)?;
    let off = kernel::switched_off(&recipe, &gcc, variant)?;
    let (bytes, differ) = compare::code(&pristine.vmlinux, &off.vmlinux)?;
    if bytes == 0 || !differ.is_empty() {
        bail!(
            "the patches change code although CONFIG_SPUMONE is off: {} and {} differ in {}",
            pristine.vmlinux.display(),
            off.vmlinux.display(),
            differ.join(", ")
        );
    }
    Ok(format!("with CONFIG_SPUMONE off all {bytes} bytes of the kernel's code are those of the unpatched source"))
}
