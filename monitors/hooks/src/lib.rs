//! Monitor: the kernel's function pointers lead into its text or that of a module in its list.
//!
//! Sweeps, one after the other: every function pointer in a variable whose type the debug information knows (tables of operations, notifiers,
//! console drivers, file system types ...), the exception table and the vector base register, and what objects on the heap point to (open files,
//! `/proc`, file systems, terminals, program loaders, timers, interrupts, packets and their filters). Code lies in the kernel's text or in a
//! module's, tables in the kernel's image or in a module.
#![no_std]

mod check;
mod image;
mod kinds;
mod network;
mod objects;
mod timers;
mod variables;
mod vectors;

use monitor_api::{AccessError, Alarm, Applies, Monitor, Scan, Suspects, View};

use check::{Check, SUSPECTS};
use image::Image;
use kinds::Kinds;

/// A function pointer leads out of the kernel's text and that of its modules.
pub const POINTER: &str = "function pointer leads out of the kernel's text";
/// A function pointer in a structure that the kernel itself owns leads into a module.
pub const FOREIGN: &str = "function pointer of the kernel's own leads into a module";
/// An entry of the exception table leads out of the kernel's text.
pub const VECTOR: &str = "exception handler lies outside the kernel's text";
/// A processor takes its exceptions elsewhere.
pub const VBR: &str = "exception vectors are not the kernel's";
/// An object's table of operations is neither the kernel's own nor a module's.
pub const TABLE: &str = "table of operations lies outside the kernel's image";

/// What is left to the budget at the end of a step.
const RESERVE: u64 = 4096;

/// A look at one kind of thing, small enough for one step.
type Sweep = fn(&mut Check<'_, '_, '_>) -> Result<(), AccessError>;

/// Sweeps over what is never freed.
const LASTING: usize = 2;
const SWEEPS: [Sweep; 9] = [
    vectors::table,
    vectors::bases,
    objects::files,
    objects::file_systems,
    objects::proc_entries,
    objects::lists,
    objects::interrupts,
    timers::timers,
    network::network,
];

/// Where the sweep is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the variable of that number.
    Variable(u32),
    /// At that element of [`SWEEPS`].
    Sweep(usize),
}

/// The monitor. Each step goes on where the budget of the last one ended.
#[derive(Clone, Debug)]
pub struct Hooks {
    place: Place,
    image: Option<Image>,
    kinds: Kinds,
    suspects: Suspects<SUSPECTS>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { place: Place::Variable(0), image: None, kinds: Kinds::default(), suspects: Suspects::new() }
    }
}

impl Monitor for Hooks {
    fn name(&self) -> &'static str {
        "hooks"
    }

    fn about(&self) -> &'static str {
        "the kernel's function pointers lead into its text or its modules'"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        *self = Self::default();
        if view.symbol("init_task").is_err() {
            return Ok(Applies::No("the kernel is no Linux"));
        }
        self.image = Some(Image::find(view)?);
        Ok(Applies::Yes)
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        let Some(image) = &mut self.image else { return Ok(Scan::Complete) };
        image.find_modules(view)?;
        let all = view.budget().left();
        let mut check = Check {
            view,
            image,
            kinds: &mut self.kinds,
            alarm,
            suspects: &mut self.suspects,
            passing: false,
            ways: [None; 2],
        };
        loop {
            self.place = match self.place {
                Place::Variable(from) => match variables::sweep(&mut check, from)? {
                    Some(next) => {
                        self.place = Place::Variable(next);
                        return Ok(Scan::Partial);
                    }
                    None => Place::Sweep(0),
                },
                Place::Sweep(number) => {
                    let Some(sweep) = SWEEPS.get(number) else {
                        self.place = Place::Variable(0);
                        check.suspects.end_scan();
                        return Ok(Scan::Complete);
                    };
                    // A sweep does not go on in the next step, so it begins with most of a budget.
                    if view.budget().left() < all - all / 4 {
                        return Ok(Scan::Partial);
                    }
                    // Whatever comes of this one, the next is not held up by it.
                    self.place = Place::Sweep(number + 1);
                    check.passing = number >= LASTING;
                    check.ways = [None; 2];
                    sweep(&mut check)?;
                    self.place
                }
            };
        }
    }
}
