// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-tcp-header.h"
#include "ns3/strata-tcp-track-state.h"

#include <gtest/gtest.h>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

using Phase = TcpTrackPhase;

constexpr uint8_t FIN = TcpWireHeader::FIN;
constexpr uint8_t SYN = TcpWireHeader::SYN;
constexpr uint8_t RST = TcpWireHeader::RST;
constexpr uint8_t ACK = TcpWireHeader::ACK;
constexpr FlowDirection OUT = FlowDirection::OUTBOUND;
constexpr FlowDirection IN = FlowDirection::INBOUND;

/** Where the state of a connection is after \p segments. */
TcpTrackState
After(const std::vector<std::pair<FlowDirection, uint8_t>>& segments, TcpTrackState state = {})
{
    for (const auto& [direction, flags] : segments)
    {
        const Phase phase = StepTcpTrack(state, direction, flags);
        EXPECT_EQ(phase, PhaseOf(state));
    }
    return state;
}

Phase
PhaseAfter(const std::vector<std::pair<FlowDirection, uint8_t>>& segments)
{
    return PhaseOf(After(segments));
}

const TcpTrackState OPEN = After({{OUT, SYN}, {IN, SYN | ACK}, {OUT, ACK}});
const TcpTrackState CLOSED =
    After({{OUT, FIN | ACK}, {IN, ACK}, {IN, FIN | ACK}, {OUT, ACK}}, OPEN);

TEST(TcpTrackState, IsOneOctet)
{
    EXPECT_EQ(sizeof(TcpTrackState), 1U);
}

TEST(TcpTrackState, OnlyASynWithoutAckBegins)
{
    for (int flags = 0; flags < 256; ++flags)
    {
        const bool opens = (flags & (SYN | ACK | RST | FIN)) == SYN;
        EXPECT_EQ(PhaseAfter({{OUT, static_cast<uint8_t>(flags)}}),
                  opens ? Phase::TRANSITORY : Phase::NONE)
            << flags;
    }
}

TEST(TcpTrackState, TheThirdSegmentEstablishes)
{
    EXPECT_EQ(PhaseAfter({{OUT, SYN}}), Phase::TRANSITORY);
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {OUT, SYN}}), Phase::TRANSITORY);
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, SYN | ACK}}), Phase::TRANSITORY);
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, SYN | ACK}, {OUT, ACK}}), Phase::ESTABLISHED);
    EXPECT_EQ(PhaseAfter({{IN, SYN}, {OUT, SYN | ACK}, {IN, ACK}}), Phase::ESTABLISHED);
}

TEST(TcpTrackState, AnAckThatAnswersNoSynDoesNotEstablish)
{
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {OUT, ACK}, {IN, ACK}, {OUT, ACK}}), Phase::TRANSITORY);
}

TEST(TcpTrackState, CrossingSynsEstablish)
{
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, SYN}}), Phase::TRANSITORY);
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, SYN}, {OUT, SYN | ACK}}), Phase::TRANSITORY);
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, SYN}, {OUT, SYN | ACK}, {IN, SYN | ACK}}),
              Phase::ESTABLISHED);
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, SYN}, {IN, SYN | ACK}, {OUT, ACK}}), Phase::ESTABLISHED);
}

TEST(TcpTrackState, AHalfClosedConnectionIsStillEstablished)
{
    for (FlowDirection first : {OUT, IN})
    {
        TcpTrackState state = After({{first, FIN | ACK}, {Opposite(first), ACK}}, OPEN);
        EXPECT_EQ(PhaseOf(state), Phase::ESTABLISHED);
        state = After({{first, FIN | ACK}}, state); // sent again
        EXPECT_EQ(PhaseOf(state), Phase::ESTABLISHED);
        EXPECT_EQ(StepTcpTrack(state, Opposite(first), FIN | ACK), Phase::CLOSING);
        EXPECT_EQ(StepTcpTrack(state, first, ACK), Phase::CLOSING);
    }
}

TEST(TcpTrackState, ASynAfterTheCloseOpensAnew)
{
    for (FlowDirection opener : {OUT, IN})
    {
        TcpTrackState state = CLOSED;
        EXPECT_EQ(StepTcpTrack(state, opener, SYN), Phase::TRANSITORY);
        EXPECT_EQ(StepTcpTrack(state, Opposite(opener), SYN | ACK), Phase::TRANSITORY);
        EXPECT_EQ(StepTcpTrack(state, opener, ACK), Phase::ESTABLISHED);
        EXPECT_EQ(StepTcpTrack(state, opener, FIN | ACK), Phase::ESTABLISHED);
    }
    TcpTrackState state = CLOSED;
    EXPECT_EQ(StepTcpTrack(state, IN, SYN | ACK), Phase::CLOSING);
}

TEST(TcpTrackState, ASynWithinAConnectionChangesNothing)
{
    TcpTrackState state = OPEN;
    EXPECT_EQ(StepTcpTrack(state, IN, SYN), Phase::ESTABLISHED); // RFC 5961 section 4
    EXPECT_EQ(state, OPEN);
}

TEST(TcpTrackState, AResetIsTakenBackByWhoeverItNamed)
{
    TcpTrackState state = OPEN;
    EXPECT_EQ(StepTcpTrack(state, IN, RST), Phase::RESET);
    EXPECT_EQ(StepTcpTrack(state, OUT, ACK), Phase::RESET); // was under way
    EXPECT_EQ(StepTcpTrack(state, IN, ACK), Phase::ESTABLISHED);
    EXPECT_EQ(state, OPEN);

    EXPECT_EQ(PhaseOf(After({{IN, RST}, {OUT, RST}, {IN, ACK}}, OPEN)), Phase::RESET);
}

TEST(TcpTrackState, ASynAfterAResetOpensAnew)
{
    for (FlowDirection opener : {OUT, IN})
    {
        TcpTrackState state = After({{IN, RST | ACK}}, OPEN);
        EXPECT_EQ(StepTcpTrack(state, opener, SYN), Phase::TRANSITORY);
        EXPECT_EQ(state, After({{opener, SYN}}));
    }
}

TEST(TcpTrackState, ARefusedConnectionIsResetAndNotEstablishedLater)
{
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, RST | ACK}}), Phase::RESET);
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {IN, RST | ACK}, {OUT, ACK}, {IN, ACK}}), Phase::TRANSITORY);
}

TEST(TcpTrackState, AFinBeforeBothSynsIsNotCounted)
{
    EXPECT_EQ(PhaseAfter({{OUT, SYN}, {OUT, FIN}, {IN, FIN}}), Phase::TRANSITORY);
}

TEST(TcpTrackState, NoSegmentLeadsBackToNone)
{
    std::set<uint8_t> reached{After({{OUT, SYN}}).bits, After({{IN, SYN}}).bits};
    std::vector<uint8_t> toDo(reached.begin(), reached.end());
    while (!toDo.empty())
    {
        const uint8_t bits = toDo.back();
        toDo.pop_back();
        for (int flags = 0; flags < 64; ++flags)
        {
            for (FlowDirection direction : {OUT, IN})
            {
                TcpTrackState state{bits};
                EXPECT_NE(StepTcpTrack(state, direction, static_cast<uint8_t>(flags)), Phase::NONE);
                if (reached.insert(state.bits).second)
                {
                    toDo.push_back(state.bits);
                }
            }
        }
    }
    EXPECT_GT(reached.size(), 20U);
}

} // namespace
} // namespace strata
} // namespace ns3
