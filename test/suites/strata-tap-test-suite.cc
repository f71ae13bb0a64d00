// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/boolean.h"
#include "ns3/global-value.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/strata-tap-helper.h"
#include "ns3/string.h"
#include "ns3/test.h"

#include <string>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/**
 * What needs neither permission nor a namespace: what cannot be done is told, and the node gets no
 * device. (What can be done is in test/peers/linux-chain.sh.)
 */
class RefusalTestCase : public TestCase
{
  public:
    RefusalTestCase()
        : TestCase("a TAP that cannot be made is one line and no device")
    {
    }

  private:
    void Refuses(const std::string& error)
    {
        const auto result = m_tap.Install(m_node);
        NS_TEST_EXPECT_MSG_EQ(result.has_value(), false, "is refused: " << error);
        if (!result)
        {
            NS_TEST_EXPECT_MSG_EQ(result.error(), error, "says why");
        }
        NS_TEST_EXPECT_MSG_EQ(m_node->GetNDevices(), 0, "no device is left");
    }

    void DoRun() override
    {
        StringValue simulator;
        BooleanValue checksums;
        GlobalValue::GetValueByName("SimulatorImplementationType", simulator);
        GlobalValue::GetValueByName("ChecksumEnabled", checksums);

        // made before the simulator is asked to be another one
        m_node = CreateObject<Node>();
        m_tap.SetNamespace("/nowhere/net");
        Refuses("a TAP needs the simulator to run in real time");

        StrataTapHelper::EnableRealTime();
        Refuses("there is no network namespace '/nowhere/net' (/nowhere/net)");
        m_tap.SetNamespace("strata-nowhere");
        Refuses("there is no network namespace 'strata-nowhere' (/var/run/netns/strata-nowhere)");
        m_tap.SetNamespace("/proc/self/comm");
        NS_TEST_EXPECT_MSG_EQ(m_tap.Install(m_node).has_value(), false, "a file is no namespace");
        m_tap.SetNamespace("");
        m_tap.SetDeviceName("sixteen-letters-");
        Refuses("'sixteen-letters-' is no name for a device");

        GlobalValue::Bind("SimulatorImplementationType", simulator);
        GlobalValue::Bind("ChecksumEnabled", checksums);
        m_node = nullptr;
        Simulator::Destroy();
    }

    StrataTapHelper m_tap;
    Ptr<Node> m_node;
};

class TapTestSuite : public TestSuite
{
  public:
    TapTestSuite()
        : TestSuite("strata-tap")
    {
        AddTestCase(new RefusalTestCase);
    }
};

TapTestSuite g_tapTestSuite;

} // namespace
