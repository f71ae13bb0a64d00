// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-icmp-decision.h"
#include "ns3/strata-ipv4-header-decision.h"

// The first byte chooses the rules and whether the checksum is put right first.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    if (size == 0)
    {
        return 0;
    }
    Ipv4HeaderRules rules;
    rules.reportBadLength = data[0] & 1;
    rules.acceptZeroChecksum = data[0] & 2;
    Bytes bytes(data + 1, data + size);
    const std::size_t claimed = bytes.empty() ? 0 : std::size_t{bytes[0] & 0xfu} * 4;
    if ((data[0] & 4) && bytes.size() >= Ipv4WireHeader::MIN_SIZE)
    {
        bytes[10] = 0;
        bytes[11] = 0;
        const uint16_t sum = ComputeChecksum(ByteView(bytes).Sub(0, claimed));
        bytes[10] = static_cast<uint8_t>(sum >> 8);
        bytes[11] = static_cast<uint8_t>(sum);
    }
    const auto verdict = JudgeIpv4Header(bytes, bytes.size(), rules);
    if (verdict.Ok())
    {
        Require(!verdict.pointer, "what is right is not answered");
        Require(verdict.header.totalLength <= bytes.size(), "what goes on is there");
        Require(verdict.header.HasRightChecksum() ||
                    (rules.acceptZeroChecksum && verdict.header.checksum == 0),
                "what goes on has a right checksum");
        Require(EncodeToBytes(verdict.header) ==
                    ByteView(bytes).Sub(0, verdict.header.HeaderSize()).ToBytes(),
                "the header is that of the bytes");
    }
    if (verdict.pointer)
    {
        Require(rules.reportBadLength, "nothing is answered without the switch");
        Require(*verdict.pointer == 0 || *verdict.pointer == 2, "it points at a length");
    }
    if (verdict.Ok() || verdict.pointer)
    {
        const ByteView payload = ByteView(bytes).Sub(verdict.header.HeaderSize());
        const auto silence = WhyNoIcmpError(verdict.header, payload, {});
        const bool icmp = verdict.header.Is(Ipv4Protocol::ICMP);
        Require(silence || !icmp || !IcmpMessage::IsIcmpError(payload[0]),
                "no error is sent about an error");
        for (const auto extent : {IcmpQuoteExtent::HEADER_AND_EIGHT, IcmpQuoteExtent::UP_TO_576})
        {
            const std::size_t quote = IcmpQuoteSize(verdict.header, bytes.size(), 60, extent);
            Require(quote <= bytes.size(), "no more is quoted than there is");
            Require(60 + 8 + quote <= MAX_ICMP_ERROR_SIZE, "an error has at most 576 octets");
        }
    }
    return 0;
}
