// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_CHECKED_NET_H
#define STRATA_CHECKED_NET_H

#include "ns3/strata-member-net.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{

/** A net that fails its test if any step broke an invariant or wrote outside of its write set. */
class CheckedNet : public MemberNet
{
  public:
    ~CheckedNet()
    {
        for (const Violation& violation : Broken())
        {
            ADD_FAILURE() << FormatViolation(violation, Scheme());
        }
        for (const WriteRecord& write : Audit().GetViolations())
        {
            ADD_FAILURE() << FormatWrite(write, Scheme());
        }
    }

    /** Fails the test if a rule of members at rest is broken now. */
    void ExpectRestIsRight(const std::string& when = {}) const
    {
        for (const Violation& violation : CheckAtRest(Snapshot()))
        {
            ADD_FAILURE() << FormatViolation(violation, Scheme()) << ' ' << when;
        }
    }

  private:
    static NameScheme Scheme()
    {
        return NameScheme::HIERARCHICAL;
    }
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_CHECKED_NET_H */
