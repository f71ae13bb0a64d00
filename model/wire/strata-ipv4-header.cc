// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-header.h"

#include "ns3/strata-checksum.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint16_t RESERVED_BIT = 0x8000;
constexpr uint16_t DONT_FRAGMENT_BIT = 0x4000;
constexpr uint16_t MORE_FRAGMENTS_BIT = 0x2000;
constexpr uint16_t OFFSET_MASK = 0x1fff;
constexpr uint8_t VERSION = 4;

uint16_t
Load16(const uint8_t* p)
{
    return static_cast<uint16_t>((p[0] << 8) | p[1]);
}

uint32_t
Load32(const uint8_t* p)
{
    return (uint32_t{Load16(p)} << 16) | Load16(p + 2);
}

void
Store16(uint8_t* p, uint16_t value)
{
    p[0] = static_cast<uint8_t>(value >> 8);
    p[1] = static_cast<uint8_t>(value);
}

void
Store32(uint8_t* p, uint32_t value)
{
    Store16(p, static_cast<uint16_t>(value >> 16));
    Store16(p + 2, static_cast<uint16_t>(value));
}

uint16_t
Word(unsigned high, unsigned low)
{
    return static_cast<uint16_t>((high << 8) | low);
}

/** The octet of the traffic class; the fields are cut to their width. */
unsigned
TrafficClass(uint8_t dscp, uint8_t ecn)
{
    return ((dscp & 0x3fu) << 2) | (ecn & 0x3u);
}

uint16_t
UpdateForAddress(uint16_t checksum, uint32_t before, uint32_t after)
{
    checksum = UpdateChecksum(checksum,
                              static_cast<uint16_t>(before >> 16),
                              static_cast<uint16_t>(after >> 16));
    return UpdateChecksum(checksum, static_cast<uint16_t>(before), static_cast<uint16_t>(after));
}

} // namespace

uint16_t
Ipv4WireHeader::ComputeHeaderChecksum() const
{
    std::array<uint8_t, MAX_SIZE> buffer;
    const ByteView bytes = EncodeInto(buffer);
    Store16(buffer.data() + CHECKSUM_OFFSET, 0);
    return ComputeChecksum(bytes);
}

bool
Ipv4WireHeader::HasRightChecksum() const
{
    std::array<uint8_t, MAX_SIZE> buffer;
    return ComputeChecksum(EncodeInto(buffer)) == 0;
}

void
Ipv4WireHeader::UpdateTtl(uint8_t value)
{
    checksum = UpdateChecksum(checksum, Word(ttl, protocol), Word(value, protocol));
    ttl = value;
}

void
Ipv4WireHeader::UpdateTrafficClass(uint8_t newDscp, uint8_t newEcn)
{
    const auto first = static_cast<unsigned>((VERSION << 4) | (HeaderSize() / 4));
    checksum = UpdateChecksum(checksum,
                              Word(first, TrafficClass(dscp, ecn)),
                              Word(first, TrafficClass(newDscp, newEcn)));
    dscp = newDscp & 0x3f;
    ecn = newEcn & 0x3;
}

void
Ipv4WireHeader::UpdateSource(uint32_t address)
{
    checksum = UpdateForAddress(checksum, source, address);
    source = address;
}

void
Ipv4WireHeader::UpdateDestination(uint32_t address)
{
    checksum = UpdateForAddress(checksum, destination, address);
    destination = address;
}

void
Ipv4WireHeader::UpdateOptions(const Options& changed)
{
    for (std::size_t i = 0; i + 1 < options.size(); i += 2)
    {
        checksum = UpdateChecksum(checksum, Load16(&options[i]), Load16(&changed[i]));
    }
    options = changed;
}

Expected<Ipv4WireHeader, DecodeError>
Ipv4WireHeader::Decode(ByteView bytes, const Context&)
{
    if (!bytes.empty() && bytes[0] >> 4 != VERSION)
    {
        return Unexpected{DecodeError{DecodeCode::BAD_VERSION, 0}};
    }
    const std::size_t size = bytes.empty() ? MIN_SIZE : std::size_t{bytes[0] & 0xfu} * 4;
    if (size < MIN_SIZE)
    {
        return Unexpected{DecodeError{DecodeCode::BAD_LENGTH, 0}};
    }
    if (bytes.size() < size)
    {
        return Unexpected{DecodeError{DecodeCode::TRUNCATED, bytes.size()}};
    }
    const uint8_t* p = bytes.data();
    Ipv4WireHeader header;
    header.dscp = p[1] >> 2;
    header.ecn = p[1] & 0x3;
    header.totalLength = Load16(p + TOTAL_LENGTH_OFFSET);
    if (header.totalLength < size)
    {
        return Unexpected{DecodeError{DecodeCode::BAD_LENGTH, TOTAL_LENGTH_OFFSET}};
    }
    header.identification = Load16(p + 4);
    const uint16_t fragment = Load16(p + 6);
    header.reservedFlag = (fragment & RESERVED_BIT) != 0;
    header.dontFragment = (fragment & DONT_FRAGMENT_BIT) != 0;
    header.moreFragments = (fragment & MORE_FRAGMENTS_BIT) != 0;
    header.fragmentOffset = fragment & OFFSET_MASK;
    header.ttl = p[TTL_OFFSET];
    header.protocol = p[9];
    header.checksum = Load16(p + CHECKSUM_OFFSET);
    header.source = Load32(p + 12);
    header.destination = Load32(p + 16);
    header.options.assign(p + MIN_SIZE, p + size);
    return header;
}

ByteView
Ipv4WireHeader::EncodeInto(std::array<uint8_t, MAX_SIZE>& out) const
{
    uint8_t* p = out.data();
    p[0] = static_cast<uint8_t>((VERSION << 4) | (HeaderSize() / 4));
    p[1] = static_cast<uint8_t>(TrafficClass(dscp, ecn));
    Store16(p + TOTAL_LENGTH_OFFSET, totalLength);
    Store16(p + 4, identification);
    Store16(p + 6,
            static_cast<uint16_t>(
                (reservedFlag ? RESERVED_BIT : 0) | (dontFragment ? DONT_FRAGMENT_BIT : 0) |
                (moreFragments ? MORE_FRAGMENTS_BIT : 0) | (fragmentOffset & OFFSET_MASK)));
    p[TTL_OFFSET] = ttl;
    p[9] = protocol;
    Store16(p + CHECKSUM_OFFSET, checksum);
    Store32(p + 12, source);
    Store32(p + 16, destination);
    std::copy(options.begin(), options.end(), p + MIN_SIZE);
    return ByteView(out).Sub(0, HeaderSize());
}

void
Ipv4WireHeader::Encode(ByteWriter& writer) const
{
    std::array<uint8_t, MAX_SIZE> buffer;
    writer.Write(EncodeInto(buffer));
}

void
PatchIpv4Ttl(uint8_t* header, uint8_t ttl)
{
    uint8_t* word = header + Ipv4WireHeader::TTL_OFFSET;
    uint8_t* checksum = header + Ipv4WireHeader::CHECKSUM_OFFSET;
    const uint16_t before = Load16(word);
    word[0] = ttl;
    Store16(checksum, UpdateChecksum(Load16(checksum), before, Load16(word)));
}

namespace
{

void
PatchAddress(uint8_t* header, std::size_t offset, uint32_t address)
{
    uint8_t* const at = header + offset;
    uint8_t* const checksum = header + Ipv4WireHeader::CHECKSUM_OFFSET;
    const auto high = static_cast<uint16_t>(address >> 16);
    const auto low = static_cast<uint16_t>(address);
    uint16_t sum = UpdateChecksum(Load16(checksum), Load16(at), high);
    sum = UpdateChecksum(sum, Load16(at + 2), low);
    Store16(checksum, sum);
    Store16(at, high);
    Store16(at + 2, low);
}

} // namespace

void
PatchIpv4Source(uint8_t* header, uint32_t address)
{
    PatchAddress(header, Ipv4WireHeader::SOURCE_OFFSET, address);
}

void
PatchIpv4Destination(uint8_t* header, uint32_t address)
{
    PatchAddress(header, Ipv4WireHeader::DESTINATION_OFFSET, address);
}

} // namespace strata
} // namespace ns3
