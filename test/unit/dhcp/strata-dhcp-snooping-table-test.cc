// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-dhcp-snooping-table.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

MacBytes
Mac(uint8_t host)
{
    return {2, 0, 0, 0, 0, host};
}

DhcpMessage
Message(DhcpMessageType type, uint8_t host)
{
    DhcpMessage message;
    message.hardware = {2, 0, 0, 0, 0, host};
    DhcpOptions options;
    options.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(type));
    message.SetOptions(options);
    return message;
}

DhcpMessage
Ack(uint8_t host, uint32_t address, uint32_t lease)
{
    DhcpMessage message = Message(DhcpMessageType::ACK, host);
    message.operation = BootpOperation::REPLY;
    message.yourAddress = address;
    DhcpOptions options = message.Options();
    options.SetU32(DhcpOptionCode::LEASE_TIME, lease);
    message.SetOptions(options);
    return message;
}

DhcpSnoopingTable
Table(DhcpSnoopingParameters parameters = {})
{
    DhcpSnoopingTable table(parameters);
    table.Trust(9);
    return table;
}

TEST(DhcpSnooping, ServersSpeakAtTrustedPortsAlone)
{
    DhcpSnoopingTable table = Table();
    EXPECT_EQ(table.Check(Ack(1, 100, 60), 1, Mac(7), Nanos(0)), "dhcp.snoop-untrusted-server");
    EXPECT_EQ(table.Check(Ack(1, 100, 60), 9, Mac(7), Nanos(0)), std::nullopt);
    EXPECT_EQ(table.CheckMalformed(1), "dhcp.snoop-malformed");
    EXPECT_EQ(table.CheckMalformed(9), std::nullopt);
}

TEST(DhcpSnooping, AClientAsksForItself)
{
    DhcpSnoopingTable table = Table();
    const DhcpMessage discover = Message(DhcpMessageType::DISCOVER, 1);
    EXPECT_EQ(table.Check(discover, 1, Mac(1), Nanos(0)), std::nullopt);
    EXPECT_EQ(table.Check(discover, 1, Mac(2), Nanos(0)), "dhcp.snoop-forged-hardware");
    DhcpMessage relayed = discover;
    relayed.relayAddress = 1;
    EXPECT_EQ(table.Check(relayed, 1, Mac(1), Nanos(0)), "dhcp.snoop-untrusted-relay");
    EXPECT_EQ(table.Check(relayed, 9, Mac(1), Nanos(0)), std::nullopt);
    DhcpSnoopingParameters parameters;
    parameters.checkHardware = false;
    table = Table(parameters);
    EXPECT_EQ(table.Check(discover, 1, Mac(2), Nanos(0)), std::nullopt);
}

TEST(DhcpSnooping, APortHasSoManyClients)
{
    DhcpSnoopingParameters parameters;
    parameters.clientsPerPort = 2;
    parameters.clientTime = seconds(100);
    DhcpSnoopingTable table = Table(parameters);
    const auto ask = [&table](uint8_t host, uint32_t port, Nanos now) {
        return table.Check(Message(DhcpMessageType::DISCOVER, host), port, Mac(host), now);
    };
    EXPECT_EQ(ask(1, 1, seconds(0)), std::nullopt);
    EXPECT_EQ(ask(2, 1, seconds(50)), std::nullopt);
    EXPECT_EQ(ask(3, 1, seconds(50)), "dhcp.snoop-too-many-clients");
    EXPECT_EQ(ask(3, 2, seconds(50)), std::nullopt);
    EXPECT_EQ(ask(1, 1, seconds(60)), std::nullopt); // known, and remembered for longer
    EXPECT_EQ(ask(4, 1, seconds(149)), "dhcp.snoop-too-many-clients");
    EXPECT_EQ(ask(4, 1, seconds(150)), std::nullopt); // the second one is forgotten
    EXPECT_EQ(ask(1, 2, seconds(151)), std::nullopt); // it has moved
    EXPECT_EQ(table.PortOf(Mac(1), seconds(151)), 2u);
    EXPECT_EQ(ask(5, 1, seconds(151)), std::nullopt);
}

TEST(DhcpSnooping, APortHasARate)
{
    DhcpSnoopingParameters parameters;
    parameters.rate = 2;
    parameters.burst = 3;
    DhcpSnoopingTable table = Table(parameters);
    const auto ask = [&table](Nanos now) {
        return table.Check(Message(DhcpMessageType::DISCOVER, 1), 1, Mac(1), now).has_value();
    };
    EXPECT_FALSE(ask(Nanos(0)));
    EXPECT_FALSE(ask(Nanos(0)));
    EXPECT_FALSE(ask(Nanos(0)));
    EXPECT_TRUE(ask(Nanos(0)));
    EXPECT_TRUE(ask(milliseconds(499)));
    EXPECT_FALSE(ask(milliseconds(500)));
    EXPECT_TRUE(ask(milliseconds(501)));
    EXPECT_EQ(table.Check(Message(DhcpMessageType::DISCOVER, 2), 2, Mac(2), Nanos(0)),
              std::nullopt);
}

TEST(DhcpSnooping, TheTableIsBounded)
{
    DhcpSnoopingParameters parameters;
    parameters.maxClients = 2;
    DhcpSnoopingTable table = Table(parameters);
    for (const uint8_t host : {1, 2})
    {
        EXPECT_EQ(table.Check(Message(DhcpMessageType::DISCOVER, host), host, Mac(host), Nanos(0)),
                  std::nullopt);
    }
    EXPECT_EQ(table.Check(Message(DhcpMessageType::DISCOVER, 3), 3, Mac(3), Nanos(0)),
              "dhcp.snoop-table-full");
}

TEST(DhcpSnooping, BindingsAreWhatServersAcknowledge)
{
    DhcpSnoopingTable table = Table();
    table.Check(Message(DhcpMessageType::REQUEST, 1), 4, Mac(1), seconds(0));
    EXPECT_TRUE(table.Bindings(seconds(0)).empty());
    table.Check(Ack(1, 100, 60), 9, Mac(9), seconds(1));
    table.Check(Ack(2, 101, 60), 9, Mac(9), seconds(1)); // who has never asked
    const std::vector<DhcpSnoopedBinding> bindings = table.Bindings(seconds(1));
    ASSERT_EQ(bindings.size(), 1u);
    EXPECT_EQ(bindings[0].port, 4u);
    EXPECT_EQ(bindings[0].hardware, Mac(1));
    EXPECT_EQ(bindings[0].address, 100u);
    EXPECT_EQ(table.Bindings(seconds(60)).size(), 1u);
    EXPECT_TRUE(table.Bindings(seconds(61)).empty());
}

TEST(DhcpSnooping, NobodyGivesAwayWhatAnotherHas)
{
    DhcpSnoopingTable table = Table();
    table.Check(Message(DhcpMessageType::REQUEST, 1), 4, Mac(1), seconds(0));
    table.Check(Ack(1, 100, 60), 9, Mac(9), seconds(0));
    const DhcpMessage release = Message(DhcpMessageType::RELEASE, 1);
    EXPECT_EQ(table.Check(release, 5, Mac(1), seconds(1)), "dhcp.snoop-forged-release");
    EXPECT_EQ(table.Check(Message(DhcpMessageType::DECLINE, 2), 5, Mac(2), seconds(1)),
              "dhcp.snoop-forged-release");
    EXPECT_EQ(table.Bindings(seconds(1)).size(), 1u);
    EXPECT_EQ(table.Check(release, 4, Mac(1), seconds(1)), std::nullopt);
    EXPECT_TRUE(table.Bindings(seconds(1)).empty());
}

} // namespace
} // namespace strata
} // namespace ns3
