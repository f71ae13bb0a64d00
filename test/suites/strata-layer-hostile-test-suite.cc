// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-test-case.h"

#include "ns3/node-container.h"
#include "ns3/packet.h"
#include "ns3/strata-gcrypt-authenticator.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-ppp-protocol-table.h"
#include "ns3/string.h"

#include <array>
#include <random>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** What a stranger on the wire sends. */
enum class Attack
{
    NOISE,    //!< random bytes
    MUTATION, //!< PDUs that it heard, with some bytes changed and right checksums
    REPLAY,   //!< PDUs that it heard, as they were
};

/**
 * Two members keep a reliable and a datagram session over two routers, while a stranger on a cable
 * of its own at each router sends what it likes. It hears all that crosses the routers' cable.
 */
class HostileCase : public LayerTestCase
{
  public:
    HostileCase(Attack attack, const std::string& name)
        : LayerTestCase(name),
          m_attack(attack)
    {
    }

  private:
    void DoRun() override;
    void Hear(Ptr<const Packet> packet);
    void Strike();

    Attack m_attack;
    std::vector<Bytes> m_heard;
    std::vector<Ptr<NetDevice>> m_weapons;
    std::mt19937 m_random{11};
    uint64_t m_struck{0};
};

void
HostileCase::Hear(Ptr<const Packet> packet)
{
    Bytes frame(packet->GetSize());
    packet->CopyData(frame.data(), packet->GetSize());
    if (m_heard.size() < 400)
    {
        m_heard.emplace_back(frame.begin() + 2, frame.end()); // without the PPP Protocol field
    }
}

void
HostileCase::Strike()
{
    Bytes bytes;
    if (m_attack == Attack::NOISE || m_heard.empty())
    {
        bytes.resize(m_random() % 200);
        for (uint8_t& byte : bytes)
        {
            byte = static_cast<uint8_t>(m_random());
        }
    }
    else
    {
        bytes = m_heard[m_random() % m_heard.size()];
    }
    if (m_attack == Attack::MUTATION)
    {
        auto pdu = Pdu::Decode(bytes);
        if (pdu)
        {
            Bytes body = Pdu::BodyBytes(pdu->body);
            for (int i = 0; i < 3 && !body.empty(); ++i)
            {
                body[m_random() % body.size()] = static_cast<uint8_t>(m_random());
            }
            pdu->body = UnknownBody{pdu->header.type, body};
            if (m_random() % 4 == 0)
            {
                pdu->header.source = m_random() % 6;
            }
            bytes.clear();
            ByteWriter writer(bytes);
            pdu->Encode(writer);
        }
    }
    const auto& weapon = m_weapons[m_random() % m_weapons.size()];
    weapon->Send(Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size())),
                 weapon->GetBroadcast(),
                 EtherType::LAYER_PDU);
    ++m_struck;
}

void
HostileCase::DoRun()
{
    NodeContainer nodes(6); // two routers, two ends, two strangers
    StrataPointToPointHelper links;
    links.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
    links.SetChannelAttribute("Delay", StringValue("1ms"));
    const Bytes key{'s', 'e', 'c', 'r', 'e', 't'};
    LayerPolicies policies;
    policies.security =
        std::make_shared<SharedSecretSecurity>(std::make_shared<GcryptAuthenticator>(key));
    std::vector<Ptr<LayerMember>> members;
    for (uint32_t i = 0; i < 4; ++i)
    {
        members.push_back(MakeMember(nodes.Get(i), 1, policies));
    }
    const auto join = [&](uint32_t a, uint32_t b) {
        const auto ends = links.Install(nodes.Get(a), nodes.Get(b));
        for (uint32_t i = 0; i < 2; ++i)
        {
            const uint32_t node = i == 0 ? a : b;
            if (node < members.size())
            {
                members[node]->AddDevice(ends.Get(i));
            }
            else
            {
                m_weapons.push_back(ends.Get(i));
            }
        }
        return ends.Get(0);
    };
    const auto middle = join(0, 1);
    middle->TraceConnectWithoutContext("PromiscSniffer", MakeCallback(&HostileCase::Hear, this));
    join(0, 2);
    join(1, 3);
    join(0, 4);
    join(1, 5);
    Enroll(members);
    Run(Seconds(2));
    members[2]->Take(RegisterEvent{"client"});
    members[3]->Take(RegisterEvent{"server"});
    Run(Seconds(3));
    std::array<uint32_t, 2> sessions{};
    for (std::size_t i = 0; i < 2; ++i)
    {
        OpenSessionEvent open;
        open.process = "client";
        open.peer = "server";
        open.service = i == 0 ? SessionService::DATAGRAM : SessionService::RELIABLE;
        members[2]->Take(open);
    }
    std::size_t next = 0;
    for (const auto& [number, entry] : members[2]->GetState().sessions)
    {
        sessions[next++] = number;
    }
    Deliveries deliveries;
    deliveries.Watch(members[3]);
    constexpr std::size_t MESSAGES = 400;
    for (std::size_t i = 0; i < MESSAGES; ++i)
    {
        Simulator::Schedule(Seconds(1) + MilliSeconds(5 * i), [&members, sessions] {
            Say(members[2], sessions[0], 100);
            Say(members[2], sessions[1], 100);
        });
    }
    for (uint32_t i = 0; i < 8000; ++i)
    {
        Simulator::Schedule(Seconds(1) + MicroSeconds(300 * i), &HostileCase::Strike, this);
    }
    Run(Seconds(20));
    NS_TEST_EXPECT_MSG_EQ(m_struck, 8000, "the strangers were at work");
    NS_TEST_EXPECT_MSG_EQ(deliveries.messages, 2 * MESSAGES, "every message came, and came once");
    NS_TEST_EXPECT_MSG_EQ(members[2]->GetState().sessions.size(), 2, "the client has its sessions");
    NS_TEST_EXPECT_MSG_EQ(members[3]->GetState().sessions.size(), 2, "the server has its sessions");
    uint64_t drops = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(MemberDrop::COUNT_); ++i)
    {
        drops += members[0]->GetDrops(static_cast<MemberDrop>(i));
        drops += members[1]->GetDrops(static_cast<MemberDrop>(i));
    }
    NS_TEST_EXPECT_MSG_GT(drops, m_struck / 4, "drops are counted");
    for (const auto& member : members)
    {
        NS_TEST_EXPECT_MSG_LT(member->GetState().linkStates.size(),
                              5,
                              "no router came out of thin air");
        member->Dispose();
    }
}

class HostileSuite : public TestSuite
{
  public:
    HostileSuite()
        : TestSuite("strata-layer-hostile")
    {
        AddTestCase(new HostileCase(Attack::NOISE, "sessions live through random bytes"));
        AddTestCase(new HostileCase(Attack::MUTATION, "sessions live through changed PDUs"));
        AddTestCase(new HostileCase(Attack::REPLAY, "sessions live through replayed PDUs"));
    }
};

HostileSuite g_hostileSuite;

} // namespace
