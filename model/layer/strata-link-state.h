// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LINK_STATE_H
#define STRATA_LINK_STATE_H

#include "ns3/strata-pdu.h"
#include "ns3/strata-tied.h"

#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a router says of its links. */
struct LinkStateRecord
{
    MemberName origin{NO_NAME};
    uint32_t sequence{0};
    uint8_t withdrawn{0};    //!< 1: the origin left the layer
    uint8_t blockLength{64}; //!< the origin reaches all names of that block around its own
    std::vector<LinkStateNeighbor> neighbors;

    auto Tie() const
    {
        return std::tie(origin, sequence, withdrawn, blockLength, neighbors);
    }
};

/** Bytes of a part on the wire. */
std::size_t SizeOf(const LinkStatePart& part);

/**
 * The parts that say a record.
 * \param room bytes that a part may have; where it is too little for one link a part says one
 */
std::vector<LinkStatePart> SplitLinkState(const LinkStateRecord& record, std::size_t room);

/** Parts of one record that have come in, in any order and however they were cut. */
class LinkStateAssembly
{
  public:
    /** Parts of an older record are forgotten when one of a newer comes in. */
    void Add(const LinkStatePart& part);

    /** The record if all of it is there. */
    std::optional<LinkStateRecord> Whole() const;

    auto Tie() const
    {
        return std::tie(m_head, m_neighbors);
    }

  private:
    LinkStatePart m_head; //!< without neighbours
    std::map<uint16_t, LinkStateNeighbor> m_neighbors;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LINK_STATE_H */
