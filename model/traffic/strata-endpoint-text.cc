// SPDX-License-Identifier: GPL-2.0-only

#include "strata-endpoint-text.h"

#include "ns3/abort.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6-routing-protocol.h"
#include "ns3/ipv6.h"
#include "ns3/packet.h"

#include <arpa/inet.h>
#include <array>

namespace ns3
{
namespace strata
{

namespace
{

std::optional<uint16_t>
ParsePort(const std::string& text)
{
    if (text.empty() || text.size() > 5 ||
        text.find_first_not_of("0123456789") != std::string::npos || std::stoul(text) > 65535)
    {
        return std::nullopt;
    }
    return static_cast<uint16_t>(std::stoul(text));
}

} // namespace

std::optional<Address>
ParseEndpoint(const std::string& text)
{
    const std::size_t colon = text.find_last_of(':');
    if (colon == std::string::npos)
    {
        return std::nullopt;
    }
    const std::optional<uint16_t> port = ParsePort(text.substr(colon + 1));
    std::string host = text.substr(0, colon);
    if (!port || host.empty())
    {
        return std::nullopt;
    }
    std::array<uint8_t, 16> bytes{};
    if (host.front() != '[')
    {
        if (inet_pton(AF_INET, host.c_str(), bytes.data()) != 1)
        {
            return std::nullopt;
        }
        return InetSocketAddress(Ipv4Address::Deserialize(bytes.data()), *port);
    }
    if (host.back() != ']' ||
        inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), bytes.data()) != 1)
    {
        return std::nullopt;
    }
    return Inet6SocketAddress(Ipv6Address(bytes.data()), *port);
}

Address
EndpointOf(const std::string& text, const char* attribute)
{
    const std::optional<Address> endpoint = ParseEndpoint(text);
    NS_ABORT_MSG_UNLESS(endpoint,
                        attribute << ": '" << text
                                  << "' is neither ADDRESS:PORT nor [ADDRESS]:PORT of IPv6");
    return *endpoint;
}

std::string
EndpointText(const Address& endpoint)
{
    const std::string port = ":" + std::to_string(EndpointPort(endpoint));
    return InetSocketAddress::IsMatchingType(endpoint) ? EndpointHost(endpoint) + port
                                                       : "[" + EndpointHost(endpoint) + "]" + port;
}

std::string
EndpointHost(const Address& endpoint)
{
    std::array<uint8_t, 16> bytes{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (InetSocketAddress::IsMatchingType(endpoint))
    {
        InetSocketAddress::ConvertFrom(endpoint).GetIpv4().Serialize(bytes.data());
        inet_ntop(AF_INET, bytes.data(), text.data(), text.size());
    }
    else
    {
        Inet6SocketAddress::ConvertFrom(endpoint).GetIpv6().Serialize(bytes.data());
        inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    }
    return text.data();
}

uint16_t
EndpointPort(const Address& endpoint)
{
    return InetSocketAddress::IsMatchingType(endpoint)
               ? InetSocketAddress::ConvertFrom(endpoint).GetPort()
               : Inet6SocketAddress::ConvertFrom(endpoint).GetPort();
}

Address
WithPort(const Address& endpoint, uint16_t port)
{
    if (InetSocketAddress::IsMatchingType(endpoint))
    {
        return InetSocketAddress(InetSocketAddress::ConvertFrom(endpoint).GetIpv4(), port);
    }
    return Inet6SocketAddress(Inet6SocketAddress::ConvertFrom(endpoint).GetIpv6(), port);
}

Address
AnyLike(const Address& endpoint, uint16_t port)
{
    if (InetSocketAddress::IsMatchingType(endpoint))
    {
        return InetSocketAddress(Ipv4Address::GetAny(), port);
    }
    return Inet6SocketAddress(Ipv6Address::GetAny(), port);
}

std::optional<Address>
SourceTowards(Ptr<Node> node, const Address& remote, uint16_t port)
{
    Socket::SocketErrno error = Socket::ERROR_NOTERROR;
    if (InetSocketAddress::IsMatchingType(remote))
    {
        Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
        Ipv4Header header;
        header.SetDestination(InetSocketAddress::ConvertFrom(remote).GetIpv4());
        Ptr<Ipv4Route> route =
            ipv4 ? ipv4->GetRoutingProtocol()->RouteOutput(Create<Packet>(), header, nullptr, error)
                 : nullptr;
        return route ? std::optional<Address>(InetSocketAddress(route->GetSource(), port))
                     : std::nullopt;
    }
    Ptr<Ipv6> ipv6 = node->GetObject<Ipv6>();
    Ipv6Header header;
    header.SetDestination(Inet6SocketAddress::ConvertFrom(remote).GetIpv6());
    Ptr<Ipv6Route> route =
        ipv6 ? ipv6->GetRoutingProtocol()->RouteOutput(Create<Packet>(), header, nullptr, error)
             : nullptr;
    return route ? std::optional<Address>(Inet6SocketAddress(route->GetSource(), port))
                 : std::nullopt;
}

} // namespace strata
} // namespace ns3
