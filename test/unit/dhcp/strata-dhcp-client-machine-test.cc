// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-dhcp-client-machine.h"

#include <cmath>
#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/*
 * RFC 2131 figure 5, with CHECKING between an acknowledgement and BOUND. What is not in the table
 * changes nothing.
 *
 *   state        event                          to            test
 *   STOPPED      start                          INIT          TheFirstDiscoverWaits
 *   STOPPED      start with a lease             REBOOTING     ARememberedLeaseIsCheckedFirst
 *   INIT         the wait is over               SELECTING     TheFirstDiscoverWaits
 *   SELECTING    offer                          REQUESTING    AnOfferIsRequested
 *   SELECTING    no answer                      SELECTING     DiscoversBackOff
 *   REQUESTING   ACK                            CHECKING      AnAcknowledgedAddressIsProbedFor
 *   REQUESTING   NAK                            INIT          ARefusalBeginsAnew
 *   REQUESTING   no answer, four times          INIT          RequestsEnd
 *   REBOOTING    ACK, NAK, no answer            CHECKING,INIT ARememberedLeaseIsCheckedFirst, ...
 *   CHECKING     nobody has it                  BOUND         AnAcknowledgedAddressIsProbedFor
 *   CHECKING     somebody has it                INIT, DECLINE ATakenAddressIsDeclined
 *   CHECKING     the lease ends                 INIT          ALeaseThatEndsWhileItIsProbedFor...
 *   BOUND        T1                             RENEWING      ALeaseIsRenewed
 *   RENEWING     ACK                            BOUND         ALeaseIsRenewed
 *   RENEWING     NAK                            INIT          ARefusalTakesTheAddressAway
 *   RENEWING     T2                             REBINDING     RenewalsComeAtHalfOfWhatRemains
 *   REBINDING    ACK, NAK                       BOUND, INIT   RebindingIsAnswered, ...
 *   REBINDING    the lease ends                 INIT          RenewalsComeAtHalfOfWhatRemains
 *   any          release                        STOPPED       ReleaseTellsTheServer
 */

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint32_t SERVER = 0x0a000001;
constexpr uint32_t ADDRESS = 0x0a000064;
const MacBytes MAC{2, 0, 0, 0, 0, 7};

DhcpClientParameters
Parameters()
{
    DhcpClientParameters parameters;
    parameters.hardware = MAC;
    return parameters;
}

class DhcpClient : public testing::Test
{
  protected:
    explicit DhcpClient(DhcpClientParameters parameters = Parameters())
        : client(std::move(parameters), [this] { return random; })
    {
    }

    template <class E>
    static const E* Find(const DhcpClientEffects& effects)
    {
        for (const DhcpClientEffect& effect : effects)
        {
            if (const auto* found = std::get_if<E>(&effect))
            {
                return found;
            }
        }
        return nullptr;
    }

    /** The message that was sent last; its transaction is what answers need. */
    DhcpClientSend SentIn(const DhcpClientEffects& effects)
    {
        const auto* send = Find<DhcpClientSend>(effects);
        EXPECT_NE(send, nullptr);
        if (send)
        {
            last = *send;
        }
        return last;
    }

    /** Lets time run to the next deadline and does what is due. */
    DhcpClientEffects Wait()
    {
        EXPECT_NE(client.NextDeadline(), NEVER);
        now = client.NextDeadline();
        return client.Tick(now);
    }

    DhcpMessage Reply(DhcpMessageType type, uint32_t yours = ADDRESS, uint32_t lease = 1000) const
    {
        DhcpMessage message;
        message.operation = BootpOperation::REPLY;
        message.transaction = last.message.transaction;
        message.yourAddress = yours;
        std::copy(MAC.begin(), MAC.end(), message.hardware.begin());
        DhcpOptions options;
        options.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(type));
        options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, SERVER);
        options.SetU32(DhcpOptionCode::SUBNET_MASK, 0xffffff00);
        if (lease != 0)
        {
            options.SetU32(DhcpOptionCode::LEASE_TIME, lease);
        }
        message.SetOptions(options);
        return message;
    }

    void BecomeSelecting()
    {
        client.Start(now);
        SentIn(Wait());
    }

    void BecomeRequesting()
    {
        BecomeSelecting();
        SentIn(client.OnMessage(Reply(DhcpMessageType::OFFER), now));
    }

    void BecomeBound(uint32_t lease = 1000)
    {
        BecomeRequesting();
        client.OnMessage(Reply(DhcpMessageType::ACK, ADDRESS, lease), now);
        client.OnProbeDone(ADDRESS, false, now);
        EXPECT_EQ(client.GetState(), DhcpClientState::BOUND);
    }

    double random{0.5};
    Nanos now{0};
    DhcpClientMachine client;
    DhcpClientSend last;
};

TEST_F(DhcpClient, TheFirstDiscoverWaits)
{
    const DhcpClientEffects effects = client.Start(now);
    ASSERT_NE(Find<DhcpClientStateChange>(effects), nullptr);
    EXPECT_EQ(client.GetState(), DhcpClientState::INIT);
    EXPECT_EQ(Find<DhcpClientSend>(effects), nullptr);
    // Section 4.4.1: between one and ten seconds.
    EXPECT_EQ(client.NextDeadline(), milliseconds(5500));
    EXPECT_TRUE(client.Tick(milliseconds(5499)).empty());
    const DhcpClientSend send = SentIn(Wait());
    EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING);
    EXPECT_EQ(send.type, DhcpMessageType::DISCOVER);
    EXPECT_EQ(send.destination, 0xffffffff);
    EXPECT_EQ(send.source, 0u);
    EXPECT_EQ(send.message.clientAddress, 0u);
    EXPECT_EQ(send.message.HardwareAddress(), ByteView(MAC));
    EXPECT_EQ(send.message.EncodedSize(), 300u);
    EXPECT_FALSE(send.message.WantsBroadcast());
    EXPECT_EQ(send.message.Options().Find(DhcpOptionCode::PARAMETER_LIST)->size(), 12u);
}

/** Section 4.1: 4, 8, 16, 32 and 64 s, each plus or minus up to a second; never more. */
TEST_F(DhcpClient, DiscoversBackOff)
{
    BecomeSelecting();
    const uint32_t transaction = last.message.transaction;
    int base = 4;
    for (const double drawn : {0.0, 0.5, 0.999, 0.25, 0.75, 0.5, 0.5})
    {
        // The wait was drawn when the DISCOVER before was sent.
        const Nanos sent = now;
        const Nanos wait = client.NextDeadline() - sent;
        EXPECT_GE(wait, seconds(base - 1));
        EXPECT_LE(wait, seconds(base + 1));
        random = drawn;
        SentIn(Wait());
        EXPECT_EQ(last.type, DhcpMessageType::DISCOVER);
        EXPECT_EQ(last.message.transaction, transaction);
        base = std::min(2 * base, 64);
    }
    EXPECT_GT(last.message.seconds, 60); // how long it has been trying
}

TEST_F(DhcpClient, AnOfferIsRequested)
{
    BecomeRequesting();
    EXPECT_EQ(client.GetState(), DhcpClientState::REQUESTING);
    const DhcpOptions options = last.message.Options();
    EXPECT_EQ(last.type, DhcpMessageType::REQUEST);
    EXPECT_EQ(last.destination, 0xffffffff);
    // Table 4: server identifier and requested address, no ciaddr.
    EXPECT_EQ(options.U32(DhcpOptionCode::SERVER_IDENTIFIER), SERVER);
    EXPECT_EQ(options.U32(DhcpOptionCode::REQUESTED_ADDRESS), ADDRESS);
    EXPECT_EQ(last.message.clientAddress, 0u);
}

/** Section 3.1 step 3: "MUST use the same value in the DHCP message header's 'secs' field". */
TEST_F(DhcpClient, ARequestHasTheSecondsOfTheDiscover)
{
    BecomeSelecting();
    SentIn(Wait());
    const uint16_t seconds_ = last.message.seconds;
    EXPECT_EQ(seconds_, 4u);
    now += seconds(3);
    SentIn(client.OnMessage(Reply(DhcpMessageType::OFFER), now));
    EXPECT_EQ(last.type, DhcpMessageType::REQUEST);
    EXPECT_EQ(last.message.seconds, seconds_);
    SentIn(Wait());
    EXPECT_EQ(last.message.seconds, seconds_);
}

TEST_F(DhcpClient, OffersForOthersOrWithoutAServerAreIgnored)
{
    BecomeSelecting();
    DhcpMessage offer = Reply(DhcpMessageType::OFFER);
    offer.transaction ^= 1;
    EXPECT_EQ(Find<DhcpClientSend>(client.OnMessage(offer, now)), nullptr);
    offer = Reply(DhcpMessageType::OFFER);
    offer.hardware[5] ^= 1;
    EXPECT_EQ(Find<DhcpClientSend>(client.OnMessage(offer, now)), nullptr);
    offer = Reply(DhcpMessageType::OFFER);
    offer.operation = BootpOperation::REQUEST;
    EXPECT_EQ(Find<DhcpClientSend>(client.OnMessage(offer, now)), nullptr);
    offer = Reply(DhcpMessageType::OFFER);
    DhcpOptions options = offer.Options();
    options.Remove(DhcpOptionCode::SERVER_IDENTIFIER);
    offer.SetOptions(options);
    EXPECT_EQ(Find<DhcpClientSend>(client.OnMessage(offer, now)), nullptr);
    for (const uint32_t nobody : {0U, 0x7f000001U, 0xe0000001U, 0xffffffffU})
    {
        EXPECT_EQ(
            Find<DhcpClientSend>(client.OnMessage(Reply(DhcpMessageType::OFFER, nobody), now)),
            nullptr);
    }
    EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING);
}

TEST_F(DhcpClient, AnAcknowledgedAddressIsProbedFor)
{
    BecomeRequesting();
    now += milliseconds(10);
    DhcpClientEffects effects = client.OnMessage(Reply(DhcpMessageType::ACK), now);
    ASSERT_NE(Find<DhcpClientProbe>(effects), nullptr);
    EXPECT_EQ(Find<DhcpClientProbe>(effects)->address, ADDRESS);
    EXPECT_EQ(Find<DhcpClientApply>(effects), nullptr);
    EXPECT_EQ(client.GetState(), DhcpClientState::CHECKING);
    EXPECT_TRUE(client.OnProbeDone(ADDRESS + 1, false, now).empty());
    effects = client.OnProbeDone(ADDRESS, false, now + seconds(5));
    ASSERT_NE(Find<DhcpClientApply>(effects), nullptr);
    EXPECT_EQ(client.GetState(), DhcpClientState::BOUND);
    const DhcpLease& lease = Find<DhcpClientApply>(effects)->lease;
    EXPECT_EQ(lease.prefixLength, 24u);
    // Section 4.4.1: times count from when the REQUEST was sent; T1 and T2 as section 4.4.5 has
    // them.
    EXPECT_EQ(lease.obtained, now - milliseconds(10));
    EXPECT_EQ(lease.renewAt, lease.obtained + seconds(500));
    EXPECT_EQ(lease.rebindAt, lease.obtained + seconds(875));
    EXPECT_EQ(lease.expiresAt, lease.obtained + seconds(1000));
    EXPECT_EQ(client.NextDeadline(), lease.renewAt);
}

/**
 * Section 4.4.5: "If the lease expires before the client receives a DHCPACK, the client moves to
 * INIT state, MUST immediately stop any other network processing and requests network
 * initialization parameters as if the client were uninitialized." A probe takes up to 7 s.
 */
TEST_F(DhcpClient, ALeaseThatEndsWhileItIsProbedForIsNotUsed)
{
    BecomeRequesting();
    client.OnMessage(Reply(DhcpMessageType::ACK, ADDRESS, 5), now);
    now += seconds(5);
    const DhcpClientEffects effects = client.OnProbeDone(ADDRESS, false, now);
    EXPECT_EQ(Find<DhcpClientApply>(effects), nullptr);
    EXPECT_EQ(Find<DhcpClientWithdraw>(effects), nullptr); // it was never there
    EXPECT_EQ(SentIn(effects).type, DhcpMessageType::DISCOVER);
    EXPECT_EQ(last.source, 0u);
    EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING);
    EXPECT_FALSE(client.IsConfigured());
    EXPECT_FALSE(client.GetLease());
}

/** Section 4.4.5: T2 is the time to ask all servers, also if T1 went by in the same probe. */
TEST_F(DhcpClient, AProbeThatOutlastsT2IsFollowedByOneRequestToAll)
{
    BecomeRequesting();
    client.OnMessage(Reply(DhcpMessageType::ACK, ADDRESS, 8), now);
    now += milliseconds(7500); // T1 4 s, T2 7 s
    EXPECT_NE(Find<DhcpClientApply>(client.OnProbeDone(ADDRESS, false, now)), nullptr);
    EXPECT_EQ(client.NextDeadline(), now);
    SentIn(Wait());
    EXPECT_EQ(client.GetState(), DhcpClientState::REBINDING);
    EXPECT_EQ(last.destination, 0xffffffff);
    EXPECT_GT(client.NextDeadline(), now);
    // The lease ends without an answer.
    const DhcpClientEffects effects = Wait();
    ASSERT_NE(Find<DhcpClientWithdraw>(effects), nullptr);
    EXPECT_TRUE(Find<DhcpClientWithdraw>(effects)->expired);
}

TEST_F(DhcpClient, AcknowledgementsOfSomethingElseAreIgnored)
{
    BecomeRequesting();
    EXPECT_EQ(
        Find<DhcpClientProbe>(client.OnMessage(Reply(DhcpMessageType::ACK, ADDRESS + 1), now)),
        nullptr);
    EXPECT_EQ(Find<DhcpClientProbe>(client.OnMessage(Reply(DhcpMessageType::ACK, ADDRESS, 0), now)),
              nullptr);
    DhcpMessage other = Reply(DhcpMessageType::ACK);
    DhcpOptions options = other.Options();
    options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, SERVER + 1);
    other.SetOptions(options);
    EXPECT_EQ(Find<DhcpClientProbe>(client.OnMessage(other, now)), nullptr);
    EXPECT_EQ(client.GetState(), DhcpClientState::REQUESTING);
}

TEST_F(DhcpClient, ATakenAddressIsDeclined)
{
    BecomeRequesting();
    client.OnMessage(Reply(DhcpMessageType::ACK), now);
    const DhcpClientEffects effects = client.OnProbeDone(ADDRESS, true, now);
    const DhcpClientSend send = SentIn(effects);
    EXPECT_EQ(send.type, DhcpMessageType::DECLINE);
    EXPECT_EQ(send.destination, 0xffffffff);
    // Table 5.
    EXPECT_EQ(send.message.clientAddress, 0u);
    EXPECT_EQ(send.message.seconds, 0u);
    EXPECT_EQ(send.message.Options().U32(DhcpOptionCode::REQUESTED_ADDRESS), ADDRESS);
    EXPECT_EQ(send.message.Options().U32(DhcpOptionCode::SERVER_IDENTIFIER), SERVER);
    EXPECT_FALSE(send.message.Options().Has(DhcpOptionCode::PARAMETER_LIST));
    EXPECT_EQ(client.GetState(), DhcpClientState::INIT);
    EXPECT_EQ(client.NextDeadline(), now + seconds(10)); // section 3.1 step 5
    EXPECT_FALSE(client.GetLease());
}

TEST_F(DhcpClient, ARefusalBeginsAnew)
{
    BecomeRequesting();
    SentIn(client.OnMessage(Reply(DhcpMessageType::NAK, 0, 0), now));
    EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING); // at once
    // Refused again and again, it waits longer and longer.
    for (const int wait : {4, 8, 16, 32, 64, 64})
    {
        SentIn(client.OnMessage(Reply(DhcpMessageType::OFFER), now));
        client.OnMessage(Reply(DhcpMessageType::NAK, 0, 0), now);
        EXPECT_EQ(client.GetState(), DhcpClientState::INIT);
        EXPECT_EQ(client.NextDeadline() - now, seconds(wait));
        SentIn(Wait());
    }
}

TEST_F(DhcpClient, RefusalsThatNobodyAskedForAreIgnored)
{
    BecomeSelecting();
    client.OnMessage(Reply(DhcpMessageType::NAK, 0, 0), now);
    EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING);
    SentIn(client.OnMessage(Reply(DhcpMessageType::OFFER), now));
    client.OnMessage(Reply(DhcpMessageType::ACK), now);
    client.OnMessage(Reply(DhcpMessageType::NAK, 0, 0), now);
    EXPECT_EQ(client.GetState(), DhcpClientState::CHECKING);
    client.OnProbeDone(ADDRESS, false, now);
    client.OnMessage(Reply(DhcpMessageType::NAK, 0, 0), now);
    EXPECT_EQ(client.GetState(), DhcpClientState::BOUND);
    EXPECT_TRUE(client.IsConfigured());
}

TEST_F(DhcpClient, RequestsEnd)
{
    BecomeRequesting();
    for (int i = 0; i < 3; ++i)
    {
        SentIn(Wait());
        EXPECT_EQ(last.type, DhcpMessageType::REQUEST);
    }
    SentIn(Wait());
    EXPECT_EQ(last.type, DhcpMessageType::DISCOVER);
    EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING);
}

TEST_F(DhcpClient, ALeaseIsRenewed)
{
    BecomeBound();
    const DhcpClientSend send = SentIn(Wait());
    EXPECT_EQ(client.GetState(), DhcpClientState::RENEWING);
    // Table 4: ciaddr, neither server identifier nor requested address; by unicast.
    EXPECT_EQ(send.message.clientAddress, ADDRESS);
    EXPECT_EQ(send.source, ADDRESS);
    EXPECT_EQ(send.destination, SERVER);
    EXPECT_FALSE(send.message.Options().Has(DhcpOptionCode::SERVER_IDENTIFIER));
    EXPECT_FALSE(send.message.Options().Has(DhcpOptionCode::REQUESTED_ADDRESS));
    const Nanos before = client.GetLease()->expiresAt;
    const DhcpClientEffects effects = client.OnMessage(Reply(DhcpMessageType::ACK), now);
    EXPECT_EQ(client.GetState(), DhcpClientState::BOUND);
    ASSERT_NE(Find<DhcpClientApply>(effects), nullptr);
    EXPECT_TRUE(Find<DhcpClientApply>(effects)->renewed);
    EXPECT_EQ(Find<DhcpClientProbe>(effects), nullptr); // it is ours
    EXPECT_EQ(client.GetLease()->expiresAt, before + seconds(500));
}

/** Section 4.4.5: half of what remains until T2, then until the end, and never below a minute. */
TEST_F(DhcpClient, RenewalsComeAtHalfOfWhatRemains)
{
    BecomeBound(10000);
    const Nanos start = client.GetLease()->obtained;
    std::vector<double> times;
    std::vector<DhcpClientState> states;
    while (client.IsConfigured())
    {
        const DhcpClientEffects effects = Wait();
        times.push_back(std::chrono::duration<double>(now - start).count());
        states.push_back(client.GetState());
        if (const auto* withdraw = Find<DhcpClientWithdraw>(effects))
        {
            EXPECT_TRUE(withdraw->expired);
        }
    }
    // T1 5000, T2 8750.
    EXPECT_EQ(times,
              (std::vector<double>{5000,
                                   6875,
                                   7812.5,
                                   8281.25,
                                   8515.625,
                                   8632.8125,
                                   8692.8125,
                                   8750,
                                   9375,
                                   9687.5,
                                   9843.75,
                                   9921.875,
                                   9981.875,
                                   10000}));
    EXPECT_EQ(states[6], DhcpClientState::RENEWING);
    EXPECT_EQ(states[7], DhcpClientState::REBINDING);
    EXPECT_EQ(states[12], DhcpClientState::REBINDING);
    EXPECT_EQ(states[13], DhcpClientState::SELECTING);
    EXPECT_FALSE(client.GetLease());
}

TEST_F(DhcpClient, RebindingIsAnswered)
{
    BecomeBound();
    while (client.GetState() != DhcpClientState::REBINDING)
    {
        SentIn(Wait());
    }
    EXPECT_EQ(last.destination, 0xffffffff);
    EXPECT_EQ(last.message.clientAddress, ADDRESS);
    // Another server may answer (section 4.4.5).
    DhcpMessage ack = Reply(DhcpMessageType::ACK);
    DhcpOptions options = ack.Options();
    options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, SERVER + 1);
    ack.SetOptions(options);
    client.OnMessage(ack, now);
    EXPECT_EQ(client.GetState(), DhcpClientState::BOUND);
    EXPECT_EQ(client.GetLease()->server, SERVER + 1);
}

TEST_F(DhcpClient, ARefusalTakesTheAddressAway)
{
    for (const DhcpClientState state : {DhcpClientState::RENEWING, DhcpClientState::REBINDING})
    {
        DhcpClientMachine fresh(Parameters(), [] { return 0.5; });
        client = fresh;
        now = Nanos(0);
        BecomeBound();
        while (client.GetState() != state)
        {
            SentIn(Wait());
        }
        const DhcpClientEffects effects = client.OnMessage(Reply(DhcpMessageType::NAK, 0, 0), now);
        ASSERT_NE(Find<DhcpClientWithdraw>(effects), nullptr);
        EXPECT_FALSE(Find<DhcpClientWithdraw>(effects)->expired);
        EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING);
        EXPECT_FALSE(client.GetLease());
    }
}

TEST_F(DhcpClient, ARememberedLeaseIsCheckedFirst)
{
    BecomeBound();
    EXPECT_NE(Find<DhcpClientWithdraw>(client.Stop(now)), nullptr);
    EXPECT_EQ(client.NextDeadline(), NEVER);
    now += seconds(100);
    const DhcpClientSend send = SentIn(client.Start(now));
    EXPECT_EQ(client.GetState(), DhcpClientState::REBOOTING);
    // Table 4: the requested address, neither ciaddr nor server identifier.
    EXPECT_EQ(send.message.clientAddress, 0u);
    EXPECT_EQ(send.message.Options().U32(DhcpOptionCode::REQUESTED_ADDRESS), ADDRESS);
    EXPECT_FALSE(send.message.Options().Has(DhcpOptionCode::SERVER_IDENTIFIER));
    DhcpClientMachine refused = client;
    client.OnMessage(Reply(DhcpMessageType::ACK), now);
    EXPECT_EQ(client.GetState(), DhcpClientState::CHECKING);
    refused.OnMessage(Reply(DhcpMessageType::NAK, 0, 0), now);
    EXPECT_EQ(refused.GetState(), DhcpClientState::SELECTING);
    EXPECT_FALSE(refused.GetLease());
}

TEST_F(DhcpClient, ALeaseThatIsOverIsForgotten)
{
    BecomeBound();
    client.Stop(now);
    client.Start(now + seconds(1001));
    EXPECT_EQ(client.GetState(), DhcpClientState::INIT);
    EXPECT_FALSE(client.GetLease());
}

TEST_F(DhcpClient, ANewLinkIsAskedWithoutTheAddress)
{
    BecomeBound();
    const DhcpClientEffects effects = client.LinkChanged(now);
    EXPECT_NE(Find<DhcpClientWithdraw>(effects), nullptr);
    EXPECT_EQ(SentIn(effects).message.clientAddress, 0u);
    EXPECT_EQ(client.GetState(), DhcpClientState::REBOOTING);
}

TEST_F(DhcpClient, ReleaseTellsTheServer)
{
    BecomeBound();
    const DhcpClientEffects effects = client.Release(now);
    const DhcpClientSend send = SentIn(effects);
    EXPECT_EQ(send.type, DhcpMessageType::RELEASE);
    EXPECT_EQ(send.destination, SERVER);
    EXPECT_EQ(send.message.clientAddress, ADDRESS);
    EXPECT_EQ(send.message.Options().U32(DhcpOptionCode::SERVER_IDENTIFIER), SERVER);
    EXPECT_FALSE(send.message.Options().Has(DhcpOptionCode::PARAMETER_LIST));
    EXPECT_NE(Find<DhcpClientWithdraw>(effects), nullptr);
    EXPECT_EQ(client.GetState(), DhcpClientState::STOPPED);
    EXPECT_FALSE(client.GetLease());
    // Nothing to give back: nothing is said.
    EXPECT_EQ(Find<DhcpClientSend>(client.Release(now)), nullptr);
}

TEST_F(DhcpClient, InformAsksForParametersAlone)
{
    const DhcpClientSend send = SentIn(client.Inform(ADDRESS, now));
    EXPECT_EQ(send.type, DhcpMessageType::INFORM);
    EXPECT_EQ(send.message.clientAddress, ADDRESS);
    EXPECT_FALSE(send.message.Options().Has(DhcpOptionCode::LEASE_TIME));
    SentIn(Wait()); // and again, until there is an answer
    EXPECT_EQ(last.type, DhcpMessageType::INFORM);
    const DhcpClientEffects effects = client.OnMessage(Reply(DhcpMessageType::ACK, 0, 0), now);
    ASSERT_NE(Find<DhcpClientInformed>(effects), nullptr);
    EXPECT_EQ(Find<DhcpClientInformed>(effects)->parameters.prefixLength, 24u);
    EXPECT_EQ(Find<DhcpClientApply>(effects), nullptr);
    EXPECT_EQ(client.NextDeadline(), NEVER);
}

TEST_F(DhcpClient, AnInfiniteLeaseHasNoDeadlines)
{
    BecomeBound(DhcpLease::INFINITE);
    EXPECT_EQ(client.NextDeadline(), NEVER);
    EXPECT_EQ(client.GetLease()->expiresAt, NEVER);
}

TEST_F(DhcpClient, TimesOfTheServerHoldIfTheyMakeSense)
{
    const auto timesOf = [this](uint32_t t1, uint32_t t2) {
        client = DhcpClientMachine(Parameters(), [] { return 0.5; });
        now = Nanos(0);
        BecomeRequesting();
        DhcpMessage ack = Reply(DhcpMessageType::ACK);
        DhcpOptions options = ack.Options();
        options.SetU32(DhcpOptionCode::RENEWAL_TIME, t1);
        options.SetU32(DhcpOptionCode::REBINDING_TIME, t2);
        ack.SetOptions(options);
        client.OnMessage(ack, now);
        const DhcpLease& lease = *client.GetLease();
        return std::pair(lease.renewAt - lease.obtained, lease.rebindAt - lease.obtained);
    };
    EXPECT_EQ(timesOf(100, 200), std::pair(Nanos(seconds(100)), Nanos(seconds(200))));
    const auto usual = std::pair(Nanos(seconds(500)), Nanos(seconds(875)));
    EXPECT_EQ(timesOf(200, 100), usual);
    EXPECT_EQ(timesOf(0, 100), usual);
    EXPECT_EQ(timesOf(100, 1000), usual);
    EXPECT_EQ(timesOf(4000000000, 4100000000), usual);
}

/**
 * Section 4.4.5: "Times T1 and T2 SHOULD be chosen with some random 'fuzz' around a fixed value".
 * By the part that is asked for, and by half of the way to what comes before or after at most.
 */
TEST_F(DhcpClient, RenewalTimesVaryAndStayInOrder)
{
    constexpr double highest = 1 - 1e-9;
    int drawn = 0;
    const auto timesWith = [&](double fuzz, double draw, uint32_t t1, uint32_t t2) {
        DhcpClientParameters parameters = Parameters();
        parameters.renewalFuzz = fuzz;
        drawn = 0;
        client = DhcpClientMachine(parameters, [&drawn, draw] {
            ++drawn;
            return draw;
        });
        now = Nanos(0);
        BecomeRequesting();
        DhcpMessage ack = Reply(DhcpMessageType::ACK);
        DhcpOptions options = ack.Options();
        options.SetU32(DhcpOptionCode::RENEWAL_TIME, t1);
        options.SetU32(DhcpOptionCode::REBINDING_TIME, t2);
        ack.SetOptions(options);
        const int before = drawn;
        client.OnMessage(ack, now);
        drawn -= before;
        const DhcpLease& lease = *client.GetLease();
        EXPECT_EQ(lease.expiresAt - lease.obtained, seconds(1000));
        EXPECT_LE(lease.renewAt, lease.rebindAt);
        EXPECT_LT(lease.rebindAt, lease.expiresAt);
        const auto toSeconds = [&lease](Nanos time) {
            const auto exact = std::chrono::duration<double>(time - lease.obtained).count();
            return std::round(exact * 1000) / 1000;
        };
        return std::pair(toSeconds(lease.renewAt), toSeconds(lease.rebindAt));
    };
    using Times = std::pair<double, double>;
    EXPECT_EQ(timesWith(0, 0, 500, 875), Times(500, 875));
    EXPECT_EQ(drawn, 0);
    EXPECT_EQ(timesWith(0.05, 0, 500, 875), Times(475, 831.25));
    EXPECT_EQ(timesWith(0.05, 0.5, 500, 875), Times(500, 875));
    EXPECT_EQ(timesWith(0.05, highest, 500, 875), Times(525, 918.75));
    EXPECT_EQ(drawn, 2);
    EXPECT_EQ(timesWith(1, 0, 500, 875), Times(312.5, 812.5));
    EXPECT_EQ(timesWith(1, highest, 500, 875), Times(687.5, 937.5));
    EXPECT_EQ(timesWith(0.05, 0, 500, 504), Times(498, 502));
    EXPECT_EQ(timesWith(0.05, highest, 500, 504), Times(502, 506));
    EXPECT_EQ(timesWith(0.05, highest, 500, 990), Times(525, 995));
}

/**
 * Section 4.4.1: "the sum of the time at which the client sent the DHCPREQUEST message and the
 * duration of the lease". Of several REQUESTs the first may be the one that was answered: a later
 * one would have the client use its address for longer than the server holds it.
 */
TEST_F(DhcpClient, ALeaseCountsFromTheFirstRequest)
{
    BecomeRequesting();
    const Nanos first = now;
    SentIn(Wait());
    SentIn(Wait());
    EXPECT_GT(now, first);
    client.OnMessage(Reply(DhcpMessageType::ACK), now);
    EXPECT_EQ(client.GetLease()->obtained, first);
    EXPECT_EQ(client.GetLease()->expiresAt, first + seconds(1000));
    client.OnProbeDone(ADDRESS, false, now);

    // In RENEWING from T1 on.
    SentIn(Wait());
    const Nanos t1 = now;
    const uint32_t renewal = last.message.transaction;
    const DhcpMessage late = Reply(DhcpMessageType::ACK);
    SentIn(Wait());
    EXPECT_EQ(last.message.transaction, renewal);
    DhcpClientMachine rebinding = client;
    client.OnMessage(Reply(DhcpMessageType::ACK), now);
    EXPECT_EQ(client.GetLease()->obtained, t1);

    // In REBINDING from T2 on; what was asked before is no longer waited for.
    client = rebinding;
    random = 0.75;
    while (client.GetState() == DhcpClientState::RENEWING)
    {
        SentIn(Wait());
    }
    const Nanos t2 = now;
    EXPECT_EQ(t2, client.GetLease()->rebindAt);
    EXPECT_NE(last.message.transaction, renewal);
    EXPECT_EQ(last.message.seconds, (t2 - t1) / seconds(1)); // since it began to renew
    client.OnMessage(late, now);
    EXPECT_EQ(client.GetState(), DhcpClientState::REBINDING);
    SentIn(Wait());
    client.OnMessage(Reply(DhcpMessageType::ACK), now);
    EXPECT_EQ(client.GetLease()->obtained, t2);
}

/** Section 4.4.5, of a lease whose acknowledgement took longer than it. */
TEST_F(DhcpClient, ALeaseThatIsOverWhenItIsAcknowledgedIsNotUsed)
{
    BecomeRequesting();
    SentIn(Wait());
    SentIn(Wait()); // 12 s after the first
    DhcpClientEffects effects = client.OnMessage(Reply(DhcpMessageType::ACK, ADDRESS, 5), now);
    EXPECT_EQ(Find<DhcpClientProbe>(effects), nullptr);
    EXPECT_EQ(SentIn(effects).type, DhcpMessageType::DISCOVER);
    EXPECT_FALSE(client.GetLease());

    // A renewal by so little takes the address away.
    SentIn(client.OnMessage(Reply(DhcpMessageType::OFFER), now));
    client.OnMessage(Reply(DhcpMessageType::ACK), now);
    client.OnProbeDone(ADDRESS, false, now);
    SentIn(Wait());
    SentIn(Wait());
    EXPECT_EQ(client.GetState(), DhcpClientState::RENEWING);
    effects = client.OnMessage(Reply(DhcpMessageType::ACK, ADDRESS, 5), now);
    EXPECT_EQ(Find<DhcpClientApply>(effects), nullptr);
    EXPECT_NE(Find<DhcpClientWithdraw>(effects), nullptr);
    EXPECT_EQ(client.GetState(), DhcpClientState::SELECTING);
}

/** RFC 3442: with option 121 the routers option MUST be ignored. */
TEST_F(DhcpClient, ClasslessRoutesTakeThePlaceOfRouters)
{
    BecomeRequesting();
    DhcpMessage ack = Reply(DhcpMessageType::ACK);
    DhcpOptions options = ack.Options();
    options.SetAddresses(DhcpOptionCode::ROUTERS, {0x0a000002});
    options.SetRoutes({{Ipv4Prefix(0x0a010000, 16), 0x0a000003}});
    ack.SetOptions(options);
    client.OnMessage(ack, now);
    EXPECT_TRUE(client.GetLease()->routers.empty());
    EXPECT_EQ(client.GetLease()->routes.size(), 1u);
}

TEST_F(DhcpClient, AConflictInUseIsDeclined)
{
    BecomeBound();
    const DhcpClientEffects effects = client.OnConflict(ADDRESS, now);
    EXPECT_NE(Find<DhcpClientWithdraw>(effects), nullptr);
    EXPECT_EQ(SentIn(effects).type, DhcpMessageType::DECLINE);
    EXPECT_TRUE(client.OnConflict(ADDRESS, now).empty());
}

TEST_F(DhcpClient, AMachineIsAValue)
{
    BecomeBound();
    DhcpClientMachine copy = client;
    EXPECT_EQ(copy, client);
    copy.Tick(copy.NextDeadline());
    EXPECT_NE(copy, client);
}

} // namespace
} // namespace strata
} // namespace ns3
