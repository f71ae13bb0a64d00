// SPDX-License-Identifier: GPL-2.0-only

#include "strata-firewall-fragment-table.h"

namespace ns3
{
namespace strata
{

std::size_t
FirewallFragmentTable::KeyHash::operator()(const Key& key) const
{
    StableHash hash;
    for (const uint64_t word : {key.source.high,
                                key.source.low,
                                key.destination.high,
                                key.destination.low,
                                uint64_t{key.identification} << 32 | key.device,
                                uint64_t{key.protocol} << 1 | key.ipv6})
    {
        hash.Add(word);
    }
    return static_cast<std::size_t>(hash.Get());
}

FirewallFragmentTable::Key
FirewallFragmentTable::KeyOf(const FirewallPacket& packet)
{
    Key key;
    key.source = packet.source;
    key.destination = packet.destination;
    key.identification = packet.identification;
    key.device = packet.in.device;
    key.ipv6 = packet.ipv6;
    // RFC 791 section 2.3 tells datagrams apart by the protocol, too; RFC 8200 section 4.5 does not
    key.protocol = packet.ipv6 ? 0 : packet.protocol;
    return key;
}

FirewallFragmentTable::Number
FirewallFragmentTable::Find(const FirewallPacket& packet,
                            Nanos now,
                            std::vector<FragmentRelease>& released)
{
    const Key key = KeyOf(packet);
    const auto known = m_byKey.find(key);
    if (known != m_byKey.end())
    {
        return known->second;
    }
    if (!m_byAge.empty() && m_byAge.size() >= m_config.maxDatagrams)
    {
        Release(m_byAge.begin()->second, FragmentFate::LIMIT, released);
        Forget(m_byAge.begin()->first);
    }
    Datagram& datagram = m_byAge[++m_last];
    datagram.key = key;
    datagram.deadline = After(now, m_config.timeout);
    m_byKey[key] = m_last;
    return m_last;
}

FragmentFate
FirewallFragmentTable::Step(const FirewallPacket& packet,
                            uint64_t handle,
                            Nanos now,
                            std::vector<FragmentRelease>& released)
{
    const Number number = Find(packet, now, released);
    Datagram& datagram = m_byAge[number];
    if (datagram.verdict == Verdict::OVERLAP)
    {
        return FragmentFate::OVERLAP;
    }
    const uint32_t first = packet.fragmentOffset / 8;
    const uint32_t end = first + (packet.fragmentSize + 7) / 8;
    uint32_t before = 0;
    for (uint32_t unit = first; unit < end; ++unit)
    {
        before += datagram.seen[unit];
    }
    if (before == end - first)
    {
        return FragmentFate::REPEAT;
    }
    const bool beyond = datagram.units != 0 && (end > datagram.units || !packet.moreFragments);
    bool shortens = false;
    for (uint32_t unit = end; !packet.moreFragments && unit < datagram.seen.size(); ++unit)
    {
        shortens = shortens || datagram.seen[unit];
    }
    if (before != 0 || beyond || shortens)
    {
        Release(datagram, FragmentFate::OVERLAP, released);
        datagram.verdict = Verdict::OVERLAP;
        return FragmentFate::OVERLAP;
    }
    if (packet.fragmentOffset != 0 && datagram.verdict == Verdict::OPEN)
    {
        if (m_held >= m_config.maxHeld)
        {
            return FragmentFate::LIMIT;
        }
        datagram.held.push_back(handle);
        ++m_held;
    }
    for (uint32_t unit = first; unit < end; ++unit)
    {
        datagram.seen.set(unit);
    }
    if (!packet.moreFragments)
    {
        datagram.units = end;
    }
    switch (datagram.verdict)
    {
    case Verdict::OPEN:
        return packet.fragmentOffset == 0 ? FragmentFate::ASK : FragmentFate::HOLD;
    case Verdict::PASS:
        ForgetIfWhole(number);
        return FragmentFate::PASS;
    case Verdict::REFUSE:
    case Verdict::OVERLAP:
        break;
    }
    ForgetIfWhole(number);
    return FragmentFate::REFUSE;
}

void
FirewallFragmentTable::Settle(const FirewallPacket& packet,
                              bool pass,
                              std::vector<FragmentRelease>& released)
{
    const auto known = m_byKey.find(KeyOf(packet));
    if (known == m_byKey.end())
    {
        return;
    }
    const Number number = known->second;
    Datagram& datagram = m_byAge[number];
    datagram.verdict = pass ? Verdict::PASS : Verdict::REFUSE;
    Release(datagram, pass ? FragmentFate::PASS : FragmentFate::REFUSE, released);
    ForgetIfWhole(number);
}

void
FirewallFragmentTable::Advance(Nanos now, std::vector<FragmentRelease>& released)
{
    while (!m_byAge.empty() && m_byAge.begin()->second.deadline <= now)
    {
        Release(m_byAge.begin()->second, FragmentFate::HOLD, released);
        Forget(m_byAge.begin()->first);
    }
}

void
FirewallFragmentTable::Release(Datagram& datagram,
                               FragmentFate fate,
                               std::vector<FragmentRelease>& released)
{
    for (const uint64_t handle : datagram.held)
    {
        released.push_back({handle, fate});
    }
    m_held -= datagram.held.size();
    datagram.held.clear();
}

void
FirewallFragmentTable::Forget(Number number)
{
    m_byKey.erase(m_byAge[number].key);
    m_byAge.erase(number);
}

void
FirewallFragmentTable::ForgetIfWhole(Number number)
{
    const Datagram& datagram = m_byAge[number];
    // no unit twice and none beyond the last: the count tells that all are there
    if (datagram.units != 0 && datagram.seen.count() == datagram.units)
    {
        Forget(number);
    }
}

} // namespace strata
} // namespace ns3
