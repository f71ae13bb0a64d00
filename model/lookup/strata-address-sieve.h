// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ADDRESS_SIEVE_H
#define STRATA_ADDRESS_SIEVE_H

#include <bitset>
#include <cstdint>

namespace ns3
{
namespace strata
{

/**
 * A quick no to the question whether a set holds an IPv4 address: a Bloom filter of one hash
 * function. Its cost does not grow with the set; what it lets pass needs a second look.
 */
class AddressSieve
{
  public:
    void Clear()
    {
        m_slots.reset();
    }

    void Add(uint32_t address)
    {
        m_slots.set(SlotOf(address));
    }

    /** Never false for an address that was added. */
    bool MayHold(uint32_t address) const
    {
        return m_slots[SlotOf(address)];
    }

  private:
    static constexpr unsigned BITS = 12;

    static uint32_t SlotOf(uint32_t address)
    {
        return address * 0x9e3779b1 >> (32 - BITS); // the upper bits of a product mix all of them
    }

    std::bitset<1 << BITS> m_slots;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ADDRESS_SIEVE_H */
