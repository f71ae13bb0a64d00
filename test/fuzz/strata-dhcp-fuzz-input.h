// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_FUZZ_INPUT_H
#define STRATA_DHCP_FUZZ_INPUT_H

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-dhcp-message.h"

#include <optional>

namespace ns3
{
namespace strata
{

/** One of few addresses, so that the same ones are met again: 0, in 10.0.0.0/24, or elsewhere. */
inline uint32_t
FewAddresses(uint8_t choice)
{
    constexpr uint32_t others[] = {0, 0x0a000001, 0x0a000002, 0x0a010001, 0xffffffff, 0x7f000001};
    return choice < 6 ? others[choice] : 0x0a000064 + choice % 10;
}

/**
 * A message of a few clients with a few addresses, a byte a choice; or, as its first byte says, the
 * bytes that follow as they are, none if they are no message.
 */
inline std::optional<DhcpMessage>
ReadFuzzedMessage(ByteReader& reader)
{
    const uint8_t kind = reader.U8();
    if (kind >= 0xf0)
    {
        const std::size_t size = reader.U8() + std::size_t{236};
        const auto raw =
            DhcpMessage::Decode(reader.Read(std::min<std::size_t>(size, reader.Remaining())), {});
        return raw ? std::optional<DhcpMessage>(*raw) : std::nullopt;
    }
    DhcpMessage message;
    message.operation = kind & 0x10 ? BootpOperation::REPLY : BootpOperation::REQUEST;
    const uint8_t client = reader.U8();
    message.hardware = {2, 0, 0, 0, 0, static_cast<uint8_t>(client % 6)};
    message.hardwareLength = client >= 0xf0 ? client & 0x0f : 6;
    message.transaction = client;
    const uint8_t fields = reader.U8();
    message.flags = fields & 1 ? DhcpMessage::BROADCAST_FLAG : 0;
    message.clientAddress = fields & 2 ? FewAddresses(reader.U8()) : 0;
    message.relayAddress = fields & 4 ? FewAddresses(reader.U8()) : 0;
    message.yourAddress = fields & 8 ? FewAddresses(reader.U8()) : 0;
    DhcpOptions options;
    if (kind % 16 != 0)
    {
        options.SetU8(DhcpOptionCode::MESSAGE_TYPE, kind % 16);
    }
    if (fields & 0x10)
    {
        options.SetU32(DhcpOptionCode::REQUESTED_ADDRESS, FewAddresses(reader.U8()));
    }
    if (fields & 0x20)
    {
        options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, FewAddresses(reader.U8()));
    }
    if (fields & 0x40)
    {
        const uint8_t time = reader.U8();
        options.SetU32(DhcpOptionCode::LEASE_TIME, time == 0xff ? 0xffffffffU : 7U * time);
    }
    if (fields & 0x80)
    {
        // Whatever option there is, of few bytes.
        const auto code = static_cast<DhcpOptionCode>(reader.U8());
        const std::size_t length = reader.U8() % 8;
        options.Set(code, reader.Read(std::min(length, reader.Remaining())).ToBytes());
    }
    message.SetOptions(options);
    return message;
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_FUZZ_INPUT_H */
