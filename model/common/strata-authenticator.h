// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_AUTHENTICATOR_H
#define STRATA_AUTHENTICATOR_H

#include "strata-byte-view.h"

namespace ns3
{
namespace strata
{

/**
 * Message authentication as the core needs it; cryptography itself is injected, so that the core
 * stays free of a cryptographic library.
 */
class Authenticator
{
  public:
    /** Bytes of a tag: HMAC-SHA-256 truncated to 128 bits (RFC 2104 section 5). */
    static constexpr std::size_t TAG_SIZE = 16;
    using Tag = std::array<uint8_t, TAG_SIZE>;

    virtual ~Authenticator() = default;

    /** The tag of \p message under the key that the authenticator holds. */
    virtual Tag Sign(ByteView message) const = 0;

    /** Whether \p tag is the tag of \p message; compares all bytes in any case. */
    bool Verify(ByteView message, const Tag& tag) const
    {
        const Tag right = Sign(message);
        uint8_t difference = 0;
        for (std::size_t i = 0; i < TAG_SIZE; ++i)
        {
            difference = static_cast<uint8_t>(difference | (right[i] ^ tag[i]));
        }
        return difference == 0;
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_AUTHENTICATOR_H */
