// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-ipv6-extension.h"

// The first byte is the Next Header value of the IPv6 header, the others follow that header.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    if (size == 0)
    {
        return 0;
    }
    const ByteView bytes(data + 1, size - 1);
    RoundTripExact<Ipv6Extension>(bytes, {data[0]});
    RoundTripExact<Ipv6ExtensionChain>(bytes, {data[0]});

    const auto chain = Ipv6ExtensionChain::Decode(bytes, {data[0]});
    if (!chain)
    {
        Require(chain.error().offset <= Ipv6Extension::IPV6_HEADER_SIZE + bytes.size(),
                "an error points into the packet or right behind it");
    }
    return 0;
}
