// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-rewrite-decision.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/strata-udp-header.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr auto TCP = static_cast<uint8_t>(Ipv4Protocol::TCP);
constexpr auto UDP = static_cast<uint8_t>(Ipv4Protocol::UDP);
constexpr auto ICMP = static_cast<uint8_t>(Ipv4Protocol::ICMP);

/** Where a transport header has its checksum. */
std::size_t
ChecksumOffset(uint8_t protocol)
{
    switch (protocol)
    {
    case TCP:
        return 16;
    case UDP:
        return 6;
    default:
        return 2;
    }
}

/** The checksum field of a transport header, if it is there and holds one. */
class Field
{
  public:
    Field(uint8_t protocol, uint8_t* transport, std::size_t size)
        : m_udp(protocol == UDP)
    {
        const std::size_t offset = ChecksumOffset(protocol);
        if (size >= offset + 2 && !(m_udp && Get16(transport + offset) == 0))
        {
            m_at = transport + offset;
            m_value = Get16(m_at);
        }
    }

    void Update(uint16_t before, uint16_t after)
    {
        m_value = UpdateChecksum(m_value, before, after);
    }

    void Update32(uint32_t before, uint32_t after)
    {
        Update(static_cast<uint16_t>(before >> 16), static_cast<uint16_t>(after >> 16));
        Update(static_cast<uint16_t>(before), static_cast<uint16_t>(after));
    }

    void Write()
    {
        if (m_at)
        {
            Put16(m_at, m_udp && m_value == 0 ? 0xffff : m_value);
        }
    }

  private:
    bool m_udp;
    uint8_t* m_at{nullptr};
    uint16_t m_value{0};
};

} // namespace

std::size_t
NatTransportSize(uint8_t protocol)
{
    switch (protocol)
    {
    case TCP:
        return TcpWireHeader::MIN_SIZE;
    case UDP:
    case ICMP:
        return UdpWireHeader::SIZE;
    default:
        return 0;
    }
}

void
RewriteTransport(uint8_t protocol,
                 uint8_t* transport,
                 std::size_t size,
                 NatEnd end,
                 uint32_t addressBefore,
                 NatEndpoint after)
{
    if (protocol == ICMP)
    {
        // No pseudo-header (RFC 792); the identifier stands where both ends look for it.
        if (size >= NAT_IDENTIFIER + 2)
        {
            Field checksum(protocol, transport, size);
            checksum.Update(Get16(transport + NAT_IDENTIFIER), after.port);
            checksum.Write();
            Put16(transport + NAT_IDENTIFIER, after.port);
        }
        return;
    }
    if (protocol != TCP && protocol != UDP)
    {
        return;
    }
    const std::size_t port = end == NatEnd::SOURCE ? 0 : 2;
    if (size < port + 2)
    {
        return;
    }
    Field checksum(protocol, transport, size);
    checksum.Update32(addressBefore, after.address);
    checksum.Update(Get16(transport + port), after.port);
    checksum.Write();
    Put16(transport + port, after.port);
}

void
RewriteTransportAddress(uint8_t protocol,
                        uint8_t* transport,
                        std::size_t size,
                        uint32_t addressBefore,
                        uint32_t addressAfter)
{
    if (NatHasPorts(protocol))
    {
        Field checksum(protocol, transport, size);
        checksum.Update32(addressBefore, addressAfter);
        checksum.Write();
    }
}

uint16_t
UpdateChecksumOver(uint16_t checksum, ByteView before, ByteView after)
{
    return UpdateChecksum(checksum,
                          static_cast<uint16_t>(~ComputeChecksum(before)),
                          static_cast<uint16_t>(~ComputeChecksum(after)));
}

} // namespace strata
} // namespace ns3
