// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_MESSAGE_APPLICATION_H
#define STRATA_MESSAGE_APPLICATION_H

#include "strata-stream-connection.h"
#include "strata-traffic-application.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <list>
#include <memory>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * A server that tells whoever connects by TCP something from time to time, as a chat or the
 * notices of a telephone do: one message at once, then one an interval.
 */
class MessageServer : public TrafficApplication
{
  public:
    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

  private:
    struct Guest
    {
        std::unique_ptr<StreamConnection> connection;
        uint32_t told{0};
        EventId next;
    };

    void StartApplication() override;
    void StopApplication() override;
    void Accept(Ptr<Socket> socket);
    void Tell(Guest* guest);
    void Forget();

    uint16_t m_port;
    uint32_t m_count;
    Time m_interval;
    StreamListener m_listener;
    std::list<Guest> m_guests;
};

/**
 * Connects to a MessageServer and keeps the connection: it WORKS if all messages come. With
 * KeepAlive it sends an empty line from time to time, so that nobody on the way forgets the
 * connection.
 */
class MessageClient : public TrafficApplication
{
  public:
    /**
     * Signature of the trace source Message.
     *
     * \param [in] count of the messages that came so far, this one among them
     */
    typedef void (*MessageTracedCallback)(uint32_t count);

    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;
    void OnLine(const std::string& line);
    void OnEnd(StreamEnd end);
    void KeepAlive();
    void Conclude(TrafficVerdict verdict, const std::string& how);

    std::string m_remote;
    uint32_t m_count;
    Time m_keepAlive;
    Time m_patience;

    std::unique_ptr<StreamConnection> m_connection;
    EventId m_beat;
    EventId m_giveUp;
    uint32_t m_heard{0};
    TracedCallback<uint32_t> m_message;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_MESSAGE_APPLICATION_H */
