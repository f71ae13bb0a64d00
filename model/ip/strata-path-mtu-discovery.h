// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PATH_MTU_DISCOVERY_H
#define STRATA_PATH_MTU_DISCOVERY_H

#include "strata-icmp-protocol.h"
#include "strata-ipv4-address-filter.h"
#include "strata-ipv4-sender.h"
#include "strata-path-mtu-table.h"

#include "ns3/event-id.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/tcp-socket-base.h"

#include <map>
#include <tuple>

namespace ns3
{
namespace strata
{

/**
 * Path MTU discovery of a host for stock sockets (RFC 1191): TCP always, UDP where its attribute
 * MtuDiscover asks for it.
 *
 * At OUTPUT it sets Don't Fragment and fragments here what is larger than the path takes; reports
 * lower the estimate and with it the segment size of connections under way, which send anew what
 * was lost. Raised estimates raise the segment size up to what it was at first.
 */
class PathMtuDiscovery : public Ipv4HookElement
{
  public:
    static TypeId GetTypeId();

    PathMtuDiscovery();
    ~PathMtuDiscovery() override;

    /**
     * Signature of the trace source Changed.
     *
     * \param [in] destination whose path it is
     * \param [in] mtu the new estimate
     */
    typedef void (*ChangedCallback)(Ipv4Address destination, uint32_t mtu);

    void Setup(Ptr<Ipv4Hooks> hooks,
               Ptr<StrataIcmp> icmp,
               Ptr<Ipv4Sender> sender,
               Ptr<Ipv4AddressFilter> addresses);

    HookVerdict Process(Ipv4HookPacket& packet) override;

    /** What may be sent to \p destination over a first hop of \p firstHopMtu. */
    PathMtu Find(Ipv4Address destination, uint32_t firstHopMtu) const
    {
        return m_table.Find(destination.Get(), firstHopMtu);
    }

    /** Takes over what a trusted source knows; see PathMtuTable::Learn(). */
    void Learn(Ipv4Address destination, uint32_t mtu);

  protected:
    void DoDispose() override;

  private:
    /** Ports and addresses of a TCP connection: local port, remote address, remote port. */
    using Connection = std::tuple<uint16_t, uint32_t, uint16_t>;

    void SetFloor(uint32_t floor);
    uint32_t GetFloor() const;
    void SetTimeout(Time timeout);
    Time GetTimeout() const;

    void OnMessage(const IcmpMessage& message, const Ipv4WireHeader& header, Ptr<NetDevice> device);
    bool QuotesSomethingSent(const IcmpQuote& quote) const;
    uint32_t FirstHopMtu(Ipv4Address destination) const;
    void Fragment(Ipv4HookPacket& packet, const PathMtu& path);
    void OnChange(Ipv4Address destination);
    void AdaptConnections(Ipv4Address destination, const PathMtu& path);
    void Schedule();
    void Advance();

    /** The stock TCP sockets that have a peer. */
    std::vector<Ptr<TcpSocketBase>> Connections() const;

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<Ipv4Sender> m_sender;
    Ptr<Ipv4AddressFilter> m_addresses;
    PathMtuTable m_table;
    EventId m_advance;
    std::map<Connection, uint32_t> m_segmentSizes; //!< as they were before they were lowered
    TracedCallback<Ipv4Address, uint32_t> m_changed;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PATH_MTU_DISCOVERY_H */
