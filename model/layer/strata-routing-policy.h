// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ROUTING_POLICY_H
#define STRATA_ROUTING_POLICY_H

#include "strata-turn-machine.h"

namespace ns3
{
namespace strata
{

/**
 * The slot for routing: what fills the table of routes.
 *
 * A policy has no state of its own; all it knows stands in the member's state. The defaults do
 * nothing, so that a policy names only what it cares about.
 */
class RoutingPolicy
{
  public:
    virtual ~RoutingPolicy() = default;
    virtual const char* Name() const = 0;

    /** Whether a PDU without a route is flooded along the tree instead of dropped. */
    virtual bool FloodsUnknown() const
    {
        return false;
    }

    /** Whether a PDU without a route waits until somebody was asked for the way. */
    virtual bool ResolvesUnknown() const
    {
        return false;
    }

    /** Whether hellos carry the spanning tree. */
    virtual bool KeepsTree() const
    {
        return false;
    }

    /** This process has become a member. */
    virtual void OnEnrolled(AttachmentTurn&) const
    {
    }

    /** A link to a neighbour stands. */
    virtual void OnLinkUp(AttachmentTurn&, PortId) const
    {
    }

    /** The link behind \p port, to \p neighbor, has ended; it is no longer in the table. */
    virtual void OnLinkDown(AttachmentTurn&, PortId, const LinkEntry&) const
    {
    }

    /** Link-state records have come from the neighbour behind \p port. */
    virtual void OnLinkState(AttachmentTurn&, PortId, const LinkStateBody&) const
    {
    }

    /** A PDU of \p source came in on \p port. */
    virtual void OnSource(AttachmentTurn&, PortId, MemberName) const
    {
    }

    /**
     * A newer attachment of a leaf is known; it stands in state.leaves. The policy turns it into
     * the routes that it wants.
     */
    virtual void OnLeafRecord(AttachmentTurn&, const AttachmentRecord&) const
    {
    }

    /**
     * What makes the route of this access member to a leaf of its own: ATTACHMENT for everybody's
     * PDUs, VISITOR for those alone that come out of a tunnel.
     */
    virtual RouteOrigin OriginForLeaf(const Turn&, MemberName) const
    {
        return RouteOrigin::ATTACHMENT;
    }

    /** The member that keeps the attachment of \p leaf for others; NO_NAME: everybody does. */
    virtual MemberName HomeOf(const Turn&, MemberName) const
    {
        return NO_NAME;
    }

    /** Whether a leaf's home tells the member that it left, so that PDUs on their way follow. */
    virtual bool TellsFormerAccess() const
    {
        return false;
    }

    /** A PDU without a route. True: the policy keeps it, until it knows the way. */
    virtual bool OnUnknown(AttachmentTurn&, const Pdu&) const
    {
        return false;
    }

    /** The tree that floods go along has changed, here or elsewhere. */
    virtual void OnTreeChanged(AttachmentTurn&) const
    {
    }

    /** The leaf says itself, by an announcement that came in on \p port, where it is now. */
    virtual void OnAnnounced(AttachmentTurn&, PortId, MemberName) const
    {
    }

    /** Work that was put off until now. */
    virtual void OnTimer(AttachmentTurn&) const
    {
    }

    /** The member leaves the layer. */
    virtual void OnLeave(AttachmentTurn&) const
    {
    }
};

/** Routes written by hand (or by a scenario); nothing is learned. */
class StaticRouting : public RoutingPolicy
{
  public:
    struct Entry
    {
        MemberName member;   //!< whose table
        NameBlock block;     //!< names that it leads to
        MemberName neighbor; //!< by way of
    };

    explicit StaticRouting(std::vector<Entry> entries = {});

    const char* Name() const override
    {
        return "static";
    }

    void OnLinkUp(AttachmentTurn& turn, PortId port) const override;
    void OnLinkDown(AttachmentTurn& turn, PortId port, const LinkEntry& link) const override;

  private:
    std::vector<Entry> m_entries;
};

/**
 * Every router floods what links it has; each computes shortest paths (OSPF's idea, RFC 2328).
 * Records are ordered by their origin's sequence, flooded reliably hop by hop, and a new link
 * begins with an exchange of all that each side knows. Leaves only have a default route.
 */
class LinkStateRouting : public RoutingPolicy
{
  public:
    const char* Name() const override
    {
        return "link-state";
    }

    void OnEnrolled(AttachmentTurn& turn) const override;
    void OnLinkUp(AttachmentTurn& turn, PortId port) const override;
    void OnLinkDown(AttachmentTurn& turn, PortId port, const LinkEntry& link) const override;
    void OnLinkState(AttachmentTurn& turn, PortId port, const LinkStateBody& body) const override;
    void OnLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record) const override;
    void OnTimer(AttachmentTurn& turn) const override;
    void OnLeave(AttachmentTurn& turn) const override;

  private:
    void Originate(AttachmentTurn& turn, bool withdrawn) const;
    void SchedulePaths(AttachmentTurn& turn) const;
    void ComputePaths(AttachmentTurn& turn) const;
};

/**
 * Routers are reached as with LinkStateRouting; a leaf away from home is known at its anchor, the
 * owner of its name's block, which tunnels to the member that the leaf is attached to. That one
 * delivers to the leaf only what comes out of a tunnel (RFC 5944: the home agent, the foreign agent
 * and its visitor list), so every PDU to a leaf away from home goes by way of the anchor.
 */
class AnchorRouting : public LinkStateRouting
{
  public:
    const char* Name() const override
    {
        return "anchor";
    }

    void OnLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record) const override;
    RouteOrigin OriginForLeaf(const Turn& turn, MemberName leaf) const override;
    MemberName HomeOf(const Turn& turn, MemberName leaf) const override;
};

/**
 * Routers are reached as with LinkStateRouting; where a leaf is attached is kept by the router
 * that consistent hashing names for it, asked at the first PDU and cached (SEATTLE's idea, Kim,
 * Caesar and Rexford, SIGCOMM 2008).
 */
class ResolverRouting : public LinkStateRouting
{
  public:
    const char* Name() const override
    {
        return "resolver";
    }

    void OnLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record) const override;
    MemberName HomeOf(const Turn& turn, MemberName leaf) const override;
    bool OnUnknown(AttachmentTurn& turn, const Pdu& pdu) const override;

    bool ResolvesUnknown() const override
    {
        return true;
    }

    bool TellsFormerAccess() const override
    {
        return true;
    }
};

/**
 * As Ethernet switches: flood what is unknown along a spanning tree, learn from sources, forget
 * what is old (IEEE 802.1D). The tree is kept in hellos: least name is root, least distance wins.
 */
class LearningRouting : public RoutingPolicy
{
  public:
    const char* Name() const override
    {
        return "learning";
    }

    bool FloodsUnknown() const override
    {
        return true;
    }

    bool KeepsTree() const override
    {
        return true;
    }

    void OnLinkDown(AttachmentTurn& turn, PortId port, const LinkEntry& link) const override;
    void OnLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record) const override;
    void OnSource(AttachmentTurn& turn, PortId port, MemberName source) const override;

    /** What was learned along another tree may be wrong now (IEEE 802.1D-2004, 17.11). */
    void OnTreeChanged(AttachmentTurn& turn) const override;

    /** PDUs on their way from the old place don't undo it for leafHold. */
    void OnAnnounced(AttachmentTurn& turn, PortId port, MemberName leaf) const override;
    void OnTimer(AttachmentTurn& turn) const override;
};

/** Recomputes this member's place in the tree from what its neighbours said; true if it changed. */
bool UpdateTree(Turn& turn);

/** The ports of the tree and of leaves, without \p except: where a flood goes. */
std::vector<PortId> FloodPorts(const Turn& turn, PortId except);

} // namespace strata
} // namespace ns3

#endif /* STRATA_ROUTING_POLICY_H */
