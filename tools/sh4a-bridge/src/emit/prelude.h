/* Written by sh4a-bridge: what every translation unit starts with. */
typedef __UINT8_TYPE__ u8; typedef __UINT16_TYPE__ u16; typedef __UINT32_TYPE__ u32; typedef __UINT64_TYPE__ u64;
typedef __INT8_TYPE__ i8; typedef __INT16_TYPE__ i16; typedef __INT32_TYPE__ i32; typedef __INT64_TYPE__ i64;
typedef void *ptr;
typedef struct { u64 lo, hi; } u128;
#define U128(l, h) ((u128){ (l), (h) })
#define INLINE static inline __attribute__((always_inline, unused))

/* Accesses to addresses that are aligned to one or two bytes only. */
#define AT(t, n) typedef struct __attribute__((packed, aligned(n), may_alias)) { t v; } t##_at##n;
AT(u16, 1) AT(u32, 1) AT(u64, 1) AT(float, 1) AT(double, 1) AT(ptr, 1)
AT(u32, 2) AT(u64, 2) AT(float, 2) AT(double, 2) AT(ptr, 2)
_Static_assert(_Alignof(u64) == 4 && _Alignof(double) == 4 && sizeof(ptr) == 4, "not SH's layout");

#define LAUNDER(p) ({ ptr p_ = (p); __asm__("" : "+r"(p_)); p_; })
#define PAIR(a, b) ((u64)(u32)(a) | (u64)(u32)(b) << 32)
/* 0xfffd is SH's instruction that is undefined for good. */
#define TRAP() do { __asm__ volatile(".short 0xfffd"); __builtin_unreachable(); } while (0)

/* Read-modify-write atomics are functions of their own: movli.l and movco.l work on R0 alone, and GCC's register
   allocator gives up where a large function leaves it no R0 ("unable to find a register to spill"). */
#define FETCH(t, op) static __attribute__((noinline, unused)) t atomic_##op##_##t(t *p, t v) { return __atomic_fetch_##op(p, v, __ATOMIC_SEQ_CST); }
#define BEST(t, s, name, than) static __attribute__((noinline, unused)) t atomic_##name##_##t(t *p, t v) { \
    t old = __atomic_load_n(p, __ATOMIC_RELAXED); \
    while (!__atomic_compare_exchange_n(p, &old, (s)old than (s)v ? old : v, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {} \
    return old; }
#define ATOMICS(t, s) FETCH(t, add) FETCH(t, sub) FETCH(t, and) FETCH(t, nand) FETCH(t, or) FETCH(t, xor) \
    BEST(t, s, max, >) BEST(t, s, min, <) BEST(t, t, umax, >) BEST(t, t, umin, <) \
    static __attribute__((noinline, unused)) t atomic_exchange_##t(t *p, t v) { return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST); } \
    static __attribute__((noinline, unused)) t atomic_compare_exchange_##t(t *p, t old, t new) { \
        __atomic_compare_exchange_n(p, &old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); return old; }
ATOMICS(u8, i8) ATOMICS(u16, i16) ATOMICS(u32, i32)

INLINE float f32_bits(u32 b) { union { u32 b; float f; } u = { b }; return u.f; }
INLINE u32 bits_f32(float f) { union { float f; u32 b; } u = { f }; return u.b; }
INLINE double f64_bits(u64 b) { union { u64 b; double f; } u = { b }; return u.f; }
INLINE u64 bits_f64(double f) { union { double f; u64 b; } u = { f }; return u.b; }
INLINE float fnegf_(float x) { return f32_bits(bits_f32(x) ^ 0x80000000u); }
INLINE double fneg_(double x) { return f64_bits(bits_f64(x) ^ 1ull << 63); }
INLINE float fabsf_(float x) { return f32_bits(bits_f32(x) & 0x7fffffffu); }
INLINE double fabs_(double x) { return f64_bits(bits_f64(x) & ~(1ull << 63)); }
INLINE float copysignf_(float x, float s) { return f32_bits((bits_f32(x) & 0x7fffffffu) | (bits_f32(s) & 0x80000000u)); }
INLINE double copysign_(double x, double s) { return f64_bits((bits_f64(x) & ~(1ull << 63)) | (bits_f64(s) & 1ull << 63)); }
/* A NaN loses against a number; of two zeros the negative one is the smaller. */
#define MINMAX(T, s, bits) \
INLINE T fminnum##s(T a, T b) { return a != a ? b : b != b ? a : a < b ? a : b < a ? b : (bits(a) ? a : b); } \
INLINE T fmaxnum##s(T a, T b) { return a != a ? b : b != b ? a : a > b ? a : b > a ? b : (bits(a) ? b : a); } \
INLINE T fminimum##s(T a, T b) { return a != a ? a + b : b != b ? b + a : fminnum##s(a, b); } \
INLINE T fmaximum##s(T a, T b) { return a != a ? a + b : b != b ? b + a : fmaxnum##s(a, b); }
MINMAX(float, f, bits_f32) MINMAX(double, , bits_f64)
/* The bit that llvm.is.fpclass gives each class: quiet and signalling NaN, then from -inf to +inf. */
#define FPCLASS(T, s, U, bits, top, quiet, exponent) \
INLINE u32 fpclass##s(T x) { \
    U b = bits(x), m = b & (((U)1 << top) - 1); _Bool n = b >> top; \
    if (m > exponent) return m & quiet ? 1 : 0; \
    if (m == exponent) return n ? 2 : 9; \
    if (m >= quiet << 1) return n ? 3 : 8; \
    if (m == 0) return n ? 5 : 6; \
    return n ? 4 : 7; }
FPCLASS(float, f, u32, bits_f32, 31, 0x400000u, 0x7f800000u) FPCLASS(double, , u64, bits_f64, 63, 0x8000000000000ull, 0x7ff0000000000000ull)
#define POWI(T, s, one) \
static __attribute__((unused, noinline)) T powi##s##_(T x, u32 n) { \
    _Bool inverse = (i32)n < 0; u32 k = inverse ? 0 - n : n; T r = one; \
    for (;; x *= x) { if (k & 1) r *= x; k >>= 1; if (k == 0) break; } \
    return inverse ? one / r : r; }
POWI(float, f, 1.0f) POWI(double, , 1.0)
float fmodf(float, float); double fmod(double, double);

INLINE u128 u128_from_i64(i64 x) { return U128((u64)x, (u64)(x >> 63)); }
INLINE u128 u128_add(u128 a, u128 b) { u64 lo = a.lo + b.lo; return U128(lo, a.hi + b.hi + (lo < a.lo)); }
INLINE u128 u128_sub(u128 a, u128 b) { return U128(a.lo - b.lo, a.hi - b.hi - (a.lo < b.lo)); }
INLINE u128 u128_and(u128 a, u128 b) { return U128(a.lo & b.lo, a.hi & b.hi); }
INLINE u128 u128_or(u128 a, u128 b) { return U128(a.lo | b.lo, a.hi | b.hi); }
INLINE u128 u128_xor(u128 a, u128 b) { return U128(a.lo ^ b.lo, a.hi ^ b.hi); }
INLINE u128 u128_shl(u128 a, u32 n) { return n == 0 ? a : n >= 64 ? U128(0, a.lo << (n & 63)) : U128(a.lo << n, a.hi << n | a.lo >> (64 - n)); }
INLINE u128 u128_lshr(u128 a, u32 n) { return n == 0 ? a : n >= 64 ? U128(a.hi >> (n & 63), 0) : U128(a.lo >> n | a.hi << (64 - n), a.hi >> n); }
INLINE u128 u128_ashr(u128 a, u32 n) {
    u64 sign = (u64)((i64)a.hi >> 63);
    return n == 0 ? a : n >= 64 ? U128((u64)((i64)a.hi >> (n & 63)), sign) : U128(a.lo >> n | a.hi << (64 - n), (u64)((i64)a.hi >> n));
}
INLINE u128 u128_mask(u128 a, u32 bits) { return U128(a.lo, a.hi & (bits >= 128 ? ~0ull : (1ull << (bits & 63)) - 1)); }
INLINE u128 u128_sext(u128 a, u32 bits) { return U128(a.lo, bits >= 128 ? a.hi : (u64)((i64)(a.hi << (128 - bits)) >> (128 - bits))); }
INLINE u128 u128_fshl(u128 a, u128 b, u32 n) { return n == 0 ? a : u128_or(u128_shl(a, n), u128_lshr(b, 128 - n)); }
INLINE u128 u128_fshr(u128 a, u128 b, u32 n) { return n == 0 ? b : u128_or(u128_lshr(b, n), u128_shl(a, 128 - n)); }
INLINE _Bool u128_eq(u128 a, u128 b) { return ((a.lo ^ b.lo) | (a.hi ^ b.hi)) == 0; }
INLINE int u128_ucmp(u128 a, u128 b) { return a.hi != b.hi ? (a.hi > b.hi) - (a.hi < b.hi) : (a.lo > b.lo) - (a.lo < b.lo); }
INLINE int u128_scmp(u128 a, u128 b) { return a.hi != b.hi ? ((i64)a.hi > (i64)b.hi) - ((i64)a.hi < (i64)b.hi) : (a.lo > b.lo) - (a.lo < b.lo); }
INLINE u128 u64_widening_mul(u64 a, u64 b) {
    u64 ll = (u64)(u32)a * (u32)b, lh = (u64)(u32)a * (u32)(b >> 32), hl = (u64)(u32)(a >> 32) * (u32)b, hh = (u64)(u32)(a >> 32) * (u32)(b >> 32);
    u64 middle = (ll >> 32) + (u32)lh + (u32)hl;
    return U128((u32)ll | middle << 32, hh + (lh >> 32) + (hl >> 32) + (middle >> 32));
}
static __attribute__((unused, noinline)) u128 u128_mul(u128 a, u128 b) {
    u128 r = u64_widening_mul(a.lo, b.lo);
    r.hi += a.lo * b.hi + a.hi * b.lo;
    return r;
}
/* Multiplication without carries. */
static __attribute__((unused, noinline)) u64 u64_clmul(u64 a, u64 b) { u64 r = 0; for (; b; a <<= 1, b >>= 1) r ^= -(b & 1) & a; return r; }
static __attribute__((unused, noinline)) u128 u128_clmul(u128 a, u128 b) {
    u128 r = U128(0, 0);
    for (; b.lo | b.hi; a = u128_shl(a, 1), b = u128_lshr(b, 1)) if (b.lo & 1) r = u128_xor(r, a);
    return r;
}
typedef struct { u128 lo, hi; } u256;
#define U256(l, h) ((u256){ (l), (h) })
INLINE u256 u256_add(u256 a, u256 b) { u128 lo = u128_add(a.lo, b.lo), hi = u128_add(a.hi, b.hi); return U256(lo, u128_add(hi, U128(u128_ucmp(lo, a.lo) < 0, 0))); }
INLINE u256 u256_shl(u256 a, u32 n) { return n == 0 ? a : n >= 128 ? U256(U128(0, 0), u128_shl(a.lo, n - 128)) : U256(u128_shl(a.lo, n), u128_or(u128_shl(a.hi, n), u128_lshr(a.lo, 128 - n))); }
INLINE u256 u256_lshr(u256 a, u32 n) { return n == 0 ? a : n >= 128 ? U256(u128_lshr(a.hi, n - 128), U128(0, 0)) : U256(u128_or(u128_lshr(a.lo, n), u128_shl(a.hi, 128 - n)), u128_lshr(a.hi, n)); }
static __attribute__((unused, noinline)) u256 u256_mul(u256 a, u256 b) {
    u128 low = u64_widening_mul(a.lo.lo, b.lo.lo), left = u64_widening_mul(a.lo.lo, b.lo.hi), right = u64_widening_mul(a.lo.hi, b.lo.lo);
    u256 r = U256(low, u64_widening_mul(a.lo.hi, b.lo.hi));
    r = u256_add(r, u256_shl(U256(left, U128(0, 0)), 64));
    r = u256_add(r, u256_shl(U256(right, U128(0, 0)), 64));
    r.hi = u128_add(r.hi, u128_add(u128_mul(a.lo, b.hi), u128_mul(a.hi, b.lo)));
    return r;
}
u128 __udivti3(u128, u128); u128 __umodti3(u128, u128); u128 __divti3(u128, u128); u128 __modti3(u128, u128);
float __floattisf(u128); float __floatuntisf(u128); double __floattidf(u128); double __floatuntidf(u128);
u128 __fixsfti(float); u128 __fixdfti(double); u128 __fixunssfti(float); u128 __fixunsdfti(double);
static __attribute__((unused, noinline)) _Bool u128_umul_overflows(u128 a, u128 b) {
    u128 high = u64_widening_mul(a.lo, b.lo), left = u64_widening_mul(a.lo, b.hi), right = u64_widening_mul(a.hi, b.lo);
    u64 sum;
    return (a.hi != 0 && b.hi != 0) || left.hi != 0 || right.hi != 0
        || __builtin_add_overflow(left.lo, right.lo, &sum) || __builtin_add_overflow(sum, high.hi, &sum);
}
static __attribute__((unused, noinline)) _Bool u128_smul_overflows(u128 a, u128 b) {
    _Bool negative = (i64)(a.hi ^ b.hi) < 0;
    u128 zero = U128(0, 0), x = (i64)a.hi < 0 ? u128_sub(zero, a) : a, y = (i64)b.hi < 0 ? u128_sub(zero, b) : b;
    u128 limit = U128(negative ? 0 : ~0ull, negative ? 1ull << 63 : ~0ull >> 1);
    return u128_umul_overflows(x, y) || u128_ucmp(u128_mul(x, y), limit) > 0;
}

INLINE u32 popcount32(u32 x) {
    x -= x >> 1 & 0x55555555u; x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
    return ((x + (x >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}
INLINE u32 popcount64(u64 x) { return popcount32((u32)x) + popcount32((u32)(x >> 32)); }
INLINE u32 reverse32(u32 x) {
    x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
    return __builtin_bswap32(x);
}
INLINE u64 reverse64(u64 x) { return (u64)reverse32((u32)x) << 32 | reverse32((u32)(x >> 32)); }
INLINE u32 clz64_or_64(u64 x) { return x ? (u32)__builtin_clzll(x) : 64; }
INLINE u32 ctz64_or_64(u64 x) { return x ? (u32)__builtin_ctzll(x) : 64; }
INLINE u32 clz32_or_32(u32 x) { return x ? (u32)__builtin_clz(x) : 32; }
INLINE u32 ctz32_or_32(u32 x) { return x ? (u32)__builtin_ctz(x) : 32; }
