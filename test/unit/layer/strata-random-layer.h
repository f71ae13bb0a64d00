// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_RANDOM_LAYER_H
#define STRATA_RANDOM_LAYER_H

#include "strata-checked-net.h"

#include <random>

namespace ns3
{
namespace strata
{

/** A connected graph: node i is joined to one before it, and some chords are added. */
struct RandomGraph
{
    using Edge = std::pair<std::size_t, std::size_t>;

    RandomGraph(uint32_t seed, std::size_t n)
        : size(n)
    {
        std::mt19937 random(seed);
        for (std::size_t i = 1; i < n; ++i)
        {
            tree.emplace_back(random() % i, i);
        }
        for (std::size_t i = 0; i < n; ++i)
        {
            const std::size_t a = random() % n;
            const std::size_t b = random() % n;
            const bool known = std::any_of(tree.begin(), tree.end(), [&](const Edge& e) {
                return e == Edge(a, b) || e == Edge(b, a);
            });
            if (a != b && !known)
            {
                chords.emplace_back(a, b);
            }
        }
        if (chords.empty())
        {
            chords.emplace_back(0, n - 1);
        }
    }

    std::size_t size;
    std::vector<Edge> tree;
    std::vector<Edge> chords; //!< what the graph can lose and stay connected
};

/** The layer of a policy bundle over a random graph, with leaves; its members can ask for hops. */
class RandomLayer
{
  public:
    RandomLayer(uint32_t seed, std::size_t n, const LayerPolicies& p, std::size_t leafCount = 3)
        : graph(seed, n),
          policies(p),
          random(seed + 1000)
    {
        for (std::size_t i = 0; i < n; ++i)
        {
            routers.push_back(net.Add(parameters, policies));
        }
        net.Do(routers[0], BootstrapEvent{RouterName(0), static_cast<uint8_t>(IsFlat() ? 64 : 16)});
        for (const auto& [a, b] : graph.tree)
        {
            treePorts.push_back(net.Connect(routers[a], routers[b]).first);
            net.Do(routers[b], JoinEvent{RouterName(b)});
            Settle();
        }
        for (const auto& [a, b] : graph.chords)
        {
            chordPorts.push_back(net.Connect(routers[a], routers[b]).first);
        }
        Settle();
        for (std::size_t i = 0; i < leafCount; ++i)
        {
            LayerParameters leaf = parameters;
            leaf.role = MemberRole::LEAF;
            leaves.push_back(net.Add(leaf, policies));
            access.push_back(net.Connect(leaves[i], routers[random() % n]).first);
            net.Do(leaves[i], JoinEvent{IsFlat() ? MemberName{1000 + i} : NO_NAME});
            Settle();
        }
    }

    bool IsFlat() const
    {
        return policies.naming->Scheme() == NameScheme::FLAT;
    }

    MemberName RouterName(std::size_t i) const
    {
        return NameOf(policies, i);
    }

    static MemberName NameOf(const LayerPolicies& policies, std::size_t i)
    {
        return policies.naming->Scheme() == NameScheme::FLAT
                   ? MemberName{i + 1}
                   : MakeName(static_cast<uint16_t>(i + 1));
    }

    /** Lets the layer come to rest. */
    void Settle()
    {
        net.RunFor(std::chrono::seconds(5));
    }

    /** Expects that PDUs of every router, and of every leaf, reach every other member. */
    void ExpectAllReach(const std::string& when)
    {
        std::vector<MemberNet::Index> all = routers;
        all.insert(all.end(), leaves.begin(), leaves.end());
        for (const auto from : all)
        {
            std::map<uint32_t, MemberName> asked;
            for (const auto to : all)
            {
                if (from != to)
                {
                    asked[++m_probe] = net.State(to).name;
                    net.Do(from, ProbeEvent{net.State(to).name, m_probe});
                }
            }
            net.RunFor(std::chrono::seconds(2));
            for (const ProbeNotice& notice : net.Notices<ProbeNotice>(from))
            {
                asked.erase(notice.id);
            }
            for (const auto& [id, to] : asked)
            {
                ADD_FAILURE() << net.State(from).name << " does not reach " << to << ' ' << when;
            }
        }
        net.ExpectRestIsRight(when);
    }

    CheckedNet net;
    RandomGraph graph;
    LayerPolicies policies;
    LayerParameters parameters;
    std::mt19937 random;
    std::vector<MemberNet::Index> routers;
    std::vector<MemberNet::Index> leaves;
    std::vector<PortId> treePorts;  //!< at the first end of each edge of the tree
    std::vector<PortId> chordPorts; //!< and of each chord
    std::vector<PortId> access;     //!< of each leaf, at its end

  private:
    uint32_t m_probe{0};
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_RANDOM_LAYER_H */
