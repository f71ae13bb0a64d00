// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_RADIO_ACCESS_H
#define STRATA_RADIO_ACCESS_H

#include "ns3/net-device.h"
#include "ns3/node.h"
#include "ns3/strata-time.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * How a machine on foot reaches the routers of the places that it visits: one station, and an
 * access point for each visit. The station begins at the first access point.
 */
class RadioAccess
{
  public:
    virtual ~RadioAccess() = default;

    /** The access points, one on each of \p routers, in the order of the visits. */
    virtual std::vector<Ptr<NetDevice>> BuildAccessPoints(
        const std::vector<Ptr<Node>>& routers) = 0;

    /** The station on \p machine; call once, after BuildAccessPoints. */
    virtual Ptr<NetDevice> BuildStation(Ptr<Node> machine) = 0;

    /** A station that was at \p point is at another one now, and the network tells it so. */
    using Moved = std::function<void(Ptr<NetDevice> point, Address station)>;

    void SetMoved(Moved moved)
    {
        m_moved = std::move(moved);
    }

    /** Walks to the next access point, and leaves the range of the present one at \p when. */
    virtual void ScheduleWalk(Nanos when) = 0;

    /** Captures what the station sends and hears in the file \p name. */
    virtual void EnablePcap(const std::string& name) = 0;

  protected:
    Moved m_moved;
};

/** 802.11; null where ns-3's module wifi is missing. */
std::unique_ptr<RadioAccess> MakeRadioAccess();

} // namespace strata
} // namespace ns3

#endif /* STRATA_RADIO_ACCESS_H */
