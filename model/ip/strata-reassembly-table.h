// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_REASSEMBLY_TABLE_H
#define STRATA_REASSEMBLY_TABLE_H

#include "ns3/strata-byte-view.h"
#include "ns3/strata-ipv4-header.h"
#include "ns3/strata-tied.h"
#include "ns3/strata-time.h"

#include <map>
#include <variant>
#include <vector>

namespace ns3
{
namespace strata
{

/** Which fragments belong together (RFC 791 section 2.3). */
struct ReassemblyKey
{
    uint32_t source{0};
    uint32_t destination{0};
    uint16_t identification{0};
    uint8_t protocol{0};
    uint32_t user{0}; //!< keeps users of one table apart, as a host and a transparent exit router

    auto Tie() const
    {
        return std::tie(source, destination, identification, protocol, user);
    }

    friend bool operator<(const ReassemblyKey& a, const ReassemblyKey& b)
    {
        return a.Tie() < b.Tie();
    }
};

/** Whose bytes count where two fragments have different ones. */
enum class OverlapPolicy : uint8_t
{
    FIRST_WINS,    //!< what came first stays
    LAST_WINS,     //!< what came last replaces it, as RFC 791 section 3.2 has it
    DROP_DATAGRAM, //!< the datagram and all its fragments yet to come are discarded (RFC 5722)
};

/** Why a fragment, or a datagram with all that it has, was given up. */
enum class ReassemblyDropReason : uint8_t
{
    EMPTY,           //!< a fragment without payload
    RAGGED,          //!< more fragments follow, but it ends off a unit of eight bytes
    TOO_LONG,        //!< the datagram would be longer than 65,535 bytes
    DUPLICATE,       //!< nothing new in it
    OVERLAP,         //!< other bytes at the same place, and the policy refuses them
    CONFLICTING_END, //!< it contradicts what others say about where the datagram ends
    TOO_MANY,        //!< more fragments than a datagram may have
    MIXED_ECN,       //!< Congestion Experienced in one, no ECN in another (RFC 3168 section 5.3)
    NO_MEMORY,       //!< refused, or given up for the sake of newer ones
    LATE,            //!< of a datagram that was given up before
};

/** Name of \p reason as traces and counters print it. */
const char* ReassemblyDropName(ReassemblyDropReason reason);

/** What arrived; views the bytes of the caller. */
struct ReassemblyFragment
{
    ReassemblyKey key;
    uint32_t offset{0}; //!< bytes
    bool moreFragments{false};
    uint8_t ecn{0}; //!< 2 bits of the header
    ByteView payload;
    ByteView header; //!< needed where the offset is 0, not looked at elsewhere
};

/** A datagram is whole. */
struct ReassembledDatagram
{
    ReassemblyKey key;
    Bytes header; //!< of the first fragment, as it came
    Bytes payload;
    uint8_t ecn{0};        //!< of the datagram (RFC 3168 section 5.3)
    uint32_t fragments{0}; //!< that it was made of
    uint32_t largest{0};   //!< payload bytes of the largest of them
    Nanos firstArrival{0};

    auto Tie() const
    {
        return std::tie(key, header, payload, ecn, fragments, largest, firstArrival);
    }
};

/**
 * The header of a whole datagram: that of its first fragment with length, fragment fields, ECN
 * and checksum set right. Errors: those of Ipv4WireHeader, of the header that was handed in.
 */
Expected<Ipv4WireHeader, DecodeError> HeaderOfReassembled(const ReassembledDatagram& datagram);

/** Fragments were given up. */
struct ReassemblyDrop
{
    ReassemblyKey key;
    ReassemblyDropReason reason{ReassemblyDropReason::EMPTY};
    uint32_t fragments{0}; //!< how many
    uint32_t bytes{0};     //!< of payload that are lost with them

    auto Tie() const
    {
        return std::tie(key, reason, fragments, bytes);
    }
};

/**
 * A datagram did not become whole in time. With the first fragment, ICMP 11/1 is due about it;
 * without it none is (RFC 792).
 */
struct ReassemblyTimeout
{
    /** Enough for the quote of an ICMP error (RFC 1812 section 4.3.2.3). */
    static constexpr std::size_t QUOTED_BYTES = 576;

    ReassemblyKey key;
    Bytes header; //!< of the first fragment; empty: it never came
    Bytes front;  //!< the payload from its begin, as far as it came, at most QUOTED_BYTES
    uint32_t fragments{0};
    uint32_t bytes{0}; //!< of payload that are lost

    auto Tie() const
    {
        return std::tie(key, header, front, fragments, bytes);
    }
};

using ReassemblyEffect = std::variant<ReassembledDatagram, ReassemblyDrop, ReassemblyTimeout>;

/**
 * Fragments on the way to being datagrams again (RFC 791 section 3.2, RFC 815, RFC 1122 section
 * 3.3.2). A value.
 *
 * Each fragment that is added comes out once: in a datagram, a drop or a timeout. Memory counts the
 * bytes held and what keeping them costs, and stays below the limit whatever arrives; the oldest
 * datagrams make room. The work for a fragment grows with its own bytes, and with the logarithm
 * of what is held.
 *
 * A datagram that was given up for a fault stays known, without its bytes, until its time is over,
 * so that what else comes of it is not taken for a new one.
 */
class ReassemblyTable
{
  public:
    /** What keeping a datagram, and a piece of one, costs beside their bytes. */
    static constexpr std::size_t DATAGRAM_COST = 384;
    static constexpr std::size_t PIECE_COST = 96;

    struct Config
    {
        /** From the first arrival on; RFC 1122 section 3.3.2 asks for 60 s to 120 s, Linux has 30
         * s. */
        Nanos timeout{std::chrono::seconds(60)};
        std::size_t highMemory{4 << 20}; //!< bytes, never exceeded
        std::size_t lowMemory{3 << 20};  //!< down to here the oldest go when the limit is reached
        std::size_t maxDatagrams{8192};
        uint32_t maxFragments{2048}; //!< a datagram; the longest one over an MTU of 68 has 1365
        OverlapPolicy overlap{OverlapPolicy::DROP_DATAGRAM};

        auto Tie() const
        {
            return std::tie(timeout, highMemory, lowMemory, maxDatagrams, maxFragments, overlap);
        }
    };

    ReassemblyTable()
        : ReassemblyTable(Config{})
    {
    }

    explicit ReassemblyTable(const Config& config)
        : m_config(config)
    {
    }

    const Config& GetConfig() const
    {
        return m_config;
    }

    /**
     * Takes a fragment; \p now never goes back. What was due before comes out first. A datagram
     * that is no fragment comes out as it went in.
     */
    std::vector<ReassemblyEffect> Add(const ReassemblyFragment& fragment, Nanos now);

    /** Gives up what is due at \p now. */
    std::vector<ReassemblyEffect> Advance(Nanos now);

    /** When Advance has something to do next. */
    Nanos NextDeadline() const
    {
        return m_byAge.empty() ? NEVER : m_datagrams.at(m_byAge.begin()->second).deadline;
    }

    /** Datagrams that are known, those that were given up for a fault included. */
    std::size_t size() const
    {
        return m_datagrams.size();
    }

    /** Whether fragments of \p key are held, or were given up for a fault not long ago. */
    bool Knows(const ReassemblyKey& key) const
    {
        return m_datagrams.count(key) != 0;
    }

    /** Bytes that count against the limit. */
    std::size_t MemoryBytes() const
    {
        return m_memory;
    }

    auto Tie() const
    {
        return std::tie(m_config, m_datagrams);
    }

  private:
    struct Datagram
    {
        std::map<uint32_t, Bytes> pieces; //!< by offset; no two share a byte
        Bytes header;                     //!< empty until the first fragment is there
        uint32_t held{0};                 //!< bytes of all pieces
        uint32_t end{0};                  //!< 0 until the last fragment is there
        uint32_t beforeEnd{0};            //!< behind this at least one more byte must come
        uint32_t fragments{0};
        uint32_t largest{0};
        uint8_t ecnSeen{0};  //!< one bit for each codepoint
        uint8_t firstEcn{0}; //!< of the fragment whose header is kept
        bool givenUp{false};
        Nanos arrival{0};
        Nanos deadline{0};
        uint64_t age{0}; //!< key of m_byAge

        auto Tie() const
        {
            return std::tie(pieces,
                            header,
                            end,
                            beforeEnd,
                            fragments,
                            largest,
                            ecnSeen,
                            firstEcn,
                            givenUp,
                            arrival,
                            deadline,
                            age);
        }
    };

    using Datagrams = std::map<ReassemblyKey, Datagram>;

    /** How a fragment lies over what is held. */
    struct Fit
    {
        uint32_t newBytes{0};
        uint32_t newPieces{0};
        bool differs{false}; //!< some byte that is held has another value
    };

    static std::size_t MemoryOf(const Datagram& datagram);
    static Fit Compare(const Datagram& datagram, const ReassemblyFragment& fragment);
    static bool ContradictsEnd(const Datagram& datagram, const ReassemblyFragment& fragment);
    void Place(Datagram& datagram, const ReassemblyFragment& fragment);
    Datagrams::iterator Create(const ReassemblyKey& key, Nanos now);
    bool MakeRoom(std::size_t bytes, const ReassemblyKey& keep, std::vector<ReassemblyEffect>& out);
    void Remove(Datagrams::iterator which);
    void GiveUp(Datagrams::iterator which,
                ReassemblyDropReason reason,
                const ReassemblyFragment* with,
                std::vector<ReassemblyEffect>& out);
    void Complete(Datagrams::iterator which, std::vector<ReassemblyEffect>& out);
    void Expire(Nanos now, std::vector<ReassemblyEffect>& out);

    Config m_config;
    Datagrams m_datagrams;
    std::map<uint64_t, ReassemblyKey> m_byAge; //!< the oldest first, and so the first one due
    std::size_t m_memory{0};
    uint64_t m_nextAge{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_REASSEMBLY_TABLE_H */
