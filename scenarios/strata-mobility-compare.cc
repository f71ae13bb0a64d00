// SPDX-License-Identifier: GPL-2.0-only

// Question: what does a move cost under each mobility design, on a real topology?
//
// Every node of the topology is a router of one layer. Two machines, each a leaf of some router,
// exchange messages in both directions; then one of them, or both, are plugged in elsewhere.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/strata-layer-member.h"
#include "ns3/strata-mobility-design.h"
#include "ns3/strata-point-to-point-channel.h"
#include "ns3/strata-point-to-point-device.h"
#include "ns3/strata-point-to-point-helper.h"
#include "ns3/strata-study.h"
#include "ns3/strata-topology.h"

#include <iostream>
#include <limits>
#include <set>

using namespace ns3;
using namespace ns3::strata;

namespace
{

constexpr double INTERVAL = 0.005; // s between messages
constexpr double TRAFFIC_BEGINS = 20;
constexpr double MOVE = 22;
constexpr double TRAFFIC_ENDS = 40;
constexpr double END = 42;

/** One machine with its process: what it sent and what arrived. */
struct Machine
{
    std::string process;
    Ptr<Node> node;
    Ptr<LayerMember> member;
    Ptr<strata::PointToPointDevice> device;
    uint32_t router{0};
    uint32_t session{0};
    Bytes image;                           //!< of the process while it moves
    std::vector<Ptr<LayerMember>> members; //!< all that lived here
    uint32_t sent{0};
    std::vector<std::pair<double, uint32_t>> arrived; //!< time, sequence
    std::vector<double> delays;                       //!< of what arrived
};

/** One run of one design. */
class Run
{
  public:
    Run(const MobilityDesign& design, const Topology& topology)
        : m_design(design),
          m_topology(topology),
          m_flat(design.policies.naming->Scheme() == NameScheme::FLAT)
    {
        m_links.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    }

    StudyJson Simulate(bool simultaneous, double offset, const std::string& pcap);

  private:
    void BuildRouters();
    void Begin(Machine& machine, uint32_t router);
    void Plug(Machine& machine, uint32_t router);
    void NewMember(Machine& machine, uint32_t router);
    void Move(Machine& machine, uint32_t router);
    void Send(Machine& machine);
    void Watch(Ptr<LayerMember> member);
    void OnWrite(const WriteRecord& write);
    void OnTransmit(const TransmitEffect& transmit);
    static void OnNotice(Run* run, Machine* machine, const Notice& notice);
    static void OnDeliver(Machine* machine, const DeliverEffect& delivery);
    double Outage(const Machine& machine) const;

    const MobilityDesign& m_design;
    const Topology& m_topology;
    bool m_flat;
    StrataPointToPointHelper m_links;
    NodeContainer m_nodes;
    std::vector<Ptr<LayerMember>> m_routers;
    Machine m_a;
    Machine m_b;
    uint64_t m_messages{0};
    uint64_t m_bytes{0};
    std::set<MemberName> m_written;
};

void
Run::OnWrite(const WriteRecord& write)
{
    if (Simulator::Now().GetSeconds() >= MOVE)
    {
        m_written.insert(write.member);
    }
}

void
Run::OnTransmit(const TransmitEffect& transmit)
{
    if (Simulator::Now().GetSeconds() >= MOVE && transmit.type != PduType::SESSION_DATA &&
        (transmit.originated || transmit.retransmitted))
    {
        ++m_messages;
        m_bytes += transmit.pdu.size();
    }
}

void
Run::Watch(Ptr<LayerMember> member)
{
    member->TraceConnectWithoutContext("Write", MakeCallback(&Run::OnWrite, this));
    member->TraceConnectWithoutContext("Transmit", MakeCallback(&Run::OnTransmit, this));
}

void
Run::OnDeliver(Machine* machine, const DeliverEffect& delivery)
{
    ByteReader reader(delivery.message);
    const uint32_t sequence = reader.U32();
    const auto sent = static_cast<double>(reader.U64()) * 1e-9;
    const double now = Simulator::Now().GetSeconds();
    machine->arrived.emplace_back(now, sequence);
    machine->delays.push_back(now - sent);
}

void
Run::OnNotice(Run*, Machine* machine, const Notice& notice)
{
    if (std::holds_alternative<EnrolledNotice>(notice) && !machine->image.empty())
    {
        ImportEvent event;
        event.image.swap(machine->image);
        Simulator::ScheduleNow(&LayerMember::Take, machine->member, MemberEvent(event));
    }
    else if (const auto* exported = std::get_if<ExportedNotice>(&notice))
    {
        machine->image = exported->image;
    }
    else if (const auto* opened = std::get_if<SessionOpenedNotice>(&notice))
    {
        machine->session = opened->session;
    }
    else if (const auto* imported = std::get_if<ImportedNotice>(&notice))
    {
        for (const auto& [before, after] : imported->sessions)
        {
            machine->session = before == machine->session ? after : machine->session;
        }
    }
}

void
Run::BuildRouters()
{
    const uint32_t count = m_topology.NodeCount();
    m_nodes.Create(count);
    for (uint32_t i = 0; i < count; ++i)
    {
        auto router = CreateObject<LayerMember>();
        router->Setup(m_nodes.Get(i), LayerParameters(), m_design.policies);
        Watch(router);
        m_routers.push_back(router);
    }
    for (const auto& edge : m_topology.Edges())
    {
        m_links.SetChannelAttribute("Delay", TimeValue(NanoSeconds(edge.delay.count())));
        const auto ends = m_links.Install(m_nodes.Get(edge.a), m_nodes.Get(edge.b));
        m_routers[edge.a]->AddDevice(ends.Get(0));
        m_routers[edge.b]->AddDevice(ends.Get(1));
    }
    m_links.SetChannelAttribute("Delay", TimeValue(MicroSeconds(100)));
    m_routers[0]->Bootstrap(m_flat ? 1 : MakeName(1), m_flat ? 64 : 16);
    for (uint32_t i = 1; i < count; ++i)
    {
        const auto number = static_cast<uint16_t>(i + 1);
        m_routers[i]->Join(m_flat ? MemberName{number} : MakeName(number));
    }
}

void
Run::Plug(Machine& machine, uint32_t router)
{
    const auto cable = m_links.CreateChannel();
    const auto end = m_links.InstallDevice(m_nodes.Get(router));
    m_routers[router]->AddDevice(end);
    end->Attach(cable);
    machine.device->Attach(cable);
    machine.router = router;
}

void
Run::NewMember(Machine& machine, uint32_t router)
{
    LayerParameters parameters;
    parameters.role = MemberRole::LEAF;
    parameters.machine = machine.process;
    machine.member = CreateObject<LayerMember>();
    machine.members.push_back(machine.member);
    machine.member->Setup(machine.node, parameters, m_design.policies);
    Watch(machine.member);
    machine.member->TraceConnectWithoutContext("Notice",
                                               MakeBoundCallback(&Run::OnNotice, this, &machine));
    machine.member->TraceConnectWithoutContext("Deliver",
                                               MakeBoundCallback(&Run::OnDeliver, &machine));
    machine.device = m_links.InstallDevice(machine.node);
    machine.member->AddDevice(machine.device);
    Plug(machine, router);
    const MemberName flat = machine.process == "a" ? 10001 : 10002;
    machine.member->Join(m_flat ? flat : NO_NAME);
}

void
Run::Begin(Machine& machine, uint32_t router)
{
    NewMember(machine, router);
    RegisterEvent event;
    event.process = machine.process;
    machine.member->Take(event);
}

void
Run::Move(Machine& machine, uint32_t router)
{
    if (m_design.kind == MobilityKind::ATTACHMENT)
    {
        machine.device->Detach();
        Plug(machine, router);
        return;
    }
    // the old member dies with its attachment; the process goes on at the one born now
    ExportEvent event;
    event.process = machine.process;
    machine.member->Take(event);
    machine.device->Detach();
    NewMember(machine, router);
}

void
Run::Send(Machine& machine)
{
    SendEvent event;
    event.session = machine.session;
    ByteWriter writer(event.message);
    writer.U32(machine.sent++);
    writer.U64(static_cast<uint64_t>(Simulator::Now().GetNanoSeconds()));
    writer.Zeros(100);
    machine.member->Take(event);
}

/** Seconds from the last message before the move to the first after it; infinite without one. */
double
Run::Outage(const Machine& machine) const
{
    double last = MOVE;
    double longest = 0;
    for (const auto& [time, sequence] : machine.arrived)
    {
        if (time < MOVE)
        {
            last = time;
            continue;
        }
        longest = std::max(longest, time - last);
        last = time;
    }
    if (TRAFFIC_ENDS - last > 1)
    {
        return std::numeric_limits<double>::infinity();
    }
    return std::max(longest - INTERVAL, 0.0);
}

StudyJson
Run::Simulate(bool simultaneous, double offset, const std::string& pcap)
{
    auto random = CreateObject<UniformRandomVariable>();
    random->SetStream(1);
    const uint32_t count = m_topology.NodeCount();
    std::vector<uint32_t> place;
    while (place.size() < 4)
    {
        const uint32_t next = random->GetInteger(0, count - 1);
        if (std::find(place.begin(), place.end(), next) == place.end())
        {
            place.push_back(next);
        }
    }
    BuildRouters();
    m_a.process = "a";
    m_b.process = "b";
    for (Machine* machine : {&m_a, &m_b})
    {
        machine->node = CreateObject<Node>();
    }
    Simulator::Schedule(Seconds(10), [&] {
        Begin(m_a, place[0]);
        Begin(m_b, place[1]);
        if (!pcap.empty())
        {
            m_links.EnablePcap(pcap, DynamicCast<NetDevice>(m_b.device), true, true);
        }
    });
    Simulator::Schedule(Seconds(15), [&] {
        OpenSessionEvent open;
        open.process = "b";
        open.peer = "a";
        m_b.member->Take(open);
    });
    const auto sends = static_cast<uint32_t>((TRAFFIC_ENDS - TRAFFIC_BEGINS) / INTERVAL);
    for (uint32_t i = 0; i < sends; ++i)
    {
        // not in step with the move
        const Time at = Seconds(TRAFFIC_BEGINS + 0.0013 + i * INTERVAL);
        Simulator::Schedule(at, [&] { Send(m_a); });
        Simulator::Schedule(at, [&] { Send(m_b); });
    }
    Simulator::Schedule(Seconds(MOVE), [&] { Move(m_a, place[2]); });
    if (simultaneous)
    {
        Simulator::Schedule(Seconds(MOVE + offset), [&] { Move(m_b, place[3]); });
    }
    Simulator::Stop(Seconds(END));
    Simulator::Run();

    uint64_t entries = 0;
    for (const auto& router : m_routers)
    {
        entries += MeasureState(router->GetState()).Entries();
    }
    const double shortest =
        static_cast<double>(m_topology.DelaysFrom(m_a.router).at(m_b.router).count()) * 1e-9 + 2e-4;
    const double settled = m_a.delays.empty() ? 0 : m_a.delays.back();
    const double toA = Outage(m_a);
    const double toB = Outage(m_b);
    StudyJson row{
        {"design", m_design.name},
        {"outage_to", 1e3 * toA},
        {"outage_from", 1e3 * toB},
        {"lost", m_b.sent - m_a.arrived.size() + m_a.sent - m_b.arrived.size()},
        {"messages", m_messages},
        {"bytes", m_bytes},
        {"members_written", m_written.size()},
        {"state", entries},
        {"stretch",
         std::isfinite(toA) ? settled / shortest : std::numeric_limits<double>::infinity()},
        {"survived", std::isfinite(toA) && std::isfinite(toB) ? 1 : 0}};
    for (Machine* machine : {&m_a, &m_b})
    {
        for (const auto& member : machine->members)
        {
            member->Dispose();
        }
    }
    for (const auto& router : m_routers)
    {
        router->Dispose();
    }
    Simulator::Destroy();
    return row;
}

} // namespace

int
main(int argc, char* argv[])
{
    Study study("mobility-compare",
                "What does a move cost under each mobility design, on a real topology?");
    std::vector<std::string> designs = MobilityDesignNames();
    std::string pattern = "one-move";
    std::string file = STRATA_SOURCE_DIR "/scenarios/data/Abilene.graphml";
    Nanos offset{0};
    study.Parameters().AddChoiceList("designs", "designs to compare", designs, designs);
    study.Parameters().AddChoice("pattern",
                                 "who moves: one end, or both",
                                 {"one-move", "simultaneous"},
                                 pattern);
    study.Parameters().AddTime("offset",
                               "between the two moves of pattern simultaneous",
                               Nanos(0),
                               std::chrono::seconds(5),
                               offset);
    study.Parameters().AddPath("topology", "a GraphML file of the Topology Zoo", file);
    study.Parameters().SetDefaultRuns(10);
    return study.Main(argc, argv, [&] {
        const Topology topology = Topology::Load(file);
        if (!topology.Notes().empty())
        {
            std::cout << topology.Notes() << "\n";
        }
        if (topology.NodeCount() < 4)
        {
            throw TopologyError("the topology needs four nodes: two ends and two places to go to");
        }
        StudyTable& table = study.Table();
        table.AddGroup("design", "mobility design");
        table.AddMeasure("outage_to", "ms", "towards the end that moves; missing: for ever");
        table.AddMeasure("outage_from", "ms", "from the end that moves; missing: for ever");
        table.AddMeasure("lost", "1", "messages lost in both directions");
        table.AddMeasure("messages", "1", "control PDUs that members sent from the move on");
        table.AddMeasure("bytes", "B", "of those PDUs");
        table.AddMeasure("members_written", "1", "members with a changed table since the move");
        table.AddMeasure("state", "1", "table entries of all routers at the end");
        table.AddMeasure("stretch", "1", "delay after the move over the shortest path's");
        table.AddMeasure("survived", "1", "share of runs in which both directions recover");
        study.RunTable(designs, [&](const StudyJob& job) {
            const MobilityDesign design = MakeMobilityDesign(
                designs[job.cell],
                designs[job.cell] == "learn" || designs[job.cell] == "resolver" ? MemberName{1}
                                                                                : MakeName(1));
            const std::string pcap =
                job.run == 0 ? study.Folder().Stage(design.name + ".pcap") : std::string();
            Run run(design, topology);
            return run.Simulate(pattern == "simultaneous",
                                static_cast<double>(offset.count()) * 1e-9,
                                pcap);
        });
        table.Print(std::cout);
        study.PlotMeasure("outage-to", "Outage towards the end that moves", "outage_to");
        study.PlotMeasure("lost", "Messages lost in one move", "lost");
        study.PlotMeasure("messages", "Control PDUs of one move", "messages");
    });
}
