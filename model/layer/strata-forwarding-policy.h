// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FORWARDING_POLICY_H
#define STRATA_FORWARDING_POLICY_H

#include "strata-route-table.h"

namespace ns3
{
namespace strata
{

/** Slot: which route a PDU takes. */
class ForwardingPolicy
{
  public:
    virtual ~ForwardingPolicy() = default;

    /** For the layer's description and results. */
    virtual const char* Name() const = 0;

    /** The route to \p destination, or null; never allocates. */
    virtual const Route* Select(const RouteTable& table, MemberName destination) const = 0;
};

/** A route for each single name, and a default route for the rest. */
class ExactForwarding : public ForwardingPolicy
{
  public:
    const char* Name() const override;
    const Route* Select(const RouteTable& table, MemberName destination) const override;
};

/** The route of the longest block that holds the name. */
class LongestPrefixForwarding : public ForwardingPolicy
{
  public:
    const char* Name() const override;
    const Route* Select(const RouteTable& table, MemberName destination) const override;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FORWARDING_POLICY_H */
