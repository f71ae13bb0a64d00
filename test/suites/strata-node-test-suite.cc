// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/config.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv6-address-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-mpls-label.h"
#include "ns3/strata-node.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-ppp-protocol-table.h"
#include "ns3/strata-wire-header.h"
#include "ns3/test.h"

#ifdef STRATA_HAVE_GCRYPT
#include "ns3/strata-gcrypt-authenticator.h"
#endif

#include <sstream>
#include <string>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Counts the frames that it is given. */
struct FrameCounter
{
    uint32_t frames{0};

    void Receive(Ptr<NetDevice>,
                 Ptr<const Packet>,
                 uint16_t,
                 const Address&,
                 const Address&,
                 NetDevice::PacketType)
    {
        ++frames;
    }
};

class NodeTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void DoTeardown() override
    {
        Simulator::Destroy();
    }
};

class GetOrCreateTest : public NodeTestCase
{
  public:
    GetOrCreateTest()
        : NodeTestCase("A node has one object, whoever asks first")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = CreateObject<Node>();
        Ptr<StrataNode> first = StrataNode::Of(node);
        NS_TEST_ASSERT_MSG_EQ(StrataNode::Of(node), first, "asked twice");
        NS_TEST_ASSERT_MSG_EQ(node->GetObject<StrataNode>(), first, "aggregated");
        NS_TEST_ASSERT_MSG_EQ(first->GetNode(), node, "knows its node");

        Ptr<Node> other = CreateObject<Node>();
        Ptr<StrataNode> own = CreateObject<StrataNode>();
        other->AggregateObject(own);
        NS_TEST_ASSERT_MSG_EQ(StrataNode::Of(other), own, "aggregated by the user");
    }
};

/** Registers before or after devices and stack exist, twice, and counts one frame once. */
class FrameHandlerTest : public NodeTestCase
{
  public:
    FrameHandlerTest(bool before)
        : NodeTestCase(before ? "Handlers registered before devices and stack receive once"
                              : "Handlers registered after devices and stack receive once"),
          m_before(before)
    {
    }

  private:
    void Register(Ptr<StrataNode> strataNode, FrameCounter& counter)
    {
        const auto handler = MakeCallback(&FrameCounter::Receive, &counter);
        NS_TEST_ASSERT_MSG_EQ(strataNode->RegisterFrameHandler(EtherType::MPLS_UNICAST, handler),
                              true,
                              "first time");
        NS_TEST_ASSERT_MSG_EQ(strataNode->RegisterFrameHandler(EtherType::MPLS_UNICAST, handler),
                              false,
                              "second time");
    }

    void DoRun() override
    {
        NodeContainer nodes(2);
        Ptr<StrataNode> strataNode = StrataNode::Of(nodes.Get(1));
        FrameCounter mpls;
        FrameCounter ipv4;
        const auto ipv4Handler = MakeCallback(&FrameCounter::Receive, &ipv4);
        if (m_before)
        {
            Register(strataNode, mpls);
            strataNode->RegisterFrameHandler(EtherType::IPV4, ipv4Handler);
        }
        StrataPointToPointHelper link;
        NetDeviceContainer devices = link.Install(nodes);
        InternetStackHelper().Install(nodes);
        Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
        if (!m_before)
        {
            Register(strataNode, mpls);
            strataNode->RegisterFrameHandler(EtherType::IPV4, ipv4Handler, devices.Get(1));
        }
        Simulator::Schedule(Seconds(1), [&] {
            const Address to = devices.Get(1)->GetAddress();
            devices.Get(0)->Send(Create<Packet>(100), to, EtherType::MPLS_UNICAST);
        });
        Ptr<Ipv4> ip = nodes.Get(0)->GetObject<Ipv4>();
        uint32_t stack = 0;
        nodes.Get(1)->GetObject<Ipv4>()->TraceConnectWithoutContext(
            "Rx",
            Callback<void, Ptr<const Packet>, Ptr<Ipv4>, uint32_t>(
                [&stack](Ptr<const Packet>, Ptr<Ipv4>, uint32_t) { ++stack; }));
        Simulator::Schedule(Seconds(2), [&] {
            ip->Send(Create<Packet>(8), "10.0.0.1", "10.0.0.2", 253, nullptr);
        });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(mpls.frames, 1, "MPLS frame");
        NS_TEST_ASSERT_MSG_EQ(ipv4.frames, 1, "IPv4 frame at the handler");
        NS_TEST_ASSERT_MSG_EQ(stack, 1, "IPv4 frame at the stock stack");
    }

    bool m_before;
};

/** Stands between the devices and the stock stack, counts, and passes everything on. */
class TakeOverTest : public NodeTestCase
{
  public:
    TakeOverTest(bool before)
        : NodeTestCase(before ? "What is taken over before interfaces exist is seen once"
                              : "What is taken over after interfaces exist is seen once"),
          m_before(before)
    {
    }

  private:
    struct Tap
    {
        Ptr<StrataNode> strataNode;
        uint32_t frames{0};

        void Receive(Ptr<NetDevice> device,
                     Ptr<const Packet> packet,
                     uint16_t etherType,
                     const Address& from,
                     const Address& to,
                     NetDevice::PacketType type)
        {
            ++frames;
            strataNode->PassToStock(device, packet, etherType, from, to, type);
        }
    };

    void TakeOver(Tap& tap)
    {
        const auto handler = MakeCallback(&Tap::Receive, &tap);
        NS_TEST_ASSERT_MSG_EQ(tap.strataNode->TakeOver(EtherType::IPV4, handler), true, "first");
        NS_TEST_ASSERT_MSG_EQ(tap.strataNode->TakeOver(EtherType::IPV4, handler), false, "second");
    }

    void DoRun() override
    {
        NodeContainer nodes(2);
        InternetStackHelper().Install(nodes);
        Tap tap{StrataNode::Of(nodes.Get(1))};
        if (m_before)
        {
            TakeOver(tap);
        }
        NetDeviceContainer devices = StrataPointToPointHelper().Install(nodes);
        Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
        Ipv6AddressHelper("fd00::", 64).Assign(devices);
        if (!m_before)
        {
            TakeOver(tap);
        }
        uint32_t stack = 0;
        const auto count = [&stack](Ptr<const Packet>, Ptr<Ipv4>, uint32_t) { ++stack; };
        nodes.Get(1)->GetObject<Ipv4>()->TraceConnectWithoutContext(
            "Rx",
            Callback<void, Ptr<const Packet>, Ptr<Ipv4>, uint32_t>(count));
        Ptr<Ipv4> ip = nodes.Get(0)->GetObject<Ipv4>();
        const auto send = [ip](Ipv4Address source, Ipv4Address destination) {
            ip->Send(Create<Packet>(8), source, destination, 253, nullptr);
        };
        Simulator::Schedule(Seconds(2), [&] { send("10.0.0.1", "10.0.0.2"); });
        // An interface that comes while the simulation runs.
        Simulator::Schedule(Seconds(3), [&] {
            NetDeviceContainer more = StrataPointToPointHelper().Install(nodes);
            Ipv4AddressHelper("10.0.1.0", "255.255.255.0").Assign(more);
            tap.strataNode->TakeOverNewInterfaces();
        });
        Simulator::Schedule(Seconds(4), [&] { send("10.0.1.1", "10.0.1.2"); });
        Simulator::Stop(Seconds(5));
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(tap.frames, 2, "seen on the way");
        NS_TEST_ASSERT_MSG_EQ(stack, 2, "and received by the stock stack");
    }

    bool m_before;
};

class UnregisterTest : public NodeTestCase
{
  public:
    UnregisterTest()
        : NodeTestCase("Taking one registration back leaves the handler's others")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(2);
        StrataPointToPointHelper link;
        NetDeviceContainer devices = link.Install(nodes);
        Ptr<StrataNode> strataNode = StrataNode::Of(nodes.Get(1));
        FrameCounter counter;
        const auto handler = MakeCallback(&FrameCounter::Receive, &counter);
        strataNode->RegisterFrameHandler(EtherType::MPLS_UNICAST, handler);
        strataNode->RegisterFrameHandler(EtherType::LAYER_PDU, handler, devices.Get(1));
        NS_TEST_ASSERT_MSG_EQ(strataNode->UnregisterFrameHandler(EtherType::LAYER_PDU, handler),
                              false,
                              "not registered for all devices");
        NS_TEST_ASSERT_MSG_EQ(
            strataNode->UnregisterFrameHandler(EtherType::LAYER_PDU, handler, devices.Get(1)),
            true,
            "registered for this one");
        Simulator::Schedule(Seconds(1), [&] {
            devices.Get(0)->Send(Create<Packet>(100), Address(), EtherType::MPLS_UNICAST);
            devices.Get(0)->Send(Create<Packet>(50), Address(), EtherType::LAYER_PDU);
        });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(counter.frames, 1, "the MPLS frame only");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(link_drop::NO_HANDLER),
                              1,
                              "the other is an accounted drop");
    }
};

class DropTest : public NodeTestCase
{
  public:
    DropTest()
        : NodeTestCase("A drop is counted by reason, traced by path and printed")
    {
    }

  private:
    void DoRun() override
    {
        Ptr<Node> node = CreateObject<Node>();
        Ptr<StrataNode> strataNode = StrataNode::Of(node);
        std::string trace;
        std::ostringstream path;
        path << "/NodeList/" << node->GetId() << "/$ns3::strata::StrataNode/Drop";
        const bool connected = Config::ConnectWithoutContextFailSafe(
            path.str(),
            Callback<void, Ptr<const Packet>, DropReason, Ptr<const NetDevice>>(
                [&trace](Ptr<const Packet>, DropReason reason, Ptr<const NetDevice>) {
                    trace += std::string(reason.Name()) + ",";
                }));
        NS_TEST_ASSERT_MSG_EQ(connected, true, "the trace source has a path");
        constexpr DropReason mine{"test.mine"};
        const std::string sameName = "test.mine";
        strataNode->ReportDrop(Create<Packet>(10), mine);
        strataNode->ReportDrop(Create<Packet>(20), DropReason{"test.other"});
        StrataNode::ReportDropOn(node, Create<Packet>(5), DropReason{sameName});
        StrataNode::ReportDropOn(CreateObject<Node>(), Create<Packet>(5), mine);
        StrataNode::ReportDropOn(nullptr, Create<Packet>(5), mine);
        NS_TEST_ASSERT_MSG_EQ(trace, "test.mine,test.other,test.mine,", "trace");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(mine), 2, "of this reason");
        NS_TEST_ASSERT_MSG_EQ(strataNode->GetDrops().Packets(), 3, "of all reasons");
        std::ostringstream text;
        strataNode->PrintDrops(text);
        NS_TEST_ASSERT_MSG_EQ(text.str(),
                              "test.mine 2 packets 15 bytes\ntest.other 1 packets 20 bytes\n",
                              "as text");
    }
};

class WireHeaderTest : public NodeTestCase
{
  public:
    WireHeaderTest()
        : NodeTestCase("A packet format of the core is a header of a packet")
    {
    }

  private:
    void DoRun() override
    {
        MplsLabelStack stack;
        stack.labels = {{100, 1, 64}, {200, 0, 63}, {300, 7, 62}};
        Ptr<Packet> packet = Create<Packet>(1000);
        packet->AddHeader(WireHeader<MplsLabelStack>(stack));
        NS_TEST_ASSERT_MSG_EQ(packet->GetSize(), 1012, "three labels in front");
        WireHeader<MplsLabelStack> read;
        NS_TEST_ASSERT_MSG_EQ(packet->RemoveHeader(read), 12, "three labels removed");
        NS_TEST_ASSERT_MSG_EQ((read.Get() == stack), true, "the same stack");
        NS_TEST_ASSERT_MSG_EQ(packet->GetSize(), 1000, "the payload stays");

        const uint8_t noBottom[] = {0, 1, 0, 64, 0, 2};
        Ptr<Packet> malformed = Create<Packet>(noBottom, sizeof(noBottom));
        NS_TEST_ASSERT_MSG_EQ(malformed->RemoveHeader(read), 0, "malformed");
        NS_TEST_ASSERT_MSG_EQ(malformed->GetSize(), 6, "nothing removed");
        NS_TEST_ASSERT_MSG_EQ(read.Error().has_value(), true, "says why");
        NS_TEST_ASSERT_MSG_EQ((*read.Error() == DecodeError{DecodeCode::TRUNCATED, 6}),
                              true,
                              "at the end of the bytes");

        Ptr<Packet> cut = Create<Packet>();
        cut->AddHeader(WireHeader<MplsLabelStack>(stack));
        NS_TEST_ASSERT_MSG_EQ(cut->RemoveHeader(read, 8), 0, "only eight bytes may be read");
        NS_TEST_ASSERT_MSG_EQ(cut->RemoveHeader(read, 12), 12, "all twelve");

        NS_TEST_ASSERT_MSG_EQ(WireHeader<MplsLabelStack>::GetTypeId().GetName(),
                              "ns3::strata::WireHeader<ns3::strata::MplsLabelStack>",
                              "TypeId name");
        NS_TEST_ASSERT_MSG_NE(WireHeader<MplsLabelStack>::GetTypeId(),
                              WireHeader<MplsLabelEntry>::GetTypeId(),
                              "one TypeId for each format");
        std::ostringstream text;
        read.Print(text);
        NS_TEST_ASSERT_MSG_EQ(text.str(), "ns3::strata::MplsLabelStack (12 bytes)", "text");
    }
};

#ifdef STRATA_HAVE_GCRYPT
class AuthenticatorTest : public NodeTestCase
{
  public:
    AuthenticatorTest()
        : NodeTestCase("The authenticator gives the tags of RFC 4231, truncated to 128 bits")
    {
    }

  private:
    static Bytes Text(const std::string& text)
    {
        return Bytes(text.begin(), text.end());
    }

    void DoRun() override
    {
        // RFC 4231 sections 4.2, 4.3 and 4.7 (a key longer than a block).
        const Authenticator::Tag first{0xb0,
                                       0x34,
                                       0x4c,
                                       0x61,
                                       0xd8,
                                       0xdb,
                                       0x38,
                                       0x53,
                                       0x5c,
                                       0xa8,
                                       0xaf,
                                       0xce,
                                       0xaf,
                                       0x0b,
                                       0xf1,
                                       0x2b};
        NS_TEST_ASSERT_MSG_EQ(
            (GcryptAuthenticator(Bytes(20, 0x0b)).Sign(Text("Hi There")) == first),
            true,
            "test case 1");
        const GcryptAuthenticator jefe{Text("Jefe")};
        const Bytes message = Text("what do ya want for nothing?");
        const Authenticator::Tag second{0x5b,
                                        0xdc,
                                        0xc1,
                                        0x46,
                                        0xbf,
                                        0x60,
                                        0x75,
                                        0x4e,
                                        0x6a,
                                        0x04,
                                        0x24,
                                        0x26,
                                        0x08,
                                        0x95,
                                        0x75,
                                        0xc7};
        NS_TEST_ASSERT_MSG_EQ((jefe.Sign(message) == second), true, "test case 2");
        const Authenticator::Tag sixth{0x60,
                                       0xe4,
                                       0x31,
                                       0x59,
                                       0x1e,
                                       0xe0,
                                       0xb6,
                                       0x7f,
                                       0x0d,
                                       0x8a,
                                       0x26,
                                       0xaa,
                                       0xcb,
                                       0xf5,
                                       0xb7,
                                       0x7f};
        NS_TEST_ASSERT_MSG_EQ((GcryptAuthenticator(Bytes(131, 0xaa))
                                   .Sign(Text("Test Using Larger Than Block-Size Key - Hash Key "
                                              "First")) == sixth),
                              true,
                              "test case 6");

        NS_TEST_ASSERT_MSG_EQ(jefe.Verify(message, second), true, "right tag");
        Authenticator::Tag forged = second;
        forged.back() ^= 1;
        NS_TEST_ASSERT_MSG_EQ(jefe.Verify(message, forged), false, "one bit of the tag");
        NS_TEST_ASSERT_MSG_EQ(GcryptAuthenticator({}).Verify(message, second), false, "other key");
    }
};
#endif

class StrataNodeTestSuite : public TestSuite
{
  public:
    StrataNodeTestSuite()
        : TestSuite("strata-node")
    {
        AddTestCase(new GetOrCreateTest);
        AddTestCase(new FrameHandlerTest(true));
        AddTestCase(new FrameHandlerTest(false));
        AddTestCase(new TakeOverTest(true));
        AddTestCase(new TakeOverTest(false));
        AddTestCase(new UnregisterTest);
        AddTestCase(new DropTest);
        AddTestCase(new WireHeaderTest);
#ifdef STRATA_HAVE_GCRYPT
        AddTestCase(new AuthenticatorTest);
#endif
    }
};

StrataNodeTestSuite g_strataNodeTestSuite;

} // namespace
