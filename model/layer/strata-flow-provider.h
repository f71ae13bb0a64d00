// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FLOW_PROVIDER_H
#define STRATA_FLOW_PROVIDER_H

#include "strata-member-event.h"

#include "ns3/object.h"

namespace ns3
{
namespace strata
{

/** What a flow promises to the member that uses it. */
struct FlowProperties
{
    uint32_t cost{1};      //!< of the link over it, for routing
    uint32_t mtu{1500};    //!< bytes of PDU that fit
    bool broadcast{false}; //!< reaches every member on a LAN
    uint64_t rate{0};      //!< bit/s; 0: not known, so the user can't schedule
    uint32_t framing{0};   //!< bytes that the flow adds to each PDU on its wire
};

class FlowProvider;

/** Who uses flows: a member of a layer. */
class FlowUser
{
  public:
    virtual ~FlowUser() = default;

    /** A number that was not used before, for a flow that is about to begin. */
    virtual PortId NewFlow() = 0;

    /** The flow \p port of \p provider begins; the user may send on it at once. */
    virtual void FlowUp(PortId port, FlowProvider& provider, const FlowProperties& properties) = 0;

    /** The flow has ended; its number is not used again. */
    virtual void FlowDown(PortId port) = 0;

    /** Bytes arrived; the user may change \p pdu, whose memory the provider uses again. */
    virtual void FlowReceive(PortId port, Bytes& pdu) = 0;
};

/**
 * What stands below a member: it offers flows to neighbours. A device (DeviceFlowProvider), a
 * member of another layer (SessionFlowProvider) and UDP over the stock Internet stack
 * (UdpFlowProvider) all look like this, so that layers stack in any order.
 *
 * A provider belongs to one user, between Start and Stop.
 */
class FlowProvider : public Object
{
  public:
    static TypeId GetTypeId();

    /** Offers flows to \p user from now on; flows that are there already come up at once. */
    void Start(FlowUser& user);

    /** Ends all flows without telling the user. May be called while the provider calls the user. */
    void Stop();

    /**
     * Sends \p pdu on a flow; \p slice names the share of the underlay it may use.
     * \return false if the provider dropped it
     */
    virtual bool Send(PortId port, const Bytes& pdu, uint8_t slice) = 0;

  protected:
    void DoDispose() override;

    /** Null before Start and after Stop. */
    FlowUser* User() const
    {
        return m_user;
    }

    /** Tells the user, if there still is one, that a flow has ended. */
    void TellDown(PortId port);

  private:
    virtual void DoStart() = 0;
    virtual void DoStop() = 0;

    FlowUser* m_user{nullptr};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FLOW_PROVIDER_H */
