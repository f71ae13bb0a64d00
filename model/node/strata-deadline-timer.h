// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DEADLINE_TIMER_H
#define STRATA_DEADLINE_TIMER_H

#include "ns3/event-id.h"
#include "ns3/simulator.h"
#include "ns3/strata-time.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace strata
{

/** The one event that a core's deadline needs: it moves as the deadline moves. */
class DeadlineTimer
{
  public:
    DeadlineTimer() = default;
    DeadlineTimer(const DeadlineTimer&) = delete;
    DeadlineTimer& operator=(const DeadlineTimer&) = delete;

    ~DeadlineTimer()
    {
        Cancel();
    }

    /** Calls \p due at \p deadline, at once if that is over, never if it is NEVER. */
    template <class Due>
    void Set(Nanos deadline, Due due)
    {
        if (deadline == m_deadline && !m_event.IsExpired())
        {
            return; // a cancelled event would stay in the simulator until its time
        }
        Cancel();
        m_deadline = deadline;
        if (deadline != NEVER)
        {
            const Nanos now(Simulator::Now().GetNanoSeconds());
            m_event = Simulator::Schedule(NanoSeconds(std::max(deadline - now, Nanos(0)).count()),
                                          std::move(due));
        }
    }

    void Cancel()
    {
        m_event.Cancel();
    }

  private:
    EventId m_event;
    Nanos m_deadline{NEVER};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DEADLINE_TIMER_H */
