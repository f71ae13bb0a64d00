// SPDX-License-Identifier: GPL-2.0-only

// A layer over Wi-Fi: an access point and its stations.

#include "strata-layer-test-case.h"

#include "ns3/ap-wifi-mac.h"
#include "ns3/boolean.h"
#include "ns3/mobility-helper.h"
#include "ns3/mobility-model.h"
#include "ns3/node-container.h"
#include "ns3/ssid.h"
#include "ns3/sta-wifi-mac.h"
#include "ns3/strata-wifi-flow-provider.h"
#include "ns3/txop.h"
#include "ns3/wifi-helper.h"
#include "ns3/wifi-mac-header.h"
#include "ns3/wifi-mpdu.h"
#include "ns3/wifi-net-device.h"
#include "ns3/yans-wifi-helper.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

class WifiTest : public LayerTestCase
{
  public:
    WifiTest()
        : LayerTestCase("A layer runs over an access point, which forgets a station that leaves")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(3); // the access point first
        WifiHelper wifi;
        wifi.SetStandard(WIFI_STANDARD_80211a);
        wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager");
        YansWifiPhyHelper phy;
        phy.SetChannel(YansWifiChannelHelper::Default().Create());
        WifiMacHelper mac;
        const Ssid ssid("campus");
        mac.SetType("ns3::ApWifiMac", "Ssid", SsidValue(ssid), "QosSupported", BooleanValue(false));
        NetDeviceContainer devices = wifi.Install(phy, mac, nodes.Get(0));
        mac.SetType("ns3::StaWifiMac",
                    "Ssid",
                    SsidValue(ssid),
                    "QosSupported",
                    BooleanValue(false));
        devices.Add(wifi.Install(phy, mac, NodeContainer(nodes.Get(1), nodes.Get(2))));
        MobilityHelper places;
        places.Install(nodes);
        std::vector<Ptr<LayerMember>> members;
        for (uint32_t i = 0; i < 3; ++i)
        {
            members.push_back(MakeMember(nodes.Get(i)));
            members[i]->AddDevice(devices.Get(i));
            const auto provider = DynamicCast<WifiFlowProvider>(members[i]->GetProviders()[0]);
            NS_TEST_ASSERT_MSG_EQ((provider != nullptr), true, "made for Wi-Fi");
        }
        NS_TEST_ASSERT_MSG_EQ(members[1]->GetState().ports.empty(), true, "not associated yet");
        members[0]->Bootstrap(MakeName(1), 16);
        members[1]->Join(MakeName(2));
        members[2]->Join(MakeName(3));
        members[1]->Take(RegisterEvent{"p1"});
        members[2]->Take(RegisterEvent{"p2"});
        Run(Seconds(3));
        for (uint32_t i = 0; i < 3; ++i)
        {
            NS_TEST_ASSERT_MSG_EQ(Neighbors(members[i]).size(), 2, "full mesh of " << i);
        }
        Deliveries at;
        at.Watch(members[2]);
        const uint32_t session = Open(members[1], "p1", "p2");
        Run(Seconds(4));
        Say(members[1], session, 500);
        Run(Seconds(5));
        NS_TEST_ASSERT_MSG_EQ(at.messages, 1, "from station to station");

        // the second station says that it leaves
        const auto station = DynamicCast<WifiNetDevice>(devices.Get(2))->GetMac();
        const auto access = DynamicCast<WifiNetDevice>(devices.Get(0))->GetMac();
        WifiMacHeader header;
        header.SetType(WIFI_MAC_MGT_DISASSOCIATION);
        header.SetAddr1(access->GetAddress());
        header.SetAddr2(station->GetAddress());
        header.SetAddr3(access->GetAddress());
        header.SetDsNotFrom();
        header.SetDsNotTo();
        station->GetTxop()->Queue(Create<WifiMpdu>(Create<Packet>(2), header)); // and a reason code
        Run(Seconds(5.1));
        NS_TEST_ASSERT_MSG_EQ((Neighbors(members[0]) == std::set<MemberName>{MakeName(2)}),
                              true,
                              "the access point forgot it");
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[1]).size(), 2, "the other station can't know");
        members[0]->Dispose(); // the access point goes on without a member
        Run(Seconds(6));
    }
};

class WifiLinkTest : public LayerTestCase
{
  public:
    WifiLinkTest()
        : LayerTestCase("A station's flows end when it loses its access point, and come again")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(2);
        WifiHelper wifi;
        wifi.SetStandard(WIFI_STANDARD_80211a);
        wifi.SetRemoteStationManager("ns3::ConstantRateWifiManager");
        YansWifiPhyHelper phy;
        phy.SetChannel(YansWifiChannelHelper::Default().Create());
        WifiMacHelper mac;
        const Ssid ssid("campus");
        mac.SetType("ns3::ApWifiMac", "Ssid", SsidValue(ssid));
        NetDeviceContainer devices = wifi.Install(phy, mac, nodes.Get(0));
        mac.SetType("ns3::StaWifiMac", "Ssid", SsidValue(ssid));
        devices.Add(wifi.Install(phy, mac, nodes.Get(1)));
        MobilityHelper places;
        places.Install(nodes);
        std::vector<Ptr<LayerMember>> members;
        for (uint32_t i = 0; i < 2; ++i)
        {
            members.push_back(MakeMember(nodes.Get(i)));
            members[i]->AddDevice(devices.Get(i));
        }
        members[0]->Bootstrap(MakeName(1), 16);
        members[1]->Join(MakeName(2));
        Run(Seconds(2));
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[1]).size(), 1, "linked");
        const auto place = nodes.Get(1)->GetObject<MobilityModel>();
        place->SetPosition(Vector(10000, 0, 0));
        Run(Seconds(5));
        NS_TEST_ASSERT_MSG_EQ(members[1]->GetState().ports.empty(), true, "out of reach");
        place->SetPosition(Vector(0, 0, 0));
        Run(Seconds(8));
        NS_TEST_ASSERT_MSG_EQ(members[1]->GetState().ports.empty(), false, "back");
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[1]).size(), 1, "linked again");
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[0]).size(), 1, "both ways");
    }
};

class LayerWifiTestSuite : public TestSuite
{
  public:
    LayerWifiTestSuite()
        : TestSuite("strata-layer-wifi")
    {
        AddTestCase(new WifiTest);
        AddTestCase(new WifiLinkTest);
    }
};

LayerWifiTestSuite g_layerWifiTestSuite;

} // namespace
