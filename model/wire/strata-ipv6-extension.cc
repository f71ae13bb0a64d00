// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv6-extension.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t UNIT = 8;
constexpr std::size_t OPTIONS_START = 2; // behind Next Header and Hdr Ext Len
constexpr std::size_t ROUTING_START = 4; // and behind Routing Type and Segments Left

/** What lies behind Hdr Ext Len, as long as that says. */
ByteReader
ReadBody(ByteReader& reader)
{
    const std::size_t units = reader.U8();
    return reader.Part(units * UNIT + UNIT - OPTIONS_START);
}

template <Ipv6NextHeader KIND>
void
ReadFields(ByteReader& reader, Ipv6OptionsHeader<KIND>& header)
{
    header.nextHeader = reader.U8();
    ByteReader options = ReadBody(reader);
    header.options = options.Rest().ToBytes();
    while (options.Remaining() > 0)
    {
        Ipv6Option::Read(options);
    }
    reader.Adopt(options);
}

void
ReadFields(ByteReader& reader, Ipv6Routing& header)
{
    header.nextHeader = reader.U8();
    ByteReader body = ReadBody(reader);
    header.routingType = body.U8();
    header.segmentsLeft = body.U8();
    header.data = body.Rest().ToBytes();
}

void
ReadFields(ByteReader& reader, Ipv6Fragment& header)
{
    header.nextHeader = reader.U8();
    header.reserved = reader.U8();
    const uint16_t word = reader.U16();
    header.fragmentOffset = word >> 3;
    header.reservedBits = (word >> 1) & 0x3;
    header.moreFragments = word & 0x1;
    header.identification = reader.U32();
}

template <class Header>
Expected<Ipv6Extension, DecodeError>
DecodeAs(ByteView bytes, std::size_t offset)
{
    ByteReader reader(bytes, offset);
    Header header;
    ReadFields(reader, header);
    if (!reader.Ok())
    {
        return reader.Error();
    }
    return Ipv6Extension{std::move(header)};
}

uint8_t
LengthField(std::size_t size)
{
    return static_cast<uint8_t>(size / UNIT - 1);
}

template <Ipv6NextHeader KIND>
std::size_t
SizeOf(const Ipv6OptionsHeader<KIND>& header)
{
    return OPTIONS_START + header.options.size();
}

std::size_t
SizeOf(const Ipv6Routing& header)
{
    return ROUTING_START + header.data.size();
}

std::size_t
SizeOf(const Ipv6Fragment&)
{
    return UNIT;
}

template <Ipv6NextHeader KIND>
void
WriteFields(ByteWriter& writer, const Ipv6OptionsHeader<KIND>& header)
{
    writer.U8(header.nextHeader);
    writer.U8(LengthField(SizeOf(header)));
    writer.Write(header.options);
}

void
WriteFields(ByteWriter& writer, const Ipv6Routing& header)
{
    writer.U8(header.nextHeader);
    writer.U8(LengthField(SizeOf(header)));
    writer.U8(header.routingType);
    writer.U8(header.segmentsLeft);
    writer.Write(header.data);
}

void
WriteFields(ByteWriter& writer, const Ipv6Fragment& header)
{
    writer.U8(header.nextHeader);
    writer.U8(header.reserved);
    writer.U16(static_cast<uint16_t>((header.fragmentOffset << 3) |
                                     ((header.reservedBits & 0x3) << 1) | header.moreFragments));
    writer.U32(header.identification);
}

} // namespace

Ipv6Option
Ipv6Option::Read(ByteReader& options)
{
    Ipv6Option option;
    option.offset = options.Offset();
    option.kind = options.U8();
    if (!options.Ok() || option.kind == PAD1)
    {
        return option;
    }
    if (options.Remaining() == 0)
    {
        options.FailAt(DecodeCode::BAD_LENGTH, option.offset);
        return option;
    }
    const std::size_t length = options.U8();
    if (length > options.Remaining())
    {
        options.FailAt(DecodeCode::BAD_LENGTH, option.offset + 1);
    }
    option.data = options.Read(length);
    return option;
}

void
AppendIpv6Option(Bytes& options, uint8_t kind, ByteView data)
{
    ByteWriter writer(options);
    writer.U8(kind);
    if (kind != Ipv6Option::PAD1)
    {
        writer.U8(static_cast<uint8_t>(data.size()));
        writer.Write(data);
    }
}

void
PadIpv6Options(Bytes& options)
{
    const std::size_t gap = (UNIT - (OPTIONS_START + options.size()) % UNIT) % UNIT;
    if (gap == 1)
    {
        AppendIpv6Option(options, Ipv6Option::PAD1, {});
    }
    else if (gap > 1)
    {
        AppendIpv6Option(options, Ipv6Option::PADN, Bytes(gap - 2, 0));
    }
}

bool
Ipv6Extension::IsKnown(uint8_t nextHeader)
{
    switch (static_cast<Ipv6NextHeader>(nextHeader))
    {
    case Ipv6NextHeader::HOP_BY_HOP:
    case Ipv6NextHeader::ROUTING:
    case Ipv6NextHeader::FRAGMENT:
    case Ipv6NextHeader::DESTINATION_OPTIONS:
        return true;
    case Ipv6NextHeader::NONE:
        return false;
    }
    return false;
}

uint8_t
Ipv6Extension::Type() const
{
    return std::visit([](const auto& h) { return static_cast<uint8_t>(h.TYPE); }, header);
}

uint8_t
Ipv6Extension::NextHeader() const
{
    return std::visit([](const auto& h) { return h.nextHeader; }, header);
}

void
Ipv6Extension::SetNextHeader(uint8_t nextHeader)
{
    std::visit([nextHeader](auto& h) { h.nextHeader = nextHeader; }, header);
}

Expected<Ipv6Extension, DecodeError>
Ipv6Extension::Decode(ByteView bytes, const Context& context)
{
    switch (static_cast<Ipv6NextHeader>(context.nextHeader))
    {
    case Ipv6NextHeader::HOP_BY_HOP:
        return DecodeAs<Ipv6HopByHop>(bytes, context.offset);
    case Ipv6NextHeader::ROUTING:
        return DecodeAs<Ipv6Routing>(bytes, context.offset);
    case Ipv6NextHeader::FRAGMENT:
        return DecodeAs<Ipv6Fragment>(bytes, context.offset);
    case Ipv6NextHeader::DESTINATION_OPTIONS:
        return DecodeAs<Ipv6DestinationOptions>(bytes, context.offset);
    case Ipv6NextHeader::NONE:
        break;
    }
    return Unexpected{DecodeError{DecodeCode::BAD_TYPE, context.namedAt}};
}

std::size_t
Ipv6Extension::EncodedSize() const
{
    return std::visit([](const auto& h) { return SizeOf(h); }, header);
}

void
Ipv6Extension::Encode(ByteWriter& writer) const
{
    std::visit([&writer](const auto& h) { WriteFields(writer, h); }, header);
}

Expected<Ipv6ExtensionChain, DecodeError>
Ipv6ExtensionChain::Decode(ByteView bytes, const Context& context)
{
    Ipv6ExtensionChain chain;
    Ipv6Extension::Context here;
    here.nextHeader = context.nextHeader;
    while (Ipv6Extension::IsKnown(here.nextHeader))
    {
        if (here.nextHeader == static_cast<uint8_t>(Ipv6NextHeader::HOP_BY_HOP) &&
            !chain.headers.empty())
        {
            // RFC 8200 section 4: as an unrecognized Next Header value
            return Unexpected{DecodeError{DecodeCode::BAD_TYPE, here.namedAt}};
        }
        if (chain.headers.size() == MAX_HEADERS)
        {
            return Unexpected{DecodeError{DecodeCode::TOO_MANY, here.offset}};
        }
        auto extension =
            Ipv6Extension::Decode(bytes.Sub(here.offset - Ipv6Extension::IPV6_HEADER_SIZE), here);
        if (!extension)
        {
            return Unexpected{extension.error()};
        }
        here.nextHeader = extension->NextHeader();
        here.namedAt = here.offset; // Next Header is the first octet of every extension header
        here.offset += extension->EncodedSize();
        const auto* fragment = std::get_if<Ipv6Fragment>(&extension->header);
        const bool middle = fragment && fragment->fragmentOffset != 0;
        chain.headers.push_back(std::move(*extension));
        if (middle)
        {
            break;
        }
    }
    return chain;
}

std::size_t
Ipv6ExtensionChain::EncodedSize() const
{
    std::size_t size = 0;
    for (const Ipv6Extension& extension : headers)
    {
        size += extension.EncodedSize();
    }
    return size;
}

void
Ipv6ExtensionChain::Encode(ByteWriter& writer) const
{
    for (const Ipv6Extension& extension : headers)
    {
        extension.Encode(writer);
    }
}

} // namespace strata
} // namespace ns3
