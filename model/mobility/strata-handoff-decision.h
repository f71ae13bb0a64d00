// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_HANDOFF_DECISION_H
#define STRATA_HANDOFF_DECISION_H

#include "ns3/strata-time.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/** One message as its receiver saw it. Messages of one direction are numbered from 0. */
struct Arrival
{
    Nanos time{0};
    Nanos sent{0};
    uint32_t sequence{0};
};

/** What a span of one direction's traffic looked like to its receiver. */
struct HandoffReport
{
    bool recovered{false};  //!< messages came again before the traffic ended
    Nanos outage{0};        //!< longest silence, less the interval between messages
    Nanos silentFrom{0};    //!< when that silence began
    Nanos silentTo{0};      //!< and when it ended
    uint32_t lost{0};       //!< sent in the span and never seen
    uint32_t duplicated{0}; //!< seen before
    uint32_t reordered{0};  //!< seen after a later one
    std::vector<Nanos>
        settledDelays; //!< of messages after the silence, once each; none if it lasted
};

/**
 * Judges the arrivals of one direction around a move: the outage is the longest silence that ends
 * after \p move (last message before to first after), minus \p interval, not below zero.
 *
 * \param arrivals in the order of time, of all the traffic
 * \param move when the move began
 * \param end of the span
 * \param interval between messages as they are sent
 * \param sent all messages: when each was sent, by sequence number
 * \param patience a silence at the end of the span that is longer counts as never recovered
 * \param lead what was sent so long before \p move may have been lost by it; what was sent so long
 *        before \p end belongs to the next span
 */
HandoffReport JudgeHandoff(const std::vector<Arrival>& arrivals,
                           Nanos move,
                           Nanos end,
                           Nanos interval,
                           const std::vector<Nanos>& sent,
                           Nanos patience,
                           Nanos lead);

/** An outage split by who caused it; the parts add up to the outage. */
struct OutageShares
{
    Nanos link{0};     //!< no link: detecting, scanning, associating
    Nanos address{0};  //!< a link, but no name to use on it yet
    Nanos mobility{0}; //!< the rest: what the design itself took
};

/** When a move touched the link layer of an end. */
struct LinkTimes
{
    Nanos down{-1};  //!< the old link went
    Nanos up{-1};    //!< the new one came; before down: without a gap
    Nanos ready{-1}; //!< the new name can be used; as up where the design needs none
};

/** Splits the silence [\p from, \p to] of an outage that the moves \p links brought about. */
OutageShares ShareOutage(Nanos from, Nanos to, Nanos outage, const std::vector<LinkTimes>& links);

} // namespace strata
} // namespace ns3

#endif /* STRATA_HANDOFF_DECISION_H */
