// SPDX-License-Identifier: GPL-2.0-only

#include "strata-traffic-application.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(TrafficApplication);

const char*
TrafficVerdictName(TrafficVerdict verdict)
{
    switch (verdict)
    {
    case TrafficVerdict::PENDING:
        return "pending";
    case TrafficVerdict::WORKS:
        return "works";
    case TrafficVerdict::NO_ANSWER:
        return "no-answer";
    case TrafficVerdict::REFUSED:
        return "refused";
    case TrafficVerdict::BROKEN:
        return "broken";
    }
    return "";
}

TypeId
TrafficApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::TrafficApplication")
            .SetParent<Application>()
            .SetGroupName("Strata")
            .AddTraceSource("Verdict",
                            "What the application found, when it has found it",
                            MakeTraceSourceAccessor(&TrafficApplication::m_verdictTrace),
                            "ns3::strata::TrafficApplication::VerdictTracedCallback");
    return tid;
}

TrafficVerdict
TrafficApplication::GetVerdict() const
{
    return m_verdict;
}

const std::string&
TrafficApplication::GetDetail() const
{
    return m_detail;
}

void
TrafficApplication::Judge(TrafficVerdict verdict, const std::string& detail)
{
    m_verdict = verdict;
    m_detail = detail;
    m_verdictTrace(verdict, detail);
}

bool
TrafficApplication::IsPending() const
{
    return m_verdict == TrafficVerdict::PENDING;
}

} // namespace strata
} // namespace ns3
