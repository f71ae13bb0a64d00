// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_HTTP_APPLICATION_H
#define STRATA_HTTP_APPLICATION_H

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

/** A web server that answers each GET with a page (HTTP/1.1, RFC 9112), and closes. */
class HttpServer : public TrafficApplication
{
  public:
    /**
     * Signature of the trace source Request.
     *
     * \param [in] client where the request seems to come from
     * \param [in] target what is asked for
     */
    typedef void (*RequestTracedCallback)(const Address& client, const std::string& target);

    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

  private:
    struct Visit
    {
        std::unique_ptr<StreamConnection> connection;
        std::string request; //!< its first line
    };

    void StartApplication() override;
    void StopApplication() override;
    void Accept(Ptr<Socket> socket);
    void OnLine(Visit& visit, const std::string& line);

    uint16_t m_port;
    std::string m_page;
    uint32_t m_size;
    StreamListener m_listener;
    std::list<Visit> m_visits;
    TracedCallback<const Address&, const std::string&> m_request;
};

/**
 * A browser that asks for a page again and again, each time over a connection of its own: it
 * WORKS if the last page came.
 */
class HttpClient : public TrafficApplication
{
  public:
    /**
     * Signature of the trace source Page.
     *
     * \param [in] status of the response
     * \param [in] body the page
     */
    typedef void (*PageTracedCallback)(uint32_t status, const std::string& body);

    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;
    void Poll();
    void OnLine(const std::string& line);
    void OnData(const std::string& data);
    void OnEnd(StreamEnd end);
    void Finish(bool whole);

    std::string m_remote;
    std::string m_host;
    std::string m_target;
    uint32_t m_count;
    Time m_interval;
    Time m_patience;

    std::unique_ptr<StreamConnection> m_connection;
    EventId m_next;
    EventId m_giveUp;
    uint32_t m_polls{0};
    uint32_t m_pages{0};
    uint32_t m_status{0};
    std::size_t m_length{0}; //!< of the body
    std::string m_body;
    bool m_busy{false};
    bool m_refused{false};
    TracedCallback<uint32_t, const std::string&> m_page;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_HTTP_APPLICATION_H */
