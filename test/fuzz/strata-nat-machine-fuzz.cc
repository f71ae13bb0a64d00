// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-byte-reader.h"
#include "ns3/strata-nat-machine.h"

/**
 * The input is datagrams, each with a byte that says where it comes from and one for its length.
 * Whatever they are, nothing leaves with an inside source, nothing gets in that was not rewritten
 * or is for the box itself, what is changed keeps its length (but for FTP), and the table keeps
 * its limits.
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    constexpr uint32_t PUBLIC = 0xc63c2a0c;
    constexpr uint32_t INSIDE = 0x0a000000;
    ByteReader reader(ByteView(data, size));
    NatConfig config;
    const uint8_t choice = reader.U8();
    config.mapping = static_cast<NatBehaviour>(choice % 3);
    config.filtering = static_cast<NatBehaviour>(choice / 3 % 3);
    config.unknownProtocols = static_cast<NatUnknownProtocols>(choice / 9 % 2);
    config.verifyChecksums = choice & 0x80;
    config.maxMappings = 8;
    config.maxSessions = 12;
    config.maxHeldFragments = 4;
    config.maxFragmentedDatagrams = 4;
    config.maxHeldSyns = 2;
    NatMachine machine(config);
    machine.Table().AddPublicAddress(PUBLIC);
    machine.AddOneToOne(INSIDE + 9, PUBLIC + 9);
    machine.SetInside({Ipv4Prefix(INSIDE, 24)}, false);
    Nanos now{0};
    while (reader.Ok() && reader.Remaining() > 2)
    {
        const uint8_t way = reader.U8();
        ByteView datagram = reader.Read(std::min<std::size_t>(reader.U8(), reader.Remaining()));
        auto header = Ipv4WireHeader::Decode(datagram, {});
        now += std::chrono::milliseconds(way);
        if (!header)
        {
            machine.Advance(now);
            continue;
        }
        Bytes payload = datagram.Sub(header->HeaderSize()).ToBytes();
        // The addresses that mean something are few.
        const uint32_t ends[] = {INSIDE + 1, INSIDE + 9, PUBLIC, PUBLIC + 9, 0x08080808};
        header->source = ends[header->source % 5];
        header->destination = ends[header->destination % 5];
        const Ipv4WireHeader before = *header;
        const std::size_t length = payload.size();
        const auto ask = [&](NatPayload what) {
            switch (way % 3)
            {
            case 0:
                return machine.Outbound(*header, what, way & 0x40, now);
            case 1:
                return machine.Inbound(*header, what, now);
            default:
                return machine.Hairpin(*header, what, now);
            }
        };
        uint8_t front[60];
        const std::size_t frontSize = std::min<std::size_t>(length, 60);
        std::copy(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(frontSize), front);
        NatVerdict verdict = ask(NatPayload(front, frontSize, length));
        if (verdict.action == NatAction::NEED_ALL)
        {
            Require(*header == before, "who asks for more has changed nothing");
            verdict = ask(NatPayload(payload));
            Require(verdict.action != NatAction::NEED_ALL, "more than all is not asked for");
        }
        const bool goes =
            verdict.action == NatAction::PASS || verdict.action == NatAction::REWRITTEN;
        if (goes && way % 3 == 0)
        {
            Require(header->source >> 8 != INSIDE >> 8, "no inside source leaves");
        }
        if (goes && way % 3 == 1)
        {
            Require(before.source >> 8 != INSIDE >> 8, "no inside source comes in");
        }
        if (header->protocol != 6)
        {
            Require(payload.size() == length, "the length stays");
        }
        Require((verdict.action == NatAction::DROP) ==
                    (verdict.drop != NatDrop::NONE && verdict.action != NatAction::HOLD &&
                     verdict.action != NatAction::HOLD_SYN),
                "a drop has a reason");
        Require(machine.Table().size() <= config.maxMappings &&
                    machine.Table().CountSessions() <= config.maxSessions,
                "the table keeps its limits");
    }
    return 0;
}
