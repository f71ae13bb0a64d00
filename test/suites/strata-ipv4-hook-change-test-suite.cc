// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-hooks-test-case.h"

#include "ns3/ipv4-list-routing.h"
#include "ns3/ipv4-static-routing.h"
#include "ns3/strata-ipv4-hook-routing.h"

#include <map>
#include <string>

using namespace ns3;
using namespace ns3::strata;

namespace
{

/** Elements that have letters, and what they do when a datagram comes; all at FORWARD. */
class ChangeTestCase : public HooksTestCase
{
  public:
    using HooksTestCase::HooksTestCase;

  protected:
    /** \param action what the element does at its first datagram */
    void Add(char letter, int priority, HookProbe::Action action = nullptr)
    {
        elements[letter] = CreateObject<HookProbe>(
            [this, letter, action, first = true](Ipv4HookPacket& p) mutable {
                order += letter;
                const bool acts = first && action;
                first = false;
                return acts ? action(p) : HookVerdict::ACCEPT;
            });
        Attach(letter, priority);
    }

    void Attach(char letter, int priority)
    {
        NS_TEST_EXPECT_MSG_EQ(Hooks(1)->Attach(HookPoint::FORWARD, priority, elements[letter]),
                              true,
                              "attached " << letter);
    }

    void Detach(char letter)
    {
        NS_TEST_EXPECT_MSG_EQ(Hooks(1)->Detach(HookPoint::FORWARD, elements[letter]),
                              true,
                              "detached " << letter);
    }

    /** Sends two datagrams; \p expected is who saw the first, a blank, and who saw the second. */
    void Expect(const std::string& expected)
    {
        Ptr<UdpServer> server = Serve(2);
        Send(0, "10.0.1.2", 2);
        Simulator::Schedule(Seconds(1.05), [this] { order += ' '; });
        Run();
        NS_TEST_EXPECT_MSG_EQ(order, expected, "who saw what");
        NS_TEST_EXPECT_MSG_EQ(server->GetReceived(), 2, "both arrive");
        elements.clear();
    }

    /** An action that keeps the datagram for 10 ms, and then lets it go on behind \p letter. */
    HookProbe::Action Keep(char letter, std::function<void()> before, std::function<void()> later)
    {
        return [=](Ipv4HookPacket& packet) {
            before();
            Ipv4HookPacket kept = packet;
            Simulator::Schedule(MilliSeconds(10), [=] {
                later();
                order += '/';
                Hooks(1)->Resume(kept, elements[letter]);
            });
            return HookVerdict::TAKEN;
        };
    }

    /** An action that does something and accepts. */
    static HookProbe::Action Do(std::function<void()> what)
    {
        return [=](Ipv4HookPacket&) {
            what();
            return HookVerdict::ACCEPT;
        };
    }

    std::map<char, Ptr<HookProbe>> elements;
    std::string order;
};

/** One case: what is attached, and what is expected. */
class ChangeTest : public ChangeTestCase
{
  public:
    using Setup = std::function<void(ChangeTest&)>;

    ChangeTest(const std::string& name, std::string expected, Setup setup)
        : ChangeTestCase(name),
          m_expected(std::move(expected)),
          m_setup(std::move(setup))
    {
    }

    using ChangeTestCase::Add;
    using ChangeTestCase::Attach;
    using ChangeTestCase::Detach;
    using ChangeTestCase::Do;
    using ChangeTestCase::Keep;

  private:
    void DoRun() override
    {
        Build();
        m_setup(*this);
        Expect(m_expected);
    }

    std::string m_expected;
    Setup m_setup;
};

class WallTest : public HooksTestCase
{
  public:
    WallTest()
        : HooksTestCase("No datagram passes a wall behind an element that detaches itself")
    {
    }

  private:
    void DoRun() override
    {
        Build();
        Ptr<HookProbe> once = CreateObject<HookProbe>([&](Ipv4HookPacket& packet) {
            Hooks(1)->Detach(packet.point, m_once);
            return HookVerdict::ACCEPT;
        });
        m_once = once;
        Ptr<HookProbe> wall =
            CreateObject<HookProbe>([](Ipv4HookPacket&) { return HookVerdict::DROP; });
        Hooks(1)->Attach(HookPoint::FORWARD, 1, once);
        Hooks(1)->Attach(HookPoint::FORWARD, 2, wall);
        Ptr<UdpServer> server = Serve(2);
        Send(0, "10.0.1.2", 5);
        Run();
        NS_TEST_ASSERT_MSG_EQ(server->GetReceived(), 0, "none");
        NS_TEST_ASSERT_MSG_EQ(wall->seen.size(), 5, "all are seen");
        NS_TEST_ASSERT_MSG_EQ(once->seen.size(), 1, "once");
        m_once = nullptr;
    }

    Ptr<HookProbe> m_once;
};

class NewRoutingTest : public HooksTestCase
{
  public:
    NewRoutingTest(bool around)
        : HooksTestCase(std::string("The hook points stay when another routing protocol is set") +
                        (around ? " around the one that was there" : "")),
          m_around(around)
    {
    }

  private:
    void DoRun() override
    {
        Build();
        std::vector<Ptr<HookProbe>> probes;
        for (uint32_t i = 0; i < 3; ++i)
        {
            probes.push_back(AttachEverywhere(i));
        }
        // The third datagram is held while that happens.
        uint32_t count = 0;
        Ptr<HookProbe> holder = CreateObject<HookProbe>([&](Ipv4HookPacket& packet) {
            if (++count != 3)
            {
                return HookVerdict::ACCEPT;
            }
            Simulator::Schedule(MilliSeconds(75),
                                [this, packet] { Hooks(1)->Resume(packet, m_holder); });
            return HookVerdict::TAKEN;
        });
        m_holder = holder;
        Hooks(1)->Attach(HookPoint::FORWARD, 1, holder);
        for (uint32_t i = 0; i < 2; ++i)
        {
            Simulator::Schedule(Seconds(1.25), [this, i] { Replace(nodes.Get(i)); });
        }
        Ptr<UdpServer> server = Serve(2);
        Send(0, "10.0.1.2", 6);
        Run();
        NS_TEST_ASSERT_MSG_EQ(server->GetReceived(), 6, "all arrive");
        NS_TEST_ASSERT_MSG_EQ(probes[0]->Count(HookPoint::OUTPUT), 6, "OUTPUT");
        NS_TEST_ASSERT_MSG_EQ(probes[0]->Count(HookPoint::POSTROUTING), 6, "POSTROUTING");
        NS_TEST_ASSERT_MSG_EQ(probes[1]->Count(HookPoint::PREROUTING), 6, "PREROUTING");
        NS_TEST_ASSERT_MSG_EQ(probes[1]->Count(HookPoint::FORWARD), 6, "FORWARD");
        NS_TEST_ASSERT_MSG_EQ(probes[1]->Count(HookPoint::POSTROUTING), 6, "POSTROUTING");
        m_holder = nullptr;
    }

    void Replace(Ptr<Node> node)
    {
        Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
        if (m_around)
        {
            Ptr<Ipv4ListRouting> list = CreateObject<Ipv4ListRouting>();
            list->AddRoutingProtocol(ipv4->GetRoutingProtocol(), 0);
            ipv4->SetRoutingProtocol(list);
            return;
        }
        Ptr<Ipv4StaticRouting> routing = CreateObject<Ipv4StaticRouting>();
        ipv4->SetRoutingProtocol(routing);
        if (node->GetId() == 0)
        {
            routing->SetDefaultRoute("10.0.0.2", 1);
        }
    }

    bool m_around;
    Ptr<HookProbe> m_holder;
};

class StrataIpv4HookChangeTestSuite : public TestSuite
{
  public:
    StrataIpv4HookChangeTestSuite()
        : TestSuite("strata-ipv4-hook-change")
    {
        AddTestCase(new WallTest);
        const auto add = [this](const char* name, const char* expected, ChangeTest::Setup setup) {
            AddTestCase(new ChangeTest(name, expected, std::move(setup)));
        };
        add("Who detaches itself keeps no other from the datagram", "abc bc", [](ChangeTest& t) {
            t.Add('a', 1, ChangeTest::Do([&t] { t.Detach('a'); }));
            t.Add('b', 2);
            t.Add('c', 3);
        });
        add("Who is detached ahead sees nothing more", "ac ac", [](ChangeTest& t) {
            t.Add('a', 1, ChangeTest::Do([&t] { t.Detach('b'); }));
            t.Add('b', 2);
            t.Add('c', 3);
        });
        add("All are detached at once", "a ", [](ChangeTest& t) {
            t.Add('a', 1, ChangeTest::Do([&t] {
                      t.Detach('a');
                      t.Detach('b');
                  }));
            t.Add('b', 2);
        });
        add("Who is new waits for the next datagram", "ad xaydz", [](ChangeTest& t) {
            t.Add('a', 1, ChangeTest::Do([&t] {
                      t.Add('x', 0);
                      t.Add('y', 1);
                      t.Add('z', 9);
                  }));
            t.Add('d', 5);
        });
        add("Who moves sees a datagram once", "ab ba", [](ChangeTest& t) {
            t.Add('a', 1, ChangeTest::Do([&t] {
                      t.Detach('a');
                      t.Attach('a', 3);
                  }));
            t.Add('b', 2);
        });
        const auto nothing = [] {};
        add("What was taken goes on behind who took it, though that is gone",
            "ab/cd acd",
            [=](ChangeTest& t) {
                t.Add('a', 1);
                t.Add('b',
                      2,
                      t.Keep(
                          'b',
                          [&t] { t.Detach('b'); },
                          nothing));
                t.Add('c', 2);
                t.Add('d', 3);
            });
        add("What was taken goes on behind who took it, though others came and went",
            "ab/d xbd",
            [=](ChangeTest& t) {
                t.Add('a', 1);
                t.Add('b', 2, t.Keep('b', nothing, [&t] {
                    t.Detach('a');
                    t.Detach('c');
                    t.Add('x', 0);
                }));
                t.Add('c', 2);
                t.Add('d', 3);
            });
        add("What was taken is not shown again to who took it, though that moved",
            "ab/c acb",
            [=](ChangeTest& t) {
                t.Add('a', 1);
                t.Add('b', 2, t.Keep('b', nothing, [&t] {
                    t.Detach('b');
                    t.Attach('b', 4);
                }));
                t.Add('c', 3);
            });
        AddTestCase(new NewRoutingTest(false));
        AddTestCase(new NewRoutingTest(true));
    }
};

StrataIpv4HookChangeTestSuite g_strataIpv4HookChangeTestSuite;

} // namespace
