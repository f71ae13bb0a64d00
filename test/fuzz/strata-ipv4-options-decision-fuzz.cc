// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-ipv4-options-decision.h"

// The first byte chooses the rules and the place, the second what is stamped; then come options.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    if (size < 2)
    {
        return 0;
    }
    Ipv4OptionsRules rules;
    rules.sourceRoute = static_cast<Ipv4SourceRoutePolicy>(data[0] % 3);
    rules.recordRoute = data[0] & 0x04;
    rules.timestamp = data[0] & 0x08;
    rules.requireSecurity = data[0] & 0x10;
    const bool mine = data[0] & 0x20;
    const ByteView input = ByteView(data, size).Sub(2, Ipv4WireHeader::MAX_OPTIONS);
    Ipv4WireHeader header;
    header.options.assign(input.begin(), input.end());
    header.options.resize((input.size() + 3) / 4 * 4);
    header.SetChecksum();

    const Ipv4WireHeader before = header;
    const auto verdict = JudgeIpv4Options(header, mine, rules);
    Require(verdict.action != Ipv4OptionsAction::PARAMETER_PROBLEM || verdict.pointer == 16 ||
                (verdict.pointer >= 20 && verdict.pointer < header.HeaderSize()),
            "a problem is at the destination or in the options");
    Ipv4OptionsStamp stamp;
    stamp.address = 0x0a000001;
    stamp.time = 0x01020304;
    stamp.ownsTimestamp = data[1] & 1;
    StampIpv4Options(header, verdict.plan, stamp);
    Require(header.HasRightChecksum(), "stamping keeps the checksum right");
    Require(verdict.plan.Changes() || header == before, "no plan, no change");

    // what is stamped is judged again without a problem, but for a count that has no more room
    const auto again = JudgeIpv4Options(header, mine, rules);
    Require(verdict.action == Ipv4OptionsAction::PARAMETER_PROBLEM ||
                again.action != Ipv4OptionsAction::PARAMETER_PROBLEM ||
                (verdict.plan.Changes() && again.pointer >= 22),
            "stamping makes no malformed option");

    for (const auto& plan : {ReplyIpv4Options(header), ErrorIpv4Options(header, data[1] & 2)})
    {
        Require(plan.options.size() % 4 == 0, "a reply's options are padded");
        Require(plan.options.size() <= header.options.size(), "a reply's options are no longer");
        Ipv4WireHeader reply;
        reply.options = plan.options;
        Ipv4OptionReader reader(reply);
        while (reader.Next())
        {
        }
        Require(reader.Ok(), "a reply's options are well formed");
    }
    JudgeOwnIpv4Options(header);
    return 0;
}
