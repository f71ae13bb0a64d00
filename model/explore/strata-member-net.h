// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MEMBER_NET_H
#define STRATA_MEMBER_NET_H

#include "ns3/strata-invariant-decision.h"
#include "ns3/strata-member-machine.h"
#include "ns3/strata-write-audit-decision.h"

#include <array>
#include <deque>
#include <functional>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Members that hand each other bytes in the order of time, without a simulator. Every wire has a
 * delay; at equal times PDUs go before timers, and PDUs in the order in which they were sent.
 *
 * \code
 * MemberNet net;
 * const auto a = net.Add(parameters, policies);
 * const auto b = net.Add(parameters, policies);
 * net.Do(a, BootstrapEvent{MakeName(1), 16});
 * net.Connect(a, b);
 * net.Do(b, JoinEvent{MakeName(2)});
 * net.RunUntilIdle(net.Now() + std::chrono::seconds(1));
 * \endcode
 */
class MemberNet
{
  public:
    using Index = std::size_t;

    /** What is kept of what members did. */
    enum class Keep : uint8_t
    {
        EVERYTHING, //!< for Notices(), Deliveries() and Writes(); each step is checked
        NOTHING,    //!< the observers below hear it; memory does not grow with time
    };

    explicit MemberNet(Keep keep = Keep::EVERYTHING);

    // members and what flies are large: a net stays where it is
    MemberNet(const MemberNet&) = delete;
    MemberNet& operator=(const MemberNet&) = delete;

    /** \name Observers; they may not change the net. @{ */
    std::function<void(Index, const Notice&)> onNotice;
    std::function<void(Index, const DeliverEffect&)> onDeliver;
    std::function<void(const WriteRecord&)> onWrite;
    /** @} */

    /** Whether a wire loses what a member sends now; none: no wire loses anything. */
    std::function<bool(Index from, PduType type)> loses;

    /** A process that is no member yet. */
    Index Add(const LayerParameters& parameters, const LayerPolicies& policies);

    std::size_t Size() const
    {
        return m_members.size();
    }

    const MemberState& State(Index i) const
    {
        return m_members[i].state;
    }

    Nanos Now() const
    {
        return m_now;
    }

    /** All notices of a type that \p i gave so far. */
    template <class T>
    std::vector<T> Notices(Index i) const
    {
        std::vector<T> found;
        for (const Notice& notice : m_members[i].notices)
        {
            if (const T* match = std::get_if<T>(&notice))
            {
                found.push_back(*match);
            }
        }
        return found;
    }

    const std::vector<DeliverEffect>& Deliveries(Index i) const
    {
        return m_members[i].deliveries;
    }

    /** Everything that members wrote to guarded tables since ClearWrites(). */
    const WriteLedger& Writes() const
    {
        return m_writes;
    }

    void ClearWrites()
    {
        m_writes.clear();
    }

    /** PDUs of a type that crossed a wire so far. */
    std::size_t Carried(PduType type) const
    {
        return m_carried[static_cast<uint8_t>(type)];
    }

    /** PDUs of all types that crossed a wire so far. */
    std::size_t Carried() const;

    /** \p i takes \p event now. */
    void Do(Index i, const MemberEvent& event);

    /** Whether each step is followed by CheckMember() and by an audit of its writes. */
    void CheckSteps(bool on)
    {
        m_checks = on;
    }

    /** The rules that steps broke so far. */
    const Violations& Broken() const
    {
        return m_broken;
    }

    /** The writes of all checked steps. */
    const WriteAuditor& Audit() const
    {
        return m_auditor;
    }

    /** What CheckAtRest() wants to know of this net; valid until the net changes. */
    LayerSnapshot Snapshot() const;

    /** Lays a wire that carries PDUs of up to \p mtu bytes; gives the ports at both ends. */
    std::pair<PortId, PortId> Connect(Index a,
                                      Index b,
                                      Nanos delay = std::chrono::milliseconds(1),
                                      uint32_t mtu = 1500);

    /** Cuts the wire at \p port of \p a; what is on it is lost; both ends notice if \p noticed. */
    void Cut(Index a, PortId port, bool noticed = true);

    /** Runs until \p end. */
    void RunUntil(Nanos end);

    void RunFor(Nanos span)
    {
        RunUntil(m_now + span);
    }

    /**
     * Runs until nothing flies and no timer is due any more.
     * \return false if something still was at \p limit
     */
    bool RunUntilIdle(Nanos limit);

  private:
    struct MemberBox
    {
        MemberMachine machine;
        MemberState state;
        Nanos deadline{NEVER}; //!< as it stands in m_deadlines
        std::vector<Notice> notices;
        std::vector<DeliverEffect> deliveries;
    };

    /** One end of a wire, found by its port; ports are numbered over the whole net. */
    struct End
    {
        Index member{0};
        PortId peer{0}; //!< 0: the wire is cut
        Nanos delay{0};
    };

    struct Flying
    {
        Nanos at;
        uint64_t order;
        Index member;
        PortId port;
        Bytes bytes;
    };

    static bool Later(const Flying& a, const Flying& b);

    bool RunNext(Nanos end);
    void Arrive(Flying flying);
    void CarryOut(Index i, Effects& effects);
    void Send(Index i, PortId port, PduType type, Bytes bytes);
    void Reschedule(Index i);
    void Check(Index i, MemberName former, const Effects& effects);

    const bool m_keep;
    bool m_checks;
    std::deque<MemberBox> m_members;
    std::vector<End> m_ends;
    std::vector<Flying> m_flying; //!< a heap, the earliest on top
    std::set<std::pair<Nanos, Index>> m_deadlines;
    std::array<std::size_t, std::numeric_limits<uint8_t>::max() + 1> m_carried{};
    WriteLedger m_writes;
    Violations m_broken;
    WriteAuditor m_auditor;
    Effects m_spare; //!< memory to use again
    Nanos m_now{0};
    uint64_t m_order{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_MEMBER_NET_H */
