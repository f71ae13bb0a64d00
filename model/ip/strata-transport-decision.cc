// SPDX-License-Identifier: GPL-2.0-only

#include "strata-transport-decision.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/strata-udp-header.h"

namespace ns3
{
namespace strata
{

namespace
{

std::optional<TransportFault>
JudgeUdp(const TransportArrival& arrival)
{
    if (arrival.size < UdpWireHeader::SIZE)
    {
        return TransportFault::UDP_TRUNCATED;
    }
    const auto header = UdpWireHeader::Decode(arrival.bytes, {});
    if (!header || header->length > arrival.size)
    {
        return TransportFault::UDP_BAD_LENGTH;
    }
    const auto data = [&] {
        return arrival.bytes.Sub(UdpWireHeader::SIZE, header->length - UdpWireHeader::SIZE);
    };
    if (arrival.checksums &&
        !header->HasRightChecksum4(arrival.source, arrival.destination, data()))
    {
        return TransportFault::UDP_BAD_CHECKSUM;
    }
    return std::nullopt;
}

std::optional<TransportFault>
JudgeTcp(const TransportArrival& arrival)
{
    if (arrival.size < TcpWireHeader::MIN_SIZE)
    {
        return TransportFault::TCP_TRUNCATED;
    }
    const auto header = TcpWireHeader::Decode(arrival.bytes, {});
    if (!header)
    {
        return TransportFault::TCP_BAD_HEADER_LENGTH;
    }
    if (arrival.checksums)
    {
        InternetChecksum sum;
        sum.AddPseudoHeader4(arrival.source,
                             arrival.destination,
                             arrival.protocol,
                             static_cast<uint16_t>(arrival.size));
        sum.Add(arrival.bytes);
        if (sum.Get() != 0)
        {
            return TransportFault::TCP_BAD_CHECKSUM;
        }
    }
    if (arrival.toMany)
    {
        return TransportFault::TCP_TO_MANY;
    }
    if (arrival.source >> 24 == 0 || arrival.source >= 0xe0000000)
    {
        return TransportFault::TCP_BAD_SOURCE;
    }
    return header->AreOptionsInOrder() ? std::nullopt
                                       : std::make_optional(TransportFault::TCP_BAD_OPTION);
}

} // namespace

const char*
TransportFaultName(TransportFault fault)
{
    switch (fault)
    {
    case TransportFault::UDP_TRUNCATED:
        return "udp.truncated";
    case TransportFault::UDP_BAD_LENGTH:
        return "udp.bad-length";
    case TransportFault::UDP_BAD_CHECKSUM:
        return "udp.bad-checksum";
    case TransportFault::TCP_TRUNCATED:
        return "tcp.truncated";
    case TransportFault::TCP_BAD_HEADER_LENGTH:
        return "tcp.bad-header-length";
    case TransportFault::TCP_BAD_OPTION:
        return "tcp.bad-option";
    case TransportFault::TCP_BAD_CHECKSUM:
        return "tcp.bad-checksum";
    case TransportFault::TCP_TO_MANY:
        return "tcp.to-many";
    case TransportFault::TCP_BAD_SOURCE:
        return "tcp.bad-source";
    }
    return "transport.unknown";
}

std::optional<TransportFault>
JudgeTransport(const TransportArrival& arrival)
{
    switch (static_cast<Ipv4Protocol>(arrival.protocol))
    {
    case Ipv4Protocol::UDP:
        return JudgeUdp(arrival);
    case Ipv4Protocol::TCP:
        return JudgeTcp(arrival);
    default:
        return std::nullopt;
    }
}

} // namespace strata
} // namespace ns3
