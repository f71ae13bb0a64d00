// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-checksum.h"
#include "ns3/strata-pdu.h"

#include <gtest/gtest.h>
#include <set>

namespace
{

using namespace ns3::strata;

struct Golden
{
    PduBody body;
    const char* hex; //!< header, then body; a blank between fields where it helps
};

/** One row a type and more where a type has several forms; all under the header of GoldenPdu(). */
std::vector<Golden>
MakeGolden()
{
    // Row by row: as one initializer it is more than a compiler wants to evaluate.
    std::vector<Golden> rows;
    rows.push_back({HelloBody{MemberRole::ROUTER, 1, 3000, MakeName(1), 2, MakeName(3, 1)},
                    "5201000700324003 0003000100000000 0005000200000007 7970 f43f "
                    "00 01 0bb8 0001000000000000 0002 0003000100000000"});
    rows.push_back({EnrollRequestBody{0x01020304,
                                      MemberRole::LEAF,
                                      1,
                                      MakeName(5, 2, 0, 7),
                                      9,
                                      "net",
                                      "phone"},
                    "5202000700384003 0003000100000000 0005000200000007 b7ee b5ba "
                    "01020304 01 01 0005000200000007 00000009 036e6574 0570686f6e65"});
    rows.push_back({EnrollAcceptBody{0x01020304, MakeName(5, 2), 32},
                    "5203000700294003 0003000100000000 0005000200000007 91c4 dbf2 "
                    "01020304 0005000200000000 20"});
    rows.push_back({EnrollRefuseBody{0x01020304, EnrollRefusal::NAME_TAKEN},
                    "5204000700214003 0003000100000000 0005000200000007 74c4 f8f9 "
                    "01020304 03"});
    rows.push_back({LeaveBody{17, MakeName(5, 2, 0, 7), 10, 0},
                    "52050007002d4003 0003000100000000 0005000200000007 6dda ffd6 "
                    "00000011 0005000200000007 0000000a 00"});
    rows.push_back({AckBody{PduType::LOCATION, 17, 2},
                    "5206000700224003 0003000100000000 0005000200000007 87bd e5fd "
                    "09 00000011 02"});
    rows.push_back(
        {LinkStateBody{18,
                       {{MakeName(3, 1),
                         4,
                         0,
                         32,
                         300,
                         259,
                         {{MakeName(3, 2), 10}, {MakeName(1), 0xffffffff}}},
                        {MakeName(9), 5, 1, 64, 0, 0, {}}}},
         "5207000700624003 0003000100000000 0005000200000007 7145 fc34 "
         "00000012 0002 0003000100000000 00000004 00 20 012c 0103 0002 0003000200000000 "
         "0000000a 0001000000000000 ffffffff 0009000000000000 00000005 01 40 0000 0000 0000"});
    rows.push_back(
        {AttachmentBody{19,
                        {{MakeName(5, 2, 0, 7), 11, MakeName(3, 1), 0},
                         {MakeName(5, 2, 0, 8), 12, NO_NAME, 1}}},
         "52080007004c4003 0003000100000000 0005000200000007 88c2 e4cc "
         "00000013 0002 0005000200000007 0000000b 0003000100000000 00 0005000200000008 0000000c "
         "0000000000000000 01"});
    rows.push_back({LocationBody{20, {{"server", 13, MakeName(3, 1), 0}, {"", 14, MakeName(4), 1}}},
                    "5209000700444003 0003000100000000 0005000200000007 e4f8 889d "
                    "00000014 0002 06736572766572 0000000d 0003000100000000 00 00 0000000e "
                    "0004000000000000 01"});
    rows.push_back({ResolveBody{21, ResolveKind::LOCATION, NO_NAME, "server"},
                    "520a000700304003 0003000100000000 0005000200000007 bb12 b296 "
                    "00000015 02 0000000000000000 06736572766572"});
    rows.push_back({ResolvedBody{22,
                                 ResolveKind::ATTACHMENT,
                                 1,
                                 {MakeName(5, 2, 0, 7), 11, MakeName(3, 1), 0},
                                 {},
                                 {}},
                    "520b000700374003 0003000100000000 0005000200000007 6ed5 fecb "
                    "00000016 01 01 0005000200000007 0000000b 0003000100000000 00"});
    rows.push_back(
        {ResolvedBody{23, ResolveKind::LOCATION, 1, {}, {"server", 13, MakeName(3, 1), 0}, {}},
         "520b000700364003 0003000100000000 0005000200000007 d505 989c "
         "00000017 02 01 06736572766572 0000000d 0003000100000000 00"});
    rows.push_back({ResolvedBody{24, ResolveKind{3}, 0, {}, {}, {0xca, 0xfe}},
                    "520b000700244003 0003000100000000 0005000200000007 3bcb 31e9 "
                    "00000018 03 00 cafe"});
    rows.push_back({SessionOpenBody{12, SessionService::RELIABLE, 2, 5000, 13, "client", "server"},
                    "520c000700384003 0003000100000000 0005000200000007 19d2 53cd "
                    "0000000c 01 02 00001388 0000000d 06636c69656e74 06736572766572"});
    rows.push_back({SessionAcceptBody{12, 40, 14},
                    "520d000700284003 0003000100000000 0005000200000007 6df0 ffbd "
                    "0000000c 00000028 0000000e"});
    rows.push_back({SessionRefuseBody{{12, SessionEnd::NO_SUCH_PROCESS}},
                    "520e000700214003 0003000100000000 0005000200000007 6ec0 fef3 "
                    "0000000c 01"});
    rows.push_back({SessionCloseBody{{40, SessionEnd::BOUND_PASSED}},
                    "520f000700214003 0003000100000000 0005000200000007 71db fbd7 "
                    "00000028 04"});
    rows.push_back({SessionDataBody{40, SessionDataBody::OVERLAY_PDU, {0xde, 0xad, 0xbe}},
                    "5210000700244003 0003000100000000 0005000200000007 1d74 503b "
                    "00000028 01 deadbe"});
    rows.push_back({SessionMovedBody{25, 40, 12, {"server", 15, MakeName(4), 0}},
                    "52110007003c4003 0003000100000000 0005000200000007 d52e 9867 "
                    "00000019 00000028 0000000c 06736572766572 0000000f 0004000000000000 00"});
    rows.push_back({AnnounceBody{26, {MakeName(5, 2, 0, 7), 16, MakeName(3, 1), 0}},
                    "5212000700354003 0003000100000000 0005000200000007 6dd8 ffc3 "
                    "0000001a 0005000200000007 00000010 0003000100000000 00"});
    rows.push_back({TunnelBody{{0x01, 0x02, 0x03, 0x04}},
                    "5213000700204003 0003000100000000 0005000200000007 71b6 fbf9 "
                    "01020304"});
    rows.push_back({UnreachableBody{UnreachableReason::NOT_ATTACHED, {0x05, 0x06}},
                    "52140007001f4003 0003000100000000 0005000200000007 75b5 f7fa "
                    "02 0506"});
    rows.push_back({RelayBody{"server", {0x07, 0x08}},
                    "5215000700254003 0003000100000000 0005000200000007 c9fb a3ad "
                    "06736572766572 0708"});
    rows.push_back({ProbeBody{0xfedcba98},
                    "5216000700204003 0003000100000000 0005000200000007 2723 468a "
                    "fedcba98"});
    rows.push_back({ProbeReplyBody{0xfedcba98, 5},
                    "5217000700214003 0003000100000000 0005000200000007 2c21 418a "
                    "fedcba98 05"});
    rows.push_back({UnknownBody{PduType{200}, {0x01, 0x00, 0xff}},
                    "52c80007001f4003 0003000100000000 0005000200000007 6cfd fffe "
                    "0100ff"});
    return rows;
}

const std::vector<Golden> GOLDEN = MakeGolden();

/** \p body under the header that the golden bytes have. */
Pdu
GoldenPdu(const PduBody& body)
{
    Pdu pdu;
    pdu.header.hierarchical = true;
    pdu.header.slice = 2;
    pdu.header.layer = 7;
    pdu.header.hopLimit = 64;
    pdu.header.hops = 3;
    pdu.header.destination = MakeName(3, 1);
    pdu.header.source = MakeName(5, 2, 0, 7);
    pdu.body = body;
    return pdu;
}

Bytes
FromHex(const std::string& hex)
{
    Bytes bytes;
    std::string digits;
    for (const char c : hex)
    {
        if (c == ' ')
        {
            continue;
        }
        digits += c;
        if (digits.size() == 2)
        {
            bytes.push_back(static_cast<uint8_t>(std::stoul(digits, nullptr, 16)));
            digits.clear();
        }
    }
    return bytes;
}

/** RFC 1071 word by word, with the carry added at once. */
uint16_t
NaiveChecksum(const Bytes& bytes)
{
    uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2)
    {
        sum += bytes[i] * 256u + (i + 1 < bytes.size() ? bytes[i + 1] : 0u);
        sum = sum > 0xffff ? sum - 0xffff : sum;
    }
    return static_cast<uint16_t>(0xffff - sum);
}

void
PutU16(Bytes& bytes, std::size_t at, uint16_t value)
{
    bytes[at] = static_cast<uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<uint8_t>(value);
}

uint16_t
GetU16(const Bytes& bytes, std::size_t at)
{
    return static_cast<uint16_t>(bytes[at] * 256 + bytes[at + 1]);
}

void
RepairHeaderChecksum(Bytes& bytes)
{
    PutU16(bytes, 24, 0);
    PutU16(bytes, 24, NaiveChecksum(Bytes(bytes.begin(), bytes.begin() + PduHeader::SIZE)));
}

/** Makes total length and both checksums fit the bytes. */
void
Repair(Bytes& bytes)
{
    PutU16(bytes, 4, static_cast<uint16_t>(bytes.size()));
    PutU16(bytes, 26, NaiveChecksum(Bytes(bytes.begin() + PduHeader::SIZE, bytes.end())));
    RepairHeaderChecksum(bytes);
}

/** The error of decoding \p bytes; fails the test when they decode. */
DecodeError
ErrorOf(const Bytes& bytes)
{
    const auto pdu = Pdu::Decode(bytes);
    if (pdu)
    {
        ADD_FAILURE() << "decodes, but must not";
        return {};
    }
    return pdu.error();
}

/** Where a body ends with bytes of any number: the offset from which on it does; else the size. */
std::size_t
FreeFrom(const PduBody& body, std::size_t size)
{
    if (std::holds_alternative<UnknownBody>(body) || std::holds_alternative<TunnelBody>(body))
    {
        return PduHeader::SIZE;
    }
    if (std::holds_alternative<SessionDataBody>(body))
    {
        return PduHeader::SIZE + 5;
    }
    if (std::holds_alternative<UnreachableBody>(body))
    {
        return PduHeader::SIZE + 1;
    }
    if (const auto* relay = std::get_if<RelayBody>(&body))
    {
        return PduHeader::SIZE + 1 + relay->process.size();
    }
    const auto* resolved = std::get_if<ResolvedBody>(&body);
    if (resolved && !resolved->other.empty())
    {
        return PduHeader::SIZE + 6;
    }
    return size;
}

TEST(Pdu, GoldenBytesCoverEveryType)
{
    std::set<unsigned> types;
    for (const Golden& golden : GOLDEN)
    {
        types.insert(static_cast<unsigned>(PduTypeOf(golden.body)));
    }
    for (unsigned type = 1; type <= static_cast<unsigned>(PduType::PROBE_REPLY); ++type)
    {
        EXPECT_EQ(types.count(type), 1u) << PduTypeName(static_cast<PduType>(type));
    }
    EXPECT_EQ(types.size(), std::variant_size_v<PduBody>);
}

TEST(Pdu, EveryTypeEncodesToItsGoldenBytes)
{
    for (const Golden& golden : GOLDEN)
    {
        SCOPED_TRACE(golden.hex);
        const Pdu pdu = GoldenPdu(golden.body);
        Bytes bytes{0xee}; // what the writer finds is left alone
        ByteWriter writer(bytes);
        EXPECT_TRUE(pdu.Encode(writer));
        EXPECT_EQ(writer.Written().ToBytes(), FromHex(golden.hex));
        EXPECT_EQ(bytes[0], 0xee);
        EXPECT_EQ(pdu.EncodedSize(), FromHex(golden.hex).size());
    }
}

TEST(Pdu, GoldenBytesOfEveryTypeDecodeToTheirValue)
{
    for (const Golden& golden : GOLDEN)
    {
        SCOPED_TRACE(golden.hex);
        const Bytes bytes = FromHex(golden.hex);
        const auto pdu = Pdu::Decode(bytes);
        ASSERT_TRUE(pdu);
        EXPECT_TRUE(*pdu == GoldenPdu(golden.body));
        EXPECT_EQ(pdu->body.index(), golden.body.index());
        EXPECT_EQ(pdu->header.type, PduTypeOf(golden.body));
        EXPECT_EQ(pdu->header.totalLength, bytes.size());
        EXPECT_EQ(pdu->header.bodyChecksum, GetU16(bytes, 26));
        EXPECT_EQ(EncodeToBytes(*pdu), bytes);
    }
}

TEST(Pdu, DecodedFieldsAreThoseOfTheBytes)
{
    const auto request = Pdu::Decode(FromHex(GOLDEN[1].hex));
    ASSERT_TRUE(request);
    const auto& body = std::get<EnrollRequestBody>(request->body);
    EXPECT_EQ(body.transaction, 0x01020304u);
    EXPECT_EQ(body.role, MemberRole::LEAF);
    EXPECT_EQ(body.reattach, 1);
    EXPECT_EQ(body.name, MakeName(5, 2, 0, 7));
    EXPECT_EQ(body.sequence, 9u);
    EXPECT_EQ(body.layerName, "net");
    EXPECT_EQ(body.machine, "phone");
    EXPECT_EQ(request->header.slice, 2);
    EXPECT_EQ(request->header.layer, 7);
    EXPECT_EQ(request->header.hopLimit, 64);
    EXPECT_EQ(request->header.hops, 3);
    EXPECT_EQ(request->header.destination, MakeName(3, 1));
    EXPECT_EQ(request->header.source, MakeName(5, 2, 0, 7));
    EXPECT_TRUE(request->header.hierarchical);
    EXPECT_FALSE(request->header.authenticated);
}

TEST(Pdu, ATagEndsTheBody)
{
    Pdu pdu;
    pdu.header.layer = 1;
    pdu.header.destination = 5;
    pdu.header.source = UINT64_MAX;
    pdu.body = EnrollAcceptBody{0x01020304, 5, 64};
    pdu.tag.emplace();
    for (std::size_t i = 0; i < Authenticator::TAG_SIZE; ++i)
    {
        (*pdu.tag)[i] = static_cast<uint8_t>(0xa0 + i);
    }
    const Bytes golden = FromHex("600300010039ff00 0000000000000005 ffffffffffffffff 2a05 76b7 "
                                 "01020304 0000000000000005 40 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    EXPECT_EQ(EncodeToBytes(pdu), golden);
    const auto decoded = Pdu::Decode(golden);
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(*decoded == pdu);
    EXPECT_TRUE(decoded->header.authenticated);
    EXPECT_EQ(decoded->tag, pdu.tag);
}

TEST(Pdu, ATagNeedsItsSixteenBytes)
{
    Bytes bytes = FromHex(GOLDEN.back().hex);
    bytes[0] |= 0x20;
    for (std::size_t body = 0; body < Authenticator::TAG_SIZE; ++body)
    {
        bytes.resize(PduHeader::SIZE + body);
        Repair(bytes);
        EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::TRUNCATED, bytes.size()}));
    }
    bytes.resize(PduHeader::SIZE + Authenticator::TAG_SIZE);
    Repair(bytes);
    const auto pdu = Pdu::Decode(bytes);
    ASSERT_TRUE(pdu);
    EXPECT_TRUE(std::get<UnknownBody>(pdu->body).bytes.empty());
}

TEST(Pdu, ATagCoversWhatForwardersLeaveAlone)
{
    const Pdu pdu = GoldenPdu(ProbeBody{1});
    const Bytes part = pdu.AuthenticatedPart();
    Pdu other = pdu;
    other.header.hopLimit = 1;
    other.header.hops = 255;
    other.tag.emplace();
    EXPECT_EQ(other.AuthenticatedPart(), part);
    const auto differs = [&pdu, &part](auto change) {
        Pdu changed = pdu;
        change(changed);
        return changed.AuthenticatedPart() != part;
    };
    EXPECT_TRUE(differs([](Pdu& p) { p.header.layer ^= 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.source ^= 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.destination ^= 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.body = ProbeBody{2}; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.body = UnknownBody{PduType{99}, {0, 0, 0, 1}}; }));
}

TEST(Pdu, EveryTruncationIsRefusedAtItsField)
{
    for (const Golden& golden : GOLDEN)
    {
        SCOPED_TRACE(golden.hex);
        const Bytes bytes = FromHex(golden.hex);
        for (std::size_t size = 0; size < bytes.size(); ++size)
        {
            const Bytes front(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            const DecodeError right = size < PduHeader::SIZE
                                          ? DecodeError{DecodeCode::TRUNCATED, size}
                                          : DecodeError{DecodeCode::BAD_LENGTH, 4};
            EXPECT_EQ(ErrorOf(front), right) << size;
        }
    }
}

TEST(Pdu, EveryShorterBodyIsRefusedAtItsEnd)
{
    for (const Golden& golden : GOLDEN)
    {
        SCOPED_TRACE(golden.hex);
        const Bytes bytes = FromHex(golden.hex);
        const std::size_t freeFrom = FreeFrom(golden.body, bytes.size());
        for (std::size_t size = PduHeader::SIZE; size < bytes.size(); ++size)
        {
            Bytes front(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
            Repair(front);
            if (size < freeFrom)
            {
                EXPECT_EQ(ErrorOf(front), (DecodeError{DecodeCode::TRUNCATED, size}));
            }
            else
            {
                const auto pdu = Pdu::Decode(front);
                ASSERT_TRUE(pdu) << size;
                EXPECT_EQ(EncodeToBytes(*pdu), front);
            }
        }
    }
}

TEST(Pdu, BytesLeftOverInsideTheTotalLengthAreRefused)
{
    for (const Golden& golden : GOLDEN)
    {
        SCOPED_TRACE(golden.hex);
        Bytes bytes = FromHex(golden.hex);
        const std::size_t size = bytes.size();
        bytes.push_back(0);
        Repair(bytes);
        if (FreeFrom(golden.body, size) == size)
        {
            EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::TRAILING, size}));
        }
        else
        {
            EXPECT_TRUE(Pdu::Decode(bytes));
        }
    }
}

TEST(Pdu, BytesBehindTheTotalLengthArePadding)
{
    for (const Golden& golden : GOLDEN)
    {
        SCOPED_TRACE(golden.hex);
        Bytes bytes = FromHex(golden.hex);
        const Bytes right = bytes;
        bytes.insert(bytes.end(), 18, 0xff);
        const auto pdu = Pdu::Decode(bytes);
        ASSERT_TRUE(pdu);
        EXPECT_TRUE(*pdu == GoldenPdu(golden.body));
        EXPECT_EQ(EncodeToBytes(*pdu), right);
    }
}

TEST(Pdu, EveryFlippedBitIsNoticed)
{
    for (const Golden& golden : GOLDEN)
    {
        SCOPED_TRACE(golden.hex);
        Bytes bytes = FromHex(golden.hex);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit)
        {
            bytes[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
            EXPECT_FALSE(Pdu::Decode(bytes)) << "bit " << bit;
            bytes[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
        }
    }
}

TEST(Pdu, ChecksumsAreRefusedWhereTheyStand)
{
    Bytes bytes = FromHex(GOLDEN[0].hex);
    bytes.back() ^= 1;
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_CHECKSUM, 26}));
    bytes = FromHex(GOLDEN[0].hex);
    bytes[8] ^= 1;
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_CHECKSUM, 24}));
}

TEST(Pdu, ABodyChecksumHasOneForm)
{
    // the sum of an empty body is 0, that of ff ff is 0xffff: each could stand for the other
    Bytes bytes = EncodeToBytes(GoldenPdu(TunnelBody{}));
    EXPECT_EQ(GetU16(bytes, 26), 0xffff);
    PutU16(bytes, 26, 0);
    RepairHeaderChecksum(bytes);
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_CHECKSUM, 26}));

    bytes = EncodeToBytes(GoldenPdu(TunnelBody{{0xff, 0xff}}));
    EXPECT_EQ(GetU16(bytes, 26), 0);
    PutU16(bytes, 26, 0xffff);
    RepairHeaderChecksum(bytes);
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_CHECKSUM, 26}));

    EXPECT_EQ(GetU16(EncodeToBytes(GoldenPdu(TunnelBody{{0, 0, 0}})), 26), 0xffff);
}

TEST(Pdu, AHeaderChecksumHasOneForm)
{
    PduHeader header;
    Bytes bytes = EncodeToBytes(header);
    header.bodyChecksum = GetU16(bytes, 24); // fills the sum up to 0xffff
    bytes = EncodeToBytes(header);
    ASSERT_EQ(GetU16(bytes, 24), 0);
    EXPECT_TRUE(PduHeader::Decode(bytes));
    PutU16(bytes, 24, 0xffff);
    const auto other = PduHeader::Decode(bytes);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error(), (DecodeError{DecodeCode::BAD_CHECKSUM, 24}));
}

TEST(Pdu, OtherVersionsAreRefused)
{
    for (const uint8_t version : {0, 2, 3})
    {
        Bytes bytes = FromHex(GOLDEN[0].hex);
        bytes[0] = static_cast<uint8_t>((version << 6) | (bytes[0] & 0x3f));
        RepairHeaderChecksum(bytes);
        EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_VERSION, 0}));
    }
}

TEST(Pdu, ATotalLengthBelowTheHeaderIsRefused)
{
    for (uint16_t length = 0; length < PduHeader::SIZE; ++length)
    {
        Bytes bytes = FromHex(GOLDEN[0].hex);
        PutU16(bytes, 4, length);
        RepairHeaderChecksum(bytes);
        EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::BAD_LENGTH, 4}));
    }
}

TEST(Pdu, TheLongestPduIsWrittenAndALongerOneIsNot)
{
    Pdu pdu = GoldenPdu(TunnelBody{Bytes(Pdu::MAX_SIZE - PduHeader::SIZE, 0x5a)});
    const Bytes longest = EncodeToBytes(pdu);
    EXPECT_EQ(longest.size(), Pdu::MAX_SIZE);
    const auto decoded = Pdu::Decode(longest);
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(*decoded == pdu);

    Bytes out{1, 2, 3};
    ByteWriter writer(out);
    std::get<TunnelBody>(pdu.body).inner.push_back(0);
    EXPECT_EQ(pdu.EncodedSize(), Pdu::MAX_SIZE + 1);
    EXPECT_FALSE(pdu.Encode(writer));
    EXPECT_EQ(out, (Bytes{1, 2, 3}));

    // a tag counts, and so does a list of more elements than its count can say
    pdu.body = TunnelBody{Bytes(Pdu::MAX_SIZE - PduHeader::SIZE - 15)};
    pdu.tag.emplace();
    EXPECT_FALSE(pdu.Encode(writer));
    EXPECT_FALSE(GoldenPdu(AttachmentBody{1, std::vector<AttachmentRecord>(65536)}).Encode(writer));
    EXPECT_EQ(out.size(), 3u);
}

TEST(Pdu, ATextIsCutAt255Bytes)
{
    const Pdu pdu = GoldenPdu(RelayBody{std::string(300, 'x'), {1, 2}});
    const Bytes bytes = EncodeToBytes(pdu);
    EXPECT_EQ(bytes.size(), pdu.EncodedSize());
    const auto decoded = Pdu::Decode(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<RelayBody>(decoded->body).process, std::string(255, 'x'));
    EXPECT_EQ(std::get<RelayBody>(decoded->body).inner, (Bytes{1, 2}));
}

TEST(Pdu, ACountThatPromisesMoreThanThereIsIsRefused)
{
    Bytes bytes = FromHex(GOLDEN[8].hex);
    ASSERT_EQ(bytes[1], static_cast<uint8_t>(PduType::LOCATION));
    PutU16(bytes, PduHeader::SIZE + 4, 0xffff);
    Repair(bytes);
    EXPECT_EQ(ErrorOf(bytes), (DecodeError{DecodeCode::TRUNCATED, bytes.size()}));
}

TEST(Pdu, UnknownTypesAndValuesAreKept)
{
    for (const unsigned type : {0u, 24u, 255u})
    {
        const Bytes bytes = EncodeToBytes(GoldenPdu(UnknownBody{static_cast<PduType>(type), {9}}));
        const auto pdu = Pdu::Decode(bytes);
        ASSERT_TRUE(pdu);
        EXPECT_EQ(static_cast<unsigned>(pdu->header.type), type);
        EXPECT_STREQ(PduTypeName(pdu->header.type), "unknown");
        EXPECT_EQ(EncodeToBytes(*pdu), bytes);
    }
    for (const PduBody& body :
         std::vector<PduBody>{HelloBody{MemberRole{77}, 99},
                              EnrollAcceptBody{1, 2, 255},
                              EnrollRefuseBody{1, EnrollRefusal{0}},
                              AckBody{PduType{0}, 1, 200},
                              ResolveBody{1, ResolveKind{0}, 2, "p"},
                              SessionOpenBody{1, SessionService{9}, 255, 0, 0, "", ""},
                              SessionCloseBody{{1, SessionEnd{250}}},
                              SessionDataBody{1, 0xfe, {}},
                              UnreachableBody{UnreachableReason{0}, {}}})
    {
        const Bytes bytes = EncodeToBytes(GoldenPdu(body));
        const auto pdu = Pdu::Decode(bytes);
        ASSERT_TRUE(pdu);
        EXPECT_EQ(EncodeToBytes(*pdu), bytes);
        EXPECT_TRUE(*pdu == GoldenPdu(body));
    }
}

TEST(Pdu, EqualityAsksForWhatIsNotDerived)
{
    const Pdu pdu = GoldenPdu(ProbeBody{1});
    Pdu same = pdu;
    same.header.type = PduType::ACK;
    same.header.totalLength = 1;
    same.header.bodyChecksum = 2;
    same.header.authenticated = true;
    EXPECT_TRUE(same == pdu);
    const auto differs = [&pdu](auto change) {
        Pdu changed = pdu;
        change(changed);
        return !(changed == pdu);
    };
    EXPECT_TRUE(differs([](Pdu& p) { p.header.hierarchical = false; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.slice = 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.layer = 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.hopLimit = 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.hops = 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.destination = 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.header.source = 1; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.tag.emplace(); }));
    EXPECT_TRUE(differs([](Pdu& p) { p.body = ProbeBody{2}; }));
    EXPECT_TRUE(differs([](Pdu& p) { p.body = UnknownBody{PduType{99}, {0, 0, 0, 1}}; }));
}

TEST(Pdu, TypeNamesAreDistinct)
{
    std::set<std::string> names;
    for (unsigned type = 1; type <= static_cast<unsigned>(PduType::PROBE_REPLY); ++type)
    {
        names.insert(PduTypeName(static_cast<PduType>(type)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(PduType::PROBE_REPLY));
    EXPECT_EQ(names.count("unknown"), 0u);
}

TEST(PduHeader, AQuotationDecodesWithoutItsBody)
{
    const Bytes whole = FromHex(GOLDEN[0].hex);
    const Bytes quoted(whole.begin(), whole.begin() + PduHeader::SIZE);
    EXPECT_FALSE(PduHeader::Decode(quoted));
    PduHeader::Context context;
    context.quoted = true;
    const auto header = PduHeader::Decode(quoted, context);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->totalLength, whole.size());
    EXPECT_EQ(header->destination, MakeName(3, 1));
    EXPECT_EQ(EncodeToBytes(*header), quoted);
    Bytes tooShort = quoted;
    PutU16(tooShort, 4, PduHeader::SIZE - 1);
    RepairHeaderChecksum(tooShort);
    EXPECT_FALSE(PduHeader::Decode(tooShort, context));
}

TEST(PduHeader, TheFirstByteHoldsVersionFlagsAndSlice)
{
    for (unsigned value = 0; value < 64; ++value)
    {
        PduHeader header;
        header.authenticated = value >= 32;
        header.hierarchical = value / 16 % 2 != 0;
        header.slice = static_cast<uint8_t>(value % 16);
        const Bytes bytes = EncodeToBytes(header);
        EXPECT_EQ(bytes[0], 64 + value);
        const auto decoded = PduHeader::Decode(bytes);
        ASSERT_TRUE(decoded);
        EXPECT_TRUE(*decoded == header);
    }
}

TEST(PduHeader, AHopLimitOfZeroArrives)
{
    PduHeader header;
    header.hopLimit = 0;
    header.hops = 255;
    const auto decoded = PduHeader::Decode(EncodeToBytes(header));
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(*decoded == header);
}

TEST(PduHeader, ACountedHopHasTheChecksumOfItsHeader)
{
    // body checksums that put the header's checksum close to both of its ends
    for (const uint16_t bodyChecksum : {0x0000, 0x0001, 0xffff, 0xfffe, 0x1234, 0x00fe, 0xff00})
    {
        for (unsigned hopLimit = 1; hopLimit <= 255; ++hopLimit)
        {
            for (unsigned hops = 0; hops <= 255; ++hops)
            {
                PduHeader header;
                header.hopLimit = static_cast<uint8_t>(hopLimit);
                header.hops = static_cast<uint8_t>(hops);
                header.bodyChecksum = bodyChecksum;
                Bytes bytes = EncodeToBytes(header);
                PduHeader::CountHop(bytes.data());
                --header.hopLimit;
                ++header.hops;
                ASSERT_EQ(bytes, EncodeToBytes(header)) << hopLimit << " " << hops;
            }
        }
    }
}

TEST(PduHeader, EveryValueOfTheChecksumSurvivesAHop)
{
    PduHeader header;
    header.source = MakeName(1, 2, 3, 4);
    for (uint32_t bodyChecksum = 0; bodyChecksum <= 0xffff; ++bodyChecksum)
    {
        header.bodyChecksum = static_cast<uint16_t>(bodyChecksum);
        Bytes bytes = EncodeToBytes(header);
        PduHeader::CountHop(bytes.data());
        const uint16_t updated = GetU16(bytes, 24);
        PutU16(bytes, 24, 0);
        ASSERT_EQ(updated, NaiveChecksum(bytes)) << bodyChecksum;
    }
}

} // namespace
