// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ATTACHMENT_POLICY_H
#define STRATA_ATTACHMENT_POLICY_H

#include "strata-turn-machine.h"

namespace ns3
{
namespace strata
{

/**
 * The slot for attachment mobility: a member keeps its name while the underlay that it is attached
 * to changes, and the layer must keep it reachable. The policy decides who is told; the routing
 * policy decides what they do with it. Only attachments, links and routes can be written here.
 */
class AttachmentPolicy
{
  public:
    virtual ~AttachmentPolicy() = default;
    virtual const char* Name() const = 0;

    /** Whether a member may attach again elsewhere under its name. */
    virtual bool AllowsMove() const
    {
        return true;
    }

    /** At the access member: a leaf is attached here; its record is the newest. */
    virtual void OnLeafAttached(AttachmentTurn&, const AttachmentRecord&) const
    {
    }

    /** At the access member: a leaf has been gone for leafHold, and nothing newer is known. */
    virtual void OnLeafLost(AttachmentTurn&, const AttachmentRecord&) const
    {
    }

    /** At the leaf: its new access member has accepted it. */
    virtual void OnSelfAttached(AttachmentTurn&, PortId) const
    {
    }
};

/** No attachment mobility: whose attachment ends must die and be reborn under another name. */
class StayPut : public AttachmentPolicy
{
  public:
    const char* Name() const override
    {
        return "stay-put";
    }

    bool AllowsMove() const override
    {
        return false;
    }

    void OnLeafAttached(AttachmentTurn& turn, const AttachmentRecord& record) const override;
};

/** Every router is told: routes are updated everywhere. */
class TellEveryone : public AttachmentPolicy
{
  public:
    const char* Name() const override
    {
        return "tell-everyone";
    }

    void OnLeafAttached(AttachmentTurn& turn, const AttachmentRecord& record) const override;
    void OnLeafLost(AttachmentTurn& turn, const AttachmentRecord& record) const override;
};

/** Those on the way from the new place to the old one learn it from the leaf's announcement. */
class TellPath : public AttachmentPolicy
{
  public:
    const char* Name() const override
    {
        return "tell-path";
    }

    void OnSelfAttached(AttachmentTurn& turn, PortId port) const override;
};

/** The leaf's home is told: its anchor, or its resolver, as the routing policy names it. */
class TellHome : public AttachmentPolicy
{
  public:
    const char* Name() const override
    {
        return "tell-home";
    }

    void OnLeafAttached(AttachmentTurn& turn, const AttachmentRecord& record) const override;
    void OnLeafLost(AttachmentTurn& turn, const AttachmentRecord& record) const override;
};

/**
 * Takes over \p record if it is newer than what is known: higher sequence, or a withdrawal of the
 * same. The routing policy then sees it. False: stale.
 */
bool ApplyLeafRecord(AttachmentTurn& turn, const AttachmentRecord& record, Nanos expires = NEVER);

/** The port of the newest live link by which \p leaf is attached to this member. */
std::optional<PortId> LeafPort(const Turn& turn, MemberName leaf);

/** Writes what is known of a leaf, and when it is due. */
void KeepLeaf(AttachmentTurn& turn, MemberName leaf, const LeafEntry& entry);

/** Removes what is known of a leaf. */
void ForgetLeaf(AttachmentTurn& turn, MemberName leaf);

} // namespace strata
} // namespace ns3

#endif /* STRATA_ATTACHMENT_POLICY_H */
