// SPDX-License-Identifier: GPL-2.0-only

#include "strata-middlebox-world.h"

#include "strata-arp-helper.h"
#include "strata-fib-helper.h"
#include "strata-firewall-helper.h"
#include "strata-ipv4-helper.h"
#include "strata-nat-helper.h"
#include "strata-point-to-point-helper.h"

#include "ns3/boolean.h"
#include "ns3/csma-helper.h"
#include "ns3/data-rate.h"
#include "ns3/global-value.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/simulator.h"
#include "ns3/strata-node.h"
#include "ns3/string.h"

#include <fmt/format.h>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t HOST = 1;        //!< a host in its LAN, and the ISP on a line to a customer
constexpr uint32_t OUTSIDE = 12;    //!< a box on the network outside of it
constexpr uint32_t RENUMBERED = 13; //!< later
constexpr uint32_t INSIDE = 254;    //!< a box on the network inside of it
constexpr uint32_t SERVER = 80;

/** The server's. Stock routers drop the addresses of RFC 3849, which documents use. */
constexpr const char* SERVER_NETWORK6 = "2001:610:99::";
constexpr const char* SERVER_NETWORK4 = "192.0.2.0";

/** While a machine is down, nothing passes. */
inline constexpr DropReason MIDDLEBOX_DOWN{"middlebox.down"};

class Outage : public Ipv4HookElement
{
  public:
    HookVerdict Process(Ipv4HookPacket& packet) override
    {
        packet.dropReason = MIDDLEBOX_DOWN;
        return HookVerdict::DROP;
    }
};

} // namespace

MiddleboxWorld::MiddleboxWorld(const MiddleboxPlan& plan)
    : m_plan(plan)
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    m_isp = CreateObject<Node>();
    m_server = CreateObject<Node>();
    NodeContainer nodes(m_isp, m_server);
    for (const Side side : {LEFT, RIGHT})
    {
        const auto& specs = side == LEFT ? plan.left : plan.right;
        m_private[side] = false;
        m_hosts[side] = CreateObject<Node>();
        nodes.Add(m_hosts[side]);
        for (const MiddleboxSpec& spec : specs)
        {
            m_private[side] = m_private[side] || !spec.nat.empty();
            m_boxes[side].emplace_back();
            m_boxes[side].back().node = CreateObject<Node>();
            nodes.Add(m_boxes[side].back().node);
        }
    }
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(plan.ipv6);
    stack.Install(nodes);
    StrataIpv4Helper().Install(nodes);
    StrataArpHelper().Install(nodes);

    StrataPointToPointHelper line;
    line.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    line.SetChannelAttribute("Delay", StringValue("5ms"));
    const NetDeviceContainer link = line.Install(m_isp, m_server);
    const std::string network = plan.ipv6 ? SERVER_NETWORK6 : SERVER_NETWORK4;
    AddAddress(link.Get(0), network, HOST);
    AddAddress(link.Get(1), network, SERVER);
    DefaultRoute(link.Get(1), AddressText(network, HOST));
    StrataIpv4Helper::Get(m_isp)->SetPublic(link.Get(0));
    for (const Side side : {LEFT, RIGHT})
    {
        BuildSide(side, side == LEFT ? plan.left : plan.right);
    }
}

MiddleboxWorld::~MiddleboxWorld() = default;

std::string
MiddleboxWorld::Network(Side side, uint32_t level) const
{
    const std::size_t outermost = m_boxes[side].size();
    const int number = side == LEFT ? 0 : 1;
    if (m_plan.ipv6)
    {
        return fmt::format("2001:610:{}:{}::", 1 + number, level);
    }
    if (level == outermost)
    {
        return fmt::format("198.60.{}.0", 42 + number);
    }
    if (!m_private[side])
    {
        return fmt::format("198.60.{}.0", 44 + number + 2 * level);
    }
    return level == 0 ? "10.0.0.0" : fmt::format("100.64.{}.0", level);
}

std::string
MiddleboxWorld::AddressText(const std::string& network, uint32_t host)
{
    const bool v6 = network.find(':') != std::string::npos;
    return v6 ? fmt::format("{}{:x}", network, host)
              : fmt::format("{}{}", network.substr(0, network.size() - 1), host);
}

void
MiddleboxWorld::BuildSide(Side side, const std::vector<MiddleboxSpec>& specs)
{
    std::vector<Box>& boxes = m_boxes[side];
    StrataPointToPointHelper line;
    line.SetChannelAttribute("Delay", StringValue("10ms"));
    line.SetDeviceAttribute("DataRate",
                            DataRateValue(DataRate(static_cast<uint64_t>(m_plan.rate))));
    CsmaHelper lan;
    lan.SetChannelAttribute("DataRate", StringValue("100Mbps"));
    const NetDeviceContainer home = lan.Install(NodeContainer(m_hosts[side], boxes[0].node));
    boxes[0].inside = home.Get(1);
    AddAddress(home.Get(0), Network(side, 0), HOST);
    DefaultRoute(home.Get(0), AddressText(Network(side, 0), INSIDE));
    for (uint32_t i = 0; i < boxes.size(); ++i)
    {
        const bool last = i + 1 == boxes.size();
        const NetDeviceContainer link =
            line.Install(boxes[i].node, last ? m_isp : boxes[i + 1].node);
        boxes[i].outside = link.Get(0);
        const std::string network = Network(side, i + 1);
        const uint32_t gateway = last ? HOST : INSIDE;
        AddAddress(boxes[i].inside, Network(side, i), INSIDE);
        AddAddress(link.Get(0), network, OUTSIDE);
        DefaultRoute(link.Get(0), AddressText(network, gateway));
        if (!last)
        {
            boxes[i + 1].inside = link.Get(1);
            continue;
        }
        AddAddress(link.Get(1), network, HOST);
        StrataIpv4Helper::Get(m_isp)->SetPublic(link.Get(1));
    }
    // Without a NAT everybody knows the way in.
    for (uint32_t level = 0; level < boxes.size() && !m_private[side]; ++level)
    {
        for (std::size_t i = level + 1; i <= boxes.size(); ++i)
        {
            Ptr<NetDevice> from = boxes[i - 1].outside;
            const Ptr<Channel> channel = from->GetChannel();
            const uint32_t other = channel->GetDevice(0) == from ? 1 : 0;
            Route(channel->GetDevice(other),
                  Network(side, level),
                  AddressText(Network(side, static_cast<uint32_t>(i)), OUTSIDE));
        }
    }
    for (uint32_t i = 0; i < boxes.size(); ++i)
    {
        Install(boxes[i], specs[i]);
        if (!m_plan.pcap.empty() && side == LEFT)
        {
            const std::string number = boxes.size() > 1 ? std::to_string(i + 1) : "";
            line.EnablePcap(m_plan.pcap + "-outside" + number + ".pcap",
                            boxes[i].outside,
                            true,
                            true);
        }
    }
    if (!m_plan.pcap.empty() && side == LEFT)
    {
        lan.EnablePcap(m_plan.pcap + "-inside.pcap", boxes[0].inside, true, true);
    }
}

void
MiddleboxWorld::Install(Box& box, const MiddleboxSpec& spec)
{
    if (!spec.nat.empty())
    {
        StrataNatHelper helper;
        helper.SetKind(spec.nat);
        for (const auto& [name, value] : spec.attributes)
        {
            helper.SetAttribute(name, StringValue(value));
        }
        box.nat = helper.Install(box.node, box.outside);
    }
    if (spec.firewall)
    {
        StrataFirewallHelper helper;
        box.firewall = helper.Install(box.node, box.outside);
    }
}

void
MiddleboxWorld::AddAddress(Ptr<NetDevice> device, const std::string& network, uint32_t host)
{
    const std::string text = AddressText(network, host);
    Ptr<Node> node = device->GetNode();
    if (m_plan.ipv6)
    {
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        const uint32_t interface = ipv6->AddInterface(device);
        ipv6->AddAddress(interface,
                         Ipv6InterfaceAddress(Ipv6Address(text.c_str()), ns3::Ipv6Prefix(64)));
        ipv6->SetUp(interface);
        ipv6->SetAttribute("IpForward",
                           BooleanValue(node == m_isp || host == OUTSIDE || host == INSIDE));
        return;
    }
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    const uint32_t interface = ipv4->AddInterface(device);
    ipv4->AddAddress(interface, Ipv4InterfaceAddress(Ipv4Address(text.c_str()), Ipv4Mask("/24")));
    ipv4->SetUp(interface);
}

void
MiddleboxWorld::DefaultRoute(Ptr<NetDevice> device, const std::string& gateway)
{
    Route(device, m_plan.ipv6 ? "::" : "0.0.0.0", gateway);
}

void
MiddleboxWorld::Route(Ptr<NetDevice> device, const std::string& network, const std::string& gateway)
{
    Ptr<Node> node = device->GetNode();
    if (m_plan.ipv6)
    {
        Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
        Ipv6StaticRoutingHelper().GetStaticRouting(ipv6)->AddNetworkRouteTo(
            Ipv6Address(network.c_str()),
            ns3::Ipv6Prefix(network == "::" ? 0 : 64),
            Ipv6Address(gateway.c_str()),
            static_cast<uint32_t>(ipv6->GetInterfaceForDevice(device)));
        return;
    }
    Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    Ipv4StaticRoutingHelper().GetStaticRouting(ipv4)->AddNetworkRouteTo(
        Ipv4Address(network.c_str()),
        Ipv4Mask(network == "0.0.0.0" ? "/0" : "/24"),
        Ipv4Address(gateway.c_str()),
        static_cast<uint32_t>(ipv4->GetInterfaceForDevice(device)));
}

Ptr<Node>
MiddleboxWorld::GetHost(Side side) const
{
    return m_hosts[side];
}

Ptr<Node>
MiddleboxWorld::GetServer() const
{
    return m_server;
}

Ptr<Node>
MiddleboxWorld::GetBox(Side side, uint32_t depth) const
{
    return m_boxes[side].at(depth).node;
}

std::string
MiddleboxWorld::Endpoint(const std::string& network, uint32_t host, uint16_t port) const
{
    const std::string address = AddressText(network, host);
    return m_plan.ipv6 ? fmt::format("[{}]:{}", address, port)
                       : fmt::format("{}:{}", address, port);
}

std::string
MiddleboxWorld::AtServer(uint16_t port) const
{
    return Endpoint(m_plan.ipv6 ? SERVER_NETWORK6 : SERVER_NETWORK4, SERVER, port);
}

std::string
MiddleboxWorld::AtHost(Side side, uint16_t port) const
{
    const auto outermost = static_cast<uint32_t>(m_boxes[side].size());
    return m_private[side] ? Endpoint(Network(side, outermost), OUTSIDE, port)
                           : Endpoint(Network(side, 0), HOST, port);
}

void
MiddleboxWorld::Crash(Time at, Time duration)
{
    Box& box = m_boxes[LEFT].front();
    Ptr<Outage> outage = CreateObject<Outage>();
    Ptr<Ipv4Hooks> hooks = StrataIpv4Helper::Get(box.node)->GetHooks();
    Simulator::Schedule(at, [=] {
        hooks->Attach(HookPoint::PREROUTING, Ipv4Priority::FIRST - 1, outage);
        if (box.nat)
        {
            box.nat->Crash();
        }
    });
    Simulator::Schedule(at + duration, [=] {
        hooks->Detach(HookPoint::PREROUTING, outage);
        if (box.nat)
        {
            box.nat->Restart();
        }
    });
}

void
MiddleboxWorld::Renumber(Time at)
{
    Box& box = m_boxes[LEFT].back();
    Simulator::Schedule(at, [this, &box] {
        const std::string network = Network(LEFT, static_cast<uint32_t>(m_boxes[LEFT].size()));
        const Ipv4Address former(AddressText(network, OUTSIDE).c_str());
        const Ipv4Address present(AddressText(network, RENUMBERED).c_str());
        Ptr<Ipv4> ipv4 = box.node->GetObject<Ipv4>();
        const auto interface = static_cast<uint32_t>(ipv4->GetInterfaceForDevice(box.outside));
        ipv4->AddAddress(interface, Ipv4InterfaceAddress(present, Ipv4Mask("/24")));
        ipv4->RemoveAddress(interface, former);
        FibHelper::GetFib(m_isp)->AddUnreachable(AddressText(network, OUTSIDE) + "/32");
    });
}

void
MiddleboxWorld::Forward(uint32_t depth, const std::string& protocol, uint16_t port)
{
    Box& box = m_boxes[LEFT].at(depth);
    if (box.firewall)
    {
        box.firewall->AddRule(
            fmt::format("accept in=outside proto={} dport={} state=new", protocol, port));
    }
    if (box.nat)
    {
        const Ipv4Address inside(
            AddressText(Network(LEFT, depth), depth == 0 ? HOST : OUTSIDE).c_str());
        box.nat->AddPortForward(protocol, port, inside, port);
    }
}

std::map<std::string, uint64_t>
MiddleboxWorld::GetDrops() const
{
    std::map<std::string, uint64_t> drops;
    const auto add = [&drops](Ptr<Node> node) {
        Ptr<StrataNode> strata = node->GetObject<StrataNode>();
        if (!strata)
        {
            return;
        }
        for (const DropCounters::Entry& entry : strata->GetDrops().Entries())
        {
            drops[std::string(entry.reason.Name())] += entry.packets;
        }
    };
    add(m_isp);
    for (const auto& boxes : m_boxes)
    {
        for (const Box& box : boxes)
        {
            add(box.node);
        }
    }
    return drops;
}

} // namespace strata
} // namespace ns3
