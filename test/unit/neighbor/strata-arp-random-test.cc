// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-arp-machine.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

using namespace ns3::strata;
using std::chrono::milliseconds;

namespace
{

constexpr MacBytes ME{2, 0, 0, 0, 0, 1};

/**
 * Random messages, packets and times against one machine; what must hold whatever happens is
 * checked after each, with the caller's view (who is mapped where, which packets are where) built
 * from the effects alone.
 */
class RandomArp
{
  public:
    explicit RandomArp(uint64_t seed)
        : m_random(seed)
    {
        m_parameters.maxEntries = 1 + Below(12);
        m_parameters.maxPendingPerEntry = 1 + Below(4);
        m_parameters.maxPending = 1 + Below(10);
        m_parameters.learning = static_cast<ArpLearning>(Below(3));
        m_parameters.bindingCheck = static_cast<ArpBindingCheck>(Below(3));
        m_parameters.defence = static_cast<ArpDefence>(Below(3));
        m_parameters.poll = Below(2) == 0;
        m_parameters.acceptGratuitous = Below(4) != 0;
        m_parameters.acceptUnsolicited = Below(4) != 0;
        m_parameters.reachableTime = milliseconds(Below(5000));
        m_parameters.staleTime = milliseconds(Below(5000));
        m_parameters.failedTime = milliseconds(Below(2000));
        m_state.hardware = ME;
        m_state.addresses = {{Address(), 28}};
        m_state.proxies = {Ipv4Prefix(Address(), 31)};
        m_state.bindings = {{Address(), Hardware()}};
        const uint32_t fixed = Address();
        m_static = {fixed, Hardware()};
        Do(m_arp.AddStatic(m_state, m_static.first, m_static.second));
    }

    void Step()
    {
        const uint64_t choice = Below(10);
        if (choice < 4)
        {
            ArpMessage message{
                static_cast<ArpOperation>(Below(12) == 0 ? Below(65536) : 1 + Below(2)),
                Hardware(),
                Below(12) == 0 ? 0 : Address(),
                Hardware(),
                Address()};
            Do(m_arp.Receive(m_state, message, Below(2) == 0, m_now));
        }
        else if (choice < 8)
        {
            m_waiting.insert(++m_packet);
            Do(m_arp.Resolve(m_state, Address(), m_packet, m_now, milliseconds(Below(3) * 5)));
        }
        else if (choice == 8 && Below(8) == 0)
        {
            const uint32_t address = Address();
            m_arp.Probe(m_state, address, m_now, [this] { return Below(1000) / 1000.0; });
        }
        else
        {
            const Nanos next = ArpMachine::NextDeadline(m_state);
            m_now += milliseconds(Below(400));
            m_now = Below(2) == 0 && next != NEVER ? std::max(m_now, next) : m_now;
            Do(m_arp.Expire(m_state, m_now, [this] { return Below(1000) / 1000.0; }));
            EXPECT_GE(ArpMachine::NextDeadline(m_state), m_now);
        }
        Check();
    }

    /** After the last packet all settles, and all packets have come back. */
    void Settle()
    {
        for (int i = 0; i < 10000 && ArpMachine::NextDeadline(m_state) != NEVER; ++i)
        {
            m_now = std::max(m_now, ArpMachine::NextDeadline(m_state));
            Do(m_arp.Expire(m_state, m_now, [] { return 0.0; }));
            Check();
        }
        EXPECT_EQ(ArpMachine::NextDeadline(m_state), NEVER);
        EXPECT_TRUE(m_waiting.empty());
        EXPECT_EQ(m_state.entries.size(), 1u) << "the static one";
        EXPECT_EQ(m_mapped.size(), 1u);
    }

  private:
    uint64_t Below(uint64_t bound)
    {
        return m_random() % bound;
    }

    uint32_t Address()
    {
        return 0x0a000000 + static_cast<uint32_t>(1 + Below(20));
    }

    MacBytes Hardware()
    {
        return {2, 0, 0, 0, 0, static_cast<uint8_t>(2 + Below(6))};
    }

    void Return(const std::vector<uint64_t>& packets)
    {
        for (const uint64_t packet : packets)
        {
            EXPECT_EQ(m_waiting.erase(packet), 1u) << "packet " << packet << " comes back once";
        }
    }

    void Do(const ArpEffects& effects)
    {
        for (const ArpEffect& effect : effects)
        {
            if (const auto* map = std::get_if<ArpMap>(&effect))
            {
                m_mapped[map->address] = map->hardware;
            }
            else if (const auto* unmap = std::get_if<ArpUnmap>(&effect))
            {
                EXPECT_EQ(m_mapped.erase(unmap->address), 1u);
            }
            else if (const auto* release = std::get_if<ArpRelease>(&effect))
            {
                EXPECT_EQ(m_mapped.at(release->address), release->hardware);
                Return(release->packets);
            }
            else if (const auto* discard = std::get_if<ArpDiscard>(&effect))
            {
                Return(discard->packets);
            }
            else if (const auto* unreachable = std::get_if<ArpUnreachable>(&effect))
            {
                Return(unreachable->packets);
            }
            else if (const auto* transmit = std::get_if<ArpTransmit>(&effect))
            {
                EXPECT_EQ(transmit->message.senderHardware, ME);
                if (transmit->message.operation == ArpOperation::REQUEST)
                {
                    EXPECT_EQ(transmit->message.targetHardware, MacBytes{});
                }
            }
        }
    }

    void Check()
    {
        EXPECT_LE(m_state.entries.size(), m_parameters.maxEntries);
        EXPECT_LE(m_state.pending, m_parameters.maxPending);
        EXPECT_EQ(m_state.pending, m_waiting.size());
        std::size_t pending = 0;
        std::size_t usable = 0;
        for (const auto& [address, entry] : m_state.entries)
        {
            EXPECT_LE(entry.pending.size(), m_parameters.maxPendingPerEntry);
            pending += entry.pending.size();
            if (entry.state != ArpEntryState::INCOMPLETE)
            {
                EXPECT_TRUE(entry.pending.empty());
            }
            if (entry.IsUsable())
            {
                ++usable;
                const auto mapped = m_mapped.find(address);
                ASSERT_NE(mapped, m_mapped.end());
                EXPECT_EQ(mapped->second, entry.hardware);
            }
            if (entry.state != ArpEntryState::STATIC)
            {
                EXPECT_NE(m_state.deadlines.Of(address), NEVER) << "nothing waits for ever";
            }
        }
        EXPECT_EQ(pending, m_state.pending);
        EXPECT_EQ(usable, m_mapped.size()) << "the caller's mappings are those of the machine";
        const auto fixed = m_state.entries.find(m_static.first);
        ASSERT_NE(fixed, m_state.entries.end());
        EXPECT_EQ(fixed->second.state, ArpEntryState::STATIC);
        EXPECT_EQ(fixed->second.hardware, m_static.second);
    }

    std::mt19937_64 m_random;
    ArpParameters m_parameters;
    ArpMachine m_arp{m_parameters};
    ArpState m_state;
    Nanos m_now{0};
    uint64_t m_packet{0};
    std::pair<uint32_t, MacBytes> m_static;
    std::set<uint64_t> m_waiting;
    std::map<uint32_t, MacBytes> m_mapped;
};

} // namespace

TEST(ArpMachineRandom, KeepsItsBoundsAndItsStaticEntriesWhateverHappens)
{
    for (uint64_t seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed)
    {
        SCOPED_TRACE(seed);
        RandomArp run(seed);
        for (int i = 0; i < 500; ++i)
        {
            run.Step();
        }
        run.Settle();
    }
}
