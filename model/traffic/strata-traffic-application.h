// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRAFFIC_APPLICATION_H
#define STRATA_TRAFFIC_APPLICATION_H

#include "ns3/application.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <string>

namespace ns3
{
namespace strata
{

/** What an application can tell its user, who sees neither routers nor boxes. */
enum class TrafficVerdict : uint8_t
{
    PENDING,   //!< not done yet, or a server, which waits for ever
    WORKS,     //!< all that was wanted came about
    NO_ANSWER, //!< nothing ever came back
    REFUSED,   //!< somebody said no: a reset, an ICMP error, an error of the server
    BROKEN,    //!< it worked once, and then no longer
};

/** "works", "no-answer" and so on. */
const char* TrafficVerdictName(TrafficVerdict verdict);

/** An application that says in the end whether it did its work, and if not, what it saw. */
class TrafficApplication : public Application
{
  public:
    /**
     * Signature of the trace source Verdict.
     *
     * \param [in] verdict the new one
     * \param [in] detail in words
     */
    typedef void (*VerdictTracedCallback)(TrafficVerdict verdict, const std::string& detail);

    static TypeId GetTypeId();

    TrafficVerdict GetVerdict() const;

    /** In words, as "3 of 9 pages". */
    const std::string& GetDetail() const;

  protected:
    void Judge(TrafficVerdict verdict, const std::string& detail);

    /** \return whether the application has still to be judged */
    bool IsPending() const;

  private:
    TrafficVerdict m_verdict{TrafficVerdict::PENDING};
    std::string m_detail;
    TracedCallback<TrafficVerdict, const std::string&> m_verdictTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TRAFFIC_APPLICATION_H */
