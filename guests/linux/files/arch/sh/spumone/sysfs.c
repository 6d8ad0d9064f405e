// SPDX-License-Identifier: GPL-2.0
/*
 * Where the CPUs are, and on how many cores, for a user to see and to change:
 *
 *   /sys/devices/system/cpu/cpuN/spumone/core          its core
 *   /sys/devices/system/cpu/cpuN/spumone/syscall_core  core of the kernel part
 *                                                      of its system calls
 *   /sys/kernel/spumone/cores_{min,max}                bounds for SPUMONE
 *   /sys/kernel/spumone/cores_used                     cores with a CPU on them
 */
#include <linux/bitops.h>
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <asm/spumone.h>

/* Serializes the changes. */
static DEFINE_MUTEX(spumone_mutex);

static int spumone_error(s32 result)
{
	switch (result) {
	case SPUMONE_OK:
		return 0;
	case SPUMONE_E_NOSYS:
		return -ENOSYS;
	case SPUMONE_E_PERM:
		return -EPERM;
	case SPUMONE_E_STATE:
	case SPUMONE_E_AGAIN:
		return -EBUSY;
	default:
		return -EINVAL;
	}
}

static ssize_t core_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	s32 core = SPUMONE->vcpu_core(dev->id);

	return core < 0 ? spumone_error(core) : sysfs_emit(buf, "%d\n", core);
}

static ssize_t core_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t count)
{
	unsigned int core;
	int error = kstrtouint(buf, 0, &core);

	if (error)
		return error;
	mutex_lock(&spumone_mutex);
	error = spumone_error(SPUMONE->vcpu_move(dev->id, core));
	mutex_unlock(&spumone_mutex);
	return error ? error : count;
}
static DEVICE_ATTR_RW(core);

static ssize_t syscall_core_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	int core = spumone_syscall_core(dev->id);

	return core < 0 ? sysfs_emit(buf, "off\n") :
		sysfs_emit(buf, "%d\n", core);
}

static ssize_t syscall_core_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t count)
{
	int core = -1, error = 0;

	if (!sysfs_streq(buf, "off"))
		error = kstrtoint(buf, 0, &core);
	if (error)
		return error;
	mutex_lock(&spumone_mutex);
	error = spumone_error(spumone_set_syscall_core(dev->id, core));
	mutex_unlock(&spumone_mutex);
	return error ? error : count;
}
static DEVICE_ATTR_RW(syscall_core);

static struct attribute *spumone_cpu_attrs[] = {
	&dev_attr_core.attr,
	&dev_attr_syscall_core.attr,
	NULL
};

static const struct attribute_group spumone_cpu_group = {
	.name	= "spumone",
	.attrs	= spumone_cpu_attrs,
};

/* SPUMONE's own bounds until somebody writes here: then the widest ones. */
static unsigned int spumone_min = 1, spumone_max;

static ssize_t spumone_store_bound(unsigned int *bound, const char *buf,
				   size_t count)
{
	unsigned int value, old;
	int error = kstrtouint(buf, 0, &value);

	if (error)
		return error;
	mutex_lock(&spumone_mutex);
	old = *bound;
	*bound = value;
	error = spumone_error(SPUMONE->core_bounds(spumone_min, spumone_max));
	if (error)
		*bound = old;
	mutex_unlock(&spumone_mutex);
	return error ? error : count;
}

static ssize_t cores_min_show(struct kobject *kobj,
			      struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", spumone_min);
}

static ssize_t cores_min_store(struct kobject *kobj,
			       struct kobj_attribute *attr, const char *buf,
			       size_t count)
{
	return spumone_store_bound(&spumone_min, buf, count);
}
static struct kobj_attribute cores_min_attr = __ATTR_RW(cores_min);

static ssize_t cores_max_show(struct kobject *kobj,
			      struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", spumone_max);
}

static ssize_t cores_max_store(struct kobject *kobj,
			       struct kobj_attribute *attr, const char *buf,
			       size_t count)
{
	return spumone_store_bound(&spumone_max, buf, count);
}
static struct kobj_attribute cores_max_attr = __ATTR_RW(cores_max);

static ssize_t cores_used_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	s32 cores = SPUMONE->info(SPUMONE_INFO_CORES_USED);

	return cores < 0 ? spumone_error(cores) :
		sysfs_emit(buf, "%u\n", hweight32(cores));
}
static struct kobj_attribute cores_used_attr = __ATTR_RO(cores_used);

static struct attribute *spumone_attrs[] = {
	&cores_min_attr.attr,
	&cores_max_attr.attr,
	&cores_used_attr.attr,
	NULL
};

static const struct attribute_group spumone_group = {
	.attrs	= spumone_attrs,
};

static int __init spumone_sysfs_init(void)
{
	struct kobject *kobj = kobject_create_and_add("spumone", kernel_kobj);
	unsigned int cpu;
	int error;

	if (!kobj)
		return -ENOMEM;
	spumone_max = max_t(s32, SPUMONE->info(SPUMONE_INFO_CORES), 1);
	error = sysfs_create_group(kobj, &spumone_group);

	for_each_present_cpu(cpu)
		if (!error)
			error = sysfs_create_group(&get_cpu_device(cpu)->kobj,
						   &spumone_cpu_group);
	return error;
}
device_initcall(spumone_sysfs_init);
