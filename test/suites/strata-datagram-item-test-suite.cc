// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/packet.h"
#include "ns3/strata-datagram-item.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/strata-udp-header.h"
#include "ns3/strata-wire-contract.h"
#include "ns3/test.h"

#include <string>

using namespace ns3;
using namespace ns3::strata;

namespace
{

Ptr<Packet>
ToPacket(const Bytes& bytes)
{
    return Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
}

/** A segment between these ports. */
Bytes
Segment(uint16_t source, uint16_t destination, std::initializer_list<uint8_t> options)
{
    TcpWireHeader header;
    header.ports.source = source;
    header.ports.destination = destination;
    for (const uint8_t octet : options)
    {
        header.options.push_back(octet);
    }
    return EncodeToBytes(header);
}

Ipv4Header
HeaderOf(uint8_t protocol)
{
    Ipv4Header header;
    header.SetSource("10.0.0.1");
    header.SetDestination("10.0.0.2");
    header.SetProtocol(protocol);
    return header;
}

constexpr uint8_t TCP = 6;
constexpr uint8_t UDP = 17;

/** Segments that the stock header does not come back from, or reads beyond. */
std::vector<std::pair<std::string, Bytes>>
BadSegments()
{
    Bytes shortOffset = Segment(1, 2, {});
    shortOffset[12] = 0x40;
    Bytes longOffset = Segment(1, 2, {});
    longOffset[12] = 0xf0;
    const Bytes whole = Segment(1, 2, {});
    return {
        {"an option of length 0", Segment(1, 2, {8, 0, 0, 0})},
        {"an option of length 1", Segment(1, 2, {8, 1, 0, 0})},
        {"an option beyond the header", Segment(1, 2, {8, 10, 0, 0})},
        {"a maximum segment size of 3 octets", Segment(1, 2, {2, 3, 0, 0})},
        {"a data offset of 4", shortOffset},
        {"a data offset beyond the segment", longOffset},
        {"half a header", Bytes(whole.begin(), whole.begin() + 10)},
        {"nothing", {}},
    };
}

class CanStockHashTest : public TestCase
{
  public:
    CanStockHashTest()
        : TestCase("The stock item gets what it can read, and nothing else")
    {
    }

  private:
    void DoRun() override
    {
        const auto can = [](const Ipv4Header& header, const Bytes& bytes) {
            return CanStockHash(header, *ToPacket(bytes));
        };
        NS_TEST_EXPECT_MSG_EQ(can(HeaderOf(TCP), Segment(1, 2, {})), true, "a plain segment");
        NS_TEST_EXPECT_MSG_EQ(can(HeaderOf(TCP), Segment(1, 2, {2, 4, 5, 180})), true, "an option");
        Ipv4Header later = HeaderOf(TCP);
        later.SetFragmentOffset(8);
        for (const auto& [what, bytes] : BadSegments())
        {
            NS_TEST_EXPECT_MSG_EQ(can(HeaderOf(TCP), bytes), false, what);
            NS_TEST_EXPECT_MSG_EQ(can(later, bytes), true, "not the first: " << what);
            NS_TEST_EXPECT_MSG_EQ(can(HeaderOf(89), bytes), true, "no ports: " << what);
        }
        NS_TEST_EXPECT_MSG_EQ(can(HeaderOf(UDP), Bytes(8)), true, "a header of UDP");
        NS_TEST_EXPECT_MSG_EQ(can(HeaderOf(UDP), Bytes(7)), false, "less");
    }
};

class HashTest : public TestCase
{
  public:
    HashTest()
        : TestCase("Flows are told apart by ports where there are ports, else by addresses")
    {
    }

  private:
    void DoRun() override
    {
        const auto item = [](const Ipv4Header& header, const Bytes& bytes) {
            return Create<DatagramItem>(ToPacket(bytes), Address(), 0x0800, header);
        };
        const Bytes good = Segment(1, 2, {});
        const Ptr<DatagramItem> ours = item(HeaderOf(TCP), good);
        const Ipv4QueueDiscItem stock(ToPacket(good), Address(), 0x0800, HeaderOf(TCP));
        for (const uint32_t perturbation : {0, 7})
        {
            NS_TEST_EXPECT_MSG_EQ(ours->Hash(perturbation), stock.Hash(perturbation), "as stock");
        }
        NS_TEST_EXPECT_MSG_NE(item(HeaderOf(TCP), Segment(1, 3, {}))->Hash(),
                              ours->Hash(),
                              "another flow");
        Ipv4Header later = HeaderOf(TCP);
        later.SetFragmentOffset(8);
        const uint32_t without = item(later, good)->Hash();
        Ipv4Header elsewhere = HeaderOf(TCP);
        elsewhere.SetDestination("10.0.0.3");
        for (const auto& [what, bytes] : BadSegments())
        {
            NS_TEST_EXPECT_MSG_EQ(item(HeaderOf(TCP), bytes)->Hash(), without, what);
            NS_TEST_EXPECT_MSG_NE(item(elsewhere, bytes)->Hash(), without, what);
        }
    }
};

class OctetsTest : public TestCase
{
  public:
    OctetsTest()
        : TestCase("The hash from octets is that of the item")
    {
    }

  private:
    void DoRun() override
    {
        std::vector<std::pair<std::string, Bytes>> payloads = BadSegments();
        payloads.emplace_back("a plain segment", Segment(1, 2, {}));
        payloads.emplace_back("an option", Segment(1, 2, {2, 4, 5, 180}));
        payloads.emplace_back("a header of UDP", Bytes{0, 53, 200, 1, 0, 8, 0, 0});
        for (const uint8_t protocol : {TCP, UDP, uint8_t{1}, uint8_t{89}})
        {
            for (const uint16_t offset : {0, 8, 2048, 65528})
            {
                for (const auto& [what, bytes] : payloads)
                {
                    Ipv4Header header = HeaderOf(protocol);
                    header.SetFragmentOffset(offset);
                    header.SetMayFragment();
                    const DatagramItem item(ToPacket(bytes), Address(), 0x0800, header);
                    Packet front;
                    front.AddHeader(header);
                    Bytes octets(front.GetSize());
                    front.CopyData(octets.data(), front.GetSize());
                    for (const uint32_t perturbation : {0U, 7U, 0xfedcba98U})
                    {
                        NS_TEST_EXPECT_MSG_EQ(FlowHashOf(octets, *ToPacket(bytes), perturbation),
                                              item.Hash(perturbation),
                                              what << " of " << +protocol << " at " << offset);
                    }
                }
            }
        }
    }
};

class StrataDatagramItemTestSuite : public TestSuite
{
  public:
    StrataDatagramItemTestSuite()
        : TestSuite("strata-datagram-item")
    {
        AddTestCase(new CanStockHashTest);
        AddTestCase(new HashTest);
        AddTestCase(new OctetsTest);
    }
};

StrataDatagramItemTestSuite g_strataDatagramItemTestSuite;

} // namespace
