// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_WIRE_CONTRACT_H
#define STRATA_WIRE_CONTRACT_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-byte-writer.h"
#include "ns3/strata-decode-error.h"
#include "ns3/strata-expected.h"

#include <type_traits>
#include <utility>

namespace ns3
{
namespace strata
{

namespace detail
{

template <class W, class = void>
struct WireFormatTest : std::false_type
{
};

template <class W>
struct WireFormatTest<W, std::void_t<typename W::Context>>
    : std::bool_constant<std::is_default_constructible_v<W> &&
                         std::is_default_constructible_v<typename W::Context>>
{
};

template <class W, class = void>
struct WireDecodeTest : std::false_type
{
};

template <class W>
struct WireDecodeTest<W,
                      std::void_t<decltype(W::Decode(std::declval<ByteView>(),
                                                     std::declval<const typename W::Context&>()))>>
    : std::is_same<decltype(W::Decode(std::declval<ByteView>(),
                                      std::declval<const typename W::Context&>())),
                   Expected<W, DecodeError>>
{
};

template <class W, class = void>
struct WireEncodeTest : std::false_type
{
};

template <class W>
struct WireEncodeTest<
    W,
    std::void_t<decltype(std::declval<const W&>().Encode(std::declval<ByteWriter&>())),
                decltype(std::declval<const W&>().EncodedSize()),
                decltype(std::declval<const W&>() == std::declval<const W&>())>>
    : std::bool_constant<
          std::is_same_v<decltype(std::declval<const W&>().EncodedSize()), std::size_t> &&
          std::is_same_v<decltype(std::declval<const W&>() == std::declval<const W&>()), bool>>
{
};

} // namespace detail

/**
 * Whether \p W keeps the contract of a packet format in its types. Each format asserts it behind
 * its definition; unit tests and fuzzers hold the rest of the contract.
 *
 * - `W` is a plain struct of valid values: it can be copied, compared and made without arguments.
 * - `W::Context` is what the bytes alone don't say: the header before, what a session negotiated,
 *   where the bytes lie in their packet. It is empty where nothing is needed; the default is the
 *   state before any negotiation.
 * - `static Expected<W, DecodeError> Decode(ByteView bytes, const Context& context)` reads the
 *   format from the front of the bytes. Any bytes may come: nothing is read outside them, and
 *   loops and memory are bounded by their number and by named constants. The error's offset is
 *   that of the field at fault, counted from the front of the bytes, or from where the context
 *   says that the packet begins.
 * - `std::size_t EncodedSize() const` is how many bytes Encode writes. After Decode it is also
 *   how many bytes were read; what lies behind them is the payload, unless the format takes all.
 * - `void Encode(ByteWriter& writer) const` writes the value. What Decode accepted comes back byte
 *   for byte: unknown kinds, reserved bits and padding are kept and never put right. The
 *   precondition is a valid value, one that Decode could have given; numbers are cut to the width
 *   of their field.
 * - A format framed in a stream answers DecodeCode::INCOMPLETE as long as the bytes may still
 *   become a message; the error's offset is then the number of bytes, from the front, that must
 *   be there before another try can succeed.
 */
template <class W>
constexpr bool IsWireFormat = detail::WireFormatTest<W>::value&& detail::WireDecodeTest<W>::value&&
    detail::WireEncodeTest<W>::value;

/** The bytes of one value. */
template <class W>
Bytes
EncodeToBytes(const W& value)
{
    Bytes bytes;
    bytes.reserve(value.EncodedSize());
    ByteWriter writer(bytes);
    value.Encode(writer);
    return bytes;
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_WIRE_CONTRACT_H */
