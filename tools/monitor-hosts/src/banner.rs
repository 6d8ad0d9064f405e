//! What kernel a guest runs, when a profile does not fit.

use monitor_api::{Host, PhysAddr};

/// What every banner begins with.
const BEGIN: &[u8] = b"Linux version ";
/// Bytes that are read at once.
const PIECE: usize = 64 << 10;

/// The texts in `length` bytes of memory from `start` on that look like a kernel's banner, each once.
pub fn find_banners(host: &dyn Host, start: u64, length: u64) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // A banner may lie across two pieces.
    let mut bytes = vec![0; PIECE + 256];
    for offset in (0..length).step_by(PIECE) {
        let piece = bytes.len().min((length - offset) as usize);
        if host.read(PhysAddr::new(start + offset), &mut bytes[..piece]).is_err() {
            continue;
        }
        for at in (0..piece.saturating_sub(BEGIN.len())).filter(|at| bytes[*at..].starts_with(BEGIN)) {
            let text: Vec<u8> =
                bytes[at..piece].iter().copied().take_while(|byte| !matches!(byte, 0 | b'\n')).collect();
            let text = String::from_utf8_lossy(&text).into_owned();
            // The format string of the message that prints it looks alike.
            if text.contains('#') && !text.contains('%') && !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found
}
