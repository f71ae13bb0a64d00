// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_BOX_H
#define STRATA_NAT_BOX_H

#include "strata-nat-packets.h"

#include <utility>

namespace ns3
{
namespace strata
{

/** The ends of tests with a translator; PUBLIC, OWN are its own. */
struct NatEnds
{
    static constexpr uint32_t PUBLIC = 0xc63c2a0c; // 198.60.42.12
    static constexpr uint32_t OWN = 0x0a0000fe;    // 10.0.0.254
    static constexpr uint32_t A = 0x0a000001;      // 10.0.0.1
    static constexpr uint32_t B = 0x0a000002;
    static constexpr uint32_t S = 0xc63c2a01; // 198.60.42.1
    static constexpr uint8_t SYN = 2;
    static constexpr uint8_t ACK = 16;
};

/** A node that has routes to 10.1.0.0/16 inside, and listens to no port. */
class NatNode : public NatPortGuard
{
  public:
    bool IsOwn(uint8_t, uint16_t) const override
    {
        return false;
    }

    bool IsBehind(uint32_t address) const override
    {
        return address >> 16 == 0x0a01;
    }
};

/** A translator with 10.0.0.0/24 inside, and what became of the last packet. */
class NatBox
{
  public:
    explicit NatBox(const NatConfig& config = {})
        : machine(config)
    {
        machine.AddPublicAddress(NatEnds::PUBLIC);
        machine.SetInside({Ipv4Prefix(0x0a000000, 24)}, false);
        machine.SetOwn({NatEnds::OWN, NatEnds::PUBLIC});
    }

    NatPacket Out(NatPacket packet, bool local = false)
    {
        return Ask(std::move(packet), [&](Ipv4WireHeader& header, NatPayload payload) {
            return machine.Outbound(header, payload, local, now, &node);
        });
    }

    NatPacket In(NatPacket packet)
    {
        return Ask(std::move(packet), [&](Ipv4WireHeader& header, NatPayload payload) {
            return machine.Inbound(header, payload, now, &node);
        });
    }

    /** From inside to a public end, both halves. */
    NatPacket Hairpin(NatPacket packet)
    {
        packet = Ask(std::move(packet), [&](Ipv4WireHeader& header, NatPayload payload) {
            return machine.Hairpin(header, payload, now, &node);
        });
        if (verdict.hairpin)
        {
            NatMachine::RewriteSource(packet.header, NatPayload(packet.payload), *verdict.hairpin);
        }
        return packet;
    }

    bool Went() const
    {
        return verdict.action == NatAction::PASS || verdict.action == NatAction::REWRITTEN;
    }

    /** Of the box itself, to an inside host. */
    NatPacket Answer(NatPacket packet)
    {
        return Ask(std::move(packet), [&](Ipv4WireHeader& header, NatPayload payload) {
            return machine.Answer(header, payload, now);
        });
    }

    NatNode node;
    NatMachine machine;
    Nanos now{std::chrono::seconds(1)};
    NatVerdict verdict;

  private:
    template <class Call>
    NatPacket Ask(NatPacket packet, Call call)
    {
        Bytes front(packet.payload.begin(),
                    packet.payload.begin() + static_cast<std::ptrdiff_t>(
                                                 std::min<std::size_t>(60, packet.payload.size())));
        verdict =
            call(packet.header, NatPayload(front.data(), front.size(), packet.payload.size()));
        if (verdict.action == NatAction::NEED_ALL)
        {
            verdict = call(packet.header, NatPayload(packet.payload));
        }
        else
        {
            std::copy(front.begin(), front.end(), packet.payload.begin());
        }
        return packet;
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_BOX_H */
