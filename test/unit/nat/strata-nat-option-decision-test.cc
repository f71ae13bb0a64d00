// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-nat-option-decision.h"

#include <gtest/gtest.h>

using namespace ns3::strata;

namespace
{

constexpr uint32_t INSTEAD = 0xc63c2a0c;

Bytes
Hide(Bytes options, bool* changed = nullptr)
{
    const bool did = HideAddresses(
        options.data(),
        options.size(),
        [](uint32_t address) { return address >> 24 == 10; },
        INSTEAD);
    if (changed)
    {
        *changed = did;
    }
    return options;
}

} // namespace

/** Formats of RFC 791 section 3.1, written out. */
TEST(NatOptions, HidesAddressesInRoutesAndTimestampsAlone)
{
    bool changed = false;
    // Record route: two slots filled, one empty; then no operation, and the end.
    EXPECT_EQ(Hide({7, 15, 12, 10, 0, 0, 9, 9, 9, 9, 9, 0, 0, 0, 0, 1}, &changed),
              (Bytes{7, 15, 12, 198, 60, 42, 12, 9, 9, 9, 9, 0, 0, 0, 0, 1}));
    EXPECT_TRUE(changed);
    // Whatever the pointer says.
    EXPECT_EQ(Hide({1, 7, 7, 200, 10, 1, 2, 3}), (Bytes{1, 7, 7, 200, 198, 60, 42, 12}));
    // Loose and strict source route.
    EXPECT_EQ(Hide({131, 7, 8, 10, 0, 0, 1, 0}), (Bytes{131, 7, 8, 198, 60, 42, 12, 0}));
    EXPECT_EQ(Hide({137, 7, 8, 10, 0, 0, 1, 0}), (Bytes{137, 7, 8, 198, 60, 42, 12, 0}));
    // Timestamps with addresses, whose times may look like such.
    for (const uint8_t form : {1, 3})
    {
        EXPECT_EQ(Hide({68, 12, 13, form, 10, 0, 0, 1, 10, 0, 0, 1}),
                  (Bytes{68, 12, 13, form, 198, 60, 42, 12, 10, 0, 0, 1}));
    }
    // Times alone; security; router alert; behind the end of options.
    for (const Bytes& other : {Bytes{68, 8, 9, 0, 10, 0, 0, 1},
                               Bytes{130, 7, 4, 10, 0, 0, 1, 0},
                               Bytes{148, 4, 0, 0},
                               Bytes{0, 7, 7, 8, 10, 0, 0, 1},
                               Bytes{}})
    {
        EXPECT_EQ(Hide(other, &changed), other);
        EXPECT_FALSE(changed);
    }
}

TEST(NatOptions, ReadsNothingBehindWhatIsCutShort)
{
    const Bytes whole{7, 11, 12, 10, 0, 0, 9, 10, 0, 0, 8};
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(Hide(cut), cut) << size;
    }
    for (unsigned length = 0; length < 3; ++length)
    {
        const Bytes bad{7, static_cast<uint8_t>(length), 4, 10, 0, 0, 1, 0};
        EXPECT_EQ(Hide(bad), bad);
    }
    // A last slot that is not whole.
    EXPECT_EQ(Hide({7, 6, 4, 10, 0, 0, 0, 0}), (Bytes{7, 6, 4, 10, 0, 0, 0, 0}));
    EXPECT_EQ(Hide({68, 3, 5, 10}), (Bytes{68, 3, 5, 10}));
}

TEST(NatOptions, KnowsSourceRoutes)
{
    EXPECT_TRUE(HasSourceRoute(Bytes{131, 7, 4, 10, 0, 0, 1, 0}));
    EXPECT_TRUE(HasSourceRoute(Bytes{1, 137, 3, 4}));
    EXPECT_FALSE(HasSourceRoute(Bytes{7, 7, 4, 131, 3, 4, 0, 0}));
    EXPECT_FALSE(HasSourceRoute(Bytes{0, 131, 3, 4}));
    EXPECT_FALSE(HasSourceRoute(Bytes{}));
}
