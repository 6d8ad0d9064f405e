// SPDX-License-Identifier: GPL-2.0
/* Code on the heap that the kernel is to call later. An hour is later than any test. */
#include <linux/clockchips.h>
#include <linux/hrtimer.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "attack.h"

#define LATER (3600 * HZ)

static struct timer_list *timer;

static int add_one(void)
{
	timer = scratch(sizeof(*timer));
	if (!timer)
		return -ENOMEM;
	timer_setup(timer, stub(0), 0);
	mod_timer(timer, jiffies + LATER);
	return 0;
}

static void delete_one(void)
{
	if (timer)
		del_timer_sync(timer);
	timer = NULL;
}

static struct hrtimer *fine;

static int add_fine(void)
{
	fine = scratch(sizeof(*fine));
	if (!fine)
		return -ENOMEM;
	hrtimer_init(fine, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	fine->function = stub(HRTIMER_NORESTART);
	hrtimer_start(fine, ktime_set(3600, 0), HRTIMER_MODE_REL);
	return 0;
}

static void cancel_fine(void)
{
	if (fine)
		hrtimer_cancel(fine);
	fine = NULL;
}

static struct delayed_work *work;

static int add_delayed(void)
{
	work = scratch(sizeof(*work));
	if (!work)
		return -ENOMEM;
	INIT_DELAYED_WORK(work, stub(0));
	schedule_delayed_work(work, LATER);
	return 0;
}

static void cancel_delayed(void)
{
	if (work)
		cancel_delayed_work_sync(work);
	work = NULL;
}

static int tick(void)
{
	struct list_head *devices = symbol("clockevent_devices");

	if (!devices || list_empty(devices))
		return -ENOENT;
	return hook(&list_first_entry(devices, struct clock_event_device, list)->event_handler);
}

const struct attack timer_attacks[] = {
	{ "timer", add_one, delete_one },
	{ "hrtimer", add_fine, cancel_fine },
	{ "delayed-work", add_delayed, cancel_delayed },
	{ "clock-event", tick },
	{ },
};
