//! Every monitor of the repository. `cargo xtask monitor new` adds a line.

use anyhow::{Context, Result};
use monitor_api::Monitor;

/// Makes a monitor.
type Make = fn() -> Box<dyn Monitor>;

const MONITORS: &[Make] = &[
    || Box::<credentials::Credentials>::default(),
    || Box::<heartbeat::Heartbeat>::default(),
    || Box::<hidden_modules::HiddenModules>::default(),
    || Box::<hidden_tasks::HiddenTasks>::default(),
    || Box::<hooks::Hooks>::default(),
    || Box::<mappings::Mappings>::default(),
    || Box::<text_integrity::TextIntegrity>::default(),
    // new monitors above this line
];

/// One of each.
pub fn all() -> Vec<Box<dyn Monitor>> {
    MONITORS.iter().map(|make| make()).collect()
}

/// Their names.
pub fn names() -> Vec<&'static str> {
    all().iter().map(|monitor| monitor.name()).collect()
}

/// Name and purpose of each, a line each.
pub fn about() -> String {
    all().iter().map(|monitor| format!("{:<16}{}\n", monitor.name(), monitor.about())).collect()
}

/// The monitor of that name.
///
/// # Errors
/// When there is none.
pub fn by_name(name: &str) -> Result<Box<dyn Monitor>> {
    let found = all().into_iter().find(|monitor| monitor.name() == name);
    found.with_context(|| format!("there is no monitor {name}; there are {}", names().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        let mut seen = names();
        assert!(seen.iter().all(|name| by_name(name).unwrap().name() == *name));
        seen.dedup();
        assert_eq!(seen.len(), all().len(), "in the order of their names, each once");
        assert!(by_name("nothing").err().unwrap().to_string().contains("heartbeat"));
    }
}
