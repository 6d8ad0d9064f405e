//! What a step may spend, what the profile does not have, and the clock.

use monitor_api::{AccessError, Budget, Guest};

use crate::Say;
use crate::answer::Answer;

/// Bytes of a budget that a few accesses use up.
const LITTLE: u64 = 200;

pub(crate) fn ask(guest: &Guest<'_>, say: Say<'_>) -> Result<(), AccessError> {
    let budget = Budget::bytes(LITTLE);
    let view = guest.view(&budget);
    let jiffies = view.symbol("jiffies")?;
    let mut times = 0;
    let end = loop {
        match view.u32(jiffies) {
            Ok(_) => times += 1,
            Err(error) => break error,
        }
    };
    say(format_args!("reads {times} times, then {end}; left {}", budget.left()));

    let budget = Budget::bytes(LITTLE);
    let view = guest.view(&budget);
    let tasks = view.known_list("init_task.tasks")?;
    let (mut seen, mut end) = (0, None);
    for task in tasks {
        match task {
            Ok(_) => seen += 1,
            Err(error) => end = Some(error),
        }
    }
    say(format_args!("walks over {seen} tasks, then {}; left {}", Answer(end.map_or(Ok(0), Err)), budget.left()));

    let budget = Budget::bytes(u64::MAX);
    let view = guest.view(&budget);
    let task = view.global("init_task")?;
    say(format_args!("no symbol: {}", Answer(view.symbol("no_such_symbol"))));
    say(format_args!("no type: {}", Answer(view.object("no_such_type", jiffies).map(|object| object.address()))));
    say(format_args!("no field: {}", Answer(task.get("tasks.no_such_field"))));
    say(format_args!("no number: {}", Answer(task.get("tasks"))));
    say(format_args!("no element: {}", Answer(task.field("comm")?.element(1000).map(|object| object.address()))));
    say(format_args!("no list: {}", Answer(view.known_list("no_such_list").map(|_| 0))));
    let few = view.known_list("init_task.tasks")?.limit(2).find_map(Result::err);
    say(format_args!("two tasks at most: {}", Answer(few.map_or(Ok(0), Err))));

    let times: [u64; 4] = core::array::from_fn(|_| view.now());
    say(format_args!("the clock goes back: {}", !times.is_sorted()));
    let over = view.now().checked_sub(1);
    // Where the clock stands at its beginning no time is over.
    let kept = over.is_none_or(|over| {
        let late = Budget::bytes(LITTLE).until(over);
        matches!(guest.view(&late).u32(jiffies), Err(AccessError::TimeExceeded { deadline, .. }) if deadline == over)
    });
    let ample = Budget::bytes(LITTLE).until(u64::MAX);
    let reads = guest.view(&ample).u32(jiffies);
    say(format_args!("a deadline that is over ends a step: {kept}; one to come does not: {}", reads.is_ok()));
    Ok(())
}
