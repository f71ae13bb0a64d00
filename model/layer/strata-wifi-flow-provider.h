// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_WIFI_FLOW_PROVIDER_H
#define STRATA_WIFI_FLOW_PROVIDER_H

#include "strata-device-flow-provider.h"

#include "ns3/mac48-address.h"

namespace ns3
{
namespace strata
{

/**
 * A DeviceFlowProvider over Wi-Fi that forgets a station when the access point, if that is what the
 * device is, loses its association. A station's own flows come and go with its association. A
 * station that goes out of reach without a word is known to be gone by the layer's own hold time.
 */
class WifiFlowProvider : public DeviceFlowProvider
{
  public:
    static TypeId GetTypeId();

    WifiFlowProvider();
    ~WifiFlowProvider() override;

  private:
    void DoStart() override;
    bool IsUp() const override;
    void StationLeft(uint16_t associationId, Mac48Address station);

    bool m_listening{false}; //!< to the access point
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_WIFI_FLOW_PROVIDER_H */
