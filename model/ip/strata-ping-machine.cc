// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ping-machine.h"

#include "ns3/strata-byte-writer.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint32_t ICMP_HEADER = 8;
constexpr uint32_t TIME_SIZE = 16;
constexpr uint8_t SOURCE_QUENCH = 4;
constexpr uint8_t REDIRECT = 5;

/** As Linux on 64 bits and a little-endian machine writes its struct timeval. */
void
WriteTime(Bytes& data, Nanos now)
{
    const uint64_t micros = static_cast<uint64_t>(now.count()) / 1000;
    for (uint64_t value : {micros / 1'000'000, micros % 1'000'000})
    {
        for (int i = 0; i < 8; ++i)
        {
            data.push_back(static_cast<uint8_t>(value >> (8 * i)));
        }
    }
}

} // namespace

int64_t
PingStatistics::Average() const
{
    return samples == 0 ? 0 : static_cast<int64_t>(sum / static_cast<double>(samples));
}

int64_t
PingStatistics::Deviation() const
{
    if (samples == 0)
    {
        return 0;
    }
    const double n = static_cast<double>(samples);
    const double variance = (squares - sum * sum / n) / n;
    return variance <= 0 ? 0 : static_cast<int64_t>(std::sqrt(variance));
}

double
PingStatistics::LossPercent() const
{
    if (transmitted == 0)
    {
        return 0;
    }
    return static_cast<double>(transmitted - received) * 100 / static_cast<double>(transmitted);
}

PingMachine::PingMachine(const PingParameters& parameters)
    : m_parameters(parameters)
{
}

PingEffects
PingMachine::Start(Nanos now)
{
    PingEffects effects;
    if (!m_started)
    {
        m_started = true;
        m_first = now;
        Send(now, effects);
    }
    return effects;
}

PingEffects
PingMachine::Tick(Nanos now)
{
    PingEffects effects;
    if (m_finished)
    {
        return effects;
    }
    if (now >= m_nextSend)
    {
        Send(now, effects);
    }
    else if (now >= m_end)
    {
        return Stop();
    }
    return effects;
}

void
PingMachine::Send(Nanos now, PingEffects& effects)
{
    ++m_statistics.transmitted;
    m_statistics.duration = now - m_first;
    m_sent.push_back({now, false});
    if (m_sent.size() > 65536)
    {
        m_sent.pop_front();
    }
    PingRequest request;
    request.sequence = static_cast<uint16_t>(m_statistics.transmitted);
    request.data.reserve(m_parameters.size);
    if (m_parameters.size >= TIME_SIZE)
    {
        WriteTime(request.data, now);
    }
    for (std::size_t i = request.data.size(); i < m_parameters.size; ++i)
    {
        request.data.push_back(static_cast<uint8_t>(i));
    }
    effects.send = std::move(request);
    if (m_parameters.count == 0 || m_statistics.transmitted < m_parameters.count)
    {
        m_nextSend = now + m_parameters.interval;
        return;
    }
    m_nextSend = NEVER;
    if (m_statistics.received > 0)
    {
        const Nanos longest = std::chrono::microseconds(m_statistics.maximum);
        m_end = now + std::max(2 * longest, m_parameters.interval);
    }
    else
    {
        m_end = now + m_parameters.timeout;
    }
}

PingMachine::Sent*
PingMachine::Find(uint16_t sequence)
{
    const auto age = static_cast<uint16_t>(m_statistics.transmitted - sequence);
    return age < m_sent.size() ? &m_sent[m_sent.size() - 1 - age] : nullptr;
}

void
PingMachine::Acknowledge(uint16_t sequence)
{
    const auto age = static_cast<uint16_t>(m_statistics.transmitted - sequence);
    if (age < 0x8000)
    {
        m_statistics.pipe = std::max<uint32_t>(m_statistics.pipe, age + 1U);
    }
}

PingEffects
PingMachine::OnReply(const PingReply& reply, Nanos now)
{
    PingEffects effects;
    Sent* sent = m_finished ? nullptr : Find(reply.sequence);
    if (!sent)
    {
        return effects;
    }
    PingReplyReport report;
    report.reply = reply;
    report.differentAddress = !m_parameters.anyResponder && reply.from != m_parameters.destination;
    report.truncated = reply.size < m_parameters.size + ICMP_HEADER;
    Acknowledge(reply.sequence);
    report.duplicate = sent->answered;
    ++(report.duplicate ? m_statistics.duplicates : m_statistics.received);
    sent->answered = true;
    // Linux takes the time from the data; where it does not fit in, a reader expects none.
    if (m_parameters.size >= TIME_SIZE)
    {
        report.rtt = now - sent->at;
        const int64_t micros = report.rtt->count() / 1000;
        const double value = static_cast<double>(micros);
        m_statistics.minimum =
            m_statistics.samples == 0 ? micros : std::min(m_statistics.minimum, micros);
        m_statistics.maximum = std::max(m_statistics.maximum, micros);
        m_statistics.sum += value;
        m_statistics.squares += value * value;
        ++m_statistics.samples;
    }
    effects.report = std::move(report);
    FinishWhenAllAreSettled(effects);
    return effects;
}

PingEffects
PingMachine::OnError(const PingError& error)
{
    PingEffects effects;
    if (m_finished || !Find(error.sequence))
    {
        return effects;
    }
    effects.report = PingErrorReport{error};
    // These two come beside the answer, not in its place.
    if (error.type != SOURCE_QUENCH && error.type != REDIRECT)
    {
        Acknowledge(error.sequence);
        ++m_statistics.errors;
        FinishWhenAllAreSettled(effects);
    }
    return effects;
}

PingEffects
PingMachine::OnLocalError(uint16_t sequence, uint32_t mtu)
{
    PingEffects effects;
    if (m_finished || !Find(sequence))
    {
        return effects;
    }
    effects.report = PingLocalErrorReport{sequence, mtu};
    if (mtu != 0)
    {
        ++m_statistics.errors;
        FinishWhenAllAreSettled(effects);
    }
    return effects;
}

void
PingMachine::FinishWhenAllAreSettled(PingEffects& effects)
{
    if (m_parameters.count != 0 && m_statistics.transmitted >= m_parameters.count &&
        m_statistics.received + m_statistics.errors >= m_parameters.count)
    {
        effects.finished = Stop().finished;
    }
}

PingEffects
PingMachine::Stop()
{
    PingEffects effects;
    effects.finished = m_started && !m_finished;
    m_finished = m_finished || m_started;
    return effects;
}

Nanos
PingMachine::NextDeadline() const
{
    return m_finished ? NEVER : std::min(m_nextSend, m_end);
}

} // namespace strata
} // namespace ns3
