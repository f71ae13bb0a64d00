// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SESSION_WIRE_H
#define STRATA_SESSION_WIRE_H

#include "ns3/strata-session-policy.h"
#include "ns3/strata-session-segment.h"

#include <functional>
#include <map>
#include <random>
#include <utility>

namespace ns3
{
namespace strata
{

/** What a wire does to the segments on it. */
struct WireFaults
{
    double loss{0};
    double doubling{0};
    Nanos jitter{0}; //!< added at random; segments overtake each other
};

/** The two ends of a session, and a wire between them that may lose, double and reorder. */
class SessionWire
{
  public:
    static constexpr Nanos DELAY = std::chrono::milliseconds(5);

    struct End
    {
        SessionProtocolState state;
        std::vector<Bytes> delivered;
        Nanos failedAt{NEVER};
        uint32_t unanswered{0};
        uint32_t writable{0};
    };

    SessionWire(const SessionPolicy& policy,
                const SessionParameters& parameters,
                WireFaults faults = {},
                uint32_t seed = 1)
        : m_policy(policy),
          m_faults(faults),
          m_random(seed)
    {
        ends[0].state = policy.Start(parameters, now);
        ends[1].state = policy.Start(parameters, now);
    }

    SendResult Send(int from, ByteView message)
    {
        SessionEffects effects;
        const SendResult result = m_policy.Send(ends[from].state, message, now, effects);
        Apply(from, effects);
        return result;
    }

    void Receive(int at, ByteView segment)
    {
        SessionEffects effects;
        m_policy.Receive(ends[at].state, segment, now, effects);
        Apply(at, effects);
    }

    void Move(int at)
    {
        SessionEffects effects;
        m_policy.PeerMoved(ends[at].state, now, effects);
        Apply(at, effects);
    }

    /** Puts what the policy brought about onto the wire. */
    void Apply(int from, SessionEffects& effects)
    {
        End& end = ends[from];
        for (Bytes& segment : effects.segments)
        {
            if (lose && lose(from, segment))
            {
                continue;
            }
            const int copies = Chance(m_faults.doubling) ? 2 : 1;
            for (int i = 0; i < copies; ++i)
            {
                if (!Chance(m_faults.loss))
                {
                    flying.emplace(now + DELAY + Jitter(), std::make_pair(1 - from, segment));
                }
            }
            ++sent[from];
        }
        end.delivered.insert(end.delivered.end(),
                             effects.deliveries.begin(),
                             effects.deliveries.end());
        end.failedAt = effects.failed ? now : end.failedAt;
        end.unanswered += effects.unanswered ? 1 : 0;
        end.writable += effects.writable ? 1 : 0;
    }

    /** What happens next happens; false when that is later than \p end. */
    bool Next(Nanos end)
    {
        const Nanos arrival = flying.empty() ? NEVER : flying.begin()->first;
        const Nanos tick =
            std::min(m_policy.NextDeadline(ends[0].state), m_policy.NextDeadline(ends[1].state));
        if (std::min(arrival, tick) > end || std::min(arrival, tick) == NEVER)
        {
            return false;
        }
        now = std::max(now, std::min(arrival, tick));
        if (arrival <= tick)
        {
            const auto [to, segment] = flying.begin()->second;
            flying.erase(flying.begin());
            Receive(to, segment);
            return true;
        }
        const int at = m_policy.NextDeadline(ends[0].state) == tick ? 0 : 1;
        SessionEffects effects;
        m_policy.Tick(ends[at].state, now, effects);
        Apply(at, effects);
        return true;
    }

    void RunUntil(Nanos end)
    {
        while (Next(end))
        {
        }
        now = std::max(now, end);
    }

    /** Until nothing is outstanding and nothing on the wire. */
    void RunOut()
    {
        while (Next(NEVER))
        {
        }
    }

    End ends[2];
    std::function<bool(int, const Bytes&)> lose; //!< loses the segments for which it is true
    std::multimap<Nanos, std::pair<int, Bytes>> flying;
    std::size_t sent[2]{0, 0};
    Nanos now{std::chrono::seconds(100)};

  private:
    bool Chance(double probability)
    {
        return probability > 0 && std::uniform_real_distribution<>(0, 1)(m_random) < probability;
    }

    Nanos Jitter()
    {
        return Nanos(std::uniform_int_distribution<int64_t>(0, m_faults.jitter.count())(m_random));
    }

    const SessionPolicy& m_policy;
    WireFaults m_faults;
    std::mt19937 m_random;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_SESSION_WIRE_H */
