// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_WIFI_ACCESS_H
#define STRATA_WIFI_ACCESS_H

#include "strata-radio-access.h"

#include "ns3/mac48-address.h"
#include "ns3/mobility-model.h"
#include "ns3/yans-wifi-helper.h"

namespace ns3
{
namespace strata
{

/**
 * A row of 802.11g access points of one network, ten metres apart and with a range of six, and a
 * station that walks along them at two metres a second: by the real MAC it misses beacons, scans,
 * authenticates (AuthenticatingStaMac) and associates. Every machine has a channel of its own.
 *
 * When a station associates, the access points that it had before forget it, as IEEE 802.11F's
 * MOVE.notify between access points of one network has it.
 */
class WifiAccess : public RadioAccess
{
  public:
    static constexpr double SPACING = 10; //!< m
    static constexpr double RANGE = 6;    //!< m
    static constexpr double SPEED = 2;    //!< m/s

    WifiAccess();
    ~WifiAccess() override;

    std::vector<Ptr<NetDevice>> BuildAccessPoints(const std::vector<Ptr<Node>>& routers) override;
    Ptr<NetDevice> BuildStation(Ptr<Node> machine) override;
    void ScheduleWalk(Nanos when) override;
    void EnablePcap(const std::string& name) override;

  private:
    Ptr<NetDevice> Install(Ptr<Node> node, double x, bool station);
    void Associated(std::size_t point, Mac48Address station);

    YansWifiPhyHelper m_phy;
    std::vector<Ptr<NetDevice>> m_points;
    Ptr<NetDevice> m_station;
    Ptr<MobilityModel> m_position; //!< of the station
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_WIFI_ACCESS_H */
