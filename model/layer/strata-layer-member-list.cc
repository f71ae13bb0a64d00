// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-member-list.h"

#include "strata-layer-member.h"

#include "ns3/object-vector.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(LayerMemberList);

TypeId
LayerMemberList::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::LayerMemberList")
            .SetParent<Object>()
            .SetGroupName("Strata")
            .AddConstructor<LayerMemberList>()
            .AddAttribute("Members",
                          "The members of layers on this node, in the order of their setup",
                          ObjectVectorValue(),
                          MakeObjectVectorAccessor(&LayerMemberList::m_members),
                          MakeObjectVectorChecker<LayerMember>());
    return tid;
}

LayerMemberList::LayerMemberList() = default;

LayerMemberList::~LayerMemberList() = default;

Ptr<LayerMemberList>
LayerMemberList::Of(Ptr<Node> node)
{
    Ptr<LayerMemberList> list = node->GetObject<LayerMemberList>();
    if (!list)
    {
        list = CreateObject<LayerMemberList>();
        node->AggregateObject(list);
    }
    return list;
}

void
LayerMemberList::Add(Ptr<LayerMember> member)
{
    m_members.push_back(member);
}

void
LayerMemberList::Remove(Ptr<LayerMember> member)
{
    m_members.erase(std::remove(m_members.begin(), m_members.end(), member), m_members.end());
}

const std::vector<Ptr<LayerMember>>&
LayerMemberList::GetMembers() const
{
    return m_members;
}

Ptr<LayerMember>
LayerMemberList::Find(uint16_t layerId) const
{
    const auto found =
        std::find_if(m_members.rbegin(), m_members.rend(), [layerId](const auto& member) {
            return member->IsSetUp() && member->GetParameters().layerId == layerId;
        });
    return found == m_members.rend() ? nullptr : *found;
}

void
LayerMemberList::DoDispose()
{
    // the devices may be gone already: nobody says good-bye
    std::vector<Ptr<LayerMember>> members;
    members.swap(m_members);
    for (const auto& member : members)
    {
        member->Silence();
    }
    for (const auto& member : members)
    {
        member->Dispose();
    }
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3
