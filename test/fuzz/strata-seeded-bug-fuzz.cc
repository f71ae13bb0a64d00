// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

// A check of the fuzzing itself: this decoder is wrong on purpose, and its run must end in a
// crash within the time that every other fuzzer gets. The test command treats each fuzzer whose
// name contains `seeded-bug` so: a crash passes, a quiet end fails. No corpus is kept for it.

namespace ns3
{
namespace strata
{
namespace
{

/** An option whose length octet is trusted. */
struct TrustingOption
{
    struct Context
    {
    };

    static constexpr uint8_t KIND = 0xc2;

    uint8_t sum{0};
    uint8_t length{0};

    static Expected<TrustingOption, DecodeError> Decode(ByteView bytes, const Context&)
    {
        if (bytes.size() < 2 || bytes[0] != KIND || bytes[1] < 4)
        {
            return Unexpected{DecodeError{DecodeCode::BAD_VALUE, 0}};
        }
        TrustingOption option;
        option.length = bytes[1];
        for (std::size_t i = 0; i < option.length; ++i)
        {
            option.sum = static_cast<uint8_t>(option.sum + bytes.data()[2 + i]);
        }
        return option;
    }

    std::size_t EncodedSize() const
    {
        return std::size_t{2} + length;
    }

    void Encode(ByteWriter& writer) const
    {
        writer.U8(KIND);
        writer.U8(length);
        writer.U8(sum);
        writer.Zeros(length - std::size_t{1});
    }

    friend bool operator==(const TrustingOption& a, const TrustingOption& b)
    {
        return a.sum == b.sum && a.length == b.length;
    }
};

} // namespace
} // namespace strata
} // namespace ns3

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ns3::strata::RoundTrip<ns3::strata::TrustingOption>({data, size});
    return 0;
}
