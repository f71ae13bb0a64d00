// SPDX-License-Identifier: GPL-2.0-only

#include "strata-ipv4-header-decision.h"

#include "ns3/strata-checksum.h"

namespace ns3
{
namespace strata
{

namespace
{

constexpr uint8_t IHL_POINTER = 0;
constexpr uint8_t TOTAL_LENGTH_POINTER = Ipv4WireHeader::TOTAL_LENGTH_OFFSET;

// RFC 1812 section 5.2.2: what must be there for a bad length to be answered
constexpr std::size_t LEAST_ANSWERED_IHL = 4;
constexpr std::size_t LEAST_ANSWERED_SIZE = 16;

Ipv4HeaderVerdict
Silent(Ipv4HeaderFault fault)
{
    Ipv4HeaderVerdict verdict;
    verdict.fault = fault;
    return verdict;
}

/** The fixed part of a header whose lengths can't be believed. */
Ipv4WireHeader
FixedPart(ByteView bytes)
{
    std::array<uint8_t, Ipv4WireHeader::MIN_SIZE> front{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), front.size()), front.begin());
    const auto totalLength = static_cast<uint16_t>(front[2] << 8 | front[3]);
    front[0] = 0x45;
    front[2] = 0xff;
    Ipv4WireHeader header = *Ipv4WireHeader::Decode(front, {});
    header.totalLength = totalLength;
    return header;
}

} // namespace

const char*
Ipv4HeaderFaultName(Ipv4HeaderFault fault)
{
    switch (fault)
    {
    case Ipv4HeaderFault::SHORT_FRAME:
        return "short-frame";
    case Ipv4HeaderFault::BAD_VERSION:
        return "bad-version";
    case Ipv4HeaderFault::BAD_HEADER_LENGTH:
        return "bad-header-length";
    case Ipv4HeaderFault::BAD_CHECKSUM:
        return "bad-checksum";
    case Ipv4HeaderFault::BAD_TOTAL_LENGTH:
        return "bad-total-length";
    case Ipv4HeaderFault::TRUNCATED:
        return "truncated";
    }
    return "unknown";
}

Ipv4HeaderVerdict
JudgeIpv4Header(ByteView bytes, std::size_t frameSize, const Ipv4HeaderRules& rules)
{
    // (1) the frame holds the least header
    if (bytes.size() < Ipv4WireHeader::MIN_SIZE)
    {
        return Silent(Ipv4HeaderFault::SHORT_FRAME);
    }
    // (3) before (2), for the checksum of another version covers something else
    if (bytes[0] >> 4 != 4)
    {
        return Silent(Ipv4HeaderFault::BAD_VERSION);
    }
    const std::size_t ihl = bytes[0] & 0xf;
    const std::size_t headerSize = ihl * 4;
    if (headerSize > bytes.size())
    {
        return Silent(Ipv4HeaderFault::SHORT_FRAME);
    }
    // (2) over as much as IHL says; one that says nothing has no checksum to be right
    const bool unsummed = rules.acceptZeroChecksum && bytes[Ipv4WireHeader::CHECKSUM_OFFSET] == 0 &&
                          bytes[Ipv4WireHeader::CHECKSUM_OFFSET + 1] == 0;
    if (!unsummed && ComputeChecksum(bytes.Sub(0, headerSize)) != 0)
    {
        return Silent(ihl * 4 < Ipv4WireHeader::MIN_SIZE ? Ipv4HeaderFault::BAD_HEADER_LENGTH
                                                         : Ipv4HeaderFault::BAD_CHECKSUM);
    }
    const auto totalLength = static_cast<std::size_t>(bytes[2] << 8 | bytes[3]);
    const bool report = rules.reportBadLength && ihl >= LEAST_ANSWERED_IHL &&
                        totalLength >= LEAST_ANSWERED_SIZE && frameSize >= LEAST_ANSWERED_SIZE;
    const auto answered = [&](Ipv4HeaderFault fault, uint8_t pointer) {
        Ipv4HeaderVerdict verdict = Silent(fault);
        if (report)
        {
            verdict.pointer = pointer;
            verdict.header = FixedPart(bytes);
        }
        return verdict;
    };
    // (4)
    if (headerSize < Ipv4WireHeader::MIN_SIZE)
    {
        return answered(Ipv4HeaderFault::BAD_HEADER_LENGTH, IHL_POINTER);
    }
    // (5)
    if (totalLength < headerSize)
    {
        return answered(Ipv4HeaderFault::BAD_TOTAL_LENGTH, TOTAL_LENGTH_POINTER);
    }
    if (totalLength > frameSize)
    {
        return answered(Ipv4HeaderFault::TRUNCATED, TOTAL_LENGTH_POINTER);
    }
    Ipv4HeaderVerdict verdict;
    verdict.header = *Ipv4WireHeader::Decode(bytes, {});
    return verdict;
}

} // namespace strata
} // namespace ns3
