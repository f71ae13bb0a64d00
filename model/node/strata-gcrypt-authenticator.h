// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_GCRYPT_AUTHENTICATOR_H
#define STRATA_GCRYPT_AUTHENTICATOR_H

#include "ns3/strata-authenticator.h"

namespace ns3
{
namespace strata
{

/** HMAC-SHA-256 (RFC 2104, FIPS 180-4) by libgcrypt, truncated to 128 bits. */
class GcryptAuthenticator final : public Authenticator
{
  public:
    /** \param key the shared secret; may be empty, may be of any length */
    explicit GcryptAuthenticator(ByteView key);

    Tag Sign(ByteView message) const override;

  private:
    Bytes m_key;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_GCRYPT_AUTHENTICATOR_H */
