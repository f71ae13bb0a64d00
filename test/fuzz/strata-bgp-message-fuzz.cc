// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-bgp-message.h"

// The first byte is what the session negotiated, the others are the stream.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    if (size == 0)
    {
        return 0;
    }
    BgpMessage::Context context;
    context.extendedMessage = data[0] & 1;
    context.routeRefresh = data[0] & 2;
    const ByteView stream(data + 1, size - 1);
    RoundTripExact<BgpMessage>(stream, context);
    RoundTripExact<BgpNotification>(stream);

    const auto message = BgpMessage::Decode(stream, context);
    if (!message && message.error().code != DecodeCode::INCOMPLETE)
    {
        const auto answer = BgpNotification::ForHeaderError(message.error(), stream);
        Require(answer.subcode != 0, "a refused message has an answer");
    }
    for (std::size_t part = 0; part < stream.size() && part < 64; ++part)
    {
        // What a part of the stream says, more of it doesn't take back.
        const auto early = BgpMessage::Decode(stream.Sub(0, part), context);
        if (early)
        {
            Require(message && *message == *early, "a whole message stays as it is");
        }
        else if (early.error().code != DecodeCode::INCOMPLETE)
        {
            Require(!message && message.error() == early.error(), "an error stays as it is");
        }
        else if (message)
        {
            Require(early.error().offset <= message->EncodedSize(),
                    "no more is asked for than due");
        }
    }
    return 0;
}
