//! Log records as text.

use core::ffi::{CStr, c_char};
use uitron_kernel::{LogRecord, format};

const COMMENT: u32 = 0x09;
const ASSERT: u32 = 0x0a;

/// Shows a record, without the line's end.
pub fn record(record: &LogRecord, put: &mut impl FnMut(u8)) {
    let LogRecord { kind, info, .. } = record;
    match *kind {
        COMMENT => print(text(info[0]), &info[1..], put),
        ASSERT => print(b"%s:%u: Assertion `%s' failed.", &info[..3], put),
        _ => print(b"log type 0x%02x: 0x%x 0x%x", &[*kind as usize, info[0], info[1]], put),
    }
}

fn print(format: &[u8], arguments: &[usize], put: &mut impl FnMut(u8)) {
    format::format(format, arguments, text, put);
}

/// The string at `address`.
fn text(address: usize) -> &'static [u8] {
    if address == 0 {
        return b"(null)";
    }
    // SAFETY: log records hold addresses of strings that live until they are shown (t_syslog.h).
    unsafe { CStr::from_ptr(address as *const c_char) }.to_bytes()
}
