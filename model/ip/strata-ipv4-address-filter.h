// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_ADDRESS_FILTER_H
#define STRATA_IPV4_ADDRESS_FILTER_H

#include "strata-address-decision.h"
#include "strata-ipv4-sender.h"

#include "ns3/strata-ipv4-hooks.h"

#include <set>

namespace ns3
{
namespace strata
{

/**
 * Drops what has addresses that it may not have, at PREROUTING before all other elements: martians,
 * private addresses on a public link, and directed broadcasts unless they are asked for. At OUTPUT
 * it holds back what this node may not send. What leaves by a public link is checked at POSTROUTING
 * behind all others.
 */
class Ipv4AddressFilter : public Ipv4HookElement
{
  public:
    static TypeId GetTypeId();

    void Setup(Ptr<Ipv4Hooks> hooks, Ptr<Ipv4Sender> sender);

    void SetRules(const Ipv4AddressRules& rules);

    const Ipv4AddressRules& GetRules() const
    {
        return m_rules;
    }

    /** Says whether \p device looks at the public Internet, where private addresses have no place.
     */
    void SetPublic(Ptr<NetDevice> device, bool isPublic);

    /** What this node does with a datagram of its own that has \p header. */
    Ipv4AddressVerdict JudgeOwn(const Ipv4WireHeader& header);

    /** The reason under which drops for \p fault are counted. */
    static DropReason ReasonOf(Ipv4AddressFault fault);

    bool NeedsAll() const override;
    HookVerdict Process(Ipv4HookPacket& packet) override;

  protected:
    void DoDispose() override;

  private:
    HookVerdict Arrive(Ipv4HookPacket& packet);
    static HookVerdict Verdict(Ipv4HookPacket& packet, Ipv4AddressFault fault);
    void Broadcast(const Ipv4HookPacket& packet, uint32_t interface);

    /** The node's addresses with their subnets; read anew when they changed. */
    const std::vector<LocalSubnet>& Local();

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<Ipv4Sender> m_sender;
    Ipv4AddressRules m_rules;
    std::set<uint32_t> m_public; //!< interface numbers of devices on their node
    std::vector<LocalSubnet> m_local;
    uint64_t m_localVersion{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_ADDRESS_FILTER_H */
