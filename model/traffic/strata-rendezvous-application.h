// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_RENDEZVOUS_APPLICATION_H
#define STRATA_RENDEZVOUS_APPLICATION_H

#include "strata-traffic-application.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/socket.h"

#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/**
 * Where peers meet (RFC 5128 section 3.3: the rendezvous server): it tells each peer two addresses
 * of the other, the one that the other says it has, and the one that its datagrams come from.
 *
 * The protocol is UDP with a line of text a datagram: "HERE me you own", answered by
 * "PEER you own seen" once both are there.
 */
class RendezvousServer : public TrafficApplication
{
  public:
    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

  private:
    struct Guest
    {
        std::string own;
        Address seen;
    };

    void StartApplication() override;
    void StopApplication() override;
    void OnReceive(Ptr<Socket> socket);

    uint16_t m_port;
    std::vector<Ptr<Socket>> m_sockets;
    std::map<std::string, Guest> m_guests;
};

/**
 * A player of a game between two hosts, or a telephone. It asks a RendezvousServer where its peer
 * is, and both send each other moves; it WORKS if moves go both ways, and still do in the end.
 */
class RendezvousPeer : public TrafficApplication
{
  public:
    static TypeId GetTypeId();

    /** Moves that it made; each goes to every address that it knows of its peer. */
    uint32_t GetMoves() const;

    /** Moves that came from the peer. */
    uint32_t GetHeard() const;

    /** Of its own moves, how many came to the peer, as far as that said so. */
    uint32_t GetHeardByPeer() const;

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;
    void Register();
    void Move();
    void OnReceive(Ptr<Socket> socket);
    void OnPeer(const std::string& own, const std::string& seen);
    void OnMove(const Address& from, uint32_t heard);
    void AddTarget(const Address& target);
    void Say(const std::string& text, const Address& to);

    std::string m_server;
    std::string m_name;
    std::string m_peer;
    std::string m_address;
    uint16_t m_port;
    bool m_calls;
    bool m_adopts;
    Time m_interval;
    Time m_length;

    Ptr<Socket> m_socket;
    std::vector<Address> m_targets;
    EventId m_register;
    EventId m_move;
    EventId m_end;
    uint32_t m_moves{0};
    uint32_t m_heard{0};
    uint32_t m_heardByPeer{0};
    Time m_lastHeard;
    Time m_lastHeardByPeer;
    bool m_found{false}; //!< the server told of the peer
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_RENDEZVOUS_APPLICATION_H */
