// SPDX-License-Identifier: GPL-2.0-only

#include "strata-point-to-point-channel.h"

#include "strata-point-to-point-device.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(PointToPointChannel);

TypeId
PointToPointChannel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::PointToPointChannel")
                            .SetParent<Channel>()
                            .SetGroupName("Strata")
                            .AddConstructor<PointToPointChannel>()
                            .AddAttribute("Delay",
                                          "Propagation delay through the channel",
                                          TimeValue(Time(0)),
                                          MakeTimeAccessor(&PointToPointChannel::m_delay),
                                          MakeTimeChecker(Time(0)));
    return tid;
}

PointToPointChannel::PointToPointChannel() = default;

PointToPointChannel::~PointToPointChannel() = default;

std::size_t
PointToPointChannel::GetNDevices() const
{
    return static_cast<std::size_t>(
        std::count_if(m_ends.begin(), m_ends.end(), [](const End& end) { return end.device; }));
}

Ptr<NetDevice>
PointToPointChannel::GetDevice(std::size_t i) const
{
    for (const End& end : m_ends)
    {
        if (end.device && i-- == 0)
        {
            return end.device;
        }
    }
    return nullptr;
}

Time
PointToPointChannel::GetDelay() const
{
    return m_delay;
}

bool
PointToPointChannel::HasFreeEnd() const
{
    return GetNDevices() < m_ends.size();
}

void
PointToPointChannel::DoDispose()
{
    m_ends = {};
    Channel::DoDispose();
}

} // namespace strata
} // namespace ns3
