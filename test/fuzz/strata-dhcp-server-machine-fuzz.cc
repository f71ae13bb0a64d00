// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-fuzz-input.h"
#include "strata-fuzz.h"

#include "ns3/strata-dhcp-server-machine.h"

#include <map>

namespace
{

using namespace ns3::strata;

constexpr uint32_t SERVER = 0x0a000001;
constexpr uint32_t FIRST = 0x0a000064;

/** Who was told to have an address, and until when. */
struct Holder
{
    DhcpClientKey client;
    Bytes hardware;
    Nanos until{NEVER};
};

class Run
{
  public:
    explicit Run(ByteReader& reader)
        : m_reader(reader),
          m_choice(reader.U8())
    {
        Boot();
    }

    void Step()
    {
        const uint8_t what = m_reader.U8();
        switch (what % 8)
        {
        case 0:
            m_now += std::chrono::seconds(m_reader.U8());
            break;
        case 1:
            m_now += std::chrono::milliseconds(what);
            break;
        case 2:
            Note(m_machine.OnProbeAnswered(FewAddresses(m_reader.U8()), m_now));
            break;
        case 3:
            if (what >= 0xf0)
            {
                m_machine.Exclude(FewAddresses(m_reader.U8()));
            }
            else if (what >= 0xe0)
            {
                Boot();
            }
            else if (what >= 0xc0)
            {
                const uint8_t whose = m_reader.U8();
                m_reserved[DhcpKeyOfHardware(
                    1,
                    Bytes{2, 0, 0, 0, 0, static_cast<uint8_t>(whose % 6)})] = FIRST + whose / 6 % 8;
                ReserveAll();
            }
            break;
        default:
            if (const auto message = ReadFuzzedMessage(m_reader))
            {
                Hear(*message, {1, SERVER, (what & 0x10) != 0});
            }
            break;
        }
        Note(m_machine.Tick(m_now));
        Require(m_machine.NextDeadline() > m_now, "what is due is done");
    }

  private:
    /** A server that knows its configuration and what its store holds. */
    void Boot()
    {
        DhcpServerParameters parameters;
        parameters.probe = m_choice & 1;
        m_machine = DhcpServerMachine(parameters);
        DhcpSubnet subnet;
        subnet.network = Ipv4Prefix(0x0a000000, 24);
        subnet.leastLease = 1;
        subnet.mostLease = m_choice & 2 ? DHCP_INFINITE_LEASE : 900;
        const uint32_t home = m_machine.AddSubnet(subnet);
        m_machine.AddRange(home, FIRST, FIRST + 5, true);
        m_machine.AddRange(home, FIRST + 6, FIRST + 7, false);
        subnet.network = Ipv4Prefix(0x0a010000, 16);
        const uint32_t far = m_machine.AddSubnet(subnet);
        m_machine.AddRange(far, 0x0a010064, 0x0a010066, true);
        ReserveAll();
        m_machine.SetOwnAddresses({SERVER});
        for (const DhcpBinding& binding : m_store)
        {
            Require(m_machine.Restore(binding), "what was stored comes back");
        }
        m_store = m_machine.GetLeases().All();
    }

    void ReserveAll()
    {
        for (const auto& [client, address] : m_reserved)
        {
            m_machine.Reserve(0, client, address);
        }
    }

    void Hear(const DhcpMessage& message, const DhcpArrival& arrival)
    {
        const DhcpOptions options = message.Options();
        const auto type = options.U8(DhcpOptionCode::MESSAGE_TYPE);
        const DhcpClientKey client = DhcpKeyOf(message, options);
        if (type == static_cast<uint8_t>(DhcpMessageType::RELEASE))
        {
            GiveBack(client, message.clientAddress);
        }
        else if (type == static_cast<uint8_t>(DhcpMessageType::DECLINE))
        {
            GiveBack(client, options.U32(DhcpOptionCode::REQUESTED_ADDRESS).value_or(0));
        }
        Note(m_machine.OnMessage(message, arrival, m_now));
    }

    void GiveBack(const DhcpClientKey& client, uint32_t address)
    {
        const auto holder = m_holders.find(address);
        if (holder != m_holders.end() && holder->second.client == client)
        {
            m_holders.erase(holder);
        }
    }

    void Note(const DhcpServerEffects& effects)
    {
        for (const DhcpServerEffect& effect : effects)
        {
            if (const auto* store = std::get_if<DhcpServerStore>(&effect))
            {
                m_store.push_back(store->binding);
            }
            else if (const auto* send = std::get_if<DhcpServerSend>(&effect))
            {
                Sent(*send);
            }
        }
    }

    void Sent(const DhcpServerSend& send)
    {
        const DhcpMessage& message = send.message;
        Require(message.operation == BootpOperation::REPLY, "a server replies");
        Require(DhcpMessage::Decode(EncodeToBytes(message), {}).has_value(), "in good form");
        const uint32_t address = message.yourAddress;
        if (address == 0 || send.type == DhcpMessageType::NAK)
        {
            return;
        }
        Require(address != SERVER, "a server gives nobody its own address");
        const DhcpBinding* binding = m_machine.GetLeases().Find(address);
        Require(binding != nullptr, "what is given is known");
        const Bytes hardware = message.HardwareAddress().ToBytes();
        const auto holder = m_holders.find(address);
        // Whoever is offered another address has asked as one without.
        Require(holder == m_holders.end() || holder->second.until <= m_now ||
                    holder->second.client == binding->client || holder->second.hardware == hardware,
                "nobody is given what another has");
        for (auto other = m_holders.begin(); other != m_holders.end();)
        {
            const bool gone = other->first != address && other->second.client == binding->client &&
                              m_machine.SubnetOf(other->first) == binding->subnet;
            other = gone ? m_holders.erase(other) : std::next(other);
        }
        if (send.type == DhcpMessageType::OFFER)
        {
            return;
        }
        const auto seconds = message.Options().U32(DhcpOptionCode::LEASE_TIME);
        Require(send.type.has_value() == seconds.has_value(), "a lease has a time");
        m_holders[address] = {binding->client,
                              hardware,
                              seconds && *seconds != DHCP_INFINITE_LEASE
                                  ? m_now + std::chrono::seconds(*seconds)
                                  : NEVER};
    }

    ByteReader& m_reader;
    uint8_t m_choice;
    DhcpServerMachine m_machine;
    std::map<DhcpClientKey, uint32_t> m_reserved;
    std::vector<DhcpBinding> m_store;
    std::map<uint32_t, Holder> m_holders;
    Nanos m_now{0};
};

} // namespace

/**
 * The input is a configuration and events: messages, answers to probes, time, crashes of a server
 * with a store. Nobody is given what another has and has not given back.
 */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ByteReader reader(ByteView(data, size));
    Run run(reader);
    while (reader.Ok() && reader.Remaining() > 0)
    {
        run.Step();
    }
    return 0;
}
