//! Prints what routines in Rust cost against the same in C.

use sh4a_bridge::codegen::measure;

fn main() -> anyhow::Result<()> {
    let bridge = std::env::current_exe()?.with_file_name("sh4a-bridge");
    let comparisons = measure(&bridge, &std::path::absolute("target/codegen")?)?;
    println!("{:10} {:>12} {:>8} {:>12} {:>8} {:>6}", "routine", "rust insns", "bytes", "C insns", "bytes", "ratio");
    for c in &comparisons {
        println!(
            "{:10} {:>12} {:>8} {:>12} {:>8} {:>6.2}",
            c.name,
            c.rust.instructions,
            c.rust.bytes,
            c.c.instructions,
            c.c.bytes,
            c.ratio()
        );
    }
    let (rust, c) = comparisons.iter().fold((0, 0), |(r, c), x| (r + x.rust.instructions, c + x.c.instructions));
    println!("codegen: {:.3} times the instructions of C", rust as f64 / c as f64);
    Ok(())
}
