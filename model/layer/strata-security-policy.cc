// SPDX-License-Identifier: GPL-2.0-only

#include "strata-security-policy.h"

#include <utility>

namespace ns3
{
namespace strata
{

bool
IsUpdate(PduType type)
{
    switch (type)
    {
    case PduType::HELLO:
    case PduType::ENROLL_REQUEST:
    case PduType::ENROLL_ACCEPT:
    case PduType::ENROLL_REFUSE:
    case PduType::LEAVE:
    case PduType::ACK:
    case PduType::LINK_STATE:
    case PduType::ATTACHMENT:
    case PduType::LOCATION:
    case PduType::RESOLVED:
    case PduType::SESSION_CLOSE:
    case PduType::SESSION_MOVED:
    case PduType::ANNOUNCE:
    case PduType::UNREACHABLE:
        return true;
    case PduType::RESOLVE:
    case PduType::SESSION_OPEN:
    case PduType::SESSION_ACCEPT:
    case PduType::SESSION_REFUSE:
    case PduType::SESSION_DATA:
    case PduType::TUNNEL:
    case PduType::RELAY:
    case PduType::PROBE:
    case PduType::PROBE_REPLY:
        return false;
    }
    return false;
}

void
OpenSecurity::Protect(Pdu& pdu) const
{
    pdu.tag.reset();
}

bool
OpenSecurity::Accept(const Pdu&) const
{
    return true;
}

SharedSecretSecurity::SharedSecretSecurity(std::shared_ptr<const Authenticator> authenticator)
    : m_authenticator(std::move(authenticator))
{
}

void
SharedSecretSecurity::Protect(Pdu& pdu) const
{
    pdu.tag.reset();
    if (IsUpdate(PduTypeOf(pdu.body)))
    {
        pdu.tag = m_authenticator->Sign(pdu.AuthenticatedPart());
    }
}

bool
SharedSecretSecurity::Accept(const Pdu& pdu) const
{
    if (!IsUpdate(pdu.header.type))
    {
        return true;
    }
    return pdu.tag && m_authenticator->Verify(pdu.AuthenticatedPart(), *pdu.tag);
}

} // namespace strata
} // namespace ns3
