// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_MEMBER_LIST_H
#define STRATA_LAYER_MEMBER_LIST_H

#include "ns3/node.h"
#include "ns3/object.h"

#include <vector>

namespace ns3
{
namespace strata
{

class LayerMember;

/**
 * The members of layers that live on a node, in the order of their Setup; it is aggregated to the
 * node, disposes of them with the node, and gives them a place in the configuration's paths:
 *
 * \code
 * Config::ConnectWithoutContext("/NodeList/3/$ns3::strata::LayerMemberList/Members/0/Notice", ...);
 * \endcode
 */
class LayerMemberList : public Object
{
  public:
    static TypeId GetTypeId();

    LayerMemberList();
    ~LayerMemberList() override;

    /** The list of \p node; it is made and aggregated at the first call. */
    static Ptr<LayerMemberList> Of(Ptr<Node> node);

    void Add(Ptr<LayerMember> member);

    /** A member that is disposed of takes itself off. */
    void Remove(Ptr<LayerMember> member);

    const std::vector<Ptr<LayerMember>>& GetMembers() const;

    /** The newest member of the layer \p layerId; null without one. */
    Ptr<LayerMember> Find(uint16_t layerId) const;

  protected:
    void DoDispose() override;

  private:
    std::vector<Ptr<LayerMember>> m_members;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_MEMBER_LIST_H */
