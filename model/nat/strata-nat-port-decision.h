// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_NAT_PORT_DECISION_H
#define STRATA_NAT_PORT_DECISION_H

#include "strata-nat-policy.h"
#include "strata-nat-port-table.h"

namespace ns3
{
namespace strata
{

/** What a new mapping asks for on a public address. */
struct NatPortWish
{
    uint16_t port{0};   //!< the inside end's own, or its identifier
    bool ports{true};   //!< of TCP or UDP; identifiers of ICMP are all alike
    bool own{false};    //!< of the translating node: it keeps its port if it can
    bool shared{false}; //!< ports may belong to several mappings
};

/** What else the choice of a port depends on. */
class NatPortChooser
{
  public:
    virtual ~NatPortChooser() = default;

    /** Whether no mapping that the new one would clash with has \p port. */
    virtual bool IsFree(uint16_t port) const = 0;

    /** Whether the node itself uses \p port. */
    virtual bool IsOwn(uint16_t port) const = 0;

    virtual uint64_t Random() = 0;
};

/**
 * The public port of a new mapping, by NatConfig::allocation (RFC 4787 section 4.2): well-known
 * ports map to such and others to others while there are some (REQ-3a), even to even and odd to odd
 * where allocation keeps parity (REQ-4).
 *
 * \param free ports that are not free by it are passed over at once
 * \param [in,out] cursor behind the port that was given last
 * \return none if no port was found; where wish.shared, though there may be one that \p free does
 *         not tell
 */
std::optional<uint16_t> ChooseNatPort(const NatConfig& config,
                                      const NatPortWish& wish,
                                      const NatPortTable& free,
                                      NatPortChooser& chooser,
                                      uint16_t& cursor);

} // namespace strata
} // namespace ns3

#endif /* STRATA_NAT_PORT_DECISION_H */
