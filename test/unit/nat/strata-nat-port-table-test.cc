// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-nat-port-table.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

using namespace ns3::strata;

TEST(NatPortTable, FindsTheFirstFreePortFromAnywhereOnAsASearchDoes)
{
    std::mt19937 random(7);
    for (int round = 0; round < 30; ++round)
    {
        NatPortTable ports;
        std::vector<bool> taken(65536);
        const uint32_t share = random() % 100;
        for (uint32_t port = 0; port < 65536; ++port)
        {
            if (random() % 100 <= share)
            {
                taken[port] = true;
                ports.Take(static_cast<uint16_t>(port), port);
            }
        }
        for (uint32_t port = 0; port < 65536; port += 3)
        {
            if (taken[port] && random() % 50 == 0)
            {
                taken[port] = false;
                ports.Release(static_cast<uint16_t>(port));
            }
        }
        for (int ask = 0; ask < 200; ++ask)
        {
            const uint32_t first = random() % 65536;
            const uint32_t last = first + random() % (65536 - first);
            const uint32_t start =
                random() % 4 == 0 ? random() % 65536 : first + random() % (last - first + 1);
            const int parity = static_cast<int>(random() % 3) - 1;
            std::optional<uint16_t> wanted;
            for (uint32_t i = 0; i < 65536 && !wanted; ++i)
            {
                const uint32_t port = (start + i) % 65536;
                if (port >= first && port <= last && !taken[port] &&
                    (parity < 0 || port % 2 == static_cast<uint32_t>(parity)))
                {
                    wanted = static_cast<uint16_t>(port);
                }
            }
            const auto got =
                ports.FreeFrom(static_cast<uint16_t>(start),
                               static_cast<uint16_t>(first),
                               static_cast<uint16_t>(last),
                               parity < 0 ? std::nullopt : std::optional<unsigned>(parity));
            ASSERT_EQ(got, wanted) << start << ' ' << first << ' ' << last << ' ' << parity;
        }
    }
}
