// SPDX-License-Identifier: GPL-2.0-only

// How a member lives on a node.

#include "strata-layer-test-case.h"

#include "ns3/error-model.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/strata-layer-member-list.h"
#include "ns3/strata-point-to-point-device.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/string.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Two members on a cable. */
class PairTestCase : public LayerTestCase
{
  public:
    using LayerTestCase::LayerTestCase;

  protected:
    void Build(const LayerParameters& parameters = {}, const LayerPolicies& policies = {})
    {
        nodes.Create(2);
        StrataPointToPointHelper links;
        links.SetDeviceAttribute("DataRate", StringValue("1Mbps"));
        links.SetChannelAttribute("Delay", StringValue("1ms"));
        cable = links.Install(nodes);
        for (uint32_t i = 0; i < 2; ++i)
        {
            members.push_back(CreateObject<LayerMember>());
            members[i]->Setup(nodes.Get(i), parameters, policies);
            members[i]->AddDevice(cable.Get(i));
            members[i]->TraceConnectWithoutContext("Notice",
                                                   MakeCallback(&NoticeTap::Hear, &taps[i]));
            taps[i].on = [](const Notice&) {};
        }
    }

    NodeContainer nodes;
    NetDeviceContainer cable;
    std::vector<Ptr<LayerMember>> members;
    NoticeTap taps[2];
};

class TurnsTest : public PairTestCase
{
  public:
    TurnsTest()
        : PairTestCase("Events that arrive while effects are carried out wait their turn")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Enroll(members);
        Run(Seconds(1));
        int depth = 0;
        int heard = 0;
        taps[0].on = [&](const Notice& notice) {
            NS_TEST_ASSERT_MSG_EQ(depth, 0, "one at a time");
            ++depth;
            if (std::holds_alternative<SessionEndedNotice>(notice) && ++heard < 5)
            {
                const auto before = members[0]->GetState();
                // there is no such process: ends at once, with another notice
                members[0]->Take(OpenSessionEvent{"nobody", "nowhere"});
                NS_TEST_ASSERT_MSG_EQ((members[0]->GetState() == before), true, "untouched");
            }
            --depth;
        };
        members[0]->Take(OpenSessionEvent{"nobody", "nowhere"});
        NS_TEST_ASSERT_MSG_EQ(heard, 5, "all had their turn before Take was done");
    }
};

class DeathTest : public PairTestCase
{
  public:
    DeathTest()
        : PairTestCase("A member dies in the middle of a turn; its neighbour learns by silence")
    {
    }

  private:
    void DoRun() override
    {
        LayerParameters parameters;
        parameters.helloInterval = std::chrono::milliseconds(100);
        parameters.holdTime = std::chrono::milliseconds(350);
        Build(parameters);
        Enroll(members);
        bool died = false;
        taps[0].on = [&](const Notice& notice) {
            const auto* link = std::get_if<LinkNotice>(&notice);
            died = died || (link != nullptr && link->died);
        };
        bool alone = false;
        // as a frame is being handled, with effects not carried out yet, and the last to hold it
        taps[1].on = [&](const Notice& notice) {
            if (std::holds_alternative<LinkNotice>(notice))
            {
                members[1]->Dispose();
                members[1] = nullptr;
                alone = true;
            }
        };
        Run(Seconds(0.2));
        NS_TEST_ASSERT_MSG_EQ(alone, true, "gone");
        NS_TEST_ASSERT_MSG_EQ(LayerMemberList::Of(nodes.Get(1))->GetMembers().empty(), true, "off");
        NS_TEST_ASSERT_MSG_EQ(died, false, "not known yet");
        Run(Seconds(1));
        NS_TEST_ASSERT_MSG_EQ(died, true, "died by silence");
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[0]).empty(), true, "no link");

        // another is born on the same device
        taps[1].on = [](const Notice&) {};
        members[1] = CreateObject<LayerMember>();
        members[1]->Setup(nodes.Get(1), parameters, LayerPolicies());
        members[1]->AddDevice(cable.Get(1));
        members[1]->Join();
        Run(Seconds(2));
        NS_TEST_ASSERT_MSG_EQ(Neighbors(members[0]).size(), 1, "linked");
        const uint64_t before = Simulator::GetEventCount();
        members[1]->Take(LeaveEvent{});
        members[1]->Dispose();
        members[1]->Take(JoinEvent{});
        NS_TEST_ASSERT_MSG_EQ(members[1]->IsSetUp(), false, "nothing happens after Dispose");
        Run(Seconds(3));
        NS_TEST_ASSERT_MSG_GT(Simulator::GetEventCount(), before, "the other goes on");
    }
};

class VanishedFlowTest : public PairTestCase
{
  public:
    VanishedFlowTest()
        : PairTestCase("PDUs that wait for a flow that ends are counted")
    {
    }

  private:
    void DoRun() override
    {
        LayerPolicies policies;
        policies.scheduler = std::make_shared<FifoScheduler>(QueueLimit{20});
        Build({}, policies);
        Enroll(members);
        members[0]->Take(RegisterEvent{"from"});
        members[1]->Take(RegisterEvent{"to"});
        Run(Seconds(1));
        const uint32_t session = Open(members[0], "from", "to");
        Run(Seconds(2));
        for (int i = 0; i < 30; ++i)
        {
            Say(members[0], session, 1000);
        }
        // one is being sent, 20 wait, 9 found the queue full
        NS_TEST_ASSERT_MSG_EQ(members[0]->GetDrops(MemberDrop::QUEUE_FULL), 9, "full");
        DynamicCast<strata::PointToPointDevice>(cable.Get(0))->Detach();
        NS_TEST_ASSERT_MSG_EQ(members[0]->GetDrops(MemberDrop::FLOW_ENDED), 20, "counted");
        Run(Seconds(3));
        NS_TEST_ASSERT_MSG_EQ(members[0]->GetDrops(MemberDrop::FLOW_ENDED), 20, "once");
    }
};

class ContextTest : public PairTestCase
{
  public:
    ContextTest()
        : PairTestCase("Timers run in the context of the node, whoever caused them")
    {
    }

  private:
    void Check(uint32_t node, const TransmitEffect&)
    {
        ++m_seen;
        if (Simulator::Now() > MilliSeconds(100))
        {
            NS_TEST_ASSERT_MSG_EQ(Simulator::GetContext(), node, "context");
        }
    }

    void Bind(uint32_t i)
    {
        members[i]->TraceConnectWithoutContext(
            "Transmit",
            Callback<void, const TransmitEffect&>(
                [this, i](const TransmitEffect& effect) { Check(i, effect); }));
    }

    void DoRun() override
    {
        LayerParameters parameters;
        parameters.helloInterval = std::chrono::milliseconds(100);
        Build(parameters);
        Bind(0);
        Bind(1);
        Enroll(members); // without a context
        Run(Seconds(2));
        NS_TEST_ASSERT_MSG_GT(m_seen, 30, "hellos");
    }

    uint32_t m_seen{0};
};

class CutTest : public PairTestCase
{
  public:
    CutTest()
        : PairTestCase("Members learn by PDUs alone: a link that loses them stops convergence")
    {
    }

  private:
    bool Knows(const std::string& process)
    {
        return members[0]->GetState().locations.Find(process) != nullptr;
    }

    void DoRun() override
    {
        Build();
        Enroll(members);
        Run(Seconds(1));
        members[1]->Take(RegisterEvent{"before"});
        Run(Seconds(2));
        NS_TEST_ASSERT_MSG_EQ(Knows("before"), true, "learned");
        auto deaf = CreateObject<RateErrorModel>();
        deaf->SetRate(1);
        DynamicCast<strata::PointToPointDevice>(cable.Get(0))->SetReceiveErrorModel(deaf);
        members[1]->Take(RegisterEvent{"after"});
        Run(Seconds(4));
        NS_TEST_ASSERT_MSG_EQ(Knows("after"), false, "no PDU, no knowledge");
        deaf->Disable();
        Run(Seconds(20));
        NS_TEST_ASSERT_MSG_EQ(Knows("after"), true, "repeated until it got through");
    }
};

class LayerTestSuite : public TestSuite
{
  public:
    LayerTestSuite()
        : TestSuite("strata-layer")
    {
        AddTestCase(new TurnsTest);
        AddTestCase(new DeathTest);
        AddTestCase(new VanishedFlowTest);
        AddTestCase(new ContextTest);
        AddTestCase(new CutTest);
    }
};

LayerTestSuite g_layerTestSuite;

} // namespace
