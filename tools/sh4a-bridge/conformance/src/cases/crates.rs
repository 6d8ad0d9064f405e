//! The crates that the hypervisor uses.

use core::fmt::Write;
use core::hint::black_box;

/// Vectors, strings, queues and maps without an allocator.
pub fn heapless(out: &mut dyn Write) {
    let mut list: ::heapless::Vec<u64, 8> = ::heapless::Vec::new();
    for n in black_box(0..10u64) {
        let _ = write!(out, "{:?} ", list.push(n * n << 30));
    }
    list.swap_remove(2);
    list.retain(|n| n % 2 == 0);
    let _ = writeln!(out, "{list:?}");
    let mut text: ::heapless::String<16> = ::heapless::String::new();
    let _ = write!(text, "{:?}", Some(-42));
    let refused = text.push_str("much too long").is_err();
    let _ = writeln!(out, "{text} {refused} {}", text.len());
    let mut queue: ::heapless::spsc::Queue<u16, 4> = ::heapless::spsc::Queue::new();
    let (mut producer, mut consumer) = queue.split();
    for n in 0..5 {
        let _ = write!(out, "{:?} ", producer.enqueue(n));
    }
    let _ = writeln!(out, "{:?} {:?} {:?} {:?}", consumer.dequeue(), consumer.dequeue(), consumer.dequeue(), consumer.dequeue());
    let mut map: ::heapless::LinearMap<&str, i32, 4> = ::heapless::LinearMap::new();
    let _ = (map.insert("a", 1), map.insert("b", 2), map.insert("a", 3));
    let _ = writeln!(out, "{:?} {:?} {}", map.get("a"), map.get("c"), map.len());
    let mut heap: ::heapless::BinaryHeap<u8, ::heapless::binary_heap::Max, 8> = ::heapless::BinaryHeap::new();
    for n in black_box([3, 200, 7, 99]) {
        let _ = heap.push(n);
    }
    while let Some(n) = heap.pop() {
        let _ = write!(out, "{n} ");
    }
    let _ = writeln!(out);
}

static COUNTER: ::spin::Mutex<[u32; 3]> = ::spin::Mutex::new([1, 2, 3]);
static ONCE: ::spin::Once<u64> = ::spin::Once::new();

/// Locks and one-time initialisation.
pub fn spin(out: &mut dyn Write) {
    {
        let mut guard = COUNTER.lock();
        guard[1] += black_box(40);
        let _ = writeln!(out, "{:?} {}", *guard, COUNTER.try_lock().is_none());
    }
    let first = *ONCE.call_once(|| black_box(1 << 50));
    let second = *ONCE.call_once(|| 0);
    let _ = writeln!(out, "{first} {second} {:?} {:?}", ONCE.get(), *COUNTER.lock());
}

::bitflags::bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    struct Status: u32 { const RB = 1 << 29; const BL = 1 << 28; const MD = 1 << 30; const IMASK = 0xf0; }
}

/// Sets of flags.
pub fn bitflags(out: &mut dyn Write) {
    let mut status = Status::from_bits_truncate(black_box(0x7000_00f1));
    let _ = writeln!(out, "{status:?} {:#x} {:?}", status.bits(), Status::from_bits(1));
    status.remove(Status::BL);
    status.toggle(Status::RB | Status::MD);
    let _ = writeln!(out, "{status:?} {} {:?} {:?}", status.contains(Status::IMASK), !status, status - Status::IMASK);
    for (name, flag) in Status::all().iter_names() {
        let _ = write!(out, "{name}={:x} ", flag.bits());
    }
    let _ = writeln!(out);
}

static LINES: ::spin::Mutex<::heapless::String<512>> = ::spin::Mutex::new(::heapless::String::new());

struct Logger;

impl ::log::Log for Logger {
    fn enabled(&self, metadata: &::log::Metadata) -> bool {
        metadata.level() <= ::log::Level::Info
    }
    fn log(&self, record: &::log::Record) {
        if self.enabled(record.metadata()) {
            let _ = writeln!(LINES.lock(), "{:5} {}:{}: {}", record.level(), record.target(), record.line().unwrap_or(0), record.args());
        }
    }
    fn flush(&self) {}
}

/// The log facade with a logger of our own.
pub fn log(out: &mut dyn Write) {
    let _ = ::log::set_logger(&Logger);
    ::log::set_max_level(::log::LevelFilter::Trace);
    ::log::error!("first {}", black_box(1));
    ::log::info!(target: "vcpu", "second {:?}", (2, "x"));
    ::log::debug!("not shown");
    let _ = write!(out, "{}", LINES.lock());
}
