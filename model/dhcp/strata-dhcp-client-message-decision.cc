// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-client-message-decision.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t ALL_ONES = 0xffffffff;

uint16_t
SecondsOf(Nanos span)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    return static_cast<uint16_t>(std::clamp<decltype(seconds)>(seconds, 0, 0xffff));
}

/** The length of a mask of contiguous ones; none for another. */
std::optional<unsigned>
LengthOfMask(uint32_t mask)
{
    for (unsigned length = 0; length <= 32; ++length)
    {
        if (mask == KeepBits(ALL_ONES, length))
        {
            return length;
        }
    }
    return std::nullopt;
}

/** The prefix of the class that an address had before masks (RFC 2131 gives masks as options). */
unsigned
ClassLength(uint32_t address)
{
    return address < 0x80000000 ? 8 : address < 0xc0000000 ? 16 : 24;
}

/** T1, T2 and the end of a lease that has one. */
void
SetTimes(DhcpLease& lease, const DhcpOptions& options, double fuzz, const UniformRandom& random)
{
    // Section 4.4.5: T1 is half the lease, T2 seven eighths of it, unless the server says
    // otherwise.
    const Nanos span = std::chrono::seconds(lease.leaseSeconds);
    Nanos t1 = span / 2;
    Nanos t2 = span / 8 * 7;
    const auto givenT1 = options.U32(DhcpOptionCode::RENEWAL_TIME);
    const auto givenT2 = options.U32(DhcpOptionCode::REBINDING_TIME);
    const Nanos wantedT1 = givenT1 ? Nanos(std::chrono::seconds(*givenT1)) : t1;
    const Nanos wantedT2 = givenT2 ? Nanos(std::chrono::seconds(*givenT2)) : t2;
    if (Nanos(0) < wantedT1 && wantedT1 < wantedT2 && wantedT2 < span)
    {
        t1 = wantedT1;
        t2 = wantedT2;
    }
    if (fuzz > 0)
    {
        // "Times T1 and T2 SHOULD be chosen with some random 'fuzz' around a fixed value, to avoid
        // synchronization of client reacquisition." Half of each gap at most, so that T1, T2 and
        // the end stay in order.
        const auto part = [fuzz](Nanos time) {
            return Nanos(static_cast<Nanos::rep>(fuzz * static_cast<double>(time.count())));
        };
        const Nanos gap = (t2 - t1) / 2;
        const Nanos most1 = std::min(part(t1), gap);
        const Nanos most2 = std::min({part(t2), gap, (span - t2) / 2});
        t1 += DhcpVaried(most1, random);
        t2 += DhcpVaried(most2, random);
    }
    lease.renewAt = lease.obtained + t1;
    lease.rebindAt = lease.obtained + t2;
    lease.expiresAt = lease.obtained + span;
}

} // namespace

// ---- What goes ----

DhcpMessage
DhcpClientMessage(const DhcpClientParameters& parameters, uint32_t transaction, Nanos since)
{
    DhcpMessage message;
    message.transaction = transaction;
    message.seconds = SecondsOf(since);
    message.flags = parameters.broadcast ? DhcpMessage::BROADCAST_FLAG : 0;
    std::copy(parameters.hardware.begin(), parameters.hardware.end(), message.hardware.begin());
    return message;
}

DhcpClientSend
DhcpClientSending(const DhcpClientParameters& parameters,
                  DhcpMessage message,
                  const DhcpOptions& options,
                  DhcpMessageType type,
                  uint32_t destination)
{
    DhcpOptions all;
    all.SetU8(DhcpOptionCode::MESSAGE_TYPE, static_cast<uint8_t>(type));
    if (!parameters.identifier.empty())
    {
        all.Set(DhcpOptionCode::CLIENT_IDENTIFIER, parameters.identifier);
    }
    for (const DhcpOptions::Option& option : options.All())
    {
        all.Set(static_cast<DhcpOptionCode>(option.code), option.data);
    }
    // Table 5: what is released or declined asks for nothing.
    if (type != DhcpMessageType::RELEASE && type != DhcpMessageType::DECLINE)
    {
        if (!parameters.hostName.empty())
        {
            all.SetText(DhcpOptionCode::HOST_NAME, parameters.hostName);
        }
        if (!parameters.wanted.empty())
        {
            all.Set(DhcpOptionCode::PARAMETER_LIST, parameters.wanted);
        }
    }
    message.SetOptions(all);
    const uint32_t source = message.clientAddress;
    return DhcpClientSend{std::move(message), type, source, destination};
}

// ---- What comes ----

bool
DhcpIsHostAddress(uint32_t address)
{
    const uint32_t first = address >> 24;
    return first != 0 && first != 127 && first < 224;
}

std::optional<DhcpLease>
DhcpReadLease(const DhcpMessage& message,
              const DhcpOptions& options,
              Nanos sent,
              double fuzz,
              const UniformRandom& random)
{
    DhcpLease lease;
    lease.address = message.yourAddress;
    if (!DhcpIsHostAddress(lease.address))
    {
        return std::nullopt;
    }
    lease.server = options.U32(DhcpOptionCode::SERVER_IDENTIFIER).value_or(0);
    const auto mask = options.U32(DhcpOptionCode::SUBNET_MASK);
    lease.prefixLength = ClassLength(lease.address);
    if (mask)
    {
        lease.prefixLength = LengthOfMask(*mask).value_or(lease.prefixLength);
    }
    lease.routers = options.Addresses(DhcpOptionCode::ROUTERS);
    lease.dnsServers = options.Addresses(DhcpOptionCode::DNS_SERVERS);
    lease.ntpServers = options.Addresses(DhcpOptionCode::NTP_SERVERS);
    lease.domainName = options.Text(DhcpOptionCode::DOMAIN_NAME);
    lease.mtu = options.U16(DhcpOptionCode::INTERFACE_MTU).value_or(0);
    if (auto routes = options.Routes())
    {
        // RFC 3442: with both, the routers option MUST be ignored.
        lease.routes = std::move(*routes);
        lease.routers.clear();
    }
    lease.leaseSeconds = options.U32(DhcpOptionCode::LEASE_TIME).value_or(0);
    lease.obtained = sent;
    if (lease.leaseSeconds != 0 && lease.leaseSeconds != DhcpLease::INFINITE)
    {
        SetTimes(lease, options, fuzz, random);
    }
    return lease;
}

Nanos
DhcpVaried(Nanos most, const UniformRandom& random)
{
    const auto span = static_cast<double>(2 * most.count());
    return Nanos(static_cast<Nanos::rep>(span * random())) - most;
}

} // namespace strata
} // namespace ns3
