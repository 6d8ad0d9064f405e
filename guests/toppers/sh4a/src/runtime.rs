//! What GCC calls in an application's code: compiler_builtins has it without an FPU, which libgcc for SH-4 has not. To be mentioned
//! here is enough for the bridge to make them; what an application does not use, its linker leaves out.

macro_rules! runtime {
    ($($name:ident)*) => {
        unsafe extern "C" {
            $(safe fn $name();)*
        }
        const COUNT: usize = [$(stringify!($name)),*].len();
        #[used]
        static RUNTIME: [extern "C" fn(); COUNT] = [$($name),*];
    };
}

runtime! {
    memcpy memmove memset memcmp
    __udivdi3 __umoddi3 __divdi3 __moddi3
    __addsf3 __subsf3 __mulsf3 __divsf3 __eqsf2 __nesf2 __ltsf2 __lesf2 __gtsf2 __gesf2
    __adddf3 __subdf3 __muldf3 __divdf3 __eqdf2 __nedf2 __ltdf2 __ledf2 __gtdf2 __gedf2
    __fixsfsi __fixunssfsi __floatsisf __floatunsisf __fixdfsi __fixunsdfsi __floatsidf __floatunsidf
    __extendsfdf2 __truncdfsf2
}
