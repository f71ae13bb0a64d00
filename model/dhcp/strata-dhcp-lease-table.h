// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DHCP_LEASE_TABLE_H
#define STRATA_DHCP_LEASE_TABLE_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-dhcp-message.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Who a client is (RFC 2131 section 4.2): `i` and the bytes of its client identifier (option 61),
 * or `h`, the hardware type and the hardware address.
 */
using DhcpClientKey = std::string;

DhcpClientKey DhcpKeyOfHardware(uint8_t type, ByteView address);
DhcpClientKey DhcpKeyOfIdentifier(ByteView identifier);
DhcpClientKey DhcpKeyOf(const DhcpMessage& message, const DhcpOptions& options);

/** What a server knows of an address. */
enum class DhcpBindingState : uint8_t
{
    FREE,      //!< was somebody's, who gets it back if nobody else needs it
    PROBING,   //!< being asked for before it is offered
    OFFERED,   //!< held for whom it was offered to
    BOUND,     //!< leased
    PERMANENT, //!< given without a lease (BOOTP): never free again
    ABANDONED, //!< found in use by another host: set aside
};

/** `free`, `probing`, ... */
const char* DhcpBindingStateName(DhcpBindingState state);

/** An address and the client that it belongs, or last belonged, to. */
struct DhcpBinding
{
    uint32_t address{0};
    uint32_t subnet{0}; //!< number of the subnet
    DhcpBindingState state{DhcpBindingState::FREE};
    Nanos expires{NEVER}; //!< when the state ends
    DhcpClientKey client; //!< empty: nobody
    Bytes hardware;
    std::string name; //!< option 12
    uint64_t turn{0}; //!< the greater, the later it became free

    auto Tie() const
    {
        return std::tie(address, subnet, state, expires, client, hardware, name, turn);
    }
};

/**
 * The addresses that a server gives away. Every operation is one of hash tables and of two queues,
 * of what is due and of what is free. What an address no longer waits for stays in them until its
 * turn comes, or until such entries are the larger part.
 *
 * An address that was never used comes first; then the one that has been free longest, so that
 * former holders find theirs again as long as possible (RFC 2131 section 2.2).
 */
class DhcpLeaseTable
{
  public:
    /** Addresses \p first to \p last, both included, are \p subnet's to give. */
    void AddRange(uint32_t subnet, uint32_t first, uint32_t last, bool leasing);

    /** No range gives \p address away. */
    void Exclude(uint32_t address);

    /** What is known of \p address; null if it was never used. */
    const DhcpBinding* Find(uint32_t address) const;

    /** The binding of \p client in \p subnet, FREE ones included; null if there is none. */
    const DhcpBinding* FindClient(uint32_t subnet, const DhcpClientKey& client) const;

    /** Whether a range of \p subnet that leases, or one that does not, has \p address to give. */
    bool IsAvailable(uint32_t subnet, uint32_t address, bool leasing) const;

    /** An address of the subnet to give; none if there is no more. It is not taken yet. */
    std::optional<uint32_t> Choose(uint32_t subnet, bool leasing);

    /** The address belongs to \p client from now on; what either had before is undone. */
    const DhcpBinding& Assign(uint32_t address,
                              uint32_t subnet,
                              const DhcpClientKey& client,
                              ByteView hardware,
                              const std::string& name,
                              DhcpBindingState state,
                              Nanos expires);

    /** Precondition here and below: the address is known. */
    void SetState(uint32_t address, DhcpBindingState state, Nanos expires = NEVER);

    /** Sets an address aside until \p expires; it is nobody's. */
    void Abandon(uint32_t address, Nanos expires);

    /** Puts back what All() gave, in whatever order. */
    void Restore(const DhcpBinding& binding);

    /** Addresses whose state has ended at \p now, in order of time; their states stay. */
    std::vector<uint32_t> TakeDue(Nanos now);

    Nanos NextDeadline() const
    {
        return m_due.empty() ? NEVER : m_due.front().first;
    }

    /** All that is known, in the order of addresses. */
    std::vector<DhcpBinding> All() const;

    /** Addresses of a subnet's ranges, of either kind. */
    std::size_t CountAll(uint32_t subnet, bool leasing) const;
    /** Those of them that are probed, offered, leased, given for good or set aside. */
    std::size_t CountTaken(uint32_t subnet, bool leasing) const;

  private:
    /** An address that became free, and its turn then. */
    struct Freed
    {
        uint64_t turn{0};
        uint32_t address{0};
    };

    struct Range
    {
        uint32_t first{0};
        uint32_t last{0};
        bool leasing{true};
        uint64_t next{0};        //!< the first address that was never looked at
        std::deque<Freed> freed; //!< in the order of turns
        std::size_t free{0};     //!< how many of them still are
        std::size_t taken{0};
    };

    Range* RangeOf(uint32_t subnet, uint32_t address);
    const Range* RangeOf(uint32_t subnet, uint32_t address) const;
    static DhcpClientKey KeyIn(uint32_t subnet, const DhcpClientKey& client);
    void Unlink(const DhcpBinding& binding);
    /** Counts it out of its range. */
    void Leave(DhcpBinding& binding);
    void Put(DhcpBinding& binding, DhcpBindingState state, Nanos expires);
    bool IsFree(const Freed& freed) const;
    bool IsDue(const std::pair<Nanos, uint32_t>& due) const;
    void AddFreed(Range& range, const DhcpBinding& binding);
    void SetDue(DhcpBinding& binding, Nanos expires);
    void PopDue();

    std::unordered_map<uint32_t, std::vector<Range>> m_ranges; //!< by subnet
    std::unordered_map<uint32_t, DhcpBinding> m_bindings;      //!< by address
    std::unordered_map<DhcpClientKey, uint32_t> m_clients;
    std::unordered_set<uint32_t> m_excluded;
    std::vector<std::pair<Nanos, uint32_t>> m_due; //!< a heap; the first one is no stale one
    std::size_t m_ending{0};                       //!< addresses whose state ends
    uint64_t m_turn{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_DHCP_LEASE_TABLE_H */
