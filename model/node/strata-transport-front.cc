// SPDX-License-Identifier: GPL-2.0-only

#include "strata-transport-front.h"

#include "strata-packet-front.h"
#include "strata-raw-header.h"

#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/strata-udp-header.h"
#include "ns3/tcp-header.h"
#include "ns3/udp-header.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto UDP = static_cast<uint8_t>(Ipv4Protocol::UDP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

/** The most octets that are of interest. */
std::size_t
MostOf(uint8_t protocol)
{
    switch (protocol)
    {
    case TCP:
        return TransportFront::MAX_SIZE;
    case UDP:
    case ICMP:
        return UdpWireHeader::SIZE;
    default:
        return 0;
    }
}

} // namespace

TransportFront::TransportFront(uint8_t protocol, const Packet& payload)
    : m_protocol(protocol)
{
    Cut(payload.CopyData(m_bytes.data(), static_cast<uint32_t>(MostOf(protocol))));
}

TransportFront::TransportFront(uint8_t protocol, ByteView octets)
    : m_protocol(protocol)
{
    const std::size_t size = std::min(octets.size(), MostOf(protocol));
    std::copy_n(octets.data(), size, m_bytes.data());
    Cut(size);
}

void
TransportFront::Cut(std::size_t size)
{
    m_size = size;
    if (m_protocol == TCP)
    {
        constexpr std::size_t DATA_OFFSET = 12;
        const std::size_t header =
            size > DATA_OFFSET ? (m_bytes[DATA_OFFSET] >> 4) * std::size_t{4} : std::size_t{0};
        m_size = header >= TcpWireHeader::MIN_SIZE && header <= size
                     ? header
                     : std::min<std::size_t>(size, TcpWireHeader::MIN_SIZE);
    }
}

void
TransportFront::PutBack(Ptr<Packet> payload) const
{
    if (m_size == 0)
    {
        return;
    }
    RemoveFront(payload, static_cast<uint32_t>(m_size));
    const TypeId type = m_protocol == TCP   ? TcpHeader::GetTypeId()
                        : m_protocol == UDP ? UdpHeader::GetTypeId()
                                            : RawHeader::GetTypeId();
    AddFront(payload, RawHeader(ByteView(m_bytes.data(), m_size), type));
}

} // namespace strata
} // namespace ns3
