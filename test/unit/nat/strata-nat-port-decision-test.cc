// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-nat-port-decision.h"
#include "ns3/strata-nat-table.h"

#include <gtest/gtest.h>
#include <set>

using namespace ns3::strata;

namespace
{

constexpr uint32_t PUBLIC = 0xc63c2a0c;
constexpr uint32_t INSIDE = 0x0a000001;
constexpr uint32_t REMOTE = 0x08080808;
constexpr uint8_t UDP = 17;
constexpr uint8_t TCP = 6;

/** All that is free by the table is free; ports in \p own are the node's. */
class Chooser : public NatPortChooser
{
  public:
    bool IsFree(uint16_t) const override
    {
        return true;
    }

    bool IsOwn(uint16_t port) const override
    {
        return own.count(port) != 0;
    }

    uint64_t Random() override
    {
        return random++;
    }

    std::set<uint16_t> own;
    uint64_t random{0};
};

std::optional<uint16_t>
Choose(NatPortAllocation allocation,
       uint16_t port,
       const std::set<uint16_t>& taken = {},
       uint32_t reserved = 0,
       const std::set<uint16_t>& own = {})
{
    NatConfig config;
    config.allocation = allocation;
    config.reservedPorts = reserved;
    NatPortTable ports;
    for (const uint16_t each : taken)
    {
        ports.Take(each, 0);
    }
    Chooser chooser;
    chooser.own = own;
    NatPortWish wish;
    wish.port = port;
    uint16_t cursor = 0;
    return ChooseNatPort(config, wish, ports, chooser, cursor);
}

std::set<uint16_t>
Range(uint32_t first, uint32_t last)
{
    std::set<uint16_t> ports;
    for (uint32_t port = first; port <= last; ++port)
    {
        ports.insert(static_cast<uint16_t>(port));
    }
    return ports;
}

} // namespace

/** RFC 4787 section 4.2.1: port preservation; REQ-4 where that fails. */
TEST(ChooseNatPort, KeepsThePortOfTheHostOrItsParity)
{
    const auto keep = NatPortAllocation::PRESERVATION;
    EXPECT_EQ(Choose(keep, 5000), 5000);
    EXPECT_EQ(Choose(keep, 5000, {5000}), 5002);
    EXPECT_EQ(Choose(keep, 5001, {5001, 5003}), 5005);
    EXPECT_EQ(Choose(keep, 65534, {65534}), 1024);
    EXPECT_EQ(Choose(keep, 65535, {65535}), 1025);
    // There is none of its parity.
    std::set<uint16_t> even;
    for (uint32_t port = 0; port < 65536; port += 2)
    {
        even.insert(static_cast<uint16_t>(port));
    }
    EXPECT_EQ(Choose(keep, 5000, even), 5001);
}

/** RFC 4787 REQ-3a: 0 to 1023 to that range, and 1024 to 65535 to that. */
TEST(ChooseNatPort, MapsWellKnownPortsToSuchWhileThereAreSome)
{
    for (const auto allocation : {NatPortAllocation::PRESERVATION,
                                  NatPortAllocation::PARITY,
                                  NatPortAllocation::SEQUENTIAL,
                                  NatPortAllocation::RANDOM})
    {
        EXPECT_LT(*Choose(allocation, 700, {700}), 1024);
        EXPECT_GT(*Choose(allocation, 700, {700}), 0);
        EXPECT_GE(*Choose(allocation, 1500, {1500}), 1024);
        EXPECT_GE(*Choose(allocation, 700, Range(0, 1023)), 1024);
        EXPECT_LT(*Choose(allocation, 1500, Range(1024, 65535)), 1024);
        EXPECT_FALSE(Choose(allocation, 1500, Range(0, 65535)));
        // Where ports are reserved, none of them is given.
        EXPECT_GE(*Choose(allocation, 700, {}, 4096), 4096);
        EXPECT_FALSE(Choose(allocation, 700, Range(4096, 65535), 4096));
    }
}

TEST(ChooseNatPort, LeavesPortsToTheNodeThatUsesThem)
{
    EXPECT_EQ(Choose(NatPortAllocation::PRESERVATION, 5000, {}, 0, {5000, 5002}), 5004);
    EXPECT_EQ(Choose(NatPortAllocation::SEQUENTIAL, 5000, {}, 0, {1024, 1025}), 1026);
}

/*
 * RFC 7857 section 3: connections to other remote ends may have the same port. So there is room for
 * all ports towards each of them, and for no more.
 */
TEST(NatTable, SharesPortsToTheLastOneWithEachRemoteEnd)
{
    NatConfig config;
    config.mapping = NatBehaviour::ADDRESS_AND_PORT_DEPENDENT;
    config.portOverlapping = true;
    config.maxMappings = 200000;
    for (const auto allocation : {NatPortAllocation::PRESERVATION, NatPortAllocation::RANDOM})
    {
        config.allocation = allocation;
        NatTable table(config);
        table.AddPublicAddress(PUBLIC);
        // A port that is set up by hand is shared with none.
        ASSERT_TRUE(table.AddFixed(UDP, {INSIDE, 5}, {PUBLIC, 5000}, Nanos(0)));
        const auto out = [&](uint32_t i, NatEndpoint remote) {
            return table.Outbound(
                {UDP, {INSIDE + 1 + i / 50000, static_cast<uint16_t>(i % 50000)}, remote},
                0,
                std::chrono::seconds(i / 1000));
        };
        for (const NatEndpoint remote : {NatEndpoint{REMOTE, 80}, {REMOTE, 81}})
        {
            std::set<uint16_t> ports;
            for (uint32_t i = 0; i < 61439; ++i)
            {
                const auto found = out(i, remote);
                ASSERT_TRUE(found) << i << ' ' << NatRefusalName(found.refusal);
                ports.insert(found.endpoint.port);
            }
            EXPECT_EQ(ports.size(), 61439);
            EXPECT_EQ(ports.count(5000), 0);
            EXPECT_EQ(out(61439, remote).refusal, NatRefusal::PORTS_EXHAUSTED);
        }
        // One that ends makes room for another.
        table.Advance(std::chrono::seconds(301));
        EXPECT_TRUE(out(61439, {REMOTE, 80}));
        EXPECT_TRUE(table.RemovePublicAddress(PUBLIC));
        EXPECT_TRUE(table.AddPublicAddress(PUBLIC));
        EXPECT_TRUE(out(0, {REMOTE, 80}));
        EXPECT_EQ(table.size(), 1);
    }
}

/** RFC 959 section 3.2: the server's data port is the one next to that of its control connection.
 */
TEST(NatTable, HearsAnExpectedConnectionWherePortsAreShared)
{
    NatConfig config;
    config.mapping = NatBehaviour::ADDRESS_AND_PORT_DEPENDENT;
    config.portOverlapping = true;
    NatTable table(config);
    table.AddPublicAddress(PUBLIC);
    const auto end = table.Expect({TCP, {INSIDE, 5001}, {REMOTE, 21}}, Nanos(0)).endpoint;
    const auto in = table.Inbound(TCP, end, {REMOTE, 20}, 2, Nanos(0));
    ASSERT_TRUE(in) << NatRefusalName(in.refusal);
    EXPECT_TRUE((in.endpoint == NatEndpoint{INSIDE, 5001}));
    EXPECT_TRUE(table.Outbound({TCP, {INSIDE, 5001}, {REMOTE, 20}}, 0x12, Nanos(0)).endpoint ==
                end);
    EXPECT_EQ(table.Inbound(TCP, end, {REMOTE + 1, 20}, 2, Nanos(0)).refusal,
              NatRefusal::NO_MAPPING);
}
