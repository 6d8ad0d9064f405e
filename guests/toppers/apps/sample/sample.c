/* Keys act on the chosen worker: see `help`. Workers obey some keys themselves. */
#include "sample.h"
#include "kernel_id.h"

/* Milliseconds between two messages of a worker; the packer sets them from the system file's params. */
UW __spumone_params[1] __attribute__((used)) = { 400 };
/* Iterations of the busy loop that takes so long; main_task measures them. */
static volatile UW rounds = 10000;
/* The key that a worker shall obey, 0 if none. */
static volatile char order[4];

static const char help[] =
    "1 2 3 choose  a act A can_act e ext t ter  > = < priority 9 10 11 G get_pri\n"
    "s slp S tslp d dly w wup W can_wup l rel_wai u sus m rsm M frsm\n"
    "x X ras_tex y dis_tex Y ena_tex z CPU exception Z the same, CPU locked\n"
    "r rot_rdq c sta_cyc C stp_cyc V vxget_tim v q log level  Q end";

static void spin(void)
{
    for (volatile UW round = 0; round < rounds; round++)
        ;
}

/* An address error: a long word at an odd address. */
static void fault(void)
{
    static UB bytes[8] __attribute__((aligned(4)));
    UW found;
    __asm__ volatile("mov.l @%1, %0" : "=r"(found) : "r"(bytes + 1) : "memory");
}

void worker(VP_INT exinf)
{
    INT number = (INT)exinf;
    UW count = 0;

    syscall(ena_tex());
    for (;;) {
        syslog(LOG_NOTICE, "worker %d runs (%03d)", number, ++count);
        spin();
        char key = order[number];
        order[number] = 0;
        switch (key) {
        case 'e':
            syslog(LOG_INFO, "worker %d: ext_tsk()", number);
            return;
        case 's':
            syslog(LOG_NOTICE, "worker %d: slp_tsk() gives %s", number, itron_strerror(slp_tsk()));
            break;
        case 'S':
            syslog(LOG_NOTICE, "worker %d: tslp_tsk(10000) gives %s", number, itron_strerror(tslp_tsk(10000)));
            break;
        case 'd':
            syslog(LOG_NOTICE, "worker %d: dly_tsk(10000) gives %s", number, itron_strerror(dly_tsk(10000)));
            break;
        case 'y':
            syscall(dis_tex());
            break;
        case 'Y':
            syscall(ena_tex());
            break;
        case 'z':
            fault();
            break;
        case 'Z':
            syscall(loc_cpu());
            fault();
            syscall(unl_cpu());
            break;
        }
    }
}

void worker_exception(TEXPTN pattern, VP_INT exinf)
{
    syslog(LOG_NOTICE, "worker %d: exception 0x%04x", (INT)exinf, pattern);
    if (pattern & 0x8000u)
        ext_tsk();
}

/* The worker of a fault ends by its task exception; a fault that nobody can end is stepped over. */
void fault_handler(VP p_excinf)
{
    ID worker;
    UW *frame = p_excinf;

    syslog(LOG_NOTICE, "CPU exception at 0x%x: context %d, lock %d, dispatch %d, task exceptions %d", frame[13],
           vxsns_ctx(p_excinf), vxsns_loc(p_excinf), vxsns_dpn(p_excinf), vxsns_tex(p_excinf));
    frame[13] += 2;
    if (!vxsns_ctx(p_excinf) && !vxsns_loc(p_excinf) && !vxsns_tex(p_excinf)) {
        if (iget_tid(&worker) == E_OK)
            (void)iras_tex(worker, 0x8000u);
    }
}

void turn(VP_INT exinf)
{
    (void)exinf;
    for (PRI priority = HIGH_PRIORITY; priority <= LOW_PRIORITY; priority++)
        (void)irot_rdq(priority);
}

static void calibrate(void)
{
    SYSUTIM before, after;

    syscall(vxget_tim(&before));
    spin();
    syscall(vxget_tim(&after));
    rounds = (UW)(1000ull * rounds * *(volatile UW *)__spumone_params / (after - before + 1));
}

static void report(const char *call, ER result)
{
    if (result < 0)
        syslog(LOG_NOTICE, "%s: %s", call, itron_strerror(result));
    else
        syslog(LOG_NOTICE, "%s: %d", call, result);
}

void main_task(VP_INT exinf)
{
    ID chosen = WORKER1;
    INT number = 1;
    char key = 0;

    (void)exinf;
    ER opened = serial_opn_por(TASK_PORTID);
    if (opened < 0 && MERCD(opened) != E_OBJ)
        syslog(LOG_ERROR, "serial_opn_por: %s", itron_strerror(opened));
    syscall(serial_ctl_por(TASK_PORTID, IOCTL_CRLF | IOCTL_FCSND | IOCTL_FCRCV));
    calibrate();
    syslog(LOG_NOTICE, "sample: ready; h for help");
    syscall(act_tsk(WORKER1));
    syscall(act_tsk(WORKER2));
    syscall(act_tsk(WORKER3));

    while (key != 'Q' && key != '\003') {
        PRI priority;
        SYSUTIM first, second;

        if (serial_rea_dat(TASK_PORTID, &key, 1) != 1)
            continue;
        switch (key) {
        case 'h':
            syscall(serial_wri_dat(TASK_PORTID, help, sizeof help - 1));
            syscall(serial_wri_dat(TASK_PORTID, "\n", 1));
            break;
        case '1': case '2': case '3':
            number = key - '0';
            chosen = number == 1 ? WORKER1 : number == 2 ? WORKER2 : WORKER3;
            syslog(LOG_NOTICE, "worker %d is chosen", number);
            break;
        case 'a': report("act_tsk", act_tsk(chosen)); break;
        case 'A': report("can_act", can_act(chosen)); break;
        case 't': report("ter_tsk", ter_tsk(chosen)); break;
        case '>': report("chg_pri(9)", chg_pri(chosen, HIGH_PRIORITY)); break;
        case '=': report("chg_pri(10)", chg_pri(chosen, MID_PRIORITY)); break;
        case '<': report("chg_pri(11)", chg_pri(chosen, LOW_PRIORITY)); break;
        case 'G':
            if (_syscall(get_pri(chosen, &priority)) == E_OK)
                report("get_pri", priority);
            break;
        case 'w': report("wup_tsk", wup_tsk(chosen)); break;
        case 'W': report("can_wup", can_wup(chosen)); break;
        case 'l': report("rel_wai", rel_wai(chosen)); break;
        case 'u': report("sus_tsk", sus_tsk(chosen)); break;
        case 'm': report("rsm_tsk", rsm_tsk(chosen)); break;
        case 'M': report("frsm_tsk", frsm_tsk(chosen)); break;
        case 'x': report("ras_tex(1)", ras_tex(chosen, 1)); break;
        case 'X': report("ras_tex(2)", ras_tex(chosen, 2)); break;
        case 'r':
            for (priority = HIGH_PRIORITY; priority <= LOW_PRIORITY; priority++)
                syscall(rot_rdq(priority));
            report("rot_rdq", E_OK);
            break;
        case 'c': report("sta_cyc", sta_cyc(TURN)); break;
        case 'C': report("stp_cyc", stp_cyc(TURN)); break;
        case 'V':
            syscall(vxget_tim(&first));
            syscall(vxget_tim(&second));
            syslog(LOG_NOTICE, "vxget_tim: %d us, and %d us later", (UW)first, (UW)(second - first));
            break;
        case 'v': syscall(vmsk_log(LOG_UPTO(LOG_INFO), LOG_UPTO(LOG_EMERG))); break;
        case 'q': syscall(vmsk_log(LOG_UPTO(LOG_WARNING), LOG_UPTO(LOG_EMERG))); break;
        case 'e': case 's': case 'S': case 'd': case 'y': case 'Y': case 'z': case 'Z':
            order[number] = key;
            break;
        }
    }
    syslog(LOG_NOTICE, "sample: ends");
    kernel_exit();
}
