// SPDX-License-Identifier: GPL-2.0-only

/**
 * \file
 * Writes captures of layer PDUs for layer-pdu.sh into the folder that the argument names:
 *
 * - ethernet.pcap, ppp.pcap, udp.pcap: PDUs of every type and PDUs inside PDUs, all of them right;
 *   fields.tsv: "frame, field, value" as a dissector must show them in each of the three;
 * - bad.pcap: frames that a dissector must flag, bad.tsv: "frame, why";
 * - right.pcap, wrong.pcap: PDUs changed at random, sorted by the decoder's verdict.
 */

#include "strata-capture.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-pdu.h"
#include "ns3/strata-session-segment.h"

#include <cstdio>
#include <random>
#include <utility>

namespace
{

using namespace ns3::strata;

using Expectations = std::vector<std::pair<const char*, std::string>>;

Bytes
OnPpp(ByteView payload)
{
    Bytes frame;
    ByteWriter writer(frame);
    writer.U16(0x00b5);
    writer.Write(payload);
    return frame;
}

/** UDP over IPv4 over Ethernet, to the port of the UDP shim. */
Bytes
OnUdp(ByteView payload)
{
    constexpr uint16_t port = 34997;
    constexpr uint32_t source = 0x0a000001;
    constexpr uint32_t destination = 0x0a000002;
    const auto length = static_cast<uint16_t>(8 + payload.size());
    Bytes packet;
    ByteWriter writer(packet);
    writer.U16(0x4500);
    writer.U16(static_cast<uint16_t>(20 + length));
    writer.U32(0x00004000);
    writer.U16(0x4011);
    const std::size_t headerChecksum = writer.ReserveU16();
    writer.U32(source);
    writer.U32(destination);
    writer.PatchU16(headerChecksum, ComputeChecksum(writer.Written()));
    writer.U16(port);
    writer.U16(port);
    writer.U16(length);
    const std::size_t udpChecksum = writer.ReserveU16();
    writer.Write(payload);
    InternetChecksum sum;
    sum.AddPseudoHeader4(source, destination, 17, length);
    sum.Add(writer.Written(20));
    writer.PatchU16(udpChecksum, sum.Get() == 0 ? 0xffff : sum.Get());
    return OnEthernet(packet, 0x0800);
}

Pdu
MakePdu(PduBody body)
{
    Pdu pdu;
    pdu.header.hierarchical = true;
    pdu.header.slice = 2;
    pdu.header.layer = 7;
    pdu.header.hopLimit = 64;
    pdu.header.hops = 3;
    pdu.header.destination = MakeName(3, 1);
    pdu.header.source = MakeName(5, 2, 0, 7);
    pdu.body = std::move(body);
    return pdu;
}

Pdu
ToNeighbour(PduBody body)
{
    Pdu pdu = MakePdu(std::move(body));
    pdu.header.destination = NO_NAME;
    return pdu;
}

/** A PDU of a layer with flat names. */
Pdu
Flat(uint16_t layer, MemberName source, MemberName destination, PduBody body)
{
    Pdu pdu;
    pdu.header.layer = layer;
    pdu.header.source = source;
    pdu.header.destination = destination;
    pdu.body = std::move(body);
    return pdu;
}

Bytes
HeaderOf(const Pdu& pdu)
{
    return ByteView(EncodeToBytes(pdu)).Sub(0, PduHeader::SIZE).ToBytes();
}

struct Sample
{
    Pdu pdu;
    Expectations shown;
};

SessionSegment
MakeSegment(SegmentKind kind, uint8_t attempt, uint32_t sequence)
{
    SessionSegment segment;
    segment.kind = kind;
    segment.attempt = attempt;
    segment.sequence = sequence;
    return segment;
}

/** A segment of each kind. */
void
AddSegments(std::vector<Sample>& samples)
{
    const auto add = [&samples](const SessionSegment& segment,
                                ByteView message,
                                Expectations shown,
                                const std::string& said) {
        shown.push_back({"strata.type", "16"});
        shown.push_back({"strata.session", "40"});
        shown.push_back({"strata.session.flags", "0x00"});
        shown.push_back({"strata.session.overlay_pdu", "0"});
        shown.push_back({"strata.segment.kind", std::to_string(static_cast<int>(segment.kind))});
        shown.push_back({"_ws.col.Info", "session-data 5.2.0.7 -> 3.1 session 40 " + said});
        samples.push_back({MakePdu(SessionDataBody{40, 0, segment.WithMessage(message)}), shown});
    };
    const Bytes message{0xde, 0xad};
    add(MakeSegment(SegmentKind::DATAGRAM, 0, 4000000000),
        message,
        {{"strata.segment.sequence", "4000000000"}, {"strata.message", "dead"}},
        "datagram 4000000000");
    add(MakeSegment(SegmentKind::ASKING_DATAGRAM, 0, 8),
        message,
        {{"strata.segment.sequence", "8"}, {"strata.message", "dead"}},
        "asking-datagram 8");
    add(MakeSegment(SegmentKind::DATA, 3, 9),
        message,
        {{"strata.segment.attempt", "3"},
         {"strata.segment.sequence", "9"},
         {"strata.message", "dead"}},
        "data 9 attempt 3");
    add(MakeSegment(SegmentKind::DATA, 0, 10),
        {},
        {{"strata.segment.attempt", "0"}, {"strata.segment.sequence", "10"}},
        "data 10");
    SessionSegment ack = MakeSegment(SegmentKind::ACK, 0, 11);
    ack.window = 64;
    ack.echo = 17;
    ack.ranges.push_back({1, 2});
    ack.ranges.push_back({3, 65535});
    add(ack,
        {},
        {{"strata.segment.attempt", "0"},
         {"strata.segment.window", "64"},
         {"strata.segment.next", "11"},
         {"strata.segment.echo", "17"},
         {"strata.segment.missing", "1,3"},
         {"strata.segment.arrived", "2,65535"}},
        "ack next 11 window 64");
    add(MakeSegment(SegmentKind::PROBE, 1, 12),
        {},
        {{"strata.segment.attempt", "1"}, {"strata.segment.sequence", "12"}},
        "probe 12 attempt 1");
    add(MakeSegment(SegmentKind::ANSWER, 1, 12),
        {},
        {{"strata.segment.attempt", "1"}, {"strata.segment.sequence", "12"}},
        "answer 12 attempt 1");
    // the flag speaks of messages; an ACK has none
    samples.push_back(
        {MakePdu(SessionDataBody{40,
                                 SessionDataBody::OVERLAY_PDU,
                                 MakeSegment(SegmentKind::ACK, 0, 1).WithMessage({})}),
         {{"strata.session.overlay_pdu", "1"},
          {"strata.segment.kind", "3"},
          {"strata.segment.next", "1"}}});
}

std::vector<Sample>
Samples()
{
    const MemberName phone = MakeName(5, 2, 0, 7);
    std::vector<Sample> samples;
    const auto add = [&samples](Pdu pdu, Expectations shown) {
        samples.push_back({std::move(pdu), std::move(shown)});
    };

    add(ToNeighbour(HelloBody{MemberRole::LEAF, 1, 3000, MakeName(1), 2, MakeName(3, 1)}),
        {{"strata.version", "1"},
         {"strata.authenticated", "0"},
         {"strata.hierarchical", "1"},
         {"strata.slice", "2"},
         {"strata.type", "1"},
         {"strata.layer", "7"},
         {"strata.length", "50"},
         {"strata.hop_limit", "64"},
         {"strata.hops", "3"},
         {"strata.dst", "0"},
         {"strata.src", "5.2.0.7"},
         {"strata.role", "1"},
         {"strata.hello.flags", "1"},
         {"strata.hold_time", "3000"},
         {"strata.tree.root", "1"},
         {"strata.tree.distance", "2"},
         {"strata.tree.parent", "3.1"},
         {"strata.member", "0,5.2.0.7,1,3.1"},
         {"_ws.col.Info", "hello 5.2.0.7 -> neighbour leaf, root 1 distance 2"}});
    add(ToNeighbour(
            EnrollRequestBody{0x01020304, MemberRole::LEAF, 1, phone, 4000000000, "net", "phone"}),
        {{"strata.type", "2"},
         {"strata.transaction", "16909060"},
         {"strata.role", "1"},
         {"strata.reattach", "1"},
         {"strata.name", "5.2.0.7"},
         {"strata.sequence", "4000000000"},
         {"strata.layer_name", "net"},
         {"strata.machine", "phone"},
         {"_ws.col.Info",
          "enroll-request 5.2.0.7 -> neighbour reattaches to \"net\" as leaf 5.2.0.7"}});
    add(MakePdu(EnrollAcceptBody{5, MakeName(5, 2), 32}),
        {{"strata.type", "3"},
         {"strata.transaction", "5"},
         {"strata.name", "5.2"},
         {"strata.block_length", "32"},
         {"_ws.col.Info", "enroll-accept 5.2.0.7 -> 3.1 name 5.2/32"}});
    add(MakePdu(EnrollRefuseBody{5, EnrollRefusal::NAME_TAKEN}),
        {{"strata.type", "4"},
         {"strata.transaction", "5"},
         {"strata.refusal", "3"},
         {"_ws.col.Info", "enroll-refuse 5.2.0.7 -> 3.1 name taken"}});
    add(MakePdu(LeaveBody{6, phone, 10, 1}),
        {{"strata.type", "5"},
         {"strata.transaction", "6"},
         {"strata.name", "5.2.0.7"},
         {"strata.sequence", "10"},
         {"strata.final", "1"},
         {"_ws.col.Info", "leave 5.2.0.7 -> 3.1 5.2.0.7 seq 10, for good"}});
    add(MakePdu(AckBody{PduType::LOCATION, 17, 1}),
        {{"strata.type", "6"},
         {"strata.acked", "9"},
         {"strata.transaction", "17"},
         {"strata.status", "1"},
         {"_ws.col.Info", "ack 5.2.0.7 -> 3.1 of location 17: something newer is known"}});
    add(MakePdu(LinkStateBody{18,
                              {{MakeName(3, 1),
                                4,
                                0,
                                32,
                                300,
                                259,
                                {{MakeName(3, 2), 10}, {MakeName(1), 4294967295}}},
                               {MakeName(9), 5, 1, 64, 0, 0, {}}}}),
        {{"strata.type", "7"},
         {"strata.transaction", "18"},
         {"strata.record.count", "2"},
         {"strata.record.origin", "3.1,9"},
         {"strata.sequence", "4,5"},
         {"strata.record.withdrawn", "0,1"},
         {"strata.block_length", "32,64"},
         {"strata.neighbor.total", "300,0"},
         {"strata.neighbor.first", "259,0"},
         {"strata.neighbor.count", "2,0"},
         {"strata.neighbor.name", "3.2,1"},
         {"strata.neighbor.cost", "10,4294967295"},
         {"_ws.col.Info",
          "link-state 5.2.0.7 -> 3.1 links of 3.1/32 seq 4 from 259 of 300 [3.2 cost 10, 1 cost "
          "4294967295], links of 9/64 seq 5 withdrawn []"}});
    add(MakePdu(AttachmentBody{
            19,
            {{phone, 11, MakeName(3, 1), 0}, {MakeName(5, 2, 0, 8), 12, NO_NAME, 1}}}),
        {{"strata.type", "8"},
         {"strata.transaction", "19"},
         {"strata.record.count", "2"},
         {"strata.record.leaf", "5.2.0.7,5.2.0.8"},
         {"strata.sequence", "11,12"},
         {"strata.record.access", "3.1,0"},
         {"strata.record.withdrawn", "0,1"},
         {"_ws.col.Info",
          "attachment 5.2.0.7 -> 3.1 5.2.0.7 at 3.1 seq 11, 5.2.0.8 at 0 seq 12 withdrawn"}});
    add(MakePdu(LocationBody{20, {{"server", 13, MakeName(3, 1), 0}, {"", 14, MakeName(4), 1}}}),
        {{"strata.type", "9"},
         {"strata.transaction", "20"},
         {"strata.record.count", "2"},
         {"strata.process", "server,"},
         {"strata.sequence", "13,14"},
         {"strata.record.location", "3.1,4"},
         {"strata.record.withdrawn", "0,1"},
         {"_ws.col.Info",
          "location 5.2.0.7 -> 3.1 \"server\" at 3.1 seq 13, \"\" at 4 seq 14 withdrawn"}});
    add(MakePdu(ResolveBody{21, ResolveKind::ATTACHMENT, phone, ""}),
        {{"strata.type", "10"},
         {"strata.transaction", "21"},
         {"strata.resolve.kind", "1"},
         {"strata.resolve.leaf", "5.2.0.7"},
         {"_ws.col.Info", "resolve 5.2.0.7 -> 3.1 attachment of 5.2.0.7"}});
    add(MakePdu(ResolveBody{22, ResolveKind::LOCATION, NO_NAME, "server"}),
        {{"strata.type", "10"},
         {"strata.resolve.kind", "2"},
         {"strata.process", "server"},
         {"_ws.col.Info", "resolve 5.2.0.7 -> 3.1 location of \"server\""}});
    add(MakePdu(
            ResolvedBody{21, ResolveKind::ATTACHMENT, 1, {phone, 11, MakeName(3, 1), 0}, {}, {}}),
        {{"strata.type", "11"},
         {"strata.transaction", "21"},
         {"strata.resolve.kind", "1"},
         {"strata.resolve.found", "1"},
         {"strata.record.leaf", "5.2.0.7"},
         {"strata.record.access", "3.1"},
         {"_ws.col.Info", "resolved 5.2.0.7 -> 3.1 attachment 5.2.0.7 at 3.1 seq 11"}});
    add(MakePdu(ResolvedBody{22, ResolveKind::LOCATION, 0, {}, {"server", 0, NO_NAME, 0}, {}}),
        {{"strata.type", "11"},
         {"strata.resolve.kind", "2"},
         {"strata.resolve.found", "0"},
         {"strata.process", "server"},
         {"strata.record.location", "0"},
         {"_ws.col.Info", "resolved 5.2.0.7 -> 3.1 location not found: \"server\" at 0 seq 0"}});
    add(MakePdu(ResolvedBody{23, ResolveKind{9}, 0, {}, {}, {0xca, 0xfe}}),
        {{"strata.type", "11"}, {"strata.resolve.kind", "9"}, {"strata.resolve.other", "cafe"}});
    add(MakePdu(SessionOpenBody{12, SessionService::RELIABLE, 3, 5000, 13, "client", "server"}),
        {{"strata.type", "12"},
         {"strata.session.peer", "12"},
         {"strata.session.service", "1"},
         {"strata.session.slice", "3"},
         {"strata.session.bound", "5000"},
         {"strata.sequence", "13"},
         {"strata.session.source", "client"},
         {"strata.session.destination", "server"},
         {"strata.process", "client,server"},
         {"_ws.col.Info",
          "session-open 5.2.0.7 -> 3.1 \"client\" to \"server\" session 12 reliable"}});
    add(MakePdu(SessionAcceptBody{12, 40, 14}),
        {{"strata.type", "13"},
         {"strata.session", "12"},
         {"strata.session.peer", "40"},
         {"strata.sequence", "14"},
         {"_ws.col.Info", "session-accept 5.2.0.7 -> 3.1 session 12, sender's 40"}});
    add(MakePdu(SessionRefuseBody{{12, SessionEnd::NO_SUCH_PROCESS}}),
        {{"strata.type", "14"},
         {"strata.session", "12"},
         {"strata.session.end", "1"},
         {"_ws.col.Info", "session-refuse 5.2.0.7 -> 3.1 session 12: no such process"}});
    add(MakePdu(SessionCloseBody{{40, SessionEnd::BOUND_PASSED}}),
        {{"strata.type", "15"},
         {"strata.session", "40"},
         {"strata.session.end", "4"},
         {"_ws.col.Info", "session-close 5.2.0.7 -> 3.1 session 40: bound passed"}});
    AddSegments(samples);
    add(MakePdu(SessionMovedBody{25, 40, 12, {"server", 15, MakeName(4), 0}}),
        {{"strata.type", "17"},
         {"strata.transaction", "25"},
         {"strata.session", "40"},
         {"strata.session.peer", "12"},
         {"strata.process", "server"},
         {"strata.sequence", "15"},
         {"strata.record.location", "4"},
         {"_ws.col.Info",
          "session-moved 5.2.0.7 -> 3.1 session 40, sender's 12, \"server\" at 4 seq 15"}});
    add(MakePdu(AnnounceBody{26, {phone, 16, MakeName(3, 1), 0}}),
        {{"strata.type", "18"},
         {"strata.transaction", "26"},
         {"strata.record.leaf", "5.2.0.7"},
         {"strata.sequence", "16"},
         {"strata.record.access", "3.1"},
         {"_ws.col.Info", "announce 5.2.0.7 -> 3.1 5.2.0.7 at 3.1 seq 16"}});
    add(MakePdu(ProbeBody{0xfedcba98}),
        {{"strata.type", "22"},
         {"strata.probe.id", "4275878552"},
         {"_ws.col.Info", "probe 5.2.0.7 -> 3.1 4275878552"}});
    add(MakePdu(ProbeReplyBody{1, 5}),
        {{"strata.type", "23"},
         {"strata.probe.id", "1"},
         {"strata.probe.hops", "5"},
         {"_ws.col.Info", "probe-reply 5.2.0.7 -> 3.1 1 hops 5"}});
    add(MakePdu(UnknownBody{PduType{200}, {1, 0, 255}}),
        {{"strata.type", "200"}, {"strata.unknown", "0100ff"}});

    // The layer's names are flat here, and the largest of them is shown whole.
    Pdu signedPdu = Flat(1, UINT64_MAX, 5, EnrollAcceptBody{1, 5, 64});
    signedPdu.tag = Authenticator::Tag{0xa0, 0xa1, 0xa2};
    add(signedPdu,
        {{"strata.authenticated", "1"},
         {"strata.hierarchical", "0"},
         {"strata.src", "18446744073709551615"},
         {"strata.dst", "5"},
         {"strata.name", "5"},
         {"strata.tag", "a0a1a200000000000000000000000000"},
         {"_ws.col.Info", "enroll-accept 18446744073709551615 -> 5 name 5/64"}});

    // PDUs inside PDUs.
    const Pdu probe = Flat(7, 8, 9, ProbeBody{77});
    add(MakePdu(TunnelBody{EncodeToBytes(probe)}),
        {{"strata.type", "19,22"},
         {"strata.src", "5.2.0.7,8"},
         {"strata.dst", "3.1,9"},
         {"strata.length", "60,32"},
         {"strata.probe.id", "77"},
         {"_ws.col.Info", "tunnel 5.2.0.7 -> 3.1 | probe 8 -> 9 77"}});
    add(MakePdu(UnreachableBody{UnreachableReason::NOT_ATTACHED, HeaderOf(probe)}),
        {{"strata.type", "20,22"},
         {"strata.unreachable", "2"},
         {"strata.src", "5.2.0.7,8"},
         {"strata.dst", "3.1,9"},
         {"_ws.col.Info", "unreachable 5.2.0.7 -> 3.1 not attached | was probe 8 -> 9"}});
    Bytes more = HeaderOf(probe);
    more.push_back(0x5a);
    add(MakePdu(UnreachableBody{UnreachableReason::NO_ROUTE, more}),
        {{"strata.type", "20,22"}, {"strata.unreachable", "1"}, {"strata.quoted", "5a"}});
    add(MakePdu(RelayBody{
            "server",
            EncodeToBytes(Flat(7, 8, NO_NAME, SessionMovedBody{1, 2, 3, {"client", 4, 8, 0}}))}),
        {{"strata.type", "21,17"},
         {"strata.process", "server,client"},
         {"strata.session", "2"},
         {"_ws.col.Info",
          "relay 5.2.0.7 -> 3.1 for \"server\" | session-moved 8 -> neighbour session 2, sender's "
          "3, \"client\" at 8 seq 4"}});
    Pdu tunnels = probe;
    for (MemberName level = 1; level <= 3; ++level)
    {
        tunnels = Flat(7, level, level + 1, TunnelBody{EncodeToBytes(tunnels)});
    }
    add(tunnels,
        {{"strata.type", "19,19,19,22"},
         {"strata.src", "3,2,1,8"},
         {"_ws.col.Info", "tunnel 3 -> 4 | tunnel 2 -> 3 | tunnel 1 -> 2 | probe 8 -> 9 77"}});
    // Three layers and the LAN below them: each PDU is a message of a session of the layer below.
    Pdu layers = Flat(3, 100, 101, ProbeBody{78});
    for (uint16_t layer = 2; layer >= 1; --layer)
    {
        const Bytes segment =
            MakeSegment(SegmentKind::DATA, 0, layer).WithMessage(EncodeToBytes(layers));
        layers = Flat(layer,
                      layer,
                      layer + 10u,
                      SessionDataBody{layer + 20u, SessionDataBody::OVERLAY_PDU, segment});
    }
    add(layers,
        {{"strata.type", "16,16,22"},
         {"strata.layer", "1,2,3"},
         {"strata.session", "21,22"},
         {"strata.session.overlay_pdu", "1,1"},
         {"strata.src", "1,2,100"},
         {"strata.segment.kind", "2,2"},
         {"strata.segment.sequence", "1,2"},
         {"strata.probe.id", "78"},
         {"_ws.col.Info",
          "session-data 1 -> 11 session 21 data 1 | session-data 2 -> 12 session 22 data 2 | "
          "probe 100 -> 101 78"}});
    return samples;
}

void
PutU16(Bytes& bytes, std::size_t at, uint16_t value)
{
    bytes[at] = static_cast<uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<uint8_t>(value);
}

void
RepairHeader(Bytes& bytes)
{
    PutU16(bytes, 24, 0);
    PutU16(bytes, 24, ComputeChecksum(ByteView(bytes).Sub(0, PduHeader::SIZE)));
}

/** Makes total length and both checksums fit the bytes. */
Bytes
Repaired(Bytes bytes)
{
    PutU16(bytes, 4, static_cast<uint16_t>(bytes.size()));
    PutU16(bytes, 26, ComputeChecksum(ByteView(bytes).Sub(PduHeader::SIZE)));
    RepairHeader(bytes);
    return bytes;
}

/** Frames that must be flagged, each with the reason. */
std::vector<std::pair<Bytes, std::string>>
BadPdus(const std::vector<Sample>& samples)
{
    std::vector<std::pair<Bytes, std::string>> bad;
    const auto add = [&bad](Bytes bytes, const std::string& why) {
        bad.emplace_back(std::move(bytes), why);
    };
    const Bytes right = EncodeToBytes(MakePdu(ProbeBody{1}));
    for (const uint8_t version : {0, 2, 3})
    {
        Bytes bytes = right;
        bytes[0] = static_cast<uint8_t>((version << 6) | (bytes[0] & 0x3f));
        RepairHeader(bytes);
        add(bytes, "another version");
    }
    Bytes bytes = right;
    PutU16(bytes, 4, PduHeader::SIZE - 1);
    RepairHeader(bytes);
    add(bytes, "a total length below the header");
    bytes = right;
    PutU16(bytes, 4, static_cast<uint16_t>(bytes.size() + 1));
    RepairHeader(bytes);
    add(bytes, "a total length above the bytes");
    bytes = right;
    bytes.push_back(0);
    add(bytes, "a byte behind the PDU on a link without padding");
    add(Repaired(bytes), "a byte behind the body");
    bytes = right;
    bytes[0] |= 0x20;
    RepairHeader(bytes);
    add(bytes, "no room for the tag");
    bytes = EncodeToBytes(MakePdu(TunnelBody{}));
    add(bytes, "an empty tunnel");
    PutU16(bytes, 26, 0);
    RepairHeader(bytes);
    add(bytes, "a body checksum of 0 that stands for 0xffff");
    PduHeader header;
    header.bodyChecksum = 0xffff;
    header.type = PduType{99};
    header.source = static_cast<MemberName>(ComputeChecksum(EncodeToBytes(header)));
    bytes = EncodeToBytes(header);
    header.source = static_cast<uint16_t>((bytes[24] << 8) | bytes[25]);
    bytes = EncodeToBytes(header);
    PutU16(bytes, 24, 0xffff);
    add(bytes, "a header checksum of 0xffff that stands for 0");
    add(EncodeToBytes(MakePdu(TunnelBody{{1, 2, 3}})), "three bytes in a tunnel");
    const auto addSegment = [&add](Bytes segment, const std::string& why) {
        add(EncodeToBytes(MakePdu(SessionDataBody{40, 0, std::move(segment)})), why);
    };
    addSegment({}, "no segment");
    addSegment({6, 0, 0, 0, 0, 0}, "an unknown kind of segment");
    addSegment({4, 0, 0, 0, 0, 0, 1}, "a byte behind a probe");
    SessionSegment ack = MakeSegment(SegmentKind::ACK, 0, 0);
    ack.ranges.push_back({0, 1});
    addSegment(ack.WithMessage({}), "a range that follows nothing missing");
    ack.ranges[0] = {1, 0};
    addSegment(ack.WithMessage({}), "a range of nothing");
    ack.ranges.assign(SessionSegment::MAX_RANGES, {1, 1});
    addSegment(ack.WithMessage(Bytes{0, 1, 0, 1}), "seventeen ranges");
    ack.ranges.resize(1);
    addSegment(ack.WithMessage(Bytes{0, 1}), "half a range");
    add(EncodeToBytes(MakePdu(
            SessionDataBody{40,
                            SessionDataBody::OVERLAY_PDU,
                            MakeSegment(SegmentKind::DATA, 0, 0).WithMessage(Bytes{1, 2, 3})})),
        "an overlay's message that is no PDU");
    bytes = right;
    bytes.back() ^= 1;
    add(EncodeToBytes(MakePdu(TunnelBody{bytes})), "a bad checksum in a tunnel");
    add(EncodeToBytes(MakePdu(RelayBody{"server", bytes})), "a bad checksum in a relay");
    bytes = right;
    bytes.push_back(0);
    add(EncodeToBytes(MakePdu(TunnelBody{bytes})), "a byte behind the PDU in a tunnel");
    bytes = HeaderOf(MakePdu(ProbeBody{1}));
    bytes.pop_back();
    add(EncodeToBytes(MakePdu(UnreachableBody{UnreachableReason::NO_ROUTE, bytes})),
        "a quoted header cut short");
    for (std::size_t i = 0; i < samples.size(); ++i)
    {
        const Bytes whole = EncodeToBytes(samples[i].pdu);
        const std::string name =
            std::string(PduTypeName(PduTypeOf(samples[i].pdu.body))) + " " + std::to_string(i);
        for (std::size_t size = 1; size < whole.size(); ++size)
        {
            add(ByteView(whole).Sub(0, size).ToBytes(),
                name + " cut to " + std::to_string(size) + " bytes");
        }
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit)
        {
            Bytes flipped = whole;
            flipped[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
            add(flipped, name + " with bit " + std::to_string(bit) + " flipped");
        }
    }
    return bad;
}

/** Whether \p bytes are one PDU, with whatever PDUs are inside it, and nothing else. */
bool
IsRight(ByteView bytes)
{
    const auto pdu = Pdu::Decode(bytes);
    if (!pdu || pdu->EncodedSize() != bytes.size())
    {
        return false;
    }
    if (const auto* tunnel = std::get_if<TunnelBody>(&pdu->body))
    {
        return IsRight(tunnel->inner);
    }
    if (const auto* relay = std::get_if<RelayBody>(&pdu->body))
    {
        return IsRight(relay->inner);
    }
    if (const auto* data = std::get_if<SessionDataBody>(&pdu->body))
    {
        const auto segment = SessionSegment::Decode(data->segment, {});
        const bool overlay = segment && segment->kind <= SegmentKind::DATA &&
                             (data->flags & SessionDataBody::OVERLAY_PDU) != 0;
        return overlay ? IsRight(ByteView(data->segment).Sub(segment->EncodedSize()))
                       : segment.has_value();
    }
    if (const auto* unreachable = std::get_if<UnreachableBody>(&pdu->body))
    {
        return PduHeader::Decode(unreachable->header, PduHeader::Context{true}).has_value();
    }
    return true;
}

} // namespace

int
main(int argc, char** argv)
{
    if (argc != 2)
    {
        std::fprintf(stderr, "usage: pdu-samples FOLDER\n");
        return 2;
    }
    const std::string folder = std::string(argv[1]) + "/";
    const std::vector<Sample> samples = Samples();

    Pcap ethernet(LINK_TYPE_ETHERNET);
    Pcap ppp(LINK_TYPE_PPP);
    Pcap udp(LINK_TYPE_ETHERNET);
    std::string fields;
    for (const Sample& sample : samples)
    {
        const Bytes bytes = EncodeToBytes(sample.pdu);
        ethernet.Add(OnEthernet(bytes, 0x88b5));
        ppp.Add(OnPpp(bytes));
        udp.Add(OnUdp(bytes));
        for (const auto& [field, value] : sample.shown)
        {
            fields += std::to_string(ppp.GetFrames()) + "\t" + field + "\t" + value + "\n";
        }
    }

    Pcap bad(LINK_TYPE_PPP);
    std::string why;
    for (const auto& [bytes, reason] : BadPdus(samples))
    {
        bad.Add(OnPpp(bytes));
        why += std::to_string(bad.GetFrames()) + "\t" + reason + "\n";
    }

    Pcap right(LINK_TYPE_PPP);
    Pcap wrong(LINK_TYPE_PPP);
    std::mt19937 random(1);
    for (int round = 0; round < 10000; ++round)
    {
        Bytes bytes = EncodeToBytes(samples[random() % samples.size()].pdu);
        for (auto changes = random() % 3; changes > 0; --changes)
        {
            bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
        }
        if (random() % 4 == 0)
        {
            bytes.resize(PduHeader::SIZE + random() % (bytes.size() - PduHeader::SIZE + 4));
        }
        bytes = Repaired(bytes);
        (IsRight(bytes) ? right : wrong).Add(OnPpp(bytes));
    }

    const bool saved = ethernet.Save(folder + "ethernet.pcap") && ppp.Save(folder + "ppp.pcap") &&
                       udp.Save(folder + "udp.pcap") && bad.Save(folder + "bad.pcap") &&
                       right.Save(folder + "right.pcap") && wrong.Save(folder + "wrong.pcap") &&
                       SaveText(folder + "fields.tsv", fields) && SaveText(folder + "bad.tsv", why);
    if (!saved)
    {
        std::fprintf(stderr, "pdu-samples: cannot write to %s\n", argv[1]);
        return 1;
    }
    return 0;
}
