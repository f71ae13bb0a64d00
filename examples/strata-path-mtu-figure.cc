// SPDX-License-Identifier: GPL-2.0-only

// Shows: path MTU discovery by TCP and UDP of the stock stack (Fig. 5-42): 1400, 1200, 900.
//
//     source -- 1400 -- router -- 1200 -- router -- 900 -- destination
//
// No router may fragment what the source sends. Each router that it is too large for says what
// fits; the connection under way goes on with smaller packets, and UDP is fragmented at the source.

#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-ppp-header.h"

#include <fmt/format.h>
#include <sstream>

using namespace ns3;
using namespace ns3::strata;

constexpr uint32_t MESSAGE = 1372; //!< and 28 octets of headers
constexpr uint32_t TOTAL = 200 * MESSAGE;

/** Tells of each change at the source. */
struct Teller
{
    uint32_t mtu{0}; //!< that was reported last
    bool tell{true}; //!< of the next large packet

    void Sent(Ptr<const Packet> frame)
    {
        Bytes bytes(frame->GetSize());
        frame->CopyData(bytes.data(), frame->GetSize());
        const auto header = Ipv4WireHeader::Decode(ByteView(bytes).Sub(PppHeader::SIZE), {});
        if (tell && header && header->totalLength > 500)
        {
            tell = false;
            fmt::print("{:6.3f} s  {} {}\n",
                       Simulator::Now().GetSeconds(),
                       header->moreFragments ? "fragment" : "packet",
                       header->totalLength);
        }
    }

    void Received(const IcmpMessage& message, Ipv4Address router, Ipv4Address)
    {
        if (message.IsUnreachable(IcmpUnreachableCode::FRAGMENTATION_NEEDED) &&
            message.NextHopMtu() != mtu)
        {
            mtu = message.NextHopMtu();
            tell = true;
            std::ostringstream address;
            address << router;
            fmt::print("{:6.3f} s  \"Try {}\" from {}\n",
                       Simulator::Now().GetSeconds(),
                       mtu,
                       address.str());
        }
    }
};

/** One run of the figure with a transport. */
void
Show(const std::string& transport, const std::string& out)
{
    NodeContainer nodes(4);
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper().Install(nodes);
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
    links.SetChannelAttribute("Delay", StringValue("5ms"));
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    NetDeviceContainer devices;
    for (uint16_t mtu : {1400, 1200, 900})
    {
        const uint32_t i = devices.GetN() / 2;
        links.SetDeviceAttribute("Mtu", UintegerValue(mtu));
        devices.Add(links.Install(nodes.Get(i), nodes.Get(i + 1)));
        addresses.Assign(NetDeviceContainer(devices.Get(2 * i), devices.Get(2 * i + 1)));
        addresses.NewNetwork();
        links.EnablePcap(fmt::format("{}-{}-link{}.pcap", out, transport, i + 1),
                         devices.Get(2 * i),
                         true,
                         true);
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();

    Teller teller;
    devices.Get(0)->TraceConnectWithoutContext("MacTx", MakeCallback(&Teller::Sent, &teller));
    StrataIpv4Helper::Get(nodes.Get(0))
        ->GetIcmp()
        ->TraceConnectWithoutContext("Received", MakeCallback(&Teller::Received, &teller));
    const std::string factory =
        transport == "tcp" ? "ns3::TcpSocketFactory" : "ns3::UdpSocketFactory";
    const InetSocketAddress destination("10.0.3.2", 9);
    ApplicationContainer sink = PacketSinkHelper(factory, destination).Install(nodes.Get(3));
    OnOffHelper source(factory, destination);
    source.SetConstantRate(DataRate("1Mbps"), MESSAGE);
    source.SetAttribute("MaxBytes", UintegerValue(TOTAL));
    source.Install(nodes.Get(0)).Start(Seconds(1));
    Simulator::Stop(Seconds(10));
    Simulator::Run();
    fmt::print("{} octets of {} reach the destination.\n",
               DynamicCast<PacketSink>(sink.Get(0))->GetTotalRx(),
               TOTAL);
    Simulator::Destroy();
}

int
main(int argc, char* argv[])
{
    std::string out = "path-mtu-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    // With the headers and the timestamp option a segment makes a packet of 1400.
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1348));
    Config::SetDefault("ns3::UdpSocket::MtuDiscover", BooleanValue(true));
    for (const std::string transport : {"tcp", "udp"})
    {
        fmt::print("{}\n", transport == "tcp" ? "TCP" : "\nUDP");
        Show(transport, out);
    }
    return 0;
}
