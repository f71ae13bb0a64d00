// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-naming-policy.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

using namespace ns3::strata;

namespace
{

constexpr MemberRole LEAF = MemberRole::LEAF;
constexpr MemberRole ROUTER = MemberRole::ROUTER;

struct FlatThatAssigns : FlatNaming
{
    FlatThatAssigns()
        : FlatNaming(true)
    {
    }
};

/** What every naming policy does. */
template <class Policy>
class NamingPolicyTest : public ::testing::Test
{
  protected:
    /** A member that can give names, if any can: 3 with the block that goes with it. */
    MemberName Own() const
    {
        return m_policy.Scheme() == NameScheme::FLAT ? 3 : MakeName(3);
    }

    uint8_t OwnLength() const
    {
        return m_policy.BlockLengthFor(Own(), ROUTER);
    }

    std::optional<NameAssignment> Assign(MemberRole role)
    {
        return m_policy.Assign(m_state, Own(), OwnLength(), role);
    }

    Policy m_policy;
    NamingState m_state;
};

using Policies = ::testing::Types<FlatNaming, FlatThatAssigns, HierarchicalNaming>;

} // namespace

TYPED_TEST_SUITE(NamingPolicyTest, Policies, );

TYPED_TEST(NamingPolicyTest, HasAName)
{
    const NamingPolicy& policy = this->m_policy;
    EXPECT_FALSE(std::string(policy.Name()).empty());
}

TYPED_TEST(NamingPolicyTest, NeverGivesANameTwice)
{
    std::set<MemberName> names{this->Own(), NO_NAME};
    for (int i = 0; i < 1000; ++i)
    {
        const auto given = this->Assign(i % 3 == 0 ? ROUTER : LEAF);
        ASSERT_TRUE(!given || names.insert(given->name).second);
    }
}

TYPED_TEST(NamingPolicyTest, ANameThatIsGivenFits)
{
    for (int i = 0; i < 100; ++i)
    {
        const MemberRole role = i % 3 == 0 ? ROUTER : LEAF;
        if (const auto given = this->Assign(role))
        {
            EXPECT_TRUE(this->m_policy.Fits(given->name, role, this->Own(), this->OwnLength()));
            EXPECT_EQ(given->blockLength, this->m_policy.BlockLengthFor(given->name, role));
        }
    }
}

TYPED_TEST(NamingPolicyTest, BlocksThatAreGivenDoNotOverlap)
{
    std::vector<NameBlock> blocks;
    for (int i = 0; i < 60; ++i)
    {
        if (const auto given = this->Assign(i % 3 == 0 ? ROUTER : LEAF))
        {
            const NameBlock block(given->name, given->blockLength);
            for (const NameBlock& other : blocks)
            {
                ASSERT_FALSE(block.Contains(other) || other.Contains(block));
            }
            blocks.push_back(block);
        }
    }
}

TYPED_TEST(NamingPolicyTest, EqualStatesGiveEqualNames)
{
    this->Assign(LEAF);
    this->Assign(ROUTER);
    NamingState copy = this->m_state;
    EXPECT_TRUE(copy == this->m_state);
    EXPECT_EQ(HashOf(copy), HashOf(this->m_state));
    const auto first = this->Assign(LEAF);
    const auto second = this->m_policy.Assign(copy, this->Own(), this->OwnLength(), LEAF);
    EXPECT_TRUE(first == second);
    EXPECT_TRUE(copy == this->m_state);
}

TYPED_TEST(NamingPolicyTest, ARefusalChangesNothing)
{
    const NamingState before{UINT32_MAX, UINT32_MAX};
    NamingState state = before;
    for (const MemberRole role : {LEAF, ROUTER})
    {
        EXPECT_FALSE(this->m_policy.Assign(state, this->Own(), this->OwnLength(), role));
        EXPECT_FALSE(this->m_policy.Assign(state, NO_NAME, 64, role));
        EXPECT_FALSE(this->m_policy.Assign(state, NO_NAME, 0, role));
    }
    EXPECT_TRUE(state == before);
}

TYPED_TEST(NamingPolicyTest, NobodyAndTheNeighboursNameDoNotFit)
{
    for (const MemberRole role : {LEAF, ROUTER})
    {
        EXPECT_FALSE(this->m_policy.Fits(NO_NAME, role, this->Own(), this->OwnLength()));
        EXPECT_FALSE(this->m_policy.Fits(this->Own(), role, this->Own(), this->OwnLength()));
    }
}

TYPED_TEST(NamingPolicyTest, ALeafOwnsItsNameAlone)
{
    EXPECT_EQ(this->m_policy.BlockLengthFor(MakeName(3, 1, 0, 7), LEAF), 64U);
    EXPECT_EQ(this->m_policy.BlockLengthFor(MakeName(3), LEAF), 64U);
    EXPECT_EQ(this->m_policy.BlockLengthFor(NO_NAME, ROUTER), 64U);
}

TEST(FlatNamingTest, TheJoinerBringsItsName)
{
    NamingState state;
    EXPECT_FALSE(FlatNaming().Assign(state, 3, 64, LEAF));
    EXPECT_TRUE(FlatNaming().Fits(99, LEAF, 3, 64));
    EXPECT_TRUE(FlatNaming().Fits(UINT64_MAX, ROUTER, 3, 64));
    EXPECT_EQ(FlatNaming().BlockLengthFor(99, ROUTER), 64U);
    EXPECT_EQ(FlatNaming().Scheme(), NameScheme::FLAT);
}

TEST(FlatNamingTest, MembersGiveNamesOutOfNumberSpacesOfTheirOwn)
{
    const FlatNaming naming(true);
    NamingState state;
    EXPECT_EQ(naming.Assign(state, 3, 64, LEAF)->name, 0x300000001U);
    EXPECT_EQ(naming.Assign(state, 3, 64, ROUTER)->name, 0x300000002U);
    NamingState other;
    EXPECT_EQ(naming.Assign(other, 4, 64, LEAF)->name, 0x400000001U);
    EXPECT_FALSE(naming.Assign(other, 0x300000001U, 64, LEAF)) << "a given name owns no numbers";
}

TEST(FlatNamingTest, ANumberSpaceEnds)
{
    const FlatNaming naming(true);
    NamingState state{UINT32_MAX - 2, 1};
    EXPECT_EQ(naming.Assign(state, 3, 64, LEAF)->name, 0x3ffffffffU);
    EXPECT_FALSE(naming.Assign(state, 3, 64, LEAF));
    EXPECT_FALSE(naming.Assign(state, 3, 64, ROUTER));
}

TEST(HierarchicalNamingTest, NamesLieInTheBlockOfTheGiver)
{
    const HierarchicalNaming naming;
    NamingState state;
    const auto give = [&](MemberName own, uint8_t length, MemberRole role) {
        const auto given = naming.Assign(state, own, length, role);
        return given ? FormatBlock(NameBlock(given->name, given->blockLength),
                                   NameScheme::HIERARCHICAL)
                     : "none";
    };
    EXPECT_EQ(give(MakeName(3), 16, LEAF), "3.0.0.1/64");
    EXPECT_EQ(give(MakeName(3), 16, LEAF), "3.0.0.2/64");
    EXPECT_EQ(give(MakeName(3), 16, ROUTER), "3.1/32");
    state = {};
    EXPECT_EQ(give(MakeName(3, 1), 32, LEAF), "3.1.0.1/64");
    EXPECT_EQ(give(MakeName(3, 1), 32, ROUTER), "3.1.1/48");
    state = {};
    EXPECT_EQ(give(MakeName(3, 1, 1), 48, LEAF), "3.1.1.1/64");
    EXPECT_EQ(give(MakeName(3, 1, 1), 48, ROUTER), "none");
    EXPECT_EQ(give(MakeName(3, 1, 1, 1), 64, LEAF), "none");
    EXPECT_EQ(give(MakeName(3, 1, 1, 1), 64, ROUTER), "none");
    EXPECT_EQ(naming.Scheme(), NameScheme::HIERARCHICAL);
}

TEST(HierarchicalNamingTest, ABlockEnds)
{
    const HierarchicalNaming naming;
    NamingState state{0xfffe, 0xfffe};
    EXPECT_EQ(naming.Assign(state, MakeName(3), 16, LEAF)->name, MakeName(3, 0, 0, 0xffff));
    EXPECT_EQ(naming.Assign(state, MakeName(3), 16, ROUTER)->name, MakeName(3, 0xffff));
    EXPECT_FALSE(naming.Assign(state, MakeName(3), 16, LEAF));
    EXPECT_FALSE(naming.Assign(state, MakeName(3), 16, ROUTER));
    EXPECT_TRUE((state == NamingState{0xffff, 0xffff}));
}

TEST(HierarchicalNamingTest, ABlockThatIsNoneOfTheSchemeGivesNothing)
{
    const HierarchicalNaming naming;
    NamingState state;
    EXPECT_FALSE(naming.Assign(state, MakeName(3), 0, LEAF));
    EXPECT_FALSE(naming.Assign(state, MakeName(3), 20, LEAF));
    EXPECT_FALSE(naming.Assign(state, MakeName(3, 1), 16, LEAF)) << "parts outside of the block";
    EXPECT_FALSE(naming.Assign(state, MakeName(3), 255, LEAF));
    EXPECT_FALSE(naming.Assign(state, MakeName(3), 240, ROUTER));
    EXPECT_TRUE(state == NamingState());
}

TEST(HierarchicalNamingTest, ALeafFitsOnlyWhereItsNameLies)
{
    const HierarchicalNaming naming;
    EXPECT_TRUE(naming.Fits(MakeName(3, 1, 0, 7), LEAF, MakeName(3, 1), 32));
    EXPECT_FALSE(naming.Fits(MakeName(3, 2, 0, 7), LEAF, MakeName(3, 1), 32));
    EXPECT_TRUE(naming.Fits(MakeName(3, 2, 0, 7), LEAF, MakeName(3), 16));
    EXPECT_FALSE(naming.Fits(MakeName(4, 2, 0, 7), LEAF, MakeName(3), 16));
}

TEST(HierarchicalNamingTest, ARouterNeedsABlockOfItsOwn)
{
    const HierarchicalNaming naming;
    EXPECT_TRUE(naming.Fits(MakeName(4), ROUTER, MakeName(3), 16)) << "regions join one another";
    EXPECT_TRUE(naming.Fits(MakeName(3, 1), ROUTER, MakeName(3), 16));
    EXPECT_FALSE(naming.Fits(MakeName(3, 1, 0, 7), ROUTER, MakeName(3), 16));
    EXPECT_FALSE(naming.Fits(MakeName(0, 1), ROUTER, MakeName(3), 16)) << "of no region";
    EXPECT_EQ(naming.BlockLengthFor(MakeName(3), ROUTER), 16U);
    EXPECT_EQ(naming.BlockLengthFor(MakeName(3, 1), ROUTER), 32U);
    EXPECT_EQ(naming.BlockLengthFor(MakeName(3, 0, 5), ROUTER), 48U);
    EXPECT_EQ(naming.BlockLengthFor(MakeName(3, 0, 0, 5), ROUTER), 64U);
}
