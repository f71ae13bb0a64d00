// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_HAIRPIN_TAG_H
#define STRATA_NAT_HAIRPIN_TAG_H

#include "strata-nat-flow-state.h"

#include "ns3/tag.h"

namespace ns3
{
namespace strata
{

/** The source that a datagram leaves with which goes from inside to inside. */
class NatHairpinTag : public Tag
{
  public:
    NatHairpinTag() = default;

    explicit NatHairpinTag(NatEndpoint source)
        : m_source(source)
    {
    }

    static TypeId GetTypeId();

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

    NatEndpoint GetSource() const
    {
        return m_source;
    }

  private:
    NatEndpoint m_source;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_HAIRPIN_TAG_H */
