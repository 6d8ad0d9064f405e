// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts through SPUMONE, which owns the interrupt controller: Linux
 * enables and disables its own sources by hypercall and touches no register of
 * the controller. What it does not own it leaves out, interrupts and the
 * devices that they belong to.
 */
#include <linux/init.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/sh_intc.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/spumone.h>

/* The level that the native driver gives every source. */
#define SPUMONE_LEVEL	2

/* INTEVT codes that make up one Linux interrupt. */
struct spumone_source {
	unsigned int	count;
	u16		intevt[];
};

static u32 spumone_level;

/* An earlier request about CPU 0's interrupts may still be under way. */
static s32 spumone_irq_set(u16 intevt, bool on)
{
	s32 result;

	do {
		result = on ? SPUMONE->irq_enable(intevt, spumone_level)
			    : SPUMONE->irq_disable(intevt);
	} while (result == SPUMONE_E_AGAIN);
	return result;
}

static void spumone_irq_unmask(struct irq_data *data)
{
	struct spumone_source *source = irq_data_get_irq_chip_data(data);
	unsigned int i;

	for (i = 0; i < source->count; i++)
		WARN_ON_ONCE(spumone_irq_set(source->intevt[i], true) !=
			     SPUMONE_OK);
}

static void spumone_irq_mask(struct irq_data *data)
{
	struct spumone_source *source = irq_data_get_irq_chip_data(data);
	unsigned int i;

	for (i = 0; i < source->count; i++)
		spumone_irq_set(source->intevt[i], false);
}

/* The controller keeps no "in service" state: the device drops its line. */
static void spumone_irq_eoi(struct irq_data *data)
{
}

static struct irq_chip spumone_irq_chip = {
	.name		= "spumone",
	.irq_mask	= spumone_irq_mask,
	.irq_unmask	= spumone_irq_unmask,
	.irq_eoi	= spumone_irq_eoi,
	.flags		= IRQCHIP_SKIP_SET_WAKE,
};

static void spumone_redirect(struct irq_desc *desc)
{
	generic_handle_irq((unsigned long)irq_desc_get_handler_data(desc));
}

/* Also masks it, which is how every source starts. */
bool spumone_owns_irq(unsigned int irq)
{
	return spumone_irq_set(irq2evt(irq), false) == SPUMONE_OK;
}

/* Devices whose interrupts go to another guest. */
static struct platform_device *spumone_foreign[8] __initdata;
static unsigned int spumone_foreign_count __initdata;

/* Asked of every device that the board registers early. */
bool __init spumone_owns_device(struct platform_device *pdev)
{
	unsigned int i;

	for (i = 0; i < pdev->num_resources; i++) {
		struct resource *res = &pdev->resource[i];

		if (resource_type(res) != IORESOURCE_IRQ ||
		    spumone_owns_irq(res->start))
			continue;
		BUG_ON(spumone_foreign_count == ARRAY_SIZE(spumone_foreign));
		spumone_foreign[spumone_foreign_count++] = pdev;
		return false;
	}
	return true;
}

/*
 * The boards register the same devices once more, for good. The driver core
 * binds no driver to a device that asks for another one, so nobody touches
 * its registers.
 */
static int __init spumone_keep_foreign(void)
{
	unsigned int i;

	for (i = 0; i < spumone_foreign_count; i++)
		spumone_foreign[i]->driver_override =
			kstrdup("not-this-guest", GFP_KERNEL);
	return 0;
}
core_initcall(spumone_keep_foreign);

static bool __init spumone_map(unsigned int irq)
{
	return spumone_owns_irq(irq) &&
		(irq_to_desc(irq) || irq_alloc_desc_at(irq, NUMA_NO_NODE) == irq);
}

/* Sources with several codes answer as the first of them, as natively. */
static int __init spumone_register(struct intc_vect *vect, unsigned int left)
{
	unsigned int irq = evt2irq(vect->vect), i, other;
	struct spumone_source *source;

	source = kzalloc(struct_size(source, intevt, left), GFP_NOWAIT);
	if (!source)
		return -ENOMEM;
	source->intevt[source->count++] = vect->vect;

	for (i = 1; i < left; i++) {
		other = evt2irq(vect[i].vect);
		if (vect[i].enum_id != vect->enum_id || !spumone_map(other))
			continue;
		source->intevt[source->count++] = vect[i].vect;
		irq_set_chip(other, &dummy_irq_chip);
		irq_set_chained_handler_and_data(other, spumone_redirect,
						 (void *)(unsigned long)irq);
	}

	irq_set_chip_data(irq, source);
	irq_set_chip_and_handler_name(irq, &spumone_irq_chip,
				      handle_fasteoi_irq, "level");
	irq_set_status_flags(irq, IRQ_LEVEL);
	return 0;
}

int __init spumone_register_intc(struct intc_desc *desc)
{
	struct intc_vect *vect = desc->hw.vectors;
	unsigned int i, irq, n = desc->hw.nr_vectors, owned = 0;

	spumone_level = clamp_t(u32, SPUMONE_LEVEL,
				SPUMONE->info(SPUMONE_INFO_LEVEL_LOW),
				SPUMONE->info(SPUMONE_INFO_LEVEL_HIGH));

	for (i = 0; i < n; i++) {
		irq = evt2irq(vect[i].vect);
		if (!spumone_map(irq) || irq_get_chip(irq) != &no_irq_chip)
			continue;
		if (spumone_register(vect + i, n - i))
			return -ENOMEM;
		owned++;
	}

	pr_info("spumone: %u of the interrupts of '%s' are ours\n", owned,
		desc->name);
	return 0;
}
