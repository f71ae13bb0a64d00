// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-tcp-header.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const ByteView bytes(data, size);
    RoundTripExact<TcpWireHeader>(bytes);
    if (const auto header = TcpWireHeader::Decode(bytes, {}))
    {
        header->MaximumSegmentSize();
    }
    return 0;
}
