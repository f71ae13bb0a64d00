// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_TRACEROUTE_APPLICATION_H
#define STRATA_TRACEROUTE_APPLICATION_H

#include "strata-icmp-endpoint.h"
#include "strata-traceroute-machine.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/output-stream-wrapper.h"
#include "ns3/traced-callback.h"

#include <memory>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * The `traceroute` of Linux on a node, of the stock stack or of StrataIpv4: UDP probes to ports
 * that nobody should listen at, or ICMP echo requests. The output, if it is asked for, is the one
 * of Debian's traceroute with simulated times.
 */
class TracerouteApplication : public Application
{
  public:
    /** Signature of the trace source Report: each hop that is complete. */
    typedef void (*ReportTracedCallback)(const TracerouteHop& hop);

    static TypeId GetTypeId();

    TracerouteApplication();
    ~TracerouteApplication() override;

    /** Writes what traceroute would print to \p stream from now on. */
    void SetOutput(Ptr<OutputStreamWrapper> stream);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    void SetMethod(std::string method);
    std::string GetMethod() const;

    void OnIcmp(const IcmpMessage& message, const Ipv4WireHeader& header);
    void OnUdp(Ptr<Socket> socket);
    /** The probe that \p quote is of; none if it is not ours. */
    std::optional<uint32_t> FindProbe(const IcmpQuote& quote) const;
    void Do(const TracerouteEffects& effects);
    bool Send(const TracerouteProbe& probe);
    void Finish();
    void Write(const std::string& text);

    Ipv4Address m_destination;
    bool m_useIcmp{false};
    uint16_t m_firstPort;
    uint8_t m_firstTtl;
    uint8_t m_maxTtl;
    uint32_t m_queries;
    uint32_t m_simultaneous;
    Time m_timeout;
    uint32_t m_size;
    bool m_dontFragment;

    Ptr<OutputStreamWrapper> m_output;
    std::unique_ptr<TracerouteMachine> m_machine;
    IcmpEndpoint m_icmp;
    Ptr<Socket> m_udp;
    uint16_t m_localPort{0};
    uint16_t m_identifier{0};
    EventId m_timer;
    TracedCallback<const TracerouteHop&> m_reportTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_TRACEROUTE_APPLICATION_H */
