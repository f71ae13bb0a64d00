// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MOBILITY_SYSTEM_H
#define STRATA_MOBILITY_SYSTEM_H

#include "strata-mobility-profile.h"
#include "strata-topology.h"

#include "ns3/strata-byte-view.h"
#include "ns3/strata-handoff-decision.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a comparison asks of every mobility system. */
struct MobilityOptions
{
    const Topology* topology{nullptr}; //!< outlives the system
    MobilityProfile profile;
    Nanos overlap{0}; //!< how long the new link is there before the old one goes; negative: later
    std::string pcap; //!< prefix of captures at both ends' radios; empty: none
    uint64_t rate{1'000'000'000}; //!< bit/s of every link
    /** Places that each end will visit, its first one included: a small layer's scope. */
    std::vector<std::vector<uint32_t>> places;
};

/** What a system spent between two moments. */
struct MobilityCost
{
    uint64_t messages{0};          //!< control PDUs that members made or repeated
    uint64_t bytes{0};             //!< of those
    uint64_t largeMessages{0};     //!< the share of the large layer
    std::size_t membersWritten{0}; //!< distinct members, of any layer, with a changed table
    std::size_t largeWritten{0};   //!< the share of the large layer
    Nanos firstSignal{-1};         //!< the first of the messages; -1: none
    Nanos lastWrite{-1};           //!< the last change of a table, ageing aside; -1: none
};

/** Entries of tables at one moment. */
struct MobilityStateSize
{
    std::size_t total{0};   //!< of all members
    std::size_t members{0}; //!< how many hold them
    std::size_t large{0};   //!< of the routers of the large layer
};

/** A control message or a write, as multisets of them are compared; (layer, member, what, why). */
using MobilityAct = std::tuple<uint16_t, uint64_t, std::string, std::string>;

/**
 * A network in which two ends keep a session while they move: all that the comparison knows of a
 * design. The designs of layers (MakeLayerMobilitySystem) are one family of such systems; a
 * protocol of the Internet joins the comparison by offering this interface.
 *
 * Ends are numbered 0 and 1, places are nodes of the topology. Everything happens in simulated
 * time; Build comes first, before Simulator::Run.
 */
class MobilitySystem
{
  public:
    /** A message has arrived at \p end. */
    using Receiver = std::function<void(uint32_t end, ByteView message)>;

    virtual ~MobilitySystem() = default;

    /** Builds the network; it has settled at SettledAt. */
    virtual void Build() = 0;
    virtual Nanos SettledAt() const = 0;

    /** The process of \p end begins, on a machine at \p place; before or while running. */
    virtual void Begin(uint32_t end, uint32_t place) = 0;

    /** A second machine for the process of \p end, at \p place. */
    virtual void AddSpare(uint32_t end, uint32_t place) = 0;

    /** End 0 opens its session with end 1. */
    virtual void OpenSession() = 0;

    virtual void Send(uint32_t end, const Bytes& message) = 0;
    virtual void SetReceiver(Receiver receiver) = 0;

    /** At \p when the old link of \p end goes; the new one, at \p place, comes as the options say.
     */
    virtual void ScheduleMove(Nanos when, uint32_t end, uint32_t place) = 0;

    /** The process of \p end leaves for its spare machine now; its image travels \p transfer. */
    virtual void Migrate(uint32_t end, Nanos transfer) = 0;

    /** Of the last move of \p end. */
    virtual LinkTimes GetLinkTimes(uint32_t end) const = 0;

    /** Where \p end is, or is going. */
    virtual uint32_t GetPlace(uint32_t end) const = 0;

    /** Whether the session still stands at \p end. */
    virtual bool HasSession(uint32_t end) const = 0;

    /** Cost from \p from up to \p to. */
    virtual MobilityCost GetCost(Nanos from, Nanos to) const = 0;

    virtual MobilityStateSize GetState() const = 0;

    /** Bytes around a message as it leaves end 0; 0 before there was one. */
    virtual double GetHeaderBytes() const = 0;

    /** Originated control messages and writes so far, as a multiset. */
    virtual std::map<MobilityAct, uint64_t> GetActs() const = 0;

    /** Invariants that a member broke, and writes outside of a write set; empty if all is well. */
    virtual std::vector<std::string> GetFaults() const = 0;

    /** Invariants between members that don't hold now, at rest; a design may not reach them all. */
    virtual std::vector<std::string> CheckAtRest() const = 0;

    /** Takes everything apart; before Simulator::Destroy. */
    virtual void Dispose() = 0;
};

/** The system of a design of layers (MakeMobilityDesign). */
std::unique_ptr<MobilitySystem> MakeLayerMobilitySystem(const std::string& design,
                                                        const MobilityOptions& options);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MOBILITY_SYSTEM_H */
