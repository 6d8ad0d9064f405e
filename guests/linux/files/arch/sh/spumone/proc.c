// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/spumone: that this kernel is a guest, where its virtual CPUs are, and
 * what it costs.
 */
#include <linux/init.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <asm/spumone.h>

static const char *spumone_board(s32 board)
{
	switch (board) {
	case SPUMONE_BOARD_RP1:
		return "rp1";
	case SPUMONE_BOARD_R2D:
		return "r2d";
	default:
		return "unknown";
	}
}

static int spumone_show(struct seq_file *m, void *v)
{
	s32 guest = SPUMONE->info(SPUMONE_INFO_GUEST);
	s32 vcpus = SPUMONE->vcpu_count();
	s32 i, length, self, core;
	u8 name[16];

	seq_printf(m, "abi\t\t: %u.%u\n", SPUMONE->version >> 16,
		   SPUMONE->version & 0xffff);
	seq_printf(m, "board\t\t: %s\n",
		   spumone_board(SPUMONE->info(SPUMONE_INFO_BOARD)));
	seq_printf(m, "core clock\t: %d kHz\n",
		   SPUMONE->info(SPUMONE_INFO_CORE_KHZ));
	seq_printf(m, "guests\t\t: %d\n", SPUMONE->info(SPUMONE_INFO_GUESTS));

	length = SPUMONE->guest_name(guest, name, sizeof(name));
	seq_printf(m, "guest\t\t: %d %.*s\n", guest,
		   clamp_t(s32, length, 0, sizeof(name)), name);
	seq_printf(m, "levels\t\t: %d to %d, off is %d\n",
		   SPUMONE->info(SPUMONE_INFO_LEVEL_LOW),
		   SPUMONE->info(SPUMONE_INFO_LEVEL_HIGH),
		   CONFIG_SH_IRQ_OFF >> 4);

	self = get_cpu();
	for (i = 0; i < vcpus; i++) {
		seq_printf(m, "\nvcpu\t\t: %d\n", i);
		core = i == self ? SPUMONE->info(SPUMONE_INFO_CORE) :
			SPUMONE->vcpu_core(i);
		if (core >= 0)
			seq_printf(m, "core\t\t: %d\n", core);
		/* The counters are those of the core that answers. */
		if (i != self)
			continue;
		seq_printf(m, "interrupts\t: %d\n",
			   SPUMONE->info(SPUMONE_INFO_FORWARDED));
		seq_printf(m, "preemptions\t: %d\n",
			   SPUMONE->info(SPUMONE_INFO_PREEMPTIONS));
		seq_printf(m, "switches\t: %d\n",
			   SPUMONE->info(SPUMONE_INFO_SWITCHES));
		seq_printf(m, "arrivals\t: %d\n",
			   SPUMONE->info(SPUMONE_INFO_ARRIVALS));
	}
	put_cpu();
	return 0;
}

static int __init spumone_proc_init(void)
{
	return proc_create_single("spumone", 0444, NULL, spumone_show) ?
		0 : -ENOMEM;
}
fs_initcall(spumone_proc_init);
