// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_TRANSPARENT_H
#define STRATA_IPV4_TRANSPARENT_H

#include "strata-ipv4.h"

#include "ns3/ipv4-address.h"
#include "ns3/strata-ipv4-hook.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/traced-callback.h"

#include <map>
#include <set>

namespace ns3
{
namespace strata
{

/** What came to the exit of a small-packet network holds no datagram. */
inline constexpr DropReason IP_BAD_INNER{"ip.bad-inner-datagram"};

/**
 * A gateway of transparent fragmentation: the networks behind a small-packet network see whole
 * datagrams again.
 *
 * The entry addresses each datagram that is too large for the network to the exit, by IP in IP
 * (RFC 2003) whose outer datagram is fragmented; so all fragments leave by the same exit, whose
 * reassembler recombines them, and it takes the datagram out and receives it anew. Datagrams that
 * fit or that carry options pass as they are. Don't Fragment speaks of the networks that hosts see,
 * so it is no hindrance, unless the attribute CarryDontFragment says otherwise.
 *
 * Both gateways need StrataIpv4, which reassembles. Datagrams are taken out only if they come from
 * a gateway that was named. What ICMP says of the outer datagram ends at the entry.
 */
class Ipv4TransparentGateway : public Ipv4HookElement
{
  public:
    /** Behind what users attach to FORWARD, and behind the reassembly at PREROUTING. */
    static constexpr int FORWARD_PRIORITY = 950;
    static constexpr int PREROUTING_PRIORITY = 950;

    static TypeId GetTypeId();

    /**
     * Signature of the trace sources Entered and Left.
     *
     * \param [in] header of the datagram of the sender
     * \param [in] gateway at the other side of the network
     */
    typedef void (*TracedCallback)(const Ipv4WireHeader& header, Ipv4Address gateway);

    /** Attaches it to the node of \p hooks. */
    void Setup(Ptr<Ipv4Hooks> hooks);

    /**
     * What is forwarded by \p device and is too large for it goes to \p gateway, and what comes
     * from there is taken out.
     */
    void AddNetwork(Ptr<NetDevice> device, Ipv4Address gateway);

    HookVerdict Process(Ipv4HookPacket& packet) override;

  protected:
    void DoDispose() override;

  private:
    HookVerdict Enter(Ipv4HookPacket& packet);
    HookVerdict Leave(Ipv4HookPacket& packet);
    bool IsFromGateway(const Ipv4WireHeader& header) const;
    HookVerdict DropInner(Ipv4HookPacket& packet) const;
    void SetCarryDontFragment(bool carry);
    bool GetCarryDontFragment() const;

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<StrataIpv4> m_ipv4;
    bool m_carryDontFragment{true};
    std::map<Ptr<NetDevice>, Ipv4Address> m_networks;
    std::set<uint32_t> m_gateways;
    uint16_t m_nextIdentification{0};
    ns3::TracedCallback<const Ipv4WireHeader&, Ipv4Address> m_entered;
    ns3::TracedCallback<const Ipv4WireHeader&, Ipv4Address> m_left;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_TRANSPARENT_H */
