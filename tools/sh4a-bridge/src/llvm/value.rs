//! Values: constants, globals, arguments and instructions.

use super::ffi::{self, Block, Type, Value};
use super::opcode::{Op, Ordering, Rmw};

/// What a value is (`LLVMValueKind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Argument,
    Function,
    Alias,
    Global,
    BlockAddress,
    Expression,
    Aggregate,
    Data,
    Undefined,
    Zero,
    Int,
    Float,
    Null,
    Metadata,
    InlineAsm,
    Instruction,
    Other(u32),
}

/// Where in the Rust source something stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Path as rustc recorded it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Value {
    /// What this value is.
    pub fn kind(self) -> Kind {
        match ffi::value_kind(self) {
            0 => Kind::Argument,
            5 => Kind::Function,
            6 => Kind::Alias,
            8 => Kind::Global,
            9 => Kind::BlockAddress,
            10 => Kind::Expression,
            11..=13 => Kind::Aggregate,
            14 | 25 => Kind::Undefined,
            15 => Kind::Zero,
            16 | 17 => Kind::Data,
            18 => Kind::Int,
            19 => Kind::Float,
            20 => Kind::Null,
            22 => Kind::Metadata,
            23 => Kind::InlineAsm,
            24 => Kind::Instruction,
            other => Kind::Other(other),
        }
    }

    /// Its type.
    pub fn ty(self) -> Type {
        ffi::type_of(self)
    }

    /// Its name in the IR; empty for numbered values.
    pub fn name(self) -> String {
        String::from_utf8_lossy(&ffi::sized(|len| ffi::value_name(self, len))).into_owned()
    }

    /// Operands of an instruction, constant or global; none for anything else.
    pub fn operands(self) -> Vec<Value> {
        let has = matches!(
            self.kind(),
            Kind::Instruction | Kind::Expression | Kind::Aggregate | Kind::Global | Kind::Alias | Kind::Function
        );
        let count = if has { ffi::operand_count(self).max(0) as u32 } else { 0 };
        (0..count).filter_map(|index| ffi::operand(self, index)).collect()
    }

    /// Operand `index` of an instruction or constant.
    pub fn operand(self, index: u32) -> Value {
        ffi::operand(self, index).expect("instructions have the operands that their opcode demands")
    }

    /// What an instruction does.
    pub fn op(self) -> Op {
        Op::from(ffi::opcode(self))
    }

    /// What a constant expression does.
    pub fn const_op(self) -> Op {
        Op::from(ffi::const_opcode(self))
    }

    /// `LLVMIntPredicate` of an `icmp`.
    pub fn int_predicate(self) -> u32 {
        ffi::icmp_predicate(self)
    }

    /// `LLVMRealPredicate` of an `fcmp`.
    pub fn float_predicate(self) -> u32 {
        ffi::fcmp_predicate(self)
    }

    /// Whether it is a `phi`, and no argument or constant.
    pub fn is_phi(self) -> bool {
        self.kind() == Kind::Instruction && self.op() == Op::Phi
    }

    /// The (value, predecessor) pairs of a `phi`.
    pub fn incoming(self) -> Vec<(Value, Block)> {
        (0..ffi::incoming_count(self)).map(|i| (ffi::incoming_value(self, i), ffi::incoming_block(self, i))).collect()
    }

    /// Where a terminator may go.
    pub fn successors(self) -> Vec<Block> {
        (0..ffi::successor_count(self)).map(|i| ffi::successor(self, i)).collect()
    }

    /// The condition of a conditional `br`.
    pub fn condition(self) -> Option<Value> {
        (ffi::is_conditional(self) != 0).then(|| ffi::condition(self))
    }

    /// The (value, target) pairs of a `switch`, its default left out.
    pub fn cases(self) -> Vec<(Value, Block)> {
        (1..ffi::successor_count(self)).map(|i| (ffi::switch_case(self, i), ffi::successor(self, i))).collect()
    }

    /// The element type of an `alloca`.
    pub fn allocated_type(self) -> Type {
        ffi::allocated_type(self)
    }

    /// Declared alignment of a load, store, `alloca` or global; 0 when none is given.
    pub fn alignment(self) -> u32 {
        ffi::alignment(self)
    }

    /// Whether a memory access is volatile.
    pub fn is_volatile(self) -> bool {
        ffi::is_volatile(self) != 0
    }

    /// Ordering of a load, store, fence or `atomicrmw`.
    pub fn ordering(self) -> Ordering {
        Ordering::from(ffi::ordering(self))
    }

    /// Operation of an `atomicrmw`.
    pub fn rmw(self) -> Rmw {
        Rmw::from(ffi::rmw_operation(self))
    }

    /// The type that the indices of a `getelementptr` walk.
    pub fn gep_source(self) -> Type {
        ffi::gep_source(self)
    }

    /// Indices of `extractvalue` and `insertvalue`.
    pub fn indices(self) -> Vec<u32> {
        ffi::index_list(self)
    }

    /// The mask of a `shufflevector`; `None` where any lane will do.
    pub fn shuffle_mask(self) -> Vec<Option<u32>> {
        (0..ffi::mask_count(self)).map(|i| u32::try_from(ffi::mask_element(self, i)).ok()).collect()
    }

    /// What a call calls.
    pub fn callee(self) -> Value {
        ffi::callee(self)
    }

    /// The function type of a call.
    pub fn callee_type(self) -> Type {
        ffi::callee_type(self)
    }

    /// Arguments of a call.
    pub fn arguments(self) -> Vec<Value> {
        (0..ffi::argument_count(self)).map(|i| self.operand(i)).collect()
    }

    /// Whether a call must reuse the caller's frame.
    pub fn is_musttail(self) -> bool {
        ffi::tail_call_kind(self) == 2
    }

    /// The value of an integer constant of up to 128 bits, zero-extended; `None` for wider ones.
    pub fn int_value(self) -> Option<u128> {
        let width = self.ty().int_width()?;
        if width <= 64 {
            return Some(u128::from(ffi::const_zext(self)));
        }
        // The C API stops at 64 bits; the printed form (`i128 -5`) does not.
        let text = self.text();
        let digits = text.rsplit(' ').next()?;
        let value = if digits.starts_with('-') { digits.parse::<i128>().ok()? as u128 } else { digits.parse().ok()? };
        (width == 256 || width <= 128).then(|| if width >= 128 { value } else { value & ((1 << width) - 1) })
    }

    /// The bits of a floating-point constant.
    pub fn float_bits(self, width: u32) -> Option<u64> {
        let bits = ffi::const_bitcast(self, self.ty().int_of(width));
        (bits.kind() == Kind::Int).then(|| ffi::const_zext(bits))
    }

    /// The bytes of a constant array or vector of plain numbers, in memory order.
    pub fn data_bytes(self) -> Vec<u8> {
        ffi::sized(|len| ffi::raw_data(self, len))
    }

    /// Element `index` of a constant aggregate.
    pub fn element(self, index: u32) -> Option<Value> {
        ffi::aggregate_element(self, index)
    }

    /// The IR text of the value, for messages.
    pub fn text(self) -> String {
        ffi::owned_text(ffi::print_value(self)).trim().to_owned()
    }

    /// Source position of an instruction or function.
    pub fn location(self) -> Option<Location> {
        let has = match self.kind() {
            Kind::Function => ffi::subprogram(self).is_some(),
            kind => kind == Kind::Instruction,
        };
        let line = if has { ffi::debug_line(self) } else { 0 };
        if line == 0 {
            return None;
        }
        let file = String::from_utf8_lossy(&ffi::sized(|len| ffi::debug_file(self, len))).into_owned();
        let directory = String::from_utf8_lossy(&ffi::sized(|len| ffi::debug_directory(self, len))).into_owned();
        let file = if file.starts_with('/') || directory.is_empty() { file } else { format!("{directory}/{file}") };
        Some(Location { file, line })
    }

    /// Text, constraints and "has side effects" of an inline-assembly value.
    pub fn inline_asm(self) -> (String, String, bool) {
        let text = ffi::sized(|len| ffi::asm_text(self, len));
        let constraints = ffi::sized(|len| ffi::asm_constraints(self, len));
        (
            String::from_utf8_lossy(&text).into_owned(),
            String::from_utf8_lossy(&constraints).into_owned(),
            ffi::asm_side_effects(self) != 0,
        )
    }
}

impl Block {
    /// The block's instructions in order.
    pub fn instructions(self) -> Vec<Value> {
        std::iter::successors(ffi::first_instruction(self), |&i| ffi::next_instruction(i)).collect()
    }
}
