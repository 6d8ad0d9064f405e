//! The network: filters, taps, devices, protocols, `/proc/net` (Linux 6.1).

use monitor_api::profile::Kind;
use monitor_api::{AccessError, Object};

use crate::TABLE;
use crate::check::{Check, Owner};
use crate::image::Image;
use crate::objects::proc_directory;

/// Functions that one hook of netfilter calls; its own limit is 1024.
const FILTERS: u64 = 1024;
/// Entries of `/proc/net` below one another.
const DEPTH: u32 = 4;

pub(crate) fn network(check: &mut Check<'_, '_, '_>) -> Result<(), AccessError> {
    let view = check.view;
    let Ok(namespaces) = view.known_list("net_namespace_list") else { return Ok(()) };
    for net in namespaces {
        let net = net?;
        if let Ok(nf) = net.field("nf") {
            netfilter(check, nf)?;
        }
        if let Some(root) = net.follow_some("proc_net")? {
            proc_directory(check, root, DEPTH)?;
        }
        let head = net.field("dev_base_head")?.address();
        for device in view.list(head, "net_device", "dev_list")? {
            let device = device?;
            for table in ["netdev_ops", "header_ops", "ethtool_ops"] {
                check.table_if_there(device, table)?;
            }
            check.function(device, "rx_handler")?;
            taps(check, device.field("ptype_all")?)?;
            taps(check, device.field("ptype_specific")?)?;
        }
    }
    if let Ok(all) = view.global("ptype_all") {
        taps(check, all)?;
    }
    if let Ok(by_type) = view.global("ptype_base") {
        for number in 0..by_type.length()? {
            taps(check, by_type.element(number)?)?;
        }
    }
    for name in ["inet_protos", "inet_offloads", "net_families"] {
        let Ok(tables) = view.global(name) else { continue };
        for number in 0..tables.length()? {
            check.pointer(TABLE, tables.element(number)?.address(), name, Image::has_data)?;
        }
    }
    Ok(())
}

/// Takers of packets in a list (`packet_type`).
fn taps(check: &mut Check<'_, '_, '_>, head: Object<'_>) -> Result<(), AccessError> {
    for tap in check.view.list(head.address(), "packet_type", "list")? {
        check.functions(tap?)?;
    }
    Ok(())
}

/// Every array `hooks_...` of a namespace: pointers to a number of entries and the entries behind it.
fn netfilter(check: &mut Check<'_, '_, '_>, nf: Object<'_>) -> Result<(), AccessError> {
    for family in nf.ty().members().filter(|member| member.name().starts_with("hooks_")) {
        let Kind::Array(_, count) = family.ty.kind() else { continue };
        let pointers = nf.field(family.name())?;
        for number in 0..count {
            let entries = check.view.pointer(pointers.element(number)?.address())?;
            if entries.get() == 0 {
                continue;
            }
            let entries = check.view.object("nf_hook_entries", entries)?;
            let first = check.view.object("nf_hook_entry", entries.field("hooks")?.address())?;
            for number in 0..entries.get("num_hook_entries")?.min(FILTERS) {
                let at = first.address().checked_add(number * first.ty().size());
                let entry = first.at(at.ok_or(AccessError::Unmapped { address: first.address() })?);
                check.code(entry.field("hook")?.address(), family.name(), Owner::Anybody)?;
            }
        }
    }
    Ok(())
}
