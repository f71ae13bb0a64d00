// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_TEST_CASE_H
#define STRATA_IPV4_TEST_CASE_H

#include "ns3/boolean.h"
#include "ns3/csma-helper.h"
#include "ns3/global-value.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/ipv4-global-routing-helper.h"
#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/strata-ipv4-helper.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/test.h"
#include "ns3/uinteger.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** An experimental protocol number (RFC 3692). */
constexpr uint8_t TEST_PROTOCOL = 253;

/** What a host received of ICMP. */
struct IcmpLog
{
    struct Entry
    {
        IcmpMessage message;
        Ipv4Address source;
    };

    std::vector<Entry> entries;

    void Record(const IcmpMessage& message, Ipv4Address source, Ipv4Address)
    {
        entries.push_back({message, source});
    }
};

/** The datagrams of TEST_PROTOCOL that reach INPUT of a node. */
class ArrivalLog : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        if (packet.header.protocol != TEST_PROTOCOL)
        {
            return HookVerdict::ACCEPT;
        }
        arrived.push_back(packet);
        arrived.back().payload = packet.payload->Copy();
        return HookVerdict::TAKEN;
    }

    std::vector<Ipv4HookPacket> arrived;
};

/**
 * A chain of nodes, 10.0.0.1 - 10.0.0.2 | 10.0.1.1 - 10.0.1.2 | ..., all with stock stacks,
 * StrataIpv4, and checksums on.
 */
class Ipv4TestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void Build(uint32_t count, std::vector<uint16_t> mtus = {}, bool csma = false)
    {
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
        nodes.Create(count);
        InternetStackHelper().Install(nodes);
        for (uint32_t i = 0; i + 1 < count; ++i)
        {
            NodeContainer ends(nodes.Get(i), nodes.Get(i + 1));
            NetDeviceContainer link =
                csma ? CsmaHelper().Install(ends) : StrataPointToPointHelper().Install(ends);
            for (uint32_t end = 0; end < 2; ++end)
            {
                link.Get(end)->SetMtu(i < mtus.size() ? mtus[i] : 1500);
            }
            const std::string network = "10.0." + std::to_string(i) + ".0";
            Ipv4AddressHelper(network.c_str(), "255.255.255.0").Assign(link);
        }
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        helper.Install(nodes);
        arrivals = CreateObject<ArrivalLog>();
        Hooks(count - 1)->Attach(HookPoint::INPUT, 0, arrivals);
        Get(0)->GetIcmp()->TraceConnectWithoutContext("Received",
                                                      MakeCallback(&IcmpLog::Record, &icmp));
    }

    Ptr<StrataIpv4> Get(uint32_t node) const
    {
        return StrataIpv4Helper::Get(nodes.Get(node));
    }

    Ptr<Ipv4Hooks> Hooks(uint32_t node) const
    {
        return Ipv4Hooks::Of(nodes.Get(node));
    }

    uint64_t Drops(uint32_t node, DropReason reason) const
    {
        return StrataNode::Of(nodes.Get(node))->GetDrops().Packets(reason);
    }

    /** A header from the first host to \p destination. */
    static Ipv4WireHeader HeaderTo(const char* destination)
    {
        Ipv4WireHeader header;
        header.protocol = TEST_PROTOCOL;
        header.source = Ipv4Address("10.0.0.1").Get();
        header.destination = Ipv4Address(destination).Get();
        header.ttl = 64;
        return header;
    }

    /** Puts a datagram with exactly this header on the first link, as its host would. */
    void Inject(Ipv4WireHeader header, Ptr<Packet> payload, Time when)
    {
        header.totalLength = static_cast<uint16_t>(header.HeaderSize() + payload->GetSize());
        header.SetChecksum();
        Bytes bytes = EncodeToBytes(header);
        const std::size_t size = bytes.size();
        bytes.resize(size + payload->GetSize());
        payload->CopyData(bytes.data() + size, payload->GetSize());
        InjectBytes(bytes, when);
    }

    void InjectBytes(const Bytes& bytes, Time when)
    {
        Ptr<NetDevice> device = nodes.Get(0)->GetObject<Ipv4>()->GetNetDevice(1);
        Simulator::ScheduleWithContext(nodes.Get(0)->GetId(), when, [device, bytes] {
            device->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                         device->GetBroadcast(),
                         0x0800);
        });
    }

    void Run(Time stop = Seconds(10))
    {
        Simulator::Stop(stop);
        Simulator::Run();
    }

    void DoTeardown() override
    {
        nodes = NodeContainer();
        arrivals = nullptr;
        Simulator::Destroy();
        GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
    }

    NodeContainer nodes;
    StrataIpv4Helper helper;
    Ptr<ArrivalLog> arrivals;
    IcmpLog icmp;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_TEST_CASE_H */
