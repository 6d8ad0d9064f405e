//! LLVM's numbers for instructions, orderings and read-modify-write operations (llvm-c/Core.h) as enums.

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum $name { $($(#[$vdoc])* $variant,)* /// A number that this version of the bridge does not know.
            Unknown(u32) }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                match number { $($number => Self::$variant,)* other => Self::Unknown(other) }
            }
        }
    };
}

numbered! {
    /// What an instruction or constant expression does.
    Op {
        Ret = 1, Br = 2, Switch = 3, IndirectBr = 4, Invoke = 5, Unreachable = 7, CallBr = 67,
        FNeg = 66, Add = 8, FAdd = 9, Sub = 10, FSub = 11, Mul = 12, FMul = 13, UDiv = 14, SDiv = 15, FDiv = 16,
        URem = 17, SRem = 18, FRem = 19, Shl = 20, LShr = 21, AShr = 22, And = 23, Or = 24, Xor = 25,
        Alloca = 26, Load = 27, Store = 28, GetElementPtr = 29,
        Trunc = 30, ZExt = 31, SExt = 32, FPToUI = 33, FPToSI = 34, UIToFP = 35, SIToFP = 36, FPTrunc = 37, FPExt = 38,
        PtrToInt = 39, IntToPtr = 40, BitCast = 41, AddrSpaceCast = 60, PtrToAddr = 69,
        ICmp = 42, FCmp = 43, Phi = 44, Call = 45, Select = 46, VaArg = 49,
        ExtractElement = 50, InsertElement = 51, ShuffleVector = 52, ExtractValue = 53, InsertValue = 54,
        Freeze = 68, Fence = 55, CmpXchg = 56, AtomicRmw = 57,
    }
}

numbered! {
    /// How strongly an atomic access orders others.
    Ordering {
        NotAtomic = 0, Unordered = 1, Monotonic = 2, Acquire = 4, Release = 5, AcquireRelease = 6, SequentiallyConsistent = 7,
    }
}

numbered! {
    /// What `atomicrmw` does.
    Rmw {
        Xchg = 0, Add = 1, Sub = 2, And = 3, Nand = 4, Or = 5, Xor = 6, Max = 7, Min = 8, UMax = 9, UMin = 10,
    }
}

impl Ordering {
    /// The `__ATOMIC_*` constant of GCC for it; `None` for a plain access.
    pub fn gcc(self) -> Option<&'static str> {
        match self {
            Self::Unordered | Self::Monotonic => Some("__ATOMIC_RELAXED"),
            Self::Acquire => Some("__ATOMIC_ACQUIRE"),
            Self::Release => Some("__ATOMIC_RELEASE"),
            Self::AcquireRelease => Some("__ATOMIC_ACQ_REL"),
            Self::SequentiallyConsistent => Some("__ATOMIC_SEQ_CST"),
            Self::NotAtomic | Self::Unknown(_) => None,
        }
    }
}
