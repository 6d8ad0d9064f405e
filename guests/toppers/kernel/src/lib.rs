//! The portable core of a uITRON4.0 Standard Profile kernel with JSP's limits and extensions.
//!
//! 1. **One value, no globals.** All state is one [`Kernel`], reached by `&mut`; who holds it is in the critical section.
//! 2. **No code of the target.** What a processor must do is the trait [`Port`]; the core has no unsafe code and never allocates.
//! 3. **The context is an argument.** Every service call is a method that takes the caller's [`Context`]; checks come in the
//!    order context, ID, parameters, state.
//! 4. **A call never blocks.** A waiting call returns [`Flow::Waits`]; the port dispatches, and the resumed task fetches its
//!    result with [`Kernel::wait_result`].
//! 5. **Bounded walks.** Ready queue, release and time-out are O(1); only priority-ordered queues and the time event queue are walked.
#![no_std]

mod cyclic;
mod dataqueue;
mod error;
mod eventflag;
pub mod format;
mod inspect;
mod kernel;
mod log;
mod mailbox;
mod mempool;
mod objects;
mod port;
mod queue;
mod ready;
mod semaphore;
mod sync;
mod system;
mod task;
mod task_calls;
mod texception;
mod timeq;
mod transition;

pub use cyclic::{CycCall, CycDesc, Cyclic};
pub use dataqueue::{DataQueue, DtqDesc};
pub use error::{BadTable, Error};
pub use eventflag::{EventFlag, FlagMode, FlgDesc};
pub use inspect::{CyclicView, TaskState, TaskView};
pub use kernel::{Context, Flow, Kernel, Tables};
pub use log::{LogRecord, RECORDS};
pub use mailbox::{Mailbox, MbxDesc};
pub use mempool::{MemoryPool, MpfDesc};
pub use objects::Order;
pub use port::{Port, Warning};
pub use queue::Queue;
pub use semaphore::{SemDesc, Semaphore};
pub use task::{Task, TaskDesc, TaskId, TaskLayout, Wait};
pub use texception::TexCall;
pub use timeq::TimeNode;

/// Most urgent priority of tasks and messages (TMIN_TPRI).
pub const MIN_PRIORITY: i32 = 1;
/// Least urgent priority of tasks and messages (TMAX_TPRI).
pub const MAX_PRIORITY: i32 = 16;
/// TMO_POL: do not wait.
pub const POLL: i32 = 0;
/// TMO_FEVR: wait for ever.
pub const FOREVER: i32 = -1;
/// The longest relative time in ms that a service call accepts (TMAX_RELTIM).
pub const MAX_RELTIM: u32 = 0x7fff_ffff;
/// Bytes of the words in which data queues, messages and free memory blocks are linked.
pub const WORD: usize = size_of::<usize>();
