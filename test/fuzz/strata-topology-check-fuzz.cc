// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-topology-check.h"

#include <cstdint>
#include <cstdlib>

/** No text crashes the check, and what it accepts or refuses is within the limits it was given. */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    GraphmlLimits limits;
    limits.nodes = 8;
    limits.edges = 8;
    limits.depth = 6;
    const auto facts = CheckGraphml(text, limits);
    if (facts ? facts->nodeIds.empty() || facts->nodeIds.size() > limits.nodes ||
                    facts->edges > limits.edges
              : facts.error().line == 0 || facts.error().message.empty())
    {
        std::abort();
    }
    for (char c : facts ? std::string() : facts.error().message)
    {
        if (c < ' ' || c > '~')
        {
            std::abort();
        }
    }
    return 0;
}
