// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ROUTER_DISCOVERY_HELPER_H
#define STRATA_ROUTER_DISCOVERY_HELPER_H

#include "ns3/application-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"

#include <string>

namespace ns3
{
namespace strata
{

/**
 * Installs RouterDiscoveryApplication: hosts that find their gateway, and routers that say that
 * they are there (RFC 1256).
 *
 * \code
 *   StrataRouterDiscoveryHelper discovery;
 *   discovery.SetAttribute("MaxInterval", TimeValue(Seconds(10)));
 *   discovery.InstallRouter(routers.Get(0), 100); // preferred
 *   discovery.InstallRouter(routers.Get(1));
 *   discovery.InstallHosts(hosts);
 * \endcode
 */
class StrataRouterDiscoveryHelper
{
  public:
    StrataRouterDiscoveryHelper();

    /** Sets an attribute of the applications that will be made. */
    void SetAttribute(std::string name, const AttributeValue& value);

    /** \param preference of its addresses, higher is better */
    ApplicationContainer InstallRouter(Ptr<Node> node, int32_t preference = 0) const;
    ApplicationContainer InstallHosts(const NodeContainer& nodes) const;

    /** \return how many streams were used */
    static int64_t AssignStreams(const ApplicationContainer& applications, int64_t stream);

  private:
    ObjectFactory m_factory;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_ROUTER_DISCOVERY_HELPER_H */
