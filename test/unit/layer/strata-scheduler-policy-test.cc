// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-scheduler-policy.h"

#include <cmath>
#include <deque>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>
#include <string>

using namespace ns3::strata;

namespace
{

constexpr EnqueueResult QUEUED = EnqueueResult::QUEUED;

SliceShares
Weights(const std::map<uint8_t, uint32_t>& weights)
{
    SliceShares shares;
    for (const auto& [slice, weight] : weights)
    {
        shares[slice].weight = weight;
    }
    return shares;
}

QueueLimit
Packets(uint32_t packets)
{
    QueueLimit limit;
    limit.packets = packets;
    return limit;
}

// A policy whose slices, and whose control slice, hold as many packets as said.

std::unique_ptr<SchedulerPolicy>
MakeFifo(uint32_t packets)
{
    return std::make_unique<FifoScheduler>(Packets(packets), Packets(packets));
}

std::unique_ptr<SchedulerPolicy>
MakeDeficit(uint32_t packets)
{
    SliceShares shares;
    for (SliceShare& share : shares)
    {
        share.limit = Packets(packets);
    }
    return std::make_unique<DeficitRoundRobin>(shares);
}

using Factory = std::unique_ptr<SchedulerPolicy> (*)(uint32_t);

/** What every scheduler does. */
class SchedulerPolicyTest : public ::testing::TestWithParam<Factory>
{
  protected:
    std::unique_ptr<SchedulerPolicy> Make(uint32_t packets = 1000) const
    {
        return GetParam()(packets);
    }

    SchedulerState m_state;
};

} // namespace

TEST_P(SchedulerPolicyTest, HasAName)
{
    EXPECT_FALSE(std::string(Make()->Name()).empty());
}

TEST_P(SchedulerPolicyTest, AnEmptyQueueGivesNothing)
{
    EXPECT_TRUE(m_state.Empty());
    EXPECT_FALSE(Make()->Dequeue(m_state).has_value());
    EXPECT_TRUE(m_state == SchedulerState());
}

TEST_P(SchedulerPolicyTest, WhatComesOutIsWhatWentIn)
{
    const auto policy = Make();
    EXPECT_EQ(policy->Enqueue(m_state, 3, 100, 77), QUEUED);
    EXPECT_EQ(m_state.Packets(), 1U);
    EXPECT_EQ(m_state.Bytes(), 100U);
    const auto item = policy->Dequeue(m_state);
    ASSERT_TRUE(item.has_value());
    EXPECT_TRUE((*item == Scheduled{77, 100, 3}));
    EXPECT_TRUE(m_state.Empty());
    EXPECT_EQ(m_state.Bytes(), 0U);
}

TEST_P(SchedulerPolicyTest, ASliceKeepsItsOrder)
{
    const auto policy = Make();
    std::mt19937 random(1);
    std::array<std::deque<uint64_t>, SLICE_COUNT> expected;
    uint64_t handle = 0;
    std::size_t waiting = 0;
    for (int step = 0; step < 20000; ++step)
    {
        if (random() % 16 < 8)
        {
            const auto slice = static_cast<uint8_t>(random() % SLICE_COUNT);
            const EnqueueResult result = policy->Enqueue(m_state, slice, random() % 3000, ++handle);
            ASSERT_EQ(result, QUEUED);
            expected[slice].push_back(handle);
            ++waiting;
        }
        else
        {
            const auto item = policy->Dequeue(m_state);
            ASSERT_EQ(item.has_value(), waiting > 0) << "no scheduler idles while something waits";
            if (item)
            {
                ASSERT_EQ(expected[item->slice].front(), item->handle);
                expected[item->slice].pop_front();
                --waiting;
            }
        }
        ASSERT_EQ(m_state.Packets(), waiting);
        ASSERT_EQ(m_state.Empty(), waiting == 0);
    }
}

TEST_P(SchedulerPolicyTest, ControlGoesFirst)
{
    const auto policy = Make();
    policy->Enqueue(m_state, 0, 100, 1);
    policy->Enqueue(m_state, 14, 100, 2);
    policy->Enqueue(m_state, CONTROL_SLICE, 9000, 3);
    policy->Enqueue(m_state, CONTROL_SLICE, 9000, 4);
    EXPECT_EQ(policy->Dequeue(m_state)->handle, 3U);
    EXPECT_EQ(policy->Dequeue(m_state)->handle, 4U);
    EXPECT_EQ(policy->Dequeue(m_state)->slice, 0U);
}

TEST_P(SchedulerPolicyTest, AFullQueueRefusesAndIsNotChanged)
{
    const auto policy = Make(2);
    for (const uint8_t slice : {uint8_t{4}, CONTROL_SLICE})
    {
        EXPECT_EQ(policy->Enqueue(m_state, slice, 10, 1), QUEUED);
        EXPECT_EQ(policy->Enqueue(m_state, slice, 10, 2), QUEUED);
        const SchedulerState before = m_state;
        EXPECT_EQ(policy->Enqueue(m_state, slice, 10, 3), EnqueueResult::QUEUE_FULL);
        EXPECT_TRUE(m_state == before);
    }
    policy->Dequeue(m_state);
    EXPECT_EQ(policy->Enqueue(m_state, CONTROL_SLICE, 10, 5), QUEUED);
}

TEST_P(SchedulerPolicyTest, ASliceThatDoesNotExistIsRefused)
{
    EXPECT_EQ(Make()->Enqueue(m_state, SLICE_COUNT, 10, 1), EnqueueResult::NO_SHARE);
    EXPECT_EQ(Make()->Enqueue(m_state, 255, 10, 1), EnqueueResult::NO_SHARE);
    EXPECT_TRUE(m_state.Empty());
}

TEST_P(SchedulerPolicyTest, ThePastOfAQueueDoesNotShowInItsValue)
{
    const auto policy = Make();
    for (uint64_t i = 0; i < 50; ++i)
    {
        policy->Enqueue(m_state, CONTROL_SLICE, 10, i);
    }
    for (int i = 0; i < 49; ++i)
    {
        policy->Dequeue(m_state);
    }
    SchedulerState fresh;
    policy->Enqueue(fresh, CONTROL_SLICE, 10, 49);
    EXPECT_TRUE(m_state == fresh);
    EXPECT_EQ(HashOf(m_state), HashOf(fresh));
    policy->Enqueue(fresh, CONTROL_SLICE, 10, 50);
    EXPECT_FALSE(m_state == fresh);
    EXPECT_NE(HashOf(m_state), HashOf(fresh));
}

TEST_P(SchedulerPolicyTest, ACopyGoesOnAlike)
{
    const auto policy = Make();
    for (uint64_t i = 0; i < 40; ++i)
    {
        policy->Enqueue(m_state, i % 3, 100 + 50 * (i % 5), i);
    }
    for (int i = 0; i < 7; ++i)
    {
        policy->Dequeue(m_state);
    }
    SchedulerState copy = m_state;
    while (!m_state.Empty())
    {
        ASSERT_TRUE(*policy->Dequeue(m_state) == *policy->Dequeue(copy));
    }
    EXPECT_TRUE(copy.Empty());
}

INSTANTIATE_TEST_SUITE_P(All,
                         SchedulerPolicyTest,
                         ::testing::Values(&MakeFifo, &MakeDeficit),
                         [](const ::testing::TestParamInfo<Factory>& info) {
                             return info.index == 0 ? "Fifo" : "DeficitRoundRobin";
                         });

TEST(FifoSchedulerTest, SlicesShareOneQueueInTheOrderOfArrival)
{
    SchedulerState state;
    const FifoScheduler policy(Packets(3));
    EXPECT_EQ(policy.Enqueue(state, 9, 10, 1), QUEUED);
    EXPECT_EQ(policy.Enqueue(state, 2, 10, 2), QUEUED);
    EXPECT_EQ(policy.Enqueue(state, 9, 10, 3), QUEUED);
    EXPECT_EQ(policy.Enqueue(state, 1, 10, 4), EnqueueResult::QUEUE_FULL);
    EXPECT_EQ(policy.Dequeue(state)->handle, 1U);
    EXPECT_EQ(policy.Dequeue(state)->handle, 2U);
    EXPECT_EQ(policy.Dequeue(state)->handle, 3U);
}

TEST(FifoSchedulerTest, ALimitOfBytesCountsBytes)
{
    SchedulerState state;
    QueueLimit limit;
    limit.bytes = 100;
    const FifoScheduler policy(limit);
    EXPECT_EQ(policy.Enqueue(state, 0, 60, 1), QUEUED);
    EXPECT_EQ(policy.Enqueue(state, 0, 41, 2), EnqueueResult::QUEUE_FULL);
    EXPECT_EQ(policy.Enqueue(state, 0, 40, 3), QUEUED);
    EXPECT_EQ(policy.Enqueue(state, 0, UINT32_MAX, 4), EnqueueResult::QUEUE_FULL);
}

TEST(DeficitRoundRobinTest, TwoOverloadedSlicesGetTheirSharesWithinAPacket)
{
    constexpr uint32_t size = 1000;
    SchedulerState state;
    const DeficitRoundRobin policy(Weights({{1, 30}, {2, 70}}));
    std::array<uint64_t, SLICE_COUNT> sent{};
    for (uint64_t i = 0; i < 900; ++i)
    {
        policy.Enqueue(state, 1, size, i);
        policy.Enqueue(state, 2, size, i);
    }
    for (uint64_t total = size; total <= 1000 * size; total += size)
    {
        sent[policy.Dequeue(state)->slice] += size;
        ASSERT_NEAR(static_cast<double>(sent[1]), 0.3 * static_cast<double>(total), size + 100);
        ASSERT_NEAR(static_cast<double>(sent[2]), 0.7 * static_cast<double>(total), size + 100);
    }
    EXPECT_NEAR(static_cast<double>(sent[1]) / size, 300, 1);
}

TEST(DeficitRoundRobinTest, SharesCountBytesNotPackets)
{
    SchedulerState state;
    const DeficitRoundRobin policy(Weights({{1, 50}, {2, 50}}));
    for (uint64_t i = 0; i < 1000; ++i)
    {
        policy.Enqueue(state, 1, 100, i);
        policy.Enqueue(state, 2, 1000, i);
    }
    std::array<uint64_t, SLICE_COUNT> sent{};
    while (sent[1] < 90000)
    {
        const auto item = policy.Dequeue(state);
        sent[item->slice] += item->size;
        ASSERT_NEAR(static_cast<double>(sent[1]), static_cast<double>(sent[2]), 1150);
    }
}

TEST(DeficitRoundRobinTest, TheStatedBoundOfFairnessHolds)
{
    std::mt19937 random(3);
    for (int round = 0; round < 30; ++round)
    {
        SchedulerState state;
        SliceShares shares;
        std::array<double, SLICE_COUNT> normal{};
        constexpr uint32_t longest = 1500;
        for (uint8_t slice = 0; slice < 5; ++slice)
        {
            shares[slice].weight = 1 + random() % (round % 2 == 0 ? 100 : 4000);
        }
        const DeficitRoundRobin policy(shares);
        const auto fill = [&](uint8_t slice) {
            policy.Enqueue(state, slice, 1 + random() % longest, 0);
        };
        // slices 0 to 3 always have something, slice 4 comes and goes
        for (uint8_t slice = 0; slice < 4; ++slice)
        {
            fill(slice);
            fill(slice);
        }
        for (int step = 0; step < 2000; ++step)
        {
            if (random() % 8 == 0)
            {
                fill(4);
            }
            const auto item = policy.Dequeue(state);
            ASSERT_TRUE(item.has_value());
            normal[item->slice] += static_cast<double>(item->size) / shares[item->slice].weight;
            if (item->slice != 4)
            {
                fill(item->slice);
            }
            for (uint8_t a = 0; a < 4; ++a)
            {
                for (uint8_t b = 0; b < a; ++b)
                {
                    const double bound =
                        double{longest} / shares[a].weight + double{longest} / shares[b].weight + 2;
                    ASSERT_LT(std::abs(normal[a] - normal[b]), bound);
                }
            }
        }
    }
}

TEST(DeficitRoundRobinTest, AnIdleSlicesShareIsUsedByTheOthers)
{
    SchedulerState state;
    const DeficitRoundRobin policy(Weights({{1, 10}, {2, 30}, {3, 60}}));
    for (uint64_t i = 0; i < 400; ++i)
    {
        policy.Enqueue(state, 1, 500, i);
        policy.Enqueue(state, 2, 500, i);
    }
    std::array<unsigned, SLICE_COUNT> sent{};
    for (int i = 0; i < 400; ++i)
    {
        ++sent[policy.Dequeue(state)->slice];
    }
    EXPECT_NEAR(sent[1], 100, 1);
    EXPECT_NEAR(sent[2], 300, 1);
    while (!state.Empty())
    {
        ++sent[policy.Dequeue(state)->slice];
    }
    EXPECT_EQ(sent[1], 400U);
}

TEST(DeficitRoundRobinTest, AnIdleSliceSavesNothingUp)
{
    SchedulerState state;
    const DeficitRoundRobin policy(Weights({{1, 50}, {2, 50}}));
    for (uint64_t i = 0; i < 300; ++i)
    {
        policy.Enqueue(state, 1, 500, i);
    }
    for (int i = 0; i < 100; ++i)
    {
        policy.Dequeue(state);
    }
    for (uint64_t i = 0; i < 100; ++i)
    {
        policy.Enqueue(state, 2, 500, i);
    }
    std::array<unsigned, SLICE_COUNT> sent{};
    for (int i = 0; i < 100; ++i)
    {
        ++sent[policy.Dequeue(state)->slice];
    }
    EXPECT_NEAR(sent[2], 50, 1);
}

TEST(DeficitRoundRobinTest, ASliceThatRunsEmptyLosesWhatItMayStillSend)
{
    SchedulerState state;
    const DeficitRoundRobin policy(Weights({{1, 1000}}));
    policy.Enqueue(state, 1, 300, 1);
    policy.Enqueue(state, 1, 300, 2);
    policy.Dequeue(state);
    EXPECT_EQ(state.deficits[1], 700U);
    policy.Dequeue(state);
    EXPECT_EQ(state.deficits[1], 0U);
}

TEST(DeficitRoundRobinTest, AMisbehavingSliceDelaysAnotherNoLongerThanTheBound)
{
    constexpr uint32_t longest = 1500;
    std::mt19937 random(4);
    for (int round = 0; round < 40; ++round)
    {
        const uint32_t own = 1 + random() % 200;
        const uint32_t greedy = 1 + random() % 200;
        const uint32_t third = 1 + random() % 200;
        SchedulerState state;
        SliceShares shares = Weights({{1, own}, {2, greedy}, {3, third}});
        shares[2].limit = Packets(50);
        const DeficitRoundRobin policy(shares);
        const double sum = own + greedy + third;
        const double bound = sum / own * longest + 2 * longest + 2 * sum;
        for (int packet = 0; packet < 100; ++packet)
        {
            // others overload the port for a random while before the packet comes
            const auto overload = [&] {
                while (policy.Enqueue(state, 2, 1 + random() % longest, 0) == QUEUED)
                {
                }
                policy.Enqueue(state, 3, 1 + random() % longest, 0);
            };
            for (uint64_t i = random() % 30; i > 0; --i)
            {
                overload();
                policy.Dequeue(state);
            }
            policy.Enqueue(state, 1, 1 + random() % longest, 1);
            double before = 0;
            for (;;)
            {
                overload();
                const auto item = policy.Dequeue(state);
                if (item->slice == 1)
                {
                    break;
                }
                before += item->size;
                ASSERT_LE(before, bound) << own << ' ' << greedy << ' ' << third;
            }
        }
    }
}

TEST(DeficitRoundRobinTest, AFullSliceLeavesRoomInAnother)
{
    SchedulerState state;
    SliceShares shares;
    shares[1].limit = Packets(1);
    const DeficitRoundRobin policy(shares);
    EXPECT_EQ(policy.Enqueue(state, 1, 10, 1), QUEUED);
    EXPECT_EQ(policy.Enqueue(state, 1, 10, 2), EnqueueResult::QUEUE_FULL);
    EXPECT_EQ(policy.Enqueue(state, 2, 10, 3), QUEUED);
}

TEST(DeficitRoundRobinTest, ASliceWithoutAShareIsRefused)
{
    SchedulerState state;
    const DeficitRoundRobin policy(Weights({{7, 0}, {CONTROL_SLICE, 0}}));
    EXPECT_EQ(policy.Enqueue(state, 7, 10, 1), EnqueueResult::NO_SHARE);
    EXPECT_EQ(policy.Enqueue(state, CONTROL_SLICE, 10, 1), QUEUED);
}

TEST(DeficitRoundRobinTest, ExtremeWeightsAndSizesDoNotOverflow)
{
    SchedulerState state;
    const DeficitRoundRobin policy(Weights({{1, 1}, {2, UINT32_MAX}}));
    for (uint64_t i = 0; i < 4; ++i)
    {
        policy.Enqueue(state, 1, UINT32_MAX, i);
        policy.Enqueue(state, 2, UINT32_MAX, i);
    }
    std::string order;
    while (const auto item = policy.Dequeue(state))
    {
        order += static_cast<char>('0' + item->slice);
    }
    EXPECT_EQ(order, "22221111");
    EXPECT_EQ(state.deficits[1], 0U);
    EXPECT_EQ(state.deficits[2], 0U);
}

TEST(DeficitRoundRobinTest, PacketsOfNoBytesPass)
{
    SchedulerState state;
    const DeficitRoundRobin policy;
    for (uint8_t slice = 0; slice < SLICE_COUNT; ++slice)
    {
        policy.Enqueue(state, slice, 0, slice);
    }
    unsigned count = 0;
    while (policy.Dequeue(state))
    {
        ++count;
    }
    EXPECT_EQ(count, unsigned{SLICE_COUNT});
}
