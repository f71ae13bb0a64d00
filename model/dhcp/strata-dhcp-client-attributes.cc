// SPDX-License-Identifier: GPL-2.0-only

#include "strata-dhcp-client-application.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

// What the user may set of a client, and what its machine is told of it.

NS_OBJECT_ENSURE_REGISTERED(StrataDhcpClient);

TypeId
StrataDhcpClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::StrataDhcpClient")
            .SetParent<Application>()
            .SetGroupName("Strata")
            .AddConstructor<StrataDhcpClient>()
            .AddAttribute("ClientIdentifier",
                          "Text of option 61, by which the server knows the client instead of its "
                          "hardware address; empty: none is sent",
                          StringValue(""),
                          MakeStringAccessor(&StrataDhcpClient::m_identifier),
                          MakeStringChecker())
            .AddAttribute("HostName",
                          "The name that the server is told (option 12); empty: none",
                          StringValue(""),
                          MakeStringAccessor(&StrataDhcpClient::m_hostName),
                          MakeStringChecker())
            .AddAttribute("Broadcast",
                          "Whether the server is asked to answer by broadcast while there is no "
                          "address; else it sends to the hardware address",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataDhcpClient::m_broadcast),
                          MakeBooleanChecker())
            .AddAttribute("LeaseTime",
                          "The lease to ask for, in whole seconds; 0: what the server gives",
                          TimeValue(Seconds(0)),
                          MakeTimeAccessor(&StrataDhcpClient::m_leaseTime),
                          MakeTimeChecker(Seconds(0), Seconds(4294967295.0)))
            .AddAttribute("StartDelayMin",
                          "The wait before the first DISCOVER is random from this one on (RFC 2131 "
                          "section 4.4.1)",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&StrataDhcpClient::m_startMin),
                          MakeTimeChecker(Seconds(0), Years(1)))
            .AddAttribute("StartDelayMax",
                          "... up to this one",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&StrataDhcpClient::m_startMax),
                          MakeTimeChecker(Seconds(0), Years(1)))
            .AddAttribute(
                "OfferWait",
                "How long to wait for the first offer's rivals; the first one wins anyway",
                TimeValue(Seconds(0)),
                MakeTimeAccessor(&StrataDhcpClient::m_offerWait),
                MakeTimeChecker(Seconds(0), Years(1)))
            .AddAttribute("Probe",
                          "Whether an address is probed for by ARP before it is used (RFC 5227), "
                          "which takes from 4 to 7 s",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataDhcpClient::m_probe),
                          MakeBooleanChecker())
            .AddAttribute("ReleaseOnStop",
                          "Whether the address is given back when the application stops",
                          BooleanValue(true),
                          MakeBooleanAccessor(&StrataDhcpClient::m_releaseOnStop),
                          MakeBooleanChecker())
            .AddAttribute("RequestCount",
                          "REQUESTs without an answer before it begins anew",
                          UintegerValue(4),
                          MakeUintegerAccessor(&StrataDhcpClient::m_requestCount),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("DeclineWait",
                          "The wait after an address was found in use",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&StrataDhcpClient::m_declineWait),
                          MakeTimeChecker(Seconds(0), Years(1)))
            .AddAttribute("RenewalFuzz",
                          "The part of T1 and T2 that each lease's vary by at random, so that "
                          "clients of one boot do not renew together (RFC 2131 section 4.4.5); "
                          "0: they are exact",
                          DoubleValue(0.05),
                          MakeDoubleAccessor(&StrataDhcpClient::m_renewalFuzz),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Inform",
                          "An address that was configured by hand: parameters alone are asked for "
                          "(INFORM); 0.0.0.0: a lease is",
                          Ipv4AddressValue(Ipv4Address::GetAny()),
                          MakeIpv4AddressAccessor(&StrataDhcpClient::m_inform),
                          MakeIpv4AddressChecker())
            .AddTraceSource("StateChange",
                            "The states of RFC 2131 figure 5: from, to",
                            MakeTraceSourceAccessor(&StrataDhcpClient::m_stateTrace),
                            "ns3::strata::StrataDhcpClient::StateTracedCallback")
            .AddTraceSource("NewLease",
                            "The node has got an address, or has it for longer",
                            MakeTraceSourceAccessor(&StrataDhcpClient::m_newLeaseTrace),
                            "ns3::strata::StrataDhcpClient::LeaseTracedCallback")
            .AddTraceSource("ExpireLease",
                            "The node's address was taken away: expired, refused or given back",
                            MakeTraceSourceAccessor(&StrataDhcpClient::m_expireTrace),
                            "ns3::strata::StrataDhcpClient::LeaseTracedCallback")
            .AddTraceSource("Message",
                            "Each message, and whether it was sent",
                            MakeTraceSourceAccessor(&StrataDhcpClient::m_messageTrace),
                            "ns3::strata::StrataDhcpClient::MessageTracedCallback");
    return tid;
}

DhcpClientParameters
StrataDhcpClient::MakeParameters() const
{
    const auto span = [](Time time) { return Nanos(time.GetNanoSeconds()); };
    DhcpClientParameters parameters;
    parameters.hardware = DhcpHardwareOf(m_device);
    if (!m_identifier.empty())
    {
        // RFC 2132 section 9.14: type 0 for what is no hardware address.
        parameters.identifier.push_back(0);
        parameters.identifier.insert(parameters.identifier.end(),
                                     m_identifier.begin(),
                                     m_identifier.end());
    }
    parameters.hostName = m_hostName;
    parameters.broadcast = m_broadcast;
    parameters.leaseTime = static_cast<uint32_t>(m_leaseTime.GetSeconds());
    parameters.startMin = span(m_startMin);
    parameters.startMax = span(std::max(m_startMin, m_startMax));
    parameters.offerWait = span(m_offerWait);
    parameters.probe = m_probe;
    parameters.requestCount = m_requestCount;
    parameters.declineWait = span(m_declineWait);
    parameters.renewalFuzz = m_renewalFuzz;
    return parameters;
}

} // namespace strata
} // namespace ns3
