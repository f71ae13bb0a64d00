// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-dhcp-server-machine.h"

#include <gtest/gtest.h>
#include <set>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::seconds;

constexpr uint32_t SERVER = 0x0a000001;
constexpr uint32_t FIRST = 0x0a000064;

struct Asked
{
    DhcpMessageType type{DhcpMessageType::DISCOVER};
    uint8_t host{1};
    uint32_t wanted{0};
    uint32_t server{0};
    uint32_t ciaddr{0};
    uint32_t giaddr{0};
    uint32_t lease{0};
    std::string identifier{};
    bool toAll{true};
    uint16_t flags{0};
};

class DhcpServer : public testing::Test
{
  protected:
    /** \param size addresses of the pool of 10.0.0.0/24 */
    void Make(uint32_t size = 3, bool probe = false)
    {
        DhcpServerParameters parameters;
        parameters.probe = probe;
        server = DhcpServerMachine(parameters);
        DhcpSubnet subnet;
        subnet.network = Ipv4Prefix(0x0a000000, 24);
        subnet.options.SetAddresses(DhcpOptionCode::ROUTERS, {SERVER});
        subnet.options.SetText(DhcpOptionCode::DOMAIN_NAME, "example");
        home = server.AddSubnet(subnet);
        server.AddRange(home, FIRST, FIRST + size - 1, true);
        subnet.network = Ipv4Prefix(0x0a010000, 16);
        far = server.AddSubnet(subnet);
        server.AddRange(far, 0x0a010064, 0x0a01006e, true);
        server.SetOwnAddresses({SERVER});
    }

    DhcpServerEffects Ask(const Asked& asked)
    {
        DhcpMessage message;
        message.hardware = {2, 0, 0, 0, 0, asked.host};
        message.clientAddress = asked.ciaddr;
        message.relayAddress = asked.giaddr;
        message.flags = asked.flags;
        DhcpOptions options;
        options.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(asked.type));
        if (asked.wanted != 0)
        {
            options.SetU32(DhcpOptionCode::REQUESTED_ADDRESS, asked.wanted);
        }
        if (asked.server != 0)
        {
            options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, asked.server);
        }
        if (asked.lease != 0)
        {
            options.SetU32(DhcpOptionCode::LEASE_TIME, asked.lease);
        }
        if (!asked.identifier.empty())
        {
            options.SetText(DhcpOptionCode::CLIENT_IDENTIFIER, asked.identifier);
        }
        if (asked.giaddr != 0)
        {
            options.SetRelayAgent({{1, {'c'}}});
        }
        message.SetOptions(options);
        return Note(server.OnMessage(message, {1, SERVER, asked.toAll}, now));
    }

    /** Keeps what was sent, and why nothing was. */
    DhcpServerEffects Note(DhcpServerEffects effects)
    {
        sent.reset();
        ignored = "";
        events.clear();
        stored.clear();
        for (const DhcpServerEffect& effect : effects)
        {
            if (const auto* send = std::get_if<DhcpServerSend>(&effect))
            {
                sent = *send;
            }
            else if (const auto* event = std::get_if<DhcpServerEvent>(&effect))
            {
                events += std::string(DhcpEventName(event->kind)) + ' ';
            }
            else if (const auto* why = std::get_if<DhcpServerIgnored>(&effect))
            {
                ignored = why->why;
            }
            else if (const auto* store = std::get_if<DhcpServerStore>(&effect))
            {
                stored.push_back(store->binding);
            }
        }
        return effects;
    }

    /** The whole exchange; gives the address. */
    uint32_t Lease(uint8_t host, uint32_t giaddr = 0)
    {
        Asked asked;
        asked.host = host;
        asked.giaddr = giaddr;
        Ask(asked);
        if (!sent)
        {
            return 0;
        }
        asked.type = DhcpMessageType::REQUEST;
        asked.server = SERVER;
        asked.wanted = sent->message.yourAddress;
        Ask(asked);
        return sent && sent->type == DhcpMessageType::ACK ? sent->message.yourAddress : 0;
    }

    DhcpServerMachine server;
    uint32_t home{0};
    uint32_t far{0};
    Nanos now{seconds(100)};
    std::optional<DhcpServerSend> sent;
    std::string ignored;
    std::string events;
    std::vector<DhcpBinding> stored;
};

TEST_F(DhcpServer, OffersAndLeases)
{
    Make();
    Ask({});
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->type, DhcpMessageType::OFFER);
    EXPECT_EQ(sent->message.yourAddress, FIRST);
    EXPECT_EQ(sent->message.operation, BootpOperation::REPLY);
    EXPECT_EQ(events, "offer ");
    const DhcpOptions options = sent->message.Options();
    EXPECT_EQ(options.U32(DhcpOptionCode::SERVER_IDENTIFIER), SERVER);
    EXPECT_EQ(options.U32(DhcpOptionCode::SUBNET_MASK), 0xffffff00);
    EXPECT_EQ(options.U32(DhcpOptionCode::LEASE_TIME), 3600u);
    EXPECT_EQ(options.U32(DhcpOptionCode::RENEWAL_TIME), 1800u);
    EXPECT_EQ(options.U32(DhcpOptionCode::REBINDING_TIME), 3150u);
    EXPECT_EQ(options.Text(DhcpOptionCode::DOMAIN_NAME), "example");
    EXPECT_TRUE(stored.empty()); // an offer is no lease
    EXPECT_EQ(Lease(1), FIRST);
    EXPECT_EQ(events, "bind ");
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].expires, now + seconds(3600));
    EXPECT_EQ(Lease(2), FIRST + 1);
}

/** Section 4.1. */
TEST_F(DhcpServer, AnswersTakeTheWayOfTheRfc)
{
    Make();
    Ask({});
    EXPECT_EQ(sent->way, DhcpWay::LINK);
    EXPECT_EQ(sent->destination, FIRST);
    Asked asked;
    asked.flags = DhcpMessage::BROADCAST_FLAG;
    Ask(asked);
    EXPECT_EQ(sent->way, DhcpWay::BROADCAST);
    asked.giaddr = 0x0a010001;
    Ask(asked);
    EXPECT_EQ(sent->way, DhcpWay::RELAY);
    EXPECT_EQ(sent->destination, 0x0a010001u);
    EXPECT_EQ(sent->message.relayAddress, 0x0a010001u);
    const uint32_t address = Lease(1);
    asked = {};
    asked.type = DhcpMessageType::REQUEST;
    asked.ciaddr = address;
    asked.toAll = false;
    Ask(asked);
    EXPECT_EQ(sent->way, DhcpWay::UNICAST);
    EXPECT_EQ(sent->destination, address);
    EXPECT_EQ(events, "renew ");
}

TEST_F(DhcpServer, TheSubnetIsTheRelays)
{
    Make();
    EXPECT_EQ(Lease(1, 0x0a010001), 0x0a010064u);
    EXPECT_EQ(sent->message.Options().U32(DhcpOptionCode::SUBNET_MASK), 0xffff0000);
    ASSERT_TRUE(sent->message.Options().RelayAgent()); // RFC 3046 section 2.2: echoed
    // The same client in another subnet has another address, and both are held.
    EXPECT_EQ(Lease(1), FIRST);
    EXPECT_NE(server.GetLeases().FindClient(far, DhcpKeyOfHardware(1, Bytes{2, 0, 0, 0, 0, 1})),
              nullptr);
    Asked asked;
    asked.giaddr = 0x0b000001;
    Ask(asked);
    EXPECT_EQ(ignored, "dhcp.no-subnet");
    EXPECT_FALSE(sent);
}

TEST_F(DhcpServer, LinkSelectionOverridesGiaddr)
{
    Make();
    DhcpMessage message;
    message.hardware = {2, 0, 0, 0, 0, 1};
    message.relayAddress = 0x0a000002;
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
    options.SetRelayAgent({{5, {10, 1, 0, 0}}});
    message.SetOptions(options);
    Note(server.OnMessage(message, {1, SERVER, false}, now));
    EXPECT_EQ(sent->message.yourAddress, 0x0a010064u);
    EXPECT_EQ(sent->destination, 0x0a000002u); // the answer goes to the relay all the same
}

/** Section 4.3.1: bound now, bound before, asked for, any. */
TEST_F(DhcpServer, AnAddressIsChosenInTheOrderOfTheRfc)
{
    Make();
    Asked asked;
    asked.wanted = FIRST + 2;
    Ask(asked);
    EXPECT_EQ(sent->message.yourAddress, FIRST + 2);
    EXPECT_EQ(Lease(1), FIRST + 2); // its own offer, without asking
    EXPECT_EQ(Lease(2), FIRST);
    Ask({DhcpMessageType::RELEASE, 1, 0, SERVER, FIRST + 2});
    EXPECT_EQ(events, "release ");
    EXPECT_EQ(Lease(3), FIRST + 1);
    EXPECT_EQ(Lease(1), FIRST + 2); // its former address
    asked.host = 9;
    asked.wanted = FIRST; // another's
    Ask(asked);
    EXPECT_FALSE(sent);
    EXPECT_EQ(events, "exhausted ");
}

TEST_F(DhcpServer, TheAddressThatIsFreeLongestComesFirst)
{
    Make(3);
    for (uint8_t host = 1; host <= 3; ++host)
    {
        Lease(host);
    }
    Ask({DhcpMessageType::RELEASE, 2, 0, SERVER, FIRST + 1});
    Ask({DhcpMessageType::RELEASE, 1, 0, SERVER, FIRST});
    EXPECT_EQ(Lease(7), FIRST + 1);
    EXPECT_EQ(Lease(8), FIRST);
    EXPECT_EQ(Lease(9), 0u);
    // The former holder's memory is gone with the address.
    EXPECT_EQ(Lease(1), 0u);
}

TEST_F(DhcpServer, AnOfferIsHeldForATime)
{
    Make(1);
    Ask({});
    Asked other;
    other.host = 2;
    Ask(other);
    EXPECT_FALSE(sent);
    EXPECT_EQ(server.Count(DhcpEventKind::EXHAUSTED), 1u);
    now = server.NextDeadline();
    Note(server.Tick(now));
    EXPECT_EQ(events, "lapse ");
    Ask(other);
    EXPECT_EQ(sent->message.yourAddress, FIRST);
    // The first one comes too late.
    Ask({DhcpMessageType::REQUEST, 1, FIRST, SERVER});
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
}

TEST_F(DhcpServer, ALateRequestIsServedIfTheAddressIsStillFree)
{
    Make(1);
    Ask({});
    now = server.NextDeadline();
    server.Tick(now);
    Ask({DhcpMessageType::REQUEST, 1, FIRST, SERVER});
    EXPECT_EQ(sent->type, DhcpMessageType::ACK);
}

TEST_F(DhcpServer, AnotherServersClientFreesTheOffer)
{
    Make(1);
    Ask({});
    Ask({DhcpMessageType::REQUEST, 1, 0x0a000063, 0x0a000002});
    EXPECT_FALSE(sent);
    EXPECT_EQ(events, "lapse ");
    EXPECT_EQ(Lease(2), FIRST);
}

TEST_F(DhcpServer, LeasesEnd)
{
    Make(1);
    Lease(1);
    now += seconds(3600);
    EXPECT_EQ(server.NextDeadline(), now);
    Note(server.Tick(now));
    EXPECT_EQ(events, "expire ");
    EXPECT_EQ(stored.at(0).state, DhcpBindingState::FREE);
    EXPECT_EQ(server.NextDeadline(), NEVER);
    EXPECT_EQ(Lease(2), FIRST);
}

TEST_F(DhcpServer, LeaseTimesAreKeptWithinBounds)
{
    Make();
    const auto leaseFor = [this](uint32_t wanted) {
        Asked asked;
        asked.lease = wanted;
        Ask(asked);
        return sent->message.Options().U32(DhcpOptionCode::LEASE_TIME);
    };
    EXPECT_EQ(leaseFor(0), 3600u);
    EXPECT_EQ(leaseFor(1), 60u);
    EXPECT_EQ(leaseFor(7200), 7200u);
    EXPECT_EQ(leaseFor(0xffffffff), 86400u);
}

/** Section 4.3.2, INIT-REBOOT. */
TEST_F(DhcpServer, InitRebootIsAnsweredByTheRecord)
{
    Make();
    const uint32_t mine = Lease(1);
    Ask({DhcpMessageType::REQUEST, 1, mine});
    EXPECT_EQ(sent->type, DhcpMessageType::ACK);
    // The wrong network: refused, whoever asks.
    Ask({DhcpMessageType::REQUEST, 1, 0x0a010064});
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
    EXPECT_EQ(sent->way, DhcpWay::BROADCAST);
    EXPECT_EQ(sent->message.yourAddress, 0u);
    EXPECT_EQ(sent->message.Options().U32(DhcpOptionCode::SERVER_IDENTIFIER), SERVER);
    EXPECT_EQ(sent->message.Options().Text(DhcpOptionCode::MESSAGE), "wrong network");
    EXPECT_FALSE(sent->message.Options().Has(DhcpOptionCode::LEASE_TIME));
    Ask({DhcpMessageType::REQUEST, 5, 0xc0a80001});
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
    // A client with a record that says otherwise.
    Ask({DhcpMessageType::REQUEST, 1, FIRST + 2});
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
    // Without a record the server MUST remain silent.
    Ask({DhcpMessageType::REQUEST, 5, FIRST + 2});
    EXPECT_FALSE(sent);
    EXPECT_EQ(ignored, "dhcp.no-record");
    // Another's address.
    Ask({DhcpMessageType::REQUEST, 5, mine});
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
}

TEST_F(DhcpServer, ARefusalThroughARelayIsBroadcastThere)
{
    Make();
    Asked asked{DhcpMessageType::REQUEST, 1, FIRST};
    asked.giaddr = 0x0a010001;
    Ask(asked);
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
    EXPECT_EQ(sent->way, DhcpWay::RELAY);
    EXPECT_TRUE(sent->message.WantsBroadcast());
    EXPECT_TRUE(sent->message.Options().RelayAgent());
}

TEST_F(DhcpServer, RenewalAndRebindingExtendWhatIsKnown)
{
    Make();
    const uint32_t mine = Lease(1);
    now += seconds(1800);
    Asked asked{DhcpMessageType::REQUEST, 1, 0, 0, mine};
    Ask(asked); // REBINDING
    EXPECT_EQ(sent->type, DhcpMessageType::ACK);
    EXPECT_EQ(sent->message.clientAddress, mine);
    EXPECT_EQ(stored.at(0).expires, now + seconds(3600));
    asked.ciaddr = 0x0a010064;
    Ask(asked); // of another network, by broadcast on this one
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
    asked = {DhcpMessageType::REQUEST, 6, 0, 0, FIRST + 2};
    Ask(asked);
    EXPECT_EQ(ignored, "dhcp.no-record");
    // After its end a lease may still be extended, as long as nobody has the address.
    now += seconds(3600);
    server.Tick(now);
    Ask({DhcpMessageType::REQUEST, 1, 0, 0, mine});
    EXPECT_EQ(sent->type, DhcpMessageType::ACK);
}

TEST_F(DhcpServer, DeclinedAddressesAreSetAside)
{
    Make(2);
    Lease(1);
    Ask({DhcpMessageType::DECLINE, 2, FIRST, SERVER}); // not the holder
    EXPECT_EQ(ignored, "dhcp.no-such-lease");
    Ask({DhcpMessageType::DECLINE, 1, FIRST, SERVER});
    EXPECT_EQ(events, "decline ");
    EXPECT_EQ(stored.at(0).state, DhcpBindingState::ABANDONED);
    EXPECT_EQ(Lease(1), FIRST + 1);
    EXPECT_EQ(Lease(2), 0u);
    now += seconds(3600);
    server.Tick(now);
    EXPECT_EQ(server.GetLeases().Find(FIRST)->state, DhcpBindingState::FREE);
}

TEST_F(DhcpServer, ReleasesOfOthersAreIgnored)
{
    Make();
    Lease(1);
    Ask({DhcpMessageType::RELEASE, 2, 0, SERVER, FIRST});
    EXPECT_EQ(ignored, "dhcp.no-such-lease");
    EXPECT_EQ(server.GetLeases().Find(FIRST)->state, DhcpBindingState::BOUND);
}

TEST_F(DhcpServer, ProbesComeBeforeOffers)
{
    Make(2, true);
    const DhcpServerEffects effects = Ask({});
    EXPECT_FALSE(sent);
    ASSERT_EQ(effects.size(), 1u);
    EXPECT_EQ(std::get<DhcpServerProbe>(effects[0]).address, FIRST);
    Ask({}); // again, while it waits
    EXPECT_EQ(ignored, "dhcp.being-probed");
    // Somebody is there: the next address is asked for.
    const DhcpServerEffects next = Note(server.OnProbeAnswered(FIRST, now));
    EXPECT_EQ(events, "conflict ");
    EXPECT_FALSE(sent);
    now = server.NextDeadline();
    Note(server.Tick(now));
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->message.yourAddress, FIRST + 1);
    EXPECT_EQ(server.GetLeases().Find(FIRST)->state, DhcpBindingState::ABANDONED);
    // What is held is not probed for again.
    Ask({});
    EXPECT_TRUE(sent);
    EXPECT_TRUE(server.OnProbeAnswered(FIRST + 1, now).empty()); // too late
}

TEST_F(DhcpServer, InformGetsParametersWithoutALease)
{
    Make();
    Asked asked{DhcpMessageType::INFORM, 1, 0, 0, 0x0a000007};
    Ask(asked);
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->type, DhcpMessageType::ACK);
    EXPECT_EQ(sent->way, DhcpWay::UNICAST);
    EXPECT_EQ(sent->destination, 0x0a000007u);
    EXPECT_EQ(sent->message.yourAddress, 0u);
    const DhcpOptions options = sent->message.Options();
    EXPECT_FALSE(options.Has(DhcpOptionCode::LEASE_TIME));
    EXPECT_FALSE(options.Has(DhcpOptionCode::RENEWAL_TIME));
    EXPECT_TRUE(options.Has(DhcpOptionCode::ROUTERS));
    EXPECT_TRUE(server.GetLeases().All().empty());
}

TEST_F(DhcpServer, ReservationsHoldForClientsAlone)
{
    Make(3);
    server.Reserve(home, DhcpKeyOfHardware(1, Bytes{2, 0, 0, 0, 0, 5}), FIRST);
    server.Reserve(home, DhcpKeyOfIdentifier(Bytes{'x'}), 0x0a000010);
    EXPECT_EQ(Lease(1), FIRST + 1);
    EXPECT_EQ(Lease(5), FIRST);
    Asked asked;
    asked.host = 6;
    asked.identifier = "x";
    Ask(asked);
    EXPECT_EQ(sent->message.yourAddress, 0x0a000010u);
    EXPECT_EQ(sent->message.Options().Text(DhcpOptionCode::CLIENT_IDENTIFIER), "x"); // RFC 6842
    // Whoever has another address when the reservation comes is told to move.
    server.Reserve(home, DhcpKeyOfHardware(1, Bytes{2, 0, 0, 0, 0, 1}), 0x0a000011);
    Ask({DhcpMessageType::REQUEST, 1, 0, 0, FIRST + 1});
    EXPECT_EQ(sent->type, DhcpMessageType::NAK);
    EXPECT_EQ(Lease(1), 0x0a000011u);
}

/** RFC 2132 section 9.14: an identifier of chaddr's type that holds chaddr says nothing new. */
TEST_F(DhcpServer, AnIdentifierThatRepeatsTheHardwareAddressIsTheSameClient)
{
    Make(1);
    EXPECT_EQ(Lease(1), FIRST);
    Asked asked;
    asked.identifier = std::string("\x01\x02\x00\x00\x00\x00\x01", 7);
    Ask(asked);
    EXPECT_EQ(sent->message.yourAddress, FIRST);
    asked.identifier = std::string("\x01\x02\x00\x00\x00\x00\x02", 7);
    Ask(asked);
    EXPECT_FALSE(sent);
}

TEST_F(DhcpServer, AnAddressThatIsReservedWhileItIsFreeIsNobodyElses)
{
    Make(1);
    Lease(1);
    Ask({DhcpMessageType::RELEASE, 1, 0, SERVER, FIRST});
    server.Reserve(home, DhcpKeyOfHardware(1, Bytes{2, 0, 0, 0, 0, 5}), FIRST);
    EXPECT_EQ(Lease(2), 0u);
    EXPECT_EQ(Lease(1), 0u);
    EXPECT_EQ(Lease(5), FIRST);
}

TEST_F(DhcpServer, ParametersComeInTheOrderThatTheClientAsksFor)
{
    Make();
    DhcpMessage message;
    message.hardware = {2, 0, 0, 0, 0, 1};
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
    options.Set(DhcpOptionCode::PARAMETER_LIST, {15, 3, 42, 15});
    message.SetOptions(options);
    Note(server.OnMessage(message, {1, SERVER, true}, now));
    std::vector<int> codes;
    const DhcpOptions answered = sent->message.Options();
    for (const DhcpOptions::Option& option : answered.All())
    {
        codes.push_back(option.code);
    }
    EXPECT_EQ(codes, (std::vector<int>{53, 54, 51, 58, 59, 1, 15, 3}));
}

TEST_F(DhcpServer, BootpClientsKeepTheirAddressesForGood)
{
    Make(1);
    server.AddRange(home, 0x0a000010, 0x0a000011, false);
    const auto boot = [this](uint8_t host, bool cookie) {
        DhcpMessage message;
        message.hardware = {2, 0, 0, 0, 0, host};
        if (cookie)
        {
            message.vendor = {0x63, 0x82, 0x53, 0x63, 255};
        }
        message.vendor.resize(64, 0);
        Note(server.OnMessage(message, {1, SERVER, true}, now));
        return sent ? sent->message.yourAddress : 0;
    };
    EXPECT_EQ(boot(1, false), 0x0a000010u);
    EXPECT_EQ(events, "assign ");
    EXPECT_FALSE(sent->message.HasCookie());
    EXPECT_EQ(boot(2, true), 0x0a000011u);
    EXPECT_TRUE(sent->message.HasCookie());
    EXPECT_FALSE(sent->message.Options().Has(DhcpOptionCode::MESSAGE_TYPE));
    EXPECT_TRUE(sent->message.Options().Has(DhcpOptionCode::ROUTERS));
    EXPECT_EQ(sent->message.EncodedSize(), 300u);
    now += std::chrono::hours(100000);
    server.Tick(now);
    EXPECT_EQ(boot(1, false), 0x0a000010u);
    EXPECT_EQ(events, "");
    EXPECT_EQ(boot(3, false), 0u);
    EXPECT_EQ(events, "exhausted ");
    // DHCP has its own pool, and a client that does both has one address of each.
    EXPECT_EQ(Lease(1), FIRST);
    EXPECT_EQ(boot(1, false), 0x0a000010u);
}

/** RFC 2131 section 2.2: an address is not given to another client while its lease lasts. */
TEST_F(DhcpServer, BootpTakesNoAddressThatIsLeased)
{
    Make();
    ASSERT_EQ(Lease(1), FIRST);
    server.Reserve(home, DhcpKeyOfHardware(1, Bytes{2, 0, 0, 0, 0, 2}), FIRST);
    DhcpMessage message;
    message.hardware = {2, 0, 0, 0, 0, 2};
    Note(server.OnMessage(message, {1, SERVER, true}, now));
    EXPECT_FALSE(sent);
    EXPECT_EQ(events, "exhausted ");
    Ask({DhcpMessageType::RELEASE, 1, 0, SERVER, FIRST});
    Note(server.OnMessage(message, {1, SERVER, true}, now));
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->message.yourAddress, FIRST);
}

TEST_F(DhcpServer, BindingsComeBackAfterARestart)
{
    Make();
    Lease(1);
    Lease(2);
    Ask({DhcpMessageType::RELEASE, 2, 0, SERVER, FIRST + 1});
    Lease(3);
    const std::vector<DhcpBinding> before = server.GetLeases().All();
    Make();
    for (const DhcpBinding& binding : before)
    {
        EXPECT_TRUE(server.Restore(binding));
    }
    EXPECT_EQ(Lease(9), FIRST + 1);
    Ask({DhcpMessageType::REQUEST, 1, 0, 0, FIRST});
    EXPECT_EQ(events, "renew ");
    DhcpBinding stranger = before[0];
    stranger.address = 0x0b000001;
    EXPECT_FALSE(server.Restore(stranger));
}

TEST_F(DhcpServer, MessagesThatAreNoneOfItsOwnAreIgnoredByName)
{
    Make();
    Ask({DhcpMessageType::OFFER});
    EXPECT_EQ(ignored, "dhcp.unknown-type");
    Ask({static_cast<DhcpMessageType>(77)});
    EXPECT_EQ(ignored, "dhcp.unknown-type");
    DhcpMessage message;
    message.operation = BootpOperation::REPLY;
    Note(server.OnMessage(message, {1, SERVER, true}, now));
    EXPECT_EQ(ignored, "dhcp.not-a-request");
    message.operation = BootpOperation::REQUEST;
    message.hardwareLength = 0;
    Note(server.OnMessage(message, {1, SERVER, true}, now));
    EXPECT_EQ(ignored, "dhcp.no-client");
    Ask({DhcpMessageType::REQUEST});
    EXPECT_EQ(ignored, "dhcp.no-address-requested");
    Ask({DhcpMessageType::INFORM});
    EXPECT_EQ(ignored, "dhcp.no-address-requested");
}

/** Random messages of few hosts: no address has two holders, and the account of the pool is right.
 */
TEST_F(DhcpServer, NoAddressHasTwoHolders)
{
    Make(6, true);
    uint64_t state = 1;
    const auto draw = [&state](uint64_t below) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % below;
    };
    for (int step = 0; step < 20000; ++step)
    {
        Asked asked;
        asked.type = static_cast<DhcpMessageType>(1 + draw(8));
        asked.host = static_cast<uint8_t>(1 + draw(9));
        asked.wanted = draw(2) ? FIRST + static_cast<uint32_t>(draw(8)) : 0;
        asked.server = draw(2) ? SERVER : draw(3) ? 0 : 0x0a000002;
        asked.ciaddr = draw(3) ? 0 : FIRST + static_cast<uint32_t>(draw(7));
        asked.giaddr = draw(6) ? 0 : 0x0a010001;
        asked.toAll = draw(2) != 0;
        Ask(asked);
        if (draw(4) == 0)
        {
            Note(server.OnProbeAnswered(FIRST + static_cast<uint32_t>(draw(6)), now));
        }
        now += seconds(draw(40) == 0 ? 4000 : draw(3));
        server.Tick(now);
        std::set<std::pair<uint32_t, DhcpClientKey>> clients;
        std::size_t taken = 0;
        for (const DhcpBinding& binding : server.GetLeases().All())
        {
            taken += binding.subnet == home && binding.state != DhcpBindingState::FREE ? 1 : 0;
            if (!binding.client.empty())
            {
                ASSERT_TRUE(clients.insert({binding.subnet, binding.client}).second);
                const DhcpBinding* found =
                    server.GetLeases().FindClient(binding.subnet, binding.client);
                ASSERT_TRUE(found && found->address == binding.address);
            }
            ASSERT_TRUE(binding.state == DhcpBindingState::FREE ||
                        binding.state == DhcpBindingState::PERMANENT || binding.expires > now);
        }
        ASSERT_EQ(server.GetLeases().CountTaken(home, true), taken);
        ASSERT_LE(taken, 6u);
    }
    EXPECT_GT(server.Count(DhcpEventKind::BIND), 30u);
    EXPECT_GT(server.Count(DhcpEventKind::DECLINE), 30u);
    EXPECT_GT(server.Count(DhcpEventKind::REFUSE), 30u);
}

} // namespace
} // namespace strata
} // namespace ns3
