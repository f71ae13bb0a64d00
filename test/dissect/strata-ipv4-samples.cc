// SPDX-License-Identifier: GPL-2.0-only

/**
 * \file
 * Writes captures of IPv4 with every option, of ICMP, UDP, TCP and ARP for ipv4-wire.sh into the
 * folder that the argument names:
 *
 * - right.pcap: datagrams that a dissector must read without a complaint;
 *   fields.tsv: "frame, field, value" as it must show them;
 * - checksum.pcap: datagrams with one wrong bit in a part that a checksum covers;
 * - arp.pcap, arp.tsv: the same for ARP on Ethernet.
 */

#include "strata-capture.h"

#include "ns3/strata-arp-message.h"
#include "ns3/strata-icmp-decision.h"
#include "ns3/strata-icmp-message.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-ipv4-options-decision.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/strata-udp-header.h"

#include <utility>

namespace
{

using namespace ns3::strata;

using Expectations = std::vector<std::pair<const char*, const char*>>;

constexpr uint32_t SOURCE = 0x0a000001;      // 10.0.0.1
constexpr uint32_t DESTINATION = 0x0a000102; // 10.0.1.2

/** Frames of one capture and what a dissector must show of them. */
class Samples
{
  public:
    explicit Samples(uint32_t linkType)
        : m_pcap(linkType)
    {
    }

    void Add(ByteView frame, const Expectations& expectations)
    {
        m_pcap.Add(frame);
        for (const auto& [field, value] : expectations)
        {
            m_text += std::to_string(m_pcap.GetFrames()) + '\t' + field + '\t' + value + '\n';
        }
    }

    bool Save(const std::string& capture, const std::string& text) const
    {
        return m_pcap.Save(capture) && SaveText(text, m_text);
    }

  private:
    Pcap m_pcap;
    std::string m_text;
};

Bytes
Datagram(Ipv4WireHeader header, Ipv4Protocol protocol, const Bytes& payload)
{
    header.source = header.source == 0 ? SOURCE : header.source;
    header.destination = header.destination == 0 ? DESTINATION : header.destination;
    header.protocol = static_cast<uint8_t>(protocol);
    header.totalLength = static_cast<uint16_t>(header.HeaderSize() + payload.size());
    header.SetChecksum();
    Bytes datagram = EncodeToBytes(header);
    datagram.insert(datagram.end(), payload.begin(), payload.end());
    return datagram;
}

Bytes
Udp(const Bytes& data)
{
    UdpWireHeader udp;
    udp.ports = {50000, 40000};
    udp.length = static_cast<uint16_t>(UdpWireHeader::SIZE + data.size());
    udp.checksum = udp.ComputeChecksum4(SOURCE, DESTINATION, data);
    Bytes payload = EncodeToBytes(udp);
    payload.insert(payload.end(), data.begin(), data.end());
    return payload;
}

Bytes
Tcp()
{
    TcpWireHeader tcp;
    tcp.ports = {50000, 40000};
    tcp.sequence = 0x01020304;
    tcp.flags = TcpWireHeader::SYN;
    tcp.window = 1000;
    tcp.options = {2, 4, 0x05, 0xb4};
    tcp.checksum = tcp.ComputeChecksum4(SOURCE, DESTINATION, {});
    return EncodeToBytes(tcp);
}

Ipv4WireHeader
WithOptions(const Ipv4WireHeader::Options& options)
{
    Ipv4WireHeader header;
    header.options = options;
    Ipv4OptionWriter(header.options).Pad();
    return header;
}

/** An echo request with options that one router has stamped. */
Bytes
Stamped(Ipv4WireHeader header, bool atStop)
{
    Ipv4OptionsRules rules;
    rules.sourceRoute = Ipv4SourceRoutePolicy::PROCESS;
    const auto verdict = JudgeIpv4Options(header, atStop, rules);
    Ipv4OptionsStamp stamp;
    stamp.address = 0x0a0000fe;
    stamp.time = 43'200'000;
    stamp.ownsTimestamp = true;
    StampIpv4Options(header, verdict.plan, stamp);
    return Datagram(header,
                    Ipv4Protocol::ICMP,
                    EncodeToBytes(IcmpMessage::EchoRequest(7, 1, {1, 2, 3, 4})));
}

void
AddOptions(Samples& samples)
{
    Ipv4WireHeader::Options options;
    Ipv4OptionWriter writer(options);
    writer.RecordRoute(3);
    samples.Add(Stamped(WithOptions(options), false),
                {{"ip.opt.type.number", "7,0"}, // and the END that pads
                 {"ip.opt.ptr", "8"},
                 {"ip.rec_rt", "10.0.0.254"},
                 {"ip.empty_rt", "0.0.0.0,0.0.0.0"}});
    for (const auto kind :
         {Ipv4OptionKind::LOOSE_SOURCE_ROUTE, Ipv4OptionKind::STRICT_SOURCE_ROUTE})
    {
        Ipv4WireHeader header;
        SetIpv4SourceRoute(header, kind, {0x0a0000fe, 0x0a000901, 0x0a000102});
        samples.Add(Stamped(header, true),
                    {{"ip.opt.len", "11"},
                     {"ip.opt.ptr", "8"},
                     {"ip.cur_rt", "10.0.9.1"},
                     {"ip.dst", "10.0.1.2"},
                     {"ip.rec_rt", "10.0.0.254"}});
    }
    options.clear();
    writer.Timestamps(2);
    samples.Add(Stamped(WithOptions(options), false),
                {{"ip.opt.type.number", "4"},
                 {"ip.opt.ptr", "9"},
                 {"ip.opt.flag", "0"},
                 {"ip.opt.time_stamp", "43200000,0"}});
    options.clear();
    writer.TimestampsWithAddress(1);
    samples.Add(Stamped(WithOptions(options), false),
                {{"ip.opt.flag", "1"},
                 {"ip.opt.time_stamp_addr", "10.0.0.254"},
                 {"ip.opt.time_stamp", "43200000"}});
    options.clear();
    writer.PrespecifiedTimestamps({0x0a0000fe, 0x0a000901});
    samples.Add(Stamped(WithOptions(options), false),
                {{"ip.opt.flag", "3"},
                 {"ip.opt.ptr", "13"},
                 {"ip.opt.time_stamp_addr", "10.0.0.254,10.0.9.1"},
                 {"ip.opt.time_stamp", "43200000,0"}});
    options = {0x44, 8, 9, 0x20, 0, 0, 0, 1};
    samples.Add(Stamped(WithOptions(options), false), {{"ip.opt.overflow", "3"}});
    options.clear();
    writer.Security(Ipv4SecurityLevel::SECRET, 0x80);
    samples.Add(Stamped(WithOptions(options), false),
                {{"ip.opt.type.number", "2"}, {"ip.opt.sec_cl", "0x5a"}});
    options.clear();
    writer.RouterAlert();
    samples.Add(Stamped(WithOptions(options), false),
                {{"ip.opt.type.number", "20"}, {"ip.opt.ra", "0"}});
}

void
AddIcmp(Samples& samples)
{
    const Bytes quoted = Datagram({}, Ipv4Protocol::UDP, Udp(Bytes(32, 0xda)));
    const ByteView quote(quoted);
    const auto add = [&samples](const IcmpMessage& message, const Expectations& expectations) {
        samples.Add(Datagram(IcmpErrorHeader({}, message.type, SOURCE, 64),
                             Ipv4Protocol::ICMP,
                             EncodeToBytes(message)),
                    expectations);
    };
    static const char* const CODES[] =
        {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"};
    for (unsigned code = 0; code < 16; ++code)
    {
        add(IcmpMessage::Unreachable(static_cast<IcmpUnreachableCode>(code), quote),
            {{"icmp.type", "3"}, {"icmp.code", CODES[code]}, {"udp.dstport", "40000"}});
    }
    add(IcmpMessage::FragmentationNeeded(1200, quote), {{"icmp.code", "4"}, {"icmp.mtu", "1200"}});
    add(IcmpMessage::SourceQuench(quote), {{"icmp.type", "4"}});
    add(IcmpMessage::Redirect(IcmpRedirectCode::HOST, 0x0a010003, quote),
        {{"icmp.type", "5"}, {"icmp.code", "1"}, {"icmp.redir_gw", "10.1.0.3"}});
    add(IcmpMessage::TimeExceeded(IcmpTimeExceededCode::IN_TRANSIT, quote),
        {{"icmp.type", "11"}, {"icmp.code", "0"}});
    add(IcmpMessage::TimeExceeded(IcmpTimeExceededCode::REASSEMBLY, quote),
        {{"icmp.type", "11"}, {"icmp.code", "1"}});
    add(IcmpMessage::ParameterProblem(20, quote),
        {{"icmp.type", "12"}, {"icmp.code", "0"}, {"icmp.pointer", "20"}});
    add(IcmpMessage::MissingOption(130, quote), {{"icmp.type", "12"}, {"icmp.code", "1"}});

    const auto echo = IcmpMessage::EchoRequest(0x1234, 7, {1, 2, 3, 4, 5});
    add(echo, {{"icmp.type", "8"}, {"icmp.ident", "4660"}, {"icmp.seq", "7"}});
    add(IcmpMessage::EchoReply(echo), {{"icmp.type", "0"}, {"icmp.seq", "7"}});
    const auto times = IcmpMessage::TimestampRequest(1, 2, 43'200'000);
    add(times, {{"icmp.type", "13"}, {"icmp.originate_timestamp", "43200000"}});
    add(IcmpMessage::TimestampReply(times, 43'200'010, 43'200'011),
        {{"icmp.type", "14"},
         {"icmp.receive_timestamp", "43200010"},
         {"icmp.transmit_timestamp", "43200011"}});
    const auto mask = IcmpMessage::AddressMaskRequest(1, 3);
    add(mask, {{"icmp.type", "17"}});
    add(IcmpMessage::AddressMaskReply(mask, 0xffffff00),
        {{"icmp.type", "18"}, {"icmp.address_mask", "255.255.255.0"}});
    add(IcmpMessage::RouterSolicitation(), {{"icmp.type", "10"}});
    add(IcmpMessage::RouterAdvertisement({1800, {{0x0a000001, 0}, {0x0a000002, -100}}}),
        {{"icmp.type", "9"},
         {"icmp.num_addrs", "2"},
         {"icmp.addr_entry_size", "2"},
         {"icmp.lifetime", "1800"},
         {"icmp.router_address", "10.0.0.1,10.0.0.2"},
         {"icmp.pref_level", "0,-100"}});
}

void
AddHeaders(Samples& samples)
{
    Ipv4WireHeader header;
    header.dscp = 46;
    header.ecn = 1;
    header.identification = 0x1234;
    header.dontFragment = true;
    header.ttl = 3;
    samples.Add(Datagram(header, Ipv4Protocol::UDP, Udp({1, 2, 3})),
                {{"ip.dsfield.dscp", "46"},
                 {"ip.dsfield.ecn", "1"},
                 {"ip.id", "0x1234"},
                 {"ip.flags.df", "1"},
                 {"ip.ttl", "3"},
                 {"udp.length", "11"},
                 {"udp.checksum.status", "1"}});
    samples.Add(
        Datagram({}, Ipv4Protocol::TCP, Tcp()),
        {{"tcp.flags.syn", "1"}, {"tcp.options.mss_val", "1460"}, {"tcp.checksum.status", "1"}});
}

void
AddArp(Samples& samples)
{
    const MacBytes first{0x00, 0x00, 0x5e, 0x00, 0x53, 0xe1};
    const MacBytes second{0x00, 0x00, 0x5e, 0x00, 0x53, 0xe2};
    const auto request = ArpMessage::Request(first, 0xc0204107, 0xc0204105);
    const auto add = [&samples](const ArpMessage& message, const Expectations& expectations) {
        samples.Add(OnEthernet(EncodeToBytes(message), 0x0806), expectations);
    };
    add(request,
        {{"arp.opcode", "1"},
         {"arp.src.hw_mac", "00:00:5e:00:53:e1"},
         {"arp.src.proto_ipv4", "192.32.65.7"},
         {"arp.dst.proto_ipv4", "192.32.65.5"}});
    add(ArpMessage::Reply(request, second),
        {{"arp.opcode", "2"},
         {"arp.src.hw_mac", "00:00:5e:00:53:e2"},
         {"arp.dst.hw_mac", "00:00:5e:00:53:e1"},
         {"arp.src.proto_ipv4", "192.32.65.5"}});
    add(ArpMessage::Probe(first, 0xc0204107), {{"arp.isprobe", "1"}});
    add(ArpMessage::Announcement(first, 0xc0204107), {{"arp.isannouncement", "1"}});
}

/** One wrong bit in each octet that a checksum covers and that leaves the format readable. */
void
AddWrong(Pcap& pcap)
{
    const Bytes icmp =
        Datagram({}, Ipv4Protocol::ICMP, EncodeToBytes(IcmpMessage::EchoRequest(1, 2, {9})));
    for (const std::size_t at : {1, 4, 8, 10, 11, 13, 15, 18, 22, 23, 24, 26, 28})
    {
        Bytes broken = icmp;
        broken[at] ^= 0x01;
        pcap.Add(broken);
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    if (argc != 2)
    {
        std::fprintf(stderr, "usage: ipv4-samples FOLDER\n");
        return 2;
    }
    const std::string folder = std::string(argv[1]) + '/';
    Samples right(LINK_TYPE_RAW_IP);
    AddHeaders(right);
    AddOptions(right);
    AddIcmp(right);
    Samples arp(LINK_TYPE_ETHERNET);
    AddArp(arp);
    Pcap wrong(LINK_TYPE_RAW_IP);
    AddWrong(wrong);
    const bool saved = right.Save(folder + "right.pcap", folder + "fields.tsv") &&
                       arp.Save(folder + "arp.pcap", folder + "arp.tsv") &&
                       wrong.Save(folder + "checksum.pcap");
    if (!saved)
    {
        std::perror("ipv4-samples");
    }
    return saved ? 0 : 1;
}
