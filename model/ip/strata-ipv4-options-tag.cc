// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-options-tag.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4OptionsTag);

Ipv4OptionsTag::Ipv4OptionsTag(Ipv4WireHeader::Options options)
    : m_options(std::move(options))
{
    Ipv4OptionWriter(m_options).Pad();
}

Ipv4OptionsTag::Ipv4OptionsTag(Ipv4WireHeader::Options options, uint32_t firstStop)
    : Ipv4OptionsTag(std::move(options))
{
    m_firstStop = firstStop;
}

TypeId
Ipv4OptionsTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4OptionsTag")
                            .SetParent<Tag>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4OptionsTag>();
    return tid;
}

TypeId
Ipv4OptionsTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
Ipv4OptionsTag::GetSerializedSize() const
{
    return static_cast<uint32_t>(5 + m_options.size());
}

void
Ipv4OptionsTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU32(m_firstStop);
    buffer.WriteU8(static_cast<uint8_t>(m_options.size()));
    buffer.Write(m_options.data(), static_cast<uint32_t>(m_options.size()));
}

void
Ipv4OptionsTag::Deserialize(TagBuffer buffer)
{
    m_firstStop = buffer.ReadU32();
    m_options.resize(std::min<std::size_t>(buffer.ReadU8(), m_options.capacity()));
    buffer.Read(m_options.data(), static_cast<uint32_t>(m_options.size()));
}

void
Ipv4OptionsTag::Print(std::ostream& os) const
{
    Ipv4OptionReader reader(ByteView(m_options.data(), m_options.size()));
    while (const auto option = reader.Next())
    {
        os << "option " << static_cast<uint32_t>(option->kind) << " ";
    }
}

} // namespace strata
} // namespace ns3
