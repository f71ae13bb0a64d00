// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-firewall-fragment-table.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

namespace ns3
{
namespace strata
{
namespace
{

using Fate = FragmentFate;
using std::chrono::seconds;

/** Octets from \p begin to \p end of a datagram; the last ones if there are no \p more. */
FirewallPacket
Part(uint32_t id, uint32_t begin, uint32_t end, bool more)
{
    FirewallPacket packet;
    packet.source = FlowAddress::FromIpv4(1);
    packet.destination = FlowAddress::FromIpv4(2);
    packet.protocol = FirewallPacket::UDP;
    packet.fragment = true;
    packet.identification = id;
    packet.fragmentOffset = begin;
    packet.fragmentSize = end - begin;
    packet.moreFragments = more;
    return packet;
}

/** A table, and what it released. */
struct Table
{
    FirewallFragmentTable table;
    std::vector<FragmentRelease> released;
    Nanos now{0};

    explicit Table(std::size_t maxDatagrams = 100, std::size_t maxHeld = 100)
        : table({maxDatagrams, maxHeld, seconds(30)})
    {
    }

    Fate Step(const FirewallPacket& packet, uint64_t handle = 0)
    {
        released.clear();
        return table.Step(packet, handle, now, released);
    }

    void Settle(const FirewallPacket& packet, bool pass)
    {
        released.clear();
        table.Settle(packet, pass, released);
    }

    void Advance(Nanos to)
    {
        released.clear();
        now = to;
        table.Advance(now, released);
    }
};

TEST(FirewallFragmentTable, ADatagramThatIsWholeIsForgotten)
{
    for (const bool pass : {true, false})
    {
        Table t;
        EXPECT_EQ(t.Step(Part(1, 0, 16, true)), Fate::ASK);
        t.Settle(Part(1, 0, 16, true), pass);
        EXPECT_EQ(t.Step(Part(1, 16, 24, true)), pass ? Fate::PASS : Fate::REFUSE);
        EXPECT_EQ(t.table.size(), 1U);
        EXPECT_EQ(t.Step(Part(1, 24, 27, false)), pass ? Fate::PASS : Fate::REFUSE);
        EXPECT_EQ(t.table.size(), 0U);
        EXPECT_EQ(t.table.NextDeadline(), NEVER);
        EXPECT_EQ(t.Step(Part(1, 0, 16, true)), Fate::ASK) << "another of this number";
    }
}

TEST(FirewallFragmentTable, EachOrderOfThreeEndsAlike)
{
    const FirewallPacket parts[] = {Part(1, 0, 8, true),
                                    Part(1, 8, 16, true),
                                    Part(1, 16, 20, false)};
    std::array<std::size_t, 3> order{0, 1, 2};
    do
    {
        Table t;
        std::set<std::size_t> passed;
        for (const std::size_t i : order)
        {
            switch (t.Step(parts[i], i))
            {
            case Fate::ASK:
                passed.insert(i);
                t.Settle(parts[i], true);
                for (const FragmentRelease& release : t.released)
                {
                    EXPECT_EQ(release.fate, Fate::PASS);
                    EXPECT_TRUE(passed.insert(release.handle).second);
                }
                break;
            case Fate::PASS:
                passed.insert(i);
                break;
            default:
                EXPECT_NE(i, 0U);
                break;
            }
        }
        EXPECT_EQ(passed.size(), 3U);
        EXPECT_EQ(t.table.size(), 0U);
        EXPECT_EQ(t.table.Held(), 0U);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(FirewallFragmentTable, DatagramsAreToldApart)
{
    Table t;
    const FirewallPacket first = Part(1, 0, 8, true);
    EXPECT_EQ(t.Step(first), Fate::ASK);
    t.Settle(first, true);
    FirewallPacket other = Part(1, 8, 16, true);
    const auto held = [&](auto change) {
        FirewallPacket packet = other;
        change(packet);
        return t.Step(packet) == Fate::HOLD;
    };
    EXPECT_TRUE(held([](FirewallPacket& p) { p.identification = 2; }));
    EXPECT_TRUE(held([](FirewallPacket& p) { p.source = FlowAddress::FromIpv4(3); }));
    EXPECT_TRUE(held([](FirewallPacket& p) { p.destination = FlowAddress::FromIpv4(3); }));
    EXPECT_TRUE(held([](FirewallPacket& p) { p.protocol = 6; })) << "RFC 791 section 2.3";
    EXPECT_TRUE(held([](FirewallPacket& p) { p.in.device = 3; }));
    EXPECT_EQ(t.Step(other), Fate::PASS);
    // RFC 8200 section 4.5: of IPv6, addresses and identification alone
    FirewallPacket six = Part(7, 0, 8, true);
    six.ipv6 = true;
    EXPECT_EQ(t.Step(six), Fate::ASK);
    t.Settle(six, true);
    six = Part(7, 8, 16, true);
    six.ipv6 = true;
    six.protocol = 0;
    EXPECT_EQ(t.Step(six), Fate::PASS);
}

TEST(FirewallFragmentTable, WhatIsHeldEndsInOneWay)
{
    Table t;
    EXPECT_EQ(t.Step(Part(1, 8, 16, true), 11), Fate::HOLD);
    EXPECT_EQ(t.Step(Part(1, 16, 24, true), 12), Fate::HOLD);
    EXPECT_EQ(t.Step(Part(2, 8, 16, true), 21), Fate::HOLD);
    EXPECT_EQ(t.table.Held(), 3U);
    t.now = seconds(1);
    EXPECT_EQ(t.Step(Part(2, 0, 16, true), 22), Fate::OVERLAP);
    EXPECT_EQ(t.released, (std::vector<FragmentRelease>{{21, Fate::OVERLAP}}));
    EXPECT_EQ(t.Step(Part(2, 0, 8, true)), Fate::OVERLAP) << "the first, too";
    EXPECT_EQ(t.table.NextDeadline(), seconds(30));
    t.Advance(seconds(30) - Nanos(1));
    EXPECT_TRUE(t.released.empty());
    t.Advance(seconds(30));
    EXPECT_EQ(t.released, (std::vector<FragmentRelease>{{11, Fate::HOLD}, {12, Fate::HOLD}}));
    EXPECT_EQ(t.table.Held(), 0U);
    EXPECT_EQ(t.table.size(), 0U) << "all of second 0";
    EXPECT_EQ(t.Step(Part(3, 8, 16, true), 31), Fate::HOLD);
    EXPECT_EQ(t.Step(Part(3, 0, 8, true)), Fate::ASK);
    t.Settle(Part(3, 0, 8, true), false);
    EXPECT_EQ(t.released, (std::vector<FragmentRelease>{{31, Fate::REFUSE}}));
}

TEST(FirewallFragmentTable, TheOldestMakesRoom)
{
    Table t(2, 100);
    EXPECT_EQ(t.Step(Part(1, 8, 16, true), 11), Fate::HOLD);
    EXPECT_EQ(t.Step(Part(2, 8, 16, true), 21), Fate::HOLD);
    EXPECT_EQ(t.Step(Part(3, 8, 16, true), 31), Fate::HOLD);
    EXPECT_EQ(t.released, (std::vector<FragmentRelease>{{11, Fate::LIMIT}}));
    EXPECT_EQ(t.table.size(), 2U);
    EXPECT_EQ(t.table.Held(), 2U);
}

TEST(FirewallFragmentTable, AFragmentWithoutRoomDoesNotCountAsSeen)
{
    Table t(100, 1);
    EXPECT_EQ(t.Step(Part(1, 8, 16, true), 11), Fate::HOLD);
    EXPECT_EQ(t.Step(Part(1, 16, 24, false), 12), Fate::LIMIT);
    EXPECT_EQ(t.Step(Part(1, 0, 8, true)), Fate::ASK) << "the first needs no room";
    t.Settle(Part(1, 0, 8, true), true);
    EXPECT_EQ(t.Step(Part(1, 16, 24, false), 13), Fate::PASS) << "sent again";
    EXPECT_EQ(t.table.size(), 0U);
}

TEST(FirewallFragmentTable, TheLongestDatagramFits)
{
    Table t;
    EXPECT_EQ(t.Step(Part(1, 0, 65528, true)), Fate::ASK);
    t.Settle(Part(1, 0, 65528, true), true);
    EXPECT_EQ(t.Step(Part(1, 65528, 65535, false)), Fate::PASS);
    EXPECT_EQ(t.table.size(), 0U);
}

/** Octet by octet, without any cleverness. */
struct NaiveDatagram
{
    std::set<uint32_t> octets; //!< that passed or wait, in whole units of eight
    uint32_t end{0};           //!< 0: not known
    bool broken{false};
    bool settled{false};
    std::size_t held{0};
};

TEST(FirewallFragmentTable, AgreesWithSetsOfOctets)
{
    std::mt19937 random(3);
    std::array<uint32_t, 7> fates{};
    for (int round = 0; round < 400; ++round)
    {
        Table t;
        std::map<uint32_t, NaiveDatagram> naive;
        for (int i = 0; i < 30; ++i)
        {
            const uint32_t id = random() % 2;
            const uint32_t begin = random() % 6 * 8;
            const bool more = random() % 4 != 0;
            const uint32_t end =
                begin + (more ? (1 + random() % 2) * 8 : static_cast<uint32_t>(1 + random() % 16));
            const FirewallPacket packet = Part(id, begin, end, more);
            NaiveDatagram& d = naive[id];
            std::size_t before = 0;
            const uint32_t whole = (end + 7) / 8 * 8;
            for (uint32_t octet = begin; octet < whole; ++octet)
            {
                before += d.octets.count(octet);
            }
            const bool otherEnd = d.end != 0 && (whole > d.end || !more);
            const bool beyond = !more && !d.octets.empty() && *d.octets.rbegin() >= whole;
            Fate expected = Fate::PASS;
            if (d.broken)
            {
                expected = Fate::OVERLAP;
            }
            else if (before == whole - begin)
            {
                expected = Fate::REPEAT;
            }
            else if (before != 0 || otherEnd || beyond)
            {
                expected = Fate::OVERLAP;
                d.broken = true;
                d.held = 0;
            }
            else
            {
                expected = begin == 0 ? Fate::ASK : d.settled ? Fate::PASS : Fate::HOLD;
                for (uint32_t octet = begin; octet < whole; ++octet)
                {
                    d.octets.insert(octet);
                }
                d.end = more ? d.end : whole;
                d.held += expected == Fate::HOLD;
            }
            const Fate fate = t.Step(packet);
            ASSERT_EQ(fate, expected);
            ++fates[static_cast<std::size_t>(fate)];
            if (fate == Fate::ASK)
            {
                t.Settle(packet, true);
                EXPECT_EQ(t.released.size(), d.held);
                d.settled = true;
                d.held = 0;
            }
            if (d.settled && d.end != 0 && d.octets.size() == d.end && !d.broken)
            {
                naive.erase(id);
            }
            std::size_t held = 0;
            for (const auto& [number, datagram] : naive)
            {
                held += datagram.held;
            }
            ASSERT_EQ(t.table.size(), naive.size());
            ASSERT_EQ(t.table.Held(), held);
        }
    }
    for (const Fate fate : {Fate::ASK, Fate::PASS, Fate::HOLD, Fate::OVERLAP, Fate::REPEAT})
    {
        EXPECT_GT(fates[static_cast<std::size_t>(fate)], 100U) << static_cast<int>(fate);
    }
}

} // namespace
} // namespace strata
} // namespace ns3
