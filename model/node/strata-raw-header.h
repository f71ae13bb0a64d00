// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_RAW_HEADER_H
#define STRATA_RAW_HEADER_H

#include "ns3/header.h"
#include "ns3/strata-byte-view.h"

#include <cstring>

namespace ns3
{
namespace strata
{

/**
 * Up to MAX_SIZE octets as a header of an ns-3 packet, without an allocation: the way to put
 * bytes in front of a packet as they are.
 */
class RawHeader final : public Header
{
  public:
    static constexpr std::size_t MAX_SIZE = 64;

    RawHeader() = default;

    /**
     * Precondition: at most MAX_SIZE octets.
     *
     * \param bytes the octets
     * \param type the header that they are, by which the metadata of packets print and remove them
     */
    explicit RawHeader(ByteView bytes, TypeId type = GetTypeId())
        : m_type(type),
          m_size(static_cast<uint8_t>(bytes.size()))
    {
        NS_ASSERT(bytes.size() <= MAX_SIZE);
        std::memcpy(m_bytes, bytes.data(), bytes.size());
    }

    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::strata::RawHeader")
                                .SetParent<Header>()
                                .SetGroupName("Strata")
                                .AddConstructor<RawHeader>();
        return tid;
    }

    TypeId GetInstanceTypeId() const override
    {
        return m_type;
    }

    uint32_t GetSerializedSize() const override
    {
        return m_size;
    }

    void Serialize(Buffer::Iterator start) const override
    {
        start.Write(m_bytes, m_size);
    }

    /** Reads what is there, up to MAX_SIZE octets. */
    uint32_t Deserialize(Buffer::Iterator start) override
    {
        const uint32_t rest = start.GetRemainingSize();
        m_size = static_cast<uint8_t>(rest < MAX_SIZE ? rest : MAX_SIZE);
        start.Read(m_bytes, m_size);
        return m_size;
    }

    void Print(std::ostream& os) const override
    {
        os << static_cast<uint32_t>(m_size) << " octets";
    }

  private:
    TypeId m_type{GetTypeId()};
    uint8_t m_bytes[MAX_SIZE]{};
    uint8_t m_size{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_RAW_HEADER_H */
