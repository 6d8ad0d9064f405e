/* The ABI between SPUMONE and its guests, for C.
 * Generated from guests/abi/src/table.rs; the test `header` of that crate keeps the two equal. Do not edit. */

#ifndef SPUMONE_H
#define SPUMONE_H


#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/*
 First word of the table: "SPUM" in memory order.
 */
#define SPUMONE_MAGIC 1297436755

/*
 ABI version, major << 16 | minor. A guest accepts the same major and any minor not below its own.
 */
#define SPUMONE_VERSION 65538

/*
 `board` of the RP1 board (SH-X3).
 */
#define SPUMONE_BOARD_RP1 1

/*
 `board` of the r2d board (SH7751R, as stock QEMU has it).
 */
#define SPUMONE_BOARD_R2D 2

/*
 Address of the table on the RP1 board: the start of OLRAM, core-local.
 */
#define SPUMONE_TABLE_RP1 3842039808

/*
 Address of the table on the r2d board: the start of SDRAM through P1.
 */
#define SPUMONE_TABLE_R2D 2348810240

/*
 Success.
 */
#define SPUMONE_OK 0

/*
 No such call, or not in this version.
 */
#define SPUMONE_E_NOSYS -1

/*
 A number, level or length that cannot be.
 */
#define SPUMONE_E_INVAL -2

/*
 The thing exists and belongs to somebody else, or lies outside the guest's level partition.
 */
#define SPUMONE_E_PERM -3

/*
 Not now: the object is in a state that does not allow it.
 */
#define SPUMONE_E_STATE -4

/*
 A pointer that does not lie in the guest's own memory.
 */
#define SPUMONE_E_FAULT -5

/*
 Nothing there yet; try again.
 */
#define SPUMONE_E_AGAIN -6

/*
 `info`: ABI version.
 */
#define SPUMONE_INFO_VERSION 0

/*
 `info`: number of the calling guest.
 */
#define SPUMONE_INFO_GUEST 1

/*
 `info`: number of the calling guest's vCPUs.
 */
#define SPUMONE_INFO_VCPUS 2

/*
 `info`: physical core that the call ran on.
 */
#define SPUMONE_INFO_CORE 3

/*
 `info`: core clock in kHz.
 */
#define SPUMONE_INFO_CORE_KHZ 4

/*
 `info`: peripheral clock (Pclk) in kHz.
 */
#define SPUMONE_INFO_PCLK_KHZ 5

/*
 `info`: lowest interrupt level that the guest may use.
 */
#define SPUMONE_INFO_LEVEL_LOW 6

/*
 `info`: highest interrupt level that the guest may use.
 */
#define SPUMONE_INFO_LEVEL_HIGH 7

/*
 `info`: board, `SPUMONE_BOARD_*`.
 */
#define SPUMONE_INFO_BOARD 8

/*
 `info`: number of guests in the system.
 */
#define SPUMONE_INFO_GUESTS 9

/*
 `info`: vCPU switches on this core since boot, low 31 bits.
 */
#define SPUMONE_INFO_SWITCHES 10

/*
 `info`: interrupts forwarded to the calling guest since boot, low 31 bits.
 */
#define SPUMONE_INFO_FORWARDED 11

/*
 `info`: preemptions of a running vCPU by an interrupt for another one on this core since boot, low 31 bits.
 */
#define SPUMONE_INFO_PREEMPTIONS 12

/*
 `info`: number of physical cores of the system.
 */
#define SPUMONE_INFO_CORES 13

/*
 `info`: physical cores on which a vCPU of the calling guest is now, as a mask.
 */
#define SPUMONE_INFO_CORES_USED 14

/*
 `info`: moves of vCPUs to the core that the call ran on since boot, low 31 bits.
 */
#define SPUMONE_INFO_ARRIVALS 15

/*
 `info`: number of the guest that the calling guest watches; `SPUMONE_E_INVAL`, as for the next ones, if it watches none.
 */
#define SPUMONE_INFO_WATCHED 16

/*
 `info`: bus address at which the watched guest's memory begins.
 */
#define SPUMONE_INFO_WATCHED_START 17

/*
 `info`: bytes of the watched guest's memory.
 */
#define SPUMONE_INFO_WATCHED_SIZE 18

/*
 `info`: number of the watched guest's vCPUs.
 */
#define SPUMONE_INFO_WATCHED_VCPUS 19

/*
 `info`: how the watched guest is, `SPUMONE_GUEST_*`.
 */
#define SPUMONE_INFO_WATCHED_STATE 20

/*
 `info`: how often the watched guest was started afresh.
 */
#define SPUMONE_INFO_WATCHED_RESTARTS 21

/*
 `info`: length of SPUMONE's tick in microseconds.
 */
#define SPUMONE_INFO_TICK_US 22

/*
 It runs, or could.
 */
#define SPUMONE_GUEST_ALIVE 0

/*
 It was asked to stand still, and some of its vCPUs may not do so yet.
 */
#define SPUMONE_GUEST_PAUSING 1

/*
 All its vCPUs stand still.
 */
#define SPUMONE_GUEST_PAUSED 2

/*
 It is being started afresh.
 */
#define SPUMONE_GUEST_RESTARTING 3

/*
 It has ended or was parked.
 */
#define SPUMONE_GUEST_GONE 4

/*
 Virtual inter-processor messages are numbered 0..SPUMONE_MESSAGES.
 */
#define SPUMONE_MESSAGES 8

/*
 INTEVT with which a vCPU is told that messages wait for it; `ipi_take` says which.
 */
#define SPUMONE_IPI_INTEVT 4032

/*
 `syscall_core`: no core, the kernel part of system calls stays where the user part is.
 */
#define SPUMONE_NO_CORE 4294967295

/*
 Number of functions in the table.
 */
#define SPUMONE_CALLS 29

/*
 Registers of a vCPU that stands still.
 */
struct SpumoneRegisters {
  /*
   R0 to R15, of bank 0.
   */
  uint32_t r[16];
  /*
   R0 to R7 of bank 1; SPUMONE keeps R2, R5, R6 and R7 of it, the others are 0.
   */
  uint32_t bank1[8];
  /*
   Program counter.
   */
  uint32_t pc;
  /*
   Status register.
   */
  uint32_t sr;
  /*
   Procedure register.
   */
  uint32_t pr;
  /*
   Global base register.
   */
  uint32_t gbr;
  /*
   Vector base that the guest told.
   */
  uint32_t vbr;
  /*
   Multiply-and-accumulate register, high half.
   */
  uint32_t mach;
  /*
   Multiply-and-accumulate register, low half.
   */
  uint32_t macl;
};

/*
 The hypercall table. It lies at a fixed address (`SPUMONE_TABLE_*`) and never changes while a guest runs.
 Every function follows the C ABI (r4..r7, result in r0) and is called with MD=1, RB=0, BL=0 and any IMASK.
 */
struct spumone_table {
  /*
   `SPUMONE_MAGIC`.
   */
  uint32_t magic;
  /*
   `SPUMONE_VERSION` of the hypervisor.
   */
  uint32_t version;
  /*
   Size of the table in bytes; a guest checks it before it calls a function of a later minor version.
   */
  uint32_t bytes;
  /*
   `SPUMONE_BOARD_*`.
   */
  uint32_t board;
  /*
   0: the guest's vector base. SPUMONE forwards to +0x100, +0x400 and +0x600. A bad address parks the guest.
   */
  int32_t (*set_vbr)(uint32_t base);
  /*
   1: gives the core up until an interrupt for this vCPU is pending. Called with IMASK at "off" (15, or the guest's
   own off mask) it returns still masked; called with interrupts on it returns after at least one was taken.
   */
  void (*idle)(void);
  /*
   2: number of the calling vCPU in its guest, 0-based.
   */
  int32_t (*vcpu_id)(void);
  /*
   3: number of the guest's vCPUs.
   */
  int32_t (*vcpu_count)(void);
  /*
   4: starts a stopped vCPU at `entry` with `arg` in r4.
   */
  int32_t (*vcpu_start)(uint32_t id, uint32_t entry, uint32_t arg);
  /*
   5: stops the calling vCPU until somebody starts it again. Does not return.
   */
  int32_t (*vcpu_stop)(void);
  /*
   6: sends `message` (0..SPUMONE_MESSAGES) to every vCPU of the guest in the mask.
   */
  int32_t (*ipi_send)(uint32_t vcpu_mask, uint32_t message);
  /*
   7: the messages that wait for the calling vCPU, a bit each; from now on they wait no longer. May be none.
   */
  int32_t (*ipi_take)(void);
  /*
   8: sets the level of an interrupt that the guest owns and unmasks it.
   */
  int32_t (*irq_enable)(uint32_t intevt, uint32_t level);
  /*
   9: masks an interrupt that the guest owns.
   */
  int32_t (*irq_disable)(uint32_t intevt);
  /*
   10: writes bytes to the guest's console; the result is how many were taken, which may be fewer than `len`, even none.
   */
  int32_t (*console_write)(const uint8_t *bytes, uint32_t len);
  /*
   11: the next byte typed at the guest's console, or `SPUMONE_E_AGAIN`.
   */
  int32_t (*console_read)(void);
  /*
   12: ends the guest with `status`. Does not return.
   */
  int32_t (*guest_exit)(uint32_t status);
  /*
   13: asks for a restart of the guest from its image. Does not return; parks the guest where that is impossible.
   */
  int32_t (*guest_restart)(void);
  /*
   14: a number about the system, `SPUMONE_INFO_*`.
   */
  int32_t (*info)(uint32_t item);
  /*
   15: puts an event of the guest into SPUMONE's trace ring.
   */
  int32_t (*trace)(uint32_t code, uint32_t arg);
  /*
   16: the name of a guest, not terminated; the result is its length, `len` bytes at most are written.
   */
  int32_t (*guest_name)(uint32_t guest, uint8_t *name, uint32_t len);
  /*
   17: does nothing and returns 0; for measuring.
   */
  int32_t (*null)(void);
  /*
   18: asks that vCPU `id` of the guest go on on physical core `core`, its home from now on. Soon, not at once.
   */
  int32_t (*vcpu_move)(uint32_t id, uint32_t core);
  /*
   19: the physical core on which vCPU `id` of the guest is, or to which it is on its way.
   */
  int32_t (*vcpu_core)(uint32_t id);
  /*
   20: from now on the kernel part of vCPU `id`'s system calls runs on physical core `core`; `SPUMONE_NO_CORE` ends that.
   */
  int32_t (*syscall_core)(uint32_t id, uint32_t core);
  /*
   21: the calling vCPU is about to return to user mode. Called with interrupts off; returns so, on the vCPU's home core.
   */
  int32_t (*syscall_done)(void);
  /*
   22: bounds for the number of physical cores that the guest's vCPUs use; `low` = `high` stops the governor there.
   */
  int32_t (*core_bounds)(uint32_t low, uint32_t high);
  /*
   23: the vCPUs of `guest`, which the caller watches, stand still, soon.
   */
  int32_t (*guest_pause)(uint32_t guest);
  /*
   24: they go on.
   */
  int32_t (*guest_resume)(uint32_t guest);
  /*
   25: `guest`, which the caller watches, is started afresh from its image.
   */
  int32_t (*guest_reset)(uint32_t guest);
  /*
   26: registers of vCPU `id` of `guest`, which the caller watches. While it does not stand still the answer is `SPUMONE_E_AGAIN`,
   and all but `vbr` are 0.
   */
  int32_t (*vcpu_registers)(uint32_t guest, uint32_t id, struct SpumoneRegisters *registers);
  /*
   27: nanoseconds since the start; never runs backwards.
   */
  int32_t (*clock)(uint64_t *nanoseconds);
  /*
   28: `idle` of the calling vCPU ends when so many of SPUMONE's ticks have passed, if it has not ended before; 0: no longer.
   */
  int32_t (*alarm)(uint32_t ticks);
};

#endif  /* SPUMONE_H */


#ifdef __sh__
/* Function n stands at 16 + 4 * n, on every SH compiler. */
_Static_assert(__builtin_offsetof(struct spumone_table, set_vbr) == 16, "spumone_table");
_Static_assert(__builtin_offsetof(struct spumone_table, irq_enable) == 48, "spumone_table");
_Static_assert(__builtin_offsetof(struct spumone_table, null) == 84, "spumone_table");
_Static_assert(sizeof(struct spumone_table) == 132, "spumone_table");
#endif
