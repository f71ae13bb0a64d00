// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_CLASSFUL_TABLE_H
#define STRATA_CLASSFUL_TABLE_H

#include "ns3/strata-prefix.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3
{
namespace strata
{

/** The classes into which IPv4 addresses fell before CIDR (RFC 791 section 3.2, RFC 1112). */
enum class Ipv4Class : uint8_t
{
    A, //!< 0: 7 bits of network, 24 of host
    B, //!< 10: 14 bits of network, 16 of host
    C, //!< 110: 21 bits of network, 8 of host
    D, //!< 1110: multicast
    E, //!< 1111: reserved
};

/** The class of \p address, told by its first four bits. */
Ipv4Class ClassOf(uint32_t address);

/** The network of \p address: /8, /16 or /24; the whole class, a /4, for D and E. */
Ipv4Prefix ClassfulNetworkOf(uint32_t address);

/**
 * Routing as it was before CIDR: a shift by 28 tells the class, then the network's number is the
 * index into a table for A and B, and is looked up in a hash table for C. Class D is left to
 * multicast, class E refused. There is one route a network, and none for anything smaller or
 * larger. A value.
 */
class ClassfulTable
{
  public:
    using Value = uint32_t;

    /** What a lookup gives when there is no route. */
    static constexpr Value NO_VALUE = UINT32_MAX;

    /** Why there is a value or none. */
    enum class Outcome : uint8_t
    {
        FOUND,
        NO_ROUTE,
        MULTICAST, //!< class D
        REFUSED,   //!< class E
    };

    struct Answer
    {
        Outcome outcome{Outcome::NO_ROUTE};
        Ipv4Class addressClass{Ipv4Class::A};
        Value value{NO_VALUE};
    };

    /**
     * Sets the route for the network that holds \p address; false for class D and E. Precondition:
     * \p value is not NO_VALUE.
     */
    bool Insert(uint32_t address, Value value);

    /** Removes the route for the network that holds \p address; false when there is none. */
    bool Erase(uint32_t address);

    Answer Lookup(uint32_t address) const;

    /** Networks with a route. */
    std::size_t Size() const
    {
        return m_size;
    }

    /** Each network with its value, in the order of addresses. */
    std::vector<std::pair<Ipv4Prefix, Value>> Routes() const;

    std::size_t MemoryBytes() const;

    friend bool operator==(const ClassfulTable& a, const ClassfulTable& b)
    {
        return a.Routes() == b.Routes();
    }

    friend bool operator!=(const ClassfulTable& a, const ClassfulTable& b)
    {
        return !(a == b);
    }

  private:
    /** A slot of the hash table for class C; open addressing, the next free slot is taken. */
    struct Slot
    {
        uint32_t network{0};
        Value value{NO_VALUE}; //!< NO_VALUE: the slot is free
    };

    std::size_t HomeOf(uint32_t network) const;
    std::size_t SlotOf(uint32_t network) const;
    void Grow();
    void EraseSlot(std::size_t slot);

    std::vector<Value> m_a; //!< by number of the network; empty until one is there
    std::vector<Value> m_b;
    std::vector<Slot> m_c; //!< a power of two, at most half full
    std::size_t m_sizeC{0};
    std::size_t m_size{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_CLASSFUL_TABLE_H */
