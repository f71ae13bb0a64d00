// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PROBE_APPLICATION_H
#define STRATA_PROBE_APPLICATION_H

#include "strata-plain-transport.h"
#include "strata-traffic-application.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/strata-tcp2-header.h"

#include <optional>
#include <string>

namespace ns3
{
namespace strata
{

/**
 * Numbered messages over a PlainTransport to a far end that answers each. A message without an
 * answer is sent again. It WORKS if all were answered; what the octets are, subclasses say.
 */
class ProbeApplication : public TrafficApplication
{
  public:
    static TypeId GetTypeId();

  protected:
    void DoDispose() override;

    virtual uint8_t GetNumber() const = 0;
    virtual Bytes MakeMessage(uint32_t sequence, const PlainTransport::Ends& ends) const = 0;
    /** The sequence number that \p payload answers, if it is an answer. */
    virtual std::optional<uint32_t> ReadAnswer(ByteView payload,
                                               const PlainTransport::Ends& ends) const = 0;

    Ptr<PlainTransport> m_transport;

  private:
    void StartApplication() override;
    void StopApplication() override;
    void Send();
    void OnReceive(ByteView payload, const PlainTransport::Ends& ends);

    std::string m_remote;
    uint32_t m_count;
    Time m_interval;
    Time m_patience;
    uint32_t m_answered{0};
    EventId m_next;
    EventId m_giveUp;
    std::string m_error;
};

/** The far end of a ProbeApplication. */
class AnswerApplication : public TrafficApplication
{
  public:
    static TypeId GetTypeId();

    /** Messages that came and were not understood. */
    uint64_t GetSpoilt() const;

  protected:
    void DoDispose() override;

    virtual uint8_t GetNumber() const = 0;
    /** What is sent back to the source of \p payload; nothing if it is not understood. */
    virtual std::optional<Bytes> Answer(ByteView payload,
                                        const PlainTransport::Ends& ends) const = 0;

    Ptr<PlainTransport> m_transport;

  private:
    void StartApplication() override;
    void StopApplication() override;

    uint64_t m_spoilt{0};
};

/** A client of TCP-2, the transport protocol of Tcp2WireHeader. */
class Tcp2Client : public ProbeApplication
{
  public:
    static TypeId GetTypeId();

  protected:
    uint8_t GetNumber() const override;
    Bytes MakeMessage(uint32_t sequence, const PlainTransport::Ends& ends) const override;
    std::optional<uint32_t> ReadAnswer(ByteView payload,
                                       const PlainTransport::Ends& ends) const override;

  private:
    uint8_t m_number;
    uint32_t m_port;
    uint32_t m_remotePort;
};

/** A server of TCP-2. */
class Tcp2Server : public AnswerApplication
{
  public:
    static TypeId GetTypeId();

  protected:
    uint8_t GetNumber() const override;
    std::optional<Bytes> Answer(ByteView payload, const PlainTransport::Ends& ends) const override;

  private:
    uint8_t m_number;
    uint32_t m_port;
};

/**
 * One end of a tunnel: it sends UDP datagrams of an inner IPv4 network in datagrams of protocol
 * 4 (RFC 2003; over IPv6, RFC 2473).
 */
class TunnelClient : public ProbeApplication
{
  public:
    static TypeId GetTypeId();

  protected:
    uint8_t GetNumber() const override;
    Bytes MakeMessage(uint32_t sequence, const PlainTransport::Ends& ends) const override;
    std::optional<uint32_t> ReadAnswer(ByteView payload,
                                       const PlainTransport::Ends& ends) const override;
};

/** The other end of the tunnel, and a host behind it that answers. */
class TunnelServer : public AnswerApplication
{
  public:
    static TypeId GetTypeId();

  protected:
    uint8_t GetNumber() const override;
    std::optional<Bytes> Answer(ByteView payload, const PlainTransport::Ends& ends) const override;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PROBE_APPLICATION_H */
