// SPDX-License-Identifier: GPL-2.0-only

// A capture with one DHCP message of each type, and of each kind of option, for the dissection
// test.

#include "strata-capture.h"

#include "ns3/strata-dhcp-message.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-udp-header.h"

#include <iostream>

using namespace ns3::strata;

namespace
{

constexpr uint32_t SERVER = 0xc0000201; // 192.0.2.1
constexpr uint32_t CLIENT = 0xc0000209;

Bytes
Frame(const DhcpMessage& message)
{
    const bool request = message.operation == BootpOperation::REQUEST;
    const Bytes data = EncodeToBytes(message);
    UdpWireHeader udp;
    udp.ports = request ? TransportPorts{68, 67} : TransportPorts{67, 68};
    udp.length = static_cast<uint16_t>(UdpWireHeader::SIZE + data.size());
    Ipv4WireHeader ip;
    ip.ttl = 64;
    ip.protocol = 17;
    ip.source = request ? 0 : SERVER;
    ip.destination = 0xffffffff;
    ip.totalLength = static_cast<uint16_t>(ip.HeaderSize() + udp.length);
    ip.SetChecksum();
    udp.checksum = udp.ComputeChecksum4(ip.source, ip.destination, data);
    Bytes bytes = EncodeToBytes(ip);
    ByteWriter writer(bytes);
    udp.Encode(writer);
    writer.Write(data);
    return OnEthernet(bytes, EtherType::IPV4);
}

DhcpMessage
Make(DhcpMessageType type, DhcpOptions options)
{
    DhcpMessage message;
    const bool reply = type == DhcpMessageType::OFFER || type == DhcpMessageType::ACK ||
                       type == DhcpMessageType::NAK;
    message.operation = reply ? BootpOperation::REPLY : BootpOperation::REQUEST;
    message.transaction = 0x5eed;
    message.hardware = {2, 0, 0, 0, 0, 1};
    DhcpOptions all;
    all.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(type));
    for (const DhcpOptions::Option& option : options.All())
    {
        all.Set(static_cast<DhcpOptionCode>(option.code), option.data);
    }
    message.SetOptions(all);
    return message;
}

} // namespace

int
main(int argc, char* argv[])
{
    if (argc != 2)
    {
        std::cerr << "usage: " << argv[0] << " FILE.pcap\n";
        return 1;
    }
    Pcap pcap(LINK_TYPE_ETHERNET);
    for (uint8_t type = 1; type <= 8; ++type) // frames 1 to 8
    {
        DhcpOptions options;
        options.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, SERVER);
        if (type == 3 || type == 4)
        {
            options.SetU32(DhcpOptionCode::REQUESTED_ADDRESS, CLIENT);
        }
        if (type == 6)
        {
            options.SetText(DhcpOptionCode::MESSAGE, "wrong network");
        }
        pcap.Add(Frame(Make(static_cast<DhcpMessageType>(type), options)));
    }
    DhcpOptions options; // frame 9
    options.SetText(DhcpOptionCode::HOST_NAME, "alice");
    options.Set(DhcpOptionCode::CLIENT_IDENTIFIER, {0, 'p', 'r', 'i', 'n', 't', 'e', 'r'});
    options.SetText(DhcpOptionCode::DOMAIN_NAME, "example.net");
    options.SetU32(DhcpOptionCode::LEASE_TIME, 7200);
    options.SetU16(DhcpOptionCode::INTERFACE_MTU, 1500);
    options.SetU16(DhcpOptionCode::MAX_MESSAGE_SIZE, 1472);
    options.SetAddresses(DhcpOptionCode::NTP_SERVERS, {CLIENT});
    options.Set(DhcpOptionCode::PARAMETER_LIST, {1, 3, 6, 121});
    pcap.Add(Frame(Make(DhcpMessageType::REQUEST, options)));

    options = {}; // frame 10
    options.SetRelayAgent({{1, {'c'}}, {2, {'r'}}, {5, {192, 0, 2, 1}}});
    pcap.Add(Frame(Make(DhcpMessageType::DISCOVER, options)));

    options = {}; // frame 11
    options.SetRoutes({{Ipv4Prefix(0x0a1b8100, 24), 0x0a1b8101}, {Ipv4Prefix(), 0x0a010101}});
    pcap.Add(Frame(Make(DhcpMessageType::ACK, options)));

    options = {}; // frame 12: more than fits in the options field of a common message
    for (uint8_t code = 224; code < 232; ++code)
    {
        options.Set(static_cast<DhcpOptionCode>(code), Bytes(50, code));
    }
    pcap.Add(Frame(Make(DhcpMessageType::ACK, options)));
    return pcap.Save(argv[1]) ? 0 : 1;
}
