// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_QUEUE_CHECK_H
#define STRATA_IPV4_QUEUE_CHECK_H

#include "strata-icmp-protocol.h"
#include "strata-ipv4-drop-reason.h"

#include "ns3/nstime.h"
#include "ns3/queue-disc.h"
#include "ns3/strata-ipv4-hooks.h"

#include <map>
#include <optional>

namespace ns3
{
namespace strata
{

/**
 * What becomes of forwarded datagrams in the queues of a router: source quench for those that a
 * full queue drops (RFC 792), and a shorter life for those that wait long (RFC 791 section 3.2).
 * With both off, it is attached nowhere.
 *
 * Queues are queue discs and those of devices: a stock device tells of its own queue, any other one
 * by its trace MacTxDrop. Time is counted in queue discs alone.
 */
class Ipv4QueueCheck : public Ipv4HookElement
{
  public:
    static TypeId GetTypeId();

    void Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp);

    /** Whether sources hear of datagrams that a full queue dropped. */
    void SetSourceQuench(bool send);

    bool GetSourceQuench() const
    {
        return m_sourceQuench;
    }

    /** In what time a datagram that waits loses one of its time to live; 0: never. */
    void SetAgeInterval(Time interval);

    Time GetAgeInterval() const
    {
        return m_ageInterval;
    }

    /** Marks what is forwarded, so that it is known again in a queue. */
    HookVerdict Process(Ipv4HookPacket& packet) override;

  protected:
    void DoDispose() override;

  private:
    /** Is attached if there is something to do. */
    void Update();

    /** Listens to the queues of \p device. */
    void Watch(Ptr<NetDevice> device);
    void WatchDevice(Ptr<NetDevice> device);
    void WatchDisc(Ptr<QueueDisc> disc);

    void OnDiscDrop(Ptr<const QueueDiscItem> item);
    void OnDeviceDrop(Ptr<const Packet> frame);

    /** Carries out SendError() when the queue is done with its drop. */
    void Quench(Ipv4HookPacket packet);

    /** \return whether what leaves the queue disc now is sent */
    bool Age(Ptr<QueueDiscItem> item);

    /** What was forwarded here, if \p frame is it, behind its link-layer header. */
    std::optional<Ipv4HookPacket> Recognise(Ptr<const Packet> frame) const;

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<StrataIcmp> m_icmp;
    bool m_sourceQuench{false};
    Time m_ageInterval;
    bool m_watchesLayer{false}; //!< for devices that stop their sender and have no queue disc
    std::map<Ptr<NetDevice>, Ptr<QueueDisc>> m_watched; //!< with its root queue disc, if any
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_QUEUE_CHECK_H */
