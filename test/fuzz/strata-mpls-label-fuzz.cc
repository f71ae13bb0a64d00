// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-mpls-label.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    RoundTripExact<MplsLabelEntry>({data, size});
    RoundTripExact<MplsLabelStack>({data, size});
    return 0;
}
