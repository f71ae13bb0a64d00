// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MIDDLEBOX_WORLD_H
#define STRATA_MIDDLEBOX_WORLD_H

#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"
#include "ns3/strata-firewall.h"
#include "ns3/strata-nat.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** What stands between a host and the Internet. */
struct MiddleboxSpec
{
    std::string nat;      //!< a kind of StrataNatHelper; empty: a plain router
    bool firewall{false}; //!< by default nothing may be initiated from outside
    /** Attributes of the StrataNat, with their values as text. */
    std::vector<std::pair<std::string, std::string>> attributes;
};

/** A small Internet with a host on its left, one on its right, and a server. */
struct MiddleboxPlan
{
    /** @{ Boxes from the host outwards, one at least. */
    std::vector<MiddleboxSpec> left{MiddleboxSpec()};
    std::vector<MiddleboxSpec> right{MiddleboxSpec()};
    /** @} */
    bool ipv6{false};
    double rate{250e3}; //!< of the lines between the boxes and the ISP, in bit/s
    std::string pcap;   //!< prefix of the captures on both sides of the left boxes; empty: none
};

/**
 * The network of MiddleboxPlan, of stock nodes with StrataIpv4 and StrataArp.
 *
 * \verbatim
 *   left host --- box [--- box] ---+           +--- [box ---] box --- right host
 *            LAN                   |           |                 LAN
 *                                  +--- ISP ---+
 *                                        |
 *                                     server
 * \endverbatim
 *
 * Behind a NAT each host is 10.0.0.1, and between two boxes are shared addresses (RFC 6598); else
 * all addresses are public. The box on the left edge of the Internet is 198.60.42.12, as in Fig.
 * 5-56 of Tanenbaum's "Computer Networks". The ISP lets no private address pass.
 */
class MiddleboxWorld
{
  public:
    enum Side
    {
        LEFT,
        RIGHT,
    };

    explicit MiddleboxWorld(const MiddleboxPlan& plan);
    ~MiddleboxWorld();

    MiddleboxWorld(const MiddleboxWorld&) = delete;
    MiddleboxWorld& operator=(const MiddleboxWorld&) = delete;

    Ptr<Node> GetHost(Side side) const;
    Ptr<Node> GetServer() const;
    Ptr<Node> GetBox(Side side, uint32_t depth) const;

    /** "ADDRESS:PORT" of the server. */
    std::string AtServer(uint16_t port) const;

    /** The same of the host, at the address that its owner tells others: the public one. */
    std::string AtHost(Side side, uint16_t port) const;

    /**
     * Configures the box on the left with \p depth boxes inside of it: what comes for \p port by
     * \p protocol is for the host, or for the next box on the way to it.
     */
    void Forward(uint32_t depth, const std::string& protocol, uint16_t port);

    /** From \p at on the innermost box on the left is down, and comes back without its memory. */
    void Crash(Time at, Time duration);

    /** At \p at the ISP gives the left box another public address, 198.60.42.13. */
    void Renumber(Time at);

    /** What boxes and ISP dropped, by reason. */
    std::map<std::string, uint64_t> GetDrops() const;

  private:
    struct Box
    {
        Ptr<Node> node;
        Ptr<NetDevice> inside;
        Ptr<NetDevice> outside;
        Ptr<StrataNat> nat;
        Ptr<StrataFirewall> firewall;
    };

    void BuildSide(Side side, const std::vector<MiddleboxSpec>& specs);
    void Install(Box& box, const MiddleboxSpec& spec);
    void AddAddress(Ptr<NetDevice> device, const std::string& network, uint32_t host);
    void DefaultRoute(Ptr<NetDevice> device, const std::string& gateway);
    void Route(Ptr<NetDevice> device, const std::string& network, const std::string& gateway);
    /** The network \p level boxes away from the host. */
    std::string Network(Side side, uint32_t level) const;
    static std::string AddressText(const std::string& network, uint32_t host);
    std::string Endpoint(const std::string& network, uint32_t host, uint16_t port) const;

    const MiddleboxPlan m_plan;
    bool m_private[2]; //!< whether the side is behind a NAT
    Ptr<Node> m_isp;
    Ptr<Node> m_server;
    Ptr<Node> m_hosts[2];
    std::vector<Box> m_boxes[2];
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_MIDDLEBOX_WORLD_H */
