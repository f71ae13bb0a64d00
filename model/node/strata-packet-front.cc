// SPDX-License-Identifier: GPL-2.0-only

#include "strata-packet-front.h"

#include "strata-grant.h"

namespace ns3
{
namespace strata
{

namespace
{

STRATA_GRANT(Metadata, Packet::m_metadata)

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
