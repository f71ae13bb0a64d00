// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SESSION_FLOW_PROVIDER_H
#define STRATA_SESSION_FLOW_PROVIDER_H

#include "strata-flow-provider.h"
#include "strata-layer-member.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <deque>
#include <map>
#include <set>

namespace ns3
{
namespace strata
{

/**
 * A member of another layer as the underlay: the process above registers at the member on its
 * machine, and each of its flows is a session of that layer. This is the recursion of Day's
 * template, in one constructor call:
 *
 * \code
 * auto below = CreateObject<SessionFlowProvider>();
 * below->SetUnderlay(campus, "core/3");   // registers as process "core/3" of the layer below
 * core->AddProvider(below);
 * below->Connect("core/1");               // opens a session, and again if it ends
 * \endcode
 *
 * Sessions that other processes open come up as flows too. A session that cannot be opened, or
 * ends, is tried again every RetryInterval until Disconnect or Stop; while the member below is
 * outside its layer, nothing is tried.
 */
class SessionFlowProvider : public FlowProvider
{
  public:
    static TypeId GetTypeId();

    SessionFlowProvider();
    ~SessionFlowProvider() override;

    /** The member below, on the same machine, and the name under which the user registers there. */
    void SetUnderlay(Ptr<LayerMember> member, std::string process);

    /** Keeps a flow to \p peer, a process registered in the layer below. */
    void Connect(const std::string& peer);

    /** Ends the flow to \p peer. */
    void Disconnect(const std::string& peer);

    Ptr<LayerMember> GetUnderlay() const;

    /** The name under which the user is registered below. */
    const std::string& GetProcess() const;

    /** The flow to \p peer; NO_PORT while there is none. */
    PortId GetPort(const std::string& peer) const;

    /** The peers to which there are flows, in order. */
    std::vector<std::string> GetPeers() const;

    bool Send(PortId port, const Bytes& pdu, uint8_t slice) override;

  protected:
    void DoDispose() override;

  private:
    struct Flow
    {
        std::set<uint32_t> sessions; //!< that stand; more than one if both ends opened theirs
        uint32_t current{0};         //!< the one to send on; 0: none
        uint32_t opening{0};         //!< the one that the peer has not accepted yet; 0: none
        bool asked{false};           //!< the member below was asked for one that does not stand yet
        PortId port{0};              //!< valid while one stands
        bool wanted{false};          //!< by Connect: opened again when it ends
        EventId retry;
    };

    void DoStart() override;
    void DoStop() override;
    void OnNotice(const Notice& notice);
    void OnDelivery(const DeliverEffect& delivery);
    void OpenWanted();
    void Open(const std::string& peer);
    void OpenAgain(const std::string& peer);
    void Up(const std::string& peer, uint32_t session);
    void Ended(const SessionEndedNotice& ended);
    uint32_t Mtu() const;

    Ptr<LayerMember> m_underlay;
    std::string m_process;
    bool m_reliable{false};
    Time m_bound;
    Time m_retryInterval;
    uint8_t m_slice{0};
    uint32_t m_cost{1};
    uint32_t m_mtu{0};
    uint64_t m_rate{0};
    bool m_listening{false};                 //!< to the underlay's traces
    std::map<std::string, Flow> m_flows;     //!< by peer
    std::deque<std::string> m_asked;         //!< peers for which no session has a number yet
    std::map<uint32_t, std::string> m_peers; //!< by session, those being opened included
    std::map<PortId, std::string> m_ports;   //!< the peer behind each flow
    Bytes m_buffer;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_SESSION_FLOW_PROVIDER_H */
