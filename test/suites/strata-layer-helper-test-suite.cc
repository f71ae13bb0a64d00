// SPDX-License-Identifier: GPL-2.0-only

// Layers that are described in words.

#include "strata-layer-test-case.h"

#include "ns3/error-model.h"
#include "ns3/pointer.h"
#include "ns3/strata-layer-helper.h"
#include "ns3/strata-point-to-point-helper.h"

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** The devices of cables from each node to the next. */
NetDeviceContainer
Chain(const NodeContainer& nodes)
{
    StrataPointToPointHelper links;
    NetDeviceContainer devices;
    for (uint32_t i = 0; i + 1 < nodes.GetN(); ++i)
    {
        devices.Add(links.Install(nodes.Get(i), nodes.Get(i + 1)));
    }
    return devices;
}

class KnownWordsTest : public LayerTestCase
{
  public:
    KnownWordsTest()
        : LayerTestCase("Each documented policy and parameter can be set by its words")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<std::string, std::string>> policies = {
            {"naming", "hierarchical"},
            {"naming", "flat"},
            {"naming", "flat-assigned"},
            {"directory", "replicated"},
            {"directory", "server:3.1"},
            {"directory", "hashed"},
            {"directory", "none"},
            {"routing", "link-state"},
            {"routing", "learning"},
            {"routing", "anchor"},
            {"routing", "resolver"},
            {"routing", "static"},
            {"routing", "static:1 2/16 2,2 1/16 1"},
            {"forwarding", "longest-prefix"},
            {"forwarding", "exact"},
            {"attachment", "stay-put"},
            {"attachment", "tell-everyone"},
            {"attachment", "tell-path"},
            {"attachment", "tell-home"},
            {"location", "stay-put"},
            {"location", "tell-peer-and-directory"},
            {"location", "tell-peer-only"},
            {"location", "look-up-on-recovery"},
            {"location", "tell-by-rendezvous:1"},
            {"security", "open"},
#ifdef STRATA_HAVE_GCRYPT
            {"security", "secret:a text: with anything"},
#endif
            {"scheduler", "none"},
            {"scheduler", "fifo"},
            {"scheduler", "fifo:50"},
            {"scheduler", "drr:1=30,2=70"}};
        LayerHelper layer;
        for (const auto& [slot, choice] : policies)
        {
            NS_TEST_ASSERT_MSG_EQ(layer.CheckPolicy(slot, choice), "", slot << " " << choice);
        }
        layer.SetPolicy("routing", "anchor");
        layer.SetPolicy("scheduler", "drr:1=30,2=70");
        NS_TEST_ASSERT_MSG_EQ(layer.GetPolicies().routing->Name(), std::string("anchor"), "set");
        NS_TEST_ASSERT_MSG_EQ(layer.GetPolicies().scheduler->Name(),
                              std::string("deficit-round-robin"),
                              "set");
        for (const std::string& name : LayerHelper::GetParameterNames())
        {
            NS_TEST_ASSERT_MSG_EQ((layer.CheckParameter(name, "1s").empty() ||
                                   layer.CheckParameter(name, "200").empty() ||
                                   layer.CheckParameter(name, "leaf").empty()),
                                  true,
                                  name);
        }
        layer.SetParameter("HoldTime", "1.5s");
        layer.SetParameter("LearnAge", "5min");
        layer.SetParameter("HopLimit", "9");
        layer.SetParameter("Role", "leaf");
        NS_TEST_ASSERT_MSG_EQ(layer.GetParameters().holdTime.count(), 1500000000, "time");
        NS_TEST_ASSERT_MSG_EQ(layer.GetParameters().learnAge.count(), 300000000000, "minutes");
        NS_TEST_ASSERT_MSG_EQ(+layer.GetParameters().hopLimit, 9, "number");
        NS_TEST_ASSERT_MSG_EQ((layer.GetParameters().role == MemberRole::LEAF), true, "role");
    }
};

class UnknownWordsTest : public LayerTestCase
{
  public:
    UnknownWordsTest()
        : LayerTestCase("A word that is not known gives one line that says which are")
    {
    }

  private:
    void DoRun() override
    {
        const LayerHelper layer;
        NS_TEST_ASSERT_MSG_EQ(layer.CheckPolicy("rooting", "anchor"),
                              "a layer has no policy \"rooting\"; there are naming, directory,"
                              " routing, forwarding, attachment, location, security, scheduler",
                              "slot");
        NS_TEST_ASSERT_MSG_EQ(layer.CheckPolicy("forwarding", "fast"),
                              "no forwarding is called \"fast\"; there are longest-prefix, exact",
                              "choice");
        NS_TEST_ASSERT_MSG_EQ(layer.CheckPolicy("directory", "server"),
                              "directory \"server\" is written server:MEMBER",
                              "missing");
        for (const auto& [slot, choice] : std::vector<std::pair<std::string, std::string>>{
                 {"", ""},
                 {"routing", ""},
                 {"routing", "anchor:1"},
                 {"directory", "server:"},
                 {"directory", "server:0"},
                 {"directory", "server:1.2.3.4.5"},
                 {"directory", "server:x"},
                 {"routing", "static:1 2/65 2"},
                 {"routing", "static:1 2"},
                 {"scheduler", "fifo:-1"},
                 {"scheduler", "fifo:0"},
                 {"scheduler", "fifo:99999999999999999999"},
                 {"scheduler", "drr"},
                 {"scheduler", "drr:"},
                 {"scheduler", "drr:1"},
                 {"scheduler", "drr:1=0"},
                 {"scheduler", "drr:15=1"},
                 {"scheduler", "drr:1=30,,"},
                 {"security", "secret:"}})
        {
            const std::string fault = layer.CheckPolicy(slot, choice);
            NS_TEST_ASSERT_MSG_EQ(fault.empty(), false, slot << " " << choice);
            NS_TEST_ASSERT_MSG_EQ((fault.find('\n') == std::string::npos), true, "one line");
        }
        for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
                 {"Holdtime", "3s"},
                 {"HoldTime", "3"},
                 {"HoldTime", "s"},
                 {"HoldTime", "-1s"},
                 {"HoldTime", "1.2.3s"},
                 {"HoldTime", "3 s"},
                 {"HoldTime", "1000000h"},
                 {"HoldTime", "0.5ms"},
                 {"HoldTime", "65.536s"},
                 {"LeafHold", std::string(400, '9') + "s"},
                 {"RetryInterval", "0s"},
                 {"SessionMinRto", "0.1ns"},
                 {"HopLimit", "0"},
                 {"HopLimit", "256"},
                 {"HopLimit", "1s"},
                 {"Role", "king"}})
        {
            NS_TEST_ASSERT_MSG_EQ(layer.CheckParameter(name, value).empty(),
                                  false,
                                  name << " " << value);
        }
    }
};

class InstallTest : public LayerTestCase
{
  public:
    InstallTest(const std::string& naming, const std::string& directory)
        : LayerTestCase("A layer with " + naming + " names and the directory " + directory +
                        " carries a session"),
          m_naming(naming),
          m_directory(directory)
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(3);
        const NetDeviceContainer devices = Chain(nodes);
        LayerHelper layer;
        layer.SetLayer("campus", 7);
        layer.SetPolicy("directory", m_directory);
        layer.SetPolicy("naming", m_naming);
#ifdef STRATA_HAVE_GCRYPT
        layer.SetPolicy("security", "secret:swordfish");
#endif
        const LayerMemberContainer members = layer.Install(nodes);
        layer.AddDevices(devices);
        layer.Enroll(members, MilliSeconds(100));
        members.Get(0)->Take(RegisterEvent{"from"});
        members.Get(2)->Take(RegisterEvent{"to"});
        Deliveries at;
        at.Watch(members.Get(2));
        Run(Seconds(2));
        const uint32_t session = Open(members.Get(0), "from", "to");
        Run(Seconds(3));
        Say(members.Get(0), session, 10);
        Run(Seconds(4));
        NS_TEST_ASSERT_MSG_EQ(at.messages, 1, "delivered");
        NS_TEST_ASSERT_MSG_EQ(members.Get(2)->GetName(),
                              (m_naming == "flat" ? MemberName{3} : MakeName(3)),
                              "the third");
    }

    std::string m_naming;
    std::string m_directory;
};

class HoldTimeTest : public LayerTestCase
{
  public:
    HoldTimeTest()
        : LayerTestCase("A layer whose hold time alone is set lives on, and notices a death")
    {
    }

  private:
    void DoRun() override
    {
        NodeContainer nodes(3);
        const NetDeviceContainer devices = Chain(nodes);
        LayerHelper layer;
        layer.SetParameter("HoldTime", "3s");
        const LayerMemberContainer members = layer.Install(nodes);
        layer.AddDevices(devices);
        layer.Enroll(members, MilliSeconds(100));
        Run(Seconds(20));
        NS_TEST_ASSERT_MSG_EQ(members.Get(1)->GetState().links.size(), 2, "both neighbours live");
        NS_TEST_ASSERT_MSG_EQ(members.Get(0)->GetState().routes.size(), 2, "and are reached");
        auto error = CreateObject<RateErrorModel>();
        error->SetRate(1);
        error->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        devices.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(error));
        Run(Seconds(24.5));
        NS_TEST_ASSERT_MSG_EQ(members.Get(1)->GetState().links.size(), 1, "one was silent");
    }
};

class TogetherTest : public LayerTestCase
{
  public:
    TogetherTest()
        : LayerTestCase("Choices that make no layer together are told apart from those that do")
    {
    }

  private:
    static std::string Fault(const std::vector<std::pair<std::string, std::string>>& choices)
    {
        LayerHelper layer;
        for (const auto& [slot, choice] : choices)
        {
            slot == "HoldTime" || slot == "HelloInterval" ? layer.SetParameter(slot, choice)
                                                          : layer.SetPolicy(slot, choice);
        }
        return CheckTogether(layer.GetParameters(), layer.GetPolicies());
    }

    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(Fault({}), "", "the defaults");
        NS_TEST_ASSERT_MSG_EQ(Fault({{"HoldTime", "3s"}, {"HelloInterval", "1s"}}), "", "in time");
        NS_TEST_ASSERT_MSG_EQ(Fault({{"HoldTime", "1s"}, {"HelloInterval", "1s"}}),
                              "HoldTime is to be longer than HelloInterval: members would die "
                              "between two hellos",
                              "too late");
        NS_TEST_ASSERT_MSG_EQ(Fault({{"naming", "flat"}, {"forwarding", "exact"}}), "", "flat");
        NS_TEST_ASSERT_MSG_EQ(Fault({{"forwarding", "exact"}, {"routing", "learning"}}),
                              "",
                              "what is learned are single names");
        for (const std::string routing : {"link-state", "anchor", "resolver"})
        {
            NS_TEST_ASSERT_MSG_EQ(Fault({{"forwarding", "exact"}, {"routing", routing}}),
                                  "forwarding \"exact\" finds no route of routing \"" + routing +
                                      "\" with hierarchical names, which leads to blocks; take "
                                      "\"longest-prefix\"",
                                  routing);
        }
        NS_TEST_ASSERT_MSG_EQ(Fault({{"directory", "hashed"}, {"routing", "learning"}}),
                              "directory \"hashed\" needs to know all routers, which routing "
                              "\"learning\" does not tell",
                              "no ring");
    }
};

class LayerHelperTestSuite : public TestSuite
{
  public:
    LayerHelperTestSuite()
        : TestSuite("strata-layer-helper")
    {
        AddTestCase(new KnownWordsTest);
        AddTestCase(new UnknownWordsTest);
        AddTestCase(new HoldTimeTest);
        AddTestCase(new TogetherTest);
        for (const char* naming : {"hierarchical", "flat"})
        {
            for (const char* directory : {"replicated", "server:2", "hashed"})
            {
                AddTestCase(new InstallTest(naming, directory));
            }
        }
    }
};

LayerHelperTestSuite g_layerHelperTestSuite;

} // namespace
