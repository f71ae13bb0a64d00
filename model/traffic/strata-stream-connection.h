// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_STREAM_CONNECTION_H
#define STRATA_STREAM_CONNECTION_H

#include "ns3/address.h"
#include "ns3/event-id.h"
#include "ns3/node.h"
#include "ns3/socket.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-socket-base.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** How a TCP connection ended, as its user sees it. */
enum class StreamEnd : uint8_t
{
    CLOSED,    //!< by the other side, in order or by a reset
    REFUSED,   //!< a reset answered the first segment
    NO_ANSWER, //!< nothing answered the first segment
    BROKEN,    //!< what was sent last was never acknowledged
};

/** What a connection calls; each may be empty. None may destroy the connection. */
struct StreamHandler
{
    std::function<void()> open;
    std::function<void(const std::string&)> line; //!< without its CR LF or LF
    std::function<void(const std::string&)> data; //!< once ReadData() was called
    std::function<void(StreamEnd)> end;           //!< at most once
};

/**
 * A TCP connection over a stock socket, for protocols that speak in lines: it keeps what the
 * socket has no room for, and cuts what comes into lines.
 *
 * Who destroys one that has not ended leaves its socket open; Drop() comes before.
 */
class StreamConnection
{
  public:
    /** Octets of a line at most; a longer one ends the connection. */
    static constexpr std::size_t LONGEST_LINE = 8192;

    /** Opens a connection to \p remote, from \p local if it is given. */
    StreamConnection(Ptr<Node> node,
                     const Address& remote,
                     StreamHandler handler,
                     const std::optional<Address>& local = std::nullopt);
    /** Takes one that a listener accepted. */
    StreamConnection(Ptr<Socket> accepted, StreamHandler handler);
    ~StreamConnection();

    StreamConnection(const StreamConnection&) = delete;
    StreamConnection& operator=(const StreamConnection&) = delete;

    void Write(const std::string& text);

    /** From now on octets are not cut into lines. */
    void ReadData();

    /**
     * Sends what was written, then says that there is no more; the handler hears nothing.
     *
     * \param done called once the socket has all of it; not if the connection ends before
     */
    void Close(std::function<void()> done = nullptr);

    /** Gives it up at once, with what the socket has not yet taken; the handler hears nothing. */
    void Drop();

    bool HasEnded() const
    {
        return m_ended;
    }

    /** This side of it. */
    Address Local() const;
    Address Remote() const;

  private:
    void Attach();
    void Detach();
    void OnConnected(Ptr<Socket> socket);
    void OnNotConnected(Ptr<Socket> socket);
    void OnSegment(Ptr<const Packet> data,
                   const TcpHeader& header,
                   Ptr<const TcpSocketBase> socket);
    void OnReceive(Ptr<Socket> socket);
    void OnRoom(Ptr<Socket> socket, uint32_t room);
    void OnClosed(Ptr<Socket> socket);
    void OnError(Ptr<Socket> socket);
    void Pump();
    void Deliver();
    void End(StreamEnd end);

    Ptr<Socket> m_socket;
    StreamHandler m_handler;
    std::function<void()> m_done;
    std::string m_out;
    std::size_t m_sent{0}; //!< of m_out
    EventId m_refused;
    std::string m_in;
    bool m_open{false};
    bool m_raw{false};
    bool m_closing{false};
    bool m_ended{false};
};

/** Waits for TCP connections to a port, by IPv4 and, on nodes that have it, IPv6. */
class StreamListener
{
  public:
    using Accepted = std::function<void(Ptr<Socket>)>;

    StreamListener() = default;
    ~StreamListener();

    StreamListener(const StreamListener&) = delete;
    StreamListener& operator=(const StreamListener&) = delete;

    /**
     * \param port 0 for any that is free
     * \return whether the port was free
     */
    bool Listen(Ptr<Node> node, uint16_t port, Accepted accepted);
    void Close();

    uint16_t GetPort() const;

  private:
    bool Add(Ptr<Node> node, const Address& local);
    void OnAccepted(Ptr<Socket> socket, const Address& from);

    std::vector<Ptr<Socket>> m_sockets;
    Accepted m_accepted;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_STREAM_CONNECTION_H */
