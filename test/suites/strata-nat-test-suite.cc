// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-test-case.h"

#include "ns3/inet-socket-address.h"
#include "ns3/tcp-socket-factory.h"
#include "ns3/udp-socket-factory.h"

#include <sstream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint8_t SYN = TcpWireHeader::SYN;
constexpr uint8_t ACK = TcpWireHeader::ACK;

/** Fig. 5-56, for UDP, TCP and a reply of each. */
class FigureTest : public NatTestCase
{
  public:
    FigureTest()
        : NatTestCase("10.0.0.1 port 5544 becomes 198.60.42.12 port 3344, and back")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        for (const char* protocol : {"udp", "tcp"})
        {
            NS_TEST_EXPECT_MSG_EQ(nat->AddStaticMapping(protocol,
                                                        Ipv4Address("10.0.0.1"),
                                                        5544,
                                                        Ipv4Address(PUBLIC),
                                                        3344),
                                  true,
                                  "the mapping of the figure");
        }
        const Datagram out =
            Through(A, UdpDatagram({"10.0.0.1", 5544}, {"198.60.42.1", 80}), S, "out by UDP");
        ExpectEnds(out, {PUBLIC, 3344}, {"198.60.42.1", 80}, "out by UDP");
        const Datagram back =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, 3344}), A, "back by UDP");
        ExpectEnds(back, {"198.60.42.1", 80}, {"10.0.0.1", 5544}, "back by UDP");
        const Datagram syn =
            Through(A, TcpSegment({"10.0.0.1", 5544}, {"198.60.42.1", 80}, SYN), S, "SYN");
        ExpectEnds(syn, {PUBLIC, 3344}, {"198.60.42.1", 80}, "SYN");
        const Datagram answer =
            Through(S, TcpSegment({"198.60.42.1", 80}, {PUBLIC, 3344}, SYN | ACK), A, "SYN ACK");
        ExpectEnds(answer, {"198.60.42.1", 80}, {"10.0.0.1", 5544}, "SYN ACK");
    }
};

/** The text: "both happen to use port 5000". */
class TwoHostsOnePortTest : public NatTestCase
{
  public:
    TwoHostsOnePortTest()
        : NatTestCase("two hosts on one source port get two public ports")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        const Datagram a =
            Through(A, UdpDatagram({"10.0.0.1", 5000}, {"198.60.42.1", 80}), S, "from A");
        const Datagram b =
            Through(B, UdpDatagram({"10.0.0.2", 5000}, {"198.60.42.1", 80}), S, "from B");
        NS_TEST_EXPECT_MSG_EQ(a.SourcePort(), 5000, "the first keeps its port");
        NS_TEST_EXPECT_MSG_NE(b.SourcePort(), 5000, "the second gets another");
        NS_TEST_EXPECT_MSG_EQ(b.SourcePort() % 2, 0, "of the same parity");
        const Datagram toA =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, 5000}), A, "to A");
        ExpectEnds(toA, {"198.60.42.1", 80}, {"10.0.0.1", 5000}, "to A");
        const Datagram toB =
            Through(S, UdpDatagram({"198.60.42.1", 80}, {PUBLIC, b.SourcePort()}), B, "to B");
        ExpectEnds(toB, {"198.60.42.1", 80}, {"10.0.0.2", 5000}, "to B");
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 2, "two mappings");
        NS_TEST_EXPECT_MSG_EQ(created.size(), 2, "both were traced");
        std::ostringstream table;
        nat->PrintTable(table);
        NS_TEST_EXPECT_MSG_NE(table.str().find("udp 10.0.0.1:5000 -> 198.60.42.12:5000"),
                              std::string::npos,
                              "the table as text has " << table.str());
    }
};

/** A stock TCP connection through the box, with stock sockets. */
class StockTcpTest : public NatTestCase
{
  public:
    StockTcpTest()
        : NatTestCase("a stock TCP connection carries its bytes through the box")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        taps[A]->alive = true;
        taps[S]->alive = true;
        m_listener = Socket::CreateSocket(nodes.Get(S), TcpSocketFactory::GetTypeId());
        m_listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 80));
        m_listener->Listen();
        m_listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                      MakeCallback(&StockTcpTest::OnAccept, this));
        Ptr<Socket> client = Socket::CreateSocket(nodes.Get(A), TcpSocketFactory::GetTypeId());
        client->Bind();
        client->Connect(InetSocketAddress(Ipv4Address("198.60.42.1"), 80));
        Simulator::Schedule(Seconds(0.5), [client] {
            client->Send(Create<Packet>(50000));
            client->Close();
        });
        Run(10);
        NS_TEST_EXPECT_MSG_EQ(m_received, 50000, "all bytes arrive");
        NS_TEST_EXPECT_MSG_EQ(m_peer, Ipv4Address(PUBLIC), "from the public address");
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 1, "by one mapping");
        Run(300);
        NS_TEST_EXPECT_MSG_EQ(nat->GetSize(), 0, "which ends four minutes after the connection");
        NS_TEST_EXPECT_MSG_EQ(expired.size(), 1, "and is traced");
    }

    void OnAccept(Ptr<Socket> socket, const Address& from)
    {
        m_peer = InetSocketAddress::ConvertFrom(from).GetIpv4();
        socket->SetRecvCallback(MakeCallback(&StockTcpTest::OnData, this));
        socket->SetCloseCallbacks(MakeCallback(&StockTcpTest::OnClose, this),
                                  MakeCallback(&StockTcpTest::OnClose, this));
    }

    void OnClose(Ptr<Socket> socket)
    {
        socket->Close();
    }

    void OnData(Ptr<Socket> socket)
    {
        while (Ptr<Packet> packet = socket->Recv())
        {
            if (packet->GetSize() == 0)
            {
                break;
            }
            m_received += packet->GetSize();
        }
    }

    Ptr<Socket> m_listener;
    uint32_t m_received{0};
    Ipv4Address m_peer;
};

class NatTestSuite : public TestSuite
{
  public:
    NatTestSuite()
        : TestSuite("strata-nat")
    {
        AddTestCase(new FigureTest);
        AddTestCase(new TwoHostsOnePortTest);
        AddTestCase(new StockTcpTest);
    }
};

NatTestSuite g_natTestSuite;

} // namespace
