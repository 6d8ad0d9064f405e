//! Monitor: the kernel's text is mapped nowhere a second time.
//!
//! On SH the kernel runs in a segment that no page table describes. What its page tables map, from 0xc0000000 on, is memory of modules, of
//! vmalloc, and devices; a page of the kernel's text among it is a way to write to code where nobody looks.
#![no_std]

use monitor_api::{AccessError, AddressSpace, Alarm, Applies, Finding, Monitor, Name, Scan, View, VirtAddr};

/// A page of the kernel's text has a second address.
pub const ALIAS: &str = "kernel text is mapped a second time";

/// What is left to the budget at the end of a step: a page costs three reads of tables.
const RESERVE: u64 = 1024;
/// Addresses of the external space.
const EXTERNAL: u64 = 0x1fff_ffff;

/// The monitor. Each step goes on where the budget of the last one ended.
#[derive(Clone, Debug, Default)]
pub struct Mappings {
    /// Physical addresses of the text.
    text: (u64, u64),
    /// The first address that was not looked at.
    from: u64,
}

impl Monitor for Mappings {
    fn name(&self) -> &'static str {
        "mappings"
    }

    fn about(&self) -> &'static str {
        "the kernel's text is mapped nowhere a second time"
    }

    fn init(&mut self, view: &View<'_>) -> Result<Applies, AccessError> {
        *self = Self::default();
        if view.known_list("vmap_area_list").is_err() {
            return Ok(Applies::No("the kernel keeps no list of what it maps"));
        }
        self.text = (view.symbol("_stext")?.get() & EXTERNAL, view.symbol("_etext")?.get() & EXTERNAL);
        Ok(Applies::Yes)
    }

    fn step(&mut self, view: &View<'_>, alarm: &mut Alarm<'_>) -> Result<Scan, AccessError> {
        let page = 1u64 << view.profile().page_shift();
        let mut reached = self.from;
        for area in view.known_list("vmap_area_list")? {
            let area = area?;
            let (start, end) = (area.get("va_start")?, area.get("va_end")?);
            let mut at = start.max(self.from) & !(page - 1);
            while at < end {
                if view.budget().left() < RESERVE {
                    self.from = at;
                    return Ok(Scan::Partial);
                }
                // Some addresses need no table to be looked up; they cost all the same, so that no area is too large.
                view.budget().charge(0)?;
                self.look(view, VirtAddr::new(at), alarm)?;
                at = at.saturating_add(page);
            }
            // The list is in the order of addresses; one that is not must not lead back.
            reached = reached.max(end);
            self.from = reached;
        }
        self.from = 0;
        Ok(Scan::Complete)
    }
}

impl Mappings {
    fn look(&self, view: &View<'_>, at: VirtAddr, alarm: &mut Alarm<'_>) -> Result<(), AccessError> {
        match view.translate(AddressSpace::Kernel, at) {
            Ok(place) => {
                let physical = place.physical.get();
                if (self.text.0..self.text.1).contains(&physical) {
                    let symbol = view.profile().symbol_before(VirtAddr::new(0x8000_0000 | physical));
                    let subject = Name::new(symbol.map_or("text", |symbol| symbol.name));
                    alarm.raise(Finding::new(ALIAS, at).subject(subject).values(0, physical));
                }
                Ok(())
            }
            // The guard page behind each area.
            Err(AccessError::Unmapped { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
