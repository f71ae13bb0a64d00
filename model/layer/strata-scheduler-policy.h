// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SCHEDULER_POLICY_H
#define STRATA_SCHEDULER_POLICY_H

#include "ns3/strata-tied.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace ns3
{
namespace strata
{

/** The slices of a layer are 0 to 15, as many as the PDU header's field names. */
constexpr uint8_t SLICE_COUNT = 16;

/** The slice of the layer's own control PDUs; it goes before all others. */
constexpr uint8_t CONTROL_SLICE = 15;

/** What waits in a queue; whose bytes they are is the caller's business. */
struct Scheduled
{
    uint64_t handle{0};
    uint32_t size{0}; //!< bytes
    uint8_t slice{0};

    auto Tie() const
    {
        return std::tie(handle, size, slice);
    }
};

/** A queue that allocates only while it grows beyond its longest length so far. */
class ScheduledQueue
{
  public:
    using value_type = Scheduled;

    const Scheduled* begin() const
    {
        return m_items.data() + m_first;
    }

    const Scheduled* end() const
    {
        return m_items.data() + m_items.size();
    }

    std::size_t size() const
    {
        return m_items.size() - m_first;
    }

    bool empty() const
    {
        return size() == 0;
    }

    /** The sum of the sizes. */
    uint64_t Bytes() const
    {
        return m_bytes;
    }

    /** Precondition, here and for Pop: not empty. */
    const Scheduled& Front() const
    {
        return m_items[m_first];
    }

    void Push(const Scheduled& item);
    Scheduled Pop();

    friend bool operator==(const ScheduledQueue& a, const ScheduledQueue& b)
    {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

    friend bool operator!=(const ScheduledQueue& a, const ScheduledQueue& b)
    {
        return !(a == b);
    }

  private:
    std::vector<Scheduled> m_items;
    std::size_t m_first{0}; //!< items before it have left
    uint64_t m_bytes{0};
};

/** The queues of one port. */
struct SchedulerState
{
    std::array<ScheduledQueue, SLICE_COUNT> queues;
    std::array<uint64_t, SLICE_COUNT> deficits{}; //!< bytes that a slice may still send
    uint8_t visited{CONTROL_SLICE - 1};           //!< the slice whose turn it is

    bool Empty() const;
    std::size_t Packets() const;
    uint64_t Bytes() const;

    auto Tie() const
    {
        return std::tie(queues, deficits, visited);
    }
};

enum class EnqueueResult : uint8_t
{
    QUEUED,
    QUEUE_FULL, //!< of its slice
    NO_SHARE,   //!< the slice has no share of the port, or does not exist
};

/** How much may wait. */
struct QueueLimit
{
    uint32_t packets{1000};
    uint64_t bytes{UINT64_MAX};
};

/**
 * Slot: resource management, which PDU a busy port sends next.
 *
 * The control slice has a queue of its own, goes first, and is bounded too. Who may send in it is
 * checked where a PDU enters the layer.
 */
class SchedulerPolicy
{
  public:
    explicit SchedulerPolicy(QueueLimit control);
    virtual ~SchedulerPolicy() = default;

    /** For the layer's description and results. */
    virtual const char* Name() const = 0;

    /** Takes over \p handle, unless the answer is other than QUEUED. */
    EnqueueResult Enqueue(SchedulerState& state,
                          uint8_t slice,
                          uint32_t size,
                          uint64_t handle) const;

    /** The next to send, taken off its queue; none if nothing waits. */
    std::optional<Scheduled> Dequeue(SchedulerState& state) const;

  protected:
    /** True if \p size more bytes are allowed in \p queue. */
    static bool Allows(const QueueLimit& limit, const ScheduledQueue& queue, uint32_t size);

  private:
    /** For slices other than the control slice. */
    virtual EnqueueResult DoEnqueue(SchedulerState& state, const Scheduled& item) const = 0;
    virtual std::optional<Scheduled> DoDequeue(SchedulerState& state) const = 0;

    QueueLimit m_control;
};

/** First come, first served, whatever the slice. */
class FifoScheduler : public SchedulerPolicy
{
  public:
    explicit FifoScheduler(QueueLimit limit = {}, QueueLimit control = {});

    const char* Name() const override;

  private:
    EnqueueResult DoEnqueue(SchedulerState& state, const Scheduled& item) const override;
    std::optional<Scheduled> DoDequeue(SchedulerState& state) const override;

    QueueLimit m_limit;
};

/** What a slice gets of a port. */
struct SliceShare
{
    uint32_t weight{1}; //!< relative to the weights of the slices that have something to send; 0:
                        //!< the slice may not use the port
    QueueLimit limit;
};

using SliceShares = std::array<SliceShare, SLICE_COUNT>;

/**
 * Deficit round robin (Shreedhar and Varghese, "Efficient Fair Queuing Using Deficit Round-Robin",
 * 1996): slices take turns, and each turn adds the slice's weight in bytes to what it may send.
 * With weights below a packet's size the shares stay within a packet of the ideal; turns in which
 * nobody could send are counted, not walked through, so a decision takes a few steps a slice.
 *
 * Bounds, with weights w, their sum W over the slices that have something to send, and L the
 * longest packet: over any time in which both have something to send, two slices' bytes divided
 * by their weights w and v differ by less than L / w + L / v + 2; a packet that arrives in the
 * empty queue of slice i leaves before W / w_i * L + n * L + 2 * W bytes of n others.
 * What a slice leaves unused goes to the others by their weights.
 *
 * \code
 * SliceShares shares; // equal weights
 * shares[1].weight = 30;
 * shares[2].weight = 70;
 * DeficitRoundRobin scheduler(shares);
 * \endcode
 */
class DeficitRoundRobin : public SchedulerPolicy
{
  public:
    /** The control slice's share has a limit, but its weight does not count. */
    explicit DeficitRoundRobin(const SliceShares& shares = {});

    const char* Name() const override;

  private:
    EnqueueResult DoEnqueue(SchedulerState& state, const Scheduled& item) const override;
    std::optional<Scheduled> DoDequeue(SchedulerState& state) const override;

    SliceShares m_shares;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_SCHEDULER_POLICY_H */
