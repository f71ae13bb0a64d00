// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_ADDRESS_CLAIM_H
#define STRATA_DHCP_ADDRESS_CLAIM_H

#include "ns3/address.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/strata-address-claim-machine.h"
#include "ns3/strata-deadline-timer.h"

#include <functional>

namespace ns3
{
namespace strata
{

/**
 * Address conflict detection (RFC 5227) for one address of a device whose interface has none yet:
 * probes, announcements, and, where StrataArp does not do that, defence. It speaks ARP in frames of
 * its own, so it works beside whatever ARP the node has.
 */
class DhcpAddressClaim
{
  public:
    /** \param taken whether another host has the address */
    using ProbeDone = std::function<void(uint32_t address, bool taken)>;
    /** Another host has taken the address, and this one gives way. */
    using Lost = std::function<void(uint32_t address)>;

    DhcpAddressClaim() = default;
    ~DhcpAddressClaim();
    DhcpAddressClaim(const DhcpAddressClaim&) = delete;
    DhcpAddressClaim& operator=(const DhcpAddressClaim&) = delete;

    void Open(Ptr<NetDevice> device, UniformRandom random, ProbeDone done, Lost lost);
    void Close();

    /** Asks who has \p address; at once "nobody" where the device needs no ARP. */
    void Probe(uint32_t address);

    /** The address is used without having been probed for: it is announced, and defended. */
    void Use(uint32_t address);

    /** The address is no longer used, nor probed for. */
    void Drop(uint32_t address);

  private:
    void Receive(Ptr<NetDevice> device,
                 Ptr<const Packet> packet,
                 uint16_t etherType,
                 const Address& from,
                 const Address& to,
                 NetDevice::PacketType type);
    void Expired();
    void Do(const ArpEffects& effects);
    void Schedule();

    Ptr<Node> m_node; //!< null while closed
    Ptr<NetDevice> m_device;
    Node::ProtocolHandler m_handler;
    UniformRandom m_random;
    ProbeDone m_done;
    Lost m_lost;
    ArpParameters m_parameters;
    AddressClaimMachine m_machine{m_parameters};
    ArpState m_state;
    DeadlineTimer m_timer;
    bool m_needed{false}; //!< the device speaks ARP
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_ADDRESS_CLAIM_H */
