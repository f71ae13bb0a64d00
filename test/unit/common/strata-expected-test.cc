// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-expected.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{
namespace
{

Expected<int>
Positive(int value)
{
    if (value <= 0)
    {
        return Unexpected{DecodeError{DecodeCode::BAD_VALUE, 4}};
    }
    return value;
}

TEST(Expected, HoldsAValue)
{
    const auto five = Positive(5);
    EXPECT_TRUE(five);
    EXPECT_TRUE(five.has_value());
    EXPECT_EQ(*five, 5);
}

TEST(Expected, HoldsAnError)
{
    const auto none = Positive(0);
    EXPECT_FALSE(none);
    EXPECT_EQ(none.error(), (DecodeError{DecodeCode::BAD_VALUE, 4}));
    EXPECT_NE(none.error(), (DecodeError{DecodeCode::BAD_VALUE, 5}));
    EXPECT_NE(none.error(), (DecodeError{DecodeCode::BAD_TYPE, 4}));
}

TEST(Expected, AZeroValueIsAValue)
{
    EXPECT_TRUE(Expected<bool>(false).has_value());
    EXPECT_TRUE(Expected<int>(0).has_value());
}

TEST(Expected, ValueAndErrorMayBeOfOneType)
{
    const Expected<std::string, std::string> value{std::string("a")};
    const Expected<std::string, std::string> error{Unexpected{std::string("b")}};
    EXPECT_EQ(*value, "a");
    EXPECT_EQ(error.error(), "b");
    EXPECT_FALSE(error);
}

TEST(Expected, TheErrorIsConvertedToItsType)
{
    const Expected<int, std::string> error{Unexpected<const char*>{"text"}};
    EXPECT_EQ(error.error(), "text");
}

TEST(Expected, CarriesWhatCanOnlyBeMoved)
{
    Expected<std::unique_ptr<int>> value(std::make_unique<int>(7));
    const std::unique_ptr<int> taken = std::move(*value);
    EXPECT_EQ(*taken, 7);
}

TEST(Expected, TheValueCanBeChangedInPlace)
{
    Expected<std::vector<int>> list(std::vector<int>{1, 2});
    list->push_back(3);
    (*list)[0] = 9;
    EXPECT_EQ(*list, (std::vector<int>{9, 2, 3}));
    EXPECT_EQ(list->size(), 3u);
    list = Unexpected{Positive(-1).error()};
    EXPECT_FALSE(list);
    list = std::vector<int>{4};
    EXPECT_EQ(list->at(0), 4);
}

} // namespace
} // namespace strata
} // namespace ns3
