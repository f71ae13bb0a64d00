// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LINUX_REFUSALS_H
#define STRATA_LINUX_REFUSALS_H

#include "ns3/strata-byte-view.h"

#include <string_view>

namespace ns3
{
namespace strata
{

/** What Linux 6 answers to packets that it refuses, as octets in hexadecimal digits. */
struct LinuxRefusal
{
    std::string_view refused; //!< empty in those of ICMP, which quote it
    std::string_view answer;  //!< empty: none
};

/**
 * Of TCP by a closed port: segments from 127.0.0.1, port 1234, to 127.0.0.2, port 80, sequence
 * number 0xfffffffe, acknowledgment 0x12345678, with flags and data of all kinds. (The target
 * REJECT of Linux works the numbers out by the same rule.)
 */
inline constexpr LinuxRefusal LINUX_RESETS[] = {
    // SYN; with an option; with data, which wraps the number
    {"04d20050fffffffe12345678500203e8402a0000", "005004d200000000ffffffff50140000acab0000"},
    {"04d20050fffffffe12345678600203e8286e0000020405b4",
     "005004d200000000ffffffff50140000acab0000"},
    {"04d20050fffffffe12345678500203e8aef5000061626364656667",
     "005004d2000000000000000650140000aca50000"},
    // ACK; with data; with PSH; SYN and ACK; FIN and ACK
    {"04d20050fffffffe12345678501003e8401c0000", "005004d2123456780000000050040000440f0000"},
    {"04d20050fffffffe12345678501003e8aee7000061626364656667",
     "005004d2123456780000000050040000440f0000"},
    {"04d20050fffffffe12345678501803e87bae0000616263", "005004d2123456780000000050040000440f0000"},
    {"04d20050fffffffe12345678501203e8401a0000", "005004d2123456780000000050040000440f0000"},
    {"04d20050fffffffe12345678501103e8401b0000", "005004d2123456780000000050040000440f0000"},
    // RST; RST and ACK
    {"04d20050fffffffe12345678500403e840280000", ""},
    {"04d20050fffffffe12345678501403e840180000", ""},
};

/** A datagram of 10.0.1.2 to 10.0.0.1, to which the route is prohibited. */
inline constexpr LinuxRefusal LINUX_PROHIBITED_4{
    "",
    "030d761b0000000045000022c7bf400040115e090a0001020a000001138803e8000e1522737472617461"};

/** A datagram of 10.0.1.2 to 10.0.1.1, where nobody listens. */
inline constexpr LinuxRefusal LINUX_PORT_4{
    "",
    "030375240000000045000022d504400040114fc40a0001020a000101138803e9000e1622737472617461"};

/** Of fd00:2::2 to fd00:1::1, from fd00:2::1. */
inline constexpr LinuxRefusal LINUX_PROHIBITED_6{
    "",
    "01015bc1000000006006d183000e1140fd000002000000000000000000000002"
    "fd000001000000000000000000000001138803e8000efa26737472617461"};

/** Of fd00:2::2 to fd00:2::1, from there. */
inline constexpr LinuxRefusal LINUX_PORT_6{
    "",
    "010402de0000000060002a67000e1140fd000002000000000000000000000002"
    "fd000002000000000000000000000001138803e9000efa27737472617461"};

inline Bytes
FromHex(std::string_view digits)
{
    const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    {
        bytes.push_back(static_cast<uint8_t>(value(digits[i]) << 4 | value(digits[i + 1])));
    }
    return bytes;
}

/** What an ICMP error quotes. */
inline Bytes
QuoteOf(const LinuxRefusal& refusal)
{
    return FromHex(refusal.answer.substr(16));
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_LINUX_REFUSALS_H */
