// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FTP_STREAM_STATE_H
#define STRATA_FTP_STREAM_STATE_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-tied.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * One direction of a TCP connection in which lines were replaced by others of another length
 * (RFC 3022 section 4.4): how sequence numbers, as their sender counts, go over into those that
 * the receiver sees, and back. A value.
 *
 * A replacement is remembered until its receiver has acknowledged it whole, so that a
 * retransmission is replaced by the same.
 */
class FtpStreamState
{
  public:
    /** A line that is replaced. */
    struct Edit
    {
        uint32_t sequence{0}; //!< of the line's first octet, as the sender counts
        uint32_t size{0};     //!< of the line
        Bytes text;           //!< what stands in its place

        /** Where in the text its octet \p into goes; no later octet goes before an earlier one. */
        uint32_t Place(uint32_t into) const;

        /**
         * What goes in the place of \p octets of the line, from its octet \p from on: so that
         * pieces of the line, however it is cut, make all of the text, and the last octet its end.
         */
        ByteView Part(uint32_t from, uint32_t octets) const;

        auto Tie() const
        {
            return std::tie(sequence, size, text);
        }
    };

    /** Where no more edits fit, lines must be left out. */
    static constexpr std::size_t MAX_EDITS = 64;

    /** The edit of the line that has the octet \p sequence; null if it is none. */
    const Edit* Find(uint32_t sequence) const;

    /** \return false if there are too many, or if one behind the line is there already */
    bool Add(Edit edit);

    /** A sequence number on its way to the receiver. */
    uint32_t Forward(uint32_t sequence) const;

    /** An acknowledgment on its way back: what is acknowledged of a line in part is not. */
    uint32_t Back(uint32_t acknowledgment) const;

    /** The left edge of a SACK block on its way back: a line that begins before it is not in. */
    uint32_t BackUp(uint32_t edge) const;

    /** Forgets edits that \p acknowledgment, as the receiver sends it, covers. */
    void Acknowledge(uint32_t acknowledgment);

    bool IsEmpty() const
    {
        return m_edits.empty() && m_shift == 0;
    }

    auto Tie() const
    {
        return std::tie(m_edits, m_shift);
    }

  private:
    uint32_t Return(uint32_t number, bool up) const;

    std::vector<Edit> m_edits; //!< in the order of their sequence numbers
    uint32_t m_shift{0};       //!< by edits that are forgotten, modulo 2^32
};

/**
 * Replaces the acknowledgment number, and the edges of SACK blocks (RFC 2018), of the TCP segment
 * \p segment by those that its receiver counts. The checksum field is left as it is.
 *
 * \return whether something was changed
 */
bool TurnBackAcknowledgments(uint8_t* segment, std::size_t size, const FtpStreamState& stream);

} // namespace strata
} // namespace ns3

#endif /* STRATA_FTP_STREAM_STATE_H */
