//! With a profile of nothing but what monitors ask for they say what they say with the whole one.

use anyhow::{Context, Result, ensure};
use kernel_profile::Wanted;
use monitor_api::profile::Profile;

use super::attacks::{attacks, plan, write};
use super::guests::Prepared;
use crate::dump::Dump;
use crate::emulator::Emulator;
use crate::registry::all;
use crate::runner::{Summary, Watch, watch};

/// Sizes of the profiles that were compared, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Everything.
    pub whole: usize,
    /// What monitors ask for.
    pub selected: usize,
    /// The same with the bytes of the kernel instead of digests.
    pub with_bytes: usize,
}

/// Lets the monitors look at a guest at its shell, in which `sleep` runs: as it is, and after each manipulation from outside.
///
/// # Errors
/// When they say something else with the selection, or something else costs them.
pub fn selection(prepared: &Prepared, emulator: &mut Emulator, wanted: &Wanted) -> Result<Sizes> {
    let whole = &prepared.profile;
    let mut builder = kernel_profile::read(&prepared.kernel)?;
    builder.select(wanted);
    let selected = builder.clone().finish();
    builder.keep_bytes(usize::MAX);
    let with_bytes = builder.finish();
    ensure!(selected.len() * 2 < whole.len(), "a selection of {} of {} bytes", selected.len(), whole.len());
    alike(&mut emulator.dump()?, whole, &selected, &with_bytes).context("a clean guest")?;
    for attack in attacks() {
        let before = plan(emulator, prepared, attack.before)?;
        let undo_before = write(emulator, &before)?;
        let writes = plan(emulator, prepared, attack.spoil)?;
        let undo = write(emulator, &writes)?;
        let dump = emulator.dump();
        write(emulator, &undo)?;
        write(emulator, &undo_before)?;
        alike(&mut dump?, whole, &selected, &with_bytes).with_context(|| attack.name.to_owned())?;
    }
    Ok(Sizes { whole: whole.len(), selected: selected.len(), with_bytes: with_bytes.len() })
}

fn alike(dump: &mut Dump, whole: &[u8], selected: &[u8], with_bytes: &[u8]) -> Result<()> {
    let mut look = |profile| watch(dump, Profile::open(profile)?, &mut all(), Watch::default(), &mut |_| ());
    let (whole, selected, with_bytes) = (look(whole)?, look(selected)?, look(with_bytes)?);
    let said = |summary: &Summary| -> Vec<String> {
        let raised = summary
            .raised
            .iter()
            .map(|raised| format!("{} in scan {}: {}", raised.monitor, raised.scan, raised.finding));
        let broken = summary.broken.iter().map(|(monitor, error)| format!("{monitor}: {error}"));
        let not = summary.not_applicable.iter().map(|(monitor, why)| format!("{monitor}: {why}"));
        let cost =
            summary.cost.iter().map(|(monitor, cost)| format!("{monitor}: {} bytes, {} steps", cost.bytes, cost.steps));
        raised.chain(broken).chain(not).chain(cost).collect()
    };
    ensure!(
        said(&whole) == said(&selected),
        "the whole profile: {:#?}\nthe selection: {:#?}",
        said(&whole),
        said(&selected)
    );
    // The kernel's own bytes tell the word where digests tell the block.
    let what = |summary: &Summary| -> Vec<_> {
        summary.raised.iter().map(|raised| (raised.monitor, raised.scan, raised.finding.what)).collect()
    };
    ensure!(what(&whole) == what(&with_bytes), "with bytes: {:#?}", said(&with_bytes));
    Ok(())
}
