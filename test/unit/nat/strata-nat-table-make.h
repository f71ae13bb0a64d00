// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_TABLE_MAKE_H
#define STRATA_NAT_TABLE_MAKE_H

#include "ns3/strata-nat-table.h"

namespace ns3
{
namespace strata
{

// A table with one public address, for the tests of what a table does.

inline constexpr uint32_t PUBLIC = 0xc63c2a0c;
inline constexpr uint32_t INSIDE = 0x0a000001;
inline constexpr uint32_t REMOTE = 0x08080808;
inline constexpr uint8_t UDP = 17;
inline constexpr uint8_t TCP = 6;
inline constexpr uint8_t SYN = 2;

inline Nanos
Secs(int64_t seconds)
{
    return std::chrono::seconds(seconds);
}

inline NatTable
Make(NatConfig config = {})
{
    NatTable table(config);
    table.AddPublicAddress(PUBLIC);
    return table;
}

/** A UDP datagram of a host's port leaves. */
inline NatTranslation
Out(NatTable& table,
    uint16_t port,
    uint16_t remotePort = 80,
    Nanos now = Nanos(0),
    uint32_t host = INSIDE)
{
    return table.Outbound({UDP, {host, port}, {REMOTE, remotePort}}, 0, now);
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_TABLE_MAKE_H */
