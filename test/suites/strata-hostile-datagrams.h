// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_HOSTILE_DATAGRAMS_H
#define STRATA_HOSTILE_DATAGRAMS_H

#include "ns3/strata-byte-view.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Makes what a stranger may send: random octets, and datagrams of all kinds with options,
 * fragments, wrong lengths and changed octets. It writes octets by the text of the RFCs and
 * shares no code with what it attacks.
 */
class HostileDatagrams
{
  public:
    /** Sources in 10.66/16 are for who asks for them alone. */
    static constexpr uint32_t MARKED = 0x0a420000;

    /** \p addresses are those that are likely to mean something to the victim. */
    HostileDatagrams(uint32_t seed, std::vector<uint32_t> addresses)
        : m_random(seed),
          m_addresses(std::move(addresses))
    {
    }

    uint32_t Below(uint32_t bound)
    {
        return static_cast<uint32_t>((uint64_t{static_cast<uint32_t>(m_random())} * bound) >> 32);
    }

    /** Once in \p times. */
    bool OnceIn(uint32_t times)
    {
        return Below(times) == 0;
    }

    /** \p marked: with a right header whose source is in 10.66/16; else never one from there. */
    Bytes Next(bool marked = false)
    {
        if (marked)
        {
            Bytes bytes = Datagram(0);
            Put32(bytes, 12, MARKED + 1 + Below(0xfff0));
            SetHeaderChecksum(bytes);
            return bytes;
        }
        Bytes bytes;
        do
        {
            bytes = OnceIn(5) ? Noise() : Mutant();
        } while (bytes.size() >= 20 && Get16(bytes, 12) == MARKED >> 16);
        return bytes;
    }

    /** A large fragment of a datagram that never becomes whole. */
    Bytes NextFragment(uint32_t destination)
    {
        Bytes bytes(1500);
        bytes[0] = 0x45;
        Put16(bytes, 2, 1500);
        Put16(bytes, 4, Below(65536));
        Put16(bytes, 6, 0x2000 | 185 * Below(40));
        bytes[8] = 64;
        bytes[9] = 17;
        Put32(bytes, 12, 0x0a000003 + Below(200));
        Put32(bytes, 16, destination);
        SetHeaderChecksum(bytes);
        return bytes;
    }

    /** An ARP message, or something like it. */
    Bytes NextArp()
    {
        Bytes bytes{0, 1, 8, 0, 6, 4, 0, static_cast<uint8_t>(1 + Below(2))};
        Append(bytes, Random(20));
        Put32(bytes, 14, Address());
        Put32(bytes, 24, Address());
        if (OnceIn(3))
        {
            Flip(bytes, 0, bytes.size(), 1 + Below(3));
        }
        if (OnceIn(8))
        {
            bytes.resize(Below(28));
        }
        return bytes;
    }

    Bytes Random(std::size_t size)
    {
        Bytes bytes(size);
        for (uint8_t& byte : bytes)
        {
            byte = static_cast<uint8_t>(m_random());
        }
        return bytes;
    }

    /** Adds up 16-bit words in one's complement (RFC 1071), the slow and plain way. */
    static uint16_t Checksum(const uint8_t* bytes, std::size_t size, uint32_t sum = 0)
    {
        for (std::size_t i = 0; i < size; ++i)
        {
            sum += i % 2 == 0 ? uint32_t{bytes[i]} << 8 : bytes[i];
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return static_cast<uint16_t>(~sum);
    }

    static void SetHeaderChecksum(Bytes& bytes)
    {
        const std::size_t size = std::min<std::size_t>((bytes[0] & 0xf) * 4, bytes.size());
        Put16(bytes, 10, 0);
        Put16(bytes, 10, Checksum(bytes.data(), size));
    }

    static void Put16(Bytes& bytes, std::size_t at, uint32_t value)
    {
        bytes[at] = static_cast<uint8_t>(value >> 8);
        bytes[at + 1] = static_cast<uint8_t>(value);
    }

    static void Put32(Bytes& bytes, std::size_t at, uint32_t value)
    {
        Put16(bytes, at, value >> 16);
        Put16(bytes, at + 2, value & 0xffff);
    }

    static uint32_t Get16(const Bytes& bytes, std::size_t at)
    {
        return uint32_t{bytes[at]} << 8 | bytes[at + 1];
    }

    static uint32_t Get32(const Bytes& bytes, std::size_t at)
    {
        return Get16(bytes, at) << 16 | Get16(bytes, at + 2);
    }

  private:
    static void Append(Bytes& bytes, const Bytes& more)
    {
        bytes.insert(bytes.end(), more.begin(), more.end());
    }

    void Flip(Bytes& bytes, std::size_t from, std::size_t to, uint32_t times)
    {
        for (; times > 0 && from < to; --times)
        {
            bytes[from + Below(static_cast<uint32_t>(to - from))] =
                static_cast<uint8_t>(m_random());
        }
    }

    uint32_t Address()
    {
        return OnceIn(12) ? static_cast<uint32_t>(m_random())
                          : m_addresses[Below(static_cast<uint32_t>(m_addresses.size()))];
    }

    Bytes Noise()
    {
        Bytes bytes = Random(Below(OnceIn(10) ? 500 : 80));
        if (!bytes.empty() && !OnceIn(3))
        {
            bytes[0] = static_cast<uint8_t>(0x40 | Below(16));
            if (bytes.size() >= 20 && !OnceIn(3))
            {
                Put16(bytes, 2, static_cast<uint32_t>(bytes.size()));
                SetHeaderChecksum(bytes);
            }
        }
        return bytes;
    }

    /** A datagram that is in order, then one or the other thing wrong with it. */
    Bytes Mutant()
    {
        Bytes bytes = Datagram(0);
        const std::size_t header = (bytes[0] & 0xf) * 4;
        if (OnceIn(4))
        {
            Flip(bytes, 0, header, 1 + Below(4));
        }
        if (OnceIn(4))
        {
            Flip(bytes, header, bytes.size(), 1 + Below(4));
        }
        if (OnceIn(12))
        {
            Put16(bytes, 2, OnceIn(2) ? Below(65536) : Below(60));
        }
        // Real fragments have other numbers, lest they be mixed with forged ones.
        Put16(bytes, 4, 0xf000 + Below(64));
        if (!OnceIn(12))
        {
            SetHeaderChecksum(bytes);
        }
        if (OnceIn(6))
        {
            Append(bytes, Random(1 + Below(30)));
        }
        if (OnceIn(12))
        {
            bytes.resize(Below(static_cast<uint32_t>(bytes.size()) + 1));
        }
        return bytes;
    }

    Bytes Datagram(uint32_t depth)
    {
        Bytes options = OnceIn(3) ? Options() : Bytes();
        Bytes bytes(20);
        Append(bytes, options);
        const uint32_t source = Address();
        const uint32_t destination = Address();
        uint8_t protocol;
        Bytes payload = Payload(depth, source, destination, protocol);
        bytes[0] = static_cast<uint8_t>(0x40 | bytes.size() / 4);
        bytes[1] = static_cast<uint8_t>(m_random());
        if (OnceIn(5))
        {
            Put16(bytes, 6, Fragment(payload));
        }
        else if (OnceIn(4))
        {
            Put16(bytes, 6, OnceIn(8) ? 0x8000 : 0x4000);
        }
        constexpr uint8_t TTLS[] = {0, 1, 2, 3, 64, 64, 64, 255};
        bytes[8] = TTLS[Below(8)];
        bytes[9] = protocol;
        Put32(bytes, 12, source);
        Put32(bytes, 16, destination);
        Append(bytes, payload);
        Put16(bytes, 2, static_cast<uint32_t>(bytes.size()));
        SetHeaderChecksum(bytes);
        return bytes;
    }

    /** The word of flags and offset; cuts the payload to a multiple of eight mostly. */
    uint32_t Fragment(Bytes& payload)
    {
        const bool more = !OnceIn(3);
        if (more && !OnceIn(8))
        {
            payload.resize(payload.size() / 8 * 8);
        }
        if (OnceIn(10))
        {
            payload.clear();
        }
        const uint32_t offset = OnceIn(6) ? Below(8192) : Below(4);
        return (more ? 0x2000 : 0) | offset;
    }

    Bytes Payload(uint32_t depth, uint32_t source, uint32_t destination, uint8_t& protocol)
    {
        switch (Below(8))
        {
        case 0:
        case 1:
        case 2:
            protocol = 1;
            return Icmp(depth);
        case 3:
        case 4:
            protocol = 17;
            return Segment(source, destination, protocol, Udp());
        case 5:
        case 6:
            protocol = 6;
            return Segment(source, destination, protocol, Tcp());
        default:
            protocol = static_cast<uint8_t>(m_random());
            return Random(Below(64));
        }
    }

    Bytes Icmp(uint32_t depth)
    {
        constexpr uint8_t TYPES[] = {0, 3, 3, 4, 5, 5, 8, 8, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18};
        Bytes bytes = Random(8);
        bytes[0] = OnceIn(10) ? static_cast<uint8_t>(m_random()) : TYPES[Below(sizeof(TYPES))];
        bytes[1] = OnceIn(3) ? static_cast<uint8_t>(Below(20)) : 0;
        const bool quotes = bytes[0] == 3 || bytes[0] == 5 || bytes[0] == 11 || bytes[0] == 12;
        if (quotes && depth < 2 && !OnceIn(4))
        {
            if (OnceIn(2))
            {
                Put32(bytes, 4, bytes[0] == 5 ? Address() : Below(1600));
            }
            Bytes quote = Datagram(depth + 1);
            quote.resize(std::min<std::size_t>(quote.size(), 28 + Below(40)));
            Append(bytes, quote);
        }
        else
        {
            Append(bytes, Random(Below(OnceIn(20) ? 1200 : 40)));
        }
        if (OnceIn(12))
        {
            bytes.resize(Below(8));
        }
        if (bytes.size() >= 4 && !OnceIn(8))
        {
            Put16(bytes, 2, 0);
            Put16(bytes, 2, Checksum(bytes.data(), bytes.size()));
        }
        return bytes;
    }

    Bytes Udp()
    {
        Bytes bytes = Random(8 + Below(OnceIn(20) ? 1200 : 60));
        Put16(bytes, 2, OnceIn(2) ? 4000 : Below(65536));
        Put16(bytes, 4, OnceIn(6) ? Below(80) : static_cast<uint32_t>(bytes.size()));
        Put16(bytes, 6, 0);
        return bytes;
    }

    Bytes Tcp()
    {
        Bytes bytes = Random(20 + 4 * Below(11) + Below(20));
        bytes[12] = static_cast<uint8_t>(OnceIn(6) ? m_random() : (5 + Below(10)) << 4);
        Put16(bytes, 16, 0);
        for (std::size_t i = 20; i + 2 < bytes.size() && !OnceIn(3);)
        {
            // kinds that are known, with lengths that are short, zero or too large
            bytes[i] = static_cast<uint8_t>(OnceIn(4) ? m_random() : Below(10));
            bytes[i + 1] = static_cast<uint8_t>(OnceIn(4) ? 0 : Below(12));
            i += 2 + Below(9);
        }
        return bytes;
    }

    /** Cuts a segment now and then, and gives it a right checksum mostly. */
    Bytes Segment(uint32_t source, uint32_t destination, uint8_t protocol, Bytes bytes)
    {
        if (OnceIn(12))
        {
            bytes.resize(Below(20));
        }
        const std::size_t field = protocol == 6 ? 16 : 6;
        if (bytes.size() >= field + 2 && !OnceIn(6))
        {
            const uint32_t length =
                protocol == 6 ? static_cast<uint32_t>(bytes.size()) : Get16(bytes, 4);
            uint32_t sum = protocol + length;
            for (const uint32_t address : {source, destination})
            {
                sum += (address >> 16) + (address & 0xffff);
            }
            Put16(bytes, field, Checksum(bytes.data(), bytes.size(), (sum & 0xffff) + (sum >> 16)));
        }
        return bytes;
    }

    Bytes Options()
    {
        Bytes bytes;
        for (uint32_t count = 1 + Below(3); count > 0 && bytes.size() < 36; --count)
        {
            Append(bytes, Option(static_cast<uint32_t>(40 - bytes.size())));
        }
        bytes.resize(std::min<std::size_t>(40, bytes.size()));
        while (bytes.size() % 4 != 0)
        {
            bytes.push_back(0);
        }
        return bytes;
    }

    Bytes Option(uint32_t room)
    {
        constexpr uint8_t KINDS[] = {7, 68, 131, 137, 148, 130, 82, 133};
        Bytes bytes{OnceIn(8) ? static_cast<uint8_t>(m_random()) : KINDS[Below(8)]};
        if (OnceIn(10))
        {
            return OnceIn(2) ? Bytes{1} : Random(1 + Below(room));
        }
        const bool timestamp = bytes[0] == 68;
        const bool route = bytes[0] == 7 || bytes[0] == 131 || bytes[0] == 137;
        const uint32_t slots = 1 + Below(4);
        uint32_t length = timestamp || route ? 3 + timestamp + 4 * slots : 4 + 4 * Below(2);
        bytes.push_back(static_cast<uint8_t>(OnceIn(10) ? m_random() : length));
        if (timestamp || route)
        {
            const uint32_t first = timestamp ? 5 : 4;
            bytes.push_back(
                static_cast<uint8_t>(OnceIn(10) ? m_random() : first + 4 * Below(slots + 1)));
        }
        if (timestamp)
        {
            constexpr uint8_t FORMS[] = {0, 1, 3, 2};
            bytes.push_back(static_cast<uint8_t>((OnceIn(4) ? 0xf0 : 0) | FORMS[Below(4)]));
        }
        while (bytes.size() < length)
        {
            Bytes address(4);
            Put32(address, 0, Address());
            Append(bytes, address);
        }
        bytes.resize(length);
        return bytes;
    }

    std::mt19937 m_random;
    std::vector<uint32_t> m_addresses;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_HOSTILE_DATAGRAMS_H */
