//! Kernel configuration: fragments, and whether the result has what they ask for.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::Variant;
use crate::recipe;

/// The fragments of a variant in one text.
pub(crate) fn fragments(variant: Variant) -> Result<String> {
    let mut text = String::new();
    for name in variant.fragments() {
        let path = recipe::path("configs").join(name);
        text += &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(text)
}

/// A configuration in which the fragment's options replace those of `config`. For makefiles that take the first of two
/// assignments.
pub(crate) fn override_options(config: &str, fragment: &str) -> String {
    let wanted: Vec<&str> = fragment.lines().filter_map(option).collect();
    let kept = config.lines().filter(|line| option(line).is_none_or(|name| !wanted.contains(&name)));
    fragment.lines().chain(kept).flat_map(|line| [line, "\n"]).collect()
}

/// The option that a line sets or unsets.
fn option(line: &str) -> Option<&str> {
    if line.starts_with("CONFIG_") {
        return line.split('=').next();
    }
    line.strip_prefix("# ")?.strip_suffix(" is not set").filter(|name| name.starts_with("CONFIG_"))
}

/// Fails if a line of the fragments is not in the final configuration: an option that does not exist, or whose
/// dependencies are not met, would otherwise vanish without a word.
pub(crate) fn check(fragments: &str, config: &str) -> Result<()> {
    let missing: Vec<&str> = fragments.lines().filter(|line| !holds(line, config)).collect();
    if !missing.is_empty() {
        bail!("the configuration does not come out as asked for; missing:\n    {}", missing.join("\n    "));
    }
    Ok(())
}

fn holds(line: &str, config: &str) -> bool {
    if line.starts_with("CONFIG_") {
        return config.lines().any(|have| have == line);
    }
    let unset = option(line);
    unset.is_none_or(|name| !config.lines().any(|have| have.starts_with("CONFIG_") && option(have) == Some(name)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::variant::ALL;

    #[test]
    fn what_is_missing_is_named() {
        let config = "CONFIG_MMU=y\nCONFIG_HZ=100\nCONFIG_SMPX=y\n";
        check("# a comment\nCONFIG_MMU=y\n# CONFIG_SMP is not set\n", config).unwrap();
        for line in ["CONFIG_NET=y", "CONFIG_HZ=1000", "# CONFIG_MMU is not set"] {
            assert!(check(line, config).unwrap_err().to_string().contains(line));
        }
    }

    #[test]
    fn the_fragment_wins() {
        let old = "# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_AB=y\n# end\n";
        let new = override_options(old, "CONFIG_A=y\n# CONFIG_B is not set\n");
        assert_eq!(new, "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_AB=y\n# end\n");
    }

    #[test]
    fn no_fragment_contradicts_another() {
        for variant in ALL {
            let text = fragments(variant).unwrap();
            let mut seen = HashSet::new();
            for name in text.lines().filter_map(|line| line.strip_prefix("CONFIG_")?.split('=').next()) {
                assert!(seen.insert(name.to_owned()), "{variant} sets CONFIG_{name} twice");
            }
        }
    }
}
