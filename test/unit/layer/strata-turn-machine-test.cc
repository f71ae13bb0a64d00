// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-layer-policy.h"
#include "ns3/strata-session-manager-machine.h"

#include <gtest/gtest.h>
#include <random>

using namespace ns3::strata;

namespace
{

// What a policy that is given a turn can't write: none of this compiles.

template <class T>
constexpr bool ASSIGNS_STATE = std::is_assignable_v<decltype((std::declval<T&>().state)), //
                                                    MemberState>;

#define STRATA_ASSIGNS(field)                                                                      \
    template <class T>                                                                             \
    constexpr bool ASSIGNS_##field =                                                               \
        std::is_assignable_v<decltype((std::declval<T&>().state.field)),                           \
                             decltype(MemberState::field)>

STRATA_ASSIGNS(attachments);
STRATA_ASSIGNS(links);
STRATA_ASSIGNS(linkStates);
STRATA_ASSIGNS(leaves);
STRATA_ASSIGNS(routes);
STRATA_ASSIGNS(locations);
STRATA_ASSIGNS(sessions);
STRATA_ASSIGNS(name);

template <class T>
constexpr bool ASSIGNS_ANYTHING = ASSIGNS_STATE<T> || ASSIGNS_attachments<T> || ASSIGNS_links<T> ||
                                  ASSIGNS_linkStates<T> || ASSIGNS_leaves<T> || ASSIGNS_routes<T> ||
                                  ASSIGNS_locations<T> || ASSIGNS_sessions<T> || ASSIGNS_name<T>;

static_assert(!ASSIGNS_ANYTHING<Turn>, "a turn reads the tables");
static_assert(!ASSIGNS_ANYTHING<AttachmentTurn>, "not even its own tables without the right");
static_assert(!ASSIGNS_ANYTHING<LocationTurn>);

/** What the probe finds where the state can be changed. */
struct OpenTurn
{
    MemberState& state;
};

static_assert(ASSIGNS_STATE<OpenTurn> && ASSIGNS_attachments<OpenTurn> && ASSIGNS_links<OpenTurn> &&
              ASSIGNS_linkStates<OpenTurn> && ASSIGNS_leaves<OpenTurn> &&
              ASSIGNS_routes<OpenTurn> && ASSIGNS_locations<OpenTurn> &&
              ASSIGNS_sessions<OpenTurn> && ASSIGNS_name<OpenTurn>);

/** Where the control state is: changeable, and without a table in it. */
static_assert(std::is_same_v<decltype(Turn::control), MemberControl&>);
static_assert(std::is_assignable_v<decltype((std::declval<Turn&>().control.name)), MemberName>);
static_assert(!std::is_base_of_v<MemberTables, MemberControl>);
static_assert(!std::is_convertible_v<MemberControl&, MemberTables&> &&
              !std::is_convertible_v<MemberControl&, MemberState&>);

// Turns that carry a right are made by the machine alone.

template <class To, class From>
constexpr bool MAKES = std::is_constructible_v<To, From, WriteCause>;

static_assert(!MAKES<AttachmentTurn, Turn&> && !MAKES<LocationTurn, Turn&>);
static_assert(!MAKES<AttachmentTurn, LocationTurn&> && !MAKES<LocationTurn, AttachmentTurn&>);
static_assert(!MAKES<AttachmentTurn, AttachmentTurn&> && !MAKES<LocationTurn, LocationTurn&>);
static_assert(!std::is_constructible_v<AttachmentTurn, LocationTurn&> &&
              !std::is_constructible_v<LocationTurn, AttachmentTurn&>);
static_assert(!std::is_constructible_v<SessionManager, Turn&>,
              "the session manager writes sessions for the machine, not for policies");

/** Whether a right can be built from the state that \p T offers. */
template <class Right, class T>
constexpr bool BUILDS_RIGHT =
    std::is_constructible_v<Right, decltype((std::declval<T&>().state)), MemberName, WriteCause>;

static_assert(BUILDS_RIGHT<AttachmentRight, OpenTurn> && BUILDS_RIGHT<LocationRight, OpenTurn>);
static_assert(!BUILDS_RIGHT<AttachmentRight, Turn> && !BUILDS_RIGHT<LocationRight, Turn>);
static_assert(!BUILDS_RIGHT<AttachmentRight, LocationTurn>);
static_assert(!BUILDS_RIGHT<LocationRight, AttachmentTurn>);

} // namespace

TEST(TurnTest, ARightOverTheControlStateReachesNoTable)
{
    LayerParameters parameters;
    LayerPolicies policies;
    MemberState state;
    Effects effects;
    Turn turn(parameters, policies, state, Nanos(0), effects);
    // the best that a policy can try: a right over the only thing that it may change
    const LocationRight forged(turn.control, 1, WriteCause::LOCATION_MOBILITY, &effects.writes);
    EXPECT_FALSE(forged.Set(turn.state.sessions, 1, SessionEntry{}));
    EXPECT_FALSE(forged.Set(turn.state.locations, "a", LocationRecord{}));
    const AttachmentRight other(turn.control, 1, WriteCause::ROUTING, &effects.writes);
    EXPECT_FALSE(other.Set(turn.state.links, 1, LinkEntry{}));
    EXPECT_FALSE(other.Set(turn.state.routes, ns3::strata::Route{}));
    EXPECT_TRUE(state == MemberState());
    EXPECT_TRUE(effects.writes.empty());
}

TEST(TurnTest, StateComparesItsTablesAndItsControl)
{
    MemberState a;
    MemberState b;
    EXPECT_TRUE(a == b);
    b.name = 7;
    EXPECT_FALSE(a == b);
    EXPECT_NE(HashOf(a), HashOf(b));
    b = a;
    LocationRight(b, 1, WriteCause::SESSION_USE).Set(b.sessions, 1, SessionEntry{});
    EXPECT_FALSE(a == b);
    EXPECT_NE(HashOf(a), HashOf(b));
}

TEST(TurnTest, TheOwnerOfANameIsWhoseBlockHoldsItLongest)
{
    std::mt19937 random(3);
    LayerParameters parameters;
    LayerPolicies policies;
    for (int round = 0; round < 200; ++round)
    {
        MemberState state;
        Effects effects;
        // few values for each part, so that blocks nest, and names hit and miss them
        const auto part = [&random] { return static_cast<uint16_t>(random() % 4); };
        state.name = MakeName(1, part());
        state.blockLength = state.name == MakeName(1) ? 16 : 32;
        const AttachmentRight right(state, state.name, WriteCause::ROUTING);
        for (int i = 0; i < 12; ++i)
        {
            LinkStateRecord record;
            record.origin = MakeName(part(), part(), part(), part());
            record.blockLength = HierarchicalNaming().BlockLengthFor(record.origin, //
                                                                     MemberRole::ROUTER);
            record.withdrawn = random() % 4 == 0;
            right.Set(state.linkStates, record.origin, record);
        }
        const Turn turn(parameters, policies, state, Nanos(0), effects);
        for (int i = 0; i < 100; ++i)
        {
            const MemberName name = MakeName(part(), part(), part(), part());
            MemberName owner = NO_NAME;
            unsigned length = 0;
            const auto consider = [&](MemberName router, uint8_t blockLength) {
                if (router != NO_NAME && blockLength > length &&
                    NameBlock(router, blockLength).Contains(name))
                {
                    owner = router;
                    length = blockLength;
                }
            };
            consider(state.name, state.blockLength);
            for (const auto& [origin, record] : state.linkStates)
            {
                if (record.withdrawn == 0)
                {
                    consider(origin, record.blockLength);
                }
            }
            ASSERT_EQ(turn.OwnerOf(name), owner)
                << FormatName(name, NameScheme::HIERARCHICAL) << " in round " << round;
        }
    }
}

TEST(TurnTest, NamesAtTheEndsOfTheRangeHaveOwnersToo)
{
    LayerParameters parameters;
    LayerPolicies policies;
    MemberState state;
    Effects effects;
    state.name = 1;
    const AttachmentRight right(state, state.name, WriteCause::ROUTING);
    LinkStateRecord record;
    for (const MemberName origin : {MemberName{0}, ~MemberName{0}, MemberName{1} << 63})
    {
        record.origin = origin;
        record.blockLength = 64;
        right.Set(state.linkStates, origin, record);
    }
    const Turn turn(parameters, policies, state, Nanos(0), effects);
    EXPECT_EQ(turn.OwnerOf(~MemberName{0}), ~MemberName{0});
    EXPECT_EQ(turn.OwnerOf(~MemberName{0} - 1), NO_NAME);
    EXPECT_EQ(turn.OwnerOf(MemberName{1} << 63), MemberName{1} << 63);
    EXPECT_EQ(turn.OwnerOf(2), NO_NAME);
    EXPECT_EQ(turn.OwnerOf(1), 1U);
    EXPECT_EQ(turn.OwnerOf(NO_NAME), NO_NAME);
}
