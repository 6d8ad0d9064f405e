//! Configurations without files.

use uitron_cfg::{BadConfiguration, System};

/// A configuration in one text; there are no files to include.
pub(crate) fn configured(text: &str) -> Result<System, BadConfiguration> {
    uitron_cfg::parse("app.cfg", text, &|_| Err(std::io::ErrorKind::NotFound.into()))
}
