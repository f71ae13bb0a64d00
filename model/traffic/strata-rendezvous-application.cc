// SPDX-License-Identifier: GPL-2.0-only

#include "strata-rendezvous-application.h"

#include "strata-endpoint-text.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv6.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/udp-socket-factory.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <sstream>

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(RendezvousServer);
NS_OBJECT_ENSURE_REGISTERED(RendezvousPeer);

namespace
{

/** Peers that a server knows at most. */
constexpr std::size_t MOST_GUESTS = 10'000;

/** Addresses that a peer sends to at most. */
constexpr std::size_t MOST_TARGETS = 8;

/** After so many silent intervals nothing comes any more. */
constexpr int64_t SILENCE = 4;

/** The words of a datagram. */
std::vector<std::string>
Words(Ptr<const Packet> packet)
{
    std::string text(packet->GetSize(), '\0');
    packet->CopyData(reinterpret_cast<uint8_t*>(&text[0]), packet->GetSize());
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; words.size() < 8 && stream >> word;)
    {
        words.push_back(word);
    }
    return words;
}

Ptr<Packet>
Datagram(const std::string& text)
{
    return Create<Packet>(reinterpret_cast<const uint8_t*>(text.data()),
                          static_cast<uint32_t>(text.size()));
}

/** The number in \p word; 0 if it is none. */
uint32_t
Number(const std::string& word)
{
    const bool digits = !word.empty() && word.size() < 10 &&
                        word.find_first_not_of("0123456789") == std::string::npos;
    return digits ? static_cast<uint32_t>(std::stoul(word)) : 0;
}

} // namespace

TypeId
RendezvousServer::GetTypeId()
{
    static TypeId tid = TypeId("ns3::strata::RendezvousServer")
                            .SetParent<TrafficApplication>()
                            .SetGroupName("Strata")
                            .AddConstructor<RendezvousServer>()
                            .AddAttribute("Port",
                                          "Where peers ask",
                                          UintegerValue(40000),
                                          MakeUintegerAccessor(&RendezvousServer::m_port),
                                          MakeUintegerChecker<uint16_t>(1));
    return tid;
}

void
RendezvousServer::DoDispose()
{
    StopApplication();
    TrafficApplication::DoDispose();
}

void
RendezvousServer::StartApplication()
{
    std::vector<Address> locals{InetSocketAddress(Ipv4Address::GetAny(), m_port)};
    if (GetNode()->GetObject<Ipv6>())
    {
        locals.push_back(Inet6SocketAddress(Ipv6Address::GetAny(), m_port));
    }
    for (const Address& local : locals)
    {
        Ptr<Socket> socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
        NS_ABORT_MSG_UNLESS(socket->Bind(local) == 0,
                            "RendezvousServer: port " << m_port << " is in use");
        socket->SetRecvCallback(MakeCallback(&RendezvousServer::OnReceive, this));
        m_sockets.push_back(socket);
    }
}

void
RendezvousServer::StopApplication()
{
    for (const Ptr<Socket>& socket : m_sockets)
    {
        socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        socket->Close();
    }
    m_sockets.clear();
}

void
RendezvousServer::OnReceive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        const std::vector<std::string> words = Words(packet);
        if (words.size() != 4 || words[0] != "HERE" ||
            (m_guests.size() >= MOST_GUESTS && m_guests.count(words[1]) == 0))
        {
            continue;
        }
        m_guests[words[1]] = {words[3], from};
        const auto peer = m_guests.find(words[2]);
        if (peer != m_guests.end())
        {
            socket->SendTo(Datagram("PEER " + peer->first + " " + peer->second.own + " " +
                                    EndpointText(peer->second.seen) + "\n"),
                           0,
                           from);
        }
    }
}

TypeId
RendezvousPeer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::RendezvousPeer")
            .SetParent<TrafficApplication>()
            .SetGroupName("Strata")
            .AddConstructor<RendezvousPeer>()
            .AddAttribute("Server",
                          "The rendezvous server, as ADDRESS:PORT or [ADDRESS]:PORT",
                          StringValue(""),
                          MakeStringAccessor(&RendezvousPeer::m_server),
                          MakeStringChecker())
            .AddAttribute("Name",
                          "Of this peer, without spaces",
                          StringValue("alice"),
                          MakeStringAccessor(&RendezvousPeer::m_name),
                          MakeStringChecker())
            .AddAttribute("Peer",
                          "Name of the other one",
                          StringValue("bob"),
                          MakeStringAccessor(&RendezvousPeer::m_peer),
                          MakeStringChecker())
            .AddAttribute("Port",
                          "Of this peer",
                          UintegerValue(5544),
                          MakeUintegerAccessor(&RendezvousPeer::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Address",
                          "Which address of the peer to use: own, that it says it has; seen, that "
                          "its datagrams come from; or both",
                          StringValue("seen"),
                          MakeStringAccessor(&RendezvousPeer::m_address),
                          MakeStringChecker())
            .AddAttribute("Calls",
                          "Whether it sends without having heard from the peer",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RendezvousPeer::m_calls),
                          MakeBooleanChecker())
            .AddAttribute("Adopts",
                          "Whether it also sends to where the peer's moves come from (RFC 5128 "
                          "section 3.3); a telephone that keeps to what signalling said does not",
                          BooleanValue(true),
                          MakeBooleanAccessor(&RendezvousPeer::m_adopts),
                          MakeBooleanChecker())
            .AddAttribute("Interval",
                          "From one move to the next",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&RendezvousPeer::m_interval),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Length",
                          "Of the game",
                          TimeValue(Seconds(20)),
                          MakeTimeAccessor(&RendezvousPeer::m_length),
                          MakeTimeChecker(NanoSeconds(1)));
    return tid;
}

uint32_t
RendezvousPeer::GetMoves() const
{
    return m_moves;
}

uint32_t
RendezvousPeer::GetHeard() const
{
    return m_heard;
}

uint32_t
RendezvousPeer::GetHeardByPeer() const
{
    return m_heardByPeer;
}

void
RendezvousPeer::DoDispose()
{
    m_register.Cancel();
    m_move.Cancel();
    m_end.Cancel();
    if (m_socket)
    {
        m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
        m_socket = nullptr;
    }
    TrafficApplication::DoDispose();
}

void
RendezvousPeer::StartApplication()
{
    NS_ABORT_MSG_UNLESS(m_address == "own" || m_address == "seen" || m_address == "both",
                        "RendezvousPeer Address: own, seen or both, not " << m_address);
    m_socket = Socket::CreateSocket(GetNode(), UdpSocketFactory::GetTypeId());
    const Address server = EndpointOf(m_server, "RendezvousPeer Server");
    NS_ABORT_MSG_UNLESS(m_socket->Bind(AnyLike(server, m_port)) == 0,
                        "RendezvousPeer: port " << m_port << " is in use");
    m_socket->SetRecvCallback(MakeCallback(&RendezvousPeer::OnReceive, this));
    m_end = Simulator::Schedule(m_length, &RendezvousPeer::StopApplication, this);
    Register();
}

void
RendezvousPeer::StopApplication()
{
    m_register.Cancel();
    m_move.Cancel();
    m_end.Cancel();
    if (!IsPending())
    {
        return;
    }
    const Time since = Simulator::Now() - m_interval * SILENCE;
    const bool hears = m_heard > 0 && m_lastHeard >= since;
    const bool isHeard = m_heardByPeer > 0 && m_lastHeardByPeer >= since;
    Judge(hears && isHeard                   ? TrafficVerdict::WORKS
          : m_heard > 0 && m_heardByPeer > 0 ? TrafficVerdict::BROKEN
                                             : TrafficVerdict::NO_ANSWER,
          !m_found ? "the server does not tell of the peer"
                   : "hears " + std::to_string(m_heard) + " moves, is heard " +
                         std::to_string(m_heardByPeer));
}

void
RendezvousPeer::Register()
{
    const Address server = EndpointOf(m_server, "RendezvousPeer Server");
    const std::optional<Address> own = SourceTowards(GetNode(), server, m_port);
    if (own)
    {
        Say("HERE " + m_name + " " + m_peer + " " + EndpointText(*own) + "\n", server);
    }
    m_register = Simulator::Schedule(Seconds(1), &RendezvousPeer::Register, this);
}

void
RendezvousPeer::OnReceive(Ptr<Socket> socket)
{
    Address from;
    while (Ptr<Packet> packet = socket->RecvFrom(from))
    {
        const std::vector<std::string> words = Words(packet);
        if (words.size() != 4 || words[1] != m_peer)
        {
            // Perhaps this host's own move, if the peer's private address is also its own.
            continue;
        }
        if (words[0] == "PEER" && from == EndpointOf(m_server, "RendezvousPeer Server"))
        {
            OnPeer(words[2], words[3]);
        }
        else if (words[0] == "MOVE")
        {
            OnMove(from, Number(words[3]));
        }
    }
}

void
RendezvousPeer::OnPeer(const std::string& own, const std::string& seen)
{
    m_register.Cancel();
    if (m_found)
    {
        return;
    }
    m_found = true;
    if (m_calls)
    {
        for (const auto& [use, text] :
             {std::pair(m_address != "seen", own), std::pair(m_address != "own", seen)})
        {
            const std::optional<Address> target = ParseEndpoint(text);
            if (use && target)
            {
                AddTarget(*target);
            }
        }
    }
}

void
RendezvousPeer::OnMove(const Address& from, uint32_t heard)
{
    ++m_heard;
    m_lastHeard = Simulator::Now();
    if (heard > m_heardByPeer)
    {
        m_heardByPeer = heard;
        m_lastHeardByPeer = Simulator::Now();
    }
    if (m_adopts)
    {
        AddTarget(from);
    }
}

void
RendezvousPeer::AddTarget(const Address& target)
{
    if (m_targets.size() < MOST_TARGETS &&
        std::find(m_targets.begin(), m_targets.end(), target) == m_targets.end())
    {
        m_targets.push_back(target);
    }
    if (!m_move.IsRunning() && IsPending())
    {
        Move();
    }
}

void
RendezvousPeer::Move()
{
    ++m_moves;
    for (const Address& target : m_targets)
    {
        Say("MOVE " + m_name + " " + std::to_string(m_moves) + " " + std::to_string(m_heard) + "\n",
            target);
    }
    m_move = Simulator::Schedule(m_interval, &RendezvousPeer::Move, this);
}

void
RendezvousPeer::Say(const std::string& text, const Address& to)
{
    m_socket->SendTo(Datagram(text), 0, to);
}

} // namespace strata
} // namespace ns3
