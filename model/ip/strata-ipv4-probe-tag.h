// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_PROBE_TAG_H
#define STRATA_IPV4_PROBE_TAG_H

#include "ns3/tag.h"

namespace ns3
{
namespace strata
{

/**
 * On a packet that an application sends: Don't Fragment, whatever is known of the path, as Linux's
 * IP_PMTUDISC_PROBE. Tools that look for an MTU send so.
 */
class Ipv4ProbeTag : public Tag
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::strata::Ipv4ProbeTag")
                                .SetParent<Tag>()
                                .SetGroupName("Strata")
                                .AddConstructor<Ipv4ProbeTag>();
        return tid;
    }

    TypeId GetInstanceTypeId() const override
    {
        return GetTypeId();
    }

    uint32_t GetSerializedSize() const override
    {
        return 0;
    }

    void Serialize(TagBuffer) const override
    {
    }

    void Deserialize(TagBuffer) override
    {
    }

    void Print(std::ostream& os) const override
    {
        os << "probe";
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_PROBE_TAG_H */
