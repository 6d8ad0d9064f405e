//! A dump is fetched from a board whole or not at all.

use std::io::Cursor;

use anyhow::{Context, Result, bail};
use monitor_api::{Memory, PhysAddr, Processors, Registers};
use monitor_hosts::{Board, Dump, fetch, order};
use spumone_core::dump::{
    BLOCK_BYTES, HEADERS_OFFSET, ORDER_OFFSET, Order, STAGE_OFFSET, Stage, Subject, compose, seal,
};

/// Where the block is.
const AT: u32 = 0x0c20_1000;
/// The dumped guest's memory.
const START: u32 = 0x0c40_0000;
const LENGTH: u32 = 0x0002_3456;
const WHY: &str = "finding 3: somebody did something";

/// A board with a block and a guest's memory, of which the bytes from `broken` on do not answer.
struct Fake {
    block: Vec<u8>,
    memory: Vec<u8>,
    broken: usize,
}

impl Fake {
    /// A page of memory in four is not zero.
    fn new(start: u32, stage: Stage) -> Self {
        let memory = (0..LENGTH).map(|at| if at >> 12 & 3 == 1 { (at % 251) as u8 } else { 0 }).collect();
        let mut block = vec![0; BLOCK_BYTES];
        let subject = Subject { start, length: LENGTH, why: WHY };
        let headers = compose(&mut block[HEADERS_OFFSET..], subject, cpus()).expect("room");
        seal(&mut block, 7, headers, stage).expect("room");
        Self { block, memory, broken: usize::MAX }
    }

    fn stage(&self) -> Option<Stage> {
        Stage::from_word(u32::from_le_bytes(*self.block[STAGE_OFFSET..].first_chunk()?))
    }
}

fn cpus() -> Vec<Registers> {
    let cpu =
        |n| Registers { r: std::array::from_fn(|r| n + r as u32), pc: n, vbr: 0x8c40_0000, ..Registers::default() };
    [1000, 2000, 3000].map(cpu).into()
}

impl Board for Fake {
    fn read(&mut self, address: u32, length: usize) -> Result<Vec<u8>> {
        let (bytes, from) = match address {
            AT => (&self.block, 0),
            _ => (&self.memory, (address - START) as usize),
        };
        if address >= START && from + length > self.broken {
            bail!("the cable came off");
        }
        Ok(bytes.get(from..from + length).context("no such memory")?.to_vec())
    }

    fn write_word(&mut self, address: u32, word: u32) -> Result<()> {
        let from = (address - AT) as usize;
        self.block.get_mut(from..from + 4).context("no such memory")?.copy_from_slice(&word.to_le_bytes());
        Ok(())
    }
}

fn fetched(board: &mut Fake) -> (Result<u32, String>, Vec<u8>) {
    let mut out = Cursor::new(Vec::new());
    let number = fetch(board, AT, &mut out, &mut |done, all| assert!(done <= all)).map(|fetched| fetched.number);
    (number.map_err(|error| format!("{error:#}")), out.into_inner())
}

#[test]
fn what_was_announced_comes_and_the_guest_may_go_on() {
    let mut board = Fake::new(START, Stage::Ready);
    let (number, bytes) = fetched(&mut board);
    assert_eq!((number, board.stage()), (Ok(7), Some(Stage::Taken)));
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("written");
    let dump = Dump::read_core(file.path()).expect("a core");
    let mut memory = vec![0; LENGTH as usize];
    dump.read(PhysAddr::new(START.into()), &mut memory).expect("all of it");
    assert!(memory == board.memory);
    assert_eq!(dump.why(), Some(WHY));
    let found: Vec<_> = (0..dump.count()).filter_map(|cpu| dump.registers(cpu)).collect();
    assert_eq!(found, cpus());
}

#[test]
fn what_cannot_be_fetched_is_refused_and_stays() {
    let damaged = |at: usize| {
        let mut board = Fake::new(START, Stage::Ready);
        board.block[at] ^= 1;
        board
    };
    let cable = Fake { broken: 0x1_0001, ..Fake::new(START, Stage::Ready) };
    for (mut board, says) in [
        (Fake { block: vec![0; BLOCK_BYTES], ..Fake::new(START, Stage::None) }, "take the address from the line"),
        (Fake::new(START, Stage::None), "no dump was made yet"),
        (Fake::new(START, Stage::Taken), "dump 7 was fetched before"),
        (damaged(HEADERS_OFFSET + 60), "its headers are damaged: checksum 0x"),
        (damaged(STAGE_OFFSET + 1), "its stage is 257, which is none"),
        (damaged(0x12), "its headers would have"),
        (Fake::new(0x1fff_f000, Stage::Ready), "are not on the bus"),
        (cable, "the cable came off"),
    ] {
        let before = board.block.clone();
        let (number, _) = fetched(&mut board);
        let error = number.expect_err(says);
        assert!(error.contains(says), "{error:?} does not say {says:?}");
        assert!(board.block == before, "the guest would go on after {error:?}");
    }
}

#[test]
fn an_order_is_written_where_monitors_look_for_it() {
    for wanted in [Order::Resume, Order::Restart] {
        let mut board = Fake::new(START, Stage::None);
        order(&mut board, AT, wanted).expect("written");
        let word = u32::from_le_bytes(*board.block[ORDER_OFFSET..].first_chunk().expect("a word"));
        assert_eq!((Order::from_word(word), board.stage()), (Some(wanted), Some(Stage::None)));
    }
    let mut empty = Fake { block: vec![0; BLOCK_BYTES], ..Fake::new(START, Stage::None) };
    let error = format!("{:#}", order(&mut empty, AT, Order::Resume).expect_err("nobody is there"));
    assert!(error.contains("`the guest stands still`") && empty.block == [0; BLOCK_BYTES], "{error}");
}

#[test]
fn headers_that_do_not_fit_are_not_written() {
    let mut block = [0; 600];
    let subject = Subject { start: START, length: LENGTH, why: "" };
    assert_eq!(compose(&mut block, subject, cpus()), None);
    assert!(compose(&mut block, subject, cpus().into_iter().take(1)).is_some());
}
