// SPDX-License-Identifier: GPL-2.0-only

#include "strata-checksum.h"

namespace ns3
{
namespace strata
{

namespace
{

uint32_t
Be32(const uint8_t* p)
{
    return (uint32_t{p[0]} << 24) | (uint32_t{p[1]} << 16) | (uint32_t{p[2]} << 8) | p[3];
}

} // namespace

void
InternetChecksum::Add(ByteView bytes)
{
    const uint8_t* p = bytes.data();
    std::size_t left = bytes.size();
    // 32-bit words in a 64-bit sum: 2^16 == 1 mod 0xffff, so folding at the end is the same sum,
    // and the carries of 2^32 words fit.
    uint64_t sum = 0;
    for (; left >= 8; left -= 8, p += 8)
    {
        sum += Be32(p);
        sum += Be32(p + 4);
    }
    for (; left >= 2; left -= 2, p += 2)
    {
        sum += static_cast<uint32_t>((p[0] << 8) | p[1]);
    }
    if (left == 1)
    {
        sum += static_cast<uint32_t>(p[0] << 8);
    }
    AddWords(sum);
    m_odd = m_odd != (bytes.size() % 2 != 0);
}

void
InternetChecksum::AddPseudoHeader4(uint32_t source,
                                   uint32_t destination,
                                   uint8_t protocol,
                                   uint16_t length)
{
    AddU32(source);
    AddU32(destination);
    AddU16(protocol);
    AddU16(length);
}

void
InternetChecksum::AddPseudoHeader6(const std::array<uint8_t, 16>& source,
                                   const std::array<uint8_t, 16>& destination,
                                   uint8_t nextHeader,
                                   uint32_t length)
{
    Add(source);
    Add(destination);
    AddU32(length);
    AddU16(nextHeader);
}

uint16_t
InternetChecksum::Get() const
{
    uint64_t sum = m_sum;
    while (sum >> 16)
    {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<uint16_t>(~sum);
}

uint16_t
ComputeChecksum(ByteView bytes)
{
    InternetChecksum sum;
    sum.Add(bytes);
    return sum.Get();
}

} // namespace strata
} // namespace ns3
