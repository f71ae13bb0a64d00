// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-dhcp-relay-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

constexpr uint32_t EAST = 0x0a010001;
constexpr uint32_t WEST = 0x0a020001;

DhcpMessage
Request(const std::vector<DhcpSubOption>& information = {})
{
    DhcpMessage message;
    message.hardware = {2, 0, 0, 0, 0, 1};
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, 1);
    if (!information.empty())
    {
        options.SetRelayAgent(information);
    }
    message.SetOptions(options);
    return message;
}

DhcpMessage
Reply(uint32_t giaddr, const std::vector<DhcpSubOption>& information)
{
    DhcpMessage message = Request(information);
    message.operation = BootpOperation::REPLY;
    message.relayAddress = giaddr;
    message.yourAddress = 0x0a010064;
    return message;
}

DhcpRelayDecision
Relay(DhcpRelayParameters parameters = {})
{
    if (parameters.remote.empty())
    {
        parameters.remote = "r1";
    }
    DhcpRelayDecision relay(parameters);
    relay.SetPorts({{1, EAST, "east", false}, {2, WEST, "west", true}, {3, 0, "none", false}});
    return relay;
}

const std::vector<DhcpSubOption> EAST_INFORMATION{{1, {'e', 'a', 's', 't'}}, {2, {'r', '1'}}};

std::string_view
DropOf(const DhcpRelayVerdict& verdict)
{
    const auto* drop = std::get_if<DhcpRelayDrop>(&verdict);
    return drop ? drop->why : std::string_view();
}

TEST(DhcpRelay, ARequestGetsGiaddrAHopAndItsCircuit)
{
    const DhcpRelayVerdict verdict = Relay().Decide(Request(), 1);
    const auto* forward = std::get_if<DhcpRelayToServers>(&verdict);
    ASSERT_NE(forward, nullptr);
    EXPECT_EQ(forward->message.relayAddress, EAST);
    EXPECT_EQ(forward->message.hops, 1);
    EXPECT_EQ(forward->message.Options().RelayAgent(), EAST_INFORMATION);
    EXPECT_EQ(forward->message.Options().U8(DhcpOptionCode::MESSAGE_TYPE), 1);
}

TEST(DhcpRelay, ARequestOfAnotherRelayKeepsGiaddr)
{
    DhcpMessage request = Request();
    request.relayAddress = 0x0a090001;
    request.hops = 3;
    const DhcpRelayVerdict verdict = Relay().Decide(request, 1);
    const auto* forward = std::get_if<DhcpRelayToServers>(&verdict);
    ASSERT_NE(forward, nullptr);
    EXPECT_EQ(forward->message.relayAddress, 0x0a090001u);
    EXPECT_EQ(forward->message.hops, 4);
    EXPECT_FALSE(forward->message.Options().RelayAgent());
}

TEST(DhcpRelay, HopsAreLimited)
{
    DhcpMessage request = Request();
    request.hops = 15;
    EXPECT_EQ(DropOf(Relay().Decide(request, 1)), "");
    request.hops = 16;
    EXPECT_EQ(DropOf(Relay().Decide(request, 1)), "dhcp.hops");
    request.hops = 255;
    EXPECT_EQ(DropOf(Relay().Decide(request, 1)), "dhcp.hops");
}

TEST(DhcpRelay, RequestsMayHaveToWait)
{
    DhcpRelayParameters parameters;
    parameters.minSeconds = 5;
    DhcpMessage request = Request();
    request.seconds = 4;
    EXPECT_EQ(DropOf(Relay(parameters).Decide(request, 1)), "dhcp.seconds");
    request.seconds = 5;
    EXPECT_EQ(DropOf(Relay(parameters).Decide(request, 1)), "");
}

/** RFC 3046 section 2.1. */
TEST(DhcpRelay, InformationIsTakenFromTrustedPortsAlone)
{
    const std::vector<DhcpSubOption> theirs{{1, {'x'}}};
    EXPECT_EQ(DropOf(Relay().Decide(Request(theirs), 1)), "dhcp.untrusted-information");
    const DhcpRelayVerdict verdict = Relay().Decide(Request(theirs), 2);
    const auto* forward = std::get_if<DhcpRelayToServers>(&verdict);
    ASSERT_NE(forward, nullptr);
    EXPECT_EQ(forward->message.Options().RelayAgent(), theirs);
    EXPECT_EQ(forward->message.relayAddress, WEST);
}

TEST(DhcpRelay, AForgedGiaddrIsDropped)
{
    DhcpMessage request = Request();
    request.relayAddress = WEST;
    EXPECT_EQ(DropOf(Relay().Decide(request, 1)), "dhcp.forged-relay-address");
}

TEST(DhcpRelay, PortsWithoutAddressForwardNothing)
{
    EXPECT_EQ(DropOf(Relay().Decide(Request(), 3)), "dhcp.port-without-address");
    EXPECT_EQ(DropOf(Relay().Decide(Request(), 9)), "dhcp.unknown-port");
}

TEST(DhcpRelay, AReplyGoesToItsPortWithoutTheInformation)
{
    const DhcpRelayVerdict verdict = Relay().Decide(Reply(EAST, EAST_INFORMATION), 2);
    const auto* forward = std::get_if<DhcpRelayToClient>(&verdict);
    ASSERT_NE(forward, nullptr);
    EXPECT_EQ(forward->port, 1u);
    EXPECT_FALSE(forward->broadcast);
    EXPECT_FALSE(forward->message.Options().RelayAgent());
    EXPECT_EQ(forward->message.Options().U8(DhcpOptionCode::MESSAGE_TYPE), 1);
    EXPECT_EQ(forward->message.yourAddress, 0x0a010064u);
}

TEST(DhcpRelay, TheInformationOfOthersStaysInAReply)
{
    const std::vector<DhcpSubOption> theirs{{1, {'x'}}};
    const DhcpRelayVerdict verdict = Relay().Decide(Reply(WEST, theirs), 1);
    const auto* forward = std::get_if<DhcpRelayToClient>(&verdict);
    ASSERT_NE(forward, nullptr);
    EXPECT_EQ(forward->message.Options().RelayAgent(), theirs);
}

TEST(DhcpRelay, ARepliesWayIsTheClients)
{
    DhcpMessage reply = Reply(EAST, {});
    const auto broadcast = [&reply] {
        const DhcpRelayVerdict verdict = Relay().Decide(reply, 2);
        return std::get<DhcpRelayToClient>(verdict).broadcast;
    };
    EXPECT_FALSE(broadcast());
    reply.flags = DhcpMessage::BROADCAST_FLAG;
    EXPECT_TRUE(broadcast());
    reply.flags = 0;
    reply.yourAddress = 0; // NAK
    EXPECT_TRUE(broadcast());
}

TEST(DhcpRelay, RepliesForOthersAreDropped)
{
    EXPECT_EQ(DropOf(Relay().Decide(Reply(0x0a090001, {}), 2)), "dhcp.reply-for-another-relay");
    EXPECT_EQ(DropOf(Relay().Decide(Reply(0, {}), 2)), "dhcp.reply-for-another-relay");
}

TEST(DhcpRelay, WithoutRoomAMessageGoesWithoutTheInformation)
{
    DhcpMessage request = Request();
    DhcpOptions options = request.Options();
    options.Set(static_cast<DhcpOptionCode>(150), Bytes(1000, 7));
    request.bootFile[0] = request.serverName[0] = 'x'; // in use, so that no option goes there
    request.SetOptions(options, 1472);
    DhcpRelayParameters parameters;
    parameters.limit = request.EncodedSize() + 5;
    const DhcpRelayVerdict verdict = Relay(parameters).Decide(request, 1);
    const auto* forward = std::get_if<DhcpRelayToServers>(&verdict);
    ASSERT_NE(forward, nullptr);
    EXPECT_FALSE(forward->message.Options().RelayAgent());
    EXPECT_EQ(forward->message.vendor, request.vendor);
}

TEST(DhcpRelay, BootpIsForwardedAsItIs)
{
    DhcpMessage request;
    request.vendor.assign(64, 9);
    const DhcpRelayVerdict verdict = Relay().Decide(request, 1);
    EXPECT_EQ(std::get<DhcpRelayToServers>(verdict).message.vendor, request.vendor);
}

} // namespace
} // namespace strata
} // namespace ns3
