// SPDX-License-Identifier: GPL-2.0-only

#include "strata-tcp-header.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t DATA_OFFSET_AT = 12;
constexpr uint8_t OPTION_END = 0;
constexpr uint8_t OPTION_NOP = 1;
constexpr uint8_t OPTION_MSS = 2;
constexpr uint8_t OPTION_WINDOW_SCALE = 3;
constexpr uint8_t OPTION_SACK_PERMITTED = 4;
constexpr uint8_t OPTION_SACK = 5;
constexpr uint8_t OPTION_TIMESTAMPS = 8;

/** Whether an option of \p kind may have \p length octets. */
bool
IsLegalLength(uint8_t kind, uint8_t length)
{
    switch (kind)
    {
    case OPTION_MSS:
        return length == 4;
    case OPTION_WINDOW_SCALE:
        return length == 3;
    case OPTION_SACK_PERMITTED:
        return length == 2;
    case OPTION_SACK:
        return length > 2 && length % 8 == 2;
    case OPTION_TIMESTAMPS:
        return length == 10;
    default:
        return length >= 2;
    }
}

} // namespace

Expected<TcpWireHeader, DecodeError>
TcpWireHeader::Decode(ByteView bytes, const Context&)
{
    ByteReader reader(bytes);
    TcpWireHeader header;
    header.ports.source = reader.U16();
    header.ports.destination = reader.U16();
    header.sequence = reader.U32();
    header.acknowledgment = reader.U32();
    const uint8_t offset = reader.U8();
    if (reader.Ok() && (offset >> 4) * 4u < MIN_SIZE)
    {
        reader.FailAt(DecodeCode::BAD_LENGTH, DATA_OFFSET_AT);
    }
    header.reservedBits = offset & 0xf;
    header.flags = reader.U8();
    header.window = reader.U16();
    header.checksum = reader.U16();
    header.urgentPointer = reader.U16();
    const ByteView options = reader.Read((offset >> 4) * 4u - MIN_SIZE);
    if (!reader.Ok())
    {
        return reader.Error();
    }
    header.options.assign(options.begin(), options.end());
    return header;
}

void
TcpWireHeader::Encode(ByteWriter& writer) const
{
    ports.Encode(writer);
    writer.U32(sequence);
    writer.U32(acknowledgment);
    writer.U8(static_cast<uint8_t>((EncodedSize() / 4 << 4) | (reservedBits & 0xf)));
    writer.U8(flags);
    writer.U16(window);
    writer.U16(checksum);
    writer.U16(urgentPointer);
    writer.Write(ByteView(options.data(), options.size()));
}

std::optional<uint16_t>
TcpWireHeader::MaximumSegmentSize() const
{
    ByteReader reader(ByteView(options.data(), options.size()));
    while (reader.Remaining() > 0)
    {
        const uint8_t kind = reader.U8();
        if (kind == OPTION_END)
        {
            break;
        }
        if (kind == OPTION_NOP)
        {
            continue;
        }
        const uint8_t length = reader.U8();
        if (length < 2)
        {
            break;
        }
        ByteReader data = reader.Part(length - 2u);
        if (kind == OPTION_MSS && length == 4 && data.Ok())
        {
            return data.U16();
        }
    }
    return std::nullopt;
}

bool
TcpWireHeader::AreOptionsInOrder() const
{
    ByteReader reader(ByteView(options.data(), options.size()));
    while (reader.Remaining() > 0)
    {
        const uint8_t kind = reader.U8();
        if (kind == OPTION_END)
        {
            break;
        }
        if (kind == OPTION_NOP)
        {
            continue;
        }
        const uint8_t length = reader.U8();
        if (!reader.Ok() || !IsLegalLength(kind, length))
        {
            return false;
        }
        reader.Read(length - 2u);
    }
    return reader.Ok();
}

uint16_t
TcpWireHeader::ComputeChecksum4(uint32_t source, uint32_t destination, ByteView data) const
{
    constexpr uint8_t protocol = 6;
    TcpWireHeader zeroed = *this;
    zeroed.checksum = 0;
    InternetChecksum sum;
    sum.AddPseudoHeader4(source,
                         destination,
                         protocol,
                         static_cast<uint16_t>(EncodedSize() + data.size()));
    sum.Add(EncodeToBytes(zeroed));
    sum.Add(data);
    return sum.Get();
}

} // namespace strata
} // namespace ns3
