// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NETWORK_ORDER_H
#define STRATA_NETWORK_ORDER_H

#include <cstdint>

namespace ns3
{
namespace strata
{

/**
 * \file
 * Numbers in network order, at a place whose octets the caller knows to be there: for what is
 * patched in bytes. What is read from others' bytes goes through ByteReader.
 */

inline uint16_t
Get16(const uint8_t* at)
{
    return static_cast<uint16_t>(at[0] << 8 | at[1]);
}

inline uint32_t
Get32(const uint8_t* at)
{
    return uint32_t{Get16(at)} << 16 | Get16(at + 2);
}

inline void
Put16(uint8_t* at, uint16_t value)
{
    at[0] = static_cast<uint8_t>(value >> 8);
    at[1] = static_cast<uint8_t>(value);
}

inline void
Put32(uint8_t* at, uint32_t value)
{
    Put16(at, static_cast<uint16_t>(value >> 16));
    Put16(at + 2, static_cast<uint16_t>(value));
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_NETWORK_ORDER_H */
