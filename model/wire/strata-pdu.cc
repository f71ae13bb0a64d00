// SPDX-License-Identifier: GPL-2.0-only

#include "strata-pdu.h"

#include "ns3/strata-checksum.h"

namespace ns3
{
namespace strata
{

namespace
{

/** \p codec goes through the fields of \p body; it must not change them. */
template <class C>
void
VisitFields(const PduBody& body, C& codec)
{
    std::visit(
        [&codec](const auto& content) {
            using T = std::decay_t<decltype(content)>;
            if constexpr (std::is_same_v<T, UnknownBody>)
            {
                codec.Rest(content.bytes);
            }
            else
            {
                // Code() is one method for reading and writing.
                const_cast<T&>(content).Code(codec);
            }
        },
        body);
}

// The bodies stand in the order of their type numbers: index in the variant == type number.
static_assert(std::is_same_v<std::variant_alternative_t<1, PduBody>, HelloBody>);
static_assert(std::variant_size_v<PduBody> == static_cast<std::size_t>(PduType::PROBE_REPLY) + 1);

template <std::size_t I = 1>
PduBody
DecodeBody(PduType type, ByteReader& reader)
{
    if constexpr (I == std::variant_size_v<PduBody>)
    {
        return UnknownBody{type, reader.Read(reader.Remaining()).ToBytes()};
    }
    else
    {
        if (static_cast<std::size_t>(type) != I)
        {
            return DecodeBody<I + 1>(type, reader);
        }
        std::variant_alternative_t<I, PduBody> body;
        FieldReader fields(reader);
        body.Code(fields);
        reader.ExpectEnd();
        return body;
    }
}

void
WriteBody(const PduBody& body, ByteWriter& writer)
{
    FieldWriter fields(writer);
    VisitFields(body, fields);
}

} // namespace

PduType
PduTypeOf(const PduBody& body)
{
    if (const auto* unknown = std::get_if<UnknownBody>(&body))
    {
        return unknown->type;
    }
    return static_cast<PduType>(body.index());
}

Expected<Pdu>
Pdu::Decode(ByteView bytes, const Context&)
{
    const auto header = PduHeader::Decode(bytes);
    if (!header)
    {
        return Unexpected<DecodeError>{header.error()};
    }
    Pdu pdu;
    pdu.header = *header;
    ByteView body = bytes.Sub(PduHeader::SIZE, header->totalLength - PduHeader::SIZE);
    InternetChecksum sum;
    sum.Add(body);
    if (sum.Get() != header->bodyChecksum)
    {
        return Unexpected<DecodeError>{{DecodeCode::BAD_CHECKSUM, PduHeader::SIZE - 2}};
    }
    if (header->authenticated)
    {
        if (body.size() < Authenticator::TAG_SIZE)
        {
            return Unexpected<DecodeError>{{DecodeCode::TRUNCATED, header->totalLength}};
        }
        const std::size_t content = body.size() - Authenticator::TAG_SIZE;
        pdu.tag = ByteReader(body.Sub(content)).Array<Authenticator::TAG_SIZE>();
        body = body.Sub(0, content);
    }
    ByteReader reader(body, PduHeader::SIZE);
    pdu.body = DecodeBody(header->type, reader);
    if (!reader.Ok())
    {
        return reader.Error();
    }
    return pdu;
}

std::size_t
Pdu::EncodedSize() const
{
    FieldSizer fields;
    VisitFields(body, fields);
    return PduHeader::SIZE + fields.GetSize() + (tag ? Authenticator::TAG_SIZE : 0);
}

bool
Pdu::Encode(ByteWriter& writer) const
{
    const std::size_t size = EncodedSize();
    if (size > MAX_SIZE)
    {
        return false;
    }
    PduHeader complete = header;
    complete.type = PduTypeOf(body);
    complete.authenticated = tag.has_value();
    complete.totalLength = static_cast<uint16_t>(size);
    complete.bodyChecksum = 0;
    const std::size_t start = writer.Offset();
    writer.Expect(size);
    complete.Encode(writer);
    WriteBody(body, writer);
    if (tag)
    {
        writer.Write(*tag);
    }
    const ByteView written = writer.Written(start);
    const uint16_t bodyChecksum = ComputeChecksum(written.Sub(PduHeader::SIZE));
    const std::size_t checksumAt = PduHeader::SIZE - 4;
    ByteReader old(written.Sub(checksumAt));
    const uint16_t headerChecksum = UpdateChecksum(old.U16(), 0, bodyChecksum);
    writer.PatchU16(start + checksumAt, headerChecksum);
    writer.PatchU16(start + checksumAt + 2, bodyChecksum);
    return true;
}

Bytes
Pdu::AuthenticatedPart() const
{
    Bytes part;
    ByteWriter writer(part);
    writer.U8(static_cast<uint8_t>(PduTypeOf(body)));
    writer.U16(header.layer);
    writer.U64(header.destination);
    writer.U64(header.source);
    WriteBody(body, writer);
    return part;
}

Bytes
Pdu::BodyBytes(const PduBody& body)
{
    FieldSizer fields;
    VisitFields(body, fields);
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.Expect(fields.GetSize());
    WriteBody(body, writer);
    return bytes;
}

} // namespace strata
} // namespace ns3
