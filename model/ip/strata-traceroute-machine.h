// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRACEROUTE_MACHINE_H
#define STRATA_TRACEROUTE_MACHINE_H

#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a traceroute probes; in brackets, the options of Linux's traceroute. */
struct TracerouteParameters
{
    uint32_t destination{0};                //!< the address in host order
    uint8_t firstTtl{1};                    //!< [-f]
    uint8_t maxTtl{30};                     //!< [-m]
    uint32_t queries{3};                    //!< probes a hop [-q], at least 1
    uint32_t simultaneous{1};               //!< most probes under way [-N], at least 1
    Nanos timeout{std::chrono::seconds(5)}; //!< wait for the answer to a probe [-w]
    uint32_t size{60};                      //!< bytes of a probe, its IPv4 header included

    auto Tie() const
    {
        return std::tie(destination, firstTtl, maxTtl, queries, simultaneous, timeout, size);
    }
};

/** A probe to send. */
struct TracerouteProbe
{
    uint32_t index{0}; //!< from 0; what the answer has to quote
    uint8_t ttl{0};

    auto Tie() const
    {
        return std::tie(index, ttl);
    }
};

/** What came back for a probe. */
struct TracerouteAnswer
{
    uint32_t from{0};
    bool arrived{false}; //!< it says that the probe reached its destination
    uint8_t type{0};     //!< of the ICMP message, here and below
    uint8_t code{0};
    uint32_t rest{0}; //!< bytes 4 to 7

    auto Tie() const
    {
        return std::tie(from, arrived, type, code, rest);
    }
};

/** A probe and what became of it. */
struct TracerouteResult
{
    std::optional<TracerouteAnswer> answer; //!< none within the timeout
    Nanos rtt{0};                           //!< meaningful with an answer

    auto Tie() const
    {
        return std::tie(answer, rtt);
    }
};

/** All probes of one distance: a line of the output. */
struct TracerouteHop
{
    uint8_t ttl{0};
    std::vector<TracerouteResult> results;

    auto Tie() const
    {
        return std::tie(ttl, results);
    }
};

struct TracerouteEffects
{
    std::vector<TracerouteProbe> send;
    std::vector<TracerouteHop> hops; //!< complete now, nearest first
    bool finished{false};            //!< there will be no more; once
};

/**
 * Finds the routers on the way to a destination by probes of growing TTL (Van Jacobson's
 * traceroute). It ends with the first hop of which a probe arrived or came to an end for another
 * reason than its TTL, or with the largest TTL. With more than one probe under way, later hops
 * may have been probed by then; they are not reported.
 *
 * \code
 * TracerouteMachine trace(parameters);
 * Do(trace.Start(now));
 * // at trace.NextDeadline(): Do(trace.Tick(now)); on a message: Do(trace.OnAnswer(i, answer,
 * now)); \endcode
 */
class TracerouteMachine
{
  public:
    explicit TracerouteMachine(const TracerouteParameters& parameters);

    TracerouteEffects Start(Nanos now);
    TracerouteEffects Tick(Nanos now);
    /** An answer to probe \p index; later ones to the same probe, and late ones, are ignored. */
    TracerouteEffects OnAnswer(uint32_t index, const TracerouteAnswer& answer, Nanos now);
    /** Ends at once, for instance because there is no route. */
    TracerouteEffects Stop();

    /** When Tick has something to do; NEVER when finished or not started. */
    Nanos NextDeadline() const;

    bool IsFinished() const
    {
        return m_finished;
    }

    /** How many probes there can be. */
    uint32_t GetMaxProbes() const;

    const TracerouteParameters& GetParameters() const
    {
        return m_parameters;
    }

    auto Tie() const
    {
        return std::tie(m_parameters, m_probes, m_reported, m_started, m_finished);
    }

  private:
    struct Probe
    {
        Nanos sent{0};
        bool settled{false};
        TracerouteResult result;

        auto Tie() const
        {
            return std::tie(sent, settled, result);
        }
    };

    void Continue(Nanos now, TracerouteEffects& effects);
    uint8_t TtlOf(uint32_t index) const;

    TracerouteParameters m_parameters;
    std::vector<Probe> m_probes; //!< those sent
    uint32_t m_reported{0};      //!< probes of hops that were reported
    bool m_started{false};
    bool m_finished{false};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TRACEROUTE_MACHINE_H */
