// SPDX-License-Identifier: GPL-2.0-only

// Writes what crosses a translator, before and after, as two captures of raw IP: inside.pcap and
// outside.pcap, a datagram at the same place in both. Outbound ones come first.

#include "strata-capture.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-icmp-message.h"
#include "ns3/strata-nat-machine.h"
#include "ns3/strata-tcp-header.h"
#include "ns3/strata-udp-header.h"

using namespace ns3::strata;

namespace
{

constexpr uint32_t HOST = 0x0a000001;
constexpr uint32_t PUBLIC = 0xc63c2a0c;
constexpr uint32_t SERVER = 0xcb007105; // 203.0.113.5

Bytes
Datagram(Ipv4Protocol protocol, uint32_t from, uint32_t to, Bytes payload, std::size_t checksum)
{
    Ipv4WireHeader header;
    header.protocol = static_cast<uint8_t>(protocol);
    header.source = from;
    header.destination = to;
    header.totalLength = static_cast<uint16_t>(20 + payload.size());
    header.SetChecksum();
    if (checksum != 0)
    {
        InternetChecksum sum;
        sum.AddPseudoHeader4(from, to, header.protocol, static_cast<uint16_t>(payload.size()));
        sum.Add(payload);
        payload[checksum] = static_cast<uint8_t>(sum.Get() >> 8);
        payload[checksum + 1] = static_cast<uint8_t>(sum.Get());
    }
    Bytes bytes = EncodeToBytes(header);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
}

Bytes
Udp(uint32_t from, uint16_t port, uint32_t to, uint16_t toPort, std::size_t size, bool sum = true)
{
    Bytes payload;
    ByteWriter writer(payload);
    for (const std::size_t word :
         {std::size_t{port}, std::size_t{toPort}, 8 + size, std::size_t{0}})
    {
        writer.U16(static_cast<uint16_t>(word));
    }
    writer.Zeros(size);
    return Datagram(Ipv4Protocol::UDP, from, to, payload, sum ? 6 : 0);
}

Bytes
Tcp(uint32_t from,
    uint16_t port,
    uint32_t to,
    uint16_t toPort,
    uint8_t flags,
    uint32_t sequence,
    uint32_t acknowledgment,
    const std::string& data = "",
    const Bytes& options = {})
{
    TcpWireHeader tcp;
    tcp.ports = {port, toPort};
    tcp.flags = flags;
    tcp.sequence = sequence;
    tcp.acknowledgment = acknowledgment;
    tcp.window = 8192;
    tcp.options.assign(options.begin(), options.end());
    Bytes payload = EncodeToBytes(tcp);
    payload.insert(payload.end(), data.begin(), data.end());
    return Datagram(Ipv4Protocol::TCP, from, to, payload, 16);
}

Bytes
Icmp(uint32_t from, uint32_t to, const IcmpMessage& message)
{
    return Datagram(Ipv4Protocol::ICMP, from, to, EncodeToBytes(message), 0);
}

class Samples
{
  public:
    Samples()
        : m_inside(LINK_TYPE_RAW_IP),
          m_outside(LINK_TYPE_RAW_IP)
    {
        m_machine.Table().AddPublicAddress(PUBLIC);
        m_machine.SetInside({Ipv4Prefix(HOST, 24)}, false);
    }

    /** \return the datagram on the other side; the program fails if it does not get there */
    Bytes Cross(const Bytes& datagram, bool outwards)
    {
        auto header = Ipv4WireHeader::Decode(datagram, {});
        Bytes payload = ByteView(datagram).Sub(20).ToBytes();
        NatPayload view(payload);
        const NatVerdict verdict = outwards ? m_machine.Outbound(*header, view, false, Nanos(0))
                                            : m_machine.Inbound(*header, view, Nanos(0));
        m_failed = m_failed || verdict.action != NatAction::REWRITTEN;
        header->totalLength = static_cast<uint16_t>(20 + payload.size());
        Bytes after = EncodeToBytes(*header);
        if (payload.size() + 20 != datagram.size())
        {
            header->SetChecksum(); // as leaving sets it
            after = EncodeToBytes(*header);
        }
        after.insert(after.end(), payload.begin(), payload.end());
        m_inside.Add(outwards ? datagram : after);
        m_outside.Add(outwards ? after : datagram);
        return after;
    }

    bool Write()
    {
        constexpr uint8_t SYN = TcpWireHeader::SYN;
        constexpr uint8_t ACK = TcpWireHeader::ACK;
        // 1 to 3: UDP, with a checksum and without; back
        const Bytes out = Cross(Udp(HOST, 5544, SERVER, 9999, 40), true);
        Cross(Udp(HOST, 5544, SERVER, 9999, 40, false), true);
        Cross(Udp(SERVER, 9999, PUBLIC, 5544, 40), false);
        // 4, 5: an echo and its reply
        IcmpMessage echo = IcmpMessage::EchoRequest(77, 1, Bytes(16, 0x55));
        Cross(Icmp(HOST, SERVER, echo), true);
        Cross(Icmp(SERVER, PUBLIC, IcmpMessage::EchoReply(echo)), false);
        // 6: an error about 1
        Cross(Icmp(SERVER, PUBLIC, IcmpMessage::Unreachable(IcmpUnreachableCode::PORT, out)),
              false);
        // 7: an error of the inside about 3
        Cross(Icmp(HOST,
                   SERVER,
                   IcmpMessage::Unreachable(IcmpUnreachableCode::PORT,
                                            Udp(SERVER, 9999, HOST, 5544, 40))),
              true);
        // 8 to 10: a datagram in three fragments
        const Bytes whole = Udp(HOST, 5544, SERVER, 9999, 1000);
        for (std::size_t i = 0; i < 3; ++i)
        {
            auto header = Ipv4WireHeader::Decode(whole, {});
            Bytes part = ByteView(whole).Sub(20 + i * 400, i == 2 ? SIZE_MAX : 400).ToBytes();
            header->identification = 7;
            header->moreFragments = i < 2;
            header->fragmentOffset = static_cast<uint16_t>(i * 50);
            header->totalLength = static_cast<uint16_t>(20 + part.size());
            header->SetChecksum();
            Bytes bytes = EncodeToBytes(*header);
            bytes.insert(bytes.end(), part.begin(), part.end());
            Cross(bytes, true);
        }
        // 11 to 17: FTP in active mode
        Cross(Tcp(HOST, 5000, SERVER, 21, SYN, 1000, 0), true);
        Cross(Tcp(SERVER, 21, PUBLIC, 5000, SYN | ACK, 7000, 1001), false);
        Cross(Tcp(HOST, 5000, SERVER, 21, ACK, 1001, 7001), true);
        const Bytes port =
            Cross(Tcp(HOST, 5000, SERVER, 21, ACK, 1001, 7001, "PORT 10,0,0,1,19,137\r\n"), true);
        const auto end = static_cast<uint32_t>(1001 + port.size() - 40);
        Cross(Tcp(SERVER, 21, PUBLIC, 5000, ACK, 7001, end, "200 PORT is fine\r\n"), false);
        Cross(Tcp(HOST, 5000, SERVER, 21, ACK, 1023, 7019, "RETR file\r\n"), true);
        Cross(Tcp(SERVER, 20, PUBLIC, 5001, SYN, 9000, 0), false);
        return !m_failed && m_inside.Save("inside.pcap") && m_outside.Save("outside.pcap");
    }

  private:
    NatMachine m_machine;
    Pcap m_inside;
    Pcap m_outside;
    bool m_failed{false};
};

} // namespace

int
main()
{
    return Samples().Write() ? 0 : 1;
}
