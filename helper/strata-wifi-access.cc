// SPDX-License-Identifier: GPL-2.0-only

#include "strata-wifi-access.h"

#include "ns3/ap-wifi-mac.h"
#include "ns3/constant-velocity-mobility-model.h"
#include "ns3/double.h"
#include "ns3/propagation-delay-model.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/ssid.h"
#include "ns3/strata-wifi-authentication.h"
#include "ns3/string.h"
#include "ns3/wifi-helper.h"
#include "ns3/wifi-mac-helper.h"
#include "ns3/wifi-net-device.h"

namespace ns3
{
namespace strata
{

WifiAccess::WifiAccess()
{
    auto channel = CreateObject<YansWifiChannel>();
    auto loss = CreateObject<RangePropagationLossModel>();
    loss->SetAttribute("MaxRange", DoubleValue(RANGE));
    channel->SetPropagationLossModel(loss);
    channel->SetPropagationDelayModel(CreateObject<ConstantSpeedPropagationDelayModel>());
    m_phy.SetChannel(channel);
}

WifiAccess::~WifiAccess() = default;

Ptr<NetDevice>
WifiAccess::Install(Ptr<Node> node, double x, bool station)
{
    WifiHelper wifi;
    wifi.SetStandard(WIFI_STANDARD_80211g);
    wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager",
                                 "DataMode",
                                 StringValue("ErpOfdmRate24Mbps"),
                                 "ControlMode",
                                 StringValue("ErpOfdmRate6Mbps"));
    WifiMacHelper mac;
    const SsidValue network(Ssid("strata"));
    if (station)
    {
        mac.SetType("ns3::strata::AuthenticatingStaMac", "Ssid", network);
        mac.SetAssocManager("ns3::strata::AuthenticatingAssocManager");
    }
    else
    {
        mac.SetType("ns3::strata::AuthenticatingApMac", "Ssid", network);
    }
    const auto devices = wifi.Install(m_phy, mac, NodeContainer(node));
    const auto device = DynamicCast<WifiNetDevice>(devices.Get(0));
    auto position = CreateObject<ConstantVelocityMobilityModel>();
    position->SetPosition(Vector(x, 0, 0));
    // a node may have several access points, each at a place of its own
    device->GetPhy()->SetMobility(position);
    if (station)
    {
        m_position = position;
    }
    return device;
}

std::vector<Ptr<NetDevice>>
WifiAccess::BuildAccessPoints(const std::vector<Ptr<Node>>& routers)
{
    for (const auto& router : routers)
    {
        const std::size_t number = m_points.size();
        m_points.push_back(Install(router, SPACING * static_cast<double>(number), false));
        const auto mac = DynamicCast<WifiNetDevice>(m_points.back())->GetMac();
        mac->TraceConnectWithoutContext(
            "AssociatedSta",
            Callback<void, uint16_t, Mac48Address>(
                [this, number](uint16_t, Mac48Address station) { Associated(number, station); }));
    }
    return m_points;
}

Ptr<NetDevice>
WifiAccess::BuildStation(Ptr<Node> machine)
{
    m_station = Install(machine, 0, true);
    return m_station;
}

void
WifiAccess::Associated(std::size_t point, Mac48Address station)
{
    for (std::size_t i = 0; i < m_points.size(); ++i)
    {
        if (i != point && m_moved)
        {
            m_moved(m_points[i], station);
        }
    }
}

void
WifiAccess::ScheduleWalk(Nanos when)
{
    const Ptr<ConstantVelocityMobilityModel> position =
        DynamicCast<ConstantVelocityMobilityModel>(m_position);
    const Time start = NanoSeconds(when.count()) - Seconds(RANGE / SPEED);
    const Time end = start + Seconds(SPACING / SPEED);
    Simulator::Schedule(Max(start - Simulator::Now(), Seconds(0)),
                        [position] { position->SetVelocity(Vector(SPEED, 0, 0)); });
    Simulator::Schedule(Max(end - Simulator::Now(), Seconds(0)),
                        [position] { position->SetVelocity(Vector(0, 0, 0)); });
}

void
WifiAccess::EnablePcap(const std::string& name)
{
    m_phy.EnablePcap(name, m_station, true, true);
}

} // namespace strata
} // namespace ns3
