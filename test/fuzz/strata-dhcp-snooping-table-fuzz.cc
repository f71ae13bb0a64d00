// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-fuzz-input.h"
#include "strata-fuzz.h"

#include "ns3/strata-dhcp-snooping-table.h"

#include <map>
#include <set>

/**
 * The input is limits and messages, each with a port and the source of its frame. Servers are heard
 * at the trusted port alone, nobody speaks for another, and the limits hold.
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    constexpr uint32_t TRUSTED = 0;
    ByteReader reader(ByteView(data, size));
    const uint8_t choice = reader.U8();
    DhcpSnoopingParameters parameters;
    parameters.clientsPerPort = choice % 4;
    parameters.maxClients = 5;
    parameters.rate = choice & 0x40 ? 2 : 0;
    parameters.burst = 3;
    DhcpSnoopingTable table(parameters);
    table.Trust(TRUSTED);
    Nanos now{0};
    while (reader.Ok() && reader.Remaining() > 0)
    {
        const uint8_t what = reader.U8();
        now += std::chrono::seconds(what >= 0xc0 ? reader.U8() : 0);
        const uint32_t port = what % 4;
        const auto message = ReadFuzzedMessage(reader);
        if (!message)
        {
            Require(table.CheckMalformed(port).has_value() == (port != TRUSTED),
                    "what is malformed passes where there is trust");
            continue;
        }
        MacBytes hardware{};
        std::copy_n(message->hardware.begin(), hardware.size(), hardware.begin());
        const MacBytes claimed = hardware;
        hardware[5] ^= what & 0x20 ? 1 : 0;
        const auto before = table.PortOf(claimed, now);
        const auto type = message->Options().U8(DhcpOptionCode::MESSAGE_TYPE).value_or(0);
        const bool passes = !table.Check(*message, port, hardware, now);
        if (passes && port != TRUSTED)
        {
            Require(message->operation == BootpOperation::REQUEST, "no server");
            Require(message->relayAddress == 0, "no relay");
            Require(claimed == hardware && message->hardwareLength == 6, "nobody for another");
            Require((type != static_cast<uint8_t>(DhcpMessageType::RELEASE) &&
                     type != static_cast<uint8_t>(DhcpMessageType::DECLINE)) ||
                        before == port,
                    "nobody gives away what another has");
        }
        std::map<uint32_t, std::size_t> clients;
        for (uint8_t host = 0; host < 6; ++host)
        {
            if (const auto at = table.PortOf({2, 0, 0, 0, 0, host}, now))
            {
                Require(*at != TRUSTED, "clients are counted where there is no trust");
                ++clients[*at];
            }
        }
        std::size_t all = 0;
        for (const auto& [at, count] : clients)
        {
            all += count;
            Require(parameters.clientsPerPort == 0 || count <= parameters.clientsPerPort,
                    "clients by port");
        }
        Require(all <= parameters.maxClients, "clients at all ports");
        std::set<MacBytes> known;
        for (const DhcpSnoopedBinding& binding : table.Bindings(now))
        {
            Require(binding.expires > now, "what is over is forgotten");
            Require(known.insert(binding.hardware).second, "a client has one binding");
        }
    }
    return 0;
}
