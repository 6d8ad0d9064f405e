//! Writing to the console as fast as it goes.

use crate::Test;
use spumone_abi::SPUMONE_INFO_PREEMPTIONS;

const LINE: &[u8] = b"................................................................................\n";

/// A guest that floods its console. It waits for itself, nobody else does.
pub struct Flood {
    test: Test,
    lines: u32,
    refused: u32,
}

impl Flood {
    /// Begins the test `name`.
    pub fn begin(table: u32, name: &'static str) -> Self {
        Self { test: Test::begin(table, name), lines: 0, refused: 0 }
    }

    /// The test.
    pub fn test(&mut self) -> &mut Test {
        &mut self.test
    }

    /// Writes `lines` lines without a pause.
    pub fn write(&mut self, lines: u32) {
        for _ in 0..lines {
            let mut rest = LINE;
            while !rest.is_empty() {
                let Ok(taken) = self.test.hypervisor.console_write(rest) else { break };
                self.refused += u32::from(taken == 0);
                rest = rest.get(taken as usize..).unwrap_or(&[]);
            }
            self.test.expect(rest.is_empty(), "console_write fails");
            self.lines += 1;
        }
    }

    /// Says how it went, and ends.
    pub fn end(mut self) -> ! {
        let Self { lines, refused, .. } = self;
        let preemptions = self.test.hypervisor.info(SPUMONE_INFO_PREEMPTIONS).unwrap_or(0);
        self.test.say(format_args!("{lines} lines, {refused} times refused, {preemptions} preemptions"));
        self.test.end()
    }
}
