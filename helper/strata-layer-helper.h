// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_LAYER_HELPER_H
#define STRATA_LAYER_HELPER_H

#include "ns3/net-device-container.h"
#include "ns3/node-container.h"
#include "ns3/nstime.h"
#include "ns3/strata-layer-member.h"
#include "ns3/strata-session-flow-provider.h"
#include "ns3/strata-udp-flow-provider.h"

#include <map>
#include <string>
#include <vector>

namespace ns3
{
namespace strata
{

/** Members of one layer, in the order in which they were made. */
class LayerMemberContainer
{
  public:
    void Add(Ptr<LayerMember> member)
    {
        m_members.push_back(member);
    }

    uint32_t GetN() const
    {
        return static_cast<uint32_t>(m_members.size());
    }

    Ptr<LayerMember> Get(uint32_t i) const
    {
        return m_members.at(i);
    }

    std::vector<Ptr<LayerMember>>::const_iterator begin() const
    {
        return m_members.begin();
    }

    std::vector<Ptr<LayerMember>>::const_iterator end() const
    {
        return m_members.end();
    }

  private:
    std::vector<Ptr<LayerMember>> m_members;
};

/**
 * Makes the members of a layer from words, so that a script or a command line can describe it.
 *
 * \code
 * LayerHelper layer;
 * layer.SetLayer("campus", 1);
 * layer.SetPolicy("directory", "server:1");
 * layer.SetPolicy("scheduler", "drr:1=30,2=70");
 * layer.SetParameter("HoldTime", "3s");
 * LayerMemberContainer members = layer.Install(nodes);
 * layer.AddDevices(devices);
 * layer.Enroll(members, MilliSeconds(100));
 * \endcode
 *
 * Policies, the first of each slot is what stands without a word:
 *
 * \verbatim
 * naming       hierarchical | flat | flat-assigned
 * directory    replicated | server:MEMBER | hashed | none
 * routing      link-state | learning | anchor | resolver | static[:MEMBER BLOCK/BITS VIA,...]
 * forwarding   longest-prefix | exact
 * attachment   stay-put | tell-everyone | tell-path | tell-home
 * location     stay-put | tell-peer-and-directory | tell-peer-only | look-up-on-recovery |
 *              tell-by-rendezvous:MEMBER
 * security     open | secret:TEXT
 * scheduler    none | fifo[:PACKETS] | drr:SLICE=WEIGHT,...     slices not named have no share
 * \endverbatim
 *
 * MEMBER and BLOCK are names as the naming policy writes them, "3.1" or "42". Parameters are those
 * of LayerParameters, with a capital; those of sessions begin with "Session". Times have a unit:
 * h, min, s, ms, us or ns.
 *
 * A word that is not known ends the program with one line that says which are.
 */
class LayerHelper
{
  public:
    LayerHelper();

    /** The layer's name and its id in PDUs; a node has at most one live member of an id. */
    void SetLayer(const std::string& name, uint16_t id);

    void SetPolicy(const std::string& slot, const std::string& choice);
    void SetParameter(const std::string& name, const std::string& value);

    /** Empty if SetPolicy would take it, else the line with which it would end the program. */
    std::string CheckPolicy(const std::string& slot, const std::string& choice) const;
    std::string CheckParameter(const std::string& name, const std::string& value) const;

    static std::vector<std::string> GetPolicySlots();
    static std::vector<std::string> GetParameterNames();

    /** A member on \p node, outside the layer and without underlays. */
    Ptr<LayerMember> Install(Ptr<Node> node) const;
    LayerMemberContainer Install(const NodeContainer& nodes) const;

    /** Puts the member of this layer on each device's node over the device. */
    void AddDevices(const NetDeviceContainer& devices) const;

    /** Puts \p member over \p below, where it is the process \p process; for Connect. */
    Ptr<SessionFlowProvider> AddUnderlay(Ptr<LayerMember> member,
                                         Ptr<LayerMember> below,
                                         const std::string& process,
                                         uint8_t slice = 0) const;

    /** Puts \p member over UDP of its node's Internet stack; for Connect. */
    Ptr<UdpFlowProvider> AddUdp(Ptr<LayerMember> member) const;

    /**
     * The first member begins the layer as 1; the others join one every \p interval as 2, 3, ...
     * Routers own 16-bit blocks under hierarchical naming.
     */
    void Enroll(const LayerMemberContainer& members, Time interval) const;

    /** What Install gives to each member. */
    LayerParameters GetParameters() const;
    LayerPolicies GetPolicies() const;

  private:
    LayerParameters m_parameters;
    std::map<std::string, std::string> m_choices; //!< by slot
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_LAYER_HELPER_H */
