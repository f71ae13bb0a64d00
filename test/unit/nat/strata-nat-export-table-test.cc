// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-table-make.h"

#include <gtest/gtest.h>
#include <set>

using namespace ns3::strata;

TEST(NatTable, SaysWhatIsWrongInATableAsText)
{
    const std::string good = "mapping udp 10.0.0.1:5 198.60.42.12:6000 0.0.0.0:0\n"
                             "session 8.8.8.8:53 100000000000 0 0\n";
    NatTable table = Make();
    EXPECT_EQ(table.Import(good, Nanos(0)), "");
    EXPECT_EQ(table.size(), 1);
    EXPECT_EQ(table.Print(Nanos(0)),
              "udp 10.0.0.1:5 -> 198.60.42.12:6000\n    8.8.8.8:53 for 100.0 s\n");
    EXPECT_NE(table.Import(good, Nanos(0)), "");
    for (const char* bad :
         {"session 8.8.8.8:53 1 0 0\n",
          "mapping udp 10.0.0.1:5 198.60.42.13:6000 0.0.0.0:0\n",
          "mapping udp 10.0.0.256:5 198.60.42.12:6000 0.0.0.0:0\n",
          "mapping 256 10.0.0.2:5 198.60.42.12:6000 0.0.0.0:0\n",
          "what\n",
          "mapping udp 10.0.0.2:5 198.60.42.12:7000 0.0.0.0:0\nsession 8.8.8.8\n"})
    {
        EXPECT_NE(Make().Import(bad, Nanos(0)).find("line "), std::string::npos) << bad;
    }
}

/** All nine behaviours write; those that tell mappings apart as the writer, or less, read. */
TEST(NatTable, ReadsWhatOneThatFiltersOtherwiseWrote)
{
    for (int writer = 0; writer < 9; ++writer)
    {
        NatConfig config;
        config.mapping = static_cast<NatBehaviour>(writer / 3);
        config.filtering = static_cast<NatBehaviour>(writer % 3);
        NatTable table = Make(config);
        Out(table, 5000, 80, Secs(0));
        Out(table, 5000, 81, Secs(20));
        Out(table, 6000, 81, Secs(50));
        Out(table, 5000, 80, Secs(100));
        table.Outbound({TCP, {INSIDE, 5000}, {REMOTE, 81}}, SYN, Secs(100));
        for (int filtering = 0; filtering < 3; ++filtering)
        {
            config.filtering = static_cast<NatBehaviour>(filtering);
            NatTable copy = Make(config);
            EXPECT_EQ(copy.Import(table.Export(), Secs(100)), "") << writer << ' ' << filtering;
            EXPECT_EQ(copy.size(), table.size());
            const auto ends = [](const NatTable& of) {
                std::set<std::string> texts;
                for (const NatMapping& mapping : of.Mappings())
                {
                    texts.insert(ToText(mapping));
                }
                return texts;
            };
            EXPECT_EQ(ends(copy), ends(table));
            // A mapping lives as long as the last of its sessions.
            copy.Advance(Secs(390));
            table.Advance(Secs(100));
            EXPECT_GE(copy.size(), 1);
            copy.Advance(Secs(400));
            EXPECT_EQ(copy.size(), 0);
        }
    }
}

TEST(NatTable, LoadsAllOfATableOrNothing)
{
    NatTable table = Make();
    Out(table, 5000);
    const std::string before = table.Print(Secs(0));
    std::vector<NatMappingEvent> events;
    table.SetRecording(true);
    const std::string good = "mapping udp 10.0.0.9:5 198.60.42.12:6000 0.0.0.0:0\n"
                             "session 8.8.8.8:53 100000000000 0 0\n";
    for (const char* bad : {"mapping udp 10.0.0.8:5 198.60.42.12:6000 0.0.0.0:0\n"
                            "session 8.8.8.8:53 100000000000 0 0\n",
                            "mapping udp 10.0.0.1:5000 198.60.42.12:5000 0.0.0.0:0\n"
                            "session 8.8.8.8:80 100000000000 0 0\n",
                            "no\n"})
    {
        EXPECT_EQ(table.Import(good + bad, Secs(0)).find("line "), 0);
        EXPECT_EQ(table.Print(Secs(0)), before);
        table.TakeEvents(events);
        EXPECT_TRUE(events.empty());
    }
    EXPECT_EQ(table.Import(good, Secs(0)), "");
    EXPECT_EQ(table.size(), 2);
    table.TakeEvents(events);
    EXPECT_EQ(events.size(), 1);
}
