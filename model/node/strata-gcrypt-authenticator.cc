// SPDX-License-Identifier: GPL-2.0-only

#include "strata-gcrypt-authenticator.h"

#include "ns3/abort.h"

#include <algorithm>
#include <gcrypt.h>

namespace ns3
{
namespace strata
{

GcryptAuthenticator::GcryptAuthenticator(ByteView key)
    : m_key(key.ToBytes())
{
    // A program that uses libgcrypt itself may have made it ready already.
    if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
    {
        NS_ABORT_MSG_UNLESS(gcry_check_version(GCRYPT_VERSION), "libgcrypt is too old");
        gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
        gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
}

Authenticator::Tag
GcryptAuthenticator::Sign(ByteView message) const
{
    // libgcrypt takes the key as the first of the buffers and writes to none of them.
    gcry_buffer_t buffers[2] = {};
    buffers[0].data = const_cast<uint8_t*>(m_key.data());
    buffers[0].len = m_key.size();
    buffers[1].data = const_cast<uint8_t*>(message.data());
    buffers[1].len = message.size();
    std::array<uint8_t, 32> digest;
    const gcry_error_t error =
        gcry_md_hash_buffers(GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC, digest.data(), buffers, 2);
    NS_ABORT_MSG_IF(error, "libgcrypt cannot compute HMAC-SHA-256: " << gcry_strerror(error));
    Tag tag;
    std::copy_n(digest.begin(), tag.size(), tag.begin());
    return tag;
}

} // namespace strata
} // namespace ns3
