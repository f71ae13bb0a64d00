// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_OPTION_ROUTER_H
#define STRATA_IPV4_OPTION_ROUTER_H

#include "strata-icmp-protocol.h"
#include "strata-ipv4-address-filter.h"
#include "strata-ipv4-drop-reason.h"
#include "strata-ipv4-options-decision.h"
#include "strata-ipv4-options-tag.h"
#include "strata-ipv4-sender.h"

#include "ns3/strata-ipv4-hooks.h"

#include <map>
#include <tuple>

namespace ns3
{
namespace strata
{

/**
 * Carries datagrams with options past the stock stack, which cannot hold them: at PREROUTING
 * behind all others it takes what has options, processes them, and forwards or delivers it.
 * At OUTPUT it sends what an application gave options by Ipv4OptionsTag or SetOptions(); what this
 * node sends to itself it loops back whole.
 *
 * What is delivered has its options in an Ipv4OptionsTag, and the header without them.
 */
class Ipv4OptionRouter : public Ipv4HookElement
{
  public:
    static TypeId GetTypeId();

    /**
     * Signature of the trace source RouterAlert.
     *
     * \param [in] packet the datagram, on its way
     * \param [in] value of the option (RFC 2113)
     */
    typedef void (*RouterAlertCallback)(const Ipv4HookPacket& packet, uint16_t value);

    void Setup(Ptr<Ipv4Hooks> hooks,
               Ptr<StrataIcmp> icmp,
               Ptr<Ipv4Sender> sender,
               Ptr<Ipv4AddressFilter> addresses);

    /** What is done with source routes, labels and recording. */
    void SetRules(const Ipv4OptionsRules& rules)
    {
        m_rules = rules;
    }

    const Ipv4OptionsRules& GetRules() const
    {
        return m_rules;
    }

    /** What happens to a forwarded datagram that is too large and may be fragmented. */
    void SetOversizeAnswer(OversizeAnswer answer)
    {
        m_answer = answer;
    }

    /**
     * Gives \p options to all that a local port sends; no options take them back. A source route
     * holds the stops on the way to the destination of the socket.
     *
     * \param protocol 6 or 17
     */
    void SetOptions(uint8_t protocol, uint16_t localPort, Ipv4WireHeader::Options options);

    /** Octets of the header that \p payload will get, which an application gave its options. */
    static uint32_t HeaderSizeOf(Ptr<const Packet> payload);

    bool NeedsAll() const override;
    HookVerdict Process(Ipv4HookPacket& packet) override;

  protected:
    void DoDispose() override;

  private:
    /** A TCP connection seen from here: ports and the other end. */
    using Connection = std::tuple<uint16_t, uint32_t, uint16_t>;

    HookVerdict Receive(Ipv4HookPacket& packet);
    HookVerdict Emit(Ipv4HookPacket& packet);
    bool StaysHere(const Ipv4WireHeader& header) const;
    /** Sends \p packet to this node itself, as the stock stack does with what it can hold. */
    void LoopBack(Ipv4HookPacket packet);
    void ReceiveOwn(Ipv4HookPacket packet);
    void Forward(Ipv4HookPacket& packet, const Ipv4OptionsVerdict& verdict);
    void Deliver(Ipv4HookPacket& packet, const Ipv4OptionsPlan& plan);
    void Stamp(Ipv4HookPacket& packet, const Ipv4OptionsPlan& plan, uint32_t address) const;
    HookVerdict Refuse(Ipv4HookPacket& packet, DropReason reason);
    /** The options that the sender asked for, by tag or by port; empty for none. */
    Ipv4OptionsTag FindOptions(const Ipv4HookPacket& packet) const;
    bool IsMine(uint32_t address, Ptr<NetDevice> in) const;
    bool Owns(uint32_t address) const;
    /**
     * Whether a source route may lead there: to one host, and to none that the martian filter
     * would not let through as a destination (RFC 1812 section 5.3.7).
     */
    bool MayBeStop(uint32_t address) const;

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<StrataIcmp> m_icmp;
    Ptr<Ipv4Sender> m_sender;
    Ptr<Ipv4AddressFilter> m_addresses;
    Ipv4OptionsRules m_rules;
    OversizeAnswer m_answer{OversizeAnswer::FRAGMENT};
    std::map<std::pair<uint8_t, uint16_t>, Ipv4WireHeader::Options> m_ports;
    std::map<Connection, Ipv4ReturnPlan> m_returns; //!< source routes of TCP peers, reversed
    TracedCallback<const Ipv4HookPacket&, uint16_t> m_routerAlert;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_OPTION_ROUTER_H */
