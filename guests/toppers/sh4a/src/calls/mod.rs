//! The service calls by their C names: each is one critical section around the portable kernel's method.

mod communication;
mod sync;
mod system;
mod task;
pub mod time;

use uitron_kernel::Error;

/// E_OK or an error (ER).
fn er<T>(result: Result<T, Error>) -> i32 {
    result.map_or_else(Error::code, |_| 0)
}

/// A value or an error (ER_UINT).
fn value(result: Result<u32, Error>) -> i32 {
    result.map_or_else(Error::code, |value| value as i32)
}

/// Puts the word received where the caller wants it.
///
/// # Safety
/// `place` is the caller's.
unsafe fn put<T>(result: Result<T, Error>, place: *mut T) -> i32 {
    match result {
        Ok(word) => {
            // SAFETY: the caller's promise.
            unsafe { place.write(word) };
            0
        }
        Err(error) => error.code(),
    }
}

/// Calls of one shape: without waiting, E_OK or an error.
macro_rules! plain {
    ($($name:ident($($arg:ident: $type:ty),*);)*) => {
        $(#[unsafe(no_mangle)]
        extern "C" fn $name($($arg: $type),*) -> i32 {
            $crate::calls::er($crate::section::call(|kernel, ctx| kernel.$name(ctx $(, $arg)*)))
        })*
    };
}

/// Calls that may wait and receive nothing.
macro_rules! waiting {
    ($($name:ident($($arg:ident: $type:ty),*);)*) => {
        $(#[unsafe(no_mangle)]
        extern "C" fn $name($($arg: $type),*) -> i32 {
            $crate::calls::er($crate::section::wait(|kernel, ctx| kernel.$name(ctx $(, $arg)*)))
        })*
    };
}

/// Calls that may wait and put a word where `place`, the argument after the object's number, says; `before` are the arguments
/// between.
macro_rules! receiving {
    ($($name:ident($id:ident $(, $before:ident: $type:ty)*; $place:ty $(; $tmo:ident)?);)*) => {
        $(#[unsafe(no_mangle)]
        unsafe extern "C" fn $name($id: i32 $(, $before: $type)*, place: *mut $place $(, $tmo: i32)?) -> i32 {
            let result = $crate::section::wait(|kernel, ctx| kernel.$name(ctx, $id $(, $before)* $(, $tmo)?));
            // SAFETY: the application's pointer, as the call's signature says.
            unsafe { $crate::calls::put(result.map(|word| word as $place), place) }
        })*
    };
}

use {plain, receiving, waiting};
