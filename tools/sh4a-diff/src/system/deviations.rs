//! Where QEMU 7.2 and the manual differ: what the manual says instead.

use super::log::Entry;

/// One entry of the table.
pub(super) struct Deviation {
    /// The scene's name; with `*` in front the end of its name.
    scene: &'static str,
    /// Why the expectation is right although QEMU says otherwise.
    #[expect(dead_code, reason = "for readers")]
    reason: &'static str,
    /// Makes QEMU's entry the expected one.
    pub(super) amend: fn(&mut Entry),
    /// Words that are left open.
    pub(super) open: &'static [&'static str],
}

const LOAD_ERROR: u32 = 0x0e0;
const STORE_ERROR: u32 = 0x100;
const SLOT_ILLEGAL: u32 = 0x1a0;
const FPU_DISABLED: u32 = 0x800;

/// QEMU went on to the next trap: the expected exception is that of the instruction `back` bytes before it.
fn instead(entry: &mut Entry, expevt: u32, back: u32) {
    entry["expevt"] = expevt;
    entry["tra"] = 0;
    entry["spc"] -= back;
}

fn address_error(entry: &mut Entry, expevt: u32, address: u32) {
    entry["expevt"] = expevt;
    entry["tea"] = address;
    set_vpn(entry);
}

fn set_vpn(entry: &mut Entry) {
    entry["pteh"] = entry["tea"] & !0x3ff;
}

fn frchg_disabled(entry: &mut Entry, bit: u32) {
    instead(entry, FPU_DISABLED, 4);
    entry["fpscr"] ^= bit;
}

const VPN: &str =
    "QEMU leaves PTEH as it is at a misaligned access; the manual: PTEH.VPN is set at every address error.";
const MQ: &str = "QEMU's stc SR shows M and Q as 0; the manual: SR as it is.";
const P3: &str = "QEMU lets user mode use P3 while translation is off; the manual: address error.";
const WRITE: &str = "QEMU takes movca.l for a load; the manual: it writes.";
const FD: &str =
    "QEMU executes frchg, fschg and fpchg while SR.FD is set; the manual: FPU disable, as for all FPU instructions.";
const MOVCO: &str =
    "The manual leaves open whether movco.l without a reservation checks its address: ours does, QEMU does not.";

macro_rules! table {
    ($($scene:literal, $reason:expr, $amend:expr $(, open $open:expr)?;)*) => {
        &[$(Deviation { scene: $scene, reason: $reason, amend: $amend, open: table!(@ $($open)?) }),*]
    };
    (@) => { &[] };
    (@ $open:expr) => { $open };
}

static TABLE: &[Deviation] = table![
    "ldc SR in a slot", "QEMU executes it; the manual: slot illegal.", |e| instead(e, SLOT_ILLEGAL, 6);
    "SR keeps the bits it has", MQ, |e| e["r8"] |= 0x300;
    "div0s and div1, plus minus", MQ, |e| e["r8"] |= 0x200;
    "div0s and div1, minus plus", MQ, |e| e["r8"] |= 0x100;
    "div0s and div1, minus minus", MQ, |e| e["r8"] |= 0x300;
    "jump to an odd address", "QEMU drops bit 0 or executes there; the manual: address error, SPC is the odd address.",
        |e| {
            address_error(e, LOAD_ERROR, 0x8c60_0001);
            e["spc"] = e["tea"];
        }, open &["pr"];
    "user mode loads from P3", P3, |e| {
        instead(e, LOAD_ERROR, 4);
        address_error(e, LOAD_ERROR, 0xc000_0000);
        e["r2_bank"] = 18;
    };
    "user mode stores to P3", P3, |e| {
        instead(e, STORE_ERROR, 4);
        address_error(e, STORE_ERROR, 0xc000_0000);
    };
    "ldtlb writes the entry that URC names", "QEMU's arrays show neither D in the address part nor SZ0 in the data part.",
        |e| { e["r8"] |= 0x200; e["r9"] |= 0x10; };
    "movco.l R0,@Rn in no page", MOVCO, |_| (), open &["vector", "expevt", "tea", "tra", "pteh", "spc"];
    "movco.l R0,@Rn misaligned", MOVCO, |_| (), open &["expevt", "tea", "tra", "pteh", "spc"];
    "movca.l R0,@Rn in no page", WRITE, |e| e["expevt"] = 0x060;
    "movca.l R0,@Rn misaligned", WRITE, |e| { e["expevt"] = STORE_ERROR; set_vpn(e); };
    "frchg (SZ 0) with FD", FD, |e| frchg_disabled(e, 1 << 21);
    "fschg (SZ 0) with FD", FD, |e| frchg_disabled(e, 1 << 20);
    "fpchg (SZ 0) with FD", FD, |e| frchg_disabled(e, 1 << 19);
    "* misaligned", VPN, set_vpn;
    "misaligned load in a slot", VPN, set_vpn;
    "misaligned store in a slot", VPN, set_vpn;
];

/// SR.M and SR.Q.
const M_AND_Q: u32 = 0x300;

/// For every entry: the handler's own `stc SR` suffers from the same ([`MQ`]); entering an exception changes neither bit.
pub(super) fn amend_always(entry: &mut Entry) {
    entry["sr"] |= entry["ssr"] & M_AND_Q;
}

/// The entry for a scene, if any.
pub(super) fn find(scene: &str) -> Option<&'static Deviation> {
    TABLE.iter().find(|entry| match entry.scene.strip_prefix('*') {
        Some(end) => scene.ends_with(end),
        None => scene == entry.scene,
    })
}
