// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-dhcp-message.h"

/** A message comes back byte for byte; its options, written anew, mean the same. */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    RoundTripExact<DhcpMessage>({data, size});
    const auto message = DhcpMessage::Decode({data, size}, {});
    if (!message)
    {
        return 0;
    }
    const DhcpOptions options = message->Options();
    options.Routes();
    options.RelayAgent();
    options.Addresses(DhcpOptionCode::ROUTERS);
    options.Text(DhcpOptionCode::HOST_NAME);
    // Room for all: each part of 255 bytes costs two more.
    DhcpMessage written = *message;
    Require(written.SetOptions(options, 2 * size + 1024) == 0, "everything fits where room is");
    Require(DhcpMessage::Decode(EncodeToBytes(written), {}).has_value(), "what is written decodes");
    DhcpOptions again = written.Options();
    for (const DhcpOptions::Option& option : options.All())
    {
        const auto code = static_cast<DhcpOptionCode>(option.code);
        Require(again.Find(code) == std::optional<ByteView>(ByteView(option.data)),
                "options keep their values");
    }
    Require(again.All().size() == options.All().size(), "no option is made up");
    // Whatever the limit, the result is a message, and no longer than asked for.
    const std::size_t limit = DhcpMessage::LEAST_SIZE + (size % 512);
    written = *message;
    const std::size_t left = written.SetOptions(options, limit);
    Require(written.EncodedSize() <= limit, "the limit is kept");
    Require(DhcpMessage::Decode(EncodeToBytes(written), {}).has_value(), "what is cut decodes");
    Require(written.Options().All().size() + left == options.All().size(), "the account is right");
    return 0;
}
