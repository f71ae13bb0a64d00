// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-message.h"

#include "ns3/strata-byte-reader.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr std::size_t COOKIE_SIZE = 4;
constexpr std::size_t LONGEST_PART = 255;
constexpr int FILE_HOLDS_OPTIONS = 1; // values of option 52
constexpr int SNAME_HOLDS_OPTIONS = 2;

ByteView
OptionsField(const DhcpMessage& message)
{
    return ByteView(message.vendor).Sub(COOKIE_SIZE);
}

/** One of the three fields that options may lie in, while it is filled. */
class FieldFiller
{
  public:
    /** \param room octets for options and END */
    explicit FieldFiller(std::size_t room)
        : m_room(room)
    {
    }

    /** Whether an option with \p size octets of data fits. */
    bool HasRoom(std::size_t size) const
    {
        return Left() >= 2 + size;
    }

    /** Octets of data that fit in options of 255 octets and a last one. */
    std::size_t DataRoom() const
    {
        const std::size_t rest = Left() % (LONGEST_PART + 2);
        return Left() / (LONGEST_PART + 2) * LONGEST_PART + (rest > 2 ? rest - 2 : 0);
    }

    void Put(uint8_t code, ByteView data)
    {
        ByteWriter writer(m_bytes);
        writer.U8(code);
        writer.U8(static_cast<uint8_t>(data.size()));
        writer.Write(data);
    }

    /** As much of \p data as fits, in several options; gives what is left. */
    ByteView PutParts(uint8_t code, ByteView data)
    {
        while (!data.empty() && HasRoom(1))
        {
            const ByteView part = data.Sub(0, std::min(Left() - 2, LONGEST_PART));
            Put(code, part);
            data = data.Sub(part.size());
        }
        return data;
    }

    /** Ends the options, if there are any, and copies them over the front of \p field. */
    template <std::size_t N>
    void Finish(std::array<uint8_t, N>& field)
    {
        if (IsUsed())
        {
            m_bytes.push_back(static_cast<uint8_t>(DhcpOptionCode::END));
            std::copy(m_bytes.begin(), m_bytes.end(), field.begin());
        }
    }

    bool IsUsed() const
    {
        return !m_bytes.empty();
    }

    const Bytes& Get() const
    {
        return m_bytes;
    }

  private:
    std::size_t Left() const
    {
        return m_room > m_bytes.size() ? m_room - m_bytes.size() - 1 : 0; // END
    }

    std::size_t m_room;
    Bytes m_bytes;
};

/** Puts an option into the first of \p fields with room; one above 255 octets is split. */
bool
Place(std::array<FieldFiller, 3>& fields, const DhcpOptions::Option& option)
{
    if (option.data.size() <= LONGEST_PART)
    {
        // RFC 3396 section 7: what fits whole is not split.
        for (FieldFiller& field : fields)
        {
            if (field.HasRoom(option.data.size()))
            {
                field.Put(option.code, option.data);
                return true;
            }
        }
        return false;
    }
    std::size_t room = 0;
    for (const FieldFiller& field : fields)
    {
        room += field.DataRoom();
    }
    if (room < option.data.size())
    {
        return false;
    }
    ByteView rest = option.data;
    for (FieldFiller& field : fields)
    {
        rest = field.PutParts(option.code, rest);
    }
    return true;
}

template <std::size_t N>
bool
IsBlank(const std::array<uint8_t, N>& field)
{
    return std::all_of(field.begin(), field.end(), [](uint8_t b) { return b == 0; });
}

} // namespace

std::string
DhcpMessageTypeName(DhcpMessageType type)
{
    switch (type)
    {
    case DhcpMessageType::DISCOVER:
        return "DISCOVER";
    case DhcpMessageType::OFFER:
        return "OFFER";
    case DhcpMessageType::REQUEST:
        return "REQUEST";
    case DhcpMessageType::DECLINE:
        return "DECLINE";
    case DhcpMessageType::ACK:
        return "ACK";
    case DhcpMessageType::NAK:
        return "NAK";
    case DhcpMessageType::RELEASE:
        return "RELEASE";
    case DhcpMessageType::INFORM:
        return "INFORM";
    }
    return "type-" + std::to_string(static_cast<unsigned>(type));
}

Expected<DhcpMessage, DecodeError>
DhcpMessage::Decode(ByteView bytes, const Context&)
{
    ByteReader reader(bytes);
    DhcpMessage message;
    message.operation = static_cast<BootpOperation>(reader.U8());
    if (reader.Ok() && message.operation != BootpOperation::REQUEST &&
        message.operation != BootpOperation::REPLY)
    {
        reader.FailAt(DecodeCode::BAD_VALUE, 0);
    }
    message.hardwareType = reader.U8();
    message.hardwareLength = reader.U8();
    if (message.hardwareLength > message.hardware.size())
    {
        reader.FailAt(DecodeCode::BAD_LENGTH, 2);
    }
    message.hops = reader.U8();
    message.transaction = reader.U32();
    message.seconds = reader.U16();
    message.flags = reader.U16();
    message.clientAddress = reader.U32();
    message.yourAddress = reader.U32();
    message.serverAddress = reader.U32();
    message.relayAddress = reader.U32();
    message.hardware = reader.Array<16>();
    message.serverName = reader.Array<64>();
    message.bootFile = reader.Array<128>();
    if (!reader.Ok())
    {
        return reader.Error();
    }
    message.vendor = reader.Rest().ToBytes();
    if (message.HasCookie())
    {
        const auto options = DhcpOptions::Parse(OptionsField(message),
                                                FIXED_SIZE + COOKIE_SIZE,
                                                message.bootFile,
                                                message.serverName);
        if (!options)
        {
            return Unexpected<DecodeError>{options.error()};
        }
    }
    return message;
}

void
DhcpMessage::Encode(ByteWriter& writer) const
{
    writer.Expect(EncodedSize());
    writer.U8(static_cast<uint8_t>(operation));
    writer.U8(hardwareType);
    writer.U8(hardwareLength);
    writer.U8(hops);
    writer.U32(transaction);
    writer.U16(seconds);
    writer.U16(flags);
    writer.U32(clientAddress);
    writer.U32(yourAddress);
    writer.U32(serverAddress);
    writer.U32(relayAddress);
    writer.Write(hardware);
    writer.Write(serverName);
    writer.Write(bootFile);
    writer.Write(vendor);
}

bool
DhcpMessage::HasCookie() const
{
    return vendor.size() >= COOKIE_SIZE && ByteReader(vendor).U32() == COOKIE;
}

DhcpOptions
DhcpMessage::Options() const
{
    if (!HasCookie())
    {
        return {};
    }
    auto options =
        DhcpOptions::Parse(OptionsField(*this), FIXED_SIZE + COOKIE_SIZE, bootFile, serverName);
    return options ? std::move(*options) : DhcpOptions();
}

std::size_t
DhcpMessage::SetOptions(const DhcpOptions& options, std::size_t limit)
{
    constexpr std::size_t overloadSize = 3;
    constexpr auto relayCode = static_cast<uint8_t>(DhcpOptionCode::RELAY_AGENT);
    if (HasCookie())
    {
        uint8_t overload = 0;
        DhcpOptions().ParseField(OptionsField(*this), 0, &overload);
        if (overload & FILE_HOLDS_OPTIONS)
        {
            bootFile.fill(0);
        }
        if (overload & SNAME_HOLDS_OPTIONS)
        {
            serverName.fill(0);
        }
    }
    // RFC 3046 section 2.1: the last option of the options field; room is kept for it.
    const auto relay = options.Find(DhcpOptionCode::RELAY_AGENT);
    const std::size_t all = limit > FIXED_SIZE + COOKIE_SIZE ? limit - FIXED_SIZE - COOKIE_SIZE : 0;
    const bool relayLast = relay && relay->size() <= LONGEST_PART && relay->size() + 2 < all;
    const std::size_t room = all - (relayLast ? 2 + relay->size() : 0);

    std::array<FieldFiller, 3> fields{FieldFiller(0), FieldFiller(0), FieldFiller(0)};
    std::size_t left = 0;
    // First in the options field alone; then, if need be, in names that are not in use, too.
    for (const bool overload : {false, true})
    {
        if (overload && room <= overloadSize)
        {
            break;
        }
        fields = {FieldFiller(overload ? room - overloadSize : room),
                  FieldFiller(overload && IsBlank(bootFile) ? bootFile.size() : 0),
                  FieldFiller(overload && IsBlank(serverName) ? serverName.size() : 0)};
        left = options.All().size() - (relayLast ? 1 : 0);
        for (const DhcpOptions::Option& option : options.All())
        {
            if (!(relayLast && option.code == relayCode) && !Place(fields, option))
            {
                break;
            }
            left -= relayLast && option.code == relayCode ? 0 : 1;
        }
        if (left == 0)
        {
            break;
        }
    }
    const int overload = (fields[1].IsUsed() ? FILE_HOLDS_OPTIONS : 0) |
                         (fields[2].IsUsed() ? SNAME_HOLDS_OPTIONS : 0);
    fields[1].Finish(bootFile);
    fields[2].Finish(serverName);
    vendor.clear();
    ByteWriter writer(vendor);
    writer.U32(COOKIE);
    writer.Write(fields[0].Get());
    if (overload != 0)
    {
        writer.U8(static_cast<uint8_t>(DhcpOptionCode::OVERLOAD));
        writer.U8(1);
        writer.U8(static_cast<uint8_t>(overload));
    }
    if (relayLast)
    {
        writer.U8(relayCode);
        writer.U8(static_cast<uint8_t>(relay->size()));
        writer.Write(*relay);
    }
    writer.U8(static_cast<uint8_t>(DhcpOptionCode::END));
    if (EncodedSize() < LEAST_SIZE)
    {
        writer.Zeros(LEAST_SIZE - EncodedSize());
    }
    return left;
}

} // namespace strata
} // namespace ns3
