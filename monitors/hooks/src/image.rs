//! Where code and tables may be.

use monitor_api::{AccessError, ModuleRanges, View, VirtAddr};

/// P2 shows the same memory as P1.
const P2_TO_P1: u64 = 0x2000_0000;
/// Modules that are known at a time.
const MODULES: usize = 64;

/// The kernel's image and its modules.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    text: (u64, u64),
    /// Code of the boot: variables go on pointing to it after it was freed.
    boot: (u64, u64),
    all: (u64, u64),
    /// Read-only data, and the part of it that is written once at boot.
    constant: (u64, u64),
    written_once: (u64, u64),
    /// What was needed for the boot only.
    freed: (u64, u64),
    modules: [ModuleRanges; MODULES],
}

impl Image {
    pub(crate) fn find(view: &View<'_>) -> Result<Self, AccessError> {
        let range = |from, to| Ok::<_, AccessError>((view.symbol(from)?.get(), view.symbol(to)?.get()));
        Ok(Self {
            text: range("_stext", "_etext")?,
            boot: range("_sinittext", "_einittext")?,
            all: range("_text", "_end")?,
            constant: range("__start_rodata", "__end_rodata")?,
            written_once: range("__start_ro_after_init", "__end_ro_after_init").unwrap_or_default(),
            freed: range("__init_begin", "__init_end").unwrap_or_default(),
            modules: [ModuleRanges::default(); MODULES],
        })
    }

    /// Looks where the modules are now. More than it can hold is an error: what is not known would look wrong.
    pub(crate) fn find_modules(&mut self, view: &View<'_>) -> Result<(), AccessError> {
        let mut found = [ModuleRanges::default(); MODULES];
        let mut places = found.iter_mut();
        for module in view.modules()? {
            let module = module?;
            let head = module.object().address();
            *places.next().ok_or(AccessError::TooLong { head, limit: MODULES as u32 })? = module.ranges()?;
        }
        self.modules = found;
        Ok(())
    }

    /// True if a function of the kernel itself may be there; a null pointer is no function.
    pub(crate) fn has_kernel_code(&self, at: VirtAddr) -> bool {
        let within = |at: u64, range: (u64, u64)| (range.0..range.1).contains(&at);
        let code = |at| within(at, self.text) || within(at, self.boot);
        at.get() == 0 || code(at.get()) || at.get().checked_sub(P2_TO_P1).is_some_and(code)
    }

    /// True if a function of the kernel or of a module may be there.
    pub(crate) fn has_code(&self, at: VirtAddr) -> bool {
        self.has_kernel_code(at) || self.modules.iter().any(|module| module.has_code(at.get()))
    }

    /// True if the kernel's build put something there.
    pub(crate) fn has_kernel_data(&self, at: VirtAddr) -> bool {
        at.get() == 0 || (self.all.0..self.all.1).contains(&at.get())
    }

    /// True if something of the kernel or of a module is there.
    pub(crate) fn has_data(&self, at: VirtAddr) -> bool {
        self.has_kernel_data(at) || self.modules.iter().any(|module| module.has(at.get()))
    }

    /// Variables of the boot hold anything now.
    pub(crate) fn was_freed(&self, at: VirtAddr) -> bool {
        (self.freed.0..self.freed.1).contains(&at.get())
    }

    /// What never changes: `text-integrity` guards it.
    pub(crate) fn is_digested(&self, at: VirtAddr) -> bool {
        let within = |range: (u64, u64)| (range.0..range.1).contains(&at.get());
        within(self.text) || within(self.constant) && !within(self.written_once)
    }
}
