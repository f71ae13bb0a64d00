// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_ENDPOINT_TEXT_H
#define STRATA_ENDPOINT_TEXT_H

#include "ns3/address.h"
#include "ns3/node.h"

#include <optional>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * Reads "192.0.2.1:80" or "[2001:db8::1]:80", as RFC 3986 section 3.2.2 writes host and port.
 *
 * \return an InetSocketAddress or an Inet6SocketAddress; nothing for any other text
 */
std::optional<Address> ParseEndpoint(const std::string& text);

/** The same for an attribute. Aborts with the attribute's name if the text is no endpoint. */
Address EndpointOf(const std::string& text, const char* attribute);

/** Address and port of \p endpoint, as ParseEndpoint reads them. */
std::string EndpointText(const Address& endpoint);

/** The address alone, as "192.0.2.1" or "2001:db8::1". */
std::string EndpointHost(const Address& endpoint);

uint16_t EndpointPort(const Address& endpoint);

/** The same address with another port. */
Address WithPort(const Address& endpoint, uint16_t port);

/** Any address of the family of \p endpoint, with \p port. */
Address AnyLike(const Address& endpoint, uint16_t port);

/** The address that \p node sends from to \p remote, with \p port; nothing without a route. */
std::optional<Address> SourceTowards(Ptr<Node> node, const Address& remote, uint16_t port);

} // namespace strata
} // namespace ns3

#endif /* STRATA_ENDPOINT_TEXT_H */
