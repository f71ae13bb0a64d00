// SPDX-License-Identifier: GPL-2.0-only

#include "strata-raw-sockets.h"

#include "ns3/ipv4-raw-socket-impl.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

namespace
{

/**
 * The list of raw sockets is private and has no accessor. An explicit instantiation may name
 * private members ([temp.spec.general]), which gives a way to read it that the language knows.
 */
template <auto MEMBER>
struct RawSocketList
{
    friend const auto& SocketsOf(const Ipv4L3Protocol& ipv4)
    {
        return ipv4.*MEMBER;
    }
};

const auto& SocketsOf(const Ipv4L3Protocol& ipv4);

template struct RawSocketList<&Ipv4L3Protocol::m_sockets>;

} // namespace

bool
HasRawSocket(const Ipv4L3Protocol& ipv4, uint8_t protocol)
{
    for (const auto& socket : SocketsOf(ipv4))
    {
        UintegerValue wanted;
        socket->GetAttribute("Protocol", wanted);
        if (wanted.Get() == protocol)
        {
            return true;
        }
    }
    return false;
}

} // namespace strata
} // namespace ns3
