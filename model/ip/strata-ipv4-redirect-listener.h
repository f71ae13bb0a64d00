// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_REDIRECT_LISTENER_H
#define STRATA_IPV4_REDIRECT_LISTENER_H

#include "strata-icmp-protocol.h"
#include "strata-redirect-decision.h"

#include "ns3/strata-ipv4-hooks.h"

#include <map>

namespace ns3
{
namespace strata
{

/** A host that obeys ICMP redirects (RFC 1122 section 3.2.2.2) by routes to single hosts. */
class Ipv4RedirectListener : public Object
{
  public:
    static TypeId GetTypeId();

    /**
     * Signature of the trace source Judged.
     *
     * \param [in] destination the host that the redirect is about
     * \param [in] gateway the first hop that it names
     * \param [in] verdict what became of it
     */
    typedef void (*JudgedCallback)(Ipv4Address destination,
                                   Ipv4Address gateway,
                                   RedirectVerdict verdict);

    void Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp);

    void SetAccept(bool accept)
    {
        m_rules.accept = accept;
    }

    bool GetAccept() const
    {
        return m_rules.accept;
    }

  protected:
    void DoDispose() override;

  private:
    void OnMessage(const IcmpMessage& message, const Ipv4WireHeader& header, Ptr<NetDevice> device);
    void Obey(Ipv4Address destination, Ipv4Address gateway, uint32_t interface);

    Ptr<Ipv4Hooks> m_hooks;
    RedirectRules m_rules;
    TracedCallback<Ipv4Address, Ipv4Address, RedirectVerdict> m_judged;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_REDIRECT_LISTENER_H */
