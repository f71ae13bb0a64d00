// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_H
#define STRATA_IPV4_H

#include "strata-icmp-protocol.h"
#include "strata-ipv4-address-filter.h"
#include "strata-ipv4-fast-path.h"
#include "strata-ipv4-forward-check.h"
#include "strata-ipv4-header-decision.h"
#include "strata-ipv4-input-check.h"
#include "strata-ipv4-option-router.h"
#include "strata-ipv4-queue-check.h"
#include "strata-ipv4-reassembler.h"
#include "strata-ipv4-redirect-listener.h"
#include "strata-ipv4-sender.h"
#include "strata-path-mtu-discovery.h"

#include "ns3/strata-ipv4-hooks.h"

#include <memory>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * Where the elements of IPv4 itself stand at the hook points; what users attach between
 * FIRST and LAST sees datagrams that IPv4 has found in order.
 */
struct Ipv4Priority
{
    static constexpr int FIRST = -1000; //!< checks, before anything else
    static constexpr int DEFRAGMENT = 900;
    static constexpr int LAST = 1000; //!< options, which leave the stock path
};

/**
 * IPv4 as its RFCs have it on a node that the stock InternetStackHelper built: it attaches to the
 * hook points what the stock stack lacks, and leaves the rest to that stack.
 *
 * Its switches are attributes; those of its parts are reached by the attributes Icmp,
 * Reassembler and Options.
 */
class StrataIpv4 : public Object, private Ipv4IngressGuard
{
  public:
    static TypeId GetTypeId();

    StrataIpv4();
    ~StrataIpv4() override;

    Ptr<Ipv4Hooks> GetHooks() const
    {
        return m_hooks;
    }

    Ptr<StrataIcmp> GetIcmp() const
    {
        return m_icmp;
    }

    Ptr<Ipv4ForwardCheck> GetForwardCheck() const
    {
        return m_forwardCheck;
    }

    Ptr<Ipv4OptionRouter> GetOptions() const
    {
        return m_options;
    }

    Ptr<Ipv4Reassembler> GetReassembler() const
    {
        return m_reassembler;
    }

    Ptr<PathMtuDiscovery> GetPathMtu() const
    {
        return m_pathMtu;
    }

    Ptr<Ipv4RedirectListener> GetRedirects() const
    {
        return m_redirects;
    }

    /** Datagrams that took the fast path so far. */
    uint64_t GetFastForwarded() const
    {
        return m_fast ? m_fast->GetForwarded() : 0;
    }

    /** Says whether \p device looks at the public Internet, where private addresses are dropped. */
    void SetPublic(Ptr<NetDevice> device, bool isPublic = true);

    Ptr<Ipv4Sender> GetSender() const
    {
        return m_sender;
    }

  protected:
    void NotifyNewAggregate() override;
    void DoDispose() override;

  private:
    Ipv4Admission Admit(Ipv4Reception& received, Ipv4WireHeader& header) override;
    bool IsPlainForward(const Ipv4Header& header,
                        uint32_t size,
                        const Ipv4Route& route,
                        const Ptr<NetDevice>& in) override;
    void Unroutable(Ipv4HookPacket& packet) override;
    void GroupExpired(Ipv4HookPacket& packet) override;
    bool ClaimsLocal(uint32_t destination, const Ptr<const NetDevice>& in) override;
    bool SendToNeighbor(const Ptr<NetDevice>& device,
                        Ipv4Address nextHop,
                        const Ipv4QueueDiscItem& datagram) override;
    std::optional<Ipv4SendRefusal> WhyNotSend(const Ipv4Header& header,
                                              Ptr<const Packet> payload) override;

    void NeighborFailed(Ptr<NetDevice> device, Ipv4Address nextHop, Ptr<const Packet> datagram);
    void Refuse(const Ipv4HeaderVerdict& verdict,
                Ptr<NetDevice> device,
                Ptr<const Packet> datagram,
                NetDevice::PacketType packetType);

    void SetSourceRouting(std::string policy);
    std::string GetSourceRouting() const;
    void SetOversize(std::string answer);
    std::string GetOversize() const;
    void SetSendRedirects(bool send);
    void SetAcceptRedirects(bool accept);
    bool GetAcceptRedirects() const;
    void SetMartians(std::string which);
    std::string GetMartians() const;
    void SetDirectedBroadcasts(bool forward);
    bool GetDirectedBroadcasts() const;
    void SetReportBadLength(bool report);
    bool GetReportBadLength() const;
    void SetLeastMtu(uint32_t mtu);
    uint32_t GetLeastMtu() const;
    void SetSourceQuench(bool send);
    bool GetSourceQuench() const;
    void SetAgeInterval(Time interval);
    Time GetAgeInterval() const;

    bool m_installed{false};
    Ptr<Ipv4Hooks> m_hooks;
    Ptr<StrataIcmp> m_icmp;
    Ptr<Ipv4Sender> m_sender;
    Ptr<Ipv4ForwardCheck> m_forwardCheck;
    Ptr<Ipv4InputCheck> m_inputCheck;
    Ptr<Ipv4OptionRouter> m_options;
    Ptr<Ipv4Reassembler> m_reassembler;
    Ptr<Ipv4AddressFilter> m_addressFilter;
    Ptr<PathMtuDiscovery> m_pathMtu;
    Ptr<Ipv4RedirectListener> m_redirects;
    std::unique_ptr<Ipv4FastPath> m_fast;
    Ptr<Ipv4QueueCheck> m_queueCheck;
    bool m_pathMtuDiscovery{true};
    bool m_fastPath{false};
    Ipv4HeaderRules m_headerRules;
    OversizeAnswer m_oversize{OversizeAnswer::FRAGMENT};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_H */
