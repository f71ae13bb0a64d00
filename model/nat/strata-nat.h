// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_H
#define STRATA_NAT_H

#include "strata-nat-machine.h"
#include "strata-unreachable-sender.h"

#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/strata-ipv4-hooks.h"
#include "ns3/traced-callback.h"

#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

class FibRouting;

/** @{ Why a translator drops; NatDrop says more. */
inline constexpr DropReason NAT_NO_ADDRESS{"nat.no-public-address"};
inline constexpr DropReason NAT_TABLE_FULL{"nat.table-full"};
inline constexpr DropReason NAT_HOST_FULL{"nat.host-full"};
inline constexpr DropReason NAT_PORTS_EXHAUSTED{"nat.ports-exhausted"};
inline constexpr DropReason NAT_NO_CONNECTION{"nat.no-connection"};
inline constexpr DropReason NAT_NO_MAPPING{"nat.no-mapping"};
inline constexpr DropReason NAT_FILTERED{"nat.filtered"};
inline constexpr DropReason NAT_UNSOLICITED_SYN{"nat.unsolicited-syn"};
inline constexpr DropReason NAT_SHORT_TRANSPORT{"nat.short-transport"};
inline constexpr DropReason NAT_BAD_CHECKSUM{"nat.bad-checksum"};
inline constexpr DropReason NAT_BAD_QUOTE{"nat.bad-quote"};
inline constexpr DropReason NAT_UNKNOWN_PROTOCOL{"nat.unknown-protocol"};
inline constexpr DropReason NAT_UNKNOWN_ICMP{"nat.unknown-icmp"};
inline constexpr DropReason NAT_SPOOFED{"nat.spoofed"};
inline constexpr DropReason NAT_PRIVATE_SOURCE{"nat.private-source"};
inline constexpr DropReason NAT_PRIVATE_DESTINATION{"nat.private-destination"};
inline constexpr DropReason NAT_INSIDE_DESTINATION{"nat.inside-destination"};
inline constexpr DropReason NAT_SOURCE_ROUTE{"nat.source-route"};
inline constexpr DropReason NAT_HAIRPIN{"nat.hairpin"};
inline constexpr DropReason NAT_FRAGMENT_TIMEOUT{"nat.fragment-timeout"};
inline constexpr DropReason NAT_FRAGMENTS_FULL{"nat.fragments-full"};
inline constexpr DropReason NAT_FTP{"nat.ftp"};
inline constexpr DropReason NAT_DOWN{"nat.down"};

/** @} */

/** Where translators stand at the hook points, in netfilter's numbers; filters stand at 0. */
struct NatPriority
{
    static constexpr int DESTINATION = -100; //!< at PREROUTING
    static constexpr int SOURCE = 100;       //!< at POSTROUTING
};

/**
 * Network address and port translation on a router (RFC 3022), by the hook points of IPv4: what
 * comes from outside, or from inside for a public address, is translated before it is routed;
 * what leaves by the outside device, the node's own datagrams too, behind all else. What filters
 * between sees inside addresses.
 *
 * Its public address is the outside device's first one, now or when it comes, unless
 * AddPublicAddress() names others. When that address goes, so do the mappings to it.
 *
 * All that decides is in NatMachine.
 */
class StrataNat : public Ipv4HookElement, private NatPortGuard
{
  public:
    /** Signature of the trace sources Create and Expire. */
    typedef void (*MappingTracedCallback)(const NatMapping& mapping);

    /**
     * Signature of the trace source Refuse.
     *
     * \param [in] packet what belongs to no flow that is, or may become, known
     * \param [in] reason such as nat.table-full
     */
    typedef void (*RefuseTracedCallback)(const Ipv4HookPacket& packet, DropReason reason);

    static TypeId GetTypeId();

    StrataNat();
    ~StrataNat() override;

    /** Puts it on \p node, whose stock IPv4 is there; \p outside may get its address later. */
    void Install(Ptr<Node> node, Ptr<NetDevice> outside);

    /**
     * Adds an address to the pool of public ones, in the place of the outside device's own unless
     * it is that. If it lies in the network of the outside device, the node claims it there, as a
     * second address. Addresses elsewhere must be routed to the node.
     */
    bool AddPublicAddress(Ipv4Address address);

    /** Translates all of \p inside to \p outside, and back, whoever begins (basic NAT). */
    bool AddStatic(Ipv4Address inside, Ipv4Address outside);

    /**
     * Sets up a mapping that stays, as for a server inside: what comes to the public end goes to
     * the inside end, whomever from.
     *
     * \param protocol tcp, udp or icmp
     * \param outside 0.0.0.0: the outside device's address, whatever it is
     * \return false if one of the ends has another mapping already
     */
    bool AddStaticMapping(std::string protocol,
                          Ipv4Address inside,
                          uint16_t insidePort,
                          Ipv4Address outside,
                          uint16_t outsidePort);

    /** AddStaticMapping() to the outside device's address, its usual form for servers at home. */
    bool AddPortForward(std::string protocol,
                        uint16_t outsidePort,
                        Ipv4Address inside,
                        uint16_t insidePort);

    /**
     * Says that the inside is \p network, and what else is added. What comes from elsewhere then
     * leaves untranslated, unless its address is private. Without it, inside is all that does not
     * come from outside; the networks of the other devices are known to be there, and what the
     * node's routes lead to by them.
     */
    void AddInsideNetwork(Ipv4Address network, Ipv4Mask mask);

    /** From now on it drops all that crosses it; unless KeepTableOnCrash, its table is lost. */
    void Crash();

    /** It works again. */
    void Restart();

    bool IsUp() const
    {
        return m_up;
    }

    /** Mappings there are, those set up by hand included. */
    uint32_t GetSize() const;
    uint32_t GetSessions() const;

    /** The mappings with their sessions, a line each. */
    void PrintTable(std::ostream& os) const;

    /** @{ The table as text, to keep it elsewhere. Load() returns what is wrong, or nothing. */
    void SaveTable(std::ostream& os) const;
    std::string LoadTable(std::istream& is);
    /** @} */

    /** The address that mappings get, or the first of them; 0.0.0.0 while there is none. */
    Ipv4Address GetPublicAddress();

    Ptr<NetDevice> GetOutside() const
    {
        return m_outside;
    }

    const NatMachine& GetMachine() const
    {
        return m_machine;
    }

    int64_t AssignStreams(int64_t stream);

    HookVerdict Process(Ipv4HookPacket& packet) override;

    bool WorksInPassing() const override
    {
        return true;
    }

    bool ProcessInPassing(HookPoint point, Ipv4PassingDatagram& datagram) override;

  protected:
    void DoDispose() override;

  private:
    struct Fixed
    {
        uint8_t protocol;
        NatEndpoint inside;
        NatEndpoint outside; //!< address 0: of the outside device
    };

    /** Where an address is, by the routes of the node. */
    struct Side
    {
        uint32_t address{0};
        bool behind{false};
        Nanos until{0};
    };

    /** How long what routes say of an address is believed: they change without a word. */
    static constexpr Nanos ROUTE_LIFETIME{std::chrono::seconds(1)};

    bool IsOwn(uint8_t protocol, uint16_t port) const override;
    bool IsBehind(uint32_t address) const override;

    /** Whether it knows the node's addresses as they are. */
    bool IsFresh() const
    {
        return m_seeded && m_version == m_hooks->GetAddressVersion();
    }

    /** Reads the node's addresses anew if they changed. */
    void Refresh();
    /** The first address of the outside device, with its mask; 0 if it has none. */
    Ipv4InterfaceAddress OutsideAddress() const;
    void Claim(uint32_t address, const Ipv4InterfaceAddress& primary);
    bool PlaceFixed(const Fixed& fixed);

    HookVerdict Arrive(Ipv4HookPacket& packet);
    HookVerdict Depart(Ipv4HookPacket& packet);

    enum class Way : uint8_t
    {
        OUT,
        IN,
        HAIRPIN,
        ANSWER, //!< of the node itself, to inside
    };

    NatVerdict Ask(Way way, Ipv4HookPacket& packet, NatPayload payload);
    HookVerdict Translate(Way way, Ipv4HookPacket& packet);
    HookVerdict Decide(Way way, Ipv4HookPacket& packet, NatVerdict& verdict);
    HookVerdict DropFor(Ipv4HookPacket& packet, NatDrop why) const;
    void Discard(Ipv4HookPacket& packet, NatDrop why);
    void DiscardFragments(uint32_t ticket, NatDrop why);
    void ReleaseFragments(uint32_t ticket);
    void DiscardAll(const NatDue& held, NatDrop why);

    void Arm();
    void OnTimer();
    void Report();
    Nanos Now() const;

    void Apply();
    void SetMapping(std::string name);
    std::string GetMapping() const;
    void SetFiltering(std::string name);
    std::string GetFiltering() const;
    void SetPortAllocation(std::string name);
    std::string GetPortAllocation() const;
    void SetPooling(std::string name);
    std::string GetPooling() const;
    void SetUnknownProtocols(std::string name);
    std::string GetUnknownProtocols() const;
    void SetUdpRefresh(std::string name);
    std::string GetUdpRefresh() const;

    template <bool NatConfig::*FIELD>
    void SetBool(bool value);
    template <bool NatConfig::*FIELD>
    bool GetBool() const;
    template <uint32_t NatConfig::*FIELD>
    void SetCount(uint32_t value);
    template <uint32_t NatConfig::*FIELD>
    uint32_t GetCount() const;
    template <Nanos NatConfig::*FIELD>
    void SetTime(Time value);
    template <Nanos NatConfig::*FIELD>
    Time GetTime() const;

    NatConfig m_config;
    NatMachine m_machine;
    Ptr<Node> m_node;
    Ptr<NetDevice> m_outside;
    Ptr<Ipv4Hooks> m_hooks;
    Ptr<UniformRandomVariable> m_random;
    std::vector<uint32_t> m_pool; //!< what AddPublicAddress() named
    std::vector<uint32_t> m_toClaim;
    std::vector<Fixed> m_fixed;
    std::vector<Ipv4Prefix> m_insideNetworks;
    uint32_t m_primary{0}; //!< of the outside device
    uint64_t m_version{0};
    bool m_seeded{false};
    bool m_up{true};
    bool m_keepTable{false};
    std::map<uint32_t, std::vector<Ipv4HookPacket>> m_fragments; //!< by ticket
    std::map<uint32_t, Ipv4HookPacket> m_syns;
    UnreachableSender m_unreachable;
    EventId m_timer;
    Nanos m_timerAt{NEVER};
    Bytes m_scratch;
    Ptr<FibRouting> m_fib;             //!< what the node routes by, if it is one
    int32_t m_outsideInterface{-1};    //!< the number of the outside device's
    mutable std::vector<Side> m_sides; //!< by a hash of the address
    bool m_tagged{false};              //!< some packet got a NatHairpinTag
    std::vector<NatMappingEvent> m_events;
    TracedCallback<const NatMapping&> m_create;
    TracedCallback<const NatMapping&> m_expire;
    TracedCallback<const Ipv4HookPacket&, DropReason> m_refuse;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_H */
