//! Tests that cannot pass on SH-4A under the shims, each with its reason.

/// Test name and reason.
pub(super) const EXCEPTIONS: &[(&str, &str)] = &[];
