// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TURN_MACHINE_H
#define STRATA_TURN_MACHINE_H

#include "strata-member-state.h"
#include "strata-scheduler-policy.h"
#include "strata-write-right.h"

#include <functional>
#include <string>

namespace ns3
{
namespace strata
{

struct LayerParameters;
struct LayerPolicies;
class MemberMachine;
class SessionManager;

/** No port at all. */
constexpr PortId NO_PORT = 0xffffffff;

/** A route's port that means: put the PDU into a TUNNEL to the route's next hop. */
constexpr PortId TUNNEL_PORT = 0xfffffffe;

/** The port by which a member reaches itself; the surroundings hand its PDUs back at once. */
constexpr PortId LOOPBACK_PORT = 0xfffffffd;

/**
 * One step of one member as policies see it: the state to read, control state to change, PDUs to
 * send, requests to repeat.
 *
 * A turn carries no right to write a guarded table; AttachmentTurn and LocationTurn each add the
 * right of one kind of mobility, so a policy of the other kind can't compile a write. Only the
 * machine makes them.
 */
class Turn
{
  public:
    Turn(const LayerParameters& parameters,
         const LayerPolicies& policies,
         MemberState& state,
         Nanos now,
         Effects& effects);

    const LayerParameters& parameters;
    const LayerPolicies& policies;
    const MemberState& state;
    MemberControl& control; //!< the part of state beside its tables
    const Nanos now;
    Effects& effects;

    /** Sends \p body to the neighbour behind \p port. */
    void SendOnPort(PortId port, PduBody body);

    /** Sends \p body to the member \p destination by its route; counts a drop without one. */
    void SendTo(MemberName destination, PduBody body, uint8_t slice = CONTROL_SLICE);

    /**
     * Sends a complete PDU by its destination's route.
     * \param inPort the port it came from, or NO_PORT; a flood leaves that port out
     */
    void Route(Pdu pdu, bool originated, PortId inPort = NO_PORT);

    /** Forwards \p pdu by \p out, or floods it along the tree but for \p inPort. */
    void Pass(Pdu& pdu, std::optional<PortId> out, PortId inPort);

    /** A number for a request and its answer. */
    uint32_t NewTransaction();

    /**
     * Sends a request and repeats it, with doubling intervals, until Settle() or maxTries.
     * \p body gets a new transaction.
     */
    template <class Body>
    uint32_t Request(PendingRequest request, Body body)
    {
        body.transaction = NewTransaction();
        request.type = PduTypeOf(body);
        request.body = Pdu::BodyBytes(body);
        Keep(body.transaction, std::move(request));
        return body.transaction;
    }

    /** Sends \p request and repeats it under \p transaction; its body is complete. */
    void Keep(uint32_t transaction, PendingRequest request);

    /** An answer has come: the request is not repeated any more; gives it back. */
    std::optional<PendingRequest> Settle(uint32_t transaction);

    /** Forgets the requests for which \p match holds. */
    void Forget(const std::function<bool(const PendingRequest&)>& match);

    /** Sends a kept request again, to where it says now. */
    void Repeat(uint32_t transaction, bool first = false);

    /** Queues a record for every router neighbour but the one behind \p except. */
    void Flood(const LinkStateRecord& record, PortId except = NO_PORT);
    void Flood(const AttachmentRecord& record, PortId except = NO_PORT);
    void Flood(const LocationRecord& record, PortId except = NO_PORT);

    /** Queues a record for one neighbour. */
    FloodBatch& Outbox(PortId port);

    /** Sends what waits in the outbox. */
    void Flush();

    void Notify(Notice notice);
    void Drop(MemberDrop reason, PduType type);

    /** The port of the live link to \p neighbor with the least cost; none without a link. */
    std::optional<PortId> PortTo(MemberName neighbor) const;

    /** The router that a leaf uses; NO_NAME without one or for a router. */
    MemberName AccessRouter() const;

    /** All routers of the layer that this member knows, itself included, in order. */
    std::vector<MemberName> KnownRouters() const;

    /** They on the ring of consistent hashing, which is built anew after a change. */
    const HashRing& RouterRing() const;

    /** The router whose block holds \p name; NO_NAME if none is known. */
    MemberName OwnerOf(MemberName name) const;

    bool IsMember() const
    {
        return state.phase == MemberPhase::MEMBER;
    }

    bool IsRouter() const;

  private:
    friend class AttachmentTurn;
    friend class LocationTurn;

    template <class Right>
    Right MakeRight(WriteCause cause)
    {
        return Right(m_tables, state.name, cause, &effects.writes);
    }

    void Transmit(PortId port, const Pdu& pdu, bool originated, bool retransmitted = false);
    Pdu MakePdu(MemberName destination, PduBody body, uint8_t slice) const;

    template <class Record>
    void FloodTo(const Record& record, PortId except);

    MemberTables& m_tables;
};

/** A turn that may write attachments, links and routes. */
class AttachmentTurn : public Turn
{
  public:
    const AttachmentRight tables;

  private:
    friend class MemberMachine;
    friend class SessionManager;
    friend class Turn;

    AttachmentTurn(const Turn& turn, WriteCause cause)
        : Turn(turn),
          tables(MakeRight<AttachmentRight>(cause))
    {
    }
};

/** A turn that may write locations and sessions. */
class LocationTurn : public Turn
{
  public:
    const LocationRight tables;

  private:
    friend class MemberMachine;
    friend class SessionManager;

    LocationTurn(const Turn& turn, WriteCause cause)
        : Turn(turn),
          tables(MakeRight<LocationRight>(cause))
    {
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TURN_MACHINE_H */
