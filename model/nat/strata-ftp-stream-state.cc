// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ftp-stream-state.h"

#include "ns3/strata-network-order.h"
#include "ns3/strata-tcp-header.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** Sequence numbers compare modulo 2^32 (RFC 9293 section 3.4). */
bool
Before(uint32_t a, uint32_t b)
{
    return static_cast<int32_t>(a - b) < 0;
}

} // namespace

uint32_t
FtpStreamState::Edit::Place(uint32_t into) const
{
    const auto last = static_cast<uint32_t>(text.size()) - 1;
    if (into >= size)
    {
        return last + 1;
    }
    // A keep-alive has the number of the last octet (RFC 1122 section 4.2.3.6), here and there.
    return into > 0 && into == size - 1 ? last : std::min(into, last);
}

ByteView
FtpStreamState::Edit::Part(uint32_t from, uint32_t octets) const
{
    const uint32_t begin = Place(from);
    return ByteView(text).Sub(begin, Place(from + octets) - begin);
}

const FtpStreamState::Edit*
FtpStreamState::Find(uint32_t sequence) const
{
    for (const Edit& edit : m_edits)
    {
        if (sequence - edit.sequence < edit.size)
        {
            return &edit;
        }
    }
    return nullptr;
}

bool
FtpStreamState::Add(Edit edit)
{
    if (m_edits.size() >= MAX_EDITS ||
        (!m_edits.empty() && Before(edit.sequence, m_edits.back().sequence + m_edits.back().size)))
    {
        return false;
    }
    m_edits.push_back(std::move(edit));
    return true;
}

uint32_t
FtpStreamState::Forward(uint32_t sequence) const
{
    uint32_t shift = m_shift;
    for (const Edit& edit : m_edits)
    {
        if (!Before(sequence, edit.sequence + edit.size))
        {
            shift += static_cast<uint32_t>(edit.text.size()) - edit.size;
            continue;
        }
        if (Before(edit.sequence, sequence))
        {
            return edit.sequence + shift + edit.Place(sequence - edit.sequence);
        }
        break;
    }
    return sequence + shift;
}

uint32_t
FtpStreamState::Return(uint32_t number, bool up) const
{
    uint32_t shift = m_shift;
    for (const Edit& edit : m_edits)
    {
        const uint32_t start = edit.sequence + shift;
        const auto size = static_cast<uint32_t>(edit.text.size());
        if (Before(number, start + size))
        {
            if (Before(start, number))
            {
                return up ? edit.sequence + edit.size : edit.sequence;
            }
            break;
        }
        shift += size - edit.size;
    }
    return number - shift;
}

uint32_t
FtpStreamState::Back(uint32_t acknowledgment) const
{
    return Return(acknowledgment, false);
}

uint32_t
FtpStreamState::BackUp(uint32_t edge) const
{
    return Return(edge, true);
}

void
FtpStreamState::Acknowledge(uint32_t acknowledgment)
{
    constexpr std::size_t KEPT = 8;
    std::size_t covered = 0;
    uint32_t shift = m_shift;
    for (const Edit& edit : m_edits)
    {
        const auto size = static_cast<uint32_t>(edit.text.size());
        if (Before(acknowledgment, edit.sequence + shift + size))
        {
            break;
        }
        shift += size - edit.size;
        ++covered;
    }
    // The last ones stay: what was sent before they came may still be on its way.
    if (covered > KEPT)
    {
        for (std::size_t i = 0; i + KEPT < covered; ++i)
        {
            m_shift += static_cast<uint32_t>(m_edits[i].text.size()) - m_edits[i].size;
        }
        m_edits.erase(m_edits.begin(),
                      m_edits.begin() + static_cast<std::ptrdiff_t>(covered - KEPT));
    }
}

bool
TurnBackAcknowledgments(uint8_t* segment, std::size_t size, const FtpStreamState& stream)
{
    if (size < TcpWireHeader::MIN_SIZE || stream.IsEmpty())
    {
        return false;
    }
    bool changed = false;
    const auto put = [&](uint8_t* at, uint32_t value) {
        changed = changed || Get32(at) != value;
        Put32(at, value);
    };
    if (segment[13] & TcpWireHeader::ACK)
    {
        put(segment + 8, stream.Back(Get32(segment + 8)));
    }
    const std::size_t end = std::min<std::size_t>(size, (segment[12] >> 4) * 4);
    constexpr uint8_t END = 0;
    constexpr uint8_t NO_OPERATION = 1;
    constexpr uint8_t SACK = 5;
    for (std::size_t at = TcpWireHeader::MIN_SIZE; at < end && segment[at] != END;)
    {
        if (segment[at] == NO_OPERATION)
        {
            ++at;
            continue;
        }
        const std::size_t length = at + 1 < end ? segment[at + 1] : 0;
        if (length < 2 || at + length > end)
        {
            break;
        }
        for (std::size_t block = 2; segment[at] == SACK && block + 8 <= length; block += 8)
        {
            uint8_t* const edges = segment + at + block;
            const uint32_t left = stream.BackUp(Get32(edges));
            const uint32_t right = stream.Back(Get32(edges + 4));
            put(edges, left);
            put(edges + 4, Before(right, left) ? left : right);
        }
        at += length;
    }
    return changed;
}

} // namespace strata
} // namespace ns3
