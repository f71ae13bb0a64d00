// SPDX-License-Identifier: GPL-2.0-only

#include "strata-bgp-message.h"

#include "ns3/strata-byte-reader.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t MARKER_OCTET = 0xff;

bool
IsKnown(BgpMessageType type, const BgpMessage::Context& context)
{
    switch (type)
    {
    case BgpMessageType::OPEN:
    case BgpMessageType::UPDATE:
    case BgpMessageType::NOTIFICATION:
    case BgpMessageType::KEEPALIVE:
        return true;
    case BgpMessageType::ROUTE_REFRESH:
        return context.routeRefresh;
    }
    return false;
}

} // namespace

std::size_t
BgpMessage::MinSize(BgpMessageType type)
{
    switch (type)
    {
    case BgpMessageType::OPEN:
        return HEADER_SIZE + 10; // version, AS, hold time, identifier, length of parameters
    case BgpMessageType::UPDATE:
        return HEADER_SIZE + 4; // two lengths
    case BgpMessageType::NOTIFICATION:
        return HEADER_SIZE + 2; // code and subcode
    case BgpMessageType::KEEPALIVE:
        return HEADER_SIZE;
    case BgpMessageType::ROUTE_REFRESH:
        return HEADER_SIZE + 4; // AFI, reserved, SAFI
    }
    return HEADER_SIZE;
}

std::size_t
BgpMessage::MaxSize(BgpMessageType type, const Context& context)
{
    if (type == BgpMessageType::KEEPALIVE)
    {
        return HEADER_SIZE;
    }
    // RFC 8654 section 4: all messages except OPEN and KEEPALIVE
    return context.extendedMessage && type != BgpMessageType::OPEN ? MAX_EXTENDED_SIZE : MAX_SIZE;
}

Expected<BgpMessage, DecodeError>
BgpMessage::Decode(ByteView bytes, const Context& context)
{
    const ByteView marker = bytes.Sub(0, MARKER_SIZE);
    const auto wrong = std::find_if(marker.begin(), marker.end(), [](uint8_t octet) {
        return octet != MARKER_OCTET;
    });
    if (wrong != marker.end())
    {
        return Unexpected{
            DecodeError{DecodeCode::BAD_VALUE, static_cast<std::size_t>(wrong - marker.begin())}};
    }

    ByteReader reader(bytes);
    reader.Skip(MARKER_SIZE);
    const std::size_t length = reader.U16();
    const std::size_t limit = context.extendedMessage ? MAX_EXTENDED_SIZE : MAX_SIZE;
    if (reader.Ok() && (length < HEADER_SIZE || length > limit))
    {
        return Unexpected{DecodeError{DecodeCode::BAD_LENGTH, LENGTH_OFFSET}};
    }

    const auto type = static_cast<BgpMessageType>(reader.U8());
    if (!reader.Ok())
    {
        return Unexpected{DecodeError{DecodeCode::INCOMPLETE, HEADER_SIZE}};
    }
    if (!IsKnown(type, context))
    {
        return Unexpected{DecodeError{DecodeCode::BAD_TYPE, TYPE_OFFSET}};
    }
    if (length < MinSize(type) || length > MaxSize(type, context))
    {
        return Unexpected{DecodeError{DecodeCode::BAD_LENGTH, LENGTH_OFFSET}};
    }
    if (length > bytes.size())
    {
        return Unexpected{DecodeError{DecodeCode::INCOMPLETE, length}};
    }

    BgpMessage message;
    message.type = type;
    message.body = reader.Read(length - HEADER_SIZE).ToBytes();
    return message;
}

void
BgpMessage::Encode(ByteWriter& writer) const
{
    for (std::size_t i = 0; i < MARKER_SIZE; ++i)
    {
        writer.U8(MARKER_OCTET);
    }
    writer.U16(static_cast<uint16_t>(EncodedSize()));
    writer.U8(static_cast<uint8_t>(type));
    writer.Write(body);
}

Expected<BgpNotification, DecodeError>
BgpNotification::Decode(ByteView bytes, const Context&)
{
    ByteReader reader(bytes);
    BgpNotification notification;
    notification.code = reader.U8();
    notification.subcode = reader.U8();
    notification.data = reader.Rest().ToBytes();
    if (!reader.Ok())
    {
        return reader.Error();
    }
    return notification;
}

BgpNotification
BgpNotification::ForHeaderError(const DecodeError& error, ByteView bytes)
{
    BgpNotification notification;
    notification.code = MESSAGE_HEADER_ERROR;
    switch (error.code)
    {
    case DecodeCode::BAD_LENGTH:
        notification.subcode = BAD_MESSAGE_LENGTH;
        notification.data = bytes.Sub(error.offset, 2).ToBytes();
        break;
    case DecodeCode::BAD_TYPE:
        notification.subcode = BAD_MESSAGE_TYPE;
        notification.data = bytes.Sub(error.offset, 1).ToBytes();
        break;
    default:
        notification.subcode = NOT_SYNCHRONIZED;
        break;
    }
    return notification;
}

void
BgpNotification::Encode(ByteWriter& writer) const
{
    writer.U8(code);
    writer.U8(subcode);
    writer.Write(data);
}

} // namespace strata
} // namespace ns3
