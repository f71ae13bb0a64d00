// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-address-sieve.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

using namespace ns3::strata;

TEST(AddressSieve, NeverDeniesWhatWasAdded)
{
    std::mt19937 random(1);
    AddressSieve sieve;
    std::vector<uint32_t> added;
    for (int i = 0; i < 2000; ++i)
    {
        added.push_back(random());
        sieve.Add(added.back());
    }
    for (const uint32_t address : added)
    {
        EXPECT_TRUE(sieve.MayHold(address));
    }
}

TEST(AddressSieve, DeniesNearlyAllOthersWhileItHoldsFew)
{
    AddressSieve sieve;
    for (uint32_t link = 0; link < 16; ++link)
    {
        for (uint32_t host = 0; host < 4; ++host)
        {
            sieve.Add(0x0a000000 + 4 * link + host);
        }
    }
    int passed = 0;
    std::mt19937 random(2);
    for (int i = 0; i < 100000; ++i)
    {
        passed += sieve.MayHold(random()) ? 1 : 0;
    }
    // 64 of 4,096 slots at most
    EXPECT_LE(passed, 100000 * 64 / 4096 * 1.1);
}

TEST(AddressSieve, HoldsNothingOnceCleared)
{
    AddressSieve sieve;
    sieve.Add(0x0a000001);
    sieve.Clear();
    EXPECT_FALSE(sieve.MayHold(0x0a000001));
}
