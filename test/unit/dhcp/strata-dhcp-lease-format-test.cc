// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-dhcp-lease-format.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

DhcpBinding
Binding()
{
    DhcpBinding binding;
    binding.address = 0x0a000005;
    binding.state = DhcpBindingState::BOUND;
    binding.expires = Nanos(3600'000'000'001);
    binding.client = DhcpKeyOfHardware(1, Bytes{2, 0, 0, 0, 0, 5});
    binding.hardware = {2, 0, 0, 0, 0, 5};
    binding.name = "alice";
    return binding;
}

TEST(DhcpLeaseFormat, ALineSaysAllOfABinding)
{
    const std::string line =
        "10.0.0.5 bound 3600.000000001 h:01:02:00:00:00:00:05 02:00:00:00:00:05 \"alice\"";
    EXPECT_EQ(DhcpLeaseLine(Binding()), line);
    ASSERT_TRUE(ParseDhcpLeaseLine(line));
    EXPECT_EQ(*ParseDhcpLeaseLine(line), Binding());
}

TEST(DhcpLeaseFormat, EveryStateAndOddValuesComeBack)
{
    for (const auto state : {DhcpBindingState::FREE,
                             DhcpBindingState::PROBING,
                             DhcpBindingState::OFFERED,
                             DhcpBindingState::BOUND,
                             DhcpBindingState::PERMANENT,
                             DhcpBindingState::ABANDONED})
    {
        DhcpBinding binding = Binding();
        binding.state = state;
        binding.expires = NEVER;
        binding.client = DhcpKeyOfIdentifier(Bytes{0, 255, ' ', '"'});
        binding.hardware.clear();
        binding.name = std::string("a \"b\\\n\xff") + '\0' + "c";
        const auto parsed = ParseDhcpLeaseLine(DhcpLeaseLine(binding));
        ASSERT_TRUE(parsed) << DhcpLeaseLine(binding);
        EXPECT_EQ(*parsed, binding);
        EXPECT_EQ(DhcpLeaseLine(binding).find('\n'), std::string::npos);
    }
    DhcpBinding nobody;
    nobody.address = 1;
    nobody.state = DhcpBindingState::ABANDONED;
    EXPECT_EQ(DhcpLeaseLine(nobody), "0.0.0.1 abandoned never - - \"\"");
    EXPECT_EQ(*ParseDhcpLeaseLine(DhcpLeaseLine(nobody)), nobody);
}

TEST(DhcpLeaseFormat, MalformedLinesAreRefused)
{
    for (const char* line : {"",
                             "10.0.0.5",
                             "10.0.0 bound never - - \"\"",
                             "10.0.0.256 bound never - - \"\"",
                             "10.0.0.5 lost never - - \"\"",
                             "10.0.0.5 bound soon - - \"\"",
                             "10.0.0.5 bound 1 - - \"\"",
                             "10.0.0.5 bound -1.000000000 - - \"\"",
                             "10.0.0.5 bound 99999999999999999999.000000000 - - \"\"",
                             "10.0.0.5 bound never x:01 - \"\"",
                             "10.0.0.5 bound never h01 - \"\"",
                             "10.0.0.5 bound never h:0g - \"\"",
                             "10.0.0.5 bound never - 02;00 \"\"",
                             "10.0.0.5 bound never - - alice",
                             "10.0.0.5 bound never - - \"\\q\"",
                             "10.0.0.5 bound never - - \""})
    {
        EXPECT_FALSE(ParseDhcpLeaseLine(line)) << line;
    }
    // Every cut of a good line: nothing crashes, and what is cut before the name is refused.
    const std::string good = DhcpLeaseLine(Binding());
    for (std::size_t size = 0; size + 1 < good.size(); ++size)
    {
        EXPECT_FALSE(ParseDhcpLeaseLine(good.substr(0, size))) << size;
    }
}

TEST(DhcpLeaseFormat, ATableIsForPeople)
{
    DhcpBinding nobody;
    nobody.address = 0x0a000006;
    nobody.state = DhcpBindingState::ABANDONED;
    EXPECT_EQ(DhcpLeaseTableText({Binding(), nobody}, Nanos(1600'000'000'000)),
              "address         hardware          state      left (s)  name\n"
              "10.0.0.5        02:00:00:00:00:05 bound          2000  alice\n"
              "10.0.0.6        -                 abandoned         -\n");
}

} // namespace
} // namespace strata
} // namespace ns3
