// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MPLS_LABEL_H
#define STRATA_MPLS_LABEL_H

#include "strata-wire-contract.h"

#include "ns3/strata-byte-reader.h"

#include <boost/container/static_vector.hpp>
#include <tuple>

namespace ns3
{
namespace strata
{

/** A label with what travels beside it; where it stands in a stack is the stack's matter. */
struct MplsLabel
{
    uint32_t value{0};       //!< 20 bits; 0 to 15 are reserved and kept, known or not
    uint8_t trafficClass{0}; //!< 3 bits: EXP of RFC 3032, named Traffic Class by RFC 5462
    uint8_t ttl{0};          //!< hops left

    constexpr auto Tie() const
    {
        return std::tie(value, trafficClass, ttl);
    }

    friend bool operator==(const MplsLabel& a, const MplsLabel& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const MplsLabel& a, const MplsLabel& b)
    {
        return !(a == b);
    }
};

/**
 * One label stack entry (RFC 3032 section 2.1): label 20 bits, traffic class 3, bottom of stack 1,
 * TTL 8. What a switch reads that looks at the top of the stack only.
 */
struct MplsLabelEntry
{
    struct Context
    {
    };

    static constexpr std::size_t SIZE = 4;

    MplsLabel label;
    bool bottom{false}; //!< S: the last entry of its stack

    static Expected<MplsLabelEntry, DecodeError> Decode(ByteView bytes, const Context&)
    {
        ByteReader reader(bytes);
        const uint32_t word = reader.U32();
        if (!reader.Ok())
        {
            return reader.Error();
        }
        MplsLabelEntry entry;
        entry.label.value = word >> 12;
        entry.label.trafficClass = (word >> 9) & 0x7;
        entry.label.ttl = word & 0xff;
        entry.bottom = (word >> 8) & 0x1;
        return entry;
    }

    std::size_t EncodedSize() const
    {
        return SIZE;
    }

    void Encode(ByteWriter& writer) const
    {
        writer.U32((label.value << 12) | ((label.trafficClass & 0x7u) << 9) |
                   (uint32_t{bottom} << 8) | label.ttl);
    }

    constexpr auto Tie() const
    {
        return std::tie(label, bottom);
    }

    friend bool operator==(const MplsLabelEntry& a, const MplsLabelEntry& b)
    {
        return a.Tie() == b.Tie();
    }

    friend bool operator!=(const MplsLabelEntry& a, const MplsLabelEntry& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<MplsLabelEntry>);

/**
 * A label stack from its top to the entry with the bottom-of-stack bit (RFC 3032 section 2.1).
 * A valid stack holds at least one label; the bit follows from the place in the stack.
 *
 * Errors: TRUNCATED when the bytes end before the bottom; TOO_MANY at the first entry beyond
 * MAX_DEPTH.
 */
struct MplsLabelStack
{
    struct Context
    {
    };

    /**
     * RFC 3032 sets no bound, and a node may announce up to 255 (RFC 8491 section 2). A bound keeps
     * the stack in place, without an allocation for each packet; 32 leaves room above a segment
     * routed path with service and entropy labels, for which switches take about a dozen.
     */
    static constexpr std::size_t MAX_DEPTH = 32;

    boost::container::static_vector<MplsLabel, MAX_DEPTH> labels; //!< top first

    static Expected<MplsLabelStack, DecodeError> Decode(ByteView bytes, const Context&)
    {
        MplsLabelStack stack;
        for (std::size_t offset = 0;; offset += MplsLabelEntry::SIZE)
        {
            const auto entry = MplsLabelEntry::Decode(bytes.Sub(offset), {});
            if (!entry)
            {
                return Unexpected{DecodeError{entry.error().code, bytes.size()}};
            }
            if (stack.labels.size() == MAX_DEPTH)
            {
                return Unexpected{DecodeError{DecodeCode::TOO_MANY, offset}};
            }
            stack.labels.push_back(entry->label);
            if (entry->bottom)
            {
                return stack;
            }
        }
    }

    std::size_t EncodedSize() const
    {
        return labels.size() * MplsLabelEntry::SIZE;
    }

    void Encode(ByteWriter& writer) const
    {
        for (std::size_t i = 0; i < labels.size(); ++i)
        {
            MplsLabelEntry{labels[i], i + 1 == labels.size()}.Encode(writer);
        }
    }

    friend bool operator==(const MplsLabelStack& a, const MplsLabelStack& b)
    {
        return a.labels == b.labels;
    }

    friend bool operator!=(const MplsLabelStack& a, const MplsLabelStack& b)
    {
        return !(a == b);
    }
};

static_assert(IsWireFormat<MplsLabelStack>);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MPLS_LABEL_H */
