// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-scale.h"

#include "strata-mobility-design.h"
#include "strata-point-to-point-helper.h"

#include "ns3/abort.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/strata-layer-member.h"
#include "ns3/strata-session-flow-provider.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t REGION_SIZE = 10;
constexpr uint32_t CHORD_LENGTH = 6; //!< of the shortest ring that gets chords

constexpr uint16_t LARGE = 1; //!< layer id; the mobility layers' follow
constexpr MemberName FIRST_WISH = MemberName{1} << 20;

/** Delays of a cable in a region, between regions, and to a machine. */
constexpr int64_t REGION_DELAY_US = 100;
constexpr int64_t TRUNK_DELAY_US = 1000;
constexpr int64_t ACCESS_DELAY_US = 100;

/** A table of the neighbours' records may come at once. */
constexpr uint32_t QUEUE_LIMIT = 2000;

/** Link states are gathered while the layer grows. */
constexpr Nanos FLOOD_PACING = std::chrono::milliseconds(100);
constexpr Nanos PATH_DELAY = std::chrono::seconds(1);

/** How often it is asked whether routers are at rest, and for how long. */
constexpr Nanos LOOK = std::chrono::milliseconds(100);
constexpr Nanos CONVERGENCE_LIMIT = std::chrono::minutes(5);

/** Between two machines that do something. */
constexpr Nanos BETWEEN_MACHINES = std::chrono::microseconds(500);

/** After the last machine of a phase, and between two moves of one machine. */
constexpr Nanos REST = std::chrono::seconds(5);

/** The stated bound of flows over the large layer: a member that died is forgotten by then. */
constexpr int64_t MIDDLE_BOUND_S = 3;

/** Every life of a machine has a name of its own. */
constexpr MemberName LIVES = 1024;

/** How often a machine is sought: a design may lose the first message. */
constexpr uint32_t CALLS = 3;

/** The process at a router that has sessions with machines. */
constexpr const char* SEEKER = "seeker";

Nanos
Now()
{
    return Nanos(Simulator::Now().GetNanoSeconds());
}

Time
ToTime(Nanos span)
{
    return NanoSeconds(span.count());
}

/** Counts while moves are measured. */
struct Counter
{
    const bool* on{nullptr};
    LayerScaleShare share;
};

void
CountTransmit(Counter* counter, const TransmitEffect& transmit)
{
    if (*counter->on && transmit.type != PduType::SESSION_DATA && transmit.port != LOOPBACK_PORT &&
        (transmit.originated || transmit.retransmitted))
    {
        ++counter->share.messages;
        counter->share.messageBytes += transmit.pdu.size();
    }
}

void
CountWrite(Counter* counter, const WriteRecord& write)
{
    if (*counter->on && write.cause != WriteCause::AGEING)
    {
        ++counter->share.writes;
    }
}

/** The members of one machine under one name; bottom is on the radio, top has the process. */
struct Life
{
    Ptr<LayerMember> bottom;
    Ptr<LayerMember> top;
    Ptr<SessionFlowProvider> between; //!< null if bottom is top
};

struct Machine
{
    uint32_t id{0};
    uint32_t region{0};
    Ptr<Node> node;
    Ptr<PointToPointDevice> radio;
    Ptr<PointToPointDevice> socket; //!< the router's end of the cable
    std::vector<uint32_t> places;   //!< where it begins, then where it goes
    std::size_t step{0};            //!< of places
    uint64_t lives{0};
    std::unique_ptr<Life> life;   //!< the newest
    std::unique_ptr<Life> former; //!< still has the process
    Bytes image;                  //!< of the process while it moves
    Ptr<LayerMember> seeker;      //!< who wants to reach it
    uint32_t session{0};          //!< of the seeker
    bool enrolled{false};
    bool reached{false};
};

/** One run of a plan. */
class Trial
{
  public:
    explicit Trial(const LayerScalePlan& plan);
    LayerScaleReport Run();

  private:
    using Routers = std::vector<Ptr<LayerMember>>;

    void BuildNet();
    Routers BuildLayer(const LayerParameters& parameters,
                       const LayerPolicies& policies,
                       bool flat,
                       uint32_t first,
                       uint32_t last,
                       Counter& counter);
    void BuildLayers();
    void BuildMachines();
    void Watch(const Ptr<LayerMember>& member, Counter& counter);
    bool AtRest() const;
    void LookAround();
    void Phases();
    Nanos ForEach(Nanos begin, void (Trial::*act)(Machine&));

    void Begin(Machine& machine);
    void Move(Machine& machine);
    void Meet(Machine& machine);
    void Seek(Machine& machine);

    void Plug(Machine& machine);
    std::unique_ptr<Life> NewLife(Machine& machine);
    void StackOn(Machine& machine, Life& life, MemberName wish);
    void HandOver(Machine& machine);
    static void Bury(std::unique_ptr<Life> life);
    std::string MiddleProcess(uint32_t region, MemberName name) const;
    Ptr<LayerMember> NewMember(Machine& machine, uint16_t layer, MemberRole role);
    const Routers& AccessLayer() const;
    void Measure(const Ptr<LayerMember>& member, LayerScaleShare& share) const;

    static void OnSeekerNotice(Trial* trial, const Notice& notice);
    static void OnNotice(Trial* trial, Machine* machine, const Notice& notice);
    static void OnDeliver(Machine* machine, const DeliverEffect& delivery);
    static void OnBottomNotice(SessionFlowProvider* between,
                               std::string towards,
                               const Notice& notice);

    const LayerScalePlan m_plan;
    const MobilityDesign m_design;
    const LayerScaleNet m_net;
    StrataPointToPointHelper m_links;
    NodeContainer m_nodes;
    std::vector<std::pair<Ptr<NetDevice>, Ptr<NetDevice>>> m_cables; //!< as m_net.Links()
    std::vector<std::vector<Ptr<PointToPointDevice>>> m_freeSockets; //!< by router
    Routers m_large;
    Routers m_small;  //!< of two-layer designs, one for each router
    Routers m_middle; //!< of middle-layer designs, one for each region
    std::deque<Machine> m_machines;
    Ptr<UniformRandomVariable> m_random;
    bool m_counting{false};
    Counter m_largeCounter{&m_counting, {}};
    Counter m_otherCounter{&m_counting, {}};
    LayerScaleReport m_report;
};

Trial::Trial(const LayerScalePlan& plan)
    : m_plan(plan),
      m_design(MakeMobilityDesign(plan.design)),
      m_net(plan.members),
      m_random(CreateObject<UniformRandomVariable>())
{
    m_random->SetStream(1);
}

void
Trial::BuildNet()
{
    m_links.SetDeviceAttribute("QueueLimit", UintegerValue(QUEUE_LIMIT));
    m_nodes.Create(m_net.RouterCount());
    m_freeSockets.resize(m_net.RouterCount());
    for (const auto& [a, b] : m_net.Links())
    {
        const bool inside = m_net.RegionOf(a) == m_net.RegionOf(b);
        m_links.SetChannelAttribute(
            "Delay",
            TimeValue(MicroSeconds(inside ? REGION_DELAY_US : TRUNK_DELAY_US)));
        const auto ends = m_links.Install(m_nodes.Get(a), m_nodes.Get(b));
        m_cables.emplace_back(ends.Get(0), ends.Get(1));
    }
    m_links.SetChannelAttribute("Delay", TimeValue(MicroSeconds(ACCESS_DELAY_US)));
}

void
Trial::Watch(const Ptr<LayerMember>& member, Counter& counter)
{
    member->TraceConnectWithoutContext("Transmit", MakeBoundCallback(&CountTransmit, &counter));
    member->TraceConnectWithoutContext("Write", MakeBoundCallback(&CountWrite, &counter));
}

Trial::Routers
Trial::BuildLayer(const LayerParameters& parameters,
                  const LayerPolicies& policies,
                  bool flat,
                  uint32_t first,
                  uint32_t last,
                  Counter& counter)
{
    Routers routers;
    for (uint32_t i = first; i < last; ++i)
    {
        auto router = CreateObject<LayerMember>();
        router->Setup(m_nodes.Get(i), parameters, policies);
        Watch(router, counter);
        routers.push_back(router);
    }
    for (std::size_t i = 0; i < m_cables.size(); ++i)
    {
        const auto& [a, b] = m_net.Links()[i];
        if (a >= first && b < last)
        {
            routers[a - first]->AddDevice(m_cables[i].first);
            routers[b - first]->AddDevice(m_cables[i].second);
        }
    }
    for (uint32_t i = 0; i < routers.size(); ++i)
    {
        const MemberName name = flat ? MemberName{i} + 1 : MakeName(static_cast<uint16_t>(i + 1));
        if (i == 0)
        {
            routers[i]->Bootstrap(name, flat ? 64 : 16);
        }
        else
        {
            routers[i]->Join(name);
        }
    }
    m_report.layers += 1;
    return routers;
}

void
Trial::BuildLayers()
{
    LayerParameters large;
    large.layerName = "large";
    large.layerId = LARGE;
    large.floodPacing = FLOOD_PACING;
    large.shortestPathDelay = PATH_DELAY;
    m_large = BuildLayer(large,
                         m_design.large,
                         m_design.largeFlat,
                         0,
                         m_net.RouterCount(),
                         m_largeCounter);
    for (uint32_t region = 0; region < m_net.RegionCount(); ++region)
    {
        LayerParameters small;
        small.layerName = "mobility " + std::to_string(region);
        small.layerId = static_cast<uint16_t>(LARGE + 1 + region);
        if (m_design.shape == MobilityShape::MIDDLE_LAYER)
        {
            small.floodPacing = FLOOD_PACING;
            small.shortestPathDelay = FLOOD_PACING;
            auto rendezvous = CreateObject<LayerMember>();
            rendezvous->Setup(m_nodes.Get(m_net.Gateway(region)), small, m_design.small);
            Watch(rendezvous, m_otherCounter);
            auto below = CreateObject<SessionFlowProvider>();
            below->SetAttribute("Bound", TimeValue(Seconds(MIDDLE_BOUND_S)));
            below->SetUnderlay(m_large[m_net.Gateway(region)], MiddleProcess(region, 1));
            rendezvous->AddProvider(below);
            rendezvous->Bootstrap(1, 64);
            m_middle.push_back(rendezvous);
            ++m_report.layers;
        }
        if (m_design.shape != MobilityShape::TWO_LAYER)
        {
            continue;
        }
        const auto routers = BuildLayer(small,
                                        m_design.small,
                                        m_design.smallFlat,
                                        m_net.Gateway(region),
                                        m_net.Gateway(region + 1),
                                        m_otherCounter);
        auto below = CreateObject<SessionFlowProvider>();
        below->SetUnderlay(routers.front(), "router");
        m_large[m_net.Gateway(region)]->AddProvider(below);
        m_small.insert(m_small.end(), routers.begin(), routers.end());
    }
}

void
Trial::BuildMachines()
{
    for (uint32_t id = 0; id < m_plan.mobiles; ++id)
    {
        Machine& machine = m_machines.emplace_back();
        machine.id = id;
        machine.node = CreateObject<Node>();
        machine.radio = m_links.InstallDevice(machine.node);
        uint32_t place = id % m_net.RouterCount();
        machine.region = m_net.RegionOf(place);
        machine.places.push_back(place);
        const uint32_t first = m_net.Gateway(machine.region);
        const uint32_t size = m_net.Gateway(machine.region + 1) - first;
        for (uint32_t i = 0; i < m_plan.moves; ++i)
        {
            place = first + (place - first + m_random->GetInteger(1, size - 1)) % size;
            machine.places.push_back(place);
        }
        // the member at the rendezvous, if there is one, or any router
        const uint32_t any = m_random->GetInteger(0, m_net.RouterCount() - 1);
        machine.seeker = m_middle.empty() ? m_large[any] : m_middle[machine.region];
    }
}

const Trial::Routers&
Trial::AccessLayer() const
{
    return m_small.empty() ? m_large : m_small;
}

// ---- Phases -----------------------------------------------------------------------------------

bool
Trial::AtRest() const
{
    for (const Routers* routers : {&m_large, &m_small})
    {
        for (const auto& router : *routers)
        {
            const MemberState& state = router->GetState();
            if (state.phase != MemberPhase::MEMBER || !state.pending.empty() ||
                !state.outbox.empty() || state.shortestPathAt != NEVER ||
                state.linkStates.size() % m_net.RouterCount() != 0)
            {
                // a router that keeps link states knows all routers, another knows none
                return false;
            }
        }
    }
    return true;
}

void
Trial::LookAround()
{
    m_report.convergedAt = Now();
    m_report.converged = AtRest();
    if (m_report.converged)
    {
        Phases();
    }
    else if (Now() < CONVERGENCE_LIMIT)
    {
        Simulator::Schedule(ToTime(LOOK), &Trial::LookAround, this);
    }
    else
    {
        Simulator::Stop();
    }
}

Nanos
Trial::ForEach(Nanos begin, void (Trial::*act)(Machine&))
{
    // one event after the other: a simulator with few events is a fast one
    Simulator::Schedule(ToTime(begin - Now()), [this, act] {
        auto step = std::make_shared<std::function<void(std::size_t)>>();
        *step = [this, act, step](std::size_t i) {
            (this->*act)(m_machines[i]);
            if (i + 1 < m_machines.size())
            {
                Simulator::Schedule(ToTime(BETWEEN_MACHINES), [step, i] { (*step)(i + 1); });
            }
        };
        (*step)(0);
    });
    return begin + BETWEEN_MACHINES * m_plan.mobiles + REST;
}

void
Trial::Phases()
{
    const bool sessions = m_design.kind == MobilityKind::LOCATION;
    Nanos next = ForEach(Now() + LOOK, &Trial::Begin);
    if (sessions)
    {
        for (const Routers& routers : {m_large, m_middle})
        {
            for (const auto& router : routers)
            {
                router->Take(RegisterEvent{SEEKER + std::to_string(router->GetName())});
            }
        }
        next = ForEach(next, &Trial::Meet);
    }
    const Nanos moves = next;
    for (uint32_t i = 0; i < m_plan.moves; ++i)
    {
        next = ForEach(next, &Trial::Move);
    }
    const Nanos still = next;
    for (uint32_t i = 0; i < CALLS; ++i)
    {
        next = ForEach(next, &Trial::Seek);
    }
    Simulator::Schedule(ToTime(moves - Nanos(1) - Now()), [this] { m_counting = true; });
    Simulator::Schedule(ToTime(still - Nanos(1) - Now()), [this] { m_counting = false; });
    Simulator::Stop(ToTime(next - Now()));
}

void
Trial::Begin(Machine& machine)
{
    Plug(machine);
    machine.life = NewLife(machine);
}

void
Trial::Meet(Machine& machine)
{
    OpenSessionEvent open;
    open.process = SEEKER + std::to_string(machine.seeker->GetName());
    open.peer = std::to_string(machine.id);
    machine.seeker->Take(open);
}

void
Trial::Move(Machine& machine)
{
    machine.radio->Detach();
    machine.socket->Detach();
    m_freeSockets[machine.places[machine.step]].push_back(machine.socket);
    ++machine.step;
    if (m_design.kind == MobilityKind::ATTACHMENT)
    {
        Plug(machine);
        return;
    }
    // under its name the machine can't be anywhere else: it dies, and is born under another
    machine.life->bottom->RemoveDevice(machine.radio);
    if (machine.former)
    {
        Bury(std::move(machine.life));
    }
    else
    {
        machine.former = std::move(machine.life);
    }
    Plug(machine);
    machine.life = NewLife(machine);
}

void
Trial::Seek(Machine& machine)
{
    if (machine.reached)
    {
        return;
    }
    if (m_design.kind == MobilityKind::LOCATION)
    {
        SendEvent call;
        call.session = machine.session;
        call.message = Bytes(4);
        machine.seeker->Take(call);
        return;
    }
    ProbeEvent probe;
    probe.destination = machine.life->top->GetName();
    probe.id = machine.id;
    if (probe.destination != NO_NAME)
    {
        machine.seeker->Take(probe);
    }
}

void
Trial::OnSeekerNotice(Trial* trial, const Notice& notice)
{
    if (const auto* answer = std::get_if<ProbeNotice>(&notice))
    {
        trial->m_machines.at(answer->id).reached = true;
    }
    else if (const auto* opened = std::get_if<SessionOpenedNotice>(&notice))
    {
        if (!opened->incoming && opened->process.compare(0, std::strlen(SEEKER), SEEKER) == 0)
        {
            trial->m_machines.at(std::stoul(opened->peer)).session = opened->session;
        }
    }
}

// ---- Machines ---------------------------------------------------------------------------------

void
Trial::Plug(Machine& machine)
{
    const uint32_t place = machine.places[machine.step];
    auto& sockets = m_freeSockets[place];
    if (sockets.empty())
    {
        sockets.push_back(m_links.InstallDevice(m_nodes.Get(place)));
        AccessLayer()[place]->AddDevice(sockets.back());
    }
    machine.socket = sockets.back();
    sockets.pop_back();
    const auto cable = m_links.CreateChannel();
    machine.socket->Attach(cable);
    machine.radio->Attach(cable);
}

Ptr<LayerMember>
Trial::NewMember(Machine& machine, uint16_t layer, MemberRole role)
{
    LayerParameters parameters;
    parameters.layerId = layer;
    parameters.role = role;
    parameters.machine = "machine " + std::to_string(machine.id);
    parameters.layerName = layer == LARGE ? "large" : "mobility " + std::to_string(machine.region);
    parameters.floodPacing = FLOOD_PACING;
    parameters.shortestPathDelay = FLOOD_PACING;
    auto member = CreateObject<LayerMember>();
    member->Setup(machine.node, parameters, layer == LARGE ? m_design.large : m_design.small);
    Watch(member, m_otherCounter);
    return member;
}

std::unique_ptr<Life>
Trial::NewLife(Machine& machine)
{
    auto life = std::make_unique<Life>();
    const bool under = m_design.shape == MobilityShape::TWO_LAYER;
    const auto layer = static_cast<uint16_t>(under ? LARGE + 1 + machine.region : LARGE);
    const MemberName wish = FIRST_WISH + machine.id * LIVES + machine.lives++ % LIVES;
    life->bottom = NewMember(machine, layer, MemberRole::LEAF);
    life->top = life->bottom;
    if (under || m_design.shape == MobilityShape::MIDDLE_LAYER)
    {
        StackOn(machine, *life, wish);
    }
    life->top->TraceConnectWithoutContext("Notice",
                                          MakeBoundCallback(&Trial::OnNotice, this, &machine));
    if (m_design.kind == MobilityKind::LOCATION)
    {
        life->top->TraceConnectWithoutContext("Deliver",
                                              MakeBoundCallback(&Trial::OnDeliver, &machine));
    }
    life->bottom->AddDevice(machine.radio);
    life->bottom->Join((under ? m_design.smallFlat : m_design.largeFlat) ? wish : NO_NAME);
    if (life->between)
    {
        life->top->Join(under ? NO_NAME : wish);
    }
    return life;
}

void
Trial::StackOn(Machine& machine, Life& life, MemberName wish)
{
    life.between = CreateObject<SessionFlowProvider>();
    std::string towards = "router";
    if (m_design.shape == MobilityShape::TWO_LAYER)
    {
        life.top = NewMember(machine, LARGE, MemberRole::LEAF);
        life.between->SetUnderlay(life.bottom, "machine " + std::to_string(machine.id));
    }
    else
    {
        const auto layer = static_cast<uint16_t>(LARGE + 1 + machine.region);
        life.top = NewMember(machine, layer, MemberRole::ROUTER);
        life.between->SetAttribute("Bound", TimeValue(Seconds(MIDDLE_BOUND_S)));
        life.between->SetUnderlay(life.bottom, MiddleProcess(machine.region, wish));
        towards = MiddleProcess(machine.region, 1);
    }
    life.top->AddProvider(life.between);
    life.bottom->TraceConnectWithoutContext(
        "Notice",
        MakeBoundCallback(&Trial::OnBottomNotice, PeekPointer(life.between), towards));
}

std::string
Trial::MiddleProcess(uint32_t region, MemberName name) const
{
    return "mobility/" + std::to_string(region) + "/" + std::to_string(name);
}

void
Trial::OnBottomNotice(SessionFlowProvider* between, std::string towards, const Notice& notice)
{
    if (std::holds_alternative<EnrolledNotice>(notice))
    {
        between->Connect(towards);
    }
}

void
Trial::OnNotice(Trial* trial, Machine* machine, const Notice& notice)
{
    if (std::holds_alternative<EnrolledNotice>(notice))
    {
        machine->enrolled = true;
        if (trial->m_design.kind == MobilityKind::LOCATION)
        {
            trial->HandOver(*machine);
        }
    }
    else if (const auto* exported = std::get_if<ExportedNotice>(&notice))
    {
        machine->image = exported->image;
    }
}

void
Trial::OnDeliver(Machine* machine, const DeliverEffect& delivery)
{
    machine->reached = machine->reached || (delivery.flags & SessionDataBody::OVERLAY_PDU) == 0;
}

void
Trial::HandOver(Machine& machine)
{
    const std::string process = std::to_string(machine.id);
    if (!machine.former)
    {
        machine.life->top->Take(RegisterEvent{process});
        return;
    }
    machine.former->top->Take(ExportEvent{process});
    ImportEvent import;
    import.image.swap(machine.image);
    machine.life->top->Take(import);
    Bury(std::move(machine.former));
}

void
Trial::Bury(std::unique_ptr<Life> life)
{
    // what it does at this instant is done first
    const std::shared_ptr<Life> gone = std::move(life);
    Simulator::ScheduleNow([gone] {
        gone->top->Dispose();
        gone->bottom->Dispose();
    });
}

// ---- The whole --------------------------------------------------------------------------------

void
Trial::Measure(const Ptr<LayerMember>& member, LayerScaleShare& share) const
{
    const StateSize size = MeasureState(member->GetState());
    ++share.members;
    share.stateBytes += size.bytes;
    share.stateEntries += size.Entries();
    share.mostStateBytes = std::max<uint64_t>(share.mostStateBytes, size.bytes);
}

LayerScaleReport
Trial::Run()
{
    BuildNet();
    BuildLayers();
    for (const Routers& routers : {m_large, m_middle})
    {
        for (const auto& router : routers)
        {
            router->TraceConnectWithoutContext("Notice",
                                               MakeBoundCallback(&Trial::OnSeekerNotice, this));
        }
    }
    BuildMachines();
    Simulator::Schedule(ToTime(LOOK), &Trial::LookAround, this);
    Simulator::Run();

    m_report.events = Simulator::GetEventCount();
    m_report.routers = m_largeCounter.share;
    m_report.others = m_otherCounter.share;
    for (const auto& router : m_large)
    {
        Measure(router, m_report.routers);
    }
    for (const Routers& routers : {m_small, m_middle})
    {
        for (const auto& router : routers)
        {
            Measure(router, m_report.others);
        }
    }
    for (const Machine& machine : m_machines)
    {
        m_report.enrolled += machine.enrolled ? 1 : 0;
        m_report.reachable += machine.reached ? 1 : 0;
        if (machine.life)
        {
            Measure(machine.life->top, m_report.others);
            if (machine.life->bottom != machine.life->top)
            {
                Measure(machine.life->bottom, m_report.others);
            }
        }
    }
    for (const Machine& machine : m_machines)
    {
        for (const Life* life : {machine.former.get(), machine.life.get()})
        {
            if (life != nullptr)
            {
                life->top->Dispose();
                life->bottom->Dispose();
            }
        }
    }
    for (const Routers& routers : {m_middle, m_large, m_small})
    {
        for (const auto& router : routers)
        {
            router->Dispose();
        }
    }
    Simulator::Destroy();
    return m_report;
}

} // namespace

LayerScaleNet::LayerScaleNet(uint32_t routers)
{
    NS_ABORT_MSG_IF(routers < SMALLEST, "a layer of " << routers << " routers is too small");
    const uint32_t regions = std::max<uint32_t>(1, routers / REGION_SIZE);
    for (uint32_t i = 0; i <= regions; ++i)
    {
        m_first.push_back(static_cast<uint32_t>(uint64_t{routers} * i / regions));
    }
    const auto join = [this](uint32_t a, uint32_t b) {
        m_links.emplace_back(std::min(a, b), std::max(a, b));
    };
    for (uint32_t region = 0; region < regions; ++region)
    {
        const uint32_t first = m_first[region];
        const uint32_t size = m_first[region + 1] - first;
        for (uint32_t i = 0; i < size; ++i)
        {
            join(first + i, first + (i + 1) % size);
        }
        if (size >= CHORD_LENGTH)
        {
            join(first, first + size / 2);
        }
    }
    const auto chord = static_cast<uint32_t>(std::lround(std::sqrt(regions)));
    for (uint32_t region = 0; region < regions && regions > 1; ++region)
    {
        join(m_first[region], m_first[(region + 1) % regions]);
        if (regions >= CHORD_LENGTH)
        {
            join(m_first[region], m_first[(region + chord) % regions]);
        }
    }
    std::sort(m_links.begin(), m_links.end());
    m_links.erase(std::unique(m_links.begin(), m_links.end()), m_links.end());
}

uint32_t
LayerScaleNet::RegionOf(uint32_t router) const
{
    return static_cast<uint32_t>(std::upper_bound(m_first.begin(), m_first.end(), router) -
                                 m_first.begin() - 1);
}

LayerScaleReport
RunLayerScale(const LayerScalePlan& plan)
{
    return Trial(plan).Run();
}

} // namespace strata
} // namespace ns3
