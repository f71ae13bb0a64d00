// SPDX-License-Identifier: GPL-2.0-only

#include "strata-aggregation-decision.h"

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <iterator>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t NONE = 0; // no node: the root is nobody's child

bool
BitOf(uint32_t address, unsigned index)
{
    return address >> (31 - index) & 1;
}

bool
BitOf(const Ipv6Family::Address& address, unsigned index)
{
    return address[index / 8] >> (7 - index % 8) & 1;
}

void
SetBit(uint32_t& address, unsigned index)
{
    address |= 1U << (31 - index);
}

void
SetBit(Ipv6Family::Address& address, unsigned index)
{
    address[index / 8] = static_cast<uint8_t>(address[index / 8] | 1U << (7 - index % 8));
}

template <class Family>
Prefix<Family>
Half(const Prefix<Family>& block, unsigned side)
{
    typename Family::Address address = block.GetAddress();
    if (side == 1)
    {
        SetBit(address, block.GetLength());
    }
    return Prefix<Family>(address, block.GetLength() + 1);
}

/** A binary trie, a node for each bit; node 0 is the root. */
template <class Node>
class Trie
{
  public:
    template <class Family>
    Node& At(const Prefix<Family>& prefix)
    {
        uint32_t at = 0;
        for (unsigned bit = 0; bit < prefix.GetLength(); ++bit)
        {
            const unsigned side = BitOf(prefix.GetAddress(), bit);
            if (m_nodes[at].child[side] == NONE)
            {
                m_nodes[at].child[side] = static_cast<uint32_t>(m_nodes.size());
                m_nodes.emplace_back();
            }
            at = m_nodes[at].child[side];
        }
        return m_nodes[at];
    }

    Node& operator[](uint32_t node)
    {
        return m_nodes[node];
    }

  private:
    std::vector<Node> m_nodes{1};
};

using ValueSet = boost::container::small_vector<uint32_t, 2>; // sorted

struct ExactNode
{
    std::array<uint32_t, 2> child{NONE, NONE};
    bool routed{false};
    bool full{false};              //!< every address in it has a route
    uint32_t value{DISCARD_VALUE}; //!< of its own route, later of whatever has none longer
    ValueSet best; //!< values with one of which as the inherited one the block needs fewest routes
};

ValueSet
Join(const ValueSet& a, const ValueSet& b)
{
    ValueSet both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    if (both.empty())
    {
        std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    }
    return both;
}

/** ORTC's passes over one table. */
template <class Family>
class ExactAggregation
{
  public:
    ExactAggregation(const std::vector<AggregationRoute<Family>>& routes, bool discardRoutes)
        : m_discardRoutes(discardRoutes)
    {
        for (const auto& route : routes)
        {
            ExactNode& node = m_trie.At(route.prefix);
            node.routed = true;
            node.value = route.value;
        }
    }

    std::vector<AggregationRoute<Family>> Run()
    {
        Up(0, DISCARD_VALUE);
        Down(0, Prefix<Family>(), DISCARD_VALUE);
        return std::move(m_result);
    }

  private:
    /** From the leaves: which values would be best above each block. */
    void Up(uint32_t index, uint32_t inherited)
    {
        const std::array<uint32_t, 2> child = m_trie[index].child;
        const uint32_t value = m_trie[index].routed ? m_trie[index].value : inherited;
        for (const uint32_t one : child)
        {
            if (one != NONE)
            {
                Up(one, value);
            }
        }
        ExactNode& node = m_trie[index];
        node.value = value;
        const ValueSet rest{value}; // of a half that has no node
        const bool routed = value != DISCARD_VALUE;
        const auto best = [&](uint32_t one) -> const ValueSet& {
            return one == NONE ? rest : m_trie[one].best;
        };
        const auto full = [&](uint32_t one) { return one == NONE ? routed : m_trie[one].full; };
        node.full = full(child[0]) && full(child[1]);
        node.best =
            child[0] == NONE && child[1] == NONE ? rest : Join(best(child[0]), best(child[1]));
    }

    /** From the root: a route where what is inherited isn't among the best. */
    void Down(uint32_t index, const Prefix<Family>& block, uint32_t inherited)
    {
        const ExactNode& node = m_trie[index];
        if ((node.full || m_discardRoutes) &&
            !std::binary_search(node.best.begin(), node.best.end(), inherited))
        {
            inherited = node.best.front();
            m_result.push_back({block, inherited});
        }
        if (node.child[0] == NONE && node.child[1] == NONE)
        {
            return;
        }
        for (unsigned side = 0; side < 2; ++side)
        {
            const Prefix<Family> half = Half(block, side);
            if (node.child[side] != NONE)
            {
                Down(node.child[side], half, inherited);
            }
            else if (node.value != inherited)
            {
                m_result.push_back({half, node.value});
            }
        }
    }

    Trie<ExactNode> m_trie;
    bool m_discardRoutes;
    std::vector<AggregationRoute<Family>> m_result;
};

/** To whom a packet goes that has met no longer prefix yet. */
enum Owner : uint8_t
{
    NOBODY,
    ROUTER,
    OTHER,
};

struct CoveringNode
{
    std::array<uint32_t, 2> child{NONE, NONE};
    bool own{false};
    bool foreign{false};
    bool full{false};                //!< own prefixes cover all of it
    double fill{0};                  //!< share of it that they cover
    std::array<uint32_t, 3> cost{};  //!< fewest announcements in it, by who owns it from above
    std::array<bool, 3> aggregate{}; //!< whether one of these is for the block itself
};

template <class Family>
class CoveringAggregation
{
  public:
    CoveringAggregation(const std::vector<Prefix<Family>>& own,
                        const std::vector<Prefix<Family>>& foreign,
                        const CoveringRules& rules)
        : m_rules(rules)
    {
        for (const auto& prefix : own)
        {
            m_trie.At(prefix).own = true;
        }
        for (const auto& prefix : foreign)
        {
            m_trie.At(prefix).foreign = true;
        }
    }

    CoveringResult<Family> Run()
    {
        Up(0, 0);
        Down(0, Prefix<Family>(), NOBODY);
        return std::move(m_result);
    }

  private:
    /** From the leaves: what announcing each block costs under each owner. */
    void Up(uint32_t index, unsigned length)
    {
        bool full = true;
        double fill = 0;
        std::array<uint32_t, 3> below{};
        for (const uint32_t one : m_trie[index].child)
        {
            if (one == NONE)
            {
                full = false;
                continue;
            }
            Up(one, length + 1);
            const CoveringNode& half = m_trie[one];
            full = full && half.full;
            fill += half.fill / 2;
            for (const Owner owner : {NOBODY, ROUTER, OTHER})
            {
                below[owner] += half.cost[owner];
            }
        }
        CoveringNode& node = m_trie[index];
        node.full = node.own || full;
        node.fill = node.full ? 1 : fill;
        for (const Owner owner : {NOBODY, ROUTER, OTHER})
        {
            const Owner here = OwnerIn(node, owner);
            node.cost[owner] = below[here] + Announces(node, owner);
            // where others own the block, free space in it is theirs
            node.aggregate[owner] = !node.own && !node.foreign && length >= m_rules.shortest &&
                                    node.fill >= m_rules.leastFill &&
                                    (owner == NOBODY || node.full) &&
                                    1 + below[ROUTER] < below[owner];
            if (node.aggregate[owner])
            {
                node.cost[owner] = 1 + below[ROUTER];
            }
        }
    }

    /** Whether an own prefix must be announced: another one is met first, or a foreign twin. */
    static bool Announces(const CoveringNode& node, Owner owner)
    {
        return node.own && (owner != ROUTER || node.foreign);
    }

    /** Who owns what no longer prefix in \p node covers. */
    static Owner OwnerIn(const CoveringNode& node, Owner owner)
    {
        return node.own ? ROUTER : node.foreign ? OTHER : owner;
    }

    void Down(uint32_t index, const Prefix<Family>& block, Owner owner)
    {
        const CoveringNode& node = m_trie[index];
        if (node.cost[owner] == 0)
        {
            return;
        }
        if (node.aggregate[owner] || Announces(node, owner))
        {
            m_result.announced.push_back(block);
            if (!node.full)
            {
                m_result.discarded.push_back(block);
            }
        }
        const Owner here = node.aggregate[owner] ? ROUTER : OwnerIn(node, owner);
        for (unsigned side = 0; side < 2; ++side)
        {
            if (node.child[side] != NONE)
            {
                Down(node.child[side], Half(block, side), here);
            }
        }
    }

    Trie<CoveringNode> m_trie;
    CoveringRules m_rules;
    CoveringResult<Family> m_result;
};

} // namespace

template <class Family>
std::vector<AggregationRoute<Family>>
AggregateExactly(const std::vector<AggregationRoute<Family>>& routes, bool discardRoutes)
{
    return ExactAggregation<Family>(routes, discardRoutes).Run();
}

template <class Family>
CoveringResult<Family>
AggregateCovering(const std::vector<Prefix<Family>>& own,
                  const std::vector<Prefix<Family>>& foreign,
                  const CoveringRules& rules)
{
    return CoveringAggregation<Family>(own, foreign, rules).Run();
}

template std::vector<AggregationRoute<Ipv4Family>> AggregateExactly<Ipv4Family>(
    const std::vector<AggregationRoute<Ipv4Family>>&,
    bool);
template std::vector<AggregationRoute<Ipv6Family>> AggregateExactly<Ipv6Family>(
    const std::vector<AggregationRoute<Ipv6Family>>&,
    bool);
template CoveringResult<Ipv4Family> AggregateCovering<Ipv4Family>(const std::vector<Ipv4Prefix>&,
                                                                  const std::vector<Ipv4Prefix>&,
                                                                  const CoveringRules&);
template CoveringResult<Ipv6Family> AggregateCovering<Ipv6Family>(const std::vector<Ipv6Prefix>&,
                                                                  const std::vector<Ipv6Prefix>&,
                                                                  const CoveringRules&);

} // namespace strata
} // namespace ns3
