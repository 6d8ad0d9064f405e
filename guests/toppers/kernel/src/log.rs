//! The system log: a ring of records that the log task drains, and the masks of severities.

use crate::{Error, Kernel, Port};

/// Records that the ring holds; the oldest is lost when it is full.
pub const RECORDS: usize = 32;

/// A log record (SYSLOG).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct LogRecord {
    /// LOG_TYPE_*.
    pub kind: u32,
    /// System time in ms.
    pub time: u32,
    /// What belongs to the type; of a comment the format's address and its arguments.
    pub info: [usize; 6],
}

pub(crate) struct Log {
    records: [LogRecord; RECORDS],
    head: usize,
    count: usize,
    lost: u32,
    mask: u32,
    low_mask: u32,
}

impl Log {
    pub(crate) const EMPTY: Self = Self {
        records: [LogRecord { kind: 0, time: 0, info: [0; 6] }; RECORDS],
        head: 0,
        count: 0,
        lost: 0,
        mask: 0,
        low_mask: 0,
    };
}

impl<P: Port> Kernel<'_, P> {
    /// Writes a record of severity `priority` (0 to 7), stamped with the time: into the ring and out at once, as the masks say.
    ///
    /// # Errors
    /// E_PAR: no such severity.
    pub fn vwri_log(&mut self, priority: u32, record: LogRecord) -> Result<(), Error> {
        if priority > 7 {
            return Err(Error::Par);
        }
        let record = LogRecord { time: self.system_time(), ..record };
        let bit = 1 << priority;
        let log = &mut self.log;
        if log.mask & bit != 0 {
            log.records[(log.head + log.count) % RECORDS] = record;
            if log.count < RECORDS {
                log.count += 1;
            } else {
                log.head = (log.head + 1) % RECORDS;
                log.lost = log.lost.saturating_add(1);
            }
        }
        if log.low_mask & bit != 0 {
            self.port.low_log(&record);
        }
        Ok(())
    }

    /// Takes the oldest record, and the number of records lost since the last time.
    ///
    /// # Errors
    /// E_OBJ: the ring is empty.
    pub fn vrea_log(&mut self) -> Result<(LogRecord, u32), Error> {
        let log = &mut self.log;
        log.count = log.count.checked_sub(1).ok_or(Error::Obj)?;
        let record = log.records[log.head];
        log.head = (log.head + 1) % RECORDS;
        Ok((record, core::mem::take(&mut log.lost)))
    }

    /// Sets the severities (bit n: severity n) that go into the ring and those that go out at once.
    pub fn vmsk_log(&mut self, mask: u32, low_mask: u32) {
        self.log.mask = mask;
        self.log.low_mask = low_mask;
    }
}
