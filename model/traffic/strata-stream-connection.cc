// SPDX-License-Identifier: GPL-2.0-only

#include "strata-stream-connection.h"

#include "strata-endpoint-text.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv6.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-factory.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

StreamConnection::StreamConnection(Ptr<Node> node,
                                   const Address& remote,
                                   StreamHandler handler,
                                   const std::optional<Address>& local)
    : m_socket(Socket::CreateSocket(node, TcpSocketFactory::GetTypeId())),
      m_handler(std::move(handler))
{
    Attach();
    const bool bound = local && m_socket->Bind(*local) == 0;
    if (local && !bound)
    {
        // The port is in use; another one is better than none.
        m_socket->Bind(AnyLike(remote, 0));
    }
    m_socket->SetConnectCallback(MakeCallback(&StreamConnection::OnConnected, this),
                                 MakeCallback(&StreamConnection::OnNotConnected, this));
    // A stock socket of ns-3.37 passes over the reset that refuses a connection.
    m_socket->TraceConnectWithoutContext("Rx", MakeCallback(&StreamConnection::OnSegment, this));
    m_socket->Connect(remote);
}

StreamConnection::StreamConnection(Ptr<Socket> accepted, StreamHandler handler)
    : m_socket(accepted),
      m_handler(std::move(handler)),
      m_open(true)
{
    Attach();
}

StreamConnection::~StreamConnection()
{
    Detach();
}

void
StreamConnection::Attach()
{
    m_socket->SetRecvCallback(MakeCallback(&StreamConnection::OnReceive, this));
    m_socket->SetSendCallback(MakeCallback(&StreamConnection::OnRoom, this));
    m_socket->SetCloseCallbacks(MakeCallback(&StreamConnection::OnClosed, this),
                                MakeCallback(&StreamConnection::OnError, this));
}

void
StreamConnection::Detach()
{
    m_refused.Cancel();
    m_socket->TraceDisconnectWithoutContext("Rx", MakeCallback(&StreamConnection::OnSegment, this));
    const auto nothing = MakeNullCallback<void, Ptr<Socket>>();
    m_socket->SetConnectCallback(nothing, nothing);
    m_socket->SetCloseCallbacks(nothing, nothing);
    m_socket->SetRecvCallback(nothing);
    m_socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, uint32_t>());
}

void
StreamConnection::Write(const std::string& text)
{
    if (m_ended || m_closing)
    {
        return;
    }
    m_out += text;
    Pump();
}

void
StreamConnection::ReadData()
{
    m_raw = true;
    Deliver();
}

void
StreamConnection::Close(std::function<void()> done)
{
    m_handler = StreamHandler();
    m_done = std::move(done);
    m_closing = true;
    if (!m_open)
    {
        m_out.clear();
        m_sent = 0;
    }
    Pump();
}

void
StreamConnection::Drop()
{
    m_handler = StreamHandler();
    m_done = nullptr;
    if (!m_ended)
    {
        m_ended = true;
        m_socket->Close();
    }
}

Address
StreamConnection::Local() const
{
    Address local;
    m_socket->GetSockName(local);
    return local;
}

Address
StreamConnection::Remote() const
{
    Address remote;
    m_socket->GetPeerName(remote);
    return remote;
}

void
StreamConnection::OnConnected(Ptr<Socket>)
{
    m_open = true;
    if (m_handler.open)
    {
        m_handler.open();
    }
    Pump();
}

void
StreamConnection::OnSegment(Ptr<const Packet>, const TcpHeader& header, Ptr<const TcpSocketBase>)
{
    if (!m_open && (header.GetFlags() & TcpHeader::RST) != 0)
    {
        // Not while the socket handles it.
        m_refused = Simulator::ScheduleNow(&StreamConnection::End, this, StreamEnd::REFUSED);
    }
}

void
StreamConnection::OnNotConnected(Ptr<Socket>)
{
    End(StreamEnd::NO_ANSWER);
}

void
StreamConnection::OnReceive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        if (packet->GetSize() == 0)
        {
            break;
        }
        std::string text(packet->GetSize(), '\0');
        packet->CopyData(reinterpret_cast<uint8_t*>(&text[0]), packet->GetSize());
        m_in += text;
    }
    Deliver();
}

void
StreamConnection::OnRoom(Ptr<Socket>, uint32_t)
{
    Pump();
}

void
StreamConnection::OnClosed(Ptr<Socket> socket)
{
    const StreamEnd end = m_open ? StreamEnd::CLOSED : StreamEnd::NO_ANSWER;
    if (m_open && !m_closing)
    {
        socket->Close();
    }
    End(end);
}

void
StreamConnection::OnError(Ptr<Socket>)
{
    End(m_open ? StreamEnd::BROKEN : StreamEnd::NO_ANSWER);
}

void
StreamConnection::Pump()
{
    while (m_open && !m_ended && m_sent < m_out.size())
    {
        const std::size_t size =
            std::min<std::size_t>(m_out.size() - m_sent, m_socket->GetTxAvailable());
        if (size == 0)
        {
            return;
        }
        const auto* bytes = reinterpret_cast<const uint8_t*>(m_out.data() + m_sent);
        const int taken = m_socket->Send(Create<Packet>(bytes, static_cast<uint32_t>(size)), 0);
        if (taken <= 0)
        {
            return;
        }
        m_sent += static_cast<std::size_t>(taken);
    }
    if (m_sent == m_out.size())
    {
        m_out.clear();
        m_sent = 0;
        if (m_closing && !m_ended)
        {
            m_ended = true;
            m_socket->Close();
            if (m_done)
            {
                m_done();
            }
        }
    }
}

void
StreamConnection::Deliver()
{
    std::size_t begin = 0;
    while (!m_raw)
    {
        const std::size_t end = m_in.find('\n', begin);
        if (end == std::string::npos)
        {
            break;
        }
        std::string line = m_in.substr(begin, end - begin);
        begin = end + 1;
        if (!line.empty() && line.back() == '\r')
        {
            line.pop_back();
        }
        // The handler may put another in its place.
        const auto handle = m_handler.line;
        if (handle)
        {
            // What follows may be data: it has to stand in front when the handler asks for it.
            m_in.erase(0, begin);
            begin = 0;
            handle(line);
        }
    }
    m_in.erase(0, begin);
    if (m_raw && !m_in.empty())
    {
        const std::string data = std::move(m_in);
        m_in.clear();
        const auto handle = m_handler.data;
        if (handle)
        {
            handle(data);
        }
    }
    if (m_in.size() > LONGEST_LINE && !m_ended)
    {
        m_socket->Close();
        End(StreamEnd::CLOSED);
    }
}

void
StreamConnection::End(StreamEnd end)
{
    if (m_ended)
    {
        return;
    }
    m_ended = true;
    const auto handle = m_handler.end;
    if (handle)
    {
        handle(end);
    }
}

StreamListener::~StreamListener()
{
    Close();
}

bool
StreamListener::Listen(Ptr<Node> node, uint16_t port, Accepted accepted)
{
    Close();
    m_accepted = std::move(accepted);
    if (!Add(node, InetSocketAddress(Ipv4Address::GetAny(), port)))
    {
        return false;
    }
    return !node->GetObject<Ipv6>() ||
           Add(node, Inet6SocketAddress(Ipv6Address::GetAny(), GetPort()));
}

void
StreamListener::Close()
{
    for (const Ptr<Socket>& socket : m_sockets)
    {
        socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeNullCallback<void, Ptr<Socket>, const Address&>());
        socket->Close();
    }
    m_sockets.clear();
}

uint16_t
StreamListener::GetPort() const
{
    Address local;
    if (m_sockets.empty() || m_sockets.front()->GetSockName(local) != 0)
    {
        return 0;
    }
    return EndpointPort(local);
}

bool
StreamListener::Add(Ptr<Node> node, const Address& local)
{
    Ptr<Socket> socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
    if (socket->Bind(local) != 0 || socket->Listen() != 0)
    {
        return false;
    }
    socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                              MakeCallback(&StreamListener::OnAccepted, this));
    m_sockets.push_back(socket);
    return true;
}

void
StreamListener::OnAccepted(Ptr<Socket> socket, const Address&)
{
    if (m_accepted)
    {
        m_accepted(socket);
    }
}

} // namespace strata
} // namespace ns3
