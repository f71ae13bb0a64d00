// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAMING_POLICY_H
#define STRATA_NAMING_POLICY_H

#include "ns3/strata-pdu.h"
#include "ns3/strata-tied.h"

#include <memory>
#include <optional>

namespace ns3
{
namespace strata
{

/** What a member has given away. Names are permanent: the numbers only grow. */
struct NamingState
{
    uint32_t leaves{0};  //!< names given to leaves
    uint32_t routers{0}; //!< names, with their blocks, given to routers

    auto Tie() const
    {
        return std::tie(leaves, routers);
    }
};

/** A name, with the block of that many bits around it that its member owns. */
struct NameAssignment
{
    MemberName name{NO_NAME};
    uint8_t blockLength{64};

    auto Tie() const
    {
        return std::tie(name, blockLength);
    }
};

/** Slot: how the members of a layer come by their names. */
class NamingPolicy
{
  public:
    virtual ~NamingPolicy() = default;

    /** For the layer's description and results. */
    virtual const char* Name() const = 0;

    virtual NameScheme Scheme() const = 0;

    /**
     * A name that was never given before, for a joiner without one; none when the member's names
     * are exhausted or it gives none to that role. A joiner may have brought the same name: the
     * caller, who knows the names in use, then asks again.
     */
    virtual std::optional<NameAssignment> Assign(NamingState& state,
                                                 MemberName ownName,
                                                 uint8_t ownBlockLength,
                                                 MemberRole role) const = 0;

    /**
     * True if a process of that role may become a member under \p name at this neighbour. Not
     * asked of a member that comes again: its name is permanent.
     */
    virtual bool Fits(MemberName name,
                      MemberRole role,
                      MemberName neighbour,
                      uint8_t neighbourBlockLength) const = 0;

    /** The block that goes with \p name. */
    virtual uint8_t BlockLengthFor(MemberName name, MemberRole role) const = 0;
};

/**
 * A name says nothing of a place: the joiner brings it, and every member is a block of its own.
 *
 * A member can also give names, out of a number space of its own: the member n, if n is below
 * 2^32, gives n * 2^32 + 1, n * 2^32 + 2 and so on.
 */
class FlatNaming : public NamingPolicy
{
  public:
    explicit FlatNaming(bool assigns = false);

    const char* Name() const override;
    NameScheme Scheme() const override;
    std::optional<NameAssignment> Assign(NamingState& state,
                                         MemberName ownName,
                                         uint8_t ownBlockLength,
                                         MemberRole role) const override;
    bool Fits(MemberName name,
              MemberRole role,
              MemberName neighbour,
              uint8_t neighbourBlockLength) const override;
    uint8_t BlockLengthFor(MemberName name, MemberRole role) const override;

  private:
    bool m_assigns;
};

/**
 * A name depends on the place: a router owns the block of the name's parts up to the last that is
 * not zero ("3.1" owns 3.1.*.*, 32 bits), and gives the names inside it. Leaves take the last
 * part, the parts between zero; routers below take the next part:
 *
 * \verbatim
 * 3 gives to leaves 3.0.0.1, 3.0.0.2 ...; to routers 3.1, 3.2 ...
 * 3.1 gives to leaves 3.1.0.1, 3.1.0.2 ...; to routers 3.1.1, 3.1.2 ...
 * 3.1.1 gives to leaves 3.1.1.1 ...; it has no block left for a router
 * \endverbatim
 */
class HierarchicalNaming : public NamingPolicy
{
  public:
    const char* Name() const override;
    NameScheme Scheme() const override;
    std::optional<NameAssignment> Assign(NamingState& state,
                                         MemberName ownName,
                                         uint8_t ownBlockLength,
                                         MemberRole role) const override;

    /** A leaf's name lies in the neighbour's block; a router's has a block of its own. */
    bool Fits(MemberName name,
              MemberRole role,
              MemberName neighbour,
              uint8_t neighbourBlockLength) const override;
    uint8_t BlockLengthFor(MemberName name, MemberRole role) const override;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAMING_POLICY_H */
