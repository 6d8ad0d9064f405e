//! The log task: shows the records of the log on the serial port.

use crate::section::{look, wait};
use crate::{print, serial};

/// Every so many milliseconds.
const INTERVAL: u32 = 10;
/// LOG_UPTO of LOG_NOTICE and of LOG_EMERG.
const UPTO_NOTICE: u32 = (1 << 6) - 1;
const UPTO_EMERG: u32 = 1;
/// Bytes of a line that are sent together.
const LINE: usize = 80;

unsafe extern "C" {
    safe fn serial_opn_por(port: i32) -> i32;
}

/// The log task's function; `exinf` is the port.
#[unsafe(no_mangle)]
extern "C" fn logtask(exinf: usize) {
    // The application may have opened it already.
    let _ = serial_opn_por(exinf as i32);
    look(|kernel, _| kernel.vmsk_log(UPTO_NOTICE, UPTO_EMERG));
    loop {
        while let Ok((record, lost)) = look(|kernel, _| kernel.vrea_log()) {
            let mut line = Line { bytes: [0; LINE], count: 0 };
            if lost > 0 {
                let put = &mut |byte| line.put(byte);
                uitron_kernel::format::format(b"%d messages are lost.\n", &[lost as usize], |_| b"", put);
            }
            print::record(&record, &mut |byte| line.put(byte));
            line.put(b'\n');
            line.flush();
        }
        // Released by force it looks at the log earlier.
        let _ = wait(|kernel, ctx| kernel.dly_tsk(ctx, INTERVAL));
    }
}

struct Line {
    bytes: [u8; LINE],
    count: usize,
}

impl Line {
    fn put(&mut self, byte: u8) {
        self.bytes[self.count] = byte;
        self.count += 1;
        if self.count == LINE {
            self.flush();
        }
    }

    fn flush(&mut self) {
        // A port that was closed loses the log.
        let _ = serial::write(&self.bytes[..self.count]);
        self.count = 0;
    }
}
