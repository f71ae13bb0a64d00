// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ICMP_PROTOCOL_H
#define STRATA_ICMP_PROTOCOL_H

#include "strata-icmp-decision.h"
#include "strata-ipv4-options-decision.h"
#include "strata-ipv4-options-tag.h"

#include "ns3/icmpv4-l4-protocol.h"
#include "ns3/strata-icmp-message.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/traced-callback.h"

namespace ns3
{
namespace strata
{

inline constexpr DropReason ICMP_BAD_CHECKSUM{"icmp.bad-checksum"};
inline constexpr DropReason ICMP_TRUNCATED{"icmp.truncated"};

/** No route leads to whom a message is for. */
inline constexpr DropReason ICMP_NO_ROUTE{"icmp.no-route"};

/**
 * ICMP in full in the place of the stock one: errors with the rules on when not to send them, a
 * rate limit and a quote of up to 576 octets; echo and timestamp replies; and reports of errors
 * to the transport protocols and to whoever listens.
 */
class StrataIcmp : public Icmpv4L4Protocol
{
  public:
    /** Signature of the trace sources Sent and Received. */
    typedef void (*MessageTracedCallback)(const IcmpMessage& message,
                                          Ipv4Address source,
                                          Ipv4Address destination);

    /**
     * Signature of the trace source Withheld.
     *
     * \param [in] about the datagram
     * \param [in] why no error is sent about it
     */
    typedef void (*WithheldCallback)(const Ipv4HookPacket& about, IcmpSilence why);

    static TypeId GetTypeId();

    StrataIcmp();
    ~StrataIcmp() override;

    /** Puts this object in the place of the node's ICMP; the hooks outlive it. */
    void Install(Ptr<Ipv4Hooks> hooks);

    /** Lets go of the node; the stock base class leaves no other way to end. */
    void Uninstall();

    /** What hears of received messages, after they were checked. */
    using Listener = Callback<void, const IcmpMessage&, const Ipv4WireHeader&, Ptr<NetDevice>>;

    /** Adds one that is called for each message received, errors and others. */
    void AddListener(Listener listener);

    /**
     * Sends an error about \p packet to its source, unless the rules or the rate forbid it.
     *
     * \param rest the second word of the message: MTU, pointer or gateway
     * \return whether it was sent
     */
    bool SendError(IcmpType type, uint8_t code, uint32_t rest, const Ipv4HookPacket& packet);

    bool SendUnreachable(IcmpUnreachableCode code, const Ipv4HookPacket& packet)
    {
        return SendError(IcmpType::UNREACHABLE, static_cast<uint8_t>(code), 0, packet);
    }

    bool SendFragmentationNeeded(uint16_t nextHopMtu, const Ipv4HookPacket& packet)
    {
        return SendError(IcmpType::UNREACHABLE,
                         static_cast<uint8_t>(IcmpUnreachableCode::FRAGMENTATION_NEEDED),
                         nextHopMtu,
                         packet);
    }

    /** \param pointer octet of the header at fault, from its start */
    bool SendParameterProblem(uint8_t pointer, const Ipv4HookPacket& packet)
    {
        return SendError(IcmpType::PARAMETER_PROBLEM, 0, uint32_t{pointer} << 24, packet);
    }

    /** Sends a message as it is, but for its checksum. A source of 0.0.0.0 is filled in. */
    void Send(IcmpMessage message,
              Ipv4Address source,
              Ipv4Address destination,
              const Ipv4OptionsTag& options = {},
              uint8_t tos = 0);

    /**
     * Remembers what is about to be delivered: if the stock stack finds no port for it, the
     * error quotes this.
     */
    void NoteDelivery(const Ipv4HookPacket& packet);

    /** A broadcast address, limited or of one of the node's subnets, or a multicast address. */
    bool IsToMany(uint32_t address) const;

    IpL4Protocol::RxStatus Receive(Ptr<Packet> p,
                                   const Ipv4Header& header,
                                   Ptr<Ipv4Interface> incomingInterface) override;
    void SetDownTarget(IpL4Protocol::DownTargetCallback callback) override;
    IpL4Protocol::DownTargetCallback GetDownTarget() const override;

  private:
    void SetErrorInterval(Time interval);
    Time GetErrorInterval() const;
    void SetErrorBurst(uint32_t burst);
    uint32_t GetErrorBurst() const;

    /** What the stock base class sends: its errors are sent anew, by the rules. */
    void SendForStock(Ptr<Packet> packet,
                      Ipv4Address source,
                      Ipv4Address destination,
                      uint8_t protocol,
                      Ptr<Ipv4Route> route);

    void Answer(const IcmpMessage& request,
                const Ipv4WireHeader& header,
                Ptr<const Packet> payload);
    void ReportToTransport(const IcmpMessage& message, const Ipv4WireHeader& header);

    Ptr<Ipv4Hooks> m_hooks;
    IpL4Protocol::DownTargetCallback m_down;
    Ipv4HookPacket m_delivered; //!< see NoteDelivery()
    std::vector<Listener> m_listeners;
    bool m_answerBroadcasts{false};
    bool m_answerTimestamps{true};
    bool m_quoteLittle{false};
    Time m_errorInterval{MilliSeconds(1)};
    uint32_t m_errorBurst{50};
    IcmpRateLimit m_rate;
    TracedCallback<const Ipv4HookPacket&, IcmpSilence> m_withheld;
    TracedCallback<const IcmpMessage&, Ipv4Address, Ipv4Address> m_sent;
    TracedCallback<const IcmpMessage&, Ipv4Address, Ipv4Address> m_received;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ICMP_PROTOCOL_H */
