/* The board's own. UITRON_RP1 or UITRON_R2D comes from the command line. */
#ifndef SYS_DEFS_H
#define SYS_DEFS_H

#if defined(UITRON_RP1)
#define INHNO_TIMER 0x460
#define INHNO_SERIAL_ERI 0x780
#define INHNO_SERIAL_RXI 0x7a0
#define INHNO_SERIAL_BRI 0x7c0
#define INHNO_SERIAL_TXI 0x7e0
#elif defined(UITRON_R2D)
#define R2D
#define INHNO_TIMER 0xb00
#define INHNO_SERIAL_ERI 0x700
#define INHNO_SERIAL_RXI 0x720
#define INHNO_SERIAL_BRI 0x740
#define INHNO_SERIAL_TXI 0x760
#else
#error "define UITRON_RP1 or UITRON_R2D"
#endif

/* One tick is TIC_NUME / TIC_DENO milliseconds. */
#define TIC_NUME 1u
#define TIC_DENO 1u

/* Serial ports, and the one that the console is. */
#define TNUM_PORT 1
#define TNUM_SIOP 1
#define CONSOLE_PORTID 1
#define LOGTASK_PORTID CONSOLE_PORTID
#ifndef TASK_PORTID
#define TASK_PORTID 1
#endif

#endif
