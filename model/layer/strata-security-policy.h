// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SECURITY_POLICY_H
#define STRATA_SECURITY_POLICY_H

#include "ns3/strata-authenticator.h"
#include "ns3/strata-pdu.h"

#include <memory>

namespace ns3
{
namespace strata
{

/** Whether a PDU of \p type changes what its receiver believes: what a security check guards. */
bool IsUpdate(PduType type);

/** The slot for the check on enrollment and updates. */
class SecurityPolicy
{
  public:
    virtual ~SecurityPolicy() = default;
    virtual const char* Name() const = 0;

    /** Marks \p pdu as coming from a member. */
    virtual void Protect(Pdu& pdu) const = 0;

    /** Whether \p pdu may be believed. */
    virtual bool Accept(const Pdu& pdu) const = 0;
};

/** Believes everybody, as the classic Internet among trusted parties. */
class OpenSecurity : public SecurityPolicy
{
  public:
    const char* Name() const override
    {
        return "open";
    }

    void Protect(Pdu& pdu) const override;
    bool Accept(const Pdu& pdu) const override;
};

/**
 * Believes enrollments and updates that carry the tag of the layer's shared secret. A replayed
 * update is harmless: sequence numbers order what a subject says of itself.
 */
class SharedSecretSecurity : public SecurityPolicy
{
  public:
    explicit SharedSecretSecurity(std::shared_ptr<const Authenticator> authenticator);

    const char* Name() const override
    {
        return "shared-secret";
    }

    void Protect(Pdu& pdu) const override;
    bool Accept(const Pdu& pdu) const override;

  private:
    std::shared_ptr<const Authenticator> m_authenticator;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_SECURITY_POLICY_H */
