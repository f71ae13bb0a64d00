// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_OPTIONS_TAG_H
#define STRATA_IPV4_OPTIONS_TAG_H

#include "ns3/packet.h"
#include "ns3/strata-ipv4-option.h"
#include "ns3/tag.h"

namespace ns3
{
namespace strata
{

/**
 * The options of a datagram, between an application and the network layer.
 *
 * On a packet that is sent, they are what the header shall have. A source route holds the stops on
 * the way; the destination of the socket call stays the destination, as with Linux's IP_OPTIONS.
 * On a packet that was received, they are what the header had at the end of its way.
 *
 * \code
 *   Ipv4WireHeader::Options options;
 *   Ipv4OptionWriter(options).RecordRoute(9);
 *   packet->ReplacePacketTag(Ipv4OptionsTag(options));
 * \endcode
 */
class Ipv4OptionsTag : public Tag
{
  public:
    Ipv4OptionsTag() = default;

    /** Precondition: whole options; padding is added where it lacks. */
    explicit Ipv4OptionsTag(Ipv4WireHeader::Options options);

    /**
     * The options of an answer, whose source route is complete already.
     *
     * \param firstStop where the datagram goes first
     */
    Ipv4OptionsTag(Ipv4WireHeader::Options options, uint32_t firstStop);

    const Ipv4WireHeader::Options& GetOptions() const
    {
        return m_options;
    }

    /** The first stop of a complete source route; 0 otherwise. */
    uint32_t GetFirstStop() const
    {
        return m_firstStop;
    }

    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    Ipv4WireHeader::Options m_options;
    uint32_t m_firstStop{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_OPTIONS_TAG_H */
