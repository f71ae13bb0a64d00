// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_TEST_CASE_H
#define STRATA_LAYER_TEST_CASE_H

#include "ns3/simulator.h"
#include "ns3/strata-layer-member.h"
#include "ns3/test.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** What the suites of layers share. */
class LayerTestCase : public TestCase
{
  public:
    using TestCase::TestCase;

  protected:
    void DoTeardown() override
    {
        Simulator::Destroy();
    }

    static Ptr<LayerMember> MakeMember(Ptr<Node> node,
                                       uint16_t layer = 1,
                                       const LayerPolicies& policies = LayerPolicies())
    {
        LayerParameters parameters;
        parameters.layerId = layer;
        parameters.layerName = "layer-" + std::to_string(layer);
        auto member = CreateObject<LayerMember>();
        member->Setup(node, parameters, policies);
        return member;
    }

    static void Run(Time until)
    {
        Simulator::Stop(until - Simulator::Now());
        Simulator::Run();
    }

    /** The first member begins the layer, the others join one after the other as 2, 3, ... */
    static void Enroll(const std::vector<Ptr<LayerMember>>& members)
    {
        members[0]->Bootstrap(MakeName(1), 16);
        for (std::size_t i = 1; i < members.size(); ++i)
        {
            Simulator::Schedule(MilliSeconds(100 * i),
                                &LayerMember::Join,
                                members[i],
                                MakeName(static_cast<uint16_t>(i + 1)));
        }
    }

    static std::set<MemberName> Neighbors(Ptr<LayerMember> member)
    {
        std::set<MemberName> names;
        for (const auto& [port, link] : member->GetState().links)
        {
            names.insert(link.neighbor);
        }
        return names;
    }

    /** Opens a session and gives its number. */
    static uint32_t Open(Ptr<LayerMember> member, const std::string& from, const std::string& to)
    {
        std::set<uint32_t> before;
        for (const auto& [number, session] : member->GetState().sessions)
        {
            before.insert(number);
        }
        OpenSessionEvent open;
        open.process = from;
        open.peer = to;
        member->Take(open);
        for (const auto& [number, session] : member->GetState().sessions)
        {
            if (before.count(number) == 0)
            {
                return number;
            }
        }
        return 0;
    }

    static void Say(Ptr<LayerMember> member, uint32_t session, std::size_t bytes)
    {
        SendEvent send;
        send.session = session;
        send.message.assign(bytes, 0x2a);
        member->Take(send);
    }
};

/** Counts what a member delivers. */
struct Deliveries
{
    std::size_t messages{0};
    std::size_t bytes{0};

    void Watch(Ptr<LayerMember> member)
    {
        member->TraceConnectWithoutContext("Deliver", MakeCallback(&Deliveries::Count, this));
    }

    void Count(const DeliverEffect& delivery)
    {
        ++messages;
        bytes += delivery.message.size();
    }
};

/** Calls a function at each notice. */
struct NoticeTap
{
    std::function<void(const Notice&)> on;

    void Hear(const Notice& notice)
    {
        on(notice);
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_TEST_CASE_H */
