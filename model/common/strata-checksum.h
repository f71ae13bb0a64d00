// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_CHECKSUM_H
#define STRATA_CHECKSUM_H

#include "strata-byte-view.h"

namespace ns3
{
namespace strata
{

/**
 * The Internet checksum (RFC 1071), summed over parts in any number and of any length: the parts
 * count as one row of bytes, so a part behind an odd number of bytes enters with its bytes
 * swapped (RFC 1071 section 2 (B)).
 */
class InternetChecksum
{
  public:
    void Add(ByteView bytes);

    void AddU16(uint16_t value)
    {
        AddWords(value);
    }

    void AddU32(uint32_t value)
    {
        AddWords(value);
    }

    /** IPv4 pseudo-header: addresses, zero and protocol, length (RFC 768, RFC 9293 3.1). */
    void AddPseudoHeader4(uint32_t source, uint32_t destination, uint8_t protocol, uint16_t length);

    /** IPv6 pseudo-header (RFC 8200 section 8.1). */
    void AddPseudoHeader6(const std::array<uint8_t, 16>& source,
                          const std::array<uint8_t, 16>& destination,
                          uint8_t nextHeader,
                          uint32_t length);

    /** The one's complement of the sum: what a header's checksum field holds; 0 verifies. */
    uint16_t Get() const;

  private:
    /** Adds a sum of 16-bit words, each possibly shifted left by a multiple of 16 bits. */
    void AddWords(uint64_t sum)
    {
        sum = (sum >> 32) + (sum & 0xffffffff);
        if (m_odd)
        {
            // 2^8 swaps the bytes of a word modulo 2^16 - 1
            sum <<= 8;
        }
        m_sum += sum;
    }

    uint64_t m_sum{0};
    bool m_odd{false}; //!< an odd number of bytes came before
};

/** The checksum of \p bytes; over bytes that hold a right checksum field it is 0. */
uint16_t ComputeChecksum(ByteView bytes);

/**
 * The checksum after one 16-bit word of the covered bytes changed (RFC 1624 equation 3:
 * HC' = ~(~HC + ~m + m')).
 *
 * It is the checksum that the changed bytes would get, except where they became all zero: then
 * it gives 0x0000 and a new sum 0xffff. A UDP checksum of 0 means none and stays as it is.
 */
constexpr uint16_t
UpdateChecksum(uint16_t checksum, uint16_t oldWord, uint16_t newWord)
{
    uint32_t sum = static_cast<uint16_t>(~checksum);
    sum += static_cast<uint16_t>(~oldWord);
    sum += newWord;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_CHECKSUM_H */
