//! Methods of floats that only `std` has: those of `core::f32::math`, and compiler_builtins' C functions.

macro_rules! methods {
    ($float:ident, $c:ident, { $($name:ident $function:ident),* $(,)? }, { $($name2:ident $function2:ident),* $(,)? }, $lgamma:ident) => {
        mod $c {
            unsafe extern "C" {
                $(pub safe fn $function(x: $float) -> $float;)*
                $(pub safe fn $function2(x: $float, y: $float) -> $float;)*
                pub safe fn $lgamma(x: $float, sign: &mut i32) -> $float;
            }
        }

        impl $float {
            methods!(@const $float, floor ceil round round_ties_even trunc fract);
            methods!(@binary $float, div_euclid rem_euclid);
            $(
                #[rustc_allow_incoherent_impl]
                pub fn $name(self) -> Self {
                    $c::$function(self)
                }
            )*
            $(
                #[rustc_allow_incoherent_impl]
                pub fn $name2(self, other: Self) -> Self {
                    $c::$function2(self, other)
                }
            )*
            #[rustc_allow_incoherent_impl]
            pub const fn mul_add(self, by: Self, plus: Self) -> Self {
                core::$float::math::mul_add(self, by, plus)
            }
            #[rustc_allow_incoherent_impl]
            pub fn powi(self, n: i32) -> Self {
                core::$float::math::powi(self, n)
            }
            #[rustc_allow_incoherent_impl]
            pub fn sqrt(self) -> Self {
                core::$float::math::sqrt(self)
            }
            #[rustc_allow_incoherent_impl]
            pub fn log(self, base: Self) -> Self {
                self.ln() / base.ln()
            }
            /// Half of ln((1 + |x|) / (1 - |x|)), with the sign of x; compiler_builtins has no such function.
            #[rustc_allow_incoherent_impl]
            pub fn atanh(self) -> Self {
                let x = self.abs();
                (0.5 * (2.0 * x / (1.0 - x)).ln_1p()).copysign(self)
            }
            #[rustc_allow_incoherent_impl]
            pub fn sin_cos(self) -> (Self, Self) {
                (self.sin(), self.cos())
            }
            #[rustc_allow_incoherent_impl]
            pub fn ln_gamma(self) -> (Self, i32) {
                let mut sign = 0;
                ($c::$lgamma(self, &mut sign), sign)
            }
        }
    };
    (@const $float:ident, $($name:ident)*) => {
        $(
            #[rustc_allow_incoherent_impl]
            pub const fn $name(self) -> Self {
                core::$float::math::$name(self)
            }
        )*
    };
    (@binary $float:ident, $($name:ident)*) => {
        $(
            #[rustc_allow_incoherent_impl]
            pub fn $name(self, other: Self) -> Self {
                core::$float::math::$name(self, other)
            }
        )*
    };
}

methods!(
    f32, c32,
    {
        exp expf, exp2 exp2f, cbrt cbrtf, sin sinf, cos cosf, tan tanf, asin asinf, acos acosf, atan atanf,
        sinh sinhf, cosh coshf, tanh tanhf, asinh asinhf, acosh acoshf, ln logf, log10 log10f,
        log2 log2f, erf erff, erfc erfcf, exp_m1 expm1f, ln_1p log1pf, gamma tgammaf,
    },
    { powf powf, atan2 atan2f, hypot hypotf, abs_sub fdimf },
    lgammaf_r
);

methods!(
    f64, c64,
    {
        exp exp, exp2 exp2, cbrt cbrt, sin sin, cos cos, tan tan, asin asin, acos acos, atan atan,
        sinh sinh, cosh cosh, tanh tanh, asinh asinh, acosh acosh, ln log, log10 log10,
        log2 log2, erf erf, erfc erfc, exp_m1 expm1, ln_1p log1p, gamma tgamma,
    },
    { powf pow, atan2 atan2, hypot hypot, abs_sub fdim },
    lgamma_r
);
