// SPDX-License-Identifier: GPL-2.0-only

#include "strata-session-segment.h"

#include "ns3/strata-byte-reader.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t DATAGRAM_SIZE = 5;
constexpr std::size_t DATA_SIZE = 6;
constexpr std::size_t ACK_SIZE = 12;
constexpr std::size_t RANGE_SIZE = 4;

/** Reads what follows kind and attempt of an ACK. */
void
DecodeAck(ByteReader& reader, SessionSegment& segment)
{
    segment.window = reader.U16();
    segment.sequence = reader.U32();
    segment.echo = reader.U32();
    if (reader.Remaining() % RANGE_SIZE != 0)
    {
        reader.Fail(DecodeCode::BAD_LENGTH);
    }
    while (reader.Remaining() != 0)
    {
        if (segment.ranges.size() == SessionSegment::MAX_RANGES)
        {
            reader.Fail(DecodeCode::TOO_MANY);
            return;
        }
        const std::size_t offset = reader.Offset();
        SegmentRange range;
        range.missing = reader.U16();
        range.arrived = reader.U16();
        if (range.missing == 0 || range.arrived == 0)
        {
            reader.FailAt(DecodeCode::BAD_VALUE, offset + (range.missing == 0 ? 0 : 2));
            return;
        }
        segment.ranges.push_back(range);
    }
}

} // namespace

Expected<SessionSegment, DecodeError>
SessionSegment::Decode(ByteView bytes, const Context&)
{
    ByteReader reader(bytes);
    SessionSegment segment;
    segment.kind = static_cast<SegmentKind>(reader.U8());
    switch (segment.kind)
    {
    case SegmentKind::DATAGRAM:
    case SegmentKind::ASKING_DATAGRAM:
        segment.sequence = reader.U32();
        break;
    case SegmentKind::DATA:
        segment.attempt = reader.U8();
        segment.sequence = reader.U32();
        break;
    case SegmentKind::PROBE:
    case SegmentKind::ANSWER:
        segment.attempt = reader.U8();
        segment.sequence = reader.U32();
        reader.ExpectEnd();
        break;
    case SegmentKind::ACK:
        segment.attempt = reader.U8();
        DecodeAck(reader, segment);
        break;
    default:
        reader.FailAt(DecodeCode::BAD_TYPE, 0);
        break;
    }
    if (!reader.Ok())
    {
        return reader.Error();
    }
    return segment;
}

std::size_t
SessionSegment::EncodedSize() const
{
    switch (kind)
    {
    case SegmentKind::DATAGRAM:
    case SegmentKind::ASKING_DATAGRAM:
        return DATAGRAM_SIZE;
    case SegmentKind::ACK:
        return ACK_SIZE + RANGE_SIZE * ranges.size();
    default:
        return DATA_SIZE;
    }
}

void
SessionSegment::Encode(ByteWriter& writer) const
{
    writer.U8(static_cast<uint8_t>(kind));
    switch (kind)
    {
    case SegmentKind::DATAGRAM:
    case SegmentKind::ASKING_DATAGRAM:
        writer.U32(sequence);
        break;
    case SegmentKind::ACK:
        writer.U8(attempt);
        writer.U16(window);
        writer.U32(sequence);
        writer.U32(echo);
        for (const SegmentRange& range : ranges)
        {
            writer.U16(range.missing);
            writer.U16(range.arrived);
        }
        break;
    default:
        writer.U8(attempt);
        writer.U32(sequence);
        break;
    }
}

Bytes
SessionSegment::WithMessage(ByteView message) const
{
    Bytes bytes;
    bytes.reserve(EncodedSize() + message.size());
    ByteWriter writer(bytes);
    Encode(writer);
    writer.Write(message);
    return bytes;
}

} // namespace strata
} // namespace ns3
