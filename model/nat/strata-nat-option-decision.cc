// SPDX-License-Identifier: GPL-2.0-only

#include "strata-nat-option-decision.h"

#include "ns3/strata-ipv4-option.h"
#include "ns3/strata-network-order.h"

namespace ns3
{
namespace strata
{

bool
HasSourceRoute(ByteView options)
{
    Ipv4OptionReader reader(options);
    while (const auto option = reader.Next())
    {
        if (option->IsSourceRoute())
        {
            return true;
        }
    }
    return false;
}

bool
HideAddresses(uint8_t* options,
              std::size_t size,
              const std::function<bool(uint32_t)>& isHidden,
              uint32_t instead)
{
    bool changed = false;
    Ipv4OptionReader reader(ByteView(options, size));
    while (const auto option = reader.Next())
    {
        std::size_t first = Ipv4RouteOption::FIRST_SLOT;
        std::size_t step = 4;
        if (option->Is(Ipv4OptionKind::TIMESTAMP))
        {
            // The form is in the low half of the last octet before the entries.
            first = Ipv4TimestampOption::FIRST_ENTRY;
            step = 8;
            if (option->bytes.size() < first ||
                (option->bytes[first - 1] & 0xf) ==
                    static_cast<uint8_t>(Ipv4TimestampForm::TIME_ONLY))
            {
                continue;
            }
        }
        else if (!option->IsSourceRoute() && !option->Is(Ipv4OptionKind::RECORD_ROUTE))
        {
            continue;
        }
        uint8_t* const bytes = options + (option->bytes.data() - options);
        for (std::size_t at = first; at + 4 <= option->bytes.size(); at += step)
        {
            if (isHidden(Get32(bytes + at)))
            {
                Put32(bytes + at, instead);
                changed = true;
            }
        }
    }
    return changed;
}

} // namespace strata
} // namespace ns3
