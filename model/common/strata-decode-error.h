// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DECODE_ERROR_H
#define STRATA_DECODE_ERROR_H

#include <cstddef>
#include <cstdint>

namespace ns3
{
namespace strata
{

/** Why bytes were refused. */
enum class DecodeCode : uint8_t
{
    TRUNCATED,    //!< the bytes end before the format does
    INCOMPLETE,   //!< a stream-framed message has not arrived whole yet
    BAD_VERSION,  //!< a version that the format does not know
    BAD_LENGTH,   //!< a length field contradicts the bytes or the format's bounds
    BAD_CHECKSUM, //!< the checksum does not match
    BAD_VALUE,    //!< a field holds a value that the format forbids
    BAD_TYPE,     //!< a type that the receiver must understand and does not
    TOO_MANY,     //!< more elements than the receiver accepts
    TRAILING,     //!< bytes are left over behind the format's end
};

/** Name of \p code as traces and drop reasons print it. */
constexpr const char*
DecodeCodeName(DecodeCode code)
{
    switch (code)
    {
    case DecodeCode::TRUNCATED:
        return "truncated";
    case DecodeCode::INCOMPLETE:
        return "incomplete";
    case DecodeCode::BAD_VERSION:
        return "bad-version";
    case DecodeCode::BAD_LENGTH:
        return "bad-length";
    case DecodeCode::BAD_CHECKSUM:
        return "bad-checksum";
    case DecodeCode::BAD_VALUE:
        return "bad-value";
    case DecodeCode::BAD_TYPE:
        return "bad-type";
    case DecodeCode::TOO_MANY:
        return "too-many";
    case DecodeCode::TRAILING:
        return "trailing";
    }
    return "unknown";
}

/**
 * A decoding failure: the reason, and the offset in bytes, from the start of what was decoded, of
 * the field that caused it (RFC 792 Parameter Problem's pointer, RFC 4271 NOTIFICATION data).
 * TRUNCATED points behind the last byte; INCOMPLETE says how many bytes must be there before
 * another try can succeed.
 */
struct DecodeError
{
    DecodeCode code{DecodeCode::TRUNCATED};
    std::size_t offset{0};

    friend bool operator==(const DecodeError& a, const DecodeError& b)
    {
        return a.code == b.code && a.offset == b.offset;
    }

    friend bool operator!=(const DecodeError& a, const DecodeError& b)
    {
        return !(a == b);
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DECODE_ERROR_H */
