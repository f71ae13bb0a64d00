// SPDX-License-Identifier: GPL-2.0-only

#include "../unit/nat/strata-naive-nat.h"
#include "strata-fuzz.h"

#include <cstdio>

/**
 * The input chooses a behaviour and operations, a byte a choice. What the table does is what lists
 * that are searched do, within its limits.
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    std::size_t at = 0;
    const auto next = [&](uint32_t below) -> uint32_t {
        return at < size ? data[at++] % below : 0;
    };
    const int operations = static_cast<int>(size < 4000 ? size / 8 : 500);
    const std::string wrong = CompareNat(next, operations);
    if (!wrong.empty())
    {
        std::fprintf(stderr, "%s\n", wrong.c_str());
    }
    Require(wrong.empty(), "the table does as lists do");
    return 0;
}
