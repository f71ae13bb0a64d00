// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-ping-format.h"

#include <gtest/gtest.h>

using namespace ns3::strata;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// The expected texts are what ping of iputils 20221126 wrote in network namespaces.

namespace
{

constexpr uint32_t PEER = 0x0a020002;

PingParameters
Parameters(uint32_t size = 56, uint32_t optionBytes = 0)
{
    PingParameters parameters;
    parameters.destination = PEER;
    parameters.size = size;
    parameters.optionBytes = optionBytes;
    return parameters;
}

PingReplyReport
Reply(Nanos rtt, Bytes options = {})
{
    PingReplyReport report;
    report.reply = {PEER, 1, 63, 64, std::move(options)};
    report.rtt = rtt;
    return report;
}

std::string
Line(const PingReport& report)
{
    return PingPrinter().Line(report);
}

std::string
ErrorText(uint8_t type, uint8_t code, uint32_t rest = 0)
{
    return FormatIcmpError({0, 1, type, code, rest});
}

} // namespace

TEST(PingFormat, BannerTellsDataAndDatagram)
{
    EXPECT_EQ(PingPrinter::Banner(Parameters()),
              "PING 10.2.0.2 (10.2.0.2) 56(84) bytes of data.\n");
    EXPECT_EQ(PingPrinter::Banner(Parameters(56, 40)),
              "PING 10.2.0.2 (10.2.0.2) 56(124) bytes of data.\n");
    EXPECT_EQ(PingPrinter::Banner(Parameters(4)),
              "PING 10.2.0.2 (10.2.0.2) 4(32) bytes of data.\n");
}

TEST(PingFormat, RoundTripsHaveThreeDigitsOrWholeMilliseconds)
{
    const auto time = [](int micros) {
        const std::string line = Line(Reply(microseconds(micros)));
        return line.substr(line.find("time="));
    };
    EXPECT_EQ(Line(Reply(microseconds(49))),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.049 ms\n");
    EXPECT_EQ(time(999), "time=0.999 ms\n");
    EXPECT_EQ(time(1004), "time=1.00 ms\n");
    EXPECT_EQ(time(1005), "time=1.01 ms\n");
    EXPECT_EQ(time(9994), "time=9.99 ms\n");
    EXPECT_EQ(time(9995), "time=10.0 ms\n");
    EXPECT_EQ(time(10249), "time=10.2 ms\n");
    EXPECT_EQ(time(99949), "time=99.9 ms\n");
    EXPECT_EQ(time(99950), "time=100 ms\n");
    EXPECT_EQ(time(1'234'567), "time=1235 ms\n");
}

TEST(PingFormat, WhatIsUnusualAboutAReplyIsAtItsEnd)
{
    PingReplyReport report = Reply(microseconds(10234));
    report.duplicate = true;
    EXPECT_EQ(Line(report), "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=10.2 ms (DUP!)\n");
    report.duplicate = false;
    report.differentAddress = true;
    EXPECT_EQ(Line(report),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=10.2 ms (DIFFERENT ADDRESS!)\n");
    report.truncated = true;
    EXPECT_EQ(Line(report), "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 (truncated)\n");
    report = Reply({});
    report.rtt.reset();
    report.reply.size = 12;
    EXPECT_EQ(Line(report), "12 bytes from 10.2.0.2: icmp_seq=1 ttl=63\n");
}

TEST(PingFormat, ErrorsNameTheSender)
{
    EXPECT_EQ(Line(PingErrorReport{{0x0a010001, 2, 11, 0, 0}}),
              "From 10.1.0.1 icmp_seq=2 Time to live exceeded\n");
    EXPECT_EQ(Line(PingErrorReport{{0x0a010001, 1, 3, 1, 0}}),
              "From 10.1.0.1 icmp_seq=1 Destination Host Unreachable\n");
    EXPECT_EQ(Line(PingErrorReport{{0x0a010001, 1, 3, 4, 1200}}),
              "From 10.1.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1200)\n");
    EXPECT_EQ(Line(PingErrorReport{{0x0a010001, 1, 3, 13, 0}}),
              "From 10.1.0.1 icmp_seq=1 Packet filtered\n");
    EXPECT_EQ(Line(PingErrorReport{{0x0a010001, 1, 5, 1, 0x0a01004d}}),
              "From 10.1.0.1: icmp_seq=1 Redirect Host(New nexthop: 10.1.0.77)\n");
    EXPECT_EQ(Line(PingLocalErrorReport{1, 1200}),
              "ping: local error: message too long, mtu=1200\n");
    EXPECT_EQ(Line(PingLocalErrorReport{1, 0}), "ping: sendmsg: Network is unreachable\n");
}

TEST(PingFormat, EveryTypeAndCodeHasAText)
{
    EXPECT_EQ(ErrorText(3, 2), "Destination Protocol Unreachable");
    EXPECT_EQ(ErrorText(3, 5), "Source Route Failed");
    EXPECT_EQ(ErrorText(3, 8), "Source Host Isolated");
    EXPECT_EQ(ErrorText(3, 12), "Destination Host Unreachable for Type of Service");
    EXPECT_EQ(ErrorText(3, 15), "Precedence Cutoff");
    EXPECT_EQ(ErrorText(3, 16), "Dest Unreachable, Bad Code: 16");
    EXPECT_EQ(ErrorText(4, 0), "Source Quench");
    EXPECT_EQ(ErrorText(5, 9), "Redirect, Bad Code: 9(New nexthop: 0.0.0.0)");
    EXPECT_EQ(ErrorText(11, 1), "Frag reassembly time exceeded");
    EXPECT_EQ(ErrorText(11, 7), "Time exceeded, Bad Code: 7");
    EXPECT_EQ(ErrorText(12, 0, 20U << 24), "Parameter problem: pointer = 20");
    EXPECT_EQ(ErrorText(99, 0), "Bad ICMP type: 99");
}

TEST(PingFormat, ARecordedRouteIsWrittenOnceUntilItChanges)
{
    Bytes options{1, 7, 39, 28};
    for (uint8_t last : {0, 0, 0, 0, 0, 0, 0, 0, 0})
    {
        options.insert(options.end(), {10, 1, 0, last});
    }
    const uint32_t hops[] = {0x0a010002, 0x0a020001, PEER, PEER, 0x0a010001, 0x0a010002};
    for (std::size_t i = 0; i < 6; ++i)
    {
        for (std::size_t b = 0; b < 4; ++b)
        {
            options[4 + 4 * i + b] = static_cast<uint8_t>(hops[i] >> (24 - 8 * b));
        }
    }
    options[0] = 0; // an end of the list ends it
    PingPrinter printer;
    EXPECT_EQ(printer.Line(Reply(microseconds(49), options)),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.049 ms\n");
    options.erase(options.begin());
    EXPECT_EQ(printer.Line(Reply(microseconds(49), options)),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.049 ms\n"
              "RR: \t10.1.0.2\n\t10.2.0.1\n\t10.2.0.2\n\t10.2.0.2\n\t10.1.0.1\n\t10.1.0.2\n\n");
    EXPECT_EQ(printer.Line(Reply(microseconds(64), options)),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.064 ms\t(same route)\n");
    options[2] = 8;
    EXPECT_EQ(printer.Line(Reply(microseconds(64), options)),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.064 ms\nRR: \t10.1.0.2\n\n");
}

TEST(PingFormat, TimestampsAreAbsoluteFirstAndThenDifferences)
{
    // 69722488 ms, then 0, 0 and 1 later; two hops had no room.
    const Bytes both{68, 36,   37,   0x21, 10,   1,    0,    2,    0x04, 0x27, 0xe1, 0x78,
                     10, 1,    0,    1,    0x04, 0x27, 0xe1, 0x78, 10,   2,    0,    2,
                     4,  0x27, 0xe1, 0x78, 10,   2,    0,    2,    4,    0x27, 0xe1, 0x79};
    EXPECT_EQ(Line(Reply(microseconds(46), both)),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.046 ms\n"
              "TS: \t10.1.0.2\t69722488 absolute\n\t10.1.0.1\t0\n\t10.2.0.2\t0\n\t10.2.0.2\t1\n"
              "Unrecorded hops: 2\n\n");
    const Bytes only{68, 16, 17, 0, 0, 0, 0, 100, 0x80, 0, 0, 1, 0, 0, 0, 90};
    EXPECT_EQ(Line(Reply(microseconds(46), only)),
              "64 bytes from 10.2.0.2: icmp_seq=1 ttl=63 time=0.046 ms\n"
              "TS: \t100 absolute\n\t1 absolute not-standard\n\t-10\n\n");
}

TEST(PingFormat, MalformedOptionsAreNotFollowed)
{
    for (const Bytes& options : {Bytes{7},
                                 Bytes{7, 0},
                                 Bytes{7, 1, 4, 4},
                                 Bytes{7, 39, 40, 1, 2, 3},
                                 Bytes{7, 2},
                                 Bytes{7, 3, 255},
                                 Bytes{68, 2},
                                 Bytes{68, 3, 9},
                                 Bytes{68, 4, 255, 255},
                                 Bytes{68, 7, 255, 1, 1, 2, 3},
                                 Bytes{131, 2},
                                 Bytes{1, 1, 137, 3, 255}})
    {
        EXPECT_EQ(Line(Reply(microseconds(1), options)).back(), '\n');
    }
}

TEST(PingFormat, SummaryIsThatOfLinux)
{
    PingStatistics statistics;
    statistics.transmitted = 3;
    statistics.received = 3;
    statistics.samples = 3;
    statistics.minimum = 30;
    statistics.maximum = 245;
    statistics.sum = 318;
    statistics.squares = 62774;
    statistics.duration = milliseconds(412);
    statistics.pipe = 1;
    EXPECT_EQ(PingPrinter::Summary(Parameters(), statistics),
              "\n--- 10.2.0.2 ping statistics ---\n"
              "3 packets transmitted, 3 received, 0% packet loss, time 412ms\n"
              "rtt min/avg/max/mdev = 0.030/0.106/0.245/0.098 ms\n");
    statistics.received = 2;
    statistics.duplicates = 1;
    statistics.pipe = 2;
    EXPECT_EQ(PingPrinter::Summary(Parameters(), statistics),
              "\n--- 10.2.0.2 ping statistics ---\n"
              "3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 412ms\n"
              "rtt min/avg/max/mdev = 0.030/0.106/0.245/0.098 ms, pipe 2\n");
    PingStatistics errors;
    errors.transmitted = 3;
    errors.errors = 3;
    errors.pipe = 3;
    errors.duration = milliseconds(1018);
    EXPECT_EQ(PingPrinter::Summary(Parameters(), errors),
              "\n--- 10.2.0.2 ping statistics ---\n"
              "3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 1018ms\n"
              "pipe 3\n");
}
