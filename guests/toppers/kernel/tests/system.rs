//! Long runs of time, the system log, and tables that make no sense.

use uitron_model as common;

use common::{CYCLICS, Host, HostKernel, boot, message, tables, tick};
use uitron_kernel::{
    BadTable, Context, CycDesc, Cyclic, Error, Kernel, LogRecord, Mailbox, MbxDesc, MemoryPool, MpfDesc, Order,
    RECORDS, SemDesc, Semaphore, TaskId, WORD,
};

#[test]
fn cyclic_handlers_keep_their_phase_over_a_million_ticks() {
    let mut kernel = boot::<1>();
    kernel.sta_cyc(Context::Task, 1).unwrap();
    // (first run, period) of handlers 1 (started by hand), 2 and 3 (started at boot).
    let expected = [(1 + CYCLICS[0].1, CYCLICS[0].1), (CYCLICS[1].2, CYCLICS[1].1), (1, CYCLICS[2].1)];
    for now in 1..=1_000_000u32 {
        let mut runs = tick(&mut kernel);
        runs.sort_unstable();
        let due = (1..).zip(expected).filter(|&(_, (first, period))| now >= first && (now - first) % period == 0);
        assert!(runs.iter().copied().eq(due.map(|(id, _)| id)), "tick {now}: {runs:?}");
    }
    assert_eq!(kernel.get_tim(Context::Task), Ok(1_000_000));
}

#[test]
fn delays_end_on_time_across_the_wrap_of_the_system_time() {
    let mut kernel = boot::<1>();
    kernel.set_tim(Context::Task, u32::MAX - 2).unwrap();
    kernel.dly_tsk(Context::Task, 5).unwrap();
    kernel.dispatch();
    (0..5).for_each(|_| drop(tick(&mut kernel)));
    assert_eq!(kernel.running(), None);
    tick(&mut kernel);
    assert_eq!((kernel.running(), kernel.get_tim(Context::Task)), (TaskId::new(1), Ok(3)));
}

#[test]
fn messages_come_by_priority() {
    let mut kernel = boot::<1>();
    for n in [3, 1, 6, 2, 5, 4] {
        kernel.snd_mbx(Context::Task, 2, message(n)).unwrap();
    }
    let order: Vec<usize> = kernel.view_mailbox(2).unwrap().1.collect();
    assert_eq!(order, [1, 2, 3, 4, 5, 6].map(message));
}

#[test]
fn the_log_keeps_the_newest_records_and_counts_the_lost() {
    let mut kernel = boot::<1>();
    let record = |n: usize| LogRecord { kind: 1, time: 0, info: [n; 6] };
    assert_eq!(kernel.vrea_log(), Err(Error::Obj));
    assert_eq!(kernel.vwri_log(8, record(0)), Err(Error::Par));
    kernel.vwri_log(3, record(0)).unwrap();
    assert_eq!(kernel.vrea_log(), Err(Error::Obj), "masked");
    kernel.vmsk_log(1 << 3, 1 << 2);
    for n in 0..RECORDS + 5 {
        kernel.vwri_log(3, record(n)).unwrap();
    }
    kernel.vwri_log(2, record(99)).unwrap();
    assert_eq!(kernel.port.shown, [record(99)]);
    for n in 5..RECORDS + 5 {
        assert_eq!(kernel.vrea_log(), Ok((record(n), if n == 5 { 5 } else { 0 })));
    }
    assert_eq!(kernel.vrea_log(), Err(Error::Obj));
}

#[test]
fn the_core_refuses_tables_that_make_no_sense() {
    fn refusal(change: impl FnOnce(&mut uitron_kernel::Tables<'static>)) -> Option<BadTable> {
        let mut all = tables();
        change(&mut all);
        let kernel: Result<HostKernel, _> = Kernel::new(Host::default(), all);
        kernel.err()
    }
    let order = Order::Fifo;
    let semaphore = |initial, maximum| Semaphore::new(SemDesc { order, initial, maximum });
    let mailbox = |max_priority| Mailbox::new(MbxDesc { order, message_order: order, max_priority });
    let pool = |blocks, block_size: usize, base| {
        MemoryPool::new(MpfDesc { order, blocks, block_size: block_size as u32, base })
    };
    let cyclic = |period, phase| Cyclic::new(CycDesc { started: false, exinf: 0, handler: 0, period, phase });
    assert_eq!(refusal(|_| ()), None);
    for priority in [0, 17] {
        let desc = uitron_kernel::TaskDesc { priority, ..common::task_desc(1) };
        assert_eq!(refusal(|t| t.tasks[1] = uitron_kernel::Task::new(desc)), Some(BadTable::TaskPriority(2)));
    }
    for (initial, maximum) in [(0, 0), (2, 1)] {
        assert_eq!(refusal(|t| t.semaphores[0] = semaphore(initial, maximum)), Some(BadTable::SemaphoreCount(1)));
    }
    for greatest in [0, 17] {
        assert_eq!(refusal(|t| t.mailboxes[1] = mailbox(greatest)), Some(BadTable::MessagePriority(2)));
    }
    for (blocks, size, base) in [(0, WORD, 8), (1, 0, 8), (1, WORD + 1, 8), (1, WORD, 0), (9, WORD, usize::MAX - 8)] {
        assert_eq!(refusal(|t| t.pools[0] = pool(blocks, size, base)), Some(BadTable::PoolShape(1)));
    }
    for (period, phase) in [(0, 0), (0x8000_0000, 0), (1, 0x8000_0000)] {
        assert_eq!(refusal(|t| t.cyclics[2] = cyclic(period, phase)), Some(BadTable::CyclicTime(3)));
    }
}
