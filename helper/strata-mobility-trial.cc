// SPDX-License-Identifier: GPL-2.0-only

#include "strata-mobility-trial.h"

#include "ns3/abort.h"
#include "ns3/nstime.h"
#include "ns3/simulator.h"
#include "ns3/strata-byte-reader.h"
#include "ns3/strata-byte-writer.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

/** What a silence at the end of a span may last before it counts as for ever. */
constexpr Nanos PATIENCE = std::chrono::seconds(1);

/** A message is under way no longer than this when nothing is wrong. */
constexpr Nanos IN_FLIGHT = std::chrono::milliseconds(250);

/** Between enrollment, the opening of the session, and traffic. */
constexpr Nanos PHASE = std::chrono::seconds(2);

/** Keeps sends out of step with moves. */
constexpr Nanos PHASE_SHIFT = std::chrono::microseconds(1300);

/** The access links at both ends, 100 us each. */
constexpr Nanos ACCESS = std::chrono::microseconds(200);

Time
At(Nanos time)
{
    return NanoSeconds(time.count());
}

/** Steps that are too close to be told apart in the traffic. */
struct Handoff
{
    std::size_t first{0};         //!< of the plan's steps
    std::size_t last{0};          //!< included
    std::vector<LinkTimes> links; //!< of its moves
    Nanos begin{0};               //!< of the first, or when a new link came before the old one went
    std::array<uint32_t, 2> places{0, 0}; //!< of both ends afterwards
};

/** One trial while it runs. */
class Trial
{
  public:
    Trial(MobilitySystem& system, const Topology& topology, const MobilityPlan& plan)
        : m_system(system),
          m_topology(topology),
          m_plan(plan)
    {
    }

    MobilityTrialReport Run();

  private:
    void Send(uint32_t end);
    void Hear(uint32_t end, ByteView message);
    void Do(const MobilityStep& step);
    MobilityHandoffReport Judge(const Handoff& handoff, Nanos end) const;

    MobilitySystem& m_system;
    const Topology& m_topology;
    const MobilityPlan& m_plan;
    std::array<std::vector<Nanos>, 2> m_sent;
    std::array<std::vector<Arrival>, 2> m_arrivals;
    std::vector<Handoff> m_handoffs;
    Nanos m_first{0};
};

constexpr uint32_t STAMP_BYTES = 4 + 8; //!< number and time of a message

/** Ends the program at a plan that can't be carried out. */
void
CheckPlan(const MobilityPlan& plan, const Topology& topology)
{
    const auto checkPlace = [&topology](uint32_t place) {
        NS_ABORT_MSG_UNLESS(place < topology.NodeCount(),
                            "MobilityPlan: place " << place << " is no node of the topology");
    };
    std::for_each(plan.places.begin(), plan.places.end(), checkPlace);
    std::for_each(plan.spares.begin(), plan.spares.end(), checkPlace);
    Nanos last{0};
    for (const MobilityStep& step : plan.steps)
    {
        NS_ABORT_MSG_UNLESS(step.end < 2, "MobilityPlan: the ends are 0 and 1, not " << step.end);
        NS_ABORT_MSG_UNLESS(step.kind == MobilityStep::Kind::MOVE ||
                                (step.end == 1 && !plan.spares.empty()),
                            "MobilityPlan: the process of end 1 migrates, to a spare machine");
        NS_ABORT_MSG_UNLESS(step.after >= last, "MobilityPlan: the steps are in no order of time");
        last = step.after;
        checkPlace(step.place);
    }
    NS_ABORT_MSG_UNLESS(plan.interval > Nanos::zero() && plan.messageBytes >= STAMP_BYTES,
                        "MobilityPlan: messages of " << STAMP_BYTES
                                                     << " bytes or more, with time between them");
}

void
Trial::Send(uint32_t end)
{
    Bytes message;
    ByteWriter writer(message);
    writer.U32(static_cast<uint32_t>(m_sent[end].size()));
    const auto now = Nanos(Simulator::Now().GetNanoSeconds());
    writer.U64(static_cast<uint64_t>(now.count()));
    writer.Zeros(m_plan.messageBytes - message.size());
    m_sent[end].push_back(now);
    m_system.Send(end, message);
}

void
Trial::Hear(uint32_t end, ByteView message)
{
    ByteReader reader(message);
    Arrival arrival;
    arrival.sequence = reader.U32();
    arrival.sent = Nanos(static_cast<int64_t>(reader.U64()));
    arrival.time = Nanos(Simulator::Now().GetNanoSeconds());
    if (reader.Ok())
    {
        m_arrivals[end].push_back(arrival);
    }
}

void
Trial::Do(const MobilityStep& step)
{
    if (step.kind == MobilityStep::Kind::MIGRATE)
    {
        // the image takes the shortest way between the two machines
        const uint32_t from = m_system.GetPlace(step.end);
        m_system.Migrate(step.end, m_topology.DelaysFrom(from).at(step.place) + ACCESS);
    }
}

MobilityHandoffReport
Trial::Judge(const Handoff& handoff, Nanos end) const
{
    MobilityHandoffReport report;
    report.time = handoff.begin;
    report.cost = m_system.GetCost(report.time, end);
    const Nanos shortest = m_topology.DelaysFrom(handoff.places[0]).at(handoff.places[1]) + ACCESS;
    for (uint32_t i = 0; i < 2; ++i)
    {
        report.heard[i] = JudgeHandoff(m_arrivals[i],
                                       report.time,
                                       end,
                                       m_plan.interval,
                                       m_sent[1 - i],
                                       PATIENCE,
                                       IN_FLIGHT);
        report.shares[i] = ShareOutage(report.heard[i].silentFrom,
                                       report.heard[i].silentTo,
                                       report.heard[i].outage,
                                       handoff.links);
        for (const Nanos delay : report.heard[i].settledDelays)
        {
            report.stretch.push_back(static_cast<double>(delay.count()) /
                                     static_cast<double>(shortest.count()));
        }
    }
    return report;
}

MobilityTrialReport
Trial::Run()
{
    m_system.SetReceiver([this](uint32_t end, ByteView message) { Hear(end, message); });
    m_system.Build();
    const Nanos begin = m_system.SettledAt();
    const Nanos open = begin + PHASE;
    const Nanos traffic = open + PHASE;
    m_first = traffic + m_plan.lead;
    const Nanos last = m_plan.steps.empty() ? Nanos(0) : m_plan.steps.back().after;
    const Nanos quiet = m_first + std::max(last + m_plan.tail, m_plan.atLeast);
    Simulator::Schedule(At(begin), [this] {
        m_system.Begin(0, m_plan.places[0]);
        m_system.Begin(1, m_plan.places[1]);
        for (const uint32_t place : m_plan.spares)
        {
            m_system.AddSpare(1, place);
        }
    });
    Simulator::Schedule(At(open), [this] { m_system.OpenSession(); });
    for (Nanos at = traffic + PHASE_SHIFT; at < quiet; at += m_plan.interval)
    {
        Simulator::Schedule(At(at), [this] {
            Send(0);
            Send(1);
        });
    }
    for (std::size_t i = 0; i < m_plan.steps.size(); ++i)
    {
        const MobilityStep& step = m_plan.steps[i];
        const Nanos when = m_first + step.after;
        if (i == 0 || step.after - m_plan.steps[i - 1].after > PATIENCE)
        {
            m_handoffs.push_back({i, i, {}, when, {}});
        }
        m_handoffs.back().last = i;
        if (step.kind == MobilityStep::Kind::MOVE)
        {
            // known early, for a new link that comes before the old one goes
            Simulator::Schedule(At(open), [this, when, step] {
                m_system.ScheduleMove(when, step.end, step.place);
            });
        }
        else
        {
            Simulator::Schedule(At(when), [this, step] { Do(step); });
        }
    }
    const auto endOf = [&](std::size_t handoff) {
        return handoff + 1 == m_handoffs.size()
                   ? quiet
                   : m_first + m_plan.steps[m_handoffs[handoff + 1].first].after;
    };
    for (std::size_t i = 0; i < m_handoffs.size(); ++i)
    {
        Simulator::Schedule(At(endOf(i) - Nanos(1)), [this, i] {
            Handoff& handoff = m_handoffs[i];
            for (std::size_t k = handoff.first; k <= handoff.last; ++k)
            {
                if (m_plan.steps[k].kind == MobilityStep::Kind::MOVE)
                {
                    const LinkTimes times = m_system.GetLinkTimes(m_plan.steps[k].end);
                    handoff.links.push_back(times);
                    handoff.begin = std::min(handoff.begin, times.up);
                }
            }
            handoff.places = {m_system.GetPlace(0), m_system.GetPlace(1)};
        });
    }
    Simulator::Stop(At(quiet + PATIENCE));
    Simulator::Run();

    MobilityTrialReport report;
    report.firstStep = m_first;
    for (std::size_t i = 0; i < m_handoffs.size(); ++i)
    {
        report.handoffs.push_back(Judge(m_handoffs[i], endOf(i)));
    }
    report.survived = m_system.HasSession(0) && m_system.HasSession(1) &&
                      (report.handoffs.empty() || (report.handoffs.back().heard[0].recovered &&
                                                   report.handoffs.back().heard[1].recovered));
    report.state = m_system.GetState();
    report.headerBytes = m_system.GetHeaderBytes();
    report.acts = m_system.GetActs();
    report.faults = m_system.GetFaults();
    report.unrest = m_system.CheckAtRest();
    report.arrivals = m_arrivals;
    m_system.Dispose();
    Simulator::Destroy();
    return report;
}

} // namespace

MobilityTrialReport
RunMobilityTrial(MobilitySystem& system, const Topology& topology, const MobilityPlan& plan)
{
    CheckPlan(plan, topology);
    return Trial(system, topology, plan).Run();
}

} // namespace strata
} // namespace ns3
