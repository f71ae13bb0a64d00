// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-helper.h"

#include "ns3/abort.h"
#include "ns3/ipv4-l3-protocol.h"
#include "ns3/string.h"

namespace ns3
{
namespace strata
{

StrataNatHelper::StrataNatHelper()
{
    m_factory.SetTypeId(StrataNat::GetTypeId());
}

void
StrataNatHelper::SetKind(std::string kind)
{
    const NatKind* known = NatKindOf(kind);
    NS_ABORT_MSG_UNLESS(known,
                        "A kind of NAT is one of " << NatKindNames() << "; not '" << kind << "'");
    m_factory.Set("Mapping", StringValue(NatBehaviourName(known->mapping)));
    m_factory.Set("Filtering", StringValue(NatBehaviourName(known->filtering)));
}

bool
StrataNatHelper::IsKind(const std::string& kind)
{
    return NatKindOf(kind) != nullptr;
}

std::string
StrataNatHelper::GetKinds()
{
    return NatKindNames();
}

void
StrataNatHelper::SetAttribute(std::string name, const AttributeValue& value)
{
    m_factory.Set(name, value);
}

Ptr<StrataNat>
StrataNatHelper::Install(Ptr<Node> router, Ptr<NetDevice> outside) const
{
    NS_ABORT_MSG_UNLESS(router->GetObject<Ipv4L3Protocol>(),
                        "A translator needs the IPv4 that InternetStackHelper installs");
    NS_ABORT_MSG_IF(Get(router), "Node " << router->GetId() << " translates already");
    Ptr<StrataNat> nat = m_factory.Create<StrataNat>();
    nat->Install(router, outside);
    return nat;
}

Ptr<StrataNat>
StrataNatHelper::Get(Ptr<Node> router)
{
    return router->GetObject<StrataNat>();
}

int64_t
StrataNatHelper::AssignStreams(NodeContainer routers, int64_t stream)
{
    int64_t used = 0;
    for (auto router = routers.Begin(); router != routers.End(); ++router)
    {
        if (Ptr<StrataNat> nat = Get(*router))
        {
            used += nat->AssignStreams(stream + used);
        }
    }
    return used;
}

} // namespace strata
} // namespace ns3
