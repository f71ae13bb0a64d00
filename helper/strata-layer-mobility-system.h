// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_MOBILITY_SYSTEM_H
#define STRATA_LAYER_MOBILITY_SYSTEM_H

#include "strata-layer-world.h"
#include "strata-mobility-design.h"
#include "strata-mobility-system.h"
#include "strata-radio-access.h"

#include "ns3/strata-session-flow-provider.h"

#include <array>

namespace ns3
{
namespace strata
{

/**
 * What a design does when the link layer of a machine comes and goes. One life of a machine is the
 * time under one name in the large layer: a machine that attachment mobility serves has one life,
 * one that leaves the area of a location-dependent name dies and is reborn.
 */
class LayerMobilitySystem : public MobilitySystem
{
  public:
    LayerMobilitySystem(const MobilityDesign& design, const MobilityOptions& options);
    ~LayerMobilitySystem() override;

    void Build() override;
    Nanos SettledAt() const override;
    void Begin(uint32_t end, uint32_t place) override;
    void AddSpare(uint32_t end, uint32_t place) override;
    void OpenSession() override;
    void Send(uint32_t end, const Bytes& message) override;
    void SetReceiver(Receiver receiver) override;
    void ScheduleMove(Nanos when, uint32_t end, uint32_t place) override;
    void Migrate(uint32_t end, Nanos transfer) override;
    LinkTimes GetLinkTimes(uint32_t end) const override;
    uint32_t GetPlace(uint32_t end) const override;
    bool HasSession(uint32_t end) const override;
    MobilityCost GetCost(Nanos from, Nanos to) const override;
    MobilityStateSize GetState() const override;
    double GetHeaderBytes() const override;
    std::map<MobilityAct, uint64_t> GetActs() const override;
    std::vector<std::string> GetFaults() const override;
    std::vector<std::string> CheckAtRest() const override;
    void Dispose() override;

  private:
    /** The members of one machine under one name; bottom is on the radio, top has the process. */
    struct Life
    {
        Ptr<LayerMember> bottom;
        Ptr<LayerMember> top;
        Ptr<SessionFlowProvider> between; //!< null if bottom is top
        uint32_t radio{0};
        std::string towards; //!< the process that the flow between goes to
        bool left{false};    //!< its process was taken along to the next life
    };

    struct Machine
    {
        uint32_t id{0};
        uint32_t end{0};
        Ptr<Node> node;
        std::vector<Ptr<NetDevice>> radios; //!< two that are plugged in, or one station
        bool walks{false};                  //!< has a station
        uint32_t radio{0};                  //!< the newest in use
        uint32_t plugs{0};                  //!< how often a radio was plugged in
        uint32_t place{0};
        std::vector<std::shared_ptr<Life>> lives;
    };

    struct End
    {
        std::string process;
        std::vector<std::shared_ptr<Machine>> machines; //!< the spare behind the first
        std::shared_ptr<Life> home;                     //!< where the process is registered
        uint32_t session{0};
        bool ended{false};
        Bytes image; //!< of the process while it moves
        LinkTimes times;
        uint32_t place{0};
    };

    std::shared_ptr<Machine> NewMachine(uint32_t end, uint32_t place);
    void NewRadios(Machine& machine);
    void NewStation(std::shared_ptr<Machine> machine);
    void StationChanged(std::shared_ptr<Machine> machine);
    void Reborn(std::shared_ptr<Machine> machine);
    bool Walks(uint32_t end) const;
    std::string PcapName(uint32_t end) const;
    std::shared_ptr<Life> NewLife(std::shared_ptr<Machine> machine);
    void StackOn(Machine& machine, Life& life, MemberName wish);
    void Plug(Machine& machine, uint32_t radio, uint32_t place);
    void LinkUp(std::shared_ptr<Machine> machine, uint32_t place);
    void LinkDown(std::shared_ptr<Machine> machine, uint32_t radio);
    void LeaveName(std::shared_ptr<Machine> machine, uint32_t radio);
    void BuildAccessPoints();
    void Settled(std::shared_ptr<Machine> machine, std::shared_ptr<Life> life);
    void Take(End& end, std::shared_ptr<Life> life);
    void Bury(std::shared_ptr<Life> life);
    void FollowPeers(std::shared_ptr<Life> life);
    bool UnderLayer(uint32_t end) const;
    Ptr<LayerMember> AccessRouter(uint32_t end, uint32_t place) const;
    std::vector<Ptr<LayerMember>> Members() const;
    LayerSnapshot Snapshot(const std::vector<Ptr<LayerMember>>& members) const;
    Ptr<LayerMember> NewLeaf(Machine& machine, uint16_t layer, const LayerPolicies& policies);

    static void OnNotice(LayerMobilitySystem* system,
                         std::shared_ptr<Machine> machine,
                         std::shared_ptr<Life> life,
                         const Notice& notice);
    static void OnBottomNotice(std::shared_ptr<Life> life, const Notice& notice);
    static void OnDeliver(LayerMobilitySystem* system, uint32_t end, const DeliverEffect& delivery);
    static void OnWrite(LayerMobilitySystem* system,
                        std::shared_ptr<Life> life,
                        const WriteRecord& write);
    static void OnTransmit(LayerMobilitySystem* system, const TransmitEffect& transmit);

    MobilityDesign m_design;
    MobilityOptions m_options;
    LayerWorld m_world;
    LayerLedger m_ledger;
    LayerWorld::Routers m_large;
    std::map<uint32_t, LayerWorld::Routers> m_small; //!< of two-layer designs, by end
    Ptr<LayerMember> m_rendezvous;                   //!< of middle-layer designs
    std::map<uint32_t, End> m_ends;
    std::map<uint32_t, std::unique_ptr<RadioAccess>> m_radios; //!< of the ends that walk
    Receiver m_receiver;
    uint32_t m_machines{0};
    std::map<std::size_t, uint64_t> m_dataSizes; //!< of PDUs with a message, as they leave end 0
    std::size_t m_messageBytes{0};               //!< of the messages in them
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_MOBILITY_SYSTEM_H */
