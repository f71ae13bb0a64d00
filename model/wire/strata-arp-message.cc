// SPDX-License-Identifier: GPL-2.0-only

#include "strata-arp-message.h"

#include "ns3/strata-byte-reader.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint16_t HARDWARE_ETHERNET = 1;
constexpr uint16_t PROTOCOL_IPV4 = 0x0800;
constexpr uint8_t HARDWARE_LENGTH = 6;
constexpr uint8_t PROTOCOL_LENGTH = 4;

} // namespace

ArpMessage
ArpMessage::Request(const MacBytes& hardware, uint32_t sender, uint32_t target)
{
    return {ArpOperation::REQUEST, hardware, sender, {}, target};
}

ArpMessage
ArpMessage::Reply(const ArpMessage& request, const MacBytes& hardware)
{
    return {ArpOperation::REPLY,
            hardware,
            request.targetProtocol,
            request.senderHardware,
            request.senderProtocol};
}

ArpMessage
ArpMessage::Probe(const MacBytes& hardware, uint32_t address)
{
    return Request(hardware, 0, address);
}

ArpMessage
ArpMessage::Announcement(const MacBytes& hardware, uint32_t address)
{
    return Request(hardware, address, address);
}

Expected<ArpMessage, DecodeError>
ArpMessage::Decode(ByteView bytes, const Context&)
{
    ByteReader reader(bytes);
    if (reader.U16() != HARDWARE_ETHERNET && reader.Ok())
    {
        reader.FailAt(DecodeCode::BAD_TYPE, 0);
    }
    if (reader.U16() != PROTOCOL_IPV4 && reader.Ok())
    {
        reader.FailAt(DecodeCode::BAD_TYPE, 2);
    }
    if (reader.U8() != HARDWARE_LENGTH && reader.Ok())
    {
        reader.FailAt(DecodeCode::BAD_LENGTH, 4);
    }
    if (reader.U8() != PROTOCOL_LENGTH && reader.Ok())
    {
        reader.FailAt(DecodeCode::BAD_LENGTH, 5);
    }
    ArpMessage message;
    message.operation = static_cast<ArpOperation>(reader.U16());
    message.senderHardware = reader.Array<HARDWARE_LENGTH>();
    message.senderProtocol = reader.U32();
    message.targetHardware = reader.Array<HARDWARE_LENGTH>();
    message.targetProtocol = reader.U32();
    if (!reader.Ok())
    {
        return reader.Error();
    }
    return message;
}

void
ArpMessage::Encode(ByteWriter& writer) const
{
    writer.U16(HARDWARE_ETHERNET);
    writer.U16(PROTOCOL_IPV4);
    writer.U8(HARDWARE_LENGTH);
    writer.U8(PROTOCOL_LENGTH);
    writer.U16(static_cast<uint16_t>(operation));
    writer.Write(senderHardware);
    writer.U32(senderProtocol);
    writer.Write(targetHardware);
    writer.U32(targetProtocol);
}

} // namespace strata
} // namespace ns3
