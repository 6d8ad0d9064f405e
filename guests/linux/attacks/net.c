// SPDX-License-Identifier: GPL-2.0
/* The network: this guest has the loopback interface only, so nothing leaves it. */
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include <net/protocol.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "attack.h"

static struct nf_hook_ops filter;
static bool filtering;

static int add_filter(void)
{
	int error;

	filter = (struct nf_hook_ops){ .hook = stub(NF_ACCEPT), .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN };
	error = filter.hook ? nf_register_net_hook(&init_net, &filter) : -ENOMEM;
	filtering = !error;
	return error;
}

static void remove_filter(void)
{
	if (filtering)
		nf_unregister_net_hook(&init_net, &filter);
	filtering = false;
}

static struct packet_type *tap;

static int add_tap(void)
{
	tap = scratch(sizeof(*tap));
	if (!tap)
		return -ENOMEM;
	tap->type = htons(ETH_P_ALL);
	tap->func = stub(0);
	dev_add_pack(tap);
	return 0;
}

static void remove_tap(void)
{
	if (tap)
		dev_remove_pack(tap);
	tap = NULL;
}

static int show_of_tcp(void)
{
	struct seq_operations *operations = symbol("tcp4_seq_ops");

	return operations ? hook(&operations->show) : -ENOENT;
}

static int receive_of_tcp(void)
{
	return hook(&tcp_prot.recvmsg);
}

static int protocol_handler(void)
{
	struct net_protocol **protocols = symbol("inet_protos");

	return protocols ? hook_table(&protocols[IPPROTO_ICMP], sizeof(**protocols), offsetof(struct net_protocol, handler)) : -ENOENT;
}

const struct attack net_attacks[] = {
	{ "netfilter", add_filter, remove_filter },
	{ "packet-tap", add_tap, remove_tap },
	{ "tcp-show", show_of_tcp },
	{ "tcp-receive", receive_of_tcp },
	{ "protocol", protocol_handler },
	{ },
};
