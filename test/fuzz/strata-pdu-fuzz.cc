// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-checksum.h"
#include "ns3/strata-pdu.h"

namespace
{

using namespace ns3::strata;

/** Makes version, total length and checksums right, so that the bodies behind them are reached. */
void
Repair(Bytes& bytes)
{
    const auto put = [&bytes](std::size_t at, uint16_t value) {
        bytes[at] = static_cast<uint8_t>(value >> 8);
        bytes[at + 1] = static_cast<uint8_t>(value);
    };
    if (bytes.size() < PduHeader::SIZE || bytes.size() > Pdu::MAX_SIZE)
    {
        return;
    }
    bytes[0] = static_cast<uint8_t>((PduHeader::VERSION << 6) | (bytes[0] & 0x3f));
    put(4, static_cast<uint16_t>(bytes.size()));
    put(24, 0);
    put(26, ComputeChecksum(ByteView(bytes).Sub(PduHeader::SIZE)));
    put(24, ComputeChecksum(ByteView(bytes).Sub(0, PduHeader::SIZE)));
}

/** A forwarder's change of the header is what encoding the changed header gives. */
void
CheckHop(ByteView data)
{
    const auto before = PduHeader::Decode(data);
    if (!before || before->hopLimit == 0)
    {
        return;
    }
    Bytes bytes = data.ToBytes();
    PduHeader::CountHop(bytes.data());
    PduHeader after = *before;
    --after.hopLimit;
    ++after.hops;
    Require(EncodeToBytes(after) == ByteView(bytes).Sub(0, PduHeader::SIZE).ToBytes(),
            "a counted hop is the header with one hop more and its checksum");
}

void
Check(ByteView data)
{
    RoundTripExact<Pdu>(data);
    RoundTripExact<PduHeader>(data, PduHeader::Context{true});
    CheckHop(data);
    if (const auto pdu = Pdu::Decode(data))
    {
        const std::size_t tag = pdu->tag ? Authenticator::TAG_SIZE : 0;
        Require(pdu->AuthenticatedPart().size() + tag + 9 == pdu->EncodedSize(),
                "a tag covers the body and 19 bytes of the header");
        Require(pdu->tag.has_value() == pdu->header.authenticated, "a tag where the bit says so");
        // The tag may be any bytes; what lies inside another PDU is decoded by its receiver.
        if (const auto* tunnel = std::get_if<TunnelBody>(&pdu->body))
        {
            RoundTripExact<Pdu>(tunnel->inner);
        }
    }
}

} // namespace

/** The first byte chooses: even, the bytes as they are; odd, with length and checksums right. */
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    Bytes bytes(data + 1, data + size);
    if (data[0] % 2 != 0)
    {
        Repair(bytes);
    }
    Check(bytes);
    return 0;
}
