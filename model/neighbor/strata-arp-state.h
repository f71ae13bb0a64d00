// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ARP_STATE_H
#define STRATA_ARP_STATE_H

#include "ns3/strata-arp-message.h"
#include "ns3/strata-deadline-table.h"
#include "ns3/strata-prefix.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** Whose mappings enter the cache besides those that were asked for. */
enum class ArpLearning : uint8_t
{
    SOLICITED, //!< nobody's: answers to own requests, and what updates a known entry
    TARGET,    //!< those of senders that speak to this host (RFC 826)
    ALL        //!< those of every message that is seen
};

/** What is held against a table of bindings (address to hardware address). */
enum class ArpBindingCheck : uint8_t
{
    OFF,
    LISTED, //!< senders whose address is in the table
    STRICT  //!< every sender: who is not in the table is refused
};

/** What a host does when another one uses its address (RFC 5227 section 2.4). */
enum class ArpDefence : uint8_t
{
    GIVE_UP, //!< (a) ceases to use the address
    ONCE,    //!< (b) defends it, and ceases at a second conflict within the defend interval
    ALWAYS   //!< (c) defends it, at most once in a defend interval, and never ceases
};

struct ArpParameters
{
    // The cache (RFC 1122 section 2.3.2)
    Nanos reachableTime{std::chrono::seconds(60)}; //!< a mapping is believed without confirmation
    bool poll{true}; //!< an old mapping is asked by unicast when it is used; else it is removed
    uint32_t pollCount{2};
    Nanos staleTime{std::chrono::seconds(240)};     //!< an old mapping is kept while unused
    Nanos requestInterval{std::chrono::seconds(1)}; //!< at least, between requests for an address
    uint32_t requestCount{3};
    Nanos failedTime{std::chrono::seconds(1)}; //!< an address that did not answer is not asked
    std::size_t maxEntries{1024};
    std::size_t maxPendingPerEntry{16};
    std::size_t maxPending{256};
    ArpLearning learning{ArpLearning::TARGET};
    bool acceptUnsolicited{true}; //!< replies that nobody asked for
    bool acceptGratuitous{true};
    ArpBindingCheck bindingCheck{ArpBindingCheck::LISTED};

    // Address conflicts (RFC 5227 section 1.1)
    ArpDefence defence{ArpDefence::ALWAYS};
    Nanos probeWait{std::chrono::seconds(1)};
    uint32_t probeCount{3};
    Nanos probeMin{std::chrono::seconds(1)};
    Nanos probeMax{std::chrono::seconds(2)};
    Nanos announceWait{std::chrono::seconds(2)};
    uint32_t announceCount{2};
    Nanos announceInterval{std::chrono::seconds(2)};
    uint32_t maxConflicts{10};
    Nanos rateLimitInterval{std::chrono::seconds(60)};
    Nanos defendInterval{std::chrono::seconds(10)};
};

enum class ArpEntryState : uint8_t
{
    INCOMPLETE, //!< being asked for by broadcast; packets wait
    REACHABLE,  //!< confirmed within the reachable time
    STALE,      //!< confirmed once, not used since it grew old
    PROBING,    //!< old and in use: being asked by unicast, believed meanwhile
    FAILED,     //!< did not answer
    STATIC      //!< configured: never ages, never changed by what comes from the wire
};

/** Who is at an address, as far as is known. */
struct ArpEntry
{
    ArpEntryState state{ArpEntryState::INCOMPLETE};
    MacBytes hardware{};           //!< none while INCOMPLETE or FAILED
    std::optional<Nanos> asked;    //!< when the last request was sent
    uint32_t requests{0};          //!< sent since the state began
    uint64_t used{0};              //!< the greater, the later confirmed or asked for
    std::vector<uint64_t> pending; //!< handles of packets, the oldest first

    bool IsUsable() const
    {
        return state == ArpEntryState::REACHABLE || state == ArpEntryState::PROBING ||
               state == ArpEntryState::STATIC;
    }

    bool HasHardware() const
    {
        return IsUsable() || state == ArpEntryState::STALE;
    }

    auto Tie() const
    {
        return std::tie(state, hardware, asked, requests, used, pending);
    }
};

/** An address on its way to become the host's own, or one that is announced. */
struct ArpClaim
{
    bool probing{false}; //!< else announcing
    uint32_t sent{0};    //!< probes, or announcements

    auto Tie() const
    {
        return std::tie(probing, sent);
    }
};

/** An own address, and how many of its first bits are the network's. */
struct ArpOwnAddress
{
    uint32_t address{0};
    uint8_t prefixLength{32};

    auto Tie() const
    {
        return std::tie(address, prefixLength);
    }
};

/** All that ARP knows at one interface. */
struct ArpState
{
    // Configured
    MacBytes hardware{};                  //!< of this interface
    std::vector<MacBytes> siblings;       //!< of the host's other interfaces
    std::vector<ArpOwnAddress> addresses; //!< the host's own, at this interface
    std::vector<Ipv4Prefix> proxies;      //!< answered for in the name of others
    std::map<uint32_t, MacBytes> bindings;

    // Learned
    std::map<uint32_t, ArpEntry> entries;
    std::map<uint32_t, ArpClaim> claims;
    std::map<uint32_t, Nanos> defended; //!< own address to when it was defended last
    uint32_t conflicts{0};              //!< of addresses tried, since one succeeded
    std::optional<Nanos> tried;         //!< when an address was tried last
    uint64_t uses{0};
    std::size_t pending{0}; //!< packets that wait, over all entries
    DeadlineTable deadlines;

    bool IsOwn(uint32_t address) const
    {
        for (const ArpOwnAddress& own : addresses)
        {
            if (own.address == address)
            {
                return true;
            }
        }
        return false;
    }

    auto Tie() const
    {
        return std::tie(hardware,
                        siblings,
                        addresses,
                        proxies,
                        bindings,
                        entries,
                        claims,
                        defended,
                        conflicts,
                        tried,
                        uses,
                        pending,
                        deadlines);
    }
};

// ---- Effects ----------------------------------------------------------------------------------

/** Send \c message in a frame to \c to. */
struct ArpTransmit
{
    MacBytes to{};
    ArpMessage message;

    auto Tie() const
    {
        return std::tie(to, message);
    }
};

/** From now on packets for \c address go to \c hardware without asking. */
struct ArpMap
{
    uint32_t address{0};
    MacBytes hardware{};
    bool permanent{false};

    auto Tie() const
    {
        return std::tie(address, hardware, permanent);
    }
};

/** From now on packets for \c address must be given to Resolve. */
struct ArpUnmap
{
    uint32_t address{0};

    auto Tie() const
    {
        return std::tie(address);
    }
};

/** Send these packets to \c hardware, in this order. */
struct ArpRelease
{
    uint32_t address{0};
    MacBytes hardware{};
    std::vector<uint64_t> packets;

    auto Tie() const
    {
        return std::tie(address, hardware, packets);
    }
};

enum class ArpDropReason : uint8_t
{
    // of packets
    QUEUE_FULL, //!< a later packet took its place
    REMOVED,    //!< the entry was removed while the packet waited
    CACHE_FULL, //!< no entry could be made; of messages, too
    // of messages
    OWN_HARDWARE,      //!< this interface's own frame came back
    SENDER_HARDWARE,   //!< the sender's hardware address is a group's or nobody's (RFC 1812 3.3.2)
    SENDER_PROTOCOL,   //!< the sender's protocol address can't be a host's
    UNKNOWN_OPERATION, //!< neither request nor reply
    BINDING,           //!< the table of bindings says otherwise
    CONFLICT           //!< the sender uses an address of this host
};

/** Packets that are lost. */
struct ArpDiscard
{
    uint32_t address{0};
    std::vector<uint64_t> packets;
    ArpDropReason reason{ArpDropReason::QUEUE_FULL};

    auto Tie() const
    {
        return std::tie(address, packets, reason);
    }
};

/** Nobody answered for \c address: these packets, maybe none, are lost. */
struct ArpUnreachable
{
    uint32_t address{0};
    std::vector<uint64_t> packets;

    auto Tie() const
    {
        return std::tie(address, packets);
    }
};

/** The message was not, or not wholly, processed. */
struct ArpMessageDrop
{
    ArpDropReason reason{ArpDropReason::OWN_HARDWARE};

    auto Tie() const
    {
        return std::tie(reason);
    }
};

/** What kind of message spoke of a mapping. */
enum class ArpCause : uint8_t
{
    REQUEST,
    REPLY,       //!< one that was asked for
    UNSOLICITED, //!< a reply that nobody asked for
    GRATUITOUS   //!< request or reply about the sender's own address
};

/** A sender spoke of itself without being asked. */
struct ArpHeard
{
    uint32_t address{0};
    MacBytes hardware{};
    ArpCause cause{ArpCause::GRATUITOUS};

    auto Tie() const
    {
        return std::tie(address, hardware, cause);
    }
};

/** A known address has moved to other hardware: a host that moved, or poison that worked. */
struct ArpMappingChange
{
    uint32_t address{0};
    MacBytes before{};
    MacBytes after{};
    ArpCause cause{ArpCause::REQUEST};

    auto Tie() const
    {
        return std::tie(address, before, after, cause);
    }
};

enum class ArpRefusal : uint8_t
{
    STATIC,  //!< a static entry says otherwise
    BINDING, //!< the table of bindings says otherwise, or does not know the address
    POLICY   //!< unsolicited or gratuitous mappings are not accepted
};

/** A mapping that was not believed. */
struct ArpPoisonRefusal
{
    uint32_t address{0};
    MacBytes claimed{};
    ArpCause cause{ArpCause::REQUEST};
    ArpRefusal why{ArpRefusal::STATIC};

    auto Tie() const
    {
        return std::tie(address, claimed, cause, why);
    }
};

enum class ArpConflictOutcome : uint8_t
{
    PROBE_FAILED, //!< the address is not taken into use (RFC 5227 section 2.1.1)
    DEFENDED,     //!< an announcement was sent (2.4)
    KEPT,         //!< defended a short time ago: kept in silence (2.4 c)
    GIVEN_UP      //!< no longer used (2.4 a, b)
};

/** Another host uses, or wants, an address of this one. */
struct ArpConflict
{
    uint32_t address{0};
    MacBytes other{};
    ArpConflictOutcome outcome{ArpConflictOutcome::DEFENDED};

    auto Tie() const
    {
        return std::tie(address, other, outcome);
    }
};

/** The address that was probed for is now the host's own. */
struct ArpAddressUsable
{
    uint32_t address{0};

    auto Tie() const
    {
        return std::tie(address);
    }
};

/** The host must no longer use the address. */
struct ArpAddressLost
{
    uint32_t address{0};

    auto Tie() const
    {
        return std::tie(address);
    }
};

/** What the caller has to do, in this order. */
using ArpEffect = std::variant<ArpTransmit,
                               ArpMap,
                               ArpUnmap,
                               ArpRelease,
                               ArpDiscard,
                               ArpUnreachable,
                               ArpMessageDrop,
                               ArpHeard,
                               ArpMappingChange,
                               ArpPoisonRefusal,
                               ArpConflict,
                               ArpAddressUsable,
                               ArpAddressLost>;
using ArpEffects = std::vector<ArpEffect>;

/** Uniform random numbers in [0, 1). */
using UniformRandom = std::function<double()>;

} // namespace strata
} // namespace ns3

#endif /* STRATA_ARP_STATE_H */
