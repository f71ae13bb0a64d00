// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ROUTER_DISCOVERY_MACHINE_H
#define STRATA_ROUTER_DISCOVERY_MACHINE_H

#include "ns3/strata-icmp-message.h"
#include "ns3/strata-prefix.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** 224.0.0.1 and 224.0.0.2: where adverts and solicitations go (RFC 1256 sections 4.1, 5.1). */
constexpr uint32_t ALL_SYSTEMS_GROUP = 0xe0000001;
constexpr uint32_t ALL_ROUTERS_GROUP = 0xe0000002;

/** Constants of RFC 1256 section 6. */
struct RouterDiscoveryTimes
{
    static constexpr Nanos MAX_INITIAL_ADVERT_INTERVAL{std::chrono::seconds{16}};
    static constexpr unsigned MAX_INITIAL_ADVERTISEMENTS = 3;
    static constexpr Nanos MAX_RESPONSE_DELAY{std::chrono::seconds{2}};
    static constexpr Nanos MAX_SOLICITATION_DELAY{std::chrono::seconds{1}};
    static constexpr Nanos SOLICITATION_INTERVAL{std::chrono::seconds{3}};
    static constexpr unsigned MAX_SOLICITATIONS = 3;
};

/** How a router advertises on one interface; the defaults are those of RFC 1256 section 4.1. */
struct RouterAdvertiserRules
{
    Nanos maxInterval{std::chrono::seconds{600}}; //!< 4 to 1800 s
    Nanos minInterval{std::chrono::seconds{450}}; //!< 3 s to maxInterval
    uint16_t lifetime{1800};                      //!< seconds; maxInterval to 9000 s
    bool unicastResponses{false};                 //!< answer a host alone, and not all of the link

    auto Tie() const
    {
        return std::tie(maxInterval, minInterval, lifetime, unicastResponses);
    }
};

/** An advertisement to send. */
struct RouterAdvertToSend
{
    uint32_t destination{ALL_SYSTEMS_GROUP}; //!< the glue may put a broadcast for the group
    IcmpRouterAdvertisement advertisement;
};

/**
 * The router's side of RFC 1256 (section 4.3) on one interface.
 *
 * Adverts are sent at random intervals, the first three at most 16 s apart, the first of all
 * within 2 s so that routers that begin together do not collide. A solicitation is answered
 * after at most 2 s; all that come in the meantime share an answer to the group. Each call
 * takes a number drawn uniformly from all of 64 bits; it is used if an interval is drawn.
 *
 * \code
 * RouterAdvertiserMachine advertiser(rules, {{address, preference}});
 * advertiser.Start(now, random);
 * // at advertiser.NextDeadline(): Send(advertiser.Tick(now, random));
 * \endcode
 */
class RouterAdvertiserMachine
{
  public:
    RouterAdvertiserMachine() = default;
    RouterAdvertiserMachine(const RouterAdvertiserRules& rules,
                            std::vector<IcmpRouterEntry> routers);

    void Start(Nanos now, uint64_t random);

    /** What is due at \p now. */
    std::vector<RouterAdvertToSend> Tick(Nanos now, uint64_t random);

    /** A solicitation with a right checksum, code 0, from \p source, which may be 0. */
    void OnSolicitation(uint32_t source, Nanos now, uint64_t random);

    /**
     * Advertises \p routers from now on. What is not among them any more is taken back at once,
     * with a lifetime of 0.
     */
    std::vector<RouterAdvertToSend> SetRouters(std::vector<IcmpRouterEntry> routers);

    /** Takes all back and falls silent. */
    std::vector<RouterAdvertToSend> Stop();

    /** When Tick() has something to do; NEVER while stopped. */
    Nanos NextDeadline() const;

    auto Tie() const
    {
        return std::tie(m_rules, m_routers, m_running, m_sent, m_next, m_response, m_answered);
    }

  private:
    /** A host that waits for an answer of its own. */
    struct Answer
    {
        Nanos at{0};
        uint32_t host{0};

        auto Tie() const
        {
            return std::tie(at, host);
        }
    };

    RouterAdvertToSend Advert(uint32_t destination) const;

    RouterAdvertiserRules m_rules;
    std::vector<IcmpRouterEntry> m_routers;
    bool m_running{false};
    unsigned m_sent{0};             //!< to the group, counted up to MAX_INITIAL_ADVERTISEMENTS
    Nanos m_next{NEVER};            //!< of the interval timer
    Nanos m_response{NEVER};        //!< an answer to the group
    std::vector<Answer> m_answered; //!< in order of time of arrival
};

/** A router that a host knows. */
struct DiscoveredRouter
{
    uint32_t address{0};
    int32_t preference{0};
    Nanos expires{0};
    bool unreachable{false}; //!< the host found it dead; until it is advertised again

    auto Tie() const
    {
        return std::tie(address, preference, expires, unreachable);
    }
};

/**
 * The host's side of RFC 1256 (section 5.3) on one interface: it solicits up to three times, and
 * picks as its gateway the router of the highest preference that is not known to be dead. Of
 * equals the first heard of stays.
 *
 * At most MAX_ROUTERS are remembered, those of the highest preference.
 */
class RouterDiscoveryMachine
{
  public:
    static constexpr std::size_t MAX_ROUTERS = 32;

    /** \p subnet is that of the interface: routers elsewhere can't be gateways. */
    explicit RouterDiscoveryMachine(const Ipv4Prefix& subnet = {});

    /** The interface has come up: asks within a second. */
    void Start(Nanos now, uint64_t random);

    /** What is due at \p now; \return whether to send a solicitation. */
    bool Tick(Nanos now);

    /** What a valid advertisement says, as IcmpMessage::Advertisement() gives it. */
    void OnAdvertisement(const IcmpRouterAdvertisement& advertisement, Nanos now);

    /** The host finds that \p router doesn't forward (RFC 1122 section 3.3.1.4). */
    void MarkUnreachable(uint32_t router);

    /** The router to use as default gateway; none if there is none. */
    std::optional<uint32_t> Gateway() const;

    const std::vector<DiscoveredRouter>& Routers() const
    {
        return m_routers;
    }

    /** When Tick() has something to do; NEVER if nothing is pending. */
    Nanos NextDeadline() const;

    auto Tie() const
    {
        return std::tie(m_subnet, m_routers, m_solicitAt, m_solicited);
    }

  private:
    void Hear(const IcmpRouterEntry& entry, uint16_t lifetime, Nanos now);

    Ipv4Prefix m_subnet;
    std::vector<DiscoveredRouter> m_routers; //!< in the order in which they were first heard of
    Nanos m_solicitAt{NEVER};
    unsigned m_solicited{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ROUTER_DISCOVERY_MACHINE_H */
