// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_SESSION_STATE_H
#define STRATA_SESSION_STATE_H

#include "ns3/strata-field-codec.h"
#include "ns3/strata-pdu.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <array>
#include <deque>
#include <tuple>
#include <variant>

namespace ns3
{
namespace strata
{

/**
 * \file
 * What one end of a session remembers. All of it is plain values: an explorer stores and compares
 * it, and a process that migrates takes its bytes along. Times are the simulation's, which all
 * machines share. Sequence numbers count from 0 in 64 bits; a segment carries the low 32, and the
 * receiver finds the number next to the one it expects (RFC 1982, as RFC 9000 appendix A.3 does).
 */

/** How a session behaves; what both ends of a layer agree on. */
struct SessionParameters
{
    /** The longest span that a parameter may ask for; leaves room to add spans to a time. */
    static constexpr Nanos MAX_SPAN{int64_t{1} << 59};

    SessionService service{SessionService::DATAGRAM};
    Nanos bound{0};      //!< the stated time t; zero: none
    uint16_t window{64}; //!< messages that this end keeps in flight, and that it accepts
    Nanos initialRto{std::chrono::seconds(1)};
    Nanos minRto{std::chrono::milliseconds(20)};
    Nanos maxRto{std::chrono::seconds(60)};
    uint32_t queueLimit{256}; //!< messages that wait because the window is closed

    template <class C>
    void Code(C& c);

    auto Tie() const
    {
        return std::tie(service, bound, window, initialRto, minRto, maxRto, queueLimit);
    }

    /**
     * The nearest parameters that work: spans between 1 ns and MAX_SPAN (the bound from zero on),
     * minRto <= initialRto <= maxRto, a window of one at least, and window and queue together no
     * more than 65535 messages.
     */
    SessionParameters Usable() const;
};

/** What one end of a session has counted since its start. */
struct SessionCounters
{
    uint64_t sent{0};          //!< messages that left for the first time
    uint64_t retransmitted{0}; //!< segments that carried a message again
    uint64_t timeouts{0};      //!< retransmission timers that fired
    uint64_t delivered{0};     //!< messages handed to the user
    uint64_t lost{0};          //!< datagrams that a later one overtook and that have not come yet
    uint64_t duplicated{0};    //!< messages that had come before
    uint64_t reordered{0};     //!< messages that came after a later one
    uint64_t late{0};          //!< datagrams too old to say whether they are doubles; delivered
    uint64_t malformed{0};     //!< segments that can't be read or are of the other service
    uint64_t outside{0};       //!< segments that no right peer can have sent now; ignored
    uint64_t refused{0};       //!< messages not taken from the user

    template <class C>
    void Code(C& c)
    {
        c.Number(sent);
        c.Number(retransmitted);
        c.Number(timeouts);
        c.Number(delivered);
        c.Number(lost);
        c.Number(duplicated);
        c.Number(reordered);
        c.Number(late);
        c.Number(malformed);
        c.Number(outside);
        c.Number(refused);
    }

    auto Tie() const
    {
        return std::tie(sent,
                        retransmitted,
                        timeouts,
                        delivered,
                        lost,
                        duplicated,
                        reordered,
                        late,
                        malformed,
                        outside,
                        refused);
    }
};

/** The round-trip estimate and the retransmission timeout that follows from it (RFC 6298). */
struct RoundTripEstimate
{
    bool measured{false};
    Nanos smoothed{0};  //!< SRTT
    Nanos variation{0}; //!< RTTVAR
    Nanos timeout{0};   //!< RTO before back-off
    uint8_t backOff{0}; //!< how many times the timeout is doubled

    /**
     * Forgets everything: RTO is the initial one (RFC 6298 2.1), but no more than a quarter of the
     * bound, so that a message that is lost at the start can leave again before the bound passes.
     */
    void Restart(const SessionParameters& parameters);

    /** Takes a measurement, and ends the back-off (RFC 6298 2.2 to 2.5, 5.7). */
    void Measure(Nanos roundTrip, const SessionParameters& parameters);

    /** Doubles the timeout (RFC 6298 5.5). */
    void BackOff();

    /** RTO as it stands, doubled as often as it was backed off, at most maxRto. */
    Nanos Timeout(const SessionParameters& parameters) const;

    template <class C>
    void Code(C& c);

    /** Whether Restart, Measure and BackOff can have led here. */
    bool IsValid(const SessionParameters& parameters) const;

    auto Tie() const
    {
        return std::tie(measured, smoothed, variation, timeout, backOff);
    }
};

/** One end of a datagram session. */
struct DatagramState
{
    /** Datagrams behind the newest one for which doubles are told from late ones. */
    static constexpr std::size_t SEEN = 1024;

    int64_t next{0};                        //!< the next message to send
    int64_t expected{0};                    //!< one after the newest received
    int64_t leap{-1};                       //!< what must come next to believe in a leap
    std::array<uint64_t, SEEN / 64> seen{}; //!< bit n mod SEEN: message n has come
    bool asked{false};                      //!< the peer owes an answer
    uint8_t attempt{0};                     //!< how many times it was asked again
    int64_t question{0};                    //!< the message that the question is about
    Nanos askedAt{0};                       //!< the last time that it was asked
    Nanos since{NEVER};                     //!< when the oldest message in question was sent
    Nanos laterSince{NEVER};                //!< when the first message after the question was
    Nanos timer{NEVER};                     //!< when to ask again
    RoundTripEstimate roundTrip;

    template <class C>
    void Code(C& c);

    auto Tie() const
    {
        return std::tie(next,
                        expected,
                        leap,
                        seen,
                        asked,
                        attempt,
                        question,
                        askedAt,
                        since,
                        laterSince,
                        timer,
                        roundTrip);
    }

    /** Whether a session with these parameters can be here. */
    bool IsValid(const SessionParameters& parameters) const;
};

/** A message on its way out. */
struct OutgoingMessage
{
    Bytes message;
    Nanos since{0};       //!< when its user sent it
    Nanos firstSent{0};   //!< when it left first; NEVER where that no longer measures the path
    Nanos lastSent{0};    //!< when it left last
    uint8_t attempt{0};   //!< how many times it left again, at most 255
    uint8_t overtaken{0}; //!< messages sent after it that have arrived
    bool arrived{false};  //!< the peer has it, but not all before it
    bool lost{false};     //!< goes out again at the peer's next sign of life

    template <class C>
    void Code(C& c);

    auto Tie() const
    {
        return std::tie(message, since, firstSent, lastSent, attempt, overtaken, arrived, lost);
    }
};

/** A message that came before its turn. */
struct HeldMessage
{
    int64_t sequence{0};
    Bytes message;

    template <class C>
    void Code(C& c)
    {
        c.Number(sequence);
        c.Sized(message);
    }

    auto Tie() const
    {
        return std::tie(sequence, message);
    }
};

/** One end of a reliable session. */
struct ReliableState
{
    int64_t base{0};                      //!< the sequence number of outgoing.front()
    std::deque<OutgoingMessage> outgoing; //!< in flight, then waiting
    uint32_t inFlight{0};                 //!< how many of them have left
    int64_t limit{0};                     //!< the first message that the peer does not take yet
    bool full{false};                     //!< the user was refused and waits for room
    bool probed{false};                   //!< a probe of a closed window is unanswered
    uint8_t probes{0};                    //!< probes since the window closed, at most 255
    Nanos timer{NEVER};                   //!< when to retransmit or to probe
    RoundTripEstimate roundTrip;
    uint16_t offered{0};          //!< messages that this end takes, as its ACKs say
    int64_t expected{0};          //!< the next message to deliver
    int64_t edge{0};              //!< the first message that was not offered to the peer yet
    std::deque<HeldMessage> held; //!< by sequence number, all above expected and below edge

    template <class C>
    void Code(C& c);

    auto Tie() const
    {
        return std::tie(base,
                        outgoing,
                        inFlight,
                        limit,
                        full,
                        probed,
                        probes,
                        timer,
                        roundTrip,
                        offered,
                        expected,
                        edge,
                        held);
    }

    /** Whether a session with these parameters can be here. */
    bool IsValid(const SessionParameters& parameters) const;
};

/** One end of a session of either service. */
struct SessionProtocolState
{
    SessionParameters parameters;
    SessionCounters counters;
    bool failed{false}; //!< the bound passed; nothing is sent, taken or delivered any more
    std::variant<DatagramState, ReliableState> protocol; //!< as parameters.service says

    template <class C>
    void Code(C& c);

    auto Tie() const
    {
        return std::tie(parameters, counters, failed, protocol);
    }

    /**
     * Reads what Encode wrote. Errors: the reader's; TRAILING; BAD_VALUE for a state that no
     * session can be in.
     */
    static Expected<SessionProtocolState> Decode(ByteView bytes);

    void Encode(ByteWriter& writer) const;

    /** The messages kept in either direction; bounded by the parameters. */
    std::size_t MessagesKept() const;
};

/** The number next to \p expected whose low 32 bits are \p wire (RFC 1982 section 3.2). */
constexpr int64_t
UnwrapSequence(uint32_t wire, int64_t expected)
{
    return expected + static_cast<int32_t>(wire - static_cast<uint32_t>(expected));
}

} // namespace strata
} // namespace ns3

#endif /* STRATA_SESSION_STATE_H */
