/* Prints the tables of plant.cfg as a kernel on this machine would see them, with stand-ins for the application. */
#include "plant.h"
#include "clock.h"
#include "uitron_tables.h"
#include <stdio.h>

void control(VP_INT exinf) { (void)exinf; }
void show(VP_INT exinf) { (void)exinf; }
void show_exception(TEXPTN pattern, VP_INT exinf) { (void)pattern; (void)exinf; }
void beat(VP_INT exinf) { (void)exinf; }
void line_handler(void) {}
void address_handler(VP frame) { (void)frame; }
void plant_begin(VP_INT exinf) { (void)exinf; }
void plant_end(VP_INT exinf) { (void)exinf; }
void clock_begin(VP_INT exinf) { (void)exinf; }
void clock_end(VP_INT exinf) { (void)exinf; }
void clock_handler(void) {}

static const char *name(uitron_routine routine)
{
    static const struct { uitron_routine routine; const char *name; } known[] = {
        { (uitron_routine)control, "control" }, { (uitron_routine)show, "show" },
        { (uitron_routine)show_exception, "show_exception" }, { (uitron_routine)beat, "beat" },
        { line_handler, "line_handler" }, { (uitron_routine)address_handler, "address_handler" },
        { (uitron_routine)plant_begin, "plant_begin" }, { (uitron_routine)plant_end, "plant_end" },
        { (uitron_routine)clock_begin, "clock_begin" }, { (uitron_routine)clock_end, "clock_end" },
        { clock_handler, "clock_handler" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].routine == routine) return known[i].name;
    return routine ? "?" : "none";
}

static unsigned long number(const void *value) { return (unsigned long)(uintptr_t)value; }

int main(void)
{
    const struct uitron_system *s = &uitron_system;
    printf("root %d\n", s->magic == UITRON_MAGIC && s->version == UITRON_VERSION && s->size == sizeof *s);
    for (uint32_t i = 0; i < s->tsk_count; i++) {
        const struct uitron_tsk *t = &s->tsk[i];
        printf("tsk %s %u %lu %s %d %u %d %u %s\n", t->name, t->tskatr, number(t->exinf), name(t->task), t->itskpri,
               t->stksz, t->stk && number(t->stk) % 8 == 0, t->texatr, name(t->texrtn));
    }
    for (uint32_t i = 0; i < s->tsk_count; i++) printf("order %u\n", s->tskordr[i]);
    for (uint32_t i = 0; i < s->sem_count; i++)
        printf("sem %s %u %u %u\n", s->sem[i].name, s->sem[i].sematr, s->sem[i].isemcnt, s->sem[i].maxsem);
    for (uint32_t i = 0; i < s->flg_count; i++)
        printf("flg %s %u %u\n", s->flg[i].name, s->flg[i].flgatr, s->flg[i].iflgptn);
    for (uint32_t i = 0; i < s->dtq_count; i++)
        printf("dtq %s %u %u %d\n", s->dtq[i].name, s->dtq[i].dtqatr, s->dtq[i].dtqcnt, s->dtq[i].dtq != NULL);
    for (uint32_t i = 0; i < s->mbx_count; i++)
        printf("mbx %s %u %d\n", s->mbx[i].name, s->mbx[i].mbxatr, s->mbx[i].maxmpri);
    for (uint32_t i = 0; i < s->mpf_count; i++)
        printf("mpf %s %u %u %u %d\n", s->mpf[i].name, s->mpf[i].mpfatr, s->mpf[i].blkcnt, s->mpf[i].blksz,
               s->mpf[i].mpf != NULL);
    for (uint32_t i = 0; i < s->cyc_count; i++)
        printf("cyc %s %u %lu %s %u %u\n", s->cyc[i].name, s->cyc[i].cycatr, number(s->cyc[i].exinf),
               name(s->cyc[i].cychdr), s->cyc[i].cyctim, s->cyc[i].cycphs);
    for (uint32_t i = 0; i < s->inh_count; i++) printf("inh %#x %s\n", s->inh[i].inhno, name(s->inh[i].inthdr));
    for (uint32_t i = 0; i < s->exc_count; i++) printf("exc %#x %s\n", s->exc[i].excno, name(s->exc[i].exchdr));
    for (uint32_t i = 0; i < s->ini_count; i++) printf("ini %lu %s\n", number(s->ini[i].exinf), name(s->ini[i].rtn));
    for (uint32_t i = 0; i < s->ter_count; i++) printf("ter %lu %s\n", number(s->ter[i].exinf), name(s->ter[i].rtn));
    return 0;
}
