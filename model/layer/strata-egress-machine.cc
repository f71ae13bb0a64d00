// SPDX-License-Identifier: GPL-2.0-only

#include "strata-egress-machine.h"

namespace ns3
{
namespace strata
{

EgressMachine::EgressMachine(std::shared_ptr<const SchedulerPolicy> scheduler,
                             uint64_t rate,
                             uint32_t framing)
    : m_scheduler(std::move(scheduler)),
      m_rate(rate),
      m_framing(framing)
{
}

Nanos
EgressMachine::TransmissionTime(std::size_t bytes) const
{
    // at most 65535 bytes and some framing: 5.3e14 fits
    const uint64_t work = 8 * (static_cast<uint64_t>(bytes) + m_framing) * 1'000'000'000;
    return Nanos(static_cast<int64_t>(work / m_rate + (work % m_rate == 0 ? 0 : 1)));
}

EgressMachine::Result
EgressMachine::Offer(EgressState& state, const Bytes& pdu, uint8_t slice, Nanos now) const
{
    if (now >= state.idleAt && state.schedule.Empty())
    {
        // asked all the same: a slice without a share may not use an idle port either
        const auto taken =
            m_scheduler->Enqueue(state.schedule, slice, static_cast<uint32_t>(pdu.size()), 0);
        if (taken == EnqueueResult::NO_SHARE)
        {
            return Result::NO_ROOM;
        }
        if (taken == EnqueueResult::QUEUED)
        {
            m_scheduler->Dequeue(state.schedule);
        }
        // QUEUE_FULL: the limit is about what waits, and this does not
        state.idleAt = now + TransmissionTime(pdu.size());
        return Result::SEND;
    }
    uint32_t handle = 0;
    if (state.free.empty())
    {
        handle = static_cast<uint32_t>(state.held.size());
        state.held.emplace_back();
    }
    else
    {
        handle = state.free.back();
        state.free.pop_back();
    }
    const auto taken =
        m_scheduler->Enqueue(state.schedule, slice, static_cast<uint32_t>(pdu.size()), handle);
    if (taken != EnqueueResult::QUEUED)
    {
        state.free.push_back(handle);
        return Result::NO_ROOM;
    }
    state.held[handle] = pdu;
    return Result::WAITS;
}

std::optional<Bytes>
EgressMachine::Next(EgressState& state, Nanos now) const
{
    if (now < state.idleAt)
    {
        return std::nullopt;
    }
    const auto next = m_scheduler->Dequeue(state.schedule);
    if (!next)
    {
        return std::nullopt;
    }
    Bytes pdu = std::move(state.held[next->handle]);
    state.held[next->handle] = Bytes();
    state.free.push_back(static_cast<uint32_t>(next->handle));
    state.idleAt = now + TransmissionTime(pdu.size());
    return pdu;
}

Nanos
EgressMachine::NextDeadline(const EgressState& state)
{
    return state.schedule.Empty() ? NEVER : state.idleAt;
}

} // namespace strata
} // namespace ns3
