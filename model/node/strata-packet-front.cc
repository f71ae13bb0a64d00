// SPDX-License-Identifier: GPL-2.0-only

#include "strata-packet-front.h"

namespace ns3
{
namespace strata
{

namespace
{

struct Metadata
{
    friend constexpr auto MemberOf(Metadata);
};

/**
 * A packet's metadata have no accessor. An explicit instantiation may name private members
 * ([temp.spec.general]); the friend that it defines hands out a pointer to one.
 */
template <class Name, auto MEMBER>
struct Grant
{
    friend constexpr auto MemberOf(Name)
    {
        return MEMBER;
    }
};

template struct Grant<Metadata, &Packet::m_metadata>;

void
OwnMetadata(Packet& packet)
{
    packet.*MemberOf(Metadata()) = PacketMetadata(packet.GetUid(), 0);
}

} // namespace

void
RemoveFront(Ptr<Packet> packet, uint32_t size)
{
    packet->RemoveAtStart(size);
    if (packet->GetSize() == 0)
    {
        OwnMetadata(*packet);
    }
}

void
AddFront(Ptr<Packet> packet, const Header& header)
{
    if (packet->GetSize() == 0)
    {
        OwnMetadata(*packet);
    }
    packet->AddHeader(header);
}

} // namespace strata
} // namespace ns3
