// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-ftp-command-format.h"

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ns3::strata::RoundTripExact<ns3::strata::FtpCommandLine>({data, size});
    return 0;
}
