// SPDX-License-Identifier: GPL-2.0-only

#include "../common/strata-allocation-counter.h"
#include "strata-firewall-packets.h"

#include "ns3/strata-firewall-rules-decision.h"

#include <gtest/gtest.h>
#include <random>
#include <utility>

namespace ns3
{
namespace strata
{
namespace
{

using Raw = RawPackets;
using State = FirewallState;

constexpr uint8_t SYN = 2;

FirewallRules
Parse(const std::string& text)
{
    FirewallRules rules;
    const auto parsed = ParseFirewallRules(text);
    EXPECT_TRUE(parsed) << text;
    for (const FirewallRule& rule : *parsed)
    {
        rules.Insert(rule);
    }
    return rules;
}

FirewallPacket
Datagram(uint16_t from, uint16_t to)
{
    return Raw::Read(Raw::Ip4("10.0.0.1", "192.0.2.1", 17, Raw::Udp(from, to)));
}

/** What a rule's text asks for, worked out anew from the struct, slowly. */
bool
NaivelyHolds(const FirewallRule& rule, const FirewallPacket& p, State state)
{
    bool holds = rule.states >> static_cast<int>(state) & 1;
    holds = holds && (rule.family == 0 || rule.family == (p.ipv6 ? 6 : 4));
    bool protocol = rule.protocols.empty();
    for (const uint8_t one : rule.protocols)
    {
        protocol = protocol || one == p.protocol;
    }
    const auto among = [](const FirewallAddresses& addresses, const FlowAddress& address) {
        bool found = false;
        for (const FlowPrefix& block : addresses.blocks)
        {
            bool same = block.address.IsIpv4() == address.IsIpv4();
            for (int bit = 0; bit < block.length; ++bit)
            {
                const auto of = [bit](const FlowAddress& a) {
                    return (bit < 64 ? a.high >> (63 - bit) : a.low >> (127 - bit)) & 1;
                };
                same = same && of(block.address) == of(address);
            }
            found = found || same;
        }
        return addresses.blocks.empty() || found != addresses.others;
    };
    const auto port = [&](const std::vector<FirewallPortRange>& ranges, uint16_t value) {
        bool found = ranges.empty();
        for (const FirewallPortRange& range : ranges)
        {
            found = found || (p.hasPorts && value >= range.first && value <= range.last);
        }
        return found;
    };
    bool type = rule.icmp.empty();
    for (const FirewallIcmpRange& range : rule.icmp)
    {
        type = type || (p.icmpType >= range.first && p.icmpType <= range.last &&
                        (range.code > 255 || range.code == p.icmpCode));
    }
    const auto place = [](const FirewallPlaces& places, const FirewallPort& at) {
        return (places.sides == 0 && places.devices.empty()) ||
               (places.sides >> static_cast<int>(at.side) & 1);
    };
    return holds && protocol && among(rule.source, p.source) &&
           among(rule.destination, p.destination) && port(rule.sourcePorts, p.sourcePort) &&
           port(rule.destinationPorts, p.destinationPort) && type && place(rule.in, p.in) &&
           place(rule.out, p.out);
}

TEST(FirewallRules, HoldAsTheyDoReadOneByOne)
{
    std::mt19937 random(11);
    const auto one = [&](std::initializer_list<const char*> words) {
        return std::string(words.begin()[random() % words.size()]);
    };
    std::size_t held = 0;
    for (int round = 0; round < 300; ++round)
    {
        std::vector<FirewallRule> parsed;
        FirewallRules rules;
        for (int i = 0; i < 12; ++i)
        {
            std::string text = one({"accept", "drop", "reject"}) +
                               one({"", "", " in=inside", " in=outside,local"}) +
                               one({"", "", " out=outside", " out=local"}) +
                               one({"", " state=any", " state=new", " state=established,invalid"});
            switch (random() % 6)
            {
            case 0:
                text += one({" proto=tcp", " proto=udp,tcp"}) +
                        one({"", " dport=80", " dport=0-99,1000", " sport=1000-65535"});
                break;
            case 1:
                text += one({" proto=icmp",
                             " proto=icmp type=8",
                             " proto=icmp type=3/1,8-13",
                             " proto=icmp6 type=128/0"});
                break;
            case 2:
                text += one({" src=10.0.0.0/8",
                             " src=!10.0.0.0/31",
                             " dst=192.0.2.1",
                             " dst=!192.0.2.0/24,10.0.0.0/8"});
                break;
            case 3:
                text += one({" src=fd00::/16", " dst=!fd00:2::/32", " src=::/0", " ip=6"});
                break;
            case 4:
                text += one({" proto=ospf", " proto=udp,89 dst=0.0.0.0/0", " proto=1,58,6"});
                break;
            default:
                break;
            }
            const auto rule = ParseFirewallRule(text);
            ASSERT_TRUE(rule) << text << ": " << rule.error().ToText();
            ASSERT_EQ(*ParseFirewallRule(ToText(*rule)), *rule) << text;
            parsed.push_back(*rule);
            rules.Insert(*rule);
        }
        for (int i = 0; i < 200; ++i)
        {
            const bool ipv6 = random() % 3 == 0;
            const std::string from =
                ipv6 ? one({"fd00::1", "fd00:2::1"}) : one({"10.0.0.1", "10.0.0.2", "192.0.2.1"});
            const std::string to =
                ipv6 ? one({"fd00::2", "fd00:2::2"}) : one({"10.0.0.3", "192.0.2.1"});
            const auto port = [&] {
                return static_cast<uint16_t>(random() % 2 ? random() % 100 : 1000);
            };
            Bytes payload;
            uint8_t protocol = 0;
            switch (random() % 4)
            {
            case 0:
                protocol = 6;
                payload = Raw::Tcp(port(), port(), SYN);
                break;
            case 1:
                protocol = 17;
                payload = Raw::Udp(port(), port());
                break;
            case 2:
                protocol = ipv6 ? 58 : 1;
                payload = Raw::Icmp(ipv6 ? 128 : static_cast<uint8_t>(random() % 14),
                                    static_cast<uint8_t>(random() % 2),
                                    1);
                break;
            default:
                protocol = 89;
                break;
            }
            FirewallPacket packet = Raw::Read(ipv6 ? Raw::Ip6(from, to, protocol, payload)
                                                   : Raw::Ip4(from, to, protocol, payload));
            packet.in.side = static_cast<FlowSide>(random() % 3);
            packet.out.side = static_cast<FlowSide>(random() % 3);
            const auto state = static_cast<State>(random() % 4);
            std::size_t expected = FirewallRules::NONE;
            for (std::size_t r = parsed.size(); r-- > 0;)
            {
                expected = NaivelyHolds(parsed[r], packet, state) ? r : expected;
            }
            ASSERT_EQ(rules.Decide(packet, state), expected);
            held += expected != FirewallRules::NONE && expected > 0;
        }
    }
    EXPECT_GT(held, 10000U);
}

TEST(FirewallRules, StandInOrderWhateverIsPutInAndTakenOut)
{
    FirewallRules rules = Parse("accept dport=1\naccept dport=2\naccept dport=3");
    EXPECT_EQ(rules.Decide(Datagram(9, 3), State::NEW), 2U);
    rules.Insert(*ParseFirewallRule("drop dport=3"), 1);
    EXPECT_EQ(rules.Decide(Datagram(9, 3), State::NEW), 1U);
    EXPECT_EQ(rules.Decide(Datagram(9, 2), State::NEW), 2U);
    rules.Insert(*ParseFirewallRule("drop"), 99);
    EXPECT_EQ(rules.Decide(Datagram(9, 4), State::NEW), 4U);
    rules.Remove(1);
    EXPECT_EQ(rules.Decide(Datagram(9, 3), State::NEW), 2U);
    rules.Clear();
    EXPECT_EQ(rules.Decide(Datagram(9, 3), State::NEW), FirewallRules::NONE);
    EXPECT_EQ(rules.size(), 0U);
}

TEST(FirewallRules, CountWhatTheyDecidedOn)
{
    FirewallRules rules = Parse("drop dport=1\naccept");
    const FirewallPacket packet = Datagram(9, 2);
    for (int i = 0; i < 3; ++i)
    {
        rules.Decide(packet, State::NEW);
    }
    rules.Count(1, packet);
    rules.Count(FirewallRules::NONE, packet);
    EXPECT_EQ(rules.Entries()[0].packets, 0U);
    EXPECT_EQ(rules.Entries()[1].packets, 4U);
    EXPECT_EQ(rules.Entries()[1].bytes, 4U * 28);
    EXPECT_EQ(rules.GetWalks(), 3U);
}

TEST(FirewallRules, EachChangeIsANewVersion)
{
    FirewallRules rules;
    uint32_t last = rules.Version();
    EXPECT_NE(last, 0U);
    const auto changed = [&] { return std::exchange(last, rules.Version()) != rules.Version(); };
    rules.Decide(Datagram(1, 2), State::NEW);
    EXPECT_FALSE(changed());
    rules.Insert(*ParseFirewallRule("drop in=dev0"));
    EXPECT_TRUE(changed());
    rules.Resolve([](const std::string&) { return 0U; });
    EXPECT_TRUE(changed());
    rules.Remove(0);
    EXPECT_TRUE(changed());
    rules.Clear();
    EXPECT_TRUE(changed());
}

TEST(FirewallRules, ADeviceIsFoundByItsName)
{
    FirewallRules rules = Parse("accept in=lan,outside\ndrop out=wan,dmz");
    FirewallPacket packet = Datagram(1, 2);
    packet.in = {FlowSide::INSIDE, 1};
    packet.out = {FlowSide::OUTSIDE, 3};
    EXPECT_EQ(rules.Decide(packet, State::NEW), FirewallRules::NONE) << "not resolved";
    const auto resolver = [](const std::string& name) {
        return name == "lan"   ? std::optional<uint32_t>(1)
               : name == "wan" ? std::optional<uint32_t>(3)
                               : std::nullopt;
    };
    EXPECT_EQ(rules.Resolve(resolver), "dmz");
    EXPECT_EQ(rules.Decide(packet, State::NEW), 0U);
    packet.in.device = 2;
    EXPECT_EQ(rules.Decide(packet, State::NEW), 1U);
    packet.out.device = FirewallPort::NO_DEVICE;
    EXPECT_EQ(rules.Decide(packet, State::NEW), FirewallRules::NONE);
    packet.in.side = FlowSide::OUTSIDE;
    EXPECT_EQ(rules.Decide(packet, State::NEW), 0U) << "a side beside a name";
}

TEST(FirewallRules, PortsAndTypesOfLaterFragmentsAreNotKnown)
{
    FirewallRules rules = Parse("accept proto=udp dport=0-65535\naccept proto=icmp type=0-255\n"
                                "accept proto=udp sport=0\ndrop");
    for (const uint8_t protocol : {17, 1})
    {
        const Bytes bytes = Raw::Ip4("10.0.0.1", "192.0.2.1", protocol, Bytes(16), 4);
        EXPECT_EQ(rules.Decide(Raw::Read(bytes), State::NEW), 3U) << int{protocol};
    }
}

TEST(FirewallRules, OfManyRulesTheRightOneIsFoundWithoutAllocation)
{
    FirewallRules rules;
    for (uint32_t i = 0; i < 1000; ++i)
    {
        rules.Insert(*ParseFirewallRule("accept proto=udp in=dev" + std::to_string(i % 3) +
                                        " src=10.0.0.0/8,172.16.0.0/12 dport=" + std::to_string(i) +
                                        "," + std::to_string(2000 + i)));
    }
    rules.Resolve([](const std::string& name) { return static_cast<uint32_t>(name.back() - '0'); });
    FirewallPacket packet = Datagram(1, 2);
    rules.Decide(packet, State::NEW); // lists are made at the first call
    const auto before = AllocationCount();
    for (uint32_t i = 0; i < 1000; ++i)
    {
        packet.destinationPort = static_cast<uint16_t>(i % 2 == 0 ? i : 2000 + i);
        packet.in.device = i % 3;
        const std::size_t place = rules.Decide(packet, State::NEW);
        EXPECT_EQ(place, i);
    }
    EXPECT_EQ(AllocationCount(), before);
}

} // namespace
} // namespace strata
} // namespace ns3
