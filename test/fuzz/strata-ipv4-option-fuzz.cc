// SPDX-License-Identifier: GPL-2.0-only

#include "strata-fuzz.h"

#include "ns3/strata-ipv4-option.h"

// The input is the options of a header, cut to the 40 octets that it can hold.
extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    using namespace ns3::strata;
    Ipv4WireHeader header;
    const ByteView input = ByteView(data, size).Sub(0, header.options.capacity());
    header.options.assign(input.begin(), input.end());

    Ipv4WireHeader::Options again;
    Ipv4OptionWriter writer(again);
    Ipv4OptionReader reader(header);
    std::size_t copied = 0;
    std::size_t end = Ipv4WireHeader::MIN_SIZE;
    while (const auto option = reader.Next())
    {
        Require(option->offset == end, "options follow each other");
        end = option->offset + option->bytes.size();
        Require(writer.Copy(option->bytes), "what came out of a header fits into one");
        copied += option->IsCopied() ? option->bytes.size() : 0;
        if (const auto route = Ipv4RouteOption::Parse(*option))
        {
            Require(route->RecordedCount() <= route->SlotCount(), "no more recorded than slots");
            Require(!route->HasRoom() || !route->IsExhausted(), "room means slots left");
            for (std::size_t i = 0; i < route->SlotCount(); ++i)
            {
                route->Slot(i);
            }
        }
        if (const auto timestamp = Ipv4TimestampOption::Parse(*option))
        {
            Require(timestamp->RecordedCount() <= timestamp->EntryCount(), "no more than entries");
            Require(!timestamp->HasRoom() || !timestamp->IsFull(), "room means entries left");
            for (std::size_t i = 0; i < timestamp->EntryCount(); ++i)
            {
                timestamp->Time(i);
                timestamp->Address(i);
            }
        }
    }
    Require(ByteView(again.data(), again.size()) == input.Sub(0, again.size()),
            "the options written again are the front of the input");
    if (!reader.Ok())
    {
        Require(reader.Error().offset < Ipv4WireHeader::MIN_SIZE + input.size(),
                "an error points into the options");
    }
    const auto fragment = CopiedIpv4Options(header.options);
    Require(fragment.size() == (copied + 3) / 4 * 4, "a fragment carries the copied ones, padded");
    Require(CopiedIpv4Options(fragment) == fragment, "fragments of fragments carry the same");
    return 0;
}
