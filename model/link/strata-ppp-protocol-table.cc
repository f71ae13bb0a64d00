// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ppp-protocol-table.h"

namespace ns3
{
namespace strata
{

std::optional<uint16_t>
PppProtocolOf(uint16_t etherType)
{
    switch (etherType)
    {
    case EtherType::IPV4:
        return PppProtocol::IPV4;
    case EtherType::IPV6:
        return PppProtocol::IPV6;
    case EtherType::MPLS_UNICAST:
        return PppProtocol::MPLS_UNICAST;
    case EtherType::MPLS_MULTICAST:
        return PppProtocol::MPLS_MULTICAST;
    case EtherType::LAYER_PDU:
        return PppProtocol::LAYER_PDU;
    default:
        return std::nullopt;
    }
}

std::optional<uint16_t>
EtherTypeOf(uint16_t pppProtocol)
{
    switch (pppProtocol)
    {
    case PppProtocol::IPV4:
        return EtherType::IPV4;
    case PppProtocol::IPV6:
        return EtherType::IPV6;
    case PppProtocol::MPLS_UNICAST:
        return EtherType::MPLS_UNICAST;
    case PppProtocol::MPLS_MULTICAST:
        return EtherType::MPLS_MULTICAST;
    case PppProtocol::LAYER_PDU:
        return EtherType::LAYER_PDU;
    default:
        return std::nullopt;
    }
}

const char*
PppProtocolName(uint16_t pppProtocol)
{
    switch (pppProtocol)
    {
    case PppProtocol::IPV4:
        return "IPv4";
    case PppProtocol::IPV6:
        return "IPv6";
    case PppProtocol::MPLS_UNICAST:
        return "MPLS unicast";
    case PppProtocol::MPLS_MULTICAST:
        return "MPLS multicast";
    case PppProtocol::LAYER_PDU:
        return "layer PDU";
    default:
        return "unknown";
    }
}

} // namespace strata
} // namespace ns3
