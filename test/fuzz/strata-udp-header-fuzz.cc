// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-udp-header.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const ByteView bytes(data, size);
    RoundTripExact<UdpWireHeader>(bytes);
    RoundTripExact<TransportPorts>(bytes);
    if (auto header = UdpWireHeader::Decode(bytes, {}))
    {
        const ByteView payload = bytes.Sub(UdpWireHeader::SIZE);
        header->checksum = header->ComputeChecksum4(0x0a000001, 0x0a000002, payload);
        Require(header->HasRightChecksum4(0x0a000001, 0x0a000002, payload),
                "a computed checksum is right");
    }
    return 0;
}
