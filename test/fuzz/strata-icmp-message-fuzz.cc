// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-icmp-message.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const ByteView bytes(data, size);
    RoundTripExact<IcmpMessage>(bytes);
    const auto message = IcmpMessage::Decode(bytes, {});
    if (!message)
    {
        return 0;
    }
    Require(message->QuotedBytes().size() <= message->body.size(), "a quote lies in the body");
    if (const auto quote = message->Quote())
    {
        Require(quote->header.HeaderSize() + quote->payload.size() <= message->QuotedBytes().size(),
                "a quoted datagram lies in the quote");
    }
    if (const auto said = message->Advertisement())
    {
        Require(said->routers.size() * 8 <= message->body.size(), "every router has its bytes");
    }
    Require(message->Timestamps().has_value() == (message->body.size() >= 12),
            "times are there if their bytes are");
    message->AddressMask();
    IcmpMessage repaired = *message;
    repaired.SetChecksum();
    Require(repaired.HasRightChecksum(), "a computed checksum is right");
    return 0;
}
