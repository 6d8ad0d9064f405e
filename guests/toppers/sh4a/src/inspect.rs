//! The state of all objects in one word, for comparison with the reference model (guests/toppers/model, `snapshot.rs`).

use crate::section::{TheKernel, look};
use uitron_kernel::{TaskId, TaskState, Wait};

const END: u32 = 0xffff_ff00;

struct Fnv(u32);

impl Fnv {
    fn word(&mut self, word: u32) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0100_0193);
    }

    fn tasks(&mut self, tasks: impl Iterator<Item = TaskId>) {
        tasks.for_each(|task| self.word(task.number() as u32));
        self.word(END);
    }
}

/// The hash of the state. `plain` gives messages and blocks as numbers.
#[unsafe(no_mangle)]
extern "C" fn uitron_state(plain: extern "C" fn(usize) -> u32) -> u32 {
    look(|kernel, _| {
        let mut hash = Fnv(0x811c_9dc5);
        hash.word(kernel.running().map_or(0, |task| task.number() as u32));
        hash.word(u32::from(kernel.sns_loc()) | u32::from(kernel.sns_dsp()) << 1);
        hash.word(kernel.system_time());
        each(|id| task(kernel, &mut hash, plain, id));
        each(|id| {
            kernel.view_semaphore(id).ok().map(|(count, waiters)| {
                hash.word(count);
                hash.tasks(waiters);
            })
        });
        each(|id| {
            kernel.view_flag(id).ok().map(|(pattern, waiter)| {
                hash.word(pattern);
                hash.word(waiter.map_or(0, |task| task.number() as u32));
            })
        });
        each(|id| dataqueue(kernel, &mut hash, plain, id));
        each(|id| mailbox(kernel, &mut hash, plain, id));
        each(|id| {
            kernel.view_pool(id).ok().map(|(free, waiters)| {
                hash.word(free as u32);
                hash.tasks(waiters);
            })
        });
        each(|id| kernel.view_cyclic(id).ok().map(|view| hash.word(view.left.map_or(0, |left| left.wrapping_add(1)))));
        hash.0
    })
}

/// Numbers from 1 on, until there is no such object.
fn each(mut body: impl FnMut(i32) -> Option<()>) {
    let mut id = 1;
    while body(id).is_some() {
        id += 1;
    }
}

fn task(kernel: &TheKernel, hash: &mut Fnv, plain: extern "C" fn(usize) -> u32, id: i32) -> Option<()> {
    let view = kernel.view_task(id).ok()?;
    hash.word(match view.state {
        TaskState::Dormant => 0,
        TaskState::Running => 1,
        TaskState::Ready => 2,
        TaskState::Suspended => 3,
        TaskState::Waiting(wait) => code(wait),
        TaskState::WaitingSuspended(wait) => code(wait) + 1,
    });
    hash.word(view.priority as u32);
    hash.word(view.activations | view.wakeups << 1 | u32::from(view.tex_enabled) << 2);
    hash.word(view.left.map_or(0, |left| left.wrapping_add(1)));
    hash.word(view.tex_pending);
    let result = kernel.wait_result(TaskId::new(id)?);
    hash.word(result.map_or_else(|error| error.code() as u32, |word| plain(word)));
    Some(())
}

fn code(wait: Wait) -> u32 {
    match wait {
        Wait::Sleep => 4,
        Wait::Delay => 6,
        Wait::Semaphore(_) => 8,
        Wait::Flag { .. } => 10,
        Wait::Send { .. } => 12,
        Wait::Receive(_) => 14,
        Wait::Message(_) => 16,
        Wait::Block(_) => 18,
    }
}

fn dataqueue(kernel: &TheKernel, hash: &mut Fnv, plain: extern "C" fn(usize) -> u32, id: i32) -> Option<()> {
    kernel.view_dataqueue(id).ok()?.for_each(|word| hash.word(plain(word)));
    hash.word(END);
    hash.tasks(kernel.view_dataqueue_waiters(id, true).ok()?);
    hash.tasks(kernel.view_dataqueue_waiters(id, false).ok()?);
    Some(())
}

fn mailbox(kernel: &TheKernel, hash: &mut Fnv, plain: extern "C" fn(usize) -> u32, id: i32) -> Option<()> {
    kernel.view_mailbox(id).ok()?.1.for_each(|message| hash.word(plain(message)));
    hash.word(END);
    hash.tasks(kernel.view_mailbox_waiters(id).ok()?);
    Some(())
}
