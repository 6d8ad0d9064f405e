/* Each round says what it waits for; the host (tools/xtask/src/test/toppers/serial.rs) answers. */
#include "line.h"
#include "kernel_id.h"

#define PORT TASK_PORTID
#define LINES 100
#define FLOOD 1000
/* Milliseconds in which nothing must move for the port to count as stopped, and that a round may last. */
#define STILL 20
#define PATIENCE 3000

static unsigned failures;

static void put(const char *text)
{
    UINT length = 0;
    while (text[length] != '\0')
        length++;
    if (serial_wri_dat(PORT, text, length) != (ER_UINT)length)
        failures++;
}

/* Past the driver, also when it is stopped. */
static void shout(const char *text)
{
    while (*text != '\0')
        sys_putc(*text++);
}

static void expect(BOOL good, const char *what)
{
    if (good)
        return;
    failures++;
    shout("line: FAIL ");
    shout(what);
    shout("\n");
}

static char get(void)
{
    char byte = 0;
    expect(serial_rea_dat(PORT, &byte, 1) == 1, "reading");
    return byte;
}

/* Numbered lines, one a millisecond. */
void writer(VP_INT exinf)
{
    (void)exinf;
    for (INT number = 0; number < LINES; number++) {
        char text[] = "line: number 00\n";
        text[13] = '0' + number / 10;
        text[14] = '0' + number % 10;
        put(text);
        (void)dly_tsk(1);
    }
    syscall(sig_sem(WRITTEN));
}

/* Waits until the sending buffer is full and nothing leaves it. */
static void wait_for_stop(void)
{
    T_SERIAL_RPOR now, before = { 0, 0 };
    INT still = 0;

    for (INT time = 0; still < STILL; time++) {
        if (time == PATIENCE) {
            expect(FALSE, "never stopped");
            return;
        }
        (void)dly_tsk(0);
        expect(serial_ref_por(PORT, &now) == E_OK, "serial_ref_por");
        still = now.wricnt > 200 && now.wricnt == before.wricnt ? still + 1 : 0;
        before = now;
    }
}

/* The host stops the port in the middle, and lets it go on when it hears that it stands. */
static void stopped_by_the_host(UINT ioctl, const char *held)
{
    expect(serial_ctl_por(PORT, ioctl) == E_OK, "serial_ctl_por");
    syscall(act_tsk(WRITER));
    wait_for_stop();
    shout(held);
    expect(twai_sem(WRITTEN, PATIENCE) == E_OK, "never went on");
}

/* More than the buffer holds, while nobody reads. */
static void flood(void)
{
    INT wrong = 0;

    expect(serial_ctl_por(PORT, IOCTL_FCRCV) == E_OK, "serial_ctl_por");
    put("line: flood me\n");
    (void)dly_tsk(300);
    for (INT i = 0; i < FLOOD; i++)
        wrong += get() != 'a' + i % 26;
    expect(wrong == 0, "bytes were lost or doubled");
    put("line: flooded\n");
}

static void echo(void)
{
    static const char sent[] = "hello\n";

    expect(serial_ctl_por(PORT, IOCTL_ECHO | IOCTL_CRLF) == E_OK, "serial_ctl_por");
    put("line: echo\n");
    for (INT i = 0; sent[i] != '\0'; i++)
        expect(get() == sent[i], "another character");
    expect(serial_ctl_por(PORT, IOCTL_CRLF) == E_OK, "serial_ctl_por");
    put("line: silence\n");
    for (INT i = 0; sent[i] != '\0'; i++)
        expect(get() == sent[i], "another character");
}

void judge(VP_INT exinf)
{
    (void)exinf;
    expect(serial_opn_por(PORT) == E_OK, "serial_opn_por");
    stopped_by_the_host(IOCTL_FCSND, "line: held\n");
    stopped_by_the_host(IOCTL_FCSND | IOCTL_FCANY, "line: held again\n");
    /* Any character goes on, and is read too. */
    expect(get() == 'x', "the character that ended XOFF");
    flood();
    echo();
    put(failures == 0 ? "line: ok\n" : "line: FAILED\n");
    (void)dly_tsk(20);
    kernel_exit();
}
