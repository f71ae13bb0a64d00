// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MIDDLEBOX_TRIAL_H
#define STRATA_MIDDLEBOX_TRIAL_H

#include "strata-middlebox-world.h"

#include "ns3/strata-traffic-application.h"

#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** A name and what it stands for. */
struct MiddleboxName
{
    std::string name;
    std::string description;
};

/** The applications that are tried, in the order of the table. */
const std::vector<MiddleboxName>& MiddleboxApplications();

/** The boxes in whose way they are. */
const std::vector<MiddleboxName>& MiddleboxBoxes();

/** Why an application did not work, as far as drops tell: short codes, for a table. */
const std::vector<MiddleboxName>& MiddleboxReasons();

struct MiddleboxCase
{
    std::string application;
    std::string box;
    std::string pcap; //!< prefix of the captures; empty: none
};

struct MiddleboxReport
{
    TrafficVerdict verdict{TrafficVerdict::PENDING}; //!< as the ends saw it
    std::string detail;                              //!< in their words
    std::string reason;                              //!< "ok", or one of MiddleboxReasons()
    std::string drops; //!< of boxes and ISP, "reason count" with commas between

    bool Works() const
    {
        return verdict == TrafficVerdict::WORKS;
    }
};

/**
 * Runs an application behind a box, with the same box in front of the peer where there is one.
 *
 * \throws StudyError if a name is unknown
 */
MiddleboxReport RunMiddlebox(const MiddleboxCase& which);

/** The code for \p verdict where these \p drops were counted. */
std::string MiddleboxReasonFor(TrafficVerdict verdict,
                               const std::map<std::string, uint64_t>& drops);

} // namespace strata
} // namespace ns3

#endif /* STRATA_MIDDLEBOX_TRIAL_H */
