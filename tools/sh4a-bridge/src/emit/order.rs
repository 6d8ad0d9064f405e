//! In which order a block's instructions are written.

use crate::llvm::{Block, Op, Value};

/// The instructions of a block in the order in which C should have them: LLVM's, but the step of an induction variable
/// (`p + 1` of a loop that walks with `p`) comes no earlier than its first use.
///
/// Iterators step before they read (`next` is gone, `*p` comes after `p + 1`). Written that way, old and new pointer live at the same
/// time, and GCC makes neither a post-increment load nor one register of them.
pub(super) fn instructions(block: Block) -> Vec<Value> {
    let mut waiting = Vec::new();
    let mut ordered = Vec::new();
    for instruction in block.instructions() {
        if is_step(instruction) {
            waiting.push(instruction);
            continue;
        }
        if instruction.op() != Op::Phi {
            release(&mut waiting, &mut ordered, instruction);
        }
        ordered.push(instruction);
    }
    // Those that only other blocks use belong before the jump, which moves them into `phi`s.
    if let Some(terminator) = ordered.pop() {
        ordered.append(&mut waiting);
        ordered.push(terminator);
    }
    ordered
}

/// Moves what `user` needs, and what that needs, from `waiting` to `ordered`.
fn release(waiting: &mut Vec<Value>, ordered: &mut Vec<Value>, user: Value) {
    for operand in user.operands() {
        if let Some(index) = waiting.iter().position(|&step| step == operand) {
            let step = waiting.remove(index);
            release(waiting, ordered, step);
            ordered.push(step);
        }
    }
}

/// Whether an instruction adds to a `phi` that takes the sum back.
fn is_step(instruction: Value) -> bool {
    matches!(instruction.op(), Op::GetElementPtr | Op::Add | Op::Sub)
        && instruction
            .operands()
            .into_iter()
            .any(|operand| operand.is_phi() && operand.incoming().into_iter().any(|(value, _)| value == instruction))
}
