// SPDX-License-Identifier: GPL-2.0-only

#include "../common/strata-allocation-counter.h"
#include "strata-firewall-packets.h"

#include "ns3/strata-firewall-machine.h"

#include <gtest/gtest.h>
#include <random>

namespace ns3
{
namespace strata
{
namespace
{

using Raw = RawPackets;
using State = FirewallState;
using Fate = FirewallFate;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint8_t FIN = 1;
constexpr uint8_t SYN = 2;
constexpr uint8_t RST = 4;
constexpr uint8_t ACK = 16;

constexpr FirewallPort IN{FlowSide::INSIDE, 1};
constexpr FirewallPort OUT{FlowSide::OUTSIDE, 2};
constexpr FirewallPort NODE{};

const std::string A = "10.0.0.1"; // inside
const std::string B = "192.0.2.1";

/** A machine, and how packets come to it. */
struct Gate
{
    FirewallMachine machine;
    Nanos now{0};
    uint64_t handle{0};

    explicit Gate(const char* rules = "")
    {
        Add(rules);
    }

    void Add(const char* rules)
    {
        const auto parsed = ParseFirewallRules(rules);
        EXPECT_TRUE(parsed) << rules;
        for (const FirewallRule& rule : *parsed)
        {
            machine.AddRule(rule);
        }
    }

    FirewallVerdict Pass(const Bytes& bytes, FirewallPort in, FirewallPort out)
    {
        FirewallPacket packet = Raw::Read(bytes);
        packet.in = in;
        packet.out = out;
        return machine.Step(packet, ++handle, now);
    }

    FirewallVerdict Outward(const Bytes& bytes)
    {
        return Pass(bytes, IN, OUT);
    }

    FirewallVerdict Inward(const Bytes& bytes)
    {
        return Pass(bytes, OUT, IN);
    }

    /** A segment between A, port 1000, and B, port 80. */
    FirewallVerdict There(uint8_t flags)
    {
        return Outward(Raw::Ip4(A, B, 6, Raw::Tcp(1000, 80, flags)));
    }

    FirewallVerdict Back(uint8_t flags)
    {
        return Inward(Raw::Ip4(B, A, 6, Raw::Tcp(80, 1000, flags)));
    }

    void Establish()
    {
        EXPECT_EQ(There(SYN).fate, Fate::ACCEPT);
        EXPECT_EQ(Back(SYN | ACK).fate, Fate::ACCEPT);
        EXPECT_EQ(There(ACK).fate, Fate::ACCEPT);
        EXPECT_EQ(machine.Flows().Count(FlowClass::TCP_ESTABLISHED), 1U);
    }
};

TEST(FirewallMachine, WhatBeginsInsidePassesAndWhatBeginsOutsideDoesNot)
{
    Gate gate;
    FirewallVerdict verdict = gate.Inward(Raw::Ip4(B, A, 17, Raw::Udp(5, 6)));
    EXPECT_EQ(verdict.fate, Fate::DROP);
    EXPECT_EQ(verdict.state, State::NEW);
    EXPECT_EQ(verdict.reason, FirewallReason::POLICY);
    EXPECT_EQ(verdict.rule, 3U);
    EXPECT_EQ(gate.machine.Flows().size(), 0U);

    verdict = gate.Outward(Raw::Ip4(A, B, 17, Raw::Udp(6, 5)));
    EXPECT_EQ(verdict.fate, Fate::ACCEPT);
    EXPECT_EQ(verdict.rule, 2U);
    verdict = gate.Inward(Raw::Ip4(B, A, 17, Raw::Udp(5, 6)));
    EXPECT_EQ(verdict.fate, Fate::ACCEPT);
    EXPECT_EQ(verdict.state, State::ESTABLISHED);
    EXPECT_EQ(verdict.rule, 1U);
    EXPECT_EQ(gate.machine.Flows().Count(FlowClass::UDP_ANSWERED), 1U);

    EXPECT_EQ(gate.Pass(Raw::Ip4(B, A, 17, Raw::Udp(7, 8)), OUT, NODE).fate, Fate::DROP);
    EXPECT_EQ(gate.Pass(Raw::Ip4(A, B, 17, Raw::Udp(9, 9)), NODE, OUT).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Pass(Raw::Ip4(B, A, 17, Raw::Udp(9, 9)), OUT, NODE).fate, Fate::ACCEPT);
}

TEST(FirewallMachine, AConnectionIsFollowedToItsEndAndForgottenInTime)
{
    Gate gate;
    gate.Establish();
    gate.now = minutes(123);
    EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.There(FIN | ACK).fate, Fate::ACCEPT);
    gate.now += minutes(100);
    EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT) << "half-closed is established";
    EXPECT_EQ(gate.Back(FIN | ACK).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.machine.Flows().Count(FlowClass::TCP_CLOSING), 1U);
    EXPECT_EQ(gate.There(ACK).fate, Fate::ACCEPT);
    gate.machine.ClearEffects();
    gate.now += minutes(4);
    gate.machine.Advance(gate.now);
    ASSERT_EQ(gate.machine.Events().size(), 1U);
    EXPECT_EQ(gate.machine.Events()[0].end, FlowEnd::TIMEOUT);
    EXPECT_EQ(gate.machine.Events()[0].flow.packets[0], 4U);
    EXPECT_EQ(gate.machine.Events()[0].flow.packets[1], 4U);
    EXPECT_EQ(gate.machine.NextDeadline(), NEVER);
    const FirewallVerdict late = gate.Back(ACK);
    EXPECT_EQ(late.state, State::INVALID);
    EXPECT_EQ(late.fault, FirewallFault::NO_FLOW);
    EXPECT_EQ(late.reason, FirewallReason::INVALID);
}

TEST(FirewallMachine, AServerCannotCallBackItsFormerClient)
{
    for (const bool reset : {false, true})
    {
        Gate gate;
        gate.Establish();
        if (reset)
        {
            gate.Back(RST | ACK);
        }
        else
        {
            gate.There(FIN | ACK);
            gate.Back(FIN | ACK);
        }
        FirewallVerdict verdict = gate.Back(SYN);
        EXPECT_EQ(verdict.fate, Fate::DROP);
        EXPECT_EQ(verdict.state, State::NEW);
        gate.machine.ClearEffects();
        verdict = gate.There(SYN);
        EXPECT_EQ(verdict.fate, Fate::ACCEPT) << "but the client may, on the same ports";
        EXPECT_EQ(gate.machine.Flows().Count(FlowClass::TCP_OPENING), 1U);
        EXPECT_EQ(gate.machine.Flows().size(), 1U);
        ASSERT_EQ(gate.machine.Events().size(), 2U);
        EXPECT_EQ(gate.machine.Events()[0].end, FlowEnd::REOPENED);
        EXPECT_TRUE(gate.machine.Events()[1].began);
    }
}

TEST(FirewallMachine, CrossingSynsPass)
{
    Gate gate;
    EXPECT_EQ(gate.There(SYN).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Back(SYN).fate, Fate::ACCEPT); // RFC 5382 REQ-2
    EXPECT_EQ(gate.There(SYN | ACK).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Back(SYN | ACK).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.machine.Flows().Count(FlowClass::TCP_ESTABLISHED), 1U);
}

TEST(FirewallMachine, ErrorsAboutFlowsPassAndNoOthers)
{
    Gate gate;
    gate.Outward(Raw::Ip4(A, B, 17, Raw::Udp(6, 5)));
    const auto error = [&](uint8_t type, const Bytes& quoted, const std::string& to) {
        return gate.Inward(Raw::Ip4("198.51.100.7", to, 1, Raw::Icmp(type, 0, 0, quoted)));
    };
    const Bytes quoted = Raw::Ip4(A, B, 17, Raw::Udp(6, 5));
    for (const uint8_t type : {3, 11, 12})
    {
        const FirewallVerdict verdict = error(type, quoted, A);
        EXPECT_EQ(verdict.fate, Fate::ACCEPT) << int{type};
        EXPECT_EQ(verdict.state, State::RELATED);
    }
    // A redirect, a source quench, another flow, another receiver, an error about an answer.
    EXPECT_EQ(error(5, quoted, A).fate, Fate::DROP);
    EXPECT_EQ(error(4, quoted, A).fate, Fate::DROP);
    EXPECT_EQ(error(3, Raw::Ip4(A, B, 17, Raw::Udp(6, 7)), A).fault,
              FirewallFault::UNRELATED_ERROR);
    EXPECT_EQ(error(3, quoted, "10.0.0.2").fault, FirewallFault::UNRELATED_ERROR);
    EXPECT_EQ(error(3, Raw::Ip4(B, A, 17, Raw::Udp(5, 6)), B).fault, FirewallFault::WRONG_SIDE);
    // From inside about the answers, and of the node itself about what it dropped.
    EXPECT_EQ(
        gate.Outward(Raw::Ip4(A, B, 1, Raw::Icmp(3, 3, 0, Raw::Ip4(B, A, 17, Raw::Udp(5, 6)))))
            .state,
        State::RELATED);
    EXPECT_EQ(
        gate.Pass(Raw::Ip4("10.0.0.2", A, 1, Raw::Icmp(3, 13, 0, Raw::Ip4(A, B, 6, {}))), NODE, IN)
            .fate,
        Fate::ACCEPT);
    EXPECT_EQ(gate.machine.Flows().size(), 1U) << "an error begins no flow";
}

TEST(FirewallMachine, ErrorsOfIcmp6PassLikewise)
{
    Gate gate;
    gate.Outward(Raw::Ip6("fd00::1", "fd00:2::1", 17, Raw::Udp(6, 5)));
    const Bytes quoted =
        Raw::Ip6("fd00::1", "fd00:2::1", 60, Raw::Extension(17, 1, Raw::Udp(6, 5)));
    for (const uint8_t type : {1, 2, 3, 4})
    {
        EXPECT_EQ(
            gate.Inward(Raw::Ip6("fd00:3::1", "fd00::1", 58, Raw::Icmp(type, 0, 0, quoted))).state,
            State::RELATED);
    }
    EXPECT_EQ(gate.Inward(Raw::Ip6("fd00:3::1", "fd00::2", 58, Raw::Icmp(2, 0, 0, quoted))).state,
              State::INVALID);
}

TEST(FirewallMachine, PingsPassFromTheSideThatAsks)
{
    Gate gate;
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 1, Raw::Icmp(0, 0, 3))).fault, FirewallFault::NO_FLOW);
    EXPECT_EQ(gate.Outward(Raw::Ip4(A, B, 1, Raw::Icmp(8, 0, 3))).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 1, Raw::Icmp(0, 0, 3))).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 1, Raw::Icmp(0, 0, 4))).fate, Fate::DROP);
    const FirewallVerdict request = gate.Inward(Raw::Ip4(B, A, 1, Raw::Icmp(8, 0, 3)));
    EXPECT_EQ(request.state, State::NEW);
    EXPECT_EQ(request.fate, Fate::DROP);
    gate.now = seconds(60);
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 1, Raw::Icmp(0, 0, 3))).fate, Fate::DROP);
}

TEST(FirewallMachine, TheNodeAnswersAnEchoRequestToMany)
{
    Gate gate("accept ip=6 proto=icmp6 type=echo-request state=new");
    const auto echo = [&](const std::string& from, const std::string& to, uint8_t type, bool in) {
        return gate.Pass(Raw::Ip6(from, to, 58, Raw::Icmp(type, 0, 3)),
                         in ? OUT : NODE,
                         in ? NODE : OUT);
    };
    EXPECT_EQ(echo("fd00:2::1", "ff02::1", 128, true).fate, Fate::ACCEPT);
    const FirewallVerdict reply = echo("fd00:2::2", "fd00:2::1", 129, false);
    EXPECT_EQ(reply.fate, Fate::ACCEPT); // RFC 4443 section 4.2
    EXPECT_EQ(reply.state, State::NEW);
    EXPECT_EQ(gate.machine.Flows().size(), 0U);
    EXPECT_EQ(echo("fd00:2::1", "fd00:2::2", 129, true).fault, FirewallFault::NO_FLOW);
}

TEST(FirewallMachine, ForgedInsideAddressesFromOutsideDoNotPass)
{
    Gate gate;
    gate.Establish();
    const FirewallVerdict verdict = gate.Pass(Raw::Ip4(A, B, 6, Raw::Tcp(1000, 80, RST)), OUT, OUT);
    EXPECT_EQ(verdict.fate, Fate::DROP);
    EXPECT_EQ(verdict.fault, FirewallFault::WRONG_SIDE);
    EXPECT_EQ(gate.machine.Flows().Count(FlowClass::TCP_ESTABLISHED), 1U);
    EXPECT_EQ(gate.Inward(Raw::Ip4(A, A, 17, Raw::Udp(1, 1))).fault, FirewallFault::BAD_ADDRESS);
    EXPECT_EQ(gate.Inward(Raw::Ip4("224.0.0.1", A, 17, Raw::Udp(1, 1))).fault,
              FirewallFault::BAD_ADDRESS);
}

TEST(FirewallMachine, TheFirstRuleThatHoldsDecides)
{
    Gate gate("drop in=outside src=192.0.2.66\n"
              "accept in=outside proto=tcp dst=10.0.0.0/24 dport=80,8000-8010 state=new\n"
              "reject in=outside proto=tcp with=reset\n"
              "reject in=dev9 proto=udp");
    const auto syn = [&](const std::string& from, uint16_t port) {
        return gate.Inward(Raw::Ip4(from, A, 6, Raw::Tcp(1, port, SYN)));
    };
    EXPECT_EQ(syn("192.0.2.66", 80).rule, 1U);
    EXPECT_EQ(syn(B, 80).rule, 2U);
    EXPECT_EQ(syn(B, 8005).fate, Fate::ACCEPT);
    const FirewallVerdict refused = syn(B, 8011);
    EXPECT_EQ(refused.fate, Fate::REJECT);
    EXPECT_EQ(refused.answer, FirewallAnswer::RESET);
    EXPECT_EQ(refused.reason, FirewallReason::RULE);
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 17, Raw::Udp(1, 2))).rule, 7U) << "no device of that name";
    EXPECT_EQ(gate.machine.Resolve([](const std::string& name) {
        return name == "dev9" ? std::optional<uint32_t>(OUT.device) : std::nullopt;
    }),
              "");
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 17, Raw::Udp(1, 2))).rule, 4U);

    EXPECT_TRUE(gate.machine.RemoveRule(3));
    EXPECT_FALSE(gate.machine.RemoveRule(4)) << "what stands behind is the policy";
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 17, Raw::Udp(1, 2))).rule, 3U);
    gate.machine.AddRule(*ParseFirewallRule("drop"), 1);
    EXPECT_EQ(syn(B, 80).rule, 1U);
    gate.machine.ClearRules();
    EXPECT_EQ(gate.machine.Rules().size(), 3U);
    EXPECT_EQ(gate.machine.Resolve([](const std::string&) { return std::nullopt; }), "");
}

TEST(FirewallMachine, ARuleWithoutAStateLeavesInvalidPacketsAlone)
{
    Gate gate("accept proto=tcp dport=80");
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 6, Raw::Tcp(1, 80, ACK))).fate, Fate::DROP);
    gate.Add("accept proto=tcp dport=80 state=any");
    EXPECT_EQ(gate.Inward(Raw::Ip4(B, A, 6, Raw::Tcp(1, 80, ACK))).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.machine.Flows().size(), 0U);
}

TEST(FirewallMachine, WithoutAPolicyNothingPasses)
{
    Gate gate;
    gate.machine.SetPolicy({});
    const FirewallVerdict verdict = gate.There(SYN);
    EXPECT_EQ(verdict.fate, Fate::DROP);
    EXPECT_EQ(verdict.rule, 0U);
    EXPECT_EQ(gate.machine.GetUnruled(), 1U);
}

TEST(FirewallMachine, AConnectionThatBeganUnseenGoesOnIfToldSo)
{
    Gate gate;
    gate.Establish();
    gate.machine.ClearEffects();
    gate.machine.ForgetFlows();
    ASSERT_EQ(gate.machine.Events().size(), 1U);
    EXPECT_FALSE(gate.machine.Events()[0].began);
    EXPECT_STREQ(FlowEndName(gate.machine.Events()[0].end), "forgotten");
    EXPECT_EQ(gate.There(ACK).fate, Fate::DROP);
    FirewallMachine::Config config;
    config.pickUp = true;
    gate.machine.SetConfig(config);
    EXPECT_EQ(gate.Back(ACK).fate, Fate::DROP) << "the rules see it as new";
    EXPECT_EQ(gate.There(RST).fate, Fate::DROP);
    EXPECT_EQ(gate.There(ACK).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.machine.Flows().Count(FlowClass::TCP_ESTABLISHED), 1U);
    EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT);
}

TEST(FirewallMachine, AFloodOfNewFlowsLeavesEstablishedOnes)
{
    for (const auto whenFull : {FlowTable::WhenFull::EVICT, FlowTable::WhenFull::REFUSE})
    {
        Gate gate("accept in=outside proto=tcp dport=80 state=new");
        FirewallMachine::Config config;
        config.flows.limit = 100;
        config.flows.whenFull = whenFull;
        gate.machine.SetConfig(config);
        gate.Establish();
        for (uint32_t i = 0; i < 5000; ++i)
        {
            const std::string from =
                "198.18." + std::to_string(i / 256) + "." + std::to_string(i % 256);
            const FirewallVerdict verdict = gate.Inward(Raw::Ip4(from, A, 6, Raw::Tcp(1, 80, SYN)));
            EXPECT_EQ(verdict.fate == Fate::ACCEPT,
                      i < 99 || whenFull == FlowTable::WhenFull::EVICT);
            EXPECT_LE(gate.machine.Flows().size(), 100U);
            gate.machine.ClearEffects();
        }
        EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT);
        EXPECT_EQ(gate.machine.GetEvictedFlows() + gate.machine.GetRefusedFlows(), 4901U);
    }
}

TEST(FirewallMachine, NeighborDiscoveryPassesBetweenNeighborsAlone)
{
    Gate gate("drop proto=icmp6");
    const auto come = [&](uint8_t type, uint8_t hops, FirewallPort to) {
        return gate.Pass(Raw::Ip6("fe80::1",
                                  "ff02::1",
                                  58,
                                  Raw::Icmp(type,
                                            0,
                                            0,
                                            Bytes(type == 137                ? 32
                                                  : type < 134 || type > 137 ? 0
                                                  : type == 134              ? 8
                                                                             : 16)),
                                  hops),
                         OUT,
                         to);
    };
    for (const uint8_t type : {133, 134, 135, 136, 137, 141, 142, 148, 149})
    {
        EXPECT_EQ(come(type, 255, NODE).fate, Fate::ACCEPT) << int{type};
        EXPECT_EQ(come(type, 254, NODE).fault, FirewallFault::NEIGHBOR) << int{type};
        EXPECT_EQ(come(type, 255, IN).fault, FirewallFault::NEIGHBOR) << int{type};
    }
    for (const uint8_t type : {130, 131, 132, 143})
    {
        EXPECT_EQ(come(type, 1, NODE).fate, Fate::ACCEPT) << int{type};
    }
    EXPECT_EQ(
        gate.Pass(Raw::Ip6("fd00:9::1", "ff02::1", 58, Raw::Icmp(130, 0, 0), 1), OUT, NODE).fate,
        Fate::DROP);
    EXPECT_EQ(gate.Pass(Raw::Ip6("fe80::2", "ff02::1", 58, Raw::Icmp(135, 0, 0, Bytes(16)), 255),
                        NODE,
                        OUT)
                  .fate,
              Fate::ACCEPT);
    // Options that are cut or empty, a code, a header between (RFC 4861 section 7.1).
    const auto solicit = [&](const Bytes& rest, uint8_t code = 0) {
        return gate.Pass(Raw::Ip6("fe80::1", "ff02::1", 58, Raw::Icmp(135, code, 0, rest), 255),
                         OUT,
                         NODE);
    };
    Bytes option(24);
    option[16] = 1;
    EXPECT_EQ(solicit(option).fault, FirewallFault::BAD_HEADER);
    option[17] = 1;
    EXPECT_EQ(solicit(option).fate, Fate::ACCEPT);
    EXPECT_EQ(solicit(option, 1).fault, FirewallFault::BAD_HEADER);
    option[17] = 2;
    EXPECT_EQ(solicit(option).fault, FirewallFault::BAD_HEADER);
    EXPECT_EQ(solicit(Bytes(17)).fault, FirewallFault::BAD_HEADER);
    EXPECT_EQ(solicit(Bytes(15)).fault, FirewallFault::BAD_HEADER);
    EXPECT_EQ(gate.Pass(Raw::Ip6("fe80::1",
                                 "ff02::1",
                                 60,
                                 Raw::Extension(58, 1, Raw::Icmp(135, 0, 0, Bytes(16))),
                                 255),
                        OUT,
                        NODE)
                  .fault,
              FirewallFault::NEIGHBOR);
    FirewallMachine::Config config;
    config.passDiscovery = false;
    gate.machine.SetConfig(config);
    EXPECT_EQ(come(135, 255, NODE).rule, 1U);
    EXPECT_EQ(gate.machine.Flows().size(), 0U);
}

constexpr uint16_t MORE = 0x2000;

/** A datagram of UDP to port 53 in three fragments: 0 to 24, 24 to 48, 48 to 60. */
Bytes
Piece(int which, uint16_t id, const std::string& from = A, const std::string& to = B)
{
    const Bytes whole = Raw::Udp(1, 53, 52);
    const auto begin = whole.begin() + which * 24;
    const Bytes part(begin, which == 2 ? whole.end() : begin + 24);
    return Raw::Ip4(from,
                    to,
                    17,
                    part,
                    static_cast<uint16_t>((which == 2 ? 0 : MORE) | which * 3),
                    id);
}

TEST(FirewallMachine, FragmentsFollowTheFirst)
{
    Gate gate("accept in=outside proto=udp dport=54 state=new");
    for (int i = 0; i < 3; ++i)
    {
        EXPECT_EQ(gate.Outward(Piece(i, 1)).fate, Fate::ACCEPT) << i;
        const FirewallVerdict refused = gate.Inward(Piece(i, 1, B, "10.0.0.9"));
        EXPECT_EQ(refused.fate, Fate::DROP) << i;
        EXPECT_EQ(refused.reason,
                  i == 0 ? FirewallReason::POLICY : FirewallReason::FRAGMENT_REFUSED);
    }
    EXPECT_EQ(gate.machine.NextDeadline(), seconds(30));
    EXPECT_EQ(gate.machine.Flows().size(), 1U);
}

TEST(FirewallMachine, FragmentsBeforeTheFirstWaitForIt)
{
    Gate gate;
    EXPECT_EQ(gate.Outward(Piece(2, 1)).fate, Fate::HOLD); // 1
    EXPECT_EQ(gate.Outward(Piece(1, 1)).fate, Fate::HOLD); // 2
    EXPECT_EQ(gate.Outward(Piece(1, 1)).reason, FirewallReason::FRAGMENT_REPEATED);
    EXPECT_TRUE(gate.machine.Releases().empty());
    EXPECT_EQ(gate.Outward(Piece(0, 1)).fate, Fate::ACCEPT);
    ASSERT_EQ(gate.machine.Releases().size(), 2U);
    EXPECT_EQ(gate.machine.Releases()[0].handle, 1U);
    EXPECT_TRUE(gate.machine.Releases()[0].pass);
    EXPECT_TRUE(gate.machine.Releases()[1].pass);
    gate.machine.ClearEffects();

    EXPECT_EQ(gate.Inward(Piece(1, 2, B, "10.0.0.9")).fate, Fate::HOLD);
    EXPECT_EQ(gate.Inward(Piece(0, 2, B, "10.0.0.9")).fate, Fate::DROP);
    ASSERT_EQ(gate.machine.Releases().size(), 1U);
    EXPECT_EQ(gate.machine.Releases()[0].reason, FirewallReason::FRAGMENT_REFUSED);
    gate.machine.ClearEffects();

    EXPECT_EQ(gate.Outward(Piece(1, 3)).fate, Fate::HOLD);
    gate.now = seconds(30);
    gate.machine.Advance(gate.now);
    ASSERT_EQ(gate.machine.Releases().size(), 1U);
    EXPECT_EQ(gate.machine.Releases()[0].reason, FirewallReason::FRAGMENT_NO_FIRST);
}

TEST(FirewallMachine, AnOverlapRefusesTheRestOfItsDatagram)
{
    Gate gate;
    EXPECT_EQ(gate.Outward(Piece(0, 1)).fate, Fate::ACCEPT);
    const Bytes over = Raw::Ip4(A, B, 17, Bytes(24), MORE | 2, 1); // 16 to 40
    EXPECT_EQ(gate.Outward(over).reason, FirewallReason::FRAGMENT_OVERLAP);
    EXPECT_EQ(gate.Outward(Piece(1, 1)).reason, FirewallReason::FRAGMENT_OVERLAP);
    EXPECT_EQ(gate.Outward(Piece(2, 1)).reason, FirewallReason::FRAGMENT_OVERLAP);
    // Beyond the end, another end, an end before what came.
    EXPECT_EQ(gate.Outward(Piece(0, 2)).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Outward(Piece(2, 2)).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Outward(Raw::Ip4(A, B, 17, Bytes(24), MORE | 8, 2)).reason,
              FirewallReason::FRAGMENT_OVERLAP);
    EXPECT_EQ(gate.Outward(Piece(0, 3)).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Outward(Raw::Ip4(A, B, 17, Bytes(24), MORE | 6, 3)).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Outward(Raw::Ip4(A, B, 17, Bytes(24), 3, 3)).reason,
              FirewallReason::FRAGMENT_OVERLAP);
    // From another device it is another datagram.
    EXPECT_EQ(gate.Outward(Piece(0, 4)).fate, Fate::ACCEPT);
    EXPECT_EQ(gate.Inward(Piece(1, 4)).fate, Fate::HOLD);
    EXPECT_EQ(gate.Outward(Piece(1, 4)).fate, Fate::ACCEPT);
}

TEST(FirewallMachine, FragmentsThatWaitAreLimited)
{
    Gate gate;
    FirewallMachine::Config config;
    config.fragments.maxHeld = 10;
    config.fragments.maxDatagrams = 20;
    gate.machine.SetConfig(config);
    uint32_t refused = 0;
    for (uint16_t id = 0; id < 30; ++id)
    {
        refused += gate.Inward(Piece(1, id, B, A)).reason == FirewallReason::FRAGMENT_LIMIT;
    }
    EXPECT_EQ(refused, 10U);
    EXPECT_EQ(gate.machine.Releases().size(), 10U) << "the oldest made room";
    EXPECT_EQ(gate.machine.Releases()[0].reason, FirewallReason::FRAGMENT_LIMIT);
}

TEST(FirewallMachine, PacketsOfAKnownFlowPassNoListOfRules)
{
    Gate gate;
    for (int i = 0; i < 1000; ++i)
    {
        gate.Add("drop proto=tcp dport=22");
    }
    gate.Establish();
    gate.Back(ACK);
    const uint64_t walks = gate.machine.Rules().GetWalks();
    EXPECT_LE(walks, 3U) << "the SYN, and one packet each way";
    const uint64_t counted = gate.machine.Rules().Entries()[1000].packets;
    for (int i = 0; i < 100; ++i)
    {
        EXPECT_EQ(gate.There(ACK).rule, 1001U);
        EXPECT_EQ(gate.Back(ACK).rule, 1001U);
    }
    EXPECT_EQ(gate.machine.Rules().GetWalks(), walks);
    EXPECT_EQ(gate.machine.Rules().Entries()[1000].packets, counted + 200);
}

TEST(FirewallMachine, WhatIsRememberedOfTheRulesEndsWhenTheyChange)
{
    Gate gate;
    gate.Establish();
    EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT);
    gate.Add("drop in=outside proto=tcp sport=80");
    EXPECT_EQ(gate.Back(ACK).rule, 1U);
    EXPECT_EQ(gate.Back(ACK).rule, 1U);
    EXPECT_EQ(gate.There(ACK).fate, Fate::ACCEPT) << "the other way";
    gate.machine.ClearRules();
    EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT);
    gate.machine.SetPolicy({});
    EXPECT_EQ(gate.Back(ACK).rule, 0U);
    EXPECT_EQ(gate.Back(ACK).rule, 0U);
    EXPECT_EQ(gate.machine.GetUnruled(), 2U);
    gate.machine.SetPolicy(*ParseFirewallRules(FirewallMachine::DEFAULT_POLICY));
    EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT);
    // A rule about a device that is found later.
    gate.Add("drop in=wan");
    EXPECT_EQ(gate.Back(ACK).fate, Fate::ACCEPT);
    gate.machine.Resolve([](const std::string&) { return OUT.device; });
    EXPECT_EQ(gate.Back(ACK).rule, 1U);
}

TEST(FirewallMachine, WhatIsRememberedHoldsForTheSameWayAndCodeAlone)
{
    Gate gate("drop in=dev7\ndrop out=dev8\ndrop proto=icmp type=8/3");
    gate.machine.Resolve([](const std::string& name) { return name == "dev7" ? 7U : 8U; });
    gate.Establish();
    const Bytes segment = Raw::Ip4(A, B, 6, Raw::Tcp(1000, 80, ACK));
    constexpr FirewallPort IN7{FlowSide::INSIDE, 7};
    constexpr FirewallPort OUT8{FlowSide::OUTSIDE, 8};
    constexpr FirewallPort FAR{FlowSide::INSIDE, 1U << 30}; // a number that is not remembered
    for (int i = 0; i < 3; ++i)
    {
        EXPECT_EQ(gate.Pass(segment, IN, OUT).rule, 4U);
        EXPECT_EQ(gate.Pass(segment, IN7, OUT).rule, 1U);
        EXPECT_EQ(gate.Pass(segment, IN, OUT8).rule, 2U);
        EXPECT_EQ(gate.Pass(segment, FAR, OUT8).rule, 2U);
        EXPECT_EQ(gate.Pass(segment, FAR, OUT).rule, 4U);
    }
    EXPECT_EQ(gate.Outward(Raw::Ip4(A, B, 1, Raw::Icmp(8, 0, 3))).rule, 5U);
    for (int i = 0; i < 3; ++i)
    {
        EXPECT_EQ(gate.Outward(Raw::Ip4(A, B, 1, Raw::Icmp(8, 0, 3))).rule, 4U);
        EXPECT_EQ(gate.Outward(Raw::Ip4(A, B, 1, Raw::Icmp(8, 3, 3))).rule, 3U);
    }
}

TEST(FirewallMachine, InPassingTheSameIsDoneOrNothing)
{
    const auto read = [](const Bytes& bytes, bool back) {
        FirewallPacket packet = Raw::Read(bytes);
        packet.in = back ? OUT : IN;
        packet.out = back ? IN : OUT;
        return packet;
    };
    std::mt19937 random(5);
    Gate whole("drop proto=udp dport=7");
    Gate passing("drop proto=udp dport=7");
    std::size_t passed = 0;
    for (int i = 0; i < 20000; ++i)
    {
        if (i == 10000)
        {
            whole.Add("drop proto=tcp dport=1001");
            passing.Add("drop proto=tcp dport=1001");
        }
        const bool back = random() % 2 == 0;
        const auto inside = static_cast<uint16_t>(1000 + random() % 4);
        const auto outside = static_cast<uint16_t>(random() % 8 == 0 ? 7 : 80);
        const uint8_t kinds[] = {SYN, SYN | ACK, ACK, ACK, ACK, FIN | ACK, RST, 0};
        const uint8_t protocol = random() % 2 == 0 ? 6 : 17;
        const uint16_t from = back ? outside : inside;
        const uint16_t to = back ? inside : outside;
        const Bytes bytes =
            Raw::Ip4(back ? B : A,
                     back ? A : B,
                     protocol,
                     protocol == 6 ? Raw::Tcp(from, to, kinds[random() % 8], random() % 50)
                                   : Raw::Udp(from, to, random() % 50),
                     random() % 20 == 0 ? 0x2000 : 0,
                     static_cast<uint16_t>(i));
        const FirewallPacket packet = read(bytes, back);
        whole.now = passing.now += std::chrono::milliseconds(random() % 10000);
        const FirewallVerdict expected = whole.machine.Step(packet, 1, whole.now);
        const std::size_t events = whole.machine.Events().size();
        if (passing.machine.StepInPassing(packet, passing.now))
        {
            ++passed;
            ASSERT_EQ(expected.fate, Fate::ACCEPT);
            ASSERT_EQ(expected.state, State::ESTABLISHED);
            ASSERT_EQ(events, 0U);
        }
        else
        {
            ASSERT_EQ(passing.machine.Step(packet, 1, passing.now).fate, expected.fate);
        }
        ASSERT_EQ(passing.machine.Events().size(), events);
        ASSERT_EQ(passing.machine.NextDeadline(), whole.machine.NextDeadline());
        whole.machine.ClearEffects();
        passing.machine.ClearEffects();
    }
    EXPECT_GT(passed, 5000U);
    EXPECT_EQ(passing.machine.GetInPassing(), passed);
    std::vector<TrackedFlow> flows;
    whole.machine.Flows().ForEach([&](const TrackedFlow& flow) { flows.push_back(flow); });
    std::size_t at = 0;
    passing.machine.Flows().ForEach([&](const TrackedFlow& flow) {
        ASSERT_LT(at, flows.size());
        EXPECT_EQ(flow.Tie(), flows[at++].Tie());
    });
    EXPECT_EQ(at, flows.size());
    for (std::size_t i = 0; i < whole.machine.Rules().size(); ++i)
    {
        EXPECT_EQ(passing.machine.Rules().Entries()[i].packets,
                  whole.machine.Rules().Entries()[i].packets);
        EXPECT_EQ(passing.machine.Rules().Entries()[i].bytes,
                  whole.machine.Rules().Entries()[i].bytes);
    }
}

TEST(FirewallMachine, APacketOfAKnownFlowAllocatesNothing)
{
    Gate gate("drop dport=1; drop dport=2; drop src=10.9.0.0/16");
    gate.Establish();
    gate.machine.ClearEffects();
    FirewallPacket packet = Raw::Read(Raw::Ip4(A, B, 6, Raw::Tcp(1000, 80, ACK)));
    packet.in = IN;
    packet.out = OUT;
    const auto before = AllocationCount();
    for (int i = 0; i < 1000; ++i)
    {
        gate.machine.Step(packet, 1, seconds(i));
        gate.machine.ClearEffects();
    }
    EXPECT_EQ(AllocationCount(), before);
}

} // namespace
} // namespace strata
} // namespace ns3
