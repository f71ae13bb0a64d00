// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PPP_HEADER_H
#define STRATA_PPP_HEADER_H

#include "ns3/header.h"

#include <ostream>

namespace ns3
{
namespace strata
{

/**
 * The PPP Protocol field, two bytes in network order (RFC 1661 section 2).
 *
 * As in stock ns-3 it is all there is of a frame around its payload: no HDLC flags, address,
 * control or frame check sequence (RFC 1662). Captures have the link type DLT_PPP, 9.
 */
class PppHeader : public Header
{
  public:
    static constexpr uint32_t SIZE = 2;

    PppHeader() = default;
    explicit PppHeader(uint16_t protocol);

    static TypeId GetTypeId();

    uint16_t GetProtocol() const;

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    /** \return 0 if there are fewer than two bytes */
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    uint16_t m_protocol{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PPP_HEADER_H */
