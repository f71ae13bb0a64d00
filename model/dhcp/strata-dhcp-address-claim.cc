// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-address-claim.h"

#include "strata-dhcp-endpoint.h"

#include "ns3/strata-arp-protocol.h"
#include "ns3/strata-ether-type.h"
#include "ns3/strata-node.h"
#include "ns3/strata-packet-item.h"

namespace ns3
{
namespace strata
{

DhcpAddressClaim::~DhcpAddressClaim()
{
    Close();
}

void
DhcpAddressClaim::Open(Ptr<NetDevice> device, UniformRandom random, ProbeDone done, Lost lost)
{
    Close();
    m_node = device->GetNode();
    m_device = device;
    m_random = std::move(random);
    m_done = std::move(done);
    m_lost = std::move(lost);
    m_needed = device->NeedsArp();
    m_parameters.defence = ArpDefence::ONCE;
    m_state = ArpState();
    m_state.hardware = DhcpHardwareOf(device);
    if (m_needed)
    {
        m_handler = MakeCallback(&DhcpAddressClaim::Receive, this);
        StrataNode::Of(device->GetNode())->RegisterFrameHandler(EtherType::ARP, m_handler, device);
    }
}

void
DhcpAddressClaim::Close()
{
    m_timer.Cancel();
    if (m_node && m_needed)
    {
        if (Ptr<StrataNode> strata = m_node->GetObject<StrataNode>())
        {
            strata->UnregisterFrameHandler(EtherType::ARP, m_handler, m_device);
        }
    }
    m_node = nullptr;
    m_device = nullptr;
    m_handler = Node::ProtocolHandler();
    m_done = nullptr;
    m_lost = nullptr;
}

void
DhcpAddressClaim::Probe(uint32_t address)
{
    if (!m_needed)
    {
        m_done(address, false);
        return;
    }
    m_machine.Probe(m_state, address, DhcpNow(), m_random);
    Schedule();
}

void
DhcpAddressClaim::Use(uint32_t address)
{
    if (m_needed && !m_state.IsOwn(address))
    {
        m_state.addresses.push_back({address, 32});
        m_machine.Announce(m_state, address, DhcpNow());
        Schedule();
    }
}

void
DhcpAddressClaim::Drop(uint32_t address)
{
    m_machine.Cancel(m_state, address);
    auto& own = m_state.addresses;
    own.erase(std::remove_if(own.begin(),
                             own.end(),
                             [address](const ArpOwnAddress& a) { return a.address == address; }),
              own.end());
    Schedule();
}

void
DhcpAddressClaim::Receive(Ptr<NetDevice>,
                          Ptr<const Packet> packet,
                          uint16_t,
                          const Address&,
                          const Address&,
                          NetDevice::PacketType)
{
    std::array<uint8_t, ArpMessage::SIZE> bytes;
    const uint32_t there = packet->CopyData(bytes.data(), bytes.size());
    const auto message = ArpMessage::Decode(ByteView(bytes.data(), there), {});
    if (!message || message->senderHardware == m_state.hardware)
    {
        return;
    }
    // StrataArp defends the node's addresses itself; only claims are ours then.
    const bool defended = m_node->GetObject<StrataArp>() != nullptr;
    if (defended && m_state.IsOwn(message->senderProtocol))
    {
        return;
    }
    ArpEffects effects;
    m_machine.Check(m_state, *message, DhcpNow(), effects);
    Do(effects);
    Schedule();
}

void
DhcpAddressClaim::Expired()
{
    ArpEffects effects;
    for (const uint64_t key : m_state.deadlines.TakeDue(DhcpNow()))
    {
        m_machine.Expire(m_state, static_cast<uint32_t>(key), DhcpNow(), m_random, effects);
    }
    Do(effects);
    Schedule();
}

void
DhcpAddressClaim::Do(const ArpEffects& effects)
{
    for (const ArpEffect& effect : effects)
    {
        if (!m_device)
        {
            return; // what was told has ended the claim
        }
        if (const auto* transmit = std::get_if<ArpTransmit>(&effect))
        {
            const Bytes bytes = EncodeToBytes(transmit->message);
            Ptr<Packet> packet = Create<Packet>(bytes.data(), static_cast<uint32_t>(bytes.size()));
            m_device->Send(packet, m_device->GetBroadcast(), EtherType::ARP);
        }
        else if (const auto* usable = std::get_if<ArpAddressUsable>(&effect))
        {
            m_done(usable->address, false);
        }
        else if (const auto* conflict = std::get_if<ArpConflict>(&effect))
        {
            if (conflict->outcome == ArpConflictOutcome::PROBE_FAILED)
            {
                m_done(conflict->address, true);
            }
        }
        else if (const auto* lost = std::get_if<ArpAddressLost>(&effect))
        {
            m_lost(lost->address);
        }
    }
}

void
DhcpAddressClaim::Schedule()
{
    m_timer.Set(m_device ? m_state.deadlines.First() : NEVER, [this] { Expired(); });
}

} // namespace strata
} // namespace ns3
