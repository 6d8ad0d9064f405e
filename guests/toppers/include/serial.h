/* The serial interface driver. */
#ifndef SERIAL_H
#define SERIAL_H

#include "t_stddef.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef _MACRO_ONLY
typedef struct {
    UINT reacnt; /* bytes that wait to be read */
    UINT wricnt; /* bytes that wait to be sent */
} T_SERIAL_RPOR;

extern void serial_initialize(VP_INT exinf);
extern void serial_in_handler(void);
extern void serial_out_handler(void);
extern void serial_error_handler(void);
extern void serial_break_handler(void);

extern ER serial_opn_por(ID portid);
extern ER serial_cls_por(ID portid);
extern ER_UINT serial_rea_dat(ID portid, char *buf, UINT len);
extern ER_UINT serial_wri_dat(ID portid, const char *buf, UINT len);
extern ER serial_ctl_por(ID portid, UINT ioctl);
extern ER serial_ref_por(ID portid, T_SERIAL_RPOR *pk_rpor);
#endif

#define IOCTL_NULL 0u
#define IOCTL_ECHO 0x0001u  /* input is shown */
#define IOCTL_CRLF 0x0010u  /* LF is sent as CR LF */
#define IOCTL_FCSND 0x0100u /* XOFF and XON of the other side are obeyed */
#define IOCTL_FCANY 0x0200u /* any character counts as XON */
#define IOCTL_FCRCV 0x0400u /* XOFF and XON are sent as the buffer fills */

#ifdef __cplusplus
}
#endif
#endif
