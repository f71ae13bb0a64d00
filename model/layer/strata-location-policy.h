// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LOCATION_POLICY_H
#define STRATA_LOCATION_POLICY_H

#include "strata-turn-machine.h"

namespace ns3
{
namespace strata
{

/**
 * The slot for location mobility: a process of an overlay changes its location while it is the end
 * of a session, and the layer must keep the session. Only locations and sessions can be written
 * here.
 */
class LocationPolicy
{
  public:
    virtual ~LocationPolicy() = default;
    virtual const char* Name() const = 0;

    /** Whether a process may move with its sessions. */
    virtual bool AllowsMove() const
    {
        return true;
    }

    /** Whether the directory is written when a process moves. */
    virtual bool WritesDirectory() const
    {
        return true;
    }

    /** Whether the peers of a moved process' sessions are told. */
    virtual bool TellsPeers() const
    {
        return true;
    }

    /** Whether an unanswered peer is looked up in the directory. */
    virtual bool LooksUp() const
    {
        return true;
    }

    /** The member by way of which control reaches a moving process; NO_NAME: straight. */
    virtual MemberName Rendezvous() const
    {
        return NO_NAME;
    }
};

/** No location mobility: a process that moves loses its sessions. */
class StayAtLocation : public LocationPolicy
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

    bool LooksUp() const override
    {
        return false;
    }
};

/** Peers and directory are both told; an unanswered peer is looked up. */
class TellPeerAndDirectory : public LocationPolicy
{
  public:
    const char* Name() const override
    {
        return "tell-peer-and-directory";
    }
};

/** Only the peers are told, at the location where they were last seen. */
class TellPeerOnly : public LocationPolicy
{
  public:
    const char* Name() const override
    {
        return "tell-peer-only";
    }

    bool WritesDirectory() const override
    {
        return false;
    }

    bool LooksUp() const override
    {
        return false;
    }
};

/** Only the directory is written; who gets no answer looks there. */
class LookUpOnRecovery : public LocationPolicy
{
  public:
    const char* Name() const override
    {
        return "look-up-on-recovery";
    }

    bool TellsPeers() const override
    {
        return false;
    }
};

/** Peers are told by way of a member that always knows where they are. */
class TellByRendezvous : public LocationPolicy
{
  public:
    explicit TellByRendezvous(MemberName rendezvous);

    const char* Name() const override
    {
        return "tell-by-rendezvous";
    }

    MemberName Rendezvous() const override
    {
        return m_rendezvous;
    }

    bool LooksUp() const override
    {
        return false;
    }

  private:
    MemberName m_rendezvous;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LOCATION_POLICY_H */
