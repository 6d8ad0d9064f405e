//! The compiler bridge: a linker that turns rustc's LLVM bitcode into GNU C and that into SH-4A code.

fn main() {}
