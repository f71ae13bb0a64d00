// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FUZZ_H
#define STRATA_FUZZ_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-wire-contract.h"

#include <cstdio>
#include <cstdlib>

/**
 * \file
 * The properties that every fuzzer of a packet format checks. A fuzzer is one file,
 * test/fuzz/strata-X-fuzz.cc, with its kept inputs in test/corpus/X/:
 *
 *     extern "C" int
 *     LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
 *     {
 *         ns3::strata::RoundTripExact<ns3::strata::MplsLabelStack>({data, size});
 *         return 0;
 *     }
 *
 * Where decoding needs a context, the first bytes of the input choose it. A file whose name
 * contains `seeded-bug` holds a decoder that is wrong on purpose: its run must end in a crash.
 */

namespace ns3
{
namespace strata
{

/** Ends the fuzzer with a report when a property doesn't hold. */
inline void
Require(bool holds, const char* property)
{
    if (!holds)
    {
        std::fprintf(stderr, "property violated: %s\n", property);
        std::abort();
    }
}

/**
 * Decodes, encodes and decodes again: the same value, in the promised number of bytes, never more
 * than came in. Gives the encoded bytes, none when the input is refused.
 */
template <class W>
Bytes
RoundTrip(ByteView data, const typename W::Context& context = {})
{
    static_assert(IsWireFormat<W>);
    const Expected<W, DecodeError> first = W::Decode(data, context);
    if (!first)
    {
        Require(first.error().code != DecodeCode::INCOMPLETE || first.error().offset > data.size(),
                "an incomplete message asks for more bytes than there are");
        return {};
    }
    const Bytes encoded = EncodeToBytes(*first);
    Require(encoded.size() == first->EncodedSize(), "EncodedSize tells what Encode writes");
    Require(encoded.size() <= data.size(), "the encoding is no longer than the input");
    const Expected<W, DecodeError> second = W::Decode(encoded, context);
    Require(second.has_value(), "what was encoded decodes");
    Require(*second == *first, "decoding the encoding gives the same value");
    return encoded;
}

/** RoundTrip, and the encoding is byte for byte the front of the input. */
template <class W>
void
RoundTripExact(ByteView data, const typename W::Context& context = {})
{
    const Bytes encoded = RoundTrip<W>(data, context);
    Require(ByteView(encoded) == data.Sub(0, encoded.size()), "the encoding is the input's front");
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_FUZZ_H */
