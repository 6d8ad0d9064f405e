//! What lies where, and what does not.

use monitor_api::{AccessError, AddressSpace, PhysAddr, View, VirtAddr};

use crate::Say;
use crate::answer::{Answer, Place};

/// Bytes that are read at once: no multiple of a page, of a line or of 16.
const PIECE: usize = 1000;
/// Addresses where Linux has nothing, beyond its memory on either side, in the middle of a word, at the ends of everything.
const WILD: [u64; 9] =
    [0, 0x1000, 0x8bff_fffe, 0x8c00_0001, 0x9400_0000, 0xc000_0000, 0xe000_0000, 0xffff_fffc, u64::MAX];

/// Eight bytes from an address on, across the end of a page or not.
pub(crate) fn eight(view: &View<'_>, space: AddressSpace, at: VirtAddr) -> Result<u64, AccessError> {
    let mut bytes = [0; 8];
    view.read_in(space, at, &mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

pub(crate) fn ask(view: &View<'_>, say: Say<'_>) -> Result<(), AccessError> {
    for area in view.known_list("vmap_area_list")? {
        let at = VirtAddr::new(area?.get("va_start")?);
        say(format_args!("vmalloc {at}: {}", Answer(view.translate(AddressSpace::Kernel, at).map(Place))));
    }
    let root = view.symbol("vmap_area_root")?;
    for area in view.tree(root, "vmap_area", "rb_node")? {
        let area = area?;
        say(format_args!("area {:#x} to {:#x}", area.get("va_start")?, area.get("va_end")?));
    }
    for region in view.profile().regions() {
        let (mut sum, mut piece) = (0u32, [0; PIECE]);
        for offset in (0..region.length).step_by(PIECE) {
            let length = PIECE.min((region.length - offset) as usize);
            let unmapped = AccessError::Unmapped { address: region.address };
            let (at, into) = (region.address.checked_add(offset), piece.get_mut(..length).unwrap_or_default());
            view.read(at.ok_or(unmapped)?, into)?;
            sum = into.iter().fold(sum, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
        }
        say(format_args!("region {} {} bytes {sum:#x}", region.name, region.length));
    }
    for wild in WILD {
        let at = VirtAddr::new(wild);
        say(format_args!("wild {at}: {}", Answer(view.u32(at))));
        say(format_args!("wild {at}: {}", Answer(eight(view, AddressSpace::Kernel, at))));
        let physical = PhysAddr::new(wild & 0x1fff_ffff);
        let mut word = [0; 4];
        let read = view.read_physical(physical, &mut word).map(|()| u32::from_le_bytes(word));
        say(format_args!("physical {physical}: {}", Answer(read)));
    }
    Ok(())
}
