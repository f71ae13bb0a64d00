// SPDX-License-Identifier: GPL-2.0-only

// Layers over a layer, and how they share it.

#include "strata-layer-test-case.h"

#include "ns3/config.h"
#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-session-flow-provider.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <cstring>
#include <map>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/**
 * An underlay of three members, 1 to 3, and overlays between its ends, each over sessions of a
 * slice of its own. The second cable is the narrow one, so the member in the middle queues.
 */
class SharingTestCase : public LayerTestCase
{
  public:
    using LayerTestCase::LayerTestCase;

  protected:
    /** One overlay and what it sends from end to end. */
    struct Overlay
    {
        Ptr<LayerMember> from;
        Ptr<LayerMember> to;
        uint32_t session{0};
        uint64_t sent{0};
        uint64_t arrived{0};
        Time slowest;

        void Arrive(const DeliverEffect& delivery)
        {
            int64_t then = 0;
            std::memcpy(&then, delivery.message.data(), sizeof(then));
            slowest = Max(slowest, Simulator::Now() - NanoSeconds(static_cast<uint64_t>(then)));
            ++arrived;
        }

        void Send(Time interval)
        {
            SendEvent send;
            send.session = session;
            send.message.assign(MESSAGE, 0);
            const int64_t now = Simulator::Now().GetNanoSeconds();
            std::memcpy(send.message.data(), &now, sizeof(now));
            from->Take(send);
            ++sent;
            Simulator::Schedule(interval, &Overlay::Send, this, interval);
        }
    };

    static constexpr uint32_t MESSAGE = 924;
    /** On the narrow cable: a message in a PDU of the overlay in one of the underlay. */
    static constexpr uint32_t PDU = MESSAGE + 2 * (PduHeader::SIZE + 5 + 5);
    static constexpr double RATE = 10e6; //!< of the narrow cable

    void Build(std::shared_ptr<const SchedulerPolicy> scheduler)
    {
        NodeContainer nodes(3);
        LayerPolicies policies;
        policies.scheduler = scheduler;
        for (uint32_t i = 0; i < 3; ++i)
        {
            routers.push_back(MakeMember(nodes.Get(i), 1, policies));
        }
        StrataPointToPointHelper links;
        links.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
        cables.Add(links.Install(nodes.Get(0), nodes.Get(1)));
        links.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        cables.Add(links.Install(nodes.Get(1), nodes.Get(2)));
        routers[0]->AddDevice(cables.Get(0));
        routers[1]->AddDevice(cables.Get(1));
        routers[1]->AddDevice(cables.Get(2));
        routers[2]->AddDevice(cables.Get(3));
        Enroll(routers);
        Run(Seconds(1));
        for (uint16_t i = 0; i < 2; ++i)
        {
            Overlay& overlay = overlays[i];
            overlay.from = MakeMember(nodes.Get(0), 10 + i);
            overlay.to = MakeMember(nodes.Get(2), 10 + i);
            const std::string name = "overlay-" + std::to_string(i);
            for (const auto& [above, below] :
                 {std::make_pair(overlay.from, routers[0]), std::make_pair(overlay.to, routers[2])})
            {
                auto provider = CreateObject<SessionFlowProvider>();
                provider->SetAttribute("Slice", UintegerValue(i + 1U));
                provider->SetUnderlay(below, above == overlay.to ? name + "-to" : name);
                above->AddProvider(provider);
                if (above == overlay.to)
                {
                    provider->Connect(name);
                }
            }
            overlay.from->Bootstrap(MakeName(1), 16);
            overlay.to->Join(MakeName(2));
            overlay.from->Take(RegisterEvent{"source"});
            overlay.to->Take(RegisterEvent{"sink"});
            overlay.to->TraceConnectWithoutContext("Deliver",
                                                   MakeCallback(&Overlay::Arrive, &overlay));
        }
        Run(Seconds(3));
        for (Overlay& overlay : overlays)
        {
            overlay.session = Open(overlay.from, "source", "sink");
        }
        Run(Seconds(4));
    }

    /** Each overlay sends PDUs of so many bit/s for four seconds; the first is not counted. */
    void Load(double first, double second)
    {
        const double rates[] = {first, second};
        for (int i = 0; i < 2; ++i)
        {
            if (rates[i] > 0)
            {
                overlays[i].Send(NanoSeconds(static_cast<uint64_t>(8e9 * (PDU + 2) / rates[i])));
            }
        }
        Run(Seconds(5));
        for (Overlay& overlay : overlays)
        {
            overlay.sent = 0;
            overlay.arrived = 0;
            overlay.slowest = Time(0);
        }
        Run(Seconds(8));
    }

    /** What arrived, as a part of what the narrow cable carries. */
    double Share(int i) const
    {
        return static_cast<double>(overlays[i].arrived) * 8 * (PDU + 2) / (3 * RATE);
    }

    static std::shared_ptr<const SchedulerPolicy> Shares(uint32_t first, uint32_t second)
    {
        SliceShares shares;
        shares[1] = {first, QueueLimit{100}};
        shares[2] = {second, QueueLimit{100}};
        return std::make_shared<DeficitRoundRobin>(shares);
    }

    std::vector<Ptr<LayerMember>> routers;
    NetDeviceContainer cables; //!< 0 and 1 the wide one, 2 and 3 the narrow one
    Overlay overlays[2];
};

class SharesTest : public SharingTestCase
{
  public:
    SharesTest()
        : SharingTestCase("Two overlays that both overload the layer below get their shares of it")
    {
    }

  private:
    void DoRun() override
    {
        Build(Shares(30, 70));
        Load(20e6, 20e6);
        // all of the cable is used, and the scheduler's bound holds for what arrived
        NS_TEST_ASSERT_MSG_EQ_TOL(Share(0) + Share(1), 1, 0.001, "busy");
        const double difference = std::abs(static_cast<double>(overlays[0].arrived) * PDU / 30 -
                                           static_cast<double>(overlays[1].arrived) * PDU / 70);
        NS_TEST_ASSERT_MSG_LT(difference, PDU / 30.0 + PDU / 70.0 + 2 + PDU / 30.0, "30 : 70");
        NS_TEST_ASSERT_MSG_GT(routers[1]->GetDrops(MemberDrop::QUEUE_FULL), 1000, "dropped here");
        NS_TEST_ASSERT_MSG_EQ(routers[0]->GetDrops(MemberDrop::QUEUE_FULL), 0, "not before");
    }
};

class LentShareTest : public SharingTestCase
{
  public:
    LentShareTest()
        : SharingTestCase("What one overlay leaves unused is lent to the other")
    {
    }

  private:
    void DoRun() override
    {
        Build(Shares(30, 70));
        Load(20e6, 0);
        NS_TEST_ASSERT_MSG_EQ_TOL(Share(0), 1, 0.001, "all of the cable");
    }
};

/** The slowest message of the second overlay, and its losses, beside a load of the first. */
class IsolationTest : public SharingTestCase
{
  public:
    IsolationTest(bool slices)
        : SharingTestCase(slices ? "An overlay that overloads does not disturb another's share"
                                 : "Without slices an overlay that overloads disturbs the other"),
          m_slices(slices)
    {
    }

  private:
    std::pair<uint64_t, Time> Measure(double other)
    {
        routers.clear();
        cables = NetDeviceContainer();
        for (Overlay& overlay : overlays)
        {
            overlay = Overlay();
        }
        Build(m_slices ? Shares(30, 70) : std::make_shared<FifoScheduler>(QueueLimit{100}));
        Load(other, 6e6);
        const Overlay& watched = overlays[1];
        // some are on their way at both ends of the count
        const uint64_t lost =
            watched.sent > watched.arrived + 1 ? watched.sent - watched.arrived : 0;
        const Time slowest = watched.slowest;
        Simulator::Destroy();
        return {lost, slowest};
    }

    void DoRun() override
    {
        const auto [lostAlone, alone] = Measure(0);
        const auto [lost, slowest] = Measure(20e6);
        NS_TEST_ASSERT_MSG_EQ(lostAlone, 0, "nothing is lost alone");
        // DeficitRoundRobin: W / w * L + n * L + 2 * W bytes; and the PDU that is being sent
        const double bytes = 100.0 / 70 * PDU + PDU + 2 * 100 + PDU + 3 * 2;
        const Time bound = Seconds(8 * bytes / RATE);
        if (m_slices)
        {
            NS_TEST_ASSERT_MSG_EQ(lost, 0, "nor beside a load");
            NS_TEST_ASSERT_MSG_LT(slowest - alone, bound, "the scheduler's bound");
        }
        else
        {
            NS_TEST_ASSERT_MSG_GT(lost, 100, "lost beside a load");
            NS_TEST_ASSERT_MSG_GT(slowest - alone, 10 * bound, "and late");
        }
    }

    bool m_slices;
};

class SliceTest : public SharingTestCase
{
  public:
    SliceTest()
        : SharingTestCase("An overlay's PDUs keep its slice on every hop, both ways")
    {
    }

  private:
    void Sniff(Ptr<const Packet> frame)
    {
        Bytes bytes(frame->GetSize());
        frame->CopyData(bytes.data(), frame->GetSize());
        const auto header = PduHeader::Decode(ByteView(bytes).Sub(2));
        NS_TEST_ASSERT_MSG_EQ(header.has_value(), true, "a PDU behind the PPP header");
        ++m_seen[header->slice];
        if (header->slice != CONTROL_SLICE)
        {
            NS_TEST_ASSERT_MSG_EQ(+static_cast<uint8_t>(header->type),
                                  +static_cast<uint8_t>(PduType::SESSION_DATA),
                                  "in a slice");
        }
        else
        {
            NS_TEST_ASSERT_MSG_NE(+static_cast<uint8_t>(header->type),
                                  +static_cast<uint8_t>(PduType::SESSION_DATA),
                                  "under control");
        }
    }

    void DoRun() override
    {
        Build(Shares(30, 70));
        for (uint32_t i = 0; i < 4; ++i)
        {
            cables.Get(i)->TraceConnectWithoutContext("PhyTxEnd",
                                                      MakeCallback(&SliceTest::Sniff, this));
        }
        // the way back of each overlay: opening, accepting and closing a session of its own
        const uint32_t back = Open(overlays[0].to, "sink", "source");
        Load(1e6, 1e6);
        Say(overlays[0].to, back, 100);
        Run(Seconds(9));
        NS_TEST_ASSERT_MSG_GT(m_seen[1], 2 * 300, "on both cables");
        NS_TEST_ASSERT_MSG_GT(m_seen[2], 2 * 300, "on both cables");
        NS_TEST_ASSERT_MSG_EQ(m_seen[0], 0, "nothing else");
    }

    std::map<uint8_t, uint64_t> m_seen;
};

class UnderlayDeathTest : public SharingTestCase
{
  public:
    UnderlayDeathTest()
        : SharingTestCase("When the member below dies, flows over its sessions end at once")
    {
    }

  private:
    void DoRun() override
    {
        Build(nullptr);
        NS_TEST_ASSERT_MSG_EQ(Neighbors(overlays[0].to).size(), 1, "linked");
        routers[2]->Dispose();
        NS_TEST_ASSERT_MSG_EQ(Neighbors(overlays[0].to).empty(), true, "ended");
        Run(Seconds(6));
        overlays[0].to->Dispose();
        overlays[1].from->Dispose(); // its underlay lives on
        Run(Seconds(7));
        NS_TEST_ASSERT_MSG_EQ(routers[0]->GetState().processes.size(), 1, "unregistered");
        const auto alive =
            Config::LookupMatches("/NodeList/*/$ns3::strata::LayerMemberList/Members/*");
        NS_TEST_ASSERT_MSG_EQ(alive.GetN(), 4, "two routers, and a member of each overlay");
    }
};

class LayerSharingTestSuite : public TestSuite
{
  public:
    LayerSharingTestSuite()
        : TestSuite("strata-layer-sharing")
    {
        AddTestCase(new SharesTest);
        AddTestCase(new LentShareTest);
        AddTestCase(new IsolationTest(true));
        AddTestCase(new IsolationTest(false));
        AddTestCase(new SliceTest);
        AddTestCase(new UnderlayDeathTest);
    }
};

LayerSharingTestSuite g_layerSharingTestSuite;

} // namespace
