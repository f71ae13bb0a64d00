// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_NET_H
#define STRATA_LAYER_NET_H

#include "ns3/strata-member-machine.h"

#include <map>
#include <memory>
#include <set>
#include <utility>

namespace ns3
{
namespace strata
{

/**
 * Members that hand each other bytes in the order of time, without a simulator. Every hop takes
 * the delay of its wire; equal times keep the order in which things were sent.
 */
class LayerNet
{
  public:
    using Index = std::size_t;

    struct End
    {
        Index member;
        PortId port;
    };

    /** A process that is no member yet. */
    Index Add(const LayerParameters& parameters, const LayerPolicies& policies)
    {
        m_members.push_back({MemberMachine(parameters, policies), {}, {}});
        return m_members.size() - 1;
    }

    MemberState& State(Index i)
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
        const auto found = m_carried.find(type);
        return found == m_carried.end() ? 0 : found->second;
    }

    void Do(Index i, const MemberEvent& event)
    {
        Effects effects = m_members[i].machine.Step(m_members[i].state, event, m_now);
        for (const TransmitEffect& transmit : effects.transmits)
        {
            if (transmit.port == LOOPBACK_PORT)
            {
                m_flying[{m_now, m_order++}] = {End{i, LOOPBACK_PORT}, 0, transmit.pdu};
                continue;
            }
            const auto wire = m_wires.find({i, transmit.port});
            if (wire == m_wires.end())
            {
                continue;
            }
            ++m_carried[transmit.type];
            m_flying[{m_now + wire->second.delay, m_order++}] = {wire->second.to,
                                                                 wire->second.id,
                                                                 transmit.pdu};
        }
        m_members[i].notices.insert(m_members[i].notices.end(),
                                    effects.notices.begin(),
                                    effects.notices.end());
        m_members[i].deliveries.insert(m_members[i].deliveries.end(),
                                       effects.deliveries.begin(),
                                       effects.deliveries.end());
        m_writes.insert(m_writes.end(), effects.writes.begin(), effects.writes.end());
    }

    /** Lays a wire; gives the ports at both ends. */
    std::pair<PortId, PortId> Connect(Index a, Index b, Nanos delay = std::chrono::milliseconds(1))
    {
        const PortId pa = m_nextPort++;
        const PortId pb = m_nextPort++;
        ++m_wire;
        m_wires[{a, pa}] = {End{b, pb}, delay, m_wire};
        m_wires[{b, pb}] = {End{a, pa}, delay, m_wire};
        PortUpEvent up;
        up.port = pa;
        Do(a, up);
        up.port = pb;
        Do(b, up);
        return {pa, pb};
    }

    /** Cuts the wire at \p port of \p a; what is on it is lost; both ends notice if \p noticed. */
    void Cut(Index a, PortId port, bool noticed = true)
    {
        const Wire wire = m_wires.at({a, port});
        m_wires.erase({a, port});
        m_wires.erase({wire.to.member, wire.to.port});
        for (auto it = m_flying.begin(); it != m_flying.end();)
        {
            it = it->second.wire == wire.id ? m_flying.erase(it) : std::next(it);
        }
        if (noticed)
        {
            Do(a, PortDownEvent{port});
            Do(wire.to.member, PortDownEvent{wire.to.port});
        }
    }

    /** Runs until \p end. */
    void RunUntil(Nanos end)
    {
        while (true)
        {
            Nanos next = m_flying.empty() ? NEVER : m_flying.begin()->first.first;
            Index timer = m_members.size();
            for (Index i = 0; i < m_members.size(); ++i)
            {
                if (MemberMachine::NextDeadline(m_members[i].state) < next)
                {
                    next = MemberMachine::NextDeadline(m_members[i].state);
                    timer = i;
                }
            }
            if (next > end)
            {
                m_now = end;
                return;
            }
            m_now = std::max(m_now, next);
            if (timer < m_members.size())
            {
                Do(timer, TimerEvent{});
                continue;
            }
            const Flying flying = m_flying.begin()->second;
            m_flying.erase(m_flying.begin());
            Do(flying.to.member, PduEvent{flying.to.port, flying.bytes});
        }
    }

    void RunFor(Nanos span)
    {
        RunUntil(m_now + span);
    }

  private:
    struct MemberBox
    {
        MemberMachine machine;
        MemberState state;
        std::vector<Notice> notices;
        std::vector<DeliverEffect> deliveries{};
    };

    struct Wire
    {
        End to;
        Nanos delay;
        uint64_t id;
    };

    struct Flying
    {
        End to;
        uint64_t wire;
        Bytes bytes;
    };

    std::vector<MemberBox> m_members;
    std::map<std::pair<Index, PortId>, Wire> m_wires;
    std::map<std::pair<Nanos, uint64_t>, Flying> m_flying;
    std::map<PduType, std::size_t> m_carried;
    WriteLedger m_writes;
    Nanos m_now{0};
    uint64_t m_order{0};
    uint64_t m_wire{0};
    PortId m_nextPort{1};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_NET_H */
