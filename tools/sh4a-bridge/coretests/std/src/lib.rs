//! As much of `std` as coretests needs, on a Linux process of SH-4A without a C library.
#![no_std]
#![feature(float_gamma, lang_items, asm_experimental_arch, core_float_math, rustc_attrs)]
#![allow(internal_features, missing_docs)]

extern crate alloc as alloc_crate;
extern crate features as _;

mod floats;
pub mod start;
pub mod sys;

pub use alloc_crate::{borrow, boxed, format, rc, string, vec};
pub use core::*;

/// `core::fmt` with `format`.
pub mod fmt {
    pub use alloc_crate::fmt::*;
}

/// Slices and strings with their allocating methods' traits.
pub mod slice {
    pub use alloc_crate::slice::*;
}

/// Strings.
pub mod str {
    pub use alloc_crate::str::*;
}

/// Allocation.
pub mod alloc {
    pub use alloc_crate::alloc::*;
}

/// C strings.
pub mod ffi {
    pub use alloc_crate::ffi::*;
    pub use core::ffi::*;
}

/// Tasks with `Wake`.
pub mod task {
    pub use alloc_crate::task::*;
    pub use core::task::*;
}

/// Collections of `alloc`.
pub mod collections {
    pub use alloc_crate::collections::*;
    pub use alloc_crate::collections::BTreeSet as HashSet;
}

/// Hashing with a state that is not random.
pub mod hash {
    pub use core::hash::*;

    /// A fixed state.
    #[derive(Clone, Default)]
    pub struct RandomState;

    impl RandomState {
        /// The state.
        pub fn new() -> Self {
            Self
        }
    }

    impl BuildHasher for RandomState {
        type Hasher = DefaultHasher;
        #[allow(deprecated)]
        fn build_hasher(&self) -> DefaultHasher {
            DefaultHasher(SipHasher::new())
        }
    }

    /// SipHash.
    #[allow(deprecated)]
    #[derive(Clone, Debug)]
    pub struct DefaultHasher(SipHasher);

    impl DefaultHasher {
        /// A hasher with keys 0 and 0.
        #[allow(deprecated)]
        pub fn new() -> Self {
            Self(SipHasher::new())
        }
    }

    impl Default for DefaultHasher {
        fn default() -> Self {
            Self::new()
        }
    }

    impl Hasher for DefaultHasher {
        fn write(&mut self, bytes: &[u8]) {
            self.0.write(bytes);
        }
        fn finish(&self) -> u64 {
            self.0.finish()
        }
    }
}

/// Sharing: the process has one thread.
pub mod sync {
    pub use alloc_crate::sync::*;
    pub use core::sync::*;

    use core::cell::UnsafeCell;
    use core::ops::{Deref, DerefMut};
    use core::sync::atomic::{AtomicBool, Ordering};

    /// A lock that nobody contends for.
    #[derive(Default)]
    pub struct Mutex<T: ?Sized> {
        taken: AtomicBool,
        value: UnsafeCell<T>,
    }

    // SAFETY: `taken` admits one guard at a time.
    unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

    /// Access under the lock.
    pub struct MutexGuard<'a, T: ?Sized> {
        taken: &'a AtomicBool,
        value: &'a mut T,
    }

    impl<T> Mutex<T> {
        /// An open lock.
        pub const fn new(value: T) -> Self {
            Self { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
        }
        /// Takes the lock.
        pub fn lock(&self) -> Result<MutexGuard<'_, T>, ()> {
            if self.taken.swap(true, Ordering::Acquire) {
                return Err(());
            }
            // SAFETY: this is the only guard.
            Ok(MutexGuard { taken: &self.taken, value: unsafe { &mut *self.value.get() } })
        }
    }

    impl<T: ?Sized> Deref for MutexGuard<'_, T> {
        type Target = T;
        fn deref(&self) -> &T {
            self.value
        }
    }

    impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            self.value
        }
    }

    impl<T: ?Sized> Drop for MutexGuard<'_, T> {
        fn drop(&mut self) {
            self.taken.store(false, Ordering::Release);
        }
    }
}

/// Panics end the process: nothing is ever caught.
pub mod panic {
    pub use alloc_crate::boxed::Box;
    pub use core::panic::*;

    /// Runs the closure; a panic inside it ends the process.
    pub fn catch_unwind<R>(f: impl FnOnce() -> R) -> crate::thread::Result<R> {
        Ok(f())
    }

    /// Ends the process.
    pub fn resume_unwind(_: Box<dyn core::any::Any + Send>) -> ! {
        panic!("resume_unwind")
    }

    /// Hooks are not called.
    pub fn set_hook(_: Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>) {}

    /// Hooks are not called.
    pub fn take_hook() -> Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static> {
        Box::new(|_| {})
    }

    /// What a hook would see.
    pub type PanicHookInfo<'a> = PanicInfo<'a>;
}

/// Threads do not exist, but their result type does.
pub mod thread {
    /// The result of a thread or a caught panic.
    pub type Result<T> = core::result::Result<T, crate::boxed::Box<dyn core::any::Any + Send>>;

    /// The only thread.
    pub struct Thread;

    impl Thread {
        /// Nobody is parked.
        pub fn unpark(&self) {}
    }

    /// The only thread.
    pub fn current() -> Thread {
        Thread
    }

    /// Returns at once, as the documentation of the real one allows.
    pub fn park() {}

    /// A variable of the only thread.
    pub struct LocalKey<T: 'static>(pub T);

    // SAFETY: the process has one thread.
    unsafe impl<T> Sync for LocalKey<T> {}

    impl<T> LocalKey<T> {
        /// Shows the variable.
        pub fn with<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
            f(&self.0)
        }
    }

    /// Whether the thread is panicking.
    pub fn panicking() -> bool {
        false
    }
}

/// What every module sees.
pub mod prelude {
    /// Edition 2024.
    pub mod rust_2024 {
        pub use crate::{borrow::ToOwned, boxed::Box, string::String, string::ToString, vec::Vec};
        pub use crate::{eprintln, format, println, thread_local, vec};
        pub use core::prelude::rust_2024::*;
    }
    /// Edition 2021.
    pub mod rust_2021 {
        pub use crate::{borrow::ToOwned, boxed::Box, string::String, string::ToString, vec::Vec};
        pub use crate::{eprintln, format, println, thread_local, vec};
        pub use core::prelude::rust_2021::*;
    }
    /// All editions.
    pub mod v1 {
        pub use crate::{borrow::ToOwned, boxed::Box, string::String, string::ToString, vec::Vec};
        pub use crate::{eprintln, format, println, thread_local, vec};
        pub use core::prelude::v1::*;
    }
}

/// Variables of the only thread; their initial values must be constant.
#[macro_export]
macro_rules! thread_local {
    ($(#[$m:meta])* $v:vis static $n:ident: $t:ty = $e:expr $(;)?) => {
        $(#[$m])* $v static $n: $crate::thread::LocalKey<$t> = $crate::thread::LocalKey($e);
    };
}

/// Writes a line.
#[macro_export]
macro_rules! println {
    ($($t:tt)*) => { $crate::sys::line(format_args!($($t)*)) };
}

/// Writes a line.
#[macro_export]
macro_rules! eprintln {
    ($($t:tt)*) => { $crate::sys::line(format_args!($($t)*)) };
}
