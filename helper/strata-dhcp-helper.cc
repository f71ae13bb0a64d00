// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-helper.h"

#include "ns3/abort.h"
#include "ns3/bridge-net-device.h"
#include "ns3/mac48-address.h"

#include <charconv>

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t LONGEST_OPTION = 255;

template <class T>
bool
ReadNumber(const std::string& text, T& value, int base = 10)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::vector<std::string>
Split(const std::string& text, char separator)
{
    std::vector<std::string> parts(1);
    for (const char c : text)
    {
        if (c == separator)
        {
            parts.emplace_back();
        }
        else
        {
            parts.back() += c;
        }
    }
    return parts;
}

bool
ParseAddress(const std::string& text, uint32_t& address)
{
    const std::vector<std::string> parts = Split(text, '.');
    address = 0;
    bool good = parts.size() == 4;
    for (std::size_t i = 0; good && i < 4; ++i)
    {
        uint8_t part = 0;
        good = ReadNumber(parts[i], part);
        address = (address << 8) | part;
    }
    return good;
}

uint32_t
ReadAddress(const std::string& text, const char* what)
{
    uint32_t address = 0;
    NS_ABORT_MSG_UNLESS(ParseAddress(text, address),
                        what << ": '" << text << "' is not an IPv4 address");
    return address;
}

Ipv4Prefix
ReadPrefix(const std::string& text, const char* what)
{
    const std::vector<std::string> parts = Split(text, '/');
    uint32_t address = 0;
    unsigned length = 0;
    NS_ABORT_MSG_UNLESS(parts.size() == 2 && ParseAddress(parts[0], address) &&
                            ReadNumber(parts[1], length) && length <= 32,
                        what << ": '" << text << "' is not a network such as 10.1.0.0/24");
    const Ipv4Prefix prefix(address, length);
    NS_ABORT_MSG_UNLESS(prefix.GetAddress() == address,
                        what << ": '" << text << "' has bits of hosts set");
    return prefix;
}

std::vector<uint32_t>
ReadAddresses(const std::vector<std::string>& texts, const char* what)
{
    std::vector<uint32_t> addresses;
    for (const std::string& text : texts)
    {
        addresses.push_back(ReadAddress(text, what));
    }
    return addresses;
}

uint32_t
SecondsOf(Time time, const char* what)
{
    const double seconds = time.GetSeconds();
    NS_ABORT_MSG_UNLESS(seconds >= 1 && seconds <= 4294967295.0,
                        what << ": a lease has from 1 to 4294967295 s, not " << seconds);
    return static_cast<uint32_t>(seconds);
}

DhcpSubnet
DescribeSubnet(const Ipv4Prefix& network, const DhcpPoolOptions& options)
{
    DhcpSubnet subnet;
    subnet.network = network;
    subnet.defaultLease = SecondsOf(options.lease, "lease");
    subnet.leastLease = SecondsOf(options.leastLease, "leastLease");
    subnet.mostLease = SecondsOf(options.mostLease, "mostLease");
    NS_ABORT_MSG_UNLESS(subnet.leastLease <= subnet.mostLease,
                        "leastLease is longer than mostLease");
    const auto addresses =
        [&subnet](DhcpOptionCode code, const std::vector<std::string>& texts, const char* what) {
            if (!texts.empty())
            {
                subnet.options.SetAddresses(code, ReadAddresses(texts, what));
            }
        };
    if (!options.routes.empty())
    {
        std::vector<DhcpRoute> routes;
        for (const auto& [destination, router] : options.routes)
        {
            routes.push_back({ReadPrefix(destination, "routes"), ReadAddress(router, "routes")});
        }
        // RFC 3442: who heeds option 121 ignores option 3, so the default route must be in it, too.
        const bool hasDefault = std::any_of(routes.begin(), routes.end(), [](const DhcpRoute& r) {
            return r.destination == Ipv4Prefix();
        });
        if (!hasDefault && !options.routers.empty())
        {
            routes.push_back({Ipv4Prefix(), ReadAddress(options.routers.front(), "routers")});
        }
        subnet.options.SetRoutes(routes);
    }
    addresses(DhcpOptionCode::ROUTERS, options.routers, "routers");
    addresses(DhcpOptionCode::DNS_SERVERS, options.dnsServers, "dnsServers");
    addresses(DhcpOptionCode::NTP_SERVERS, options.ntpServers, "ntpServers");
    NS_ABORT_MSG_UNLESS(options.domainName.size() <= LONGEST_OPTION,
                        "domainName has more than 255 bytes");
    if (!options.domainName.empty())
    {
        subnet.options.SetText(DhcpOptionCode::DOMAIN_NAME, options.domainName);
    }
    return subnet;
}

} // namespace

StrataDhcpHelper::StrataDhcpHelper()
{
    m_client.SetTypeId(StrataDhcpClient::GetTypeId());
    m_server.SetTypeId(StrataDhcpServer::GetTypeId());
    m_relay.SetTypeId(StrataDhcpRelay::GetTypeId());
    m_snooper.SetTypeId(StrataDhcpSnooper::GetTypeId());
}

void
StrataDhcpHelper::SetClientAttribute(std::string name, const AttributeValue& value)
{
    m_client.Set(name, value);
}

void
StrataDhcpHelper::SetServerAttribute(std::string name, const AttributeValue& value)
{
    m_server.Set(name, value);
}

void
StrataDhcpHelper::SetRelayAttribute(std::string name, const AttributeValue& value)
{
    m_relay.Set(name, value);
}

void
StrataDhcpHelper::SetSnooperAttribute(std::string name, const AttributeValue& value)
{
    m_snooper.Set(name, value);
}

Ptr<StrataDhcpServer>
StrataDhcpHelper::InstallServer(Ptr<Node> node) const
{
    Ptr<StrataDhcpServer> server = m_server.Create<StrataDhcpServer>();
    node->AddApplication(server);
    return server;
}

uint32_t
StrataDhcpHelper::FindOrAddSubnet(Ptr<StrataDhcpServer> server,
                                  const std::string& network,
                                  const DhcpPoolOptions& options)
{
    const Ipv4Prefix prefix = ReadPrefix(network, "network");
    const std::vector<DhcpSubnet>& known = server->GetSubnets();
    for (uint32_t i = 0; i < known.size(); ++i)
    {
        if (known[i].network == prefix)
        {
            return i;
        }
    }
    return server->AddSubnet(DescribeSubnet(prefix, options));
}

void
StrataDhcpHelper::AddRange(Ptr<StrataDhcpServer> server,
                           const std::string& network,
                           const std::string& first,
                           const std::string& last,
                           const DhcpPoolOptions& options,
                           bool leasing)
{
    const uint32_t subnet = FindOrAddSubnet(server, network, options);
    const Ipv4Prefix& prefix = server->GetSubnets()[subnet].network;
    const uint32_t from = ReadAddress(first, "first");
    const uint32_t to = ReadAddress(last, "last");
    NS_ABORT_MSG_UNLESS(prefix.Contains(from), "first: " << first << " is not in " << network);
    NS_ABORT_MSG_UNLESS(prefix.Contains(to), "last: " << last << " is not in " << network);
    NS_ABORT_MSG_UNLESS(from <= to, "the pool from " << first << " to " << last << " is empty");
    NS_ABORT_MSG_IF(server->Overlaps(Ipv4Address(from), Ipv4Address(to)),
                    "the pool from " << first << " to " << last << " overlaps another");
    if (prefix.GetLength() < 31)
    {
        // The network's own address and the broadcast address are no host's (RFC 1122).
        server->Exclude(Ipv4Address(prefix.GetAddress()));
        server->Exclude(
            Ipv4Address(prefix.GetAddress() | ~KeepBits(0xffffffffU, prefix.GetLength())));
    }
    for (const std::string& router : options.routers)
    {
        server->Exclude(Ipv4Address(ReadAddress(router, "routers")));
    }
    server->AddRange(subnet, Ipv4Address(from), Ipv4Address(to), leasing);
}

void
StrataDhcpHelper::AddPool(Ptr<StrataDhcpServer> server,
                          const std::string& network,
                          const std::string& first,
                          const std::string& last,
                          const DhcpPoolOptions& options)
{
    AddRange(server, network, first, last, options, true);
}

void
StrataDhcpHelper::AddBootpPool(Ptr<StrataDhcpServer> server,
                               const std::string& network,
                               const std::string& first,
                               const std::string& last,
                               const DhcpPoolOptions& options)
{
    AddRange(server, network, first, last, options, false);
}

void
StrataDhcpHelper::Reserve(Ptr<StrataDhcpServer> server,
                          const std::string& client,
                          const std::string& address)
{
    const uint32_t wanted = ReadAddress(address, "address");
    const std::vector<DhcpSubnet>& subnets = server->GetSubnets();
    uint32_t subnet = 0;
    while (subnet < subnets.size() && !subnets[subnet].network.Contains(wanted))
    {
        ++subnet;
    }
    NS_ABORT_MSG_UNLESS(subnet < subnets.size(),
                        "address: " << address << " is in no network of the server");
    NS_ABORT_MSG_IF(client.empty(), "client: a reservation needs one");
    Bytes hardware;
    for (const std::string& part : Split(client, ':'))
    {
        uint8_t byte = 0;
        if (part.size() == 2 && ReadNumber(part, byte, 16))
        {
            hardware.push_back(byte);
        }
    }
    if (hardware.size() == 6 && client.size() == 17)
    {
        server->Reserve(subnet,
                        DhcpKeyOfHardware(DhcpMessage::ETHERNET, hardware),
                        Ipv4Address(wanted));
        return;
    }
    // As StrataDhcpClient sends the text (RFC 2132 section 9.14: type 0).
    Bytes identifier{0};
    identifier.insert(identifier.end(), client.begin(), client.end());
    server->Reserve(subnet, DhcpKeyOfIdentifier(identifier), Ipv4Address(wanted));
}

Ptr<StrataDhcpRelay>
StrataDhcpHelper::InstallRelay(Ptr<Node> node, const std::vector<std::string>& servers) const
{
    Ptr<StrataDhcpRelay> relay = m_relay.Create<StrataDhcpRelay>();
    for (const std::string& server : servers)
    {
        relay->AddServer(Ipv4Address(ReadAddress(server, "servers")));
    }
    node->AddApplication(relay);
    return relay;
}

Ptr<StrataDhcpClient>
StrataDhcpHelper::InstallClient(Ptr<NetDevice> device) const
{
    Ptr<StrataDhcpClient> client = m_client.Create<StrataDhcpClient>();
    client->SetDevice(device);
    device->GetNode()->AddApplication(client);
    return client;
}

ApplicationContainer
StrataDhcpHelper::InstallClient(const NetDeviceContainer& devices) const
{
    ApplicationContainer clients;
    for (auto device = devices.Begin(); device != devices.End(); ++device)
    {
        clients.Add(InstallClient(*device));
    }
    return clients;
}

Ptr<StrataDhcpSnooper>
StrataDhcpHelper::InstallSnooper(Ptr<NetDevice> bridge, const NetDeviceContainer& trusted) const
{
    Ptr<StrataDhcpSnooper> snooper = m_snooper.Create<StrataDhcpSnooper>();
    snooper->Attach(DynamicCast<BridgeNetDevice>(bridge));
    for (auto port = trusted.Begin(); port != trusted.End(); ++port)
    {
        snooper->Trust(*port);
    }
    bridge->AggregateObject(snooper);
    return snooper;
}

int64_t
StrataDhcpHelper::AssignStreams(const NodeContainer& nodes, int64_t stream)
{
    int64_t used = 0;
    for (auto node = nodes.Begin(); node != nodes.End(); ++node)
    {
        for (uint32_t i = 0; i < (*node)->GetNApplications(); ++i)
        {
            if (Ptr<StrataDhcpClient> client =
                    DynamicCast<StrataDhcpClient>((*node)->GetApplication(i)))
            {
                used += client->AssignStreams(stream + used);
            }
        }
    }
    return used;
}

} // namespace strata
} // namespace ns3
