// SPDX-License-Identifier: GPL-2.0-only

#include "strata-reassembly-table.h"

#include "strata-fragmentation-decision.h"

#include <algorithm>
#include <optional>

namespace ns3
{
namespace strata
{

namespace
{

enum EcnSeen : uint8_t
{
    SEEN_NOT_ECT = 1 << 0,
    SEEN_CE = 1 << 3,
};

constexpr uint8_t ECN_CE = 3;

uint32_t
SizeOf(ByteView bytes)
{
    return static_cast<uint32_t>(bytes.size());
}

uint32_t
EndOf(const ReassemblyFragment& fragment)
{
    return fragment.offset + SizeOf(fragment.payload);
}

/** Faults that a fragment shows by itself. */
std::optional<ReassemblyDropReason>
FaultOf(const ReassemblyFragment& fragment)
{
    if (fragment.payload.empty())
    {
        return ReassemblyDropReason::EMPTY;
    }
    if (fragment.offset % IPV4_FRAGMENT_UNIT != 0 ||
        (fragment.moreFragments && fragment.payload.size() % IPV4_FRAGMENT_UNIT != 0))
    {
        return ReassemblyDropReason::RAGGED;
    }
    if (uint64_t{fragment.offset} + fragment.payload.size() > IPV4_MAX_DATAGRAM - IPV4_MIN_HEADER)
    {
        return ReassemblyDropReason::TOO_LONG;
    }
    return std::nullopt;
}

ReassemblyDrop
DropOf(const ReassemblyFragment& fragment, ReassemblyDropReason reason)
{
    return {fragment.key, reason, 1, SizeOf(fragment.payload)};
}

/** Calls \p held(piece, from, to) and \p gap(from, to) for the stretches of [begin, end). */
template <class Pieces, class Held, class Gap>
void
Walk(Pieces& pieces, uint32_t begin, uint32_t end, Held held, Gap gap)
{
    auto piece = pieces.upper_bound(begin);
    if (piece != pieces.begin())
    {
        const auto before = std::prev(piece);
        if (before->first + SizeOf(before->second) > begin)
        {
            piece = before;
        }
    }
    uint32_t at = begin;
    for (; piece != pieces.end() && piece->first < end; ++piece)
    {
        if (at < piece->first)
        {
            gap(at, piece->first);
            at = piece->first;
        }
        const uint32_t to = std::min(end, piece->first + SizeOf(piece->second));
        held(*piece, at, to);
        at = to;
    }
    if (at < end)
    {
        gap(at, end);
    }
}

} // namespace

const char*
ReassemblyDropName(ReassemblyDropReason reason)
{
    switch (reason)
    {
    case ReassemblyDropReason::EMPTY:
        return "ip.fragment-empty";
    case ReassemblyDropReason::RAGGED:
        return "ip.fragment-ragged";
    case ReassemblyDropReason::TOO_LONG:
        return "ip.fragment-too-long";
    case ReassemblyDropReason::DUPLICATE:
        return "ip.fragment-duplicate";
    case ReassemblyDropReason::OVERLAP:
        return "ip.fragment-overlap";
    case ReassemblyDropReason::CONFLICTING_END:
        return "ip.fragment-conflicting-end";
    case ReassemblyDropReason::TOO_MANY:
        return "ip.fragment-too-many";
    case ReassemblyDropReason::MIXED_ECN:
        return "ip.fragment-mixed-ecn";
    case ReassemblyDropReason::NO_MEMORY:
        return "ip.fragment-no-memory";
    case ReassemblyDropReason::LATE:
        return "ip.fragment-late";
    }
    return "ip.fragment-unknown";
}

Expected<Ipv4WireHeader, DecodeError>
HeaderOfReassembled(const ReassembledDatagram& datagram)
{
    auto header = Ipv4WireHeader::Decode(datagram.header, {});
    if (header)
    {
        header->totalLength = static_cast<uint16_t>(header->HeaderSize() + datagram.payload.size());
        header->moreFragments = false;
        header->fragmentOffset = 0;
        header->ecn = datagram.ecn;
        header->SetChecksum();
    }
    return header;
}

std::vector<ReassemblyEffect>
ReassemblyTable::Add(const ReassemblyFragment& fragment, Nanos now)
{
    std::vector<ReassemblyEffect> out;
    Expire(now, out);
    const auto refuse = [&](ReassemblyDropReason reason) {
        out.push_back(DropOf(fragment, reason));
        return std::move(out);
    };
    const bool first = fragment.offset == 0;
    if (first && !fragment.moreFragments)
    {
        out.push_back(ReassembledDatagram{fragment.key,
                                          fragment.header.ToBytes(),
                                          fragment.payload.ToBytes(),
                                          fragment.ecn,
                                          1,
                                          SizeOf(fragment.payload),
                                          now});
        return out;
    }
    if (const auto fault = FaultOf(fragment))
    {
        return refuse(*fault);
    }

    auto which = m_datagrams.find(fragment.key);
    const bool known = which != m_datagrams.end();
    Fit fit{SizeOf(fragment.payload), 1, false};
    if (known)
    {
        if (which->second.givenUp)
        {
            return refuse(ReassemblyDropReason::LATE);
        }
        const bool strict = m_config.overlap == OverlapPolicy::DROP_DATAGRAM;
        if (ContradictsEnd(which->second, fragment))
        {
            if (!strict)
            {
                return refuse(ReassemblyDropReason::CONFLICTING_END);
            }
            GiveUp(which, ReassemblyDropReason::CONFLICTING_END, &fragment, out);
            return out;
        }
        fit = Compare(which->second, fragment);
        if (fit.newBytes == 0 && !fit.differs)
        {
            return refuse(ReassemblyDropReason::DUPLICATE);
        }
        if (strict && fit.newBytes < fragment.payload.size())
        {
            GiveUp(which, ReassemblyDropReason::OVERLAP, &fragment, out);
            return out;
        }
        if (fit.newBytes == 0 && m_config.overlap == OverlapPolicy::FIRST_WINS)
        {
            return refuse(ReassemblyDropReason::OVERLAP);
        }
        if (which->second.fragments >= m_config.maxFragments)
        {
            GiveUp(which, ReassemblyDropReason::TOO_MANY, &fragment, out);
            return out;
        }
    }

    const std::size_t needed = (known ? 0 : DATAGRAM_COST) + fit.newPieces * PIECE_COST +
                               fit.newBytes + (first ? fragment.header.size() : 0);
    if (!MakeRoom(needed, fragment.key, out))
    {
        return refuse(ReassemblyDropReason::NO_MEMORY);
    }
    if (!known)
    {
        which = Create(fragment.key, now);
    }
    Datagram& datagram = which->second;
    m_memory -= MemoryOf(datagram);
    Place(datagram, fragment);
    m_memory += MemoryOf(datagram);

    const uint32_t reach = std::max(datagram.end, datagram.beforeEnd);
    if (datagram.header.size() + reach > IPV4_MAX_DATAGRAM)
    {
        GiveUp(which, ReassemblyDropReason::TOO_LONG, nullptr, out);
    }
    else if (datagram.end != 0 && datagram.held == datagram.end)
    {
        Complete(which, out);
    }
    return out;
}

std::vector<ReassemblyEffect>
ReassemblyTable::Advance(Nanos now)
{
    std::vector<ReassemblyEffect> out;
    Expire(now, out);
    return out;
}

std::size_t
ReassemblyTable::MemoryOf(const Datagram& datagram)
{
    return DATAGRAM_COST + datagram.pieces.size() * PIECE_COST + datagram.held +
           datagram.header.size();
}

ReassemblyTable::Fit
ReassemblyTable::Compare(const Datagram& datagram, const ReassemblyFragment& fragment)
{
    Fit fit;
    Walk(
        datagram.pieces,
        fragment.offset,
        EndOf(fragment),
        [&](const auto& piece, uint32_t from, uint32_t to) {
            fit.differs =
                fit.differs || ByteView(piece.second).Sub(from - piece.first, to - from) !=
                                   fragment.payload.Sub(from - fragment.offset, to - from);
        },
        [&](uint32_t from, uint32_t to) {
            fit.newBytes += to - from;
            ++fit.newPieces;
        });
    return fit;
}

bool
ReassemblyTable::ContradictsEnd(const Datagram& datagram, const ReassemblyFragment& fragment)
{
    const uint32_t end = EndOf(fragment);
    if (fragment.moreFragments)
    {
        return datagram.end != 0 && end >= datagram.end;
    }
    return end <= datagram.beforeEnd || (datagram.end != 0 && end != datagram.end);
}

void
ReassemblyTable::Place(Datagram& datagram, const ReassemblyFragment& fragment)
{
    const auto bytes = [&](uint32_t from, uint32_t to) {
        return fragment.payload.Sub(from - fragment.offset, to - from);
    };
    const bool replace = m_config.overlap == OverlapPolicy::LAST_WINS;
    std::vector<std::pair<uint32_t, uint32_t>> gaps;
    Walk(
        datagram.pieces,
        fragment.offset,
        EndOf(fragment),
        [&](auto& piece, uint32_t from, uint32_t to) {
            if (replace)
            {
                // in place: a split would copy the rest of the piece for each tiny fragment
                const ByteView part = bytes(from, to);
                std::copy(part.begin(), part.end(), piece.second.begin() + (from - piece.first));
            }
        },
        [&](uint32_t from, uint32_t to) { gaps.emplace_back(from, to); });
    for (const auto& [from, to] : gaps)
    {
        datagram.pieces.emplace(from, bytes(from, to).ToBytes());
        datagram.held += to - from;
    }
    if (fragment.moreFragments)
    {
        datagram.beforeEnd = std::max(datagram.beforeEnd, EndOf(fragment));
    }
    else
    {
        datagram.end = EndOf(fragment);
    }
    if (fragment.offset == 0 && (replace || datagram.header.empty()))
    {
        datagram.header = fragment.header.ToBytes();
        datagram.firstEcn = fragment.ecn;
    }
    ++datagram.fragments;
    datagram.largest = std::max(datagram.largest, SizeOf(fragment.payload));
    datagram.ecnSeen = static_cast<uint8_t>(datagram.ecnSeen | 1U << (fragment.ecn & ECN_CE));
}

ReassemblyTable::Datagrams::iterator
ReassemblyTable::Create(const ReassemblyKey& key, Nanos now)
{
    const auto which = m_datagrams.emplace(key, Datagram{}).first;
    which->second.arrival = now;
    which->second.deadline = now < NEVER - m_config.timeout ? now + m_config.timeout : NEVER;
    which->second.age = m_nextAge++;
    m_byAge.emplace(which->second.age, key);
    m_memory += DATAGRAM_COST;
    return which;
}

bool
ReassemblyTable::MakeRoom(std::size_t bytes,
                          const ReassemblyKey& keep,
                          std::vector<ReassemblyEffect>& out)
{
    const auto kept = m_datagrams.find(keep);
    const bool known = kept != m_datagrams.end();
    if ((known ? MemoryOf(kept->second) : 0) + bytes > m_config.highMemory)
    {
        return false; // even alone; the others shall not go for nothing
    }
    bool crowded = !known && m_datagrams.size() >= m_config.maxDatagrams;
    if (!crowded && m_memory + bytes <= m_config.highMemory)
    {
        return true;
    }
    const std::size_t goal = m_memory + bytes <= m_config.highMemory
                                 ? m_config.highMemory
                                 : std::min(m_config.lowMemory, m_config.highMemory);
    for (auto oldest = m_byAge.begin();
         oldest != m_byAge.end() && (crowded || m_memory + bytes > goal);)
    {
        const auto which = m_datagrams.find(oldest->second);
        ++oldest; // its entry goes with the datagram
        if (which == kept)
        {
            continue;
        }
        GiveUp(which, ReassemblyDropReason::NO_MEMORY, nullptr, out);
        Remove(which);
        crowded = !known && m_datagrams.size() >= m_config.maxDatagrams;
    }
    return !crowded && m_memory + bytes <= m_config.highMemory;
}

void
ReassemblyTable::Remove(Datagrams::iterator which)
{
    m_memory -= MemoryOf(which->second);
    m_byAge.erase(which->second.age);
    m_datagrams.erase(which);
}

void
ReassemblyTable::GiveUp(Datagrams::iterator which,
                        ReassemblyDropReason reason,
                        const ReassemblyFragment* with,
                        std::vector<ReassemblyEffect>& out)
{
    Datagram& datagram = which->second;
    if (datagram.givenUp)
    {
        return; // its loss was told before
    }
    out.push_back(ReassemblyDrop{which->first,
                                 reason,
                                 datagram.fragments + (with ? 1 : 0),
                                 datagram.held + (with ? SizeOf(with->payload) : 0)});
    m_memory -= MemoryOf(datagram);
    datagram.pieces.clear();
    datagram.header = {};
    datagram.held = 0;
    datagram.givenUp = true;
    m_memory += MemoryOf(datagram);
}

void
ReassemblyTable::Complete(Datagrams::iterator which, std::vector<ReassemblyEffect>& out)
{
    Datagram& datagram = which->second;
    if ((datagram.ecnSeen & SEEN_CE) && (datagram.ecnSeen & SEEN_NOT_ECT))
    {
        GiveUp(which, ReassemblyDropReason::MIXED_ECN, nullptr, out);
        return;
    }
    ReassembledDatagram whole;
    whole.key = which->first;
    whole.payload.reserve(datagram.held);
    for (const auto& [offset, bytes] : datagram.pieces)
    {
        whole.payload.insert(whole.payload.end(), bytes.begin(), bytes.end());
    }
    whole.ecn = datagram.ecnSeen & SEEN_CE ? ECN_CE : datagram.firstEcn;
    whole.fragments = datagram.fragments;
    whole.largest = datagram.largest;
    whole.firstArrival = datagram.arrival;
    const std::size_t memory = MemoryOf(datagram);
    whole.header = std::move(datagram.header);
    m_memory -= memory;
    m_byAge.erase(datagram.age);
    m_datagrams.erase(which);
    out.push_back(std::move(whole));
}

void
ReassemblyTable::Expire(Nanos now, std::vector<ReassemblyEffect>& out)
{
    while (!m_byAge.empty() && NextDeadline() <= now)
    {
        const auto which = m_datagrams.find(m_byAge.begin()->second);
        Datagram& datagram = which->second;
        if (!datagram.givenUp)
        {
            ReassemblyTimeout timeout;
            timeout.key = which->first;
            timeout.fragments = datagram.fragments;
            timeout.bytes = datagram.held;
            for (auto piece = datagram.pieces.begin();
                 piece != datagram.pieces.end() && piece->first == timeout.front.size();
                 ++piece)
            {
                const ByteView part =
                    ByteView(piece->second).Sub(0, timeout.QUOTED_BYTES - timeout.front.size());
                timeout.front.insert(timeout.front.end(), part.begin(), part.end());
            }
            timeout.header = datagram.header;
            out.push_back(std::move(timeout));
        }
        Remove(which);
    }
}

} // namespace strata
} // namespace ns3
