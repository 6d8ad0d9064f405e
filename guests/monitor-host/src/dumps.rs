//! Dumps of the watched guest: it stands still, the headers of a core file are written, and it goes on when somebody has fetched them
//! and the memory, or nobody did for too long. And what somebody outside orders meanwhile.

use core::fmt::Write;

use monitor_api::{Clock, Processors, Registers};
use spumone_abi::client::Error;
use spumone_core::dump::{
    BLOCK_BYTES, HEADERS_OFFSET, ORDER_OFFSET, Order, STAGE_OFFSET, Stage, Subject, compose, seal,
};
use spumone_core::findings::Entry;

use crate::log::line;
use crate::memory::Watched;

/// Nanoseconds in which a guest that is asked to stands still.
const STANDS: u64 = 1_000_000_000;
/// Longest reason; the rest is cut.
const WHY: usize = 240;

/// Where the headers are written, for whoever fetches the dump (`spumone_core::dump`).
#[unsafe(export_name = "__spumone_dump")]
static mut BLOCK: Block = Block([0; BLOCK_BYTES]);

/// Words are read in it.
#[repr(C, align(32))]
struct Block([u8; BLOCK_BYTES]);

/// What becomes of the guest when its dump has been fetched; the later, the stronger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum After {
    /// It goes on.
    Resume,
    /// It goes on standing still.
    Stand,
    /// It is started afresh.
    Restart,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Idle,
    /// The guest was asked to stand still, then.
    Asked(u64),
    /// The dump can be fetched, since then.
    Ready(u64),
}

/// The dump that is being made.
pub(crate) struct Dumps {
    progress: Progress,
    after: After,
    /// It was said that the guest stands until somebody orders something else.
    paused: bool,
    /// Dumps so far.
    number: u32,
    why: heapless::String<WHY>,
    /// Nanoseconds that somebody has to fetch one; 0: for ever.
    patience: u64,
}

impl Dumps {
    pub(crate) fn new(seconds: u32) -> Self {
        let patience = u64::from(seconds) * 1_000_000_000;
        // A block without headers has room.
        let _ = seal(block(), 0, 0, Stage::None);
        let (progress, after, why) = (Progress::Idle, After::Resume, heapless::String::new());
        Self { progress, after, paused: false, number: 0, why, patience }
    }

    /// Lets the guest stand still until somebody orders something else.
    pub(crate) fn pause(&mut self, host: &Watched) -> Result<(), Error> {
        host.hypervisor.guest_pause(host.guest)?;
        self.stands(host);
        Ok(())
    }

    fn stands(&mut self, host: &Watched) {
        self.paused = true;
        let at = address();
        line(host.hypervisor, format_args!("the guest stands still: cargo xtask monitor order resume --at {at:#010x}"));
    }

    /// Asks for a dump because of finding `number`.
    pub(crate) fn ask(&mut self, host: &Watched, entry: &Entry, number: u32, after: After) -> Result<(), Error> {
        if self.postpone(after) {
            return Ok(());
        }
        host.hypervisor.guest_pause(host.guest)?;
        // Another finding of the same round may have said that it stands.
        let after = if self.paused { after.max(After::Stand) } else { after };
        (self.progress, self.after) = (Progress::Asked(host.now()), after);
        self.why.clear();
        // What does not fit is cut.
        let _ = write!(self.why, "finding {number}: {entry}");
        Ok(())
    }

    /// True if a dump is being made: `after` comes when it has been fetched.
    pub(crate) fn postpone(&mut self, after: After) -> bool {
        let pending = self.progress != Progress::Idle;
        if pending {
            self.after = self.after.max(after);
        }
        pending
    }

    /// What can be done now.
    pub(crate) fn go_on(&mut self, host: &Watched) {
        if let Some(order) = Order::from_word(read(ORDER_OFFSET)) {
            self.after = match order {
                Order::Resume => After::Resume,
                Order::Restart => After::Restart,
            };
            line(host.hypervisor, format_args!("the guest goes on by order: {order:?}"));
            self.end(host);
        }
        match self.progress {
            Progress::Idle => {}
            Progress::Asked(since) => {
                let standing = (0..host.count()).filter(|vcpu| host.registers(*vcpu).is_some()).count();
                if standing == host.count() || host.now().saturating_sub(since) > STANDS {
                    self.announce(host, standing);
                }
            }
            Progress::Ready(since) => {
                let taken = stage() == Some(Stage::Taken);
                if taken || (self.patience != 0 && host.now().saturating_sub(since) > self.patience) {
                    let what = if taken { "was fetched" } else { "was not fetched in time" };
                    line(host.hypervisor, format_args!("dump {} {what}", self.number));
                    self.end(host);
                }
            }
        }
    }

    fn announce(&mut self, host: &Watched, standing: usize) {
        self.number += 1;
        let (start, length) = (host.start, host.size);
        let subject = Subject { start, length, why: &self.why };
        let cpus = (0..host.count()).map(|vcpu| host.registers(vcpu).unwrap_or_else(Registers::default));
        let block = block();
        let headers = block.get_mut(HEADERS_OFFSET..).and_then(|room| compose(room, subject, cpus));
        let sealed = headers.and_then(|headers| seal(block, self.number, headers, Stage::Ready));
        if sealed.is_none() {
            line(host.hypervisor, format_args!("dump {}: no room for the registers of all CPUs", self.number));
            return self.end(host);
        }
        let (number, at, all) = (self.number, address(), host.count());
        line(
            host.hypervisor,
            format_args!(
                "dump {number} is ready ({standing} of {all} CPUs stand still): cargo xtask monitor dump --at {at:#010x}"
            ),
        );
        self.progress = Progress::Ready(host.now());
    }

    fn end(&mut self, host: &Watched) {
        (self.progress, self.paused) = (Progress::Idle, false);
        // Nothing is to be fetched any more, and an order has been carried out; a block without headers has room.
        let taken = stage().filter(|stage| *stage == Stage::Taken).unwrap_or(Stage::None);
        let _ = seal(block(), self.number, 0, taken);
        let (spumone, guest) = (host.hypervisor, host.guest);
        let done = match self.after {
            After::Resume => spumone.guest_resume(guest).map(drop),
            After::Stand => {
                self.stands(host);
                Ok(())
            }
            // Whoever stands would begin anew and stand.
            After::Restart => spumone.guest_reset(guest).and_then(|_| spumone.guest_resume(guest)).map(drop),
        };
        if let Err(error) = done {
            line(spumone, format_args!("the guest does not go on: {error:?}"));
        }
    }
}

fn block() -> &'static mut [u8; BLOCK_BYTES] {
    // SAFETY: (1) a block of this guest's own; (2) its one vCPU uses no borrow of it any more once it has taken another;
    // (3) who fetches a dump writes to it only while nobody borrows it.
    unsafe { &mut (*(&raw mut BLOCK)).0 }
}

/// What whoever fetches it says.
fn stage() -> Option<Stage> {
    Stage::from_word(read(STAGE_OFFSET))
}

/// A word of the block.
fn read(offset: usize) -> u32 {
    // SAFETY: (1) an aligned word of this guest's own block, where offsets are constants; (2) a debugger may have written it, so it is read anew each time.
    unsafe { (&raw const BLOCK).cast::<u8>().add(offset).cast::<u32>().read_volatile() }
}

/// The block's bus address.
fn address() -> u32 {
    (&raw const BLOCK) as usize as u32 & 0x1fff_ffff
}
