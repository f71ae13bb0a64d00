// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_TEST_CASE_H
#define STRATA_NAT_TEST_CASE_H

#include "ns3/boolean.h"
#include "ns3/csma-helper.h"
#include "ns3/global-value.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/mac48-address.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-checksum.h"
#include "ns3/strata-icmp-message.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-nat-helper.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/strata-udp-header.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** A datagram as bytes, with what of it tests ask for. */
struct Datagram
{
    Ipv4WireHeader header;
    Bytes payload;

    Bytes ToBytes() const
    {
        Ipv4WireHeader h = header;
        h.totalLength = static_cast<uint16_t>(h.HeaderSize() + payload.size());
        h.SetChecksum();
        Bytes bytes = EncodeToBytes(h);
        bytes.insert(bytes.end(), payload.begin(), payload.end());
        return bytes;
    }

    uint16_t SourcePort() const
    {
        return payload.size() < 2 ? 0 : static_cast<uint16_t>(payload[0] << 8 | payload[1]);
    }

    uint16_t DestinationPort() const
    {
        return payload.size() < 4 ? 0 : static_cast<uint16_t>(payload[2] << 8 | payload[3]);
    }

    uint16_t Identifier() const
    {
        return payload.size() < 6 ? 0 : static_cast<uint16_t>(payload[4] << 8 | payload[5]);
    }

    /** Whether the checksum of what follows the header is right: 0 for UDP, too. */
    bool IsRight() const
    {
        if (header.Is(Ipv4Protocol::ICMP))
        {
            return ComputeChecksum(payload) == 0;
        }
        if (header.Is(Ipv4Protocol::UDP) && payload[6] == 0 && payload[7] == 0)
        {
            return true;
        }
        InternetChecksum sum;
        sum.AddPseudoHeader4(header.source,
                             header.destination,
                             header.protocol,
                             static_cast<uint16_t>(payload.size()));
        sum.Add(payload);
        return sum.Get() == 0;
    }
};

/** An end with its address in text. */
struct End
{
    const char* address;
    uint16_t port{0};

    uint32_t Number() const
    {
        return Ipv4Address(address).Get();
    }
};

inline void
SetTransportChecksum(Datagram& datagram, std::size_t offset)
{
    InternetChecksum sum;
    sum.AddPseudoHeader4(datagram.header.source,
                         datagram.header.destination,
                         datagram.header.protocol,
                         static_cast<uint16_t>(datagram.payload.size()));
    sum.Add(datagram.payload);
    datagram.payload[offset] = static_cast<uint8_t>(sum.Get() >> 8);
    datagram.payload[offset + 1] = static_cast<uint8_t>(sum.Get());
}

inline Datagram
Between(End from, End to, Ipv4Protocol protocol)
{
    Datagram datagram;
    datagram.header.source = from.Number();
    datagram.header.destination = to.Number();
    datagram.header.protocol = static_cast<uint8_t>(protocol);
    return datagram;
}

inline Datagram
UdpDatagram(End from, End to, std::size_t size = 4, bool checksum = true)
{
    Datagram datagram = Between(from, to, Ipv4Protocol::UDP);
    ByteWriter writer(datagram.payload);
    writer.U16(from.port);
    writer.U16(to.port);
    writer.U16(static_cast<uint16_t>(8 + size));
    writer.U16(0);
    for (std::size_t i = 0; i < size; ++i)
    {
        writer.U8(static_cast<uint8_t>(i));
    }
    if (checksum)
    {
        SetTransportChecksum(datagram, 6);
    }
    return datagram;
}

inline Datagram
TcpSegment(End from,
           End to,
           uint8_t flags,
           const std::string& data = "",
           uint32_t sequence = 1000,
           uint32_t acknowledgment = 0,
           const Bytes& options = {})
{
    Datagram datagram = Between(from, to, Ipv4Protocol::TCP);
    TcpWireHeader tcp;
    tcp.ports.source = from.port;
    tcp.ports.destination = to.port;
    tcp.sequence = sequence;
    tcp.acknowledgment = acknowledgment;
    tcp.flags = flags;
    tcp.window = 8192;
    tcp.options.assign(options.begin(), options.end());
    datagram.payload = EncodeToBytes(tcp);
    datagram.payload.insert(datagram.payload.end(), data.begin(), data.end());
    SetTransportChecksum(datagram, 16);
    return datagram;
}

inline Datagram
IcmpDatagram(End from, End to, const IcmpMessage& message)
{
    Datagram datagram = Between(from, to, Ipv4Protocol::ICMP);
    IcmpMessage right = message;
    right.SetChecksum();
    datagram.payload = EncodeToBytes(right);
    return datagram;
}

/** An echo whose identifier is the port of its sender, or of its receiver if it is a reply. */
inline Datagram
Echo(End from, End to, bool reply = false)
{
    IcmpMessage message = IcmpMessage::EchoRequest(reply ? to.port : from.port, 1, Bytes(8, 0x55));
    message.type = reply ? IcmpType::ECHO_REPLY : IcmpType::ECHO_REQUEST;
    return IcmpDatagram(from, to, message);
}

/** What a host receives; it answers nothing by itself unless it is alive. */
class NatTestTap : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        Datagram datagram;
        datagram.header = packet.header;
        datagram.payload.resize(packet.payload->GetSize());
        packet.payload->CopyData(datagram.payload.data(), packet.payload->GetSize());
        arrived.push_back(datagram);
        return alive ? HookVerdict::ACCEPT : HookVerdict::TAKEN;
    }

    std::vector<Datagram> arrived;
    bool alive{false};
};

/**
 * Two hosts inside, 10.0.0.1 and 10.0.0.2, a box at 10.0.0.254 and 198.60.42.12, and two hosts
 * outside, 198.60.42.1 and 198.60.42.2; two Ethernets. Tests send bytes from the hosts.
 */
class NatTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    static constexpr const char* PUBLIC = "198.60.42.12";

    enum Host : uint32_t
    {
        A, //!< 10.0.0.1
        B, //!< 10.0.0.2
        BOX,
        S, //!< 198.60.42.1
        T, //!< 198.60.42.2
    };

    void Build(StrataNatHelper helper = StrataNatHelper(), bool addressed = true)
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        nodes.Create(5);
        InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(nodes);
        for (uint32_t i = 0; i < nodes.GetN(); ++i)
        {
            if (i != BOX || !stock)
            {
                StrataIpv4Helper().Install(nodes.Get(i));
            }
        }
        CsmaHelper lan;
        lan.SetChannelAttribute("DataRate", StringValue("1Gbps"));
        lan.SetChannelAttribute("Delay", StringValue("10us"));
        inside = lan.Install(NodeContainer(nodes.Get(A), nodes.Get(B), nodes.Get(BOX)));
        outside = lan.Install(NodeContainer(nodes.Get(BOX), nodes.Get(S), nodes.Get(T)));
        nat = helper.Install(nodes.Get(BOX), outside.Get(0));
        StrataNatHelper::AssignStreams(nodes, 1);
        Assign(inside.Get(0), "10.0.0.1");
        Assign(inside.Get(1), "10.0.0.2");
        Assign(inside.Get(2), "10.0.0.254");
        Assign(outside.Get(1), "198.60.42.1");
        Assign(outside.Get(2), "198.60.42.2");
        if (addressed)
        {
            Assign(outside.Get(0), PUBLIC);
        }
        for (const uint32_t host : {A, B})
        {
            Ipv4StaticRoutingHelper()
                .GetStaticRouting(nodes.Get(host)->GetObject<Ipv4>())
                ->SetDefaultRoute(Ipv4Address("10.0.0.254"), 1);
        }
        for (const uint32_t host : {A, B, S, T})
        {
            taps[host] = CreateObject<NatTestTap>();
            Ipv4Hooks::Of(nodes.Get(host))
                ->Attach(HookPoint::PREROUTING, Ipv4Priority::FIRST - 1, taps[host]);
        }
        nat->TraceConnectWithoutContext("Create", MakeCallback(&NatTestCase::OnCreate, this));
        nat->TraceConnectWithoutContext("Expire", MakeCallback(&NatTestCase::OnExpire, this));
        nat->TraceConnectWithoutContext("Refuse", MakeCallback(&NatTestCase::OnRefuse, this));
    }

    void Assign(Ptr<NetDevice> device, const char* address)
    {
        Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
        int32_t interface = ipv4->GetInterfaceForDevice(device);
        interface = interface < 0 ? static_cast<int32_t>(ipv4->AddInterface(device)) : interface;
        ipv4->AddAddress(static_cast<uint32_t>(interface),
                         Ipv4InterfaceAddress(Ipv4Address(address), Ipv4Mask("255.255.255.0")));
        ipv4->SetUp(static_cast<uint32_t>(interface));
    }

    /** Sends \p bytes from a host on its link to the box. */
    void SendBytes(Host host, const Bytes& bytes)
    {
        const bool within = host == A || host == B;
        Ptr<NetDevice> device = within ? inside.Get(host) : outside.Get(host - BOX);
        Ptr<NetDevice> box = within ? inside.Get(2) : outside.Get(0);
        device->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                     box->GetAddress(),
                     0x0800);
    }

    void SendAt(double seconds, Host host, const Datagram& datagram)
    {
        const Bytes bytes = datagram.ToBytes();
        Simulator::Schedule(Seconds(seconds) - Simulator::Now(),
                            [this, host, bytes] { SendBytes(host, bytes); });
    }

    /** Sends now, and lets it arrive. */
    void Send(Host host, const Datagram& datagram)
    {
        const Bytes bytes = datagram.ToBytes();
        Simulator::ScheduleNow([this, host, bytes] { SendBytes(host, bytes); });
        Run(0.1); // the box may have to ask by ARP, which waits up to 10 ms
    }

    void Run(double seconds)
    {
        Simulator::Stop(Seconds(seconds));
        Simulator::Run();
    }

    /** What came to \p host since the last call. */
    std::vector<Datagram> Arrived(Host host)
    {
        std::vector<Datagram> arrived;
        arrived.swap(taps[host]->arrived);
        return arrived;
    }

    /** Sends from \p from; what arrives at \p to must be one datagram, which is given back. */
    Datagram Through(Host from, const Datagram& datagram, Host to, const char* what)
    {
        Arrived(to);
        Send(from, datagram);
        const auto arrived = Arrived(to);
        NS_TEST_EXPECT_MSG_EQ(arrived.size(), 1, what << ": one datagram arrives");
        if (arrived.empty())
        {
            return datagram;
        }
        NS_TEST_EXPECT_MSG_EQ(arrived[0].header.HasRightChecksum(), true, what << ": IP checksum");
        NS_TEST_EXPECT_MSG_EQ(arrived[0].header.IsFragment() || arrived[0].IsRight(),
                              true,
                              what << ": transport checksum");
        return arrived[0];
    }

    /** Sends from \p from; nothing may arrive at \p to. */
    void Blocked(Host from, const Datagram& datagram, Host to, const char* what)
    {
        Arrived(to);
        Send(from, datagram);
        NS_TEST_EXPECT_MSG_EQ(Arrived(to).size(), 0, what << ": nothing arrives");
    }

    void ExpectEnds(const Datagram& datagram, End from, End to, const char* what)
    {
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(datagram.header.source),
                              Ipv4Address(from.address),
                              what << ": source");
        NS_TEST_EXPECT_MSG_EQ(Ipv4Address(datagram.header.destination),
                              Ipv4Address(to.address),
                              what << ": destination");
        if (!datagram.header.Is(Ipv4Protocol::ICMP))
        {
            NS_TEST_EXPECT_MSG_EQ(datagram.SourcePort(), from.port, what << ": source port");
            NS_TEST_EXPECT_MSG_EQ(datagram.DestinationPort(), to.port, what << ": port");
        }
    }

    uint64_t Drops(DropReason reason) const
    {
        return StrataNode::Of(nodes.Get(BOX))->GetDrops().Packets(reason);
    }

    void DoTeardown() override
    {
        Simulator::Destroy();
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
    }

    bool stock{false}; //!< the box has the stock stack
    NodeContainer nodes;
    NetDeviceContainer inside;
    NetDeviceContainer outside;
    Ptr<StrataNat> nat;
    Ptr<NatTestTap> taps[5];
    std::vector<NatMapping> created;
    std::vector<NatMapping> expired;
    std::vector<std::string> refused;

  private:
    void OnCreate(const NatMapping& mapping)
    {
        created.push_back(mapping);
    }

    void OnExpire(const NatMapping& mapping)
    {
        expired.push_back(mapping);
    }

    void OnRefuse(const Ipv4HookPacket&, DropReason reason)
    {
        refused.emplace_back(reason.Name());
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_TEST_CASE_H */
