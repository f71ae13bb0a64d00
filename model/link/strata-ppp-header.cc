// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ppp-header.h"

#include "strata-ppp-protocol-table.h"

#include <fmt/ostream.h>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(PppHeader);

PppHeader::PppHeader(uint16_t protocol)
    : m_protocol(protocol)
{
}

TypeId
PppHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::PppHeader")
                            .SetParent<Header>()
                            .SetGroupName("Strata")
                            .AddConstructor<PppHeader>();
    return tid;
}

TypeId
PppHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint16_t
PppHeader::GetProtocol() const
{
    return m_protocol;
}

uint32_t
PppHeader::GetSerializedSize() const
{
    return SIZE;
}

void
PppHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteHtonU16(m_protocol);
}

uint32_t
PppHeader::Deserialize(Buffer::Iterator start)
{
    if (start.GetRemainingSize() < SIZE)
    {
        return 0;
    }
    m_protocol = start.ReadNtohU16();
    return SIZE;
}

void
PppHeader::Print(std::ostream& os) const
{
    fmt::print(os,
               "Point-to-Point Protocol: {} (0x{:04x})",
               PppProtocolName(m_protocol),
               m_protocol);
}

} // namespace strata
} // namespace ns3
