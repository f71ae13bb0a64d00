// SPDX-License-Identifier: GPL-2.0-only

#include "strata-message-application.h"

#include "strata-endpoint-text.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(MessageServer);
NS_OBJECT_ENSURE_REGISTERED(MessageClient);

TypeId
MessageServer::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::MessageServer")
                            .SetParent<TrafficApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<MessageServer>()
                            .AddAttribute("Port",
                                          "Where it waits for connections",
                                          UintegerValue(5555),
                                          MakeUintegerAccessor(&MessageServer::m_port),
                                          MakeUintegerChecker<uint16_t>(1))
                            .AddAttribute("Count",
                                          "Messages to each client",
                                          UintegerValue(10),
                                          MakeUintegerAccessor(&MessageServer::m_count),
                                          MakeUintegerChecker<uint32_t>(1))
                            .AddAttribute("Interval",
                                          "From one message to the next",
                                          TimeValue(Seconds(1)),
                                          MakeTimeAccessor(&MessageServer::m_interval),
                                          MakeTimeChecker(NanoSeconds(1)));
    return tid;
}

void
MessageServer::DoDispose()
{
    m_listener.Close();
    Forget();
    TrafficApplication::DoDispose();
}

void
MessageServer::Forget()
{
    for (Guest& guest : m_guests)
    {
        guest.next.Cancel();
    }
    m_guests.clear();
}

void
MessageServer::StartApplication()
{
    const bool free =
        m_listener.Listen(GetNode(), m_port, [this](Ptr<Socket> socket) { Accept(socket); });
    NS_ABORT_MSG_UNLESS(free, "MessageServer: port " << m_port << " is in use");
}

void
MessageServer::StopApplication()
{
    m_listener.Close();
    Forget();
}

void
MessageServer::Accept(Ptr<Socket> socket)
{
    Guest& guest = m_guests.emplace_back();
    StreamHandler handler;
    handler.end = [&guest](StreamEnd) { guest.next.Cancel(); };
    guest.connection = std::make_unique<StreamConnection>(socket, handler);
    Tell(&guest);
}

void
MessageServer::Tell(Guest* guest)
{
    guest->connection->Write("message " + std::to_string(++guest->told) + "\r\n");
    if (guest->told < m_count)
    {
        guest->next = Simulator::Schedule(m_interval, &MessageServer::Tell, this, guest);
    }
}

TypeId
MessageClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::MessageClient")
                            .SetParent<TrafficApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<MessageClient>()
                            .AddAttribute("Remote",
                                          "The server, as ADDRESS:PORT or [ADDRESS]:PORT",
                                          StringValue(""),
                                          MakeStringAccessor(&MessageClient::m_remote),
                                          MakeStringChecker())
                            .AddAttribute("Count",
                                          "Messages that are awaited",
                                          UintegerValue(10),
                                          MakeUintegerAccessor(&MessageClient::m_count),
                                          MakeUintegerChecker<uint32_t>(1))
                            .AddAttribute("KeepAlive",
                                          "From one empty line to the next; 0 for none",
                                          TimeValue(Seconds(0)),
                                          MakeTimeAccessor(&MessageClient::m_keepAlive),
                                          MakeTimeChecker(Seconds(0)))
                            .AddAttribute("Patience",
                                          "How long to wait for all messages",
                                          TimeValue(Seconds(60)),
                                          MakeTimeAccessor(&MessageClient::m_patience),
                                          MakeTimeChecker(NanoSeconds(1)))
                            .AddTraceSource("Message",
                                            "How many messages there are when one comes",
                                            MakeTraceSourceAccessor(&MessageClient::m_message),
                                            "ns3::strata::MessageClient::MessageTracedCallback");
    return tid;
}

void
MessageClient::DoDispose()
{
    m_beat.Cancel();
    m_giveUp.Cancel();
    m_connection.reset();
    TrafficApplication::DoDispose();
}

void
MessageClient::StartApplication()
{
    StreamHandler handler;
    handler.line = [this](const std::string& line) { OnLine(line); };
    handler.end = [this](StreamEnd end) { OnEnd(end); };
    m_connection = std::make_unique<StreamConnection>(GetNode(),
                                                      EndpointOf(m_remote, "MessageClient Remote"),
                                                      handler);
    m_giveUp = Simulator::Schedule(m_patience, &MessageClient::StopApplication, this);
    if (m_keepAlive.IsStrictlyPositive())
    {
        m_beat = Simulator::Schedule(m_keepAlive, &MessageClient::KeepAlive, this);
    }
}

void
MessageClient::StopApplication()
{
    Conclude(m_heard > 0 ? TrafficVerdict::BROKEN : TrafficVerdict::NO_ANSWER, ", then silence");
}

void
MessageClient::OnLine(const std::string& line)
{
    if (line.compare(0, 8, "message ") != 0)
    {
        return;
    }
    m_message(++m_heard);
    if (m_heard == m_count)
    {
        Conclude(TrafficVerdict::WORKS, "");
    }
}

void
MessageClient::OnEnd(StreamEnd end)
{
    const bool refused = end == StreamEnd::REFUSED;
    Conclude(m_heard > 0 ? TrafficVerdict::BROKEN
             : refused   ? TrafficVerdict::REFUSED
                         : TrafficVerdict::NO_ANSWER,
             end == StreamEnd::BROKEN || end == StreamEnd::NO_ANSWER ? ", then silence"
                                                                     : ", then a reset");
}

void
MessageClient::KeepAlive()
{
    m_connection->Write("\r\n");
    m_beat = Simulator::Schedule(m_keepAlive, &MessageClient::KeepAlive, this);
}

void
MessageClient::Conclude(TrafficVerdict verdict, const std::string& how)
{
    m_beat.Cancel();
    m_giveUp.Cancel();
    if (!IsPending())
    {
        return;
    }
    Judge(verdict, std::to_string(m_heard) + " of " + std::to_string(m_count) + " messages" + how);
    m_connection->Close();
}

} // namespace strata
} // namespace ns3
