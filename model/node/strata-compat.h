// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_COMPAT_H
#define STRATA_COMPAT_H

// the class became an alias of a template after ns-3.45, and its header got another name
#if __has_include("ns3/global-routing.h")
#include "ns3/global-routing.h"
#else
#include "ns3/ipv4-global-routing.h"
#endif
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv6-routing-protocol.h"

#include <cstddef>
#include <tuple>

namespace ns3
{
namespace strata
{

/** The parameter types of a method. */
template <class F>
struct MethodParameters;

template <class R, class C, class... A>
struct MethodParameters<R (C::*)(A...)>
{
    template <std::size_t I>
    using Type = std::tuple_element_t<I, std::tuple<A...>>;
};

/**
 * The callbacks of RouteInput as an override must name them: by value up to ns-3.38, by reference
 * to const from ns-3.39 on.
 */
struct RouteInput4
{
    template <std::size_t I>
    using Parameter = MethodParameters<decltype(&Ipv4RoutingProtocol::RouteInput)>::Type<I>;

    using Unicast = Parameter<3>;
    using Multicast = Parameter<4>;
    using Local = Parameter<5>;
    using Error = Parameter<6>;
};

/** RouteInput4 for IPv6. */
struct RouteInput6
{
    template <std::size_t I>
    using Parameter = MethodParameters<decltype(&Ipv6RoutingProtocol::RouteInput)>::Type<I>;

    using Unicast = Parameter<3>;
    using Multicast = Parameter<4>;
    using Local = Parameter<5>;
    using Error = Parameter<6>;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_COMPAT_H */
