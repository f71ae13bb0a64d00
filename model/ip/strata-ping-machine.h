// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_PING_MACHINE_H
#define STRATA_PING_MACHINE_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** What a ping sends and how long it waits; in brackets, the options of Linux's ping. */
struct PingParameters
{
    uint32_t destination{0};                 //!< the address in host order
    uint64_t count{0};                       //!< requests to send [-c]; 0: until Stop
    Nanos interval{std::chrono::seconds(1)}; //!< between two requests [-i]
    Nanos timeout{std::chrono::seconds(10)}; //!< wait after the last one without an answer [-W]
    uint32_t size{56};                       //!< bytes behind the header of the echo [-s]
    uint32_t optionBytes{0};                 //!< of IPv4 options in each request
    bool anyResponder{false};                //!< to a group: answers from any address are right

    auto Tie() const
    {
        return std::tie(destination, count, interval, timeout, size, optionBytes, anyResponder);
    }
};

/** An echo reply to one of our requests. */
struct PingReply
{
    uint32_t from{0};
    uint16_t sequence{0};
    uint8_t ttl{0};
    uint32_t size{0}; //!< bytes of ICMP, header and data
    Bytes options;    //!< of the reply's IPv4 header, raw

    auto Tie() const
    {
        return std::tie(from, sequence, ttl, size, options);
    }
};

/** An ICMP message about one of our requests. */
struct PingError
{
    uint32_t from{0};
    uint16_t sequence{0};
    uint8_t type{0};
    uint8_t code{0};
    uint32_t rest{0}; //!< bytes 4 to 7 of the message: the MTU, gateway or pointer

    auto Tie() const
    {
        return std::tie(from, sequence, type, code, rest);
    }
};

/** An echo reply as it is reported. */
struct PingReplyReport
{
    PingReply reply;
    std::optional<Nanos> rtt;     //!< none if the request has no room for the time
    bool duplicate{false};        //!< the request had an answer already
    bool differentAddress{false}; //!< not from whom was asked
    bool truncated{false};        //!< shorter than the request

    auto Tie() const
    {
        return std::tie(reply, rtt, duplicate, differentAddress, truncated);
    }
};

struct PingErrorReport
{
    PingError error;

    auto Tie() const
    {
        return std::tie(error);
    }
};

/** A request that did not leave this host. */
struct PingLocalErrorReport
{
    uint16_t sequence{0};
    uint32_t mtu{0}; //!< what it had to fit in; 0: there was no route

    auto Tie() const
    {
        return std::tie(sequence, mtu);
    }
};

/**
 * The numbers of a ping. Round trips count in whole microseconds and duplicates enter them, as
 * in Linux's iputils.
 */
struct PingStatistics
{
    uint64_t transmitted{0};
    uint64_t received{0};   //!< requests with an answer
    uint64_t duplicates{0}; //!< further answers
    uint64_t errors{0};     //!< requests with an ICMP error
    uint64_t samples{0};    //!< answers with a round trip
    int64_t minimum{0};     //!< microseconds, here and below; 0 without samples
    int64_t maximum{0};
    double sum{0};
    double squares{0};
    uint32_t pipe{0};  //!< most requests under way when an answer came
    Nanos duration{0}; //!< from the first request to the last

    /** The mean round trip, rounded down. */
    int64_t Average() const;
    /** The standard deviation of all round trips: sqrt(mean of squares - square of mean). */
    int64_t Deviation() const;
    /** Requests without an answer, in percent of all. */
    double LossPercent() const;

    auto Tie() const
    {
        return std::tie(transmitted,
                        received,
                        duplicates,
                        errors,
                        samples,
                        minimum,
                        maximum,
                        sum,
                        squares,
                        pipe,
                        duration);
    }
};

using PingReport = std::variant<PingReplyReport, PingErrorReport, PingLocalErrorReport>;

/** A request to send. */
struct PingRequest
{
    uint16_t sequence{0};
    Bytes data; //!< the time in 16 bytes as Linux writes it, then the bytes 0x10, 0x11, ...

    auto Tie() const
    {
        return std::tie(sequence, data);
    }
};

struct PingEffects
{
    std::optional<PingRequest> send;
    std::optional<PingReport> report;
    bool finished{false}; //!< there will be no more; once
};

/**
 * Asks for echoes and keeps account of them, as Linux's ping does: one request an interval,
 * whatever comes back; after the last one it waits for two of the longest round trips, but at
 * least an interval, or for the timeout if nothing has been heard.
 *
 * \code
 * PingMachine ping(parameters);
 * Do(ping.Start(now));                // sends the first request
 * // at ping.NextDeadline(): Do(ping.Tick(now)); on a message: Do(ping.OnReply(reply, now));
 * \endcode
 */
class PingMachine
{
  public:
    explicit PingMachine(const PingParameters& parameters);

    PingEffects Start(Nanos now);
    /** What is due at \p now. */
    PingEffects Tick(Nanos now);
    /** Here and below, a sequence number that was not sent of late is ignored. */
    PingEffects OnReply(const PingReply& reply, Nanos now);
    PingEffects OnError(const PingError& error);
    /** The request \p sequence could not be sent: too long for \p mtu, or 0: no route. */
    PingEffects OnLocalError(uint16_t sequence, uint32_t mtu);
    /** Ends at once. */
    PingEffects Stop();

    /** When Tick has something to do; NEVER when finished or not started. */
    Nanos NextDeadline() const;

    bool IsFinished() const
    {
        return m_finished;
    }

    const PingStatistics& GetStatistics() const
    {
        return m_statistics;
    }

    const PingParameters& GetParameters() const
    {
        return m_parameters;
    }

    auto Tie() const
    {
        return std::tie(m_parameters,
                        m_statistics,
                        m_sent,
                        m_first,
                        m_nextSend,
                        m_end,
                        m_started,
                        m_finished);
    }

  private:
    /** A request of the last 65,536. */
    struct Sent
    {
        Nanos at{0};
        bool answered{false};

        auto Tie() const
        {
            return std::tie(at, answered);
        }
    };

    Sent* Find(uint16_t sequence);
    void Send(Nanos now, PingEffects& effects);
    void Acknowledge(uint16_t sequence);
    void FinishWhenAllAreSettled(PingEffects& effects);

    PingParameters m_parameters;
    PingStatistics m_statistics;
    std::deque<Sent> m_sent; //!< the last one has the sequence number transmitted modulo 2^16
    Nanos m_first{0};
    Nanos m_nextSend{NEVER};
    Nanos m_end{NEVER};
    bool m_started{false};
    bool m_finished{false};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_PING_MACHINE_H */
