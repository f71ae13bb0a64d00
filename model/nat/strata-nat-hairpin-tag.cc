// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-hairpin-tag.h"

#include "strata-nat-table.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(NatHairpinTag);

TypeId
NatHairpinTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::NatHairpinTag")
                            .SetParent<Tag>()
                            .SetGroupName("Strata")
                            .AddConstructor<NatHairpinTag>();
    return tid;
}

TypeId
NatHairpinTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
NatHairpinTag::GetSerializedSize() const
{
    return 6;
}

void
NatHairpinTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU32(m_source.address);
    buffer.WriteU16(m_source.port);
}

void
NatHairpinTag::Deserialize(TagBuffer buffer)
{
    m_source.address = buffer.ReadU32();
    m_source.port = buffer.ReadU16();
}

void
NatHairpinTag::Print(std::ostream& os) const
{
    os << ToText(m_source);
}

} // namespace strata
} // namespace ns3
