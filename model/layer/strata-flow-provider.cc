// SPDX-License-Identifier: GPL-2.0-only

#include "strata-flow-provider.h"

#include "ns3/abort.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(FlowProvider);

TypeId
FlowProvider::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::FlowProvider").SetParent<Object>().SetGroupName("Strata");
    return tid;
}

void
FlowProvider::Start(FlowUser& user)
{
    NS_ABORT_MSG_IF(m_user != nullptr, "a flow provider has one user at a time");
    m_user = &user;
    DoStart();
}

void
FlowProvider::Stop()
{
    if (m_user != nullptr)
    {
        DoStop();
        m_user = nullptr;
    }
}

void
FlowProvider::TellDown(PortId port)
{
    if (m_user != nullptr)
    {
        m_user->FlowDown(port);
    }
}

void
FlowProvider::DoDispose()
{
    Stop();
    Object::DoDispose();
}

} // namespace strata
} // namespace ns3
