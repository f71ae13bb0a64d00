// SPDX-License-Identifier: GPL-2.0-only

#include "strata-http-application.h"

#include "strata-endpoint-text.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cctype>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(HttpServer);
NS_OBJECT_ENSURE_REGISTERED(HttpClient);

namespace
{

/** Octets of a page at most: what a client keeps, whatever a server promises. */
constexpr std::size_t LARGEST_PAGE = 16 << 20;

/** The value of the field \p name in \p line, if it is that field (RFC 9112 section 5). */
std::string
FieldValue(const std::string& line, const std::string& name)
{
    const std::size_t colon = line.find(':');
    const bool same = colon == name.size() &&
                      std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
                          return std::tolower(static_cast<unsigned char>(a)) ==
                                 std::tolower(static_cast<unsigned char>(b));
                      });
    const std::size_t begin = same ? line.find_first_not_of(" \t", colon + 1) : std::string::npos;
    return begin == std::string::npos ? "" : line.substr(begin);
}

/** The number in front of \p text; 0 if there is none or it is too large for a page. */
std::size_t
LeadingNumber(const std::string& text)
{
    std::size_t number = 0;
    for (const char c : text)
    {
        if (c < '0' || c > '9')
        {
            break;
        }
        number = number * 10 + static_cast<std::size_t>(c - '0');
        if (number > LARGEST_PAGE)
        {
            return 0;
        }
    }
    return number;
}

} // namespace

TypeId
HttpServer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::HttpServer")
            .SetParent<TrafficApplication>()
            .SetGroupName("Strata")
            .AddConstructor<HttpServer>()
            .AddAttribute("Port",
                          "Where it waits for connections",
                          UintegerValue(80),
                          MakeUintegerAccessor(&HttpServer::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Page",
                          "What the page says",
                          StringValue("<html><body>It works.</body></html>"),
                          MakeStringAccessor(&HttpServer::m_page),
                          MakeStringChecker())
            .AddAttribute("Size",
                          "Octets of the page at least; spaces stand behind what it says",
                          UintegerValue(0),
                          MakeUintegerAccessor(&HttpServer::m_size),
                          MakeUintegerChecker<uint32_t>(0, LARGEST_PAGE))
            .AddTraceSource("Request",
                            "The client, as the server sees it, and what it asks for",
                            MakeTraceSourceAccessor(&HttpServer::m_request),
                            "ns3::strata::HttpServer::RequestTracedCallback");
    return tid;
}

void
HttpServer::DoDispose()
{
    m_listener.Close();
    m_visits.clear();
    TrafficApplication::DoDispose();
}

void
HttpServer::StartApplication()
{
    const bool free =
        m_listener.Listen(GetNode(), m_port, [this](Ptr<Socket> socket) { Accept(socket); });
    NS_ABORT_MSG_UNLESS(free, "HttpServer: port " << m_port << " is in use");
}

void
HttpServer::StopApplication()
{
    m_listener.Close();
}

void
HttpServer::Accept(Ptr<Socket> socket)
{
    m_visits.remove_if([](const Visit& visit) { return visit.connection->HasEnded(); });
    Visit& visit = m_visits.emplace_back();
    StreamHandler handler;
    handler.line = [this, &visit](const std::string& line) { OnLine(visit, line); };
    visit.connection = std::make_unique<StreamConnection>(socket, handler);
}

void
HttpServer::OnLine(Visit& visit, const std::string& line)
{
    if (visit.request.empty())
    {
        visit.request = line;
        return;
    }
    if (!line.empty())
    {
        return;
    }
    const bool get = visit.request.compare(0, 4, "GET ") == 0;
    const std::string body = get ? m_page + std::string(m_size > m_page.size() //
                                                            ? m_size - m_page.size()
                                                            : 0,
                                                        ' ')
                                 : "";
    if (get)
    {
        const std::size_t end = visit.request.find(' ', 4);
        m_request(visit.connection->Remote(), visit.request.substr(4, end - 4));
    }
    visit.connection->Write((get ? "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                                 : "HTTP/1.1 501 Not Implemented\r\n") +
                            ("Content-Length: " + std::to_string(body.size())) +
                            "\r\nConnection: close\r\n\r\n" + body);
    visit.connection->Close();
}

TypeId
HttpClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::HttpClient")
                            .SetParent<TrafficApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<HttpClient>()
                            .AddAttribute("Remote",
                                          "The server, as ADDRESS:PORT or [ADDRESS]:PORT",
                                          StringValue(""),
                                          MakeStringAccessor(&HttpClient::m_remote),
                                          MakeStringChecker())
                            .AddAttribute("Host",
                                          "The name of the server; its address if empty",
                                          StringValue(""),
                                          MakeStringAccessor(&HttpClient::m_host),
                                          MakeStringChecker())
                            .AddAttribute("Target",
                                          "What is asked for",
                                          StringValue("/"),
                                          MakeStringAccessor(&HttpClient::m_target),
                                          MakeStringChecker())
                            .AddAttribute("Count",
                                          "How often",
                                          UintegerValue(1),
                                          MakeUintegerAccessor(&HttpClient::m_count),
                                          MakeUintegerChecker<uint32_t>(1))
                            .AddAttribute("Interval",
                                          "From one request to the next",
                                          TimeValue(Seconds(2)),
                                          MakeTimeAccessor(&HttpClient::m_interval),
                                          MakeTimeChecker(NanoSeconds(1)))
                            .AddAttribute("Patience",
                                          "How long to wait for a page",
                                          TimeValue(Seconds(20)),
                                          MakeTimeAccessor(&HttpClient::m_patience),
                                          MakeTimeChecker(NanoSeconds(1)))
                            .AddTraceSource("Page",
                                            "The status and the body of each page that came whole",
                                            MakeTraceSourceAccessor(&HttpClient::m_page),
                                            "ns3::strata::HttpClient::PageTracedCallback");
    return tid;
}

void
HttpClient::DoDispose()
{
    m_next.Cancel();
    m_giveUp.Cancel();
    m_connection.reset();
    TrafficApplication::DoDispose();
}

void
HttpClient::StartApplication()
{
    Poll();
}

void
HttpClient::StopApplication()
{
    m_next.Cancel();
    if (m_busy)
    {
        m_polls = m_count;
        Finish(false);
    }
}

void
HttpClient::Poll()
{
    ++m_polls;
    m_busy = true;
    m_status = 0;
    m_length = 0;
    m_body.clear();
    const Address remote = EndpointOf(m_remote, "HttpClient Remote");
    StreamHandler handler;
    handler.line = [this](const std::string& line) { OnLine(line); };
    handler.data = [this](const std::string& data) { OnData(data); };
    handler.end = [this](StreamEnd end) { OnEnd(end); };
    if (m_connection)
    {
        m_connection->Close();
    }
    m_connection = std::make_unique<StreamConnection>(GetNode(), remote, handler);
    const bool v6 = m_host.empty() && m_remote.front() == '[';
    const std::string host = m_host.empty() ? EndpointHost(remote) : m_host;
    m_connection->Write("GET " + m_target + " HTTP/1.1\r\nHost: " + (v6 ? "[" : "") + host +
                        (v6 ? "]" : "") + "\r\nConnection: close\r\n\r\n");
    m_giveUp = Simulator::Schedule(m_patience, &HttpClient::Finish, this, false);
}

void
HttpClient::OnLine(const std::string& line)
{
    if (m_status == 0)
    {
        const std::size_t space = line.find(' ');
        m_status = space == std::string::npos
                       ? 0
                       : static_cast<uint32_t>(LeadingNumber(line.substr(space + 1)));
        return;
    }
    const std::string length = FieldValue(line, "Content-Length");
    if (!length.empty())
    {
        m_length = LeadingNumber(length);
    }
    if (line.empty())
    {
        m_connection->ReadData();
        if (m_busy && m_length == 0)
        {
            Finish(true);
        }
    }
}

void
HttpClient::OnData(const std::string& data)
{
    if (!m_busy)
    {
        return;
    }
    m_body += data;
    if (m_body.size() >= m_length)
    {
        m_body.resize(m_length);
        Finish(true);
    }
}

void
HttpClient::OnEnd(StreamEnd end)
{
    m_refused = m_refused || end == StreamEnd::REFUSED;
    if (m_busy)
    {
        Finish(false);
    }
}

void
HttpClient::Finish(bool whole)
{
    m_busy = false;
    m_giveUp.Cancel();
    m_pages += whole;
    if (whole)
    {
        m_page(m_status, m_body);
    }
    if (m_polls < m_count)
    {
        m_next = Simulator::Schedule(m_interval, &HttpClient::Poll, this);
        return;
    }
    const std::string detail =
        std::to_string(m_pages) + " of " + std::to_string(m_count) + " pages";
    Judge(whole         ? TrafficVerdict::WORKS
          : m_pages > 0 ? TrafficVerdict::BROKEN
          : m_refused   ? TrafficVerdict::REFUSED
                        : TrafficVerdict::NO_ANSWER,
          detail);
}

} // namespace strata
} // namespace ns3
