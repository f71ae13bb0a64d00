// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/ipv4-header.h"
#include "ns3/ipv4-raw-socket-factory.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/socket.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/strata-packet-front.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-raw-header.h"
#include "ns3/test.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <string>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint8_t EXPERIMENT = 253;

/** The octets that the metadata of \p packet know. */
uint32_t
KnownOctets(Ptr<const Packet> packet)
{
    uint32_t octets = 0;
    for (PacketMetadata::ItemIterator i = packet->BeginItem(); i.HasNext();)
    {
        octets += i.Next().currentSize;
    }
    return octets;
}

class CopiesTest : public TestCase
{
  public:
    CopiesTest()
        : TestCase("A header on an emptied packet leaves its copies as they are")
    {
    }

  private:
    void DoRun() override
    {
        Packet::EnablePrinting(); // before the first packet
        const uint8_t octets[20] = {0x45};
        // Room for more headers than the packet has, as packets have once others went before them.
        Ptr<Packet> large = Create<Packet>(1);
        for (int i = 0; i < 5; ++i)
        {
            large->AddHeader(Ipv4Header());
        }
        large = nullptr;
        Ptr<Packet> frame = Create<Packet>(octets, sizeof(octets));
        Ptr<Packet> emptied = frame->Copy();
        SocketPriorityTag tag;
        tag.SetPriority(3);
        emptied->AddPacketTag(tag);
        RemoveFront(emptied, sizeof(octets));
        // Another link header than the one that comes on the emptied packet, in the same place.
        const uint8_t link[2] = {0x00, 0x21};
        frame->AddHeader(RawHeader(ByteView(link, sizeof(link))));
        const std::string before = frame->ToString();
        Ptr<Packet> second = emptied->Copy();
        AddFront(emptied, Ipv4Header());
        AddFront(second, RawHeader(ByteView(octets, 5)));
        NS_TEST_EXPECT_MSG_EQ(frame->ToString(), before, "the packet that it came from");
        NS_TEST_EXPECT_MSG_EQ(KnownOctets(emptied), 20, "the first copy");
        NS_TEST_EXPECT_MSG_EQ(KnownOctets(second), 5, "the second copy");
        NS_TEST_EXPECT_MSG_EQ(emptied->GetUid(), frame->GetUid(), "the same packet");
        NS_TEST_EXPECT_MSG_EQ(emptied->PeekPacketTag(tag), true, "with its tag");
    }
};

/** Looks at every datagram, so that none takes a short way. */
class Onlooker : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket&) override
    {
        return HookVerdict::ACCEPT;
    }
};

class OnThePathTest : public TestCase
{
  public:
    OnThePathTest(bool fastPath)
        : TestCase(fastPath ? "Metadata on the fast path"
                            : "Metadata on the way through the hooks"),
          m_fastPath(fastPath)
    {
    }

  private:
    void DoRun() override
    {
        Packet::EnablePrinting();
        NodeContainer nodes(3);
        InternetStackHelper().Install(nodes);
        StrataIpv4Helper ipv4;
        ipv4.SetAttribute("FastPath", BooleanValue(m_fastPath));
        ipv4.Install(nodes);
        Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
        for (uint32_t i = 0; i < 2; ++i)
        {
            const NetDeviceContainer link =
                StrataPointToPointHelper().Install(nodes.Get(i), nodes.Get(i + 1));
            addresses.Assign(link);
            addresses.NewNetwork();
            for (uint32_t end = 0; end < 2; ++end)
            {
                for (const char* trace : {"MacTx", "MacRx"})
                {
                    link.Get(end)->TraceConnectWithoutContext(
                        trace,
                        Callback<void, Ptr<const Packet>>(
                            [this](Ptr<const Packet> frame) { See(frame); }));
                }
            }
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        if (!m_fastPath)
        {
            for (uint32_t i = 0; i < 3; ++i)
            {
                for (const HookPoint point :
                     {HookPoint::PREROUTING, HookPoint::FORWARD, HookPoint::OUTPUT})
                {
                    Ipv4Hooks::Of(nodes.Get(i))->Attach(point, 0, CreateObject<Onlooker>());
                }
            }
        }
        const Ipv4Address far("10.0.2.2");
        Ptr<Socket> raw = Socket::CreateSocket(nodes.Get(0), Ipv4RawSocketFactory::GetTypeId());
        raw->SetAttribute("Protocol", UintegerValue(EXPERIMENT));
        Ptr<Socket> udp = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
        // Nobody has the protocol, nor the port, so that errors come back.
        for (const uint32_t size : {0, 1, 100})
        {
            Simulator::Schedule(MilliSeconds(100), [raw, udp, far, size] {
                raw->SendTo(Create<Packet>(size), 0, InetSocketAddress(far, 0));
                udp->SendTo(Create<Packet>(size), 0, InetSocketAddress(far, 9));
            });
        }
        Simulator::Stop(Seconds(2));
        Simulator::Run();
        Simulator::Destroy();
        NS_TEST_EXPECT_MSG_GT_OR_EQ(m_seen, 6 * 4, "frames");
    }

    void See(Ptr<const Packet> frame)
    {
        ++m_seen;
        NS_TEST_EXPECT_MSG_EQ(KnownOctets(frame),
                              frame->GetSize(),
                              "what the metadata know of " << frame->ToString());
        NS_TEST_EXPECT_MSG_NE(frame->ToString().find("ns3::Ipv4Header"),
                              std::string::npos,
                              "an IPv4 header by its name in " << frame->ToString());
    }

    bool m_fastPath;
    uint32_t m_seen{0};
};

class StrataPacketFrontTestSuite : public TestSuite
{
  public:
    StrataPacketFrontTestSuite()
        : TestSuite("strata-packet-front")
    {
        AddTestCase(new CopiesTest);
        AddTestCase(new OnThePathTest(false));
        AddTestCase(new OnThePathTest(true));
    }
};

StrataPacketFrontTestSuite g_strataPacketFrontTestSuite;

} // namespace
