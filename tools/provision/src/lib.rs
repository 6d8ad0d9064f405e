//! Finds, fetches and caches what the host commands need: the SH compiler, QEMU, rust-src, Debian sources.
