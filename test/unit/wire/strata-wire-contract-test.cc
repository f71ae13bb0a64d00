// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-wire-contract.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

struct Right
{
    struct Context
    {
    };

    uint8_t value{0};

    static Expected<Right, DecodeError> Decode(ByteView bytes, const Context&)
    {
        if (bytes.empty())
        {
            return Unexpected{DecodeError{}};
        }
        return Right{bytes[0]};
    }

    std::size_t EncodedSize() const
    {
        return 1;
    }

    void Encode(ByteWriter& writer) const
    {
        writer.U8(value);
    }

    friend bool operator==(const Right& a, const Right& b)
    {
        return a.value == b.value;
    }
};

struct WithoutContext
{
    static Expected<WithoutContext, DecodeError> Decode(ByteView);
    std::size_t EncodedSize() const;
    void Encode(ByteWriter&) const;
    friend bool operator==(const WithoutContext&, const WithoutContext&);
};

struct WithoutEquality
{
    struct Context
    {
    };

    static Expected<WithoutEquality, DecodeError> Decode(ByteView, const Context&);
    std::size_t EncodedSize() const;
    void Encode(ByteWriter&) const;
};

struct DecodesToSomethingElse
{
    struct Context
    {
    };

    static Expected<Right, DecodeError> Decode(ByteView, const Context&);
    std::size_t EncodedSize() const;
    void Encode(ByteWriter&) const;
    friend bool operator==(const DecodesToSomethingElse&, const DecodesToSomethingElse&);
};

struct EncodesByChangingItself
{
    struct Context
    {
    };

    static Expected<EncodesByChangingItself, DecodeError> Decode(ByteView, const Context&);
    std::size_t EncodedSize() const;
    void Encode(ByteWriter&);
    friend bool operator==(const EncodesByChangingItself&, const EncodesByChangingItself&);
};

TEST(WireContract, IsTestedInTheTypes)
{
    EXPECT_TRUE(IsWireFormat<Right>);
    EXPECT_FALSE(IsWireFormat<int>);
    EXPECT_FALSE(IsWireFormat<WithoutContext>);
    EXPECT_FALSE(IsWireFormat<WithoutEquality>);
    EXPECT_FALSE(IsWireFormat<DecodesToSomethingElse>);
    EXPECT_FALSE(IsWireFormat<EncodesByChangingItself>);
}

TEST(WireContract, EncodeToBytesGivesTheBytesOfOneValue)
{
    EXPECT_EQ(EncodeToBytes(Right{7}), Bytes{7});
}

} // namespace
} // namespace strata
} // namespace ns3
