#define CLOCK_INHNO 0x400
#ifndef _MACRO_ONLY
extern void clock_begin(VP_INT exinf);
extern void clock_end(VP_INT exinf);
extern void clock_handler(void);
#endif
