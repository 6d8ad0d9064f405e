//! Monitor: the kernel's function pointers lead into its text.
//!
//! Three sweeps, one after the other: every function pointer in a variable whose type the debug information knows (tables of operations, notifiers, console
//! drivers, file system types ...), the exception table, and the tables of operations that objects on the heap point to (open files, `/proc`, file
//! systems, terminals). Without loadable modules all code lies in the kernel's text and all such tables in its image.
#![no_std]

mod objects;
mod variables;

use monitor_api::{AccessError, Alarm, Applies, Finding, Monitor, Name, Scan, View, VirtAddr};

/// A function pointer leads out of the kernel's text.
pub const POINTER: &str = "function pointer leads out of the kernel's text";
/// An entry of the exception table does.
pub const VECTOR: &str = "exception handler lies outside the kernel's text";
/// An object's table of operations is not one of the kernel's own.
pub const TABLE: &str = "table of operations lies outside the kernel's image";

/// P2 shows the same memory as P1.
const P2_TO_P1: u64 = 0x2000_0000;
/// What is left to the budget at the end of a step.
pub(crate) const RESERVE: u64 = 4096;

/// Where the sweep is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the variable of that number.
    Variable(u32),
    Vectors,
    Objects,
}

/// Where code and the kernel's own tables may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image {
    text: (u64, u64),
    /// Code of the boot: variables go on pointing to it after it was freed.
    boot: (u64, u64),
    all: (u64, u64),
}

impl Image {
    fn find(view: &View<'_>) -> Result<Self, AccessError> {
        let range = |from, to| Ok((view.symbol(from)?.get(), view.symbol(to)?.get()));
        Ok(Self {
            text: range("_stext", "_etext")?,
            boot: range("_sinittext", "_einittext")?,
            all: range("_text", "_end")?,
        })
    }

    /// True if a kernel function may be there; a null pointer is no function.
    pub(crate) fn has_code(&self, at: VirtAddr) -> bool {
        let within = |at: u64, range: (u64, u64)| (range.0..range.1).contains(&at);
        let code = |at| within(at, self.text) || within(at, self.boot);
        at.get() == 0 || code(at.get()) || at.get().checked_sub(P2_TO_P1).is_some_and(code)
    }

    /// True if the kernel's build put something there.
    pub(crate) fn has_data(&self, at: VirtAddr) -> bool {
        at.get() == 0 || (self.all.0..self.all.1).contains(&at.get())
    }

    /// The text itself: digests guard what lies in it.
    pub(crate) fn has_text(&self, at: VirtAddr) -> bool {
        (self.text.0..self.text.1).contains(&at.get())
    }
}

/// The monitor. Each step goes on where the budget of the last one ended.
#[derive(Clone, Debug)]
pub struct Hooks {
    place: Place,
    image: Option<Image>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { place: Place::Variable(0), image: None }
    }
}

impl Monitor for Hooks {
    fn name(&self) -> &'static str {
        "hooks"
    }

    fn about(&self) -> &'static str {
        "the kernel's function pointers lead into its text"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        *self = Self::default();
        if view.symbol("init_task").is_err() {
            return Ok(Applies::No("the kernel is no Linux"));
        }
        if view.symbol("load_module").is_ok() {
            return Ok(Applies::No("the kernel loads modules, whose code this monitor does not know"));
        }
        self.image = Some(Image::find(view)?);
        Ok(Applies::Yes)
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        let Some(image) = self.image else { return Ok(Scan::Complete) };
        loop {
            self.place = match self.place {
                Place::Variable(from) => match variables::sweep(view, &image, from, alarm)? {
                    Some(next) => {
                        self.place = Place::Variable(next);
                        return Ok(Scan::Partial);
                    }
                    None => Place::Vectors,
                },
                Place::Vectors => {
                    vectors(view, &image, alarm)?;
                    Place::Objects
                }
                Place::Objects => {
                    // The next scan begins anew, whatever comes of this.
                    self.place = Place::Variable(0);
                    objects::sweep(view, &image, alarm)?;
                    return Ok(Scan::Complete);
                }
            };
        }
    }
}

/// `exception_handling_table` (arch/sh/kernel/cpu/sh3/ex.S): filled at boot, indexed by EXPEVT >> 5.
fn vectors(view: &View<'_>, image: &Image, alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
    const ENTRIES: u64 = 64;
    let Ok(table) = view.symbol("exception_handling_table") else { return Ok(()) };
    let next = view.symbol("exception_table_end").ok();
    let entries = next.and_then(|end| end.checked_offset_from(table)).map_or(ENTRIES, |bytes| bytes / 4).min(256);
    for number in 0..entries {
        let at = table.checked_add(4 * number).ok_or(AccessError::Unmapped { address: table })?;
        let handler = view.pointer(at)?;
        if !image.has_code(handler) {
            alarm.raise(
                Finding::new(VECTOR, at).subject(Name::new("exception_handling_table")).values(0, handler.get()),
            );
        }
    }
    Ok(())
}
