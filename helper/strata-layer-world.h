// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_WORLD_H
#define STRATA_LAYER_WORLD_H

#include "strata-mobility-system.h"
#include "strata-point-to-point-helper.h"

#include "ns3/node-container.h"
#include "ns3/strata-layer-member.h"

#include <map>
#include <set>
#include <vector>

namespace ns3
{
namespace strata
{

/** What members did, with the time at which they did it. */
class LayerLedger
{
  public:
    /** Notes what \p member, of the layer numbered \p layer, does from now on. */
    void Watch(Ptr<LayerMember> member, uint16_t layer);

    /** \p large is the number of the large layer. */
    MobilityCost CostOf(Nanos from, Nanos to, uint16_t large) const;

    std::map<MobilityAct, uint64_t> Acts() const;

  private:
    struct Message
    {
        Nanos time;
        uint16_t layer;
        MemberName member;
        PduType type;
        uint32_t bytes;
        bool repeated;
    };

    struct Write
    {
        Nanos time;
        uint16_t layer;
        WriteRecord record;
    };

    static void OnTransmit(LayerLedger* ledger,
                           uint16_t layer,
                           Ptr<LayerMember> member,
                           const TransmitEffect& transmit);
    static void OnWrite(LayerLedger* ledger, uint16_t layer, const WriteRecord& record);

    std::vector<Message> m_messages;
    std::vector<Write> m_writes;
};

/**
 * The nodes and cables of a topology, and layers whose routers sit on them. A cable carries the
 * PDUs of every layer that has a member at both of its ends.
 */
class LayerWorld
{
  public:
    /** The routers of one layer by the node they are on. */
    using Routers = std::map<uint32_t, Ptr<LayerMember>>;

    LayerWorld(const Topology& topology, uint64_t rate);

    void Build();

    /**
     * Routers of a layer on the nodes of \p scope, which the cables among them join. The first of
     * \p scope begins the layer as member 1 (block 1 of 16 bits if names are hierarchical), the
     * others join as 2, 3 and so on.
     */
    Routers BuildLayer(const LayerParameters& parameters,
                       const LayerPolicies& policies,
                       bool flat,
                       const std::vector<uint32_t>& scope,
                       LayerLedger& ledger);

    /** A device on \p node that is plugged in nowhere yet. */
    Ptr<PointToPointDevice> NewRadio(Ptr<Node> node);

    /** Plugs \p radio in at \p place; \p router becomes the member at the other end. */
    void Plug(Ptr<PointToPointDevice> radio, uint32_t place, Ptr<LayerMember> router);

    /** The nodes of the shortest paths among \p places, the first place first. */
    std::vector<uint32_t> Region(const std::vector<uint32_t>& places) const;

    Ptr<Node> GetNode(uint32_t place) const;
    StrataPointToPointHelper& Links();
    const Topology& GetTopology() const;

  private:
    struct Cable
    {
        uint32_t a;
        uint32_t b;
        Ptr<NetDevice> atA;
        Ptr<NetDevice> atB;
    };

    const Topology& m_topology;
    StrataPointToPointHelper m_links;
    NodeContainer m_nodes;
    std::vector<Cable> m_cables;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_WORLD_H */
