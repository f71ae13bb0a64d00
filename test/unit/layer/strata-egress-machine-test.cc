// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-egress-machine.h"
#include "ns3/strata-hash.h"

#include <gtest/gtest.h>
#include <map>

using namespace ns3::strata;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using Result = EgressMachine::Result;

namespace
{

constexpr uint64_t MBIT = 1'000'000;

/** A PDU of \p size bytes whose second byte is its \p mark. */
Bytes
Pdu(std::size_t size, uint8_t mark = 0)
{
    Bytes pdu(size, 0);
    pdu[1] = mark;
    return pdu;
}

std::shared_ptr<const SchedulerPolicy>
Shares(uint32_t one, uint32_t two, QueueLimit limit = {})
{
    SliceShares shares;
    for (SliceShare& share : shares)
    {
        share.weight = 0;
    }
    shares[1] = {one, limit};
    shares[2] = {two, limit};
    return std::make_shared<DeficitRoundRobin>(shares);
}

} // namespace

TEST(EgressMachine, OccupiesTheWireForPduAndFramingRoundedUp)
{
    const auto fifo = std::make_shared<FifoScheduler>();
    EXPECT_EQ(EgressMachine(fifo, 8 * MBIT, 2).TransmissionTime(98), microseconds(100));
    EXPECT_EQ(EgressMachine(fifo, 3, 0).TransmissionTime(1), Nanos(2'666'666'667));
    EXPECT_EQ(EgressMachine(fifo, UINT64_MAX, 0).TransmissionTime(65535), Nanos(1));
    EXPECT_EQ(EgressMachine(fifo, 1, 0).TransmissionTime(65535), std::chrono::seconds(8 * 65535));
}

TEST(EgressMachine, SendsAtOnceWhenIdleAndThenOneByOneAtTheRate)
{
    const EgressMachine egress(std::make_shared<FifoScheduler>(), 8 * MBIT, 0);
    EgressState state;
    const Nanos start = milliseconds(5);
    EXPECT_EQ(egress.Offer(state, Pdu(100, 1), 0, start), Result::SEND);
    EXPECT_EQ(EgressMachine::NextDeadline(state), NEVER);
    EXPECT_EQ(egress.Offer(state, Pdu(200, 2), 0, start), Result::WAITS);
    EXPECT_EQ(egress.Offer(state, Pdu(50, 3), 0, start + microseconds(99)), Result::WAITS);
    EXPECT_EQ(EgressMachine::NextDeadline(state), start + microseconds(100));
    EXPECT_FALSE(egress.Next(state, start + microseconds(100) - Nanos(1)));
    EXPECT_EQ(egress.Next(state, start + microseconds(100)), Pdu(200, 2));
    EXPECT_FALSE(egress.Next(state, start + microseconds(100)));
    EXPECT_EQ(EgressMachine::NextDeadline(state), start + microseconds(300));
    EXPECT_EQ(egress.Next(state, start + microseconds(300)), Pdu(50, 3));
    EXPECT_EQ(EgressMachine::NextDeadline(state), NEVER);
    EXPECT_EQ(egress.Offer(state, Pdu(10), 0, start + microseconds(350) - Nanos(1)), Result::WAITS);
    EXPECT_EQ(egress.Next(state, start + microseconds(350)), Pdu(10));
    EXPECT_EQ(egress.Offer(state, Pdu(10), 0, start + microseconds(360)), Result::SEND);
}

TEST(EgressMachine, WhatCameFirstGoesBeforeAnOfferInTheInstantThePortFallsIdle)
{
    const EgressMachine egress(std::make_shared<FifoScheduler>(), 8 * MBIT, 0);
    EgressState state;
    egress.Offer(state, Pdu(100), 0, Nanos(0));
    egress.Offer(state, Pdu(100, 1), 0, Nanos(0));
    EXPECT_EQ(egress.Offer(state, Pdu(100, 2), 0, microseconds(100)), Result::WAITS);
    EXPECT_EQ(egress.Next(state, microseconds(100)), Pdu(100, 1));
    EXPECT_EQ(egress.Next(state, microseconds(200)), Pdu(100, 2));
}

TEST(EgressMachine, NeverSendsMoreThanTheRateCarries)
{
    const EgressMachine egress(std::make_shared<FifoScheduler>(), 7 * MBIT, 3);
    EgressState state;
    uint64_t bits = 0;
    Nanos now{0};
    Nanos end{0};
    const auto sent = [&](std::size_t size) {
        EXPECT_GE(now, end) << "the wire is still busy";
        bits += 8 * (size + 3);
        // independent of the machine: in integers, as exact as a nanosecond is
        end = Nanos(static_cast<int64_t>(bits * 1000 / 7));
        EXPECT_GE(now + egress.TransmissionTime(size), end);
    };
    for (int i = 0; i < 2000; ++i)
    {
        const std::size_t size = 40 + static_cast<std::size_t>(i * 7919 % 1400);
        if (egress.Offer(state, Pdu(size), 0, now) == Result::SEND)
        {
            sent(size);
        }
        if (i % 3 != 0)
        {
            const Nanos next = EgressMachine::NextDeadline(state);
            if (next != NEVER)
            {
                now = next;
                const auto pdu = egress.Next(state, now);
                ASSERT_TRUE(pdu);
                sent(pdu->size());
            }
        }
    }
    EXPECT_LT(now - end, milliseconds(2)) << "and is never idle while something waits";
}

TEST(EgressMachine, SharesABusyPortByWeight)
{
    const EgressMachine egress(Shares(30, 70), 100 * MBIT, 0);
    EgressState state;
    std::map<uint8_t, uint64_t> bytes;
    Nanos now{0};
    egress.Offer(state, Pdu(100), 1, now);
    for (int i = 0; i < 2000; ++i)
    {
        // each slice has always a few waiting, of different sizes
        while (state.schedule.queues[1].size() < 3)
        {
            ASSERT_EQ(egress.Offer(state, Pdu(1000, 1), 1, now), Result::WAITS);
        }
        while (state.schedule.queues[2].size() < 3)
        {
            ASSERT_EQ(egress.Offer(state, Pdu(600, 2), 2, now), Result::WAITS);
        }
        now = EgressMachine::NextDeadline(state);
        const auto pdu = egress.Next(state, now);
        ASSERT_TRUE(pdu);
        bytes[(*pdu)[1]] += pdu->size();
    }
    // Shreedhar and Varghese's bound as the scheduler states it: |a/30 - b/70| < L/30 + L/70 + 2
    const double difference =
        static_cast<double>(bytes[1]) / 30 - static_cast<double>(bytes[2]) / 70;
    EXPECT_LT(std::abs(difference), 1000.0 / 30 + 1000.0 / 70 + 2);
    EXPECT_GT(bytes[1], 300'000U);
}

TEST(EgressMachine, LendsWhatASliceLeavesUnused)
{
    const EgressMachine egress(Shares(30, 70), 8 * MBIT, 0);
    EgressState state;
    egress.Offer(state, Pdu(100), 1, Nanos(0));
    for (int i = 0; i < 10; ++i)
    {
        egress.Offer(state, Pdu(100), 1, Nanos(0));
    }
    for (int i = 1; i <= 10; ++i)
    {
        EXPECT_EQ(EgressMachine::NextDeadline(state), microseconds(100 * i));
        EXPECT_TRUE(egress.Next(state, microseconds(100 * i)));
    }
}

TEST(EgressMachine, ControlGoesFirst)
{
    const EgressMachine egress(Shares(1, 1), 8 * MBIT, 0);
    EgressState state;
    egress.Offer(state, Pdu(100), 1, Nanos(0));
    egress.Offer(state, Pdu(100, 1), 1, Nanos(0));
    EXPECT_EQ(egress.Offer(state, Pdu(100, 15), CONTROL_SLICE, Nanos(0)), Result::WAITS);
    EXPECT_EQ(egress.Next(state, microseconds(100)), Pdu(100, 15));
    EXPECT_EQ(egress.Next(state, microseconds(200)), Pdu(100, 1));
}

TEST(EgressMachine, AFullQueueRefusesAndAnotherSliceStillHasRoom)
{
    const EgressMachine egress(Shares(1, 1, QueueLimit{2, 1000}), 8 * MBIT, 0);
    EgressState state;
    EXPECT_EQ(egress.Offer(state, Pdu(2000), 1, Nanos(0)), Result::SEND) << "nothing waits";
    EXPECT_EQ(egress.Offer(state, Pdu(100), 1, Nanos(0)), Result::WAITS);
    EXPECT_EQ(egress.Offer(state, Pdu(901), 1, Nanos(0)), Result::NO_ROOM) << "bytes";
    EXPECT_EQ(egress.Offer(state, Pdu(900), 1, Nanos(0)), Result::WAITS);
    EXPECT_EQ(egress.Offer(state, Pdu(10), 1, Nanos(0)), Result::NO_ROOM) << "packets";
    EXPECT_EQ(egress.Offer(state, Pdu(900), 2, Nanos(0)), Result::WAITS);
    EXPECT_EQ(state.held.size(), state.schedule.Packets() + state.free.size());
}

TEST(EgressMachine, ASliceWithoutAShareCannotUseEvenAnIdlePort)
{
    const EgressMachine egress(Shares(1, 1), 8 * MBIT, 0);
    EgressState state;
    EXPECT_EQ(egress.Offer(state, Pdu(100), 3, Nanos(0)), Result::NO_ROOM);
    EXPECT_EQ(egress.Offer(state, Pdu(100), SLICE_COUNT, Nanos(0)), Result::NO_ROOM);
    EXPECT_EQ(state, EgressState());
    egress.Offer(state, Pdu(100), 1, Nanos(0));
    EXPECT_EQ(egress.Offer(state, Pdu(100), 3, Nanos(0)), Result::NO_ROOM);
}

TEST(EgressMachine, KeepsNoMoreMemoryThanItsLongestQueueNeeded)
{
    const EgressMachine egress(std::make_shared<FifoScheduler>(), 8 * MBIT, 0);
    EgressState state;
    Nanos now{0};
    for (int i = 0; i < 500; ++i)
    {
        egress.Offer(state, Pdu(100), 0, now);
        egress.Offer(state, Pdu(100), 0, now);
        while (EgressMachine::NextDeadline(state) != NEVER)
        {
            now = EgressMachine::NextDeadline(state);
            egress.Next(state, now);
        }
    }
    EXPECT_LE(state.held.size(), 2U);
}

TEST(EgressMachine, ItsStateIsAValue)
{
    const EgressMachine egress(Shares(30, 70), 8 * MBIT, 0);
    EgressState state;
    egress.Offer(state, Pdu(100), 1, Nanos(0));
    egress.Offer(state, Pdu(200, 1), 1, Nanos(0));
    egress.Offer(state, Pdu(300, 2), 2, Nanos(0));
    EgressState copy = state;
    EXPECT_EQ(copy, state);
    EXPECT_EQ(HashOf(copy), HashOf(state));
    const auto first = egress.Next(state, milliseconds(1));
    EXPECT_NE(copy, state);
    EXPECT_NE(HashOf(copy), HashOf(state));
    EXPECT_EQ(egress.Next(copy, milliseconds(1)), first);
    EXPECT_EQ(copy, state) << "the same history gives the same value";
    EXPECT_EQ(HashOf(copy), HashOf(state));
}
