// SPDX-License-Identifier: GPL-2.0-only

#include "strata-router-discovery-machine.h"

#include <algorithm>

namespace ns3
{
namespace strata
{

namespace
{

using Times = RouterDiscoveryTimes;

/** Hosts that may wait for answers of their own; more of them are answered together. */
constexpr std::size_t MAX_ANSWERS = 32;

/** A span between the bounds, both included. */
Nanos
Between(Nanos least, Nanos most, uint64_t random)
{
    if (most <= least)
    {
        return least;
    }
    const auto width = static_cast<uint64_t>((most - least).count()) + 1;
    return least + Nanos{static_cast<int64_t>(random % width)};
}

} // namespace

RouterAdvertiserMachine::RouterAdvertiserMachine(const RouterAdvertiserRules& rules,
                                                 std::vector<IcmpRouterEntry> routers)
    : m_rules(rules),
      m_routers(std::move(routers))
{
}

RouterAdvertToSend
RouterAdvertiserMachine::Advert(uint32_t destination) const
{
    return {destination, {m_rules.lifetime, m_routers}};
}

void
RouterAdvertiserMachine::Start(Nanos now, uint64_t random)
{
    m_running = true;
    m_sent = 0;
    m_next = now + Between(Nanos{0}, Times::MAX_RESPONSE_DELAY, random);
}

std::vector<RouterAdvertToSend>
RouterAdvertiserMachine::Tick(Nanos now, uint64_t random)
{
    std::vector<RouterAdvertToSend> sends;
    if (!m_running)
    {
        return sends;
    }
    if (now >= std::min(m_next, m_response))
    {
        // an advert to the group answers everybody and begins the interval anew
        if (!m_routers.empty())
        {
            sends.push_back(Advert(ALL_SYSTEMS_GROUP));
        }
        m_response = NEVER;
        m_answered.clear();
        Nanos interval = Between(m_rules.minInterval, m_rules.maxInterval, random);
        if (m_sent < Times::MAX_INITIAL_ADVERTISEMENTS)
        {
            ++m_sent;
            interval = std::min(interval, Times::MAX_INITIAL_ADVERT_INTERVAL);
        }
        m_next = now + interval;
        return sends;
    }
    const auto waits = [now](const Answer& answer) { return answer.at > now; };
    for (const Answer& answer : m_answered)
    {
        if (!waits(answer) && !m_routers.empty())
        {
            sends.push_back(Advert(answer.host));
        }
    }
    m_answered.erase(std::remove_if(m_answered.begin(),
                                    m_answered.end(),
                                    [&waits](const Answer& answer) { return !waits(answer); }),
                     m_answered.end());
    return sends;
}

void
RouterAdvertiserMachine::OnSolicitation(uint32_t source, Nanos now, uint64_t random)
{
    if (!m_running)
    {
        return;
    }
    const Nanos at = now + Between(Nanos{0}, Times::MAX_RESPONSE_DELAY, random);
    const auto known = std::find_if(m_answered.begin(),
                                    m_answered.end(),
                                    [source](const Answer& a) { return a.host == source; });
    if (m_rules.unicastResponses && source != 0 &&
        (known != m_answered.end() || m_answered.size() < MAX_ANSWERS))
    {
        if (known == m_answered.end())
        {
            m_answered.push_back({at, source});
        }
    }
    else if (m_response == NEVER)
    {
        m_response = at;
    }
}

std::vector<RouterAdvertToSend>
RouterAdvertiserMachine::SetRouters(std::vector<IcmpRouterEntry> routers)
{
    std::vector<RouterAdvertToSend> sends;
    IcmpRouterAdvertisement gone;
    for (const IcmpRouterEntry& before : m_routers)
    {
        const bool stays =
            std::any_of(routers.begin(), routers.end(), [&before](const IcmpRouterEntry& r) {
                return r.address == before.address;
            });
        if (!stays)
        {
            gone.routers.push_back(before);
        }
    }
    m_routers = std::move(routers);
    if (m_running && !gone.routers.empty())
    {
        sends.push_back({ALL_SYSTEMS_GROUP, std::move(gone)});
    }
    return sends;
}

std::vector<RouterAdvertToSend>
RouterAdvertiserMachine::Stop()
{
    std::vector<RouterAdvertToSend> sends;
    if (m_running && !m_routers.empty())
    {
        sends.push_back({ALL_SYSTEMS_GROUP, {0, m_routers}});
    }
    m_running = false;
    m_next = NEVER;
    m_response = NEVER;
    m_answered.clear();
    return sends;
}

Nanos
RouterAdvertiserMachine::NextDeadline() const
{
    Nanos next = std::min(m_next, m_response);
    for (const Answer& answer : m_answered)
    {
        next = std::min(next, answer.at);
    }
    return next;
}

RouterDiscoveryMachine::RouterDiscoveryMachine(const Ipv4Prefix& subnet)
    : m_subnet(subnet)
{
}

void
RouterDiscoveryMachine::Start(Nanos now, uint64_t random)
{
    m_solicited = 0;
    m_solicitAt = now + Between(Nanos{0}, Times::MAX_SOLICITATION_DELAY, random);
}

bool
RouterDiscoveryMachine::Tick(Nanos now)
{
    m_routers.erase(
        std::remove_if(m_routers.begin(),
                       m_routers.end(),
                       [now](const DiscoveredRouter& router) { return router.expires <= now; }),
        m_routers.end());
    if (now < m_solicitAt)
    {
        return false;
    }
    ++m_solicited;
    m_solicitAt =
        m_solicited < Times::MAX_SOLICITATIONS ? now + Times::SOLICITATION_INTERVAL : NEVER;
    return true;
}

void
RouterDiscoveryMachine::OnAdvertisement(const IcmpRouterAdvertisement& advertisement, Nanos now)
{
    for (const IcmpRouterEntry& entry : advertisement.routers)
    {
        Hear(entry, advertisement.lifetime, now);
    }
    if (Gateway())
    {
        m_solicitAt = NEVER; // there is nothing more to ask
    }
}

void
RouterDiscoveryMachine::Hear(const IcmpRouterEntry& entry, uint16_t lifetime, Nanos now)
{
    if (!m_subnet.Contains(entry.address))
    {
        return;
    }
    auto known =
        std::find_if(m_routers.begin(), m_routers.end(), [&entry](const DiscoveredRouter& router) {
            return router.address == entry.address;
        });
    if (lifetime == 0)
    {
        if (known != m_routers.end())
        {
            m_routers.erase(known);
        }
        return;
    }
    const DiscoveredRouter heard{entry.address,
                                 entry.preference,
                                 now + std::chrono::seconds{lifetime},
                                 false};
    if (known != m_routers.end())
    {
        *known = heard;
        return;
    }
    if (entry.preference == IcmpRouterEntry::NEVER_DEFAULT)
    {
        return;
    }
    if (m_routers.size() == MAX_ROUTERS)
    {
        const auto worst =
            std::min_element(m_routers.begin(),
                             m_routers.end(),
                             [](const DiscoveredRouter& a, const DiscoveredRouter& b) {
                                 return a.preference < b.preference;
                             });
        if (worst->preference >= entry.preference)
        {
            return;
        }
        m_routers.erase(worst);
    }
    m_routers.push_back(heard);
}

void
RouterDiscoveryMachine::MarkUnreachable(uint32_t router)
{
    for (DiscoveredRouter& known : m_routers)
    {
        known.unreachable = known.unreachable || known.address == router;
    }
}

std::optional<uint32_t>
RouterDiscoveryMachine::Gateway() const
{
    const DiscoveredRouter* best = nullptr;
    for (const DiscoveredRouter& router : m_routers)
    {
        const bool usable =
            !router.unreachable && router.preference != IcmpRouterEntry::NEVER_DEFAULT;
        if (usable && (!best || router.preference > best->preference))
        {
            best = &router;
        }
    }
    return best ? std::make_optional(best->address) : std::nullopt;
}

Nanos
RouterDiscoveryMachine::NextDeadline() const
{
    Nanos next = m_solicitAt;
    for (const DiscoveredRouter& router : m_routers)
    {
        next = std::min(next, router.expires);
    }
    return next;
}

} // namespace strata
} // namespace ns3
