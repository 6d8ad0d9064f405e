//! Prints what routines in Rust cost against the same in C.

use sh4a_bridge::codegen::measure;

fn main() -> anyhow::Result<()> {
    let bridge = std::env::current_exe()?.with_file_name("sh4a-bridge");
    let comparisons = measure(&bridge, &std::path::absolute("target/codegen")?)?;
    println!(
        "{:10} {:>12} {:>12} {:>6} {:>8} {:>8} {:>6}",
        "routine", "rust insns", "C insns", "ratio", "bytes", "C bytes", "ratio"
    );
    for c in &comparisons {
        println!(
            "{:10} {:>12} {:>12} {:>6.2} {:>8} {:>8} {:>6.2}",
            c.name,
            c.rust.instructions,
            c.c.instructions,
            c.ratio(),
            c.rust.bytes,
            c.c.bytes,
            c.size_ratio()
        );
    }
    let worst = comparisons.iter().map(|c| c.ratio()).fold(0.0, f64::max);
    println!("codegen: {worst:.3} times the instructions of C at worst");
    Ok(())
}
