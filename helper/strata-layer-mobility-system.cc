// SPDX-License-Identifier: GPL-2.0-only

#include "strata-layer-mobility-system.h"

#include "ns3/abort.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/strata-device-flow-provider.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint16_t LARGE = 1; //!< layer id
constexpr uint16_t SMALL = 2; //!< of the first mobility layer; others follow

/** The first of the names that machines wish for in flat layers. */
constexpr MemberName FIRST_WISH = 10001;

/** Every life of a machine has a name of its own. */
constexpr MemberName LIVES = 1000;

/** The stated bound of the flows of a middle layer: a machine that died is forgotten by then. */
constexpr int64_t MIDDLE_BOUND_S = 3;

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

/** The process under which a member of the middle layer registers in the large one. */
std::string
MiddleProcess(MemberName name)
{
    return "mobility/" + std::to_string(name);
}

} // namespace

std::unique_ptr<MobilitySystem>
MakeLayerMobilitySystem(const std::string& design, const MobilityOptions& options)
{
    NS_ABORT_MSG_UNLESS(options.topology, "MobilityOptions names no topology");
    for (const auto& places : options.places)
    {
        for (const uint32_t place : places)
        {
            NS_ABORT_MSG_UNLESS(place < options.topology->NodeCount(),
                                "MobilityOptions: place " << place
                                                          << " is no node of the topology");
        }
    }
    return std::make_unique<LayerMobilitySystem>(MakeMobilityDesign(design), options);
}

LayerMobilitySystem::LayerMobilitySystem(const MobilityDesign& design,
                                         const MobilityOptions& options)
    : m_design(design),
      m_options(options),
      m_world(*options.topology, options.rate)
{
}

LayerMobilitySystem::~LayerMobilitySystem() = default;

Nanos
LayerMobilitySystem::SettledAt() const
{
    return std::chrono::seconds(2);
}

bool
LayerMobilitySystem::UnderLayer(uint32_t end) const
{
    // an end that never moves needs no mobility layer below it
    return m_design.shape == MobilityShape::TWO_LAYER && end < m_options.places.size() &&
           m_options.places[end].size() > 1;
}

void
LayerMobilitySystem::Build()
{
    m_world.Build();
    std::vector<uint32_t> everywhere;
    for (uint32_t i = 0; i < m_world.GetTopology().NodeCount(); ++i)
    {
        everywhere.push_back(i);
    }
    LayerParameters large;
    large.layerName = "large";
    large.layerId = LARGE;
    m_large = m_world.BuildLayer(large, m_design.large, m_design.largeFlat, everywhere, m_ledger);
    for (uint32_t end = 0; end < m_options.places.size(); ++end)
    {
        if (!UnderLayer(end))
        {
            continue;
        }
        LayerParameters small;
        small.layerName = "mobility of end " + std::to_string(end);
        small.layerId = static_cast<uint16_t>(SMALL + end);
        const auto scope = m_world.Region(m_options.places[end]);
        m_small[end] =
            m_world.BuildLayer(small, m_design.small, m_design.smallFlat, scope, m_ledger);
        auto below = CreateObject<SessionFlowProvider>();
        below->SetUnderlay(m_small[end].at(scope.front()), "router");
        m_large.at(scope.front())->AddProvider(below);
    }
    BuildAccessPoints();
    if (m_design.shape == MobilityShape::MIDDLE_LAYER)
    {
        LayerParameters small;
        small.layerName = "mobility";
        small.layerId = SMALL;
        m_rendezvous = CreateObject<LayerMember>();
        m_rendezvous->Setup(m_world.GetNode(0), small, m_design.small);
        m_ledger.Watch(m_rendezvous, SMALL);
        auto below = CreateObject<SessionFlowProvider>();
        below->SetAttribute("Bound", TimeValue(Seconds(MIDDLE_BOUND_S)));
        below->SetUnderlay(m_large.at(0), MiddleProcess(1));
        m_rendezvous->AddProvider(below);
        m_rendezvous->Bootstrap(1, 64);
    }
}

void
LayerMobilitySystem::BuildAccessPoints()
{
    for (uint32_t end = 0; m_options.profile.wireless && end < m_options.places.size(); ++end)
    {
        const std::vector<uint32_t>& places = m_options.places[end];
        if (places.size() < 2)
        {
            continue; // it stays where it is, on a cable
        }
        auto access = MakeRadioAccess();
        NS_ABORT_MSG_UNLESS(access, "the profile needs ns-3's module wifi");
        std::vector<Ptr<Node>> routers;
        for (const uint32_t place : places)
        {
            routers.push_back(m_world.GetNode(place));
        }
        const auto points = access->BuildAccessPoints(routers);
        for (std::size_t i = 0; i < points.size(); ++i)
        {
            AccessRouter(end, places[i])->AddDevice(points[i]);
        }
        access->SetMoved([this, end](Ptr<NetDevice> point, Address station) {
            for (const uint32_t place : m_options.places[end])
            {
                for (const auto& provider : AccessRouter(end, place)->GetProviders())
                {
                    const auto device = DynamicCast<DeviceFlowProvider>(provider);
                    if (device && device->GetDevice() == point)
                    {
                        device->ForgetStation(station);
                    }
                }
            }
        });
        m_radios[end] = std::move(access);
    }
}

void
LayerMobilitySystem::Begin(uint32_t end, uint32_t place)
{
    End& self = m_ends[end];
    self.process = std::string(1, static_cast<char>('a' + end));
    self.place = place;
    auto machine = NewMachine(end, place);
    self.machines.push_back(machine);
    if (!machine->walks)
    {
        Plug(*machine, 0, place);
    }
    self.home = NewLife(machine);
}

void
LayerMobilitySystem::AddSpare(uint32_t end, uint32_t place)
{
    auto machine = NewMachine(end, place);
    m_ends[end].machines.push_back(machine);
    Plug(*machine, 0, place);
    NewLife(machine);
}

std::shared_ptr<LayerMobilitySystem::Machine>
LayerMobilitySystem::NewMachine(uint32_t end, uint32_t place)
{
    auto machine = std::make_shared<Machine>();
    machine->id = m_machines++;
    machine->end = end;
    machine->node = CreateObject<Node>();
    machine->place = place;
    if (Walks(end) && m_ends[end].machines.empty())
    {
        NewStation(machine);
    }
    else
    {
        NewRadios(*machine);
    }
    return machine;
}

bool
LayerMobilitySystem::Walks(uint32_t end) const
{
    return m_radios.count(end) != 0;
}

std::string
LayerMobilitySystem::PcapName(uint32_t end) const
{
    const bool first = m_ends.at(end).machines.empty();
    return m_options.pcap.empty() || !first ? "" : m_options.pcap + "-end" + std::to_string(end);
}

void
LayerMobilitySystem::NewRadios(Machine& machine)
{
    const std::string pcap = PcapName(machine.end);
    for (const char* suffix : {".pcap", "-second.pcap"})
    {
        machine.radios.push_back(m_world.NewRadio(machine.node));
        const bool used = machine.radios.size() == 1 || m_options.overlap > m_options.profile.Gap();
        if (!pcap.empty() && used)
        {
            m_world.Links().EnablePcap(pcap + suffix, machine.radios.back(), true, true);
        }
    }
}

void
LayerMobilitySystem::NewStation(std::shared_ptr<Machine> machine)
{
    RadioAccess& access = *m_radios.at(machine->end);
    const auto station = access.BuildStation(machine->node);
    machine->radios = {station};
    machine->walks = true;
    const std::string pcap = PcapName(machine->end);
    if (!pcap.empty())
    {
        access.EnablePcap(pcap + ".pcap");
    }
    station->AddLinkChangeCallback(Callback<void>([this, machine]() { StationChanged(machine); }));
}

void
LayerMobilitySystem::StationChanged(std::shared_ptr<Machine> machine)
{
    if (m_ends.count(machine->end) == 0)
    {
        return; // taken apart
    }
    LinkTimes& times = m_ends[machine->end].times;
    if (!machine->radios.front()->IsLinkUp())
    {
        // the MAC also says so before it had a link
        if (machine->plugs > 0)
        {
            LeaveName(machine, 0);
        }
        return;
    }
    times.up = Now();
    times.ready = Now();
    if (++machine->plugs > 1)
    {
        Reborn(machine);
    }
}

Ptr<LayerMember>
LayerMobilitySystem::AccessRouter(uint32_t end, uint32_t place) const
{
    return UnderLayer(end) ? m_small.at(end).at(place) : m_large.at(place);
}

void
LayerMobilitySystem::Plug(Machine& machine, uint32_t radio, uint32_t place)
{
    m_world.Plug(DynamicCast<PointToPointDevice>(machine.radios[radio]),
                 place,
                 AccessRouter(machine.end, place));
    machine.radio = radio;
    machine.place = place;
    ++machine.plugs;
}

Ptr<LayerMember>
LayerMobilitySystem::NewLeaf(Machine& machine, uint16_t layer, const LayerPolicies& policies)
{
    LayerParameters parameters;
    parameters.layerId = layer;
    parameters.role = MemberRole::LEAF;
    parameters.machine = "machine " + std::to_string(machine.id);
    parameters.layerName = layer == LARGE ? "large" : "mobility";
    if (m_design.shape == MobilityShape::TWO_LAYER && layer != LARGE)
    {
        parameters.layerName += " of end " + std::to_string(machine.end);
    }
    auto member = CreateObject<LayerMember>();
    member->Setup(machine.node, parameters, policies);
    m_ledger.Watch(member, layer);
    return member;
}

std::shared_ptr<LayerMobilitySystem::Life>
LayerMobilitySystem::NewLife(std::shared_ptr<Machine> machine)
{
    auto life = std::make_shared<Life>();
    life->radio = machine->radio;
    const MemberName wish = FIRST_WISH + machine->id * LIVES + machine->lives.size();
    machine->lives.push_back(life);
    const bool under = UnderLayer(machine->end);
    life->bottom =
        under ? NewLeaf(*machine, static_cast<uint16_t>(SMALL + machine->end), m_design.small)
              : NewLeaf(*machine, LARGE, m_design.large);
    life->top = life->bottom;
    if (under || m_design.shape == MobilityShape::MIDDLE_LAYER)
    {
        StackOn(*machine, *life, wish);
        life->bottom->TraceConnectWithoutContext(
            "Notice",
            MakeBoundCallback(&LayerMobilitySystem::OnBottomNotice, life));
    }
    if (m_design.shape == MobilityShape::MIDDLE_LAYER)
    {
        life->top->TraceConnectWithoutContext(
            "Write",
            MakeBoundCallback(&LayerMobilitySystem::OnWrite, this, life));
    }
    life->top->TraceConnectWithoutContext(
        "Notice",
        MakeBoundCallback(&LayerMobilitySystem::OnNotice, this, machine, life));
    life->top->TraceConnectWithoutContext(
        "Deliver",
        MakeBoundCallback(&LayerMobilitySystem::OnDeliver, this, machine->end));
    if (machine->id == 0)
    {
        life->bottom->TraceConnectWithoutContext(
            "Transmit",
            MakeBoundCallback(&LayerMobilitySystem::OnTransmit, this));
    }
    for (std::size_t i = 0; i < machine->radios.size(); ++i)
    {
        // a member under a location-dependent name lives on one radio, a mobile one on all
        if (m_design.kind == MobilityKind::ATTACHMENT || i == life->radio)
        {
            life->bottom->AddDevice(machine->radios[i]);
        }
    }
    const bool flat = under ? m_design.smallFlat : m_design.largeFlat;
    life->bottom->Join(flat ? wish : NO_NAME);
    if (life->between)
    {
        life->top->Join(under ? NO_NAME : wish);
    }
    return life;
}

void
LayerMobilitySystem::StackOn(Machine& machine, Life& life, MemberName wish)
{
    life.between = CreateObject<SessionFlowProvider>();
    if (m_design.shape == MobilityShape::TWO_LAYER)
    {
        life.top = NewLeaf(machine, LARGE, m_design.large);
        life.between->SetUnderlay(life.bottom, "machine " + std::to_string(machine.id));
        life.towards = "router";
    }
    else
    {
        // members of the middle layer link with one another as their sessions need it
        LayerParameters small;
        small.layerName = "mobility";
        small.layerId = SMALL;
        small.machine = "machine " + std::to_string(machine.id);
        life.top = CreateObject<LayerMember>();
        life.top->Setup(machine.node, small, m_design.small);
        m_ledger.Watch(life.top, SMALL);
        life.between->SetAttribute("Bound", TimeValue(Seconds(MIDDLE_BOUND_S)));
        life.between->SetUnderlay(life.bottom, MiddleProcess(wish));
        life.towards = MiddleProcess(1);
    }
    life.top->AddProvider(life.between);
}

void
LayerMobilitySystem::OnBottomNotice(std::shared_ptr<Life> life, const Notice& notice)
{
    if (std::holds_alternative<EnrolledNotice>(notice))
    {
        life->between->Connect(life->towards);
    }
}

void
LayerMobilitySystem::OnNotice(LayerMobilitySystem* system,
                              std::shared_ptr<Machine> machine,
                              std::shared_ptr<Life> life,
                              const Notice& notice)
{
    End& end = system->m_ends[machine->end];
    if (std::holds_alternative<EnrolledNotice>(notice))
    {
        system->Settled(machine, life);
    }
    else if (const auto* exported = std::get_if<ExportedNotice>(&notice))
    {
        if (exported->process == end.process)
        {
            end.image = exported->image;
        }
    }
    else if (const auto* opened = std::get_if<SessionOpenedNotice>(&notice))
    {
        if (opened->process == end.process)
        {
            end.session = opened->session;
            end.ended = false;
        }
    }
    else if (const auto* imported = std::get_if<ImportedNotice>(&notice))
    {
        for (const auto& [before, after] : imported->sessions)
        {
            end.session = before == end.session ? after : end.session;
        }
    }
    else if (const auto* ended = std::get_if<SessionEndedNotice>(&notice))
    {
        end.ended = end.ended || (ended->process == end.process && ended->session == end.session);
    }
}

void
LayerMobilitySystem::Settled(std::shared_ptr<Machine> machine, std::shared_ptr<Life> life)
{
    End& end = m_ends[machine->end];
    if (machine != end.machines.front())
    {
        // a spare waits for the process
        return;
    }
    if (end.home == life)
    {
        life->top->Take(RegisterEvent{end.process});
        return;
    }
    Take(end, life);
}

void
LayerMobilitySystem::Take(End& end, std::shared_ptr<Life> life)
{
    const std::shared_ptr<Life> former = end.home;
    end.home = life;
    former->top->Take(ExportEvent{end.process});
    former->left = true;
    ImportEvent import;
    import.image.swap(end.image);
    life->top->Take(import);
    Bury(former);
}

void
LayerMobilitySystem::Bury(std::shared_ptr<Life> life)
{
    // the machine has left the area of this name: the member is gone once its link is
    if (life->left && life->bottom->IsSetUp() && life->bottom->GetState().links.empty())
    {
        Simulator::ScheduleNow([life]() {
            life->top->Dispose();
            life->bottom->Dispose();
        });
    }
}

void
LayerMobilitySystem::FollowPeers(std::shared_ptr<Life> life)
{
    if (!life->top->IsSetUp() || life->left)
    {
        return;
    }
    const MemberState& state = life->top->GetState();
    for (const auto& [number, entry] : state.sessions)
    {
        if (entry.peerLocation != NO_NAME && entry.peerLocation != state.name &&
            entry.peerLocation != 1)
        {
            life->between->Connect(MiddleProcess(entry.peerLocation));
        }
    }
}

void
LayerMobilitySystem::OnWrite(LayerMobilitySystem* system,
                             std::shared_ptr<Life> life,
                             const WriteRecord& write)
{
    if (write.table == TableKind::SESSIONS)
    {
        Simulator::ScheduleNow([system, life]() { system->FollowPeers(life); });
    }
}

void
LayerMobilitySystem::OnTransmit(LayerMobilitySystem* system, const TransmitEffect& transmit)
{
    // shorter ones carry the control PDUs of a layer above
    if (transmit.type == PduType::SESSION_DATA && transmit.originated &&
        transmit.pdu.size() > system->m_messageBytes)
    {
        ++system->m_dataSizes[transmit.pdu.size()];
    }
}

void
LayerMobilitySystem::OnDeliver(LayerMobilitySystem* system,
                               uint32_t end,
                               const DeliverEffect& delivery)
{
    if (system->m_receiver && (delivery.flags & SessionDataBody::OVERLAY_PDU) == 0)
    {
        system->m_receiver(end, delivery.message);
    }
}

void
LayerMobilitySystem::OpenSession()
{
    OpenSessionEvent open;
    open.process = m_ends[0].process;
    open.peer = m_ends[1].process;
    m_ends[0].home->top->Take(open);
}

void
LayerMobilitySystem::Send(uint32_t number, const Bytes& message)
{
    End& end = m_ends[number];
    if (number == 0)
    {
        m_messageBytes = message.size();
    }
    SendEvent event;
    event.session = end.session;
    event.message = message;
    if (end.home->top->IsSetUp())
    {
        end.home->top->Take(event);
    }
}

void
LayerMobilitySystem::SetReceiver(Receiver receiver)
{
    m_receiver = std::move(receiver);
}

void
LayerMobilitySystem::ScheduleMove(Nanos when, uint32_t number, uint32_t place)
{
    // the mobility layer is built where they lead
    const auto isNamed = [&] {
        const auto& places = m_options.places[number];
        return std::find(places.begin(), places.end(), place) != places.end();
    };
    NS_ABORT_MSG_IF(m_design.shape == MobilityShape::TWO_LAYER &&
                        (number >= m_options.places.size() || !isNamed()),
                    "end " << number << " moves to place " << place
                           << ", which MobilityOptions does not name");
    const Nanos up = std::max(when + m_options.profile.Gap() - m_options.overlap, Now());
    const auto machine = m_ends[number].machines.front();
    if (machine->walks)
    {
        m_radios.at(number)->ScheduleWalk(when);
        Simulator::Schedule(ToTime(when - Now()), [this, number, place] {
            End& end = m_ends[number];
            end.times = {Now(), Now(), Now()};
            end.place = place;
        });
        return;
    }
    const auto goDown = [this, number, machine, up, when] {
        const uint32_t radio = up < when ? 1 - machine->radio : machine->radio;
        m_ends[number].times.down = Now();
        LinkDown(machine, radio);
    };
    const auto comeUp = [this, machine, place] { LinkUp(machine, place); };
    if (up < when)
    {
        Simulator::Schedule(ToTime(up - Now()), comeUp);
        Simulator::Schedule(ToTime(when - Now()), goDown);
    }
    else
    {
        Simulator::Schedule(ToTime(when - Now()), goDown);
        Simulator::Schedule(ToTime(up - Now()), comeUp);
    }
}

void
LayerMobilitySystem::LinkDown(std::shared_ptr<Machine> machine, uint32_t radio)
{
    DynamicCast<PointToPointDevice>(machine->radios[radio])->Detach();
    LeaveName(machine, radio);
}

void
LayerMobilitySystem::LeaveName(std::shared_ptr<Machine> machine, uint32_t radio)
{
    if (m_design.kind != MobilityKind::LOCATION)
    {
        return;
    }
    for (const auto& life : machine->lives)
    {
        if (life->radio == radio && life->bottom->IsSetUp())
        {
            // under its name the machine can't be anywhere else
            life->bottom->RemoveDevice(machine->radios[radio]);
            Bury(life);
        }
    }
}

void
LayerMobilitySystem::LinkUp(std::shared_ptr<Machine> machine, uint32_t place)
{
    End& end = m_ends[machine->end];
    const bool old = machine->radios[machine->radio]->GetChannel() != nullptr;
    Plug(*machine, old ? 1 - machine->radio : machine->radio, place);
    end.place = place;
    end.times.up = Now();
    end.times.ready = Now();
    Reborn(machine);
}

void
LayerMobilitySystem::Reborn(std::shared_ptr<Machine> machine)
{
    if (m_design.kind != MobilityKind::LOCATION)
    {
        return;
    }
    const Nanos address = m_options.profile.address;
    m_ends[machine->end].times.ready = Now() + address;
    Simulator::Schedule(ToTime(address), [this, machine, plug = machine->plugs] {
        if (machine->plugs == plug)
        {
            NewLife(machine);
        }
    });
}

void
LayerMobilitySystem::Migrate(uint32_t number, Nanos transfer)
{
    End& end = m_ends[number];
    NS_ABORT_MSG_IF(end.machines.size() < 2, "a process migrates to a spare machine");
    const std::shared_ptr<Life> former = end.home;
    const std::shared_ptr<Life> next = end.machines.back()->lives.back();
    std::rotate(end.machines.begin(), end.machines.begin() + 1, end.machines.end());
    end.place = end.machines.front()->place;
    end.home = next;
    former->top->Take(ExportEvent{end.process});
    Simulator::Schedule(ToTime(transfer), [this, number, next] {
        ImportEvent import;
        import.image.swap(m_ends[number].image);
        next->top->Take(import);
    });
}

LinkTimes
LayerMobilitySystem::GetLinkTimes(uint32_t end) const
{
    return m_ends.at(end).times;
}

uint32_t
LayerMobilitySystem::GetPlace(uint32_t end) const
{
    return m_ends.at(end).place;
}

bool
LayerMobilitySystem::HasSession(uint32_t number) const
{
    const End& end = m_ends.at(number);
    return end.session != 0 && !end.ended;
}

MobilityCost
LayerMobilitySystem::GetCost(Nanos from, Nanos to) const
{
    return m_ledger.CostOf(from, to, LARGE);
}

MobilityStateSize
LayerMobilitySystem::GetState() const
{
    MobilityStateSize size;
    for (const auto& member : Members())
    {
        if (member->IsSetUp())
        {
            ++size.members;
            size.total += MeasureState(member->GetState()).Entries();
        }
    }
    for (const auto& [place, router] : m_large)
    {
        size.large += MeasureState(router->GetState()).Entries();
    }
    return size;
}

double
LayerMobilitySystem::GetHeaderBytes() const
{
    // the size of most; control PDUs of a layer above are among them, but few
    const auto most =
        std::max_element(m_dataSizes.begin(), m_dataSizes.end(), [](const auto& a, const auto& b) {
            return a.second < b.second;
        });
    return most == m_dataSizes.end()
               ? 0
               : static_cast<double>(most->first) - static_cast<double>(m_messageBytes);
}

std::map<MobilityAct, uint64_t>
LayerMobilitySystem::GetActs() const
{
    return m_ledger.Acts();
}

std::vector<Ptr<LayerMember>>
LayerMobilitySystem::Members() const
{
    std::vector<Ptr<LayerMember>> members;
    for (const auto& [place, router] : m_large)
    {
        members.push_back(router);
    }
    for (const auto& [end, routers] : m_small)
    {
        for (const auto& [place, router] : routers)
        {
            members.push_back(router);
        }
    }
    if (m_rendezvous)
    {
        members.push_back(m_rendezvous);
    }
    for (const auto& [number, end] : m_ends)
    {
        for (const auto& machine : end.machines)
        {
            for (const auto& life : machine->lives)
            {
                members.push_back(life->bottom);
                if (life->top != life->bottom)
                {
                    members.push_back(life->top);
                }
            }
        }
    }
    return members;
}

std::vector<std::string>
LayerMobilitySystem::GetFaults() const
{
    std::vector<std::string> faults;
    for (const auto& member : Members())
    {
        for (const Violation& violation : member->GetViolations())
        {
            faults.push_back(FormatViolation(violation, NameScheme::HIERARCHICAL));
        }
        for (const WriteRecord& write : member->GetForbiddenWrites())
        {
            faults.push_back(FormatWrite(write, NameScheme::HIERARCHICAL));
        }
    }
    return faults;
}

LayerSnapshot
LayerMobilitySystem::Snapshot(const std::vector<Ptr<LayerMember>>& members) const
{
    LayerSnapshot snapshot;
    using Place = std::pair<std::size_t, PortId>;
    std::map<Ptr<Channel>, Place> cables;
    std::map<std::pair<std::string, std::string>, Place> sessions;
    std::map<std::pair<Address, Address>, Place> stations;
    const auto join = [&snapshot](auto& ends, const auto& key, const Place& place) {
        const auto [other, first] = ends.emplace(key, place);
        if (!first)
        {
            const Place& far = other->second;
            snapshot.wires.push_back({far.first, far.second, place.first, place.second});
        }
    };
    for (std::size_t i = 0; i < members.size(); ++i)
    {
        snapshot.members.push_back({&members[i]->GetState(), members[i]->GetRole()});
        for (const auto& provider : members[i]->GetProviders())
        {
            const auto device = DynamicCast<DeviceFlowProvider>(provider);
            if (device && device->GetPort() != NO_PORT && device->GetDevice()->IsPointToPoint())
            {
                join(cables, device->GetDevice()->GetChannel(), Place{i, device->GetPort()});
            }
            for (const auto& [station, port] :
                 device ? device->GetStations() : std::map<Address, PortId>())
            {
                join(stations,
                     std::minmax(device->GetDevice()->GetAddress(), station),
                     Place{i, port});
            }
            const auto below = DynamicCast<SessionFlowProvider>(provider);
            for (const auto& peer : below ? below->GetPeers() : std::vector<std::string>())
            {
                join(sessions,
                     std::minmax(below->GetProcess(), peer),
                     Place{i, below->GetPort(peer)});
            }
        }
    }
    return snapshot;
}

std::vector<std::string>
LayerMobilitySystem::CheckAtRest() const
{
    std::map<uint16_t, std::vector<Ptr<LayerMember>>> layers;
    for (const auto& member : Members())
    {
        if (member->IsSetUp())
        {
            layers[member->GetLayerId()].push_back(member);
        }
    }
    std::vector<std::string> broken;
    for (const auto& [layer, members] : layers)
    {
        const LayerPolicies& policies = layer == LARGE ? m_design.large : m_design.small;
        LayerSnapshot snapshot = Snapshot(members);
        snapshot.forwarding = policies.forwarding.get();
        snapshot.scheme = policies.naming->Scheme();
        snapshot.replicated = policies.directory->Replicates();
        // a resolver's caches know the members that told them
        snapshot.findsUnknown =
            policies.routing->FloodsUnknown() || policies.routing->TellsFormerAccess();
        for (const Violation& violation : strata::CheckAtRest(snapshot))
        {
            broken.push_back(FormatViolation(violation, policies.naming->Scheme()));
        }
    }
    return broken;
}

void
LayerMobilitySystem::Dispose()
{
    for (const auto& member : Members())
    {
        member->Dispose();
    }
    m_ends.clear();
}

} // namespace strata
} // namespace ns3
