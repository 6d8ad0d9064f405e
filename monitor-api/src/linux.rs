//! Loadable modules of a Linux kernel (`include/linux/module.h` of 6.1).

use crate::address::VirtAddr;
use crate::error::AccessError;
use crate::name::Name;
use crate::object::Object;
use crate::view::View;
use crate::walk::List;

/// A loadable module that the kernel's list of modules has.
///
/// ```
/// # use monitor_api::{Budget, Guest, Image, PhysAddr, profile::Profile};
/// # let mut builder = kernel_profile::Builder::new("");
/// # let link = builder.structure("list_head", 8, &[("next", 0, 4), ("prev", 4, 4)]);
/// # let layout = builder.structure("module_layout", 16, &[("size", 4, 4), ("text_size", 8, 4), ("ro_size", 12, 4)]);
/// # let void = builder.opaque("");
/// # let pointer = builder.pointer(void);
/// # builder.member(layout, "base", 0, pointer);
/// # let module = builder.structure("module", 44, &[("state", 0, 4)]);
/// # builder.member(module, "list", 4, link);
/// # builder.member(module, "core_layout", 12, layout);
/// # builder.member(module, "init_layout", 28, layout);
/// # builder.variable("modules", 0x8c00_0000, 8, link);
/// # builder.list("modules", module, "list");
/// # let profile = builder.finish();
/// # let words: [u32; 13] = [0x8c00_000c, 0x8c00_000c, 0, 0x8c00_0000, 0x8c00_0000, 0xc000_0000, 0x3000, 0x1000, 0x2000, 0, 0, 0, 0];
/// # let memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
/// # let host = Image::new(PhysAddr::new(0x0c00_0000), &memory);
/// # let guest = Guest::attach(&host, Profile::open(&profile)?)?;
/// # let budget = Budget::bytes(10_000);
/// # let view = guest.view(&budget);
/// let modules: Result<Vec<_>, _> = view.modules()?.collect();
/// let ranges = modules?[0].ranges()?;
/// assert!(ranges.has_code(0xc000_0ffe) && !ranges.has_code(0xc000_1000));
/// assert!(ranges.has(0xc000_2fff) && !ranges.has(0xc000_3000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Module<'a>(Object<'a>);

/// Where a module's code and data lie: first address and bytes.
///
/// ```
/// # kernel_profile::Sample::linux().look(|view| {
/// let ranges = view.modules()?.next().unwrap()?.ranges()?;
/// // First address; bytes of code; of code and constants; of everything.
/// assert_eq!(ranges.core, (0xc000_0000, 0x400, 0x800, 0x1000));
/// assert_eq!(ranges.init, (0, 0, 0)); // freed
/// # Ok(()) });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModuleRanges {
    /// What stays: first address, bytes of code, bytes of code and read-only data, all bytes. Code comes first.
    pub core: (u64, u64, u64, u64),
    /// What is freed when the module has begun: first address, bytes of code, all bytes.
    pub init: (u64, u64, u64),
}

impl ModuleRanges {
    /// True for an address in the module's code.
    ///
    /// ```
    /// use monitor_api::ModuleRanges;
    ///
    /// let ranges = ModuleRanges { core: (0xc000_0000, 0x400, 0x800, 0x1000), ..ModuleRanges::default() };
    /// assert!(ranges.has_code(0xc000_03ff));
    /// assert!(!ranges.has_code(0xc000_0400)); // its constants
    /// ```
    pub const fn has_code(&self, at: u64) -> bool {
        within(at, self.core.0, self.core.1) || within(at, self.init.0, self.init.1)
    }

    /// True for an address in anything of the module.
    ///
    /// ```
    /// use monitor_api::ModuleRanges;
    ///
    /// let ranges = ModuleRanges { core: (0xc000_0000, 0x400, 0x800, 0x1000), ..ModuleRanges::default() };
    /// assert!(ranges.has(0xc000_0fff) && !ranges.has(0xc000_1000));
    /// assert!(!ranges.has(0)); // of `init` nothing is left, not even a byte at 0
    /// ```
    pub const fn has(&self, at: u64) -> bool {
        within(at, self.core.0, self.core.3) || within(at, self.init.0, self.init.2)
    }
}

const fn within(at: u64, base: u64, length: u64) -> bool {
    at >= base && at - base < length
}

impl<'a> Module<'a> {
    /// The `struct module`.
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let module = view.modules()?.next().unwrap()?;
    /// assert_eq!(module.object().ty().name(), "module");
    /// // Any other member is reached through it.
    /// assert_eq!(module.object().get("core_layout.size")?, 0x1000);
    /// # Ok(()) });
    /// ```
    pub const fn object(&self) -> Object<'a> {
        self.0
    }

    /// Its name, cut to 32 bytes.
    ///
    /// # Errors
    /// Those of [`Object::name`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let names: Result<Vec<_>, _> = view.modules()?.map(|module| module?.name()).collect();
    /// assert_eq!(names?[0].as_str(), "loop");
    /// # Ok(()) });
    /// ```
    pub fn name(&self) -> Result<Name, AccessError> {
        self.0.name("name")
    }

    /// True when it has begun and does not end yet (`MODULE_STATE_LIVE`).
    ///
    /// # Errors
    /// Those of [`Object::get`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// let module = view.modules()?.next().unwrap()?;
    /// assert!(module.is_live()?);
    /// # let mut sample = kernel_profile::Sample::linux();
    /// # sample.put(module.object().address().get() as u32, view.profile().enumerator("MODULE_STATE_GOING").unwrap() as u32);
    /// # sample.look(|view| {
    /// // The same while it is unloaded: its state is MODULE_STATE_GOING.
    /// assert!(!view.modules()?.next().unwrap()?.is_live()?);
    /// # Ok(()) });
    /// # Ok(()) });
    /// ```
    pub fn is_live(&self) -> Result<bool, AccessError> {
        Ok(self.0.get("state")? == 0)
    }

    /// Where it lies.
    ///
    /// # Errors
    /// Those of [`Object::get`].
    ///
    /// ```
    /// use monitor_api::{VirtAddr, View};
    ///
    /// /// The module whose code `at` is in.
    /// fn owner(view: &View<'_>, at: u64) -> Option<String> {
    ///     let has_it = |module: &monitor_api::Module<'_>| module.ranges().is_ok_and(|ranges| ranges.has_code(at));
    ///     Some(view.modules().ok()?.flatten().find(has_it)?.name().ok()?.to_string())
    /// }
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(owner(view, 0xc000_0010).as_deref(), Some("loop"));
    /// assert_eq!(owner(view, 0x8c00_2000), None); // in `do_exit`
    /// # Ok(()) });
    /// ```
    pub fn ranges(&self) -> Result<ModuleRanges, AccessError> {
        let (core, init) = (self.0.field("core_layout")?, self.0.field("init_layout")?);
        let base = |layout: Object<'a>| layout.pointer("base").map(VirtAddr::get);
        Ok(ModuleRanges {
            core: (base(core)?, core.get("text_size")?, core.get("ro_size")?, core.get("size")?),
            init: (base(init)?, init.get("text_size")?, init.get("size")?),
        })
    }
}

/// The modules in the kernel's list. Ends after the first error.
///
/// ```
/// # kernel_profile::Sample::linux().look(|view| {
/// let mut modules = view.modules()?;
/// assert!(modules.next().is_some_and(|module| module.is_ok()));
/// assert!(modules.next().is_none()); // `loop` is the only one
/// # Ok(()) });
/// ```
#[derive(Clone, Debug)]
pub struct Modules<'a>(Option<List<'a>>);

impl<'a> Iterator for Modules<'a> {
    type Item = Result<Module<'a>, AccessError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.as_mut()?.next()?.map(Module))
    }
}

impl<'a> View<'a> {
    /// Every module that the kernel's list has; none for a kernel that loads no modules.
    ///
    /// # Errors
    /// Those of [`View::known_list`].
    ///
    /// ```
    /// # kernel_profile::Sample::linux().look(|view| {
    /// assert_eq!(view.modules()?.count(), 1);
    /// # let mut other = kernel_profile::Sample::default();
    /// # other.look(|other| {
    /// // A kernel without a list of modules has none: that is no error.
    /// assert_eq!(other.modules()?.count(), 0);
    /// # Ok(()) });
    /// # Ok(()) });
    /// ```
    pub fn modules(&self) -> Result<Modules<'a>, AccessError> {
        match self.known_list("modules") {
            Ok(list) => Ok(Modules(Some(list))),
            Err(AccessError::NoSymbol { .. }) => Ok(Modules(None)),
            Err(error) => Err(error),
        }
    }
}
