//! Scenarios as tables of calls and answers.

use crate::HostKernel;
use crate::call::{Call, Outcome, apply, op};
use uitron_kernel::TaskId;

/// Makes the calls one after the other, each from whatever task runs, and compares answer and running task (0: idle).
pub fn play(kernel: &mut HostKernel, rows: &[(Call, i32, i64, i64, Outcome, i32)]) {
    for (n, &(call, id, a, b, answer, running)) in rows.iter().enumerate() {
        assert_eq!(apply(kernel, op(call, id, a, b)), answer, "row {n}: {call:?}({id}, {a}, {b})");
        let now = kernel.dispatch().map_or(0, TaskId::number);
        assert_eq!(now, running, "row {n}: the running task after {call:?}({id}, {a}, {b})");
    }
}

/// What the task's last wait came to.
pub fn result(kernel: &HostKernel, task: i32) -> Outcome {
    kernel.wait_result(TaskId::new(task).unwrap()).map(|v| v as i64)
}
