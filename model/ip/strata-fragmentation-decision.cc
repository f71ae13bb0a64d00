// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fragmentation-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t
WholeUnits(uint32_t bytes)
{
    return bytes - bytes % IPV4_FRAGMENT_UNIT;
}

} // namespace

FragmentPlan::FragmentPlan(const FragmentationInput& input)
    : m_input(input)
{
    Decide();
}

void
FragmentPlan::Decide()
{
    const uint64_t end = uint64_t{m_input.offset} + m_input.payloadSize;
    if (end + m_input.headerSize > IPV4_MAX_DATAGRAM)
    {
        m_verdict = Verdict::TOO_LONG;
        return;
    }
    if (m_input.mtu < m_input.leastMtu)
    {
        m_verdict = Verdict::LINK_TOO_SMALL;
        return;
    }
    if (m_input.headerSize <= m_input.mtu &&
        m_input.payloadSize <= m_input.mtu - m_input.headerSize)
    {
        m_verdict = Verdict::WHOLE;
        m_count = 1;
        m_firstSize = m_input.payloadSize;
        return;
    }
    if (m_input.dontFragment || m_input.answer == OversizeAnswer::REPORT)
    {
        m_verdict = Verdict::TOO_BIG;
        return;
    }
    const uint32_t largestHeader = std::max(m_input.headerSize, m_input.laterHeaderSize);
    if (m_input.mtu < largestHeader + IPV4_FRAGMENT_UNIT)
    {
        m_verdict = Verdict::LINK_TOO_SMALL;
        return;
    }
    if (m_input.answer == OversizeAnswer::TRUNCATE)
    {
        m_verdict = Verdict::TRUNCATED;
        m_count = 1;
        m_firstSize = m_input.mtu - m_input.headerSize;
        return;
    }
    m_verdict = Verdict::SPLIT;
    const uint32_t room = m_input.mtu - m_input.laterHeaderSize;
    m_firstSize = WholeUnits(m_input.mtu - m_input.headerSize);
    m_laterSize = WholeUnits(room);
    const uint32_t left = m_input.payloadSize - m_firstSize;
    // only the last piece may end off a unit, so it may fill the room that the others can't
    const uint32_t between = left <= room ? 0 : (left - room + m_laterSize - 1) / m_laterSize;
    m_count = between + 2;
}

FragmentPiece
FragmentPlan::Piece(uint32_t index) const
{
    FragmentPiece piece;
    piece.from = index == 0 ? 0 : m_firstSize + (index - 1) * m_laterSize;
    piece.offset = m_input.offset + piece.from;
    piece.headerSize = index == 0 ? m_input.headerSize : m_input.laterHeaderSize;
    const bool last = index + 1 == m_count;
    piece.moreFragments = !last || m_input.moreFragments;
    piece.size = index == 0 ? m_firstSize : last ? m_input.payloadSize - piece.from : m_laterSize;
    return piece;
}

uint64_t
FragmentPlan::TotalBytes() const
{
    if (m_count == 0)
    {
        return 0;
    }
    const uint32_t payload = m_verdict == Verdict::TRUNCATED ? m_firstSize : m_input.payloadSize;
    return uint64_t{payload} + m_input.headerSize + uint64_t{m_count - 1} * m_input.laterHeaderSize;
}

Ipv4WireHeader
HeaderOfPiece(const Ipv4WireHeader& original,
              const Ipv4WireHeader::Options& copied,
              const FragmentPiece& piece)
{
    Ipv4WireHeader header = original;
    if (piece.from != 0)
    {
        header.options = copied;
    }
    header.totalLength = static_cast<uint16_t>(header.HeaderSize() + piece.size);
    header.fragmentOffset = static_cast<uint16_t>(piece.offset / IPV4_FRAGMENT_UNIT);
    header.moreFragments = piece.moreFragments;
    header.SetChecksum();
    return header;
}

} // namespace strata
} // namespace ns3
