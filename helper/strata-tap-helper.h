// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TAP_HELPER_H
#define STRATA_TAP_HELPER_H

#include "ns3/fd-net-device.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/strata-expected.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Puts an Ethernet cable between a Linux network namespace and a simulated node: a TAP device in
 * the namespace, an FdNetDevice on the node.
 *
 * The simulator stays in its own network namespace: only a short-lived thread enters the other one,
 * where it opens /dev/net/tun and configures the device with the ioctls of netdevice(7); no program
 * is run. The TAP is not persistent: it vanishes, with its addresses and routes, when the device on
 * the node is disposed of, and however the process ends.
 *
 * The process needs CAP_NET_ADMIN in the namespace and CAP_SYS_ADMIN to enter it (root has both).
 */
class StrataTapHelper
{
  public:
    /**
     * Makes the simulator run in real time and checksums be computed, both of which Linux needs.
     * Call before anything asks for the simulator.
     */
    static void EnableRealTime();

    /**
     * Chooses the namespace of the TAPs that will be made.
     *
     * \param name a name that "ip netns list" knows, or, with a '/' in it, the path of a namespace
     *             such as /proc/PID/ns/net; empty is the process's own namespace
     */
    void SetNamespace(const std::string& name);

    /** A name for the TAP; in "strata%d", the default, Linux puts the first number that is free. */
    void SetDeviceName(const std::string& name);

    /** The address and prefix of the TAP; without them it is up and has no IPv4 address. */
    void SetAddress(Ipv4Address address, Ipv4Mask mask);

    /** The MTU in bytes of both ends; 1500 is the default. Linux takes 68 to 65521. */
    void SetMtu(uint16_t mtu);

    /** Adds a route of Linux to \p network through \p gateway, which the TAP's prefix contains. */
    void AddRoute(Ipv4Address network, Ipv4Mask mask, Ipv4Address gateway);

    /** AddRoute() for 0.0.0.0/0. */
    void SetGateway(Ipv4Address gateway);

    /**
     * Makes a TAP and the device on \p node at its other end. The device is in the node's list and
     * has a MAC address, but no IP address. When the simulation begins, "StrataTimeOfDay" is set to
     * what Linux believes.
     *
     * \return the device, or one line about what cannot be done; then no TAP is left
     */
    Expected<Ptr<FdNetDevice>, std::string> Install(Ptr<Node> node);

    /** The name that the last TAP got. */
    const std::string& GetDeviceName() const;

  private:
    struct Route
    {
        Ipv4Address network;
        Ipv4Mask mask;
        Ipv4Address gateway;
    };

    Expected<int, std::string> OpenInNamespace();
    Expected<int, std::string> Open();
    std::string Configure(int control) const;

    std::string m_namespace;
    std::string m_pattern{"strata%d"};
    std::string m_name;
    Ipv4Address m_address{Ipv4Address::GetAny()};
    Ipv4Mask m_mask{Ipv4Mask::GetOnes()};
    uint16_t m_mtu{1500};
    std::vector<Route> m_routes;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TAP_HELPER_H */
