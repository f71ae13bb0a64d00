// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_DIRECTORY_POLICY_H
#define STRATA_DIRECTORY_POLICY_H

#include "strata-turn-machine.h"

#include <set>

namespace ns3
{
namespace strata
{

/** The slot for the directory: which members keep the locations of processes. */
class DirectoryPolicy
{
  public:
    virtual ~DirectoryPolicy() = default;
    virtual const char* Name() const = 0;

    /** Whether every router keeps every location. */
    virtual bool Replicates() const
    {
        return false;
    }

    /** The member that keeps the location of \p process; NO_NAME: nobody but its own member. */
    virtual MemberName HomeOf(const Turn& turn, const std::string& process) const = 0;
};

/** No directory: sessions are opened only to locations that are known otherwise. */
class NoDirectory : public DirectoryPolicy
{
  public:
    const char* Name() const override
    {
        return "none";
    }

    MemberName HomeOf(const Turn& turn, const std::string& process) const override;
};

/** Every router keeps all locations; changes are flooded. */
class ReplicatedDirectory : public DirectoryPolicy
{
  public:
    const char* Name() const override
    {
        return "replicated";
    }

    bool Replicates() const override
    {
        return true;
    }

    MemberName HomeOf(const Turn& turn, const std::string& process) const override;
};

/** One member keeps all locations. */
class ServerDirectory : public DirectoryPolicy
{
  public:
    explicit ServerDirectory(MemberName server);

    const char* Name() const override
    {
        return "server";
    }

    MemberName HomeOf(const Turn& turn, const std::string& process) const override;

  private:
    MemberName m_server;
};

/** Consistent hashing spreads the locations over the routers. */
class HashedDirectory : public DirectoryPolicy
{
  public:
    const char* Name() const override
    {
        return "hashed";
    }

    MemberName HomeOf(const Turn& turn, const std::string& process) const override;
};

/**
 * Takes over \p record if it is newer than what is known: higher sequence, or a withdrawal of the
 * same. False: stale.
 */
bool ApplyLocation(LocationTurn& turn, const LocationRecord& record);

/** Writes the location of a process of this member to the directory. */
void Publish(LocationTurn& turn, const LocationRecord& record);

/**
 * The location of \p process, if it is known here.
 * \param fresh only what this member answers for itself: its own processes and its part of the
 *        directory
 */
std::optional<LocationRecord> KnownLocation(const Turn& turn,
                                            const std::string& process,
                                            bool fresh);

/**
 * Which routers share the directory has changed: passes on what is known here and belongs to one
 * that is new, and if one has gone, what this member's processes are registered as.
 */
void Redistribute(LocationTurn& turn, const std::set<MemberName>& appeared, bool gone);

/** Asks the directory for the peer of \p session; the answer comes as a RESOLVED. */
void LookUp(LocationTurn& turn, uint32_t session);

/** A LOCATION PDU has arrived for this member or its neighbourhood. */
void OnLocation(LocationTurn& turn, PortId port, const Pdu& pdu, const LocationBody& body);

} // namespace strata
} // namespace ns3

#endif /* STRATA_DIRECTORY_POLICY_H */
