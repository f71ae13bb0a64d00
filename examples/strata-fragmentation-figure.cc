// SPDX-License-Identifier: GPL-2.0-only

// Shows: fragments that are fragmented again, as numbers, offsets and end bits (Fig. 5-41).
//
//     source -- 1500 -- G1 -- 84 -- G2 -- 60 -- destination
//
// Ten units of data, A to J, are packet 27. The figure's unit is an octet; IPv4 counts offsets in
// eights, so that here a unit is eight octets, and 20 more make the header. The last MTU is less
// than the 68 that IPv4 asks of every link: G2 is allowed to fragment for it nevertheless.

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-ppp-header.h"

#include <iostream>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr uint8_t EXPERIMENT = 253; // RFC 3692

void
Tell(std::string where, Ptr<const Packet> frame)
{
    Bytes bytes(frame->GetSize());
    frame->CopyData(bytes.data(), frame->GetSize());
    bytes.erase(bytes.begin(), bytes.begin() + PppHeader::SIZE);
    const auto header = Ipv4WireHeader::Decode(bytes, {});
    std::cout << where << " " << header->identification << " " << header->fragmentOffset << " "
              << !header->moreFragments << " ";
    for (std::size_t i = header->HeaderSize(); i < bytes.size(); i += 8)
    {
        std::cout << " " << bytes[i];
    }
    std::cout << "\n";
}

Ptr<Socket>
RawSocket(Ptr<Node> node)
{
    Ptr<Socket> socket = Socket::CreateSocket(node, Ipv4RawSocketFactory::GetTypeId());
    socket->SetAttribute("Protocol", UintegerValue(EXPERIMENT));
    return socket;
}

} // namespace

int
main(int argc, char* argv[])
{
    std::string out = "fragmentation-figure";
    CommandLine cmd(__FILE__);
    cmd.AddValue("out", "Prefix of the captures", out);
    cmd.Parse(argc, argv);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));

    NodeContainer nodes(4);
    InternetStackHelper().Install(nodes);
    StrataIpv4Helper ipv4;
    ipv4.SetAttribute("LeastMtu", UintegerValue(60));
    ipv4.Install(nodes);
    StrataPointToPointHelper links;
    Ipv4AddressHelper addresses("10.0.1.0", "255.255.255.0");
    const std::pair<uint16_t, std::string> networks[] = {{1500, "(a)"}, {84, "(b)"}, {60, "(c)"}};
    for (uint32_t i = 0; i < 3; ++i)
    {
        const NetDeviceContainer ends = links.Install(nodes.Get(i), nodes.Get(i + 1));
        addresses.Assign(ends);
        addresses.NewNetwork();
        // Not earlier: the stock stack leaves an interface of less than 68 down.
        ends.Get(0)->SetMtu(networks[i].first);
        ends.Get(1)->SetMtu(networks[i].first);
        ends.Get(1)->TraceConnectWithoutContext("MacRx",
                                                MakeBoundCallback(&Tell, networks[i].second));
    }
    Ipv4GlobalRoutingHelper::PopulateRoutingTables();
    links.EnablePcapAll(out);

    uint32_t received = 0;
    Ptr<Socket> receiver = RawSocket(nodes.Get(3));
    receiver->SetRecvCallback(Callback<void, Ptr<Socket>>([&received](Ptr<Socket> socket) {
        received += socket->Recv()->GetSize() - Ipv4WireHeader::MIN_SIZE;
    }));
    std::string data;
    for (char unit = 'A'; unit <= 'J'; ++unit)
    {
        data.append(8, unit);
    }
    Ipv4Header header;
    header.SetIdentification(27);
    header.SetProtocol(EXPERIMENT);
    header.SetTtl(64);
    header.SetSource("10.0.1.1");
    header.SetDestination("10.0.3.2");
    header.SetPayloadSize(80);
    header.EnableChecksum();
    Ptr<Packet> packet = Create<Packet>(reinterpret_cast<const uint8_t*>(data.data()), 80);
    packet->AddHeader(header);
    Ptr<Socket> sender = RawSocket(nodes.Get(0));
    sender->SetAttribute("IpHeaderInclude", BooleanValue(true));
    std::cout << "    packet number, first unit, end of packet bit, data\n";
    Simulator::Schedule(Seconds(1), [sender, packet] {
        sender->SendTo(packet, 0, InetSocketAddress("10.0.3.2"));
    });
    Simulator::Stop(Seconds(5));
    Simulator::Run();
    std::cout << "The destination has put " << received << " octets together from "
              << StrataIpv4Helper::Get(nodes.Get(3))->GetReassembler()->GetFragments()
              << " fragments.\n";
    Simulator::Destroy();
    return received == 80 ? 0 : 1;
}
