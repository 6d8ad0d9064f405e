//! From virtual to physical addresses, as SH-4A and Linux/SH do it.
//!
//! Segments: SH-4A software manual, "Memory Management Unit", physical address space in 29-bit mode. Page tables:
//! `arch/sh/include/asm/{page,pgtable,pgtable-2level,pgtable-3level,pgtable_32}.h` of Linux 6.1. A directory holds the *virtual* (P1) addresses of the next
//! level's tables.

use crate::address::{PhysAddr, VirtAddr};
use crate::error::AccessError;
use crate::profile::Paging;
use crate::view::View;

/// External addresses have 29 bits.
const EXTERNAL: u64 = 0x1fff_ffff;
/// The directory of the kernel's own translations.
const KERNEL_DIRECTORY: &str = "swapper_pg_dir";

/// Bits of a page table entry (`pgtable_32.h`): valid; writable and user of the two-level form.
const PRESENT: u64 = 1 << 8;
const WRITABLE: u64 = 1 << 5;
const USER: u64 = 1 << 6;
/// The same of the three-level form, in the upper word: `_PAGE_EXT_USER_*` and `_PAGE_EXT_KERN_*`.
const EXT_USER_READ: u64 = 1 << (32 + 10);
const EXT_WRITE: u64 = (1 << 9 | 1 << 12) << 32;
const EXT_EXECUTE: u64 = (1 << 8 | 1 << 11) << 32;

/// Whose addresses are meant.
///
/// ```
/// use monitor_api::{AccessError, AddressSpace, VirtAddr};
///
/// # kernel_profile::Sample::linux().look(|view| {
/// # let sh = view.object("task_struct", VirtAddr::new(0x8c00_1200))?;
/// let Some(space) = sh.address_space()? else { panic!("a process") };
/// let (at, mut text) = (VirtAddr::new(0x0040_0000), [0; 7]);
/// view.read_in(space, at, &mut text)?;
/// assert_eq!(&text, b"/bin/sh");
/// // To the kernel that address means nothing.
/// assert_eq!(view.read_in(AddressSpace::Kernel, at, &mut text), Err(AccessError::Unmapped { address: at }));
/// # Ok(()) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressSpace {
    /// The kernel's: P1, P2 and what is mapped behind 0xc0000000.
    Kernel,
    /// A process's, by its page directory (`mm_struct.pgd`); kernel addresses mean what they mean in the kernel.
    User {
        /// Where the directory is, a kernel address.
        directory: VirtAddr,
    },
}

/// Where an address leads.
///
/// ```
/// use monitor_api::{AddressSpace, PhysAddr, Translation, VirtAddr};
///
/// # kernel_profile::Sample::linux().look(|view| {
/// // In the middle of the page of 4 KB at 0xc0000000, which the kernel may only read. Two-level tables have no bit against execution.
/// let place = view.translate(AddressSpace::Kernel, VirtAddr::new(0xc000_0800))?;
/// let physical = PhysAddr::new(0x0c00_6800);
/// assert_eq!(place, Translation { physical, bytes: 0x800, writable: false, executable: true, user: false });
/// # Ok(()) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The physical address.
    pub physical: PhysAddr,
    /// Bytes from here on that are mapped in one piece.
    pub bytes: u64,
    /// Writing is allowed.
    pub writable: bool,
    /// Code may run there.
    pub executable: bool,
    /// User mode may read there.
    pub user: bool,
}

/// Where `address` leads in `space`. Reads at most three words.
pub(crate) fn translate(view: &View<'_>, space: AddressSpace, address: VirtAddr) -> Result<Translation, AccessError> {
    let unmapped = AccessError::Unmapped { address };
    let at = u32::try_from(address.get()).map_err(|_| unmapped)?;
    match (at, view.profile().paging(), space) {
        (0x8000_0000..0xc000_0000, ..) => Ok(window(at, 0x2000_0000)),
        (0xe000_0000.., Paging::Flat, _) => {
            Ok(Translation { physical: PhysAddr::new(at.into()), ..window(at, 0x2000_0000) })
        }
        (_, Paging::Flat, _) => Ok(window(at, 0x2000_0000)),
        (0xc000_0000.., ..) => walk(view, view.symbol(KERNEL_DIRECTORY)?, address),
        (_, _, AddressSpace::User { directory }) => walk(view, directory, address),
        (_, _, AddressSpace::Kernel) => Err(unmapped),
    }
}

/// A segment that is a window on the external space.
fn window(at: u32, segment: u64) -> Translation {
    let bytes = segment - u64::from(at) % segment;
    let physical = PhysAddr::new(u64::from(at) & EXTERNAL);
    Translation { physical, bytes, writable: true, executable: true, user: false }
}

fn walk(view: &View<'_>, directory: VirtAddr, address: VirtAddr) -> Result<Translation, AccessError> {
    let unmapped = AccessError::Unmapped { address };
    let shift = u32::from(view.profile().page_shift());
    let (at, page) = (address.get(), 1u64 << shift);
    let entry_of = |table: VirtAddr, index: u64, size: u64| -> Result<u64, AccessError> {
        // Tables lie in P1: anything else would be a table that a broken guest made up, and could lead in a circle.
        if !(0x8000_0000..0xa000_0000).contains(&table.get()) {
            return Err(unmapped);
        }
        let entry = table.checked_add(index * size).ok_or(unmapped)?;
        if size == 8 { view.u64(entry) } else { view.u32(entry).map(u64::from) }
    };
    let table = |entry: u64| VirtAddr::new(entry & 0xffff_ffff & !(page - 1));
    let three = view.profile().paging() == Paging::ShThreeLevel;
    let entry = if three {
        let (per_table, upper) = (shift - 3, 30);
        let middle = shift + per_table;
        let pmd = entry_of(directory, at >> upper & 3, 8)?;
        let pte = entry_of(table(pmd), at >> middle & ((1 << (upper - middle)) - 1), 8)?;
        entry_of(table(pte), at >> shift & ((1 << per_table) - 1), 8)?
    } else {
        let per_table = shift - 2;
        let upper = shift + per_table;
        let pte = entry_of(directory, at >> upper & ((1 << per_table) - 1), 4)?;
        entry_of(table(pte), at >> shift & ((1 << per_table) - 1), 4)?
    };
    if entry & PRESENT == 0 {
        return Err(unmapped);
    }
    Ok(Translation {
        physical: PhysAddr::new(entry & EXTERNAL & !(page - 1) | at & (page - 1)),
        bytes: page - (at & (page - 1)),
        writable: entry & if three { EXT_WRITE } else { WRITABLE } != 0,
        executable: !three || entry & EXT_EXECUTE != 0,
        user: entry & if three { EXT_USER_READ } else { USER } != 0,
    })
}
