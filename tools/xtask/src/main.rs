//! The one door: every command of the project.

fn main() {}
