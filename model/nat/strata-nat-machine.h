// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_MACHINE_H
#define STRATA_NAT_MACHINE_H

#include "strata-ftp-stream-state.h"
#include "strata-nat-drop-policy.h"
#include "strata-nat-fragment-table.h"
#include "strata-nat-table.h"

#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-prefix.h"

#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace strata
{

/** The octets behind the IP header; a transport's header, or all that there is. */
struct NatPayload
{
    uint8_t* data{nullptr};
    std::size_t size{0};   //!< octets at data
    std::size_t total{0};  //!< octets of the payload
    Bytes* whole{nullptr}; //!< what data points into, if it is all; it may change its size

    /** The datagram is larger than the next link takes, and will leave in fragments. */
    bool fragmentsLater{false};

    explicit NatPayload(Bytes& bytes)
        : data(bytes.data()),
          size(bytes.size()),
          total(bytes.size()),
          whole(&bytes)
    {
    }

    NatPayload(uint8_t* front, std::size_t frontSize, std::size_t totalSize)
        : data(front),
          size(frontSize),
          total(totalSize)
    {
    }

    bool IsWhole() const
    {
        return whole != nullptr;
    }
};

/** What becomes of a datagram. */
enum class NatAction : uint8_t
{
    PASS,      //!< it goes on as it is
    REWRITTEN, //!< it goes on; header and payload are changed
    DROP,
    HOLD,     //!< a fragment that waits for its first; kept under the ticket
    HOLD_SYN, //!< an unsolicited SYN; kept under the ticket
    NEED_ALL, //!< ask again with the whole payload
};

struct NatVerdict
{
    NatAction action{NatAction::PASS};
    NatDrop drop{NatDrop::NONE};
    uint32_t ticket{0};
    std::optional<uint32_t> release;    //!< fragments under this ticket may be asked for again
    std::vector<uint32_t> overflow;     //!< fragments under these tickets made room
    std::optional<uint32_t> answered;   //!< the SYN under this ticket is answered by one of inside
    std::optional<NatEndpoint> hairpin; //!< the source that it shall leave with, by RewriteSource()

    static NatVerdict Rewritten()
    {
        NatVerdict verdict;
        verdict.action = NatAction::REWRITTEN;
        return verdict;
    }

    static NatVerdict NeedAll()
    {
        NatVerdict verdict;
        verdict.action = NatAction::NEED_ALL;
        return verdict;
    }
};

/** What NatMachine::Advance() found due. */
struct NatDue
{
    std::vector<uint32_t> fragments; //!< tickets whose first fragment did not come
    std::vector<uint32_t> syns;      //!< tickets of SYNs that nobody answered
};

/**
 * A translator: datagrams in, as header and payload bytes, and what becomes of them out. It holds
 * the table, the fragments, the unsolicited SYNs and the FTP connections. A value.
 *
 * Bytes are patched where they lie, and checksums by what changed (RFC 1624); a UDP checksum of
 * zero stays zero (RFC 768).
 */
class NatMachine
{
  public:
    explicit NatMachine(const NatConfig& config = {});

    void SetConfig(const NatConfig& config);

    const NatConfig& GetConfig() const
    {
        return m_table.GetConfig();
    }

    NatTable& Table()
    {
        return m_table;
    }

    const NatTable& Table() const
    {
        return m_table;
    }

    /** \return false if it is public already, or one for one */
    bool AddPublicAddress(uint32_t address);

    /** With it go its mappings, and fragments of datagrams that it translated. */
    bool RemovePublicAddress(uint32_t address);

    /** Translates all of \p inside to \p outside and back, ports as they are (RFC 3022 section 2).
     */
    bool AddOneToOne(uint32_t inside, uint32_t outside);

    /**
     * Says which networks are inside.
     *
     * \param only translate what comes from there; what comes from elsewhere leaves as it is,
     * unless its address is private. Else all is translated that does not come from outside.
     */
    void SetInside(std::vector<Ipv4Prefix> networks, bool only);

    /**
     * The box's own addresses: what its transports listen to inside is heard from outside, too, and
     * may be what public ends lead to.
     */
    void SetOwn(std::vector<uint32_t> addresses)
    {
        m_own = std::move(addresses);
    }

    bool IsPublic(uint32_t address) const
    {
        return m_table.IsPublic(address) ||
               (!m_oneToOne.empty() && m_oneToOneBack.count(address) != 0);
    }

    /** Whether \p address is known to be inside, or \p guard finds the way there. */
    bool IsInside(uint32_t address, const NatPortGuard* guard = nullptr) const;

    /** Whether Answer() may have something to do. */
    bool HasAnswers() const
    {
        return m_answers;
    }

    /**
     * A datagram that is about to leave on the public side.
     *
     * \param local made on this node
     */
    NatVerdict Outbound(Ipv4WireHeader& header,
                        NatPayload payload,
                        bool local,
                        Nanos now,
                        const NatPortGuard* guard = nullptr);

    /** A datagram that came in on the public side, before it is routed. */
    NatVerdict Inbound(Ipv4WireHeader& header,
                       NatPayload payload,
                       Nanos now,
                       const NatPortGuard* guard = nullptr);

    /** A datagram that came in elsewhere, for a public address, before it is routed. */
    NatVerdict Hairpin(Ipv4WireHeader& header,
                       NatPayload payload,
                       Nanos now,
                       const NatPortGuard* guard = nullptr);

    /**
     * @{ The same for a datagram that is whole and forwarded, and of a session that there is; on
     * its ends and its transport header, all of which must be there.
     *
     * \return whether that was all; else it has done nothing, and Outbound() or Inbound() is asked
     */
    bool OutboundInPassing(uint32_t& source,
                           uint32_t destination,
                           uint8_t protocol,
                           NatPayload transport,
                           Nanos now);
    bool InboundInPassing(uint32_t source,
                          uint32_t& destination,
                          uint8_t protocol,
                          NatPayload transport,
                          Nanos now,
                          const NatPortGuard* guard = nullptr);
    /** @} */

    /**
     * A datagram of the node itself that is about to leave, but not on the public side: it may
     * answer one that came by a public end, to an address of the node.
     */
    NatVerdict Answer(Ipv4WireHeader& header, NatPayload payload, Nanos now);

    /** The other half of Hairpin(), when the datagram leaves. */
    static void RewriteSource(Ipv4WireHeader& header, NatPayload payload, NatEndpoint source);

    /** Ends what is due. */
    NatDue Advance(Nanos now);

    Nanos NextDeadline() const;

    /** Forgets all but what was set up by hand; \return what was held. */
    NatDue Clear();

  private:
    struct HeldSyn
    {
        NatEndpoint outside;
        NatEndpoint remote;
        Nanos deadline{0};
        uint32_t ticket{0};
    };

    struct FtpKey
    {
        NatEndpoint inside;
        NatEndpoint remote;

        friend bool operator<(const FtpKey& a, const FtpKey& b)
        {
            const auto key = [](const FtpKey& k) {
                return std::make_tuple(k.inside.address,
                                       k.inside.port,
                                       k.remote.address,
                                       k.remote.port);
            };
            return key(a) < key(b);
        }
    };

    /** What an ICMP error quotes, with the place of its transport header in the message. */
    struct Quote
    {
        uint8_t* header{nullptr};
        uint8_t* transport{nullptr};
        std::size_t transportSize{0};
        uint32_t source{0};
        uint32_t destination{0};
        uint8_t protocol{0};
        bool later{false}; //!< a fragment that is not the first
    };

    /** Which way fragments go; those of one datagram go the same. */
    enum class Way : uint8_t
    {
        OUT,
        IN,
        HAIRPIN,
    };

    static NatVerdict Drop(NatDrop why);
    static NatVerdict Refused(NatRefusal refusal);

    uint32_t OneToOne(uint32_t inside) const;
    uint32_t OneToOneBack(uint32_t outside) const;

    /**
     * Why a datagram on its way out is dropped for its addresses, or NONE if it leaves as it is;
     * nothing if it is to be translated.
     */
    std::optional<NatDrop> JudgeOutbound(uint32_t source, uint32_t destination, bool local) const;

    /** The ends of a datagram that has ports or an identifier; false if it is cut short. */
    static bool ReadEnds(const Ipv4WireHeader& header,
                         const NatPayload& payload,
                         NatEndpoint& source,
                         NatEndpoint& destination);

    NatVerdict OutboundWhole(Ipv4WireHeader& header,
                             NatPayload& payload,
                             bool local,
                             Nanos now,
                             const NatPortGuard* guard);
    NatVerdict OutboundTransport(Ipv4WireHeader& header,
                                 NatPayload& payload,
                                 bool local,
                                 Nanos now,
                                 const NatPortGuard* guard);
    NatVerdict OutboundIcmp(Ipv4WireHeader& header,
                            NatPayload& payload,
                            bool local,
                            Nanos now,
                            const NatPortGuard* guard);
    NatVerdict OutboundError(Ipv4WireHeader& header,
                             NatPayload& payload,
                             bool local,
                             const NatPortGuard* guard);
    NatVerdict InboundWhole(Ipv4WireHeader& header,
                            NatPayload& payload,
                            Nanos now,
                            const NatPortGuard* guard);
    NatVerdict InboundError(Ipv4WireHeader& header, NatPayload& payload, const NatPortGuard* guard);
    NatVerdict HairpinWhole(Ipv4WireHeader& header,
                            NatPayload& payload,
                            Nanos now,
                            const NatPortGuard* guard);
    NatVerdict HairpinError(Ipv4WireHeader& header, NatPayload& payload);
    /** The same where the public end leads to the box itself, at \p target. */
    NatVerdict HairpinToSelf(Ipv4WireHeader& header,
                             NatPayload& payload,
                             NatEndpoint inside,
                             NatEndpoint outside,
                             NatEndpoint target,
                             Nanos now);

    bool IsOwn(uint32_t address) const;
    /** Whether \p address must not be seen outside. */
    bool IsHidden(uint32_t address, const NatPortGuard* guard) const;
    /** Takes such addresses out of the options of \p header. */
    void HideOptions(Ipv4WireHeader& header, const NatPortGuard* guard) const;
    NatVerdict OutboundAny(Ipv4WireHeader& header,
                           NatPayload& payload,
                           bool local,
                           Nanos now,
                           const NatPortGuard* guard);

    static NatFragmentKey KeyOf(const Ipv4WireHeader& header, Way way);
    /** What a later fragment does; none for first ones and whole datagrams. */
    std::optional<NatVerdict> LaterFragment(Ipv4WireHeader& header, Way way, Nanos now);
    /** Gives a datagram that is, or will be, in fragments an identification of this box. */
    void Renumber(Ipv4WireHeader& header, const NatFragmentKey& key, Nanos now);
    /** Remembers what became of a first fragment that came with \p before as its header. */
    void NoteFragment(const NatFragmentKey& key,
                      const Ipv4WireHeader& before,
                      const Ipv4WireHeader& after,
                      Nanos now,
                      NatVerdict& verdict);

    NatVerdict HoldSyn(NatEndpoint outside, NatEndpoint remote, Nanos now);

    /** Reads the quote, and looks whether the message is in order. */
    NatDrop ReadQuote(NatPayload& payload, Quote& quote) const;
    /** The end of a quoted datagram, if it has any; false if the quote is too short. */
    static bool QuoteEnds(const Quote& quote, NatEndpoint& source, NatEndpoint& destination);
    std::optional<NatEndpoint> QuotedInside(const Quote& quote) const;
    std::optional<NatEndpoint> QuotedOutside(const Quote& quote) const;

    /** What routers inside recorded in the header of a quoted datagram. */
    void HideQuotedOptions(const Quote& quote, uint32_t instead, const NatPortGuard* guard) const;

    NatDrop FtpOutbound(const Ipv4WireHeader& header,
                        NatPayload& payload,
                        const NatFlow& flow,
                        Nanos now,
                        const NatPortGuard* guard,
                        bool& changed);
    bool FtpInbound(NatPayload& payload, const NatFlow& flow);
    bool IsFtp(const NatFlow& flow) const;

    NatTable m_table;
    NatFragmentTable m_fragments;
    std::map<uint32_t, uint32_t> m_oneToOne;
    std::map<uint32_t, uint32_t> m_oneToOneBack;
    std::vector<Ipv4Prefix> m_inside;
    bool m_onlyInside{false};
    std::vector<uint32_t> m_own;
    bool m_answers{false};       //!< there was one to the box itself by a public end
    std::vector<HeldSyn> m_syns; //!< the oldest first
    uint32_t m_nextSyn{0};
    std::map<FtpKey, FtpStreamState> m_ftp; //!< of connections in which a line was replaced
    uint16_t m_identification{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_MACHINE_H */
