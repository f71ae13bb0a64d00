// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_TABLE_H
#define STRATA_NAT_TABLE_H

#include "strata-nat-flow-state.h"
#include "strata-nat-index-table.h"
#include "strata-nat-policy.h"
#include "strata-nat-port-decision.h"
#include "strata-nat-port-table.h"
#include "strata-nat-session-table.h"
#include "strata-nat-slab-table.h"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** Why a packet of a flow is not translated. */
enum class NatRefusal : uint8_t
{
    NONE,
    NO_ADDRESS,      //!< there is no public address at present
    TABLE_FULL,      //!< NatConfig::maxMappings or maxSessions is reached
    HOST_FULL,       //!< NatConfig::maxMappingsPerHost is reached
    PORTS_EXHAUSTED, //!< no port is left on the address, or on any of them
    NOT_A_BEGIN,     //!< a TCP segment of a connection that is not known, without SYN
    NO_MAPPING,      //!< nobody inside has that public end
    FILTERED,        //!< somebody has, and does not hear from there
};

const char* NatRefusalName(NatRefusal refusal);

/** What a packet's end is translated to. */
struct NatTranslation
{
    NatRefusal refusal{NatRefusal::NONE};
    NatEndpoint endpoint; //!< the public end outbound, the inside end inbound
    uint32_t session{NatIndexTable::NONE};

    static NatTranslation Refused(NatRefusal why)
    {
        NatTranslation translation;
        translation.refusal = why;
        return translation;
    }

    explicit operator bool() const
    {
        return refusal == NatRefusal::NONE;
    }
};

/** A mapping that came or went. */
struct NatMapping
{
    uint8_t protocol{0};
    NatEndpoint inside;
    NatEndpoint outside;
    NatEndpoint remote; //!< as far as the mapping depends on it; zero for the rest
    bool fixed{false};  //!< set up by hand

    auto Tie() const
    {
        return std::tie(protocol, inside, outside, remote, fixed);
    }
};

/** @{ As tables print them: `udp 10.0.0.1:5544 -> 198.60.42.12:3344`. */
std::string ToText(const NatEndpoint& end);
std::string ToText(const NatMapping& mapping);

/** @} */

struct NatMappingEvent
{
    bool created{false}; //!< or it is gone
    NatMapping mapping;
};

/** Knows of the node what the table does not: which ports it uses itself, and its routes. */
class NatPortGuard
{
  public:
    virtual ~NatPortGuard() = default;

    /** Whether a transport of this node uses \p port itself. */
    virtual bool IsOwn(uint8_t protocol, uint16_t port) const = 0;

    /** Whether the node would send to \p address by another device than the outside one. */
    virtual bool IsBehind(uint32_t address) const = 0;
};

/**
 * The mappings of a translator and their sessions: who inside is which public end, and which remote
 * ends it speaks with. A value.
 *
 * A mapping is from an inside end to a public end, one for all remote ends or one for each, by
 * NatConfig::mapping. It has a session for each remote end, as finely as filtering and mapping tell
 * them apart; those of TCP are always connections. A session has the timer, and the mapping lives
 * as long as one of its sessions (RFC 6146 section 3 has the two tables for NAT64).
 *
 * In a full table a new session gets the place of the oldest provisional one (NatSessionTable):
 * what inside hosts began, and who is connected, keeps its place, whatever strangers begin.
 *
 * Lookups do not allocate, and what anything costs does not depend on how much is in the table.
 * Time counts in eighths of a second: an entry ends at the first eighth at or after its deadline.
 */
class NatTable
{
  public:
    explicit NatTable(const NatConfig& config = {});

    const NatConfig& GetConfig() const
    {
        return m_config;
    }

    /** Changes behaviour for what comes; what is in the table stays as it is. */
    void SetConfig(const NatConfig& config);

    /** @{ \return false if nothing changes by it */
    bool AddPublicAddress(uint32_t address);
    /** All its mappings go, those set up by hand too. */
    bool RemovePublicAddress(uint32_t address);

    /** @} */

    bool IsPublic(uint32_t address) const
    {
        return FindPublic(address) != nullptr;
    }

    /** How many public addresses there are. */
    std::size_t CountPublic() const;

    /** Precondition: there is one. */
    uint32_t FirstPublic() const
    {
        return m_public.front().address;
    }

    /** The public addresses, in the order in which they came. */
    std::vector<uint32_t> PublicAddresses() const;

    /**
     * Sets up a mapping that stays, and that hears from everybody.
     *
     * \return false if one of the two ends has another mapping, the address is not public, or the
     *         table is full
     */
    bool AddFixed(uint8_t protocol, NatEndpoint inside, NatEndpoint outside, Nanos now);

    /**
     * A packet that leaves: the public end that it comes from. Makes what it needs; renews.
     *
     * \param tcpFlags of a TCP segment
     * \param guard null: all ports are the table's
     */
    NatTranslation Outbound(const NatFlow& flow,
                            uint8_t tcpFlags,
                            Nanos now,
                            const NatPortGuard* guard = nullptr);

    /** A packet that comes to a public end: the inside end that it is for. */
    NatTranslation Inbound(uint8_t protocol,
                           NatEndpoint outside,
                           NatEndpoint remote,
                           uint8_t tcpFlags,
                           Nanos now);

    /**
     * @{ The same for a packet of a session that there is, if nothing comes or goes for it: it
     * opens or closes no connection, and nothing else is due. They refuse with NO_MAPPING
     * otherwise, and have done nothing then.
     */
    NatTranslation OutboundKnown(const NatFlow& flow, uint8_t tcpFlags, Nanos now);
    NatTranslation InboundKnown(uint8_t protocol,
                                NatEndpoint outside,
                                NatEndpoint remote,
                                uint8_t tcpFlags,
                                Nanos now);
    /** @} */

    /**
     * Expects a TCP connection from any port of flow.remote.address to flow.inside, for as long
     * as a connection may take to open.
     */
    NatTranslation Expect(const NatFlow& flow, Nanos now, const NatPortGuard* guard = nullptr);

    /**
     * A packet to a public end that was set up by hand and is the node's own: as Inbound(), but
     * each remote end is told apart, so that Answer() knows whom it answers.
     */
    NatTranslation Accept(uint8_t protocol,
                          NatEndpoint outside,
                          NatEndpoint remote,
                          uint8_t tcpFlags,
                          Nanos now);

    /** The public end by which the remote end of \p flow came, if Accept() took it; renews. */
    NatTranslation Answer(const NatFlow& flow, uint8_t tcpFlags, Nanos now);

    /** @{ The same for the flow that a quoted packet belongs to; they change nothing. */
    NatTranslation PeekOutbound(const NatFlow& flow) const;
    NatTranslation PeekInbound(uint8_t protocol, NatEndpoint outside, NatEndpoint remote) const;

    /** @} */

    /** Whether somebody inside has this public end, whomever he hears from. */
    bool HasMapping(uint8_t protocol, NatEndpoint outside) const
    {
        return InsideOf(protocol, outside).has_value();
    }

    /** Who it is; none if several share it. */
    std::optional<NatEndpoint> InsideOf(uint8_t protocol, NatEndpoint outside) const;

    /** Ends what is due. Every call that has a time does it first. */
    void Advance(Nanos now);

    /** When Advance() may have something to do. */
    Nanos NextDeadline() const;

    /** Forgets all but the public addresses and what was set up by hand. */
    void Clear();

    /** Whether mappings that come and go are noted down for TakeEvents(). */
    void SetRecording(bool record)
    {
        m_recording = record;
    }

    bool HasEvents() const
    {
        return !m_events.empty();
    }

    /** Moves the notes to \p events, in their order. */
    void TakeEvents(std::vector<NatMappingEvent>& events)
    {
        events.clear();
        events.swap(m_events);
    }

    /** Mappings, those set up by hand included. */
    std::size_t size() const
    {
        return m_mappingCount;
    }

    std::size_t CountSessions() const
    {
        return m_sessions.size();
    }

    /** Mappings of an inside host. */
    uint32_t CountOf(uint32_t insideAddress) const;

    /** Free ports of a public address for TCP or UDP that are not reserved. */
    uint32_t CountFreePorts(uint32_t publicAddress, uint8_t protocol) const;

    /** The table for people: a mapping with its sessions and the seconds they have left. */
    std::string Print(Nanos now) const;

    /** All mappings, in no order that means something. */
    std::vector<NatMapping> Mappings() const;

    /**
     * The table as text, a mapping or a session a line, that Import() reads. Times are absolute.
     * Mappings that were set up by hand are not in it.
     */
    std::string Export() const;

    /**
     * Adds what Export() wrote, all of it or nothing. Sessions that are over are left out. A table
     * that behaves otherwise may have written it, as long as it tells mappings apart as this one.
     *
     * \return why not, with the number of the line; empty if all was taken
     */
    std::string Import(const std::string& text, Nanos now);

    /** Octets that the tables hold, as they have grown. */
    std::size_t MemoryBytes() const;

    /** Octets of an entry of each kind, without its slots in indexes. */
    static constexpr std::size_t SessionBytes()
    {
        return sizeof(NatSession) + 8;
    }

    static constexpr std::size_t MappingBytes()
    {
        return sizeof(Mapping);
    }

  private:
    static constexpr uint32_t NONE = NatIndexTable::NONE;

    struct Mapping
    {
        uint32_t insideAddress;
        uint32_t outsideAddress;
        uint32_t remoteAddress; //!< 0: any
        uint16_t insidePort;
        uint16_t outsidePort;
        uint16_t remotePort; //!< 0: any
        uint8_t protocol;
        bool used{true};
        uint32_t sessions;
        uint32_t host;
        NatTimerTable::Tick end; //!< of the last session, by what renews them
        bool fixed;
        bool own; //!< of the translating node itself
    };

    struct Host
    {
        uint32_t address;
        uint32_t pairedWith; //!< a public address; 0: it has gone
        uint32_t mappings;
        bool used{true};
    };

    struct Public
    {
        uint32_t address{0};
        uint32_t hosts{0};
        std::array<NatPortTable, 3> ports; //!< by PortTableOf()
        std::array<uint16_t, 3> cursors{}; //!< behind the port that was given last
    };

    /** Public address, remote end and protocol. */
    using CrowdKey = std::tuple<uint32_t, uint32_t, uint16_t, uint8_t>;

    class Chooser;

    static int PortTableOf(uint8_t protocol);

    Public* FindPublic(uint32_t address);
    const Public* FindPublic(uint32_t address) const;

    uint32_t HashOf(uint8_t protocol, NatEndpoint end, NatEndpoint remote) const;
    uint32_t HashOf(const Mapping& mapping) const;
    uint32_t OutsideHashOf(const Mapping& mapping) const;

    /** The remote end as far as mappings tell it apart. */
    NatEndpoint MappingRemote(uint8_t protocol, NatEndpoint remote) const;
    /** Whether a public port may belong to several mappings, or protocols have none. */
    bool IsShared(uint8_t protocol) const;

    /** The session of any kind that \p remote has with \p mapping. */
    uint32_t FindSessionOf(uint32_t mapping, NatEndpoint remote) const;
    uint32_t FindByInside(uint8_t protocol, NatEndpoint inside, NatEndpoint key) const;
    uint32_t FindMapping(uint8_t protocol, NatEndpoint inside, NatEndpoint remote) const;
    uint32_t FindOutside(uint8_t protocol, NatEndpoint outside, NatEndpoint remote) const;
    /** Of those whose public end is shared, the one for the remote end \p key. */
    uint32_t FindShared(uint8_t protocol, NatEndpoint outside, NatEndpoint key) const;
    /** Whether a new mapping for \p key would clash with one that has the public end. */
    bool IsTaken(uint8_t protocol, NatEndpoint outside, NatEndpoint key) const;
    bool Hears(uint32_t mapping, NatEndpoint remote) const;
    /** Makes room for a session of \p mapping, if it is there. \return false if there is none */
    bool MakeRoom(uint32_t mapping);
    void Step(uint32_t session, FlowDirection direction, uint8_t tcpFlags);
    void Renew(uint32_t session, Nanos now);
    /** Whether packets from outside renew sessions of \p protocol. */
    bool RefreshesInbound(uint8_t protocol) const;
    /** Whether a packet of a session that there is changes nothing but when that ends. */
    bool IsInMidst(uint8_t protocol, uint8_t tcpFlags, Nanos now) const;
    NatTranslation Use(uint32_t session, bool outbound) const;

    NatRefusal MakeMapping(uint8_t protocol,
                           NatEndpoint inside,
                           NatEndpoint remote,
                           const NatPortGuard* guard,
                           uint32_t& mapping);
    uint32_t PlaceMapping(const NatMapping& what);
    uint32_t MakeSession(uint32_t mapping, NatEndpoint remote, NatSessionKind kind);
    void RemoveSession(uint32_t session);
    /** A session of \p mapping has gone. */
    void LeaveMapping(uint32_t mapping);
    void RemoveMapping(uint32_t mapping);
    NatRefusal Allocate(uint8_t protocol,
                        NatEndpoint inside,
                        NatEndpoint remote,
                        const NatPortGuard* guard,
                        NatEndpoint& outside);
    std::optional<uint16_t> ChoosePort(Public& from,
                                       uint8_t protocol,
                                       NatEndpoint inside,
                                       NatEndpoint remote,
                                       const NatPortGuard* guard);
    NatPortTable* CrowdOf(const Mapping& mapping);
    void LeaveCrowd(const Mapping& mapping);
    /** Import() up to what is wrong. */
    std::string Merge(const std::string& text, Nanos now);
    /** The sessions of each mapping that has some. */
    std::vector<std::vector<uint32_t>> SessionsOfMappings() const;
    uint32_t HostOf(uint32_t address) const;
    void Note(bool created, const Mapping& mapping);
    static NatMapping ToMapping(const Mapping& mapping);
    uint64_t Random();

    NatConfig m_config;
    std::vector<Public> m_public;
    NatIndexTable m_byPublic;
    uint32_t m_nextPublic{0}; //!< for arbitrary pooling
    NatSessionTable m_sessions;
    NatSlab<Mapping> m_mappings;
    NatSlab<Host> m_hosts;
    NatIndexTable m_byInside;  //!< mappings by protocol, inside end and remote end
    NatIndexTable m_byOutside; //!< those whose public end is shared, by it and the remote end
    NatIndexTable m_byHost;
    /** Which shared ports are taken towards a remote end that has most of them. */
    std::map<CrowdKey, NatPortTable> m_crowds;
    std::size_t m_mappingCount{0};
    std::size_t m_fixedCount{0};
    uint64_t m_random;
    bool m_recording{false};
    std::vector<NatMappingEvent> m_events;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_TABLE_H */
