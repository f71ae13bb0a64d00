// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ipv4-options-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using Action = Ipv4OptionsAction;
using Kind = Ipv4OptionKind;
using Options = Ipv4WireHeader::Options;

// the stops of Fig. 5-48's example, and what each of them looks like to the next
constexpr uint32_t LONDON = 0x01000001;
constexpr uint32_t NEW_YORK = 0x02000001;
constexpr uint32_t LOS_ANGELES = 0x03000001;
constexpr uint32_t HONOLULU = 0x04000001;
constexpr uint32_t SYDNEY = 0x05000001;
constexpr uint32_t OUT = 0x100; // added: a stop's address on the side where the datagram leaves

Ipv4WireHeader
Header(const Options& options = {})
{
    Ipv4WireHeader header;
    header.source = LONDON;
    header.destination = SYDNEY;
    header.protocol = 1;
    header.options = options;
    header.totalLength = static_cast<uint16_t>(header.HeaderSize() + 8);
    header.SetChecksum();
    return header;
}

Ipv4OptionsRules
Following()
{
    Ipv4OptionsRules rules;
    rules.sourceRoute = Ipv4SourceRoutePolicy::PROCESS;
    return rules;
}

Ipv4OptionsVerdict
Judge(const Options& options, bool mine = false, const Ipv4OptionsRules& rules = Following())
{
    return JudgeIpv4Options(Header(options), mine, rules);
}

void
ExpectProblem(const Ipv4OptionsVerdict& verdict, unsigned pointer)
{
    EXPECT_EQ(verdict.action, Action::PARAMETER_PROBLEM);
    EXPECT_EQ(verdict.pointer, pointer);
}

/** Judges and stamps as a node does; the checksum must stay right. */
Options
Stamped(const Options& options,
        bool mine,
        const Ipv4OptionsStamp& stamp,
        const Ipv4OptionsRules& rules = Following())
{
    Ipv4WireHeader header = Header(options);
    const auto verdict = JudgeIpv4Options(header, mine, rules);
    EXPECT_NE(verdict.action, Action::PARAMETER_PROBLEM);
    StampIpv4Options(header, verdict.plan, stamp);
    EXPECT_TRUE(header.HasRightChecksum());
    return header.options;
}

Ipv4WireHeader
SourceRouted(Kind kind, const std::vector<uint32_t>& stops)
{
    Ipv4WireHeader header = Header();
    EXPECT_TRUE(SetIpv4SourceRoute(header, kind, stops));
    header.totalLength = static_cast<uint16_t>(header.HeaderSize() + 8);
    header.SetChecksum();
    return header;
}

/** The header behind the stop that is its destination now. */
Ipv4WireHeader
BehindAStop(Ipv4WireHeader header)
{
    const auto verdict = JudgeIpv4Options(header, true, Following());
    EXPECT_EQ(verdict.action, Action::SOURCE_ROUTE);
    StampIpv4Options(header, verdict.plan, {header.destination + OUT});
    EXPECT_EQ(header.destination, verdict.nextDestination);
    EXPECT_TRUE(header.HasRightChecksum());
    return header;
}

TEST(Ipv4OptionsDecision, AHeaderWithoutOptionsGoesOn)
{
    const auto verdict = Judge({});
    EXPECT_EQ(verdict.action, Action::CONTINUE);
    EXPECT_FALSE(verdict.plan.Changes());
    EXPECT_FALSE(verdict.plan.routerAlert);
}

/** RFC 1812 section 5.3.13.1: unrecognized options are passed through unchanged. */
TEST(Ipv4OptionsDecision, UnknownOptionsPassUnchanged)
{
    const Options options{0x1e, 4, 7, 7, 0xde, 3, 9, 1};
    const auto verdict = Judge(options);
    EXPECT_EQ(verdict.action, Action::CONTINUE);
    EXPECT_EQ(Stamped(options, false, {1, 2, true}), options);
}

TEST(Ipv4OptionsDecision, AMalformedOptionIsAProblemAtItsLength)
{
    ExpectProblem(Judge({1, 7, 0, 4}), 22);
    ExpectProblem(Judge({7, 9, 4, 0}), 21);
    ExpectProblem(Judge({1, 1, 1, 7}), 23);
    ExpectProblem(Judge({1, 1, 0x94, 2}), 23);
}

// ---- Record route -------------------------------------------------------------------------------

/** RFC 791: each module inserts its address as known in the environment of the next network. */
TEST(Ipv4OptionsDecision, RecordRouteTakesOneAddressAfterAnother)
{
    Options options;
    Ipv4OptionWriter(options).RecordRoute(3);
    Ipv4OptionWriter(options).Pad();
    options = Stamped(options, false, {0x0a000001});
    EXPECT_EQ(options, (Options{7, 15, 8, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    options = Stamped(options, false, {0x0a000002});
    options = Stamped(options, true, {0x0a000003});
    EXPECT_EQ(options, (Options{7, 15, 16, 10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3, 0}));
}

/** RFC 791: if the route data area is already full the datagram is forwarded unchanged. */
TEST(Ipv4OptionsDecision, AFullRecordRouteIsForwardedUnchanged)
{
    const Options options{7, 7, 8, 10, 0, 0, 1, 0};
    const auto verdict = Judge(options);
    EXPECT_EQ(verdict.action, Action::CONTINUE);
    EXPECT_EQ(Stamped(options, false, {0x0a000002}), options);
}

/** RFC 791: some room but not enough room for a full address is an error. */
TEST(Ipv4OptionsDecision, ARecordRouteWithHalfASlotLeftIsAProblem)
{
    ExpectProblem(Judge({7, 9, 8, 10, 0, 0, 1, 0, 0, 0, 0, 0}), 22);
}

/** RFC 1812 section 5.3.13.5: the switch holds for forwarded datagrams alone. */
TEST(Ipv4OptionsDecision, ARouterToldNotToRecordStillRecordsWhatIsForItself)
{
    Ipv4OptionsRules rules;
    rules.recordRoute = false;
    const Options options{7, 7, 4, 0, 0, 0, 0, 0};
    EXPECT_EQ(Stamped(options, false, {0x0a000001}, rules), options);
    EXPECT_NE(Stamped(options, true, {0x0a000001}, rules), options);
}

/** RFC 791: appears at most once. */
TEST(Ipv4OptionsDecision, AnOptionThatMayComeOnceIsAProblemTheSecondTime)
{
    ExpectProblem(Judge({7, 3, 4, 7, 3, 4, 0, 0}), 23);
    ExpectProblem(Judge({0x44, 4, 5, 0, 0x44, 4, 5, 0}), 24);
    ExpectProblem(Judge({0x82, 3, 0xab, 0x82, 3, 0xab, 0, 0}), 23);
    EXPECT_EQ(Judge({0x94, 4, 0, 0, 0x94, 4, 0, 0}).action, Action::CONTINUE);
}

/** RFC 1812 section 5.2.4.1: the pointer is at the beginning of the second source route. */
TEST(Ipv4OptionsDecision, ASecondSourceRouteIsAProblemWhereItBegins)
{
    ExpectProblem(Judge({0x83, 3, 4, 0x89, 3, 4, 0, 0}), 23);
    ExpectProblem(Judge({1, 0x89, 3, 4, 0x89, 3, 4, 0}), 24);
}

// ---- Timestamps ---------------------------------------------------------------------------------

TEST(Ipv4OptionsDecision, TimesAloneFollowEachOther)
{
    Options options;
    Ipv4OptionWriter(options).Timestamps(2);
    options = Stamped(options, false, {1, 0x11223344});
    options = Stamped(options, false, {1, 0x55667788});
    EXPECT_EQ(options, (Options{0x44, 12, 13, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88}));
}

TEST(Ipv4OptionsDecision, AnAddressComesBeforeItsTime)
{
    Options options;
    Ipv4OptionWriter(options).TimestampsWithAddress(1);
    options = Stamped(options, false, {0x0a000001, 0x11223344});
    EXPECT_EQ(options, (Options{0x44, 12, 13, 1, 10, 0, 0, 1, 0x11, 0x22, 0x33, 0x44}));
}

/** RFC 791: registers only if its own address matches the next specified one. */
TEST(Ipv4OptionsDecision, OnlyTheNextNamedAddressPutsItsTime)
{
    Options options;
    Ipv4OptionWriter(options).PrespecifiedTimestamps({0x0a000001, 0x0a000002});
    EXPECT_EQ(Judge(options).plan.timestampFor, 0x0a000001u);
    EXPECT_EQ(Stamped(options, false, {0x0b000001, 7, false}), options);
    options = Stamped(options, false, {0x0b000001, 7, true});
    EXPECT_EQ(options,
              (Options{0x44, 20, 13, 3, 10, 0, 0, 1, 0, 0, 0, 7, 10, 0, 0, 2, 0, 0, 0, 0}));
    EXPECT_EQ(Judge(options).plan.timestampFor, 0x0a000002u);
    options = Stamped(options, true, {0x0b000001, 8, true});
    EXPECT_EQ(Judge(options).plan.timestampFor, std::nullopt);
    EXPECT_EQ(Stamped(options, false, {0x0b000001, 9, true}), options) << "full, nobody counts";
}

/** RFC 791: the overflow counts those that find no room; its own overflow is an error. */
TEST(Ipv4OptionsDecision, TheOverflowIsCountedUpToFifteen)
{
    for (const uint8_t form : {0, 1})
    {
        Options options{0x44, 12, 13, form, 0, 0, 0, 0, 0, 0, 0, 0};
        for (int count = 1; count <= 15; ++count)
        {
            options = Stamped(options, false, {1, 2});
            EXPECT_EQ(options[3], count << 4 | form);
            EXPECT_EQ(options[2], 13);
        }
        ExpectProblem(Judge(options), 23);
    }
}

TEST(Ipv4OptionsDecision, ATimestampWithHalfAnEntryLeftIsAProblem)
{
    ExpectProblem(Judge({0x44, 6, 5, 0, 0, 0, 0, 0}), 22);
    ExpectProblem(Judge({0x44, 8, 5, 1, 0, 0, 0, 0}), 22);
    ExpectProblem(Judge({0x44, 8, 5, 3, 0, 0, 0, 0}), 22);
}

TEST(Ipv4OptionsDecision, AnUnknownFormOfTimestampPassesUnchanged)
{
    const Options options{0x44, 8, 5, 2, 0, 0, 0, 0};
    EXPECT_EQ(Stamped(options, false, {1, 2, true}), options);
    const Options full{0x44, 8, 9, 0xf2, 0, 0, 0, 0};
    EXPECT_EQ(Stamped(full, true, {1, 2, true}), full);
}

/** RFC 1812 section 5.3.13.6, as for record route. */
TEST(Ipv4OptionsDecision, ARouterToldNotToStampStillStampsWhatIsForItself)
{
    Ipv4OptionsRules rules;
    rules.timestamp = false;
    const Options options{0x44, 8, 5, 0, 0, 0, 0, 0};
    EXPECT_EQ(Stamped(options, false, {1, 2}, rules), options);
    EXPECT_EQ(Stamped(options, true, {1, 2}, rules), (Options{0x44, 8, 9, 0, 0, 0, 0, 2}));
}

/** RFC 791: milliseconds since midnight UT. */
TEST(Ipv4OptionsDecision, TimeStartsAgainAtMidnight)
{
    using namespace std::chrono_literals;
    EXPECT_EQ(Ipv4TimestampAt(0ns), 0u);
    EXPECT_EQ(Ipv4TimestampAt(1'999'999ns), 1u);
    EXPECT_EQ(Ipv4TimestampAt(24h - 1ms), 86'399'999u);
    EXPECT_EQ(Ipv4TimestampAt(24h), 0u);
    EXPECT_EQ(Ipv4TimestampAt(49h + 5ms), 3'600'005u);
}

// ---- Source routes ------------------------------------------------------------------------------

TEST(Ipv4OptionsDecision, TheFirstStopIsTheDestinationAndTheLastTheEndOfTheRoute)
{
    const auto header = SourceRouted(Kind::LOOSE_SOURCE_ROUTE, {NEW_YORK, SYDNEY});
    EXPECT_EQ(header.destination, NEW_YORK);
    EXPECT_EQ(header.options, (Options{0x83, 7, 4, 5, 0, 0, 1, 0}));

    Ipv4WireHeader other = Header();
    EXPECT_TRUE(SetIpv4SourceRoute(other, Kind::LOOSE_SOURCE_ROUTE, {NEW_YORK}));
    EXPECT_TRUE(other.options.empty()) << "a route of one stop is none";
    EXPECT_EQ(other.destination, NEW_YORK);
    EXPECT_FALSE(SetIpv4SourceRoute(other, Kind::LOOSE_SOURCE_ROUTE, {}));
    EXPECT_FALSE(
        SetIpv4SourceRoute(other, Kind::LOOSE_SOURCE_ROUTE, std::vector<uint32_t>(11, SYDNEY)));
    EXPECT_EQ(other.destination, NEW_YORK);
    EXPECT_TRUE(
        SetIpv4SourceRoute(other, Kind::LOOSE_SOURCE_ROUTE, std::vector<uint32_t>(10, SYDNEY)));
    EXPECT_EQ(other.options.size(), 40u);
}

TEST(Ipv4OptionsDecision, ASourceRouteStandsBeforeOtherOptions)
{
    Ipv4WireHeader header = Header({7, 7, 4, 0, 0, 0, 0, 0});
    EXPECT_TRUE(SetIpv4SourceRoute(header, Kind::STRICT_SOURCE_ROUTE, {NEW_YORK, SYDNEY}));
    EXPECT_EQ(header.options, (Options{0x89, 7, 4, 5, 0, 0, 1, 7, 7, 4, 0, 0, 0, 0, 0, 0}));
}

/** London to Sydney, forced west over New York, Los Angeles and Honolulu. */
TEST(Ipv4OptionsDecision, ALooseRouteGoesFromStopToStopAndRecordsThem)
{
    auto header = SourceRouted(Kind::LOOSE_SOURCE_ROUTE, {NEW_YORK, LOS_ANGELES, HONOLULU, SYDNEY});
    const auto between = JudgeIpv4Options(header, false, Following());
    EXPECT_EQ(between.action, Action::CONTINUE) << "between the stops it is forwarded as it is";
    EXPECT_FALSE(between.plan.Changes());

    header = BehindAStop(header);
    EXPECT_EQ(header.destination, LOS_ANGELES);
    header = BehindAStop(header);
    EXPECT_EQ(header.destination, HONOLULU);
    header = BehindAStop(header);
    EXPECT_EQ(header.destination, SYDNEY);
    EXPECT_EQ(header.options, (Options{0x83, 15, 16, 2, 0, 1, 1, 3, 0, 1, 1, 4, 0, 1, 1, 0}));

    const auto arrived = JudgeIpv4Options(header, true, Following());
    EXPECT_EQ(arrived.action, Action::CONTINUE);
    EXPECT_FALSE(arrived.plan.Changes());
}

TEST(Ipv4OptionsDecision, ANodeTellsStrictFromLoose)
{
    EXPECT_TRUE(JudgeIpv4Options(SourceRouted(Kind::STRICT_SOURCE_ROUTE, {NEW_YORK, SYDNEY}),
                                 true,
                                 Following())
                    .strict);
    EXPECT_FALSE(JudgeIpv4Options(SourceRouted(Kind::LOOSE_SOURCE_ROUTE, {NEW_YORK, SYDNEY}),
                                  true,
                                  Following())
                     .strict);
}

/** RFC 1812 section 5.2.2: a strict route at a router that is no stop; at the destination. */
TEST(Ipv4OptionsDecision, AStrictRouteBesideItsStopsIsAProblemAtTheDestination)
{
    ExpectProblem(JudgeIpv4Options(SourceRouted(Kind::STRICT_SOURCE_ROUTE, {NEW_YORK, SYDNEY}),
                                   false,
                                   Following()),
                  16);
}

TEST(Ipv4OptionsDecision, ASourceRouteWithHalfASlotLeftIsAProblemAtItsStop)
{
    const Options options{0x83, 6, 4, 1, 2, 3, 0, 0};
    ExpectProblem(Judge(options, true), 22);
    EXPECT_EQ(Judge(options, false).action, Action::CONTINUE);
}

/** RFC 7126 sections 4.3.5 and 4.4.5: drop, pass as if it were not there, or process. */
TEST(Ipv4OptionsDecision, SourceRoutesAreRefusedUnlessAskedFor)
{
    for (const auto kind : {Kind::LOOSE_SOURCE_ROUTE, Kind::STRICT_SOURCE_ROUTE})
    {
        const auto header = SourceRouted(kind, {NEW_YORK, SYDNEY});
        for (const bool mine : {false, true})
        {
            const auto refused = JudgeIpv4Options(header, mine, {});
            EXPECT_EQ(refused.action, Action::SOURCE_ROUTE_REFUSED);
            EXPECT_EQ(refused.pointer, 20);
            Ipv4OptionsRules rules;
            rules.sourceRoute = Ipv4SourceRoutePolicy::IGNORE;
            const auto ignored = JudgeIpv4Options(header, mine, rules);
            EXPECT_EQ(ignored.action, Action::CONTINUE);
            EXPECT_FALSE(ignored.plan.Changes());
        }
    }
}

TEST(Ipv4OptionsDecision, AStopFillsInTheOtherOptionsToo)
{
    Ipv4WireHeader header = Header({7, 7, 4, 0, 0, 0, 0, 0x44, 8, 5, 0, 0, 0, 0, 0, 0});
    ASSERT_TRUE(SetIpv4SourceRoute(header, Kind::LOOSE_SOURCE_ROUTE, {NEW_YORK, SYDNEY}));
    header.SetChecksum();
    const auto verdict = JudgeIpv4Options(header, true, Following());
    StampIpv4Options(header, verdict.plan, {NEW_YORK + OUT, 7});
    EXPECT_TRUE(header.HasRightChecksum());
    EXPECT_EQ(header.destination, SYDNEY);
    EXPECT_EQ(header.options, (Options{0x83, 7, 8,    2, 0, 1, 1, 7, 7, 8, 2, 0,
                                       1,    1, 0x44, 8, 9, 0, 0, 0, 0, 7, 0, 0}));
}

// ---- Replies ------------------------------------------------------------------------------------

/** RFC 1122 section 3.2.1.8 (c): the reply goes the recorded way back. */
TEST(Ipv4OptionsDecision, AReplyReversesTheSourceRoute)
{
    auto header = SourceRouted(Kind::LOOSE_SOURCE_ROUTE, {NEW_YORK, LOS_ANGELES, HONOLULU, SYDNEY});
    header = BehindAStop(BehindAStop(BehindAStop(header)));
    const auto reply = ReplyIpv4Options(header);
    EXPECT_EQ(reply.destination, HONOLULU + OUT);
    EXPECT_EQ(reply.options, (Options{0x83, 15, 4, 3, 0, 1, 1, 2, 0, 1, 1, 1, 0, 0, 1, 0}));

    // and so it arrives
    Ipv4WireHeader back = Header(reply.options);
    back.source = SYDNEY;
    back.destination = reply.destination;
    back.SetChecksum();
    back = BehindAStop(back);
    EXPECT_EQ(back.destination, LOS_ANGELES + OUT);
    back = BehindAStop(back);
    EXPECT_EQ(back.destination, NEW_YORK + OUT);
    back = BehindAStop(back);
    EXPECT_EQ(back.destination, LONDON);
}

TEST(Ipv4OptionsDecision, AStrictRouteStaysStrictOnTheWayBack)
{
    const auto header = BehindAStop(SourceRouted(Kind::STRICT_SOURCE_ROUTE, {NEW_YORK, SYDNEY}));
    const auto reply = ReplyIpv4Options(header);
    EXPECT_EQ(reply.destination, NEW_YORK + OUT);
    EXPECT_EQ(reply.options, (Options{0x89, 7, 4, 1, 0, 0, 1, 0}));
}

/** RFC 1122 section 3.2.1.8 (c), case (B): {S, >>G2, ... D} records the source as a stop. */
TEST(Ipv4OptionsDecision, ARecordedSourceDoesNotComeTwiceOnTheWayBack)
{
    // received in Sydney: London itself, then New York, are recorded
    const Options options{0x83, 11, 12, 1, 0, 0, 1, 2, 0, 1, 1, 0};
    const auto reply = ReplyIpv4Options(Header(options));
    EXPECT_EQ(reply.destination, NEW_YORK + OUT);
    EXPECT_EQ(reply.options, (Options{0x83, 7, 4, 1, 0, 0, 1, 0}));

    const Options alone{0x83, 7, 8, 1, 0, 0, 1, 0};
    const auto direct = ReplyIpv4Options(Header(alone));
    EXPECT_EQ(direct.destination, LONDON);
    EXPECT_TRUE(direct.options.empty());
}

/** RFC 1122 section 3.2.2.6: record route and timestamp go into the echo reply, untruncated. */
TEST(Ipv4OptionsDecision, AReplyCarriesTheRecordsOnAndTheLabel)
{
    const Options options{0x94, 4, 0, 0, 0x82, 3, 0x5a, 7, 11, 8, 10, 0, 0,    1,
                          0,    0, 0, 0, 0x44, 8, 5,    0, 0,  0, 0,  0, 0x1e, 2};
    const auto reply = ReplyIpv4Options(Header(options));
    EXPECT_EQ(reply.destination, LONDON);
    EXPECT_EQ(reply.options, (Options{0x82, 3, 0x5a, 7, 11, 8, 10, 0, 0, 1, 0, 0,
                                      0,    0, 0x44, 8, 5,  0, 0,  0, 0, 0, 0, 0}));
}

/** RFC 1812 section 4.3.2.6: the portion before the pointer is reversed. */
TEST(Ipv4OptionsDecision, AnErrorGoesBackOverTheStopsThatWereReached)
{
    auto header = SourceRouted(Kind::LOOSE_SOURCE_ROUTE, {NEW_YORK, LOS_ANGELES, HONOLULU, SYDNEY});
    const auto atOnce = ErrorIpv4Options(header, false);
    EXPECT_EQ(atOnce.destination, LONDON);
    EXPECT_TRUE(atOnce.options.empty());

    header = BehindAStop(BehindAStop(header));
    const auto error = ErrorIpv4Options(header, false);
    EXPECT_EQ(error.destination, LOS_ANGELES + OUT);
    EXPECT_EQ(error.options, (Options{0x83, 11, 4, 2, 0, 1, 1, 1, 0, 0, 1, 0}));

    const auto complaint = ErrorIpv4Options(header, true);
    EXPECT_EQ(complaint.destination, LONDON);
    EXPECT_TRUE(complaint.options.empty());
}

TEST(Ipv4OptionsDecision, AnErrorCarriesNoRecords)
{
    const auto error = ErrorIpv4Options(Header({7, 7, 4, 0, 0, 0, 0, 0}), false);
    EXPECT_TRUE(error.options.empty());
}

// ---- The others ---------------------------------------------------------------------------------

/** RFC 2113: routers that see it examine the datagram. */
TEST(Ipv4OptionsDecision, ARouterAlertIsSeenByEveryRouter)
{
    EXPECT_EQ(Judge({0x94, 4, 0, 0}).plan.routerAlert, 0);
    EXPECT_EQ(Judge({0x94, 4, 1, 2}).plan.routerAlert, 0x0102);
    EXPECT_FALSE(Judge({0x94, 4, 0, 0}).plan.Changes());
}

/** RFC 1108 section 2: unlabelled datagrams miss an option, those out of range may not pass. */
TEST(Ipv4OptionsDecision, LabelsAreCheckedWhereTheyAreRequired)
{
    Ipv4OptionsRules rules;
    rules.requireSecurity = true;
    rules.minSecurityRank = 1;
    rules.maxSecurityRank = 2;
    const auto missing = Judge({}, false, rules);
    EXPECT_EQ(missing.action, Action::MISSING_OPTION);
    EXPECT_EQ(missing.pointer, 130);
    const auto action = [&rules](uint8_t level) {
        return Judge({0x82, 3, level, 0}, false, rules).action;
    };
    EXPECT_EQ(action(0xab), Action::SECURITY_REFUSED) << "unclassified";
    EXPECT_EQ(action(0x96), Action::CONTINUE) << "confidential";
    EXPECT_EQ(action(0x5a), Action::CONTINUE) << "secret";
    EXPECT_EQ(action(0x3d), Action::SECURITY_REFUSED) << "top secret";
    EXPECT_EQ(action(0xf1), Action::SECURITY_REFUSED) << "reserved";
    EXPECT_EQ(Judge({0x82, 3, 0x3d, 0}).action, Action::CONTINUE) << "not required";
    ExpectProblem(Judge({0x82, 2, 0, 0}), 21);
}

/** RFC 1812 section 4.2.2.1 (d), (e): the sender records itself as each router does. */
TEST(Ipv4OptionsDecision, ASenderRecordsItselfAndIsAtNoStop)
{
    Ipv4WireHeader header = SourceRouted(Kind::STRICT_SOURCE_ROUTE, {NEW_YORK, SYDNEY});
    const auto routed = JudgeOwnIpv4Options(header);
    EXPECT_EQ(routed.action, Action::CONTINUE);
    EXPECT_FALSE(routed.plan.Changes());

    header = Header({7, 7, 4, 0, 0, 0, 0, 0});
    const auto recorded = JudgeOwnIpv4Options(header);
    StampIpv4Options(header, recorded.plan, {LONDON});
    EXPECT_EQ(header.options, (Options{7, 7, 8, 1, 0, 0, 1, 0}));

    ExpectProblem(JudgeOwnIpv4Options(Header({7, 8, 4, 0})), 21);
}

/** A million headers of options that are nearly right: every plan that is made can be carried out.
 */
TEST(Ipv4OptionsDecision, NoBytesMakeStampingReachOutOfTheOptions)
{
    uint64_t state = 1;
    const auto random = [&state] {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<uint32_t>(state >> 33);
    };
    const uint8_t kinds[] = {7, 0x44, 0x83, 0x89};
    std::size_t changed = 0;
    for (int i = 0; i < 1'000'000; ++i)
    {
        Options options(random() % 10 * 4 + 4);
        for (uint8_t& octet : options)
        {
            octet = static_cast<uint8_t>(random());
        }
        // an option of a kind that is written to, mostly of a fitting length, with a near pointer
        options[0] = kinds[random() % 4];
        options[1] = static_cast<uint8_t>(random() % (options.size() + 2));
        options[2] = static_cast<uint8_t>(3 + random() % 20);
        options[3] = static_cast<uint8_t>(random() & 0xf3);
        for (std::size_t rest = options[1]; rest < options.size(); ++rest)
        {
            options[rest] = static_cast<uint8_t>(random() % 3);
        }
        Ipv4WireHeader header = Header(options);
        const bool mine = random() % 2;
        const auto verdict = JudgeIpv4Options(header, mine, Following());
        StampIpv4Options(header, verdict.plan, {random(), random(), random() % 2 == 0});
        ASSERT_TRUE(header.HasRightChecksum());
        ASSERT_EQ(header.options.size(), options.size());
        ASSERT_LE(ReplyIpv4Options(header).options.size(), options.size());
        changed += header.options != options;
    }
    EXPECT_GT(changed, 50'000u);
}

} // namespace
} // namespace strata
} // namespace ns3
