//! Error codes of service calls, and mistakes in the tables.

use core::fmt;

/// The error codes that service calls return (uITRON4.0 specification, section "Error codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Error {
    /// E_PAR: a parameter is out of range.
    Par = -17,
    /// E_ID: no such object number.
    Id = -18,
    /// E_CTX: not from this context, or not in this state of the system.
    Ctx = -25,
    /// E_ILUSE: the object is not meant to be used so.
    Iluse = -28,
    /// E_OBJ: the object's state forbids it.
    Obj = -41,
    /// E_QOVR: a counter is full.
    Qovr = -43,
    /// E_RLWAI: the wait was released by force.
    Rlwai = -49,
    /// E_TMOUT: polled in vain, or the time is over.
    Tmout = -50,
}

impl Error {
    /// The value that a C caller gets (type ER).
    pub fn code(self) -> i32 {
        self as i32
    }
}

/// Why [`crate::Kernel::new`] refuses a table; numbers count objects from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadTable {
    /// More tasks and cyclic handlers than 65534.
    TooMany,
    /// The task's initial priority is not 1..16.
    TaskPriority(usize),
    /// The semaphore's count is above its maximum, or the maximum is 0.
    SemaphoreCount(usize),
    /// The mailbox's greatest message priority is not 1..16.
    MessagePriority(usize),
    /// The pool has no blocks, or blocks smaller than a word or not a multiple of it, or wraps around the address space.
    PoolShape(usize),
    /// The cyclic handler's period is 0, or its period or phase exceeds TMAX_RELTIM.
    CyclicTime(usize),
}

impl fmt::Display for BadTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "more than 65534 tasks and cyclic handlers: define fewer"),
            Self::TaskPriority(n) => write!(f, "task {n}: the initial priority must be 1..16"),
            Self::SemaphoreCount(n) => write!(f, "semaphore {n}: needs 1 <= maximum and initial count <= maximum"),
            Self::MessagePriority(n) => write!(f, "mailbox {n}: the greatest message priority must be 1..16"),
            Self::PoolShape(n) => write!(f, "memory pool {n}: needs at least one block of one or more whole words"),
            Self::CyclicTime(n) => write!(f, "cyclic handler {n}: period 1..0x7fffffff ms, phase 0..0x7fffffff ms"),
        }
    }
}

impl core::error::Error for BadTable {}
