// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_FIREWALL_FRAGMENT_TABLE_H
#define STRATA_FIREWALL_FRAGMENT_TABLE_H

#include "strata-firewall-packet-decision.h"

#include <bitset>
#include <map>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace strata
{

/** What becomes of a fragment. */
enum class FragmentFate : uint8_t
{
    ASK,     //!< it is the first of its datagram: the rules say, then Settle()
    PASS,    //!< as the first one did
    REFUSE,  //!< as the first one was
    HOLD,    //!< until the first one comes
    OVERLAP, //!< it lies over what came before in part; so the whole datagram is refused
    REPEAT,  //!< all of it came before: dropped alone
    LIMIT,   //!< too many are held, or are under way
};

/** What becomes of a fragment that was held. */
struct FragmentRelease
{
    uint64_t handle{0};
    /** PASS, REFUSE, OVERLAP, LIMIT: made room for others, or HOLD: waited in vain. */
    FragmentFate fate{FragmentFate::PASS};

    auto Tie() const
    {
        return std::tie(handle, fate);
    }
};

/**
 * The datagrams that pass in fragments: a later fragment has no ports, so what the rules say of the
 * first one holds for all. A value.
 *
 * Later fragments that come earlier are held. Each octet of a datagram passes once: a fragment
 * that lies over others in part ends its datagram (RFC 5722 for IPv6; RFC 1858 and RFC 3128 say
 * what the first octets of IPv4 are overlapped for), so what the rules saw of the first fragment is
 * what the receiver sees. A datagram is forgotten when all of it has passed.
 */
class FirewallFragmentTable
{
  public:
    struct Config
    {
        std::size_t maxDatagrams{1024};
        std::size_t maxHeld{256};                //!< fragments, over all datagrams
        Nanos timeout{std::chrono::seconds(30)}; //!< after the first fragment that came

        auto Tie() const
        {
            return std::tie(maxDatagrams, maxHeld, timeout);
        }
    };

    FirewallFragmentTable() = default;

    explicit FirewallFragmentTable(const Config& config)
        : m_config(config)
    {
    }

    const Config& GetConfig() const
    {
        return m_config;
    }

    void SetConfig(const Config& config)
    {
        m_config = config;
    }

    /**
     * A fragment comes. Precondition: it is one, in order by itself; \p now never goes back.
     *
     * \param handle by which the caller knows it, if it is held
     * \param [out] released what was held of the oldest datagram, if that had to make room
     */
    FragmentFate Step(const FirewallPacket& packet,
                      uint64_t handle,
                      Nanos now,
                      std::vector<FragmentRelease>& released);

    /**
     * What the rules said of the first fragment, after ASK for \p packet. Held fragments of the
     * datagram are appended to \p released.
     */
    void Settle(const FirewallPacket& packet, bool pass, std::vector<FragmentRelease>& released);

    /** Gives datagrams up that are overdue; what was held of them is appended to \p released. */
    void Advance(Nanos now, std::vector<FragmentRelease>& released);

    Nanos NextDeadline() const
    {
        return m_byAge.empty() ? NEVER : m_byAge.begin()->second.deadline;
    }

    std::size_t size() const
    {
        return m_byAge.size();
    }

    std::size_t Held() const
    {
        return m_held;
    }

  private:
    struct Key
    {
        FlowAddress source;
        FlowAddress destination;
        uint32_t identification{0};
        uint32_t device{0}; //!< so that nobody adds to what comes from another side
        uint8_t protocol{0};
        bool ipv6{false};

        bool operator==(const Key& other) const
        {
            return source == other.source && destination == other.destination &&
                   identification == other.identification && device == other.device &&
                   protocol == other.protocol && ipv6 == other.ipv6;
        }
    };

    struct KeyHash
    {
        std::size_t operator()(const Key& key) const;
    };

    enum class Verdict : uint8_t
    {
        OPEN,
        PASS,
        REFUSE,
        OVERLAP,
    };

    struct Datagram
    {
        Key key;
        Verdict verdict{Verdict::OPEN};
        Nanos deadline{0};
        uint32_t units{0};            //!< of eight octets, in all; 0 until the last one came
        std::bitset<8192> seen;       //!< by unit
        std::vector<uint64_t> held{}; //!< handles
    };

    /** Counts datagrams as they come. */
    using Number = uint64_t;

    static Key KeyOf(const FirewallPacket& packet);
    Number Find(const FirewallPacket& packet, Nanos now, std::vector<FragmentRelease>& released);
    void Release(Datagram& datagram, FragmentFate fate, std::vector<FragmentRelease>& released);
    void Forget(Number number);
    void ForgetIfWhole(Number number);

    Config m_config;
    std::map<Number, Datagram> m_byAge;
    std::unordered_map<Key, Number, KeyHash> m_byKey;
    Number m_last{0};
    std::size_t m_held{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_FIREWALL_FRAGMENT_TABLE_H */
