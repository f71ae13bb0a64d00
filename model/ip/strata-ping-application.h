// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PING_APPLICATION_H
#define STRATA_PING_APPLICATION_H

#include "strata-icmp-endpoint.h"
#include "strata-ping-format.h"
#include "strata-ping-machine.h"

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
 * The `ping` of Linux on a node, of the stock stack or of StrataIpv4; Don't Fragment and the
 * options of IPv4 need the latter. Its attributes are the options of ping; its output, if it is
 * asked for, is the one of ping with simulated times.
 */
class PingApplication : public Application
{
  public:
    /**
     * Signature of the trace source Rtt.
     *
     * \param [in] sequence of the request
     * \param [in] rtt from sending the request to receiving the answer
     */
    typedef void (*RttTracedCallback)(uint16_t sequence, Time rtt);
    /** Signature of the trace source Report: each answer, error and failure. */
    typedef void (*ReportTracedCallback)(const PingReport& report);

    static TypeId GetTypeId();

    PingApplication();
    ~PingApplication() override;

    /** Writes what ping would print to \p stream from now on. */
    void SetOutput(Ptr<OutputStreamWrapper> stream);

    /** Of the run that goes on or was the last. */
    PingStatistics GetStatistics() const;

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    Ipv4WireHeader::Options MakeOptions() const;
    void Receive(const IcmpMessage& message, const Ipv4WireHeader& header);
    void OnError(const IcmpMessage& message, const Ipv4WireHeader& header);
    void Do(const PingEffects& effects);
    void Report(const PingReport& report);
    void Send(const PingRequest& request);
    void Finish();
    void Write(const std::string& text);

    Ipv4Address m_destination;
    uint64_t m_count;
    Time m_interval;
    Time m_timeout;
    uint32_t m_size;
    uint8_t m_ttl;
    uint8_t m_tos;
    bool m_dontFragment;
    bool m_quiet;
    bool m_recordRoute;
    std::string m_timestamp;
    std::string m_looseRoute;
    std::string m_strictRoute;

    Ptr<OutputStreamWrapper> m_output;
    std::unique_ptr<PingMachine> m_machine; //!< of the run that goes on or was the last
    PingPrinter m_printer;
    IcmpEndpoint m_icmp;
    EventId m_timer;
    uint16_t m_identifier{0};
    Ipv4WireHeader::Options m_ipOptions;
    TracedCallback<uint16_t, Time> m_rttTrace;
    TracedCallback<const PingReport&> m_reportTrace;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PING_APPLICATION_H */
