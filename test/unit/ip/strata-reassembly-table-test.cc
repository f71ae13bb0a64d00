// SPDX-License-Identifier: GPL-2.0-only

#include "strata-naive-reassembly.h"

#include "ns3/strata-fragmentation-decision.h"
#include "ns3/strata-reassembly-table.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using Reason = ReassemblyDropReason;
using std::chrono::seconds;

const Bytes HEADER(20, 0x45);

/** A fragment of identification 27 with bytes of its own. */
struct Part
{
    Part(uint32_t offset, Bytes bytes, bool more)
        : payload(std::move(bytes))
    {
        fragment.key.identification = 27;
        fragment.offset = offset;
        fragment.moreFragments = more;
        fragment.payload = payload;
        fragment.header = HEADER;
    }

    Part(const Part&) = delete;

    Bytes payload;
    ReassemblyFragment fragment;
};

std::vector<ReassemblyEffect>
Add(ReassemblyTable& table, uint32_t offset, Bytes bytes, bool more, Nanos now = Nanos(0))
{
    return table.Add(Part(offset, std::move(bytes), more).fragment, now);
}

Bytes
Counted(std::size_t size, uint8_t first = 0)
{
    Bytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
}

template <class Effect>
const Effect*
Only(const std::vector<ReassemblyEffect>& effects)
{
    return effects.size() == 1 ? std::get_if<Effect>(&effects[0]) : nullptr;
}

void
ExpectDrop(const std::vector<ReassemblyEffect>& effects, Reason reason, uint32_t fragments = 1)
{
    const auto* drop = Only<ReassemblyDrop>(effects);
    ASSERT_TRUE(drop);
    EXPECT_STREQ(ReassemblyDropName(drop->reason), ReassemblyDropName(reason));
    EXPECT_EQ(drop->fragments, fragments);
}

ReassemblyTable::Config
WithPolicy(OverlapPolicy policy)
{
    ReassemblyTable::Config config;
    config.overlap = policy;
    return config;
}

TEST(ReassemblyTable, PutsFigure541TogetherFromAnyOrderOfItsFragments)
{
    // the fragments of Fig. 5-41 (c) at a scale of eight: units 0 to 4, 5 to 7, 8 and 9
    const Bytes original = Counted(80, 'A');

    const struct
    {
        uint32_t from;
        uint32_t to;
    } rows[] = {{0, 40}, {40, 64}, {64, 80}};

    std::vector<int> order{0, 1, 2};
    do
    {
        ReassemblyTable table;
        std::vector<ReassemblyEffect> effects;
        for (const int i : order)
        {
            EXPECT_TRUE(effects.empty());
            effects = Add(table,
                          rows[i].from,
                          Bytes(original.begin() + rows[i].from, original.begin() + rows[i].to),
                          rows[i].to != 80);
        }
        const auto* whole = Only<ReassembledDatagram>(effects);
        ASSERT_TRUE(whole);
        EXPECT_EQ(whole->payload, original);
        EXPECT_EQ(whole->header, HEADER);
        EXPECT_EQ(whole->fragments, 3U);
        EXPECT_EQ(whole->largest, 40U);
        EXPECT_EQ(table.size(), 0U);
        EXPECT_EQ(table.MemoryBytes(), 0U);
    } while (std::next_permutation(order.begin(), order.end()));
}

/** Sends \p payload over \p mtu and gives what the exit router or the destination gets. */
std::vector<ReassemblyFragment>
Split(const ReassemblyFragment& packet, uint32_t mtu)
{
    FragmentationInput input;
    input.payloadSize = static_cast<uint32_t>(packet.payload.size());
    input.offset = packet.offset;
    input.moreFragments = packet.moreFragments;
    input.mtu = mtu;
    const FragmentPlan plan(input);
    std::vector<ReassemblyFragment> fragments;
    for (uint32_t i = 0; i < plan.Count(); ++i)
    {
        const FragmentPiece piece = plan.Piece(i);
        ReassemblyFragment fragment = packet;
        fragment.offset = piece.offset;
        fragment.moreFragments = piece.moreFragments;
        fragment.payload = packet.payload.Sub(piece.from, piece.size);
        fragments.push_back(fragment);
    }
    return fragments;
}

TEST(ReassemblyTable, Figure540TransparentExitsReassembleTwiceTheDestinationOnceOtherwise)
{
    const Bytes original = Counted(1400);
    ReassemblyFragment packet;
    packet.payload = original;
    packet.header = HEADER;

    // (a): G2 and G4 put together what G1 and G3 took apart
    ReassemblyTable g2;
    ReassemblyTable g4;
    std::size_t buffered = 0;
    std::optional<ReassembledDatagram> between;
    for (const auto& fragment : Split(packet, 300))
    {
        for (const auto& effect : g2.Add(fragment, Nanos(0)))
        {
            between = std::get<ReassembledDatagram>(effect);
        }
        buffered = std::max(buffered, g2.MemoryBytes());
    }
    ASSERT_TRUE(between);
    EXPECT_EQ(between->payload, original);
    EXPECT_EQ(between->fragments, 5U); // 280 bytes each
    EXPECT_GE(buffered, 4U * 280U);    // what the exit must hold
    ReassemblyFragment again = packet;
    again.payload = between->payload;
    again.header = between->header;
    std::optional<ReassembledDatagram> atExit;
    for (const auto& fragment : Split(again, 200))
    {
        for (const auto& effect : g4.Add(fragment, Nanos(0)))
        {
            atExit = std::get<ReassembledDatagram>(effect);
        }
    }
    ASSERT_TRUE(atExit);
    EXPECT_EQ(atExit->payload, original);
    EXPECT_EQ(atExit->fragments, 8U); // 176 bytes each

    // (b): fragments of fragments travel to the destination
    ReassemblyTable destination;
    std::optional<ReassembledDatagram> whole;
    for (const auto& fragment : Split(packet, 300))
    {
        for (const auto& smaller : Split(fragment, 200))
        {
            for (const auto& effect : destination.Add(smaller, Nanos(0)))
            {
                whole = std::get<ReassembledDatagram>(effect);
            }
        }
    }
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->payload, original);
    EXPECT_EQ(whole->fragments, 10U); // 176 and 104 of each 280
}

TEST(ReassemblyTable, ADatagramThatIsNoFragmentPassesAsItIs)
{
    ReassemblyTable table;
    const auto effects = Add(table, 0, Counted(13), false);
    ASSERT_TRUE(Only<ReassembledDatagram>(effects));
    EXPECT_EQ(Only<ReassembledDatagram>(effects)->payload, Counted(13));
    EXPECT_EQ(table.size(), 0U);
}

TEST(ReassemblyTable, TheHeaderOfAWholeDatagramSaysItsLengthAndHasARightChecksum)
{
    Ipv4WireHeader header;
    header.dscp = 46;
    header.ecn = 1;
    header.moreFragments = true;
    header.totalLength = 36;
    header.identification = 27;
    header.options = {148, 4, 0, 0}; // router alert
    header.SetChecksum();
    ReassemblyTable table;
    Part first(0, Counted(16), true);
    const Bytes bytes = EncodeToBytes(header);
    first.fragment.header = bytes;
    first.fragment.ecn = 1;
    Part last(16, Counted(5), false);
    last.fragment.ecn = 3;
    table.Add(last.fragment, Nanos(0));
    const auto effects = table.Add(first.fragment, Nanos(0));
    const auto* whole = Only<ReassembledDatagram>(effects);
    ASSERT_TRUE(whole);
    const auto joined = HeaderOfReassembled(*whole);
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->totalLength, 24 + 21);
    EXPECT_FALSE(joined->IsFragment());
    EXPECT_EQ(joined->ecn, 3); // congestion was met by a part of it
    EXPECT_EQ(joined->dscp, 46);
    EXPECT_EQ(joined->options, header.options);
    EXPECT_TRUE(joined->HasRightChecksum());
}

TEST(ReassemblyTable, CongestionInOneAndNoEcnInAnotherDropsTheDatagram)
{
    ReassemblyTable table;
    Part first(0, Counted(8), true);
    first.fragment.ecn = 3;
    Part last(8, Counted(8), false);
    last.fragment.ecn = 0;
    table.Add(first.fragment, Nanos(0));
    ExpectDrop(table.Add(last.fragment, Nanos(0)), Reason::MIXED_ECN, 2);
}

TEST(ReassemblyTable, ATimeoutHasWhatAnIcmpErrorNeedsOnlyWithTheFirstFragment)
{
    ReassemblyTable table;
    EXPECT_EQ(table.NextDeadline(), NEVER);
    Add(table, 400, Counted(400, 400 % 256), true, seconds(5));
    Add(table, 0, Counted(400), true, seconds(6));
    Add(table, 1600, Counted(8), true, seconds(9)); // a later fragment gives no more time
    Part other(8, Counted(8), false);
    other.fragment.key.identification = 28;
    table.Add(other.fragment, seconds(6));
    EXPECT_EQ(table.NextDeadline(), seconds(65));
    EXPECT_TRUE(table.Advance(seconds(65) - Nanos(1)).empty());

    const auto first = table.Advance(seconds(65));
    const auto* timeout = Only<ReassemblyTimeout>(first);
    ASSERT_TRUE(timeout);
    EXPECT_EQ(timeout->header, HEADER);
    EXPECT_EQ(timeout->front, Counted(576));
    EXPECT_EQ(timeout->fragments, 3U);
    EXPECT_EQ(timeout->bytes, 808U);

    const auto second = table.Advance(seconds(66));
    ASSERT_TRUE(Only<ReassemblyTimeout>(second));
    EXPECT_TRUE(Only<ReassemblyTimeout>(second)->header.empty());
    EXPECT_EQ(table.NextDeadline(), NEVER);
    EXPECT_EQ(table.MemoryBytes(), 0U);
}

TEST(ReassemblyTable, AFragmentThatComesAfterTheTimeoutBeginsAnew)
{
    ReassemblyTable table;
    Add(table, 0, Counted(8), true);
    const auto effects = Add(table, 8, Counted(8), false, seconds(60));
    EXPECT_TRUE(Only<ReassemblyTimeout>(effects));
    EXPECT_EQ(table.size(), 1U);
}

TEST(ReassemblyTable, OneLostFragmentLosesTheDatagram)
{
    for (int lost = 0; lost < 10; ++lost)
    {
        ReassemblyTable table;
        for (int i = 0; i < 10; ++i)
        {
            if (i != lost)
            {
                EXPECT_TRUE(Add(table, 8U * i, Counted(8), i != 9).empty());
            }
        }
        const auto effects = table.Advance(seconds(60));
        ASSERT_TRUE(Only<ReassemblyTimeout>(effects));
        EXPECT_EQ(Only<ReassemblyTimeout>(effects)->fragments, 9U);
        EXPECT_EQ(Only<ReassemblyTimeout>(effects)->header.empty(), lost == 0);
        EXPECT_EQ(Only<ReassemblyTimeout>(effects)->front.size(), 8U * lost); // up to the hole
    }
}

TEST(ReassemblyTable, ThePingOfDeathIsRefused)
{
    ReassemblyTable table;
    // offset 65,528 is the largest there is; eight bytes there end at 65,536
    ExpectDrop(Add(table, 65528, Counted(8), false), Reason::TOO_LONG);
    ExpectDrop(Add(table, 65120, Bytes(1480), false), Reason::TOO_LONG);
    EXPECT_EQ(table.size(), 0U);
    // 65,515 bytes fit behind 20 of header, not behind 24
    EXPECT_TRUE(Add(table, 65512, Counted(3), false).empty());
    Part first(0, Counted(8), true);
    const Bytes longer(24, 0x46);
    first.fragment.header = longer;
    ExpectDrop(table.Add(first.fragment, Nanos(0)), Reason::TOO_LONG, 2);
    ExpectDrop(Add(table, 8, Counted(8), true), Reason::LATE);
}

TEST(ReassemblyTable, TheLongestDatagramComesTogether)
{
    ReassemblyTable table;
    const Bytes original = Counted(65515);
    ReassemblyFragment packet;
    packet.payload = original;
    packet.header = HEADER;
    auto fragments = Split(packet, 68);
    EXPECT_EQ(fragments.size(), 1365U);
    std::shuffle(fragments.begin(), fragments.end(), std::mt19937(1));
    std::vector<ReassemblyEffect> effects;
    for (const auto& fragment : fragments)
    {
        EXPECT_TRUE(effects.empty());
        effects = table.Add(fragment, Nanos(0));
    }
    ASSERT_TRUE(Only<ReassembledDatagram>(effects));
    EXPECT_EQ(Only<ReassembledDatagram>(effects)->payload, original);
}

TEST(ReassemblyTable, EachPolicyGivesItsOwnBytesWhereFragmentsDiffer)
{
    const Bytes early(16, 'e');
    const Bytes late(16, 'l');
    const auto send = [&](ReassemblyTable& table) {
        Add(table, 0, early, true);
        auto effects = Add(table, 8, late, false);
        return effects;
    };
    ReassemblyTable first(WithPolicy(OverlapPolicy::FIRST_WINS));
    const auto kept = send(first);
    ASSERT_TRUE(Only<ReassembledDatagram>(kept));
    EXPECT_EQ(Only<ReassembledDatagram>(kept)->payload[8], 'e');
    EXPECT_EQ(Only<ReassembledDatagram>(kept)->payload[16], 'l');

    ReassemblyTable last(WithPolicy(OverlapPolicy::LAST_WINS));
    const auto replaced = send(last);
    ASSERT_TRUE(Only<ReassembledDatagram>(replaced));
    EXPECT_EQ(Only<ReassembledDatagram>(replaced)->payload[7], 'e');
    EXPECT_EQ(Only<ReassembledDatagram>(replaced)->payload[8], 'l');

    ReassemblyTable none(WithPolicy(OverlapPolicy::DROP_DATAGRAM));
    ExpectDrop(send(none), Reason::OVERLAP, 2);
    ExpectDrop(Add(none, 0, early, true), Reason::LATE);
    EXPECT_TRUE(none.Advance(seconds(60)).empty()); // its loss was told before
}

TEST(ReassemblyTable, DuplicatesChangeNothingUnderAnyPolicy)
{
    for (auto policy :
         {OverlapPolicy::FIRST_WINS, OverlapPolicy::LAST_WINS, OverlapPolicy::DROP_DATAGRAM})
    {
        ReassemblyTable table(WithPolicy(policy));
        Add(table, 0, Counted(16), true);
        const ReassemblyTable before = table;
        ExpectDrop(Add(table, 0, Counted(16), true), Reason::DUPLICATE);
        ExpectDrop(Add(table, 8, Counted(8, 8), true), Reason::DUPLICATE);
        EXPECT_TRUE(table == before);
        const auto effects = Add(table, 16, Counted(1), false);
        EXPECT_TRUE(Only<ReassembledDatagram>(effects));
    }
}

TEST(ReassemblyTable, FaultyFragmentsAreRefusedAndLeaveNothing)
{
    ReassemblyTable table;
    ExpectDrop(Add(table, 8, {}, false), Reason::EMPTY);
    ExpectDrop(Add(table, 0, {}, true), Reason::EMPTY);
    ExpectDrop(Add(table, 0, Counted(9), true), Reason::RAGGED);
    ExpectDrop(Add(table, UINT32_MAX - 7, Counted(9), false), Reason::TOO_LONG);
    EXPECT_EQ(table.size(), 0U);
    EXPECT_EQ(table.MemoryBytes(), 0U);
}

TEST(ReassemblyTable, MemoryStaysUnderTheLimitInAFloodAndTheOldestGo)
{
    ReassemblyTable::Config config;
    config.highMemory = 100000;
    config.lowMemory = 50000;
    ReassemblyTable table(config);
    uint64_t givenUp = 0;
    for (uint32_t i = 0; i < 100000; ++i)
    {
        Part part(8, Counted(64), true);
        part.fragment.key.source = i;
        for (const auto& effect : table.Add(part.fragment, Nanos(i)))
        {
            const auto& drop = std::get<ReassemblyDrop>(effect);
            EXPECT_EQ(drop.reason, Reason::NO_MEMORY);
            EXPECT_EQ(drop.key.source, givenUp); // in the order of their age
            ++givenUp;
        }
        ASSERT_LE(table.MemoryBytes(), config.highMemory);
    }
    EXPECT_EQ(givenUp + table.size(), 100000U);
    EXPECT_GT(table.MemoryBytes(), config.lowMemory / 2);
}

TEST(ReassemblyTable, AFragmentThatNeverFitsDoesNotEmptyTheTable)
{
    ReassemblyTable::Config config;
    config.highMemory = 4000;
    ReassemblyTable table(config);
    Add(table, 8, Counted(64), true);
    Part huge(0, Bytes(8000), true);
    huge.fragment.key.identification = 28;
    ExpectDrop(table.Add(huge.fragment, Nanos(0)), Reason::NO_MEMORY);
    EXPECT_EQ(table.size(), 1U);
}

TEST(ReassemblyTable, TheNumberOfDatagramsAndOfTheirFragmentsHasACap)
{
    ReassemblyTable::Config config;
    config.maxDatagrams = 3;
    config.maxFragments = 4;
    ReassemblyTable table(config);
    for (uint32_t i = 0; i < 4; ++i)
    {
        EXPECT_TRUE(Add(table, 16 * i, Counted(8), true).empty());
    }
    ExpectDrop(Add(table, 80, Counted(8), true), Reason::TOO_MANY, 5);
    for (uint16_t i = 0; i < 5; ++i)
    {
        Part part(8, Counted(8), true);
        part.fragment.key.identification = i;
        table.Add(part.fragment, Nanos(1));
        EXPECT_LE(table.size(), 3U);
    }
}

TEST(ReassemblyTable, HostileOrdersCostNoMoreWorkThanFriendlyOnes)
{
    // 8,189 fragments of eight bytes, each behind a hole, the first ones inside a large one: a
    // table that splits or shifts what it holds would copy 65 KB for each
    for (auto policy : {OverlapPolicy::FIRST_WINS, OverlapPolicy::LAST_WINS})
    {
        ReassemblyTable::Config config = WithPolicy(policy);
        config.maxFragments = UINT32_MAX;
        ReassemblyTable table(config);
        Add(table, 0, Bytes(65504, 1), true);
        for (uint32_t i = 0; i < 8188; ++i)
        {
            Add(table, i * 8, Bytes(8, 2), true);
        }
        // in place: still one piece
        EXPECT_EQ(table.MemoryBytes(),
                  table.DATAGRAM_COST + table.PIECE_COST + 65504 + HEADER.size());
        const auto effects = Add(table, 65504, Bytes(8, 3), false);
        const auto* whole = Only<ReassembledDatagram>(effects);
        ASSERT_TRUE(whole);
        EXPECT_EQ(whole->payload[100], policy == OverlapPolicy::FIRST_WINS ? 1 : 2);
    }
}

TEST(ReassemblyTable, RandomFragmentsComeOutAsInAModelThatWorksByteByByte)
{
    std::mt19937 random(815);
    const auto upTo = [&random](uint32_t most) { return random() % (most + 1); };
    int whole = 0;
    for (int round = 0; round < 3000; ++round)
    {
        ReassemblyTable::Config config;
        config.overlap = static_cast<OverlapPolicy>(round % 3);
        config.highMemory = round % 5 == 0 ? 3000 : 1 << 20;
        config.lowMemory = config.highMemory / 2;
        config.maxFragments = UINT32_MAX;
        config.timeout = Nanos(100);
        config.maxDatagrams = 4;
        CheckedReassembly checked(config);
        Nanos now{0};
        const uint32_t units = 3 + upTo(9); // of a datagram
        for (int step = 0; step < 60; ++step)
        {
            now += Nanos(upTo(5));
            const uint32_t from = upTo(units - 1);
            const uint32_t to = from + 1 + upTo(std::min(units - from - 1, 3U));
            // now and then an end where none should be, and bytes that differ
            const bool more = upTo(30) == 0 ? to == units : to != units;
            Bytes payload(8 * (to - from) - (more ? 0 : upTo(1) * 3), 0);
            for (std::size_t i = 0; i < payload.size(); ++i)
            {
                payload[i] = static_cast<uint8_t>(from * 8 + i + (upTo(40) == 0));
            }
            ReassemblyFragment fragment;
            fragment.key.identification = static_cast<uint16_t>(upTo(round % 7));
            fragment.offset = 8 * from;
            fragment.moreFragments = more;
            fragment.ecn = upTo(50) == 0 ? 3 : 2 - (upTo(100) == 0) * 2;
            const Bytes header(20 + 4 * upTo(10), static_cast<uint8_t>(step));
            fragment.header = header;
            fragment.payload = payload;
            const std::size_t before = checked.Table().size();
            const auto wrong = checked.Step(fragment, now);
            ASSERT_FALSE(wrong) << *wrong << " in round " << round << " step " << step;
            whole += checked.Table().size() < before;
        }
        const auto wrong = checked.Finish();
        ASSERT_FALSE(wrong) << *wrong << " in round " << round;
    }
    EXPECT_GT(whole, 1000); // so the model was not asked about holes alone
}

} // namespace
} // namespace strata
} // namespace ns3
