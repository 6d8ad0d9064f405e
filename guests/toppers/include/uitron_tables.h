/* What a configured application hands to the uITRON kernel.
 *
 * `uitron-cfg` writes `kernel_cfg.c` in these terms; the kernel mirrors the structures in Rust with `repr(C)`.
 * Everything is plain data: an array a kind of object, indexed by number - 1, and the one root `uitron_system`.
 * Field names are those of the uITRON4.0 static API. On the target a pointer has four bytes, and so has every field.
 */
#ifndef UITRON_TABLES_H
#define UITRON_TABLES_H

#include <stddef.h>
#include <stdint.h>

/* First word of `uitron_system`: "uITR" in big-endian order. */
#define UITRON_MAGIC 0x75495452u
/* Second word, major << 16 | minor. The kernel refuses another major number. */
#define UITRON_VERSION 0x00010000u

/* Limits of the kernel, checked when `kernel_cfg.c` is compiled. */
#define UITRON_MIN_PRI 1
#define UITRON_MAX_PRI 16
#define UITRON_MAX_RELTIM 0x7fffffff

/* Attributes that each API accepts: TA_ACT and TA_FPU (0x100: the task has an FPU context), TA_TPRI, TA_CLR, TA_MPRI, TA_STA. */
#define UITRON_TSKATR 0x102u
#define UITRON_SEMATR 0x1u
#define UITRON_FLGATR 0x5u
#define UITRON_DTQATR 0x1u
#define UITRON_MBXATR 0x3u
#define UITRON_MPFATR 0x1u
#define UITRON_CYCATR 0x2u
/* TEX, INH, EXC, INI and TER know TA_HLNG only. */
#define UITRON_NOATR 0x0u

/* Interrupt and exception handlers are numbered by their INTEVT and EXPEVT codes (SH-4A manual, sections INTC and exceptions). */
#define UITRON_IS_INHNO(code) ((code) >= 0x1c0 && (code) <= 0x3fe0 && (code) % 0x20 == 0)
#define UITRON_IS_EXCNO(code) ((code) >= 0x040 && (code) <= 0xfe0 && (code) % 0x20 == 0)

/* Smallest stack of a task in bytes: two frames of 21 words, and something to run in. */
#define UITRON_MIN_STKSZ 256
/* Stacks are made of these; a stack begins and ends at a multiple of eight bytes. */
typedef uint64_t uitron_stack_unit;
#define UITRON_STACK_UNITS(bytes) (((bytes) + 7u) / 8u)
/* Pools and queues are made of these; a block begins at a multiple of a pointer's size. */
typedef void *uitron_word;
#define UITRON_WORDS(bytes) (((bytes) + sizeof(uitron_word) - 1u) / sizeof(uitron_word))

/* Words of kernel memory an object. `kernel_cfg.c` sets them aside in .bss; what is in them is the kernel's affair, and
 * the kernel asserts when it is compiled that its control blocks are not larger. */
#define UITRON_TSKCB_WORDS 40
#define UITRON_SEMCB_WORDS 4
#define UITRON_FLGCB_WORDS 4
#define UITRON_DTQCB_WORDS 12
#define UITRON_MBXCB_WORDS 6
#define UITRON_MPFCB_WORDS 8
#define UITRON_CYCCB_WORDS 8

/* Any function of the application; the kernel knows from the field how it is called. */
typedef void (*uitron_routine)(void);

/* CRE_TSK, and DEF_TEX of the same task. */
struct uitron_tsk {
    const char *name;      /* of the object, or its number as text */
    uint32_t tskatr;
    void *exinf;
    uitron_routine task;   /* void task(VP_INT exinf) */
    int32_t itskpri;       /* 1..16 */
    uint32_t stksz;        /* bytes, a multiple of 8 */
    void *stk;             /* lowest address */
    uint32_t texatr;
    uitron_routine texrtn; /* void texrtn(TEXPTN texptn, VP_INT exinf), or NULL */
};

/* CRE_SEM. */
struct uitron_sem {
    const char *name;
    uint32_t sematr;
    uint32_t isemcnt; /* <= maxsem */
    uint32_t maxsem;  /* >= 1 */
};

/* CRE_FLG. */
struct uitron_flg {
    const char *name;
    uint32_t flgatr;
    uint32_t iflgptn;
};

/* CRE_DTQ. */
struct uitron_dtq {
    const char *name;
    uint32_t dtqatr;
    uint32_t dtqcnt;  /* may be 0 */
    uitron_word *dtq; /* dtqcnt words, or NULL */
};

/* CRE_MBX. */
struct uitron_mbx {
    const char *name;
    uint32_t mbxatr;
    int32_t maxmpri; /* 1..16; means something with TA_MPRI only */
};

/* CRE_MPF. */
struct uitron_mpf {
    const char *name;
    uint32_t mpfatr;
    uint32_t blkcnt;  /* >= 1 */
    uint32_t blksz;   /* bytes, rounded up to whole words */
    uitron_word *mpf; /* blkcnt * blksz bytes */
};

/* CRE_CYC. */
struct uitron_cyc {
    const char *name;
    uint32_t cycatr;
    void *exinf;
    uitron_routine cychdr; /* void cychdr(VP_INT exinf) */
    uint32_t cyctim;       /* ms, >= 1 */
    uint32_t cycphs;       /* ms */
};

/* DEF_INH. No two entries have the same number; they stand in order of definition. */
struct uitron_inh {
    uint32_t inhno; /* INTEVT code */
    uint32_t inhatr;
    uitron_routine inthdr; /* void inthdr(void) */
};

/* DEF_EXC, likewise. */
struct uitron_exc {
    uint32_t excno; /* EXPEVT code */
    uint32_t excatr;
    uitron_routine exchdr; /* void exchdr(VP p_excinf) */
};

/* ATT_INI and VATT_TER. */
struct uitron_rtn {
    uint32_t atr;
    void *exinf;
    uitron_routine rtn; /* void rtn(VP_INT exinf) */
};

/* The whole application. A kind without objects has count 0 and pointers NULL. */
struct uitron_system {
    uint32_t magic;   /* UITRON_MAGIC */
    uint32_t version; /* UITRON_VERSION */
    uint32_t size;    /* bytes of this structure */

    uint32_t tsk_count;
    const struct uitron_tsk *tsk;
    uitron_word *tskcb;      /* tsk_count * UITRON_TSKCB_WORDS */
    const uint32_t *tskordr; /* tsk_count task numbers in order of definition: TA_ACT tasks start in this order */

    uint32_t sem_count;
    const struct uitron_sem *sem;
    uitron_word *semcb;

    uint32_t flg_count;
    const struct uitron_flg *flg;
    uitron_word *flgcb;

    uint32_t dtq_count;
    const struct uitron_dtq *dtq;
    uitron_word *dtqcb;

    uint32_t mbx_count;
    const struct uitron_mbx *mbx;
    uitron_word *mbxcb;

    uint32_t mpf_count;
    const struct uitron_mpf *mpf;
    uitron_word *mpfcb;

    uint32_t cyc_count;
    const struct uitron_cyc *cyc;
    uitron_word *cyccb;

    uint32_t inh_count;
    const struct uitron_inh *inh;

    uint32_t exc_count;
    const struct uitron_exc *exc;

    uint32_t ini_count;
    const struct uitron_rtn *ini; /* in the order of the calls: order of definition */

    uint32_t ter_count;
    const struct uitron_rtn *ter; /* in the order of the calls: last defined first */
};

/* Defined in `kernel_cfg.c`. */
extern const struct uitron_system uitron_system;

#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ == 4
_Static_assert(sizeof(struct uitron_tsk) == 36, "struct uitron_tsk is nine words");
_Static_assert(sizeof(struct uitron_system) == 132, "struct uitron_system is 33 words");
#endif

#endif
