// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-tcp2-header.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const ByteView bytes(data, size);
    RoundTripExact<Tcp2WireHeader>(bytes);
    if (auto header = Tcp2WireHeader::Decode(bytes, {}))
    {
        const ByteView payload = bytes.Sub(Tcp2WireHeader::SIZE);
        header->checksum = 0;
        header->checksum = header->Sum(InternetChecksum(), payload);
        Require(header->Sum(InternetChecksum(), payload) == 0, "a computed checksum is right");
    }
    return 0;
}
