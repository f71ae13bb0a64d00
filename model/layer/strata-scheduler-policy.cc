// SPDX-License-Identifier: GPL-2.0-only

#include "strata-scheduler-policy.h"

namespace ns3
{
namespace strata
{

void
ScheduledQueue::Push(const Scheduled& item)
{
    // the places of those who left are used before more are asked for
    if (m_items.size() == m_items.capacity() && m_first > m_items.size() / 2)
    {
        m_items.erase(m_items.begin(), m_items.begin() + static_cast<std::ptrdiff_t>(m_first));
        m_first = 0;
    }
    m_items.push_back(item);
    m_bytes += item.size;
}

Scheduled
ScheduledQueue::Pop()
{
    const Scheduled item = m_items[m_first++];
    m_bytes -= item.size;
    if (m_first == m_items.size())
    {
        m_items.clear();
        m_first = 0;
    }
    return item;
}

bool
SchedulerState::Empty() const
{
    return std::all_of(queues.begin(), queues.end(), [](const auto& q) { return q.empty(); });
}

std::size_t
SchedulerState::Packets() const
{
    std::size_t sum = 0;
    for (const ScheduledQueue& queue : queues)
    {
        sum += queue.size();
    }
    return sum;
}

uint64_t
SchedulerState::Bytes() const
{
    uint64_t sum = 0;
    for (const ScheduledQueue& queue : queues)
    {
        sum += queue.Bytes();
    }
    return sum;
}

SchedulerPolicy::SchedulerPolicy(QueueLimit control)
    : m_control(control)
{
}

EnqueueResult
SchedulerPolicy::Enqueue(SchedulerState& state, uint8_t slice, uint32_t size, uint64_t handle) const
{
    const Scheduled item{handle, size, slice};
    if (slice >= SLICE_COUNT)
    {
        return EnqueueResult::NO_SHARE;
    }
    if (slice != CONTROL_SLICE)
    {
        return DoEnqueue(state, item);
    }
    ScheduledQueue& queue = state.queues[CONTROL_SLICE];
    if (!Allows(m_control, queue, size))
    {
        return EnqueueResult::QUEUE_FULL;
    }
    queue.Push(item);
    return EnqueueResult::QUEUED;
}

std::optional<Scheduled>
SchedulerPolicy::Dequeue(SchedulerState& state) const
{
    ScheduledQueue& control = state.queues[CONTROL_SLICE];
    return control.empty() ? DoDequeue(state) : control.Pop();
}

bool
SchedulerPolicy::Allows(const QueueLimit& limit, const ScheduledQueue& queue, uint32_t size)
{
    return queue.size() < limit.packets && queue.Bytes() <= limit.bytes &&
           size <= limit.bytes - queue.Bytes();
}

FifoScheduler::FifoScheduler(QueueLimit limit, QueueLimit control)
    : SchedulerPolicy(control),
      m_limit(limit)
{
}

const char*
FifoScheduler::Name() const
{
    return "fifo";
}

EnqueueResult
FifoScheduler::DoEnqueue(SchedulerState& state, const Scheduled& item) const
{
    ScheduledQueue& queue = state.queues[0];
    if (!Allows(m_limit, queue, item.size))
    {
        return EnqueueResult::QUEUE_FULL;
    }
    queue.Push(item);
    return EnqueueResult::QUEUED;
}

std::optional<Scheduled>
FifoScheduler::DoDequeue(SchedulerState& state) const
{
    ScheduledQueue& queue = state.queues[0];
    return queue.empty() ? std::nullopt : std::optional(queue.Pop());
}

DeficitRoundRobin::DeficitRoundRobin(const SliceShares& shares)
    : SchedulerPolicy(shares[CONTROL_SLICE].limit),
      m_shares(shares)
{
}

const char*
DeficitRoundRobin::Name() const
{
    return "deficit-round-robin";
}

EnqueueResult
DeficitRoundRobin::DoEnqueue(SchedulerState& state, const Scheduled& item) const
{
    const SliceShare& share = m_shares[item.slice];
    ScheduledQueue& queue = state.queues[item.slice];
    if (share.weight == 0)
    {
        return EnqueueResult::NO_SHARE;
    }
    if (!Allows(share.limit, queue, item.size))
    {
        return EnqueueResult::QUEUE_FULL;
    }
    queue.Push(item);
    return EnqueueResult::QUEUED;
}

std::optional<Scheduled>
DeficitRoundRobin::DoDequeue(SchedulerState& state) const
{
    // Visits are counted from the present one, 0, whose slice has had its turn's bytes. A slice
    // gets its weight at each later visit; the first visit at which a first packet may go wins.
    constexpr uint64_t round = CONTROL_SLICE;
    uint64_t first = UINT64_MAX;
    for (uint64_t step = 0; step < round; ++step)
    {
        const std::size_t slice = (state.visited + step) % round;
        const ScheduledQueue& queue = state.queues[slice];
        const uint64_t weight = m_shares[slice].weight;
        if (queue.empty() || weight == 0)
        {
            continue;
        }
        const uint64_t size = queue.Front().size;
        const uint64_t missing = size - std::min(size, state.deficits[slice]);
        const uint64_t turns = (missing + weight - 1) / weight;
        const uint64_t earlier = step == 0 || turns == 0 ? turns : turns - 1;
        first = std::min(first, earlier * round + step);
    }
    if (first == UINT64_MAX)
    {
        return std::nullopt;
    }
    for (uint64_t step = 0; step < round && step <= first; ++step)
    {
        const std::size_t slice = (state.visited + step) % round;
        if (!state.queues[slice].empty())
        {
            const uint64_t turns = (first - step) / round + (step == 0 ? 0 : 1);
            state.deficits[slice] += turns * m_shares[slice].weight;
        }
    }
    state.visited = static_cast<uint8_t>((state.visited + first) % round);
    ScheduledQueue& queue = state.queues[state.visited];
    const Scheduled item = queue.Pop();
    uint64_t& deficit = state.deficits[state.visited];
    deficit = queue.empty() ? 0 : deficit - item.size;
    return item;
}

} // namespace strata
} // namespace ns3
