// SPDX-License-Identifier: GPL-2.0-only

// The contract of the slot for security: a member accepts what another of its layer protected, of
// any type and after any number of hops, as bytes on the wire, and members form a layer. A policy
// that keeps strangers out accepts no update that a stranger made or changed.

#include "strata-random-layer.h"

#include "ns3/strata-hash.h"

namespace ns3
{
namespace strata
{
namespace
{

/** A keyed sum; stands in for HMAC where only "same key" matters. */
class KeyedSum : public Authenticator
{
  public:
    explicit KeyedSum(uint64_t key)
        : m_key(key)
    {
    }

    Tag Sign(ByteView message) const override
    {
        const uint64_t sum = HashOf(std::make_pair(m_key, message.ToBytes()));
        Tag tag{};
        for (std::size_t i = 0; i < tag.size(); ++i)
        {
            tag[i] = static_cast<uint8_t>(sum >> (8 * (i % 8)));
        }
        return tag;
    }

  private:
    uint64_t m_key;
};

std::shared_ptr<const SecurityPolicy>
MakePolicy(const std::string& name, uint64_t key)
{
    if (name == "shared-secret")
    {
        return std::make_shared<SharedSecretSecurity>(std::make_shared<KeyedSum>(key));
    }
    return std::make_shared<OpenSecurity>();
}

/** One body of every type, its place in the variant chosen by number. */
template <std::size_t I = 0>
void
EachBody(const std::function<void(PduBody)>& visit)
{
    if constexpr (I < std::variant_size_v<PduBody>)
    {
        using Body = std::variant_alternative_t<I, PduBody>;
        if constexpr (!std::is_same_v<Body, UnknownBody>)
        {
            visit(Body{});
        }
        EachBody<I + 1>(visit);
    }
}

Pdu
MakePdu(PduBody body)
{
    Pdu pdu;
    pdu.header.layer = 1;
    pdu.header.hopLimit = 64;
    pdu.header.destination = MakeName(2);
    pdu.header.source = MakeName(1);
    pdu.header.type = PduTypeOf(body);
    pdu.body = std::move(body);
    return pdu;
}

Bytes
Encode(const Pdu& pdu)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    EXPECT_TRUE(pdu.Encode(writer));
    return bytes;
}

class SecurityConformance : public testing::TestWithParam<const char*>
{
  protected:
    std::shared_ptr<const SecurityPolicy> policy = MakePolicy(GetParam(), 1);
};

TEST_P(SecurityConformance, WhatAMemberProtectedIsAccepted)
{
    EXPECT_STREQ(policy->Name(), GetParam());
    std::size_t types = 0;
    EachBody([&](PduBody body) {
        Pdu pdu = MakePdu(std::move(body));
        policy->Protect(pdu);
        EXPECT_TRUE(policy->Accept(pdu)) << static_cast<int>(pdu.header.type);
        ++types;
    });
    EXPECT_GT(types, 20U);
}

TEST_P(SecurityConformance, WhatAMemberProtectedIsAcceptedFromTheWireAfterHops)
{
    EachBody([&](PduBody body) {
        Pdu pdu = MakePdu(std::move(body));
        policy->Protect(pdu);
        Bytes bytes = Encode(pdu);
        for (int hop = 0; hop < 5; ++hop)
        {
            PduHeader::CountHop(bytes.data());
        }
        const auto arrived = Pdu::Decode(bytes);
        ASSERT_TRUE(arrived);
        EXPECT_EQ(arrived->header.hops, 5);
        EXPECT_TRUE(policy->Accept(*arrived)) << static_cast<int>(pdu.header.type);
    });
}

TEST_P(SecurityConformance, ProtectingTwiceIsProtectingOnce)
{
    EachBody([&](PduBody body) {
        Pdu pdu = MakePdu(std::move(body));
        policy->Protect(pdu);
        const Bytes once = Encode(pdu);
        policy->Protect(pdu);
        EXPECT_EQ(Encode(pdu), once);
    });
}

TEST_P(SecurityConformance, MembersFormALayer)
{
    LayerPolicies policies;
    policies.security = policy;
    policies.attachment = std::make_shared<TellEveryone>();
    RandomLayer layer(2, 5, policies, 2);
    layer.ExpectAllReach("in a layer of its own");
}

INSTANTIATE_TEST_SUITE_P(All,
                         SecurityConformance,
                         testing::Values("open", "shared-secret"),
                         [](const auto& info) {
                             return std::string(info.param) == "open" ? "Open" : "SharedSecret";
                         });

class GuardingSecurity : public SecurityConformance
{
};

TEST_P(GuardingSecurity, AnUpdateOfAStrangerIsRefused)
{
    const auto stranger = MakePolicy(GetParam(), 2);
    std::size_t updates = 0;
    EachBody([&](PduBody body) {
        Pdu pdu = MakePdu(std::move(body));
        const bool update = IsUpdate(pdu.header.type);
        EXPECT_EQ(policy->Accept(pdu), !update) << "without a tag";
        stranger->Protect(pdu);
        EXPECT_EQ(policy->Accept(pdu), !update) << "with a tag of another secret";
        updates += update;
    });
    EXPECT_GE(updates, 10U);
}

TEST_P(GuardingSecurity, AnUpdateThatWasChangedOnItsWayIsRefused)
{
    std::size_t refused = 0;
    EachBody([&](PduBody body) {
        Pdu pdu = MakePdu(std::move(body));
        if (!IsUpdate(pdu.header.type))
        {
            return;
        }
        policy->Protect(pdu);
        Pdu other = pdu;
        other.header.source = MakeName(3);
        EXPECT_FALSE(policy->Accept(other));
        other = pdu;
        other.header.destination = MakeName(3);
        EXPECT_FALSE(policy->Accept(other));
        other = pdu;
        (*other.tag)[0] ^= 1;
        EXPECT_FALSE(policy->Accept(other));
        ++refused;
    });
    EXPECT_GE(refused, 10U);
    AttachmentBody body;
    body.records.push_back(AttachmentRecord{MakeName(1, 0, 0, 1), 5, MakeName(2), 0});
    Pdu pdu = MakePdu(body);
    policy->Protect(pdu);
    body.records[0].access = MakeName(3);
    pdu.body = body;
    EXPECT_FALSE(policy->Accept(pdu));
}

INSTANTIATE_TEST_SUITE_P(All, GuardingSecurity, testing::Values("shared-secret"), [](const auto&) {
    return "SharedSecret";
});

} // namespace
} // namespace strata
} // namespace ns3
