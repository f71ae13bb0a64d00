// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_POINT_TO_POINT_CHANNEL_H
#define STRATA_POINT_TO_POINT_CHANNEL_H

#include "ns3/address.h"
#include "ns3/channel.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"

#include <array>

namespace ns3
{
namespace strata
{

class PointToPointDevice;

/**
 * A cable with two ends, full duplex, with a propagation delay. Devices are plugged into it and
 * pulled out while the simulation runs, by PointToPointDevice::Attach and Detach.
 */
class PointToPointChannel : public Channel
{
  public:
    static TypeId GetTypeId();

    PointToPointChannel();
    ~PointToPointChannel() override;

    /** Attached devices: 0, 1 or 2. */
    std::size_t GetNDevices() const override;
    /** The attached device number \p i, in the order of the ends; null beyond GetNDevices. */
    Ptr<NetDevice> GetDevice(std::size_t i) const override;

    /** Propagation delay. */
    Time GetDelay() const;

    /** Whether an end is free. */
    bool HasFreeEnd() const;

  protected:
    void DoDispose() override;

  private:
    friend class PointToPointDevice;

    /** What the device at one end lets the other end know. */
    struct End
    {
        Ptr<PointToPointDevice> device; //!< null: nothing is plugged in
        uint32_t nodeId{0};
        uint32_t attachment{0}; //!< number of the device's attachment, to tell a later one
        Address address;
    };

    Time m_delay;
    std::array<End, 2> m_ends;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_POINT_TO_POINT_CHANNEL_H */
