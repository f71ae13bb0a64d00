// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-transparent-helper.h"

#include "ns3/abort.h"
#include "ns3/ipv4.h"

namespace ns3
{
namespace strata
{

namespace
{

Ipv4Address
AddressOf(Ptr<NetDevice> device)
{
    Ptr<Ipv4> ipv4 = device->GetNode()->GetObject<Ipv4>();
    const int32_t interface = ipv4 ? ipv4->GetInterfaceForDevice(device) : -1;
    NS_ABORT_MSG_UNLESS(interface >= 0 && ipv4->GetNAddresses(interface) > 0,
                        "The device of a gateway needs an IPv4 address");
    return ipv4->GetAddress(static_cast<uint32_t>(interface), 0).GetLocal();
}

} // namespace

void
StrataIpv4TransparentHelper::Install(Ptr<NetDevice> left, Ptr<NetDevice> right)
{
    Of(left->GetNode())->AddNetwork(left, AddressOf(right));
    Of(right->GetNode())->AddNetwork(right, AddressOf(left));
}

Ptr<Ipv4TransparentGateway>
StrataIpv4TransparentHelper::Of(Ptr<Node> node)
{
    Ptr<Ipv4TransparentGateway> gateway = node->GetObject<Ipv4TransparentGateway>();
    if (!gateway)
    {
        gateway = CreateObject<Ipv4TransparentGateway>();
        node->AggregateObject(gateway);
        gateway->Setup(Ipv4Hooks::Of(node));
    }
    return gateway;
}

} // namespace strata
} // namespace ns3
