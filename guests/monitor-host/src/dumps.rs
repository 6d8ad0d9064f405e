//! Dumps of the watched guest: it stands still, the headers of a core file are written, and it goes on when somebody has fetched them
//! and the memory, or nobody did for too long. And what somebody outside orders meanwhile.

use core::fmt::Write;

use monitor_api::{Clock, Processors, Registers};
use spumone_abi::client::Error;
use spumone_core::dump::{
    BLOCK_BYTES, HEADERS_OFFSET, ORDER_OFFSET, Order, STAGE_OFFSET, Stage, Subject, compose, seal,
};
use spumone_core::findings::Entry;
use spumone_core::monitors::{After, End, Next, Standstill};

use crate::log::line;
use crate::memory::Watched;

/// Longest reason; the rest is cut.
const WHY: usize = 240;

/// Where the headers are written, for whoever fetches the dump (`spumone_core::dump`).
#[unsafe(export_name = "__spumone_dump")]
static mut BLOCK: Block = Block([0; BLOCK_BYTES]);

/// Words are read in it.
#[repr(C, align(32))]
struct Block([u8; BLOCK_BYTES]);

/// The dump that is being made.
pub(crate) struct Dumps {
    pub(crate) still: Standstill,
    /// Dumps so far.
    number: u32,
    why: heapless::String<WHY>,
}

impl Dumps {
    /// `seconds` that somebody has to fetch one; 0: for ever.
    pub(crate) fn new(seconds: u32) -> Self {
        // A block without headers has room.
        let _ = seal(block(), 0, 0, Stage::None);
        let still = Standstill::new(u64::from(seconds) * 1_000_000_000);
        Self { still, number: 0, why: heapless::String::new() }
    }

    /// Lets the guest stand still until somebody orders something else.
    pub(crate) fn pause(&mut self, host: &Watched) -> Result<(), Error> {
        host.hypervisor.guest_pause(host.guest)?;
        self.still.paused();
        stands(host);
        Ok(())
    }

    /// Asks for a dump because of finding `number`.
    pub(crate) fn ask(&mut self, host: &Watched, entry: &Entry, number: u32, after: After) -> Result<(), Error> {
        host.hypervisor.guest_pause(host.guest)?;
        self.still.asked(after, host.now());
        self.why.clear();
        // What does not fit is cut.
        let _ = write!(self.why, "finding {number}: {entry}");
        Ok(())
    }

    /// What can be done now.
    pub(crate) fn go_on(&mut self, host: &Watched) {
        let order = Order::from_word(read(ORDER_OFFSET));
        let standing = (0..host.count()).filter(|vcpu| host.registers(*vcpu).is_some()).count();
        let taken = stage() == Some(Stage::Taken);
        match self.still.next(host.now(), order, standing == host.count(), taken) {
            Next::Wait => {}
            Next::Announce => self.announce(host, standing),
            Next::End(why) => self.end(host, why),
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
            return self.end(host, End::Failed);
        }
        let (number, at, all) = (self.number, address(), host.count());
        line(
            host.hypervisor,
            format_args!(
                "dump {number} is ready ({standing} of {all} CPUs stand still): cargo xtask monitor dump --at {at:#010x}"
            ),
        );
        self.still.announced(host.now());
    }

    fn end(&mut self, host: &Watched, why: End) {
        let (spumone, guest, number) = (host.hypervisor, host.guest, self.number);
        match why {
            End::Ordered(order) => line(spumone, format_args!("the guest goes on by order: {order:?}")),
            End::Fetched => line(spumone, format_args!("dump {number} was fetched")),
            End::Late => line(spumone, format_args!("dump {number} was not fetched in time")),
            End::Failed => line(spumone, format_args!("dump {number}: no room for the registers of all CPUs")),
        }
        // Nothing is to be fetched any more, and an order has been carried out; a block without headers has room.
        let taken = stage().filter(|stage| *stage == Stage::Taken).unwrap_or(Stage::None);
        let _ = seal(block(), number, 0, taken);
        let done = match self.still.end(why) {
            After::Resume => spumone.guest_resume(guest).map(drop),
            After::Stand => {
                stands(host);
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

fn stands(host: &Watched) {
    let at = address();
    line(host.hypervisor, format_args!("the guest stands still: cargo xtask monitor order resume --at {at:#010x}"));
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
