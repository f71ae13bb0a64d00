// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace strata
{

NS_OBJECT_ENSURE_REGISTERED(StrataNat);

namespace
{

constexpr const char* BEHAVIOURS =
    "endpoint-independent, address-dependent, address-and-port-dependent";

/** The value called \p name, or an end with a clear line. */
template <class T>
T
Named(const std::optional<T>& value, const char* what, const std::string& name, const char* names)
{
    NS_ABORT_MSG_UNLESS(value, what << " is one of " << names << "; not '" << name << "'");
    return *value;
}

/** Whether \p name is \p second rather than \p first; it must be one of them. */
bool
IsSecond(const char* what, const std::string& name, const char* first, const char* second)
{
    NS_ABORT_MSG_UNLESS(name == first || name == second,
                        what << " is one of " << first << ", " << second << "; not '" << name
                             << "'");
    return name == second;
}

} // namespace

template <bool NatConfig::*FIELD>
void
StrataNat::SetBool(bool value)
{
    m_config.*FIELD = value;
    Apply();
}

template <bool NatConfig::*FIELD>
bool
StrataNat::GetBool() const
{
    return m_config.*FIELD;
}

template <uint32_t NatConfig::*FIELD>
void
StrataNat::SetCount(uint32_t value)
{
    m_config.*FIELD = value;
    Apply();
}

template <uint32_t NatConfig::*FIELD>
uint32_t
StrataNat::GetCount() const
{
    return m_config.*FIELD;
}

template <Nanos NatConfig::*FIELD>
void
StrataNat::SetTime(Time value)
{
    m_config.*FIELD = Nanos(value.GetNanoSeconds());
    Apply();
}

template <Nanos NatConfig::*FIELD>
Time
StrataNat::GetTime() const
{
    return NanoSeconds((m_config.*FIELD).count());
}

#define BOOL_OF(field)                                                                             \
    MakeBooleanAccessor(&StrataNat::SetBool<&NatConfig::field>,                                    \
                        &StrataNat::GetBool<&NatConfig::field>),                                   \
        MakeBooleanChecker()
#define COUNT_OF(field)                                                                            \
    MakeUintegerAccessor(&StrataNat::SetCount<&NatConfig::field>,                                  \
                         &StrataNat::GetCount<&NatConfig::field>),                                 \
        MakeUintegerChecker<uint32_t>()
#define TIME_OF(field)                                                                             \
    MakeTimeAccessor(&StrataNat::SetTime<&NatConfig::field>,                                       \
                     &StrataNat::GetTime<&NatConfig::field>),                                      \
        MakeTimeChecker(Time(0), Years(1)) // clocks of an eighth of a second count 17 years

TypeId
StrataNat::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::strata::StrataNat")
            .SetParent<Ipv4HookElement>()
            .SetGroupName("Strata")
            .AddConstructor<StrataNat>()
            .AddAttribute("Mapping",
                          "What of the remote end a mapping depends on: endpoint-independent, "
                          "address-dependent, address-and-port-dependent (RFC 4787 section 4.1)",
                          StringValue("endpoint-independent"),
                          MakeStringAccessor(&StrataNat::SetMapping, &StrataNat::GetMapping),
                          MakeStringChecker())
            .AddAttribute("Filtering",
                          "From which remote ends a mapping hears; the same three (RFC 4787 "
                          "section 5)",
                          StringValue("address-and-port-dependent"),
                          MakeStringAccessor(&StrataNat::SetFiltering, &StrataNat::GetFiltering),
                          MakeStringChecker())
            .AddAttribute(
                "PortAllocation",
                "Which public port a mapping gets: preservation, parity, sequential, random",
                StringValue("preservation"),
                MakeStringAccessor(&StrataNat::SetPortAllocation, &StrataNat::GetPortAllocation),
                MakeStringChecker())
            .AddAttribute("Pooling",
                          "Which public address a host gets: paired, always the same; or arbitrary",
                          StringValue("paired"),
                          MakeStringAccessor(&StrataNat::SetPooling, &StrataNat::GetPooling),
                          MakeStringChecker())
            .AddAttribute(
                "UnknownProtocols",
                "What is done with transports other than TCP, UDP and ICMP: drop, or map by their "
                "addresses alone",
                StringValue("drop"),
                MakeStringAccessor(&StrataNat::SetUnknownProtocols,
                                   &StrataNat::GetUnknownProtocols),
                MakeStringChecker())
            .AddAttribute(
                "UdpRefresh",
                "Which packets renew a UDP mapping: outbound, or those of both directions",
                StringValue("outbound"),
                MakeStringAccessor(&StrataNat::SetUdpRefresh, &StrataNat::GetUdpRefresh),
                MakeStringChecker())
            .AddAttribute(
                "PortOverlapping",
                "Whether mappings to different remote ends may share a public port, where "
                "mapping depends on address and port (RFC 7857 section 3)",
                BooleanValue(false),
                BOOL_OF(portOverlapping))
            .AddAttribute("Hairpinning",
                          "Whether inside hosts reach each other by their public ends",
                          BooleanValue(true),
                          BOOL_OF(hairpinning))
            .AddAttribute("FtpAlg",
                          "Whether addresses in FTP control connections (port 21) are translated",
                          BooleanValue(true),
                          BOOL_OF(ftpAlg))
            .AddAttribute("TcpLoose",
                          "Whether a TCP segment other than a SYN may make a mapping, too",
                          BooleanValue(false),
                          BOOL_OF(tcpLoose))
            .AddAttribute("KeepTableOnCrash",
                          "Whether the table outlives Crash()",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StrataNat::m_keepTable),
                          MakeBooleanChecker())
            .AddAttribute("ReservedPorts",
                          "Public TCP and UDP ports below this are given to no mapping that comes "
                          "by itself",
                          UintegerValue(4096),
                          COUNT_OF(reservedPorts))
            .AddAttribute("MaxMappings",
                          "Most mappings at a time",
                          UintegerValue(65536 * 4),
                          COUNT_OF(maxMappings))
            .AddAttribute("MaxSessions",
                          "Most pairs of a mapping and a remote end at a time",
                          UintegerValue(65536 * 16),
                          COUNT_OF(maxSessions))
            .AddAttribute("MaxMappingsPerHost",
                          "Most mappings of an inside host at a time (RFC 6888 REQ-4); 0: no limit",
                          UintegerValue(0),
                          COUNT_OF(maxMappingsPerHost))
            .AddAttribute("MaxHeldFragments",
                          "Most fragments that wait for their first",
                          UintegerValue(256),
                          COUNT_OF(maxHeldFragments))
            .AddAttribute("UdpTimeout",
                          "Of a UDP mapping (RFC 4787 REQ-5: 2 minutes or more)",
                          TimeValue(Minutes(5)),
                          TIME_OF(udpTimeout))
            .AddAttribute("TcpEstablishedTimeout",
                          "Of an idle TCP connection (RFC 5382 REQ-5: 2 h 4 min or more)",
                          TimeValue(Minutes(124)),
                          TIME_OF(tcpEstablishedTimeout))
            .AddAttribute("TcpTransitoryTimeout",
                          "Of a TCP connection that opens (RFC 5382 REQ-5: 4 min)",
                          TimeValue(Minutes(4)),
                          TIME_OF(tcpTransitoryTimeout))
            .AddAttribute("TcpClosingTimeout",
                          "Of a TCP connection that was closed or reset (RFC 7857 sections 2.2, "
                          "2.3: 4 min)",
                          TimeValue(Minutes(4)),
                          TIME_OF(tcpClosingTimeout))
            .AddAttribute("IcmpTimeout",
                          "Of an ICMP query (RFC 5508 REQ-2: 60 s or more)",
                          TimeValue(Seconds(60)),
                          TIME_OF(icmpTimeout))
            .AddAttribute("OtherTimeout",
                          "Of mappings of other protocols",
                          TimeValue(Minutes(5)),
                          TIME_OF(otherTimeout))
            .AddAttribute("SynHold",
                          "How long an unsolicited SYN goes unanswered (RFC 5382 REQ-4: 6 s)",
                          TimeValue(Seconds(6)),
                          TIME_OF(synHold))
            .AddAttribute("FragmentTimeout",
                          "How long what a first fragment decided holds for the others",
                          TimeValue(Seconds(30)),
                          TIME_OF(fragmentTimeout))
            .AddAttribute("FragmentHold",
                          "How long a fragment waits for its first",
                          TimeValue(Seconds(2)),
                          TIME_OF(fragmentHold))
            .AddTraceSource("Create",
                            "A mapping was made",
                            MakeTraceSourceAccessor(&StrataNat::m_create),
                            "ns3::strata::StrataNat::MappingTracedCallback")
            .AddTraceSource("Expire",
                            "A mapping is gone",
                            MakeTraceSourceAccessor(&StrataNat::m_expire),
                            "ns3::strata::StrataNat::MappingTracedCallback")
            .AddTraceSource("Refuse",
                            "A packet belongs to no flow that is, or may become, known",
                            MakeTraceSourceAccessor(&StrataNat::m_refuse),
                            "ns3::strata::StrataNat::RefuseTracedCallback");
    return tid;
}

void
StrataNat::SetMapping(std::string name)
{
    m_config.mapping = Named(NatBehaviourOf(name), "Mapping", name, BEHAVIOURS);
    Apply();
}

std::string
StrataNat::GetMapping() const
{
    return NatBehaviourName(m_config.mapping);
}

void
StrataNat::SetFiltering(std::string name)
{
    m_config.filtering = Named(NatBehaviourOf(name), "Filtering", name, BEHAVIOURS);
    Apply();
}

std::string
StrataNat::GetFiltering() const
{
    return NatBehaviourName(m_config.filtering);
}

void
StrataNat::SetPortAllocation(std::string name)
{
    m_config.allocation = Named(NatPortAllocationOf(name),
                                "PortAllocation",
                                name,
                                "preservation, parity, sequential, random");
    Apply();
}

std::string
StrataNat::GetPortAllocation() const
{
    return NatPortAllocationName(m_config.allocation);
}

void
StrataNat::SetPooling(std::string name)
{
    m_config.pooling = IsSecond("Pooling", name, "paired", "arbitrary") ? NatPooling::ARBITRARY
                                                                        : NatPooling::PAIRED;
    Apply();
}

std::string
StrataNat::GetPooling() const
{
    return m_config.pooling == NatPooling::PAIRED ? "paired" : "arbitrary";
}

void
StrataNat::SetUnknownProtocols(std::string name)
{
    m_config.unknownProtocols = IsSecond("UnknownProtocols", name, "drop", "map")
                                    ? NatUnknownProtocols::MAP
                                    : NatUnknownProtocols::DROP;
    Apply();
}

std::string
StrataNat::GetUnknownProtocols() const
{
    return m_config.unknownProtocols == NatUnknownProtocols::MAP ? "map" : "drop";
}

void
StrataNat::SetUdpRefresh(std::string name)
{
    m_config.inboundRefresh = IsSecond("UdpRefresh", name, "outbound", "both");
    Apply();
}

std::string
StrataNat::GetUdpRefresh() const
{
    return m_config.inboundRefresh ? "both" : "outbound";
}

} // namespace strata
} // namespace ns3
