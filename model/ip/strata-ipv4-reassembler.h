// SPDX-License-Identifier: GPL-2.0-only

#ifndef STRATA_IPV4_REASSEMBLER_H
#define STRATA_IPV4_REASSEMBLER_H

#include "strata-icmp-protocol.h"
#include "strata-reassembly-table.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/strata-ipv4-hooks.h"

namespace ns3
{
namespace strata
{

/**
 * Puts the fragments together that are for this node, at PREROUTING, so that the stock stack sees
 * whole datagrams only. A datagram that stays incomplete is answered with Time Exceeded (RFC 792).
 */
class Ipv4Reassembler : public Ipv4HookElement
{
  public:
    static TypeId GetTypeId();

    Ipv4Reassembler();
    ~Ipv4Reassembler() override;

    /**
     * Signature of the trace source Reassembled.
     *
     * \param [in] header of the whole datagram
     * \param [in] fragments of which it was made
     * \param [in] wait from the first fragment to the last
     */
    typedef void (*ReassembledCallback)(const Ipv4WireHeader& header,
                                        uint32_t fragments,
                                        Time wait);

    void Setup(Ptr<Ipv4Hooks> hooks, Ptr<StrataIcmp> icmp);

    bool NeedsAll() const override;
    HookVerdict Process(Ipv4HookPacket& packet) override;

    /** Bytes held now, as they count against the limit. */
    std::size_t GetMemory() const
    {
        return m_table.MemoryBytes();
    }

    /** The most bytes that were held at once. */
    std::size_t GetPeakMemory() const
    {
        return m_peakMemory;
    }

    /** Fragments received and given up so far. */
    uint64_t GetFragments() const
    {
        return m_fragments;
    }

    uint64_t GetLostFragments() const
    {
        return m_lostFragments;
    }

  protected:
    void DoDispose() override;

  private:
    void SetTimeout(Time timeout);
    Time GetTimeout() const;
    void SetMemoryLimit(uint64_t bytes);
    uint64_t GetMemoryLimit() const;
    void SetOverlap(std::string policy);
    std::string GetOverlap() const;
    void Configure(const ReassemblyTable::Config& config);

    void Carry(std::vector<ReassemblyEffect> effects, const Ipv4HookPacket* last);
    void GiveUp(const ReassemblyDrop& drop, const Ipv4HookPacket* last);
    void ReportTimeout(const ReassemblyTimeout& timeout);
    void Schedule();
    void Expire();

    Ptr<Ipv4Hooks> m_hooks;
    Ptr<StrataIcmp> m_icmp;
    ReassemblyTable m_table;
    EventId m_expire;
    std::size_t m_peakMemory{0};
    uint64_t m_fragments{0};
    uint64_t m_lostFragments{0};
    TracedCallback<const Ipv4WireHeader&, uint32_t, Time> m_reassembled;
};

} // namespace strata
} // namespace ns3

#endif /* STRATA_IPV4_REASSEMBLER_H */
