// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-authenticator.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** No cryptography: a tag of the message's bytes added up under a key. */
class AddingAuthenticator : public Authenticator
{
  public:
    explicit AddingAuthenticator(uint8_t key)
        : m_key(key)
    {
    }

    Tag Sign(ByteView message) const override
    {
        Tag tag{};
        tag.fill(m_key);
        for (std::size_t i = 0; i < message.size(); ++i)
        {
            tag[i % TAG_SIZE] = static_cast<uint8_t>(tag[i % TAG_SIZE] + message[i]);
        }
        return tag;
    }

  private:
    uint8_t m_key;
};

TEST(Authenticator, VerifiesItsOwnTag)
{
    const AddingAuthenticator authenticator(9);
    const Bytes message{1, 2, 3};
    EXPECT_TRUE(authenticator.Verify(message, authenticator.Sign(message)));
    EXPECT_TRUE(authenticator.Verify({}, authenticator.Sign({})));
}

TEST(Authenticator, RefusesATagWithAnyBitChanged)
{
    const AddingAuthenticator authenticator(9);
    const Bytes message{1, 2, 3};
    for (std::size_t bit = 0; bit < Authenticator::TAG_SIZE * 8; ++bit)
    {
        Authenticator::Tag tag = authenticator.Sign(message);
        tag[bit / 8] = static_cast<uint8_t>(tag[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(authenticator.Verify(message, tag)) << bit;
    }
}

TEST(Authenticator, RefusesTheTagOfAnotherKeyOrMessage)
{
    const AddingAuthenticator right(9);
    const Bytes message{1, 2, 3};
    EXPECT_FALSE(right.Verify(message, AddingAuthenticator(8).Sign(message)));
    EXPECT_FALSE(right.Verify(message, right.Sign(Bytes{1, 2, 4})));
}

} // namespace
} // namespace strata
} // namespace ns3
