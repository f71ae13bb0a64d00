// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_EGRESS_MACHINE_H
#define STRATA_EGRESS_MACHINE_H

#include "strata-scheduler-policy.h"

#include "ns3/strata-byte-view.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <memory>

namespace ns3
{
namespace strata
{

/** What waits at one port of a member. */
struct EgressState
{
    SchedulerState schedule;
    std::vector<Bytes> held;    //!< by the handle in the schedule
    std::vector<uint32_t> free; //!< handles without a PDU
    Nanos idleAt{0};            //!< when the wire has sent what it was given

    auto Tie() const
    {
        return std::tie(schedule, held, free, idleAt);
    }
};

/**
 * Gives a port its PDUs one by one, no faster than the flow carries them, in the order of the
 * layer's scheduler: what waits, waits here and not in the device, so that slices keep their
 * shares.
 *
 * \code
 * EgressMachine egress(policies.scheduler, 100'000'000, 2);
 * if (egress.Offer(state, pdu, slice, now) == EgressMachine::Result::SEND) { ... }
 * // come back at NextDeadline(state)
 * while (auto pdu = egress.Next(state, now)) { ... }
 * \endcode
 */
class EgressMachine
{
  public:
    enum class Result : uint8_t
    {
        SEND,   //!< the port is idle: the caller sends the PDU now
        WAITS,  //!< taken; it comes from Next
        NO_ROOM //!< the queue of the slice is full, or the slice has no share: dropped
    };

    /** \p rate in bit/s, above 0; \p framing bytes, a few, go with each PDU on the wire. */
    EgressMachine(std::shared_ptr<const SchedulerPolicy> scheduler,
                  uint64_t rate,
                  uint32_t framing);

    Result Offer(EgressState& state, const Bytes& pdu, uint8_t slice, Nanos now) const;

    /** The next PDU to send at \p now; none while the port is busy or nothing waits. */
    std::optional<Bytes> Next(EgressState& state, Nanos now) const;

    /** When Next has something; NEVER if nothing waits. */
    static Nanos NextDeadline(const EgressState& state);

    /** How long \p bytes of PDU occupy the wire, rounded up to a nanosecond. */
    Nanos TransmissionTime(std::size_t bytes) const;

  private:
    std::shared_ptr<const SchedulerPolicy> m_scheduler;
    uint64_t m_rate;
    uint32_t m_framing;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_EGRESS_MACHINE_H */
