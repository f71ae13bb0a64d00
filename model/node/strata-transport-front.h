// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRANSPORT_FRONT_H
#define STRATA_TRANSPORT_FRONT_H

#include "ns3/packet.h"
#include "ns3/strata-byte-view.h"

#include <array>

namespace ns3
{
namespace strata
{

/**
 * The front of an IPv4 payload that a translator may change, as octets: the transport header, with
 * all of TCP's, so that the metadata of packets go on to know it. Of other protocols than TCP, UDP
 * and ICMP, and of later fragments, there is none.
 */
class TransportFront
{
  public:
    static constexpr std::size_t MAX_SIZE = 60;

    /** Reads it from \p payload. */
    TransportFront(uint8_t protocol, const Packet& payload);

    /** The part of \p octets that is it. */
    TransportFront(uint8_t protocol, ByteView octets);

    uint8_t* data()
    {
        return m_bytes.data();
    }

    std::size_t size() const
    {
        return m_size;
    }

    /** Puts it in the place of the first octets of \p payload, which keeps its uid and its tags. */
    void PutBack(Ptr<Packet> payload) const;

  private:
    void Cut(std::size_t size);

    uint8_t m_protocol;
    std::array<uint8_t, MAX_SIZE> m_bytes;
    std::size_t m_size{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TRANSPORT_FRONT_H */
