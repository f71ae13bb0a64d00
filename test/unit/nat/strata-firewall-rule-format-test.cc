// SPDX-License-Identifier: GPL-2.0-only

#include "ns3/strata-firewall-rule-format.h"

#include <gtest/gtest.h>

namespace ns3
{
namespace strata
{
namespace
{

/** The rule's own text, or the error. */
std::string
Again(std::string_view text)
{
    const auto rule = ParseFirewallRule(text);
    return rule ? ToText(*rule) : rule.error().ToText();
}

TEST(FlowAddressFormat, IsReadAndWrittenAsTheRfcsSay)
{
    for (const char* text : {"10.0.0.1",
                             "0.0.0.0",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "1::",
                             "fd00::1",
                             "fe80::1:0:0:2",
                             "1:2:3:4:5:6:7:8",
                             "1:0:3:4:5:6:7:8",
                             "2001:db8::ff00:42:8329"})
    {
        const auto address = ParseFlowAddress(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(ToText(*address), text);
    }
    // RFC 5952 sections 4.1, 4.2.2, 4.2.3 and 4.3
    EXPECT_EQ(ToText(*ParseFlowAddress("2001:0DB8:0:0:1:0:0:1")), "2001:db8::1:0:0:1");
    EXPECT_EQ(ToText(*ParseFlowAddress("2001:db8:0:1:1:1:1:1")), "2001:db8:0:1:1:1:1:1");
    EXPECT_EQ(ToText(*ParseFlowAddress("2001:db8::1:1:1:1:1")), "2001:db8:0:1:1:1:1:1");
    EXPECT_EQ(ToText(*ParseFlowAddress("64:ff9b::192.0.2.33")), "64:ff9b::c000:221");
    EXPECT_EQ(*ParseFlowAddress("::ffff:10.0.0.1"), FlowAddress::FromIpv4(0x0a000001));
}

TEST(FlowAddressFormat, RefusesWhatIsNone)
{
    for (const char* text : {"",
                             "10.0.0",
                             "10.0.0.256",
                             "10.0.0.1.2",
                             "10.0.0.1 ",
                             "1:2:3:4:5:6:7",
                             "1:2:3:4:5:6:7:8:9",
                             "1:2:3:4:5:6:7:8::",
                             "::1::",
                             ":::",
                             ":1",
                             "1:",
                             "12345::",
                             "fd00::g",
                             "::1.2.3",
                             "::1.2.3.4:5",
                             "1:2:3:4:5:6:7:1.2.3.4",
                             "any"})
    {
        EXPECT_FALSE(ParseFlowAddress(text)) << text;
    }
    for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "fd00::/129", "/8", "10.0.0.0/8/9"})
    {
        EXPECT_FALSE(ParseFlowPrefix(text)) << text;
    }
}

TEST(FlowAddressFormat, APrefixHoldsItsOwnFamilyAlone)
{
    const FlowAddress four = *ParseFlowAddress("10.1.2.3");
    const FlowAddress six = *ParseFlowAddress("fd00::1");
    EXPECT_TRUE(ParseFlowPrefix("10.1.0.0/16")->Contains(four));
    EXPECT_FALSE(ParseFlowPrefix("10.2.0.0/16")->Contains(four));
    EXPECT_TRUE(ParseFlowPrefix("0.0.0.0/0")->Contains(four));
    EXPECT_FALSE(ParseFlowPrefix("0.0.0.0/0")->Contains(six));
    EXPECT_TRUE(ParseFlowPrefix("::/0")->Contains(six));
    EXPECT_FALSE(ParseFlowPrefix("::/0")->Contains(four));
    EXPECT_TRUE(ParseFlowPrefix("fd00::/65")->Contains(six));
    EXPECT_FALSE(ParseFlowPrefix("fd00:0:0:0:8000::/65")->Contains(six));
    EXPECT_EQ(ToText(*ParseFlowPrefix("10.1.2.3/8")), "10.0.0.0/8");
    EXPECT_EQ(ToText(*ParseFlowPrefix("fd00::1/64")), "fd00::/64");
    EXPECT_EQ(ToText(*ParseFlowPrefix("::/0")), "::/0");
    EXPECT_EQ(ToText(*ParseFlowPrefix("10.1.2.3/32")), "10.1.2.3");
}

TEST(FirewallRuleFormat, EveryPartIsReadAndWritten)
{
    for (const char* text : {
             "accept",
             "drop state=any",
             "drop state=invalid",
             "accept in=outside out=inside proto=tcp src=192.0.2.0/24 dst=10.0.0.5 "
             "sport=1024-65535 "
             "dport=80,443 state=new",
             "accept in=inside,local,eth0 out=outside",
             "accept ip=6 proto=ospf",
             "accept src=!10.0.0.0/8,192.168.0.0/16",
             "drop dst=fd00::/16",
             "accept proto=icmp type=8,3/4,11-12",
             "accept proto=icmp6 type=133-137",
             "accept proto=tcp,udp,200",
             "accept dport=53",
             "reject with=prohibited",
             "reject proto=udp with=port",
             "reject proto=tcp dport=113 with=reset",
         })
    {
        EXPECT_EQ(Again(text), text);
    }
}

TEST(FirewallRuleFormat, OrderBlanksCapitalsAndRemarksDoNotMatter)
{
    EXPECT_EQ(Again("\t ACCEPT  state=New dport=80  PROTO=TCP in=OUTSIDE # web"),
              "accept in=outside proto=tcp dport=80 state=new");
    EXPECT_EQ(Again("drop in=any out=any proto=any src=any dst=any dport=any"), "drop");
    EXPECT_EQ(Again("reject"), "reject with=prohibited");
    EXPECT_EQ(Again("accept proto=icmp6 type=echo-request"), "accept proto=icmp6 type=128");
    EXPECT_EQ(Again("accept type=echo-request,unreachable/4 proto=icmp"),
              "accept proto=icmp type=8,3/4");
    EXPECT_EQ(Again("accept proto=17,tcp,6"), "accept proto=tcp,udp");
    EXPECT_EQ(Again("accept state=new,established,related"), "accept");
}

TEST(FirewallRuleFormat, AnErrorSaysWhereAndWhy)
{
    const std::pair<const char*, const char*> cases[] = {
        {"", "line 1, column 1: there is no rule"},
        {"allow", "line 1, column 1: a rule begins with accept, drop or reject, not 'allow'"},
        {"accept tcp",
         "line 1, column 8: 'tcp' is none of in=, out=, ip=, proto=, src=, dst=, sport=, dport=, "
         "type=, state=, with="},
        {"accept  port=80",
         "line 1, column 9: 'port=80' is none of in=, out=, ip=, proto=, src=, dst=, sport=, "
         "dport=, type=, state=, with="},
        {"accept proto=tcp proto=udp", "line 1, column 18: proto= stands twice"},
        {"accept proto=", "line 1, column 14: proto= lacks a value"},
        {"accept proto=tcp,", "line 1, column 18: proto= lacks a value"},
        {"accept proto=tcp,foo", "line 1, column 18: 'foo' is no protocol"},
        {"accept proto=256", "line 1, column 14: '256' is no protocol"},
        {"accept src=10.0.0.0/8,10.0.0.0/40",
         "line 1, column 23: '10.0.0.0/40' is no address or prefix"},
        {"accept src=!10.0.0", "line 1, column 13: '10.0.0' is no address or prefix"},
        {"accept dport=70000", "line 1, column 14: '70000' is no port or range of ports"},
        {"accept dport=90-80", "line 1, column 14: '90-80' is no port or range of ports"},
        {"accept proto=icmp dport=1", "line 1, column 19: dport= is for protocols with ports"},
        {"accept type=8", "line 1, column 8: type= is for proto=icmp or proto=icmp6"},
        {"accept proto=icmp type=ping", "line 1, column 24: 'ping' is no ICMP type"},
        {"accept proto=icmp type=3/x", "line 1, column 26: 'x' is no ICMP code"},
        {"accept state=old",
         "line 1, column 14: 'old' is no state; there are new, established, related, invalid"},
        {"accept ip=5", "line 1, column 11: ip= is 4 or 6, not '5'"},
        {"accept in=e!h0",
         "line 1, column 11: 'e!h0' is neither inside, outside, local nor a device"},
        {"accept with=port", "line 1, column 8: with= is for reject"},
        {"reject with=reset", "line 1, column 8: with=reset is for proto=tcp"},
        {"reject with=icmp",
         "line 1, column 13: with= is one of prohibited, port, reset, not "
         "'icmp'"},
        {"accept src=10.0.0.1 dst=fd00::1",
         "line 1, column 21: addresses of IPv4 and IPv6 do not go together"},
        {"accept ip=6 src=10.0.0.1",
         "line 1, column 13: addresses of IPv4 and IPv6 do not go together"},
    };
    for (const auto& [text, error] : cases)
    {
        EXPECT_EQ(Again(text), error);
    }
}

TEST(FirewallRuleFormat, RulesStandOneALineOrApartBySemicolons)
{
    const auto rules = ParseFirewallRules("# what passes; and what not\n"
                                          "accept proto=tcp dport=80 # web; plain\n\n"
                                          "  ;drop;reject\r\n"
                                          "accept");
    ASSERT_TRUE(rules);
    ASSERT_EQ(rules->size(), 4U);
    EXPECT_EQ(ToText((*rules)[1]), "drop");
    EXPECT_EQ(ParseFirewallRules("")->size(), 0U);

    const auto wrong = ParseFirewallRules("accept\ndrop; accept proto=x");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().ToText(), "line 2, column 20: 'x' is no protocol");
}

} // namespace
} // namespace strata
} // namespace ns3
