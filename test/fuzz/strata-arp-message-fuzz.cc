// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-arp-message.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ns3::strata::RoundTripExact<ns3::strata::ArpMessage>({data, size});
    return 0;
}
