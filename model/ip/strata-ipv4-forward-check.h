// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_FORWARD_CHECK_H
#define STRATA_IPV4_FORWARD_CHECK_H

#include "strata-fragmentation-decision.h"
#include "strata-icmp-protocol.h"
#include "strata-ipv4-drop-reason.h"

#include "ns3/strata-ipv4-hooks.h"

#include <map>

namespace ns3
{
namespace strata
{

/**
 * What a router asks of each datagram that it forwards, at FORWARD before all other elements:
 * whether it may live on, whether its sender knows the best way, and whether it fits.
 */
class Ipv4ForwardCheck : public Ipv4HookElement
{
  public:
    static TypeId GetTypeId();

    /**
     * Signature of the trace source Truncated.
     *
     * \param [in] payload what is left behind the header
     * \param [in] size of the datagram as it came, in octets
     * \param [in] mtu to which it was cut
     */
    typedef void (*TruncatedCallback)(Ptr<const Packet> payload, uint32_t size, uint32_t mtu);

    void Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp);

    /** What happens to a datagram that is too large and may be fragmented. */
    void SetOversizeAnswer(OversizeAnswer answer)
    {
        m_answer = answer;
    }

    /** Whether senders on the link hear of a better first hop (RFC 1812 section 5.2.7.2). */
    void SetSendRedirects(bool send)
    {
        m_sendRedirects = send;
    }

    bool NeedsAll() const override;

    /**
     * Leaves datagrams without options that are too large for \p device to another element, which
     * carries them as they are.
     *
     * \param dontFragment also those that may not be fragmented
     */
    void SetCarried(Ptr<NetDevice> device, bool dontFragment);

    HookVerdict Process(Ipv4HookPacket& packet) override;

  protected:
    void DoDispose() override;

  private:
    void MaybeRedirect(const Ipv4HookPacket& packet);

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<StrataIcmp> m_icmp;
    OversizeAnswer m_answer{OversizeAnswer::FRAGMENT};
    bool m_sendRedirects{true};
    std::map<Ptr<NetDevice>, bool> m_carried; //!< see SetCarried()
    TracedCallback<Ptr<const Packet>, uint32_t, uint32_t> m_truncated;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_FORWARD_CHECK_H */
