//! Packs a validated system and its binaries into a bootable image.
