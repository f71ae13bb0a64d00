// SPDX-License-Identifier: GPL-2.0-only

#include "strata-wifi-flow-provider.h"

#include "ns3/ap-wifi-mac.h"
#include "ns3/sta-wifi-mac.h"
#include "ns3/wifi-net-device.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(WifiFlowProvider);

TypeId
WifiFlowProvider::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::WifiFlowProvider")
                            .SetParent<DeviceFlowProvider>()
                            .SetGroupName("Strata")
                            .AddConstructor<WifiFlowProvider>();
    return tid;
}

WifiFlowProvider::WifiFlowProvider() = default;

WifiFlowProvider::~WifiFlowProvider() = default;

void
WifiFlowProvider::DoStart()
{
    const auto device = DynamicCast<WifiNetDevice>(GetDevice());
    const auto access = device ? DynamicCast<ApWifiMac>(device->GetMac()) : nullptr;
    if (access && !m_listening)
    {
        // never taken back, since it may be called just then; a stopped provider has no stations
        m_listening = true;
        access->TraceConnectWithoutContext("DeAssociatedSta",
                                           MakeCallback(&WifiFlowProvider::StationLeft, this));
    }
    DeviceFlowProvider::DoStart();
}

bool
WifiFlowProvider::IsUp() const
{
    // the link of a station that was never associated counts as up in the stock device
    const auto device = DynamicCast<WifiNetDevice>(GetDevice());
    const auto station = device ? DynamicCast<StaWifiMac>(device->GetMac()) : nullptr;
    return DeviceFlowProvider::IsUp() && (!station || station->IsAssociated());
}

void
WifiFlowProvider::StationLeft(uint16_t, Mac48Address station)
{
    ForgetStation(station);
}

} // namespace strata
} // namespace ns3
