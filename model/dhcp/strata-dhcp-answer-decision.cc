// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-answer-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t ALL_ONES = 0xffffffff;
constexpr std::size_t IP_AND_UDP = 28;
constexpr std::size_t MOST_MESSAGE = 1500 - IP_AND_UDP; // whatever a client says that it takes

/** Options in their order: what is asked for stands behind what every answer of its type has. */
void
PutOptions(DhcpMessage& message,
           const DhcpOptions& options,
           std::optional<DhcpMessageType> type,
           const DhcpRequest& request)
{
    DhcpOptions all;
    std::size_t limit = DhcpMessage::LEAST_SIZE; // BOOTP has 64 bytes (RFC 951)
    if (type)
    {
        all.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(*type));
        all.SetU32(DhcpOptionCode::SERVER_IDENTIFIER, request.arrival.localAddress);
        const auto seconds = options.U32(DhcpOptionCode::LEASE_TIME);
        if (seconds)
        {
            all.SetU32(DhcpOptionCode::LEASE_TIME, *seconds);
        }
        if (seconds && *seconds != DHCP_INFINITE_LEASE)
        {
            all.SetU32(DhcpOptionCode::RENEWAL_TIME, *seconds / 2);
            all.SetU32(DhcpOptionCode::REBINDING_TIME,
                       static_cast<uint32_t>(uint64_t{*seconds} * 7 / 8));
        }
        limit = DhcpMessage::COMMON_SIZE;
        if (const auto most = request.options.U16(DhcpOptionCode::MAX_MESSAGE_SIZE))
        {
            limit = std::clamp<std::size_t>(*most > IP_AND_UDP ? *most - IP_AND_UDP : 0,
                                            limit,
                                            MOST_MESSAGE);
        }
    }
    for (const DhcpOptions::Option& option : options.All())
    {
        if (!all.Has(static_cast<DhcpOptionCode>(option.code)))
        {
            all.Set(static_cast<DhcpOptionCode>(option.code), option.data);
        }
    }
    // RFC 6842: what names the client is given back; so is what the relay has added (RFC 3046).
    for (const DhcpOptionCode code :
         {DhcpOptionCode::CLIENT_IDENTIFIER, DhcpOptionCode::RELAY_AGENT})
    {
        const auto data = request.options.Find(code);
        if (data && type)
        {
            all.Set(code, data->ToBytes());
        }
    }
    if (type || request.message.HasCookie())
    {
        message.SetOptions(all, limit);
    }
    else
    {
        message.vendor.assign(DhcpMessage::LEAST_SIZE - DhcpMessage::FIXED_SIZE, 0);
    }
}

} // namespace

DhcpRequest::DhcpRequest(const DhcpMessage& from, const DhcpArrival& how)
    : message(from),
      options(from.Options()),
      arrival(how),
      client(DhcpKeyOf(message, options)),
      name(options.Text(DhcpOptionCode::HOST_NAME))
{
}

uint32_t
DhcpLeaseSeconds(const DhcpSubnet& subnet, const DhcpRequest& request)
{
    const auto wanted = request.options.U32(DhcpOptionCode::LEASE_TIME);
    return std::clamp(wanted.value_or(subnet.defaultLease),
                      std::min(subnet.leastLease, subnet.mostLease),
                      subnet.mostLease);
}

DhcpMessage
DhcpReplyTo(const DhcpRequest& request)
{
    // Table 3.
    DhcpMessage reply;
    reply.operation = BootpOperation::REPLY;
    reply.hardwareType = request.message.hardwareType;
    reply.hardwareLength = request.message.hardwareLength;
    reply.transaction = request.message.transaction;
    reply.flags = request.message.flags;
    reply.relayAddress = request.message.relayAddress;
    reply.hardware = request.message.hardware;
    return reply;
}

DhcpOptions
DhcpParametersFor(const DhcpSubnet& subnet, const DhcpRequest& request)
{
    DhcpOptions all;
    all.SetU32(DhcpOptionCode::SUBNET_MASK, KeepBits(ALL_ONES, subnet.network.GetLength()));
    const auto wanted = request.options.Find(DhcpOptionCode::PARAMETER_LIST);
    if (!wanted)
    {
        for (const DhcpOptions::Option& option : subnet.options.All())
        {
            all.Set(static_cast<DhcpOptionCode>(option.code), option.data);
        }
        return all;
    }
    for (const uint8_t code : *wanted)
    {
        const auto data = subnet.options.Find(static_cast<DhcpOptionCode>(code));
        if (data && !all.Has(static_cast<DhcpOptionCode>(code)))
        {
            all.Set(static_cast<DhcpOptionCode>(code), data->ToBytes());
        }
    }
    return all;
}

DhcpServerSend
DhcpAnswer(const DhcpRequest& request,
           DhcpMessage message,
           const DhcpOptions& options,
           std::optional<DhcpMessageType> type)
{
    const DhcpMessage& asked = request.message;
    PutOptions(message, options, type, request);
    DhcpServerSend send;
    send.type = type;
    send.interface = request.arrival.interface;
    send.source = request.arrival.localAddress;
    const bool refusal = type == DhcpMessageType::NAK;
    const bool inform = type == DhcpMessageType::ACK && message.yourAddress == 0;
    if (inform)
    {
        send.way = DhcpWay::UNICAST;
        send.destination = asked.clientAddress;
    }
    else if (asked.relayAddress != 0)
    {
        send.way = DhcpWay::RELAY;
        send.destination = asked.relayAddress;
        if (refusal)
        {
            // Section 4.3.2: the client may have no address, or one of another network.
            message.flags |= DhcpMessage::BROADCAST_FLAG;
        }
    }
    else if (refusal)
    {
        send.way = DhcpWay::BROADCAST;
        send.destination = ALL_ONES;
    }
    else if (asked.clientAddress != 0)
    {
        send.way = DhcpWay::UNICAST;
        send.destination = asked.clientAddress;
    }
    else if (asked.WantsBroadcast() || asked.hardwareLength != 6)
    {
        send.way = DhcpWay::BROADCAST;
        send.destination = ALL_ONES;
    }
    else
    {
        send.way = DhcpWay::LINK;
        send.destination = message.yourAddress;
    }
    send.message = std::move(message);
    return send;
}

} // namespace strata
} // namespace ns3
