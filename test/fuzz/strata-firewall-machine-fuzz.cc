// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-firewall-machine.h"

#include <set>

namespace
{

using namespace ns3::strata;

/** A machine with the default policy, and what must hold for each packet. */
class Watched
{
  public:
    Watched()
    {
        FirewallMachine::Config config;
        config.flows.limit = 8;
        config.fragments.maxDatagrams = 4;
        config.fragments.maxHeld = 6;
        m_machine.SetConfig(config);
        m_passing.SetConfig(config);
    }

    void Come(ByteView bytes, FirewallPort in, FirewallPort out, Nanos now)
    {
        FirewallPacket packet;
        if (!bytes.empty() && bytes[0] >> 4 == 4)
        {
            const auto header = Ipv4WireHeader::Decode(bytes, {});
            if (!header)
            {
                return;
            }
            const ByteView payload = bytes.Sub(header->HeaderSize(), header->PayloadSize());
            packet = ReadFirewallPacket4(*header, payload, payload.size());
            const FirewallPacket front =
                ReadFirewallPacket4(*header, payload.Sub(0, FIREWALL_FRONT), payload.size());
            Require(front.fault == packet.fault && front.Tuple() == packet.Tuple(),
                    "the front of IPv4 tells all");
        }
        else
        {
            packet = ReadFirewallPacket6(bytes, bytes.size());
        }
        packet.in = in;
        packet.out = out;
        const std::size_t before = m_machine.Flows().size();
        const bool known = m_machine.Flows().Find(packet.Tuple()).index != FlowTable::NONE;
        const FirewallVerdict verdict = m_machine.Step(packet, ++m_handle, now);
        Require(verdict.fate != FirewallFate::REJECT, "no rule rejects");
        if (m_passing.StepInPassing(packet, now))
        {
            Require(verdict.fate == FirewallFate::ACCEPT &&
                        verdict.state == FirewallState::ESTABLISHED && m_machine.Events().empty() &&
                        !m_passing.HasEffects(),
                    "in passing comes what has no effects");
        }
        else
        {
            const FirewallVerdict same = m_passing.Step(packet, m_handle, now);
            Require(same.fate == verdict.fate && same.reason == verdict.reason &&
                        same.rule == verdict.rule && same.fault == verdict.fault,
                    "what does not is judged the same");
            m_passing.ClearEffects();
        }
        Require(m_passing.Flows().size() == m_machine.Flows().size() &&
                    m_passing.NextDeadline() == m_machine.NextDeadline(),
                "and leaves the same");
        if (verdict.fate == FirewallFate::ACCEPT)
        {
            Require(packet.fault == FirewallFault::NONE, "what is faulty does not pass");
            if (in.side == FlowSide::OUTSIDE)
            {
                const bool discovery = packet.IsNeighborDiscovery() || packet.IsListenerDiscovery();
                Require(verdict.state != FirewallState::NEW || discovery,
                        "nothing begins from outside");
                Require(verdict.state != FirewallState::ESTABLISHED || known ||
                            packet.IsLaterFragment(),
                        "what is established was known");
            }
        }
        else
        {
            Require(verdict.fate == FirewallFate::HOLD || verdict.reason != FirewallReason::NONE,
                    "a drop has a reason");
        }
        if (verdict.fate == FirewallFate::HOLD)
        {
            Require(packet.IsLaterFragment(), "only later fragments wait");
            m_held.insert(m_handle);
        }
        Require(m_machine.Flows().size() <= 8, "the limit is kept");
        (void)before;
        Settle();
        Require(m_held.size() <= 6, "so is that of fragments");
    }

    void Finish()
    {
        m_machine.Advance(std::chrono::hours(100000));
        Settle();
        Require(m_held.empty(), "each held fragment has an end");
        Require(m_began == m_ended && m_machine.Flows().size() == 0, "each flow has an end");
        Require(m_machine.NextDeadline() == NEVER, "nothing is left to do");
    }

  private:
    void Settle()
    {
        for (const FirewallRelease& release : m_machine.Releases())
        {
            Require(m_held.erase(release.handle) == 1, "what is released was held");
        }
        for (const FlowEvent& event : m_machine.Events())
        {
            Require(!event.began || event.flow.from != FlowSide::OUTSIDE,
                    "no flow begins from outside");
            (event.began ? m_began : m_ended)++;
        }
        m_machine.ClearEffects();
    }

    FirewallMachine m_machine;
    FirewallMachine m_passing; //!< gets as much in passing as it can
    uint64_t m_handle{0};
    std::set<uint64_t> m_held;
    uint64_t m_began{0};
    uint64_t m_ended{0};
};

} // namespace

/** The input is packets: an octet of the sides, one of the time since the last, length, octets. */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ByteReader reader(ByteView(data, size));
    Watched watched;
    Nanos now{0};
    while (reader.Ok() && reader.Remaining() > 4)
    {
        const uint8_t sides = reader.U8();
        now += std::chrono::seconds(reader.U8() % 64);
        const ByteView packet =
            reader.Read(std::min<std::size_t>(reader.U16(), reader.Remaining()));
        const auto side = [](unsigned number) {
            return FirewallPort{static_cast<FlowSide>(number % 3), number % 3};
        };
        watched.Come(packet, side(sides & 15), side(sides >> 4), now);
    }
    watched.Finish();
    return 0;
}
