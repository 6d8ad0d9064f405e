//! Atomic accesses, as GCC's `__atomic` built-ins: movli.l and movco.l under `-matomic-model=hard-llcs`.

use anyhow::{Context, Result, bail};

use super::arith::{compare_text, signed};
use super::function::FunctionWriter;
use crate::llvm::{Op, Rmw, Type, TypeKind, Value};

/// The unsigned C type of an atomic, and how to get from and to the value's own type.
struct Cell {
    c: &'static str,
    pointer: bool,
    bits: u32,
}

impl Cell {
    fn of(ty: Type) -> Result<Self> {
        Ok(match ty.kind() {
            TypeKind::Int(8) => Self { c: "u8", pointer: false, bits: 8 },
            TypeKind::Int(16) => Self { c: "u16", pointer: false, bits: 16 },
            TypeKind::Int(32) => Self { c: "u32", pointer: false, bits: 32 },
            TypeKind::Pointer => Self { c: "u32", pointer: true, bits: 32 },
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

    fn compare_exchange(&mut self, exchange: Value) -> Result<()> {
        let (old, new) = (exchange.operand(1), exchange.operand(2));
        let cell = Cell::of(old.ty())?;
        let (success, failure) = exchange.exchange_orderings();
        let (success, failure) =
            (success.gcc().context("an unknown ordering")?, failure.gcc().context("an unknown ordering")?);
        let place = cell.place(&self.expr(exchange.operand(0))?);
        let (old, new) = (cell.raw(&self.expr(old)?), cell.raw(&self.expr(new)?));
        let result = self.result(exchange)?;
        let number = self.fresh();
        self.statement(&format!(
            "{{ {} o{number} = {old}; {result}.f1 = __atomic_compare_exchange_n({place}, &o{number}, {new}, 0, {success}, {failure}); {result}.f0 = {}; }}",
            cell.c,
            cell.back(&format!("o{number}"))
        ));
        Ok(())
    }

    fn read_modify_write(&mut self, rmw: Value) -> Result<()> {
        let operand = rmw.operand(1);
        let cell = Cell::of(operand.ty())?;
        let order = rmw.ordering().gcc().context("an unknown ordering")?;
        let place = cell.place(&self.expr(rmw.operand(0))?);
        let value = cell.raw(&self.expr(operand)?);
        let predicate = match rmw.rmw() {
            Rmw::Max => 38,
            Rmw::Min => 40,
            Rmw::UMax => 34,
            Rmw::UMin => 36,
            simple => {
                let name = match simple {
                    Rmw::Xchg => "__atomic_exchange_n",
                    Rmw::Add => "__atomic_fetch_add",
                    Rmw::Sub => "__atomic_fetch_sub",
                    Rmw::And => "__atomic_fetch_and",
                    Rmw::Nand => "__atomic_fetch_nand",
                    Rmw::Or => "__atomic_fetch_or",
                    Rmw::Xor => "__atomic_fetch_xor",
                    other => bail!("atomicrmw {other:?} is not supported"),
                };
                let text = cell.back(&format!("{name}({place}, {value}, {order})"));
                self.assign(rmw, &text);
                return Ok(());
            }
        };
        if cell.pointer {
            bail!("atomic minimum and maximum of pointers are not supported");
        }
        let (result, number) = (self.result(rmw)?, self.fresh());
        let (c, held) = (cell.c, format!("o{number}"));
        let better = if predicate >= 38 {
            format!(
                "{} {} {}",
                signed(cell.bits, &held),
                if predicate == 38 { ">" } else { "<" },
                signed(cell.bits, &format!("n{number}"))
            )
        } else {
            compare_text(predicate, operand.ty(), &held, &format!("n{number}"))?
        };
        self.statement(&format!(
            "{{ {c} n{number} = {value}, {held} = __atomic_load_n({place}, __ATOMIC_RELAXED); \
             while (!__atomic_compare_exchange_n({place}, &{held}, ({c})({better} ? {held} : n{number}), 0, {order}, __ATOMIC_RELAXED)) {{}} \
             {result} = {held}; }}"
        ));
        Ok(())
    }
}
