// SPDX-License-Identifier: GPL-2.0-only

#include "strata-pdu-header.h"

#include "ns3/strata-checksum.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t LENGTH_OFFSET = 4;
constexpr std::size_t HOP_LIMIT_OFFSET = 6;
constexpr std::size_t HOPS_OFFSET = 7;
constexpr std::size_t CHECKSUM_OFFSET = 24;

} // namespace

const char*
PduTypeName(PduType type)
{
    switch (type)
    {
    case PduType::HELLO:
        return "hello";
    case PduType::ENROLL_REQUEST:
        return "enroll-request";
    case PduType::ENROLL_ACCEPT:
        return "enroll-accept";
    case PduType::ENROLL_REFUSE:
        return "enroll-refuse";
    case PduType::LEAVE:
        return "leave";
    case PduType::ACK:
        return "ack";
    case PduType::LINK_STATE:
        return "link-state";
    case PduType::ATTACHMENT:
        return "attachment";
    case PduType::LOCATION:
        return "location";
    case PduType::RESOLVE:
        return "resolve";
    case PduType::RESOLVED:
        return "resolved";
    case PduType::SESSION_OPEN:
        return "session-open";
    case PduType::SESSION_ACCEPT:
        return "session-accept";
    case PduType::SESSION_REFUSE:
        return "session-refuse";
    case PduType::SESSION_CLOSE:
        return "session-close";
    case PduType::SESSION_DATA:
        return "session-data";
    case PduType::SESSION_MOVED:
        return "session-moved";
    case PduType::ANNOUNCE:
        return "announce";
    case PduType::TUNNEL:
        return "tunnel";
    case PduType::UNREACHABLE:
        return "unreachable";
    case PduType::RELAY:
        return "relay";
    case PduType::PROBE:
        return "probe";
    case PduType::PROBE_REPLY:
        return "probe-reply";
    }
    return "unknown";
}

Expected<PduHeader>
PduHeader::Decode(ByteView bytes, const Context& context)
{
    ByteReader reader(bytes);
    PduHeader header;
    const uint8_t first = reader.U8();
    header.type = static_cast<PduType>(reader.U8());
    header.layer = reader.U16();
    header.totalLength = reader.U16();
    header.hopLimit = reader.U8();
    header.hops = reader.U8();
    header.destination = reader.U64();
    header.source = reader.U64();
    const uint16_t checksum = reader.U16();
    header.bodyChecksum = reader.U16();
    if (!reader.Ok())
    {
        return reader.Error();
    }
    if ((first >> 6) != VERSION)
    {
        return Unexpected<DecodeError>{{DecodeCode::BAD_VERSION, 0}};
    }
    header.authenticated = (first & 0x20) != 0;
    header.hierarchical = (first & 0x10) != 0;
    header.slice = first & 0x0f;
    // 0xffff verifies as 0x0000 does, but no sender computes it: the version keeps the sum from 0.
    if (checksum == 0xffff || ComputeChecksum(bytes.Sub(0, SIZE)) != 0)
    {
        return Unexpected<DecodeError>{{DecodeCode::BAD_CHECKSUM, CHECKSUM_OFFSET}};
    }
    if (header.totalLength < SIZE || (!context.quoted && header.totalLength > bytes.size()))
    {
        return Unexpected<DecodeError>{{DecodeCode::BAD_LENGTH, LENGTH_OFFSET}};
    }
    return header;
}

void
PduHeader::Encode(ByteWriter& writer) const
{
    const std::size_t start = writer.Offset();
    writer.U8(static_cast<uint8_t>((VERSION << 6) | (authenticated ? 0x20 : 0) |
                                   (hierarchical ? 0x10 : 0) | (slice & 0x0f)));
    writer.U8(static_cast<uint8_t>(type));
    writer.U16(layer);
    writer.U16(totalLength);
    writer.U8(hopLimit);
    writer.U8(hops);
    writer.U64(destination);
    writer.U64(source);
    const std::size_t checksum = writer.ReserveU16();
    writer.U16(bodyChecksum);
    writer.PatchU16(checksum, ComputeChecksum(writer.Written(start)));
}

void
PduHeader::CountHop(uint8_t* header)
{
    const auto word = [header](std::size_t at) {
        return static_cast<uint16_t>((header[at] << 8) | header[at + 1]);
    };
    const uint16_t before = word(HOP_LIMIT_OFFSET);
    --header[HOP_LIMIT_OFFSET];
    ++header[HOPS_OFFSET];
    const uint16_t checksum = UpdateChecksum(word(CHECKSUM_OFFSET), before, word(HOP_LIMIT_OFFSET));
    header[CHECKSUM_OFFSET] = static_cast<uint8_t>(checksum >> 8);
    header[CHECKSUM_OFFSET + 1] = static_cast<uint8_t>(checksum);
}

} // namespace strata
} // namespace ns3
