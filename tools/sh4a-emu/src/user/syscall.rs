//! The system calls of Linux/SH that static test programs use. Numbers: `arch/sh/include/uapi/asm/unistd_32.h`.

use super::space::{PAGE, Space};

mod number {
    pub(super) const EXIT: u32 = 1;
    pub(super) const READ: u32 = 3;
    pub(super) const WRITE: u32 = 4;
    pub(super) const GETPID: u32 = 20;
    pub(super) const BRK: u32 = 45;
    pub(super) const IOCTL: u32 = 54;
    pub(super) const MUNMAP: u32 = 91;
    pub(super) const MPROTECT: u32 = 125;
    pub(super) const READV: u32 = 145;
    pub(super) const WRITEV: u32 = 146;
    pub(super) const RT_SIGACTION: u32 = 174;
    pub(super) const RT_SIGPROCMASK: u32 = 175;
    pub(super) const MMAP2: u32 = 192;
    pub(super) const GETUID32: u32 = 199;
    pub(super) const GETGID32: u32 = 200;
    pub(super) const GETEUID32: u32 = 201;
    pub(super) const GETEGID32: u32 = 202;
    pub(super) const FCNTL64: u32 = 221;
    pub(super) const GETTID: u32 = 224;
    pub(super) const EXIT_GROUP: u32 = 252;
    pub(super) const SET_TID_ADDRESS: u32 = 258;
}

const EBADF: u32 = 9;
const ENOMEM: u32 = 12;
const EFAULT: u32 = 14;
const EINVAL: u32 = 22;
const ENOTTY: u32 = 25;
const ENOSYS: u32 = 38;
const F_GETFL: u32 = 3;
const O_RDWR: u32 = 2;
const PROCESS: u32 = 1;
const MAP_ANONYMOUS: u32 = 0x20;
const MAP_FIXED: u32 = 0x10;
/// `struct iovec`s that one call may name.
const MAX_PARTS: u32 = 1024;

/// What a program has open, and its heap.
#[derive(Default)]
pub(super) struct Kernel {
    pub(super) stdin: Vec<u8>,
    pub(super) taken: usize,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// Lowest and current end of the heap.
    pub(super) heap: (u32, u32),
}

/// What comes of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The value for R0.
    Value(u32),
    /// The program is done.
    Exit(i32),
    /// New pages exist.
    Mapped(u32),
}

impl Kernel {
    /// Call `number` with R4..R7, R0, R1. Unknown numbers answer -ENOSYS, as Linux does.
    pub(super) fn call(&mut self, space: &mut Space, number: u32, a: [u32; 6]) -> Answer {
        let result = match number {
            number::EXIT | number::EXIT_GROUP => return Answer::Exit((a[0] & 0xff) as i32),
            number::READ => self.read(space, a[0], a[1], a[2]),
            number::WRITE => self.write(space, a[0], a[1], a[2]),
            number::READV => self.each(space, a, Self::read),
            number::WRITEV => self.each(space, a, Self::write),
            number::BRK => return self.brk(space, a[0]),
            number::MMAP2 => {
                return mmap(space, a).map_or_else(|error| Answer::Value(error.wrapping_neg()), Answer::Mapped);
            }
            number::IOCTL => Err(ENOTTY),
            number::FCNTL64 => fcntl(a[0], a[1]),
            number::GETPID | number::GETTID | number::SET_TID_ADDRESS => Ok(PROCESS),
            number::MUNMAP | number::MPROTECT | number::RT_SIGACTION | number::RT_SIGPROCMASK => Ok(0),
            number::GETUID32 | number::GETGID32 | number::GETEUID32 | number::GETEGID32 => Ok(0),
            _ => Err(ENOSYS),
        };
        Answer::Value(result.unwrap_or_else(|error: u32| error.wrapping_neg()))
    }

    fn read(&mut self, space: &mut Space, file: u32, buffer: u32, len: u32) -> Result<u32, u32> {
        if file != 0 {
            return Err(EBADF);
        }
        let rest = &self.stdin[self.taken..];
        let done = space.copy_in(buffer, &rest[..rest.len().min(len as usize)]);
        self.taken += done;
        if done == 0 && len > 0 && !rest.is_empty() { Err(EFAULT) } else { Ok(done as u32) }
    }

    fn write(&mut self, space: &mut Space, file: u32, buffer: u32, len: u32) -> Result<u32, u32> {
        let sink = match file {
            1 => &mut self.stdout,
            2 => &mut self.stderr,
            _ => return Err(EBADF),
        };
        let data = space.copy_out(buffer, len);
        sink.extend(&data);
        if data.is_empty() && len > 0 { Err(EFAULT) } else { Ok(data.len() as u32) }
    }

    /// `readv` and `writev`: one call of `transfer` for each part, until one is short.
    fn each(
        &mut self,
        space: &mut Space,
        [file, parts, count, ..]: [u32; 6],
        transfer: fn(&mut Self, &mut Space, u32, u32, u32) -> Result<u32, u32>,
    ) -> Result<u32, u32> {
        if count > MAX_PARTS {
            return Err(EINVAL);
        }
        let mut total = 0;
        for part in 0..count {
            let at = parts.wrapping_add(8 * part);
            let (Some(buffer), Some(len)) = (space.long(at), space.long(at.wrapping_add(4))) else {
                return Err(EFAULT);
            };
            match transfer(self, space, file, buffer, len) {
                Ok(done) => {
                    total += done;
                    if done < len {
                        break;
                    }
                }
                Err(error) if total == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(total)
    }

    fn brk(&mut self, space: &mut Space, wanted: u32) -> Answer {
        let (low, end) = self.heap;
        let possible = wanted >= low && wanted < space.mapped && (wanted <= end || space.map(end, wanted - end));
        if possible {
            self.heap.1 = wanted;
        }
        Answer::Mapped(self.heap.1)
    }
}

/// The three open files can be read and written; no flag can be changed.
fn fcntl(file: u32, command: u32) -> Result<u32, u32> {
    match (file, command) {
        (3.., _) => Err(EBADF),
        (_, F_GETFL) => Ok(O_RDWR),
        _ => Err(EINVAL),
    }
}

/// Anonymous memory only. A fixed place must lie where there is nothing yet or is mapped over what is there.
fn mmap(space: &mut Space, [wanted, len, _protection, flags, ..]: [u32; 6]) -> Result<u32, u32> {
    if flags & MAP_ANONYMOUS == 0 {
        return Err(EBADF);
    }
    let len = len.checked_next_multiple_of(PAGE).filter(|len| *len > 0).ok_or(EINVAL)?;
    let start = if flags & MAP_FIXED != 0 { wanted } else { space.mapped.checked_sub(len).ok_or(ENOMEM)? };
    if start < PAGE || start % PAGE != 0 || !space.map(start, len) {
        return Err(ENOMEM);
    }
    if flags & MAP_FIXED == 0 {
        space.mapped = start;
    }
    Ok(start)
}
