//! Atomic accesses, as GCC's `__atomic` built-ins: movli.l and movco.l under `-matomic-model=hard-llcs`.
//!
//! Read-modify-write goes through functions of the prelude, all sequentially consistent: SH-4A has one barrier.

use anyhow::{Context, Result, bail};

use super::function::FunctionWriter;
use crate::llvm::{Op, Rmw, Type, TypeKind, Value};

/// The unsigned C type of an atomic, and how to get from and to the value's own type.
struct Cell {
    c: &'static str,
    pointer: bool,
}

impl Cell {
    fn of(ty: Type) -> Result<Self> {
        Ok(match ty.kind() {
            TypeKind::Int(8) => Self { c: "u8", pointer: false },
            TypeKind::Int(16) => Self { c: "u16", pointer: false },
            TypeKind::Int(32) => Self { c: "u32", pointer: false },
            TypeKind::Pointer => Self { c: "u32", pointer: true },
            _ => bail!("atomic access to `{ty}` is not supported: SH-4A has 8, 16 and 32 bits"),
        })
    }

    fn place(&self, address: &str) -> String {
        format!("({} *)({address})", self.c)
    }

    fn raw(&self, text: &str) -> String {
        if self.pointer { format!("(u32)({text})") } else { text.to_owned() }
    }

    fn back(&self, text: &str) -> String {
        if self.pointer { format!("(ptr)({text})") } else { format!("({})({text})", self.c) }
    }
}

impl FunctionWriter<'_> {
    /// `fence`, `cmpxchg` and `atomicrmw`.
    ///
    /// # Errors
    /// For widths and operations that SH-4A has no means for.
    pub(super) fn atomic(&mut self, instruction: Value) -> Result<()> {
        match instruction.op() {
            Op::Fence => {
                let order = instruction.ordering().gcc().context("a fence without ordering")?;
                self.statement(&format!("__atomic_thread_fence({order})"));
                Ok(())
            }
            Op::CmpXchg => self.compare_exchange(instruction),
            _ => self.read_modify_write(instruction),
        }
    }

    /// An atomic `load`.
    ///
    /// # Errors
    /// For widths that SH-4A has no means for.
    pub(super) fn atomic_load(&mut self, load: Value, place: &str) -> Result<()> {
        let cell = Cell::of(load.ty())?;
        let order = load.ordering().gcc().context("an unknown ordering")?;
        let text = cell.back(&format!("__atomic_load_n({}, {order})", cell.place(place)));
        self.assign(load, &text);
        Ok(())
    }

    /// An atomic `store` of `text`.
    ///
    /// # Errors
    /// For widths that SH-4A has no means for.
    pub(super) fn atomic_store(&mut self, store: Value, text: &str, place: &str) -> Result<()> {
        let cell = Cell::of(store.operand(0).ty())?;
        let order = store.ordering().gcc().context("an unknown ordering")?;
        self.statement(&format!("__atomic_store_n({}, {}, {order})", cell.place(place), cell.raw(text)));
        Ok(())
    }

    /// The old value comes back; it equals the expected one exactly when the exchange happened.
    fn compare_exchange(&mut self, exchange: Value) -> Result<()> {
        let (old, new) = (exchange.operand(1), exchange.operand(2));
        let cell = Cell::of(old.ty())?;
        let place = cell.place(&self.expr(exchange.operand(0))?);
        let (old, new) = (cell.raw(&self.expr(old)?), cell.raw(&self.expr(new)?));
        let (result, number, c) = (self.result(exchange)?, self.fresh(), cell.c);
        self.statement(&format!(
            "{{ {c} o{number} = {old}, r{number} = atomic_compare_exchange_{c}({place}, o{number}, {new}); \
             {result}.f1 = r{number} == o{number}; {result}.f0 = {}; }}",
            cell.back(&format!("r{number}"))
        ));
        Ok(())
    }

    fn read_modify_write(&mut self, rmw: Value) -> Result<()> {
        let operand = rmw.operand(1);
        let cell = Cell::of(operand.ty())?;
        let name = match rmw.rmw() {
            Rmw::Xchg => "exchange",
            Rmw::Add => "add",
            Rmw::Sub => "sub",
            Rmw::And => "and",
            Rmw::Nand => "nand",
            Rmw::Or => "or",
            Rmw::Xor => "xor",
            Rmw::Max => "max",
            Rmw::Min => "min",
            Rmw::UMax => "umax",
            Rmw::UMin => "umin",
            other => bail!("atomicrmw {other:?} is not supported"),
        };
        let place = cell.place(&self.expr(rmw.operand(0))?);
        let value = cell.raw(&self.expr(operand)?);
        let text = cell.back(&format!("atomic_{name}_{}({place}, {value})", cell.c));
        self.assign(rmw, &text);
        Ok(())
    }
}
