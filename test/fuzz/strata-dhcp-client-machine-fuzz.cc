// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-fuzz-input.h"
#include "strata-fuzz.h"

#include "ns3/strata-dhcp-client-machine.h"

namespace
{

using namespace ns3::strata;

const MacBytes MAC{2, 0, 0, 0, 0, 1};

class Run
{
  public:
    explicit Run(ByteReader& reader)
        : m_reader(reader),
          m_client(Parameters(reader.U8()), [this] { return m_reader.U8() / 256.0; })
    {
        Note(m_client.Start(m_now));
    }

    void Step()
    {
        const uint8_t what = m_reader.U8();
        switch (what % 16)
        {
        case 0:
            m_now += std::chrono::seconds(m_reader.U8());
            break;
        case 1:
        case 2:
        case 3:
            if (m_client.NextDeadline() != NEVER)
            {
                m_now = std::max(m_now, m_client.NextDeadline());
            }
            break;
        case 4:
        case 5:
            Note(m_client.OnProbeDone(m_probed, (what & 0x30) == 0, m_now));
            break;
        case 6:
            Note(m_client.OnConflict(FewAddresses(m_reader.U8()), m_now));
            break;
        case 7:
            Command(m_reader.U8());
            break;
        default:
            if (auto message = ReadFuzzedMessage(m_reader))
            {
                if (what & 0x10)
                {
                    message->operation = BootpOperation::REPLY;
                    message->transaction = m_transaction;
                    std::copy(MAC.begin(), MAC.end(), message->hardware.begin());
                }
                Note(m_client.OnMessage(*message, m_now));
            }
            break;
        }
        int rounds = 0;
        while (m_client.NextDeadline() <= m_now)
        {
            Note(m_client.Tick(m_now));
            Require(++rounds < 8, "time goes on");
        }
        const auto& lease = m_client.GetLease();
        Require(m_client.IsConfigured() == (m_address != 0), "what is configured was applied");
        Require(!m_client.IsConfigured() || lease->address == m_address, "as it was applied");
        Require(!m_client.IsConfigured() || lease->expiresAt > m_now, "no lease outlives its end");
    }

  private:
    static DhcpClientParameters Parameters(uint8_t choice)
    {
        DhcpClientParameters parameters;
        parameters.hardware = MAC;
        parameters.probe = choice & 1;
        parameters.broadcast = choice & 2;
        parameters.renewalFuzz = choice & 4 ? 1 : 0.05;
        parameters.offerWait = std::chrono::seconds(choice & 8 ? 2 : 0);
        parameters.startMin = std::chrono::seconds(choice & 16 ? 1 : 0);
        return parameters;
    }

    void Command(uint8_t which)
    {
        switch (which % 5)
        {
        case 0:
            Note(m_client.Start(m_now));
            break;
        case 1:
            Note(m_client.Stop(m_now));
            break;
        case 2:
            Note(m_client.Release(m_now));
            break;
        case 3:
            Note(m_client.LinkChanged(m_now));
            break;
        default:
            Note(m_client.Inform(FewAddresses(which), m_now));
            break;
        }
    }

    void Note(const DhcpClientEffects& effects)
    {
        for (const DhcpClientEffect& effect : effects)
        {
            if (const auto* send = std::get_if<DhcpClientSend>(&effect))
            {
                m_transaction = send->message.transaction;
                Require(DhcpMessage::Decode(EncodeToBytes(send->message), {}).has_value(),
                        "a client sends in good form");
                Require(send->source == 0 || send->source == m_address ||
                            send->type == DhcpMessageType::INFORM,
                        "nothing is sent from an address that is not the client's");
            }
            else if (const auto* probe = std::get_if<DhcpClientProbe>(&effect))
            {
                m_probed = probe->address;
            }
            else if (const auto* apply = std::get_if<DhcpClientApply>(&effect))
            {
                Require(apply->renewed == (m_address != 0), "applied once, then renewed");
                Require(!apply->renewed || apply->lease.address == m_address, "the same address");
                m_address = apply->lease.address;
                Require(m_address != 0 && apply->lease.expiresAt > m_now, "a lease that holds");
                Require(apply->lease.renewAt <= apply->lease.rebindAt &&
                            apply->lease.rebindAt <= apply->lease.expiresAt,
                        "T1, T2 and the end are in order");
            }
            else if (const auto* withdraw = std::get_if<DhcpClientWithdraw>(&effect))
            {
                Require(m_address != 0 && withdraw->lease.address == m_address,
                        "what was applied is withdrawn");
                m_address = 0;
            }
        }
    }

    ByteReader& m_reader;
    DhcpClientMachine m_client;
    Nanos m_now{0};
    uint32_t m_transaction{0};
    uint32_t m_probed{0};
    uint32_t m_address{0}; //!< that the host has
};

} // namespace

/**
 * The input is parameters and events: messages, some of which fit the transaction, ends of probes,
 * conflicts, commands and time. What the host has is always a lease that holds.
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
