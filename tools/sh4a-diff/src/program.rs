//! Turns vectors into one static program that runs them all and writes the records to standard output.
//!
//! For each vector the driver loads the whole state that user mode can set from the vector's record, jumps to the
//! vector's own few instructions (the stub), and stores the state back. One register, the scratch register, cannot take
//! part; it is chosen anew for each vector. On entry to the stub it holds the stub's address, and the stub reloads it
//! afterwards, so a wrong change to it goes unseen in that vector only. SR.S, M and Q cannot be read in user mode; they
//! show through instructions whose results depend on them ([`record::M_OR_S`], [`record::Q_OR_MQ`]).

use crate::driver::{self, Driver};
use crate::emit::Emitter;
use crate::forms::{Branch, Shape};
use crate::record::{self, Marker, Record, WINDOW};
use crate::vector::{Subject, Vector};

/// Where code begins.
pub const CODE: u32 = 0x0040_0000;

/// A program for a batch of vectors.
#[derive(Debug)]
pub struct Program {
    /// What it tests, in the order of the records in its output.
    pub vectors: Vec<Vector>,
    /// Machine code from [`CODE`].
    pub code: Vec<u8>,
    driver: Driver,
}

impl Program {
    /// Builds the vectors `(subject, index)` under `seed`.
    pub fn build(wanted: &[(Subject, u32)], seed: u64) -> Self {
        let mut emitter = Emitter::new(CODE);
        let driver = Driver::emit(&mut emitter, wanted.len());
        let mut vectors = Vec::with_capacity(wanted.len());
        for (at, (subject, index)) in wanted.iter().enumerate() {
            let record = driver::RECORDS + at as u32 * record::BYTES;
            let mut vector = Vector::generate(*subject, *index, seed, record + 4 * WINDOW.start as u32);
            Stub { emitter: &mut emitter, driver: &driver, record }.emit(&mut vector);
            vectors.push(vector);
        }
        // PC-relative loads of the last stubs reach up to 1 KB further.
        emitter.fill_to(emitter.here() + 1024);
        Self { vectors, code: emitter.finish(), driver }
    }

    /// First instruction.
    pub fn entry(&self) -> u32 {
        self.driver.entry
    }

    /// Lets the program pass over the vector of this record.
    pub fn skip(&self, record: &mut Record) {
        record[record::LOADER] = self.driver.skip;
    }

    /// Initial data from [`driver::DATA`], where `adapt` may change what each vector starts from.
    pub fn data(&self, adapt: impl Fn(&Vector, &mut Record)) -> Vec<u8> {
        let records = self.vectors.iter().map(|vector| {
            let mut record = vector.input.clone();
            adapt(vector, &mut record);
            record
        });
        self.driver.data(records)
    }

    /// The records that the program wrote, one for each vector that it reached.
    pub fn records(output: &[u8]) -> Vec<Record> {
        output.chunks_exact(record::BYTES as usize).map(Record::from_bytes).collect()
    }
}

struct Stub<'a> {
    emitter: &'a mut Emitter,
    driver: &'a Driver,
    record: u32,
}

impl Stub<'_> {
    fn emit(&mut self, vector: &mut Vector) {
        self.emitter.align();
        if vector.index % 2 == 1 {
            // The other alignment: PC-relative longword loads round PC down.
            self.emitter.word(0x0009);
        }
        if let Some(back @ ..0) = vector.distance {
            let at = self.emitter.here();
            self.go_on(vector.scratch, Marker::Target);
            self.emitter.fill_to(at.wrapping_sub(back as u32) - if vector.prefix.is_some() { 2 } else { 0 });
        }
        let entry = self.emitter.here();
        if let Some(word) = vector.prefix {
            self.emitter.word(word);
        }
        let at = self.emitter.here();
        self.emitter.word(vector.word);
        if let Some(word) = vector.slot {
            self.emitter.word(word);
        }
        self.go_on(vector.scratch, Marker::Through);
        if let Some(forward @ 0..) = vector.distance {
            self.emitter.fill_to(at + forward as u32);
            self.go_on(vector.scratch, Marker::Target);
        }
        let target = self.emitter.here();
        if let Some(Shape::Branch(branch)) = vector.form().map(|form| form.shape) {
            let n = record::R + usize::from(vector.word >> 8 & 15);
            match branch {
                Branch::Relative => vector.input[n] = target.wrapping_sub(at + 4),
                Branch::Register => vector.input[n] = target,
                Branch::Return => vector.input[record::PR] = target,
                Branch::Conditional { .. } | Branch::Displacement => {}
            }
            if vector.distance.is_none() {
                self.go_on(vector.scratch, Marker::Target);
            }
        }
        vector.input[record::R + usize::from(vector.scratch)] = entry;
        vector.input[record::LOADER] = self.driver.loaders[usize::from(vector.scratch)];
    }

    /// After the instruction: notes which way it went and enters the saver. No register but the scratch register is free
    /// and no flag may change.
    fn go_on(&mut self, scratch: u8, marker: Marker) {
        let helper = driver::helper(scratch);
        self.emitter.load(scratch, self.record);
        self.emitter.op("mov.l Rm,@(D,Rn)", scratch, helper, helper.into());
        self.emitter.op("mov #I,Rn", helper, 0, marker as i32);
        self.emitter.op("mov.l Rm,@(D,Rn)", scratch, helper, scratch.into());
        self.emitter.load(helper, self.driver.savers[usize::from(scratch)]);
        self.emitter.jump(helper);
        self.emitter.pool();
    }
}
