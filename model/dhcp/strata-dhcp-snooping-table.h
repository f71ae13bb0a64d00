// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_SNOOPING_TABLE_H
#define STRATA_DHCP_SNOOPING_TABLE_H

#include "ns3/strata-arp-message.h"
#include "ns3/strata-deadline-table.h"
#include "ns3/strata-dhcp-message.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ns3
{
namespace strata
{

struct DhcpSnoopingParameters
{
    std::size_t clientsPerPort{0}; //!< hardware addresses that may ask by a port; 0: any number
    std::size_t maxClients{65536}; //!< at all ports together
    double rate{0};                //!< messages a second by a port; 0: any number
    double burst{10};              //!< messages that may come at once
    bool checkHardware{true};      //!< chaddr must be the frame's source
    Nanos clientTime{std::chrono::minutes(10)}; //!< a client without a lease is forgotten

    auto Tie() const
    {
        return std::tie(clientsPerPort, maxClients, rate, burst, checkHardware, clientTime);
    }
};

/** Who has what address at which port. */
struct DhcpSnoopedBinding
{
    uint32_t port{0};
    MacBytes hardware{};
    uint32_t address{0}; //!< 0: none yet
    Nanos expires{NEVER};

    auto Tie() const
    {
        return std::tie(port, hardware, address, expires);
    }
};

/**
 * What a switch or a relay lets pass of DHCP, port by port: servers speak at trusted ports alone, a
 * client asks for itself, and each port has so many clients and so many messages a second.
 *
 * At ports that are not trusted, clients are counted by chaddr from their first message on. An
 * answer of a server, which comes by a trusted port, makes the client a binding.
 */
class DhcpSnoopingTable
{
  public:
    explicit DhcpSnoopingTable(DhcpSnoopingParameters parameters = {});

    /** Servers, or ways to them, are at this port. */
    void Trust(uint32_t port);

    bool IsTrusted(uint32_t port) const
    {
        return m_trusted.count(port) != 0;
    }

    /**
     * Judges a message of DHCP or BOOTP.
     *
     * \param hardware the source of its frame
     * \return why it is to be dropped; none if it may pass
     */
    std::optional<std::string_view> Check(const DhcpMessage& message,
                                          uint32_t port,
                                          const MacBytes& hardware,
                                          Nanos now);

    /** Why a message that cannot be decoded is to be dropped at \p port; none if it may pass. */
    std::optional<std::string_view> CheckMalformed(uint32_t port) const;

    /** Those that have an address, in the order of addresses. */
    std::vector<DhcpSnoopedBinding> Bindings(Nanos now);

    /** The port that the client of \p hardware asked by. */
    std::optional<uint32_t> PortOf(const MacBytes& hardware, Nanos now);

  private:
    /** A token bucket. */
    struct Bucket
    {
        double tokens{0};
        Nanos filled{0};
        bool used{false};
    };

    static uint64_t KeyOf(const MacBytes& hardware);
    bool TakeToken(uint32_t port, Nanos now);
    void Forget(Nanos now);
    void Erase(uint64_t client);

    DhcpSnoopingParameters m_parameters;
    std::unordered_set<uint32_t> m_trusted;
    std::unordered_map<uint64_t, DhcpSnoopedBinding> m_clients; //!< by hardware address
    std::unordered_map<uint32_t, std::size_t> m_clientsAt;      //!< by port
    std::unordered_map<uint32_t, Bucket> m_buckets;             //!< by port
    DeadlineTable m_deadlines;                                  //!< by hardware address
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_SNOOPING_TABLE_H */
