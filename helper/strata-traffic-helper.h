// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRAFFIC_HELPER_H
#define STRATA_TRAFFIC_HELPER_H

#include "ns3/application-container.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/strata-traffic-application.h"

#include <string>

namespace ns3
{
namespace strata
{

/**
 * Installs an application of model/traffic by the name of its class.
 *
 * \code
 *   StrataTrafficHelper("HttpServer").Install(server);
 *   StrataTrafficHelper web("HttpClient");
 *   web.SetAttribute("Remote", StringValue("192.0.2.1:80"));
 *   web.Install(client).Start(Seconds(1));
 * \endcode
 */
class StrataTrafficHelper
{
  public:
    /** \param name of the class, without its namespace */
    explicit StrataTrafficHelper(const std::string& name);

    /** Sets an attribute of the applications that will be made. */
    void SetAttribute(std::string name, const AttributeValue& value);

    ApplicationContainer Install(Ptr<Node> node) const;
    ApplicationContainer Install(const NodeContainer& nodes) const;

  private:
    ObjectFactory m_factory;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TRAFFIC_HELPER_H */
