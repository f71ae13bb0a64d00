// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-input-check.h"

#include "strata-stock-access.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(Ipv4InputCheck);

TypeId
Ipv4InputCheck::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::Ipv4InputCheck")
                            .SetParent<Ipv4HookElement>()
                            .SetGroupName("Strata")
                            .AddConstructor<Ipv4InputCheck>();
    return tid;
}

void
Ipv4InputCheck::Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp)
{
    m_hooks = hooks;
    m_icmp = icmp;
}

HookVerdict
Ipv4InputCheck::Process(Ipv4HookPacket& packet)
{
    Ptr<Ipv4L3Protocol> ipv4 = m_hooks->GetIpv4();
    const uint8_t protocol = packet.header.protocol;
    if (ipv4->GetProtocol(protocol, ipv4->GetInterfaceForDevice(packet.in)))
    {
        m_icmp->NoteDelivery(packet);
        return HookVerdict::ACCEPT;
    }
    if (HasRawSocket(*ipv4, protocol))
    {
        return HookVerdict::ACCEPT;
    }
    m_icmp->SendUnreachable(IcmpUnreachableCode::PROTOCOL, packet);
    packet.dropReason = IP_NO_PROTOCOL;
    return HookVerdict::DROP;
}

void
Ipv4InputCheck::DoDispose()
{
    m_hooks = nullptr;
    m_icmp = nullptr;
    Ipv4HookElement::DoDispose();
}

} // namespace strata
} // namespace ns3
