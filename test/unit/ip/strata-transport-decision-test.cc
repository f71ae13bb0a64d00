// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-tcp-header.h"
#include "ns3/strata-transport-decision.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

using Fault = TransportFault;

constexpr uint8_t UDP = 17;
constexpr uint8_t TCP = 6;

/** From 10.0.0.1 to 10.0.0.2, ports 32768 and 80, "hi"; summed by hand. */
const Bytes UDP_BYTES{0x80, 0x00, 0x00, 0x50, 0x00, 0x0a, 0x03, 0x1e, 0x68, 0x69};

/** A SYN with an MSS of 1460 between the same; summed by hand. */
const Bytes TCP_BYTES{0x80, 0x00, 0x00, 0x50, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00,
                      0x60, 0x02, 0xff, 0xff, 0xff, 0xcd, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4};

std::optional<Fault>
Judge(uint8_t protocol, const Bytes& bytes, bool checksums = true)
{
    TransportArrival arrival;
    arrival.protocol = protocol;
    arrival.source = 0x0a000001;
    arrival.destination = 0x0a000002;
    arrival.checksums = checksums;
    arrival.size = bytes.size();
    arrival.bytes = bytes;
    return JudgeTransport(arrival);
}

TEST(TransportDecision, SegmentsInOrderPass)
{
    EXPECT_EQ(Judge(UDP, UDP_BYTES), std::nullopt);
    EXPECT_EQ(Judge(TCP, TCP_BYTES), std::nullopt);
    EXPECT_EQ(Judge(132, {}), std::nullopt) << "other protocols judge themselves";
}

TEST(TransportDecision, EachCutOfAHeaderIsTruncated)
{
    for (std::size_t size = 0; size < 8; ++size)
    {
        EXPECT_EQ(Judge(UDP, Bytes(UDP_BYTES.begin(), UDP_BYTES.begin() + size)),
                  Fault::UDP_TRUNCATED);
    }
    for (std::size_t size = 0; size < 20; ++size)
    {
        EXPECT_EQ(Judge(TCP, Bytes(TCP_BYTES.begin(), TCP_BYTES.begin() + size)),
                  Fault::TCP_TRUNCATED);
    }
    EXPECT_EQ(Judge(TCP, Bytes(TCP_BYTES.begin(), TCP_BYTES.begin() + 22)),
              Fault::TCP_BAD_HEADER_LENGTH);
}

TEST(TransportDecision, TheUdpLengthFieldMayNotSayMoreThanCameOrLessThanAHeader)
{
    Bytes bytes = UDP_BYTES;
    for (const uint8_t length : {0, 7, 11, 255})
    {
        bytes[5] = length;
        EXPECT_EQ(Judge(UDP, bytes), Fault::UDP_BAD_LENGTH);
    }
}

TEST(TransportDecision, OctetsBehindAUdpDatagramAreNotItsOwn)
{
    Bytes bytes = UDP_BYTES;
    bytes.push_back(0x77);
    EXPECT_EQ(Judge(UDP, bytes), std::nullopt);
}

TEST(TransportDecision, AnyWrongOctetBreaksTheChecksum)
{
    for (const std::size_t at : {0, 3, 7, 9})
    {
        Bytes bytes = UDP_BYTES;
        bytes[at] ^= 0x04;
        EXPECT_EQ(Judge(UDP, bytes), Fault::UDP_BAD_CHECKSUM);
        EXPECT_EQ(Judge(UDP, bytes, false), std::nullopt);
    }
    for (const std::size_t at : {0, 5, 17, 23})
    {
        Bytes bytes = TCP_BYTES;
        bytes[at] ^= 0x04;
        EXPECT_EQ(Judge(TCP, bytes), Fault::TCP_BAD_CHECKSUM);
        EXPECT_EQ(Judge(TCP, bytes, false), std::nullopt);
    }
}

TEST(TransportDecision, AUdpChecksumOfZeroMeansNone)
{
    // RFC 768: "An all zero transmitted checksum value means that the transmitter generated no
    // checksum".
    Bytes bytes = UDP_BYTES;
    bytes[6] = bytes[7] = 0;
    bytes[9] ^= 0x55;
    EXPECT_EQ(Judge(UDP, bytes), std::nullopt);
}

TEST(TransportDecision, TcpIsBetweenTwoHostsWithOptionsOfLegalLengths)
{
    TransportArrival arrival;
    arrival.protocol = TCP;
    arrival.source = 0x0a000001;
    arrival.destination = 0x0a0000ff;
    arrival.checksums = false;
    arrival.size = TCP_BYTES.size();
    arrival.bytes = TCP_BYTES;
    arrival.toMany = true;
    EXPECT_EQ(JudgeTransport(arrival), Fault::TCP_TO_MANY);
    arrival.toMany = false;
    for (const uint32_t source : {0U, 0x00000009U, 0xe0000001U, 0xffffffffU})
    {
        arrival.source = source;
        EXPECT_EQ(JudgeTransport(arrival), Fault::TCP_BAD_SOURCE);
    }
    Bytes bytes = TCP_BYTES;
    bytes[21] = 0;
    EXPECT_EQ(Judge(TCP, bytes, false), Fault::TCP_BAD_OPTION);
}

} // namespace
} // namespace strata
} // namespace ns3
