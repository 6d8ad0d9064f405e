//! STBCR and RESET_REG of SH-X3: standby and start of each core, at 0xfe400004 and 0xfe400008 + 0x1000 * core
//! (Linux `smp-shx3.c`).

use crate::bus::{CoreId, Width};
use crate::device::{Device, Instant, Request, Unanswered};

const STBCR: u32 = 4;
const RESET_REG: u32 = 8;
const STBCR_MSTP: u32 = 1;
const STBCR_RESET: u32 = 2;
const STBCR_SLEEP: u32 = 4;
const STBCR_LTSLP: u32 = 0x8000_0000;

#[derive(Clone, Copy, Debug, Default)]
struct Control {
    stbcr: u32,
    reset: u32,
}

/// The blocks of all cores.
#[derive(Clone, Debug)]
pub struct CoreControl {
    cores: Vec<Control>,
    request: Option<Request>,
}

impl CoreControl {
    /// `cores` blocks; core 0 runs after reset, the others are stopped (MSTP = 1).
    pub fn new(cores: usize) -> Self {
        let stopped = |core: usize| Control { stbcr: if core == 0 { 0 } else { STBCR_MSTP }, reset: 0xa000_0000 };
        Self { cores: (0..cores).map(stopped).collect(), request: None }
    }

    fn locate(&mut self, offset: u32, width: Width) -> Result<(usize, u32), Unanswered> {
        let core = (offset >> 12) as usize;
        if width == Width::Long && core < self.cores.len() { Ok((core, offset & 0xfff)) } else { Err(Unanswered) }
    }
}

impl Device for CoreControl {
    fn read(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width) -> Result<u32, Unanswered> {
        match self.locate(offset, width)? {
            (core, STBCR) => Ok(self.cores[core].stbcr),
            (core, RESET_REG) => Ok(self.cores[core].reset),
            _ => Err(Unanswered),
        }
    }

    fn write(&mut self, _core: CoreId, _now: Instant, offset: u32, width: Width, value: u32) -> Result<(), Unanswered> {
        match self.locate(offset, width)? {
            (core, RESET_REG) => self.cores[core].reset = value,
            (core, STBCR) if value & STBCR_RESET != 0 => {
                self.cores[core].stbcr = value & (STBCR_LTSLP | STBCR_SLEEP);
                self.request = Some(Request::StartCore { core, entry: self.cores[core].reset });
            }
            (core, STBCR) => {
                let was =
                    std::mem::replace(&mut self.cores[core].stbcr, value & (STBCR_LTSLP | STBCR_SLEEP | STBCR_MSTP));
                self.request = match (was & STBCR_MSTP != 0, value & STBCR_MSTP != 0) {
                    (false, true) => Some(Request::StopCore { core }),
                    (true, false) => Some(Request::ResumeCore { core }),
                    _ => None,
                };
            }
            _ => return Err(Unanswered),
        }
        Ok(())
    }

    fn take_request(&mut self) -> Option<Request> {
        self.request.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_starts_as_linux_starts_it() {
        let mut control = CoreControl::new(4);
        control.write(0, 0, 0x2008, Width::Long, 0x8c00_2000).expect("RESET_REG 2");
        control.write(0, 0, 0x2004, Width::Long, STBCR_MSTP).expect("STBCR 2");
        assert_eq!(control.take_request(), None, "it has never run");
        assert_eq!(control.read(0, 0, 0x2004, Width::Long), Ok(STBCR_MSTP));
        control.write(0, 0, 0x2004, Width::Long, STBCR_RESET | STBCR_LTSLP).expect("STBCR 2");
        assert_eq!(control.take_request(), Some(Request::StartCore { core: 2, entry: 0x8c00_2000 }));
        assert_eq!(control.take_request(), None);
        assert_eq!(control.read(0, 0, 0x2004, Width::Long), Ok(STBCR_LTSLP));
    }

    #[test]
    fn a_clock_that_stands_runs_again() {
        let mut control = CoreControl::new(4);
        for (value, request) in [
            (STBCR_LTSLP, None),
            (STBCR_LTSLP | STBCR_MSTP, Some(Request::StopCore { core: 0 })),
            (STBCR_MSTP, None),
            (0, Some(Request::ResumeCore { core: 0 })),
        ] {
            control.write(1, 0, 4, Width::Long, value).expect("STBCR 0");
            assert_eq!(control.take_request(), request, "{value:#x}");
            assert_eq!(control.read(1, 0, 4, Width::Long), Ok(value));
        }
    }

    #[test]
    fn a_fifth_core_does_not_exist() {
        assert_eq!(CoreControl::new(4).read(0, 0, 0x4004, Width::Long), Err(Unanswered));
    }
}
