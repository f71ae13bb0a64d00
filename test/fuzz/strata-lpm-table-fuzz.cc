// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-lpm-table.h"

#include <map>

namespace
{

using namespace ns3::strata;

/**
 * Reads operations and does them to a table and to a map that is asked length by length. An
 * operation is a byte that says what to do, a length, a value and the bytes of the address that the
 * length asks for; an input that ends early ends in zeros.
 */
template <class Family>
void
Operate(const uint8_t* data, std::size_t size)
{
    using Address = typename Family::Address;
    LpmTable<Family> table;
    LpmTable<Family> copy;
    std::map<Prefix<Family>, uint32_t> model;
    std::map<Prefix<Family>, uint32_t> copied;
    const auto lookup = [](const std::map<Prefix<Family>, uint32_t>& in, const Address& address) {
        for (unsigned length = Family::BITS + 1; length > 0; --length)
        {
            const auto found = in.find(Prefix<Family>(address, length - 1));
            if (found != in.end())
            {
                return found->second;
            }
        }
        return LpmTable<Family>::NO_VALUE;
    };
    std::size_t at = 0;
    const auto next = [&]() { return at < size ? data[at++] : uint8_t{0}; };
    while (at < size)
    {
        const uint8_t what = next();
        const unsigned length = next() % (Family::BITS + 1);
        const uint32_t value = next();
        LpmKey128 key;
        for (unsigned bit = 0; bit < length; bit += 8)
        {
            key = AppendBits(key, bit, next(), 8);
        }
        Address address;
        if constexpr (Family::BITS == 32)
        {
            address = static_cast<uint32_t>(key.high >> 32);
        }
        else
        {
            FromLpmKey(key, address);
        }
        const Prefix<Family> prefix(address, length);
        switch (what % 8)
        {
        case 0:
        case 1:
        case 2:
            Require(table.Insert(prefix, value) == model.insert_or_assign(prefix, value).second,
                    "an insertion knows whether the prefix is new");
            break;
        case 3:
            Require(table.Erase(prefix) == (model.erase(prefix) != 0),
                    "a removal knows whether the prefix was there");
            break;
        case 4:
            // a run of neighbours, so that few bytes make a large table
            for (uint32_t i = 0; i < 40u * value; ++i)
            {
                const LpmKey128 neighbour = AppendBits(key, 12, i, 20);
                Address near;
                if constexpr (Family::BITS == 32)
                {
                    near = static_cast<uint32_t>(neighbour.high >> 32);
                }
                else
                {
                    FromLpmKey(neighbour, near);
                }
                const Prefix<Family> block(near, 20 + length % 13);
                table.Insert(block, i);
                model.insert_or_assign(block, i);
            }
            break;
        case 5:
            // every second prefix
            for (auto rule = model.begin(); rule != model.end();)
            {
                Require(table.Erase(rule->first), "what was inserted can be removed");
                rule = model.erase(rule);
                rule = rule == model.end() ? rule : std::next(rule);
            }
            break;
        case 6:
            copy = table;
            copied = model;
            break;
        case 7:
            Require(copy == table == (copied == model), "tables compare by content");
            break;
        }
        Require(table.Lookup(address) == lookup(model, address), "the longest prefix matches");
        Require(copy.Lookup(address) == lookup(copied, address), "a copy stays as it was");
    }
    Require(table.Size() == model.size(), "the size is the number of prefixes");
    auto expected = model.begin();
    table.ForEach([&](const Prefix<Family>& prefix, uint32_t value) {
        Require(expected != model.end() && prefix == expected->first && value == expected->second,
                "prefixes come in order");
        Require(table.Find(prefix) == value, "a prefix is found");
        Require(table.Lookup(prefix.GetAddress()) == lookup(model, prefix.GetAddress()),
                "the longest prefix matches the first address of a prefix");
        ++expected;
    });
    Require(expected == model.end(), "no prefix is left out");
}

} // namespace

// The first byte chooses the family.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    if (size > 0 && size < 2000)
    {
        data[0] % 2 == 0 ? Operate<Ipv4Family>(data + 1, size - 1)
                         : Operate<Ipv6Family>(data + 1, size - 1);
    }
    return 0;
}
