// SPDX-License-Identifier: GPL-2.0-only

#include "strata-icmp-message.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-checksum.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t ENTRY_WORDS = 2; // of a router advertisement: address and preference
constexpr std::size_t MAX_ROUTERS = 255;

template <class Code>
IcmpMessage
Make(IcmpType type, Code code, uint32_t rest, Bytes body)
{
    IcmpMessage message;
    message.type = type;
    message.code = static_cast<uint8_t>(code);
    message.rest = rest;
    message.body = std::move(body);
    message.SetChecksum();
    return message;
}

uint32_t
Pair(uint16_t high, uint16_t low)
{
    return (uint32_t{high} << 16) | low;
}

Bytes
Words(std::initializer_list<uint32_t> words)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    for (const uint32_t word : words)
    {
        writer.U32(word);
    }
    return bytes;
}

} // namespace

IcmpMessage
IcmpMessage::Unreachable(IcmpUnreachableCode code, ByteView quote)
{
    return Make(IcmpType::UNREACHABLE, code, 0, quote.ToBytes());
}

IcmpMessage
IcmpMessage::FragmentationNeeded(uint16_t nextHopMtu, ByteView quote)
{
    return Make(IcmpType::UNREACHABLE,
                IcmpUnreachableCode::FRAGMENTATION_NEEDED,
                nextHopMtu,
                quote.ToBytes());
}

IcmpMessage
IcmpMessage::TimeExceeded(IcmpTimeExceededCode code, ByteView quote)
{
    return Make(IcmpType::TIME_EXCEEDED, code, 0, quote.ToBytes());
}

IcmpMessage
IcmpMessage::ParameterProblem(uint8_t pointer, ByteView quote)
{
    return Make(IcmpType::PARAMETER_PROBLEM,
                IcmpParameterProblemCode::POINTER,
                uint32_t{pointer} << 24,
                quote.ToBytes());
}

IcmpMessage
IcmpMessage::MissingOption(uint8_t kind, ByteView quote)
{
    return Make(IcmpType::PARAMETER_PROBLEM,
                IcmpParameterProblemCode::MISSING_OPTION,
                uint32_t{kind} << 24,
                quote.ToBytes());
}

IcmpMessage
IcmpMessage::SourceQuench(ByteView quote)
{
    return Make(IcmpType::SOURCE_QUENCH, 0, 0, quote.ToBytes());
}

IcmpMessage
IcmpMessage::Redirect(IcmpRedirectCode code, uint32_t gateway, ByteView quote)
{
    return Make(IcmpType::REDIRECT, code, gateway, quote.ToBytes());
}

IcmpMessage
IcmpMessage::EchoRequest(uint16_t identifier, uint16_t sequence, Bytes data)
{
    return Make(IcmpType::ECHO_REQUEST, 0, Pair(identifier, sequence), std::move(data));
}

IcmpMessage
IcmpMessage::EchoReply(const IcmpMessage& request)
{
    return Make(IcmpType::ECHO_REPLY, 0, request.rest, request.body);
}

IcmpMessage
IcmpMessage::TimestampRequest(uint16_t identifier, uint16_t sequence, uint32_t originate)
{
    return Make(IcmpType::TIMESTAMP_REQUEST,
                0,
                Pair(identifier, sequence),
                Words({originate, 0, 0}));
}

IcmpMessage
IcmpMessage::TimestampReply(const IcmpMessage& request, uint32_t receive, uint32_t transmit)
{
    const uint32_t originate = ByteReader(request.body).U32();
    return Make(IcmpType::TIMESTAMP_REPLY, 0, request.rest, Words({originate, receive, transmit}));
}

IcmpMessage
IcmpMessage::AddressMaskRequest(uint16_t identifier, uint16_t sequence)
{
    return Make(IcmpType::ADDRESS_MASK_REQUEST, 0, Pair(identifier, sequence), Words({0}));
}

IcmpMessage
IcmpMessage::AddressMaskReply(const IcmpMessage& request, uint32_t mask)
{
    return Make(IcmpType::ADDRESS_MASK_REPLY, 0, request.rest, Words({mask}));
}

IcmpMessage
IcmpMessage::RouterSolicitation()
{
    return Make(IcmpType::ROUTER_SOLICITATION, 0, 0, {});
}

IcmpMessage
IcmpMessage::RouterAdvertisement(const IcmpRouterAdvertisement& advertisement)
{
    const std::size_t count = std::min(advertisement.routers.size(), MAX_ROUTERS);
    Bytes entries;
    ByteWriter writer(entries);
    for (std::size_t i = 0; i < count; ++i)
    {
        writer.U32(advertisement.routers[i].address);
        writer.U32(static_cast<uint32_t>(advertisement.routers[i].preference));
    }
    const auto shape = static_cast<uint16_t>((count << 8) | ENTRY_WORDS);
    return Make(IcmpType::ROUTER_ADVERTISEMENT,
                0,
                Pair(shape, advertisement.lifetime),
                std::move(entries));
}

bool
IcmpMessage::IsIcmpError(uint8_t type)
{
    switch (static_cast<IcmpType>(type))
    {
    case IcmpType::UNREACHABLE:
    case IcmpType::SOURCE_QUENCH:
    case IcmpType::REDIRECT:
    case IcmpType::TIME_EXCEEDED:
    case IcmpType::PARAMETER_PROBLEM:
        return true;
    default:
        return false;
    }
}

std::size_t
IcmpMessage::QuoteLength() const
{
    // RFC 4884 section 4: an octet of the rest, in words, of these three types alone
    switch (type)
    {
    case IcmpType::UNREACHABLE:
    case IcmpType::TIME_EXCEEDED:
    case IcmpType::PARAMETER_PROBLEM:
        return ((rest >> 16) & 0xff) * 4;
    default:
        return 0;
    }
}

ByteView
IcmpMessage::QuotedBytes() const
{
    const std::size_t length = QuoteLength();
    return ByteView(body).Sub(0, length == 0 ? body.size() : length);
}

Expected<IcmpQuote, DecodeError>
IcmpMessage::Quote() const
{
    const ByteView quoted = QuotedBytes();
    auto header = Ipv4WireHeader::Decode(quoted, {});
    if (!header)
    {
        return Unexpected<DecodeError>{header.error()};
    }
    const ByteView payload = quoted.Sub(header->HeaderSize(), header->PayloadSize());
    return IcmpQuote{std::move(*header), payload};
}

std::optional<IcmpTimestamps>
IcmpMessage::Timestamps() const
{
    ByteReader reader(body);
    IcmpTimestamps times;
    times.originate = reader.U32();
    times.receive = reader.U32();
    times.transmit = reader.U32();
    return reader.Ok() ? std::make_optional(times) : std::nullopt;
}

std::optional<uint32_t>
IcmpMessage::AddressMask() const
{
    ByteReader reader(body);
    const uint32_t mask = reader.U32();
    return reader.Ok() ? std::make_optional(mask) : std::nullopt;
}

std::optional<IcmpRouterAdvertisement>
IcmpMessage::Advertisement() const
{
    const std::size_t count = rest >> 24;
    const std::size_t entrySize = ((rest >> 16) & 0xff) * 4;
    if (type != IcmpType::ROUTER_ADVERTISEMENT || code != 0 || count == 0 ||
        entrySize < ENTRY_WORDS * 4 || count * entrySize > body.size())
    {
        return std::nullopt;
    }
    IcmpRouterAdvertisement advertisement;
    advertisement.lifetime = static_cast<uint16_t>(rest);
    for (std::size_t i = 0; i < count; ++i)
    {
        ByteReader reader(ByteView(body).Sub(i * entrySize));
        const uint32_t address = reader.U32();
        advertisement.routers.push_back({address, static_cast<int32_t>(reader.U32())});
    }
    return advertisement;
}

uint16_t
IcmpMessage::SumOver(uint16_t checksumField) const
{
    InternetChecksum sum;
    sum.AddU16(static_cast<uint16_t>((static_cast<unsigned>(type) << 8) | code));
    sum.AddU16(checksumField);
    sum.AddU32(rest);
    sum.Add(body);
    return sum.Get();
}

uint16_t
IcmpMessage::ComputeMessageChecksum() const
{
    return SumOver(0);
}

Expected<IcmpMessage, DecodeError>
IcmpMessage::Decode(ByteView bytes, const Context&)
{
    ByteReader reader(bytes);
    IcmpMessage message;
    message.type = static_cast<IcmpType>(reader.U8());
    message.code = reader.U8();
    message.checksum = reader.U16();
    message.rest = reader.U32();
    if (!reader.Ok())
    {
        return reader.Error();
    }
    message.body = reader.Rest().ToBytes();
    return message;
}

void
IcmpMessage::Encode(ByteWriter& writer) const
{
    writer.U8(static_cast<uint8_t>(type));
    writer.U8(code);
    writer.U16(checksum);
    writer.U32(rest);
    writer.Write(body);
}

} // namespace strata
} // namespace ns3
