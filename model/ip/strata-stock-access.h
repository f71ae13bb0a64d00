// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STOCK_ACCESS_H
#define STRATA_STOCK_ACCESS_H

#include "ns3/fq-codel-queue-disc.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-routing-table-entry.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/ipv6-list-routing.h"
#include "ns3/ipv6-routing-table-entry.h"
#include "ns3/ipv6-static-routing.h"
#include "ns3/queue-disc.h"
#include "ns3/strata-compat.h"

#include <array>
#include <cstdint>
#include <list>
#include <utility>

namespace ns3
{
namespace strata
{

/**
 * Whether a raw socket of the node wants datagrams of \p protocol. The stock stack gives them
 * theirs before anybody else and tells nobody.
 */
bool HasRawSocket(const Ipv4L3Protocol& ipv4, uint8_t protocol);

/**
 * Whether somebody listens to what the stock stack traces of a datagram that it forwards: Rx,
 * UnicastForward or Tx, as flow monitors and captures of the IP layer do.
 */
bool TracesForwarding(const Ipv4L3Protocol& ipv4);

/** Whether somebody listens to what a queue disc traces of a packet that passes. */
bool TracesPassing(const QueueDisc& queueDisc);

/** The number by which a queue disc varies the hashes of flows. */
uint32_t PerturbationOf(const FqCoDelQueueDisc& queueDisc);

/**
 * Leaves an empty queue disc as it would be if a packet had come and gone at once: a flow keeps its
 * turn, and what it has used up of it, without packets.
 *
 * \param hash of the packet's flow, with PerturbationOf()
 * \param size of the packet in octets, with its IP header
 * \return false if the packet has to go through it; nothing is changed then
 */
bool LetPass(FqCoDelQueueDisc& queueDisc, uint32_t hash, uint32_t size);

/** The unicast routes of a table with their metrics. GetRoute(i) walks over i of them. */
const std::list<std::pair<Ipv4RoutingTableEntry*, uint32_t>>& RoutesOf(
    const Ipv4StaticRouting& table);
const std::list<std::pair<Ipv6RoutingTableEntry*, uint32_t>>& RoutesOf(
    const Ipv6StaticRouting& table);

/** The routes to hosts, to networks, and to other autonomous systems. */
std::array<const std::list<Ipv4RoutingTableEntry*>*, 3> RoutesOf(const Ipv4GlobalRouting& table);

/**
 * Adds a protocol that serves the node of the list already. Ipv6ListRouting would tell it so again,
 * which protocols do not bear.
 */
void AddServing(Ipv6ListRouting& list, Ptr<Ipv6RoutingProtocol> protocol, int16_t priority);

} // namespace strata
} // namespace ns3

#endif /* STRATA_STOCK_ACCESS_H */
