// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fib-routing-protocol.h"

#include "ns3/ipv4-header.h"
#include "ns3/log.h"
#include "ns3/names.h"
#include "ns3/node.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/simulator.h"
#include "ns3/strata-flow-hash.h"
#include "ns3/strata-node.h"
#include "ns3/uinteger.h"

#include <fmt/format.h>
#include <utility>

namespace ns3
{
namespace strata
{

NS_LOG_COMPONENT_DEFINE("StrataFibRouting");
NS_OBJECT_ENSURE_REGISTERED(FibRouting);

namespace
{

constexpr const char* STATIC_IMPORT = "static-import";
constexpr const char* GLOBAL_IMPORT = "global-import";

/** The length of a mask; 33 for one with holes. */
unsigned
LengthOf(Ipv4Mask mask)
{
    const uint32_t bits = mask.Get();
    unsigned length = 0;
    while (length < 32 && (bits >> (31 - length) & 1) != 0)
    {
        ++length;
    }
    return KeepBits(~uint32_t{0}, length) == bits ? length : 33;
}

std::string
TextOf(uint32_t address)
{
    return fmt::format("{}.{}.{}.{}",
                       address >> 24,
                       address >> 16 & 0xff,
                       address >> 8 & 0xff,
                       address & 0xff);
}

} // namespace

TypeId
FibRouting::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::FibRouting")
            .SetParent<Ipv4RoutingProtocol>()
            .SetGroupName("Strata")
            .AddConstructor<FibRouting>()
            .AddAttribute(
                "HashSeed",
                "With which flows are spread over equal-cost routes. The node's number is "
                "added, so that routers choose independently.",
                UintegerValue(0),
                MakeUintegerAccessor(&FibRouting::m_hashSeed),
                MakeUintegerChecker<uint64_t>())
            .AddTraceSource("RouteChange",
                            "Packets to a prefix go elsewhere: network, length, and one of added, "
                            "replaced and removed.",
                            MakeTraceSourceAccessor(&FibRouting::m_changeTrace),
                            "ns3::strata::FibRouting::RouteChangeCallback");
    return tid;
}

FibRouting::FibRouting()
    : m_connected(m_table.Source("connected")),
      m_static(m_table.Source("static"))
{
}

FibRouting::~FibRouting() = default;

void
FibRouting::DoDispose()
{
    m_cache.clear();
    m_stock.SetSource(nullptr);
    m_ipv4 = nullptr;
    m_fallback = nullptr;
    Ipv4RoutingProtocol::DoDispose();
}

// ---- Routes -----------------------------------------------------------------------------------

void
FibRouting::Report(const Ipv4Prefix& prefix, RouteChange change)
{
    if (change != RouteChange::NONE && !m_changeTrace.IsEmpty())
    {
        m_changeTrace(Ipv4Address(prefix.GetAddress()),
                      static_cast<uint8_t>(prefix.GetLength()),
                      std::string(ToString(change)));
    }
}

Ipv4Prefix
FibRouting::ParsePrefix(const std::string& text)
{
    const std::size_t slash = text.find('/');
    const std::string tail = slash == std::string::npos ? "32" : text.substr(slash + 1);
    uint32_t address = 0;
    unsigned parts = 0;
    uint32_t part = 0;
    bool digits = false;
    bool good = !tail.empty() && tail.size() <= 2 &&
                tail.find_first_not_of("0123456789") == std::string::npos && std::stoul(tail) <= 32;
    for (const char c : text.substr(0, slash) + ".")
    {
        if (c >= '0' && c <= '9' && part < 256)
        {
            part = part * 10 + static_cast<uint32_t>(c - '0');
            digits = true;
        }
        else
        {
            good = good && c == '.' && digits && part < 256 && ++parts <= 4;
            address = address << 8 | (part & 0xff);
            part = 0;
            digits = false;
        }
    }
    NS_ABORT_MSG_UNLESS(good && parts == 4,
                        "\"" << text << "\" is not a prefix such as 10.0.0.0/8");
    return Ipv4Prefix(address, static_cast<unsigned>(std::stoul(tail)));
}

void
FibRouting::AddRoute(const std::string& prefix,
                     Ipv4Address gateway,
                     const std::string& source,
                     uint32_t metric)
{
    NS_ABORT_MSG_UNLESS(m_ipv4, "a route is added before the node has IPv4");
    for (uint32_t i = 0; i < m_ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress own = m_ipv4->GetAddress(i, j);
            if (own.GetLocal().CombineMask(own.GetMask()) == gateway.CombineMask(own.GetMask()))
            {
                AddRoute(ParsePrefix(prefix), gateway, i, Source(source), metric);
                return;
            }
        }
    }
    NS_ABORT_MSG("the gateway " << gateway << " of " << prefix << " is on no subnet of the node");
}

void
FibRouting::AddRoute(const Ipv4Prefix& prefix,
                     Ipv4Address gateway,
                     uint32_t interface,
                     RouteSource source,
                     uint32_t metric)
{
    Report(prefix,
           m_table.Add(prefix, {{gateway.Get(), interface}, metric, source, RouteKind::FORWARD}));
}

bool
FibRouting::RemoveRoute(const std::string& prefix, const std::string& source)
{
    const Ipv4Prefix parsed = ParsePrefix(prefix);
    const RouteSource number = Source(source);
    bool there = false;
    for (const auto& [path, verdict] : m_table.Explain(parsed))
    {
        there = there || path.source == number;
    }
    Report(parsed, m_table.Remove(parsed, number));
    return there;
}

bool
FibRouting::RemoveRoute(const Ipv4Prefix& prefix,
                        Ipv4Address gateway,
                        uint32_t interface,
                        RouteSource source)
{
    const Table::Path route{{gateway.Get(), interface}, 0, source, RouteKind::FORWARD};
    bool there = false;
    for (const auto& [path, verdict] : m_table.Explain(prefix))
    {
        there = there ||
                (path.source == source && path.hop == route.hop && path.kind == RouteKind::FORWARD);
    }
    Report(prefix, m_table.Remove(prefix, route));
    return there;
}

void
FibRouting::AddBlackhole(const std::string& prefix, const std::string& source)
{
    const Ipv4Prefix parsed = ParsePrefix(prefix);
    Report(parsed, m_table.Add(parsed, {{}, 0, Source(source), RouteKind::BLACKHOLE}));
}

void
FibRouting::AddUnreachable(const std::string& prefix, const std::string& source)
{
    const Ipv4Prefix parsed = ParsePrefix(prefix);
    Report(parsed, m_table.Add(parsed, {{}, 0, Source(source), RouteKind::UNREACHABLE}));
}

void
FibRouting::RemoveSource(const std::string& source)
{
    m_table.RemoveSource(Source(source), [this](const Ipv4Prefix& prefix, RouteChange change) {
        Report(prefix, change);
    });
}

RouteSource
FibRouting::Source(const std::string& name)
{
    return m_table.Source(name);
}

RouteSource
FibRouting::Source(const std::string& name, uint8_t distance)
{
    return m_table.Source(name, distance);
}

const FibRouting::Table&
FibRouting::GetTable()
{
    CatchUp();
    return m_table;
}

// ---- Stock tables -----------------------------------------------------------------------------

void
FibRouting::Follow(Ptr<Ipv4RoutingProtocol> protocol)
{
    NS_LOG_FUNCTION(this << protocol);
    Source(STATIC_IMPORT, 1);
    Source(GLOBAL_IMPORT, 110);
    m_stock.SetSource(protocol);
    TakeOver();
}

inline void
FibRouting::CatchUp()
{
    if (m_stock.HaveChanged(Simulator::Now()))
    {
        TakeOver();
    }
}

/** Makes the table hold what the followed tables hold now; what is the same stays untouched. */
void
FibRouting::TakeOver()
{
    const auto isConnected = [this](const StockRoute<Ipv4Family>& route) {
        if (route.gateway != 0 || route.interface >= m_ipv4->GetNInterfaces())
        {
            return false;
        }
        for (uint32_t i = 0; i < m_ipv4->GetNAddresses(route.interface); ++i)
        {
            const Ipv4InterfaceAddress own = m_ipv4->GetAddress(route.interface, i);
            const unsigned length = LengthOf(own.GetMask());
            if (length <= 32 && Ipv4Prefix(own.GetLocal().Get(), length) == route.prefix)
            {
                return true;
            }
        }
        return false;
    };
    const RouteSource fixed = Source(STATIC_IMPORT);
    const RouteSource global = Source(GLOBAL_IMPORT);
    std::vector<RouteImportTable<Ipv4Family>::Route> wanted;
    for (const StockRoute<Ipv4Family>& route : m_stock.Read(Simulator::Now()))
    {
        if (!isConnected(route))
        {
            const Table::Hop hop{route.gateway, route.interface};
            wanted.push_back(
                {route.prefix,
                 {hop, route.metric, route.global ? global : fixed, RouteKind::FORWARD}});
        }
    }
    m_taken.Replace(
        m_table,
        std::move(wanted),
        [this](const Ipv4Prefix& prefix, RouteChange change) { Report(prefix, change); });
}

// ---- Interfaces -------------------------------------------------------------------------------

void
FibRouting::SetIpv4(Ptr<Ipv4> ipv4)
{
    NS_ASSERT_MSG(!m_ipv4 && ipv4, "a FibRouting serves one node");
    m_ipv4 = ipv4;
    for (uint32_t i = 0; i < m_ipv4->GetNInterfaces(); ++i)
    {
        m_ipv4->IsUp(i) ? NotifyInterfaceUp(i) : NotifyInterfaceDown(i);
    }
}

void
FibRouting::SetFallback(Ptr<Ipv4RoutingProtocol> protocol)
{
    m_fallback = protocol;
}

Ptr<Ipv4RoutingProtocol>
FibRouting::GetFallback() const
{
    return m_fallback;
}

/** Adds or removes the route to the subnet of an address. */
void
FibRouting::SetConnected(uint32_t interface, const Ipv4InterfaceAddress& address, bool there)
{
    const unsigned length = LengthOf(address.GetMask());
    // a host that asks for its address has 0.0.0.0/0 until then
    if (length > 32 || address.GetLocal().Get() == 0)
    {
        return;
    }
    const Ipv4Prefix subnet(address.GetLocal().Get(), length);
    const Table::Path path{{0, interface}, 0, m_connected, RouteKind::FORWARD};
    Report(subnet, there ? m_table.Add(subnet, path) : m_table.Remove(subnet, path));
}

/** Routes that were handed out name addresses of the node, and so does the quick look. */
void
FibRouting::AddressesChanged()
{
    m_cache.clear();
    m_own.Clear();
    for (uint32_t i = 0; i < m_ipv4->GetNInterfaces(); ++i)
    {
        for (uint32_t j = 0; j < m_ipv4->GetNAddresses(i); ++j)
        {
            const Ipv4InterfaceAddress address = m_ipv4->GetAddress(i, j);
            m_own.Add(address.GetLocal().Get());
            m_own.Add(address.GetBroadcast().Get());
        }
    }
}

void
FibRouting::NotifyInterfaceUp(uint32_t interface)
{
    AddressesChanged();
    m_table.SetInterface(interface, true, [this](const Ipv4Prefix& prefix, RouteChange change) {
        Report(prefix, change);
    });
    for (uint32_t i = 0; i < m_ipv4->GetNAddresses(interface); ++i)
    {
        SetConnected(interface, m_ipv4->GetAddress(interface, i), true);
    }
    if (m_fallback)
    {
        m_fallback->NotifyInterfaceUp(interface);
    }
}

void
FibRouting::NotifyInterfaceDown(uint32_t interface)
{
    AddressesChanged();
    m_table.SetInterface(interface, false, [this](const Ipv4Prefix& prefix, RouteChange change) {
        Report(prefix, change);
    });
    if (m_fallback)
    {
        m_fallback->NotifyInterfaceDown(interface);
    }
}

void
FibRouting::NotifyAddAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    AddressesChanged();
    SetConnected(interface, address, true);
    if (m_fallback)
    {
        m_fallback->NotifyAddAddress(interface, address);
    }
}

void
FibRouting::NotifyRemoveAddress(uint32_t interface, Ipv4InterfaceAddress address)
{
    AddressesChanged();
    SetConnected(interface, address, false);
    // another address on the same subnet keeps the route
    for (uint32_t i = 0; i < m_ipv4->GetNAddresses(interface); ++i)
    {
        const Ipv4InterfaceAddress other = m_ipv4->GetAddress(interface, i);
        if (other.GetLocal() != address.GetLocal() || other.GetMask() != address.GetMask())
        {
            SetConnected(interface, other, true);
        }
    }
    if (m_fallback)
    {
        m_fallback->NotifyRemoveAddress(interface, address);
    }
}

// ---- Packets ----------------------------------------------------------------------------------

/** Which hop of a group a flow takes. */
uint32_t
FibRouting::ChooseHop(const Table::Group& group,
                      uint32_t source,
                      uint32_t destination,
                      uint8_t protocol,
                      bool fragment,
                      Ptr<const Packet> payload,
                      uint32_t headerSize) const
{
    const auto hops = static_cast<uint32_t>(group.hops.size());
    if (hops <= 1)
    {
        return 0;
    }
    constexpr uint32_t PORTS = 4;
    uint8_t front[60 + PORTS];
    const uint32_t copied = payload ? payload->CopyData(front, headerSize + PORTS) : 0;
    const auto flow = FlowOf<Ipv4Family>(source,
                                         destination,
                                         protocol,
                                         fragment,
                                         ByteView(front, copied).Sub(headerSize));
    const uint64_t seed = HashOf(std::make_pair(m_hashSeed, m_ipv4->GetObject<Node>()->GetId()));
    return PathOfFlow(FlowHash(flow, seed), hops);
}

const FibRouting::Table::Hop*
FibRouting::FindHop(uint32_t source,
                    uint32_t destination,
                    uint8_t protocol,
                    bool fragment,
                    Ptr<const Packet> payload,
                    RouteKind& kind,
                    uint32_t headerSize)
{
    CatchUp();
    kind = RouteKind::FORWARD;
    const uint32_t number = m_table.Lookup(destination);
    if (number == Table::NO_GROUP)
    {
        return nullptr;
    }
    const Table::Group& group = m_table.GroupOf(number);
    kind = group.kind;
    return kind == RouteKind::FORWARD ? &group.hops[ChooseHop(group,
                                                              source,
                                                              destination,
                                                              protocol,
                                                              fragment,
                                                              payload,
                                                              headerSize)]
                                      : nullptr;
}

Ptr<Ipv4Route>
FibRouting::MakeRoute(const Table::Hop& hop, Ipv4Address destination) const
{
    Ptr<Ipv4Route> route = Create<Ipv4Route>();
    const Ipv4Address gateway(hop.gateway);
    route->SetDestination(destination);
    route->SetGateway(gateway);
    route->SetSource(
        m_ipv4->SourceAddressSelection(hop.interface, hop.gateway == 0 ? destination : gateway));
    route->SetOutputDevice(m_ipv4->GetNetDevice(hop.interface));
    return route;
}

/** A route that its last user has let go of serves again. */
Ptr<Ipv4Route>
FibRouting::CachedRoute(uint32_t number, uint32_t hop, Ipv4Address destination)
{
    if (number >= m_cache.size())
    {
        m_cache.resize(m_table.GroupLimit());
    }
    CachedGroup& cached = m_cache[number];
    const Table::Group& group = m_table.GroupOf(number);
    if (cached.generation != m_table.GenerationOf(number))
    {
        cached.generation = m_table.GenerationOf(number);
        cached.routes.assign(group.hops.size(), nullptr);
    }
    Ptr<Ipv4Route>& route = cached.routes[hop];
    // on the link the source may depend on the destination
    if (!route || route->GetReferenceCount() > 1 ||
        (group.hops[hop].gateway == 0 && m_ipv4->GetNAddresses(group.hops[hop].interface) > 1))
    {
        route = MakeRoute(group.hops[hop], destination);
    }
    route->SetDestination(destination);
    return route;
}

Ptr<Ipv4Route>
FibRouting::RouteOutput(Ptr<Packet> p,
                        const Ipv4Header& header,
                        Ptr<NetDevice> oif,
                        Socket::SocketErrno& sockerr)
{
    CatchUp();
    const Ipv4Address destination = header.GetDestination();
    sockerr = Socket::ERROR_NOTERROR;
    const int32_t bound = oif ? m_ipv4->GetInterfaceForDevice(oif) : -1;
    if (destination.IsMulticast())
    {
        // a group on the link needs the device alone
        if (destination.IsLocalMulticast() && bound >= 0)
        {
            return MakeRoute({0, static_cast<uint32_t>(bound)}, destination);
        }
    }
    else if (oif)
    {
        const auto path = bound >= 0
                              ? m_table.LookupOver(destination.Get(), static_cast<uint32_t>(bound))
                              : std::nullopt;
        if (path)
        {
            return MakeRoute(path->hop, destination);
        }
    }
    else
    {
        const uint32_t number = m_table.Lookup(destination.Get());
        if (number != Table::NO_GROUP)
        {
            const Table::Group& group = m_table.GroupOf(number);
            if (group.kind == RouteKind::FORWARD)
            {
                // what follows the header is not there yet, nor are ports
                const uint32_t hop = ChooseHop(group,
                                               header.GetSource().Get(),
                                               destination.Get(),
                                               header.GetProtocol(),
                                               true,
                                               nullptr);
                return CachedRoute(number, hop, destination);
            }
            sockerr = Socket::ERROR_NOROUTETOHOST;
            return nullptr;
        }
    }
    if (m_fallback)
    {
        return m_fallback->RouteOutput(p, header, oif, sockerr);
    }
    sockerr = Socket::ERROR_NOROUTETOHOST;
    return nullptr;
}

bool
FibRouting::RouteInput(Ptr<const Packet> p,
                       const Ipv4Header& header,
                       Ptr<const NetDevice> idev,
                       RouteInput4::Unicast ucb,
                       RouteInput4::Multicast mcb,
                       RouteInput4::Local lcb,
                       RouteInput4::Error ecb)
{
    const int32_t input = m_ipv4->GetInterfaceForDevice(idev);
    NS_ASSERT_MSG(input >= 0, "a packet comes in over a device without IPv4");
    const auto interface = static_cast<uint32_t>(input);
    const Ipv4Address destination = header.GetDestination();
    if (!destination.IsMulticast())
    {
        // the stack compares with all addresses of the node, one by one
        if ((destination.IsBroadcast() || m_own.MayHold(destination.Get())) &&
            m_ipv4->IsDestinationAddress(destination, interface))
        {
            // without that callback the list has delivered the packet
            if (lcb.IsNull())
            {
                return false;
            }
            lcb(p, header, interface);
            return true;
        }
        if (!m_ipv4->IsForwarding(interface))
        {
            ecb(p, header, Socket::ERROR_NOROUTETOHOST);
            return true;
        }
        CatchUp();
        const uint32_t number = m_table.Lookup(destination.Get());
        if (number != Table::NO_GROUP)
        {
            const Table::Group& group = m_table.GroupOf(number);
            switch (group.kind)
            {
            case RouteKind::BLACKHOLE:
                StrataNode::ReportDropOn(m_ipv4->GetObject<Node>(), p, fib_drop::BLACKHOLE);
                return true;
            case RouteKind::UNREACHABLE:
                ecb(p, header, Socket::ERROR_NOROUTETOHOST);
                return true;
            case RouteKind::FORWARD:
                break;
            }
            const bool fragment = !header.IsLastFragment() || header.GetFragmentOffset() != 0;
            const uint32_t hop = ChooseHop(group,
                                           header.GetSource().Get(),
                                           destination.Get(),
                                           header.GetProtocol(),
                                           fragment,
                                           p);
            ucb(CachedRoute(number, hop, destination), p, header);
            return true;
        }
    }
    return m_fallback && m_fallback->RouteInput(p, header, idev, ucb, mcb, lcb, ecb);
}

// ---- Text -------------------------------------------------------------------------------------

void
FibRouting::PrintRoutingTable(Ptr<OutputStreamWrapper> stream, Time::Unit unit) const
{
    // what is printed holds already; this object has yet to look
    const_cast<FibRouting*>(this)->CatchUp();
    std::ostream& os = *stream->GetStream();
    Ptr<Node> node = m_ipv4->GetObject<Node>();
    os << "Node: " << node->GetId() << ", Time: " << Now().As(unit)
       << ", Local time: " << node->GetLocalTime().As(unit) << ", FibRouting table\n"
       << "Destination     Gateway         Genmask         Flags Metric Source     Iface\n";
    m_table.ForEach([&](const Ipv4Prefix& prefix, const Table::Path& path, RouteVerdict verdict) {
        const bool forward = path.kind == RouteKind::FORWARD;
        std::string flags = verdict == RouteVerdict::BEST ? "U" : "-";
        flags += !forward ? "!" : "";
        flags += prefix.IsHost() ? "H" : "";
        flags += path.hop.gateway != 0 ? "G" : "";
        std::string out = "-";
        if (forward)
        {
            out = Names::FindName(m_ipv4->GetNetDevice(path.hop.interface));
            out = out.empty() ? std::to_string(path.hop.interface) : out;
        }
        os << fmt::format("{:<16}{:<16}{:<16}{:<6}{:<7}{:<11}{}\n",
                          TextOf(prefix.GetAddress()),
                          forward ? TextOf(path.hop.gateway) : std::string(ToString(path.kind)),
                          TextOf(KeepBits(~uint32_t{0}, prefix.GetLength())),
                          flags,
                          fmt::format("{}/{}", m_table.DistanceOf(path.source), path.metric),
                          m_table.NameOf(path.source),
                          out);
    });
    os << "\n";
    if (m_fallback)
    {
        m_fallback->PrintRoutingTable(stream, unit);
    }
}

} // namespace strata
} // namespace ns3
