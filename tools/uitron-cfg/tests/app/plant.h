/* An application in JSP's style: one header for C and for the configurator. */
#include "kernel.h"
#define CONTROL_PRI 3
#define SHOW_PRI (CONTROL_PRI + 2)
#define STACK_SIZE 1024
#define QUEUE_LENGTH 4
#define BLOCK_SIZE 10
#define LINE_INHNO 0x720
#define ADDRESS_EXCNO 0x0e0
#ifndef _MACRO_ONLY
extern void control(VP_INT exinf);
extern void show(VP_INT exinf);
extern void show_exception(TEXPTN pattern, VP_INT exinf);
extern void beat(VP_INT exinf);
extern void line_handler(void);
extern void address_handler(VP frame);
extern void plant_begin(VP_INT exinf);
extern void plant_end(VP_INT exinf);
#endif
