// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-ipv4-header.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const ByteView bytes(data, size);
    RoundTripExact<Ipv4WireHeader>(bytes);
    auto header = Ipv4WireHeader::Decode(bytes, {});
    if (!header)
    {
        return 0;
    }
    const bool right = ComputeChecksum(bytes.Sub(0, header->HeaderSize())) == 0;
    Require(header->HasRightChecksum() == right, "the checksum is judged as on the bytes");

    // every update keeps the checksum as right or wrong as it was
    header->UpdateTtl(static_cast<uint8_t>(header->ttl - 1));
    header->UpdateTrafficClass(static_cast<uint8_t>(~header->dscp),
                               static_cast<uint8_t>(~header->ecn));
    header->UpdateSource(header->destination);
    header->UpdateDestination(~header->destination);
    Require(header->HasRightChecksum() == right, "an update keeps the checksum's state");
    header->SetChecksum();
    Require(header->HasRightChecksum(), "a computed checksum is right");
    return 0;
}
