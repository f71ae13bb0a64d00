// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_RELAY_DECISION_H
#define STRATA_DHCP_RELAY_DECISION_H

#include "ns3/strata-dhcp-message.h"
#include "ns3/strata-tied.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** A relay's interface as the decision sees it. */
struct DhcpRelayPort
{
    uint32_t number{0};
    uint32_t address{0}; //!< what goes into giaddr; 0: the interface has none
    std::string circuit; //!< the port's name: the circuit id of option 82
    bool trusted{false}; //!< option 82 may stand in requests that come by it

    auto Tie() const
    {
        return std::tie(number, address, circuit, trusted);
    }
};

struct DhcpRelayParameters
{
    uint8_t maxHops{16};       //!< RFC 1542 section 4.1.1: at most 16
    uint16_t minSeconds{0};    //!< requests with a smaller secs are not forwarded (section 4.1.1)
    bool addInformation{true}; //!< option 82
    std::string remote;        //!< the remote id of option 82; empty: none
    std::size_t limit{1500 - 28}; //!< bytes of a message with option 82 (RFC 3046 section 2.1)

    auto Tie() const
    {
        return std::tie(maxHops, minSeconds, addInformation, remote, limit);
    }
};

/** To each server. */
struct DhcpRelayToServers
{
    DhcpMessage message;

    auto Tie() const
    {
        return std::tie(message);
    }
};

/** To the client, by the port whose number is named. */
struct DhcpRelayToClient
{
    DhcpMessage message;
    uint32_t port{0};
    bool broadcast{false}; //!< else to chaddr and yiaddr

    auto Tie() const
    {
        return std::tie(message, port, broadcast);
    }
};

/** Dropped, and why. */
struct DhcpRelayDrop
{
    std::string_view why;

    auto Tie() const
    {
        return std::tie(why);
    }
};

using DhcpRelayVerdict = std::variant<DhcpRelayToServers, DhcpRelayToClient, DhcpRelayDrop>;

/** What a relay agent does with a message (RFC 1542 section 4, RFC 3046). */
class DhcpRelayDecision
{
  public:
    explicit DhcpRelayDecision(DhcpRelayParameters parameters = {});

    void SetPorts(std::vector<DhcpRelayPort> ports);

    /**
     * A message that came to the server's port by the interface \p port.
     *
     * Requests get giaddr, if they have none, one hop more, and option 82 if they come from clients
     * (RFC 3046 section 2.1). With giaddr another relay has seen them: they are passed on as they
     * are. Replies are for the port whose address giaddr has, and lose the option 82 that this
     * relay has added.
     */
    DhcpRelayVerdict Decide(DhcpMessage message, uint32_t port) const;

  private:
    DhcpRelayVerdict Request(DhcpMessage message, const DhcpRelayPort& port) const;
    DhcpRelayVerdict Reply(DhcpMessage message) const;
    std::vector<DhcpSubOption> InformationOf(const DhcpRelayPort& port) const;

    DhcpRelayParameters m_parameters;
    std::vector<DhcpRelayPort> m_ports;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_RELAY_DECISION_H */
