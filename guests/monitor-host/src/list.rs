//! The monitors on board, and where their state lies. `cargo xtask monitor new` adds a field and a line.

use monitor_api::Monitor;

/// State in the core's own memory, which no other core reaches.
#[derive(Default)]
pub(crate) struct Local {
    heartbeat: heartbeat::Heartbeat,
    hidden_modules: hidden_modules::HiddenModules,
    hidden_tasks: hidden_tasks::HiddenTasks,
    hooks: hooks::Hooks,
    mappings: mappings::Mappings,
    text_integrity: text_integrity::TextIntegrity,
    // new state above this line
}

/// State that is too large for it.
#[derive(Default)]
pub(crate) struct Main {
    credentials: credentials::Credentials,
}

/// The monitors, in the order of tools/monitor-hosts/src/registry.rs.
pub(crate) fn all<'m>(local: &'m mut Local, main: &'m mut Main) -> impl Iterator<Item = &'m mut dyn Monitor> {
    let all: [&'m mut dyn Monitor; _] = [
        &mut main.credentials,
        &mut local.heartbeat,
        &mut local.hidden_modules,
        &mut local.hidden_tasks,
        &mut local.hooks,
        &mut local.mappings,
        &mut local.text_integrity,
        // new monitors above this line
    ];
    all.into_iter()
}
