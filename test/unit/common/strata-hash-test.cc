// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-hash.h"
#include "ns3/strata-prefix.h"
#include "ns3/strata-time.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

enum class Colour : uint8_t
{
    RED = 3,
};

struct Point
{
    int32_t x{0};
    int32_t y{0};

    auto Tie() const
    {
        return std::tie(x, y);
    }
};

struct State
{
    std::map<uint32_t, std::vector<Point>> points;
    std::optional<Nanos> deadline;
    std::variant<std::monostate, Colour, std::string> content;
    std::set<std::string> names;
    bool up{false};

    auto Tie() const
    {
        return std::tie(points, deadline, content, names, up);
    }
};

State
SomeState()
{
    State state;
    state.points[7] = {{1, -2}, {3, 4}};
    state.points[8] = {};
    state.deadline = Nanos(1000000007);
    state.content = std::string("a\xc3\xa9");
    state.names = {"b", "a"};
    state.up = true;
    return state;
}

/** The published FNV-1a 64 vectors (Fowler, Noll, Vo: test_fnv.c), before the final mixing. */
TEST(Hash, MixesFnv1a)
{
    const auto mix = [](uint64_t x) {
        x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
        x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
        return x ^ (x >> 33);
    };
    EXPECT_EQ(StableHash().Get(), mix(0xcbf29ce484222325ULL));
    StableHash hash;
    hash.AddByte('a');
    EXPECT_EQ(hash.Get(), mix(0xaf63dc4c8601ec8cULL));
    for (const char c : {'o', 'o', 'b', 'a', 'r'})
    {
        hash.AddByte(static_cast<uint8_t>(c));
    }
    StableHash foobar;
    for (const char c : {'f', 'o', 'o', 'b', 'a', 'r'})
    {
        foobar.AddByte(static_cast<uint8_t>(c));
    }
    EXPECT_EQ(foobar.Get(), mix(0x85944171f73967e8ULL));
    EXPECT_NE(hash.Get(), foobar.Get());
}

/** The same on every machine and compiler: stored hashes stay comparable. */
TEST(Hash, GoldenValuesStay)
{
    EXPECT_EQ(HashOf(uint64_t{0}), 0x7bd3144f29c0cc9eULL);
    EXPECT_EQ(HashOf(std::string("strata")), 0xdafbdd5c9297e876ULL);
    EXPECT_EQ(HashOf(SomeState()), 0x78f00439e569736cULL);
    EXPECT_EQ(HashOf(Ipv4Prefix(0xc0000200, 24)), 0x68b5ff568003128aULL);
}

TEST(Hash, EqualStatesBuiltInAnotherOrderAgree)
{
    State other;
    other.up = true;
    other.names.insert("a");
    other.names.insert("b");
    other.points[8] = {};
    other.points[7] = {{1, -2}, {3, 4}};
    other.content = std::string("a\xc3\xa9");
    other.deadline = Nanos(1000000007);
    EXPECT_EQ(HashOf(other), HashOf(SomeState()));
}

TEST(Hash, EveryFieldCounts)
{
    const uint64_t before = HashOf(SomeState());
    State state = SomeState();
    state.points[7][0].y = 2;
    EXPECT_NE(HashOf(state), before);
    state = SomeState();
    state.deadline.reset();
    EXPECT_NE(HashOf(state), before);
    state = SomeState();
    state.deadline = Nanos(1000000008);
    EXPECT_NE(HashOf(state), before);
    state = SomeState();
    state.content = std::monostate{};
    EXPECT_NE(HashOf(state), before);
    state = SomeState();
    state.content = Colour::RED;
    EXPECT_NE(HashOf(state), before);
    state = SomeState();
    state.names.erase("a");
    EXPECT_NE(HashOf(state), before);
    state = SomeState();
    state.up = false;
    EXPECT_NE(HashOf(state), before);
}

TEST(Hash, NeighbouringContainersAreNotConfused)
{
    using Two = std::pair<std::vector<int>, std::vector<int>>;
    EXPECT_NE(HashOf(Two({1}, {})), HashOf(Two({}, {1})));
    EXPECT_NE(HashOf(Two({1, 2}, {3})), HashOf(Two({1}, {2, 3})));
    using Texts = std::vector<std::string>;
    EXPECT_NE(HashOf(Texts{"ab", "c"}), HashOf(Texts{"a", "bc"}));
    EXPECT_NE(HashOf(Texts{""}), HashOf(Texts{}));
}

TEST(Hash, ATextIsItsBytesWhateverTheSignOfChar)
{
    EXPECT_EQ(HashOf(std::string("\xff")), HashOf(std::vector<uint8_t>{0xff}));
}

TEST(Hash, FewBitsMakeNearValuesFarApart)
{
    std::set<uint64_t> low;
    for (uint64_t i = 0; i < 4096; ++i)
    {
        low.insert(HashOf(i) & 0xffff);
    }
    EXPECT_GT(low.size(), 3900u); // 4096 balls into 65536 bins leave about 3972 bins used
}

TEST(Hash, AnUnorderedContainerIsToldApart)
{
    struct HashOrder
    {
        using hasher = int;
    };

    static_assert(detail::IsUnordered<HashOrder>::value);
    static_assert(!detail::IsUnordered<std::map<int, int>>::value);
    SUCCEED();
}

} // namespace
} // namespace strata
} // namespace ns3
