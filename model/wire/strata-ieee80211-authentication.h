// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IEEE80211_AUTHENTICATION_H
#define STRATA_IEEE80211_AUTHENTICATION_H

#include "strata-wire-contract.h"

#include "ns3/strata-byte-reader.h"

#include <tuple>

namespace ns3
{
namespace strata
{

/**
 * The fixed fields of an Authentication frame's body (IEEE 802.11-2020 section 9.3.3.11): three
 * numbers of two bytes, the least significant byte first (section 9.2.2). Open System
 * authentication has no elements behind them; those of other algorithms are not looked at.
 *
 * Errors: TRUNCATED when there are fewer than SIZE bytes.
 */
struct Ieee80211Authentication
{
    struct Context
    {
    };

    static constexpr std::size_t SIZE = 6;

    static constexpr uint16_t OPEN_SYSTEM = 0;            //!< algorithm (section 9.4.1.1)
    static constexpr uint16_t SUCCESS = 0;                //!< status (section 9.4.1.9)
    static constexpr uint16_t UNSUPPORTED_ALGORITHM = 13; //!< status
    static constexpr uint16_t OUT_OF_SEQUENCE = 14;       //!< status

    uint16_t algorithm{OPEN_SYSTEM};
    uint16_t sequence{1}; //!< 1: the request, 2: the answer (section 9.4.1.2)
    uint16_t status{SUCCESS};

    static Expected<Ieee80211Authentication, DecodeError> Decode(ByteView bytes, const Context&)
    {
        ByteReader reader(bytes);
        Ieee80211Authentication frame;
        frame.algorithm = Swap(reader.U16());
        frame.sequence = Swap(reader.U16());
        frame.status = Swap(reader.U16());
        if (!reader.Ok())
        {
            return reader.Error();
        }
        return frame;
    }

    std::size_t EncodedSize() const
    {
        return SIZE;
    }

    void Encode(ByteWriter& writer) const
    {
        writer.U16(Swap(algorithm));
        writer.U16(Swap(sequence));
        writer.U16(Swap(status));
    }

    constexpr auto Tie() const
    {
        return std::tie(algorithm, sequence, status);
    }

    friend bool operator==(const Ieee80211Authentication& a, const Ieee80211Authentication& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const Ieee80211Authentication& a, const Ieee80211Authentication& b)
    {
        return !(a == b);
    }

  private:
    /** The other byte order. */
    static constexpr uint16_t Swap(uint16_t value)
    {
        return static_cast<uint16_t>((value << 8) | (value >> 8));
    }
};

static_assert(IsWireFormat<Ieee80211Authentication>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_IEEE80211_AUTHENTICATION_H */
